"""A shop of real processes to measure: store server, device daemon, terminals in ptys, clients."""

import asyncio
import fcntl
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self, TypeVar

import pyte
from goods import CASHIER, cache_folder, copy_books

from guitai.new_store import FirstOperator
from guitai.places import Places
from protocol.identifiers import LaneCode, ShiftId, TerminalName, new_id
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.presence import Hello
from protocol.messages.shifts import GetShift, OpenShift, ShiftState
from protocol.sockets.request_client import NoAnswer, RequestClient

A = TypeVar("A", bound=Answer)

READY_S = 60.0
TERMINAL_SIZE = (24, 80)
_READ = 65536
EXTRA_ENVIRONMENT: dict[str, str] = {}
"""What a benchmark adds to the environment of the programs that it starts."""


PRECEDENCE = bool(os.environ.get("BENCHMARK_PRECEDENCE"))
"""For root on a machine that others use too: their work shall not be in the figures."""


class NotAsExpected(Exception):
    """The shop did something that makes the figures worthless; the text says what."""


class Shop:
    """A folder with a store in it, and the processes that were started there."""

    def __init__(self, books: Path, folder: Path | None = None) -> None:
        """Copy the books into a new folder, on the disk of `folder` (default: the user's cache)."""
        take_precedence(os.getpid())
        self.home = Path(tempfile.mkdtemp(prefix="r-", dir=folder or cache_folder()))
        self.places = Places(self.home)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._descriptors: list[int] = []
        copy_books(books, self.places.books)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_exc: object) -> None:
        if kind is not None:
            self._show_logs()
        self.close()

    def _show_logs(self) -> None:
        """Print the ends of what the programs wrote: the folder is gone in a moment."""
        for path in sorted((*self.home.rglob("*.log"), *self.home.glob("*.out"))):
            end = path.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]
            print(f"--- {path.name}", *end, sep="\n", file=sys.stderr)

    def close(self) -> None:
        """End what was started and remove the folder."""
        for process in reversed(self.running.values()):
            stop(process)
        for descriptor in self._descriptors:
            os.close(descriptor)
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a program of Guitai; its output goes to a file in the folder."""
        with (self.home / f"{arguments[0]}.out").open("ab") as output:
            process = subprocess.Popen(
                command_line(self.home, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment(),
                start_new_session=True,
            )
        take_precedence(process.pid)
        self.running[arguments[0]] = process
        return process

    def start_server(self) -> None:
        """Start the store server and wait until it answers."""
        self.start("server")
        asyncio.run(self._until_it_answers(self.places.store_requests, "server"))

    def start_devices(self, lane: str = "1") -> "Scanner":
        """Start a lane's device daemon with a serial scanner on a pty, the other devices simulated."""
        near, far = pty.openpty()
        tty.setraw(near)
        tty.setraw(far)
        self._descriptors += [near, far]
        folder = self.places.lane(lane)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "rack.toml").write_text(_RACK.format(path=os.ttyname(far)), encoding="utf-8")
        self.start("devices", "--lane", lane)
        asyncio.run(self._until_it_answers(self.places.device_requests(lane), "devices"))
        return Scanner(near)

    async def _until_it_answers(self, endpoint: str, program: str) -> None:
        until = time.monotonic() + READY_S
        async with RequestClient(endpoint, sender=TerminalName("benchmark-start")) as client:
            while True:
                try:
                    await client.ask(Hello(), timeout_s=0.5)
                    return
                except NoAnswer as error:
                    if self.running[program].poll() is not None or time.monotonic() > until:
                        output = (self.home / f"{program}.out").read_text(errors="replace")[-2000:]
                        raise NotAsExpected(f"{program} did not start:\n{output}") from error

    def open_shifts(self, lanes: list[str], operator: FirstOperator = CASHIER) -> None:
        """Open a shift at each lane."""

        async def open_all() -> None:
            async with self.client("benchmark-shifts") as client:
                await sign_on(client, operator)
                for lane in lanes:
                    await open_shift(client, lane)

        asyncio.run(open_all())

    @asynccontextmanager
    async def client(self, name: str) -> AsyncIterator[RequestClient]:
        """Connect to the store server as a terminal does."""
        async with RequestClient(self.places.store_requests, sender=TerminalName(name)) as client:
            client.language = "en"
            yield client


class Scanner:
    """The far end of the serial line that the daemon reads."""

    def __init__(self, descriptor: int) -> None:
        """Write to the pty."""
        self._descriptor = descriptor

    def scan(self, code: str) -> float:
        """Send a code as a scanner does, at once; return the moment of its last byte."""
        os.write(self._descriptor, code.encode() + b"\r")
        return time.perf_counter()


