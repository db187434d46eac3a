"""Who has the points: what this room needs to know of a member; reads only."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from protocol.identifiers import MemberId
from protocol.language import _
from protocol.messages.base import Refused

_PERSON = (
    "SELECT m.member_id, m.number, m.state, m.birthday, m.referrer_id, m.merged_into, coalesce(s.tier, 0) "
    "FROM members m LEFT JOIN member_standings s USING (member_id) WHERE m.member_id = ?"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A member as the rules of points see one."""

    member_id: MemberId
    number: str
    state: str
    birthday: tuple[int, int] | None
    """Month and day."""
    referrer_id: MemberId | None
    tier: int

    @property
    def is_active(self) -> bool:
        """True for a member who can earn and spend."""
        return self.state == "active"


def _month_and_day(birthday: str) -> tuple[int, int] | None:
    return (int(birthday[-5:-3]), int(birthday[-2:])) if birthday else None


def person(db: sqlite3.Connection, member_id: int) -> Person | None:
    """Return the member; of one that was merged, the one who has the books now."""
    seen = set()
    while member_id not in seen:
        seen.add(member_id)
        row = db.execute(_PERSON, (member_id,)).fetchone()
        if row is None:
            return None
        if row[5] is None:
            referrer = None if row[4] is None else MemberId(row[4])
            return Person(MemberId(row[0]), row[1], row[2], _month_and_day(row[3]), referrer, row[6])
        member_id = row[5]
    return None


def active(db: sqlite3.Connection, member_id: int) -> Person | Refused:
    """Return the member who can earn and spend, or why there is none."""
    found = person(db, member_id)
    if found is None:
        return Refused(code="no_such_member", field="member_id", explanation=_("There is no such member."))
    if not found.is_active:
        text = _("Member {number} is not a member any more.").format(number=found.number)
        return Refused(code="not_active", field="member_id", explanation=text)
    return found


BORN_ON = (
    "SELECT m.member_id FROM members m WHERE substr(m.birthday, -5) = ?1 AND m.birthday <> '' "
    "AND m.state = 'active' AND m.pending = 0 AND m.joined_on <= ?2 AND NOT EXISTS ("
    " SELECT 1 FROM points_rows r WHERE r.member_id = m.member_id AND r.kind = 'birthday' "
    "AND r.reference = ?3 AND r.kind IN ('registration', 'birthday', 'referral', 'check_in')) "
    "AND m.member_id > ?4 ORDER BY m.member_id LIMIT ?5"
)


def without_birthday_points(
    db: sqlite3.Connection, birthday: str, day: date, after: int, limit: int
) -> Iterator[int]:
    """Yield members born on `MM-DD` who have got nothing for it in the day's year."""
    rows = db.execute(BORN_ON, (birthday, day.isoformat(), str(day.year), after, limit))
    yield from (int(row[0]) for row in rows)
