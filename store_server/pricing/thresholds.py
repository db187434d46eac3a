"""Offers on what was spent: which step is reached, and what it gives."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from protocol.messages.offers import StepKind
from protocol.money import Rounding, divide
from protocol.offer import Threshold, ThresholdStep
from store_server.pricing.allocation import share_out
from store_server.pricing.conditions import Terms
from store_server.pricing.lines import Step, part_of
from store_server.pricing.offers import Offer
from store_server.pricing.sheet import Sheet


@dataclass(slots=True)
class Spending:
    """A threshold that may work in this sale."""

    offer: Offer
    terms: Terms
    lines: Sequence[int]
    """The lines whose money counts, by place on the sheet."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The step that was reached."""

    spending: Spending
    step: ThresholdStep
    times: int
    saved_minor: int

    @property
    def promises(self) -> bool:
        """True: it gives points or a coupon."""
        step = self.step
        return bool(step.points or step.points_multiplier_ppm or step.coupon_batch_id is not None)


class Gifts:
    """Pieces of goods that are given away: which are in the basket, and which are given already."""

    def __init__(self, sheet: Sheet) -> None:
        """Look for gifts on the sheet."""
        self._sheet = sheet
        self._given: dict[int, int] = {}

    def choose(self, product_id: int, wanted: int) -> dict[int, int]:
        """Return so many pieces of the product by line, as far as they are in the basket."""
        chosen: dict[int, int] = {}
        for place, line in enumerate(self._sheet.lines):
            if line.product_id != product_id or line.is_whole or line.printed_amount_minor is not None:
                continue
            if line.is_quoted:
                continue
            free = line.pieces - self._given.get(place, 0)
            units = min(free, wanted)
            if units > 0:
                chosen[place] = units
                wanted -= units
        return chosen

    def worth(self, chosen: Mapping[int, int]) -> dict[int, int]:
        """Return what the chosen pieces cost now, by line."""
        amounts, lines = self._sheet.amounts, self._sheet.lines
        worth = {}
        for place, units in chosen.items():
            pieces = lines[place].pieces - self._given.get(place, 0)
            worth[place] = divide(amounts[place] * units, pieces, Rounding.HALF_UP)
        return worth

    def give(self, chosen: Mapping[int, int]) -> None:
        """Note that the pieces are given."""
        for place, units in chosen.items():
            self._given[place] = self._given.get(place, 0) + units


def _times_reached(step: ThresholdStep, value_minor: int, pieces: int) -> int:
    if step.spend_minor:
        times = value_minor // step.spend_minor
    elif step.pieces:
        times = pieces // step.pieces
    else:
        times = min(pieces, 1)
    return times if step.every else min(times, 1)


