"""What the points do once per business day: end, come on a birthday, be noted because they end soon."""

import json
from datetime import date, timedelta

from protocol.messages.points import PointsExpiryNoted
from store_server.database.unit_of_work import Work
from store_server.points import movements, tables
from store_server.points.earning import RuleKind, gift_of, is_birthday
from store_server.points.people import person, without_birthday_points
from store_server.points.rule_list import active_rules, occasion_of
from store_server.points.tables import Reason

MEMBERS_PER_STEP = 10
LOTS_PER_STEP = 50
WARN_DAYS = (1, 7, 30)
"""So many days before the end members are noted, each once."""

ENDED = (
    "SELECT member_id FROM points_lots WHERE expires_on < ? AND remaining > 0 AND expires_on IS NOT NULL "
    "ORDER BY expires_on, member_id LIMIT ?"
)
ENDING = (
    "SELECT expires_on, member_id, sum(remaining) FROM points_lots "
    "WHERE remaining > 0 AND expires_on IS NOT NULL AND expires_on BETWEEN ?1 AND ?2 "
    "AND (expires_on, member_id) > (?3, ?4) "
    "GROUP BY expires_on, member_id ORDER BY expires_on, member_id LIMIT ?5"
)


def expire(work: Work, day: date, place: str) -> str | None:
    """Write off what ended before the day, so many members at once."""
    found = work.db.execute(ENDED, (day.isoformat(), MEMBERS_PER_STEP)).fetchall()
    for member_id in dict.fromkeys(int(row[0]) for row in found):
        movements.expire(work, member_id, day)
    return "more" if len(found) == MEMBERS_PER_STEP else None


def _born_on(day: date) -> list[str]:
    """Return the birthdays that are kept on the day, as `MM-DD`."""
    leap_born = [(2, 29)] if (day.month, day.day) == (2, 28) and is_birthday((2, 29), day) else []
    return [f"{month:02d}-{of_month:02d}" for month, of_month in [(day.month, day.day), *leap_born]]


def birthdays(work: Work, day: date, place: str) -> str | None:
    """Give points to those whose birthday it is, once a year."""
    rules = [rule for rule in active_rules(work.db) if rule.kind is RuleKind.BIRTHDAY]
    if not rules:
        return None
    wanted = _born_on(day)
    at, after = json.loads(place) if place else (0, 0)
    found = list(without_birthday_points(work.db, wanted[at], day, after, MEMBERS_PER_STEP))
    ends = movements.usual_expiry(work, day)
    for member_id in found:
        member = person(work.db, member_id)
        assert member is not None
        points = gift_of(rules, RuleKind.BIRTHDAY, occasion_of(work, member, day))
        if points and not tables.given_once(work.db, member_id, "birthday", str(day.year)):
            movements.credit(work, member_id, points, Reason("birthday", day, str(day.year)), ends)
    if len(found) == MEMBERS_PER_STEP:
        return json.dumps([at, found[-1]])
    return json.dumps([at + 1, 0]) if at + 1 < len(wanted) else None


def warn(work: Work, day: date, place: str) -> str | None:
    """Note who has points that end within 30, 7 or 1 days: rows for those who tell the members."""
    expires_on, member_id = json.loads(place) if place else ("", 0)
    last = (day + timedelta(days=max(WARN_DAYS))).isoformat()
    found = work.db.execute(ENDING, (day.isoformat(), last, expires_on, member_id, LOTS_PER_STEP)).fetchall()
    noted = 0
    for row in found:
        left = (date.fromisoformat(row[0]) - day).days
        days = min(each for each in WARN_DAYS if left <= each)
        made = work.db.execute(
            "INSERT INTO points_warnings VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING",
            (row[1], row[0], days, day.isoformat(), row[2]),
        )
        noted += made.rowcount
    if noted:
        work.tell(PointsExpiryNoted(business_date=day, members=noted))
    return json.dumps([found[-1][0], found[-1][1]]) if len(found) == LOTS_PER_STEP else None
