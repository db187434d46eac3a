"""Cash into the drawer or out of it, with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _
from protocol.money import parse_minor
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field

_DIRECTIONS = (("out", N_("Out of the drawer")), ("in", N_("Into the drawer")))


@dataclass(frozen=True, slots=True)
class CashMove:
    """What moves; direction is `in` or `out`."""

    direction: str
    amount_minor: int
    reason: str


class CashMoveDialog(Dialog[CashMove]):
    """Gives the movement."""

    TITLE_WORDS = N_("Cash in / out")
    KEY_WORDS = N_("↑ ↓: in or out   Enter: go on   Esc: back")
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
    ]

    def __init__(self, currency: str) -> None:
        """Ask in this currency."""
        super().__init__()
        self._currency = currency

    def body(self) -> Iterable[Widget]:
        """Direction, amount, reason."""
        directions = ChoiceList[tuple[str, str]](
            lambda row, width: [(fit(_(row[1]), width), "")], id="direction"
        )
        directions.styles.height = len(_DIRECTIONS) + 1
        yield directions
        yield Field(N_("Amount"), id="moved", max_length=14)
        yield Field(N_("Reason"), id="moved-why")

    def on_mount(self) -> None:
        """Offer."""
        self.query_one(ChoiceList).offer(_DIRECTIONS)

    def action_move(self, by: int) -> None:
        """Choose the direction."""
        self.query_one(ChoiceList).move(by)

    def accept(self) -> None:
        """Check and close."""
        amount_entry, reason = self.query_one("#moved", Entry), self.query_one("#moved-why", Entry)
        try:
            amount = parse_minor(amount_entry.value, self._currency)
        except ValueError:
            amount = 0
        if not 0 < amount <= 10**11:
            amount_entry.ask_again()
            words = _("“{text}” is no amount. Write it like 12.50.").format(text=amount_entry.value)
            self.say(words, "error", bell=True)
        elif not reason.value.strip() and amount_entry.has_focus:
            self.say("")
            self.set_focus(reason)
        elif not reason.value.strip():
            self.say(_("Write why, for the books."), "error", bell=True)
        else:
            choice = self.query_one(ChoiceList).choice
            direction = choice[0] if isinstance(choice, tuple) else "out"
            self.dismiss(CashMove(direction, amount, reason.value.strip()))
