"""Puts a lane's devices together from its rack: drivers on their ports, simulators behind their cables."""

from collections.abc import Callable
from dataclasses import dataclass, field

from device_daemon.bench import Simulators
from device_daemon.devices.base import Device, SupervisedDevice
from device_daemon.devices.card_reader import CardReader
from device_daemon.devices.cash_drawer import CashDrawer
from device_daemon.devices.line_display import LineDisplay
from device_daemon.devices.pos_printer import PosPrinter
from device_daemon.devices.scanner import Scanner
from device_daemon.drivers.escpos_printer import EscposPrinter
from device_daemon.drivers.printer_drawer import PrinterDrawer
from device_daemon.drivers.serial_display import SerialDisplay
from device_daemon.drivers.serial_scanner import SerialScanner
from device_daemon.drivers.wire import FilePort, Port, SerialPort, SimulatedPort, TcpPort
from device_daemon.profiles import (
    DisplayProfile,
    PrinterProfile,
    ProfileError,
    ScannerProfile,
    SerialProfile,
    load,
)
from device_daemon.rack import RackEntry, RackError
from device_daemon.simulators.card_reader import SimulatedCardReader
from device_daemon.simulators.display import SimulatedDisplay
from device_daemon.simulators.printer import SimulatedPrinter
from device_daemon.simulators.scanner import SimulatedScanner
from protocol.language import _
from protocol.messages.devices import BenchPart, DeviceKind

OnBench = Callable[[BenchPart, str], None]

_GENERAL_PROFILE = {
    DeviceKind.SCANNER: "generic",
    DeviceKind.LINE_DISPLAY: "escpos-20x2",
    DeviceKind.POS_PRINTER: "generic-80",
}


@dataclass
class LaneDevices:
    """All devices of the lane, in the order of the rack, and the simulated ends of some."""

    devices: list[Device] = field(default_factory=list)
    simulators: Simulators = field(default_factory=Simulators)

    @property
    def supervised(self) -> list[SupervisedDevice]:
        """Those with a life of their own."""
        return [device for device in self.devices if isinstance(device, SupervisedDevice)]

    @property
    def scanners(self) -> list[Scanner]:
        """The scanners."""
        return [device for device in self.devices if isinstance(device, Scanner)]

    @property
    def card_readers(self) -> list[CardReader]:
        """The card readers."""
        return [device for device in self.devices if isinstance(device, CardReader)]

    @property
    def displays(self) -> list[LineDisplay]:
        """The customer displays."""
        return [device for device in self.devices if isinstance(device, LineDisplay)]

    @property
    def printers(self) -> list[PosPrinter]:
        """The printers."""
        return [device for device in self.devices if isinstance(device, PosPrinter)]

    @property
    def drawers(self) -> list[CashDrawer]:
        """The drawers."""
        return [device for device in self.devices if isinstance(device, CashDrawer)]


def assemble(rack: tuple[RackEntry, ...], language: str, on_bench: OnBench) -> LaneDevices:
    """Return the rack's devices, none of them opened yet. Raises RackError for a profile that is wrong."""
    lane = LaneDevices()
    made: dict[str, Device] = {}
    for entry in sorted(rack, key=lambda entry: entry.kind is DeviceKind.CASH_DRAWER):  # after its printer
        try:
            made[entry.name] = _device(entry, language, on_bench, lane)
        except ProfileError as error:
            text = _("The rack, device {name}: {reason}")
            raise RackError(text.format(name=entry.name, reason=error)) from error
        lane.devices.append(made[entry.name])
    lane.devices = [made[entry.name] for entry in rack]
    return lane


def _device(entry: RackEntry, language: str, on_bench: OnBench, lane: LaneDevices) -> Device:
    match entry.kind:
        case DeviceKind.SCANNER:
            return _scanner(entry, lane.simulators)
        case DeviceKind.CARD_READER:
            return _card_reader(entry, lane.simulators)
        case DeviceKind.LINE_DISPLAY:
            return _display(entry, language, on_bench, lane.simulators)
        case DeviceKind.POS_PRINTER:
            return _printer(entry, on_bench, lane.simulators)
        case DeviceKind.CASH_DRAWER:
            printers = {printer.name: printer for printer in lane.printers}
            return PrinterDrawer(
                entry.name, next(p for n, p in printers.items() if not entry.printer or n == entry.printer)
            )


def _scanner(entry: RackEntry, simulators: Simulators) -> Device:
    name = _profile_name(entry)
    profile = load(ScannerProfile, "scanners", name, entry.settings)
    port: Port
    if entry.driver == "simulated":
        simulated = simulators.scanners[entry.name] = SimulatedScanner(entry.name)
        port = SimulatedPort(simulated.cable)
    else:
        port = _port(entry, profile)
    return SerialScanner(entry.name, port, profile, name, simulated=entry.driver == "simulated")


def _card_reader(entry: RackEntry, simulators: Simulators) -> Device:
    if entry.driver == "simulated":
        reader = simulators.card_readers[entry.name] = SimulatedCardReader(entry.name)
        return reader
    # A lane without a card reader shall start on a machine without the PC/SC library, too.
    from device_daemon.drivers.pcsc_reader import PcscReader  # noqa: PLC0415

    return PcscReader(entry.name, entry.reader)


def _display(entry: RackEntry, language: str, on_bench: OnBench, simulators: Simulators) -> Device:
    name = _profile_name(entry)
    profile = load(DisplayProfile, "displays", name, entry.settings)
    port: Port
    if entry.driver == "simulated":
        simulated = simulators.displays[entry.name] = SimulatedDisplay(
            entry.name, profile, lambda: on_bench(BenchPart.DISPLAY, entry.name)
        )
        port = SimulatedPort(simulated.cable)
    else:
        port = _port(entry, profile)
    return SerialDisplay(
        entry.name, port, profile, name, language=language, simulated=entry.driver == "simulated"
    )


def _printer(entry: RackEntry, on_bench: OnBench, simulators: Simulators) -> Device:
    name = _profile_name(entry)
    profile = load(PrinterProfile, "printers", name, entry.settings)
    port: Port
    if entry.driver == "simulated":
        simulated = simulators.printers[entry.name] = SimulatedPrinter(
            entry.name, profile, lambda part: on_bench(part, entry.name)
        )
        port = SimulatedPort(simulated.cable)
    else:
        port = _port(entry, profile)
    return EscposPrinter(entry.name, port, profile, name, simulated=entry.driver == "simulated")


def _profile_name(entry: RackEntry) -> str:
    return entry.profile or _GENERAL_PROFILE[entry.kind]


def _port(entry: RackEntry, profile: SerialProfile) -> Port:
    match entry.driver:
        case "tcp":
            return TcpPort(entry.host, entry.port)
        case "file":
            return FilePort(entry.path)
        case _:
            return SerialPort(entry.path, profile)
