"""The list of all commands of a screen: type to narrow it, Enter to run one."""

from collections.abc import Iterable

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import N_, _
from terminal_app.actions import Action, at_place, key_words
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Field
from terminal_app.widgets.line_board import Piece


class CommandList(Dialog[str]):
    """Gives the name of the chosen action."""

    TITLE_WORDS = N_("Menu")
    KEY_WORDS = N_("↑ ↓: choose   Enter: do it   Esc: back")
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("f11", "leave", show=False, priority=True),
    ]

    def __init__(self, places: tuple[str, ...]) -> None:
        """Offer the actions of these places."""
        super().__init__()
        self._actions = at_place(*places)

    def body(self) -> Iterable[Widget]:
        """A line to type in, and the list."""
        yield Field(N_("Part of a name"), id="command")
        yield ChoiceList[Action](self._draw, empty=lambda: _("No command is called that."), id="commands")

    def on_mount(self) -> None:
        """Show all."""
        self._narrow("")

    @on(Input.Changed)
    def narrow(self, event: Input.Changed) -> None:
        """Show what matches."""
        self._narrow(event.value)

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)

    def accept(self) -> None:
        """Take the chosen one."""
        action = self.query_one(ChoiceList).choice
        if isinstance(action, Action):
            self.dismiss(action.name)

    def _narrow(self, text: str) -> None:
        wanted = text.strip().lower()
        self.query_one(ChoiceList).offer(
            [
                action
                for action in self._actions
                if action.name != "shell.commands"
                and wanted in f"{_(action.label)} {action.label} {action.name}".lower()
            ]
        )

    def _draw(self, action: Action, width: int) -> list[Piece]:
        key = key_words(self.shell.keys.keys.get(action.name, action.key))
        return [
            (fit(key, 9), "strong"),
            (fit(_(action.label), 20), ""),
            (fit(_(action.explanation), width - 29), "quiet"),
        ]
