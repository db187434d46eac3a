"""What stands on the bench: the customer display, drawer and card, and the paper out of the printer."""

from protocol.language import N_, _
from protocol.messages.devices import Bench, PaperLine, PaperLineKind, PaperSupply
from terminal_app.widgets.cells import cell_len, centre, fit
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.panel import Line, Panel

_SUPPLY = {
    PaperSupply.OK: N_("enough"),
    PaperSupply.NEAR_END: N_("nearly used up"),
    PaperSupply.OUT: N_("none"),
}
_KEPT = 2000


class BenchFace(Panel):
    """Display, drawer, card, printer in a few lines."""

    def __init__(self, *, id: str) -> None:  # noqa: A002  # Textual's own name
        """Show nothing yet."""
        super().__init__(id=id)
        self.bench = Bench()

    def build(self, width: int, height: int) -> list[Line]:
        """A frame for each display, then words."""
        bench, lines = self.bench, list[Line]()
        for display in bench.displays:
            size = max((cell_len(text) for text in display.lines), default=20)
            lamp = f" ◉ {display.lamp}" if display.lamp else ""
            lines.append((("┌" + "─" * size + "┐" + lamp, "quiet"),))
            lines += [(("│", "quiet"), (fit(text, size), "strong"), ("│", "quiet")) for text in display.lines]
            lines.append((("└" + "─" * size + "┘", "quiet"),))
        if bench.drawer_opened is not None:
            words = _("Drawer: OPEN") if bench.drawer_opened else _("Drawer: shut")
            lines.append(((words, "warning" if bench.drawer_opened else ""),))
        card = bench.card_uid or _("none")
        lines.append(((_("Card on the reader: {card}").format(card=card), ""),))
        for printer in bench.printers:
            words = _("Paper: {supply}").format(supply=_(_SUPPLY[printer.paper]))
            cover = _("cover open") if printer.cover_open else _("cover closed")
            lines.append(((f"{words}, {cover}", ""),))
        return lines[:height]


class Paper(Panel):
    """The strip of paper, its newest end at the bottom."""

    def __init__(self, *, id: str) -> None:  # noqa: A002  # Textual's own name
        """Begin with an empty roll."""
        super().__init__(id=id)
        self._lines: list[PaperLine] = []
        self._columns = 32
        self._back = 0
        self.latest = 0
        """The number of the newest line that is here."""

    def come_out(self, bench: Bench) -> None:
        """Take new lines of the first printer."""
        if not bench.printers:
            return
        printer = bench.printers[0]
        if printer.last_line < self.latest:  # a new run of the daemon has a new roll
            self._lines.clear()
            self.latest = 0
        self._columns = printer.columns
        new = [line for line in printer.lines if line.number > self.latest]
        if new:
            self._lines = [*self._lines, *new][-_KEPT:]
            self.latest = new[-1].number
            self._back = 0
        self.redraw()

    def scroll_by(self, by: int) -> None:
        """Show older (negative) or newer lines."""
        self._back = max(0, min(self._back - by, len(self._lines) - self.size.height))
        self.redraw()

    def build(self, width: int, height: int) -> list[Line]:
        """The last lines that fit, at the bottom."""
        end = len(self._lines) - self._back
        shown = self._lines[max(0, end - height) : end]
        lines: list[Line] = [(("", ""),)] * (height - len(shown))
        if not shown:
            lines[height // 2] = ((centre(_("(no paper has come out yet)"), width), ""),)
        return lines + [self._line(line, width) for line in shown]

    def _line(self, line: PaperLine, width: int) -> Line:
        margin = " " * max(0, (width - self._columns) // 2)
        match line.kind:
            case PaperLineKind.CUT:
                piece: Piece = ("✂" + "╌" * (min(self._columns, width) - 1), "")
            case PaperLineKind.BARCODE:
                piece = (centre(f"▌▌▐▌▐▐▌ {line.text} ▌▐▌▌▐▌▐", min(self._columns, width)), "")
            case PaperLineKind.QR:
                piece = (centre(f"▞▚▞ {line.text} ▚▞▚", min(self._columns, width)), "")
            case PaperLineKind.TEXT:
                piece = (line.text, "strong" if line.bold or line.height > 1 or line.width > 1 else "")
        return ((margin, ""), piece)
