"""The only writer of offers, their versions, their uses and the counters of these."""

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from protocol.identifiers import OfferId
from protocol.offer import OfferLimits, OfferView
from store_server.database.unit_of_work import Work
from store_server.pricing.occasion import Used

BOOK = "offers"
"""The word under which the compiled offers are kept beside the books."""

_PRESENT = (
    "SELECT v.body, o.used, o.given_minor FROM offers o "
    "JOIN offer_versions v ON v.offer_id = o.offer_id AND v.version = o.version"
)
VERSION = "SELECT body FROM offer_versions WHERE offer_id = ? AND version = ?"


@dataclass(frozen=True, slots=True)
class Present:
    """An offer as it is now, with what it has given so far."""

    view: OfferView
    used: int
    given_minor: int


def _present(row: sqlite3.Row) -> Present:
    return Present(OfferView.model_validate_json(row[0]), row[1], row[2])


def present(db: sqlite3.Connection, offer_id: int) -> Present | None:
    """Return an offer as it is now."""
    row = db.execute(f"{_PRESENT} WHERE o.offer_id = ?", (offer_id,)).fetchone()
    return None if row is None else _present(row)


def all_present(db: sqlite3.Connection) -> list[OfferView]:
    """Return every offer as it is now."""
    return [OfferView.model_validate_json(row[0]) for row in db.execute(_PRESENT)]


def given(db: sqlite3.Connection) -> dict[int, tuple[int, int]]:
    """Return how often each offer worked in finished sales, and what it took off, by id."""
    return {row[0]: (row[1], row[2]) for row in db.execute("SELECT offer_id, used, given_minor FROM offers")}


def version(db: sqlite3.Connection, offer_id: int, number: int) -> OfferView | None:
    """Return a version of an offer as it was saved; None when it is not kept."""
    row = db.execute(VERSION, (offer_id, number)).fetchone()
    return None if row is None else OfferView.model_validate_json(row[0])


def save(work: Work, view: OfferView) -> OfferView:
    """Keep a new version; return it with its id and number."""
    db, offer_id = work.db, view.offer_id
    if offer_id is None:
        made = db.execute("INSERT INTO offers (version) VALUES (1) RETURNING offer_id").fetchone()
        kept = view.model_copy(update={"offer_id": OfferId(made[0]), "version": 1})
    else:
        number = db.execute(
            "UPDATE offers SET version = version + 1 WHERE offer_id = ? RETURNING version", (offer_id,)
        ).fetchone()
        kept = view.model_copy(update={"version": number[0]})
    db.execute(
        "INSERT INTO offer_versions VALUES (?,?,?,?,?)",
        (kept.offer_id, kept.version, kept.model_dump_json(), work.at, work.operator_id),
    )
    work.stale.add(BOOK)
    return kept


def remove(work: Work, offer_id: int) -> None:
    """Delete an offer that was never used."""
    work.db.execute("DELETE FROM offer_versions WHERE offer_id = ?", (offer_id,))
    work.db.execute("DELETE FROM offers WHERE offer_id = ?", (offer_id,))
    work.stale.add(BOOK)


USED = (
    "SELECT o.offer_id, o.used, coalesce(d.times, 0), o.given_minor, "
    "coalesce((SELECT sum(m.times) FROM offer_members m WHERE m.offer_id = o.offer_id "
    "AND m.member_id IN (SELECT value FROM json_each(?3))), 0) FROM json_each(?1) j "
    "JOIN offers o ON o.offer_id = j.value "
    "LEFT JOIN offer_days d ON d.offer_id = o.offer_id AND d.business_date = ?2"
)


def used(
    db: sqlite3.Connection, offers: Collection[int], business_date: str, members: Sequence[int]
) -> dict[int, Used]:
    """Return what offers have given in finished sales: in all, on the day, to a member and merged ones."""
    rows = db.execute(USED, (json.dumps(sorted(offers)), business_date, json.dumps(list(members))))
    return {row[0]: Used(row[1], row[2], row[4], row[3]) for row in rows}


@dataclass(frozen=True, slots=True)
class Use:
    """What an offer gave in a sale that is being finished."""

    sale_id: str
    offer_id: int
    version: int
    times: int
    given_minor: int
    business_date: str
    member_id: int | None


_TOTAL = (
    "UPDATE offers SET used = used + :times, given_minor = given_minor + :given WHERE offer_id = :offer "
    "AND (:in_all = 0 OR used + :times <= :in_all) "
    "AND (:budget = 0 OR given_minor + :given <= :budget)"
)
_DAY = (
    "INSERT INTO offer_days VALUES (:offer, :day, :times) ON CONFLICT DO UPDATE SET "
    "times = times + excluded.times WHERE :per_day = 0 OR times + excluded.times <= :per_day"
)
_MEMBER = (
    "INSERT INTO offer_members VALUES (:offer, :member, :times) ON CONFLICT DO UPDATE SET "
    "times = times + excluded.times WHERE :per_member = 0 OR times + excluded.times <= :per_member"
)


def note_use(work: Work, use: Use, limits: OfferLimits) -> bool:
    """Count a use where the limits still allow it, each counter in one update; False: one does not."""
    values = {
        "offer": use.offer_id,
        "times": use.times,
        "given": use.given_minor,
        "day": use.business_date,
        "member": use.member_id,
        "in_all": limits.in_all,
        "budget": limits.budget_minor,
        "per_day": limits.per_day,
        "per_member": limits.per_member,
    }
    counters = [_TOTAL, _DAY] if use.member_id is None else [_TOTAL, _DAY, _MEMBER]
    if any(work.db.execute(counter, values).rowcount != 1 for counter in counters):
        return False
    work.db.execute(
        "INSERT INTO offer_uses VALUES (?,?,?,?,?,?,?)",
        (
            use.sale_id,
            use.offer_id,
            use.version,
            use.times,
            use.given_minor,
            use.business_date,
            use.member_id,
        ),
    )
    return True
