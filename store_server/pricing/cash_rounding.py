"""Cash rounding (抹零): what coins make of the part of a sale that cash pays (pure).

The last step of calculating a sale. It applies to the cash part alone and is its own signed amount, so cards
and points always pay to the cent.
"""

from dataclasses import dataclass

from protocol.money import Rounding, divide

NONE = "none"


@dataclass(frozen=True, slots=True)
class CashRounding:
    """To which step, and how, as it was when the sale began."""

    step_minor: int = 1
    """1: nothing is rounded."""
    mode: Rounding = Rounding.DOWN

    def of(self, amount_minor: int) -> int:
        """Return what cash pays for an amount of zero or more."""
        if self.step_minor <= 1:
            return amount_minor
        return divide(amount_minor, self.step_minor, self.mode) * self.step_minor


NO_ROUNDING = CashRounding()


@dataclass(frozen=True, slots=True)
class CashPart:
    """What cash has to do with a basket."""

    rounding_minor: int
    """Signed; 0 as long as cash does not pay the rest."""
    due_minor: int
    """Still to be paid when cash pays all of the rest."""


def cash_part(rest_minor: int, handed_minor: int, rounding: CashRounding) -> CashPart:
    """Return the rounding of what other tenders leave over, when so much cash was handed over.

    There is one as soon as the cash covers the rounded amount. Where it is rounded up, exact cash pays too:
    no sale is ever stuck at a cent.
    """
    if rest_minor <= 0:
        return CashPart(0, 0)
    rounded = rounding.of(rest_minor)
    if not handed_minor:
        return CashPart(0, rounded)
    if handed_minor >= rounded:
        return CashPart(rounded - rest_minor, 0)
    return CashPart(0, max(min(rounded, rest_minor) - handed_minor, 0))


def paid_out_rounding(sale: CashRounding, smallest_coin_minor: int) -> CashRounding:
    """Return how a part of a sale's cash is rounded when it goes back: to the nearest coin.

    Rounding to the nearest means that the shop has no smaller coins. Rounding always down is a courtesy that
    must not take anything from one who brings back a part; coins alone count then.
    """
    if sale.step_minor <= 1:
        return NO_ROUNDING
    nearest = sale.mode in (Rounding.HALF_UP, Rounding.HALF_DOWN, Rounding.HALF_EVEN)
    step = sale.step_minor if nearest else min(sale.step_minor, smallest_coin_minor)
    return CashRounding(step, Rounding.HALF_UP)
