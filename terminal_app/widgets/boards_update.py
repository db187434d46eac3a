"""Paints the lines of boards that changed, and nothing else of the screen."""

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from textual._compositor import CompositorUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class BoardsUpdate(CompositorUpdate):
    """Pieces of lines with their places; boards do not overlap and nothing lies on them."""

    def __init__(self, pieces: list[tuple[int, int, Strip]]) -> None:
        """Hold (row, column, strip) of each piece."""
        self.pieces = sorted(pieces, key=lambda piece: piece[:2])

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the pieces to whoever renders without a terminal."""
        for y, x, strip in self.pieces:
            yield Control.move_to(x, y).segment
            yield from strip

    def render_segments(self, console: Console) -> str:
        """Return what is written to the terminal."""
        return "".join(
            Control.move_to(x, y).segment.text + strip.render(console) for y, x, strip in self.pieces
        )


def boards_update(boards: Iterable[tuple[Widget, Region, Region]]) -> BoardsUpdate | None:
    """Return what is to be painted of boards, given with their region and clip; None when nothing is.

    What is taken here is no longer dirty: Textual does not paint it a second time.
    """
    pieces: list[tuple[int, int, Strip]] = []
    for board, region, clip in boards:
        for dirty in board._exchange_repaint_regions():
            part = clip.intersection(dirty.translate(region.offset))
            if part:
                strips = board.render_lines(part.translate(-region.offset))
                pieces += [(part.y + row, part.x, strip) for row, strip in enumerate(strips)]
    return BoardsUpdate(pieces) if pieces else None
