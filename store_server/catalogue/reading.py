"""What other rooms read of the catalogue: goods for sale, by the code that was scanned or typed."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.messages.base import Refused
from store_server.catalogue.barcodes import InStoreCode, lookup_form, read_in_store, right_check_digit
from store_server.catalogue.prices import PROMOTION, Prices, price_now
from store_server.catalogue.taxes import rate_of
from store_server.database.unit_of_work import read_time
from store_server.pricing.tax import NO_TAX, Rate

__all__ = ["PROMOTION", "FoundItem", "find_for_sale", "find_item", "product_by_id", "product_for_return"]

_COLUMNS = (
    "p.product_id, p.code, p.name, p.unit, p.by_weight, p.open_price, p.on_sale, p.price_minor, "
    "p.promotional_price_minor, p.promotion_from, p.promotion_until, p.version, p.category_id"
)

BY_BARCODE = (
    f"SELECT {_COLUMNS}, b.pack_thousandths FROM product_barcodes b JOIN products p USING (product_id) "  # noqa: S608  # names of columns
    "WHERE b.lookup = ? AND p.pending = 0"
)
BY_CODE = f"SELECT {_COLUMNS}, 1000 AS pack_thousandths FROM products p WHERE p.code = ? AND p.pending = 0"  # noqa: S608  # names of columns
BY_CODE_ANY_CASE = (
    f"SELECT {_COLUMNS}, 1000 AS pack_thousandths FROM products p "  # noqa: S608  # names of columns
    "WHERE p.code = ? COLLATE NOCASE AND p.pending = 0 LIMIT 2"
)
BY_ID = (
    f"SELECT {_COLUMNS}, 1000 AS pack_thousandths FROM products p WHERE p.product_id = ? AND p.pending = 0"  # noqa: S608  # names of columns
)


@dataclass(frozen=True, slots=True)
class FoundItem:
    """Goods as they are sold at this moment."""

    product_id: ProductId
    code: str
    """The store's own number for it."""
    name: str
    unit: str
    by_weight: bool
    open_price: bool
    """The cashier types the price; `price_minor` is only a proposal."""
    on_sale: bool
    normal_price_minor: int
    """By the price list, per unit."""
    price_minor: int
    """What one unit costs now: the promotional price while one is active."""
    price_reason: str
    """`promotion`, or empty for the normal price."""
    pack_thousandths: int = 1000
    """What one scan of this code sells: 6000 for a pack of six."""
    embedded_quantity_thousandths: int | None = None
    """The weight inside an in-store barcode."""
    embedded_price_minor: int | None = None
    """The price of the whole item inside an in-store barcode."""
    version: int = 1
    """Counts the product's changes: which price list this price is from."""
    tax: Rate = NO_TAX
    """The tax rate that holds for it now."""
    category_id: int | None = None


def find_for_sale(db: sqlite3.Connection, code: str, now: datetime) -> FoundItem | Refused:
    """Return the goods of a scanned or typed code, or why they cannot be sold, in words.

    Tried in this order: barcode, the store's code, in-store barcodes by the pattern table. Refusals:
    `unknown_barcode`, `wrong_check_digit`, `not_on_sale`, `not_weighed`.
    """
    return _for_sale(db, find_item(db, code, now))


def product_by_id(db: sqlite3.Connection, product_id: ProductId, now: datetime) -> FoundItem | Refused:
    """Return the goods by their id. Refusals: `no_such_product`, `not_on_sale`."""
    row = db.execute(BY_ID, (product_id,)).fetchone()
    if row is None:
        return Refused(code="no_such_product", explanation=_("This product does not exist."))
    return _for_sale(db, _item(row, now))


def product_for_return(db: sqlite3.Connection, product_id: ProductId, now: datetime) -> FoundItem | Refused:
    """Return the goods by their id, on sale or not: what was sold once may come back."""
    row = db.execute(BY_ID, (product_id,)).fetchone()
    if row is None:
        return Refused(code="no_such_product", explanation=_("This product does not exist."))
    return replace(_item(row, now), tax=rate_of(db, product_id))


