"""Lines to read that are more than the window has: the arrows move them, nothing is chosen."""

from terminal_app.widgets.panel import Panel


class ScrollBoard(Panel):
    """A panel that is moved through; `redraw` keeps the place."""

    def _scroll(self) -> None:
        """Keep the place as far as there are lines."""
        self._top = max(0, min(self._top, len(self.rows) - self.body_height))

    def scroll_lines(self, by: int) -> None:
        """Show what stands further down, or up."""
        before = self._top
        self._top += by
        self._scroll()
        if self._top != before:
            self.refresh()

    def to_top(self) -> None:
        """Begin at the first line."""
        self.scroll_lines(-self._top)

    @property
    def more_below(self) -> bool:
        """True: there are lines below the window."""
        return self._top + self.body_height < len(self.rows)
