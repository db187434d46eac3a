"""The tables of operators, roles, sessions and approvals."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("operators")


@migrations()
def m001_operators(db: Database) -> None:
    """Roles, operators, sessions, approvals."""
    run_script(
        db,
        """
CREATE TABLE roles (
    role TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID
;;
CREATE TABLE role_permissions (
    role TEXT NOT NULL REFERENCES roles,
    permission TEXT NOT NULL,
    PRIMARY KEY (role, permission)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE operators (
    operator_id INTEGER PRIMARY KEY,
    code TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL REFERENCES roles,
    pin_hash TEXT NOT NULL,
    card_digest TEXT UNIQUE,
    language TEXT,
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    must_change_pin INTEGER NOT NULL DEFAULT 0 CHECK (must_change_pin IN (0, 1)),
    wrong_tries INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT
) STRICT
;;
CREATE TABLE sessions (
    token_digest TEXT PRIMARY KEY,
    operator_id INTEGER NOT NULL REFERENCES operators,
    terminal TEXT NOT NULL,
    begun_at TEXT NOT NULL
) STRICT, WITHOUT ROWID
;;
CREATE INDEX sessions_by_terminal ON sessions (terminal)
;;
CREATE TABLE approvals (
    approval_id TEXT PRIMARY KEY,
    token_digest TEXT NOT NULL,
    approver_id INTEGER NOT NULL REFERENCES operators,
    permission TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    used_by_command TEXT
) STRICT, WITHOUT ROWID
""",
    )
