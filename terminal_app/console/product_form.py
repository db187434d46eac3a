"""The product form without a screen: its fields, and the way between them and the messages."""

from collections.abc import Iterable, Mapping, Sequence

from protocol.identifiers import CategoryId
from protocol.language import N_, _
from protocol.messages.catalogue import (
    BarcodeView,
    CategoryView,
    ExtraFieldView,
    ExtraValue,
    ProductView,
    SaveProduct,
)
from terminal_app.console.categories import category_choices
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_view import Heading

EXTRA = "extra:"
"""Before the name of an extra field in the keys of the form."""

_KINDS = {
    "text": Kind.TEXT,
    "number": Kind.NUMBER,
    "date": Kind.DATE,
    "yes_no": Kind.YES_NO,
    "choice": Kind.CHOICE,
}


def general_fields(
    categories: tuple[CategoryView, ...], taxes: tuple[tuple[str, str], ...]
) -> list[Field | Heading]:
    """Return the fields above the barcodes; `taxes` are the choices of the tax rate."""
    return [
        Field("code", N_("Code"), required=True, hint=N_("The store's own number; unique")),
        Field("name", N_("Name"), required=True),
        Field("pinyin", N_("Pinyin"), hint=N_("Made from the name when left empty")),
        Field("category_id", N_("Category"), Kind.CHOICE, choices=category_choices(categories, _("(none)"))),
        Field("unit", N_("Unit"), hint=N_("Bottle, box, kg …"), most=20),
        Field("by_weight", N_("Sold by weight"), Kind.YES_NO),
        Field("on_sale", N_("On sale"), Kind.YES_NO),
        Heading(N_("Prices")),
        Field("price_minor", N_("Selling price"), Kind.MONEY, required=True),
        Field("open_price", N_("Price typed at sale"), Kind.YES_NO),
        Field("promotional_price_minor", N_("Promotional price"), Kind.MONEY),
        Field("promotion_from", N_("Promotion from"), Kind.MOMENT, hint="2026-11-21 08:30"),
        Field("promotion_until", N_("Promotion until"), Kind.MOMENT, hint="2026-11-28 22:00"),
        Field("market_price_minor", N_("Market price"), Kind.MONEY, hint=N_("Printed for comparison")),
        Field("cost_minor", N_("Cost"), Kind.MONEY),
        Field("tax", N_("Tax"), Kind.CHOICE, choices=taxes),
    ]


def supply_fields() -> list[Field | Heading]:
    """Return the fields below the barcodes."""
    return [
        Heading(N_("Supply")),
        Field("supplier", N_("Supplier")),
        Field("picture", N_("Picture"), hint=N_("File name or address of a picture")),
        Field("related", N_("Goes with"), hint=N_("Codes of related goods, separated by commas"), most=2000),
    ]


def extra_fields(
    fields: Iterable[ExtraFieldView], categories: Sequence[CategoryView], category_id: str
) -> list[Field]:
    """Return the extra fields that goods of a category have: its own, and those of the ones above it."""
    parents = {c.category_id: c.parent_id for c in categories}
    above: set[CategoryId | None] = {None}
    at = CategoryId(int(category_id)) if category_id else None
    while at is not None and at not in above:
        above.add(at)
        at = parents.get(at)
    return [
        Field(
            EXTRA + f.field,
            f.field,
            _KINDS[f.type],
            required=f.required and f.type != "yes_no",
            choices=(("", "–"), *((c, c) for c in f.choices)),
            own_words=True,
            most=4000,
            signed=True,
        )
        for f in fields
        if f.category_id in above
    ]


def product_values(product: ProductView, related_codes: str) -> dict[str, Value]:
    """Return what stands in the form for a product."""
    values: dict[str, Value] = {
        name: getattr(product, name)
        for name in (
            "code", "name", "pinyin", "unit", "by_weight", "on_sale", "price_minor", "open_price",
            "promotional_price_minor", "promotion_from", "promotion_until", "market_price_minor",
            "cost_minor", "tax", "supplier", "picture",
        )
    }  # fmt: skip
    values["category_id"] = str(product.category_id) if product.category_id is not None else ""
    values["related"] = related_codes
    for extra in product.extras:
        values[EXTRA + extra.field] = extra.value
    return values


def save_request(
    values: Mapping[str, Value],
    barcodes: tuple[BarcodeView, ...],
    earlier: ProductView | None,
    related: tuple[int, ...],
    shown_extras: Sequence[str],
) -> SaveProduct:
    """Return the command for what was typed; extra values that are not shown stay as they were."""
    extras = [
        ExtraValue(field=key.removeprefix(EXTRA), value=_extra_text(values[key]))
        for key in shown_extras
        if _extra_text(values.get(key))
    ]
    shown = {key.removeprefix(EXTRA) for key in shown_extras}
    if earlier is not None:
        extras += [extra for extra in earlier.extras if extra.field not in shown]
    plain = {
        k: v for k, v in values.items() if not k.startswith(EXTRA) and k not in ("category_id", "related")
    }
    return SaveProduct.model_validate(
        {
            **plain,
            "category_id": int(str(values["category_id"])) if values.get("category_id") else None,
            "product_id": earlier.product_id if earlier else None,
            "version": earlier.version if earlier else None,
            "barcodes": barcodes,
            "extras": tuple(extras),
            "related": related,
        }
    )


def _extra_text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def promotion_mistakes(values: Mapping[str, Value]) -> dict[str, str]:
    """Return sentences for a promotion that does not fit together."""
    price, start, end = (
        values.get("promotional_price_minor"),
        values.get("promotion_from"),
        values.get("promotion_until"),
    )
    mistakes = {}
    if price is None and (start or end):
        mistakes["promotional_price_minor"] = _("A promotion needs its price; or clear its dates.")
    if start is not None and end is not None and end <= start:  # type: ignore[operator]
        mistakes["promotion_until"] = _("The promotion would end before it begins.")
    return mistakes
