"""The tables of this room: sales with their lines and payments, ways to pay, receipt numbers, copies."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("sales")


@migrations()
def m001_sales(db: Database) -> None:
    """Drafts and finished sales in the same tables; triggers close what is finished or cancelled."""
    run_script(db, _SALES)
    run_script(db, _LINES)
    run_script(db, _TENDERS)
    run_script(db, _STEPS)
    run_script(db, _QUOTATIONS)
    run_script(db, _PROTECTION)


_SALES = """
CREATE TABLE sales (
    sale_id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('open', 'parked', 'finished', 'cancelled')),
    lane TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators,
    operator_name TEXT NOT NULL,
    currency TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    discount_amount_minor INTEGER NOT NULL DEFAULT 0,
    discount_rate_ppm INTEGER NOT NULL DEFAULT 0,
    discount_reason TEXT NOT NULL DEFAULT '',
    item_count_thousandths INTEGER NOT NULL DEFAULT 0,
    gross_minor INTEGER NOT NULL DEFAULT 0,
    sale_discount_minor INTEGER NOT NULL DEFAULT 0,
    total_minor INTEGER NOT NULL DEFAULT 0 CHECK (total_minor >= 0),
    rounding_minor INTEGER NOT NULL DEFAULT 0,
    paid_minor INTEGER NOT NULL DEFAULT 0,
    change_minor INTEGER NOT NULL DEFAULT 0 CHECK (change_minor >= 0),
    started_at TEXT NOT NULL,
    parked_at TEXT,
    park_note TEXT NOT NULL DEFAULT '',
    recalled INTEGER NOT NULL DEFAULT 0 CHECK (recalled IN (0, 1)),
    ended_at TEXT,
    shift_id TEXT REFERENCES shifts,
    business_date TEXT REFERENCES business_days,
    receipt_seq INTEGER,
    receipt_number TEXT,
    form_id INTEGER REFERENCES receipt_forms,
    member_id INTEGER REFERENCES members,
    member_tier INTEGER NOT NULL DEFAULT 0,
    member_tier_name TEXT NOT NULL DEFAULT '',
    member_discount_ppm INTEGER NOT NULL DEFAULT 0,
    member_lower_price INTEGER NOT NULL DEFAULT 0 CHECK (member_lower_price IN (0, 1)),
    tax_added_minor INTEGER NOT NULL DEFAULT 0 CHECK (tax_added_minor >= 0),
    cash_step_minor INTEGER NOT NULL DEFAULT 1 CHECK (cash_step_minor > 0),
    cash_mode TEXT NOT NULL DEFAULT 'down'
        CHECK (cash_mode IN ('half_up', 'half_down', 'half_even', 'down', 'up')),
    credit_minor INTEGER NOT NULL DEFAULT 0 CHECK (credit_minor >= 0),
    credit_receipt TEXT NOT NULL DEFAULT '',
    priced_at TEXT NOT NULL DEFAULT '',
    spend_points INTEGER NOT NULL DEFAULT 0 CHECK (spend_points IN (0, 1)),
    price_points INTEGER NOT NULL DEFAULT 0 CHECK (price_points >= 0),
    coupons TEXT NOT NULL DEFAULT '' CHECK (coupons = '' OR json_valid(coupons)),
    CHECK (state <> 'finished' OR (
        total_minor + rounding_minor = paid_minor - change_minor AND ended_at IS NOT NULL
        AND shift_id IS NOT NULL AND business_date IS NOT NULL AND receipt_seq IS NOT NULL
        AND receipt_number IS NOT NULL AND form_id IS NOT NULL
    ))
) STRICT, WITHOUT ROWID
;;
CREATE UNIQUE INDEX one_sale_is_open_per_lane ON sales (lane) WHERE state = 'open'
;;
CREATE INDEX sales_by_member ON sales (member_id, ended_at) WHERE member_id IS NOT NULL
;;
CREATE INDEX sales_parked ON sales (parked_at) WHERE state = 'parked'
;;
CREATE INDEX sales_by_shift ON sales (shift_id) WHERE shift_id IS NOT NULL
;;
CREATE INDEX sales_by_date ON sales (business_date, ended_at) WHERE state = 'finished'
;;
CREATE UNIQUE INDEX sales_by_number ON sales (lane, business_date, receipt_seq) WHERE state = 'finished'
"""

_LINES = """
CREATE TABLE sale_lines (
    sale_id TEXT NOT NULL REFERENCES sales,
    line INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    by_weight INTEGER NOT NULL CHECK (by_weight IN (0, 1)),
    price_version INTEGER NOT NULL,
    quantity_thousandths INTEGER NOT NULL CHECK (quantity_thousandths > 0),
    normal_price_minor INTEGER NOT NULL CHECK (normal_price_minor >= 0),
    unit_price_minor INTEGER NOT NULL CHECK (unit_price_minor >= 0),
    price_kind TEXT NOT NULL CHECK (
        price_kind IN ('', 'promotion', 'tier', 'printed', 'typed', 'override', 'quotation')
    ),
    override_reason TEXT NOT NULL,
    printed_amount_minor INTEGER,
    discount_amount_minor INTEGER NOT NULL,
    discount_rate_ppm INTEGER NOT NULL,
    discount_reason TEXT NOT NULL,
    note TEXT NOT NULL,
    voided INTEGER NOT NULL CHECK (voided IN (0, 1)),
    line_discount_minor INTEGER NOT NULL,
    share_minor INTEGER NOT NULL CHECK (share_minor >= 0),
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    list_price_minor INTEGER NOT NULL DEFAULT 0 CHECK (list_price_minor >= 0),
    list_kind TEXT NOT NULL DEFAULT '' CHECK (
        list_kind IN ('', 'promotion', 'printed', 'typed', 'quotation')
    ),
    tax TEXT NOT NULL DEFAULT '',
    tax_name TEXT NOT NULL DEFAULT '',
    tax_rate_ppm INTEGER NOT NULL DEFAULT 0 CHECK (tax_rate_ppm >= 0),
    tax_inclusive INTEGER NOT NULL DEFAULT 1 CHECK (tax_inclusive IN (0, 1)),
    tax_minor INTEGER NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
    category_id INTEGER,
    offers_minor INTEGER NOT NULL DEFAULT 0 CHECK (offers_minor >= 0),
    offers TEXT NOT NULL DEFAULT '' CHECK (offers = '' OR json_valid(offers)),
    PRIMARY KEY (sale_id, line)
) STRICT, WITHOUT ROWID
"""

_STEPS = """
CREATE TABLE sale_steps (
    sale_id TEXT NOT NULL REFERENCES sales,
    step INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('promotion', 'tier', 'override', 'quotation', 'offer',
        'line_discount', 'basket_offer', 'coupon', 'sale_discount')),
    offer_id INTEGER,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    reference TEXT NOT NULL,
    times INTEGER NOT NULL,
    points INTEGER NOT NULL,
    points_multiplier_ppm INTEGER NOT NULL,
    coupon_batch_id INTEGER,
    PRIMARY KEY (sale_id, step)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE sale_step_lines (
    sale_id TEXT NOT NULL,
    step INTEGER NOT NULL,
    line INTEGER NOT NULL,
    quantity_thousandths INTEGER NOT NULL,
    before_minor INTEGER NOT NULL,
    after_minor INTEGER NOT NULL,
    PRIMARY KEY (sale_id, step, line),
    FOREIGN KEY (sale_id, step) REFERENCES sale_steps,
    FOREIGN KEY (sale_id, line) REFERENCES sale_lines
) STRICT, WITHOUT ROWID
;;
CREATE TRIGGER steps_do_not_change BEFORE UPDATE ON sale_steps
BEGIN SELECT RAISE(ABORT, 'why a sale cost what it cost never changes'); END
;;
CREATE TRIGGER steps_are_not_removed BEFORE DELETE ON sale_steps
BEGIN SELECT RAISE(ABORT, 'why a sale cost what it cost is never forgotten'); END
;;
CREATE TRIGGER step_lines_do_not_change BEFORE UPDATE ON sale_step_lines
BEGIN SELECT RAISE(ABORT, 'why a sale cost what it cost never changes'); END
;;
CREATE TRIGGER step_lines_are_not_removed BEFORE DELETE ON sale_step_lines
BEGIN SELECT RAISE(ABORT, 'why a sale cost what it cost is never forgotten'); END
"""

_QUOTATIONS = """
CREATE TABLE sale_quotations (
    sale_id TEXT PRIMARY KEY REFERENCES sales,
    quotation_id INTEGER NOT NULL,
    number TEXT NOT NULL,
    version INTEGER NOT NULL,
    valid_until TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'free', 'lost'))
) STRICT, WITHOUT ROWID
;;
CREATE UNIQUE INDEX a_quotation_is_in_one_basket ON sale_quotations (quotation_id) WHERE state = 'held'
;;
CREATE INDEX sale_quotations_by_quotation ON sale_quotations (quotation_id)
;;
CREATE TRIGGER quotations_of_ended_sales_stay BEFORE UPDATE ON sale_quotations
WHEN (SELECT state FROM sales WHERE sale_id = OLD.sale_id) IN ('finished', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'an ended sale never changes'); END
;;
CREATE TRIGGER sale_quotations_are_not_removed BEFORE DELETE ON sale_quotations
BEGIN SELECT RAISE(ABORT, 'which quotation a sale was is never forgotten'); END
"""

_TENDERS = """
CREATE TABLE tender_kinds (
    tender TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    gives_change INTEGER NOT NULL CHECK (gives_change IN (0, 1)),
    needs_reference INTEGER NOT NULL CHECK (needs_reference IN (0, 1)),
    opens_drawer INTEGER NOT NULL CHECK (opens_drawer IN (0, 1)),
    counts_in_drawer INTEGER NOT NULL CHECK (counts_in_drawer IN (0, 1)),
    minimum_minor INTEGER NOT NULL CHECK (minimum_minor >= 0),
    maximum_minor INTEGER CHECK (maximum_minor > 0),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    position INTEGER NOT NULL,
    earns_points INTEGER NOT NULL CHECK (earns_points IN (0, 1)),
    CHECK (tender <> 'points' OR NOT (gives_change OR counts_in_drawer OR needs_reference OR earns_points))
) STRICT, WITHOUT ROWID
;;
INSERT INTO tender_kinds VALUES
    ('cash', 'Cash', 1, 0, 1, 1, 0, NULL, 1, 1, 1),
    ('card', 'Bank card', 0, 1, 0, 0, 0, NULL, 1, 2, 1),
    ('mobile', 'Mobile pay', 0, 1, 0, 0, 0, NULL, 1, 3, 1),
    ('points', 'Points', 0, 0, 0, 0, 0, NULL, 1, 4, 0),
    ('exchange', 'Exchange', 0, 0, 0, 0, 0, NULL, 0, 1000, 1)
