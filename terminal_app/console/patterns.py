"""The table of in-store barcode patterns: which barcodes carry a weight or a price inside."""

import re
from asyncio import sleep
from collections.abc import Iterable, Sequence
from functools import partial

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import N_, _
from protocol.messages.base import Done, Refused
from protocol.messages.catalogue import (
    BarcodePatterns,
    BarcodePatternView,
    CheckPrice,
    ListBarcodePatterns,
    ProductFound,
    SaveBarcodePatterns,
)
from protocol.money import format_minor
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.line_editor import LineColumn, LineEditor
from terminal_app.console.product_picker import product_words
from terminal_app.widgets.cells import fit
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_PAUSE_S = 0.08
"""Between the last key and the question."""


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


_TAKEN_APART = {
    "I": N_("item code {digits}"),
    "W": N_("weight {digits} grams"),
    "P": N_("price {amount}"),
    "V": N_("inner check {digits}"),
    "C": N_("check digit {digits}"),
}


def taken_apart(code: str, patterns: Sequence[str], currency: str) -> tuple[str, str]:
    """Return the first pattern whose fixed digits fit the code, and what stands where; empty for none.

    Only what a person would read off the paper: whether its check digits are right, the store says.
    """
    for pattern in patterns:
        fits = len(code) == len(pattern) and all(
            letter == digit or not letter.isdigit() for letter, digit in zip(pattern, code, strict=True)
        )
        if not fits:
            continue
        parts = []
        for letter, words in _TAKEN_APART.items():
            digits = "".join(d for place, d in zip(pattern, code, strict=True) if place == letter)
            if digits:
                amount = format_minor(int(digits), currency) if letter == "P" else ""
                shown = str(int(digits)) if letter == "W" else digits
                parts.append(_(words).format(digits=shown, amount=amount))
        return pattern, ", ".join(parts)
    return "", ""


class PatternsScreen(SubPage[None]):
    """The patterns, first match wins; all are saved together. Below, a barcode can be tried on them."""

    PLACES = ("shell", "form", "lines", "patterns")
    DEFAULT_CSS = """
    PatternsScreen LineEditor { height: 1fr; overflow-y: auto; }
    PatternsScreen #tried { height: auto; min-height: 3; padding: 0 1; color: $primary; }
    """
    TITLE_WORDS = N_("Products › In-store barcodes")
    HERE = "products"
    BINDINGS = [*bindings_for("form", "lines", "patterns")]

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._ready = False
        self._tried = ""
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
        with Horizontal(classes="search"):
            yield Words(N_("Try a barcode"), classes="search-label")
            yield Entry(id="try")
        yield Words(lambda: self._tried, id="tried")

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

    # --- trying ------------------------------------------------------------------------------------

    def do_try_it(self) -> None:
        """Go to the line for a barcode; what stands there is read anew."""
        entry = self.query_one("#try", Entry)
        entry.focus()
        self.background_task(partial(self._try, entry.value.strip()), "try")

    def take_scan(self, code: str) -> bool:
        """Try what was scanned."""
        self.query_one("#try", Entry).value = code
        return True

    @on(Input.Changed, "#try")
    def try_changed(self, event: Input.Changed) -> None:
        """Say what the barcode holds."""
        self.background_task(partial(self._try, event.value.strip()), "try")

    async def _try(self, code: str) -> None:
        if not code:
            self._say_tried("")
            return
        await sleep(_PAUSE_S)
        used = [texts[0] for _place, texts in self._lines.lines() if texts[2] != "0"]
        good = [pattern for pattern in used if not pattern_mistake(pattern)]
        pattern, parts = taken_apart(code, good, self.console.currency)
        words = [
            _("The pattern {pattern} reads it: {parts}.").format(pattern=pattern, parts=parts)
            if pattern
            else _("No pattern fits it: it is looked up as it is.")
        ]
        if self._lines.changed:
            words.append(_("Save the patterns; then the goods are looked up too."))
        else:
            answer = await self.ask(CheckPrice(code=code[:100]), ProductFound)
            words.append(answer.explanation if isinstance(answer, Refused) else self._found(answer))
        self._say_tried("\n".join(words))

    def _found(self, answer: ProductFound) -> str:
        product = answer.product
        goods = product_words(product.code, product.name)
        return _("At the till it is {goods}, {price}.").format(
            goods=goods, price=self.money(product.price_minor)
        )

    def _say_tried(self, words: str) -> None:
        self._tried = words
        self.query_one("#tried").refresh(layout=True)

    # --- saving ------------------------------------------------------------------------------------

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
