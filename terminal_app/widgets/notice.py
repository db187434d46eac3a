"""The one line in which the program talks to the person."""

from typing import Literal

from rich.text import Text
from textual.widget import Widget

from terminal_app.widgets.cells import fit

Tone = Literal["info", "good", "warning", "error"]

_SIGNS = {"info": "  ", "good": "✓ ", "warning": "! ", "error": "✗ "}


class NoticeLine(Widget):
    """A sentence with a sign before it, so that colour is never the only one."""

    DEFAULT_CSS = """
    NoticeLine {
        height: 1; width: 1fr; color: $foreground;
        &.good { color: $success; }
        &.warning { color: $warning; text-style: bold; }
        &.error { color: $error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """Begin silent."""
        super().__init__(id=id, classes=classes)
        self.text = ""
        self.tone: Tone = "info"

    def say(self, text: str, tone: Tone = "info") -> None:
        """Show the sentence until the next one."""
        if (text, tone) == (self.text, self.tone):
            return
        self.text = text
        if tone != self.tone:
            self.remove_class(self.tone)
            self.add_class(tone)
            self.tone = tone
        self.refresh()

    def render(self) -> Text:
        """Return the line, wrapped by cells when the widget is higher than one line."""
        if self.size.height <= 1:
            return Text(fit(_SIGNS[self.tone] + self.text, self.size.width), no_wrap=True)
        return Text(_SIGNS[self.tone] + self.text if self.text else "")
