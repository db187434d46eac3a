"""The only writer of batches, coupons, what is on baskets and what was used."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from protocol.coupon import CouponBatchView
from protocol.identifiers import CouponBatchId
from store_server.database.unit_of_work import Work, read_time, stored_time

LIVE, USED, CANCELLED = "live", "used", "cancelled"


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with what became of it."""

    view: CouponBatchView
    issued: int
    used: int
    given_minor: int

    @property
    def batch_id(self) -> int:
        """Its id."""
        assert self.view.batch_id is not None
        return self.view.batch_id


_BATCH = "SELECT body, issued, used, given_minor FROM coupon_batches"


def _batch(row: sqlite3.Row) -> Batch:
    return Batch(CouponBatchView.model_validate_json(row[0]), row[1], row[2], row[3])


def batch(db: sqlite3.Connection, batch_id: int) -> Batch | None:
    """Return a batch."""
    row = db.execute(f"{_BATCH} WHERE batch_id = ?", (batch_id,)).fetchone()
    return None if row is None else _batch(row)


def batch_of_code(db: sqlite3.Connection, shared_code: str) -> Batch | None:
    """Return the batch with one code for everybody."""
    row = db.execute(f"{_BATCH} WHERE shared_code = ? AND shared_code <> ''", (shared_code,)).fetchone()
    return None if row is None else _batch(row)


def batches(db: sqlite3.Connection, text: str, limit: int, offset: int, *, for_points: bool) -> list[Batch]:
    """Return batches, latest first."""
    rows = db.execute(
        f"{_BATCH} WHERE (?1 = '' OR instr(lower(name), ?1) OR instr(lower(shared_code), ?1)) "
        "AND (NOT ?2 OR points > 0) ORDER BY batch_id DESC LIMIT ?3 OFFSET ?4",
        (text.lower(), for_points, limit, offset),
    )
    return [_batch(row) for row in rows]


def batches_issued_on(db: sqlite3.Connection, what: str) -> list[Batch]:
    """Return the batches that something issues by itself: `birthday`, `tier`, `registration`."""
    rows = db.execute(
        f"{_BATCH} WHERE EXISTS (SELECT 1 FROM json_each(issue_on) WHERE value = ?) "  # noqa: S608  # fixed text
        "ORDER BY batch_id",
        (what,),
    )
    return [_batch(row) for row in rows]


def save_batch(work: Work, view: CouponBatchView) -> CouponBatchView:
    """Add a batch or change one; return it with its id and version."""
    db = work.db
    if view.batch_id is None:
        made = db.execute(
            "INSERT INTO coupon_batches (version, name, shared_code, points, issue_on, body) "
            "VALUES (1, ?, '', 0, '[]', '{}') RETURNING batch_id",
            (view.name,),
        ).fetchone()
        kept = view.model_copy(update={"batch_id": CouponBatchId(made[0]), "version": 1})
    else:
        kept = view.model_copy(update={"version": view.version + 1})
    db.execute(
        "UPDATE coupon_batches SET version = ?, name = ?, shared_code = ?, points = ?, issue_on = ?, "
        "body = ? WHERE batch_id = ?",
        (
            kept.version,
            kept.name,
            kept.shared_code,
            kept.points,
            json.dumps([each.value for each in kept.issue_on]),
            kept.model_dump_json(),
            kept.batch_id,
        ),
    )
    return kept


@dataclass(frozen=True, slots=True)
class CouponRow:
    """A coupon with a code of its own, columns in this order."""

    coupon_id: int
    batch_id: int
    code: str
    member_id: int | None
    state: str
    issued_at: str
    ends_at: str | None
    issued_for: str
    held_by: str | None
    used_sale: str | None

    @property
    def end(self) -> datetime | None:
        """It is taken before this moment."""
        return read_time(self.ends_at) if self.ends_at else None


_COUPON = (
    "SELECT coupon_id, batch_id, code, member_id, state, issued_at, ends_at, issued_for, held_by, used_sale "
    "FROM coupons"
)
BY_CODE = f"{_COUPON} WHERE code = ?"
ON_BASKET = f"{_COUPON} WHERE held_by = ? ORDER BY coupon_id"
OF_SALE = f"{_COUPON} WHERE issued_sale = ? ORDER BY coupon_id"