def find_item(db: sqlite3.Connection, code: str, now: datetime) -> FoundItem | Refused:
    """Return the goods of a code, whether on sale or not."""
    code = code.strip()
    row = _by_barcode_or_code(db, code)
    if row is not None:
        return _item(row, now)
    inside = read_in_store(code, _patterns(db)) if code.isdigit() and code.isascii() else None
    if inside is not None:
        return _in_store_item(db, code, inside, now)
    right = right_check_digit(code)
    if right is not None:
        text = _(
            "The barcode {code} is unknown and its check digit is wrong: after {digits} the last digit "
            "would be {right}. Please scan or type it again."
        )
        words = text.format(code=code, digits=code[:-1], right=right)
        return Refused(code="wrong_check_digit", field="code", explanation=words)
    return _unknown(code)


def _by_barcode_or_code(db: sqlite3.Connection, code: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(BY_BARCODE, (lookup_form(code),)).fetchone()
    if row is None:
        row = db.execute(BY_CODE, (code,)).fetchone()
    if row is None:
        # `85123a` may be typed for 85123A, as long as only one product can be meant.
        near = db.execute(BY_CODE_ANY_CASE, (code,)).fetchall()
        row = near[0] if len(near) == 1 else None
    return row


def _patterns(db: sqlite3.Connection) -> list[str]:
    return [
        row[0] for row in db.execute("SELECT pattern FROM barcode_patterns WHERE active ORDER BY position")
    ]


def _in_store_item(
    db: sqlite3.Connection, code: str, inside: InStoreCode, now: datetime
) -> FoundItem | Refused:
    row = _by_barcode_or_code(db, inside.item)
    if row is None and inside.item.startswith("0"):
        row = _by_barcode_or_code(db, inside.item.lstrip("0") or "0")
    if row is None:
        text = _("The in-store barcode {code} names item {item}, and no product has that code.")
        words = text.format(code=code, item=inside.item)
        return Refused(code="unknown_barcode", field="code", explanation=words)
    found = _item(row, now)
    if inside.weight_thousandths is not None and not found.by_weight:
        text = _("The barcode has a weight inside, but {name} is not sold by weight. Correct the product.")
        return Refused(code="not_weighed", field="code", explanation=text.format(name=found.name))
    return replace(
        found,
        pack_thousandths=1000,
        embedded_quantity_thousandths=inside.weight_thousandths,
        embedded_price_minor=inside.price_minor,
    )


def _item(row: sqlite3.Row, now: datetime) -> FoundItem:
    prices = Prices(
        row["price_minor"],
        row["promotional_price_minor"],
        read_time(row["promotion_from"]) if row["promotion_from"] else None,
        read_time(row["promotion_until"]) if row["promotion_until"] else None,
    )
    price, reason = price_now(prices, now)
    return FoundItem(
        product_id=ProductId(row["product_id"]),
        code=row["code"],
        name=row["name"],
        unit=row["unit"],
        by_weight=bool(row["by_weight"]),
        open_price=bool(row["open_price"]),
        on_sale=bool(row["on_sale"]),
        normal_price_minor=row["price_minor"],
        price_minor=price,
        price_reason=reason,
        pack_thousandths=row["pack_thousandths"],
        version=row["version"],
        category_id=row["category_id"],
    )


def _for_sale(db: sqlite3.Connection, found: FoundItem | Refused) -> FoundItem | Refused:
    if isinstance(found, Refused):
        return found
    if not found.on_sale:
        text = _("{name} ({code}) is not on sale.").format(name=found.name, code=found.code)
        return Refused(code="not_on_sale", field="code", explanation=text)
    return replace(found, tax=rate_of(db, found.product_id))


def _unknown(code: str) -> Refused:
    text = _("No product has the barcode or code {code}. Search for it by name, or ask for help.")
    return Refused(code="unknown_barcode", field="code", explanation=text.format(code=code))
