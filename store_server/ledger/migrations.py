"""The ledger's tables. Postings are never changed or removed: corrections are new entries."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("ledger")


@migrations()
def m001_ledger(db: Database) -> None:
    """Accounts, entries and postings."""
    run_script(
        db,
        """
CREATE TABLE ledger_accounts (
    account_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    owner TEXT NOT NULL,
    unit TEXT NOT NULL,
    balance INTEGER NOT NULL DEFAULT 0,
    minimum INTEGER,
    UNIQUE (kind, owner, unit)
) STRICT
;;
CREATE TABLE ledger_entries (
    entry_id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT NOT NULL,
    shift_id TEXT
) STRICT
;;
CREATE INDEX ledger_entries_by_shift ON ledger_entries (shift_id) WHERE shift_id IS NOT NULL
;;
CREATE TABLE ledger_postings (
    entry_id INTEGER NOT NULL REFERENCES ledger_entries,
    account_id INTEGER NOT NULL REFERENCES ledger_accounts,
    amount INTEGER NOT NULL,
    PRIMARY KEY (entry_id, account_id)
) STRICT, WITHOUT ROWID
;;
CREATE TRIGGER ledger_postings_do_not_change BEFORE UPDATE ON ledger_postings
BEGIN SELECT RAISE(ABORT, 'postings never change'); END
;;
CREATE TRIGGER ledger_postings_are_not_removed BEFORE DELETE ON ledger_postings
BEGIN SELECT RAISE(ABORT, 'postings are never removed'); END
;;
CREATE TRIGGER ledger_entries_do_not_change BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries never change'); END
;;
CREATE TRIGGER ledger_entries_are_not_removed BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are never removed'); END
""",
    )
