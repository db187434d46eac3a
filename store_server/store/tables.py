"""The only writer of the tables of settings and paired terminals."""

import sqlite3
from collections.abc import Iterator

from protocol.identifiers import TerminalName
from store_server.database.unit_of_work import Work


def set_setting(db: sqlite3.Connection, setting: str, value: str) -> None:
    """Store one setting."""
    db.execute(
        "INSERT INTO settings VALUES (?,?) ON CONFLICT (setting) DO UPDATE SET value = excluded.value",
        (setting, value),
    )


def add_terminal(work: Work, terminal: TerminalName, public_key: str) -> None:
    """Let a terminal in; one of the same name that was paired before loses its key.

    A machine that is paired again under another name keeps its key and leaves the list under the old one.
    """
    work.db.execute("DELETE FROM terminals WHERE public_key = ? AND terminal <> ?", (public_key, terminal))
    work.db.execute(
        "INSERT INTO terminals VALUES (?,?,?,0) ON CONFLICT (terminal) DO UPDATE SET "
        "public_key = excluded.public_key, paired_at = excluded.paired_at, revoked = 0",
        (terminal, public_key, work.at),
    )


def revoke_terminal(db: sqlite3.Connection, terminal: TerminalName) -> bool:
    """Let it in no more; False when there is none of that name that is let in."""
    changed = db.execute("UPDATE terminals SET revoked = 1 WHERE terminal = ? AND NOT revoked", (terminal,))
    return changed.rowcount == 1


def terminals(db: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Yield all terminals that were ever paired."""
    yield from db.execute("SELECT * FROM terminals ORDER BY terminal")
