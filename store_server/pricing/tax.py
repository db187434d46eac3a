"""Tax per rate on what is left of the lines after all discounts; rounded once per rate (pure).

The fifth step of calculating a sale. Of the tax of a rate each line has a part, by largest remainder, so that
a refund gives back exactly the tax of what came back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from protocol.money import Rounding, divide
from store_server.pricing.allocation import share_out

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate as it was at the sale."""

    tax: str = ""
    """Its code; empty: no tax at all, and nothing is shown of it."""
    name: str = ""
    rate_ppm: int = 0
    inclusive: bool = True
    """True: the price includes it."""


NO_TAX = Rate()


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What a sale has of one rate."""

    rate: Rate
    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        """What is paid for the goods of this rate."""
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class Taxed:
    """The tax of a basket."""

    lines: tuple[TaxLine, ...]
    """By rate, in the order of codes."""
    shares: tuple[int, ...]
    """The tax of each line that was given, in its order."""
    added_minor: int
    """What comes on top of the prices."""


def tax_in(amount_minor: int, rate: Rate) -> int:
    """Return the tax of an amount, half up: inside it, or on top of it."""
    whole = MILLION + rate.rate_ppm if rate.inclusive else MILLION
    return divide(amount_minor * rate.rate_ppm, whole, Rounding.HALF_UP)


def tax_lines(amounts: Sequence[tuple[Rate, int]]) -> Taxed:
    """Return the tax of lines given as (rate, what is paid for the line in minor units)."""
    groups: dict[Rate, list[int]] = {}
    for at, (rate, _amount) in enumerate(amounts):
        if rate.tax:
            groups.setdefault(rate, []).append(at)
    if not groups:
        return Taxed((), (0,) * len(amounts), 0)
    shares = [0] * len(amounts)
    found, added = [], 0
    for rate in sorted(groups, key=lambda each: (each.tax, each.rate_ppm, each.inclusive, each.name)):
        paid = [amounts[at][1] for at in groups[rate]]
        tax = tax_in(sum(paid), rate)
        for at, share in zip(groups[rate], share_out(tax, paid), strict=True):
            shares[at] = share
        found.append(TaxLine(rate, sum(paid) - tax if rate.inclusive else sum(paid), tax))
        added += 0 if rate.inclusive else tax
    return Taxed(tuple(found), tuple(shares), added)


def tax_sums(parts: Sequence[tuple[Rate, int, int]]) -> tuple[TaxLine, ...]:
    """Return the tax by rate of (rate, what was paid with all tax, the tax in it); rounds nothing anew."""
    gross: dict[Rate, int] = {}
    taxes: dict[Rate, int] = {}
    for rate, paid, tax in parts:
        if rate.tax:
            gross[rate] = gross.get(rate, 0) + paid
            taxes[rate] = taxes.get(rate, 0) + tax
    order = sorted(gross, key=lambda each: (each.tax, each.rate_ppm, each.inclusive, each.name))
    return tuple(TaxLine(rate, gross[rate] - taxes[rate], taxes[rate]) for rate in order)
