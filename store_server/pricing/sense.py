"""Does an offer make sense? What its author is told before it is saved."""

from dataclasses import dataclass

from protocol.language import _
from protocol.offer import Bundle, BuyGet, GoodsRange, OfferView, Threshold, ThresholdStep


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with an offer."""

    field: str
    """The field of the offer: `goods`, `benefit`, `times`, `name`."""
    words: str
    """A sentence that says what and what to do."""


def problem_of(view: OfferView) -> Problem | None:
    """Return the first thing that makes no sense; None: it can be saved."""
    if not view.name.strip():
        return Problem("name", _("The offer needs a name; it is printed on receipts."))
    return _goods(view) or _times(view) or _benefit(view)


def _is_empty(goods: GoodsRange) -> bool:
    return not (goods.all_goods or goods.categories or goods.products)


def _goods(view: OfferView) -> Problem | None:
    match view.benefit:
        case Bundle(parts=parts):
            if any(_is_empty(part.goods) for part in parts):
                return Problem("benefit", _("Each part of the bundle needs goods."))
            return None
        case BuyGet(get_range=other) if other is not None and _is_empty(other):
            return Problem("benefit", _("Say which goods are given, or give of the same ones."))
        case _:
            if _is_empty(view.goods):
                return Problem("goods", _("Say which goods the offer is about, or choose all goods."))
            return None


def _times(view: OfferView) -> Problem | None:
    times = view.times
    if (
        times.valid_from is not None
        and times.valid_until is not None
        and times.valid_until <= times.valid_from
    ):
        return Problem("times", _("The offer would end before it begins."))
    if times.from_time == times.until_time:
        text = _("The hours begin and end at the same time. For the whole day take 00:00 to 24:00.")
        return Problem("times", text)
    return None


def _benefit(view: OfferView) -> Problem | None:
    match view.benefit:
        case Bundle(parts=parts, price_minor=None):
            if all(part.price_minor is None and not part.off_ppm for part in parts):
                return Problem(
                    "benefit", _("The bundle gives nothing: say a price or a discount for a part.")
                )
        case Threshold(steps=steps):
            return _steps(steps)
        case _:
            return None
    return None


def _steps(steps: tuple[ThresholdStep, ...]) -> Problem | None:
    by_money = {bool(step.spend_minor) for step in steps}
    if len(by_money) > 1 or any(bool(step.spend_minor) == bool(step.pieces) for step in steps):
        return Problem("benefit", _("The steps ask either for money or for pieces, all of them the same."))
    asked = [step.spend_minor or step.pieces for step in steps]
    if asked != sorted(set(asked)):
        return Problem("benefit", _("Each step must ask for more than the one before it."))
    for step in steps:
        money = step.amount_minor or step.off_ppm or step.gift_product_id is not None
        promise = step.points or step.points_multiplier_ppm or step.coupon_batch_id is not None
        if not money and not promise:
            return Problem("benefit", _("Each step must give something."))
        if step.spend_minor and step.amount_minor > step.spend_minor:
            return Problem("benefit", _("A step takes more off than must be spent for it."))
    return None
