"""How many members are of which class: counted once per business day, some hundred members at a time."""

import json
from datetime import date
from typing import Any

from protocol.messages.members import AbcClass, RfmClass
from protocol.messages.profiles import ClassCount, ClassCounts, CountClasses
from store_server.database.unit_of_work import Work
from store_server.profiles.measures import latest
from store_server.profiles.segments import classes

MEMBERS_PER_STEP = 500
"""Some milliseconds: a scan may be waiting."""
MEMBERS = (
    "SELECT m.member_id, v.last_date, v.visits, v.spent_minor FROM members m "
    "LEFT JOIN member_visits v USING (member_id) "
    "WHERE m.member_id > ? AND m.state = 'active' AND m.pending = 0 ORDER BY m.member_id LIMIT ?"
)


def count(work: Work, day: date, place: str) -> str | None:
    """Do a little; return where to go on, None when the day's counts are written."""
    at: dict[str, Any] = json.loads(place) if place else {"after": 0, "without": 0, "classes": {}}
    measures, rows = latest(work.db), work.db.execute(MEMBERS, (at["after"], MEMBERS_PER_STEP)).fetchall()
    for row in rows:
        at["after"] = row["member_id"]
        rfm, abc = classes(measures, row)
        if rfm is None or abc is None:
            at["without"] += 1
            continue
        sums = at["classes"].setdefault(f"{rfm}/{abc}", [0, 0, 0])
        for place_in, more in enumerate((1, row["visits"], row["spent_minor"])):
            sums[place_in] += more
    if len(rows) == MEMBERS_PER_STEP:
        return json.dumps(at)
    work.db.execute("DELETE FROM member_class_counts")
    work.db.executemany(
        "INSERT INTO member_class_counts VALUES (?,?,?,?,?)",
        [(*both.split("/"), *sums) for both, sums in at["classes"].items()],
    )
    work.db.execute(
        "INSERT OR REPLACE INTO member_class_day VALUES (1,?,?)", (day.isoformat(), at["without"])
    )
    return None


def count_classes(work: Work, query: CountClasses) -> ClassCounts:
    """The counts of the last business day for which they were made."""
    counted = work.db.execute("SELECT counted_on, without_sale FROM member_class_day").fetchone()
    if counted is None:
        return ClassCounts(counts=(), business_date="", without_sale=0)
    found = {
        (row["rfm"], row["abc"]): row
        for row in work.db.execute("SELECT * FROM member_class_counts").fetchall()
    }
    return ClassCounts(
        counts=tuple(
            ClassCount(
                rfm=rfm,
                abc=abc,
                members=found[rfm, abc]["members"],
                visits=found[rfm, abc]["visits"],
                spent_minor=found[rfm, abc]["spent_minor"],
            )
            for rfm in RfmClass
            for abc in AbcClass
            if (rfm, abc) in found
        ),
        business_date=counted["counted_on"],
        without_sale=counted["without_sale"],
    )


HANDLERS: dict[type[Any], Any] = {CountClasses: count_classes}
