"""The daily jobs of the store: each runs once for every business date, those that were missed included.

How far a job is stands in the database and moves in the transaction of its step, so that a step is never
done twice; and each step looks for what is still to do, so that nothing happens if it were.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from store_server.coupons import own_motion as coupons
from store_server.database.unit_of_work import Work
from store_server.members import standing
from store_server.points import daily as points
from store_server.profiles import class_counts, measures, tag_rules
from store_server.shifts.reading import present_date

TIERS_PER_STEP = 10


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do once per business day."""

    name: str
    step: Callable[[Work, date, str], str | None]
    """Do a little for the day from the place on; return where to go on, None when the day is done."""
    catches_up: bool = True
    """False: only the present day counts, days that were missed are passed over."""


def _tiers(work: Work, day: date, place: str) -> str | None:
    """Keep or lower the tiers whose time is over."""
    until, member_id = json.loads(place) if place else ("", 0)
    there = standing.review_due(work, day.isoformat(), (until, member_id), TIERS_PER_STEP)
    return None if there is None else json.dumps(there)


JOBS = (
    Job("tiers", _tiers),
    Job("member_classes", measures.measure, catches_up=False),
    Job("member_class_counts", class_counts.count, catches_up=False),
    Job("member_tags", tag_rules.apply, catches_up=False),
    Job("points_expiry", points.expire),
    Job("points_birthdays", points.birthdays),
    Job("coupon_birthdays", coupons.birthdays),
    Job("points_warnings", points.warn, catches_up=False),
)
"""In their order within a day."""


def due(work: Work) -> tuple[date, Job, str] | None:
    """Return the earliest day that is not done, the job and its place; None when all is done."""
    present = date.fromisoformat(present_date(work))
    rows = {row["job"]: row for row in work.db.execute("SELECT * FROM daily_jobs")}
    waiting: list[tuple[date, int, str]] = []
    for order, job in enumerate(JOBS):
        row = rows.get(job.name)
        place = ""
        if row is not None and row["day"] is not None:
            day, place = date.fromisoformat(row["day"]), row["place"]
        elif row is None or not job.catches_up:
            day = present
        else:
            day = date.fromisoformat(row["done_for"]) + timedelta(days=1)
        done = row is not None and row["done_for"] is not None and day <= date.fromisoformat(row["done_for"])
        if day <= present and not done:
            waiting.append((day, order, place))
    if not waiting:
        return None
    day, order, place = min(waiting)
    return day, JOBS[order], place


def pending(work: Work) -> bool:
    """Return whether a daily job has something to do."""
    return due(work) is not None


def step(work: Work) -> bool:
    """Do a little of the earliest day inside the caller's transaction; return whether more is left."""
    there = due(work)
    if there is None:
        return False
    day, job, place = there
    after = job.step(work, day, place)
    work.db.execute("INSERT INTO daily_jobs VALUES (?, NULL, NULL, '') ON CONFLICT DO NOTHING", (job.name,))
    if after is None:
        work.db.execute(
            "UPDATE daily_jobs SET done_for = ?, day = NULL, place = '' WHERE job = ?",
            (day.isoformat(), job.name),
        )
    else:
        work.db.execute(
            "UPDATE daily_jobs SET day = ?, place = ? WHERE job = ?", (day.isoformat(), after, job.name)
        )
    return pending(work)
