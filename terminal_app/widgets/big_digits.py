"""Amounts that can be read at two metres: digits drawn with blocks."""

_FONT = {
    "0": "01110 11011 11011 11011 11011 11011 01110",
    "1": "00110 01110 00110 00110 00110 00110 01111",
    "2": "01110 11011 00011 00110 01100 11000 11111",
    "3": "11111 00011 00110 01110 00011 11011 01110",
    "4": "00011 00111 01111 11011 11111 00011 00011",
    "5": "11111 11000 11110 00011 00011 11011 01110",
    "6": "00110 01100 11000 11110 11011 11011 01110",
    "7": "11111 00011 00110 00110 01100 01100 01100",
    "8": "01110 11011 11011 01110 11011 11011 01110",
    "9": "01110 11011 11011 01111 00011 00110 01100",
    ".": "00 00 00 00 00 11 11",
    ",": "00 00 00 00 11 01 10",
    "-": "0000 0000 0000 1111 0000 0000 0000",
    "¥": "11011 11011 01110 11111 00100 11111 00100",
    "£": "00111 01101 01100 11110 01100 01100 11111",
    "€": "00111 01100 11110 01100 11110 01100 00111",
    "$": "00100 01111 10100 01110 00101 11110 00100",
    " ": "00 00 00 00 00 00 00",
}
_ROWS = 7
_HALVES = {("0", "0"): " ", ("1", "0"): "▀", ("0", "1"): "▄", ("1", "1"): "█"}

HEIGHT = 4
"""Lines of an amount in the small size."""
HEIGHT_LARGE = 7
"""Lines of an amount in the large size, twice as wide too."""


def _pixels(text: str) -> list[str]:
    glyphs = [_FONT.get(character, _FONT[" "]).split() for character in text]
    return ["0".join(glyph[row] for glyph in glyphs) for row in range(_ROWS)]


def big(text: str) -> list[str]:
    """Return the text in four lines, two pixels to a cell."""
    rows = _pixels(text)
    rows.insert(0, "0" * len(rows[0]))
    return [
        "".join(_HALVES[pair] for pair in zip(rows[y], rows[y + 1], strict=True))
        for y in range(0, len(rows), 2)
    ]


def large(text: str) -> list[str]:
    """Return the text in seven lines, two cells to a pixel."""
    return ["".join("██" if pixel == "1" else "  " for pixel in row) for row in _pixels(text)]
