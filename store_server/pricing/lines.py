"""A sale as the pricing rules see it: lines that go in, lines and steps that come out; frozen values."""

from dataclasses import dataclass, field
from typing import NamedTuple

from protocol.identifiers import CouponBatchId, OfferId
from protocol.messages.offers import NearlyReason, StepKind
from protocol.money import Rounding, divide
from protocol.quantity import ONE

MILLION = 1_000_000
OVERRIDE = "override"
QUOTATION = "quotation"
"""The kind of a unit price that was quoted for goods that are sold together."""


@dataclass(frozen=True, slots=True)
class Discount:
    """A discount by hand: an amount in minor units, or a rate in parts per million."""

    amount_minor: int = 0
    rate_ppm: int = 0
    reason: str = field(default="", compare=False)
    """Why, for the explanation alone."""

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
    product_id: int = 0
    categories: tuple[int, ...] = ()
    """The product's category, the one above it, and so on to the top."""
    by_weight: bool = False
    price_kind: str = ""
    """Why the unit price is not the selling price: `promotion`, `tier`, `override`, `quotation`."""
    price_reason: str = field(default="", compare=False)
    """The reason of an override or the number of a quotation, for the explanation alone."""

    @property
    def is_whole(self) -> bool:
        """True: it is one unit that no offer splits, because it was weighed or cut."""
        return self.by_weight or self.quantity_thousandths % ONE != 0

    @property
    def takes_offers(self) -> bool:
        """False: its price was decided by a person or printed on it, so no offer on goods changes it."""
        return self.price_kind not in (OVERRIDE, QUOTATION) and self.printed_amount_minor is None

    @property
    def is_quoted(self) -> bool:
        """True: neither offers nor coupons know of it, nor does it help to reach what they ask for."""
        return self.price_kind == QUOTATION

    @property
    def pieces(self) -> int:
        """How many pieces it counts as."""
        return 1 if self.is_whole else self.quantity_thousandths // ONE


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What a line costs."""

    normal_minor: int
    """Its value at the normal price."""
    value_minor: int
    """Its value at the price charged, before offers and discounts."""
    discount_minor: int
    """What was taken off the line by hand."""
    share_minor: int
    """Its share of the discount by hand on the sale."""
    offer_minor: int = 0
    """What offers on goods took off it."""
    basket_minor: int = 0
    """Its shares of the offers on what was spent."""
    coupon_minor: int = 0
    """Its shares of the coupons."""

    @property
    def amount_minor(self) -> int:
        """What is paid for the line; never below zero."""
        return (
            self.value_minor
            - self.discount_minor
            - self.share_minor
            - self.offer_minor
            - self.basket_minor
            - self.coupon_minor
        )


class StepPart(NamedTuple):
    """What a step did to a line."""

    line: int
    """The line's place in the sale, from 0."""
    quantity_thousandths: int
    """How much of it took part."""
    before_minor: int
    after_minor: int


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that worked, in the order in which the rules work; kept with a finished sale."""

    kind: StepKind
    parts: tuple[StepPart, ...] = ()
    """By line."""
    offer_id: OfferId | None = None
    version: int = 0
    name: str = ""
    reference: str = ""
    """The code of a coupon; the reason of what was decided by hand."""
    times: int = 1
    points: int = 0
    """Above zero: given on top; below zero: paid with the money."""
    points_multiplier_ppm: int = 0
    coupon_batch_id: CouponBatchId | None = None
    """`times` coupons of this batch are issued when the sale is finished."""

    @property
    def saved_minor(self) -> int:
        """What it took off all lines together; below zero for a price by hand above the list's."""
        return sum(part.before_minor - part.after_minor for part in self.parts)


@dataclass(frozen=True, slots=True)
class CouponResult:
    """What became of a coupon that was shown."""

    code: str
    saved_minor: int = 0
    problem: NearlyReason | None = None
    """Why it gives nothing; None: it was used."""
    missing_minor: int = 0
    missing_pieces: int = 0


@dataclass(frozen=True, slots=True)
class PricedSale:
    """What a basket costs, and why."""

    lines: tuple[PricedLine, ...] = field(default=())
    steps: tuple[Step, ...] = field(default=())
    """What worked, in order; the steps of a line add up to its normal value less its amount."""
    taken: tuple[int, ...] = field(default=())
    """How many pieces of each line offers on goods have taken."""
    coupons: tuple[CouponResult, ...] = field(default=())
    """What became of each coupon, in the order in which they were given."""

    @property
    def gross_minor(self) -> int:
        """The sum at normal prices."""
        return sum(line.normal_minor for line in self.lines)

    @property
    def sale_discount_minor(self) -> int:
        """The discount by hand on the sale as a whole."""
        return sum(line.share_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        """What is to be paid."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def points_spent(self) -> int:
        """The points that go with the money."""
        return -sum(step.points for step in self.steps if step.points < 0)

    @property
    def offer_steps(self) -> tuple[Step, ...]:
        """The offers that worked: for their limits, with `times` and `saved_minor`, and what they promise."""
        kinds = (StepKind.OFFER, StepKind.BASKET_OFFER)
        return tuple(step for step in self.steps if step.kind in kinds)


def value_of(quantity_thousandths: int, unit_price_minor: int) -> int:
    """Return quantity × price in minor units, half up: 0.455 kg at 19.90 is 9.05."""
    pieces, rest = divmod(quantity_thousandths, ONE)
    if not rest:
        return pieces * unit_price_minor
    return divide(quantity_thousandths * unit_price_minor, ONE, Rounding.HALF_UP)


def values_of(line: Line) -> tuple[int, int]:
    """Return a line's value at the normal price and at the price charged."""
    if line.printed_amount_minor is not None:
        return line.printed_amount_minor, line.printed_amount_minor
    value = value_of(line.quantity_thousandths, line.unit_price_minor)
    if line.normal_price_minor == line.unit_price_minor:
        return value, value
    return value_of(line.quantity_thousandths, line.normal_price_minor), value


def quantity_for(amount_minor: int, unit_price_minor: int) -> int:
    """Return the weight in thousandths that a printed amount stands for: to the nearest one, at least one."""
    return max(divide(amount_minor * ONE, unit_price_minor, Rounding.HALF_UP), 1)


def part_of(amount_minor: int, share_ppm: int) -> int:
    """Return a share of an amount, half up: what is paid of a price, or taken off a sum."""
    return (amount_minor * share_ppm * 2 + MILLION) // (2 * MILLION)
