"""A cash drawer at a receipt printer's connector: it lives and dies with that printer."""

from device_daemon.devices.base import Device
from device_daemon.devices.cash_drawer import CashDrawer
from device_daemon.devices.pos_printer import PosPrinter
from protocol.messages.devices import DeviceState

_PAPER_DOES_NOT_MATTER = {
    DeviceState.REC_NEAR_END: DeviceState.ONLINE,
    DeviceState.REC_EMPTY: DeviceState.OFFLINE,
    DeviceState.COVER_OPEN: DeviceState.OFFLINE,
}


class PrinterDrawer(CashDrawer):
    """Opened by the printer's pulse, watched through its sensor pin."""

    def __init__(self, name: str, printer: PosPrinter) -> None:
        super().__init__(name, "printer_drawer", printer.profile_name, simulated=printer.simulated)
        self._printer = printer
        self._opened = printer.drawer_open
        printer.on_change.append(self._printer_changed)

    @property
    def identity(self) -> str:
        """Which printer it hangs on."""
        return f"{self._printer.name}: {self._printer.identity}"

    @property
    def opened(self) -> bool | None:
        """What the sensor says."""
        return self._opened

    async def open_drawer(self) -> None:
        """Have the printer send the pulse."""
        try:
            await self._printer.kick()
        except Exception:
            self.counters["DrawerFailedOpenCount"] += 1
            raise
        self.counters["DrawerGoodOpenCount"] += 1

    def _printer_changed(self, printer: Device) -> None:
        before = self.state, self._opened
        self._opened = self._printer.drawer_open
        self.report(_PAPER_DOES_NOT_MATTER.get(printer.state, printer.state))
        if self.state is before[0] and self._opened != before[1]:
            self.tell()
