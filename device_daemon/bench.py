"""The device bench: the simulated devices, handled as somebody standing before them would."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from device_daemon.devices.card_reader import Card
from device_daemon.simulators.cable import Cable
from device_daemon.simulators.card_reader import SimulatedCardReader
from device_daemon.simulators.display import SimulatedDisplay
from device_daemon.simulators.printer import SimulatedPrinter
from device_daemon.simulators.scanner import SimulatedScanner
from protocol.identifiers import DeviceName
from protocol.language import _
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.devices import (
    Bench,
    BenchDisplay,
    BenchPart,
    BenchPrinter,
    BenchState,
    SimulateCard,
    SimulateCardRemoved,
    SimulateCover,
    Simulated,
    SimulateDrawerClosed,
    SimulatePaper,
    SimulatePlug,
    SimulateScan,
    SimulateUnplug,
)

_Thing = TypeVar("_Thing")


@dataclass
class Simulators:
    """The simulated devices of the lane by their names."""

    scanners: dict[str, SimulatedScanner] = field(default_factory=dict)
    card_readers: dict[str, SimulatedCardReader] = field(default_factory=dict)
    displays: dict[str, SimulatedDisplay] = field(default_factory=dict)
    printers: dict[str, SimulatedPrinter] = field(default_factory=dict)

    @property
    def cables(self) -> list[Cable]:
        """All cables."""
        return [
            *(scanner.cable for scanner in self.scanners.values()),
            *(display.cable for display in self.displays.values()),
            *(printer.cable for printer in self.printers.values()),
        ]


class _NoSuchDeviceError(Exception):
    """The lane has no such simulated device."""


class DeviceBench:
    """Carries out what the bench is asked, and says what it looks like."""

    def __init__(self, simulators: Simulators, changed: Callable[[BenchPart, str], None]) -> None:
        """`changed` is told that a part of a device looks different."""
        self.simulators = simulators
        self._changed = changed

    def state(self, request: BenchState) -> Bench:
        """Return what everything looks like."""
        sims = self.simulators
        drawer = next((printer.drawer_open for printer in sims.printers.values()), None)
        card = next((reader.card for reader in sims.card_readers.values() if reader.card), None)
        return Bench(
            displays=tuple(
                BenchDisplay(device=DeviceName(name), lines=display.lines, lamp=display.lamp)
                for name, display in sims.displays.items()
            ),
            printers=tuple(
                _printer(name, printer, request.paper_after) for name, printer in sims.printers.items()
            ),
            drawer_opened=drawer,
            card_uid=card.uid if card else None,
            unplugged=tuple(DeviceName(name) for name in self._unplugged()),
        )

    def handle(self, request: Request) -> Answer | None:
        """Carry a request out; None: it is not for the bench."""
        try:
            return self._do(request)
        except _NoSuchDeviceError:
            words = _("This lane has no such simulated device; its rack says which devices it has.")
            return Refused(code="not_simulated", explanation=words, field="device")

    def _do(self, request: Request) -> Answer | None:
        sims = self.simulators
        match request:
            case SimulateScan():
                return self._scan(request)
            case SimulateCard():
                name, reader = _pick(sims.card_readers, request.device)
                reader.lay(Card(request.uid.upper(), request.card_kind))
                self._changed(BenchPart.CARD, name)
            case SimulateCardRemoved():
                name, reader = _pick(sims.card_readers, request.device)
                reader.remove()
                self._changed(BenchPart.CARD, name)
            case SimulatePaper():
                name, printer = _pick(sims.printers, request.device)
                printer.set_paper(request.paper)
            case SimulateCover():
                name, printer = _pick(sims.printers, request.device)
                printer.set_cover(request.opened)
            case SimulateDrawerClosed():
                # The drawer hangs on a printer: a drawer's own name means the first printer's drawer.
                known = request.device if request.device in sims.printers else None
                name, printer = _pick(sims.printers, known)
                printer.close_drawer()
            case SimulateUnplug():
                name = self._cable(request.device, plugged=False)
            case SimulatePlug():
                name = self._cable(request.device, plugged=True)
            case _:
                return None
        return Simulated(device=DeviceName(name))

    def _scan(self, request: SimulateScan) -> Answer:
        name, scanner = _pick(self.simulators.scanners, request.device)
        if request.raw is not None:
            sent = scanner.send(bytes.fromhex(request.raw))
        elif request.code:
            sent = scanner.scan(request.code, request.symbology)
        else:
            return Refused(code="empty_code", explanation=_("There is nothing to scan."), field="code")
        if not sent:
            words = _("The simulated scanner is unplugged; the scan is lost, as it would be on a real one.")
            return Refused(code="unplugged", explanation=words)
        return Simulated(device=DeviceName(name))

    def _cable(self, name: str, *, plugged: bool) -> str:
        sims = self.simulators
        reader = sims.card_readers.get(name)
        wired = sims.scanners.get(name) or sims.displays.get(name) or sims.printers.get(name)
        thing = reader or (wired.cable if wired else None)
        if thing is None:
            raise _NoSuchDeviceError
        if plugged:
            thing.plug()
        else:
            thing.unplug()
        self._changed(BenchPart.CABLE, name)
        return name

    def _unplugged(self) -> list[str]:
        sims = self.simulators
        wired = sims.scanners | sims.displays | sims.printers
        return [name for name, device in wired.items() if not device.cable.plugged] + [
            name for name, reader in sims.card_readers.items() if not reader.plugged
        ]


def _pick(things: dict[str, _Thing], name: str | None) -> tuple[str, _Thing]:
    """Return the named one, or the first."""
    if name is None and things:
        return next(iter(things.items()))
    if name is None or name not in things:
        raise _NoSuchDeviceError
    return name, things[name]


def _printer(name: str, printer: SimulatedPrinter, after: int) -> BenchPrinter:
    return BenchPrinter(
        device=DeviceName(name),
        columns=printer.profile.columns,
        paper=printer.paper,
        cover_open=printer.cover_open,
        last_line=printer.last_line,
        lines=tuple(line for line in printer.lines if line.number > after),
    )
