"""The only writer of the imports' tables."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from protocol.identifiers import ImportId
from protocol.messages.imports import ImportView, RowChange, RowError
from store_server.database.unit_of_work import Work
from store_server.imports.headings import Headings
from store_server.imports.phases import WORKED_ON, Phase, applied_rows, state_of
from store_server.lists import CellError, CheckedRow

_WORKED_ON = ", ".join(f"'{phase}'" for phase in WORKED_ON)
PENDING = f"SELECT * FROM imports WHERE phase IN ({_WORKED_ON}) ORDER BY begun_at"  # noqa: S608  # fixed names


@dataclass(slots=True)
class Tally:
    """What a slice of checking adds to the figures of an import."""

    new: int = 0
    changed: int = 0
    same: int = 0
    errors: int = 0

    def add(self, checked: CheckedRow, errors: int) -> None:
        """Count a row: by what it would do, or as wrong."""
        self.errors += errors
        if not errors:
            setattr(self, checked.change, getattr(self, checked.change) + 1)


def find(db: sqlite3.Connection, import_id: ImportId) -> sqlite3.Row | None:
    """Return the import; one that is being dropped is gone."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM imports WHERE import_id = ? AND phase <> 'dropping'", (import_id,)
    ).fetchone()
    return row


def view(row: sqlite3.Row) -> ImportView:
    """Return an import as clients see it."""
    phase = Phase(row["phase"])
    return ImportView(
        import_id=row["import_id"],
        list_name=row["list_name"],
        file_name=row["file_name"],
        state=state_of(phase, bool(row["failed"])),
        rows=row["rows"],
        checked=row["done"] if phase is Phase.CHECKING else 0 if phase is Phase.RECEIVING else row["rows"],
        applied=applied_rows(phase, row["done"], row["rows"]),
        new=row["new"],
        changed=row["changed"],
        same=row["same"],
        errors=row["errors"],
        unknown_columns=tuple(json.loads(row["unknown_columns"])),
    )


def begin(
    work: Work, import_id: ImportId, list_name: str, file_name: str, headings: Headings, language: str
) -> None:
    """Add an import that waits for its rows."""
    work.db.execute(
        "INSERT INTO imports (import_id, list_name, file_name, phase, columns, unknown_columns, language, "
        "operator_id, command_id, begun_at) VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            import_id,
            list_name,
            file_name,
            Phase.RECEIVING.value,
            json.dumps(headings.columns, ensure_ascii=False),
            json.dumps(headings.unknown, ensure_ascii=False),
            language,
            work.operator_id,
            work.command_id,
            work.at,
        ),
    )


def forget_left_behind(db: sqlite3.Connection, before: str) -> None:
    """Have the rows removed of imports that somebody began before a moment and never went on with."""
    db.execute(
        "UPDATE imports SET phase = 'cleaning', position = 0, done = 0 "
        "WHERE phase IN ('receiving', 'ready') AND begun_at < ?",
        (before,),
    )


def add_rows(
    db: sqlite3.Connection, import_id: ImportId, first_row: int, rows: Sequence[Sequence[str]]
) -> None:
    """Add rows behind those that are there."""
    db.executemany(
        "INSERT INTO import_rows (import_id, row, cells) VALUES (?,?,?)",
        (
            (import_id, at, json.dumps(cells, ensure_ascii=False))
            for at, cells in zip(count(first_row), rows, strict=False)
        ),
    )
    db.execute(
        "UPDATE imports SET rows = rows + ?, last_row = ? WHERE import_id = ?",
        (len(rows), first_row + len(rows) - 1, import_id),
    )


def enter(db: sqlite3.Connection, import_id: ImportId, phase: Phase, position: int = 0) -> None:
    """Begin a phase; `position` is the row behind (or before) which its work starts."""
    db.execute(
        "UPDATE imports SET phase = ?, position = ?, done = 0 WHERE import_id = ?",
        (phase.value, position, import_id),
    )


def start_check(work: Work, import_id: ImportId, stamp: int, language: str) -> None:
    """Begin to check all rows, from the first one."""
    work.db.execute(
        "UPDATE imports SET phase = 'checking', position = 0, done = 0, new = 0, changed = 0, same = 0, "
        "errors = 0, round = round + 1, stamp = ?, language = ? WHERE import_id = ?",
        (stamp, language, import_id),
    )


def start_apply(work: Work, import_id: ImportId) -> None:
    """Begin to apply, in the name of the one who asks."""
    enter(work.db, import_id, Phase.APPLYING)
    work.db.execute(
        "UPDATE imports SET operator_id = ?, command_id = ? WHERE import_id = ?",
        (work.operator_id, work.command_id, import_id),
    )


def mark_failed(db: sqlite3.Connection, import_id: ImportId) -> None:
    """Note that it was not a person who ended the import."""
    db.execute("UPDATE imports SET failed = 1 WHERE import_id = ?", (import_id,))


def advance(db: sqlite3.Connection, import_id: ImportId, position: int, done: int) -> None:
    """Note how far the work of a phase is."""
    db.execute(
        "UPDATE imports SET position = ?, done = done + ? WHERE import_id = ?", (position, done, import_id)
    )


def note_told(work: Work, import_id: ImportId) -> None:
    """Note when progress was told last."""
    work.db.execute("UPDATE imports SET told_at = ? WHERE import_id = ?", (work.at, import_id))


