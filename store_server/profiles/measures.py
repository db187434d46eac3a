"""The daily calculation of averages for the classes of members, some hundred members at a time."""

import json
import sqlite3
from datetime import date

from store_server.database.unit_of_work import Work
from store_server.members.class_rules import A_SHARE, B_SHARE, Measures, belongs

MEMBERS_PER_STEP = 1000
BY_ID = (
    "SELECT v.member_id, v.last_date, v.visits, v.spent_minor FROM member_visits v "
    "CROSS JOIN members m USING (member_id) WHERE v.member_id > ? AND m.state = 'active' "
    "ORDER BY v.member_id LIMIT ?"
)
BY_SPENDING = (
    "SELECT v.spent_minor, v.member_id FROM member_visits v CROSS JOIN members m USING (member_id) "
    "WHERE (v.spent_minor, v.member_id) < (?, ?) AND m.state = 'active' "
    "ORDER BY v.spent_minor DESC, v.member_id DESC LIMIT ?"
)
_ABOVE_ALL = 2**62


def measure(work: Work, day: date, place: str) -> str | None:
    """Do a little; return where to go on, None when the day's averages are written."""
    at = json.loads(place) if place else {"after": 0, "members": 0, "away": 0, "visits": 0, "spent": 0}
    return _sum(work, day, at) if "after" in at else _share(work, day, at)


def _sum(work: Work, day: date, at: dict[str, int]) -> str | None:
    rows = work.db.execute(BY_ID, (at["after"], MEMBERS_PER_STEP)).fetchall()
    for member_id, last, visits, spent in rows:
        at["after"] = member_id
        at["members"] += 1
        at["away"] += (day - date.fromisoformat(last)).days
        at["visits"] += visits
        at["spent"] += spent
    if len(rows) == MEMBERS_PER_STEP:
        return json.dumps(at)
    if not at["members"]:
        work.db.execute("DELETE FROM member_measures")
        return None
    del at["after"]
    return json.dumps(at | {"below": _ABOVE_ALL, "id": 0, "brought": 0, "a": 0, "b": 0})


def _share(work: Work, day: date, at: dict[str, int]) -> str | None:
    """Go down from the best customer until those of A and B are found."""
    rows = work.db.execute(BY_SPENDING, (at["below"], at["id"], MEMBERS_PER_STEP)).fetchall()
    for spent, member_id in rows:
        if not belongs(at["brought"], at["spent"], B_SHARE):
            break
        if belongs(at["brought"], at["spent"], A_SHARE):
            at["a"] = spent
        at["b"] = spent
        at |= {"below": spent, "id": member_id, "brought": at["brought"] + spent}
    else:
        if len(rows) == MEMBERS_PER_STEP:
            return json.dumps(at)
    found = (day.isoformat(), at["members"], at["away"], at["visits"], at["spent"], at["a"], at["b"])
    work.db.execute("INSERT OR REPLACE INTO member_measures VALUES (1,?,?,?,?,?,?,?)", found)
    return None


def latest(db: sqlite3.Connection) -> Measures | None:
    """Return the last averages; None before the first daily calculation, and while nobody has bought."""
    row = db.execute("SELECT * FROM member_measures").fetchone()
    return None if row is None else Measures(date.fromisoformat(row["measured_on"]), *tuple(row)[2:])
