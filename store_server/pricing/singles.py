"""Offers on each piece: a rate off, an amount off, a price, money with points."""

from collections.abc import Sequence

from protocol.offer import AmountOff, FixedPrice, PercentOff, PointsPrice
from store_server.pricing.conditions import UNLIMITED, Terms
from store_server.pricing.lines import MILLION, part_of
from store_server.pricing.units import Pool, Proposal

Single = PercentOff | AmountOff | FixedPrice | PointsPrice


def saving(benefit: Single, pool: Pool) -> int:
    """Return what comes off one unit; what is paid is rounded half up, never below zero."""
    price = pool.price_minor
    match benefit:
        case PercentOff(rate_ppm=rate):
            return price - part_of(price, MILLION - rate)
        case AmountOff(amount_minor=amount):
            return min(pool.at_price(amount), price)
        case FixedPrice(price_minor=target):
            return max(price - pool.at_price(target), 0)
        case PointsPrice(price_minor=target):
            return 0 if pool.weighed else max(price - target, 0)


def propose(
    benefit: Single, places: Sequence[int], pools: Sequence[Pool], left: Sequence[int], terms: Terms
) -> Proposal:
    """Return what it gives on the units that are left; where it is limited, on those where it gives most."""
    offered = [(saving(benefit, pools[place]), place) for place in places if left[place]]
    if terms.budget_minor < UNLIMITED or terms.times < sum(left[place] for _off, place in offered):
        offered.sort(key=lambda each: -each[0])
    proposal = Proposal()
    for off, place in offered:
        if off <= 0:
            continue
        units = min(left[place], terms.times - proposal.times)
        units = min(units, (terms.budget_minor - proposal.saved_minor) // off)
        if units <= 0:
            break
        proposal.take(place, pools[place], units, units * off)
        proposal.times += units
    if isinstance(benefit, PointsPrice):
        proposal.points = proposal.times * benefit.points
    return proposal
