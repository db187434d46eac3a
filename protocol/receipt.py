"""A receipt as a list of elements: what shall be on the paper, before anybody knows how wide it is.

The store server fills it from a template, the device daemon lays it out in the printer's columns and
turns that into bytes. The same document becomes text for a screen or an e-receipt.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from protocol.messages.base import Model


class Align(StrEnum):
    """Where a text stands in its cell."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Symbology(StrEnum):
    """The barcodes that a receipt may carry."""

    EAN13 = "ean13"
    CODE128 = "code128"


class TextLine(Model):
    """A text over the whole width; longer text is wrapped at words, or between Chinese characters."""

    element: Literal["text"] = "text"
    text: Annotated[str, Field(max_length=2000)]
    align: Align = Align.LEFT
    bold: StrictBool = False
    width: Annotated[StrictInt, Field(ge=1, le=4)] = 1
    """Times the normal width of a character."""
    height: Annotated[StrictInt, Field(ge=1, le=4)] = 1
    """Times the normal height of a character."""


class Cell(Model):
    """One column of a row."""

    text: Annotated[str, Field(max_length=500)]
    align: Align = Align.LEFT
    share: Annotated[StrictInt, Field(ge=0, le=100)] = 0
    """Its part of the width that is left when the cells with share 0 have what their text needs."""


class Row(Model):
    """Cells side by side: a name, and its amount at the right edge. Long texts wrap in their cell."""

    element: Literal["row"] = "row"
    cells: Annotated[tuple[Cell, ...], Field(min_length=1, max_length=8)]
    bold: StrictBool = False
    width: Annotated[StrictInt, Field(ge=1, le=4)] = 1
    height: Annotated[StrictInt, Field(ge=1, le=4)] = 1


class Rule(Model):
    """A line across the paper, of one character repeated."""

    element: Literal["rule"] = "rule"
    character: Annotated[str, Field(min_length=1, max_length=1)] = "-"


class Feed(Model):
    """Empty lines."""

    element: Literal["feed"] = "feed"
    lines: Annotated[StrictInt, Field(ge=1, le=20)] = 1


class Barcode(Model):
    """A one-dimensional barcode with its text below."""

    element: Literal["barcode"] = "barcode"
    symbology: Symbology
    data: Annotated[str, Field(min_length=1, max_length=60)]


class QrCode(Model):
    """A QR code."""

    element: Literal["qr"] = "qr"
    data: Annotated[str, Field(min_length=1, max_length=700)]


Element = Annotated[TextLine | Row | Rule | Feed | Barcode | QrCode, Field(discriminator="element")]


class Document(Model):
    """One piece of paper, cut at its end."""

    title: Annotated[str, Field(max_length=200)]
    """What it is, for the job list and the screen: `Receipt S1-2-20261121-0042`."""
    elements: Annotated[tuple[Element, ...], Field(max_length=6000)]
