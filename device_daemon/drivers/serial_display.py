"""Customer displays on a serial line, in the dialect of their profile."""

import asyncio
import logging

from device_daemon.devices.base import WiredDevice
from device_daemon.devices.line_display import LineDisplay
from device_daemon.drivers.display_dialects import dialect
from device_daemon.drivers.wire import Port, Wire, WireLostError, WriteStalledError
from device_daemon.profiles import DisplayProfile
from protocol.language import speaking
from protocol.messages.devices import DeviceState, ShowOnDisplay

_STALL_TIMEOUT_S = 2.0

_log = logging.getLogger(__name__)


class SerialDisplay(WiredDevice, LineDisplay):
    """A display that is written to. The last content is shown again when it comes back."""

    def __init__(
        self,
        name: str,
        port: Port,
        profile: DisplayProfile,
        profile_name: str,
        *,
        language: str,
        simulated: bool = False,
    ) -> None:
        super().__init__(name, "serial_display", port, profile_name, simulated=simulated)
        self._dialect = dialect(profile)
        self._language = language
        self._content: ShowOnDisplay | None = None
        self._news = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def show(self, request: ShowOnDisplay) -> None:
        """Show this next; what was not yet sent is skipped, the customer wants the newest."""
        self._content = request
        self._news.set()

    async def greet(self) -> None:
        """Initialise it and keep showing."""
        self._news.set()
        self._writer = asyncio.create_task(self._keep_showing(self.wire))
        self.report(DeviceState.ONLINE)

    def close(self) -> None:
        """Stop showing and close the line."""
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None
        super().close()

    def received(self, data: bytes) -> None:
        """Displays say nothing of interest."""

    async def _keep_showing(self, wire: Wire) -> None:
        try:
            await wire.write(self._dialect.begin(), _STALL_TIMEOUT_S)
            while True:
                await self._news.wait()
                self._news.clear()
                if self._content is None:
                    continue
                with speaking(self._language):
                    data = self._dialect.encode(self._content)
                await wire.write(data, _STALL_TIMEOUT_S)
                await wire.drain(_STALL_TIMEOUT_S)  # a slow line gets the newest next, not all of them
        except (WireLostError, WriteStalledError) as error:
            _log.warning("%s: %s", self.name, str(error) or "takes no data")
            self.counters["CommunicationErrorCount"] += 1
            wire.close()
            self.hung_up()
