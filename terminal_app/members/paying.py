"""Paying with points: what the balance pays, what an amount takes, and how much points can pay at most."""

from collections.abc import Sequence
from dataclasses import dataclass

from protocol.language import _
from protocol.messages.profiles import MemberPanel
from protocol.messages.sales import BasketView, TenderView
from protocol.money import format_minor
from terminal_app.members.panel import points_words

POINTS = "points"
"""The code of the tender. Its reference says how many points a payment takes."""


@dataclass(frozen=True, slots=True)
class Purse:
    """The points of the member beside the sale, less what this sale has taken of them already."""

    points: int
    """What is left."""
    rate_points: int
    """So many points pay `rate_minor`."""
    rate_minor: int
    currency: str

    @property
    def worth_minor(self) -> int:
        """What the points pay, rounded down as the store does."""
        return max(0, self.points) * self.rate_minor // self.rate_points

    def taken_by(self, amount_minor: int) -> int:
        """Return how many points pay an amount, rounded up as the store does."""
        return -(-amount_minor * self.rate_points // self.rate_minor)

    def most(self, due_minor: int) -> int:
        """Return what the points can pay of what is due."""
        return min(due_minor, self.worth_minor)

    def money(self, amount_minor: int) -> str:
        """Return an amount with its sign."""
        return format_minor(amount_minor, self.currency, symbol=True)


def purse_of(basket: BasketView | None, panel: MemberPanel | None) -> Purse | None:
    """Return what can be paid with points; None: nobody is there, or points pay nothing in this shop."""
    if basket is None or panel is None or not panel.points_rate_points or not panel.points_rate_minor:
        return None
    left = panel.points - _taken(basket.tenders)
    return Purse(left, panel.points_rate_points, panel.points_rate_minor, basket.currency)


def _taken(tenders: Sequence[TenderView]) -> int:
    mine = [tender.reference for tender in tenders if tender.tender == POINTS]
    return sum(int(reference) for reference in mine if reference.isdigit())


def kind_words(purse: Purse | None) -> str:
    """Return what stands behind the way to pay in its list."""
    if purse is None:
        return ""
    return f"{purse.points:,} = {purse.money(purse.worth_minor)}"


def amount_words(basket: BasketView | None, purse: Purse | None, amount_minor: int | None) -> str:
    """Return what the typed amount takes; with nothing typed, what points can pay of what is due."""
    if basket is None or basket.member_id is None:
        return _("Points: no member is beside the sale.")
    if purse is None:
        return _("Points: nothing can be paid with them here.")
    typed = amount_minor is not None
    amount = amount_minor if amount_minor is not None else purse.most(basket.due_minor)
    takes = purse.taken_by(amount)
    text = (
        _("{money} takes {points}; {left} are left.")
        if typed
        else _("Empty: {money} for {points}; {left} are left.")
    )
    if takes > purse.points:
        text = _("{money} takes {points}; only {there} are there.")
    return text.format(
        money=purse.money(amount),
        points=points_words(takes),
        left=f"{purse.points - takes:,}",
        there=f"{purse.points:,}",
    )
