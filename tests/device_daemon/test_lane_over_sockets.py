"""A terminal and the device bench speak with a whole daemon over its real sockets."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from device_ends import until

from device_daemon.daemon import serving
from device_daemon.settings import DeviceSettings
from protocol.identifiers import CommandId, DeviceName, JobId, TerminalName, new_id
from protocol.messages.base import Answer, Fact, FactHeader, Refused, Request
from protocol.messages.devices import (
    BarcodeScanned,
    Bench,
    BenchState,
    CardPresented,
    CheckHealth,
    ClaimInput,
    DeviceChanged,
    Devices,
    DeviceState,
    DrawerChanged,
    GetJob,
    Health,
    HealthLevel,
    InputClaimed,
    ItemContent,
    Job,
    JobChanged,
    JobState,
    ListDevices,
    ListInput,
    OpenDrawer,
    PaperSupply,
    PrintDocument,
    RecentInput,
    ReleaseInput,
    ShowOnDisplay,
    SimulateCard,
    SimulateDrawerClosed,
    SimulatePaper,
    SimulatePlug,
    SimulateScan,
    SimulateUnplug,
)
from protocol.messages.presence import Greeting, Hello
from protocol.receipt import Document, TextLine
from protocol.registry import requests
from protocol.sockets.fact_subscriber import FactSubscriber
from protocol.sockets.request_client import RequestClient

A = TypeVar("A", bound=Answer)
F = TypeVar("F", bound=Fact)


class Terminal:
    """A terminal that has subscribed and can ask."""

    def __init__(self, client: RequestClient, facts: list[Fact]) -> None:
        self.client = client
        self.facts = facts

    async def ask(self, request: Request, kind: type[A]) -> A:
        answer = await self.client.ask(request)
        assert isinstance(answer, kind), answer
        return answer

    def all(self, kind: type[F]) -> list[F]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    async def hears(self, kind: type[F], count: int = 1) -> F:
        await until(lambda: len(self.all(kind)) >= count, f"{count} {kind.__name__}")
        return self.all(kind)[count - 1]


@pytest.fixture
def settings() -> Iterator[DeviceSettings]:
    with tempfile.TemporaryDirectory() as folder:  # short: a socket's path has at most 107 bytes
        yield DeviceSettings(folder=Path(folder), lane="1", language="zh_CN")


@asynccontextmanager
async def terminal(settings: DeviceSettings, name: str) -> AsyncIterator[Terminal]:
    facts: list[Fact] = []
    alive: list[bool] = []

    def hear(fact: Fact, _header: FactHeader) -> None:
        facts.append(fact)

    async with (
        FactSubscriber(settings.fact_endpoints[0], hear, lambda _gap: None, alive.append),
        RequestClient(settings.request_endpoints[0], sender=TerminalName(name)) as client,
    ):
        await until(lambda: alive and alive[-1], "the facts are heard")
        yield Terminal(client, facts)


@pytest.fixture
async def lane_1(settings: DeviceSettings) -> AsyncIterator[Terminal]:
    async with serving(settings) as lane, terminal(settings, "lane-1") as connected:
        await until(lambda: all(device.ready for device in lane.devices.devices), "all devices are ready")
        yield connected


async def test_it_greets_as_the_devices_of_its_lane(lane_1: Terminal) -> None:
    greeting = await lane_1.ask(Hello(), Greeting)
    assert (greeting.program, greeting.lane) == ("device_daemon", "1")


async def test_a_scan_on_the_bench_reaches_the_terminal_that_claimed(lane_1: Terminal) -> None:
    await lane_1.ask(ClaimInput(), InputClaimed)
    await lane_1.client.ask(SimulateScan(code="6901234567892"))
    scan = await lane_1.hears(BarcodeScanned)
    assert (scan.data, scan.symbology, scan.claimed_by) == ("6901234567892", "ean13", "lane-1")


async def test_the_same_command_asked_twice_scans_once(lane_1: Terminal) -> None:
    await lane_1.ask(ClaimInput(), InputClaimed)
    same = new_id()
    await lane_1.client.ask(SimulateScan(code="6901234567892"), id=CommandId(same))
    await lane_1.client.ask(SimulateScan(code="6901234567892"), id=CommandId(same))
    await lane_1.client.ask(SimulateScan(code="69012346"))
    await lane_1.hears(BarcodeScanned, 2)
    assert [scan.data for scan in lane_1.all(BarcodeScanned)] == ["6901234567892", "69012346"]


async def test_scans_that_nobody_claimed_are_given_to_the_one_who_does(
    lane_1: Terminal, settings: DeviceSettings
) -> None:
    await lane_1.client.ask(SimulateScan(code="6901234567892"))
    await lane_1.client.ask(SimulateCard(uid="04a1b2c3"))
    claimed = await lane_1.ask(ClaimInput(), InputClaimed)
    assert (claimed.waiting, claimed.last_number) == (2, 0)
    card = await lane_1.hears(CardPresented)
    assert (card.number, card.uid) == (2, "04A1B2C3")
    recent = await lane_1.ask(ListInput(after=0), RecentInput)
    assert [scan.number for scan in recent.scans] == [1]
    async with terminal(settings, "console") as console:
        await console.ask(ClaimInput(), InputClaimed)
        await lane_1.client.ask(ReleaseInput())  # not its own claim any more
        await lane_1.client.ask(SimulateScan(code="A-1"))
        assert (await console.hears(BarcodeScanned)).claimed_by == "console"


async def test_words_come_in_the_language_of_the_one_who_asks(lane_1: Terminal) -> None:
    await lane_1.client.ask(SimulatePaper(paper=PaperSupply.OUT))
    await until(
        lambda: any(f.device.state is DeviceState.REC_EMPTY for f in lane_1.all(DeviceChanged)), "paper out"
    )
    told = next(f for f in lane_1.all(DeviceChanged) if f.device.state is DeviceState.REC_EMPTY)
    assert told.words == {
        "en": "No paper. Put in a new roll; what waits prints by itself.",
        "zh_CN": "缺纸。请装上新纸卷，等待的单据会自动打印。",
    }
    english = (await lane_1.ask(ListDevices(), Devices)).devices
    assert "No paper. Put in a new roll; what waits prints by itself." in [device.words for device in english]


async def test_the_bench_shows_paper_display_drawer_and_card(lane_1: Terminal) -> None:
    document = Document(title="R1", elements=(TextLine(text="小明超市", width=2, height=2),))
    await lane_1.ask(PrintDocument(job_id=JobId("j1"), document=document), Job)
    await lane_1.client.ask(OpenDrawer(job_id=JobId("k1")))
    await lane_1.client.ask(SimulateCard(uid="04A1B2C3"))
    item = ItemContent(name="可乐", amount_minor=350, total_minor=350)
    await lane_1.client.ask(ShowOnDisplay(show=item))
    await until(
        lambda: any(fact.job.state is JobState.DONE for fact in lane_1.all(JobChanged)),
        "the receipt is printed",
    )
    bench = await lane_1.ask(BenchState(), Bench)
    printer = bench.printers[0]
    assert [(line.kind, line.text, line.width) for line in printer.lines] == [
        ("text", "小明超市", 2),
        ("cut", "", 1),
    ]
    assert bench.displays[0].lines == ("可乐            3.50", "合计            3.50")
    assert (bench.drawer_opened, bench.card_uid) == (True, "04A1B2C3")
    assert (await lane_1.hears(DrawerChanged)).opened
    await lane_1.client.ask(SimulateDrawerClosed())
    assert not (await lane_1.hears(DrawerChanged, 2)).opened
    later = await lane_1.ask(BenchState(paper_after=printer.last_line), Bench)
    assert later.printers[0].lines == ()


@pytest.mark.parametrize("name", ["scanner-1", "cards-1", "display-1", "printer-1"])
async def test_each_cable_can_be_pulled_and_put_back(lane_1: Terminal, name: str) -> None:
    device = DeviceName(name)

    def states() -> list[DeviceState]:
        return [fact.device.state for fact in lane_1.all(DeviceChanged) if fact.device.name == device]

    await lane_1.client.ask(SimulateUnplug(device=device))
    await until(lambda: states()[-1:] == [DeviceState.OFF_OFFLINE], "it is gone")
    assert (await lane_1.ask(BenchState(), Bench)).unplugged == (name,)
    await lane_1.client.ask(SimulatePlug(device=device))
    await until(lambda: states()[-1] is DeviceState.ONLINE, "it is back")


@pytest.mark.parametrize("name", ["scanner-1", "cards-1", "display-1", "printer-1", "drawer-1"])
@pytest.mark.parametrize("level", list(HealthLevel))
async def test_every_simulated_device_is_healthy(lane_1: Terminal, name: str, level: HealthLevel) -> None:
    health = await lane_1.ask(CheckHealth(device=DeviceName(name), level=level), Health)
    assert health.healthy, health
    assert health.findings


async def test_an_unplugged_device_is_not_healthy(lane_1: Terminal) -> None:
    await lane_1.client.ask(SimulateUnplug(device=DeviceName("printer-1")))
    await until(
        lambda: any(f.device.state is DeviceState.OFF_OFFLINE for f in lane_1.all(DeviceChanged)),
        "it is gone",
    )
    for name in ("printer-1", "drawer-1"):
        health = await lane_1.ask(CheckHealth(device=DeviceName(name), level=HealthLevel.EXTERNAL), Health)
        assert not health.healthy


async def test_what_does_not_exist_is_refused_in_words(lane_1: Terminal) -> None:
    for request, code in (
        (CheckHealth(device=DeviceName("toaster")), "unknown_device"),
        (SimulateUnplug(device=DeviceName("toaster")), "not_simulated"),
        (SimulateScan(), "empty_code"),
        (GetJob(job_id=JobId("never")), "unknown_job"),
        (OpenDrawer(job_id=JobId("k"), device=DeviceName("toaster")), "no_drawer"),
    ):
        assert (await lane_1.ask(request, Refused)).code == code


async def test_every_request_of_the_room_is_answered_and_others_are_sent_elsewhere(lane_1: Terminal) -> None:
    optional = {
        name: kind
        for name, kind in requests().items()
        if not any(field.is_required() for field in kind.model_fields.values())
    }
    for name, kind in optional.items():
        answer = await lane_1.client.ask(kind())
        elsewhere = isinstance(answer, Refused) and answer.code == "wrong_server"
        assert elsewhere != name.startswith(("devices.", "presence.")), (name, answer)
