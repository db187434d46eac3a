"""The tables of this room: business days, shifts, counts of the drawer, and what cashiers did in a shift."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("shifts")


@migrations()
def m001_shifts(db: Database) -> None:
    """Days, shifts, counts, events; what is closed or has happened never changes."""
    run_script(db, _DAYS)
    run_script(db, _SHIFTS)


_DAYS = """
CREATE TABLE business_days (
    business_date TEXT PRIMARY KEY CHECK (business_date GLOB '????-??-??'),
    opened_at TEXT NOT NULL,
    opened_by INTEGER NOT NULL REFERENCES operators,
    closed_at TEXT,
    closed_by INTEGER REFERENCES operators
) STRICT, WITHOUT ROWID
;;
CREATE UNIQUE INDEX one_day_is_open ON business_days (closed_at IS NULL) WHERE closed_at IS NULL
;;
CREATE TRIGGER closed_days_stay_closed BEFORE UPDATE ON business_days WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a closed business day is never reopened'); END
;;
CREATE TRIGGER days_are_not_removed BEFORE DELETE ON business_days
BEGIN SELECT RAISE(ABORT, 'business days are never removed'); END
"""

_SHIFTS = """
CREATE TABLE shifts (
    shift_id TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    number INTEGER NOT NULL,
    business_date TEXT NOT NULL REFERENCES business_days,
    operator_id INTEGER NOT NULL REFERENCES operators,
    operator_name TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    float_minor INTEGER NOT NULL CHECK (float_minor >= 0),
    float_difference_minor INTEGER NOT NULL,
    closed_at TEXT,
    closed_by INTEGER REFERENCES operators,
    closed_by_name TEXT,
    counted_minor INTEGER,
    expected_minor INTEGER,
    difference_reason TEXT NOT NULL DEFAULT '',
    handed_to TEXT NOT NULL DEFAULT '',
    left_minor INTEGER,
    form_id INTEGER REFERENCES receipt_forms,
    UNIQUE (lane, number),
    CHECK ((closed_at IS NULL) = (counted_minor IS NULL) AND (closed_at IS NULL) = (expected_minor IS NULL))
) STRICT, WITHOUT ROWID
;;
CREATE UNIQUE INDEX one_shift_is_open_per_lane ON shifts (lane) WHERE closed_at IS NULL
;;
CREATE INDEX shifts_by_date ON shifts (business_date, opened_at)
;;
CREATE TRIGGER closed_shifts_do_not_change BEFORE UPDATE ON shifts WHEN OLD.closed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a closed shift never changes'); END
;;
CREATE TRIGGER shifts_are_not_removed BEFORE DELETE ON shifts
BEGIN SELECT RAISE(ABORT, 'shifts are never removed'); END
;;
CREATE TABLE drawer_counts (
    count_id INTEGER PRIMARY KEY,
    shift_id TEXT NOT NULL REFERENCES shifts,
    at TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators,
    kind TEXT NOT NULL CHECK (kind IN ('float', 'count')),
    counted_minor INTEGER NOT NULL,
    expected_minor INTEGER NOT NULL
) STRICT
;;
CREATE INDEX drawer_counts_by_shift ON drawer_counts (shift_id, count_id)
;;
CREATE TABLE drawer_count_pieces (
    count_id INTEGER NOT NULL REFERENCES drawer_counts,
    value_minor INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    PRIMARY KEY (count_id, value_minor)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE shift_events (
    event_id INTEGER PRIMARY KEY,
    shift_id TEXT NOT NULL REFERENCES shifts,
    at TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators,
    operator_name TEXT NOT NULL,
    approver_id INTEGER REFERENCES operators,
    kind TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    reference TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT
;;
CREATE INDEX shift_events_by_shift ON shift_events (shift_id, kind)
;;
CREATE TABLE shift_slip_copies (
    copy_id INTEGER PRIMARY KEY,
    shift_id TEXT NOT NULL REFERENCES shifts,
    at TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators
) STRICT
;;
CREATE INDEX shift_slip_copies_by_shift ON shift_slip_copies (shift_id)
;;
CREATE TRIGGER shift_events_do_not_change BEFORE UPDATE ON shift_events
BEGIN SELECT RAISE(ABORT, 'what happened in a shift never changes'); END
;;
CREATE TRIGGER shift_events_are_not_removed BEFORE DELETE ON shift_events
BEGIN SELECT RAISE(ABORT, 'what happened in a shift is never removed'); END
;;
CREATE TRIGGER drawer_counts_do_not_change BEFORE UPDATE ON drawer_counts
BEGIN SELECT RAISE(ABORT, 'a count never changes'); END
;;
CREATE TRIGGER drawer_counts_are_not_removed BEFORE DELETE ON drawer_counts
BEGIN SELECT RAISE(ABORT, 'a count is never removed'); END
"""
