"""The only writer of refunds, their numbers and copies, and exchanges that wait beside a basket."""

import sqlite3
from dataclasses import dataclass, fields
from operator import attrgetter

from protocol.identifiers import OperatorId, RefundId, SaleId
from store_server.database.unit_of_work import Work
from store_server.refunds.rows import Refund, RefundLine, RefundTender, Whole
from store_server.refunds.rules import CashTender
from store_server.sales.rows import EXCHANGE

_REFUND = tuple(field.name for field in fields(Refund))
_LINE = tuple(field.name for field in fields(RefundLine))
_TENDER = tuple(field.name for field in fields(RefundTender))


def _insert(table: str, columns: tuple[str, ...]) -> str:
    # The names come from the dataclasses, never from outside.
    return f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})"  # noqa: S608


_INSERT_REFUND = _insert("refunds", _REFUND)
_INSERT_LINE = _insert("refund_lines", ("refund_id", *_LINE))
_INSERT_TENDER = _insert("refund_tenders", ("refund_id", *_TENDER))
_READ_REFUND = f"SELECT {','.join(_REFUND)} FROM refunds WHERE refund_id = ?"  # noqa: S608
_READ_LINES = f"SELECT {','.join(_LINE)} FROM refund_lines WHERE refund_id = ? ORDER BY position"  # noqa: S608
_READ_TENDERS = f"SELECT {','.join(_TENDER)} FROM refund_tenders WHERE refund_id = ? ORDER BY position"  # noqa: S608

RETURNED = (
    "SELECT line, sum(quantity_thousandths), sum(amount_minor), sum(tax_minor) FROM refund_lines "
    "WHERE sale_id = ? GROUP BY line"
)
"""What came back so far of each line of a sale."""
GIVEN = (
    "SELECT t.source_id, sum(t.value_minor), sum(t.settled_minor), sum(t.amount_minor) FROM refunds r "
    "JOIN refund_tenders t USING (refund_id) WHERE r.sale_id = ? GROUP BY t.source_id"
)
"""What went back so far to each payment of a sale."""


COINS = (
    "SELECT coalesce(sum(t.coins_minor), 0) FROM refunds r JOIN refund_tenders t USING (refund_id) "
    "WHERE r.sale_id = ?"
)
"""What coins made of what went back of a sale so far."""
PAID_BACK_ALONE = (
    "SELECT coalesce(sum(paid_back_minor), 0) FROM refunds WHERE sale_id = ? AND approver_id IS NULL"
)
"""What went back of a sale so far without a second person."""
WITHOUT_RECEIPT_ALONE = (
    "SELECT coalesce(sum(paid_back_minor), 0) FROM refunds "
    "WHERE shift_id = ? AND operator_id = ? AND sale_id IS NULL AND approver_id IS NULL"
)
"""What somebody gave without a receipt in a shift, and without a second person."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What came back of a line."""

    quantity_thousandths: int = 0
    amount_minor: int = 0
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """What went back to a payment."""

    value_minor: int = 0
    settled_minor: int = 0
    amount_minor: int = 0


def returned(db: sqlite3.Connection, sale_id: str) -> dict[int, Returned]:
    """Return what came back so far, by line."""
    return {row[0]: Returned(row[1], row[2], row[3]) for row in db.execute(RETURNED, (sale_id,))}


def given(db: sqlite3.Connection, sale_id: str) -> dict[str | None, Given]:
    """Return what went back so far, by payment."""
    return {row[0]: Given(row[1], row[2], row[3]) for row in db.execute(GIVEN, (sale_id,))}


def coins(db: sqlite3.Connection, sale_id: str) -> int:
    """Return what coins made of what went back so far, signed."""
    return int(db.execute(COINS, (sale_id,)).fetchone()[0])


def without_receipt_alone(db: sqlite3.Connection, shift_id: str, operator_id: int) -> int:
    """Return what somebody alone gave in the shift for goods without a receipt."""
    return int(db.execute(WITHOUT_RECEIPT_ALONE, (shift_id, operator_id)).fetchone()[0])


def paid_back_alone(db: sqlite3.Connection, sale_id: str) -> int:
    """Return what went back so far without a second person."""
    return int(db.execute(PAID_BACK_ALONE, (sale_id,)).fetchone()[0])


def next_seq(work: Work, lane: str, business_date: str) -> int:
    """Return the lane's next refund number of the day; taken with the refund's commit, so none is lost."""
    row = work.db.execute(
        "INSERT INTO refund_counters VALUES (?, ?, 1) "
        "ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        (lane, business_date),
    ).fetchone()
    return int(row[0])


