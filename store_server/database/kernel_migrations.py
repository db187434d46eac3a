"""The kernel's own tables: the answers that were given, by command id, and the store's settings."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("kernel")


@migrations()
def m001_kernel(db: Database) -> None:
    """Remembered answers and the store's settings."""
    run_script(
        db,
        """
CREATE TABLE answers (
    command_id TEXT PRIMARY KEY,
    day INTEGER NOT NULL,
    request TEXT NOT NULL,
    digest BLOB NOT NULL,
    answer TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID
;;
CREATE TABLE settings (
    setting TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID
""",
    )