def coupon(db: sqlite3.Connection, coupon_id: int) -> CouponRow | None:
    """Return a coupon."""
    row = db.execute(f"{_COUPON} WHERE coupon_id = ?", (coupon_id,)).fetchone()
    return None if row is None else CouponRow(*row)


def coupon_of_code(db: sqlite3.Connection, code: str) -> CouponRow | None:
    """Return the coupon with a code of its own."""
    row = db.execute(BY_CODE, (code,)).fetchone()
    return None if row is None else CouponRow(*row)


def coupons_of_sale(db: sqlite3.Connection, sale_id: str) -> list[CouponRow]:
    """Return the coupons that a finished sale issued."""
    return [CouponRow(*row) for row in db.execute(OF_SALE, (sale_id,))]


_STATES = {
    "live": "state = 'live' AND held_by IS NULL AND (ends_at IS NULL OR ends_at > :now)",
    "held": "state = 'live' AND held_by IS NOT NULL",
    "used": "state = 'used'",
    "expired": "state = 'live' AND held_by IS NULL AND ends_at <= :now",
    "cancelled": "state = 'cancelled'",
}


def coupons(db: sqlite3.Connection, now: str, **wanted: object) -> Iterator[CouponRow]:
    """Yield coupons, latest first: `batch_id`, `people`, `code`, `state`, `limit`, `offset`."""
    state = wanted["state"]
    query = _COUPON + " WHERE 1"
    for column in ("batch_id", "code"):
        if wanted[column]:
            query += f" AND {column} = :{column}"
    people = wanted.pop("people")
    if people:
        query += " AND member_id IN (SELECT value FROM json_each(:people))"
    if state:
        query += f" AND {_STATES[str(state)]}"
    query += " ORDER BY coupon_id DESC LIMIT :limit OFFSET :offset"
    for row in db.execute(query, {**wanted, "now": now, "people": json.dumps(people)}):
        yield CouponRow(*row)


@dataclass(frozen=True, slots=True)
class Issue:
    """Why a coupon is issued, and to whom."""

    issued_for: str
    member_id: int | None = None
    occasion: str = ""
    """What makes it the only one: the year of a birthday, the tier; empty where there may be many."""
    sale_id: str | None = None


def insert_coupon(
    work: Work, batch_id: int, code: str, ends_at: datetime | None, issue: Issue
) -> CouponRow | None:
    """Issue a coupon; None: the member has this one already."""
    row = work.db.execute(
        "INSERT INTO coupons (batch_id, code, member_id, state, issued_at, ends_at, issued_for, occasion, "
        "issued_sale, operator_id) VALUES (?,?,?,'live',?,?,?,?,?,?) "
        "ON CONFLICT (batch_id, member_id, issued_for, occasion) "
        "WHERE issued_for IN ('birthday', 'tier', 'registration') DO NOTHING RETURNING coupon_id",
        (
            batch_id,
            code,
            issue.member_id,
            work.at,
            stored_time(ends_at) if ends_at is not None else None,
            issue.issued_for,
            issue.occasion,
            issue.sale_id,
            work.session.operator_id if work.session else None,
        ),
    ).fetchone()
    if row is None:
        return None
    work.db.execute("UPDATE coupon_batches SET issued = issued + 1 WHERE batch_id = ?", (batch_id,))
    return coupon(work.db, row[0])


def cancel(work: Work, coupon_id: int, reason: str) -> bool:
    """Take a coupon back; False: it is not there to take."""
    done = work.db.execute(
        "UPDATE coupons SET state = 'cancelled', held_by = NULL, reason = ? "
        "WHERE coupon_id = ? AND state = 'live'",
        (reason, coupon_id),
    )
    return done.rowcount == 1


# On baskets


@dataclass(frozen=True, slots=True)
class Held:
    """A coupon on a basket."""

    batch: Batch
    code: str
    coupon: CouponRow | None
    """None: its batch has one code for everybody."""


