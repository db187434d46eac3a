"""Cash for points: how many, and what the shop's rate makes of them."""

from collections.abc import Awaitable, Callable, Iterable

from textual import on
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.points import PointsPaidOut, PointsRuleKind, PointsRuleView
from protocol.money import format_minor
from terminal_app.place import Dialog
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.words import Words

_MOST = 10**9

PayOut = Callable[[int], Awaitable[PointsPaidOut | Refused]]


def rates_for(rules: Iterable[PointsRuleView], tier: int) -> tuple[PointsRuleView, ...]:
    """Return the rates that may apply to a tier: its own, else those for all. The store decides."""
    there = [
        rule
        for rule in rules
        if rule.kind is PointsRuleKind.CASH_OUT and rule.active and rule.points and rule.per_minor
    ]
    own = tuple(rule for rule in there if rule.tier == tier)
    return own or tuple(rule for rule in there if rule.tier is None)


class CashOutDialog(Dialog[PointsPaidOut]):
    """Gives what was paid out; stays open with what was typed where the store says no."""

    TITLE_WORDS = N_("Cash for points")
    KEY_WORDS = N_("Enter: pay it out of the drawer   Esc: back")

    def __init__(
        self, name: str, balance: int, rates: tuple[PointsRuleView, ...], currency: str, pay: PayOut
    ) -> None:
        """Offer the member's points at these rates."""
        super().__init__()
        self._name = name
        self._balance = balance
        self._rates = rates
        self._currency = currency
        self._pay = pay

    def body(self) -> Iterable[Widget]:
        """Whose points, the rate, how many."""
        yield Words(self._whose)
        yield Words(self._rate_words, classes="paragraph quiet")
        yield Field(N_("Points"), id="paid-points", max_length=11)
        yield Words(self._worth_words, id="paid-worth")

    @on(Input.Changed, "#paid-points")
    def points_typed(self) -> None:
        """Reckon again."""
        self.query_one("#paid-worth").refresh()

    async def accept(self) -> None:
        """Pay."""
        entry, points = self.query_one("#paid-points", Entry), self._points()
        if points is None:
            entry.ask_again()
            words = _("“{text}” is no number of points. Write it like 500.").format(text=entry.value)
            self.say(words, "error", bell=True)
            return
        self.say(_("One moment…"))
        answer = await self._pay(points)
        if isinstance(answer, Refused):
            entry.ask_again()
            self.say(answer.explanation, "error", bell=True)
        else:
            self.dismiss(answer)

    def _points(self) -> int | None:
        text = self.query_one("#paid-points", Entry).value.strip().replace(",", "").replace("，", "")
        return int(text) if text.isdecimal() and 1 <= int(text) <= _MOST else None

    def _money(self, amount_minor: int) -> str:
        return format_minor(amount_minor, self._currency, symbol=True, grouped=True)

    def _whose(self) -> str:
        return _("{name} has {points} points.").format(name=self._name, points=f"{self._balance:,}")

    def _rate_words(self) -> str:
        text = _("{points} points are {amount} in cash.")
        rates = [text.format(points=f"{r.points:,}", amount=self._money(r.per_minor)) for r in self._rates]
        return " ".join(rates) or _("No rule pays points out in cash here.")

    def _worth_words(self) -> str:
        points = self._points()
        if points is None or len(self._rates) != 1:
            return " "
        rate = self._rates[0]
        amount = self._money(points * rate.per_minor // rate.points)
        return _("{points} points: {amount} out of the drawer").format(points=f"{points:,}", amount=amount)
