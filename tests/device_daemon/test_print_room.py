"""Receipts are printed once, wait where they must, and say what they wait for."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from device_ends import until

from device_daemon.assembly import LaneDevices, assemble
from device_daemon.printing import PrintRoom
from device_daemon.rack import default_rack
from device_daemon.simulators.printer import SimulatedPrinter
from device_daemon.spool import Spool, SpoolError
from device_daemon.supervision import supervise
from protocol.identifiers import JobId
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.devices import (
    DrawerKicked,
    DropJob,
    GetJob,
    Job,
    JobChanged,
    Jobs,
    JobState,
    ListJobs,
    OpenDrawer,
    PaperSupply,
    PrintDocument,
    RetryJob,
)
from protocol.receipt import Document, TextLine


class Room:
    """A print room with a simulated printer, a clock in the hand, and all that it has told."""

    def __init__(self, devices: LaneDevices, spool: Spool) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
        self.facts: list[Fact] = []
        self.devices = devices
        self.printer = devices.printers[0]
        self.jobs = PrintRoom(
            spool,
            devices.printers,
            devices.drawers,
            self.facts.append,
            lambda: self.now,
            language="zh_CN",
            ask_if_older_s=600,
            keep_jobs_days=7,
        )

    @property
    def paper(self) -> SimulatedPrinter:
        return self.devices.simulators.printers["printer-1"]

    @property
    def printed(self) -> list[str]:
        return [line.text.strip() for line in self.paper.lines if line.kind == "text"]

    async def print(self, job_id: str, *lines: str, copied: bool = False, **more: datetime) -> Answer:
        document = Document(title=job_id, elements=tuple(TextLine(text=line) for line in lines or (job_id,)))
        return await self.jobs.print_document(
            PrintDocument(job_id=JobId(job_id), document=document, copy_mark=copied, **more)
        )

    async def state(self, job_id: str) -> JobState:
        answer = await self.jobs.get_job(GetJob(job_id=JobId(job_id)))
        assert isinstance(answer, Job)
        return answer.job.state

    async def reaches(self, job_id: str, state: JobState) -> None:
        await until(
            lambda: (
                [f.job.state for f in self.facts if isinstance(f, JobChanged) and f.job.job_id == job_id][-1:]
                == [state]
            ),
            f"{job_id} becomes {state.value}",
        )


@asynccontextmanager
async def open_room(folder: Path) -> AsyncIterator[Room]:
    devices = assemble(default_rack(), "zh_CN", lambda _part, _device: None)
    room = Room(devices, Spool.open(folder / "print-jobs.db"))
    tasks = [asyncio.create_task(supervise(device)) for device in devices.supervised]
    tasks.append(asyncio.create_task(room.jobs.run()))
    await until(lambda: room.printer.ready, "the printer is ready")
    yield room
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for cable in devices.simulators.cables:
        cable.close()
    room.jobs.close()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as room:
        yield room


async def test_a_receipt_asked_for_twice_is_printed_once(room: Room) -> None:
    await room.print("r1")
    await room.print("r1")
    await room.reaches("r1", JobState.DONE)
    answer = await room.print("r1")
    assert isinstance(answer, Job)
    assert answer.job.state is JobState.DONE
    assert room.printed == ["r1"]


async def test_jobs_are_printed_in_the_order_in_which_they_came(room: Room) -> None:
    for number in range(10):
        await room.print(f"r{number}")
    await room.reaches("r9", JobState.DONE)
    assert room.printed == [f"r{number}" for number in range(10)]


async def test_a_copy_says_that_it_is_one(room: Room) -> None:
    await room.print("r1", copied=True)
    await room.reaches("r1", JobState.DONE)
    assert room.printed == ["*** 副本 ***", "r1", "*** 副本 ***"]


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        ("paper", JobState.WAITING_FOR_PAPER),
        ("cover", JobState.WAITING_FOR_COVER),
        ("cable", JobState.WAITING_FOR_PRINTER),
    ],
)
async def test_a_receipt_waits_and_prints_itself_when_all_is_well(
    room: Room, trouble: str, state: JobState
) -> None:
    match trouble:
        case "paper":
            room.paper.set_paper(PaperSupply.OUT)
        case "cover":
            room.paper.set_cover(True)
        case _:
            room.paper.cable.unplug()
    await until(lambda: not room.printer.ready, "the trouble is noticed")
    await room.print("r1")
    await room.reaches("r1", state)
    assert room.printed == []
    room.paper.set_paper(PaperSupply.OK)
    room.paper.set_cover(False)
    room.paper.cable.plug()
    await room.reaches("r1", JobState.DONE)
    assert room.printed == ["r1"]


async def test_paper_that_ends_in_the_middle_is_said_and_the_rest_follows_on_the_new_roll(room: Room) -> None:
    room.paper.paper_left_lines = 3
    lines = [f"line {number}" for number in range(30)]
    await room.print("r1", *lines)
    await room.reaches("r1", JobState.WAITING_FOR_PAPER)
    assert await room.state("r1") is JobState.WAITING_FOR_PAPER
    room.paper.set_paper(PaperSupply.OK)
    await room.reaches("r1", JobState.DONE)
    assert room.printed == lines


async def test_a_receipt_whose_printer_went_away_in_the_middle_is_printed_again_and_says_so(
    room: Room,
) -> None:
    room.paper.paper_left_lines = 3
    lines = [f"line {number}" for number in range(30)]
    await room.print("r1", *lines)
    await room.reaches("r1", JobState.WAITING_FOR_PAPER)
    room.paper.cable.unplug()
    await room.reaches("r1", JobState.INTERRUPTED)
    room.paper.set_paper(PaperSupply.OK)
    room.paper.lines.clear()
    room.paper.cable.plug()
    await room.reaches("r1", JobState.DONE)
    mark = "*** 打印曾中断，此为重新打印 ***"
    assert room.printed == [mark, *lines, mark]


async def test_a_receipt_that_breaks_off_again_and_again_does_not_eat_the_roll(room: Room) -> None:
    for attempt in range(1, 4):
        room.paper.paper_left_lines = 5
        if attempt == 1:
            await room.print("r1", *(f"line {number}" for number in range(30)))
        await room.reaches("r1", JobState.WAITING_FOR_PAPER)
        room.paper.cable.unplug()
        await room.reaches("r1", JobState.INTERRUPTED if attempt < 3 else JobState.FAILED)
        room.paper.paper, room.paper.paper_left_lines = PaperSupply.OK, 5
        room.paper.cable.plug()
    room.paper.set_paper(PaperSupply.OK)
    await room.print("r2")
    await room.reaches("r2", JobState.DONE)
    unfinished = await room.jobs.list_jobs(ListJobs(unfinished_only=True))
    assert isinstance(unfinished, Jobs)
    assert [job.job_id for job in unfinished.jobs] == ["r1"]
    await room.jobs.retry(RetryJob(job_id=JobId("r1")))
    await room.reaches("r1", JobState.DONE)


async def test_a_receipt_that_waited_too_long_asks_before_it_prints(room: Room) -> None:
    room.paper.set_paper(PaperSupply.OUT)
    await until(lambda: not room.printer.ready, "the paper is out")
    await room.print("night")
    await room.reaches("night", JobState.WAITING_FOR_PAPER)
    room.now += timedelta(minutes=11)
    room.paper.set_paper(PaperSupply.OK)
    await room.reaches("night", JobState.STALE_ASKS)
    await room.print("morning")
    await room.reaches("morning", JobState.DONE)
    assert room.printed == ["morning"]
    await room.jobs.retry(RetryJob(job_id=JobId("night")))
    await room.reaches("night", JobState.DONE)
    assert room.printed == ["morning", "night"]


async def test_the_age_of_a_receipt_counts_from_its_making(room: Room) -> None:
    await room.print("r1", made_at=room.now - timedelta(minutes=11))
    await room.reaches("r1", JobState.STALE_ASKS)
    assert room.printed == []


async def test_a_dropped_receipt_is_not_printed(room: Room) -> None:
    room.paper.set_paper(PaperSupply.OUT)
    await until(lambda: not room.printer.ready, "the paper is out")
    await room.print("r1")
    await room.jobs.drop(DropJob(job_id=JobId("r1")))
    room.paper.set_paper(PaperSupply.OK)
    await room.print("r2")
    await room.reaches("r2", JobState.DONE)
    assert room.printed == ["r2"]
    refused = await room.jobs.retry(RetryJob(job_id=JobId("r1")))
    assert isinstance(refused, Refused)
    assert refused.code == "job_dropped"


async def test_what_is_printed_cannot_be_retried_or_dropped(room: Room) -> None:
    await room.print("r1")
    await room.reaches("r1", JobState.DONE)
    for request in (
        room.jobs.retry(RetryJob(job_id=JobId("r1"))),
        room.jobs.drop(DropJob(job_id=JobId("r1"))),
    ):
        answer = await request
        assert isinstance(answer, Refused)
        assert answer.code == "job_done"


async def test_an_unknown_job_is_refused_in_words(room: Room) -> None:
    answer = await room.jobs.get_job(GetJob(job_id=JobId("never")))
    assert isinstance(answer, Refused)
    assert answer.code == "unknown_job"


async def test_jobs_are_listed_oldest_first_and_only_unfinished_ones_on_demand(room: Room) -> None:
    await room.print("r1")
    await room.reaches("r1", JobState.DONE)
    room.paper.set_paper(PaperSupply.OUT)
    await until(lambda: not room.printer.ready, "the paper is out")
    await room.print("r2")
    everything = await room.jobs.list_jobs(ListJobs())
    unfinished = await room.jobs.list_jobs(ListJobs(unfinished_only=True))
    assert isinstance(everything, Jobs)
    assert isinstance(unfinished, Jobs)
    assert [job.job_id for job in everything.jobs] == ["r1", "r2"]
    assert [job.job_id for job in unfinished.jobs] == ["r2"]


async def test_words_come_in_every_language(room: Room) -> None:
    await room.print("r1")
    await room.reaches("r1", JobState.DONE)
    told = [fact for fact in room.facts if isinstance(fact, JobChanged)][-1]
    assert told.words == {"en": "Printed.", "zh_CN": "已打印。"}
    assert told.job.words == "已打印。"


async def test_the_drawer_opens_once_per_id_even_after_a_restart(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        assert await room.jobs.open_drawer(OpenDrawer(job_id=JobId("k1"))) == DrawerKicked(device="drawer-1")
        await until(lambda: room.paper.kicks == 1, "the drawer opens")
    async with open_room(tmp_path) as room:
        again = await room.jobs.open_drawer(OpenDrawer(job_id=JobId("k1")))
        assert again == DrawerKicked(device="drawer-1", repeated=True)
        assert room.paper.kicks == 0


async def test_a_drawer_that_cannot_open_is_refused_and_may_be_asked_again(room: Room) -> None:
    room.paper.cable.unplug()
    await until(lambda: not room.printer.ready, "the printer is gone")
    refused = await room.jobs.open_drawer(OpenDrawer(job_id=JobId("k1")))
    assert isinstance(refused, Refused)
    assert refused.code == "drawer_unavailable"
    room.paper.cable.plug()
    await until(lambda: room.printer.ready, "the printer is back")
    assert await room.jobs.open_drawer(OpenDrawer(job_id=JobId("k1"))) == DrawerKicked(device="drawer-1")


async def test_jobs_wait_over_a_restart_of_the_daemon(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        room.paper.set_paper(PaperSupply.OUT)
        await until(lambda: not room.printer.ready, "the paper is out")
        await room.print("r1")
    async with open_room(tmp_path) as room:
        await room.reaches("r1", JobState.DONE)
        assert room.printed == ["r1"]


async def test_finished_jobs_are_forgotten_after_some_days(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        await room.print("r1")
        await room.reaches("r1", JobState.DONE)
    spool = Spool.open(tmp_path / "print-jobs.db")
    assert spool.prune(room.now) == 0
    assert spool.prune(room.now + timedelta(days=8)) == 1
    spool.close()


async def test_a_full_disk_refuses_a_job_in_words_and_opens_the_drawer_all_the_same(room: Room) -> None:
    connection: sqlite3.Connection = room.jobs._spool._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    answer = await room.print("r1", *("x" * 1000,) * 100)
    assert isinstance(answer, Refused)
    assert answer.code == "disk_full"
    assert isinstance(await room.jobs.open_drawer(OpenDrawer(job_id=JobId("k1"))), DrawerKicked)
    connection.execute("PRAGMA max_page_count = 100000")
    await room.print("r1")
    await room.reaches("r1", JobState.DONE)


async def test_two_daemons_cannot_have_one_spool(tmp_path: Path) -> None:
    first = Spool.open(tmp_path / "print-jobs.db")
    with pytest.raises(SpoolError, match="Another device daemon"):
        Spool.open(tmp_path / "print-jobs.db")
    first.close()
    Spool.open(tmp_path / "print-jobs.db").close()


async def test_a_spool_of_a_newer_program_and_a_broken_one_are_refused_in_words(tmp_path: Path) -> None:
    newer = sqlite3.connect(tmp_path / "newer.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(SpoolError, match="newer program"):
        Spool.open(tmp_path / "newer.db")
    (tmp_path / "broken.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(SpoolError, match="cannot be opened"):
        Spool.open(tmp_path / "broken.db")
