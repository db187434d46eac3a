"""The only writer of quotations, their versions and approvals."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from protocol.messages.quotations import QuotationState
from store_server.database.unit_of_work import Work
from store_server.quotations.rules import Line, Quotation, number_of

_HEAD = (
    "SELECT q.quotation_id, q.number, q.version, q.state, v.customer, v.member_id, v.valid_until, v.note, "
    "v.total_minor, v.author_id, v.author_name, coalesce(a.approver_name, '') AS approver, a.approved_at, "
    "q.sale_id, coalesce(s.receipt_number, '') AS receipt_number, v.line_count FROM quotations q "
    "JOIN quotation_versions v ON v.quotation_id = q.quotation_id AND v.version = q.version "
    "LEFT JOIN quotation_approvals a ON a.quotation_id = q.quotation_id AND a.version = q.version "
    "LEFT JOIN sales s ON s.sale_id = q.sale_id"
)
_LINES = (
    "SELECT line, product_id, code, name, unit, quantity_thousandths, unit_price_minor, amount_minor, note "
    "FROM quotation_lines WHERE quotation_id = ? AND version = ? ORDER BY line"
)
BY_ID = f"{_HEAD} WHERE q.quotation_id = ?"
BY_NUMBER = f"{_HEAD} WHERE q.number = ?"
LISTED = (
    f"{_HEAD} WHERE (?1 = '' OR ?1 = CASE WHEN q.state IN ('draft', 'approved') AND v.valid_until < ?2 "
    "THEN 'expired' ELSE q.state END) AND (?3 = '' OR instr(upper(q.number), upper(?3)) > 0 "
    "OR instr(lower(v.customer), lower(?3)) > 0) ORDER BY q.quotation_id DESC LIMIT ?4 OFFSET ?5"
)


def _quotation(db: sqlite3.Connection, row: sqlite3.Row) -> Quotation:
    lines = tuple(Line(*line) for line in db.execute(_LINES, (row["quotation_id"], row["version"])))
    return Quotation(
        quotation_id=row["quotation_id"],
        number=row["number"],
        version=row["version"],
        kept_state=QuotationState(row["state"]),
        customer=row["customer"],
        member_id=row["member_id"],
        valid_until=row["valid_until"],
        note=row["note"],
        total_minor=row["total_minor"],
        author_id=row["author_id"],
        author=row["author_name"],
        approver=row["approver"],
        approved_at=row["approved_at"],
        sale_id=row["sale_id"],
        receipt_number=row["receipt_number"],
        lines=lines,
    )


def by_id(db: sqlite3.Connection, quotation_id: int) -> Quotation | None:
    """Return a quotation in its present version."""
    row = db.execute(BY_ID, (quotation_id,)).fetchone()
    return None if row is None else _quotation(db, row)


def by_number(db: sqlite3.Connection, number: str) -> Quotation | None:
    """Return the quotation of a number, as it was scanned or typed."""
    row = db.execute(BY_NUMBER, (number.strip().upper(),)).fetchone()
    return None if row is None else _quotation(db, row)


def listed(
    db: sqlite3.Connection, state: str, business_date: str, text: str, limit: int, offset: int
) -> list[sqlite3.Row]:
    """Return heads of quotations, latest first, one more than asked for where there are more."""
    return db.execute(LISTED, (state, business_date, text, limit + 1, offset)).fetchall()


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody has written: a version that is to be kept."""

    customer: str
    member_id: int | None
    valid_until: str
    note: str
    lines: Sequence[Line]

    @property
    def total_minor(self) -> int:
        """The sum."""
        return sum(line.amount_minor for line in self.lines)


def keep_version(work: Work, quotation_id: int | None, written: Written) -> int:
    """Keep a version of a quotation, which is a draft by that; None: of a new one. Return its id."""
    db = work.db
    if quotation_id is None:
        row = db.execute("SELECT coalesce(max(quotation_id), 0) + 1 FROM quotations").fetchone()
        number = number_of(work.settings.store_code, row[0])
        row = db.execute(
            "INSERT INTO quotations VALUES (?, ?, 1, 'draft', '', NULL) RETURNING quotation_id, version",
            (row[0], number),
        ).fetchone()
    else:
        row = db.execute(
            "UPDATE quotations SET version = version + 1, state = 'draft' WHERE quotation_id = ? "
            "RETURNING quotation_id, version",
            (quotation_id,),
        ).fetchone()
    assert work.session is not None
    key: tuple[int, int] = (row[0], row[1])
    db.execute(
        "INSERT INTO quotation_versions VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            *key,
            written.customer,
            written.member_id,
            written.valid_until,
            written.note,
            written.total_minor,
            len(written.lines),
            work.operator_id,
            work.session.name,
            work.at,
        ),
    )
    db.executemany(
        "INSERT INTO quotation_lines VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        [(*key, *astuple(line)) for line in written.lines],
    )
    return key[0]


def approve(work: Work, quotation: Quotation, approver_id: int, approver_name: str) -> None:
    """Let the present version be sold."""
    work.db.execute(
        "INSERT INTO quotation_approvals VALUES (?,?,?,?,?)",
        (quotation.quotation_id, quotation.version, approver_id, approver_name, work.at),
    )
    _set(work, quotation.quotation_id, "approved")


def cancel(work: Work, quotation_id: int, reason: str) -> None:
    """Give a quotation up."""
    _set(work, quotation_id, "cancelled", reason=reason)


def sold(work: Work, quotation_id: int, sale_id: str) -> None:
    """Note which sale a quotation became."""
    _set(work, quotation_id, "sold", sale_id=sale_id)


def _set(work: Work, quotation_id: int, state: str, *, reason: str = "", sale_id: str | None = None) -> None:
    work.db.execute(
        "UPDATE quotations SET state = ?, reason = ?, sale_id = ? WHERE quotation_id = ?",
        (state, reason, sale_id, quotation_id),
    )


def forget_words(work: Work, members: Sequence[int]) -> None:
    """Blank what was written about people whose data is erased; goods and prices stay."""
    work.db.execute(
        "UPDATE quotation_versions SET customer = '', note = '' "
        "WHERE member_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(members)),),
    )
