"""The journal's table. Rows are never changed or removed: the database refuses it."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("journal")


@migrations()
def m001_journal(db: Database) -> None:
    """Journal rows, protected."""
    run_script(
        db,
        """
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    name TEXT NOT NULL,
    command_id TEXT NOT NULL,
    operator_id INTEGER,
    approver_id INTEGER,
    terminal TEXT NOT NULL,
    body TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT
;;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'journal rows never change'); END
;;
CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'journal rows are never removed'); END
""",
    )
