"""Connections to the store's file: one that writes, and others that only read.

SQLite 3.7.0 to 3.51.2 can lose commits when two connections write or checkpoint the same WAL at the same
time (the WAL-reset bug). So exactly one connection writes and checkpoints, and every other one is opened
read-only with its automatic checkpoint off.
"""

import sqlite3
from pathlib import Path

PAGE_CACHE_KIB = 64 * 1024


def open_writing(path: Path | str) -> sqlite3.Connection:
    """Return the one connection of this process that writes `path`; `:memory:` for tests.

    Transactions are begun by hand (`isolation_level=None`): a deferred BEGIN that reads before it writes
    fails with "database is locked".
    """
    db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=512)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA busy_timeout = 2000")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
    # The server checkpoints when it is idle (see checkpoint): never in the middle of a cashier's commit.
    # The limit here is only the net below it.
    db.execute("PRAGMA wal_autocheckpoint = 20000")
    return db


def open_reading(path: Path | str) -> sqlite3.Connection:
    """Return a connection that can only read; for reports, exports and checks in another thread."""
    db = sqlite3.connect(
        f"{Path(path).resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA query_only = ON")
    db.execute("PRAGMA wal_autocheckpoint = 0")
    db.execute("PRAGMA busy_timeout = 2000")
    return db


def checkpoint(db: sqlite3.Connection) -> int:
    """Move what the WAL holds into the file, without waiting for readers; return the WAL's pages before."""
    row = db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(row[1])


def wal_bytes(path: Path | str) -> int:
    """Return the size of the WAL beside `path`, 0 where there is none."""
    wal = Path(f"{path}-wal")
    return wal.stat().st_size if wal.exists() else 0
