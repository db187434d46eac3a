"""The print room: takes jobs into the spool, and hands each printer its jobs, one after the other.

Per printer one task. What it does next is read from the spool each time, so a restart needs nothing else.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from device_daemon.devices.base import Device, UnavailableError
from device_daemon.devices.cash_drawer import CashDrawer
from device_daemon.devices.pos_printer import PosPrinter
from device_daemon.spool import Spool, SpooledJob
from device_daemon.words import copy_mark, device_words, in_all_languages, interrupted_mark, job_words
from protocol.identifiers import DeviceName, JobId
from protocol.language import _, speaking
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.devices import (
    DeviceState,
    DrawerKicked,
    DropJob,
    GetJob,
    Job,
    JobChanged,
    Jobs,
    JobState,
    ListJobs,
    OpenDrawer,
    PrintDocument,
    RetryJob,
)
from protocol.receipt import Document

_P = ParamSpec("_P")
_R = TypeVar("_R")

_WAITING_FOR = {
    DeviceState.REC_EMPTY: JobState.WAITING_FOR_PAPER,
    DeviceState.COVER_OPEN: JobState.WAITING_FOR_COVER,
}
_ATTEMPTS = 3
"""A job that breaks off so often is not begun again unasked: it would eat the roll."""
_DISK_RETRY_S = 1.0
_LOOK_AGAIN_S = 5.0
_PRUNE_EVERY_S = 6 * 3600.0

_log = logging.getLogger(__name__)


class PrintRoom:
    """Jobs, printers and drawers of the lane."""

    def __init__(
        self,
        spool: Spool,
        printers: Sequence[PosPrinter],
        drawers: Sequence[CashDrawer],
        publish: Callable[[Fact], object],
        now: Callable[[], datetime],
        *,
        language: str,
        ask_if_older_s: int,
        keep_jobs_days: int,
    ) -> None:
        """`language` is that of the marks on paper."""
        self._spool = spool
        self._printers = {printer.name: printer for printer in printers}
        self._drawers = {drawer.name: drawer for drawer in drawers}
        self._publish = publish
        self._now = now
        self._language = language
        self._ask_if_older_s = ask_if_older_s
        self._keep = timedelta(days=keep_jobs_days)
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._wake = {name: asyncio.Event() for name in self._printers}
        self._in_flight: dict[DeviceName, SpooledJob] = {}
        self._given_up: set[JobId] = set()
        for printer in printers:
            printer.on_change.append(self._printer_changed)

    async def run(self) -> None:
        """Print until cancelled."""
        await self._surely(self._spool.recover, self._now())
        async with asyncio.TaskGroup() as tasks:
            for printer in self._printers.values():
                tasks.create_task(self._serve(printer), name=f"print jobs of {printer.name}")
            tasks.create_task(self._prune(), name="forget old print jobs")

    def close(self) -> None:
        """Close the spool, after the last write."""
        self._disk.shutdown(wait=True)
        self._spool.close()

    # --- requests ---

    async def print_document(self, request: PrintDocument) -> Answer:
        """Take a job, or answer how the same job stands."""
        name = request.device or next(iter(self._printers), None)
        if name is None or name not in self._printers:
            return Refused(code="no_printer", explanation=_("This lane has no such printer."), field="device")
        now = self._now()
        try:
            job, fresh = await self._on_disk(
                self._spool.accept,
                request.job_id,
                name,
                request.document,
                copied=request.copy_mark,
                made_at=request.made_at or now,
                now=now,
                ask_if_older_s=request.ask_if_older_s or self._ask_if_older_s,
            )
        except sqlite3.Error as error:
            _log.error("job %s cannot be kept: %s", request.job_id, error)
            return _disk_refusal(error)
        if fresh:
            self._tell(job)
            self._wake[name].set()
        return self._answer(job)

    async def get_job(self, request: GetJob) -> Answer:
        """Say how a job stands."""
        job = await self._on_disk(self._spool.get, request.job_id)
        return _unknown() if job is None else self._answer(job)

    async def list_jobs(self, request: ListJobs) -> Answer:
        """Say how the newest jobs stand."""
        jobs = await self._on_disk(self._spool.newest, request.limit, unfinished_only=request.unfinished_only)
        return Jobs(jobs=tuple(self._answer(job).job for job in jobs))

    async def retry(self, request: RetryJob) -> Answer:
        """Print a job that asks or has failed; one that waits anyway is printed however old it gets."""
        while (job := await self._on_disk(self._spool.get, request.job_id)) is not None:
            if job.state is JobState.DONE:
                words = _("This was printed already. Print a copy from the sale instead.")
                return Refused(code="job_done", explanation=words)
            if job.state is JobState.DROPPED:
                words = _("This was dropped. Print it again from the sale instead.")
                return Refused(code="job_dropped", explanation=words)
            if job.state is JobState.PRINTING:
                return self._answer(job)
            try:
                changed = await self._on_disk(self._spool.accept_age, job, self._now())
            except sqlite3.Error as error:
                return _disk_refusal(error)
            if changed is not None:
                self._tell(changed)
                self._wake_up(job.device)
                return self._answer(changed)
        return _unknown()

    async def drop(self, request: DropJob) -> Answer:
        """Give a job up. One that is being printed stops at its next line."""
        while (job := await self._on_disk(self._spool.get, request.job_id)) is not None:
            if job.state is JobState.DONE:
                return Refused(code="job_done", explanation=_("This was printed already."))
            if job.state is JobState.DROPPED:
                return self._answer(job)
            if job.state is JobState.PRINTING:
                self._given_up.add(job.job_id)
                return self._answer(job)
            try:
                changed = await self._on_disk(self._spool.move, job, JobState.DROPPED, self._now())
            except sqlite3.Error as error:
                return _disk_refusal(error)
            if changed is not None:
                self._tell(changed)
                return self._answer(changed)
        return _unknown()

    async def open_drawer(self, request: OpenDrawer) -> Answer:
        """Open the drawer once per job id, now or not at all."""
        name = request.device or next(iter(self._drawers), None)
        if name is None or name not in self._drawers:
            return Refused(code="no_drawer", explanation=_("This lane has no such drawer."), field="device")
        drawer = self._drawers[name]
        try:
            fresh = await self._on_disk(self._spool.kick_asked, request.job_id, name, self._now())
        except sqlite3.Error as error:
            # A full disk is no reason to keep a cashier from the money; the sale itself is safe elsewhere.
            _log.error("the opening of %s is not remembered: %s", name, error)
            fresh = True
        if not fresh:
            return DrawerKicked(device=name, repeated=True)
        try:
            await drawer.open_drawer()
        except UnavailableError as error:
            await self._surely(self._spool.kick_failed, request.job_id)
            state = drawer.state if not drawer.ready else error.state
            words = _("The drawer was not opened. {reason}").format(reason=device_words(drawer.kind, state))
            return Refused(code="drawer_unavailable", explanation=words)
        return DrawerKicked(device=name)

    # --- printing ---

    async def _serve(self, printer: PosPrinter) -> None:
        wake = self._wake[printer.name]
        while True:
            wake.clear()
            job = await self._surely(self._spool.next_for, printer.name)
            if job is None:
                await wake.wait()
            elif self._too_old(job):
                self._tell(await self._surely(self._spool.move, job, JobState.STALE_ASKS, self._now()))
            elif printer.ready:
                try:
                    await self._print(printer, job)
                except Exception:  # noqa: BLE001  # the guard: one bad job must not stop the rest
                    _log.exception("job %s: bug while printing", job.job_id)
                    await self._finish(printer, self._in_flight.get(printer.name, job), JobState.FAILED)
            else:
                await self._wait_for(printer, job)
                try:
                    async with asyncio.timeout(_LOOK_AGAIN_S):  # its age may have come meanwhile
                        await wake.wait()
                except TimeoutError:
                    continue

    async def _wait_for(self, printer: PosPrinter, job: SpooledJob) -> None:
        state = _WAITING_FOR.get(printer.state, JobState.WAITING_FOR_PRINTER)
        if job.state is not state and job.state is not JobState.INTERRUPTED:
            self._tell(await self._surely(self._spool.move, job, state, self._now()))

    def _too_old(self, job: SpooledJob) -> bool:
        age = self._now() - min(job.made_at, job.accepted_at)
        return age > timedelta(seconds=job.ask_if_older_s) and not job.age_accepted

    async def _print(self, printer: PosPrinter, job: SpooledJob) -> None:
        marks = self._marks(job)
        document = Document.model_validate_json(job.document)
        chunks = await asyncio.to_thread(printer.encode, document, marks)
        begun_job = await self._surely(self._spool.begin, job, self._now())
        if begun_job is None:
            return  # dropped in the meantime
        job = self._in_flight[printer.name] = begun_job
        self._tell(job)
        begun = False

        def note_begun() -> None:
            nonlocal begun
            begun = True

        try:
            whole = await printer.print_chunks(chunks, note_begun, lambda: job.job_id in self._given_up)
            state = JobState.DONE if whole else JobState.DROPPED
        except UnavailableError as error:
            _log.warning("job %s: %s (%s)", job.job_id, error.state.value, error)
            waiting = _WAITING_FOR.get(error.state, JobState.WAITING_FOR_PRINTER)
            state = JobState.INTERRUPTED if begun else waiting
            if begun and job.attempts >= _ATTEMPTS:
                state = JobState.FAILED
            if job.job_id in self._given_up:
                state = JobState.DROPPED
        await self._finish(printer, job, state)

    async def _finish(self, printer: PosPrinter, job: SpooledJob, state: JobState) -> None:
        interrupted = state in (JobState.INTERRUPTED, JobState.FAILED)
        finished = await self._surely(self._spool.move, job, state, self._now(), interrupted=interrupted)
        self._in_flight.pop(printer.name, None)
        self._given_up.discard(job.job_id)
        self._tell(finished)

    def _marks(self, job: SpooledJob) -> tuple[str, ...]:
        with speaking(self._language):
            copied = (copy_mark(),) if job.copied else ()
            return copied + ((interrupted_mark(),) if job.interrupted else ())

    def _printer_changed(self, printer: Device) -> None:
        self._wake_up(printer.name)
        job = self._in_flight.get(printer.name)
        if job is not None and printer.state is not DeviceState.OFF_OFFLINE:
            self._tell(job)

    def _wake_up(self, device: DeviceName) -> None:
        if device in self._wake:
            self._wake[device].set()

    # --- telling ---

    def _state(self, job: SpooledJob) -> JobState:
        """Return the state; of a job in the printer's hands, what the printer waits for."""
        printer = self._printers.get(job.device)
        if job.state is JobState.PRINTING and printer is not None and not printer.ready:
            return _WAITING_FOR.get(printer.state, JobState.WAITING_FOR_PRINTER)
        return job.state

    def _answer(self, job: SpooledJob) -> Job:
        state = self._state(job)
        return Job(job=job.view(job_words(state), state))

    def _tell(self, job: SpooledJob | None) -> None:
        if job is None:
            return  # somebody else has moved it, and has told
        state = self._state(job)
        with speaking(self._language):
            view = job.view(job_words(state), state)
        self._publish(JobChanged(job=view, words=in_all_languages(lambda: job_words(state))))

    # --- the disk ---

    async def _on_disk(self, work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Do it in the spool's thread: an fsync must not hold up a scan."""
        return await asyncio.get_running_loop().run_in_executor(self._disk, lambda: work(*args, **kwargs))

    async def _surely(self, work: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        """Do it again and again until the disk has room: printing goes no further without its record."""
        while True:
            try:
                return await self._on_disk(work, *args, **kwargs)
            except sqlite3.Error as error:
                _log.error("the spool cannot be written, trying again: %s", error)
                await asyncio.sleep(_DISK_RETRY_S)

    async def _prune(self) -> None:
        while True:
            forgotten = await self._surely(self._spool.prune, self._now() - self._keep)
            if forgotten:
                _log.info("%d finished print jobs are forgotten", forgotten)
            await asyncio.sleep(_PRUNE_EVERY_S)


def _unknown() -> Refused:
    return Refused(code="unknown_job", explanation=_("There is no such print job."), field="job_id")


def _disk_refusal(error: sqlite3.Error) -> Refused:
    full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    words = _("The print job cannot be kept on this machine's disk ({reason}). Make room on it.")
    return Refused(code="disk_full" if full else "spool_unwritable", explanation=words.format(reason=error))
