"""A list of rows with headings, drawn line by line: thousands of rows cost what is on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from protocol.language import _
from terminal_app.widgets.cells import fit
from terminal_app.widgets.cells import right as fit_right

_GAP = 1
_AHEAD = 30
"""Rows from the end at which more are asked for."""

Tone = Literal["", "quiet", "good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; the heading is an English text that is translated when drawn."""

    heading: str
    width: int = 0
    """Cells; 0: takes its share of what is left."""
    share: int = 1
    right: bool = False
    least: int = 8
    """Cells that a sharing column has at least."""
    optional: bool = False
    """True: left out where the window is narrow."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: what it is about, its texts, and a tone that never says more than the texts do."""

    key: str
    cells: tuple[str, ...]
    tone: Tone = ""


def layout(columns: Sequence[Column], width: int) -> list[tuple[int, int]]:
    """Return which columns are shown, and how wide: pairs of column number and cells."""
    shown = list(range(len(columns)))

    def needed() -> int:
        return sum((columns[i].width or columns[i].least) + _GAP for i in shown)

    for i in reversed(range(len(columns))):
        if columns[i].optional and needed() > width:
            shown.remove(i)
    spare = max(0, width - needed())
    shares = sum(columns[i].share for i in shown if not columns[i].width)
    result = []
    for i in shown:
        column = columns[i]
        cells = column.width
        if not cells:
            part = spare * column.share // shares
            spare, shares = spare - part, shares - column.share
            cells = column.least + part
        result.append((i, cells))
    return result


class Table(ScrollView, can_focus=True):
    """Rows to move through with the arrow keys; Enter chooses one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--heading", "table--cursor", "table--quiet", "table--good", "table--warn", "table--bad",
        "table--empty",
    }  # fmt: skip
    DEFAULT_CSS = """
    Table {
        height: 1fr; width: 1fr; background: $background; scrollbar-size-horizontal: 0;
        & > .table--heading { color: $quiet; text-style: underline; }
        & > .table--cursor { background: $panel; }
        &:focus > .table--cursor { background: $picked; text-style: bold; }
        & > .table--quiet { color: $quiet; }
        & > .table--good { color: $success; }
        & > .table--warn { color: $warning; }
        & > .table--bad { color: $error; }
        & > .table--empty { color: $quiet; }
    }
    """
    BINDINGS = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor stands on another row."""

        def __init__(self, table: "Table", row: TableRow | None) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> "Table":
            """The table."""
            return self.table

    class Chosen(Moved):
        """Enter, or a click on the row under the cursor."""

        row: TableRow

    class NearEnd(Message):
        """The person comes near the last row: more may be loaded."""

        def __init__(self, table: "Table") -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> "Table":
            """The table."""
            return self.table

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty: str = "",
        id: str | None = None,  # noqa: A002  # Textual's own name
        classes: str | None = None,
    ) -> None:
        """`empty` is an English sentence, translated when drawn, for a table without rows."""
        super().__init__(id=id, classes=classes)
        self.columns = tuple(columns)
        self.rows: list[TableRow] = []
        self.empty = empty
        self._asked_at = -1

    @property
    def current(self) -> TableRow | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if 0 <= self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[TableRow], *, keep: bool = True) -> None:
        """Show these rows; the cursor stays at the row with the same key, where there is one."""
        at = self.current.key if keep and self.current else None
        before = self.cursor
        self.rows = list(rows)
        self._asked_at = -1
        places = {row.key: i for i, row in enumerate(self.rows)}
        wished = places.get(at, before if keep else 0) if at is not None else 0
        self._resize_content()
        self.set_reactive(Table.cursor, max(0, min(wished, len(self.rows) - 1)))
        self._show_cursor()
        self.refresh()
        self.post_message(self.Moved(self, self.current))

    def append(self, rows: Sequence[TableRow]) -> None:
        """Add rows at the end."""
        self.rows.extend(rows)
        self._resize_content()
        self.refresh()

    def go_to(self, key: str) -> bool:
        """Put the cursor on the row with this key; return whether there is one."""
        for i, row in enumerate(self.rows):
            if row.key == key:
                self.cursor = i
                return True
        return False

    def watch_cursor(self) -> None:
        """Draw and tell."""
        self._show_cursor()
        self.refresh()
        self.post_message(self.Moved(self, self.current))
        if self.rows and self.cursor >= len(self.rows) - _AHEAD and self._asked_at != len(self.rows):
            self._asked_at = len(self.rows)
            self.post_message(self.NearEnd(self))

    def _resize_content(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.rows) + 1)

    def _show_cursor(self) -> None:
        height = self.scrollable_content_region.height - 1
        if height > 0:
            top = round(self.scroll_offset.y)
            if self.cursor < top:
                self.scroll_to(y=self.cursor, animate=False, immediate=True)
            elif self.cursor >= top + height:
                self.scroll_to(y=self.cursor - height + 1, animate=False, immediate=True)

    def on_resize(self) -> None:
        """Columns are as wide as the window allows."""
        self._resize_content()
        self.call_after_refresh(self._show_cursor)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the window: the headings, a row, or nothing."""
        width = self.scrollable_content_region.width
        base = self.rich_style
        if y == 0:
            return self._draw([_(c.heading) for c in self.columns], width, self._style("table--heading"), " ")
        i = round(self.scroll_offset.y) + y - 1
        if i < len(self.rows):
            row = self.rows[i]
            style = self._style(f"table--{row.tone}") if row.tone else base
            if i == self.cursor:
                style += self._cursor_style()
            return self._draw(row.cells, width, style, "›" if i == self.cursor else " ")
        if not self.rows and y == 1 and self.empty:
            return self._line(fit(" " + _(self.empty), width), self._style("table--empty"))
        return Strip.blank(width, base)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name)

    def _cursor_style(self) -> Style:
        cursor = self._style("table--cursor")
        return Style(bgcolor=cursor.bgcolor, bold=cursor.bold)

    def _draw(self, cells: Sequence[str], width: int, style: Style, mark: str) -> Strip:
        parts = [
            (fit_right if self.columns[i].right else fit)(cells[i] if i < len(cells) else "", cells_wide)
            for i, cells_wide in layout(self.columns, width - 2)
        ]
        return self._line(fit(mark + (" " * _GAP).join(parts), width), style)

    @staticmethod
    def _line(text: str, style: Style) -> Strip:
        return Strip([Segment(text, style)], cell_len(text))

    def action_move(self, by: int) -> None:
        """Move the cursor."""
        if self.rows:
            self.cursor = max(0, min(self.cursor + by, len(self.rows) - 1))

    def action_page(self, by: int) -> None:
        """Move the cursor by what fits into the window."""
        self.action_move(by * max(1, self.scrollable_content_region.height - 2))

    def action_edge(self, by: int) -> None:
        """Move the cursor to the first or last row."""
        self.action_move(by * len(self.rows))

    def action_choose(self) -> None:
        """Tell that the row was chosen."""
        if self.current is not None:
            self.post_message(self.Chosen(self, self.current))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; on the cursor it chooses."""
        i = round(self.scroll_offset.y) + event.y - 1
        if event.y > 0 and i < len(self.rows):
            if i == self.cursor:
                self.action_choose()
            else:
                self.cursor = i

    def on_mouse_scroll_down(self) -> None:
        """Wheel."""
        self.action_move(3)

    def on_mouse_scroll_up(self) -> None:
        """Wheel."""
        self.action_move(-3)
