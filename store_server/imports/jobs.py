"""The work of imports, in steps of a few milliseconds between requests, so that no scan is held.

All that a step needs is in the database: after a crash the next step goes on where the last one ended.
"""

import json
import logging
import sqlite3
from datetime import timedelta

from protocol.identifiers import ImportId, OperatorId, SessionToken
from protocol.language import _, speaking
from protocol.messages.imports import ImportProgressed, ListImported
from store_server.database.unit_of_work import Session, Work, read_time
from store_server.imports import tables
from store_server.imports.phases import WORKED_ON, Phase
from store_server.imports.registry import LISTS
from store_server.lists import CellError, CheckedRow
from store_server.operators import tables as operators

log = logging.getLogger(__name__)

ROWS_PER_STEP = {Phase.CHECKING: 10, Phase.APPLYING: 12, Phase.SETTLING: 8, Phase.UNDOING: 8}
"""So many rows take about 2 ms, their commit included."""
REMOVED_PER_STEP = 200
TELL_EVERY = timedelta(milliseconds=100)


def pending(db: sqlite3.Connection) -> bool:
    """Return whether an import has work to do."""
    return bool(tables.waiting(db))


def step(work: Work) -> bool:
    """Do a little of the most urgent work inside the caller's transaction; return whether more is left."""
    waiting = tables.waiting(work.db)
    if not waiting:
        return False
    urgency = {phase.value: place for place, phase in enumerate(WORKED_ON)}
    job = min(waiting, key=lambda each: urgency[each["phase"]])
    _act_for(work, job)
    with speaking(job["language"]):
        _STEPS[Phase(job["phase"])](work, job)
    _tell(work, job)
    return pending(work.db)


def _act_for(work: Work, job: sqlite3.Row) -> None:
    """Let journal and stock moves name the one who asked for it."""
    row = operators.by_id(work.db, OperatorId(job["operator_id"]))
    assert row is not None
    work.session = Session(
        SessionToken(""),
        OperatorId(row["operator_id"]),
        row["code"],
        row["name"],
        row["role"],
        frozenset(),
        work.terminal,
    )
    work.command_id = job["command_id"]


def _tell(work: Work, job: sqlite3.Row) -> None:
    """Publish how far it is, ten times a second at most, and always when a phase ends."""
    now = tables.find(work.db, job["import_id"])
    if now is None:
        return
    due = not now["told_at"] or work.now - read_time(now["told_at"]) >= TELL_EVERY
    if due or now["phase"] != job["phase"]:
        tables.note_told(work, job["import_id"])
        work.tell(ImportProgressed(view=tables.view(now)))


def _next_rows(work: Work, job: sqlite3.Row) -> list[sqlite3.Row]:
    most = ROWS_PER_STEP[Phase(job["phase"])]
    return tables.rows_behind(work.db, job["import_id"], job["position"], most)


def _check(work: Work, job: sqlite3.Row) -> None:
    rows = _next_rows(work, job)
    tally = tables.Tally()
    for row in rows:
        checked, errors = _checked(work, job, row)
        tally.add(checked, len(errors))
        tables.write_check(work.db, job, row["row"], checked, errors)
    tables.add_tally(work.db, job["import_id"], tally)
    if rows:
        tables.advance(work.db, job["import_id"], rows[-1]["row"], len(rows))
    else:
        tables.enter(work.db, job["import_id"], Phase.READY)


def _checked(work: Work, job: sqlite3.Row, row: sqlite3.Row) -> tuple[CheckedRow, list[CellError]]:
    """Return what a row would do and what is wrong with it, alone and beside the other rows."""
    columns, texts = json.loads(job["columns"]), json.loads(row["cells"])
    texts += [""] * (len(columns) - len(texts))
    checked = LISTS[job["list_name"]].check(
        work, {column: text.strip() for column, text in zip(columns, texts, strict=False) if column}
    )
    errors = list(checked.errors)
    beyond = [text for text in texts[len(columns) :] if text.strip()]
    if beyond:
        explanation = _("The row has more cells than the file has headings. Is a separator inside a cell?")
        errors.append(CellError("", beyond[0][:4000], explanation))
    for column, value in checked.uniques:
        earlier = tables.claim(work.db, job, row["row"], column, value) if value else None
        if earlier is not None:
            explanation = _("Row {row} of the file has the same. Keep one of the two.").format(row=earlier)
            errors.append(CellError(column, value[:4000], explanation))
    return checked, errors


