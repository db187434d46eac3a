"""A copy of the books while the shop is open, checked before it counts as one; and a restore."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from protocol.language import _
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
    if not target.name or "\0" in str(target):
        raise BackupFailed(_("{path} cannot be the name of a file.").format(path=repr(str(target))))
    partial = target.with_name(target.name + ".partial")
    try:
        if target.exists():
            raise BackupFailed(_("{path} is there already. Choose another name.").format(path=target))
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
        _discard(partial)
        raise BackupFailed(str(error)) from error
    except BackupFailed:
        _discard(partial)
        raise


def _discard(partial: Path) -> None:
    with suppress(OSError):  # a name that is too long, or a folder that cannot be written, holds nothing
        partial.unlink(missing_ok=True)


def restore_books(backup: Path, target: Path) -> Path | None:
    """Put a checked copy of `backup` at `target`; return where the books that were there went, or None.

    For a stopped server. Nothing is deleted: earlier books, sound or damaged, are put aside beside the target
    with their WAL. Raises BackupFailed; then the earlier books are still in place.
    """
    fresh = target.with_name(target.name + ".restored")
    fresh.unlink(missing_ok=True)
    copy_books(backup, fresh)
    try:
        aside = _put_aside(target)
        fresh.rename(target)
        _to_disk(target.parent)
    except OSError as error:
        raise BackupFailed(str(error)) from error
    return aside


def _put_aside(books: Path) -> Path | None:
    """Move the books away with what is left of their WAL; return where they are now, None for no books."""
    there = books.exists()
    if there:
        # Damaged books are the best reason for a restore: then their WAL goes aside as it is.
        with suppress(sqlite3.Error), closing(sqlite3.connect(books)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    aside = _free_name(books)
    # Also a WAL without its books (a restore that was cut off): SQLite would play it into the restored ones.
    for suffix in ("", "-wal", "-shm"):
        left = books.with_name(books.name + suffix)
        if left.exists():
            left.rename(aside.with_name(aside.name + suffix))
    return aside if there else None


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
