"""Brings a database to the present schema; refuses one that a newer version of the program has made."""

import sqlite3
from collections.abc import Sequence

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations


class NewerDatabase(Exception):
    """The database has migrations that this program does not know."""

    def __init__(self, unknown: list[str]) -> None:
        super().__init__(", ".join(unknown))
        self.unknown = unknown


def applied_migrations(db: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return (set, name) of all that was ever applied to the database."""
    there = db.execute("SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'").fetchone()
    if there is None:
        return set()
    return {(row[0], row[1]) for row in db.execute("SELECT migration_set, name FROM _sqlite_migrations")}


def migrate(db: sqlite3.Connection, sets: Sequence[Migrations]) -> list[str]:
    """Apply what is missing, in the order of the sets; return the names of what was applied.

    Raises NewerDatabase when the database has what this program does not know: a newer version made it.
    """
    known = {(each.name, migration.name) for each in sets for migration in each._migrations}
    unknown = sorted(f"{room}.{name}" for room, name in applied_migrations(db) - known)
    if unknown:
        raise NewerDatabase(unknown)
    wrapped = Database(db)
    done: list[str] = []
    for each in sets:
        done += [f"{each.name}.{migration.name}" for migration in each.pending(wrapped)]
        each.apply(wrapped)
    return done


def statements(script: str) -> list[str]:
    """Split a script at the lines that hold only `;;`, so that triggers may hold semicolons."""
    return [part.strip() for part in script.split("\n;;\n") if part.strip()]


def run_script(db: Database, script: str) -> None:
    """Run the statements of a migration inside its transaction (sqlite3's executescript would commit it)."""
    for statement in statements(script):
        db.execute(statement)
