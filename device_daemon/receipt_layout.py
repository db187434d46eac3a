"""A receipt document laid out in a printer's columns: styled lines, each as wide as the paper at most."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from wcwidth import wcwidth

from protocol import receipt
from protocol.receipt import Align, Document

Measure = Callable[[str], int]
"""Returns the cells that a text takes on the printer."""


@dataclass(frozen=True, slots=True)
class TextOut:
    """One line of text, padded with spaces to where it stands."""

    text: str
    bold: bool = False
    width: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True)
class BarcodeOut:
    """A one-dimensional barcode, centred, with its text below."""

    symbology: receipt.Symbology
    data: str


@dataclass(frozen=True, slots=True)
class QrOut:
    """A QR code, centred."""

    data: str


Line = TextOut | BarcodeOut | QrOut

_MAY_NOT_BEGIN = frozenset("。，、；：？！）】》」』”’…～·,.;:?!)]}%")


def layout(document: Document, columns: int, measure: Measure, marks: tuple[str, ...] = ()) -> list[Line]:
    """Return the lines of the document on paper of `columns` cells.

    `marks` (copy, interrupted) are printed large at the top and again at the end, where they cannot be
    torn off unseen.
    """
    lines: list[Line] = []
    for mark in marks:
        lines += _text(receipt.TextLine(text=mark, align=Align.CENTRE, bold=True, height=2), columns, measure)
    for element in document.elements:
        lines += _element(element, columns, measure)
    for mark in marks:
        lines += _text(receipt.TextLine(text=mark, align=Align.CENTRE, bold=True), columns, measure)
    return lines


def _element(element: receipt.Element, columns: int, measure: Measure) -> list[Line]:
    match element:
        case receipt.TextLine():
            return _text(element, columns, measure)
        case receipt.Row():
            return _row(element, columns, measure)
        case receipt.Rule():
            width = max(measure(element.character), 1)
            return [TextOut(element.character * (columns // width))]
        case receipt.Feed():
            return [TextOut("")] * element.lines
        case receipt.Barcode():
            return [BarcodeOut(element.symbology, element.data)]
        case receipt.QrCode():
            return [QrOut(element.data)]


def _text(element: receipt.TextLine, columns: int, measure: Measure) -> list[Line]:
    inner = max(columns // element.width, 1)
    return [
        TextOut(
            _place(part, inner, element.align, measure).rstrip(), element.bold, element.width, element.height
        )
        for part in wrap(element.text, inner, measure)
    ]


def _row(element: receipt.Row, columns: int, measure: Measure) -> list[Line]:
    inner = max(columns // element.width, 1)
    widths = cell_widths(element.cells, inner, measure)
    if widths is None:
        texts = [
            _place(part, inner, cell.align, measure)
            for cell in element.cells
            for part in wrap(cell.text, inner, measure)
            if part
        ]
    else:
        wrapped = [wrap(cell.text, width, measure) for cell, width in zip(element.cells, widths, strict=True)]
        texts = []
        for index in range(max(len(parts) for parts in wrapped)):
            pieces = [
                _place(parts[index] if index < len(parts) else "", width, cell.align, measure)
                for parts, width, cell in zip(wrapped, widths, element.cells, strict=True)
            ]
            texts.append(" ".join(pieces))
    return [TextOut(text.rstrip(), element.bold, element.width, element.height) for text in texts]


def cell_widths(cells: tuple[receipt.Cell, ...], columns: int, measure: Measure) -> list[int] | None:
    """Return the width of each cell, one space between them; None when they do not fit side by side."""
    room = columns - (len(cells) - 1)
    widths = [0 if cell.share else max(measure(cell.text), 1) for cell in cells]
    left = room - sum(widths)
    shares = sum(cell.share for cell in cells)
    sharing = sum(1 for cell in cells if cell.share)
    if left < 6 * sharing or left < 0:
        return None
    if not shares:
        widths[0] += left  # the first takes what is left, so that the last stands at the right edge
        return widths
    given = 0
    for index, cell in enumerate(cells):
        if cell.share:
            widths[index] = left * cell.share // shares
            given += widths[index]
    first = next(index for index, cell in enumerate(cells) if cell.share)
    widths[first] += left - given
    return widths


def wrap(text: str, columns: int, measure: Measure) -> list[str]:
    """Return the text in parts of at most `columns` cells, broken at spaces or between Chinese characters."""
    lines: list[str] = []
    for paragraph in text.expandtabs(4).splitlines() or [""]:
        line, used = "", 0
        for token in _tokens(paragraph):
            for piece in _pieces(token, columns, measure):
                cells = measure(piece)
                if used + cells > columns and not (piece.isspace() and line):
                    lines.append(line.rstrip())
                    line, used = "", 0
                    if piece.isspace():
                        continue
                line += piece
                used += cells
        lines.append(line.rstrip() if measure(line) > columns else line)
    return lines


def _tokens(text: str) -> Iterator[str]:
    """Yield words, runs of spaces and single wide characters; closing punctuation stays with its word."""
    token = ""
    for character in text:
        if token and not (
            (character in _MAY_NOT_BEGIN and not token.isspace())
            or (character.isspace() and token.isspace())
            or _joins(token[-1], character)
        ):
            yield token
            token = ""
        token += character
    if token:
        yield token


def _joins(before: str, after: str) -> bool:
    return not before.isspace() and not after.isspace() and wcwidth(before) < 2 and wcwidth(after) < 2


def _pieces(token: str, columns: int, measure: Measure) -> Iterator[str]:
    """Yield the token, cut where it alone is wider than a line."""
    if measure(token) <= columns:
        yield token
        return
    piece, used = "", 0
    for character in token:
        cells = measure(character)
        if piece and used + cells > columns:
            yield piece
            piece, used = "", 0
        piece += character
        used += cells
    if piece:
        yield piece


def _place(text: str, width: int, align: Align, measure: Measure) -> str:
    free = max(width - measure(text), 0)
    match align:
        case Align.LEFT:
            return text + " " * free
        case Align.RIGHT:
            return " " * free + text
        case Align.CENTRE:
            return " " * (free // 2) + text + " " * (free - free // 2)
