"""Print jobs on the disk: what was accepted is printed once, whatever happens to daemon and printer.

A small SQLite file of its own. It is written with fsync before a byte goes to the printer and before an
answer goes to the one who asked. One process has it, held by a lock beside it.
"""

import fcntl
import json
import os
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from protocol.identifiers import DeviceName, JobId
from protocol.language import _
from protocol.messages.devices import JobState, JobView
from protocol.receipt import Document

_VERSION = 1
_SCHEMA = """
CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    device TEXT NOT NULL,
    title TEXT NOT NULL,
    document TEXT NOT NULL,
    copied INTEGER NOT NULL,
    state TEXT NOT NULL,
    accepted_at TEXT NOT NULL,
    made_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    ask_if_older_s INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    in_flight INTEGER NOT NULL DEFAULT 0,
    interrupted INTEGER NOT NULL DEFAULT 0,
    age_accepted INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, sequence);
CREATE TABLE kicks (
    job_id TEXT PRIMARY KEY,
    device TEXT NOT NULL,
    asked_at TEXT NOT NULL
) STRICT;
"""

QUEUED = (
    JobState.WAITING,
    JobState.WAITING_FOR_PAPER,
    JobState.WAITING_FOR_COVER,
    JobState.WAITING_FOR_PRINTER,
    JobState.INTERRUPTED,
)
"""States in which a job is printed as soon as its printer can."""
FINISHED = (JobState.DONE, JobState.DROPPED)


