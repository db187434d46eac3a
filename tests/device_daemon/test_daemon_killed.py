"""A real daemon is killed with -9 while it prints: no receipt is lost, none is printed twice unmarked."""

import asyncio
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from device_ends import PtyEnd, TcpEnd, until

from device_daemon.profiles import PrinterProfile, load
from device_daemon.simulators.printer import SimulatedPrinter
from protocol.identifiers import JobId, TerminalName
from protocol.messages.base import Answer, Fact
from protocol.messages.devices import (
    BarcodeScanned,
    ClaimInput,
    GetJob,
    Job,
    JobState,
    PaperSupply,
    PrintDocument,
)
from protocol.receipt import Document, TextLine
from protocol.sockets.fact_subscriber import FactSubscriber
from protocol.sockets.request_client import RequestClient

pytestmark = pytest.mark.journey

RUN = """
import asyncio, sys
from pathlib import Path
from device_daemon.daemon import run
from device_daemon.settings import load_device_settings
asyncio.run(run(load_device_settings(Path(sys.argv[1]), "1"), lambda: print("ready", flush=True)))
"""
ROUNDS = 8
MARK = "*** Printing was interrupted; printed again ***"


class Daemon:
    """A real process, and a client that outlives it."""

    def __init__(self, folder: Path, client: RequestClient) -> None:
        self.folder = folder
        self.client = client
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RUN, str(self.folder), stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        assert await self.process.stdout.readline() == b"ready\n"

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        assert self.process is not None
        self.process.terminate()
        return await self.process.wait()

    async def print(self, job_id: str, lines: int) -> Answer:
        document = Document(
            title=job_id, elements=tuple(TextLine(text=f"{job_id} line {n}") for n in range(lines))
        )
        return await self.client.ask(PrintDocument(job_id=JobId(job_id), document=document))

    async def state(self, job_id: str) -> JobState:
        answer = await self.client.ask(GetJob(job_id=JobId(job_id)))
        assert isinstance(answer, Job), answer
        return answer.job.state

    async def reaches(self, job_id: str, state: JobState) -> None:
        deadline = asyncio.get_running_loop().time() + 20
        while await self.state(job_id) is not state:
            assert asyncio.get_running_loop().time() < deadline, f"{job_id} never becomes {state.value}"
            await asyncio.sleep(0.02)


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@asynccontextmanager
async def daemon_in(folder: Path) -> AsyncIterator[Daemon]:
    async with RequestClient(f"ipc://{folder}/run/requests", sender=TerminalName("lane-1")) as client:
        daemon = Daemon(folder, client)
        await daemon.start()
        yield daemon
        assert await daemon.stop() == 0


@pytest.fixture
async def paper() -> AsyncIterator[tuple[SimulatedPrinter, TcpEnd]]:
    end = TcpEnd()
    printer = SimulatedPrinter("p", load(PrinterProfile, "printers", "generic-80"), lambda _part: None)
    end.on_bytes, printer.send = printer.receive, end.send
    yield printer, end
    end.close()


def rack_with_tcp_printer(folder: Path, port: int) -> None:
    (folder / "rack.toml").write_text(
        f'[[device]]\nname = "printer-1"\nkind = "pos_printer"\ndriver = "tcp"\n'
        f'host = "127.0.0.1"\nport = {port}\n'
    )


async def test_a_receipt_that_was_being_printed_is_printed_again_from_its_start_and_marked(
    folder: Path, paper: tuple[SimulatedPrinter, TcpEnd]
) -> None:
    printer, end = paper
    rack_with_tcp_printer(folder, end.port)
    async with daemon_in(folder) as daemon:
        await daemon.print("r0", 3)
        await daemon.reaches("r0", JobState.DONE)
        printer.paper_left_lines = 5
        await daemon.print("r1", 30)
        await daemon.reaches("r1", JobState.WAITING_FOR_PAPER)
        await daemon.kill()
        printer._power_on()
        printer.set_paper(PaperSupply.OK)
        printer.lines.clear()
        await daemon.start()
        await daemon.reaches("r1", JobState.DONE)
        assert (await daemon.print("r0", 3)) == (await daemon.client.ask(GetJob(job_id=JobId("r0"))))
    text = [line.text.strip() for line in printer.lines if line.kind == "text"]
    assert text == [MARK, *(f"r1 line {n}" for n in range(30)), MARK]


async def test_killed_at_any_moment_every_receipt_is_whole_once_and_doubles_are_marked(
    folder: Path, paper: tuple[SimulatedPrinter, TcpEnd]
) -> None:
    printer, end = paper
    rack_with_tcp_printer(folder, end.port)
    chance = random.Random(8)
    pieces: list[list[str]] = []

    def take_paper() -> None:
        piece: list[str] = []
        for line in printer.lines:
            if line.kind == "cut":
                pieces.append(piece)
                piece = []
            elif line.text:
                piece.append(line.text.strip())
        printer.lines.clear()

    async with daemon_in(folder) as daemon:
        for number in range(ROUNDS):
            await daemon.print(f"r{number}", 20)
            await asyncio.sleep(chance.uniform(0, 0.04))
            await daemon.kill()
            take_paper()
            printer._power_on()
            await daemon.start()
            await daemon.reaches(f"r{number}", JobState.DONE)
            take_paper()
    for number in range(ROUNDS):
        whole = [f"r{number} line {n}" for n in range(20)]
        unmarked = [piece for piece in pieces if piece == whole]
        marked = [piece for piece in pieces if piece == [MARK, *whole, MARK]]
        assert len(unmarked) <= 1
        assert len(marked) <= 1
        assert unmarked or marked


async def test_a_scanner_that_is_replugged_goes_on_scanning_into_the_same_daemon(folder: Path) -> None:
    scanner = PtyEnd(folder / "scanner")
    (folder / "rack.toml").write_text(
        f'[[device]]\nname = "scanner-1"\nkind = "scanner"\ndriver = "serial"\npath = "{folder}/scanner"\n'
    )
    facts: list[Fact] = []
    alive: list[bool] = []
    async with (
        daemon_in(folder) as daemon,
        FactSubscriber(
            f"ipc://{folder}/run/facts",
            lambda fact, _header: facts.append(fact),
            lambda _gap: None,
            alive.append,
        ),
    ):
        await until(lambda: alive and alive[-1], "the facts are heard")
        await daemon.client.ask(ClaimInput())
        for number in range(3):
            wanted = f"scan {number}"
            # Until the daemon has found the line again its bytes are lost, as on a real one: scan again.
            deadline = asyncio.get_running_loop().time() + 10
            while not any(isinstance(fact, BarcodeScanned) and fact.data == wanted for fact in facts):
                assert asyncio.get_running_loop().time() < deadline
                scanner.send(wanted.encode() + b"\r")
                await asyncio.sleep(0.1)
            scanner.unplug()
            await asyncio.sleep(0.05)
            scanner.plug()
    scanner.close()
