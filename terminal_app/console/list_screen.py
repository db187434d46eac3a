"""A screen with a list: Enter changes a row, one key adds one, one removes one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from textual.screen import Screen
from textual.widget import Widget

from protocol.messages.base import Answer
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.table import Column, Table, TableRow


class ListScreen(SubPage[None]):
    """A subclass gives its columns, loads rows, and opens dialogs."""

    PLACES: ClassVar[tuple[str, ...]] = ("shell", "rows")
    AUTO_FOCUS = "Table"
    COLUMNS: Sequence[Column] = ()
    EMPTY = ""
    BINDINGS = [*bindings_for("rows")]

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Table(self.COLUMNS, empty=self.EMPTY)

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def edit(self, row: TableRow | None) -> None:
        """Open the dialog for a row, or for a new one."""
        raise NotImplementedError

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Change the row."""
        self.edit(event.row)

    def do_new(self) -> None:
        """Add one."""
        self.edit(None)

    def then_reload(self, dialog: Screen[Answer], say: Callable[[Any], str]) -> None:
        """Show the dialog; after a save say so and ask anew."""

        def done(answer: Answer | None) -> None:
            if answer is not None:
                self.say(say(answer), "good")
                self.do_reload()

        self.app.push_screen(dialog, done)
