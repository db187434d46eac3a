"""Styled lines as ESC/POS bytes: Chinese mode and code pages tracked, one chunk of bytes per line.

The command numbers are Epson's (ESC/POS command reference); what families do differently is in their
profiles. Text never relies on the printer's alignment, only codes do, and put it back.
"""

from collections.abc import Iterable, Iterator

from device_daemon.characters import ASCII, CHINESE, CharacterSet
from device_daemon.gtin import check_digit_fits
from device_daemon.profiles import Cut, PrinterProfile
from device_daemon.receipt_layout import BarcodeOut, Line, QrOut, TextOut
from protocol.receipt import Symbology

INITIALISE = b"\x1b@"
CHINESE_ON = b"\x1c&"
CHINESE_OFF = b"\x1c."
US_CHARACTERS = b"\x1bR\x00"
"""The international set: China's would print a yuan sign for a dollar sign."""
AUTOMATIC_STATUS = b"\x1da\x0f"
ASK_PAPER_IN_ORDER = b"\x1dr\x01"
"""GS r 1: answered when everything before it has been processed."""


def ask_status(number: int) -> bytes:
    """Return DLE EOT n: 1 printer and drawer, 2 why off line, 3 fault, 4 paper. Answered at once."""
    return bytes((0x10, 0x04, number))


def kick(profile: PrinterProfile, *, realtime: bool) -> bytes:
    """Return the bytes that open the drawer, in the order of the data or at once."""
    if realtime:
        return bytes((0x10, 0x14, 1, profile.drawer_pin, max(1, min(8, profile.drawer_pulse_ms // 100))))
    half = profile.drawer_pulse_ms // 2
    return bytes((0x1B, 0x70, profile.drawer_pin, half, half))


class Encoder:
    """Turns lines into bytes for one printer."""

    def __init__(self, profile: PrinterProfile) -> None:
        self.profile = profile
        self.characters = CharacterSet(profile)

    def job(self, lines: Iterable[Line]) -> list[bytes]:
        """Return a whole job, from initialising to the cut, in chunks that other commands may go between."""
        return [self._begin(), *(self._line(line) for line in lines), self._end()]

    def _begin(self) -> bytes:
        data = INITIALISE + (CHINESE_OFF if self.profile.chinese else b"") + US_CHARACTERS
        if self.profile.automatic_status:
            data += AUTOMATIC_STATUS  # initialising has reset it
        return data

    def _end(self) -> bytes:
        match self.profile.cut:
            case Cut.PARTIAL:
                return b"\x1dVB\x00"
            case Cut.FULL:
                return b"\x1dVA\x00"
            case Cut.NONE:
                return b"\x1bd\x05"

    def _line(self, line: Line) -> bytes:
        match line:
            case TextOut():
                return self._text(line)
            case BarcodeOut():
                return self._barcode(line)
            case QrOut():
                return self._qr(line.data) if self.profile.qr else self._plain(line.data)

    def _text(self, line: TextOut) -> bytes:
        before, after = b"", b""
        if line.bold:
            before, after = b"\x1bE\x01", b"\x1bE\x00"
        if (line.width, line.height) != (1, 1):
            before += bytes((0x1D, 0x21, (line.width - 1) << 4 | (line.height - 1)))
            after = b"\x1d!\x00" + after
            if self.profile.chinese and self.profile.kanji_size:
                size = (0x04 if line.width > 1 else 0) | (0x08 if line.height > 1 else 0)
                before += bytes((0x1C, 0x21, size))
                after = b"\x1c!\x00" + after
        return before + b"".join(self._runs(line.text)) + b"\n" + after

    def _runs(self, text: str) -> Iterator[bytes]:
        """Yield the text with the switches between tables; ends outside the Chinese mode."""
        chinese, page = False, None
        for character in text:
            for glyph in self.characters.glyphs(character):
                if (glyph.table == CHINESE) != chinese:
                    chinese = not chinese
                    yield CHINESE_ON if chinese else CHINESE_OFF
                if glyph.table not in (ASCII, CHINESE, page):
                    page = glyph.table
                    yield bytes((0x1B, 0x74, page))
                yield glyph.data
        if chinese:
            yield CHINESE_OFF

    def _plain(self, text: str) -> bytes:
        return self._text(TextOut(text))

    def _barcode(self, line: BarcodeOut) -> bytes:
        code = self._code(line) if self.profile.barcodes else None
        if code is not None:
            return code
        fits_qr = self.profile.qr and self.profile.barcodes
        return (self._qr(line.data) if fits_qr else b"") + self._plain(line.data)

    def _code(self, line: BarcodeOut) -> bytes | None:
        """Return the barcode's bytes, None for data that the symbology or the paper cannot hold."""
        match line.symbology:
            case Symbology.EAN13:
                if len(line.data) != 13 or not check_digit_fits(line.data):
                    return None  # printers differ: some print another code, some hang in the command
                modules, command = 113, b"\x1dk\x02" + line.data.encode() + b"\x00"
            case Symbology.CODE128:
                if not all(" " <= character <= "~" for character in line.data):
                    return None
                coded, symbols = code128(line.data)
                modules, command = 11 * symbols + 55, b"\x1dkI" + bytes((len(coded),)) + coded
        width = min(self.profile.dots // modules, 3)
        if width < 2:
            return None
        return _centred(b"\x1dh\x50" + bytes((0x1D, 0x77, width)) + b"\x1df\x00\x1dH\x02" + command)

    def _qr(self, data: str) -> bytes:
        content = data.encode()
        size = 6 if self.profile.dots >= 500 else 4
        stored = (len(content) + 3).to_bytes(2, "little") + b"\x31\x50\x30" + content
        return _centred(
            b"\x1d(k\x04\x00\x31\x41\x32\x00"  # model 2
            + b"\x1d(k\x03\x00\x31\x43"
            + bytes((size,))
            + b"\x1d(k\x03\x00\x31\x45\x31"  # error correction M
            + b"\x1d(k"
            + stored
            + b"\x1d(k\x03\x00\x31\x51\x30"
        )


def code128(text: str) -> tuple[bytes, int]:
    """Return the data of a Code 128 with its subset switches (`{B`, `{C`), and how many symbols it takes.

    Pairs of digits go in subset C where four or more digits stand together. The count is of data and
    subset symbols, without check and stop.
    """
    coded, symbols, subset, index = b"", 0, "", 0
    while index < len(text):
        end = index
        while end < len(text) and text[end].isdigit():
            end += 1
        pairs = (end - index) // 2 * 2
        wanted = "C" if pairs >= 4 or (pairs == len(text) and pairs) else "B"
        if wanted != subset:
            coded, symbols, subset = coded + b"{" + wanted.encode(), symbols + 1, wanted
        if wanted == "C":
            coded += bytes(int(text[i : i + 2]) for i in range(index, index + pairs, 2))
            symbols, index = symbols + pairs // 2, index + pairs
        else:
            coded += b"{{" if text[index] == "{" else text[index].encode()
            symbols, index = symbols + 1, index + 1
    return coded, symbols


def _centred(data: bytes) -> bytes:
    return b"\x1ba\x01" + data + b"\x1ba\x00"
