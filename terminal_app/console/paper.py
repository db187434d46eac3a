"""A slip as text for the screen and for a text file: what a printer of 42 columns would show."""

from collections.abc import Iterable
from pathlib import Path

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.widget import Widget

from protocol.language import N_, _
from protocol.receipt import Align, Barcode, Cell, Document, Element, Feed, QrCode, Row, Rule, TextLine
from terminal_app.actions import bindings_for
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.frame import SubPage
from terminal_app.widgets.cells import centre, fit, right, wrap
from terminal_app.widgets.words import Words

WIDTH = 42
"""Columns of an 80 mm printer in its normal font."""


def document_lines(document: Document, width: int = WIDTH) -> list[str]:
    """Return the slip as lines of at most `width` cells."""
    lines: list[str] = []
    for element in document.elements:
        lines += _element_lines(element, width)
    return [line.rstrip() for line in lines]


def _element_lines(element: Element, width: int) -> list[str]:
    match element:
        case TextLine():
            return [_aligned(line, element.align, width) for line in wrap(element.text, width)]
        case Row():
            return _row_lines(element.cells, width)
        case Rule():
            return [(element.character * width)[:width]]
        case Feed():
            return [""] * element.lines
        case Barcode():
            return [centre("|║▌|█|║▌║|▌█|║|", width), centre(element.data, width)]
        case QrCode():
            return [centre("▛▀▜ ▄ ▛▀▜", width), centre("▙▄▟▄▀▄▙▄▟", width), *wrap(element.data, width)]


def _aligned(text: str, align: Align, width: int) -> str:
    match align:
        case Align.LEFT:
            return fit(text, width)
        case Align.CENTRE:
            return centre(text, width)
        case Align.RIGHT:
            return right(text, width)


def _row_lines(cells: tuple[Cell, ...], width: int) -> list[str]:
    """Cells with share 0 have what they need, the others divide the rest; one column between them."""
    gaps = len(cells) - 1
    widths = [0 if cell.share else min(cell_len(cell.text), width) for cell in cells]
    spare = max(0, width - gaps - sum(widths))
    shares = sum(cell.share for cell in cells)
    for i, cell in enumerate(cells):
        if cell.share:
            widths[i] = spare * cell.share // shares
    if shares:
        last = max(i for i, cell in enumerate(cells) if cell.share)
        widths[last] += width - gaps - sum(widths)
    parts = [wrap(cell.text, max(1, w)) for cell, w in zip(cells, widths, strict=True)]
    return [
        " ".join(
            _aligned(part[i] if i < len(part) else "", cell.align, w)
            for part, cell, w in zip(parts, cells, widths, strict=True)
        )
        for i in range(max(len(part) for part in parts))
    ]


class PaperView(VerticalScroll, can_focus=True):
    """The slip on the screen."""

    DEFAULT_CSS = """
    PaperView { height: 1fr; align-horizontal: center; }
    PaperView .paper { width: 46; height: auto; padding: 1 2; background: $panel; color: $foreground; }
    """

    def __init__(self) -> None:
        """Begin without paper."""
        super().__init__()
        self.lines: list[str] = []

    def compose(self) -> Iterable[Widget]:
        """The paper."""
        yield Words(lambda: "\n".join(self.lines), classes="paper")

    def show(self, document: Document) -> None:
        """Show a slip."""
        self.lines = document_lines(document)
        self.query_one(".paper").refresh(layout=True)


class PaperScreen(SubPage[None]):
    """A slip to read, and to save as text."""

    PLACES = ("shell", "paper")
    AUTO_FOCUS = "PaperView"
    BINDINGS = [*bindings_for("paper")]

    def __init__(self, document: Document, here: str, note: str = "") -> None:
        """`note`: a sentence for the notice line, in the language of the screen."""
        super().__init__()
        self._document = document
        self.HERE = here  # type: ignore[misc]
        self._note = note

    def title_words(self) -> str:
        """Return what it is."""
        return self._document.title

    def body(self) -> Iterable[Widget]:
        """The paper."""
        yield PaperView()

    def on_mount(self) -> None:
        """Show it."""
        self.query_one(PaperView).show(self._document)
        self.say(self._note or _("↑ ↓ scroll, Esc goes back."))

    def do_save(self) -> None:
        """Write it to a text file."""

        def write(path: Path | None) -> None:
            if path is None:
                return
            text = "\n".join(document_lines(self._document)) + "\n"
            try:
                path.write_text(text, encoding="utf-8")
            except OSError as error:
                words = _("{path} cannot be written: {reason}.")
                self.say(words.format(path=path, reason=error.strerror), "error", bell=True)
            else:
                self.say(_("Written: {path}").format(path=path), "good")

        self.app.push_screen(FileDialog(N_("Save as text"), "slip.txt", write=True), write)