def _apply(work: Work, job: sqlite3.Row) -> None:
    """Apply some rows; what the database refuses ends the import and takes all of it back."""
    rows = _next_rows(work, job)
    work.db.execute("SAVEPOINT slice")
    try:
        for row in rows:
            if row["change"] != "same":
                before = LISTS[job["list_name"]].apply(work, row["payload"])
                tables.keep_before(work.db, job["import_id"], row["row"], before)
    except sqlite3.IntegrityError as error:
        work.db.execute("ROLLBACK TO slice")
        work.db.execute("RELEASE slice")
        log.error("import %s is taken back: %s", job["import_id"], error)
        tables.mark_failed(work.db, job["import_id"])
        take_back(work, job)
        return
    work.db.execute("RELEASE slice")
    if rows:
        tables.advance(work.db, job["import_id"], rows[-1]["row"], len(rows))
    else:
        tables.enter(work.db, job["import_id"], Phase.SETTLING)


def take_back(work: Work, job: sqlite3.Row) -> None:
    """Begin to undo what was applied so far, from the last row applied."""
    tables.enter(work.db, ImportId(job["import_id"]), Phase.UNDOING, job["position"] + 1)


def _undo(work: Work, job: sqlite3.Row) -> None:
    most = ROWS_PER_STEP[Phase.UNDOING]
    rows = tables.rows_before(work.db, job["import_id"], job["position"], most)
    for row in rows:
        if row["before"]:
            LISTS[job["list_name"]].undo(work, row["before"])
            tables.keep_before(work.db, job["import_id"], row["row"], "")
    if rows:
        tables.advance(work.db, job["import_id"], rows[-1]["row"], 0)
    else:
        LISTS[job["list_name"]].unlock(work)
        tables.enter(work.db, job["import_id"], Phase.CLEANING)


def _settle(work: Work, job: sqlite3.Row) -> None:
    rows = _next_rows(work, job)
    for row in rows:
        if row["before"]:
            LISTS[job["list_name"]].settle(work, row["payload"], row["before"], job["file_name"])
        tables.shrink(work.db, job["import_id"], row["row"], personal=LISTS[job["list_name"]].personal)
    if rows:
        tables.advance(work.db, job["import_id"], rows[-1]["row"], len(rows))
        return
    if tables.forget_uniques(work.db, job["import_id"], REMOVED_PER_STEP):
        return  # phones and cards of people among them: they stay in the list alone, where they can be erased
    LISTS[job["list_name"]].unlock(work)
    tables.enter(work.db, job["import_id"], Phase.APPLIED)
    work.record(
        ListImported(
            import_id=job["import_id"],
            list_name=job["list_name"],
            file_name=job["file_name"],
            new=job["new"],
            changed=job["changed"],
        )
    )


def _clean(work: Work, job: sqlite3.Row) -> None:
    if not tables.remove_some(work.db, job["import_id"], REMOVED_PER_STEP):
        tables.enter(work.db, job["import_id"], Phase.ENDED)


def _drop(work: Work, job: sqlite3.Row) -> None:
    if not tables.remove_some(work.db, job["import_id"], REMOVED_PER_STEP):
        tables.remove(work.db, job["import_id"])


_STEPS = {
    Phase.CHECKING: _check,
    Phase.APPLYING: _apply,
    Phase.SETTLING: _settle,
    Phase.UNDOING: _undo,
    Phase.CLEANING: _clean,
    Phase.DROPPING: _drop,
}
