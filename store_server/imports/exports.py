"""Lists written out in pieces; who writes out people's data answers for it in the journal."""

from datetime import timedelta

from protocol.language import _
from protocol.messages.base import Answer
from protocol.messages.imports import ExportList, ExportRows, ListExported
from store_server.database.unit_of_work import Work, stored_time
from store_server.imports.registry import LISTS, no_list

EXPORTED_AT_ONCE = 100
"""Rows of one piece of an export: more would hold up a scan."""
PAUSE_MOST = timedelta(minutes=10)
"""Who goes on later than this begins anew, and answers for it anew."""


def export_list(work: Work, command: ExportList) -> Answer:
    """A piece of a list in the order of its key."""
    if command.list_name not in LISTS:
        return no_list(command.list_name)
    target = LISTS[command.list_name]
    rows = target.export(work, command.after_key, EXPORTED_AT_ONCE)
    next_key = rows[-1][0] if len(rows) == EXPORTED_AT_ONCE else ""
    if target.personal:
        _answer_for(work, command, next_key, whole=target.shows_all(work))
    return ExportRows(
        headings=tuple(_(column.heading) for column in target.columns(work)),
        rows=tuple(cells for _key, cells in rows),
        next_key=next_key,
        total=target.total(work),
    )


def _answer_for(work: Work, command: ExportList, next_key: str, *, whole: bool) -> None:
    """Write the export into the journal, once for all its pieces: those that follow without a pause."""
    assert work.session is not None, "only who is signed on exports"
    which = (work.session.operator_id, command.list_name)
    goes_on = work.db.execute(
        "SELECT 1 FROM running_exports WHERE operator_id = ? AND list_name = ? AND next_key = ? AND at >= ?",
        (*which, command.after_key, stored_time(work.now - PAUSE_MOST)),
    ).fetchone()
    if not command.after_key or goes_on is None:
        work.record(ListExported(list_name=command.list_name, after_key=command.after_key, whole=whole))
    if next_key:
        work.db.execute(
            "INSERT OR REPLACE INTO running_exports VALUES (?,?,?,?)", (*which, next_key, work.at)
        )
    else:
        work.db.execute("DELETE FROM running_exports WHERE operator_id = ? AND list_name = ?", which)
