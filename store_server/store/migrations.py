"""The table of paired terminals."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("store")


@migrations()
def m001_terminals(db: Database) -> None:
    """Terminals on other machines, by name; a revoked one stays in the list."""
    run_script(
        db,
        """
CREATE TABLE terminals (
    terminal TEXT PRIMARY KEY,
    public_key TEXT NOT NULL UNIQUE,
    paired_at TEXT NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID
""",
    )
