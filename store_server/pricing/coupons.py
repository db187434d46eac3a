"""Coupons: the last step before discounts by hand on the sale; on the current price, never on bundles."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from protocol.messages.offers import NearlyReason, StepKind
from protocol.offer import OfferConditions, OfferLimits
from store_server.pricing.allocation import share_out
from store_server.pricing.conditions import Window, wants_a_member, who_is_missing
from store_server.pricing.lines import CouponResult, Step, part_of
from store_server.pricing.occasion import Occasion
from store_server.pricing.scope import ALL_GOODS, Scope
from store_server.pricing.sheet import Sheet
from store_server.pricing.thresholds import Gifts

_NO_LIMITS = OfferLimits()


class CouponKind(StrEnum):
    """What a coupon gives."""

    GIFT = "gift"
    """Goods that are free."""
    PERCENTAGE = "percentage"
    FIXED = "fixed"


_ORDER = {CouponKind.GIFT: 0, CouponKind.PERCENTAGE: 1, CouponKind.FIXED: 2}
"""Gifts first, then rates, then amounts, in whatever order they were shown: so the customer pays least."""


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon that was shown. Whether it exists and is unused is not asked here."""

    code: str
    name: str
    kind: CouponKind
    rate_ppm: int = 0
    at_most_minor: int = 0
    """A rate takes no more off than this; 0: without a limit."""
    amount_minor: int = 0
    gift_product_id: int = 0
    gift_count: int = 1
    scope: Scope = ALL_GOODS
    conditions: OfferConditions = field(default_factory=OfferConditions)
    """Its minimum spend is asked of the goods in its scope, at the current price."""
    window: Window | None = None
    """None: its time was looked at elsewhere."""

    @property
    def needs_member(self) -> bool:
        """True: somebody must be beside the sale."""
        return wants_a_member(self.conditions, _NO_LIMITS)


def apply_coupons(sheet: Sheet, coupons: Sequence[Coupon], occasion: Occasion) -> list[CouponResult]:
    """Let each coupon work once, and return what became of each, in the order given."""
    gifts = Gifts(sheet)
    results: dict[int, CouponResult] = {}
    order = sorted(range(len(coupons)), key=lambda i: (_ORDER[coupons[i].kind], coupons[i].code, i))
    for place in order:
        results[place] = _apply(sheet, coupons[place], occasion, gifts)
    return [results[place] for place in range(len(coupons))]


def _apply(sheet: Sheet, coupon: Coupon, occasion: Occasion, gifts: Gifts) -> CouponResult:
    problem = _problem(coupon, occasion)
    if problem is not None:
        return CouponResult(coupon.code, problem=problem)
    scope = coupon.scope
    places = [
        place
        for place, line in enumerate(sheet.lines)
        if not line.is_quoted and scope.holds(line.product_id, line.categories)
    ]
    rest = [sheet.outside_bundles(place) for place in places]
    missing = coupon.conditions.minimum_spend_minor - sum(rest)
    if missing > 0:
        return CouponResult(coupon.code, problem=NearlyReason.SPEND_MORE, missing_minor=missing)
    lacking = coupon.conditions.minimum_pieces - sum(sheet.lines[place].pieces for place in places)
    if lacking > 0:
        return CouponResult(coupon.code, problem=NearlyReason.BUY_MORE, missing_pieces=lacking)
    if coupon.kind is CouponKind.GIFT:
        return _gift(sheet, coupon, gifts)
    money = min(_money(coupon, sum(rest)), sum(rest))
    if not money:
        return CouponResult(coupon.code, problem=NearlyReason.OUT_OF_SCOPE)
    shares = zip(places, share_out(money, rest), strict=True)
    _take(sheet, coupon, {place: share for place, share in shares if share})
    return CouponResult(coupon.code, money)


def _problem(coupon: Coupon, occasion: Occasion) -> NearlyReason | None:
    window = coupon.window
    if window is not None and not (
        window.has_begun_and_not_ended(occasion.at) and window.is_hour(occasion.local)
    ):
        return NearlyReason.TIME
    return who_is_missing(coupon.conditions, occasion, needs_member=coupon.needs_member)


def _money(coupon: Coupon, base_minor: int) -> int:
    if coupon.kind is CouponKind.FIXED:
        return coupon.amount_minor
    money = part_of(base_minor, coupon.rate_ppm)
    return min(money, coupon.at_most_minor) if coupon.at_most_minor else money


def _gift(sheet: Sheet, coupon: Coupon, gifts: Gifts) -> CouponResult:
    chosen = gifts.choose(coupon.gift_product_id, coupon.gift_count)
    worth = gifts.worth(chosen)
    off = {place: min(money, sheet.outside_bundles(place)) for place, money in worth.items()}
    if not any(off.values()):
        lacking = coupon.gift_count - sum(chosen.values())
        return CouponResult(coupon.code, problem=NearlyReason.TAKE_GIFT, missing_pieces=lacking)
    gifts.give(chosen)
    _take(sheet, coupon, off)
    return CouponResult(coupon.code, sum(off.values()))


def _take(sheet: Sheet, coupon: Coupon, off: dict[int, int]) -> None:
    step = Step(StepKind.COUPON, name=coupon.name, reference=coupon.code)
    sheet.take_off(step, sorted(off.items()))
