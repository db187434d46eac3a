"""The simulated customer display: understands the bytes of either dialect and keeps what it shows."""

from collections.abc import Callable

from wcwidth import wcwidth

from device_daemon.drivers.display_dialects import LAMPS
from device_daemon.profiles import DisplayProfile
from device_daemon.simulators.cable import Cable


class SimulatedDisplay:
    """Rows of characters, or digits with lamps."""

    def __init__(self, name: str, profile: DisplayProfile, on_changed: Callable[[], None]) -> None:
        self.cable = Cable(name, self.receive)
        self.cable.on_connected = self._power_on
        self.lamp = ""
        self._profile = profile
        self._on_changed = on_changed
        self._buffer = b""
        self._cells: list[list[str]] = []
        self._row = self._column = 0
        self._clear()

    @property
    def lines(self) -> tuple[str, ...]:
        """What it shows; a wide character stands in two cells."""
        return tuple("".join(row) for row in self._cells)

    def receive(self, data: bytes) -> None:
        """Take bytes from the line."""
        before = self.lines, self.lamp
        self._buffer += data
        while self._buffer:
            used = self._step(self._buffer)
            if not used:
                break
            self._buffer = self._buffer[used:]
        if (self.lines, self.lamp) != before:
            self._on_changed()

    def _power_on(self) -> None:
        self._buffer, self.lamp = b"", ""
        self._clear()

    def _clear(self) -> None:
        self._cells = [[" "] * self._profile.columns for _row in range(self._profile.rows)]
        self._row = self._column = 0

    def _step(self, data: bytes) -> int:
        first = data[0]
        if first in (0x1B, 0x1F):
            return self._command(data)
        if first in (0x0C, 0x18):
            self._clear()
            return 1
        if first < 0x20:
            return 1
        length = 2 if self._profile.codec == "gbk" and first >= 0x81 else 1
        if len(data) < length:
            return 0
        self._put(data[:length].decode(self._profile.codec, "replace"))
        return length

    def _command(self, data: bytes) -> int:
        if len(data) < 2:
            return 0
        if data[:2] == b"\x1b@":
            self._clear()
            self.lamp = ""
            return 2
        if data[:2] == b"\x1f$":
            if len(data) < 4:
                return 0
            self._column, self._row = max(data[2], 1) - 1, min(max(data[3], 1), self._profile.rows) - 1
            return 4
        if data[:2] == b"\x1bs":
            if len(data) < 3:
                return 0
            number = data[2] - 0x30 if self._profile.lamp_encoding == "ascii" else data[2]
            self.lamp = LAMPS[number] if 0 <= number < len(LAMPS) else ""
            return 3
        if data[:2] == b"\x1bQ":
            return self._string(data)
        return 2

    def _string(self, data: bytes) -> int:
        end = data.find(b"\r")
        if end < 0:
            return 0
        text = data[3:end].decode("ascii", "replace")
        points = text.count(".")  # on digit displays the point has no place of its own
        self._cells[0] = list(text.rjust(self._profile.columns + points))
        return end + 1

    def _put(self, character: str) -> None:
        width = max(wcwidth(character), 1)
        if self._column + width > self._profile.columns:
            self._column, self._row = 0, (self._row + 1) % self._profile.rows
        row = self._cells[self._row]
        row[self._column] = character
        if width == 2:
            row[self._column + 1] = ""
        self._column += width
