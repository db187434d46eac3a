"""A line to type in, with its words before it."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from terminal_app.widgets.words import Words


class Entry(Input):
    """A one-line input that lies still: no blinking, so that an idle terminal writes nothing."""

    DEFAULT_CSS = """
    Entry { height: 1; border: none; padding: 0 1; background: $panel; }
    Entry:focus { border: none; background: $picked; }
    """

    def __init__(
        self,
        value: str = "",
        *,
        password: bool = False,
        max_length: int = 100,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Hold `value`; a password shows dots."""
        super().__init__(
            value, password=password, max_length=max_length, id=id, compact=True, select_on_focus=False
        )
        self.cursor_blink = False

    def ask_again(self) -> None:
        """Take the focus with everything chosen: what is typed next replaces what will not do."""
        self.screen.set_focus(self)
        self.select_all()


class Field(Horizontal):
    """Words and an entry side by side. The entry has the id that is given."""

    DEFAULT_CSS = """
    Field { height: 1; margin-bottom: 1; }
    Field Words { width: 22; color: $quiet; }
    Field Entry { width: 1fr; }
    """

    def __init__(
        self,
        words: str | Callable[[], str],
        *,
        id: str,  # noqa: A002
        value: str = "",
        password: bool = False,
        max_length: int = 100,
    ) -> None:
        """Label an entry that gets the id."""
        super().__init__()
        self._words = words
        self._entry = Entry(value, password=password, max_length=max_length, id=id)

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield Words(self._words)
        yield self._entry

    @property
    def value(self) -> str:
        """What was typed, without spaces around it."""
        return self._entry.value.strip()
