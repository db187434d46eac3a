"""Offers on each piece: a rate off, an amount off, a price, money with points."""

from collections.abc import Sequence

from protocol.offer import AmountOff, FixedPrice, PercentOff, PointsPrice
from store_server.pricing.conditions import UNLIMITED, Terms
from store_server.pricing.lines import MILLION, part_of
from store_server.pricing.units import Pool, Proposal

Single = PercentOff | AmountOff | FixedPrice | PointsPrice
Saving = tuple[int, int]
"""What comes off one unit, and the pool."""


def savings(benefit: Single, places: Sequence[int], pools: Sequence[Pool]) -> list[Saving]:
    """Return where something comes off, and what; what is paid is rounded half up, never below zero."""
    # By the word and not by the class: asking a model's class takes longer than the sums, for every offer.
    if benefit.kind == "percent_off":
        pays = MILLION - benefit.rate_ppm
        prices = [(pools[place].price_minor, place) for place in places]
        found = [(price - part_of(price, pays), place) for price, place in prices]
    elif benefit.kind == "amount_off":
        amount = benefit.amount_minor
        asked = [(pools[place], place) for place in places]
        found = [(min(pool.at_price(amount), pool.price_minor), place) for pool, place in asked]
    else:
        target = benefit.price_minor
        by_weight = benefit.kind == "fixed_price"
        asked = [(pools[place], place) for place in places if by_weight or not pools[place].weighed]
        found = [(pool.price_minor - pool.at_price(target), place) for pool, place in asked]
    return [each for each in found if each[0] > 0]


def propose(offered: Sequence[Saving], pools: Sequence[Pool], left: Sequence[int], terms: Terms) -> Proposal:
    """Return what it gives on the units that are left; where it is limited, on those where it gives most."""
    if terms.budget_minor >= UNLIMITED and terms.times >= sum(left[place] for _off, place in offered):
        return _on_all(offered, pools, left)
    proposal = Proposal()
    for off, place in sorted(offered, key=lambda each: -each[0]):
        units = min(left[place], terms.times - proposal.times)
        units = min(units, (terms.budget_minor - proposal.saved_minor) // off)
        if units > 0:
            proposal.take(place, pools[place], units, units * off)
            proposal.times += units
        elif left[place]:
            break
    return proposal


def _on_all(offered: Sequence[Saving], pools: Sequence[Pool], left: Sequence[int]) -> Proposal:
    taken = {place: left[place] for _off, place in offered if left[place]}
    offs = {place: off * left[place] for off, place in offered if left[place]}
    value = sum([units * pools[place].price_minor for place, units in taken.items()])
    return Proposal(taken, offs, sum(taken.values()), sum(offs.values()), value)
