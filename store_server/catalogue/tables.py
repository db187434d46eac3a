"""The only writer of the products' tables; the search index moves with them in the same transaction."""

import sqlite3
from dataclasses import fields
from typing import Any

from protocol.identifiers import ProductId
from store_server.catalogue.barcodes import lookup_form
from store_server.catalogue.products import Barcode, Product
from store_server.catalogue.search_keys import keys_of, text_of
from store_server.database.unit_of_work import Work

_COLUMNS = tuple(each.name for each in fields(Product) if each.name not in ("barcodes", "extras", "related"))
_FLAGS = frozenset({"by_weight", "on_sale", "open_price"})
_INSERT = (
    f"INSERT INTO products ({', '.join(_COLUMNS)}, version, pending) "  # noqa: S608  # names of columns
    f"VALUES ({', '.join('?' * len(_COLUMNS))}, ?, ?)"
)
_UPDATE = (
    f"UPDATE products SET {', '.join(f'{name} = ?' for name in _COLUMNS)}, version = ? WHERE product_id = ?"  # noqa: S608  # names of columns
)
_PRICE_FIELDS = ("price_minor", "promotional_price_minor", "promotion_from", "promotion_until")


def load(db: sqlite3.Connection, product_id: int) -> Product | None:
    """Return a product with all that belongs to it."""
    row = db.execute("SELECT * FROM products WHERE product_id = ?", (product_id,)).fetchone()
    if row is None:
        return None
    values: dict[str, Any] = {name: bool(row[name]) if name in _FLAGS else row[name] for name in _COLUMNS}
    barcodes = db.execute(
        "SELECT barcode, pack_thousandths FROM product_barcodes WHERE product_id = ? ORDER BY position",
        (product_id,),
    )
    extras = db.execute(
        "SELECT field, value FROM product_extras WHERE product_id = ? ORDER BY field", (product_id,)
    )
    related = db.execute(
        "SELECT related_id FROM product_relations WHERE product_id = ? ORDER BY position", (product_id,)
    )
    return Product(
        **values,
        barcodes=tuple(Barcode(each[0], each[1]) for each in barcodes),
        extras=tuple((each[0], each[1]) for each in extras),
        related=tuple(each[0] for each in related),
    )


def version_of(db: sqlite3.Connection, product_id: int) -> int | None:
    """Return how often the product was saved; None for one that is not there."""
    row = db.execute("SELECT version FROM products WHERE product_id = ?", (product_id,)).fetchone()
    return None if row is None else int(row[0])


def id_of_code(db: sqlite3.Connection, code: str) -> ProductId | None:
    """Return the product with exactly this code."""
    row = db.execute("SELECT product_id FROM products WHERE code = ?", (code,)).fetchone()
    return None if row is None else ProductId(row[0])


def holder_of_barcode(db: sqlite3.Connection, barcode: str) -> sqlite3.Row | None:
    """Return (product_id, code, name) of the product that has the barcode, or one that means the same."""
    row: sqlite3.Row | None = db.execute(
        "SELECT p.product_id, p.code, p.name FROM product_barcodes b JOIN products p USING (product_id) "
        "WHERE b.lookup = ?",
        (lookup_form(barcode),),
    ).fetchone()
    return row


def insert(db: sqlite3.Connection, product: Product, *, pending: bool = False) -> ProductId:
    """Add a product; a pending one cannot be found or sold until `release`."""
    made = db.execute(_INSERT, (*(getattr(product, name) for name in _COLUMNS), 1, pending))
    assert made.lastrowid is not None
    product_id = ProductId(made.lastrowid)
    _write_parts(db, product_id, product)
    if not pending:
        _write_keys(db, product_id, None, product)
    return product_id


def release(db: sqlite3.Connection, product_id: int) -> Product:
    """Let a pending product be found and sold; return it."""
    db.execute("UPDATE products SET pending = 0 WHERE product_id = ?", (product_id,))
    product = load(db, product_id)
    assert product is not None
    _write_keys(db, product_id, None, product)
    return product


def update(db: sqlite3.Connection, product_id: int, old: Product, new: Product, version: int) -> None:
    """Replace a product that is not pending."""
    values = (getattr(new, name) for name in _COLUMNS)
    db.execute(_UPDATE, (*values, version, product_id))
    if (old.barcodes, old.extras, old.related) != (new.barcodes, new.extras, new.related):
        _remove_parts(db, product_id)
        _write_parts(db, product_id, new)
    _write_keys(db, product_id, old, new)


