"""The only writer of sales, lines, payments, receipt numbers and copies."""

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from operator import attrgetter

from protocol.identifiers import LaneCode, SaleId, TenderId
from protocol.messages.sales import TenderKindView
from store_server.database.unit_of_work import Work
from store_server.members.reading import attached
from store_server.sales.checks import wrong_sales
from store_server.sales.rows import Basket, Line, Sale, Tender

__all__ = ["wrong_sales"]

_SALE_COLUMNS = tuple(field.name for field in fields(Sale))
_LINE_COLUMNS = tuple(field.name for field in fields(Line))
_TENDER_COLUMNS = tuple(field.name for field in fields(Tender))

_SALE_VALUES = attrgetter(*_SALE_COLUMNS)
_LINE_VALUES = attrgetter(*_LINE_COLUMNS)
_TENDER_VALUES = attrgetter(*_TENDER_COLUMNS)


def _marks(count: int) -> str:
    return ",".join("?" * count)


# The names come from the dataclasses above, never from outside.
_READ_SALE = f"SELECT {','.join(_SALE_COLUMNS)} FROM sales WHERE sale_id = ?"  # noqa: S608
_READ_LINES = f"SELECT {','.join(_LINE_COLUMNS)} FROM sale_lines WHERE sale_id = ? ORDER BY line"  # noqa: S608
_READ_TENDERS = f"SELECT {','.join(_TENDER_COLUMNS)} FROM sale_tenders WHERE sale_id = ? ORDER BY position"  # noqa: S608
_INSERT_SALE = f"INSERT INTO sales ({','.join(_SALE_COLUMNS)}) VALUES ({_marks(len(_SALE_COLUMNS))})"  # noqa: S608
_INSERT_LINE = (
    f"INSERT INTO sale_lines (sale_id,{','.join(_LINE_COLUMNS)}) VALUES ({_marks(1 + len(_LINE_COLUMNS))})"  # noqa: S608
)
_INSERT_TENDER = (
    f"INSERT INTO sale_tenders (sale_id,{','.join(_TENDER_COLUMNS)}) "  # noqa: S608
    f"VALUES ({_marks(1 + len(_TENDER_COLUMNS))})"
)
_CHANGING = tuple(name for name in _SALE_COLUMNS if name not in ("sale_id", "started_at", "currency"))
_UPDATE_SALE = f"UPDATE sales SET {','.join(f'{name}=?' for name in _CHANGING)} WHERE sale_id = ?"  # noqa: S608
_LINE_FIXED = ("line", "product_id", "code", "name", "unit", "by_weight", "category_id")
_LINE_TAX = ("tax", "tax_name", "tax_rate_ppm", "tax_inclusive")
_LINE_CHANGING = tuple(name for name in _LINE_COLUMNS if name not in (*_LINE_FIXED, *_LINE_TAX))
_LINE_CHANGES = attrgetter(*_LINE_CHANGING)
_UPDATE_LINE = (
    f"UPDATE sale_lines SET {','.join(f'{name}=?' for name in _LINE_CHANGING)} "  # noqa: S608
    "WHERE sale_id = ? AND line = ?"
)


def read_basket(db: sqlite3.Connection, sale_id: SaleId) -> Basket | None:
    """Return the sale as its rows say."""
    row = db.execute(_READ_SALE, (sale_id,)).fetchone()
    if row is None:
        return None
    sale = Sale(*row)
    return Basket(
        sale,
        tuple(Line(*line) for line in db.execute(_READ_LINES, (sale_id,))),
        tuple(Tender(*tender) for tender in db.execute(_READ_TENDERS, (sale_id,))),
        attached(db, sale.member_id) if sale.member_id is not None else None,
    )


def open_sale_at(db: sqlite3.Connection, lane: LaneCode) -> SaleId | None:
    """Return the open sale of the lane."""
    row = db.execute("SELECT sale_id FROM sales WHERE lane = ? AND state = 'open'", (lane,)).fetchone()
    return None if row is None else SaleId(row[0])


BY_NUMBER = (
    "SELECT sale_id, receipt_number FROM sales "
    "WHERE lane = ? AND business_date = ? AND receipt_seq = ? AND state = 'finished'"
)
"""By the parts of a receipt number; the index that keeps them unique serves here too."""


def sale_with_number(db: sqlite3.Connection, number: str) -> SaleId | None:
    """Return the sale whose receipt bears the number, as it was scanned, or typed in small letters."""
    parts = number.strip().split("-")
    if len(parts) != 4 or not parts[3].isdecimal() or len(parts[3]) > 12:
        return None
    _store, lane, day, seq = parts
    date = f"{day[:4]}-{day[4:6]}-{day[6:]}"
    for lane_code in (lane, lane.upper()):
        row = db.execute(BY_NUMBER, (lane_code, date, int(seq))).fetchone()
        if row is not None and row[1].upper() == number.strip().upper():
            return SaleId(row[0])
    return None


