"""The device daemon's start and end: the one place where its parts are put together."""

import asyncio
import contextlib
import gc
import logging
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from device_daemon.assembly import assemble
from device_daemon.bench import DeviceBench
from device_daemon.input_desk import InputDesk
from device_daemon.lane import Lane
from device_daemon.printing import PrintRoom
from device_daemon.rack import default_rack, load_rack
from device_daemon.settings import DeviceSettings
from device_daemon.spool import Spool
from device_daemon.supervision import supervise
from protocol.identifiers import DeviceName, TerminalName
from protocol.messages.base import Answer
from protocol.messages.devices import BenchChanged, BenchPart
from protocol.sockets.fact_publisher import FactPublisher
from protocol.sockets.keys import KeyRing, load_or_create_key_pair
from protocol.sockets.reply_server import Incoming, ReplyServer

_DELIVER_EVERY_S = 0.25

_log = logging.getLogger(__name__)


async def run(settings: DeviceSettings, on_ready: Callable[[], None] = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises BadDeviceSettings, SpoolError, EndpointError or KeyFileError, with a sentence for a person.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with serving(settings):
        # What is there now stays for good: looking it through for garbage would hold a scan up for 40 ms.
        gc.freeze()
        on_ready()
        await told.wait()


@contextlib.asynccontextmanager
async def serving(settings: DeviceSettings) -> AsyncIterator[Lane]:
    """Serve for as long as the context lasts; gives the lane, for tests that look inside."""
    rack = load_rack(settings.rack) if settings.rack.exists() else default_rack()
    keyring = _keyring(settings)
    publisher = FactPublisher(settings.fact_endpoints, keyring=keyring)

    def on_bench(part: BenchPart, device: str) -> None:
        publisher.publish(BenchChanged(part=part, device=DeviceName(device)))

    devices = assemble(rack, settings.language, on_bench)
    bench = DeviceBench(devices.simulators, on_bench)
    server: ReplyServer

    def is_present(terminal: TerminalName) -> bool:
        return any(peer.sender == terminal for peer in server.peers())

    desk = InputDesk(publisher.publish, is_present, _now, time.monotonic)
    spool = Spool.open(settings.spool)
    jobs = PrintRoom(
        spool,
        devices.printers,
        devices.drawers,
        publisher.publish,
        _now,
        language=settings.language,
        ask_if_older_s=settings.ask_if_older_s,
        keep_jobs_days=settings.keep_jobs_days,
    )
    lane = Lane(
        settings.lane,
        settings.language,
        devices,
        desk,
        jobs,
        bench,
        publisher.publish,
        _now,
        lambda: (publisher.publisher, publisher.sequence),
    )

    def handle(incoming: Incoming) -> Answer | Awaitable[Answer]:
        return lane.answer(incoming.header, incoming.request)

    server = ReplyServer(
        settings.request_endpoints, handle, keyring=keyring, sender=TerminalName(f"devices-{settings.lane}")
    )
    tasks: list[asyncio.Task[None]] = []
    try:
        await publisher.start()
        await server.start()
        tasks += [asyncio.create_task(supervise(d), name=f"life of {d.name}") for d in devices.supervised]
        tasks.append(asyncio.create_task(jobs.run(), name="print room"))
        tasks.append(asyncio.create_task(_deliver(desk), name="waiting input"))
        _log.info("lane %s: %d devices", settings.lane, len(devices.devices))
        yield lane
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for cable in devices.simulators.cables:
            cable.close()
        server.close()
        publisher.close()
        jobs.close()


async def _deliver(desk: InputDesk) -> None:
    """Hand over what waited, as soon as the claiming terminal is heard again."""
    while True:
        desk.deliver()
        await asyncio.sleep(_DELIVER_EVERY_S)


def _keyring(settings: DeviceSettings) -> KeyRing | None:
    if not settings.listens_on_network:
        return None
    return KeyRing(load_or_create_key_pair(settings.key_file), settings.terminals_file)


def _now() -> datetime:
    return datetime.now(UTC)