def remove_pending(db: sqlite3.Connection, product_id: int) -> None:
    """Remove a product that nobody could ever see."""
    _remove_parts(db, product_id)
    db.execute("DELETE FROM products WHERE product_id = ? AND pending = 1", (product_id,))


def note_price(work: Work, product_id: int, old: Product | None, new: Product, reference: str) -> bool:
    """Keep the prices that hold from now on, where they changed; return whether they did."""
    if old is not None and all(getattr(old, name) == getattr(new, name) for name in _PRICE_FIELDS):
        return False
    work.db.execute(
        "INSERT INTO price_versions (product_id, valid_from, price_minor, promotional_price_minor, "
        "promotion_from, promotion_until, reference) VALUES (?,?,?,?,?,?,?)",
        (product_id, work.at, *(getattr(new, name) for name in _PRICE_FIELDS), reference),
    )
    return True


def changes(db: sqlite3.Connection) -> int:
    """Return how often goods, categories or extra fields were changed."""
    return int(db.execute("SELECT changes FROM catalogue_state").fetchone()[0])


def count_change(db: sqlite3.Connection) -> None:
    """Count a change: an import that was checked before it has to be checked again."""
    db.execute("UPDATE catalogue_state SET changes = changes + 1")


def running_import(db: sqlite3.Connection) -> str:
    """Return the import that is being applied; empty for none."""
    return str(db.execute("SELECT import_id FROM catalogue_state").fetchone()[0])


def set_running_import(db: sqlite3.Connection, import_id: str) -> None:
    """Keep everybody else from changing goods while an import is applied; empty: no more."""
    db.execute("UPDATE catalogue_state SET import_id = ?, changes = changes + 1", (import_id,))


def _write_parts(db: sqlite3.Connection, product_id: int, product: Product) -> None:
    db.executemany(
        "INSERT INTO product_barcodes VALUES (?,?,?,?,?,?)",
        [
            (
                lookup_form(each.barcode),
                each.barcode,
                product_id,
                at,
                each.pack_thousandths,
                each.barcode[::-1],
            )
            for at, each in enumerate(product.barcodes)
        ],
    )
    db.executemany(
        "INSERT INTO product_extras VALUES (?,?,?)",
        [(product_id, field, value) for field, value in product.extras],
    )
    db.executemany(
        "INSERT INTO product_relations VALUES (?,?,?)",
        [(product_id, at, related) for at, related in enumerate(product.related)],
    )


def _remove_parts(db: sqlite3.Connection, product_id: int) -> None:
    db.execute("DELETE FROM product_barcodes WHERE product_id = ?", (product_id,))
    db.execute("DELETE FROM product_extras WHERE product_id = ?", (product_id,))
    db.execute("DELETE FROM product_relations WHERE product_id = ?", (product_id,))


def _write_keys(db: sqlite3.Connection, product_id: int, old: Product | None, new: Product) -> None:
    """Bring the search index from the old state of a product to the new one."""
    place = (new.category_id or 0, int(new.on_sale))
    if old is not None and _searched(old) == _searched(new):
        return
    before = keys_of(old.code, old.name, old.pinyin) if old is not None else set()
    after = keys_of(new.code, new.name, new.pinyin)
    if old is not None:
        db.execute(
            "DELETE FROM product_texts WHERE category_id = ? AND product_id = ?",
            (old.category_id or 0, product_id),
        )
        moved = (old.category_id or 0, int(old.on_sale)) != place
        db.executemany(
            "DELETE FROM product_keys WHERE on_sale = ? AND rank = ? AND key = ? AND product_id = ?",
            [(int(old.on_sale), *each, product_id) for each in (before if moved else before - after)],
        )
        after = after if moved else after - before
    db.executemany(
        "INSERT INTO product_keys VALUES (?,?,?,?,?)",
        [(place[1], *each, product_id, place[0]) for each in sorted(after)],
    )
    text = text_of(new.code, new.name, new.pinyin, (each.barcode for each in new.barcodes))
    db.execute(
        "INSERT INTO product_texts VALUES (?,?,?,?,?)",
        (place[0], product_id, place[1], text.name, text.sounds),
    )


def _searched(product: Product) -> tuple[object, ...]:
    """Return all of a product on which its place in the search index depends."""
    barcodes = tuple(each.barcode for each in product.barcodes)
    return (product.code, product.name, product.pinyin, product.category_id, product.on_sale, barcodes)
