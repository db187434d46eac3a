"""The tables of imports: what was received, what it would do, what is wrong, how it was before; exports."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("imports")


@migrations()
def m001_imports(db: Database) -> None:
    """Imports with their rows and errors; exports of people's data that are going on."""
    run_script(
        db,
        """
CREATE TABLE imports (
    import_id TEXT PRIMARY KEY,
    list_name TEXT NOT NULL,
    file_name TEXT NOT NULL,
    phase TEXT NOT NULL,
    columns TEXT NOT NULL,
    unknown_columns TEXT NOT NULL,
    language TEXT NOT NULL,
    operator_id INTEGER NOT NULL REFERENCES operators,
    command_id TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    rows INTEGER NOT NULL DEFAULT 0,
    last_row INTEGER NOT NULL DEFAULT 1,
    position INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    same INTEGER NOT NULL DEFAULT 0,
    errors INTEGER NOT NULL DEFAULT 0,
    round INTEGER NOT NULL DEFAULT 0,
    stamp INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0 CHECK (failed IN (0, 1)),
    told_at TEXT NOT NULL DEFAULT ''
) STRICT
;;
CREATE TABLE import_rows (
    import_id TEXT NOT NULL REFERENCES imports,
    row INTEGER NOT NULL,
    cells TEXT NOT NULL,
    key TEXT NOT NULL DEFAULT '',
    change TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '',
    payload TEXT NOT NULL DEFAULT '',
    before TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (import_id, row)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE import_errors (
    import_id TEXT NOT NULL REFERENCES imports,
    row INTEGER NOT NULL,
    place INTEGER NOT NULL,
    column TEXT NOT NULL,
    value TEXT NOT NULL,
    explanation TEXT NOT NULL,
    PRIMARY KEY (import_id, row, place)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE import_uniques (
    import_id TEXT NOT NULL REFERENCES imports,
    round INTEGER NOT NULL,
    column TEXT NOT NULL,
    value TEXT NOT NULL,
    row INTEGER NOT NULL,
    PRIMARY KEY (import_id, round, column, value)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE running_exports (
    operator_id INTEGER NOT NULL REFERENCES operators,
    list_name TEXT NOT NULL,
    next_key TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (operator_id, list_name)
) STRICT, WITHOUT ROWID
""",
    )
