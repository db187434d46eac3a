"""The table of this room: how far each daily job is."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("daily")


@migrations()
def m001_daily(db: Database) -> None:
    """For each job the last business date that is done, and the place within the next one."""
    run_script(
        db,
        """
CREATE TABLE daily_jobs (
    job TEXT PRIMARY KEY,
    done_for TEXT,
    day TEXT,
    place TEXT NOT NULL
) STRICT, WITHOUT ROWID
""",
    )
