"""A discount: on the chosen line or on the whole sale, an amount or a percentage, with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.sales import LineView
from protocol.money import parse_minor
from protocol.quantity import parse_thousandths
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece

_PPM_PER_PERCENT_THOUSANDTH = 10


@dataclass(frozen=True, slots=True)
class Discount:
    """What was asked for; line None: the whole sale."""

    line: int | None
    amount_minor: int | None
    rate_ppm: int | None
    reason: str


def parse_discount(text: str, currency: str) -> tuple[int | None, int | None]:
    """Return amount and rate of `5`, `5.50` or `10%`; one of them is None. Raises ValueError."""
    text = text.replace("％", "%").strip()
    if text.endswith("%"):
        rate = parse_thousandths(text[:-1]) * _PPM_PER_PERCENT_THOUSANDTH
        if not 0 <= rate <= 1_000_000:
            raise ValueError(f"not between 0 and 100 %: {text!r}")
        return None, rate
    amount = parse_minor(text, currency)
    if not 0 <= amount <= 10**11:
        raise ValueError(f"not an amount to take off: {text!r}")
    return amount, None


class DiscountDialog(Dialog[Discount]):
    """Gives the discount. Zero takes an earlier one away."""

    TITLE_WORDS = N_("Discount")
    KEY_WORDS = N_("↑ ↓: line or sale   Enter: go on   Esc: back")
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
    ]

    def __init__(self, line: LineView | None, currency: str) -> None:
        """Offer the line, if there is one, and the sale."""
        super().__init__()
        self._currency = currency
        self._targets: list[tuple[int | None, str]] = [] if line is None else [(line.line, line.name)]
        self._targets.append((None, ""))

    def body(self) -> Iterable[Widget]:
        """What it is on, how much, why."""
        targets = ChoiceList[tuple[int | None, str]](self._draw, id="discount-on")
        targets.styles.height = len(self._targets) + 1
        yield targets
        yield Field(N_("Amount, or 10%"), id="discount", max_length=14)
        yield Field(N_("Reason"), id="discount-reason")

    def on_mount(self) -> None:
        """Offer."""
        self.query_one(ChoiceList).offer(self._targets)

    def action_move(self, by: int) -> None:
        """Choose."""
        self.query_one(ChoiceList).move(by)

    def accept(self) -> None:
        """Check and close."""
        much, reason = self.query_one("#discount", Entry), self.query_one("#discount-reason", Entry)
        try:
            amount, rate = parse_discount(much.value, self._currency)
        except ValueError:
            much.ask_again()
            words = _("“{text}” is no discount. Write an amount such as 5.00, or 10%.")
            self.say(words.format(text=much.value), "error", bell=True)
            return
        if not reason.value.strip() and much.has_focus:
            self.say("")
            self.set_focus(reason)
            return
        if not reason.value.strip():
            self.say(_("Write why, for the books."), "error", bell=True)
            return
        choice = self.query_one(ChoiceList).choice
        line = choice[0] if isinstance(choice, tuple) else None
        self.dismiss(Discount(line, amount, rate, reason.value.strip()))

    def _draw(self, target: tuple[int | None, str], width: int) -> list[Piece]:
        number, name = target
        words = (
            _("The whole sale")
            if number is None
            else _("Line {number}: {name}").format(number=number, name=name)
        )
        return [(fit(words, width), "")]
