"""The tables of members: who they are, the search index, tiers and growth, and what they buy."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("members")


@migrations()
def m001_members(db: Database) -> None:
    """Members with their fields and tags, search keys, tiers, growth rows, and the dynamic profile."""
    run_script(db, _TIERS)
    run_script(db, _MEMBERS)
    run_script(db, _SEARCH)
    run_script(db, _GROWTH)
    run_script(db, _PROFILE)


_TIERS = """
CREATE TABLE tiers (
    tier INTEGER PRIMARY KEY CHECK (tier >= 0),
    name TEXT NOT NULL CHECK (name <> ''),
    growth_needed INTEGER NOT NULL CHECK (growth_needed >= 0),
    discount_ppm INTEGER NOT NULL CHECK (discount_ppm BETWEEN 0 AND 1000000),
    valid_months INTEGER NOT NULL CHECK (valid_months >= 0),
    growth_to_keep INTEGER NOT NULL CHECK (growth_to_keep >= 0),
    grace_days INTEGER NOT NULL CHECK (grace_days >= 0),
    note TEXT NOT NULL
) STRICT
;;
INSERT INTO tiers VALUES (0, '会员', 0, 0, 0, 0, 0, '')
;;
CREATE TABLE growth_rules (
    rule_id INTEGER PRIMARY KEY,
    basis TEXT NOT NULL CHECK (basis IN ('spend', 'visit', 'points')),
    growth_thousandths INTEGER NOT NULL CHECK (growth_thousandths >= 0),
    category_id INTEGER REFERENCES categories
) STRICT
;;
INSERT INTO growth_rules VALUES (1, 'spend', 1000, NULL)
"""

_MEMBERS = """
CREATE TABLE members (
    member_id INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE CHECK (number <> ''),
    state TEXT NOT NULL CHECK (state IN ('active', 'closed', 'merged', 'erased')),
    name TEXT NOT NULL,
    pinyin TEXT NOT NULL,
    phone TEXT NOT NULL,
    gender TEXT NOT NULL CHECK (gender IN ('unknown', 'female', 'male', 'other')),
    birthday TEXT NOT NULL,
    email TEXT NOT NULL,
    address TEXT NOT NULL,
    occupation TEXT NOT NULL,
    income_band TEXT NOT NULL,
    skin_condition TEXT NOT NULL,
    referrer_id INTEGER REFERENCES members (member_id),
    note TEXT NOT NULL,
    joined_at TEXT NOT NULL,
    joined_on TEXT NOT NULL,
    ended_at TEXT,
    merged_into INTEGER REFERENCES members (member_id),
    version INTEGER NOT NULL DEFAULT 1,
    pending INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1)),
    CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    CHECK (state <> 'erased' OR (name = '' AND phone = '' AND pinyin = '' AND birthday = ''
        AND email = '' AND address = '' AND note = ''))
) STRICT
;;
CREATE UNIQUE INDEX members_by_phone ON members (phone) WHERE state = 'active' AND phone <> ''
;;
CREATE INDEX members_by_referrer ON members (referrer_id) WHERE referrer_id IS NOT NULL
;;
CREATE INDEX members_merged ON members (merged_into) WHERE merged_into IS NOT NULL
;;
CREATE INDEX members_by_birthday ON members (substr(birthday, -5)) WHERE birthday <> ''
;;
CREATE TRIGGER members_are_not_removed BEFORE DELETE ON members WHEN OLD.pending = 0
BEGIN SELECT RAISE(ABORT, 'members are closed or erased, never removed'); END
;;
CREATE TABLE member_fields (
    field TEXT PRIMARY KEY CHECK (field <> ''),
    type TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'yes_no', 'choice')),
    choices TEXT NOT NULL,
    required INTEGER NOT NULL CHECK (required IN (0, 1))
) STRICT, WITHOUT ROWID
;;
CREATE TABLE member_extras (
    member_id INTEGER NOT NULL REFERENCES members,
    field TEXT NOT NULL REFERENCES member_fields,
    value TEXT NOT NULL,
    PRIMARY KEY (member_id, field)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX member_extras_by_field ON member_extras (field)
;;
CREATE TABLE member_tags (
    member_id INTEGER NOT NULL REFERENCES members,
    tag TEXT NOT NULL CHECK (tag <> ''),
    by_rule INTEGER NOT NULL DEFAULT 0 CHECK (by_rule IN (0, 1)),
    PRIMARY KEY (member_id, tag)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX member_tags_by_tag ON member_tags (tag, member_id)
;;
CREATE TABLE member_state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    changes INTEGER NOT NULL,
    import_id TEXT NOT NULL,
    members INTEGER NOT NULL,
    next_number INTEGER NOT NULL
) STRICT
;;
INSERT INTO member_state VALUES (1, 0, '', 0, 0)
;;
CREATE TRIGGER members_are_counted AFTER INSERT ON members
BEGIN UPDATE member_state SET members = members + 1; END
;;
CREATE TRIGGER members_are_counted_off AFTER DELETE ON members
BEGIN UPDATE member_state SET members = members - 1; END
"""

_SEARCH = """
CREATE TABLE member_keys (
    active INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    key TEXT NOT NULL,
    member_id INTEGER NOT NULL,
    PRIMARY KEY (active, rank, key, member_id)
) STRICT, WITHOUT ROWID
"""

_GROWTH = """
CREATE TABLE member_standings (
    member_id INTEGER PRIMARY KEY REFERENCES members,
    tier INTEGER NOT NULL REFERENCES tiers,
    since TEXT NOT NULL,
    until TEXT,
    grace_until TEXT,
    growth INTEGER NOT NULL CHECK (growth >= 0),
    grown_since INTEGER NOT NULL
) STRICT
;;
CREATE INDEX member_standings_by_tier ON member_standings (tier)
;;
CREATE INDEX member_standings_due ON member_standings (until) WHERE until IS NOT NULL
;;
CREATE TABLE growth_rows (
    growth_id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members,
    at TEXT NOT NULL,
    business_date TEXT NOT NULL,
    growth INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (
        reason IN ('sale', 'visit', 'points', 'refund', 'downgrade', 'by_hand', 'merge')
    ),
    reference TEXT NOT NULL
) STRICT
;;
CREATE INDEX growth_rows_by_member ON growth_rows (member_id, business_date)
;;
CREATE INDEX growth_rows_by_sale ON growth_rows (reference) WHERE reason IN ('sale', 'points')
;;
CREATE TRIGGER growth_rows_do_not_change BEFORE UPDATE ON growth_rows
BEGIN SELECT RAISE(ABORT, 'growth rows never change'); END
;;
CREATE TRIGGER growth_rows_are_not_removed BEFORE DELETE ON growth_rows
BEGIN SELECT RAISE(ABORT, 'growth rows are never removed'); END
;;
CREATE TABLE tier_changes (
    change_id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members,
    at TEXT NOT NULL,
    business_date TEXT NOT NULL,
    from_tier INTEGER NOT NULL,
    to_tier INTEGER NOT NULL,
    change TEXT NOT NULL CHECK (
        change IN ('upgrade', 'keep', 'grace', 'downgrade', 'by_hand', 'merge', 'refund')
    ),
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    after_growth INTEGER NOT NULL
) STRICT
;;
CREATE INDEX tier_changes_by_member ON tier_changes (member_id, change_id)
;;
CREATE TRIGGER tier_changes_do_not_change BEFORE UPDATE ON tier_changes
WHEN NEW.reason <> '' OR (NEW.member_id, NEW.at, NEW.from_tier, NEW.to_tier, NEW.change)
    IS NOT (OLD.member_id, OLD.at, OLD.from_tier, OLD.to_tier, OLD.change)
BEGIN SELECT RAISE(ABORT, 'tier changes never change'); END
;;
CREATE TRIGGER tier_changes_are_not_removed BEFORE DELETE ON tier_changes
BEGIN SELECT RAISE(ABORT, 'tier changes are never removed'); END
"""

_PROFILE = """
CREATE TABLE member_visits (
    member_id INTEGER PRIMARY KEY REFERENCES members,
    visits INTEGER NOT NULL,
    spent_minor INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    last_date TEXT NOT NULL
) STRICT
;;
CREATE INDEX member_visits_by_spending ON member_visits (spent_minor, member_id)
;;
CREATE TABLE member_sales (
    sale_id TEXT PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members,
    at TEXT NOT NULL,
    business_date TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    growth INTEGER NOT NULL CHECK (growth >= 0)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX member_sales_by_member ON member_sales (member_id, at)
;;
CREATE TRIGGER member_sales_do_not_change BEFORE UPDATE ON member_sales
BEGIN SELECT RAISE(ABORT, 'what a sale did never changes'); END
;;
CREATE TRIGGER member_sales_are_not_removed BEFORE DELETE ON member_sales
BEGIN SELECT RAISE(ABORT, 'what a sale did is never removed'); END
;;
CREATE TABLE member_returns (
    return_id INTEGER PRIMARY KEY,
    sale_id TEXT NOT NULL REFERENCES member_sales,
    at TEXT NOT NULL,
    business_date TEXT NOT NULL,
    growth INTEGER NOT NULL CHECK (growth >= 0),
    visits INTEGER NOT NULL CHECK (visits IN (0, 1)),
    spent_minor INTEGER NOT NULL CHECK (spent_minor >= 0)
) STRICT
;;
CREATE INDEX member_returns_by_sale ON member_returns (sale_id)
;;
CREATE TRIGGER member_returns_do_not_change BEFORE UPDATE ON member_returns
BEGIN SELECT RAISE(ABORT, 'what a refund did never changes'); END
;;
CREATE TRIGGER member_returns_are_not_removed BEFORE DELETE ON member_returns
BEGIN SELECT RAISE(ABORT, 'what a refund did is never removed'); END
;;
CREATE TABLE member_measures (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    measured_on TEXT NOT NULL,
    members INTEGER NOT NULL CHECK (members > 0),
    away_days INTEGER NOT NULL,
    visits INTEGER NOT NULL,
    spent_minor INTEGER NOT NULL,
    a_least_minor INTEGER NOT NULL,
    b_least_minor INTEGER NOT NULL
) STRICT
;;
CREATE TABLE member_class_counts (
    rfm TEXT NOT NULL,
    abc TEXT NOT NULL,
    members INTEGER NOT NULL CHECK (members > 0),
    visits INTEGER NOT NULL,
    spent_minor INTEGER NOT NULL,
    PRIMARY KEY (rfm, abc)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE member_class_day (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    counted_on TEXT NOT NULL,
    without_sale INTEGER NOT NULL CHECK (without_sale >= 0)
) STRICT
;;
CREATE TABLE segments (
    name TEXT PRIMARY KEY CHECK (name <> ''),
    filter TEXT NOT NULL
) STRICT, WITHOUT ROWID
;;
CREATE TABLE tag_rules (
    tag TEXT PRIMARY KEY CHECK (tag <> ''),
    filter TEXT NOT NULL,
    ends INTEGER NOT NULL DEFAULT 0 CHECK (ends IN (0, 1))
) STRICT, WITHOUT ROWID
;;
CREATE TABLE member_goods (
    member_id INTEGER NOT NULL REFERENCES members,
    product_id INTEGER NOT NULL REFERENCES products,
    times INTEGER NOT NULL,
    quantity_thousandths INTEGER NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (member_id, product_id)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE member_events (
    event_id INTEGER PRIMARY KEY,
    member_id INTEGER NOT NULL REFERENCES members,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    operator_id INTEGER
) STRICT
;;
CREATE INDEX member_events_by_member ON member_events (member_id)
;;
CREATE TRIGGER member_events_are_not_removed BEFORE DELETE ON member_events
BEGIN SELECT RAISE(ABORT, 'the end of a membership is never forgotten'); END
"""
