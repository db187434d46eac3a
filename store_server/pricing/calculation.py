"""What a basket costs: pure rules, in one documented order.

The order in which a sale is calculated; a step that the shop does not have yet has no function:

1. Unit price: the promotional price if one is active, else the selling price (the catalogue's
   `price_now`); a price that the cashier was allowed to set takes its place. Weight × price is rounded once
   per line, half up. A price printed in an in-store barcode is the line's value as it is.
2. Line offers.
3. Discounts by hand: first on the line, then on the sale (`_line_discount`, `_sale_discount`), each on
   what is left. A fixed amount never exceeds it.
4. The sale's discount is shared out over the lines by largest remainder, never below zero on a line, and
   stays on the line, so that a refund gives back what was paid (`share_out`).
5. Tax per rate on what is left.
6. Tenders; cash rounding on the cash part alone.

Any change calculates everything again from the first step, so the order of scanning cannot matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from protocol.money import Rounding, divide
from protocol.quantity import ONE
from store_server.pricing.allocation import share_out

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount by hand: an amount in minor units, or a rate in parts per million."""

    amount_minor: int = 0
    rate_ppm: int = 0

    def on(self, value_minor: int) -> int:
        """Return what is taken off the value: half up, never more than the value."""
        if not (self.rate_ppm or self.amount_minor):
            return 0
        off = divide(value_minor * self.rate_ppm, MILLION, Rounding.HALF_UP) + self.amount_minor
        return min(off, value_minor)


NO_DISCOUNT = Discount()


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was scanned, and what was decided about it."""

    quantity_thousandths: int
    normal_price_minor: int
    """The unit price by the price list."""
    unit_price_minor: int
    """The unit price that is charged."""
    printed_amount_minor: int | None = None
    """The amount that an in-store barcode carries; it is the value, whatever quantity × price gives."""
    discount: Discount = NO_DISCOUNT


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What a line costs."""

    normal_minor: int
    """Its value at the normal price."""
    value_minor: int
    """Its value at the price charged, before discounts."""
    discount_minor: int
    """What was taken off the line itself."""
    share_minor: int
    """Its share of the sale's discount."""

    @property
    def amount_minor(self) -> int:
        """What is paid for the line; never below zero."""
        return self.value_minor - self.discount_minor - self.share_minor


@dataclass(frozen=True, slots=True)
class PricedSale:
    """What a basket costs."""

    lines: tuple[PricedLine, ...] = field(default=())

    @property
    def gross_minor(self) -> int:
        """The sum at normal prices."""
        return sum(line.normal_minor for line in self.lines)

    @property
    def sale_discount_minor(self) -> int:
        """The discount on the sale as a whole."""
        return sum(line.share_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """What is to be paid."""
        return sum(line.amount_minor for line in self.lines)


def value_of(quantity_thousandths: int, unit_price_minor: int) -> int:
    """Return quantity × price in minor units, half up: 0.455 kg at 19.90 is 9.05."""
    pieces, rest = divmod(quantity_thousandths, ONE)
    if not rest:
        return pieces * unit_price_minor
    return divide(quantity_thousandths * unit_price_minor, ONE, Rounding.HALF_UP)


def quantity_for(amount_minor: int, unit_price_minor: int) -> int:
    """Return the weight in thousandths that a printed amount stands for: to the nearest one, at least one."""
    return max(divide(amount_minor * ONE, unit_price_minor, Rounding.HALF_UP), 1)


def _line_discount(line: Line) -> PricedLine:
    printed = line.printed_amount_minor
    if printed is not None:
        return PricedLine(printed, printed, line.discount.on(printed), 0)
    value = value_of(line.quantity_thousandths, line.unit_price_minor)
    normal = value
    if line.normal_price_minor != line.unit_price_minor:
        normal = value_of(line.quantity_thousandths, line.normal_price_minor)
    return PricedLine(normal, value, line.discount.on(value), 0)


def _sale_discount(lines: Sequence[PricedLine], discount: Discount) -> tuple[PricedLine, ...]:
    left = [line.amount_minor for line in lines]
    shares = share_out(discount.on(sum(left)), left)
    return tuple(
        PricedLine(line.normal_minor, line.value_minor, line.discount_minor, share)
        for line, share in zip(lines, shares, strict=True)
    )


def price_sale(lines: Sequence[Line], discount: Discount = NO_DISCOUNT) -> PricedSale:
    """Return what the lines cost, calculated from the first step."""
    priced = [_line_discount(line) for line in lines]
    if discount == NO_DISCOUNT:
        return PricedSale(tuple(priced))
    return PricedSale(_sale_discount(priced, discount))
