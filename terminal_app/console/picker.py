"""A dialog to pick one of many, narrowed by typing."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from protocol.language import N_, _
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words


class Picker(ModalScreen[str | None]):
    """Type to narrow, arrows to move, Enter to take, Esc to leave."""

    HELP = N_("↑ ↓ move   Enter take   Esc leave")
    DEFAULT_CSS = """
    Picker { align: center middle; background: $background 60%; }
    Picker > Vertical {
        width: 64; max-width: 95%; height: 20; max-height: 95%;
        border: round $primary; background: $background; padding: 0 1;
    }
    Picker Input { background: $surface; }
    Picker .help { height: 1; color: $quiet; }
    """
    PLACEHOLDER = N_("Type to narrow the list")
    COLUMNS: ClassVar[Sequence[Column]] = (Column(""),)
    BINDINGS = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("enter", "take", show=False, priority=True),
    ]

    def __init__(self, choices: Sequence[tuple[str, str]], present: str = "") -> None:
        """`choices`: value and words."""
        super().__init__()
        self._choices = tuple(choices)
        self._present = present

    def compose(self) -> ComposeResult:
        """What is typed, and what fits it."""
        with Vertical():
            yield self.entry()
            table = Table(self.COLUMNS, empty=N_("Nothing fits what is typed."))
            table.can_focus = False
            yield table
            yield Words(self.HELP, classes="help")

    def on_mount(self) -> None:
        """Begin at the present choice."""
        self._show("")
        self.query_one(Table).go_to(self._present)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        self._show(event.value)

    def _show(self, text: str) -> None:
        wanted = text.casefold().split()
        fitting = [
            TableRow(value, (self.mark(value) + (words or "–"),))
            for value, words in self._choices
            if all(part in words.casefold() for part in wanted)
        ]
        self.query_one(Table).show(fitting)

    def entry(self) -> Input:
        """Return the line to type in."""
        return Input(placeholder=_(self.PLACEHOLDER), compact=True)

    def mark(self, value: str) -> str:
        """Return what stands before a choice."""
        return ""

    def action_move(self, by: int) -> None:
        """Move in the list while the cursor stays in the text."""
        self.query_one(Table).action_move(by)

    def action_take(self) -> None:
        """Take the row."""
        row = self.query_one(Table).current
        if row is not None:
            self.dismiss(row.key)


class _WithoutSpace(Input):
    """A line that leaves the space bar to the list."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Return whether a key is typed into the line."""
        return key != "space" and super().check_consume_key(key, character)


class SeveralPicker(Picker):
    """Space chooses a row or drops it, Enter takes all that are chosen."""

    HELP = N_("↑ ↓ move   Space choose or drop   Enter take   Esc leave")
    BINDINGS = [Binding("space", "flip", show=False, priority=True)]

    def __init__(self, choices: Sequence[tuple[str, str]], present: str = "") -> None:
        """`present`: the values chosen so far, with line breaks between."""
        super().__init__(choices)
        self._chosen = {value for value in present.split("\n") if value}
        self._flipped = False

    def entry(self) -> Input:
        """Return the line to type in."""
        return _WithoutSpace(placeholder=_(self.PLACEHOLDER), compact=True)

    def mark(self, value: str) -> str:
        """Return a box with or without a cross."""
        return "[x] " if value in self._chosen else "[ ] "

    def action_flip(self) -> None:
        """Choose the row, or drop it."""
        row = self.query_one(Table).current
        if row is not None:
            self._flipped = True
            self._chosen ^= {row.key}
            self._show(self.query_one(Input).value)

    def action_take(self) -> None:
        """Take all that are chosen; who never pressed Space and has none means the row under the cursor."""
        row = self.query_one(Table).current
        if not self._chosen and not self._flipped and row is not None:
            self._chosen = {row.key}
        self.dismiss("\n".join(value for value, _words in self._choices if value in self._chosen))
