"""The simulated receipt printer with its drawer: takes the very bytes that a real one would get."""

from collections import deque
from collections.abc import Callable

from device_daemon.profiles import PrinterProfile
from device_daemon.simulators.cable import Cable
from device_daemon.simulators.escpos_interpreter import Interpreter, Printed
from protocol.messages.devices import BenchPart, PaperLine, PaperLineKind, PaperSupply

_PAPER_KEPT_LINES = 1000


class SimulatedPrinter:
    """Paper, cover, status answers and a drawer at its connector."""

    def __init__(
        self,
        name: str,
        profile: PrinterProfile,
        on_changed: Callable[[BenchPart], None],
        reply: Cable | None = None,
    ) -> None:
        self.profile = profile
        self.cable = reply or Cable(name, self.receive)
        self.cable.on_connected = self._power_on
        self.send: Callable[[bytes], object] = self.cable.send
        """Where its answers go; a test may put it at the end of a real line."""
        self.paper = PaperSupply.OK
        self.paper_left_lines: int | None = None
        """Lines until the paper is out, None for plenty."""
        self.cover_open = False
        self.drawer_open = False
        self.kicks = 0
        self.lines: deque[PaperLine] = deque(maxlen=_PAPER_KEPT_LINES)
        self.last_line = 0
        self._on_changed = on_changed
        self._automatic = 0
        self._interpreter = Interpreter(profile, self)

    def receive(self, data: bytes) -> None:
        """Take bytes from the line."""
        before = self.last_line
        self._interpreter.feed(data)
        if self.last_line != before:
            self._on_changed(BenchPart.PAPER)

    def set_paper(self, paper: PaperSupply) -> None:
        """Put paper in or take it out."""
        self.paper, self.paper_left_lines = paper, None
        self._status_changed()

    def set_cover(self, opened: bool) -> None:
        """Open or close the cover."""
        self.cover_open = opened
        self._status_changed()

    def close_drawer(self) -> None:
        """Push the drawer shut."""
        self.drawer_open = False
        self._report()
        self._on_changed(BenchPart.DRAWER)

    def _power_on(self) -> None:
        self._automatic = 0
        self._interpreter.power_off()

    # The mechanism that the interpreter moves.

    def halted(self) -> bool:
        """Return True without paper or with the cover open."""
        return self.cover_open or self.paper is PaperSupply.OUT

    def line(self, line: Printed) -> None:
        """Print a line."""
        self._out(PaperLineKind.TEXT, line)
        if self.paper_left_lines is not None:
            self.paper_left_lines -= 1
            if self.paper_left_lines <= 0:
                self.paper, self.paper_left_lines = PaperSupply.OUT, None
                self._report()

    def code(self, kind: str, data: str) -> None:
        """Print a code."""
        self._out(PaperLineKind(kind), Printed(data))

    def cut(self) -> None:
        """Cut the paper."""
        self._out(PaperLineKind.CUT, Printed(""))

    def kick(self) -> None:
        """Open the drawer."""
        self.kicks += 1
        self.drawer_open = True
        self._report()
        self._on_changed(BenchPart.DRAWER)

    def asked(self, number: int) -> None:
        """Answer DLE EOT n."""
        if not self.profile.status:
            return
        out, near = self.paper is PaperSupply.OUT, self.paper is not PaperSupply.OK
        flags = {
            1: (0x04 if self._pin_3_high() else 0) | (0x08 if self.halted() else 0),
            2: (0x04 if self.cover_open else 0) | (0x20 if out else 0),
            3: 0,
            4: (0x60 if out else 0) | (0x0C if near else 0),
        }
        self.send(bytes((0x12 | flags.get(number, 0),)))

    def asked_in_order(self, number: int) -> None:
        """Answer GS r n."""
        if not self.profile.confirms:
            return
        if number in (2, 50):
            self.send(b"\x01" if self._pin_3_high() else b"\x00")
        else:
            self.send(b"\x03" if self.paper is PaperSupply.NEAR_END else b"\x00")

    def report_automatically(self, mask: int) -> None:
        """Turn GS a on or off; it answers at once."""
        self._automatic = mask if self.profile.automatic_status else 0
        self._report()

    def _out(self, kind: PaperLineKind, line: Printed) -> None:
        self.last_line += 1
        self.lines.append(
            PaperLine(
                number=self.last_line,
                kind=kind,
                text=line.text,
                bold=line.bold,
                width=line.width,
                height=line.height,
            )
        )

    def _status_changed(self) -> None:
        self._report()
        before = self.last_line
        self._interpreter.go_on()
        self._on_changed(BenchPart.PAPER)
        if self.last_line != before:
            self._report()

    def _pin_3_high(self) -> bool:
        return self.drawer_open == (self.profile.drawer_open_when == "high")

    def _report(self) -> None:
        if not self._automatic:
            return
        first = 0x10 | (0x04 if self._pin_3_high() else 0) | (0x08 if self.halted() else 0)
        paper = {PaperSupply.OK: 0, PaperSupply.NEAR_END: 0x03, PaperSupply.OUT: 0x0F}[self.paper]
        self.send(bytes((first | (0x20 if self.cover_open else 0), 0, paper, 0)))
