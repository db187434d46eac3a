"""Rules of a product: what it is made of, and what is wrong with one, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from protocol.language import _
from store_server.extras import ExtraField, value_problem

PRICE_MOST_MINOR = 10**11
NAME_MOST = 120
CODE_MOST = 40
BARCODE_MOST = 60
PACK_MOST_THOUSANDTHS = 9_999_000


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode and what one scan of it sells."""

    barcode: str
    pack_thousandths: int = 1000


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is stored; times in the form of the tables, amounts in minor units."""

    code: str
    name: str
    pinyin: str = ""
    category_id: int | None = None
    unit: str = ""
    by_weight: bool = False
    price_minor: int = 0
    market_price_minor: int | None = None
    promotional_price_minor: int | None = None
    promotion_from: str | None = None
    promotion_until: str | None = None
    cost_minor: int | None = None
    on_sale: bool = True
    open_price: bool = False
    supplier: str = ""
    picture: str = ""
    tax: str | None = None
    """The code of its own tax rate; None: its category's."""
    barcodes: tuple[Barcode, ...] = ()
    extras: tuple[tuple[str, str], ...] = ()
    """(field, value), by field."""
    related: tuple[int, ...] = ()


_FIELDS = tuple(each.name for each in fields(Product))


def as_values(product: Product) -> dict[str, Any]:
    """Return the product as plain values that JSON holds; `from_values` reads them back."""
    values = {name: getattr(product, name) for name in _FIELDS}
    return values | {"barcodes": [(each.barcode, each.pack_thousandths) for each in product.barcodes]}


def from_values(values: Mapping[str, Any]) -> Product:
    """Return the product of which `as_values` made the values."""
    parts = {
        "barcodes": tuple(Barcode(barcode, pack) for barcode, pack in values["barcodes"]),
        "extras": tuple((field, value) for field, value in values["extras"]),
        "related": tuple(values["related"]),
    }
    return Product(**{**values, **parts})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of a product."""

    field: str
    code: str
    words: str


def problems(
    product: Product, extra_fields: Mapping[str, ExtraField], ancestors: Sequence[int]
) -> Iterator[Problem]:
    """Yield what is wrong with the product by itself; `ancestors` are its category and those above it."""
    yield from _naming_problems(product)
    yield from _price_problems(product)
    yield from _barcode_problems(product)
    yield from _extra_problems(product, extra_fields, ancestors)


def _naming_problems(product: Product) -> Iterator[Problem]:
    if not product.code:
        yield Problem("code", "empty", _("A product needs a code. Type the store's own number for it."))
    if not product.name:
        yield Problem("name", "empty", _("A product needs a name."))
    for field, value, most in (("code", product.code, CODE_MOST), ("name", product.name, NAME_MOST)):
        if len(value) > most:
            text = _("This has {length} characters; at most {most} are allowed. Please shorten it.")
            yield Problem(field, "too_long", text.format(length=len(value), most=most))
        if not value.isprintable():
            text = _("This has characters that cannot be printed, such as a line break. Please remove them.")
            yield Problem(field, "not_printable", text)
    if product.pinyin and not all(part.isascii() and part.isalpha() for part in product.pinyin.split()):
        text = _("Pinyin is syllables of Latin letters with spaces between, such as: ke kou ke le")
        yield Problem("pinyin", "bad_pinyin", text)


def _price_problems(product: Product) -> Iterator[Problem]:
    amounts = {
        "price_minor": product.price_minor,
        "market_price_minor": product.market_price_minor,
        "promotional_price_minor": product.promotional_price_minor,
        "cost_minor": product.cost_minor,
    }
    for field, amount in amounts.items():
        if amount is not None and amount < 0:
            yield Problem(field, "below_zero", _("A price cannot be below zero."))
        if amount is not None and amount > PRICE_MOST_MINOR:
            yield Problem(field, "too_much", _("This price is too large to be right. Please check it."))
    if product.price_minor == 0 and not product.open_price:
        text = _(
            "The price is 0: the product would be given away. Type its price, or mark it as having an "
            "open price, which the cashier types at each sale."
        )
        yield Problem("price_minor", "price_zero", text)
    if product.promotional_price_minor == 0:
        text = _("The promotional price is 0: the product would be given away. Leave it empty for none.")
        yield Problem("promotional_price_minor", "price_zero", text)
    begin, end = product.promotion_from, product.promotion_until
    if begin and end and begin >= end:
        yield Problem("promotion_until", "ends_first", _("The promotion ends before it begins."))
    if (begin or end) and product.promotional_price_minor is None:
        text = _("The promotion has a time and no price. Type the promotional price, or remove the time.")
        yield Problem("promotion_until" if end else "promotion_from", "no_promotional_price", text)


def _barcode_problems(product: Product) -> Iterator[Problem]:
    for each in product.barcodes:
        if not each.barcode or len(each.barcode) > BARCODE_MOST or not each.barcode.isprintable():
            text = _("A barcode has 1 to {most} printable characters.").format(most=BARCODE_MOST)
            yield Problem("barcodes", "bad_barcode", text)
        if " " in each.barcode or ";" in each.barcode or "*" in each.barcode:
            text = _("The barcode {barcode} has a space, a semicolon or an asterisk inside.")
            yield Problem("barcodes", "bad_barcode", text.format(barcode=each.barcode))
        if not 0 < each.pack_thousandths <= PACK_MOST_THOUSANDTHS:
            text = _("A pack holds more than nothing and at most 9999: look at the barcode {barcode}.")
            yield Problem("barcodes", "bad_pack", text.format(barcode=each.barcode))


def _extra_problems(
    product: Product, extra_fields: Mapping[str, ExtraField], ancestors: Sequence[int]
) -> Iterator[Problem]:
    for name, value in product.extras:
        field = extra_fields.get(name)
        if field is None:
            text = _("There is no extra field {field}. Define it first.").format(field=name)
            yield Problem(f"extra:{name}", "no_such_field", text)
        elif not field.belongs_to(ancestors):
            text = _("The extra field {field} does not belong to this category.").format(field=name)
            yield Problem(f"extra:{name}", "field_elsewhere", text)
        elif (wrong := value_problem(field, value)) is not None:
            yield Problem(f"extra:{name}", "bad_value", wrong)
    given = {name for name, value in product.extras if value}
    for name, field in extra_fields.items():
        if field.required and field.belongs_to(ancestors) and name not in given:
            text = _("The extra field {field} has to be filled in for this category.").format(field=name)
            yield Problem(f"extra:{name}", "required", text)
