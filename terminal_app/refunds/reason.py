"""Why goods come back: one of the usual reasons, or in words; for one line or for all."""

from collections.abc import Iterable
from typing import NamedTuple

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _
from terminal_app.place import Dialog
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.words import Words

SPOILED = (N_("faulty or spoiled"), N_("past its date"))
"""For these goods go to the bin, unless the cashier says otherwise."""
USUAL = (
    *SPOILED,
    N_("wrong goods or size"),
    N_("rung up by mistake"),
    N_("the customer changed their mind"),
)
_LONGEST = 100


class Given(NamedTuple):
    """A reason."""

    reason: str
    for_all: bool
    spoiled: bool
    """True: nobody should buy it again."""


class ReasonDialog(Dialog[Given]):
    """Gives the reason, or None after Esc. What is typed goes before what is chosen."""

    TITLE_WORDS = N_("Why it comes back")
    KEY_WORDS = N_("↑ ↓: choose   Enter: for this line   F10: for all lines   Esc: back")
    CSS_PATH = "reason.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("f10", "for_all", show=False, priority=True),
    ]

    def __init__(self, name: str, reason: str) -> None:
        """Ask about these goods."""
        super().__init__()
        self._goods_name = name
        self._reason = reason

    def body(self) -> Iterable[Widget]:
        """The goods, a line to type in, the usual reasons."""
        yield Words(lambda: self._goods_name, classes="paragraph quiet")
        yield Field(N_("In words"), id="reason", value=self._reason, max_length=_LONGEST)
        yield ChoiceList[str](self._draw, id="reasons")

    def on_mount(self) -> None:
        """Offer the usual ones."""
        self.query_one(ChoiceList).offer(USUAL)
        self.query_one("#reason", Entry).ask_again()

    def action_move(self, by: int) -> None:
        """Choose another one; it takes the place of what was typed."""
        self.query_one("#reason", Entry).value = ""
        self.query_one(ChoiceList).move(by)

    def accept(self) -> None:
        """For the chosen line."""
        self._give(for_all=False)

    def action_for_all(self) -> None:
        """F10: for every line."""
        self._give(for_all=True)

    def _give(self, *, for_all: bool) -> None:
        typed, chosen = self.query_one("#reason", Entry).value.strip(), self.query_one(ChoiceList).choice
        usual = chosen if isinstance(chosen, str) and not typed else ""
        self.dismiss(Given(typed or (_(usual) if usual else ""), for_all, usual in SPOILED))

    @staticmethod
    def _draw(reason: str, _width: int) -> list[Piece]:
        return [(_(reason), "")]
