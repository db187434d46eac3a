"""The tables of this room: batches, coupons with codes of their own, what is on a basket, what was used."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("coupons")


@migrations()
def m001_coupons(db: Database) -> None:
    """What was used never changes; no code with its own coupon is used twice."""
    run_script(db, _BATCHES)
    run_script(db, _COUPONS)
    run_script(db, _USES)


_BATCHES = """
CREATE TABLE coupon_batches (
    batch_id INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL CHECK (version > 0),
    name TEXT NOT NULL CHECK (name <> ''),
    shared_code TEXT NOT NULL,
    points INTEGER NOT NULL CHECK (points >= 0),
    issue_on TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    issued INTEGER NOT NULL DEFAULT 0 CHECK (issued >= 0),
    used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
    given_minor INTEGER NOT NULL DEFAULT 0
) STRICT
;;
CREATE UNIQUE INDEX coupon_batches_by_code ON coupon_batches (shared_code) WHERE shared_code <> ''
"""

_COUPONS = """
CREATE TABLE coupons (
    coupon_id INTEGER PRIMARY KEY,
    batch_id INTEGER NOT NULL REFERENCES coupon_batches,
    code TEXT NOT NULL UNIQUE CHECK (length(code) = 12),
    member_id INTEGER REFERENCES members,
    state TEXT NOT NULL CHECK (state IN ('live', 'used', 'cancelled')),
    issued_at TEXT NOT NULL,
    ends_at TEXT,
    issued_for TEXT NOT NULL CHECK (
        issued_for IN ('hand', 'offer', 'birthday', 'tier', 'registration', 'points', 'batch')
    ),
    occasion TEXT NOT NULL,
    issued_sale TEXT,
    operator_id INTEGER REFERENCES operators,
    held_by TEXT,
    used_sale TEXT,
    reason TEXT NOT NULL DEFAULT '',
    CHECK ((state = 'used') = (used_sale IS NOT NULL))
) STRICT
;;
CREATE INDEX coupons_by_batch ON coupons (batch_id, coupon_id)
;;
CREATE INDEX coupons_by_member ON coupons (member_id, coupon_id) WHERE member_id IS NOT NULL
;;
CREATE INDEX coupons_on_baskets ON coupons (held_by) WHERE held_by IS NOT NULL
;;
CREATE INDEX coupons_of_sales ON coupons (issued_sale) WHERE issued_sale IS NOT NULL
;;
CREATE UNIQUE INDEX coupons_come_once ON coupons (batch_id, member_id, issued_for, occasion)
WHERE issued_for IN ('birthday', 'tier', 'registration')
;;
CREATE TRIGGER ended_coupons_stay BEFORE UPDATE ON coupons WHEN OLD.state <> 'live'
BEGIN SELECT RAISE(ABORT, 'a coupon that was used or cancelled never changes'); END
;;
CREATE TRIGGER coupons_are_not_removed BEFORE DELETE ON coupons
BEGIN SELECT RAISE(ABORT, 'coupons are never forgotten'); END
"""

_USES = """
CREATE TABLE shared_coupons_on_baskets (
    sale_id TEXT NOT NULL,
    batch_id INTEGER NOT NULL REFERENCES coupon_batches,
    PRIMARY KEY (sale_id, batch_id)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE coupon_uses (
    sale_id TEXT NOT NULL,
    code TEXT NOT NULL,
    batch_id INTEGER NOT NULL REFERENCES coupon_batches,
    coupon_id INTEGER UNIQUE REFERENCES coupons,
    member_id INTEGER REFERENCES members,
    business_date TEXT NOT NULL,
    given_minor INTEGER NOT NULL CHECK (given_minor > 0),
    PRIMARY KEY (sale_id, code)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX coupon_uses_by_batch ON coupon_uses (batch_id)
;;
CREATE TABLE coupon_members (
    batch_id INTEGER NOT NULL REFERENCES coupon_batches,
    member_id INTEGER NOT NULL REFERENCES members,
    times INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (batch_id, member_id)
) STRICT, WITHOUT ROWID
;;
CREATE TRIGGER coupon_uses_do_not_change BEFORE UPDATE ON coupon_uses
BEGIN SELECT RAISE(ABORT, 'a used coupon stays used'); END
;;
CREATE TRIGGER coupon_uses_are_not_removed BEFORE DELETE ON coupon_uses
BEGIN SELECT RAISE(ABORT, 'a used coupon stays used'); END
"""
