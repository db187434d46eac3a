"""The tables of this room: the store's own templates, and the forms in which slips were printed."""

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from store_server.database.migrations import run_script

migrations = Migrations("receipts")


@migrations()
def m001_receipts(db: Database) -> None:
    """Templates by version, and forms: all that a slip needs besides its figures, kept once each."""
    run_script(
        db,
        """
CREATE TABLE templates (
    template TEXT NOT NULL,
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    saved_by INTEGER NOT NULL REFERENCES operators,
    PRIMARY KEY (template, version)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE receipt_forms (
    form_id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    body TEXT NOT NULL
) STRICT
;;
CREATE TRIGGER receipt_forms_do_not_change BEFORE UPDATE ON receipt_forms
BEGIN SELECT RAISE(ABORT, 'receipts were printed in this form'); END
;;
CREATE TRIGGER receipt_forms_are_not_removed BEFORE DELETE ON receipt_forms
BEGIN SELECT RAISE(ABORT, 'receipts were printed in this form'); END
""",
    )
