"""Every scanner, simulated or on a line, keeps the same promises."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from device_ends import Life, PtyEnd, until

from device_daemon.devices.scanner import Scan
from device_daemon.drivers.serial_scanner import SerialScanner
from device_daemon.drivers.wire import SerialPort, SimulatedPort
from device_daemon.profiles import ScannerProfile, Suffix
from device_daemon.simulators.cable import Cable
from device_daemon.simulators.scanner import SimulatedScanner
from protocol.messages.devices import DeviceState

End = PtyEnd | Cable


@pytest.fixture(params=["simulated", "serial"])
async def scanner_and_end(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[tuple[SerialScanner, End]]:
    profile = ScannerProfile()
    end: End
    if request.param == "simulated":
        end = SimulatedScanner("scanner-1").cable
        yield SerialScanner("scanner-1", SimulatedPort(end), profile, "generic", simulated=True), end
    else:
        end = PtyEnd(tmp_path / "scanner")
        port = SerialPort(str(tmp_path / "scanner"), profile)
        yield SerialScanner("scanner-1", port, profile, "generic"), end
    end.close()


def collect(scanner: SerialScanner) -> list[Scan]:
    scans: list[Scan] = []
    scanner.on_scan = lambda _scanner, scan: scans.append(scan)
    return scans


async def test_a_scan_arrives_once_with_its_symbology(scanner_and_end: tuple[SerialScanner, End]) -> None:
    scanner, end = scanner_and_end
    scans = collect(scanner)
    async with Life(scanner) as life:
        await life.reaches(DeviceState.ONLINE)
        end.send(b"]E06901234567892\r\n")
        end.send(b"69012345\r\n")
        await until(lambda: len(scans) == 2, "both scans arrive")
    assert scans == [Scan("6901234567892", "ean13", "]E0"), Scan("69012345")]
    assert scanner.counters["GoodScanCount"] == 2


async def test_unplugged_and_plugged_in_again_it_scans_on(scanner_and_end: tuple[SerialScanner, End]) -> None:
    scanner, end = scanner_and_end
    scans = collect(scanner)
    async with Life(scanner) as life:
        await life.reaches(DeviceState.ONLINE)
        for number in range(3):
            end.send(b"half a sc")  # the cable goes in the middle of a scan
            end.unplug()
            await life.reaches(DeviceState.OFF_OFFLINE)
            end.plug()
            await life.reaches(DeviceState.ONLINE)
            end.send(b"690123456789%d\r" % number)
            await until(lambda wanted=number + 1: len(scans) == wanted, "the scan after the replug")
    assert [scan.data for scan in scans] == ["6901234567890", "6901234567891", "6901234567892"]


async def test_it_is_found_when_it_comes_later(scanner_and_end: tuple[SerialScanner, End]) -> None:
    scanner, end = scanner_and_end
    end.unplug()
    async with Life(scanner) as life:
        await asyncio.sleep(0)
        assert scanner.state is DeviceState.OFF_OFFLINE
        end.plug()
        await life.reaches(DeviceState.ONLINE)


async def test_a_scan_is_handed_on_within_a_millisecond(scanner_and_end: tuple[SerialScanner, End]) -> None:
    scanner, end = scanner_and_end
    taken_s: list[float] = []
    async with Life(scanner) as life:
        await life.reaches(DeviceState.ONLINE)
        scanner.on_scan = lambda _scanner, _scan: taken_s.append(time.perf_counter() - sent)
        for number in range(51):
            sent = time.perf_counter()
            end.send(b"6901234567892\r")
            await until(lambda wanted=number + 1: len(taken_s) == wanted, "the scan arrives")
    median_ms = sorted(taken_s)[25] * 1000
    assert median_ms < 10, "a pause or a poll is on the way of a scan"


async def test_without_a_suffix_the_pause_ends_the_scan(tmp_path: Path) -> None:
    end = PtyEnd(tmp_path / "scanner")
    profile = ScannerProfile(suffix=Suffix.NONE, idle_gap_ms=40)
    scanner = SerialScanner("scanner-1", SerialPort(str(end.path), profile), profile, "no-suffix")
    scans = collect(scanner)
    async with Life(scanner) as life:
        await life.reaches(DeviceState.ONLINE)
        end.send(b"6901234")
        end.send(b"567892")
        await until(lambda: scans, "the scan arrives after the pause")
    assert scans == [Scan("6901234567892")]
    end.close()


async def test_a_second_daemon_cannot_take_the_scanner_away(tmp_path: Path) -> None:
    end = PtyEnd(tmp_path / "scanner")
    profile = ScannerProfile()
    first, second = (
        SerialScanner(name, SerialPort(str(end.path), profile), profile, "generic") for name in ("a", "b")
    )
    async with Life(first) as life, Life(second):
        await life.reaches(DeviceState.ONLINE)
        scans = collect(first)
        end.send(b"1\r")
        await until(lambda: scans, "the scan arrives at the first")
        assert second.state is DeviceState.OFF_OFFLINE
    end.close()
