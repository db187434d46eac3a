"""Bytes get through a wire whole and in order, or it is said that they did not."""

import asyncio
import os
import termios
from pathlib import Path

import pytest
from device_ends import PtyEnd, TcpEnd, until

from device_daemon.drivers.wire import (
    FilePort,
    SerialPort,
    SimulatedPort,
    TcpPort,
    WireLostError,
    WriteStalledError,
)
from device_daemon.profiles import SerialProfile
from device_daemon.simulators.cable import Cable

MUCH = bytes(range(256)) * 4000
"""More than any buffer of the system holds."""


async def test_what_a_slow_reader_takes_in_pieces_arrives_whole_and_in_order(tmp_path: Path) -> None:
    end = PtyEnd(tmp_path / "line")
    arrived: list[bytes] = []
    end.on_bytes = arrived.append
    wire = await SerialPort(str(end.path), SerialProfile()).open()
    end.stop_reading()
    writing = asyncio.create_task(wire.write(MUCH[:100_000], 5))
    await asyncio.sleep(0.05)
    assert not writing.done()
    end.read_on()
    await writing
    await until(lambda: sum(map(len, arrived)) >= 100_000, "everything arrives")
    assert b"".join(arrived) == MUCH[:100_000]
    wire.close()
    end.close()


async def test_a_reader_that_takes_nothing_is_reported_and_never_waited_for_for_ever() -> None:
    end = TcpEnd()
    wire = await TcpPort("127.0.0.1", end.port).open()
    await until(lambda: end._connection, "the printer accepts")
    end.stop_reading()
    with pytest.raises(WriteStalledError):
        await wire.write(MUCH * 20, 0.2)
    wire.close()
    end.close()


async def test_a_stall_that_is_excused_is_waited_out() -> None:
    end = TcpEnd()
    arrived = 0

    def count(data: bytes) -> None:
        nonlocal arrived
        arrived += len(data)

    end.on_bytes = count
    wire = await TcpPort("127.0.0.1", end.port).open()
    await until(lambda: end._connection, "the printer accepts")
    end.stop_reading()
    writing = asyncio.create_task(wire.write(MUCH * 10, 0.05, lambda: True))
    await asyncio.sleep(0.2)
    assert not writing.done()
    end.read_on()
    await asyncio.wait_for(writing, 10)
    await until(lambda: arrived == len(MUCH) * 10, "everything arrives")
    wire.close()
    end.close()


@pytest.mark.parametrize("kind", ["serial", "tcp"])
async def test_a_cable_pulled_during_a_write_ends_it_at_once(kind: str, tmp_path: Path) -> None:
    end: PtyEnd | TcpEnd
    if kind == "serial":
        end = PtyEnd(tmp_path / "line")
        wire = await SerialPort(str(end.path), SerialProfile()).open()
    else:
        end = TcpEnd()
        wire = await TcpPort("127.0.0.1", end.port).open()
        await until(lambda: end._connection, "the printer accepts")
    lost: list[bool] = []
    wire.listen(lambda _data: None, lambda: lost.append(True))
    end.stop_reading()
    writing = asyncio.create_task(wire.write(MUCH * 20, 30))
    await asyncio.sleep(0.05)
    end.unplug()
    with pytest.raises(WireLostError):
        await asyncio.wait_for(writing, 5)
    assert lost == [True]


async def test_what_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    end = TcpEnd()
    end.close()
    cable = Cable("printer-1", lambda _data: None)
    cable.unplug()
    for port in (
        SerialPort(str(tmp_path / "none"), SerialProfile()),
        TcpPort("127.0.0.1", end.port),
        FilePort(str(tmp_path / "none")),
        SimulatedPort(cable),
    ):
        with pytest.raises(WireLostError):
            await port.open()


async def test_a_line_is_set_to_the_speed_of_its_profile(tmp_path: Path) -> None:
    end = PtyEnd(tmp_path / "line")
    wire = await SerialPort(str(end.path), SerialProfile(baudrate=2400)).open()

    assert termios.tcgetattr(end._master)[4] == termios.B2400
    wire.close()
    end.close()


async def test_a_pipe_whose_reader_has_gone_is_lost(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lp0")
    reader = os.open(tmp_path / "lp0", os.O_RDONLY | os.O_NONBLOCK)
    wire = await FilePort(str(tmp_path / "lp0")).open()
    await wire.write(b"receipt", 1)
    assert os.read(reader, 100) == b"receipt"
    os.close(reader)
    with pytest.raises(WireLostError):
        await wire.write(b"receipt", 1)
    wire.close()
