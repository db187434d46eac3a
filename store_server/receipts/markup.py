"""The text markup of receipt templates: one line of text per element of the paper (pure).

docs/guide-receipt-templates.md teaches it to the shopkeeper; `parse` is its definition.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from protocol.language import _
from protocol.receipt import (
    Align,
    Barcode,
    Cell,
    Element,
    Feed,
    QrCode,
    Row,
    Rule,
    Symbology,
    TextLine,
)

MAX_ELEMENTS = 5900
"""Fewer than a document may hold: the marks of copies and training need a place too.

The longest sale that a store can allow has 1,000 lines, each of which takes up to five lines of paper.
"""

_SPECIAL = "[]|-=*"
_HIDDEN = {ord(char): chr(0xE0F0 + i) for i, char in enumerate(_SPECIAL)}
_HIDDEN |= dict.fromkeys((*range(32), *range(127, 160), 0x2028, 0x2029), " ")
_SHOWN = {0xE0F0 + i: char for i, char in enumerate(_SPECIAL)}
_GONE = dict.fromkeys(_SHOWN)

_COMMAND = re.compile(r"\s*\[([^\[\]]*)\] ?(.*)")
_RULE = re.compile(r"\s*([-=*])\1{2,}\s*")


class MarkupError(Exception):
    """A line of the markup is wrong; `reason` is a sentence."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Style:
    align: Align = Align.LEFT
    bold: bool = False
    width: int = 1
    height: int = 1
    shares: tuple[int, ...] = ()
    what: str = "text"
    """`text`, `feed`, `barcode`, `qr`."""
    symbology: Symbology = Symbology.CODE128
    lines: int = 1


_WORDS: dict[str, dict[str, object]] = {
    "left": {"align": Align.LEFT},
    "centre": {"align": Align.CENTRE},
    "center": {"align": Align.CENTRE},
    "right": {"align": Align.RIGHT},
    "bold": {"bold": True},
    "wide": {"width": 2},
    "tall": {"height": 2},
    "big": {"width": 2, "height": 2, "bold": True},
    "feed": {"what": "feed"},
    "barcode": {"what": "barcode"},
    "qr": {"what": "qr"},
    "code128": {"symbology": Symbology.CODE128},
    "ean13": {"symbology": Symbology.EAN13},
    "columns": {},
}


def as_value(text: str) -> str:
    """Hide what the markup would take for its own signs: a product may be called `[5] | --- nails`."""
    return text.translate(_GONE).translate(_HIDDEN)


def _plain(text: str) -> str:
    return text if text.isprintable() else text.translate(_SHOWN)


def _style(number: int, words: str) -> _Style:
    style = _style_of(words)
    if isinstance(style, _Style):
        return style
    known = ", ".join(sorted(_WORDS))
    text = _("[{word}] is not known here. There are: {known}.")
    raise MarkupError(number, text.format(word=_plain(style), known=known))


@lru_cache(maxsize=256)
def _style_of(words: str) -> _Style | str:
    """Return the style that the words in brackets ask for, or the first word that is not known."""
    style = _Style()
    columns = False
    for word in words.split():
        if word.isdigit() and columns:
            style = replace(style, shares=(*style.shares, min(int(word), 100)))
        elif word.isdigit() and style.what == "feed" and 1 <= int(word) <= 20:
            style = replace(style, lines=int(word))
        elif word in _WORDS:
            columns = columns or word == "columns"
            style = replace(style, **_WORDS[word])  # type: ignore[arg-type]  # the table is checked by tests
        else:
            return word
    return style


@lru_cache(maxsize=64)
def check_source(text: str) -> None:
    """Check the commands in brackets of a template's own text; raises MarkupError with its line number."""
    for number, line in enumerate(text.split("\n"), 1):
        command = _COMMAND.fullmatch(line)
        if command and not ("{" in command[1] or "}" in command[1]):
            _style(number, command[1])


def parse(text: str, *, cut: bool = False) -> tuple[Element, ...]:
    """Return the elements of a filled template. Empty lines count for nothing: `[feed]` makes room.

    Raises MarkupError; its line number is that of the filled text. With `cut`, what is too long ends with a
    line that says so instead.
    """
    elements: list[Element] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            elements.append(_element(number, line.rstrip()))
        if len(elements) > MAX_ELEMENTS:
            words = _("This would be too long for one piece of paper.")
            if not cut:
                raise MarkupError(number, words)
            elements[-1] = TextLine(text=words, bold=True)
            break
    return tuple(elements)


def _element(number: int, line: str) -> Element:
    if rule := _RULE.fullmatch(line):
        return Rule(character=rule[1])
    style, rest = _Style(), line
    if command := _COMMAND.fullmatch(line):
        style, rest = _style(number, command[1]), command[2]
    match style.what:
        case "feed":
            return Feed(lines=style.lines)
        case "barcode":
            return _barcode(number, style, _plain(rest).strip())
        case "qr":
            data = _plain(rest).strip()
            if not 1 <= len(data) <= 700:
                raise MarkupError(number, _("A QR code needs 1 to 700 characters."))
            return QrCode(data=data)
        case _:
            return _text(style, rest)


def _barcode(number: int, style: _Style, data: str) -> Barcode:
    fits = data.isascii() and data.isprintable() and 1 <= len(data) <= 60
    if style.symbology is Symbology.EAN13:
        fits = data.isascii() and data.isdigit() and len(data) in (12, 13)
    if not fits:
        text = _("{data} cannot be printed as this barcode.")
        raise MarkupError(number, text.format(data=data[:60] or "“”"))
    return Barcode(symbology=style.symbology, data=data)


@lru_cache(maxsize=2048)
def _text(style: _Style, rest: str) -> TextLine | Row:
    """Return a line or its cells; most lines of a receipt are on the next one too."""
    parts = rest.split("|")
    if len(parts) == 1:
        return TextLine(
            text=_plain(rest)[:2000],
            align=style.align,
            bold=style.bold,
            width=style.width,
            height=style.height,
        )
    shares = style.shares or (1,)
    cells = tuple(
        Cell(
            text=_plain(part.strip() if i else part.rstrip())[:500],
            align=Align.LEFT if i == 0 else Align.RIGHT,
            share=shares[i] if i < len(shares) else 0,
        )
        for i, part in enumerate(parts[:8])
    )
    return Row(cells=cells, bold=style.bold, width=style.width, height=style.height)
