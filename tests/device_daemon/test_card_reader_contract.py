"""Every card reader, simulated or behind a real pcscd with a virtual card, keeps the same promises."""

import fcntl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from device_ends import Life, PcscDaemon, VirtualCard, until

from device_daemon.devices.card_reader import Card, CardReader
from device_daemon.drivers.pcsc_reader import PcscReader
from device_daemon.simulators.card_reader import SimulatedCardReader
from protocol.messages.devices import DeviceState

LOCK = Path("/tmp/guitai-test-pcscd.lock")
ONE = bytes.fromhex("04A1B2C3D4E5F6")
OTHER = bytes.fromhex("04112233445566")


@dataclass
class Setup:
    """A reader, its card slot, and the service or cable that may go."""

    reader: CardReader
    lay: Callable[[bytes], Awaitable[None]]
    remove: Callable[[], Awaitable[None]]
    lose: Callable[[], Awaitable[None]]
    find: Callable[[], Awaitable[None]]
    lost_state: DeviceState
    events: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reader.on_presented = lambda _reader, card: self.events.append(("in", card.uid))
        self.reader.on_removed = lambda _reader, card: self.events.append(("out", card.uid))


@asynccontextmanager
async def running_pcscd() -> AsyncIterator[PcscDaemon]:
    """One pcscd at a time on this machine: its socket has a fixed name."""
    with LOCK.open("w") as lock:  # noqa: ASYNC230  # before the test begins
        fcntl.flock(lock, fcntl.LOCK_EX)
        daemon = PcscDaemon()
        await daemon.start()
        try:
            yield daemon
        finally:
            await daemon.close()


@pytest.fixture
async def pcscd() -> AsyncIterator[PcscDaemon]:
    async with running_pcscd() as daemon:
        yield daemon


@pytest.fixture(params=["simulated", "pcsc"])
async def setup(request: pytest.FixtureRequest) -> AsyncIterator[Setup]:
    if request.param == "simulated":
        yield _simulated()
        return
    async with running_pcscd() as daemon:
        card = VirtualCard(daemon.card_port)
        reader = PcscReader("cards-1", "Guitai")
        yield Setup(reader, card.lay, card.remove, daemon.stop, daemon.start, DeviceState.NO_SERVICE)
        await card.remove()


def _simulated() -> Setup:
    reader = SimulatedCardReader("cards-1")

    async def lay(uid: bytes) -> None:
        reader.lay(Card(uid.hex().upper(), "mifare_ultralight"))

    async def remove() -> None:
        reader.remove()

    async def lose() -> None:
        reader.unplug()

    async def find() -> None:
        reader.plug()

    return Setup(reader, lay, remove, lose, find, DeviceState.OFF_OFFLINE)


async def test_a_card_is_told_once_when_it_comes_and_once_when_it_goes(setup: Setup) -> None:
    async with Life(setup.reader) as life:
        await life.reaches(DeviceState.ONLINE)
        await setup.lay(ONE)
        await until(lambda: len(setup.events) == 1, "the card is seen")
        await setup.remove()
        await until(lambda: len(setup.events) == 2, "the card is seen to go")
        await setup.lay(OTHER)
        await until(lambda: len(setup.events) == 3, "the other card is seen")
    assert setup.events == [
        ("in", ONE.hex().upper()),
        ("out", ONE.hex().upper()),
        ("in", OTHER.hex().upper()),
    ]
    assert setup.reader.counters["GoodReadCount"] == 2


async def test_lost_and_found_again_it_sees_the_next_card(setup: Setup) -> None:
    async with Life(setup.reader) as life:
        await life.reaches(DeviceState.ONLINE)
        await setup.lose()
        await life.reaches(setup.lost_state)
        await setup.find()
        await life.reaches(DeviceState.ONLINE)
        await setup.lay(OTHER)
        await until(lambda: setup.events, "the card is seen")
    assert setup.events == [("in", OTHER.hex().upper())]


async def test_a_phone_is_known_by_its_random_number() -> None:
    assert Card("08A1B2C3").random_uid
    assert not Card("04A1B2C3").random_uid
    assert not Card("08A1B2C3D4E5F6").random_uid


async def test_the_kind_of_card_is_read_from_its_answer_to_reset(pcscd: PcscDaemon) -> None:
    reader = PcscReader("cards-1")
    seen: list[Card] = []
    reader.on_presented = lambda _reader, card: seen.append(card)
    card = VirtualCard(pcscd.card_port)
    async with Life(reader) as life:
        await life.reaches(DeviceState.ONLINE)
        await card.lay(ONE)
        await until(lambda: seen, "the card is seen")
        assert reader.identity.startswith("Guitai Test Reader")
    await card.remove()
    assert seen == [Card(ONE.hex().upper(), "mifare_1k")]


async def test_a_card_swapped_quickly_for_one_of_the_same_make_is_noticed(pcscd: PcscDaemon) -> None:
    reader = PcscReader("cards-1")
    events: list[tuple[str, str]] = []
    reader.on_presented = lambda _reader, card: events.append(("in", card.uid))
    reader.on_removed = lambda _reader, card: events.append(("out", card.uid))
    card = VirtualCard(pcscd.card_port)
    async with Life(reader) as life:
        await life.reaches(DeviceState.ONLINE)
        await card.lay(ONE)
        await until(lambda: events, "the card is seen")
        await card.remove()
        await card.lay(OTHER)
        await until(lambda: len(events) == 3, "the swap is seen")
    await card.remove()
    assert events == [("in", ONE.hex().upper()), ("out", ONE.hex().upper()), ("in", OTHER.hex().upper())]


async def test_a_reader_that_is_not_there_is_said_to_be_missing_not_the_service(pcscd: PcscDaemon) -> None:
    reader = PcscReader("cards-1", "Another Make")
    async with Life(reader) as life:
        await pcscd.stop()
        await life.reaches(DeviceState.NO_SERVICE)
        await pcscd.start()
        await life.reaches(DeviceState.OFF_OFFLINE)


async def test_without_the_service_the_reader_says_so_and_waits() -> None:
    with LOCK.open("w") as lock:  # noqa: ASYNC230  # as above
        fcntl.flock(lock, fcntl.LOCK_EX)
        reader = PcscReader("cards-1")
        async with Life(reader) as life:
            await life.reaches(DeviceState.NO_SERVICE)
