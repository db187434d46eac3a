"""The list of products: how a row of a file becomes a product, is taken back, and is written out again."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.quantity import format_thousandths
from store_server.catalogue import product_row, shelves, tables, tier_columns
from store_server.catalogue.barcodes import lookup_form
from store_server.catalogue.product_columns import COLUMNS, extra_column
from store_server.catalogue.products import Product, as_values, from_values
from store_server.database.unit_of_work import Work
from store_server.lists import CheckedRow, Column

MoveStock = Callable[[Work, ProductId, int, str, str], int]
_EXPORTED = "SELECT product_id FROM products WHERE code > ? AND pending = 0 ORDER BY code LIMIT ?"


@dataclass(frozen=True, slots=True)
class ProductList:
    """Products, for the imports room. Opening stock is moved by the stock room's function."""

    move_stock: MoveStock
    name: str = "products"
    personal: bool = False

    def shows_all(self, work: Work) -> bool:
        """Nothing of goods is hidden from those who may export them."""
        return True

    def columns(self, work: Work) -> tuple[Column, ...]:
        """The fixed columns, one for the price of each tier, and one for each extra field."""
        return (
            *COLUMNS,
            *tier_columns.columns(work.db),
            *map(extra_column, shelves.extra_fields(work.db)),
        )

    def missing(self, columns: Collection[str]) -> tuple[str, ...]:
        """A row is about a product by its code or, without codes, by its barcode."""
        if "code" in columns or "barcodes" in columns:
            return ()
        return (_("{code} (or {barcodes})").format(code=_("Product code"), barcodes=_("Barcodes")),)

    def stamp(self, work: Work) -> int:
        """Changes of goods, categories and extra fields."""
        return tables.changes(work.db)

    def check(self, work: Work, row: Mapping[str, str]) -> CheckedRow:
        """Compare the row with the product that is there."""
        read = product_row.read(work, row)
        prices, wanted_prices, wrong = tier_columns.read(work, row, read.product_id)
        read.errors.extend(wrong)
        details = "; ".join(
            (
                *product_row.differences(work, read),
                *tier_columns.differences(work, prices, wanted_prices),
            )
        )
        change = "new" if read.old is None else "same"
        stock = product_row.opening_stock(work, read)
        changes = stock is not None or read.new_category or prices != wanted_prices
        if read.old is not None and (read.new != read.old or changes):
            change = "changed"
        payload = {
            "product_id": read.product_id,
            "product": as_values(read.new),
            "category": read.category,
            "stock": stock,
            "tier_prices": wanted_prices,
        }
        return CheckedRow(
            key=read.new.code[:200],
            change=change,
            details=details[:4000],
            payload=json.dumps(payload, ensure_ascii=False) if not read.errors else "",
            uniques=(
                ("code", read.new.code),
                *(("barcodes", lookup_form(each.barcode)) for each in read.new.barcodes),
            ),
            errors=tuple(read.errors),
        )

    def lock(self, work: Work, import_id: str) -> bool:
        """Nobody else saves goods, categories or extra fields until `unlock`."""
        if tables.running_import(work.db) not in ("", import_id):
            return False
        tables.set_running_import(work.db, import_id)
        return True

    def unlock(self, work: Work) -> None:
        """Let others save again."""
        tables.set_running_import(work.db, "")

    def apply(self, work: Work, payload: str) -> str:
        """Write the product; a new one stays hidden until it is settled, so that it can be taken back."""
        wanted = json.loads(payload)
        made: list[int] = []
        category_id = wanted["product"]["category_id"]
        if wanted["category"] is not None:
            category_id = _make_path(work, tuple(wanted["category"]), made)
        product = from_values({**wanted["product"], "category_id": category_id})
        before: dict[str, Any] = {"categories": made, "old": None}
        product_id = wanted["product_id"]
        if product_id is None:
            product_id = tables.insert(work.db, product, pending=True)
        else:
            old, version = tables.load(work.db, product_id), tables.version_of(work.db, product_id)
            assert old is not None, "products are locked while a list is applied"
            assert version is not None
            before |= {"old": as_values(old), "version": version}
            tables.update(work.db, product_id, old, product, version + 1)
        before["tier_prices"] = tier_columns.apply(work, product_id, wanted["tier_prices"])
        return json.dumps({**before, "product_id": product_id}, ensure_ascii=False)

    def undo(self, work: Work, before: str) -> None:
        """Put the product back as it was, or away, and with it the categories made for it."""
        was = json.loads(before)
        product_id = was["product_id"]
        tier_columns.apply(work, product_id, was["tier_prices"])
        if was["old"] is None:
            tables.remove_pending(work.db, product_id)
        else:
            now = tables.load(work.db, product_id)
            assert now is not None
            tables.update(work.db, product_id, now, from_values(was["old"]), was["version"])
        for category_id in reversed(was["categories"]):
            shelves.delete_category(work.db, category_id)

    def settle(self, work: Work, payload: str, before: str, reference: str) -> None:
        """Show a new product, keep the prices that hold from now on, and book its opening stock."""
        was, stock = json.loads(before), json.loads(payload)["stock"]
        product_id = was["product_id"]
        old = None if was["old"] is None else from_values(was["old"])
        new = tables.release(work.db, product_id) if old is None else tables.load(work.db, product_id)
        assert new is not None
        tables.note_price(work, product_id, old, new, reference)
        if stock is not None:
            self.move_stock(work, ProductId(product_id), stock, "import", reference)

    def total(self, work: Work) -> int:
        """How many products there are."""
        return int(work.db.execute("SELECT goods FROM catalogue_state").fetchone()[0])

    def export(self, work: Work, after_key: str, most: int) -> Sequence[tuple[str, tuple[str, ...]]]:
        """Products by code."""
        names = [column.name for column in self.columns(work)]
        found = []
        for (product_id,) in work.db.execute(_EXPORTED, (after_key, most)).fetchall():
            product = tables.load(work.db, product_id)
            assert product is not None
            written = _written(work, product_id, product) | tier_columns.written(work, product_id, names)
            found.append((product.code, tuple(written.get(name, "") for name in names)))
        return found


def _make_path(work: Work, names: tuple[str, ...], made: list[int]) -> int | None:
    """Return the category at the end of the path; what is missing is made and noted in `made`."""
    category_id: int | None = None
    for name in names:
        there = shelves.child(work.db, category_id, name)
        if there is None:
            there = shelves.insert_category(work.db, name, category_id)
            made.append(there)
        category_id = there
    return category_id


def _written(work: Work, product_id: int, product: Product) -> dict[str, str]:
    """Return the cells of a product, in the form in which `check` reads them."""
    stock = product_row.stock_of(work, product_id)
    return {
        "code": product.code,
        "stock": "" if stock is None else format_thousandths(stock),
        **product_row.shown(work, product),
    }