class _Measure:
    """How often the steps of a threshold are reached as the sheet stands, and what they would take off."""

    def __init__(self, sheet: Sheet, spending: Spending, gifts: Gifts) -> None:
        self._sheet = sheet
        self._spending = spending
        self._gifts = gifts
        self._value = sum([sheet.amounts[place] for place in spending.lines])
        self._pieces = sum([sheet.lines[place].pieces for place in spending.lines])

    def _reached_without(self, step: ThresholdStep, chosen: Mapping[int, int]) -> int:
        """Return how many times the step is reached when the chosen gifts do not help."""
        value, pieces = self._value, self._pieces
        if chosen:
            inside = set(self._spending.lines)
            worth = self._gifts.worth(chosen)
            value -= sum(money for place, money in worth.items() if place in inside)
            pieces -= sum(units for place, units in chosen.items() if place in inside)
        return _times_reached(step, value, pieces)

    def times(self, step: ThresholdStep) -> int:
        """Return how many times the step is reached without the gifts that it gives then."""
        times = min(self._reached_without(step, {}), self._spending.terms.times)
        if step.gift_product_id is None or not times:
            return times
        everything = self._gifts.choose(step.gift_product_id, times * step.gift_count)
        least = min(times, self._reached_without(step, everything))
        # With more times than there are gifts, each further time gives no further piece.
        times = max(least, min(times, -(-sum(everything.values()) // step.gift_count)))
        while times > least:
            chosen = self._gifts.choose(step.gift_product_id, times * step.gift_count)
            if self._reached_without(step, chosen) >= times:
                break
            times -= 1
        return times

    def saved(self, step: ThresholdStep, times: int) -> int:
        """Return what a step takes off when it works so many times."""
        if step.gift_product_id is None:
            return _money(step, times, self._value)
        return sum(offs(self._sheet, self._spending, step, times, self._gifts)[0].values())


def _money(step: ThresholdStep, times: int, base_minor: int) -> int:
    """Return what the rate and the amount of a step take off, never more than there is."""
    money = part_of(base_minor, step.off_ppm)
    return money + min(times * step.amount_minor, base_minor - money)


def reached(sheet: Sheet, spending: Spending, gifts: Gifts) -> Reached | None:
    """Return the highest step that is reached and can be paid for, as the sheet stands; None: none is."""
    benefit = spending.offer.view.benefit
    assert isinstance(benefit, Threshold)
    measure = _Measure(sheet, spending, gifts)
    budget = spending.terms.budget_minor
    for step in reversed(benefit.steps):
        times = measure.times(step)
        if not times:
            continue
        saved = measure.saved(step, times)
        if saved > budget:
            times = bisect_right(range(1, times), budget, key=lambda often: measure.saved(step, often))
            saved = measure.saved(step, times)
        if times:
            return Reached(spending, step, times, saved)
    return None


def offs(
    sheet: Sheet, spending: Spending, step: ThresholdStep, times: int, gifts: Gifts
) -> tuple[dict[int, int], dict[int, int]]:
    """Return what comes off by line, and the pieces given by line: gifts, then the rate, then money."""
    chosen: dict[int, int] = {}
    off: dict[int, int] = {}
    if step.gift_product_id is not None:
        chosen = gifts.choose(step.gift_product_id, times * step.gift_count)
        off.update(gifts.worth(chosen))
    if step.off_ppm or step.amount_minor:
        places = spending.lines
        rest = [sheet.amounts[place] - off.get(place, 0) for place in places]
        money = _money(step, times, sum(rest))
        for place, share in zip(places, share_out(money, rest), strict=True):
            off[place] = off.get(place, 0) + share
    return {place: minor for place, minor in sorted(off.items()) if minor}, chosen


class Rewards:
    """Lets the thresholds work on a sheet, after the offers on goods."""

    def __init__(self, sheet: Sheet, groups_used: dict[str, int]) -> None:
        """Work on the sheet; offers of groups that have worked stay out."""
        self._sheet = sheet
        self._groups_used = groups_used
        self._gifts = Gifts(sheet)

    def run(self, spendings: Sequence[Spending]) -> None:
        """Let them work: measured at the same amounts, then the highest priority and saving goes first."""
        found = [reached(self._sheet, spending, self._gifts) for spending in spendings]
        ready = [each for each in found if each is not None and (each.saved_minor or each.promises)]
        ready.sort(
            key=lambda each: (-each.spending.offer.priority, -each.saved_minor, each.spending.offer.key)
        )
        for each in self._one_per_group(ready):
            self._work(each)

    def _one_per_group(self, ready: Sequence[Reached]) -> list[Reached]:
        chosen = []
        for each in ready:
            group = each.spending.offer.view.exclusive_group
            if group and group in self._groups_used:
                continue
            if group:
                self._groups_used[group] = each.spending.offer.key
            chosen.append(each)
        return chosen

    def _work(self, each: Reached) -> None:
        off, chosen = offs(self._sheet, each.spending, each.step, each.times, self._gifts)
        if not off and not each.promises:
            return  # what it would have given, an offer before it has given
        self._gifts.give(chosen)
        view, step = each.spending.offer.view, each.step
        done = Step(
            StepKind.BASKET_OFFER,
            offer_id=view.offer_id,
            version=view.version,
            name=view.name,
            times=each.times,
            points=step.points * each.times,
            points_multiplier_ppm=step.points_multiplier_ppm,
            coupon_batch_id=step.coupon_batch_id,
        )
        self._sheet.take_off(done, off.items())
