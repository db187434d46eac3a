"""Whose points end soon, as the daily job has noted it: due rows for those who tell the members."""

import sqlite3
from datetime import date
from itertools import islice

from protocol.identifiers import MemberId
from protocol.messages.points import ListPointsWarnings, PointsWarnings, PointsWarningView
from store_server.database.unit_of_work import Work

# The members are looked up for the rows of the page alone, however many are passed over.
WARNINGS = (
    "SELECT w.due_on, w.expires_on, w.days, w.points, m.member_id, m.number, m.name FROM ("
    " SELECT due_on, expires_on, member_id, days, points FROM points_warnings WHERE due_on >= ?"
    " ORDER BY due_on DESC, expires_on, member_id, days LIMIT ? OFFSET ?) w "
    "CROSS JOIN members m USING (member_id) ORDER BY w.due_on DESC, w.expires_on, w.member_id, w.days"
)


def list_points_warnings(work: Work, query: ListPointsWarnings) -> PointsWarnings:
    """A page of the warnings, the latest due first; an erased member has a number and no name."""
    since = query.due_from.isoformat() if query.due_from is not None else ""
    rows = work.db.execute(WARNINGS, (since, query.limit + 1, query.offset)).fetchall()
    return PointsWarnings(
        warnings=tuple(_view(row) for row in islice(rows, query.limit)), more=len(rows) > query.limit
    )


def _view(row: sqlite3.Row) -> PointsWarningView:
    return PointsWarningView(
        member_id=MemberId(row["member_id"]),
        number=row["number"],
        name=row["name"],
        points=row["points"],
        expires_on=date.fromisoformat(row["expires_on"]),
        days_left=row["days"],
        due_on=date.fromisoformat(row["due_on"]),
    )