def held(db: sqlite3.Connection, sale_id: str) -> list[Held]:
    """Return the coupons on a basket."""
    found: list[Held] = []
    for each in [CouponRow(*row) for row in db.execute(ON_BASKET, (sale_id,))]:
        of = batch(db, each.batch_id)
        assert of is not None
        found.append(Held(of, each.code, each))
    query = "SELECT batch_id FROM shared_coupons_on_baskets WHERE sale_id = ? ORDER BY batch_id"
    for row in db.execute(query, (sale_id,)).fetchall():
        of = batch(db, row[0])
        assert of is not None
        found.append(Held(of, of.view.shared_code, None))
    return found


def hold(work: Work, sale_id: str, wanted: Held) -> None:
    """Put a coupon on a basket; it leaves the one that it was on."""
    if wanted.coupon is None:
        work.db.execute(
            "INSERT INTO shared_coupons_on_baskets VALUES (?, ?) ON CONFLICT DO NOTHING",
            (sale_id, wanted.batch.batch_id),
        )
        return
    work.db.execute(
        "UPDATE coupons SET held_by = ? WHERE coupon_id = ? AND state = 'live'",
        (sale_id, wanted.coupon.coupon_id),
    )


def release(work: Work, sale_id: str, given_up: Held | None = None) -> None:
    """Take a coupon off a basket, or all of them."""
    if given_up is None or given_up.coupon is None:
        work.db.execute(
            "DELETE FROM shared_coupons_on_baskets WHERE sale_id = ?1 AND (?2 IS NULL OR batch_id = ?2)",
            (sale_id, None if given_up is None else given_up.batch.batch_id),
        )
    if given_up is None or given_up.coupon is not None:
        work.db.execute(
            "UPDATE coupons SET held_by = NULL WHERE held_by = ?1 AND (?2 IS NULL OR coupon_id = ?2)",
            (sale_id, given_up.coupon.coupon_id if given_up and given_up.coupon else None),
        )


# Used


def times_of_member(db: sqlite3.Connection, batch_id: int, members: list[int]) -> int:
    """Return how often a member, or one who was merged into them, used a coupon of the batch."""
    query = (
        "SELECT coalesce(sum(times), 0) FROM coupon_members "
        "WHERE batch_id = ? AND member_id IN (SELECT value FROM json_each(?))"
    )
    return int(db.execute(query, (batch_id, json.dumps(members))).fetchone()[0])


_TOTAL = (
    "UPDATE coupon_batches SET used = used + 1, given_minor = given_minor + :given WHERE batch_id = :batch "
    "AND (:shared = 0 OR :in_all = 0 OR used < :in_all)"
)
_MEMBER = (
    "INSERT INTO coupon_members VALUES (:batch, :member, 1) ON CONFLICT DO UPDATE SET times = times + 1 "
    "WHERE :per_member = 0 OR times < :per_member"
)
_COUPON_USED = (
    "UPDATE coupons SET state = 'used', used_sale = :sale, held_by = NULL "
    "WHERE coupon_id = :coupon AND state = 'live' AND held_by = :sale"
)


def use(work: Work, used: Held, sale_id: str, member_id: int | None, day: str, given_minor: int) -> bool:
    """Use a coupon where it is still there, each change in one update; False: it is not."""
    view = used.batch.view
    values = {
        "batch": used.batch.batch_id,
        "given": given_minor,
        "shared": used.coupon is None,
        "in_all": view.uses_in_all,
        "member": member_id,
        "per_member": view.uses_per_member,
        "coupon": used.coupon.coupon_id if used.coupon else None,
        "sale": sale_id,
    }
    changes = [_TOTAL]
    if member_id is not None:
        changes.append(_MEMBER)
    if used.coupon is not None:
        changes.append(_COUPON_USED)
    if any(work.db.execute(change, values).rowcount != 1 for change in changes):
        return False
    work.db.execute(
        "INSERT INTO coupon_uses VALUES (?,?,?,?,?,?,?)",
        (sale_id, used.code, used.batch.batch_id, values["coupon"], member_id, day, given_minor),
    )
    return True
