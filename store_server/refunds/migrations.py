"""The tables of this room: refunds with lines and payments, numbers, copies; exchanges in the making."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("refunds")


@migrations()
def m001_refunds(db: Database) -> None:
    """A refund is written whole and never changes; an exchange waits beside its open basket."""
    run_script(db, _REFUNDS)
    run_script(db, _PROTECTION)


_REFUNDS = """
CREATE TABLE refunds (
    refund_id TEXT PRIMARY KEY,
    refund_number TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    business_date TEXT NOT NULL REFERENCES business_days,
    refund_seq INTEGER NOT NULL CHECK (refund_seq > 0),
    sale_id TEXT REFERENCES sales,
    receipt_number TEXT NOT NULL,
    exchange_sale_id TEXT UNIQUE REFERENCES sales,
    refunded_at TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators,
    operator_name TEXT NOT NULL,
    approver_id INTEGER REFERENCES operators,
    approver_name TEXT NOT NULL,
    shift_id TEXT NOT NULL REFERENCES shifts,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    rounding_minor INTEGER NOT NULL,
    kept_minor INTEGER NOT NULL CHECK (kept_minor >= 0),
    paid_back_minor INTEGER NOT NULL CHECK (paid_back_minor >= 0),
    points_taken INTEGER NOT NULL CHECK (points_taken >= 0),
    points_returned INTEGER NOT NULL CHECK (points_returned >= 0),
    member_id INTEGER REFERENCES members,
    form_id INTEGER NOT NULL REFERENCES receipt_forms,
    UNIQUE (lane, business_date, refund_seq),
    CHECK ((sale_id IS NULL) = (receipt_number = '')),
    CHECK (amount_minor + rounding_minor - kept_minor = paid_back_minor)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX refunds_by_sale ON refunds (sale_id) WHERE sale_id IS NOT NULL
;;
CREATE INDEX refunds_by_shift ON refunds (shift_id)
;;
CREATE INDEX refunds_by_date ON refunds (business_date, refunded_at)
;;
CREATE TABLE refund_lines (
    refund_id TEXT NOT NULL REFERENCES refunds,
    position INTEGER NOT NULL,
    sale_id TEXT,
    line INTEGER,
    product_id INTEGER NOT NULL REFERENCES products,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    quantity_thousandths INTEGER NOT NULL CHECK (quantity_thousandths > 0),
    unit_paid_minor INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    tax TEXT NOT NULL,
    tax_name TEXT NOT NULL,
    tax_rate_ppm INTEGER NOT NULL,
    tax_inclusive INTEGER NOT NULL CHECK (tax_inclusive IN (0, 1)),
    tax_minor INTEGER NOT NULL CHECK (tax_minor BETWEEN 0 AND amount_minor),
    disposition TEXT NOT NULL CHECK (disposition IN ('restock', 'waste')),
    reason TEXT NOT NULL,
    PRIMARY KEY (refund_id, position),
    FOREIGN KEY (sale_id, line) REFERENCES sale_lines,
    CHECK ((sale_id IS NULL) = (line IS NULL))
) STRICT, WITHOUT ROWID
;;
CREATE INDEX refund_lines_by_sale ON refund_lines (sale_id, line) WHERE sale_id IS NOT NULL
;;
CREATE TABLE refund_tenders (
    refund_id TEXT NOT NULL REFERENCES refunds,
    position INTEGER NOT NULL,
    source_id TEXT REFERENCES sale_tenders (tender_id),
    tender TEXT NOT NULL REFERENCES tender_kinds,
    name TEXT NOT NULL,
    counts_in_drawer INTEGER NOT NULL CHECK (counts_in_drawer IN (0, 1)),
    value_minor INTEGER NOT NULL CHECK (value_minor >= 0),
    settled_minor INTEGER NOT NULL CHECK (settled_minor >= 0),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    reference TEXT NOT NULL,
    coins_minor INTEGER NOT NULL,
    PRIMARY KEY (refund_id, position)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX refund_tenders_by_source ON refund_tenders (source_id) WHERE source_id IS NOT NULL
;;
CREATE TABLE refund_counters (
    lane TEXT NOT NULL,
    business_date TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (lane, business_date)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE refund_slip_copies (
    copy_id INTEGER PRIMARY KEY,
    refund_id TEXT NOT NULL REFERENCES refunds,
    at TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators
) STRICT
;;
CREATE INDEX refund_slip_copies_by_refund ON refund_slip_copies (refund_id)
;;
CREATE TABLE exchanges (
    sale_id TEXT PRIMARY KEY REFERENCES sales,
    refund_id TEXT NOT NULL,
    returned_sale_id TEXT NOT NULL REFERENCES sales,
    lines TEXT NOT NULL,
    in_cash INTEGER NOT NULL CHECK (in_cash IN (0, 1)),
    tender_references TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators,
    operator_name TEXT NOT NULL,
    approver_id INTEGER REFERENCES operators
) STRICT, WITHOUT ROWID
"""

_PROTECTION = """
CREATE TRIGGER refunds_do_not_change BEFORE UPDATE ON refunds
BEGIN SELECT RAISE(ABORT, 'a refund never changes'); END
;;
CREATE TRIGGER refunds_are_not_removed BEFORE DELETE ON refunds
BEGIN SELECT RAISE(ABORT, 'refunds are never removed'); END
;;
CREATE TRIGGER refund_lines_do_not_change BEFORE UPDATE ON refund_lines
BEGIN SELECT RAISE(ABORT, 'a refund never changes'); END
;;
CREATE TRIGGER refund_lines_are_not_removed BEFORE DELETE ON refund_lines
BEGIN SELECT RAISE(ABORT, 'a refund never changes'); END
;;
CREATE TRIGGER refund_tenders_do_not_change BEFORE UPDATE ON refund_tenders
BEGIN SELECT RAISE(ABORT, 'a refund never changes'); END
;;
CREATE TRIGGER refund_tenders_are_not_removed BEFORE DELETE ON refund_tenders
BEGIN SELECT RAISE(ABORT, 'a refund never changes'); END
;;
CREATE TRIGGER refund_copies_are_not_removed BEFORE DELETE ON refund_slip_copies
BEGIN SELECT RAISE(ABORT, 'copies are never forgotten'); END
;;
CREATE TRIGGER no_more_comes_back_than_was_sold BEFORE INSERT ON refund_lines WHEN NEW.line IS NOT NULL AND (
    NEW.quantity_thousandths + coalesce((SELECT sum(r.quantity_thousandths) FROM refund_lines r
        WHERE r.sale_id = NEW.sale_id AND r.line = NEW.line), 0)
    > coalesce((SELECT l.quantity_thousandths FROM sale_lines l JOIN sales s USING (sale_id)
        WHERE l.sale_id = NEW.sale_id AND l.line = NEW.line AND NOT l.voided AND s.state = 'finished'), 0)
    OR NEW.amount_minor + coalesce((SELECT sum(r.amount_minor) FROM refund_lines r
        WHERE r.sale_id = NEW.sale_id AND r.line = NEW.line), 0)
    > (SELECT l.amount_minor + CASE WHEN l.tax_inclusive THEN 0 ELSE l.tax_minor END FROM sale_lines l
        WHERE l.sale_id = NEW.sale_id AND l.line = NEW.line))
BEGIN SELECT RAISE(ABORT, 'more would come back than was sold'); END
;;
CREATE TRIGGER refunds_get_no_lines_later BEFORE INSERT ON refund_lines
WHEN EXISTS (SELECT 1 FROM refund_tenders WHERE refund_id = NEW.refund_id)
BEGIN SELECT RAISE(ABORT, 'a refund never changes'); END
"""
