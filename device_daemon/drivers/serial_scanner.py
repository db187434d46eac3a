"""Barcode scanners on a serial line: a scan is handed on in the very turn in which its last byte came."""

import asyncio

from device_daemon.devices.base import WiredDevice
from device_daemon.devices.scanner import Scan, Scanner
from device_daemon.drivers.scan_framing import ScanFramer
from device_daemon.drivers.wire import Port
from device_daemon.profiles import ScannerProfile, Suffix

_ABANDONED_AFTER_S = 0.5
"""Half a scan older than this is a broken one and must not stick to the next."""


class SerialScanner(WiredDevice, Scanner):
    """A scanner that sends each code with a suffix, or with a pause after it."""

    def __init__(
        self, name: str, port: Port, profile: ScannerProfile, profile_name: str, *, simulated: bool = False
    ) -> None:
        super().__init__(name, "serial_scanner", port, profile_name, simulated=simulated)
        self._profile = profile
        self._framer = ScanFramer(profile)
        self._last_byte_at = 0.0
        self._gap: asyncio.TimerHandle | None = None

    def received(self, data: bytes) -> None:
        """Take bytes and hand on the scans that they complete."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if self._framer.pending and now - self._last_byte_at > _ABANDONED_AFTER_S:
            self._framer.drop()
            self.counters["CommunicationErrorCount"] += 1
        self._last_byte_at = now
        for scan in self._framer.feed(data):
            self._hand_on(scan)
        if self._profile.suffix is Suffix.NONE:
            if self._gap is not None:
                self._gap.cancel()
            self._gap = loop.call_later(self._profile.idle_gap_ms / 1000, self._pause)

    def close(self) -> None:
        """Close the line and forget half a scan."""
        if self._gap is not None:
            self._gap.cancel()
        self._framer.drop()
        super().close()

    def hung_up(self) -> None:
        """Forget half a scan: the rest of it will not come."""
        self._framer.drop()
        super().hung_up()

    def _pause(self) -> None:
        for scan in self._framer.flush():
            self._hand_on(scan)

    def _hand_on(self, scan: Scan) -> None:
        self.counters["GoodScanCount"] += 1
        self.on_scan(self, scan)
