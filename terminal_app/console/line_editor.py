"""Rows of fields side by side that grow as they are filled: barcodes with packs, patterns with notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from terminal_app.console.fields import FieldChanged, TextField
from terminal_app.widgets.words import Words


@dataclass(frozen=True, slots=True)
class LineColumn:
    """A column; heading and hint are English texts."""

    heading: str
    width: int
    start: str = ""
    """What stands in it in a new line."""


class LineRow(Vertical):
    """One line with its sentence below."""

    DEFAULT_CSS = """
    LineRow { height: auto; }
    LineRow > Horizontal { height: 1; }
    LineRow TextField { margin: 0 1 0 0; }
    LineRow .sentence { display: none; height: auto; color: $warning; }
    LineRow.warned .sentence { display: block; }
    LineRow.wrong .sentence { display: block; color: $error; }
    """

    def __init__(self, columns: Sequence[LineColumn], texts: Sequence[str]) -> None:
        """Show the texts."""
        super().__init__()
        self.sentence = ""
        self.fields: list[TextField] = []
        for column, text in zip(columns, texts, strict=True):
            field = TextField()
            field.text = text
            field.styles.width = column.width
            self.fields.append(field)

    def compose(self) -> ComposeResult:
        """Fields side by side, the sentence below."""
        yield Horizontal(*self.fields)
        yield Words(lambda: self.sentence, classes="sentence")

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands in the fields."""
        return tuple(field.text.strip() for field in self.fields)

    def say(self, sentence: str, *, wrong: bool = False) -> None:
        """Show a warning or a mistake; empty: none."""
        self.sentence = (("✗ " if wrong else "! ") + sentence) if sentence else ""
        self.set_class(bool(sentence) and not wrong, "warned")
        self.set_class(bool(sentence) and wrong, "wrong")
        self.query_one(".sentence").refresh(layout=True)


class LineEditor(Vertical):
    """The lines; the last one is always empty. A line is removed by emptying its first field."""

    DEFAULT_CSS = """
    LineEditor { height: auto; }
    LineEditor .line-headings { height: 1; color: $quiet; }
    """

    def __init__(
        self, columns: Sequence[LineColumn], warning: Callable[[str], str], headings: Callable[[], str]
    ) -> None:
        """`warning`: the sentence for the text of a first field; `headings`: the words above the lines."""
        super().__init__()
        self._columns = columns
        self._warning = warning
        self._headings = headings
        self._initial: list[tuple[str, ...]] = []

    def compose(self) -> ComposeResult:
        """Headings, and one empty line."""
        yield Words(self._headings, classes="line-headings")
        yield self._new_row(())

    def _new_row(self, texts: Sequence[str]) -> LineRow:
        return LineRow(self._columns, texts or [column.start for column in self._columns])

    @property
    def rows(self) -> list[LineRow]:
        """All lines, the empty one too."""
        return list(self.query(LineRow))

    def lines(self) -> list[tuple[int, tuple[str, ...]]]:
        """Return the filled lines with their place."""
        return [(i, row.texts) for i, row in enumerate(self.rows) if row.texts[0]]

    async def fill(self, lines: Sequence[Sequence[str]]) -> None:
        """Show these lines, as what was there at the beginning."""
        await self.query(LineRow).remove()
        await self.mount_all([*(self._new_row(texts) for texts in lines), self._new_row(())])
        self._initial = [texts for _i, texts in self.lines()]
        self._warn()

    @property
    def changed(self) -> bool:
        """True: something was typed since it was filled."""
        return [texts for _i, texts in self.lines()] != self._initial

    async def on_field_changed(self, event: FieldChanged) -> None:
        """Warn, and keep an empty line at the end."""
        event.stop()
        self._warn()
        if self.rows and self.rows[-1].texts[0]:
            await self.mount(self._new_row(()))

    def _warn(self) -> None:
        for row in self.rows:
            row.say(self._warning(row.texts[0]) if row.texts[0] else "")

    def mark(self, place: int, sentence: str) -> None:
        """Show what is wrong with a line and go there."""
        row = self.rows[place]
        row.say(sentence, wrong=True)
        row.fields[0].focus()

    async def add(self, text: str) -> None:
        """Put a text (a scanned barcode) into the empty line at the end and go there."""
        self.rows[-1].fields[0].text = text
        self.rows[-1].fields[0].focus()