def insert(work: Work, whole: Whole) -> None:
    """Write a refund, for good."""
    refund_id = whole.refund.refund_id
    work.db.execute(_INSERT_REFUND, attrgetter(*_REFUND)(whole.refund))
    for line in whole.lines:
        work.db.execute(_INSERT_LINE, (refund_id, *attrgetter(*_LINE)(line)))
    for tender in whole.tenders:
        work.db.execute(_INSERT_TENDER, (refund_id, *attrgetter(*_TENDER)(tender)))


def read(db: sqlite3.Connection, refund_id: str) -> Whole | None:
    """Return a refund as its rows say."""
    row = db.execute(_READ_REFUND, (refund_id,)).fetchone()
    if row is None:
        return None
    return Whole(
        Refund(*row),
        tuple(RefundLine(*line) for line in db.execute(_READ_LINES, (refund_id,))),
        tuple(RefundTender(*tender) for tender in db.execute(_READ_TENDERS, (refund_id,))),
    )


def with_number(db: sqlite3.Connection, number: str) -> RefundId | None:
    """Return the refund whose slip bears the number, as it was scanned, or typed in small letters."""
    for text in (number.strip(), number.strip().upper()):
        row = db.execute("SELECT refund_id FROM refunds WHERE refund_number = ?", (text,)).fetchone()
        if row is not None:
            return RefundId(row[0])
    return None


def numbers_of_sale(db: sqlite3.Connection, sale_id: str) -> tuple[str, ...]:
    """Return the numbers of the refunds of a sale, the first first."""
    rows = db.execute(
        "SELECT refund_number FROM refunds WHERE sale_id = ? ORDER BY refunded_at, refund_number", (sale_id,)
    )
    return tuple(row[0] for row in rows)


def of_exchange(db: sqlite3.Connection, sale_id: str) -> RefundId | None:
    """Return the refund whose value paid the sale."""
    row = db.execute("SELECT refund_id FROM refunds WHERE exchange_sale_id = ?", (sale_id,)).fetchone()
    return None if row is None else RefundId(row[0])


def behind_exchange(db: sqlite3.Connection, sale_id: str) -> list[sqlite3.Row]:
    """Return the payments of an earlier sale, and how much of each, that an exchange brought into a sale."""
    return db.execute(
        "SELECT o.tender_id, o.tender, o.name, o.gives_change, o.counts_in_drawer, o.reference, "
        "sum(t.amount_minor) AS amount FROM refunds r JOIN refund_tenders t USING (refund_id) "
        "JOIN sale_tenders o ON o.tender_id = t.source_id "
        "WHERE r.exchange_sale_id = ? AND t.tender = ? GROUP BY o.tender_id ORDER BY min(t.position)",
        (sale_id, EXCHANGE),
    ).fetchall()


def note_copy(work: Work, refund_id: RefundId) -> int:
    """Count a copy of the slip; return how many there are now."""
    work.db.execute(
        "INSERT INTO refund_slip_copies (refund_id, at, operator_id) VALUES (?,?,?)",
        (refund_id, work.at, work.operator_id),
    )
    query = "SELECT count(*) FROM refund_slip_copies WHERE refund_id = ?"
    return int(work.db.execute(query, (refund_id,)).fetchone()[0])


def cash_kind(db: sqlite3.Connection) -> CashTender:
    """Return the way to pay in which cash goes out."""
    # One always stays: the sales refuse to take the last one out of use.
    row = db.execute(
        "SELECT tender, name FROM tender_kinds WHERE counts_in_drawer "
        "ORDER BY active DESC, gives_change DESC, position, tender LIMIT 1"
    ).fetchone()
    return CashTender(row[0], row[1])


# Exchanges in the making: what was asked for, until the open basket is finished or the goods are kept.


@dataclass(frozen=True, slots=True)
class Exchange:
    """A row of `exchanges`."""

    sale_id: str
    refund_id: str
    returned_sale_id: str
    lines: str
    in_cash: bool
    tender_references: str
    operator_id: OperatorId
    """Who asked for it: the refund bears this name, whoever finishes the sale."""
    operator_name: str
    approver_id: OperatorId | None


def exchange(db: sqlite3.Connection, sale_id: SaleId) -> Exchange | None:
    """Return the exchange that waits beside an open basket."""
    row = db.execute("SELECT * FROM exchanges WHERE sale_id = ?", (sale_id,)).fetchone()
    return None if row is None else Exchange(*row)


def keep_exchange(work: Work, wanted: Exchange) -> None:
    """Let an exchange wait beside its basket, in the place of an earlier one."""
    work.db.execute(
        "INSERT OR REPLACE INTO exchanges VALUES (?,?,?,?,?,?,?,?,?)",
        attrgetter(*(field.name for field in fields(Exchange)))(wanted),
    )


def drop_exchange(work: Work, sale_id: str) -> None:
    """Forget an exchange: it is booked, or the customer keeps the goods."""
    work.db.execute("DELETE FROM exchanges WHERE sale_id = ?", (sale_id,))
