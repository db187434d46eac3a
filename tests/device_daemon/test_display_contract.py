"""Every customer display, simulated or on a line, keeps the same promises."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from device_ends import Life, PtyEnd, until

from device_daemon.drivers.serial_display import SerialDisplay
from device_daemon.drivers.wire import Port, SerialPort, SimulatedPort
from device_daemon.profiles import DisplayProfile, load
from device_daemon.simulators.display import SimulatedDisplay
from protocol.messages.devices import DeviceState, ItemContent, ShowOnDisplay, TotalContent


@dataclass
class Setup:
    """A display as its driver and as the customer sees it, and its cable."""

    display: SerialDisplay
    glass: SimulatedDisplay
    unplug: Callable[[], None]
    plug: Callable[[], None]


@pytest.fixture(params=["simulated", "serial"])
async def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["escpos-20x2-chinese", "led8"])
async def setup(request: pytest.FixtureRequest, wire: str, tmp_path: Path) -> AsyncIterator[Setup]:
    profile = load(DisplayProfile, "displays", request.param)
    glass = SimulatedDisplay("display-1", profile, lambda: None)
    port: Port
    if wire == "simulated":
        port = SimulatedPort(glass.cable)
        unplug, plug, close = glass.cable.unplug, glass.cable.plug, glass.cable.close
    else:
        end = PtyEnd(tmp_path / "display", glass.receive)
        port = SerialPort(str(end.path), profile)
        unplug, plug, close = end.unplug, end.plug, end.close
    display = SerialDisplay("display-1", port, profile, request.param, language="zh_CN")

    def pull() -> None:
        unplug()
        glass._power_on()  # without its cable it has no power, and shows nothing

    yield Setup(display, glass, pull, plug)
    close()


def total(amount_minor: int) -> ShowOnDisplay:
    return ShowOnDisplay(show=TotalContent(total_minor=amount_minor))


async def test_the_total_is_seen(setup: Setup) -> None:
    async with Life(setup.display) as life:
        await life.reaches(DeviceState.ONLINE)
        setup.display.show(total(1250))
        await until(lambda: "12.50" in "".join(setup.glass.lines), "the total is seen")


async def test_the_newest_content_wins(setup: Setup) -> None:
    async with Life(setup.display) as life:
        await life.reaches(DeviceState.ONLINE)
        for amount in range(100, 3100, 100):
            item = ItemContent(name="可乐", amount_minor=100, total_minor=amount)
            setup.display.show(ShowOnDisplay(show=item))
        setup.display.show(total(4200))
        await until(lambda: "42.00" in "".join(setup.glass.lines), "the last content is seen")


async def test_after_a_replug_it_shows_again_what_it_showed(setup: Setup) -> None:
    async with Life(setup.display) as life:
        await life.reaches(DeviceState.ONLINE)
        setup.display.show(total(1250))
        await until(lambda: "12.50" in "".join(setup.glass.lines), "the total is seen")
        setup.unplug()
        await life.reaches(DeviceState.OFF_OFFLINE)
        assert "12.50" not in "".join(setup.glass.lines)
        setup.plug()
        await until(lambda: "12.50" in "".join(setup.glass.lines), "the total is seen again")


async def test_what_is_shown_while_it_is_away_is_seen_when_it_comes(setup: Setup) -> None:
    setup.unplug()
    async with Life(setup.display) as life:
        setup.display.show(total(990))
        setup.plug()
        await life.reaches(DeviceState.ONLINE)
        await until(lambda: "9.90" in "".join(setup.glass.lines), "the total is seen")
