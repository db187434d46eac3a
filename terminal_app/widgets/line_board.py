"""A list that is drawn line by line and repaints only the lines that changed."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

Piece = tuple[str, str]
"""A text and its tone: one of the names in LineBoard.TONES, or empty for the normal one."""


class LineBoard(Widget):
    """Rows that a subclass turns into pieces of text. No scroll bar: it keeps the chosen row in sight."""

    TONES: ClassVar[tuple[str, ...]] = (
        "quiet",
        "strong",
        "warning",
        "error",
        "good",
        "voided",
        "heading",
        "total",
        "training",
    )
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"board--{tone}" for tone in TONES} | {"board--picked"}
    DEFAULT_CSS = """
    LineBoard {
        height: 1fr;
        .board--quiet { color: $quiet; }
        .board--strong { text-style: bold; }
        .board--warning { color: $warning; text-style: bold; }
        .board--error { color: $error; text-style: bold; }
        .board--good { color: $success; }
        .board--voided { color: $quiet; text-style: strike; }
        .board--heading { color: $primary; text-style: bold; }
        .board--total { color: $total; text-style: bold; }
        .board--training { color: $training; text-style: bold; }
        .board--picked { background: $picked; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """Begin empty."""
        super().__init__(id=id, classes=classes)
        self.rows: Sequence[Hashable] = ()
        self.picked: int | None = None
        self._top = 0
        self._headed: bool | None = None
        self._bare: bool | None = None
        """True: nothing but the lines is to be drawn; None: to be found out."""
        self._styles_by_tone: dict[tuple[str, bool], Style] = {}

    def pieces(self, row: Hashable, width: int, picked: bool) -> list[Piece]:
        """Return the row as pieces of text in `width` cells."""
        raise NotImplementedError

    def heading(self, width: int) -> list[Piece] | None:
        """Return the line above the rows, or None."""
        return None

    def empty_lines(self, width: int) -> list[list[Piece]]:
        """Return what is shown instead of rows when there are none."""
        return []

    def show(self, rows: Sequence[Hashable], picked: int | None = None) -> None:
        """Show the rows; only lines that differ from what is on the screen are painted again."""
        before, before_picked, before_top = self.rows, self.picked, self._top
        self.rows = rows
        self.picked = min(picked, len(rows) - 1) if picked is not None and rows else None
        self._scroll()
        if not self.is_attached:
            return
        if self._top != before_top or not before or not rows:  # what is said of an empty list may change
            self.refresh()
            return
        offset, line_width = self._heading_height, self.size.width
        for index in range(self._top, self._top + self.body_height):
            old = before[index] if index < len(before) else None
            new = rows[index] if index < len(rows) else None
            was_picked, is_picked = index == before_picked, index == self.picked
            if old == new and was_picked == is_picked:
                continue
            x, width = 0, line_width
            if old is not None and new is not None and was_picked == is_picked:
                pieces = self.pieces(old, line_width, is_picked), self.pieces(new, line_width, is_picked)
                x, width = _changed(*pieces, line_width)
            self.refresh(Region(x, offset + index - self._top, width, 1))

    def move(self, by: int) -> None:
        """Pick another row."""
        if self.rows:
            picked = 0 if self.picked is None else self.picked + by
            self.show(self.rows, max(0, min(picked, len(self.rows) - 1)))

    @property
    def body_height(self) -> int:
        """Lines for rows."""
        return max(1, self.size.height - self._heading_height)

    @property
    def _heading_height(self) -> int:
        if self._headed is None:
            self._headed = self.heading(10) is not None
        return int(self._headed)

    def _scroll(self) -> None:
        height = self.body_height
        if self.picked is not None and not self._top <= self.picked < self._top + height:
            # Half a page at once: most new lines then appear without moving the others.
            self._top = self.picked - height // 2
        most = len(self.rows) - (height if len(self.rows) <= height else height // 2)
        self._top = max(0, min(self._top, most))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines without Textual's cache of styled lines, which costs more than drawing them.

        A board with a border or padding, or without colours, leaves that to Textual.
        """
        if self._bare is None:
            self._bare = not self.gutter and not self.app.no_color
        if not self._bare:
            return super().render_lines(crop)
        strips = [self.render_line(y) for y in range(crop.y, crop.bottom)]
        if crop.x == 0 and crop.width == self.size.width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """Return one line of the widget."""
        width = self.size.width
        heading = self.heading(width)
        if heading is not None:
            if y == 0:
                return self._strip(heading, width, picked=False)
            y -= 1
        if not self.rows:
            lines = self.empty_lines(width)
            return (
                self._strip(lines[y], width, picked=False)
                if y < len(lines)
                else Strip.blank(width, self._style("", False))
            )
        index = self._top + y
        if index >= len(self.rows):
            return Strip.blank(width, self._style("", False))
        picked = index == self.picked
        return self._strip(self.pieces(self.rows[index], width, picked), width, picked=picked)

    def on_resize(self) -> None:
        """Keep the chosen row in sight in the new size."""
        self._scroll()
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the colours of the earlier theme."""
        super().notify_style_update()
        self._styles_by_tone.clear()
        self._bare = None

    def _strip(self, pieces: list[Piece], width: int, *, picked: bool) -> Strip:
        strip = Strip([Segment(text, self._style(tone, picked)) for text, tone in pieces if text])
        return strip.adjust_cell_length(width, self._style("", picked))

    def _style(self, tone: str, picked: bool) -> Style:
        style = self._styles_by_tone.get((tone, picked))
        if style is None:
            style = self.rich_style
            if tone:
                style = style + self.get_component_rich_style(f"board--{tone}", partial=True)
            if picked:
                style = style + Style(bgcolor=self.get_component_rich_style("board--picked").bgcolor)
            self._styles_by_tone[tone, picked] = style
        return style


def _changed(before: list[Piece], after: list[Piece], width: int) -> tuple[int, int]:
    """Return first cell and number of cells of the part that differs, in whole pieces at its end."""
    most = min(len(before), len(after))
    head = 0
    while head < most and before[head] == after[head]:
        head += 1
    x = sum(cell_len(text) for text, _tone in after[:head])
    end = width
    if len(before) == len(after):
        tail = 0
        while tail < most - head and before[-1 - tail] == after[-1 - tail]:
            tail += 1
        middle = slice(head, len(after) - tail)
        size = sum(cell_len(text) for text, _tone in after[middle])
        if tail and size == sum(cell_len(text) for text, _tone in before[middle]):
            end = x + size
    if head < most and before[head][1] == after[head][1]:
        for old, new in zip(before[head][0], after[head][0], strict=False):
            if old != new:
                break
            x += cell_len(new)
    return x, end - x
