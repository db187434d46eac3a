"""All that is held on one person, room by room, for that person."""

import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from itertools import islice
from typing import Any

from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.members import (
    ProfileLookedAt,
)
from protocol.messages.profiles import (
    ExportedFact,
    ExportMember,
    MemberExport,
)
from protocol.money import format_minor
from protocol.quantity import format_thousandths
from store_server.database.unit_of_work import Work
from store_server.members import tables
from store_server.members.rules import Member
from store_server.points.statement import WORDS

PAGE = 500

_QUERIES = (
    (
        "cards",
        "SELECT issued_at, card_kind, number || ' ' || state FROM cards WHERE member_id = ? ORDER BY card_id",
    ),
    (
        "cards",
        "SELECT e.at, e.action, c.number || ' ' || e.reason FROM cards c JOIN card_events e USING (card_id) "
        "WHERE c.member_id = ? ORDER BY e.event_id",
    ),
    ("membership", "SELECT at, state, reason FROM member_events WHERE member_id = ? ORDER BY event_id"),
    (
        "tiers",
        "SELECT at, change, from_tier || ' → ' || to_tier || ' ' || reason FROM tier_changes "
        "WHERE member_id = ? ORDER BY change_id",
    ),
    (
        "growth",
        "SELECT at, reason, growth || ' ' || reference FROM growth_rows WHERE member_id = ? "
        "ORDER BY growth_id",
    ),
    (
        "points",
        "SELECT at, kind, points || ' ' || reference FROM points_rows WHERE member_id = ? ORDER BY row_id",
    ),
    (
        "goods",
        "SELECT g.last_at, p.name, g.times, g.quantity_thousandths FROM member_goods g "
        "JOIN products p USING (product_id) WHERE g.member_id = ? ORDER BY g.product_id",
    ),
    (
        "sales",
        "SELECT coalesce(ended_at, started_at), coalesce(receipt_number, state), "
        "total_minor, currency FROM sales WHERE member_id = ? ORDER BY started_at",
    ),
    (
        "quotations",
        "SELECT v.saved_at, q.number, v.customer || ' ' || v.note FROM quotation_versions v "
        "JOIN quotations q USING (quotation_id) WHERE v.member_id = ? ORDER BY v.quotation_id, v.version",
    ),
)
"""Area, and a query for (time, what, value), or for numbers that are written as people write them."""


def export_member(work: Work, command: ExportMember) -> Answer:
    """A page of all that is held; those who were merged into the member belong to it."""
    if tables.row_of(work.db, command.member_id) is None:
        return Refused(code="no_such_member", explanation=_("This member does not exist."))
    work.record(ProfileLookedAt(member_id=command.member_id, exported=True))
    rows = list(islice(_all(work.db, command.member_id), command.offset, command.offset + PAGE + 1))
    return MemberExport(facts=tuple(rows[:PAGE]), more=len(rows) > PAGE)


def _all(db: sqlite3.Connection, member_id: int) -> Iterator[ExportedFact]:
    for each in (member_id, *tables.merged_ids(db, member_id)):
        yield from _profile(db, each)
        for area, query in _QUERIES:
            for at, what, *values in db.execute(query, (each,)):
                words = _(WORDS[what]) if area == "points" else str(what)
                yield ExportedFact(area=area, at=at, what=words[:200], value=_written(area, values)[:4000])


def _written(area: str, values: list[Any]) -> str:
    match area:
        case "sales":
            total_minor, currency = values
            return f"{format_minor(total_minor, currency)} {currency}"
        case "goods":
            times, quantity = values
            return f"{times} × ({format_thousandths(quantity)})"
        case _:
            return str(values[0])


def _profile(db: sqlite3.Connection, member_id: int) -> Iterator[ExportedFact]:
    member, row = tables.load(db, member_id), tables.row_of(db, member_id)
    assert member is not None
    assert row is not None
    for name in (each.name for each in fields(Member) if each.name not in ("extras", "tags")):
        value = getattr(member, name)
        if value not in ("", None):
            yield ExportedFact(area="profile", what=name, value=str(value))
    yield ExportedFact(area="profile", at=row["joined_at"], what="joined_on", value=row["joined_on"])
    for field, value in member.extras:
        yield ExportedFact(area="profile", what=field, value=value)
    if member.tags:
        yield ExportedFact(area="profile", what="tags", value="; ".join(member.tags)[:4000])


HANDLERS: dict[type[Any], Any] = {ExportMember: export_member}
