"""Every receipt printer, simulated, serial or in the network, keeps the same promises."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from device_ends import Life, PtyEnd, TcpEnd, until

from device_daemon.devices.base import UnavailableError
from device_daemon.drivers.escpos_printer import EscposPrinter
from device_daemon.drivers.printer_drawer import PrinterDrawer
from device_daemon.drivers.wire import FilePort, Port, SerialPort, SimulatedPort, TcpPort
from device_daemon.profiles import PrinterProfile, load
from device_daemon.simulators.printer import SimulatedPrinter
from protocol.messages.devices import DeviceState, PaperSupply
from protocol.receipt import Document, TextLine


@dataclass
class Setup:
    """A printer, the paper that comes out of it, and its cable."""

    printer: EscposPrinter
    paper: SimulatedPrinter
    unplug: Callable[[], None]
    plug: Callable[[], None]

    def text(self) -> list[str]:
        return [line.text for line in self.paper.lines if line.kind == "text"]

    async def print(self, *lines: str, given_up: Callable[[], bool] = lambda: False) -> bool:
        document = Document(title="t", elements=tuple(TextLine(text=line) for line in lines))
        return await self.printer.print_chunks(self.printer.encode(document), lambda: None, given_up)


@pytest.fixture(params=["simulated", "serial", "tcp"])
async def setup(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Setup]:
    profile = load(PrinterProfile, "printers", "epson-tm")
    paper = SimulatedPrinter("printer-1", profile, lambda _part: None)
    port: Port
    if request.param == "simulated":
        port = SimulatedPort(paper.cable)
        unplug, plug, close = paper.cable.unplug, paper.cable.plug, paper.cable.close
    else:
        end = PtyEnd(tmp_path / "printer") if request.param == "serial" else TcpEnd()
        port = (
            SerialPort(str(tmp_path / "printer"), profile)
            if isinstance(end, PtyEnd)
            else TcpPort("127.0.0.1", end.port)
        )
        end.on_bytes, paper.send = paper.receive, end.send
        unplug, plug, close = end.unplug, end.plug, end.close
    printer = EscposPrinter("printer-1", port, profile, "epson-tm", simulated=request.param == "simulated")

    def pull() -> None:  # a printer without its cable here is one without power
        unplug()
        paper._power_on()

    yield Setup(printer, paper, pull, plug)
    close()


async def test_what_is_printed_comes_out_in_chinese_and_is_confirmed(setup: Setup) -> None:
    async with Life(setup.printer) as life:
        await life.reaches(DeviceState.ONLINE)
        assert await setup.print("小明超市", "Café ¥12.50")
    assert setup.text() == ["小明超市", "Café ¥12.50"]
    assert [line.kind for line in setup.paper.lines].count("cut") == 1


@pytest.mark.parametrize(
    ("paper", "cover", "state"),
    [
        (PaperSupply.NEAR_END, False, DeviceState.REC_NEAR_END),
        (PaperSupply.OUT, False, DeviceState.REC_EMPTY),
        (PaperSupply.OK, True, DeviceState.COVER_OPEN),
        (PaperSupply.OUT, True, DeviceState.COVER_OPEN),
    ],
)
async def test_paper_and_cover_are_seen_and_seen_again_when_all_is_well(
    setup: Setup, paper: PaperSupply, cover: bool, state: DeviceState
) -> None:
    async with Life(setup.printer) as life:
        await life.reaches(DeviceState.ONLINE)
        setup.paper.set_paper(paper)
        setup.paper.set_cover(cover)
        await life.reaches(state)
        setup.paper.set_paper(PaperSupply.OK)
        setup.paper.set_cover(False)
        await life.reaches(DeviceState.ONLINE)


async def test_without_paper_nothing_is_begun(setup: Setup) -> None:
    async with Life(setup.printer) as life:
        setup.paper.set_paper(PaperSupply.OUT)
        await life.reaches(DeviceState.REC_EMPTY)
        with pytest.raises(UnavailableError) as refusal:
            await setup.print("never")
        assert refusal.value.state is DeviceState.REC_EMPTY
    assert setup.text() == []


async def test_paper_that_ends_in_the_middle_is_waited_for(setup: Setup) -> None:
    async with Life(setup.printer) as life:
        await life.reaches(DeviceState.ONLINE)
        setup.paper.paper_left_lines = 3
        lines = [f"line {number}" for number in range(40)]
        printing = asyncio.create_task(setup.print(*lines))
        await life.reaches(DeviceState.REC_EMPTY)
        assert not printing.done()
        setup.paper.set_paper(PaperSupply.OK)
        assert await asyncio.wait_for(printing, 10)
    assert setup.text() == lines


async def test_a_cable_pulled_in_the_middle_is_told_and_the_next_job_prints(setup: Setup) -> None:
    async with Life(setup.printer) as life:
        await life.reaches(DeviceState.ONLINE)
        setup.paper.paper_left_lines = 3
        printing = asyncio.create_task(setup.print(*(f"line {number}" for number in range(40))))
        await life.reaches(DeviceState.REC_EMPTY)
        setup.unplug()
        with pytest.raises(UnavailableError):
            await asyncio.wait_for(printing, 10)
        await life.reaches(DeviceState.OFF_OFFLINE)
        setup.paper.set_paper(PaperSupply.OK)
        setup.plug()
        await life.reaches(DeviceState.ONLINE)
        setup.paper.lines.clear()
        assert await asyncio.wait_for(setup.print("again"), 10)
    assert setup.text() == ["again"]


async def test_a_job_given_up_without_paper_ends_at_once(setup: Setup) -> None:
    given_up = False
    async with Life(setup.printer) as life:
        await life.reaches(DeviceState.ONLINE)
        setup.paper.paper_left_lines = 3
        printing = asyncio.create_task(setup.print(*("line",) * 40, given_up=lambda: given_up))
        await life.reaches(DeviceState.REC_EMPTY)
        given_up = True
        assert await asyncio.wait_for(printing, 5) is False


async def test_the_drawer_opens_and_is_seen_open_and_shut(setup: Setup) -> None:
    drawer = PrinterDrawer("drawer-1", setup.printer)
    async with Life(setup.printer) as life:
        await life.reaches(DeviceState.ONLINE)
        await until(lambda: drawer.opened is False, "the drawer is seen shut")
        await drawer.open_drawer()
        await until(lambda: drawer.opened, "the drawer is seen open")
        setup.paper.close_drawer()
        await until(lambda: drawer.opened is False, "the drawer is seen shut")
        assert setup.paper.kicks == 1


async def test_the_drawer_opens_without_paper_where_the_printer_can(setup: Setup) -> None:
    drawer = PrinterDrawer("drawer-1", setup.printer)
    async with Life(setup.printer) as life:
        setup.paper.set_paper(PaperSupply.OUT)
        await life.reaches(DeviceState.REC_EMPTY)
        await drawer.open_drawer()
        await until(lambda: drawer.opened, "the drawer is seen open")


async def test_the_drawer_is_refused_not_opened_later(setup: Setup) -> None:
    drawer = PrinterDrawer("drawer-1", setup.printer)
    async with Life(setup.printer) as life:
        setup.paper.set_cover(True)
        await life.reaches(DeviceState.COVER_OPEN)
        with pytest.raises(UnavailableError):
            await drawer.open_drawer()
        setup.unplug()
        await life.reaches(DeviceState.OFF_OFFLINE)
        assert drawer.state is DeviceState.OFF_OFFLINE
        with pytest.raises(UnavailableError):
            await drawer.open_drawer()
        setup.paper.set_cover(False)
        setup.plug()
        await life.reaches(DeviceState.ONLINE)
    assert setup.paper.kicks == 0


async def test_a_printer_that_falls_silent_is_gone_after_three_missed_polls() -> None:
    profile = load(PrinterProfile, "printers", "generic-80")
    end = TcpEnd()
    paper = SimulatedPrinter("printer-1", profile, lambda _part: None)
    end.on_bytes, paper.send = paper.receive, end.send
    printer = EscposPrinter("printer-1", TcpPort("127.0.0.1", end.port), profile, "generic-80")
    seen: list[DeviceState] = []
    printer.on_change.append(lambda device: seen.append(device.state))
    async with Life(printer) as life:
        await life.reaches(DeviceState.ONLINE)
        end.stop_reading()
        await life.reaches(DeviceState.OFF_OFFLINE)
        assert seen == [DeviceState.ONLINE, DeviceState.STALE, DeviceState.OFF_OFFLINE]
        end.unplug()
        end.plug()
        await life.reaches(DeviceState.ONLINE)
    end.close()


async def test_a_printer_that_takes_nothing_more_though_it_is_ready_is_lost_not_waited_for(
    tmp_path: Path,
) -> None:
    profile = load(PrinterProfile, "printers", "mute-80", {"write_timeout_s": 0.3})
    end = PtyEnd(tmp_path / "printer")
    printer = EscposPrinter("printer-1", SerialPort(str(end.path), profile), profile, "mute-80")
    async with Life(printer) as life:
        await life.reaches(DeviceState.ONLINE)
        end.stop_reading()
        document = Document(title="t", elements=(TextLine(text="x" * 1900),) * 200)
        with pytest.raises(UnavailableError):
            await printer.print_chunks(printer.encode(document), lambda: None, lambda: False)
    end.close()


async def test_a_device_file_gets_every_byte_and_a_missing_one_is_not_made(tmp_path: Path) -> None:
    profile = load(PrinterProfile, "printers", "mute-80")
    path = tmp_path / "lp0"
    printer = EscposPrinter("printer-1", FilePort(str(path)), profile, "mute-80")
    document = Document(title="t", elements=(TextLine(text="合计 12.50"),) * 500)
    async with Life(printer) as life:
        await asyncio.sleep(0.15)
        assert printer.state is DeviceState.OFF_OFFLINE
        assert not path.exists()
        path.touch()
        await life.reaches(DeviceState.ONLINE)
        assert await printer.print_chunks(printer.encode(document), lambda: None, lambda: False)
    assert path.read_bytes() == b"".join(printer.encode(document))
