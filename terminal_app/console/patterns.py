"""The table of in-store barcode patterns: which barcodes carry a weight or a price inside."""

import re
from collections.abc import Iterable

from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Done, Refused
from protocol.messages.catalogue import (
    BarcodePatterns,
    BarcodePatternView,
    ListBarcodePatterns,
    SaveBarcodePatterns,
)
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.line_editor import LineColumn, LineEditor
from terminal_app.widgets.cells import fit
from terminal_app.widgets.words import Words


def pattern_mistake(pattern: str) -> str:
    """Return a sentence for a pattern that cannot work, or nothing."""
    if not re.fullmatch("[0-9IWPVC]*", pattern):
        return _("Only digits and the letters I, W, P, V and C may stand here.")
    if not 4 <= len(pattern) <= 30:
        return _("A pattern has 4 to 30 places; this has {count}.").format(count=len(pattern))
    if "I" not in pattern:
        return _("The item code (I) is missing.")
    for letter in "IWPC":
        if letter in pattern and letter * pattern.count(letter) not in pattern:
            return _("All {letter} must stand side by side.").format(letter=letter)
    if "W" in pattern and "P" in pattern:
        return _("A barcode carries a weight or a price, not both.")
    return ""


class PatternsScreen(SubPage[None]):
    """The patterns, first match wins; all are saved together."""

    PLACES = ("shell", "form", "lines")
    TITLE_WORDS = N_("Products › In-store barcodes")
    HERE = "products"
    BINDINGS = [*bindings_for("form", "lines")]

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._ready = False
        self._lines = LineEditor(
            [LineColumn("", 20), LineColumn("", 30), LineColumn("", 6, "1")], pattern_mistake, self._headings
        )

    def body(self) -> Iterable[Widget]:
        """What the letters mean, and the lines."""
        yield Words(
            N_(
                "One letter per digit, first match wins. A digit is fixed; I item code, W weight in grams, "
                "P price, V inner check, C check digit. Example: 21IIIIIWWWWWC"
            ),
            classes="info",
        )
        yield self._lines

    @staticmethod
    def _headings() -> str:
        return fit(_("Pattern"), 22) + fit(_("Note"), 31) + _("Use: 1 yes, 0 no")

    @property
    def changed(self) -> bool:
        """True: leaving would lose what was typed."""
        return self._ready and self._lines.changed

    async def load(self) -> None:
        """Ask for the table, once."""
        answer = None if self._ready else await self.fetch(ListBarcodePatterns(), BarcodePatterns)
        if answer is not None:
            await self._lines.fill([(p.pattern, p.note, "1" if p.active else "0") for p in answer.patterns])
            self._ready = True
            self._lines.rows[0].fields[0].focus()

    def do_add_row(self) -> None:
        """Go to the empty line."""
        self._lines.rows[-1].fields[0].focus()

    async def do_save(self) -> None:
        """Have the table stored."""
        patterns = []
        for place, (pattern, note, use) in self._lines.lines():
            if mistake := pattern_mistake(pattern):
                self._lines.mark(place, mistake)
                self.say(_("Look at the marked lines."), "error", bell=True)
                return
            patterns.append(BarcodePatternView(pattern=pattern, note=note[:200], active=use != "0"))
        answer = await self.ask(SaveBarcodePatterns(patterns=tuple(patterns[:50])), Done)
        if isinstance(answer, Refused):
            self.refused(answer)
            return
        self.app.notify(_("Saved."), timeout=4)
        self.dismiss(None)
