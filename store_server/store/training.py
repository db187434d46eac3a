"""The training books: a copy of the store in a file of its own; practice can never touch the books."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from store_server.database.connection import open_writing
from store_server.database.unit_of_work import Session, stored_time
from store_server.dispatcher import Books
from store_server.operators.rules import digest
from store_server.store.backups import copy_books

KEPT = timedelta(hours=12)
"""A copy that is older is made anew when somebody begins training."""


class TrainingBooks:
    """Makes and holds the training books."""

    def __init__(self, real: Path, training: Path, clock: Callable[[], datetime]) -> None:
        self._real = real
        self._path = training
        self._clock = clock
        self._made_at: datetime | None = None
        self._making = asyncio.Lock()
        self.books: Books | None = None

    async def begin(self, session: Session) -> None:
        """Let the session into the training books, which are copied from the real ones when need be.

        Raises BackupFailed.
        """
        async with self._making:
            if self._made_at is None or self._clock() - self._made_at > KEPT or not self._knows(session):
                await self._make()
            assert self.books is not None
            self.books.db.execute("DELETE FROM sessions WHERE terminal = ?", (session.terminal,))
            self.books.db.execute(
                "INSERT INTO sessions VALUES (?,?,?,?)",
                (digest(session.token), session.operator_id, session.terminal, stored_time(self._clock())),
            )

    def close(self) -> None:
        """Close the file. It stays until the next copy."""
        if self.books is not None:
            self.books.db.close()
            self.books = None

    def _knows(self, session: Session) -> bool:
        assert self.books is not None
        return (
            self.books.db.execute(
                "SELECT 1 FROM operators WHERE operator_id = ? AND active", (session.operator_id,)
            ).fetchone()
            is not None
        )

    async def _make(self) -> None:
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.unlink(missing_ok=True)
        await asyncio.to_thread(copy_books, self._real, fresh)
        self.close()
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{self._path}{suffix}")
        fresh.replace(self._path)
        self.books = Books.of(open_writing(self._path), training=True)
        self._made_at = self._clock()
