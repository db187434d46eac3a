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

    def split(self, steps: Sequence[Step]) -> tuple[tuple[PricedLine, ...], tuple[Step, ...]]:
        """Return the lines as they were given, and the steps with what each did to them."""
        values = [values_of(line) for line in self._origins]
        running = [normal for normal, _value in values]
        columns = [[0] * len(_COLUMN) for _line in self._origins]
        back = []
        for step in steps:
            parts: list[StepPart] = []
            for part in step.parts:
                parts.extend(self._split_part(part, running, values, is_price=step.kind not in _COLUMN))
            column = _COLUMN.get(step.kind)
            for each in parts:
                running[each.line] = each.after_minor
                if column is not None:
                    columns[each.line][column] += each.before_minor - each.after_minor
            parts.sort(key=lambda each: each.line)
            back.append(replace(step, parts=tuple(parts)))
        priced = tuple(
            PricedLine(normal, value, hand, share, offer, basket, coupon)
            for (normal, value), (offer, hand, basket, coupon, share) in zip(values, columns, strict=True)
        )
        return priced, tuple(back)

    def _split_part(
        self, part: StepPart, running: list[int], values: Sequence[tuple[int, int]], *, is_price: bool
    ) -> list[StepPart]:
        places = self._members[part.line]
        off = part.before_minor - part.after_minor
        if len(places) == 1:
            before = running[places[0]]
            return [StepPart(places[0], part.quantity_thousandths, before, before - off)]
        pieces = [self._origins[place].pieces for place in places]
        taken = share_out(part.quantity_thousandths // ONE, pieces)
        if is_price:
            offs = [values[place][0] - values[place][1] for place in places]
        else:
            offs = share_out(off, [running[place] for place in places])
        return [
            StepPart(place, units * ONE, running[place], running[place] - minor)
            for place, units, minor in zip(places, taken, offs, strict=True)
            if units or minor
        ]

    def split_pieces(self, pieces: Sequence[int]) -> tuple[int, ...]:
        """Return pieces of the joined lines as pieces of the lines that were given."""
        back = [0] * len(self._origins)
        for places, count in zip(self._members, pieces, strict=True):
            shares = share_out(count, [self._origins[place].pieces for place in places])
            for place, share in zip(places, shares, strict=True):
                back[place] = share
        return tuple(back)


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
