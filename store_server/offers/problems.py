"""What is wrong with an offer that somebody wants to save, in words."""

from collections.abc import Iterator

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.offer import (
    Bundle,
    BuyGet,
    GoodsRange,
    NthItem,
    OfferConditions,
    OfferTimes,
    OfferView,
    Threshold,
    ThresholdStep,
)
from store_server.database.unit_of_work import Work
from store_server.offers.naming import Spoken

_FIELDS = {
    "products": ("goods", N_("The product {number} does not exist.")),
    "categories": ("goods", N_("The category {number} does not exist.")),
    "tiers": ("conditions", N_("The tier {number} does not exist.")),
    "coupon_batches": ("benefit", N_("The coupon batch {number} does not exist.")),
}


def unknown(work: Work, spoken: Spoken) -> Refused | None:
    """Return that something is spoken of which is not there."""
    for table, numbers in spoken.missing(work.db).items():
        field, text = _FIELDS[table]
        return Refused(code="unknown", field=field, explanation=_(text).format(number=numbers[0]))
    return None


def times_problem(times: OfferTimes) -> Refused | None:
    """Return why there is no such time."""
    begin, end = times.valid_from, times.valid_until
    if begin is not None and end is not None and end <= begin:
        text = _("It would end before it begins.")
        return Refused(code="bad_times", field="times", explanation=text)
    if times.from_time in (times.until_time, "24:00"):
        text = _("The hours must begin before they end, or go over midnight.")
        return Refused(code="bad_times", field="times", explanation=text)
    return None


def conditions_problem(conditions: OfferConditions) -> Refused | None:
    """Return why nobody could fulfil the conditions."""
    if any(not tag.strip() for tag in conditions.tags):
        text = _("A tag in the conditions is empty.")
        return Refused(code="bad_conditions", field="conditions", explanation=text)
    return None


def range_problem(goods: GoodsRange | None, field: str = "goods") -> Refused | None:
    """Return that a range holds nothing."""
    if goods is None or goods.all_goods or goods.categories or goods.products:
        return None
    text = _("Please choose the goods: all, categories, or products.")
    return Refused(code=f"bad_{field}", field=field, explanation=text)


def _bad_benefit(text: str) -> Refused:
    return Refused(code="bad_benefit", field="benefit", explanation=text)


def _steps(steps: tuple[ThresholdStep, ...]) -> Iterator[Refused]:
    before: ThresholdStep | None = None
    for step in steps:
        if not step.spend_minor and not step.pieces:
            yield _bad_benefit(_("Each step needs the money or the pieces from which it counts."))
        if before is not None and (
            bool(before.spend_minor) != bool(step.spend_minor)
            or (step.spend_minor, step.pieces) <= (before.spend_minor, before.pieces)
        ):
            yield _bad_benefit(
                _("The steps must go from the lowest to the highest, all by money or all by pieces.")
            )
        gives = (
            step.amount_minor,
            step.off_ppm,
            step.gift_product_id,
            step.points,
            step.points_multiplier_ppm,
            step.coupon_batch_id,
        )
        if not any(each not in (0, None) for each in gives):
            yield _bad_benefit(_("Each step must give something."))
        if step.spend_minor and step.amount_minor > step.spend_minor:
            yield _bad_benefit(_("A step takes more off than must be spent for it."))
        before = step


def _benefit(view: OfferView) -> Iterator[Refused | None]:
    match view.benefit:
        case Bundle(parts=parts, price_minor=price):
            for part in parts:
                yield range_problem(part.goods, "benefit")
            if price is None and all(part.price_minor is None and not part.off_ppm for part in parts):
                yield _bad_benefit(_("A bundle needs a price, or something off one of its parts."))
        case BuyGet(get_range=other):
            yield range_problem(other, "benefit")
            yield range_problem(view.goods)
        case NthItem(pays_ppm=1_000_000):
            yield _bad_benefit(_("At its whole price nothing is given."))
        case Threshold(steps=steps):
            yield from _steps(steps)
            yield range_problem(view.goods)
        case _:
            yield range_problem(view.goods)


def senseless(view: OfferView) -> Refused | None:
    """Return the first thing that makes no sense in an offer, whatever goods there are."""
    if not view.name.strip():
        text = _("The offer needs a name; it is printed on receipts.")
        return Refused(code="bad_name", field="name", explanation=text)
    for problem in _benefit(view):
        if problem is not None:
            return problem
    return times_problem(view.times) or conditions_problem(view.conditions)


def offer_problem(work: Work, view: OfferView) -> Refused | None:
    """Return the first thing that is wrong with an offer; None: it can be saved."""
    spoken = Spoken()
    spoken.add_offer(view)
    return senseless(view) or unknown(work, spoken)
