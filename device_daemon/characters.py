"""Which bytes and how many cells a character has on a printer: ASCII, its code pages, GBK, or a stand-in."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from wcwidth import wcwidth

from device_daemon.profiles import PrinterProfile

ASCII = -1
"""Table of characters that every code page has."""
CHINESE = -2
"""Table of two-byte characters, in FS & mode."""

_LOOKALIKES = {
    "\u00a0": " ",
    "\u3000": "  ",
    "\u2009": " ",
    "\u202f": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2212": "-",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2026": "...",
    "\u20ac": "EUR",
    "\u00d7": "x",
    "\u00a5": "Y",
    "\u00a3": "GBP",
}
_CHINESE_TWINS = {"\u00a5": "\uffe5", "\u00b7": "\u30fb", "\u2013": "\u2014"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """How one character is printed."""

    table: int
    """ASCII, CHINESE, or the number of a code page."""
    data: bytes
    cells: int


class CharacterSet:
    """The characters of one printer. A missing one becomes a lookalike, or `?`."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._chinese = profile.chinese
        self._pages = tuple((page.number, page.codec) for page in profile.code_pages)
        self.glyphs = lru_cache(maxsize=8192)(self._glyphs)
        """Return the glyphs of one character: several for a lookalike such as `EUR`."""

    def cells(self, text: str) -> int:
        """Return the width of a text in cells of normal size."""
        return sum(glyph.cells for character in text for glyph in self.glyphs(character))

    def _glyphs(self, character: str) -> tuple[Glyph, ...]:
        if " " <= character <= "~":
            return (Glyph(ASCII, character.encode("ascii"), 1),)
        if wcwidth(character) <= 0:  # control characters, joiners, variation selectors
            return ()
        # Of a Chinese printer the first code page and GBK can be trusted, the others less.
        found = (
            self._single(character, self._pages[:1])
            or self._double(character)
            or self._single(character, self._pages[1:])
        )
        if found is not None:
            return (found,)
        lookalike = _LOOKALIKES.get(character)
        if lookalike is None:
            plain = unicodedata.normalize("NFKD", character)
            lookalike = "".join(c for c in plain if " " <= c <= "~")
        lookalike = lookalike or "?" * wcwidth(character)  # as wide as the missing one, so columns stay
        return tuple(Glyph(ASCII, c.encode("ascii"), 1) for c in lookalike)

    @staticmethod
    def _single(character: str, pages: tuple[tuple[int, str], ...]) -> Glyph | None:
        for number, codec in pages:
            try:
                return Glyph(number, character.encode(codec), 1)
            except UnicodeEncodeError:
                continue
        return None

    def _double(self, character: str) -> Glyph | None:
        if not self._chinese:
            return None
        for candidate in (character, _CHINESE_TWINS.get(character)):
            if candidate is None:
                continue
            try:
                data = candidate.encode("gbk")  # not gb18030: its four-byte forms are garbage on GBK printers
            except UnicodeEncodeError:
                continue
            if len(data) == 2:
                return Glyph(CHINESE, data, 2)
        return None
