"""Members by filter, some thousand looked at for each request, and the filters that are kept by name."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from protocol.language import _
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.members import (
    AbcClass,
    RfmClass,
)
from protocol.messages.profiles import (
    DeleteSegment,
    ListMembers,
    ListSegments,
    MemberFilter,
    MemberRow,
    MemberRows,
    MembersExported,
    NoteMembersExported,
    SaveSegment,
    Segments,
    SegmentView,
)
from store_server.catalogue.search import BELOW
from store_server.database.unit_of_work import Work
from store_server.members import views
from store_server.members.class_rules import Buying, Measures, abc_class, rfm_class
from store_server.profiles.measures import latest

LOOKED_AT = 2000
"""So many members are looked at for one request: a few milliseconds."""
SLICE_END = (
    "SELECT max(member_id), count(*) FROM "
    "(SELECT member_id FROM members WHERE member_id > ? ORDER BY member_id LIMIT ?)"
)
ROWS = (
    "SELECT m.member_id, m.joined_on, s.growth, coalesce(a.balance, 0) AS points, v.visits, v.spent_minor, "
    "v.last_date FROM members m JOIN member_standings s USING (member_id) "
    "LEFT JOIN member_visits v USING (member_id) LEFT JOIN points_accounts a USING (member_id) "
    "WHERE m.member_id > ? AND m.member_id <= ? AND m.pending = 0"
)
BOUGHT_PRODUCT = "EXISTS (SELECT 1 FROM member_goods g WHERE g.member_id = m.member_id AND g.product_id = ?)"
BOUGHT_CATEGORY = (
    "EXISTS (SELECT 1 FROM member_goods g JOIN products p USING (product_id) WHERE g.member_id = m.member_id "
    "AND p.category_id IN (SELECT value FROM json_each(?)))"
)
TAGGED = "EXISTS (SELECT 1 FROM member_tags t WHERE t.member_id = m.member_id AND t.tag = ?)"


def conditions(work: Work, wanted: MemberFilter) -> Iterator[tuple[str, Any]]:
    """Yield (condition with one mark, value) of all that the database can decide."""
    today = views.local_date(work)
    yield "m.state = ?", wanted.state.value
    if wanted.tiers:
        yield "s.tier IN (SELECT value FROM json_each(?))", json.dumps(wanted.tiers)
    for tag in wanted.tags:
        yield TAGGED, tag
    simple = (
        ("m.gender = ?", None if wanted.gender == "any" else wanted.gender),
        ("instr(m.address, ?)", wanted.region.strip() or None),
        ("m.joined_on >= ?", wanted.joined_from or None),
        ("m.joined_on <= ?", wanted.joined_until or None),
        ("coalesce(v.visits, 0) >= ?", wanted.visits_least),
        ("coalesce(v.visits, 0) <= ?", wanted.visits_most),
        ("coalesce(v.spent_minor, 0) >= ?", wanted.spent_least_minor),
        ("coalesce(v.spent_minor, 0) <= ?", wanted.spent_most_minor),
        ("v.last_date <= ?", _days_before(today, wanted.away_least_days)),
        ("v.last_date >= ?", _days_before(today, wanted.away_most_days)),
        ("coalesce(a.balance, 0) >= ?", wanted.points_least),
        (BOUGHT_PRODUCT, wanted.bought_product),
    )
    yield from ((sql, value) for sql, value in simple if value is not None)
    if wanted.birthday_month is not None:
        yield "substr(m.birthday, -5, 2) = ?", f"{wanted.birthday_month:02d}"
    if wanted.bought_category is not None:
        below = [row[0] for row in work.db.execute(BELOW, (wanted.bought_category,))]
        yield BOUGHT_CATEGORY, json.dumps(below)


def _days_before(today: date, days: int | None) -> str | None:
    return None if days is None else (today - timedelta(days=max(0, min(days, 100_000)))).isoformat()


def slice_end(work: Work, after_id: int) -> tuple[int | None, bool]:
    """Return the last member who is looked at behind `after_id`, and whether there may be more behind."""
    end, count = work.db.execute(SLICE_END, (after_id, LOOKED_AT)).fetchone()
    return end, count == LOOKED_AT


def fitting(
    work: Work, wanted: MemberFilter, after_id: int, end: int
) -> Iterator[tuple[sqlite3.Row, RfmClass | None, AbcClass | None]]:
    """Yield (row, RFM, ABC) of the members up to `end` whom the filter finds."""
    asked = list(conditions(work, wanted))
    sql = " AND ".join([ROWS, *(condition for condition, _value in asked)]) + " ORDER BY m.member_id"
    measures = latest(work.db)
    for row in work.db.execute(sql, (after_id, end, *(value for _condition, value in asked))):
        rfm, abc = classes(measures, row)
        if (not wanted.rfm or rfm in wanted.rfm) and (not wanted.abc or abc in wanted.abc):
            yield row, rfm, abc


def list_members(work: Work, query: ListMembers) -> Answer:
    """A piece of the members whom the filter finds."""
    end, more = slice_end(work, query.after_id)
    if end is None:
        return MemberRows(rows=())
    rows: list[MemberRow] = []
    for row, rfm, abc in fitting(work, query.filter, query.after_id, end):
        if len(rows) == query.limit:
            return MemberRows(rows=tuple(rows), next_id=rows[-1].member.member_id)
        rows.append(_row(work.db, row, rfm, abc))
    return MemberRows(rows=tuple(rows), next_id=end if more else None)


def classes(measures: Measures | None, row: sqlite3.Row | None) -> tuple[RfmClass | None, AbcClass | None]:
    """Return both classes of one with these visits."""
    if measures is None or row is None or row["visits"] is None:
        return None, None
    buying = Buying(date.fromisoformat(row["last_date"]), row["visits"], row["spent_minor"])
    return rfm_class(measures, buying), abc_class(measures, buying.spent_minor)


def _row(db: sqlite3.Connection, row: sqlite3.Row, rfm: RfmClass | None, abc: AbcClass | None) -> MemberRow:
    return MemberRow(
        member=views.hits(db, [row["member_id"]])[0],
        joined_on=row["joined_on"],
        growth=row["growth"],
        points=row["points"],
        visits=row["visits"] or 0,
        spent_minor=row["spent_minor"] or 0,
        last_on=row["last_date"] or "",
        rfm=rfm,
        abc=abc,
    )


def _segments(work: Work) -> Segments:
    rows = work.db.execute("SELECT name, filter FROM segments ORDER BY name")
    return Segments(
        segments=tuple(
            SegmentView(name=row[0], filter=MemberFilter.model_validate_json(row[1])) for row in rows
        )
    )


def list_segments(work: Work, query: ListSegments) -> Answer:
    """The saved filters."""
    return _segments(work)


def save_segment(work: Work, command: SaveSegment) -> Answer:
    """Save a filter under a name."""
    name = command.segment.name.strip()
    if not name or not name.isprintable():
        return Refused(code="bad_name", field="segment", explanation=_("A segment needs a name."))
    body = command.segment.filter.model_dump_json(exclude_defaults=True)
    work.db.execute("INSERT OR REPLACE INTO segments VALUES (?,?)", (name, body))
    return _segments(work)


def delete_segment(work: Work, command: DeleteSegment) -> Answer:
    """Forget a saved filter."""
    if not work.db.execute("DELETE FROM segments WHERE name = ?", (command.name.strip(),)).rowcount:
        return Refused(code="no_such_segment", explanation=_("There is no segment of this name."))
    return _segments(work)


def note_members_exported(work: Work, command: NoteMembersExported) -> Answer:
    """Have the journal say who writes which members to a file."""
    work.record(MembersExported(filter=command.filter))
    return Done()


HANDLERS: dict[type[Any], Any] = {
    ListMembers: list_members,
    NoteMembersExported: note_members_exported,
    ListSegments: list_segments,
    SaveSegment: save_segment,
    DeleteSegment: delete_segment,
}
