"""The only writer of the points ledger: rows, lots and their moves, and the balance that they add up to."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from protocol.identifiers import MemberId, SaleId
from protocol.messages.points import PointsMoved
from store_server.database.unit_of_work import Work
from store_server.points.lots import Lot, Part
from store_server.points.reversal import Sold


@dataclass(frozen=True, slots=True)
class Reason:
    """What a row of the ledger is for."""

    kind: str
    day: date
    """The business day."""
    reference: str = ""
    sale_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewLot:
    """Points that come in together."""

    points: int
    expires_on: date | None


def balance(db: sqlite3.Connection, member_id: int) -> int:
    """Return the member's balance; 0 for one who never had points."""
    row = db.execute("SELECT balance FROM points_accounts WHERE member_id = ?", (member_id,)).fetchone()
    return 0 if row is None else int(row[0])


LOTS = (
    "SELECT lot_id, remaining, expires_on FROM points_lots WHERE member_id = ? AND remaining > 0 "
    "ORDER BY expires_on IS NULL, expires_on, lot_id"
)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def lots(db: sqlite3.Connection, member_id: int) -> list[Lot]:
    """Return the member's lots that have points left, the soonest-ending first."""
    return [Lot(row[0], row[1], _day(row[2])) for row in db.execute(LOTS, (member_id,))]


def change_balance(work: Work, member_id: int, points: int, *, below_zero: bool) -> bool:
    """Add the points (below zero: take) in one conditional update; False: there are not so many."""
    if points >= 0:
        work.db.execute(
            "INSERT INTO points_accounts VALUES (?1, ?2) "
            "ON CONFLICT (member_id) DO UPDATE SET balance = balance + ?2",
            (member_id, points),
        )
        return True
    if below_zero:
        work.db.execute("INSERT INTO points_accounts VALUES (?, 0) ON CONFLICT DO NOTHING", (member_id,))
    changed = work.db.execute(
        "UPDATE points_accounts SET balance = balance + ?1 "
        "WHERE member_id = ?2 AND (?3 OR balance + ?1 >= 0)",
        (points, member_id, below_zero),
    )
    return changed.rowcount == 1


def insert_row(work: Work, member_id: int, points: int, reason: Reason) -> int:
    """Write a row with the balance as it is now; record the fact; return the row's number."""
    after = balance(work.db, member_id)
    made = work.db.execute(
        "INSERT INTO points_rows (member_id, at, business_date, kind, points, balance, sale_id, reference, "
        "operator_id) VALUES (?,?,?,?,?,?,?,?,?)",
        (
            member_id,
            work.at,
            reason.day.isoformat(),
            reason.kind,
            points,
            after,
            reason.sale_id,
            reason.reference,
            work.session.operator_id if work.session else None,
        ),
    )
    assert made.lastrowid is not None
    work.record(
        PointsMoved(
            row_id=made.lastrowid,
            member_id=MemberId(member_id),
            row_kind=reason.kind,
            points=points,
            balance=after,
            business_date=reason.day,
            sale_id=SaleId(reason.sale_id) if reason.sale_id else None,
            reference=reason.reference[:200],
        )
    )
    return made.lastrowid


def take_from_lots(work: Work, row_id: int, parts: Sequence[Part]) -> None:
    """Take points out of lots, and note which row did it."""
    move_lots(work, row_id, [Part(part.lot_id, -part.points) for part in parts])


def move_lots(work: Work, row_id: int, parts: Sequence[Part]) -> None:
    """Move points into lots (below zero: out of them), and note which row did it."""
    for part in parts:
        work.db.execute(
            "UPDATE points_lots SET remaining = remaining + ? WHERE lot_id = ?", (part.points, part.lot_id)
        )
    _note_moves(work, row_id, parts)


def _note_moves(work: Work, row_id: int, parts: Iterable[Part]) -> None:
    query = "SELECT coalesce(max(position), 0) FROM points_lot_moves WHERE row_id = ?"
    last = int(work.db.execute(query, (row_id,)).fetchone()[0])
    work.db.executemany(
        "INSERT INTO points_lot_moves VALUES (?,?,?,?)",
        [(row_id, last + at, part.lot_id, part.points) for at, part in enumerate(parts, 1)],
    )


