"""Equal goods on several lines are one line to the rules: it does not matter how they were scanned."""

from collections.abc import Sequence
from dataclasses import replace

from protocol.messages.offers import StepKind
from protocol.quantity import ONE
from store_server.pricing.allocation import share_out
from store_server.pricing.lines import NO_DISCOUNT, Line, PricedLine, Step, StepPart, values_of

_COLUMN = {
    StepKind.OFFER: 0,
    StepKind.LINE_DISCOUNT: 1,
    StepKind.BASKET_OFFER: 2,
    StepKind.COUPON: 3,
    StepKind.SALE_DISCOUNT: 4,
}
"""Where a priced line keeps what a step took off; unit prices are in its value."""


class Joined:
    """Lines joined, in an order that does not depend on the order of scanning.

    Pieces of the same goods at the same price are joined. A weighed line, a printed price and a discount by
    hand are of their own line and stay so; such lines that tie in the order are the same in all that a rule
    looks at.
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        """Join the lines of a sale."""
        self._origins = lines
        groups: dict[tuple[object, ...], list[int]] = {}
        for place, line in enumerate(lines):
            groups.setdefault(_key(place, line), []).append(place)
        self._members = [groups[key] for key in sorted(groups)]
        self.lines = [self._joined(places) for places in self._members]

    def _joined(self, places: Sequence[int]) -> Line:
        first = self._origins[places[0]]
        if len(places) == 1:
            return first
        quantity = sum(self._origins[place].quantity_thousandths for place in places)
        return replace(first, quantity_thousandths=quantity)

    def split(
        self, steps: Sequence[Step]
    ) -> tuple[tuple[PricedLine, ...], tuple[Step, ...], tuple[int, ...]]:
        """Return the lines as they were given, the steps with what each did to them, and the pieces taken."""
        values = [values_of(line) for line in self._origins]
        split = _Split(self._origins, self._members, values)
        columns = [[0] * len(_COLUMN) for _line in self._origins]
        back = []
        for step in steps:
            column = _COLUMN.get(step.kind)
            parts = [each for part in step.parts for each in split.parts(step.kind, part)]
            parts.sort(key=lambda each: each.line)
            back.append(replace(step, parts=tuple(parts)))
            if column is not None:
                for each in parts:
                    columns[each.line][column] += each.before_minor - each.after_minor
        priced = tuple(
            PricedLine(normal, value, hand, share, offer, basket, coupon)
            for (normal, value), (offer, hand, basket, coupon, share) in zip(values, columns, strict=True)
        )
        taken = (line.pieces - room for line, room in zip(self._origins, split.room, strict=True))
        return priced, tuple(back), tuple(taken)


class _Split:
    """Shares what was done to joined lines out over the lines that were given, step by step."""

    def __init__(
        self, origins: Sequence[Line], members: Sequence[Sequence[int]], values: Sequence[tuple[int, int]]
    ) -> None:
        self._origins = origins
        self._members = members
        self._values = values
        self._running = [normal for normal, _value in values]
        self.room = [line.pieces for line in origins]
        """The pieces of each line that no offer on goods has taken yet."""

    def parts(self, kind: StepKind, part: StepPart) -> Sequence[StepPart]:
        """Return what a step did to the lines that were joined."""
        places = self._members[part.line]
        if len(places) == 1:
            return (self._alone(kind, places[0], part),)
        off = part.before_minor - part.after_minor
        room = [self.room[place] for place in places]
        pieces = room if kind is StepKind.OFFER else [self._origins[place].pieces for place in places]
        units = share_out(part.quantity_thousandths // ONE, pieces)
        if kind in _COLUMN:
            offs = share_out(off, [self._running[place] for place in places])
        else:
            offs = [self._values[place][0] - self._values[place][1] for place in places]
        return [
            self._move(kind, place, count, minor)
            for place, count, minor in zip(places, units, offs, strict=True)
            if count or minor
        ]

    def _alone(self, kind: StepKind, place: int, part: StepPart) -> StepPart:
        """Return the part of a line that was joined with no other one: it has run as the joined one did."""
        _line, quantity, before, after = part
        if kind is StepKind.OFFER:
            self.room[place] -= 1 if self._origins[place].is_whole else quantity // ONE
        return StepPart(place, quantity, before, after)

    def _move(self, kind: StepKind, place: int, units: int, off_minor: int) -> StepPart:
        before = self._running[place]
        self._running[place] = before - off_minor
        if kind is StepKind.OFFER:
            self.room[place] -= units
        return StepPart(place, units * ONE, before, before - off_minor)


def _key(place: int, line: Line) -> tuple[object, ...]:
    """Return what decides a line's place in the order; lines with the same key are joined."""
    of_its_own = line.is_whole or line.printed_amount_minor is not None or line.discount != NO_DISCOUNT
    return (
        -line.unit_price_minor,
        line.product_id,
        -1 if line.printed_amount_minor is None else line.printed_amount_minor,
        line.normal_price_minor,
        line.discount.amount_minor,
        line.discount.rate_ppm,
        line.price_kind,
        line.categories,
        line.by_weight,
        line.quantity_thousandths if of_its_own else 0,
        line.price_reason,
        place if of_its_own else -1,
    )