def last_sale_at(db: sqlite3.Connection, lane: LaneCode) -> SaleId | None:
    """Return the lane's last finished sale."""
    row = db.execute(
        "SELECT sale_id FROM sales WHERE lane = ? AND state = 'finished' "
        "ORDER BY business_date DESC, receipt_seq DESC LIMIT 1",
        (lane,),
    ).fetchone()
    return None if row is None else SaleId(row[0])


def insert_sale(work: Work, sale: Sale) -> None:
    """Begin a sale."""
    work.db.execute(_INSERT_SALE, _SALE_VALUES(sale))


def write_changes(work: Work, before: Basket, after: Basket) -> None:
    """Write the rows that differ: lines that are new or changed, and the sale."""
    db, sale = work.db, after.sale
    known = {line.line: line for line in before.lines}
    changed = []
    for line in after.lines:
        old = known.get(line.line)
        if old is None:
            db.execute(_INSERT_LINE, (sale.sale_id, *_LINE_VALUES(line)))
        elif old is not line and old != line:
            changed.append((*_LINE_CHANGES(line), sale.sale_id, line.line))
    if changed:  # an offer on the whole basket changes every line's share
        db.executemany(_UPDATE_LINE, changed)
    if sale != before.sale:
        db.execute(_UPDATE_SALE, (*(getattr(sale, name) for name in _CHANGING), sale.sale_id))


def insert_tender(work: Work, sale_id: str, tender: Tender) -> None:
    """Take a payment."""
    work.db.execute(_INSERT_TENDER, (sale_id, *_TENDER_VALUES(tender)))


def remove_tender(work: Work, sale_id: str, tender_id: TenderId) -> None:
    """Take a payment back."""
    work.db.execute("DELETE FROM sale_tenders WHERE sale_id = ? AND tender_id = ?", (sale_id, tender_id))


def tender_is_known(db: sqlite3.Connection, tender_id: TenderId) -> bool:
    """Return whether some sale has a payment of this id."""
    query = "SELECT 1 FROM sale_tenders WHERE tender_id = ?"
    return db.execute(query, (tender_id,)).fetchone() is not None


def next_receipt_seq(work: Work, lane: str, business_date: str) -> int:
    """Return the lane's next number of the day; taken with the sale's commit, so no number is ever lost."""
    row = work.db.execute(
        "INSERT INTO receipt_counters VALUES (?, ?, 1) "
        "ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
        (lane, business_date),
    ).fetchone()
    return int(row[0])


def note_copy(work: Work, sale_id: SaleId) -> int:
    """Count a copy of the sale's receipt; return how many there are now."""
    work.db.execute(
        "INSERT INTO receipt_copies (sale_id, at, operator_id) VALUES (?,?,?)",
        (sale_id, work.at, work.operator_id),
    )
    row = work.db.execute("SELECT count(*) FROM receipt_copies WHERE sale_id = ?", (sale_id,)).fetchone()
    return int(row[0])


def tender_kinds(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Yield the ways to pay in the order in which they are shown."""
    yield from db.execute("SELECT * FROM tender_kinds ORDER BY position, tender")


def tender_kind(db: sqlite3.Connection, tender: str) -> sqlite3.Row | None:
    """Return a way to pay."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM tender_kinds WHERE tender = ?", (tender,)).fetchone()
    return row


def save_tender_kind(work: Work, kind: TenderKindView) -> None:
    """Add a way to pay, or change its rules; payments that were taken keep the rules of their day."""
    work.db.execute(
        "INSERT INTO tender_kinds VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (tender) DO UPDATE SET "
        "name = excluded.name, gives_change = excluded.gives_change, "
        "needs_reference = excluded.needs_reference, opens_drawer = excluded.opens_drawer, "
        "counts_in_drawer = excluded.counts_in_drawer, minimum_minor = excluded.minimum_minor, "
        "maximum_minor = excluded.maximum_minor, active = excluded.active, position = excluded.position, "
        "earns_points = excluded.earns_points",
        (
            kind.tender,
            kind.name,
            kind.gives_change,
            kind.needs_reference,
            kind.opens_drawer,
            kind.counts_in_drawer,
            kind.minimum_minor,
            kind.maximum_minor,
            kind.active,
            kind.position,
            kind.earns_points is not False,
        ),
    )
