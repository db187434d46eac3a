"""The only writer of business days, shifts, counts and shift events."""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date

from protocol.identifiers import LaneCode, OperatorId, ShiftId
from protocol.messages.shifts import ShiftView
from store_server.database.unit_of_work import Work, read_time
from store_server.shifts.rules import Event, Pieces


def open_date(db: sqlite3.Connection) -> str | None:
    """Return the business date that is open."""
    row = db.execute("SELECT business_date FROM business_days WHERE closed_at IS NULL").fetchone()
    return None if row is None else str(row[0])


def last_closed_date(db: sqlite3.Connection) -> date | None:
    """Return the latest business date that was closed."""
    row = db.execute("SELECT max(business_date) FROM business_days WHERE closed_at IS NOT NULL").fetchone()
    return date.fromisoformat(row[0]) if row[0] else None


def last_date(db: sqlite3.Connection) -> str | None:
    """Return the latest business date that there was."""
    row = db.execute("SELECT max(business_date) FROM business_days").fetchone()
    return None if row[0] is None else str(row[0])


def day_is_closed(db: sqlite3.Connection, business_date: str) -> bool:
    """Return whether the business date was closed."""
    query = "SELECT 1 FROM business_days WHERE business_date = ? AND closed_at IS NOT NULL"
    return db.execute(query, (business_date,)).fetchone() is not None


def open_day(work: Work, business_date: str) -> None:
    """Begin a business day."""
    work.db.execute(
        "INSERT INTO business_days (business_date, opened_at, opened_by) VALUES (?,?,?)",
        (business_date, work.at, work.operator_id),
    )


def close_day(work: Work, business_date: str) -> None:
    """End a business day, for good."""
    work.db.execute(
        "UPDATE business_days SET closed_at = ?, closed_by = ? WHERE business_date = ?",
        (work.at, work.operator_id, business_date),
    )


def open_shift_of(db: sqlite3.Connection, lane: LaneCode) -> sqlite3.Row | None:
    """Return the shift that is open at the lane."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM shifts WHERE lane = ? AND closed_at IS NULL", (lane,)
    ).fetchone()
    return row


def shift(db: sqlite3.Connection, shift_id: ShiftId) -> sqlite3.Row | None:
    """Return a shift."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM shifts WHERE shift_id = ?", (shift_id,)).fetchone()
    return row


def open_shifts(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Yield all open shifts, by lane."""
    yield from db.execute("SELECT * FROM shifts WHERE closed_at IS NULL ORDER BY lane")


def shifts_of(db: sqlite3.Connection, business_date: str) -> Iterator[sqlite3.Row]:
    """Yield the shifts of a business date, latest first."""
    yield from db.execute(
        "SELECT * FROM shifts WHERE business_date = ? ORDER BY opened_at DESC, lane DESC", (business_date,)
    )


def insert_shift(
    work: Work, shift_id: ShiftId, lane: LaneCode, business_date: str, float_minor: int, difference: int
) -> None:
    """Begin a shift of the one who asks."""
    assert work.session is not None
    work.db.execute(
        "INSERT INTO shifts (shift_id, lane, number, business_date, operator_id, operator_name, opened_at, "
        "float_minor, float_difference_minor) SELECT ?1, ?2, coalesce(max(number), 0) + 1, "
        "?3, ?4, ?5, ?6, ?7, ?8 FROM shifts WHERE lane = ?2",
        (
            shift_id,
            lane,
            business_date,
            work.operator_id,
            work.session.name,
            work.at,
            float_minor,
            difference,
        ),
    )


def close_shift(
    work: Work,
    shift_id: ShiftId,
    counted_minor: int,
    expected_minor: int,
    reason: str,
    handed_to: str,
    left_minor: int,
    form_id: int,
) -> None:
    """End a shift, for good."""
    assert work.session is not None
    work.db.execute(
        "UPDATE shifts SET closed_at = ?, closed_by = ?, closed_by_name = ?, counted_minor = ?, "
        "expected_minor = ?, difference_reason = ?, handed_to = ?, left_minor = ?, form_id = ? "
        "WHERE shift_id = ?",
        (
            work.at,
            work.operator_id,
            work.session.name,
            counted_minor,
            expected_minor,
            reason,
            handed_to,
            left_minor,
            form_id,
            shift_id,
        ),
    )


def insert_count(
    work: Work, shift_id: ShiftId, kind: str, counted: int, expected: int, pieces: Iterable[Pieces]
) -> None:
    """Keep a count of the drawer with its coins and notes."""
    made = work.db.execute(
        "INSERT INTO drawer_counts (shift_id, at, operator_id, kind, counted_minor, expected_minor) "
        "VALUES (?,?,?,?,?,?)",
        (shift_id, work.at, work.operator_id, kind, counted, expected),
    )
    work.db.executemany(
        "INSERT INTO drawer_count_pieces VALUES (?,?,?) "
        "ON CONFLICT (count_id, value_minor) DO UPDATE SET pieces = pieces + excluded.pieces",
        [(made.lastrowid, each.value_minor, each.count) for each in pieces],
    )


def last_count(db: sqlite3.Connection, shift_id: ShiftId) -> sqlite3.Row | None:
    """Return the latest count of the shift, that of its float not counted."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM drawer_counts WHERE shift_id = ? AND kind = 'count' ORDER BY count_id DESC LIMIT 1",
        (shift_id,),
    ).fetchone()
    return row


def count_of_counts(db: sqlite3.Connection, shift_id: ShiftId) -> int:
    """Return how often the drawer was counted in the shift."""
    query = "SELECT count(*) FROM drawer_counts WHERE shift_id = ? AND kind = 'count'"
    return int(db.execute(query, (shift_id,)).fetchone()[0])


def note_event(
    work: Work, shift_id: ShiftId, event: Event, amount_minor: int = 0, reference: str = "", reason: str = ""
) -> None:
    """Keep what a cashier did, for the slip."""
    assert work.session is not None
    work.db.execute(
        "INSERT INTO shift_events (shift_id, at, operator_id, operator_name, approver_id, kind, "
        "amount_minor, reference, reason) VALUES (?,?,?,?,?,?,?,?,?)",
        (
            shift_id,
            work.at,
            work.operator_id,
            work.session.name,
            work.approver_id,
            event,
            amount_minor,
            reference,
            reason,
        ),
    )


def note_slip_copy(work: Work, shift_id: ShiftId) -> int:
    """Count a copy of the shift's Z slip; return how many there are now."""
    work.db.execute(
        "INSERT INTO shift_slip_copies (shift_id, at, operator_id) VALUES (?,?,?)",
        (shift_id, work.at, work.operator_id),
    )
    row = work.db.execute("SELECT count(*) FROM shift_slip_copies WHERE shift_id = ?", (shift_id,)).fetchone()
    return int(row[0])


def view(row: sqlite3.Row, sale_count: int) -> ShiftView:
    """Return a shift as others may see it; what is expected only when it was counted and closed."""
    closed = row["closed_at"] is not None
    return ShiftView(
        shift_id=row["shift_id"],
        number=row["number"],
        lane=row["lane"],
        operator_id=OperatorId(row["operator_id"]),
        operator=row["operator_name"],
        business_date=row["business_date"],
        opened_at=read_time(row["opened_at"]),
        closed_at=read_time(row["closed_at"]) if closed else None,
        float_minor=row["float_minor"],
        counted_minor=row["counted_minor"],
        expected_minor=row["expected_minor"],
        difference_minor=row["counted_minor"] - row["expected_minor"] if closed else None,
        sale_count=sale_count,
        handed_to=row["handed_to"],
    )
