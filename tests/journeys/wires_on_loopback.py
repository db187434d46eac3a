"""What hangs on a lane's wires: a scanner and a display on serial lines, a receipt printer in the network."""

import asyncio
import contextlib
import os
import pty
import tty
from collections import deque
from pathlib import Path


class SerialLine:
    """A serial line with a name that stays; its cable can be pulled and put back."""

    def __init__(self, path: Path) -> None:
        """Put the cable in."""
        self.path = path
        self.received = bytearray()
        self._master = self._slave = -1
        self.plug()

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._master >= 0

    def plug(self) -> None:
        """Put the cable in: the device appears under its name."""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self.path)
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def unplug(self) -> None:
        """Pull the cable: the name is gone, and who has it open is hung up on."""
        if self.plugged:
            self.path.unlink(missing_ok=True)
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = -1

    def send(self, data: bytes) -> None:
        """Send bytes to the machine."""
        os.write(self._master, data)

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self.received += os.read(self._master, 4096)


class Scanner(SerialLine):
    """A scanner that sends each code with its AIM identifier and CR LF."""

    def scan(self, code: str) -> None:
        """Hold goods before it."""
        self.send(f"]E0{code}\r\n".encode())


class Display(SerialLine):
    """A customer display of two rows with twenty characters."""

    @property
    def rows(self) -> tuple[str, str]:
        """What the customer reads."""
        rows = ["", ""]
        for part in bytes(self.received).split(b"\x1f\x24\x01")[1:]:
            if part and part[0] in (1, 2):
                rows[part[0] - 1] = part[1:].decode("gbk", "replace").rstrip()
        return rows[0], rows[1]

    def unplug(self) -> None:
        """It is dark after that."""
        super().unplug()
        self.received.clear()


_ARGUMENTS = {
    b"\x1b@": 0, b"\x1c&": 0, b"\x1c.": 0, b"\x1bR": 1, b"\x1bt": 1, b"\x1bE": 1, b"\x1d!": 1, b"\x1c!": 1,
    b"\x1ba": 1, b"\x1dh": 1, b"\x1dw": 1, b"\x1df": 1, b"\x1dH": 1, b"\x1bd": 1, b"\x1da": 1,
    b"\x1dr": 1, b"\x1bp": 3, b"\x10\x04": 1, b"\x10\x14": 3, b"\x1dV": 2,
}  # fmt: skip
"""Commands and how many bytes follow them, from the printers' manuals."""


class Paper:
    """One piece of paper as it fell from the printer."""

    def __init__(self, lines: list[str], cut: bool) -> None:
        self.lines = lines
        self.cut = cut

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


