"""Prices without a screen: which goods a list shows, what a promotion makes of a price, what is saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from protocol.language import N_, _
from protocol.messages.catalogue import ProductView, SaveProduct
from protocol.messages.prices import PriceRow, TierPrice
from protocol.money import Rounding, divide, format_minor, parse_minor
from terminal_app.console.form_fields import Value
from terminal_app.console.members.tiers_words import listed
from terminal_app.console.prices.offer_typed import WHOLE_PPM, parse_off, until_typed

SOON = timedelta(days=7)
"""A promotion that ends within this time ends soon."""


class Show(StrEnum):
    """Which goods the list shows."""

    ALL = "all"
    PROMOTION = "promotion"
    NOW = "now"
    LATER = "later"
    SOON = "soon"
    OVER = "over"
    TIERS = "tiers"


SHOWN = {
    Show.ALL: N_("all goods"),
    Show.PROMOTION: N_("with a promotional price"),
    Show.NOW: N_("on promotion now"),
    Show.LATER: N_("on promotion later"),
    Show.SOON: N_("promotion ends within 7 days"),
    Show.OVER: N_("promotion is over"),
    Show.TIERS: N_("with prices for tiers"),
}
SIFTED = (Show.NOW, Show.LATER, Show.SOON, Show.OVER)
"""What is sifted out of all goods with a promotional price."""


def belongs(row: PriceRow, show: Show, now: datetime) -> bool:
    """Return whether the list shows the goods."""
    begin, end = row.promotion_from, row.promotion_until
    match show:
        case Show.NOW:
            return row.promotion_active
        case Show.LATER:
            return row.promotional_minor is not None and begin is not None and begin > now
        case Show.SOON:
            return row.promotion_active and end is not None and end <= now + SOON
        case Show.OVER:
            return row.promotional_minor is not None and end is not None and end <= now
        case _:
            return True


def when_words(begin: datetime | None, end: datetime | None, zone: tzinfo) -> str:
    """Return when a promotion holds: `11-21 – 11-28`; a day alone is included whole."""
    first = begin.astimezone(zone).strftime("%m-%d %H:%M").removesuffix(" 00:00") if begin else ""
    last = until_typed(end, zone)[5:]
    return f"{first} – {last}".strip() if first or last else ""


def row_words(row: PriceRow, tiers: Mapping[int, str], currency: str, zone: tzinfo, now: datetime) -> str:
    """Say all prices of goods in one sentence."""

    def money(amount_minor: int) -> str:
        return format_minor(amount_minor, currency, grouped=True)

    parts = [_("selling {price}").format(price=money(row.selling_minor))]
    if row.open_price:
        parts = [_("the price is typed at each sale")]
    if row.market_minor is not None:
        parts.append(_("market price {price}").format(price=money(row.market_minor)))
    if row.promotional_minor is not None:
        words = _("promotion {price}").format(price=money(row.promotional_minor))
        when = when_words(row.promotion_from, row.promotion_until, zone)
        state = _("holds now") if row.promotion_active else _("does not hold now")
        if belongs(row, Show.OVER, now):
            state = _("is over")
        elif belongs(row, Show.LATER, now):
            state = _("comes later")
        parts.append(f"{words} {when} ({state})".replace("  ", " "))
    parts += [
        _("{tier} {price}").format(tier=tiers.get(each.tier, f"#{each.tier}"), price=money(each.price_minor))
        for each in row.tier_prices
    ]
    return _("{name}: {prices}").format(name=row.name, prices=listed(parts))


# --- a promotion for many goods ---------------------------------------------------------------------------


class Way(StrEnum):
    """How a promotional price is made."""

    PERCENT = "percent"
    AMOUNT = "amount"
    PRICE = "price"
    END = "end"


WAYS = {
    Way.PERCENT: N_("a percentage off the selling price"),
    Way.AMOUNT: N_("an amount off the selling price"),
    Way.PRICE: N_("one price for all of them"),
    Way.END: N_("no promotion any more"),
}


@dataclass(frozen=True, slots=True)
class Promotion:
    """What is to be done to the prices of many goods."""

    way: Way
    value: int = 0
    """Parts per million, or money, as the way says."""
    begin: datetime | None = None
    end: datetime | None = None

    def price(self, selling_minor: int) -> int | None:
        """Return the promotional price; None: there is none any more."""
        match self.way:
            case Way.PERCENT:
                return divide(selling_minor * (WHOLE_PPM - self.value), WHOLE_PPM, Rounding.HALF_UP)
            case Way.AMOUNT:
                return selling_minor - self.value
            case Way.PRICE:
                return self.value
            case Way.END:
                return None


@dataclass(frozen=True, slots=True)
class Planned:
    """What a promotion would do to one product."""

    row: PriceRow
    price_minor: int | None
    why_not: str = ""
    """A sentence: it is left out."""


def plan(rows: Iterable[PriceRow], promotion: Promotion) -> list[Planned]:
    """Return old and new prices; goods for which it makes no sense are left out with the reason."""
    return [Planned(row, promotion.price(row.selling_minor), _why_not(row, promotion)) for row in rows]


def _why_not(row: PriceRow, promotion: Promotion) -> str:
    price = promotion.price(row.selling_minor)
    if promotion.way is Way.END:
        return "" if row.promotional_minor is not None else _("has none")
    if row.open_price:
        return _("its price is typed at each sale")
    if price is None or price <= 0:
        return _("nothing would be left of its price")
    if price >= row.selling_minor:
        return _("not below its selling price")
    return ""


def parse_value(way: Way, text: str, currency: str) -> int | None:
    """Return the percentage or amount that was typed; None: not understood."""
    if way is Way.PERCENT:
        off = parse_off(text)
        return off if off is not None and off < WHOLE_PPM else None
    try:
        amount = parse_minor(text.strip(), currency)
    except ValueError:
        return None
    return amount if 0 < amount <= 10**10 else None


# --- what is saved ----------------------------------------------------------------------------------------


def with_prices(product: ProductView, version: int, **prices: object) -> SaveProduct:
    """Return the command that changes prices of a product and nothing else of it."""
    kept = {
        name: getattr(product, name)
        for name in SaveProduct.model_fields
        if name in ProductView.model_fields and name != "version"
    }
    return SaveProduct.model_validate({**kept, **prices, "version": version})


def typed_tier_prices(values: Mapping[str, Value], tiers: Sequence[int]) -> tuple[TierPrice, ...]:
    """Return the prices for tiers that were typed."""
    prices = []
    for tier in tiers:
        price = values.get(f"tier:{tier}")
        if isinstance(price, int):
            prices.append(TierPrice(tier=tier, price_minor=price))
    return tuple(prices)