class PtyTerminal:
    """A program in a pty, as in a real window: what it writes is read at once and timed."""

    def __init__(self, shop: Shop, *arguments: str, size: tuple[int, int] = TERMINAL_SIZE) -> None:
        """Start it."""
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self.screen = pyte.Screen(size[1], size[0])
        self._stream = pyte.ByteStream(self.screen)
        self._poll = select.poll()
        self._poll.register(self._master, select.POLLIN)
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command_line(shop.home, *arguments),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(),
            start_new_session=True,
        )
        take_precedence(self.process.pid)
        shop.running[f"{arguments[0]}-{id(self)}"] = self.process
        os.close(slave)

    def close(self) -> None:
        """End it."""
        stop(self.process)
        os.close(self._master)

    def type(self, keys: bytes) -> float:
        """Press keys; return the moment."""
        os.write(self._master, keys)
        return time.perf_counter()

    def type_slowly(self, *keys: bytes) -> None:
        """Press keys as a person does: a burst would be taken for a scanner."""
        for key in keys:
            self.drain(0.06)
            os.write(self._master, key)

    def until(self, wanted: bytes, timeout_s: float = 10.0) -> tuple[float, bytes]:
        """Read until these bytes have come; return the moment and all that was read."""
        read = bytearray()
        end = time.perf_counter() + timeout_s
        while True:
            left = end - time.perf_counter()
            if left <= 0 or not self._poll.poll(left * 1000):
                self._feed(bytes(read))
                raise NotAsExpected(f"{wanted!r} did not appear within {timeout_s} s:\n{self.picture()}")
            chunk = self._read()
            at = time.perf_counter()
            seen = max(0, len(read) - len(wanted))
            read += chunk
            if read.find(wanted, seen) >= 0:
                return at, bytes(read)

    def drain(self, quiet_s: float) -> bytes:
        """Read until nothing has come for so long."""
        read = bytearray()
        while self._poll.poll(quiet_s * 1000):
            read += self._read()
        self._feed(bytes(read))
        return bytes(read)

    def show(self, read: bytes) -> None:
        """Bring what `until` read to the emulated screen; not in a measured moment, for it is slow."""
        self._feed(read)

    def until_shown(self, text: str, timeout_s: float = 20.0) -> float:
        """Read until the text is on the emulated screen; return the moment."""
        end = time.perf_counter() + timeout_s
        while text not in self.picture():
            if time.perf_counter() > end:
                raise NotAsExpected(f"{text!r} is not on the screen:\n{self.picture()}")
            if self._poll.poll(100):
                self._feed(self._read())
        return time.perf_counter()

    def picture(self) -> str:
        """Return the screen as text; wide characters without their filling cell."""
        rows = (self.screen.buffer[y] for y in range(self.screen.lines))
        return "\n".join("".join(row[x].data for x in range(self.screen.columns)).rstrip() for row in rows)

    def _read(self) -> bytes:
        try:
            return os.read(self._master, _READ)
        except OSError as error:
            raise NotAsExpected(f"the program has ended:\n{self.picture()}") from error

    def _feed(self, read: bytes) -> None:
        self._stream.feed(read)


async def ask(client: RequestClient, request: Request, kind: type[A], timeout_s: float = 30.0) -> A:
    """Return the answer. Raises NotAsExpected for a refusal."""
    answer = await client.ask(request, timeout_s=timeout_s)
    if not isinstance(answer, kind):
        words = f"{answer.code}: {answer.explanation}" if isinstance(answer, Refused) else repr(answer)
        raise NotAsExpected(f"{request!r} was answered with {words}")
    return answer


async def sign_on(client: RequestClient, operator: FirstOperator = CASHIER) -> None:
    """Sign an operator on at this client."""
    client.session = (await ask(client, SignOn(code=operator.code, pin=operator.pin), SignedOn)).session


async def open_shift(client: RequestClient, lane: str) -> None:
    """Open a shift at the lane if none is open."""
    state = await ask(client, GetShift(lane=LaneCode(lane)), ShiftState)
    if state.shift is None:
        order = OpenShift(lane=LaneCode(lane), shift_id=ShiftId(new_id()), float_minor=10_000)
        await ask(client, order, ShiftState)


def sign_on_at(terminal: PtyTerminal, operator: FirstOperator = CASHIER) -> None:
    """Sign on at a terminal by its keys, and wait for the checkout."""
    terminal.until_shown("Operator code")
    terminal.drain(0.3)
    terminal.type_slowly(*(digit.encode() for digit in operator.code), b"\r")
    terminal.type_slowly(*(digit.encode() for digit in operator.pin), b"\r")
    terminal.until_shown("Scan the first item")
    terminal.drain(0.5)


def command_line(home: Path, *arguments: str) -> list[str]:
    """Return how a program of this installation is started."""
    return [sys.executable, "-m", "guitai", "--home", str(home), *arguments]


def environment() -> dict[str, str]:
    """Return a plain environment, as a shop's machine has it: English, a usual terminal, compiled modules."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "XDG_CACHE_HOME")}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "GUITAI_LANGUAGE": "en",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        **EXTRA_ENVIRONMENT,
    }


def take_precedence(pid: int) -> None:
    """Put a program before whatever else runs on a shared machine, where BENCHMARK_PRECEDENCE asks for it."""
    if PRECEDENCE:
        Path(f"/proc/{pid}/autogroup").write_text("-15")


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process, kindly and then not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


_RACK = """
[[device]]
name = "scanner-1"
kind = "scanner"
driver = "serial"
path = "{path}"

[[device]]
name = "cards-1"
kind = "card_reader"
driver = "simulated"

[[device]]
name = "display-1"
kind = "line_display"
driver = "simulated"
profile = "escpos-20x2-chinese"

[[device]]
name = "printer-1"
kind = "pos_printer"
driver = "simulated"

[[device]]
name = "drawer-1"
kind = "cash_drawer"
driver = "printer"
"""
