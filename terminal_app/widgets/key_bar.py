"""The keys at the foot of a screen, made from the registry of actions."""

from collections.abc import Callable

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

from protocol.language import _
from terminal_app.actions import at_place, key_words


class KeyBar(Widget):
    """As many of the place's keys as fit, most needed first; the menu has the others."""

    COMPONENT_CLASSES = {"keybar--key"}
    DEFAULT_CSS = """
    KeyBar { height: 1; background: $panel; color: $foreground; padding: 0 1; }
    KeyBar .keybar--key { color: $primary; text-style: bold; }
    """

    def __init__(
        self,
        *places: str,
        keymap: Callable[[], dict[str, str]],
        id: str | None = None,  # noqa: A002
    ) -> None:
        """Show the footer actions of the places with the keys of the keymap."""
        super().__init__(id=id)
        self._places = places
        self._keymap = keymap

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that all keys need."""
        return len(self._lines(width))

    def render(self) -> Text:
        """Return as many lines as the bar is high."""
        key_style: Style = self.get_component_rich_style("keybar--key", partial=True)
        lines = []
        for items in self._lines(self.content_size.width)[: self.content_size.height]:
            lines.append(Text(no_wrap=True))
            for key, label in items:
                if lines[-1]:
                    lines[-1].append("  ")
                lines[-1].append(key, key_style)
                lines[-1].append(" " + label)
        return Text("\n").join(lines)

    def _lines(self, width: int) -> list[list[tuple[str, str]]]:
        """Return the keys line by line."""
        lines: list[list[tuple[str, str]]] = [[]]
        used = 0
        for key, label in self._items():
            size = cell_len(key) + 1 + cell_len(label)
            if used and used + 2 + size > width:
                lines.append([])
                used = 0
            used += size + (2 if used else 0)
            lines[-1].append((key, label))
        return lines

    def _items(self) -> list[tuple[str, str]]:
        keymap = self._keymap()
        return [
            (key_words(keymap.get(action.name, action.key)), _(action.label))
            for action in at_place(*self._places)
            if action.footer
        ]