class SpoolError(Exception):
    """The spool cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class SpooledJob:
    """One row."""

    job_id: JobId
    device: DeviceName
    title: str
    document: str
    """The document as JSON."""
    copied: bool
    state: JobState
    accepted_at: datetime
    made_at: datetime
    changed_at: datetime
    ask_if_older_s: int
    attempts: int
    interrupted: bool
    """Its printing broke off once: the paper says so."""
    age_accepted: bool
    """Somebody has said that it shall be printed although it is old."""

    def view(self, words: str, state: JobState | None = None) -> JobView:
        """Return it as a message, in another state if one is given."""
        return JobView(
            job_id=self.job_id,
            title=self.title,
            state=state or self.state,
            words=words,
            device=self.device,
            copied=self.copied,
            accepted_at=self.accepted_at,
            changed_at=self.changed_at,
            attempts=self.attempts,
        )


class Spool:
    """The file. Its methods block for an fsync; call them outside the event loop, one at a time."""

    def __init__(self, connection: sqlite3.Connection, lock_fd: int) -> None:
        self._connection = connection
        self._lock_fd = lock_fd

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open or make the file. Raises SpoolError."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock_fd = os.open(path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SpoolError(
                _("The spool {path} cannot be opened: {reason}").format(path=path, reason=error.strerror)
            ) from error
        try:
            fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock_fd)
            raise SpoolError(
                _("Another device daemon is using the spool {path}. Stop it first.").format(path=path)
            ) from error
        try:
            return cls(cls._connect(path), lock_fd)
        except sqlite3.Error as error:
            os.close(lock_fd)
            raise SpoolError(
                _("The spool {path} cannot be opened: {reason}").format(path=path, reason=error)
            ) from error
        except BaseException:
            os.close(lock_fd)
            raise

    @staticmethod
    def _connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version == 0:
                connection.executescript(
                    f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;"
                )
            elif version != _VERSION:
                raise SpoolError(
                    _("The spool {path} was written by a newer program. Start that one.").format(path=path)
                )
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close the file and let go of it."""
        self._connection.close()
        os.close(self._lock_fd)

    def accept(
        self,
        job_id: JobId,
        device: DeviceName,
        document: Document,
        *,
        copied: bool,
        made_at: datetime,
        now: datetime,
        ask_if_older_s: int,
    ) -> tuple[SpooledJob, bool]:
        """Keep a job and return it, and whether it is new; one that is known already stays as it is."""
        added = self._connection.execute(
            "INSERT OR IGNORE INTO jobs (job_id, device, title, document, copied, state, accepted_at,"
            " made_at, changed_at, ask_if_older_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job_id,
                device,
                document.title,
                document.model_dump_json(),
                copied,
                JobState.WAITING,
                _text(now),
                _text(made_at),
                _text(now),
                ask_if_older_s,
            ),
        ).rowcount
        job = self.get(job_id)
        assert job is not None
        return job, bool(added)

    def get(self, job_id: JobId) -> SpooledJob | None:
        """Return one job."""
        row = self._connection.execute("SELECT * FROM jobs WHERE job_id = ?", (job_id,)).fetchone()
        return None if row is None else _job(row)

    def newest(self, limit: int, *, unfinished_only: bool) -> list[SpooledJob]:
        """Return the newest jobs, the oldest of them first."""
        hidden = FINISHED if unfinished_only else ()
        rows = self._connection.execute(
            "SELECT * FROM jobs WHERE state NOT IN (SELECT value FROM json_each(?))"
            " ORDER BY sequence DESC LIMIT ?",
            (json.dumps(hidden), limit),
        ).fetchall()
        return [_job(row) for row in reversed(rows)]

    def next_for(self, device: DeviceName) -> SpooledJob | None:
        """Return the job that this printer does next."""
        row = self._connection.execute(
            "SELECT * FROM jobs WHERE device = ? AND state IN (SELECT value FROM json_each(?))"
            " ORDER BY sequence LIMIT 1",
            (device, json.dumps(QUEUED)),
        ).fetchone()
        return None if row is None else _job(row)

    # Changes of state name the state that they start from: printing and a cashier's drop or retry may
    # meet, and then the one that comes second must see what the first has done. None: it has changed.

    def begin(self, job: SpooledJob, now: datetime) -> SpooledJob | None:
        """Note, before the first byte, that the job is being handed to the printer."""
        return self._update(
            "UPDATE jobs SET state = ?, attempts = attempts + 1, in_flight = 1, changed_at = ?"
            " WHERE state = ? AND job_id = ?",
            (JobState.PRINTING, _text(now), job.state, job.job_id),
        )

    def move(
        self, job: SpooledJob, state: JobState, now: datetime, *, interrupted: bool = False
    ) -> SpooledJob | None:
        """Note where the job stands now that it is not being handed over."""
        return self._update(
            "UPDATE jobs SET state = ?, in_flight = 0, interrupted = interrupted | ?, changed_at = ?"
            " WHERE state = ? AND job_id = ?",
            (state, interrupted, _text(now), job.state, job.job_id),
        )

    def accept_age(self, job: SpooledJob, now: datetime) -> SpooledJob | None:
        """Note that the job shall be printed, however old."""
        return self._update(
            "UPDATE jobs SET state = ?, age_accepted = 1, changed_at = ? WHERE state = ? AND job_id = ?",
            (JobState.WAITING, _text(now), job.state, job.job_id),
        )

    def recover(self, now: datetime) -> int:
        """After a start: jobs that were being handed over when the daemon ended are interrupted ones."""
        return self._connection.execute(
            "UPDATE jobs SET state = ?, in_flight = 0, interrupted = 1, changed_at = ? WHERE in_flight = 1",
            (JobState.INTERRUPTED, _text(now)),
        ).rowcount

    def prune(self, before: datetime) -> int:
        """Forget finished jobs and kicks from before that time."""
        count = self._connection.execute(
            "DELETE FROM jobs WHERE changed_at < ? AND state IN (SELECT value FROM json_each(?))",
            (_text(before), json.dumps((*FINISHED, JobState.FAILED))),
        ).rowcount
        self._connection.execute("DELETE FROM kicks WHERE asked_at < ?", (_text(before),))
        return count

    def kick_asked(self, job_id: JobId, device: DeviceName, now: datetime) -> bool:
        """Note, before it happens, that a drawer is opened; False: it was under this id before."""
        return bool(
            self._connection.execute(
                "INSERT OR IGNORE INTO kicks (job_id, device, asked_at) VALUES (?, ?, ?)",
                (job_id, device, _text(now)),
            ).rowcount
        )

    def kick_failed(self, job_id: JobId) -> None:
        """Note that it did not open after all; asked again it may."""
        self._connection.execute("DELETE FROM kicks WHERE job_id = ?", (job_id,))

    def _update(self, statement: str, values: tuple[str | int, ...]) -> SpooledJob | None:
        """Run an update whose last value is the job's id; return the job, None when none was changed."""
        changed = self._connection.execute(statement, values).rowcount
        return self.get(JobId(str(values[-1]))) if changed else None


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _job(row: sqlite3.Row) -> SpooledJob:
    return SpooledJob(
        job_id=JobId(row["job_id"]),
        device=DeviceName(row["device"]),
        title=row["title"],
        document=row["document"],
        copied=bool(row["copied"]),
        state=JobState(row["state"]),
        accepted_at=datetime.fromisoformat(row["accepted_at"]),
        made_at=datetime.fromisoformat(row["made_at"]),
        changed_at=datetime.fromisoformat(row["changed_at"]),
        ask_if_older_s=row["ask_if_older_s"],
        attempts=row["attempts"],
        interrupted=bool(row["interrupted"]),
        age_accepted=bool(row["age_accepted"]),
    )
