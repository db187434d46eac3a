"""All that the books say of a member, in blocks: two columns where there is room, one where there is not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

from terminal_app.widgets.cells import fit, wrap

Tone = Literal["", "quiet", "good", "warn", "bad"]
_TWO_COLUMNS = 70
"""Cells from which two blocks stand side by side."""
_GAP = 3
_LABEL = 16


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its value; without a label the value has the whole line."""

    label: str
    value: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and its lines, in the language of the screen."""

    heading: str
    lines: tuple[Line, ...]


Style_of = Callable[[str], Style]


def block_lines(block: Block, width: int, style_of: Style_of) -> list[Text]:
    """Return the block as lines of at most `width` cells."""
    label_width = min(_LABEL, width // 2)
    lines = [Text(no_wrap=True).append(block.heading, style_of("heading"))]
    for line in block.lines:
        label = line.label
        room = width - label_width if label else width
        style = style_of(line.tone) if line.tone else Style()
        for i, part in enumerate(wrap(line.value, max(8, room))):
            text = Text(no_wrap=True)
            if label:
                text.append(fit(label if i == 0 else "", label_width - 1) + " ", style_of("label"))
            lines.append(text.append(part, style))
    lines.append(Text(""))
    return lines


def columns(left: Sequence[Block], right: Sequence[Block], width: int, style_of: Style_of) -> list[Text]:
    """Return both columns side by side, or one below the other where the window is narrow."""
    if width < _TWO_COLUMNS:
        return [line for block in (*left, *right) for line in block_lines(block, width, style_of)]
    half = (width - _GAP) // 2
    sides = [
        [line for block in side for line in block_lines(block, half, style_of)] for side in (left, right)
    ]
    result = []
    for i in range(max(len(side) for side in sides)):
        first = sides[0][i].copy() if i < len(sides[0]) else Text("")
        first.append(" " * (half + _GAP - first.cell_len))
        if i < len(sides[1]):
            first.append_text(sides[1][i])
        result.append(first)
    return result


class ProfileSheet(Widget):
    """Draws the blocks; it is as high as they need."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sheet--heading", "sheet--label", "sheet--quiet", "sheet--good", "sheet--warn", "sheet--bad",
    }  # fmt: skip
    DEFAULT_CSS = """
    ProfileSheet {
        height: auto; width: 1fr;
        & > .sheet--heading { color: $primary; text-style: bold; }
        & > .sheet--label { color: $quiet; }
        & > .sheet--quiet { color: $quiet; }
        & > .sheet--good { color: $success; }
        & > .sheet--warn { color: $warning; }
        & > .sheet--bad { color: $error; text-style: bold; }
    }
    """

    def __init__(self, blocks: Callable[[int], tuple[list[Block], list[Block]]]) -> None:
        """`blocks` gives the left and the right column for the width of one."""
        super().__init__()
        self._blocks = blocks

    def _lines(self, width: int) -> list[Text]:
        half = (width - _GAP) // 2 if width >= _TWO_COLUMNS else width
        left, right = self._blocks(half)
        return columns(left, right, width, self._style_of)

    def _style_of(self, name: str) -> Style:
        return self.get_component_rich_style(f"sheet--{name}", partial=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the blocks need."""
        return max(1, len(self._lines(width)))

    def render(self) -> Text:
        """Return the blocks in the present language."""
        return Text("\n", no_wrap=True).join(self._lines(self.content_size.width))

    @property
    def text(self) -> str:
        """What stands on the sheet, without colours."""
        return self.render().plain
