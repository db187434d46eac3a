"""What issues coupons by itself: becoming a member, coming up to a tier, a birthday; once each."""

import json
from datetime import date, timedelta

from protocol.messages.members import MemberRegistered, MemberTierChanged
from store_server.coupons import tables
from store_server.coupons.issuing import gives_out, issue
from store_server.coupons.tables import Batch, Issue
from store_server.database.unit_of_work import Work
from store_server.points.people import Person, person
from store_server.pricing.occasion import is_birthday

MEMBERS_PER_STEP = 10
BORN_ON = (
    "SELECT member_id FROM members WHERE substr(birthday, -5) = ?1 AND birthday <> '' AND state = 'active' "
    "AND pending = 0 AND joined_on <= ?2 AND member_id > ?3 ORDER BY member_id LIMIT ?4"
)


def _batches(work: Work, what: str) -> list[Batch]:
    return [batch for batch in tables.batches_issued_on(work.db, what) if gives_out(work, batch)]


def _is_for(work: Work, batch: Batch, member: Person) -> bool:
    """Return whether the member is one whom the batch is for at all."""
    conditions = batch.view.conditions
    if conditions.tiers and member.tier not in conditions.tiers:
        return False
    if not conditions.tags:
        return True
    tags = work.db.execute("SELECT tag FROM member_tags WHERE member_id = ?", (member.member_id,))
    return not set(conditions.tags).isdisjoint(row[0] for row in tags)


def welcome(work: Work, fact: MemberRegistered) -> None:
    """Coupons for a new member."""
    batches = _batches(work, "registration")
    member = person(work.db, fact.member_id) if batches else None
    for batch in batches:
        if member is not None and _is_for(work, batch, member):
            issue(work, batch, 1, Issue("registration", member.member_id))


def come_up(work: Work, fact: MemberTierChanged) -> None:
    """Coupons for who comes up to a tier that the batch names, or to any where it names none."""
    if fact.to_tier <= fact.from_tier:
        return
    for batch in _batches(work, "tier"):
        tiers = batch.view.conditions.tiers
        if not tiers or fact.to_tier in tiers:
            issue(work, batch, 1, Issue("tier", fact.member_id, str(fact.to_tier)))


def _born_on(day: date) -> list[str]:
    """Return the birthdays that are kept on the day, as `MM-DD`."""
    leap = (day + timedelta(days=1)).day == 1 and day.month == 2 and is_birthday("02-29", day)
    return sorted({f"{day:%m-%d}", *(["02-29"] if leap else [])})


def birthdays(work: Work, day: date, place: str) -> str | None:
    """Coupons for those whose birthday it is, once a year; a few members at once."""
    batches = _batches(work, "birthday")
    if not batches:
        return None
    wanted = _born_on(day)
    at, after = json.loads(place) if place else (0, 0)
    rows = work.db.execute(BORN_ON, (wanted[at], day.isoformat(), after, MEMBERS_PER_STEP)).fetchall()
    for row in rows:
        member = person(work.db, row[0])
        assert member is not None
        for batch in batches:
            if _is_for(work, batch, member):
                issue(work, batch, 1, Issue("birthday", member.member_id, str(day.year)))
    if len(rows) == MEMBERS_PER_STEP:
        return json.dumps([at, rows[-1][0]])
    return json.dumps([at + 1, 0]) if at + 1 < len(wanted) else None
