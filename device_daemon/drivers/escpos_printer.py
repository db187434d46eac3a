"""ESC/POS receipt printers on any wire, with their status and the drawer at their connector."""

import asyncio
import logging
from collections.abc import Callable

from device_daemon.devices.base import NoAnswerError, UnavailableError, WiredDevice
from device_daemon.devices.pos_printer import PosPrinter
from device_daemon.drivers.escpos_status import Answer, InOrder, PrinterStatus, Report, StatusStream
from device_daemon.drivers.wire import Port, Wire, WireLostError, WriteStalledError
from device_daemon.escpos import ASK_PAPER_IN_ORDER, AUTOMATIC_STATUS, Encoder, ask_status, kick
from device_daemon.profiles import PrinterProfile
from device_daemon.receipt_layout import layout
from protocol.messages.devices import DeviceState
from protocol.receipt import Document

_ANSWER_TIMEOUT_S = 0.4
_CONFIRM_TIMEOUT_S = 10.0
_QUEUE_AHEAD_BYTES = 512
"""How much may wait in the system's buffer: a kick or a question never stands behind a whole receipt."""
_HOLDING = frozenset({DeviceState.REC_EMPTY, DeviceState.COVER_OPEN, DeviceState.OFFLINE, DeviceState.STALE})
"""States that pass by themselves; the printer keeps what it has got."""

_log = logging.getLogger(__name__)