;;
CREATE TABLE sale_tenders (
    sale_id TEXT NOT NULL REFERENCES sales,
    position INTEGER NOT NULL,
    tender_id TEXT NOT NULL UNIQUE,
    tender TEXT NOT NULL REFERENCES tender_kinds,
    name TEXT NOT NULL,
    gives_change INTEGER NOT NULL CHECK (gives_change IN (0, 1)),
    opens_drawer INTEGER NOT NULL CHECK (opens_drawer IN (0, 1)),
    counts_in_drawer INTEGER NOT NULL CHECK (counts_in_drawer IN (0, 1)),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    reference TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    PRIMARY KEY (sale_id, position)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE receipt_counters (
    lane TEXT NOT NULL,
    business_date TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (lane, business_date)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE receipt_copies (
    copy_id INTEGER PRIMARY KEY,
    sale_id TEXT NOT NULL REFERENCES sales,
    at TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators
) STRICT
;;
CREATE INDEX receipt_copies_by_sale ON receipt_copies (sale_id)
"""

_PROTECTION = """
CREATE TRIGGER ended_sales_do_not_change BEFORE UPDATE ON sales WHEN OLD.state IN ('finished', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'an ended sale never changes'); END
;;
CREATE TRIGGER sales_are_not_removed BEFORE DELETE ON sales
BEGIN SELECT RAISE(ABORT, 'sales are never removed'); END
;;
CREATE TRIGGER ended_sales_get_no_lines BEFORE INSERT ON sale_lines
WHEN (SELECT state FROM sales WHERE sale_id = NEW.sale_id) IN ('finished', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'an ended sale never changes'); END
;;
CREATE TRIGGER lines_of_ended_sales_do_not_change BEFORE UPDATE ON sale_lines
WHEN (SELECT state FROM sales WHERE sale_id = OLD.sale_id) IN ('finished', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'an ended sale never changes'); END
;;
CREATE TRIGGER lines_are_not_removed BEFORE DELETE ON sale_lines
BEGIN SELECT RAISE(ABORT, 'lines are voided, never removed'); END
;;
CREATE TRIGGER ended_sales_get_no_tenders BEFORE INSERT ON sale_tenders
WHEN (SELECT state FROM sales WHERE sale_id = NEW.sale_id) IN ('finished', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'an ended sale never changes'); END
;;
CREATE TRIGGER tenders_do_not_change BEFORE UPDATE ON sale_tenders
BEGIN SELECT RAISE(ABORT, 'a payment never changes'); END
;;
CREATE TRIGGER tenders_of_ended_sales_stay BEFORE DELETE ON sale_tenders
WHEN (SELECT state FROM sales WHERE sale_id = OLD.sale_id) IN ('finished', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'an ended sale never changes'); END
;;
CREATE TRIGGER copies_are_not_removed BEFORE DELETE ON receipt_copies
BEGIN SELECT RAISE(ABORT, 'copies are never forgotten'); END
"""
