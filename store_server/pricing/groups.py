"""Offers that count pieces: n for a price, buy n get m, the cheapest free, the nth at a part of its price."""

from collections.abc import Iterator, Sequence

from protocol.offer import BuyGet, CheapestFree, NFor, NthItem
from store_server.pricing.conditions import Terms
from store_server.pricing.lines import MILLION, part_of
from store_server.pricing.units import Composition, Pool, Proposal

Counting = NFor | BuyGet | CheapestFree | NthItem


def size_of(benefit: Counting) -> int:
    """Return how many pieces make a group; of a BuyGet, those that are bought and those that are given."""
    # By the word and not by the class, as in `singles`.
    if benefit.kind == "buy_get":
        return benefit.buy + benefit.get
    return benefit.nth if benefit.kind == "nth_item" else benefit.count


def _groups(places: Sequence[int], left: Sequence[int], size: int) -> Iterator[tuple[Composition, int]]:
    """Yield groups of units, the dearest first, each with how many there are of the same kind."""
    group: Composition = []
    missing = size
    for place in places:
        units = left[place]
        if group and units:
            some = min(units, missing)
            group.append((place, some))
            units -= some
            missing -= some
            if not missing:
                yield group, 1
                group, missing = [], size
        if units >= size and not group:
            yield [(place, size)], units // size
            units %= size
        if units and not group:
            group, missing = [(place, units)], size - units


def _given(group: Composition, pools: Sequence[Pool], count: int, pays_ppm: int) -> int:
    """Return what comes off the cheapest pieces of a group."""
    off = 0
    for place, units in reversed(group):
        some = units if units < count else count
        price = pools[place].price_minor
        off += some * (price - part_of(price, pays_ppm))
        count -= some
        if not count:
            break
    return off


def _off(benefit: Counting, group: Composition, pools: Sequence[Pool]) -> int:
    if benefit.kind == "n_for":
        return sum(units * pools[place].price_minor for place, units in group) - benefit.price_minor
    if benefit.kind == "nth_item":
        return _given(group, pools, 1, benefit.pays_ppm)
    if benefit.kind == "buy_get":
        return _given(group, pools, benefit.get, MILLION - benefit.off_ppm)
    return _given(group, pools, 1, 0)


def propose(
    benefit: Counting, places: Sequence[int], pools: Sequence[Pool], left: Sequence[int], terms: Terms
) -> Proposal:
    """Return what it gives on groups out of one range; the discount is shared by value over each group."""
    taken: dict[int, int] = {}
    to_share: list[tuple[Composition, int, int]] = []
    done = saved = value = 0
    for group, same in _groups(places, left, size_of(benefit)):
        off = _off(benefit, group, pools)
        if off <= 0:
            break
        times = min(same, terms.times - done, (terms.budget_minor - saved) // off)
        if times <= 0:
            break
        for place, units in group:
            taken[place] = taken.get(place, 0) + units * times
            value += units * times * pools[place].price_minor
        to_share.append((group, off, times))
        saved += off * times
        done += times
    return Proposal(taken, {}, done, saved, value, 0, to_share)


def propose_other_range(
    benefit: BuyGet,
    bought: Sequence[int],
    given: Sequence[int],
    pools: Sequence[Pool],
    left: Sequence[int],
    terms: Terms,
) -> Proposal:
    """Return what it gives out of another range than the one that must be bought: the cheaper are given."""
    both = set(bought) & set(given)
    have = sum(left[place] for place in bought)
    gifts = sum(left[place] for place in given)
    shared = sum(left[place] for place in both)
    times = min(
        have // benefit.buy,
        gifts // benefit.get,
        (have + gifts - shared) // (benefit.buy + benefit.get),
        terms.times,
    )
    while times > 0:
        spare = have - times * benefit.buy
        chosen = _cheapest(given, both, left, times * benefit.get, spare)
        pays = MILLION - benefit.off_ppm
        offs = {
            place: units * (pools[place].price_minor - part_of(pools[place].price_minor, pays))
            for place, units in chosen.items()
        }
        if sum(offs.values()) <= terms.budget_minor:
            return _exchange(benefit, bought, chosen, offs, pools, left, times)
        times -= 1
    return Proposal()


def _cheapest(
    given: Sequence[int], both: set[int], left: Sequence[int], wanted: int, spare: int
) -> dict[int, int]:
    """Return the cheapest units that can be given, at most `spare` of those that could be bought too."""
    chosen: dict[int, int] = {}
    for place in reversed(given):
        units = min(left[place], wanted, spare if place in both else wanted)
        if units > 0:
            chosen[place] = units
            wanted -= units
            spare -= units if place in both else 0
    return chosen


def _exchange(
    benefit: BuyGet,
    bought: Sequence[int],
    chosen: dict[int, int],
    offs: dict[int, int],
    pools: Sequence[Pool],
    left: Sequence[int],
    times: int,
) -> Proposal:
    proposal = Proposal(times=times)
    for place, units in chosen.items():
        proposal.take(place, pools[place], units, offs[place])
    wanted = times * benefit.buy
    for place in bought:
        units = min(left[place] - chosen.get(place, 0), wanted)
        if units > 0:
            proposal.take(place, pools[place], units, 0)
            wanted -= units
    return proposal
