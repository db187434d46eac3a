"""Different goods together: finds units for every part of a bundle, and what comes off each."""

from collections.abc import Sequence

from protocol.offer import Bundle, BundlePart
from store_server.pricing.allocation import share_out
from store_server.pricing.conditions import Terms
from store_server.pricing.lines import MILLION, part_of
from store_server.pricing.units import Pool, Proposal

Held = list[dict[int, int]]
"""For each part, units by pool."""


class _Seats:
    """Gives units to the parts of one bundle; parts whose ranges overlap make room for each other."""

    def __init__(self, candidates: Sequence[Sequence[int]], left: Sequence[int]) -> None:
        self.candidates = candidates
        self.free = {place: left[place] for places in candidates for place in places}
        self.held: Held = [{} for _part in candidates]

    def fill(self, part: int, wanted: int) -> bool:
        """Give a part its units, the dearest that are free first."""
        for place in self.candidates[part]:
            units = min(self.free[place], wanted)
            if units > 0:
                self._give(part, place, units)
                wanted -= units
        while wanted > 0 and self._make_room(part, {part}):
            wanted -= 1
        return wanted == 0

    def _give(self, part: int, place: int, units: int) -> None:
        self.held[part][place] = self.held[part].get(place, 0) + units
        self.free[place] -= units

    def _make_room(self, part: int, asked: set[int]) -> bool:
        """Get one unit for the part: a free one, or one of another part that finds another for itself."""
        for place in self.candidates[part]:
            if self.free[place] > 0:
                self._give(part, place, 1)
                return True
        for place in self.candidates[part]:
            for other, held in enumerate(self.held):
                if other in asked or not held.get(place):
                    continue
                if self._make_room(other, asked | {other}):
                    held[place] -= 1
                    self.free[place] += 1
                    self._give(part, place, 1)
                    return True
        return False


def _seated(bundle: Bundle, candidates: Sequence[Sequence[int]], left: Sequence[int]) -> Held | None:
    """Return units for one bundle, or None; the part with the least choice chooses first."""
    seats = _Seats(candidates, left)
    choice = [sum(left[place] for place in places) for places in candidates]
    for part in sorted(range(len(candidates)), key=lambda each: (choice[each], each)):
        if choice[part] < bundle.parts[part].count or not seats.fill(part, bundle.parts[part].count):
            return None
    return seats.held


def _price_in(part: BundlePart, price_minor: int) -> int:
    """Return what one piece costs in the bundle; never more than outside of it."""
    if part.price_minor is not None:
        return min(part.price_minor, price_minor)
    return part_of(price_minor, MILLION - part.off_ppm)


def _offs(bundle: Bundle, held: Held, pools: Sequence[Pool]) -> list[tuple[int, int, int]]:
    """Return pool, units and what comes off them, for each place of one bundle."""
    rows = []
    for part, by_place in enumerate(held):
        for place, units in sorted(by_place.items()):
            price = pools[place].price_minor
            if units:
                rows.append((place, units, units * (price - _price_in(bundle.parts[part], price))))
    if bundle.price_minor is None:
        return rows
    values = [units * pools[place].price_minor - off for place, units, off in rows]
    shares = share_out(max(sum(values) - bundle.price_minor, 0), values)
    return [(place, units, off + share) for (place, units, off), share in zip(rows, shares, strict=True)]


def propose(
    bundle: Bundle,
    candidates: Sequence[Sequence[int]],
    pools: Sequence[Pool],
    left: Sequence[int],
    terms: Terms,
) -> Proposal:
    """Return what it gives: bundle after bundle out of what is left, the dearest goods first."""
    proposal = Proposal()
    rest = list(left)
    while proposal.times < terms.times:
        held = _seated(bundle, candidates, rest)
        if held is None:
            break
        rows = _offs(bundle, held, pools)
        off = sum(row[2] for row in rows)
        if off <= 0:
            break
        used: dict[int, int] = {}
        for place, units, _off in rows:
            used[place] = used.get(place, 0) + units
        same = min(rest[place] // units for place, units in used.items())
        budget = (terms.budget_minor - proposal.saved_minor) // off
        times = min(same, terms.times - proposal.times, budget)
        if times <= 0:
            break
        for place, units, part_off in rows:
            proposal.take(place, pools[place], units * times, part_off * times)
            rest[place] -= units * times
        proposal.times += times
    return proposal
