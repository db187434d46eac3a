"""Offers in words, in the language of the request: read back to their author, and beside what they did."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from protocol.language import N_, _, ngettext
from protocol.money import format_minor
from protocol.offer import (
    AmountOff,
    Bundle,
    BundlePart,
    BuyGet,
    CheapestFree,
    FixedPrice,
    GoodsRange,
    NFor,
    NthItem,
    OfferConditions,
    OfferLimits,
    OfferTimes,
    OfferView,
    PercentOff,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from store_server.pricing.lines import MILLION

WEEKDAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
_NAMED = 5
"""So many goods are named in a sentence; of the rest the number."""


@dataclass(frozen=True, slots=True)
class Names:
    """What goods, tiers and coupons are called; one that is not known is called by its number."""

    currency: str = "CNY"
    zone: tzinfo | None = None
    """The store's; None: as the moment says."""
    products: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    tiers: Mapping[int, str] = field(default_factory=dict)
    coupon_batches: Mapping[int, str] = field(default_factory=dict)

    def money(self, minor: int) -> str:
        """Return an amount for a sentence."""
        return format_minor(minor, self.currency)

    def moment(self, at: datetime) -> str:
        """Return a moment by the clock in the store."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def listed(self, ids: Iterable[int], table: Mapping[int, str], between: str = "") -> str:
        """Return names joined, a few of them."""
        found = [table.get(number) or f"#{number}" for number in ids]
        text = (between or _(", ")).join(found[:_NAMED])
        rest = len(found) - _NAMED
        if rest <= 0:
            return text
        more = ngettext("{goods} and {count} more", "{goods} and {count} more", rest)
        return more.format(goods=text, count=rest)


def percent(rate_ppm: int) -> str:
    """Return a rate as people write it: `20 %`, `12.5 %`."""
    whole, rest = divmod(rate_ppm, 10_000)
    return f"{whole}" + (f".{rest:04d}".rstrip("0") if rest else "") + " %"


def goods_words(goods: GoodsRange, names: Names, *, any_of: bool = False) -> str:
    """Return which goods a range holds; `any_of` where pieces of it are counted, and one kind will do."""
    between = " / " if any_of else _(", ")
    if goods.all_goods:
        text = _("goods of any kind") if any_of else _("all goods")
    else:
        parts = [
            names.listed(goods.categories, names.categories, between),
            names.listed(goods.products, names.products, between),
        ]
        text = between.join(part for part in parts if part) or _("no goods")
    exceptions = [
        names.listed(goods.except_categories, names.categories),
        names.listed(goods.except_products, names.products),
    ]
    without = _(", ").join(part for part in exceptions if part)
    return _("{goods} except {others}").format(goods=text, others=without) if without else text


def benefit_words(view: OfferView, names: Names) -> str:
    """Return what an offer gives, without its goods where they are said elsewhere."""
    match view.benefit:
        case PercentOff(rate_ppm=rate):
            return _("{rate} off").format(rate=percent(rate))
        case AmountOff(amount_minor=amount):
            return _("{amount} off each").format(amount=names.money(amount))
        case FixedPrice(price_minor=price):
            return _("{amount} each").format(amount=names.money(price))
        case NFor(count=count, price_minor=price):
            return _("any {count} for {amount}").format(count=count, amount=names.money(price))
        case BuyGet() as benefit:
            return _buy_get(benefit, names)
        case CheapestFree(count=count) | NthItem(nth=count, pays_ppm=0):
            return _("of each {count} the cheapest is free").format(count=count)
        case NthItem(nth=nth, pays_ppm=pays):
            return _("of each {count} the cheapest at {rate} of its price").format(
                count=nth, rate=percent(pays)
            )
        case Bundle(parts=parts, price_minor=price):
            text = " + ".join(_part(part, names) for part in parts)
            if price is None:
                return text
            return _("{goods} together for {amount}").format(goods=text, amount=names.money(price))
        case Threshold(steps=steps):
            return _("; ").join(threshold_words(step, names) for step in steps)
        case PointsPrice(price_minor=price, points=points):
            return _("{amount} and {points} points each").format(amount=names.money(price), points=points)


def _buy_get(benefit: BuyGet, names: Names) -> str:
    values = {"buy": benefit.buy, "get": benefit.get, "rate": percent(benefit.off_ppm)}
    if benefit.get_range is not None:
        values["goods"] = goods_words(benefit.get_range, names, any_of=True)
        if benefit.off_ppm == MILLION:
            return _("buy {buy}, get {get} of {goods} free").format(**values)
        return _("buy {buy}, get {get} of {goods} at {rate} off").format(**values)
    if benefit.off_ppm == MILLION:
        return _("buy {buy}, get {get} free").format(**values)
    return _("buy {buy}, get {get} at {rate} off").format(**values)


def _part(part: BundlePart, names: Names) -> str:
    values = {"count": part.count, "goods": goods_words(part.goods, names, any_of=True)}
    if part.price_minor == 0 or (part.price_minor is None and part.off_ppm == MILLION):
        return _("{count} × {goods} free").format(**values)
    if part.price_minor is not None:
        return _("{count} × {goods} at {amount}").format(**values, amount=names.money(part.price_minor))
    if part.off_ppm:
        return _("{count} × {goods} at {rate} off").format(**values, rate=percent(part.off_ppm))
    return f"{part.count} × {values['goods']}"


def threshold_words(step: ThresholdStep, names: Names) -> str:
    """Return a step of a threshold: what must be spent, and what it gives."""
    reward = reward_words(step, names)
    if step.spend_minor:
        text = _("for every {amount}: {reward}") if step.every else _("from {amount}: {reward}")
        return text.format(amount=names.money(step.spend_minor), reward=reward)
    text = _("for every {count} pieces: {reward}") if step.every else _("from {count} pieces: {reward}")
    return text.format(count=step.pieces, reward=reward)


def reward_words(step: ThresholdStep, names: Names) -> str:
    """Return what a step of a threshold gives."""
    parts = []
    if step.amount_minor:
        parts.append(_("{amount} off").format(amount=names.money(step.amount_minor)))
    if step.off_ppm:
        parts.append(_("{rate} off").format(rate=percent(step.off_ppm)))
    if step.gift_product_id is not None:
        goods = names.listed([step.gift_product_id], names.products)
        parts.append(_("{count} × {goods} free").format(count=step.gift_count, goods=goods))
    if step.points_multiplier_ppm:
        parts.append(_("points × {times}").format(times=times_words(step.points_multiplier_ppm)))
    if step.points:
        parts.append(_("{points} points on top").format(points=step.points))
    if step.coupon_batch_id is not None:
        name = names.listed([step.coupon_batch_id], names.coupon_batches)
        parts.append(_("a coupon: {name}").format(name=name))
    return " + ".join(parts)


def times_words(multiplier_ppm: int) -> str:
    """Return a multiplier as people write it: `2`, `1.5`."""
    whole, rest = divmod(multiplier_ppm, MILLION)
    return f"{whole}" + (f".{rest:06d}".rstrip("0") if rest else "")


def offer_words(view: OfferView, names: Names) -> str:
    """Return the whole offer in sentences, for its author to read."""
    benefit = benefit_words(view, names)
    if isinstance(view.benefit, Bundle):
        first = _("{benefit}.").format(benefit=benefit)
    else:
        first = _("{goods}: {benefit}.").format(goods=goods_words(view.goods, names), benefit=benefit)
    sentences = [
        first,
        *condition_words(view.conditions, names),
        *time_words(view.times, names),
        *_limit_words(view.limits, names),
    ]
    if view.exclusive_group:
        text = _("Of the group {group} only the best one for the customer works.")
        sentences.append(text.format(group=view.exclusive_group))
    if not view.active:
        sentences.append(_("It is switched off."))
    return " ".join(sentences)


def condition_words(conditions: OfferConditions, names: Names) -> list[str]:
    """Return for whom and for which baskets it is."""
    found = []
    if conditions.tiers:
        tiers = names.listed(conditions.tiers, names.tiers)
        found.append(_("Only for members of {tiers}.").format(tiers=tiers))
    elif conditions.members_only:
        found.append(_("Only for members."))
    if conditions.tags:
        found.append(_("Only for members with the tag {tags}.").format(tags=_(", ").join(conditions.tags)))
    if conditions.birthday == "day":
        found.append(_("Only on the member's birthday."))
    elif conditions.birthday == "month":
        found.append(_("Only in the month of the member's birthday."))
    if conditions.first_purchase:
        found.append(_("Only for a member's first purchase."))
    if conditions.minimum_spend_minor:
        amount = names.money(conditions.minimum_spend_minor)
        found.append(_("Only in baskets of {amount} or more.").format(amount=amount))
    if conditions.minimum_pieces:
        found.append(_("Only in baskets of {count} pieces or more.").format(count=conditions.minimum_pieces))
    return found


def time_words(times: OfferTimes, names: Names) -> list[str]:
    """Return when it works."""
    found = []
    if times.valid_from is not None:
        found.append(_("From {begin} on.").format(begin=names.moment(times.valid_from)))
    if times.valid_until is not None:
        found.append(_("Ends at {end}.").format(end=names.moment(times.valid_until)))
    if times.weekdays:
        days = _(", ").join(_(WEEKDAYS[day - 1]) for day in sorted(set(times.weekdays)))
        found.append(_("Only on {days}.").format(days=days))
    if (times.from_time, times.until_time) != ("00:00", "24:00"):
        hours = _("Only between {begin} and {end}.")
        found.append(hours.format(begin=times.from_time, end=times.until_time))
    return found


def _limit_words(limits: OfferLimits, names: Names) -> list[str]:
    found = []
    if limits.in_all:
        found.append(_("At most {count} times in all.").format(count=limits.in_all))
    if limits.per_day:
        found.append(_("At most {count} times a day.").format(count=limits.per_day))
    if limits.per_member:
        found.append(_("At most {count} times for a member.").format(count=limits.per_member))
    if limits.per_sale:
        found.append(_("At most {count} times in a sale.").format(count=limits.per_sale))
    if limits.budget_minor:
        amount = names.money(limits.budget_minor)
        found.append(_("It gives {amount} at most in all.").format(amount=amount))
    return found
