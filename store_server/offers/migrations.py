"""The tables of this room: offers, every version of each, what they gave in which sale, and how often."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("offers")


@migrations()
def m001_offers(db: Database) -> None:
    """Versions and uses never change; the counters are caches of the uses."""
    run_script(db, _OFFERS)
    run_script(db, _USES)


_OFFERS = """
CREATE TABLE offers (
    offer_id INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL CHECK (version > 0),
    used INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0),
    given_minor INTEGER NOT NULL DEFAULT 0
) STRICT
;;
CREATE TABLE offer_versions (
    offer_id INTEGER NOT NULL REFERENCES offers,
    version INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    saved_at TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators,
    PRIMARY KEY (offer_id, version)
) STRICT, WITHOUT ROWID
;;
CREATE TRIGGER offer_versions_do_not_change BEFORE UPDATE ON offer_versions
BEGIN SELECT RAISE(ABORT, 'a version of an offer never changes'); END
"""

_USES = """
CREATE TABLE offer_uses (
    sale_id TEXT NOT NULL,
    offer_id INTEGER NOT NULL REFERENCES offers,
    version INTEGER NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0),
    given_minor INTEGER NOT NULL,
    business_date TEXT NOT NULL,
    member_id INTEGER REFERENCES members,
    PRIMARY KEY (sale_id, offer_id),
    FOREIGN KEY (offer_id, version) REFERENCES offer_versions
) STRICT, WITHOUT ROWID
;;
CREATE INDEX offer_uses_by_offer ON offer_uses (offer_id, business_date)
;;
CREATE TABLE offer_days (
    offer_id INTEGER NOT NULL REFERENCES offers,
    business_date TEXT NOT NULL,
    times INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (offer_id, business_date)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE offer_members (
    offer_id INTEGER NOT NULL REFERENCES offers,
    member_id INTEGER NOT NULL REFERENCES members,
    times INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (offer_id, member_id)
) STRICT, WITHOUT ROWID
;;
CREATE TRIGGER offer_uses_do_not_change BEFORE UPDATE ON offer_uses
BEGIN SELECT RAISE(ABORT, 'what an offer gave never changes'); END
;;
CREATE TRIGGER offer_uses_are_not_removed BEFORE DELETE ON offer_uses
BEGIN SELECT RAISE(ABORT, 'what an offer gave is never forgotten'); END
;;
CREATE TRIGGER versions_of_used_offers_stay BEFORE DELETE ON offer_versions
WHEN EXISTS (SELECT 1 FROM offer_uses WHERE offer_id = OLD.offer_id)
BEGIN SELECT RAISE(ABORT, 'a version of an offer that was used is never removed'); END
"""
