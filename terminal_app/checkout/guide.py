"""What to do next, in words: in the empty basket always, step by step in a demonstration shop."""

from collections.abc import Callable

from protocol.language import _
from protocol.money import MINOR_DIGITS
from terminal_app.actions import ACTIONS, key_words
from terminal_app.checkout.till import Till
from terminal_app.widgets.cells import fit
from terminal_app.widgets.panel import Line, Panel

_NOTES = (5, 10, 20, 50, 100, 200, 500)
"""What a customer of the demonstration shop may hold out, in whole units of money."""


class Guide:
    """Knows the till and the keys as this shop has them."""

    def __init__(self, till: Till, keymap: Callable[[], dict[str, str]]) -> None:
        """Look at both when asked."""
        self._till = till
        self._keymap = keymap

    def key(self, action: str) -> str:
        """Return the key of an action as it stands on the keyboard."""
        return key_words(self._keymap().get(action, ACTIONS[action].key))

    def invitation(self) -> tuple[str, str]:
        """Return what the empty basket says: what to do, and a quieter line below it."""
        till = self._till
        if not till.shift_known:
            return _("One moment…"), ""
        if till.shift.shift is None:
            return (
                _("No shift is open: press {key} to open it").format(key=self.key("checkout.shift")),
                _("Count what lies in the drawer; then the first item can be sold."),
            )
        return (
            _("Scan the first item"),
            _("or type its code and press Enter, or search by name ({key})").format(
                key=self.key("checkout.search")
            ),
        )

    def step(self) -> tuple[int, str]:
        """Return the number and the words of the present step of a first sale."""
        till = self._till
        if till.basket is not None and till.basket.lines:
            give, cash = _held_out(till.basket.cash_due_minor, till.currency), self.key("checkout.cash")
            return 3, _("Take the money: type {amount} and press {key}").format(amount=give, key=cash)
        if till.done is not None:
            words = _("Sold. The receipt lies on the bench ({bench}). {help} shows all keys")
            return 4, words.format(bench=self.key("lane.bench"), help=self.key("shell.help"))
        if till.shift.shift is None:
            words = _("Open the shift: {key}, then F10 (the drawer may be empty)")
            return 1, words.format(key=self.key("checkout.shift"))
        words = _("{key} opens the bench; there F2 scans something, Esc comes back")
        return 2, words.format(key=self.key("lane.bench"))


class GuideLine(Panel):
    """The present step in one line, in a demonstration shop alone."""

    DEFAULT_CSS = "GuideLine { height: 1; background: $surface; }"

    def __init__(self, guide: Guide) -> None:
        """Show the guide's step."""
        super().__init__(id="guide")
        self._guide = guide

    def build(self, width: int, height: int) -> list[Line]:
        """Number and words."""
        number, words = self._guide.step()
        head = " " + _("First sale {number}/4").format(number=number) + " ▸ "
        return [((head, "warning"), (fit(words, width), "strong"))]


def _held_out(due_minor: int, currency: str) -> int:
    """Return a round amount that covers what is due, in whole units of money."""
    unit = 10 ** MINOR_DIGITS.get(currency, 2)
    due = max(1, -(-due_minor // unit))
    return next((note for note in _NOTES if note >= due), -(-due // 100) * 100)