def insert_lots(work: Work, row_id: int, member_id: int, new: Iterable[NewLot]) -> None:
    """Make lots of a row that gave points."""
    parts = []
    for lot in new:
        made = work.db.execute(
            "INSERT INTO points_lots (member_id, row_id, expires_on, granted, remaining) "
            "VALUES (?1, ?2, ?3, ?4, ?4)",
            (member_id, row_id, lot.expires_on.isoformat() if lot.expires_on else None, lot.points),
        )
        assert made.lastrowid is not None
        parts.append(Part(made.lastrowid, lot.points))
    _note_moves(work, row_id, parts)


def given_once(db: sqlite3.Connection, member_id: int, kind: str, reference: str) -> bool:
    """Return whether the member has got these points already."""
    query = "SELECT 1 FROM points_rows WHERE member_id = ? AND kind = ? AND reference = ? AND kind IN "
    kinds = "('registration', 'birthday', 'referral', 'check_in')"  # as the index has them
    return db.execute(query + kinds, (member_id, kind, reference)).fetchone() is not None


# What sales did


@dataclass(frozen=True, slots=True)
class SaleRow:
    """A row of `points_sales`, columns in table order."""

    sale_id: str
    member_id: int
    business_date: str
    receipt_number: str
    tier: int
    total_minor: int
    eligible_minor: int
    base_points: int
    earned: int
    spent: int
    referrer_id: int | None
    shared: int
    rules: str


def insert_sale(work: Work, row: SaleRow) -> None:
    """Keep what a sale did to its member's points."""
    values = [getattr(row, name) for name in SaleRow.__slots__]
    work.db.execute(f"INSERT INTO points_sales VALUES ({','.join('?' * len(values))})", values)  # noqa: S608


def sale(db: sqlite3.Connection, sale_id: str) -> SaleRow | None:
    """Return what a sale did; None where it had no member."""
    row = db.execute("SELECT * FROM points_sales WHERE sale_id = ?", (sale_id,)).fetchone()
    return None if row is None else SaleRow(*row)


@dataclass(frozen=True, slots=True)
class SalePoints:
    """What a sale did to its member's points, for the one who stands at the counter."""

    earned: int = 0
    spent: int = 0
    balance: int | None = None
    """After it; None: it moved no points."""


def of_sale(db: sqlite3.Connection, sale_id: str) -> SalePoints:
    """Return what the sale did; the same however often it is asked."""
    row = sale(db, sale_id)
    if row is None:
        return SalePoints()
    last = db.execute(
        "SELECT balance FROM points_rows WHERE sale_id = ? AND kind IN ('earn', 'spend') "
        "AND member_id = ? ORDER BY row_id DESC LIMIT 1",
        (sale_id, row.member_id),
    ).fetchone()
    return SalePoints(row.earned, row.spent, None if last is None else int(last[0]))


def sold(db: sqlite3.Connection, row: SaleRow) -> Sold:
    """Return what the sale did with what refunds have undone so far."""
    undone = dict(
        db.execute(
            "SELECT kind, sum(points) FROM points_rows WHERE sale_id = ? GROUP BY kind", (row.sale_id,)
        ).fetchall()
    )
    return Sold(
        row.total_minor,
        row.earned,
        row.spent,
        row.shared,
        earned_undone=-undone.get("refund_earned", 0),
        spent_undone=undone.get("refund_spent", 0),
        shared_undone=-undone.get("refund_shared", 0),
    )


def spent_parts(db: sqlite3.Connection, sale_id: str) -> list[Part]:
    """Return what the sale's payment took from which lot, in its order."""
    rows = db.execute(
        "SELECT m.lot_id, -m.points FROM points_rows r JOIN points_lot_moves m USING (row_id) "
        "WHERE r.sale_id = ? AND r.kind = 'spend' ORDER BY m.row_id, m.position",
        (sale_id,),
    )
    return [Part(*row) for row in rows]


def lot_of_sale(db: sqlite3.Connection, sale_id: str) -> int | None:
    """Return the lot that the sale's earned points made."""
    row = db.execute(
        "SELECT l.lot_id FROM points_rows r JOIN points_lots l USING (row_id) "
        "WHERE r.sale_id = ? AND r.kind = 'earn'",
        (sale_id,),
    ).fetchone()
    return None if row is None else int(row[0])


def lot_home(db: sqlite3.Connection, lot_id: int) -> tuple[int, date | None]:
    """Return whose lot it is, and its last day."""
    row = db.execute("SELECT member_id, expires_on FROM points_lots WHERE lot_id = ?", (lot_id,)).fetchone()
    return int(row[0]), _day(row[1])
