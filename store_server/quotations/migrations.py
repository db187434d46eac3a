"""The tables of this room: quotations, every version of each with its lines, and who approved which."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("quotations")


@migrations()
def m001_quotations(db: Database) -> None:
    """Versions and approvals never change; what was sold or given up stays so."""
    run_script(db, _QUOTATIONS)
    run_script(db, _PROTECTION)


_QUOTATIONS = """
CREATE TABLE quotations (
    quotation_id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL CHECK (version > 0),
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'sold', 'cancelled')),
    reason TEXT NOT NULL DEFAULT '',
    sale_id TEXT UNIQUE REFERENCES sales,
    CHECK ((state = 'sold') = (sale_id IS NOT NULL)),
    CHECK ((state = 'cancelled') = (reason <> ''))
) STRICT
;;
CREATE TABLE quotation_versions (
    quotation_id INTEGER NOT NULL REFERENCES quotations,
    version INTEGER NOT NULL,
    customer TEXT NOT NULL,
    member_id INTEGER REFERENCES members,
    valid_until TEXT NOT NULL CHECK (valid_until GLOB '????-??-??'),
    note TEXT NOT NULL,
    total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
    line_count INTEGER NOT NULL CHECK (line_count > 0),
    author_id INTEGER NOT NULL REFERENCES operators,
    author_name TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (quotation_id, version)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX quotation_versions_by_member ON quotation_versions (member_id) WHERE member_id IS NOT NULL
;;
CREATE TABLE quotation_lines (
    quotation_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    line INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    quantity_thousandths INTEGER NOT NULL CHECK (quantity_thousandths > 0),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    note TEXT NOT NULL,
    PRIMARY KEY (quotation_id, version, line),
    FOREIGN KEY (quotation_id, version) REFERENCES quotation_versions
) STRICT, WITHOUT ROWID
;;
CREATE TABLE quotation_approvals (
    quotation_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    approver_id INTEGER NOT NULL REFERENCES operators,
    approver_name TEXT NOT NULL,
    approved_at TEXT NOT NULL,
    PRIMARY KEY (quotation_id, version),
    FOREIGN KEY (quotation_id, version) REFERENCES quotation_versions
) STRICT, WITHOUT ROWID
"""

_PROTECTION = """
CREATE TRIGGER ended_quotations_do_not_change BEFORE UPDATE ON quotations
WHEN OLD.state IN ('sold', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'a quotation that was sold or given up never changes'); END
;;
CREATE TRIGGER numbers_of_quotations_stay BEFORE UPDATE ON quotations WHEN OLD.number <> NEW.number
BEGIN SELECT RAISE(ABORT, 'the number of a quotation never changes'); END
;;
CREATE TRIGGER quotations_are_not_removed BEFORE DELETE ON quotations
BEGIN SELECT RAISE(ABORT, 'quotations are given up, never removed'); END
;;
CREATE TRIGGER quotation_versions_do_not_change BEFORE UPDATE ON quotation_versions
WHEN NOT (NEW.customer IN (OLD.customer, '') AND NEW.note IN (OLD.note, '')
    AND NEW.quotation_id = OLD.quotation_id AND NEW.version = OLD.version
    AND NEW.member_id IS OLD.member_id AND NEW.valid_until = OLD.valid_until
    AND NEW.total_minor = OLD.total_minor AND NEW.line_count = OLD.line_count
    AND NEW.author_id = OLD.author_id AND NEW.author_name = OLD.author_name AND NEW.saved_at = OLD.saved_at)
BEGIN SELECT RAISE(ABORT, 'of a version only the words of an erased member are blanked'); END
;;
CREATE TRIGGER quotation_versions_are_not_removed BEFORE DELETE ON quotation_versions
BEGIN SELECT RAISE(ABORT, 'every version of a quotation is kept'); END
;;
CREATE TRIGGER approved_versions_get_no_lines BEFORE INSERT ON quotation_lines
WHEN EXISTS (SELECT 1 FROM quotation_approvals
    WHERE quotation_id = NEW.quotation_id AND version = NEW.version)
BEGIN SELECT RAISE(ABORT, 'what was approved never changes'); END
;;
CREATE TRIGGER quotation_lines_do_not_change BEFORE UPDATE ON quotation_lines
BEGIN SELECT RAISE(ABORT, 'what was quoted never changes'); END
;;
CREATE TRIGGER quotation_lines_are_not_removed BEFORE DELETE ON quotation_lines
BEGIN SELECT RAISE(ABORT, 'what was quoted is never forgotten'); END
;;
CREATE TRIGGER approvals_of_quotations_do_not_change BEFORE UPDATE ON quotation_approvals
BEGIN SELECT RAISE(ABORT, 'who approved what never changes'); END
;;
CREATE TRIGGER approvals_of_quotations_stay BEFORE DELETE ON quotation_approvals
BEGIN SELECT RAISE(ABORT, 'who approved what is never forgotten'); END
"""
