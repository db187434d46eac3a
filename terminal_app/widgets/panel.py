"""A region of fixed size that builds its lines from what it knows, and repaints those that changed."""

from collections.abc import Hashable

from terminal_app.widgets.line_board import LineBoard, Piece

Line = tuple[Piece, ...]


class Panel(LineBoard):
    """Lines made by `build`; `redraw` after what they show has changed."""

    def build(self, width: int, height: int) -> list[Line]:
        """Return the lines for this size."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Build again and repaint what differs."""
        if self.size.width:
            self.show(self.build(self.size.width, self.size.height))

    def on_resize(self) -> None:
        """Build for the new size."""
        self.redraw()
        super().on_resize()

    def pieces(self, row: Hashable, width: int, picked: bool) -> list[Piece]:
        """Return the built line."""
        assert isinstance(row, tuple)
        return list(row)