def waiting(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """Return the imports with work to do."""
    return db.execute(PENDING).fetchall()


def rows_behind(db: sqlite3.Connection, import_id: ImportId, position: int, most: int) -> list[sqlite3.Row]:
    """Return the next rows of an import."""
    return db.execute(
        "SELECT * FROM import_rows WHERE import_id = ? AND row > ? ORDER BY row LIMIT ?",
        (import_id, position, most),
    ).fetchall()


def rows_before(db: sqlite3.Connection, import_id: ImportId, position: int, most: int) -> list[sqlite3.Row]:
    """Return the rows that come before one, the last first."""
    return db.execute(
        "SELECT * FROM import_rows WHERE import_id = ? AND row < ? ORDER BY row DESC LIMIT ?",
        (import_id, position, most),
    ).fetchall()


def claim(db: sqlite3.Connection, job: sqlite3.Row, row: int, column: str, value: str) -> int | None:
    """Note that a row has a value that no other may have; return the earlier row that has it."""
    key = (job["import_id"], job["round"], column, value)
    if db.execute("INSERT OR IGNORE INTO import_uniques VALUES (?,?,?,?,?)", (*key, row)).rowcount:
        return None
    earlier = db.execute(
        "SELECT row FROM import_uniques WHERE import_id = ? AND round = ? AND column = ? AND value = ?", key
    ).fetchone()
    return None if earlier[0] == row else int(earlier[0])


def write_check(
    db: sqlite3.Connection, job: sqlite3.Row, row: int, checked: CheckedRow, errors: Iterable[CellError]
) -> None:
    """Keep what a row would do and what is wrong with it."""
    import_id = job["import_id"]
    if job["round"] > 1:
        db.execute("DELETE FROM import_errors WHERE import_id = ? AND row = ?", (import_id, row))
    db.execute(
        "UPDATE import_rows SET key = ?, change = ?, details = ?, payload = ? "
        "WHERE import_id = ? AND row = ?",
        (checked.key, checked.change, checked.details, checked.payload, import_id, row),
    )
    db.executemany(
        "INSERT INTO import_errors VALUES (?,?,?,?,?,?)",
        [
            (import_id, row, place, each.column[:200], each.value, each.explanation)
            for place, each in enumerate(errors)
        ],
    )


def add_tally(db: sqlite3.Connection, import_id: ImportId, tally: Tally) -> None:
    """Add the figures of a slice."""
    db.execute(
        "UPDATE imports SET new = new + ?, changed = changed + ?, same = same + ?, errors = errors + ? "
        "WHERE import_id = ?",
        (tally.new, tally.changed, tally.same, tally.errors, import_id),
    )


def keep_before(db: sqlite3.Connection, import_id: ImportId, row: int, before: str) -> None:
    """Keep how things were before a row was applied; empty: the row is not applied."""
    db.execute("UPDATE import_rows SET before = ? WHERE import_id = ? AND row = ?", (before, import_id, row))


def shrink(db: sqlite3.Connection, import_id: ImportId, row: int, *, personal: bool) -> None:
    """Forget what is needed no more once a row is final; what it did stays readable, people apart."""
    if personal:
        query = "UPDATE import_rows SET key = '', details = '' WHERE import_id = ? AND row = ?"
        db.execute(query, (import_id, row))
    db.execute(
        "UPDATE import_rows SET cells = '', payload = '', before = '' WHERE import_id = ? AND row = ?",
        (import_id, row),
    )


def forget_uniques(db: sqlite3.Connection, import_id: ImportId, most: int) -> bool:
    """Remove some of the notes on what no other row may have; return whether any were there."""
    query = (
        "DELETE FROM import_uniques WHERE import_id = ?1 AND (round, column, value) IN "
        "(SELECT round, column, value FROM import_uniques WHERE import_id = ?1 LIMIT ?2)"
    )
    return db.execute(query, (import_id, most)).rowcount > 0


def remove_some(db: sqlite3.Connection, import_id: ImportId, most: int) -> bool:
    """Remove some of the rows, errors and notes of an import; return whether there are more."""
    removed = 0
    for table, key in (
        ("import_rows", "row"),
        ("import_errors", "row, place"),
        ("import_uniques", "round, column, value"),
    ):
        removed += db.execute(
            f"DELETE FROM {table} WHERE import_id = ?1 AND ({key}) IN "  # noqa: S608  # fixed names
            f"(SELECT {key} FROM {table} WHERE import_id = ?1 LIMIT ?2)",
            (import_id, most),
        ).rowcount
    return removed > 0


def remove(db: sqlite3.Connection, import_id: ImportId) -> None:
    """Remove an import whose rows are gone."""
    db.execute("DELETE FROM imports WHERE import_id = ?", (import_id,))


def changes(db: sqlite3.Connection, import_id: ImportId, from_row: int, limit: int) -> tuple[RowChange, ...]:
    """Return what the rows would do; rows with errors would do nothing."""
    rows = db.execute(
        "SELECT row, key, change, details FROM import_rows r "
        "WHERE import_id = ? AND row >= ? AND change <> '' "
        "AND NOT EXISTS (SELECT 1 FROM import_errors e WHERE e.import_id = r.import_id AND e.row = r.row) "
        "ORDER BY row LIMIT ?",
        (import_id, from_row, limit),
    )
    return tuple(RowChange(row=row[0], key=row[1], change=row[2], details=row[3]) for row in rows)


def errors(db: sqlite3.Connection, import_id: ImportId, from_row: int, limit: int) -> tuple[RowError, ...]:
    """Return what is wrong; the last row's errors are all there, even beyond the limit."""
    rows = db.execute(
        "SELECT row, column, value, explanation FROM import_errors WHERE import_id = ?1 AND row >= ?2 "
        "AND row <= coalesce((SELECT row FROM import_errors WHERE import_id = ?1 AND row >= ?2 "
        "ORDER BY row, place LIMIT 1 OFFSET ?3), 9223372036854775807) ORDER BY row, place",
        (import_id, from_row, limit - 1),
    )
    return tuple(RowError(row=row[0], column=row[1], value=row[2], explanation=row[3]) for row in rows)
