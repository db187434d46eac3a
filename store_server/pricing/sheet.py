"""The sheet on which one sale is calculated: what lines cost after each step, and what is left to take."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from protocol.messages.offers import StepKind
from store_server.pricing.lines import Line, Step, StepPart, values_of
from store_server.pricing.offers import Offer, OfferBook
from store_server.pricing.units import Pool, Proposal, pools_of

_PRICE_STEPS = {
    "promotion": StepKind.PROMOTION,
    "tier": StepKind.TIER,
    "override": StepKind.OVERRIDE,
    "quotation": StepKind.QUOTATION,
}


class Sheet:
    """One calculation. Lines are in the one order; only this module's functions change the amounts."""

    def __init__(self, lines: Sequence[Line]) -> None:
        """Begin with the unit prices."""
        self.lines = lines
        values = [values_of(line) for line in lines]
        self.normal = [normal for normal, _value in values]
        self.value = [value for _normal, value in values]
        self.amounts = list(self.normal)
        self.bundled = [0] * len(lines)
        """What is paid for units that are in bundles, by line, after the offers on goods."""
        self.after_offers: list[int] = []
        """What each line costs after the offers on goods."""
        self.steps: list[Step] = []
        self._unit_prices()

    @cached_property
    def pools(self) -> list[Pool]:
        """The units that offers may take; a shop without offers never asks."""
        return pools_of(self.lines)

    @cached_property
    def left(self) -> list[int]:
        """How many units of each pool no offer has taken."""
        return [pool.count for pool in self.pools]

    def _unit_prices(self) -> None:
        """Note the prices that are not the normal ones: one step for each kind and reason."""
        parts: dict[tuple[StepKind, str], list[StepPart]] = {}
        for place, line in enumerate(self.lines):
            if self.value[place] == self.normal[place]:
                continue
            kind = _PRICE_STEPS.get(line.price_kind, StepKind.OVERRIDE)
            part = self._move(place, self.normal[place] - self.value[place], line.quantity_thousandths)
            parts.setdefault((kind, line.price_reason), []).append(part)
        for (kind, reason), moved in sorted(parts.items()):
            self.steps.append(Step(kind, tuple(moved), reference=reason))

    def _move(self, place: int, off_minor: int, quantity_thousandths: int) -> StepPart:
        before = self.amounts[place]
        self.amounts[place] = before - off_minor
        return StepPart(place, quantity_thousandths, before, before - off_minor)

    def take_off(self, step: Step, offs: Iterable[tuple[int, int]]) -> None:
        """Carry a step out on whole lines: what comes off, by line."""
        parts = []
        for place, off in offs:
            parts.append(self._move(place, off, self.lines[place].quantity_thousandths))
        self.steps.append(replace(step, parts=tuple(parts)))

    def apply(self, offer: Offer, proposal: Proposal, *, is_bundle: bool) -> None:
        """Let an offer on goods take its units: nothing else will take them."""
        quantities: dict[int, int] = {}
        offs: dict[int, int] = {}
        for place, units in proposal.taken.items():
            pool = self.pools[place]
            off = proposal.off_minor.get(place, 0)
            self.left[place] -= units
            quantities[pool.line] = quantities.get(pool.line, 0) + units * pool.unit_thousandths
            offs[pool.line] = offs.get(pool.line, 0) + off
            if is_bundle:
                self.bundled[pool.line] += units * pool.price_minor - off
        parts = [self._move(line, offs[line], quantities[line]) for line in sorted(quantities)]
        view = offer.view
        step = Step(
            StepKind.OFFER,
            tuple(parts),
            offer_id=view.offer_id,
            version=view.version,
            name=view.name,
            times=proposal.times,
            points=-proposal.points,
        )
        self.steps.append(step)

    def discount_lines(self) -> None:
        """Take off the discounts by hand on single lines, each on what is left of its line."""
        self.after_offers = list(self.amounts)
        for place, line in enumerate(self.lines):
            off = line.discount.on(self.amounts[place])
            if off:
                step = Step(StepKind.LINE_DISCOUNT, reference=line.discount.reason)
                self.take_off(step, [(place, off)])

    def outside_bundles(self, place: int) -> int:
        """Return what is left to pay for the units of a line that are in no bundle."""
        bundled, whole = self.bundled[place], self.after_offers[place]
        if not bundled:
            return self.amounts[place]
        return self.amounts[place] * (whole - bundled) // whole if whole else 0


class Reach:
    """Which offers of a book are about the goods on a sheet, and with which units."""

    def __init__(self, sheet: Sheet, book: OfferBook) -> None:
        """Ask the book for each line once."""
        self._left = sheet.left
        self._units: defaultdict[int, list[int]] = defaultdict(list)
        """For each range of an offer on goods: pools, the dearest first."""
        for place, pool in enumerate(sheet.pools):
            goods = sheet.lines[pool.line]
            hits = book.hits_by_name(goods.product_id, goods.categories)
            for slot in hits.weighed if pool.weighed else hits.pieces:
                self._units[slot].append(place)
        everything = list(range(len(sheet.pools)))
        unweighed = [place for place in everything if not sheet.pools[place].weighed]
        spent: defaultdict[int, list[int]] = defaultdict(list)
        spending = [line for line, goods in enumerate(sheet.lines) if not goods.is_quoted]
        for slot in book.everywhere:
            if book.slots[slot].is_threshold:
                spent[slot] = spending
            else:
                self._units[slot] = everything if book.slots[slot].takes_weighed else unweighed
        for line in spending:
            goods = sheet.lines[line]
            for slot in book.hits_by_name(goods.product_id, goods.categories).spend:
                spent[slot].append(line)
        slots = book.slots
        self.lines = {slots[slot].key: lines for slot, lines in spent.items()}
        """For each threshold, by its place in the book: the lines whose money counts."""
        self.keys = sorted({slots[slot].key for slot in self._units} | self.lines.keys())
        """All of them, by their place in the book."""

    def units(self, offer: Offer) -> list[list[int]]:
        """Return the pools of an offer on goods, for each of its ranges."""
        return [self._units.get(offer.slot + role, []) for role in range(len(offer.roles))]

    def is_enough(self, offer: Offer, roles: Sequence[Sequence[int]]) -> bool:
        """Return whether each range of an offer on goods has the units without which it cannot work."""
        if offer.least_units == 1:
            return all(roles)
        left, least = self._left, offer.least_units
        return all(sum([left[place] for place in role]) >= least for role in roles)
