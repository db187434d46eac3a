"""The far ends of real wires, for tests: ptys with a stable name, a TCP printer port, a virtual card."""

import asyncio
import errno
import os
import shutil
import socket
import tempfile
import time
import tty
from collections.abc import Callable
from pathlib import Path

import pytest

from device_daemon.devices.base import SupervisedDevice
from device_daemon.supervision import supervise
from protocol.messages.devices import DeviceState

PCSCD_SOCKET = Path("/run/pcscd/pcscd.comm")


async def until(condition: Callable[[], object], what: str, timeout_s: float = 10.0) -> None:
    """Return as soon as the condition holds; fail with the sentence when it never does."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"never happened: {what}"
        await asyncio.sleep(0.005)


def need_program(name: str, package: str) -> str:
    """Return the program's path; a machine without it fails the test and is told what to install."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.fail(f"this test needs the program {name}: apt-get install {package}")
    return found


class Life:
    """A device under supervision for the length of a `with` block."""

    def __init__(self, device: SupervisedDevice) -> None:
        self.device = device
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Life":
        self._task = asyncio.create_task(supervise(self.device))
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def reaches(self, state: DeviceState) -> None:
        """Wait for a state."""
        await until(lambda: self.device.state is state, f"{self.device.name} becomes {state.value}")


class PtyEnd:
    """A serial device behind a name that stays, as udev's links by id do. Unplugging closes both ends."""

    def __init__(self, path: Path, on_bytes: Callable[[bytes], None] = lambda _data: None) -> None:
        self.path = path
        self.on_bytes = on_bytes
        self._master = self._slave = -1
        self.plug()

    def plug(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        fresh = self.path.with_suffix(".new")
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.rename(self.path)
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def unplug(self) -> None:
        if self._master < 0:
            return
        self.path.unlink()
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1

    def stop_reading(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)

    def read_on(self) -> None:
        asyncio.get_running_loop().add_reader(self._master, self._read)

    def send(self, data: bytes) -> bool:
        os.write(self._master, data)
        return True

    def _read(self) -> None:
        try:
            data = os.read(self._master, 65536)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
            return
        self.on_bytes(data)

    close = unplug


class TcpEnd:
    """A printer's raw TCP port."""

    def __init__(self, on_bytes: Callable[[bytes], None] = lambda _data: None) -> None:
        self.on_bytes = on_bytes
        self.port = 0
        self._listener: socket.socket | None = None
        self._connection: socket.socket | None = None
        self.plug()

    def plug(self) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        self._listener.listen()
        self._listener.setblocking(False)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def unplug(self) -> None:
        if self._listener is not None:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        self._drop()

    def send(self, data: bytes) -> bool:
        if self._connection is not None:
            self._connection.send(data)
        return self._connection is not None

    def stop_reading(self) -> None:
        """Be a printer that has lost its power: nothing is read or answered, nothing hung up."""
        assert self._connection is not None
        asyncio.get_running_loop().remove_reader(self._connection)

    def read_on(self) -> None:
        assert self._connection is not None
        asyncio.get_running_loop().add_reader(self._connection, self._read)

    def _accept(self) -> None:
        assert self._listener is not None
        self._drop()
        self._connection, _address = self._listener.accept()
        self._connection.setblocking(False)
        asyncio.get_running_loop().add_reader(self._connection, self._read)

    def _read(self) -> None:
        assert self._connection is not None
        try:
            data = self._connection.recv(65536)
        except ConnectionError:
            data = b""
        if data:
            self.on_bytes(data)
        else:
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            asyncio.get_running_loop().remove_reader(self._connection)
            self._connection.close()
            self._connection = None

    close = unplug


class VirtualCard:
    """A contactless card for vsmartcard's virtual reader: answers ATR and GET UID."""

    ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")

    def __init__(self, port: int) -> None:
        self._port = port
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self.touched_s: float | None = None
        """When the reader first spoke to the card that lies there, by the monotonic clock."""

    async def lay(self, uid: bytes) -> None:
        self.touched_s = None
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._task = asyncio.create_task(self._answer(reader, self._writer, uid))

    async def remove(self) -> None:
        if self._task is not None and self._writer is not None:
            self._writer.close()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = self._writer = None

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, uid: bytes) -> None:
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(2), "big")
                command = await reader.readexactly(size)
                self.touched_s = self.touched_s or time.monotonic()
                if command == b"\x04":
                    answer = self.ATR
                elif size == 1:  # power off, power on, reset
                    continue
                else:
                    answer = uid + b"\x90\x00" if command[:2] == b"\xff\xca" else b"\x6d\x00"
                writer.write(len(answer).to_bytes(2, "big") + answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


class PcscDaemon:
    """A pcscd of our own with one virtual reader, started and stopped like the system's."""

    def __init__(self) -> None:
        self._program = need_program("pcscd", "pcscd")
        library = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
        if not library.exists():
            pytest.fail("this test needs the virtual card reader: apt-get install vsmartcard-vpcd")
        self._folder = Path(tempfile.mkdtemp(prefix="pcscd"))
        self.card_port = _free_port_pair()
        (self._folder / "vpcd").write_text(
            f'FRIENDLYNAME "Guitai Test Reader"\nDEVICENAME /dev/null:{self.card_port:#x}\n'
            f"LIBPATH {library}\nCHANNELID {self.card_port:#x}\n"
        )
        if _somebody_listens(PCSCD_SOCKET):
            pytest.fail("another pcscd is running, and there can be one: systemctl stop pcscd.socket pcscd")
        try:
            PCSCD_SOCKET.parent.mkdir(exist_ok=True)
        except PermissionError:
            pytest.fail(f"this test starts pcscd, which needs the right to write {PCSCD_SOCKET.parent}")
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            "--foreground",
            "--config",
            str(self._folder),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await until(lambda: _somebody_listens(PCSCD_SOCKET), "pcscd listens")

    async def stop(self) -> None:
        if self._process is not None:
            if self._process.returncode is None:
                self._process.terminate()
            await self._process.wait()
            self._process = None
            await until(lambda: not _somebody_listens(PCSCD_SOCKET), "pcscd has ended")

    async def close(self) -> None:
        await self.stop()
        shutil.rmtree(self._folder)


def _somebody_listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _free_port_pair() -> int:
    """Return a port that is free together with the next one: the virtual reader has two slots."""
    for _attempt in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
    raise AssertionError("no two free ports side by side")
