"""Understands ESC/POS as a receipt printer does, and says what would be on the paper.

It takes the bytes that a real printer would get, knows nothing of who sent them, and is strict: a
command that it does not know is printed as characters, as on paper.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from wcwidth import wcwidth

from device_daemon.profiles import PrinterProfile

REALTIME_STATUS = b"\x10\x04"
REALTIME_KICK = b"\x10\x14\x01"
_FIXED = {  # commands of fixed length: the bytes that follow the two of the command itself
    b"\x1b@": 0,
    b"\x1bE": 1,
    b"\x1bR": 1,
    b"\x1bt": 1,
    b"\x1ba": 1,
    b"\x1bd": 1,
    b"\x1bp": 3,
    b"\x1c&": 0,
    b"\x1c.": 0,
    b"\x1c!": 1,
    b"\x1d!": 1,
    b"\x1da": 1,
    b"\x1dr": 1,
    b"\x1dh": 1,
    b"\x1dw": 1,
    b"\x1df": 1,
    b"\x1dH": 1,
    b"\x10\x04": 1,
}


@dataclass(frozen=True, slots=True)
class Printed:
    """One line on the paper."""

    text: str
    bold: bool = False
    width: int = 1
    height: int = 1


class Mechanism(Protocol):
    """The parts of a printer that the interpreter moves."""

    def halted(self) -> bool:
        """Return True while nothing can be printed."""

    def line(self, line: Printed) -> None:
        """Print a line."""

    def code(self, kind: str, data: str) -> None:
        """Print a `barcode` or a `qr` code."""

    def cut(self) -> None:
        """Cut the paper."""

    def kick(self) -> None:
        """Open the drawer."""

    def asked(self, number: int) -> None:
        """Answer DLE EOT."""

    def asked_in_order(self, number: int) -> None:
        """Answer GS r."""

    def report_automatically(self, mask: int) -> None:
        """Begin (or end, with 0) to report changes."""


@dataclass(frozen=True, slots=True)
class _Modes:
    chinese: bool = False
    page: int = 0
    bold: bool = False
    width: int = 1
    height: int = 1
    kanji_width: int = 1
    kanji_height: int = 1
    align: int = 0


class Interpreter:
    """One printer's head: modes, the line being set, and the bytes not yet understood."""

    def __init__(self, profile: PrinterProfile, mechanism: Mechanism) -> None:
        self._columns = profile.columns
        self._pages = {page.number: page.codec for page in profile.code_pages}
        self._mechanism = mechanism
        self._buffer = b""
        self._modes = _Modes()
        self._line = ""
        self._used = 0
        self._style = Printed("")
        self._qr_data = ""

    def feed(self, data: bytes) -> None:
        """Take bytes. While the printer is halted they wait; real-time commands are obeyed at once."""
        if self._mechanism.halted():
            data = self._realtime(data)
        self._buffer += data
        self.go_on()

    def go_on(self) -> None:
        """Process what has waited."""
        while self._buffer and not self._mechanism.halted():
            used = self._step(self._buffer)
            if not used:
                return
            self._buffer = self._buffer[used:]

    def power_off(self) -> None:
        """Forget everything, as a printer without power does."""
        self._buffer, self._modes, self._line, self._used = b"", _Modes(), "", 0
        self._style = Printed("")

    def _realtime(self, data: bytes) -> bytes:
        rest, index = b"", 0
        while index < len(data):
            if data[index : index + 2] == REALTIME_STATUS and index + 2 < len(data):
                self._mechanism.asked(data[index + 2])
                index += 3
            elif data[index : index + 3] == REALTIME_KICK and index + 4 < len(data):
                self._mechanism.kick()
                index += 5
            else:
                rest += data[index : index + 1]
                index += 1
        return rest

    def _step(self, data: bytes) -> int:
        """Obey the first command of `data` and return its length; 0 when it is not complete."""
        first, command = data[0], data[:2]
        if first == 0x0A:
            self._end_line()
            return 1
        if first in (0x10, 0x1B, 0x1C, 0x1D):
            return self._command(command, data) if len(data) >= 2 else 0
        if self._modes.chinese and first >= 0x81:
            return self._character(data[:2].decode("gbk", "replace")[:1], 2) if len(data) >= 2 else 0
        if first >= 0x20:
            codec = self._pages.get(self._modes.page, "cp437")
            return self._character(data[:1].decode(codec, "replace"), 1)
        return 1

    def _command(self, command: bytes, data: bytes) -> int:
        if command in _FIXED:
            length = 2 + _FIXED[command]
            if len(data) >= length:
                self._obey(command, data[2:length])
                return length
            return 0
        match command:
            case b"\x10\x14":
                if len(data) >= 5:
                    self._mechanism.kick()
                return 5 if len(data) >= 5 else 0
            case b"\x1dV":
                return self._cut(data)
            case b"\x1dk":
                return self._barcode(data)
            case b"\x1d(":
                return self._extended(data)
        return self._character(chr(0x2400 + data[0]), 1)

    def _obey(self, command: bytes, arguments: bytes) -> None:
        value = arguments[0] if arguments else 0
        match command:
            case b"\x1b@":
                self._modes, self._line, self._used, self._style = _Modes(), "", 0, Printed("")
            case b"\x1bE":
                self._modes = replace(self._modes, bold=bool(value & 1))
            case b"\x1bt":
                self._modes = replace(self._modes, page=value)
            case b"\x1ba":
                self._modes = replace(self._modes, align=value % 48)
            case b"\x1bd":
                for _line in range(value):
                    self._end_line()
            case b"\x1bp":
                self._mechanism.kick()
            case b"\x1c&":
                self._modes = replace(self._modes, chinese=True)
            case b"\x1c.":
                self._modes = replace(self._modes, chinese=False)
            case b"\x1c!":
                width, height = 2 if value & 4 else 1, 2 if value & 8 else 1
                self._modes = replace(self._modes, kanji_width=width, kanji_height=height)
            case b"\x1d!":
                self._modes = replace(self._modes, width=(value >> 4) + 1, height=(value & 15) + 1)
            case b"\x1da":
                self._mechanism.report_automatically(value)
            case b"\x1dr":
                self._mechanism.asked_in_order(value)
            case b"\x10\x04":
                self._mechanism.asked(value)

    def _character(self, character: str, length: int) -> int:
        modes = self._modes
        width, height = modes.width, modes.height
        if length == 2:
            width, height = max(width, modes.kanji_width), max(height, modes.kanji_height)
        cells = max(wcwidth(character), length) * width
        if self._used + cells > self._columns:
            self._end_line()
        self._line += character
        self._used += cells
        style = self._style
        self._style = Printed(
            "", style.bold or modes.bold, max(style.width, width), max(style.height, height)
        )
        return length

    def _end_line(self) -> None:
        free = (self._columns - self._used) // self._style.width
        indent = {1: free // 2, 2: free}.get(self._modes.align, 0) if self._line else 0
        line = replace(self._style, text=" " * indent + self._line)
        self._line, self._used, self._style = "", 0, Printed("")
        self._mechanism.line(line)

    def _cut(self, data: bytes) -> int:
        if len(data) < 3:
            return 0
        length = 4 if data[2] in (65, 66) else 3
        if len(data) < length:
            return 0
        self._mechanism.cut()
        return length

    def _barcode(self, data: bytes) -> int:
        if len(data) < 4:
            return 0
        if data[2] >= 65:  # function B: with its length
            length = 4 + data[3]
            content = data[4:length]
        else:
            end = data.find(b"\x00", 3)
            length = end + 1 if end >= 0 else len(data) + 1
            content = data[3:end]
        if len(data) < length:
            return 0
        self._mechanism.code("barcode", _code128_text(content) if data[2] == 73 else content.decode("ascii"))
        return length

    def _extended(self, data: bytes) -> int:
        if len(data) < 5:
            return 0
        length = 5 + int.from_bytes(data[3:5], "little")
        if len(data) < length:
            return 0
        if data[2:3] == b"k" and data[5:7] == b"1P":
            self._qr_data = data[8:length].decode("utf-8", "replace")
        elif data[2:3] == b"k" and data[5:7] == b"1Q":
            self._mechanism.code("qr", self._qr_data)
        return length


def _code128_text(content: bytes) -> str:
    text, subset, index = "", "B", 0
    while index < len(content):
        if content[index : index + 1] == b"{" and index + 1 < len(content):
            mark = chr(content[index + 1])
            if mark == "{":
                text += "{"
            else:
                subset = mark
            index += 2
            continue
        text += f"{content[index]:02d}" if subset == "C" else chr(content[index])
        index += 1
    return text