class EscposPrinter(WiredDevice, PosPrinter):
    """A printer of the profile's family."""

    def __init__(
        self, name: str, port: Port, profile: PrinterProfile, profile_name: str, *, simulated: bool = False
    ) -> None:
        super().__init__(name, "escpos", port, profile_name, simulated=simulated)
        self.profile = profile
        self._encoder = Encoder(profile)
        self._stream = StatusStream()
        self._status = PrinterStatus()
        self._job = asyncio.Lock()
        self._line = asyncio.Lock()
        self._changed = asyncio.Event()
        self._answer: asyncio.Future[int] | None = None
        self._confirmed: asyncio.Future[None] | None = None
        self._confirms = profile.confirms
        self._job_wire: Wire | None = None
        """The wire on which the present job began."""

    # --- life ---

    async def greet(self) -> None:
        """Ask for reports and for the present state."""
        self._stream, self._status = StatusStream(), PrinterStatus()
        self._confirms = self.profile.confirms
        try:
            if self.profile.automatic_status:
                await self.wire.write(AUTOMATIC_STATUS, _ANSWER_TIMEOUT_S)
            await self.poll()
        except (NoAnswerError, WriteStalledError) as error:
            raise UnavailableError(DeviceState.STALE, "it does not answer") from error
        except WireLostError as error:
            raise UnavailableError(DeviceState.OFF_OFFLINE, str(error)) from error
        if not self.profile.status:
            self.report(DeviceState.ONLINE)

    async def poll(self) -> None:
        """Ask the four status questions, unless a stalled write is before them."""
        if not self.profile.status or self._line.locked():
            return
        async with self._line:
            try:
                await self.wire.drain(_ANSWER_TIMEOUT_S)
            except WriteStalledError:
                return  # the data before the question is still on its way
            except WireLostError as error:
                raise NoAnswerError from error
            status = self._status
            for number in (1, 2, 3, 4):
                status = status.after_answer(number, await self._ask(number))
        self._take(status)

    async def _ask(self, number: int) -> int:
        self._answer = asyncio.get_running_loop().create_future()
        try:
            await self.wire.write(ask_status(number), _ANSWER_TIMEOUT_S)
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                return await self._answer
        except (TimeoutError, WireLostError, WriteStalledError, UnavailableError) as error:
            raise NoAnswerError from error
        finally:
            self._answer = None

    def received(self, data: bytes) -> None:
        """Take in what the printer says."""
        for said in self._stream.feed(data):
            match said:
                case Answer():
                    if self._answer is not None and not self._answer.done():
                        self._answer.set_result(said.value)
                case Report():
                    self._take(self._status.after_report(said.data))
                case InOrder():
                    if self._confirmed is not None and not self._confirmed.done():
                        self._confirmed.set_result(None)

    def _take(self, status: PrinterStatus) -> None:
        self._status = status
        drawer_before = self.drawer_open
        if self.profile.drawer_sensor and status.pin_3_high is not None:
            self.drawer_open = status.pin_3_high == (self.profile.drawer_open_when == "high")
        state_before = self.state
        self.report(status.state)
        if self.state is state_before and self.drawer_open != drawer_before:
            self.tell()

    def tell(self) -> None:
        """Tell the listeners, and the job that may be waiting for paper."""
        self._changed.set()
        super().tell()

    # --- work ---

    def encode(self, document: Document, marks: tuple[str, ...] = ()) -> list[bytes]:
        """Return the document as chunks for this printer."""
        lines = layout(document, self.profile.columns, self._encoder.characters.cells, marks)
        return self._encoder.job(lines)

    async def print_chunks(
        self, chunks: list[bytes], on_begun: Callable[[], None], given_up: Callable[[], bool]
    ) -> bool:
        """Print; see PosPrinter."""
        async with self._job:
            if not self.ready:
                raise UnavailableError(self.state)
            self._job_wire = self.wire
            on_begun()
            for chunk in chunks[:-1]:
                await self._wait_until_ready(given_up)
                if given_up():
                    break
                await self._send(chunk)
                self.counters["ReceiptLineFeedCount"] += 1
                await asyncio.sleep(0)  # scans, and the printer's own news, go before the next line
            whole = not given_up()
            if self.ready or whole:
                await self._send(chunks[-1])
                self.counters["PaperCutCount"] += 1
            return whole and await self._confirm(given_up)

    async def _wait_until_ready(self, given_up: Callable[[], bool] = lambda: False) -> None:
        while True:
            if self._wire is not self._job_wire:  # lost, and perhaps found again, with its memory empty
                raise UnavailableError(DeviceState.OFF_OFFLINE)
            if self.ready or given_up():
                return
            if self.state not in _HOLDING:
                raise UnavailableError(self.state)
            self._changed.clear()
            try:
                async with asyncio.timeout(0.2):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _holds(self) -> bool:
        return self.state in _HOLDING

    async def _send(self, data: bytes) -> None:
        """Send one chunk. A printer that takes nothing though it is ready is lost: its wire is closed."""
        async with self._line:
            try:
                wire = self._job_wire or self.wire
                await wire.write(data, self.profile.write_timeout_s, self._holds)
                await wire.drain(self.profile.write_timeout_s, _QUEUE_AHEAD_BYTES, self._holds)
            except (WireLostError, WriteStalledError) as error:
                self.counters["CommunicationErrorCount"] += 1
                self.close()
                self.hung_up()
                raise UnavailableError(DeviceState.OFF_OFFLINE, str(error)) from error

    async def _confirm(self, given_up: Callable[[], bool]) -> bool:
        """Wait until the printer has worked off everything; False when it was given up meanwhile."""
        if not self._confirms:
            try:
                await self.wire.drain(self.profile.write_timeout_s)
            except (WireLostError, WriteStalledError) as error:
                raise UnavailableError(DeviceState.OFF_OFFLINE, str(error)) from error
            return True
        self._confirmed = asyncio.get_running_loop().create_future()
        try:
            await self._send(ASK_PAPER_IN_ORDER)
            patience_s = _CONFIRM_TIMEOUT_S
            while not self._confirmed.done():
                await self._wait_until_ready(given_up)
                if not self.ready:
                    return False
                await asyncio.wait((self._confirmed,), timeout=0.1)
                patience_s -= 0.1
                if patience_s <= 0:
                    _log.warning("%s: does not confirm its jobs; they count as done when sent", self.name)
                    self._confirms = False
                    break
            return True
        finally:
            self._confirmed = None

    async def kick(self) -> None:
        """Open the drawer; without paper only by the real-time command, if the printer has it."""
        realtime = not self.ready
        passing = (DeviceState.REC_EMPTY, DeviceState.OFFLINE)
        if realtime and not (self.profile.realtime_kick and self.state in passing):
            raise UnavailableError(self.state)
        try:
            async with asyncio.timeout(1.0), self._line:
                await self.wire.write(kick(self.profile, realtime=realtime), _ANSWER_TIMEOUT_S)
        except (TimeoutError, WriteStalledError, WireLostError) as error:
            raise UnavailableError(DeviceState.OFFLINE, str(error)) from error
