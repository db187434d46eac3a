"""Reads what an ESC/POS printer sends: DLE EOT answers, GS a reports and GS r answers in one stream."""

from dataclasses import dataclass, replace

from protocol.messages.devices import DeviceState


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What the printer last said."""

    offline: bool = False
    cover_open: bool = False
    paper_out: bool = False
    near_end: bool = False
    fault: bool = False
    pin_3_high: bool | None = None
    """Level of the drawer connector's sensor pin; None: never said."""

    @property
    def state(self) -> DeviceState:
        """The worst of it."""
        if self.fault:
            return DeviceState.ERROR
        if self.cover_open:  # before the paper: an open cover looks like no paper to many printers
            return DeviceState.COVER_OPEN
        if self.paper_out:
            return DeviceState.REC_EMPTY
        if self.offline:
            return DeviceState.OFFLINE
        return DeviceState.REC_NEAR_END if self.near_end else DeviceState.ONLINE

    def after_answer(self, number: int, answer: int) -> "PrinterStatus":
        """Return the status with the answer to DLE EOT `number` taken in."""
        match number:
            case 1:
                return replace(self, pin_3_high=bool(answer & 0x04), offline=bool(answer & 0x08))
            case 2:
                return replace(self, cover_open=bool(answer & 0x04))
            case 3:
                return replace(self, fault=bool(answer & 0x2C))  # recoverable, cutter, unrecoverable
            case 4:
                return replace(self, near_end=bool(answer & 0x0C), paper_out=bool(answer & 0x60))
        return self

    def after_report(self, report: bytes) -> "PrinterStatus":
        """Return the status after the four bytes of an automatic report."""
        return PrinterStatus(
            pin_3_high=bool(report[0] & 0x04),
            offline=bool(report[0] & 0x08),
            cover_open=bool(report[0] & 0x20),
            fault=bool(report[1] & 0x2C),
            near_end=bool(report[2] & 0x03),
            paper_out=bool(report[2] & 0x0C),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One byte in answer to DLE EOT."""

    value: int


@dataclass(frozen=True, slots=True)
class Report:
    """Four bytes that came by themselves."""

    data: bytes


@dataclass(frozen=True, slots=True)
class InOrder:
    """One byte in answer to GS r: everything sent before has been processed."""

    value: int


class StatusStream:
    """Tells the three apart by their fixed bits; a report may be cut anywhere between two reads."""

    def __init__(self) -> None:
        self._report = b""

    def feed(self, data: bytes) -> list[Answer | Report | InOrder]:
        """Take bytes and return what they say. Bytes that fit nothing (flow control, noise) are ignored."""
        said: list[Answer | Report | InOrder] = []
        for value in data:
            if self._report:
                if value & 0x90 == 0:
                    self._report += bytes((value,))
                    if len(self._report) == 4:
                        said.append(Report(self._report))
                        self._report = b""
                    continue
                if value & 0x93 != 0x12:  # an answer may come in between; anything else breaks the report
                    self._report = b""
            if value & 0x93 == 0x12:
                said.append(Answer(value))
            elif value & 0x93 == 0x10:
                self._report = bytes((value,))
            elif value & 0x90 == 0:
                said.append(InOrder(value))
        return said
