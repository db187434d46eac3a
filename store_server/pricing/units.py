"""Units of goods in a basket, counted and not expanded: what an offer can take, and what it has taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from protocol.quantity import ONE
from store_server.pricing.allocation import share_out
from store_server.pricing.lines import Line, value_of


@dataclass(frozen=True, slots=True)
class Pool:
    """The units of one line: so many pieces at one price, or a weighed line as one unit."""

    line: int
    price_minor: int
    """What one unit costs; of a weighed line: its value."""
    count: int
    unit_thousandths: int
    """How much one unit is."""
    weighed: bool

    def at_price(self, price_minor: int) -> int:
        """Return what one unit costs at a price per piece or kilogram."""
        return value_of(self.unit_thousandths, price_minor) if self.weighed else price_minor


def pools_of(lines: Sequence[Line]) -> list[Pool]:
    """Return the units that offers may take, the dearest first; lines come in the one order."""
    pools = []
    for place, line in enumerate(lines):
        if not line.takes_offers:
            continue
        if line.is_whole:
            value = value_of(line.quantity_thousandths, line.unit_price_minor)
            pool = Pool(place, value, 1, line.quantity_thousandths, True)
        else:
            pool = Pool(place, line.unit_price_minor, line.quantity_thousandths // ONE, ONE, False)
        if pool.price_minor > 0:
            pools.append(pool)
    pools.sort(key=lambda pool: -pool.price_minor)
    return pools


Composition = list[tuple[int, int]]
"""Units by pool, the dearest first."""


@dataclass(slots=True)
class Proposal:
    """What an offer would take and give, as the basket stands."""

    taken: dict[int, int] = field(default_factory=dict)
    """Units by pool."""
    off_minor: dict[int, int] = field(default_factory=dict)
    """What comes off, by pool."""
    times: int = 0
    saved_minor: int = 0
    value_minor: int = 0
    """What the units cost that it takes."""
    points: int = 0
    """What is paid in points."""
    to_share: list[tuple[Composition, int, int]] = field(default_factory=list)
    """Groups, what comes off each of a kind, and how many there are. Most proposals are only measured: what
    comes off is shared out over the pools when the offer works."""

    def share(self, pools: Sequence[Pool]) -> None:
        """Share out by value what comes off groups, so that all that comes off is noted by pool."""
        for group, off, times in self.to_share:
            values = [units * pools[place].price_minor for place, units in group]
            for (place, _units), share in zip(group, share_out(off, values), strict=True):
                if share:
                    self.off_minor[place] = self.off_minor.get(place, 0) + share * times
        self.to_share.clear()

    def take(self, place: int, pool: Pool, units: int, off_minor: int) -> None:
        """Note units of a pool, and what comes off them together."""
        self.taken[place] = self.taken.get(place, 0) + units
        self.value_minor += units * pool.price_minor
        if off_minor:
            self.off_minor[place] = self.off_minor.get(place, 0) + off_minor
            self.saved_minor += off_minor
