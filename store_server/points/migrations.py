"""The tables of this room: accounts, ledger rows, lots, what sales did, rules, gifts, warnings."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("points")


@migrations()
def m001_points(db: Database) -> None:
    """Ledger rows and lot moves never change; account and lots are what they add up to."""
    run_script(db, _LEDGER)
    run_script(db, _SALES)
    run_script(db, _RULES)
    run_script(db, _GIFTS)
    run_script(db, _PROTECTION)


_LEDGER = """
CREATE TABLE points_accounts (
    member_id INTEGER PRIMARY KEY REFERENCES members,
    balance INTEGER NOT NULL
) STRICT
;;
CREATE TABLE points_rows (
    row_id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members,
    at TEXT NOT NULL,
    business_date TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('earn', 'spend', 'expire', 'adjust', 'gift', 'cash_out',
        'registration', 'birthday', 'referral', 'referral_share', 'check_in',
        'refund_earned', 'refund_spent', 'refund_shared', 'refund_paid', 'merge', 'close')),
    points INTEGER NOT NULL CHECK (points <> 0),
    balance INTEGER NOT NULL,
    sale_id TEXT,
    reference TEXT NOT NULL,
    operator_id INTEGER REFERENCES operators
) STRICT
;;
CREATE INDEX points_rows_by_member ON points_rows (member_id, row_id)
;;
CREATE INDEX points_rows_by_sale ON points_rows (sale_id, kind) WHERE sale_id IS NOT NULL
;;
CREATE UNIQUE INDEX points_given_once ON points_rows (member_id, kind, reference)
WHERE kind IN ('registration', 'birthday', 'referral', 'check_in')
;;
CREATE TABLE points_lots (
    lot_id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members,
    row_id INTEGER NOT NULL REFERENCES points_rows,
    expires_on TEXT,
    granted INTEGER NOT NULL CHECK (granted > 0),
    remaining INTEGER NOT NULL CHECK (remaining BETWEEN 0 AND granted)
) STRICT
;;
CREATE INDEX points_lots_left ON points_lots (member_id, expires_on) WHERE remaining > 0
;;
CREATE INDEX points_lots_due ON points_lots (expires_on, member_id)
WHERE remaining > 0 AND expires_on IS NOT NULL
;;
CREATE INDEX points_lots_by_row ON points_lots (row_id)
;;
CREATE TABLE points_lot_moves (
    row_id INTEGER NOT NULL REFERENCES points_rows,
    position INTEGER NOT NULL,
    lot_id INTEGER NOT NULL REFERENCES points_lots,
    points INTEGER NOT NULL CHECK (points <> 0),
    PRIMARY KEY (row_id, position)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE points_warnings (
    member_id INTEGER NOT NULL REFERENCES members,
    expires_on TEXT NOT NULL,
    days INTEGER NOT NULL CHECK (days IN (30, 7, 1)),
    due_on TEXT NOT NULL,
    points INTEGER NOT NULL CHECK (points > 0),
    PRIMARY KEY (member_id, expires_on, days)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX points_warnings_by_day ON points_warnings (due_on DESC, expires_on, member_id, days, points)
"""

_SALES = """
CREATE TABLE points_sales (
    sale_id TEXT PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members,
    business_date TEXT NOT NULL,
    receipt_number TEXT NOT NULL,
    tier INTEGER NOT NULL,
    total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
    eligible_minor INTEGER NOT NULL CHECK (eligible_minor BETWEEN 0 AND total_minor),
    base_points INTEGER NOT NULL CHECK (base_points >= 0),
    earned INTEGER NOT NULL CHECK (earned >= 0),
    spent INTEGER NOT NULL CHECK (spent >= 0),
    referrer_id INTEGER REFERENCES members,
    shared INTEGER NOT NULL CHECK (shared >= 0),
    rules TEXT NOT NULL
) STRICT, WITHOUT ROWID
"""

_RULES = """
CREATE TABLE points_rules (
    rule_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('base', 'product', 'category', 'tier', 'campaign', 'registration',
        'birthday', 'referral', 'referral_share', 'check_in', 'spend', 'cash_out')),
    name TEXT NOT NULL CHECK (name <> ''),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    tier INTEGER,
    product_id INTEGER REFERENCES products,
    category_id INTEGER REFERENCES categories,
    points INTEGER NOT NULL CHECK (points >= 0),
    per_minor INTEGER NOT NULL CHECK (per_minor >= 0),
    multiplier_ppm INTEGER NOT NULL CHECK (multiplier_ppm >= 0),
    weekdays TEXT NOT NULL,
    from_minute INTEGER NOT NULL CHECK (from_minute BETWEEN 0 AND 1440),
    to_minute INTEGER NOT NULL CHECK (to_minute BETWEEN 0 AND 1440),
    first_day TEXT,
    last_day TEXT,
    birthday TEXT NOT NULL CHECK (birthday IN ('', 'day', 'month'))
) STRICT
;;
CREATE INDEX points_rules_by_product ON points_rules (product_id) WHERE product_id IS NOT NULL
;;
INSERT INTO points_rules VALUES
    (1, 'base', 'Points for shopping', 1, NULL, NULL, NULL, 1, 100, 1000000, '', 0, 1440, NULL, NULL, ''),
    (2, 'spend', 'Paying with points', 1, NULL, NULL, NULL, 100, 100, 1000000, '', 0, 1440, NULL, NULL, '')
"""

_GIFTS = """
CREATE TABLE points_gifts (
    gift_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CHECK (name <> ''),
    points INTEGER NOT NULL CHECK (points > 0),
    product_id INTEGER REFERENCES products,
    per_member INTEGER NOT NULL CHECK (per_member >= 0),
    active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT
;;
CREATE TABLE points_gifts_given (
    row_id INTEGER PRIMARY KEY REFERENCES points_rows,
    gift_id INTEGER NOT NULL REFERENCES points_gifts,
    member_id INTEGER NOT NULL REFERENCES members,
    lane TEXT NOT NULL,
    pieces INTEGER NOT NULL CHECK (pieces > 0)
) STRICT
;;
CREATE INDEX points_gifts_given_by_member ON points_gifts_given (member_id, gift_id)
"""

_PROTECTION = """
CREATE TRIGGER points_rows_do_not_change BEFORE UPDATE ON points_rows
BEGIN SELECT RAISE(ABORT, 'rows of points never change'); END
;;
CREATE TRIGGER points_rows_are_not_removed BEFORE DELETE ON points_rows
BEGIN SELECT RAISE(ABORT, 'rows of points are never removed'); END
;;
CREATE TRIGGER points_lot_moves_do_not_change BEFORE UPDATE ON points_lot_moves
BEGIN SELECT RAISE(ABORT, 'moves of lots never change'); END
;;
CREATE TRIGGER points_lot_moves_are_not_removed BEFORE DELETE ON points_lot_moves
BEGIN SELECT RAISE(ABORT, 'moves of lots are never removed'); END
;;
CREATE TRIGGER points_lots_only_move BEFORE UPDATE OF lot_id, member_id, row_id, expires_on, granted
ON points_lots BEGIN SELECT RAISE(ABORT, 'a lot keeps its day and its owner'); END
;;
CREATE TRIGGER points_lots_are_not_removed BEFORE DELETE ON points_lots
BEGIN SELECT RAISE(ABORT, 'lots are never removed'); END
;;
CREATE TRIGGER points_sales_do_not_change BEFORE UPDATE ON points_sales
BEGIN SELECT RAISE(ABORT, 'what a sale did never changes'); END
;;
CREATE TRIGGER points_sales_are_not_removed BEFORE DELETE ON points_sales
BEGIN SELECT RAISE(ABORT, 'what a sale did is never removed'); END
;;
CREATE TRIGGER points_accounts_are_not_removed BEFORE DELETE ON points_accounts
BEGIN SELECT RAISE(ABORT, 'accounts are never removed'); END
"""
