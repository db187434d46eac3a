"""Tax rates in words: what people type for one, an example, and the choice that goods and categories have."""

import re
from collections.abc import Iterable, Mapping, Sequence

from protocol.identifiers import CategoryId
from protocol.language import _
from protocol.messages.catalogue import CategoryView
from protocol.messages.taxes import TaxRateView
from protocol.money import Rounding, divide, format_minor
from terminal_app.console.members.tiers_words import sentences

_WHOLE = 1_000_000
_PERCENT = re.compile(r"(\d{1,3})(?:[.．](\d{1,4}))?\s*[%％]?")
_EXAMPLE_MINOR = 1000
"""The price without tax in the example."""


def parse_percent(text: str) -> int | None:
    """Return a rate that was typed (`13%`, `13`, `8.875 %`) in parts per million; None: not understood."""
    found = _PERCENT.fullmatch(text.strip())
    if found is None:
        return None
    ppm = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))
    return ppm if ppm <= _WHOLE else None


def percent_words(ppm: int) -> str:
    """Return a rate as people write it: `13%`."""
    digits = f"{ppm % 10_000:04d}".rstrip("0")
    return f"{ppm // 10_000}" + (f".{digits}" if digits else "") + "%"


def percent_mistake(text: str) -> str:
    """Return a sentence for a rate that is not understood, or nothing."""
    if parse_percent(text) is None:
        return _("“{text}” is no rate. Write a percentage up to 100, for example 13%.").format(text=text)
    return ""


def tax_example(rate_ppm: int, inclusive: bool, currency: str) -> str:
    """Return a sentence that works the rate out on one price."""
    tax_minor = divide(_EXAMPLE_MINOR * rate_ppm, _WHOLE, Rounding.HALF_UP)
    amounts = {
        "net": format_minor(_EXAMPLE_MINOR, currency),
        "tax": format_minor(tax_minor, currency),
        "gross": format_minor(_EXAMPLE_MINOR + tax_minor, currency),
    }
    if inclusive:
        words = _("A price of {gross} contains {tax} tax; {net} is left without it.")
    else:
        words = _("A price of {net} gets {tax} tax on top: the customer pays {gross}.")
    return words.format(**amounts)


def tax_sentence(rate: TaxRateView, currency: str) -> str:
    """Read a rate back to the one who wrote it."""
    parts = [tax_example(rate.rate_ppm, rate.inclusive, currency)]
    if not rate.active:
        parts.append(_("It is out of use: goods that name it pay no tax."))
    elif rate.shop_default:
        parts.append(_("It holds for all goods for which neither product nor category names a rate."))
    else:
        parts.append(_("It holds for goods and categories that name it."))
    return sentences(parts)


def rate_words(rates: Iterable[TaxRateView], tax: str) -> str:
    """Return the name of a rate, or that there is none."""
    found = next((rate for rate in rates if rate.tax == tax), None)
    if found is None:
        return tax or _("no tax")
    return found.name if found.active else _("{name} (out of use: no tax)").format(name=found.name)


def inherited(
    rates: Sequence[TaxRateView], categories: Mapping[int, CategoryView], category_id: CategoryId | None
) -> tuple[str, bool]:
    """Return what holds where nothing is named: the name of a rate, and whether a category says so."""
    seen: set[int] = set()
    while category_id is not None and category_id in categories and category_id not in seen:
        seen.add(category_id)
        category = categories[category_id]
        if category.tax:
            return rate_words(rates, category.tax), True
        category_id = category.parent_id
    default = next((rate.tax for rate in rates if rate.shop_default), "")
    return rate_words(rates, default), False


def tax_choices(
    rates: Sequence[TaxRateView],
    categories: Iterable[CategoryView],
    category_id: CategoryId | None,
    present: str = "",
) -> tuple[tuple[str, str], ...]:
    """Return the choices of a product's or category's tax; the first one: as those above it say."""
    name, by_category = inherited(rates, {c.category_id: c for c in categories}, category_id)
    words = _("as the category says: {rate}") if by_category else _("as the shop says: {rate}")
    shown = [rate for rate in rates if rate.active or rate.tax == present]
    return (("", words.format(rate=name)), *((rate.tax, rate_words(rates, rate.tax)) for rate in shown))
