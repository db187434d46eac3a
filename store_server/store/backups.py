"""A copy of the books while the shop is open, checked before it counts as one; and a restore."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from store_server.database.connection import open_reading
from store_server.journal.tables import read_head

PAGES_PER_STEP = 2000

Progress = Callable[[int, int], None]
"""Called with (pages done, pages in all)."""


@dataclass(frozen=True, slots=True)
class BackupResult:
    """A finished copy."""

    path: Path
    size_bytes: int
    journal_seq: int


class BackupFailed(Exception):
    """The copy could not be made, or is not sound; the text says why. Nothing is left at its place."""


def copy_books(source: Path, target: Path, progress: Progress | None = None) -> BackupResult:
    """Copy the books of `source` to a new file `target` with SQLite's online backup, and check the copy.

    The source may be written meanwhile: the copy is the state at one moment. The target appears only when
    it is whole and on the disk. Raises BackupFailed.
    """
    if target.exists():
        raise BackupFailed(f"{target}: exists already")
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        with closing(open_reading(source)) as books, closing(sqlite3.connect(partial)) as copy:
            partial.chmod(0o600)
            # An open read transaction holds one moment of the books, so that sales in the meantime do not
            # make the copy begin again.
            books.execute("BEGIN")
            books.execute("SELECT count(*) FROM sqlite_master").fetchone()
            books.backup(
                copy,
                pages=PAGES_PER_STEP,
                sleep=0,
                progress=lambda _status, left, total: progress(total - left, total) if progress else None,
            )
            books.execute("COMMIT")
            copy.execute("PRAGMA journal_mode = DELETE")
            findings = [row[0] for row in copy.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            if findings:
                raise BackupFailed("; ".join(findings))
            seq = read_head(copy).seq
        _to_disk(partial)
        partial.rename(target)
        _to_disk(target.parent)
        return BackupResult(target, target.stat().st_size, seq)
    except (sqlite3.Error, OSError) as error:
        partial.unlink(missing_ok=True)
        raise BackupFailed(str(error)) from error
    except BackupFailed:
        partial.unlink(missing_ok=True)
        raise


def restore_books(backup: Path, target: Path) -> Path | None:
    """Put a checked copy of `backup` at `target`; return where the books that were there went, or None.

    For a stopped server. Nothing is deleted: earlier books are put aside beside the target with their WAL.
    Raises BackupFailed; then the earlier books are still in place.
    """
    fresh = target.with_name(target.name + ".restored")
    fresh.unlink(missing_ok=True)
    copy_books(backup, fresh)
    aside: Path | None = None
    if target.exists():
        with closing(sqlite3.connect(target)) as books:
            books.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        aside = _free_name(target)
        target.rename(aside)
        for suffix in ("-wal", "-shm"):
            left = target.with_name(target.name + suffix)
            if left.exists():
                left.rename(aside.with_name(aside.name + suffix))
    fresh.rename(target)
    _to_disk(target.parent)
    return aside


def _free_name(target: Path) -> Path:
    number = 1
    while (name := target.with_name(f"{target.stem}-before-restore-{number}{target.suffix}")).exists():
        number += 1
    return name


def _to_disk(path: Path) -> None:
    """Wait until a file, or a folder's entries, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
