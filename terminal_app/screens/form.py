"""A dialog that asks for one or a few lines of text and checks them before it closes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from textual.widget import Widget

from terminal_app.place import Dialog
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.words import Words

Values = tuple[str, ...]


class Wrong(NamedTuple):
    """What will not do."""

    line: int
    """The number of the line, from 0."""
    words: str


Check = Callable[[Values], Wrong | None]
"""Returns the first line that cannot be used; it is asked at each line for those up to there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One line to type."""

    words: str
    """Its label, a message id."""
    value: str = ""
    secret: bool = False
    max_length: int = 100


class Form(Dialog[Values]):
    """Gives the values, or None after Esc."""

    def __init__(
        self,
        title: str,
        asked: Iterable[Asked],
        check: Check | None = None,
        hint: Callable[[], str] | None = None,
        trouble: Wrong | None = None,
    ) -> None:
        """Ask for each; Enter goes on, on the last it accepts. `trouble` is why it is asked again."""
        super().__init__()
        self.TITLE_WORDS = title  # type: ignore[misc]
        self._asked = tuple(asked)
        self._check = check
        self._hint = hint
        self._trouble = trouble

    def body(self) -> Iterable[Widget]:
        """The lines."""
        if self._hint is not None:
            yield Words(self._hint, classes="paragraph quiet")
        for number, asked in enumerate(self._asked):
            yield Field(
                asked.words,
                id=f"asked-{number}",
                value=asked.value,
                password=asked.secret,
                max_length=asked.max_length,
            )

    def on_mount(self) -> None:
        """Say why it is asked again."""
        if self._trouble is not None:
            self.say(self._trouble.words, "error", bell=True)
            self.call_after_refresh(self.query_one(f"#asked-{self._trouble.line}", Entry).ask_again)

    def accept(self) -> None:
        """Go to the next line, or close with the values."""
        entries = [self.query_one(f"#asked-{number}", Entry) for number in range(len(self._asked))]
        here = next((i for i, entry in enumerate(entries) if entry.has_focus), len(entries) - 1)
        values = tuple(entry.value.strip() for entry in entries)
        wrong = self._check(values) if self._check is not None else None
        if wrong is not None and wrong.line <= here:
            entries[wrong.line].ask_again()
            self.say(wrong.words, "error", bell=True)
            return
        self.say("")
        if here < len(entries) - 1:
            self.set_focus(entries[here + 1])
        else:
            self.dismiss(values)
