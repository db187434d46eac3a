"""The refunds that were made of one receipt, to print the slip of one again."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_
from terminal_app.place import Dialog
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.line_board import Piece


class PickSlip(Dialog[str]):
    """Gives the number of the chosen slip; the latest is chosen at first."""

    TITLE_WORDS = N_("Slip again")
    KEY_WORDS = N_("↑ ↓: choose   Enter: print it   Esc: back")
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
    ]

    def __init__(self, numbers: tuple[str, ...]) -> None:
        """Offer these."""
        super().__init__()
        self._numbers = numbers

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield ChoiceList[str](_draw)

    def on_mount(self) -> None:
        """Choose the latest."""
        self.query_one(ChoiceList).offer(self._numbers, len(self._numbers) - 1)

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)

    def accept(self) -> None:
        """Take the chosen one."""
        choice = self.query_one(ChoiceList).choice
        self.dismiss(choice if isinstance(choice, str) else None)


def _draw(number: str, _width: int) -> list[Piece]:
    return [(number, "")]
