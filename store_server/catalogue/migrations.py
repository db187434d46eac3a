"""The tables of goods: products, barcodes, past prices, categories, extra fields, the search index."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("catalogue")


@migrations()
def m001_catalogue(db: Database) -> None:
    """Categories, products with all that belongs to them, patterns of in-store barcodes, search keys."""
    run_script(db, _CATEGORIES_AND_FIELDS)
    run_script(db, _PRODUCTS)
    run_script(db, _SEARCH)


_CATEGORIES_AND_FIELDS = """
CREATE TABLE tax_rates (
    tax TEXT PRIMARY KEY CHECK (tax <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    rate_ppm INTEGER NOT NULL CHECK (rate_ppm BETWEEN 0 AND 1000000),
    inclusive INTEGER NOT NULL CHECK (inclusive IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    shop_default INTEGER NOT NULL CHECK (shop_default IN (0, 1))
) STRICT, WITHOUT ROWID
;;
CREATE UNIQUE INDEX one_tax_rate_is_the_default ON tax_rates (shop_default) WHERE shop_default
;;
CREATE TABLE categories (
    category_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL CHECK (name <> ''),
    parent_id INTEGER REFERENCES categories,
    product_count INTEGER NOT NULL DEFAULT 0,
    tax TEXT REFERENCES tax_rates
) STRICT
;;
CREATE UNIQUE INDEX categories_by_place ON categories (coalesce(parent_id, 0), name)
;;
CREATE INDEX categories_by_parent ON categories (parent_id)
;;
CREATE TABLE extra_fields (
    field TEXT PRIMARY KEY CHECK (field <> ''),
    category_id INTEGER REFERENCES categories,
    type TEXT NOT NULL CHECK (type IN ('text', 'number', 'date', 'yes_no', 'choice')),
    choices TEXT NOT NULL,
    required INTEGER NOT NULL CHECK (required IN (0, 1))
) STRICT, WITHOUT ROWID
;;
CREATE TABLE barcode_patterns (
    position INTEGER PRIMARY KEY,
    pattern TEXT NOT NULL UNIQUE,
    note TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT
;;
INSERT INTO barcode_patterns VALUES
    (1, '21IIIIIWWWWWC', '', 1),
    (2, '22IIIIIPPPPPC', '', 1)
;;
CREATE TABLE catalogue_state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    changes INTEGER NOT NULL,
    import_id TEXT NOT NULL,
    goods INTEGER NOT NULL
) STRICT
;;
INSERT INTO catalogue_state VALUES (1, 0, '', 0)
"""

_PRODUCTS = """
CREATE TABLE products (
    product_id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE CHECK (code <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    pinyin TEXT NOT NULL,
    category_id INTEGER REFERENCES categories,
    unit TEXT NOT NULL,
    by_weight INTEGER NOT NULL CHECK (by_weight IN (0, 1)),
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0),
    market_price_minor INTEGER CHECK (market_price_minor >= 0),
    promotional_price_minor INTEGER CHECK (promotional_price_minor >= 0),
    promotion_from TEXT,
    promotion_until TEXT,
    cost_minor INTEGER CHECK (cost_minor >= 0),
    on_sale INTEGER NOT NULL CHECK (on_sale IN (0, 1)),
    open_price INTEGER NOT NULL CHECK (open_price IN (0, 1)),
    supplier TEXT NOT NULL,
    picture TEXT NOT NULL,
    tax TEXT REFERENCES tax_rates,
    version INTEGER NOT NULL DEFAULT 1,
    pending INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1))
) STRICT
;;
CREATE TABLE tier_prices (
    product_id INTEGER NOT NULL REFERENCES products,
    tier INTEGER NOT NULL CHECK (tier >= 0),
    price_minor INTEGER NOT NULL CHECK (price_minor > 0),
    PRIMARY KEY (product_id, tier)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX products_by_code ON products (code COLLATE NOCASE)
;;
CREATE INDEX products_by_category ON products (category_id)
;;
CREATE TRIGGER products_are_counted AFTER INSERT ON products
BEGIN UPDATE catalogue_state SET goods = goods + 1; END
;;
CREATE TRIGGER products_are_counted_off AFTER DELETE ON products
BEGIN UPDATE catalogue_state SET goods = goods - 1; END
;;
CREATE TRIGGER products_are_counted_in AFTER INSERT ON products WHEN NEW.category_id IS NOT NULL
BEGIN UPDATE categories SET product_count = product_count + 1 WHERE category_id = NEW.category_id; END
;;
CREATE TRIGGER products_are_counted_out AFTER DELETE ON products WHEN OLD.category_id IS NOT NULL
BEGIN UPDATE categories SET product_count = product_count - 1 WHERE category_id = OLD.category_id; END
;;
CREATE TRIGGER products_are_counted_over AFTER UPDATE OF category_id ON products
WHEN OLD.category_id IS NOT NEW.category_id
BEGIN
    UPDATE categories SET product_count = product_count - 1 WHERE category_id = OLD.category_id;
    UPDATE categories SET product_count = product_count + 1 WHERE category_id = NEW.category_id;
END
;;
CREATE TABLE product_barcodes (
    lookup TEXT PRIMARY KEY,
    barcode TEXT NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products,
    position INTEGER NOT NULL,
    pack_thousandths INTEGER NOT NULL CHECK (pack_thousandths > 0),
    backwards TEXT NOT NULL
) STRICT, WITHOUT ROWID
;;
CREATE INDEX product_barcodes_by_product ON product_barcodes (product_id, position)
;;
CREATE INDEX product_barcodes_by_tail ON product_barcodes (backwards, product_id)
;;
CREATE TABLE product_extras (
    product_id INTEGER NOT NULL REFERENCES products,
    field TEXT NOT NULL REFERENCES extra_fields,
    value TEXT NOT NULL,
    PRIMARY KEY (product_id, field)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX product_extras_by_field ON product_extras (field)
;;
CREATE TABLE product_relations (
    product_id INTEGER NOT NULL REFERENCES products,
    position INTEGER NOT NULL,
    related_id INTEGER NOT NULL REFERENCES products,
    PRIMARY KEY (product_id, position)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX product_relations_by_related ON product_relations (related_id)
;;
CREATE TABLE price_versions (
    price_version INTEGER PRIMARY KEY,
    product_id INTEGER NOT NULL REFERENCES products,
    valid_from TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    promotional_price_minor INTEGER,
    promotion_from TEXT,
    promotion_until TEXT,
    reference TEXT NOT NULL
) STRICT
;;
CREATE INDEX price_versions_by_product ON price_versions (product_id, valid_from)
;;
CREATE TRIGGER price_versions_are_not_changed BEFORE UPDATE ON price_versions
BEGIN SELECT RAISE(ABORT, 'prices that were true never change'); END
;;
CREATE TRIGGER price_versions_are_not_removed BEFORE DELETE ON price_versions
BEGIN SELECT RAISE(ABORT, 'prices that were true are never removed'); END
"""

_SEARCH = """
CREATE TABLE product_keys (
    on_sale INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    key TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    PRIMARY KEY (on_sale, rank, key, product_id)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE product_texts (
    category_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    on_sale INTEGER NOT NULL,
    name TEXT NOT NULL,
    sounds TEXT NOT NULL,
    PRIMARY KEY (category_id, product_id)
) STRICT, WITHOUT ROWID
"""
