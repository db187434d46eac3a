"""One row of a list of products: read into a product, with what is wrong in words, and compared."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from protocol.language import _
from protocol.quantity import format_thousandths
from store_server.catalogue import cells, shelves, tables
from store_server.catalogue.clashes import clashes
from store_server.catalogue.product_columns import COLUMNS, EXTRA_PREFIX
from store_server.catalogue.products import Product, problems
from store_server.catalogue.saving import chosen_pinyin
from store_server.database.unit_of_work import Work
from store_server.extras import ExtraField, stored_value
from store_server.lists import CellError

_COLUMN_OF = {
    "price_minor": "price",
    "market_price_minor": "market_price",
    "promotional_price_minor": "promotional_price",
    "cost_minor": "cost",
}
"""The column of a field of the product, where they are named differently."""
_TEXTS = ("name", "unit", "supplier", "picture")


@dataclass(slots=True)
class ReadRow:
    """A row as it was read."""

    product_id: int | None
    old: Product | None
    new: Product
    row: Mapping[str, str]
    category: tuple[str, ...] | None = None
    """The path that the row gives; None where it has no such column."""
    new_category: str = ""
    """The path, where a part of it has to be made."""
    stock: int | None = None
    errors: list[CellError] = field(default_factory=list)

    def bad(self, column: str, explanation: str) -> None:
        """Note what is wrong with a cell."""
        self.errors.append(CellError(column, self.row.get(column, "")[:4000], explanation))


def read(work: Work, row: Mapping[str, str]) -> ReadRow:
    """Return the product that the row describes; columns that are not in the file keep their values."""
    result = _identified(work, row)
    given: dict[str, Any] = {name: row[name] for name in _TEXTS if name in row}
    _read_values(work, result, given)
    _read_category(work, result, given)
    fields = shelves.extra_fields(work.db)
    _read_extras(fields, result, given)
    if "pinyin" in row or "name" in row:
        typed = row.get("pinyin", result.new.pinyin)
        given["pinyin"] = chosen_pinyin(typed, given.get("name", result.new.name), result.old)
    result.new = replace(result.new, **given)
    _find_problems(work, result, fields)
    return result


def _identified(work: Work, row: Mapping[str, str]) -> ReadRow:
    """Find the product by code; without codes by its first barcode, which becomes the code of a new one."""
    code, wrong = row.get("code", ""), None
    product_id = tables.id_of_code(work.db, code) if code else None
    if "code" not in row:
        try:
            known = cells.barcodes(row.get("barcodes", ""))
        except cells.BadCell as bad:
            known, wrong = (), str(bad)
        code = known[0].barcode if known else ""
        holder = tables.holder_of_barcode(work.db, code) if code else None
        if holder is not None:
            product_id, code = holder["product_id"], holder["code"]
        elif code:
            product_id = tables.id_of_code(work.db, code)
    old = tables.load(work.db, product_id) if product_id is not None else None
    result = ReadRow(product_id, old, old or Product(code=code, name=""), row)
    if not code and wrong is None:
        result.bad(
            "code" if "code" in row else "barcodes", _("The row names no product: this cell is empty.")
        )
    if old is None and code and "price" not in row:
        result.bad("price", _("The product {code} is new and needs a price.").format(code=code))
    return result


def _cell(result: ReadRow, column: str, read_cell: Callable[[str], Any], empty: Any) -> Any:
    text = result.row[column]
    if not text:
        return empty
    try:
        return read_cell(text)
    except cells.BadCell as bad:
        result.bad(column, str(bad))
        return empty


def _read_values(work: Work, result: ReadRow, given: dict[str, Any]) -> None:
    currency, zone = work.settings.currency, work.settings.zone
    row = result.row

    def amount(text: str) -> int:
        return cells.amount(text, currency)

    for column in ("market_price", "promotional_price", "cost"):
        if column in row:
            given[f"{column}_minor"] = _cell(result, column, amount, None)
    for column, default in (("by_weight", False), ("open_price", False), ("on_sale", True)):
        if column in row:
            given[column] = _cell(result, column, cells.yes_no, default)
    if "price" in row:
        if not row["price"] and not given.get("open_price", result.new.open_price):
            result.bad("price", _("The price is missing. Type one, or yes in the column for an open price."))
        given["price_minor"] = _cell(result, "price", amount, 0)
    if "barcodes" in row:
        given["barcodes"] = _cell(result, "barcodes", cells.barcodes, ())
    if "promotion_from" in row:
        given["promotion_from"] = _cell(
            result, "promotion_from", partial(cells.moment, zone=zone, end=False), None
        )
    if "promotion_until" in row:
        given["promotion_until"] = _cell(
            result, "promotion_until", partial(cells.moment, zone=zone, end=True), None
        )
    if "stock" in row:
        result.stock = _cell(result, "stock", cells.quantity, None)


def _read_category(work: Work, result: ReadRow, given: dict[str, Any]) -> None:
    if "category" not in result.row:
        return
    path = shelves.split_path(result.row["category"])
    if len(path) > shelves.DEPTH_MOST or any(len(name) > 60 or not name.isprintable() for name in path):
        text = _("A category path has at most {most} names of at most 60 characters each.")
        result.bad("category", text.format(most=shelves.DEPTH_MOST))
        return
    result.category = path
    given["category_id"] = shelves.id_of_path(work.db, path) if path else None
    if path and given["category_id"] is None:
        result.new_category = shelves.SEPARATOR.join(path)


def _read_extras(fields: Mapping[str, ExtraField], result: ReadRow, given: dict[str, Any]) -> None:
    columns = [column for column in result.row if column.startswith(EXTRA_PREFIX)]
    if not columns:
        return
    extras = dict(result.new.extras)
    for column in columns:
        name = column.removeprefix(EXTRA_PREFIX)
        value = stored_value(fields[name], result.row[column])
        if value:
            extras[name] = value
        else:
            extras.pop(name, None)
    given["extras"] = tuple(sorted(extras.items()))


def _find_problems(work: Work, result: ReadRow, fields: Mapping[str, ExtraField]) -> None:
    said = {error.column for error in result.errors}
    ancestors = shelves.ancestors(work.db, result.new.category_id)
    if result.new_category and result.category is not None:
        ancestors = _nearest(work, result.category)
    found = [*problems(result.new, fields, ancestors), *clashes(work.db, result.new, result.product_id)]
    for each in found:
        column = _COLUMN_OF.get(each.field, each.field)
        if column not in said and not (column == "code" and not result.new.code):
            result.bad(column, each.words)


def _nearest(work: Work, path: tuple[str, ...]) -> list[int]:
    """Return the deepest category of a path that is there already, with those above it."""
    for length in range(len(path) - 1, 0, -1):
        there = shelves.id_of_path(work.db, path[:length])
        if there is not None:
            return shelves.ancestors(work.db, there)
    return []


def stock_of(work: Work, product_id: int) -> int | None:
    """Return the stock of a product in thousandths; None when it never moved."""
    row = work.db.execute(
        "SELECT quantity_thousandths FROM stock_levels WHERE product_id = ?", (product_id,)
    ).fetchone()
    return None if row is None else int(row[0])


def opening_stock(work: Work, read_row: ReadRow) -> int | None:
    """Return the stock to book: only for goods that never moved, and never a zero."""
    if not read_row.stock or (
        read_row.product_id is not None and stock_of(work, read_row.product_id) is not None
    ):
        return None
    return read_row.stock


def differences(work: Work, read_row: ReadRow) -> Iterator[str]:
    """Yield what the row would change, in words: `Price 3.00 → 3.50`."""
    old, new = read_row.old, read_row.new
    if read_row.new_category:
        yield _("new category {path}").format(path=read_row.new_category)
    if old is None:
        price = cells.write_amount(new.price_minor, work.settings.currency)
        yield _("new product {name} at {price}").format(name=new.name, price=price)
    else:
        before, after = shown(work, old), shown(work, new)
        headings = {column.name: column.heading for column in COLUMNS}
        for column, value in after.items():
            if value != before.get(column, ""):
                there, here = before.get(column) or "–", value or "–"
                yield f"{_(headings.get(column, column))} {there} → {here}"
        for column in before.keys() - after.keys():
            yield f"{column} {before[column]} → –"
    yield from _stock_words(work, read_row)


def _stock_words(work: Work, read_row: ReadRow) -> Iterator[str]:
    stock = opening_stock(work, read_row)
    if stock is not None:
        yield _("opening stock {quantity}").format(quantity=format_thousandths(stock))
    elif read_row.stock is not None and read_row.product_id is not None:
        there = stock_of(work, read_row.product_id)
        if there is not None and there != read_row.stock:
            text = _("stock stays {quantity}: correct it by hand")
            yield text.format(quantity=format_thousandths(there))


def shown(work: Work, product: Product) -> dict[str, str]:
    """Return the cells of a product but its code and stock, in the form in which `read` reads them."""
    currency, zone = work.settings.currency, work.settings.zone
    return {
        "name": product.name,
        "barcodes": cells.write_barcodes(product.barcodes),
        "category": shelves.path_of(work.db, product.category_id),
        "unit": product.unit,
        "by_weight": cells.write_yes_no(product.by_weight),
        "price": cells.write_amount(product.price_minor, currency),
        "open_price": cells.write_yes_no(product.open_price),
        "market_price": cells.write_amount(product.market_price_minor, currency),
        "promotional_price": cells.write_amount(product.promotional_price_minor, currency),
        "promotion_from": cells.write_moment(product.promotion_from, zone),
        "promotion_until": cells.write_moment(product.promotion_until, zone),
        "cost": cells.write_amount(product.cost_minor, currency),
        "on_sale": cells.write_yes_no(product.on_sale),
        "supplier": product.supplier,
        "pinyin": product.pinyin,
        "picture": product.picture,
        **{EXTRA_PREFIX + name: value for name, value in product.extras},
    }
