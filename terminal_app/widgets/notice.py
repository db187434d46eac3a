"""Where the program talks to the person: one line, and as many as a long sentence needs."""

from typing import Literal

from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

from terminal_app.widgets.cells import fit, wrap

Tone = Literal["info", "good", "warning", "error"]

_SIGNS = {"info": "  ", "good": "✓ ", "warning": "! ", "error": "✗ "}


class NoticeLine(Widget):
    """A sentence with a sign before it, so that colour is never the only one."""

    DEFAULT_CSS = """
    NoticeLine {
        height: auto; min-height: 1; max-height: 4; width: 1fr; color: $foreground;
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
        self._grown = False
        """True: more lines are taken than the place has by itself."""

    def say(self, text: str, tone: Tone = "info") -> None:
        """Show the sentence until the next one."""
        if (text, tone) == (self.text, self.tone):
            return
        self.text = text
        if tone != self.tone:
            self.remove_class(self.tone)
            self.add_class(tone)
            self.tone = tone
        rows = len(self._lines(self.size.width))
        self.refresh(layout=rows > self.size.height or self._grown)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that the sentence needs; its place grows for a long one alone."""
        rows = len(self._lines(width))
        least = self.styles.min_height
        self._grown = rows > (int(least.value) if least is not None else 1)
        return rows

    def render(self) -> Text:
        """Return the sentence, wrapped by cells; what has no room at all ends in an ellipsis."""
        width, height = self.size
        lines = self._lines(width)
        if len(lines) > height > 0:
            lines = [
                *lines[: height - 1],
                fit("  " + " ".join(line.strip() for line in lines[height - 1 :]), width),
            ]
        return Text("\n".join(lines), no_wrap=True)

    def _lines(self, width: int) -> list[str]:
        if not self.text or width <= 2:
            return [""]
        signs = [_SIGNS[self.tone]]
        return [(signs.pop() if signs else "  ") + line for line in wrap(self.text, width - 2)]