class NetworkPrinter:
    """A receipt printer at a TCP port, read byte by byte as its manual says.

    What has reached it is printed even when the connection ends; what it holds is lost with its power.
    """

    def __init__(self) -> None:
        """Power off, with no address yet."""
        self.port = 0
        self.papers: list[Paper] = []
        self.kicks = 0
        self.line_time_s = 0.0
        """How long the mechanism needs for a line."""
        self._line = ""
        self._lines: list[str] = []
        self._table = "cp437"
        self._chinese = True
        self._work: deque[tuple[str, bytes, asyncio.StreamWriter]] = deque()
        self._wake = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._mechanism: asyncio.Task[None] | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    async def power_on(self) -> None:
        """Listen, at the same port each time."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        self._mechanism = asyncio.create_task(self._run())

    async def power_off(self) -> None:
        """Cut the power: connections end, what it held is lost, the paper stays as it is."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        for writer in list(self._connections):
            writer.transport.abort()
        if self._mechanism is not None:
            self._mechanism.cancel()
            await asyncio.gather(self._mechanism, return_exceptions=True)
        await server.wait_closed()
        self._work.clear()
        self._tear()

    @property
    def idle(self) -> bool:
        """Whether nothing is left to print."""
        return not self._work and not self._lines and not self._line

    def mentioning(self, text: str) -> list[Paper]:
        """Return the papers that say the text, the one in the printer too."""
        now = [Paper(list(self._lines), cut=False)] if self._lines else []
        return [paper for paper in [*self.papers, *now] if text in paper.text]

    # --- the line ----------------------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        held = b""
        try:
            while data := await reader.read(4096):
                held = self._take(held + data, writer)
        except ConnectionError:
            pass
        finally:
            self._connections.discard(writer)
            writer.close()

    def _take(self, data: bytes, writer: asyncio.StreamWriter) -> bytes:
        """Cut the bytes into commands and text; real-time commands are answered before their turn."""
        while data:
            size = self._size(data)
            if size is None or size > len(data):
                return data
            part, data = data[:size], data[size:]
            if part[:2] == b"\x10\x04":
                self._say(writer, b"\x12")
            elif part[:2] == b"\x10\x14":
                self.kicks += 1
            else:
                self._work.append(("command" if part[0] in b"\x1b\x1c\x1d" else "text", part, writer))
        self._wake.set()
        return b""

    @staticmethod
    def _size(data: bytes) -> int | None:
        """Return how many bytes the next command or piece of text has; None: more must come first."""
        if data[0] not in b"\x1b\x1c\x1d\x10":
            ends = [at for at, value in enumerate(data) if value in b"\x1b\x1c\x1d\x10"]
            newline = data.find(b"\n") + 1
            end = min(ends, default=len(data))
            return min(newline, end) if newline else end
        if len(data) < 2:
            return None
        if data[:2] == b"\x1dk":
            if len(data) < 4:
                return None
            if data[2] < 65:
                end = data.find(b"\0", 3)
                return None if end < 0 else end + 1
            return 4 + data[3]
        if data[:2] == b"\x1d(":
            return None if len(data) < 5 else 5 + int.from_bytes(data[3:5], "little")
        assert data[:2] in _ARGUMENTS, f"a command that no printer knows: {data[:8].hex()}"
        return 2 + _ARGUMENTS[data[:2]]

    def _say(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        if not writer.transport.is_closing():
            writer.write(data)

    # --- the mechanism -----------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            while not self._work:
                self._wake.clear()
                await self._wake.wait()
            kind, part, writer = self._work[0]
            if kind == "text":
                await self._print(part)
            else:
                self._obey(part, writer)
            if self._work:
                self._work.popleft()

    async def _print(self, part: bytes) -> None:
        self._line += part.rstrip(b"\n").decode("gbk" if self._chinese else self._table, "replace")
        if part.endswith(b"\n"):
            if self.line_time_s:
                await asyncio.sleep(self.line_time_s)  # the mechanism's own slowness, nobody waits by it
            self._lines.append(self._line)
            self._line = ""

    def _obey(self, part: bytes, writer: asyncio.StreamWriter) -> None:
        match part[:2]:
            case b"\x1b@":
                # A job begins; what hangs out of the printer from a job that broke off is a paper of its own.
                self._tear()
                self._table, self._chinese = "cp437", True
            case b"\x1c&":
                self._chinese = True
            case b"\x1c.":
                self._chinese = False
            case b"\x1bt":
                self._table = {0: "cp437", 2: "cp850", 16: "cp1252"}[part[2]]
            case b"\x1da":
                self._say(writer, b"\x10\0\0\0")
            case b"\x1dr":
                self._say(writer, b"\0")
            case b"\x1bp":
                self.kicks += 1
            case b"\x1dV":
                self.papers.append(Paper(self._lines, cut=True))
                self._lines = []
            case b"\x1dk":
                self._lines.append(f"[barcode {part[3:].rstrip(bytes(1))!r}]")

    def _tear(self) -> None:
        """Somebody tears off what hangs out of the printer."""
        if self._lines:
            self.papers.append(Paper(self._lines, cut=False))
        self._lines, self._line = [], ""
