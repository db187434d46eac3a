"""What sales ask of coupons: which are on a basket, and what the finished sale does to them."""

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from protocol.coupon import CouponAmount, CouponGift, CouponPercent
from protocol.language import _
from protocol.messages.base import Refused
from protocol.offer import OfferTimes
from store_server.coupons import codes, tables
from store_server.coupons.tables import CouponRow, Held
from store_server.database.unit_of_work import Work
from store_server.members.tables import kept_member
from store_server.pricing.conditions import Window
from store_server.pricing.coupons import Coupon, CouponKind
from store_server.pricing.scope import Scope


def to_price(held: Held) -> Coupon:
    """Return a coupon as the pricing rules need it."""
    view = held.batch.view
    conditions = view.conditions
    if view.uses_per_member or (held.coupon is not None and held.coupon.member_id is not None):
        conditions = conditions.model_copy(update={"members_only": True})
    kind, more = _benefit(view.benefit)
    return Coupon(
        code=held.code,
        name=view.name,
        kind=kind,
        scope=Scope.of(view.goods),
        conditions=conditions,
        window=Window.of(_times(held)),
        **more,
    )


def _benefit(benefit: CouponPercent | CouponAmount | CouponGift) -> tuple[CouponKind, dict[str, int]]:
    match benefit:
        case CouponPercent(rate_ppm=rate, most_minor=most):
            return CouponKind.PERCENTAGE, {"rate_ppm": rate, "at_most_minor": most}
        case CouponAmount(amount_minor=amount):
            return CouponKind.FIXED, {"amount_minor": amount}
        case CouponGift(product_id=product, count=count):
            return CouponKind.GIFT, {"gift_product_id": product, "gift_count": count}


def _times(held: Held) -> OfferTimes:
    """Return when it is taken: as its batch says, and at most until its own end."""
    times = held.batch.view.times
    end = held.coupon.end if held.coupon is not None else None
    if end is None or (times.valid_until is not None and times.valid_until <= end):
        return times
    return times.model_copy(update={"valid_until": end})


def held_coupons(work: Work, sale_id: str) -> list[Coupon]:
    """Return the coupons on a basket; those of a batch that was stopped are no longer there."""
    return [to_price(held) for held in tables.held(work.db, sale_id) if held.batch.view.active]


def shown_coupons(work: Work, shown: Iterable[str], now: datetime) -> list[Coupon] | Refused:
    """Return the coupons of codes that are only tried; nothing is held."""
    found = []
    for code in shown:
        held = find(work, code)
        if isinstance(held, Refused):
            return held
        ended = ended_problem(work, held, now)
        if ended is not None:
            return ended
        found.append(to_price(held))
    return found


def find(work: Work, code: str) -> Held | Refused:
    """Return a coupon by its code, whatever became of it."""
    plain = codes.plain(code)
    row = tables.coupon_of_code(work.db, plain)
    batch = tables.batch(work.db, row.batch_id) if row is not None else None
    if row is not None and batch is not None:
        return Held(batch, row.code, row)
    shared = tables.batch_of_code(work.db, code.strip().upper())
    if shared is not None:
        return Held(shared, shared.view.shared_code, None)
    text = _("There is no coupon with the code {code}.").format(code=code.strip())
    return Refused(code="unknown_coupon", field="code", explanation=text)


def ended_problem(work: Work, held: Held, now: datetime) -> Refused | None:
    """Return why a coupon cannot be used any more, or not yet."""
    name, coupon, times = held.batch.view.name, held.coupon, held.batch.view.times
    if coupon is not None and coupon.state == tables.USED:
        text = _("The coupon {name} was used already.")
        return Refused(code="coupon_used", field="code", explanation=text.format(name=name))
    if not held.batch.view.active or (coupon is not None and coupon.state == tables.CANCELLED):
        text = _("The coupon {name} was taken back. It cannot be used any more.")
        return Refused(code="unknown_coupon", field="code", explanation=text.format(name=name))
    ends = [end for end in (times.valid_until, coupon.end if coupon else None) if end is not None]
    if ends and min(ends) <= now:
        local = min(ends).astimezone(work.settings.zone)
        text = _("The coupon {name} ended on {day}.")
        words = text.format(name=name, day=f"{local:%Y-%m-%d %H:%M}")
        return Refused(code="coupon_expired", field="code", explanation=words)
    if times.valid_from is not None and now < times.valid_from:
        local = times.valid_from.astimezone(work.settings.zone)
        text = _("The coupon {name} can be used from {day} on.")
        words = text.format(name=name, day=f"{local:%Y-%m-%d %H:%M}")
        return Refused(code="coupon_not_yet", field="code", explanation=words)
    return None


def issued_by(db: sqlite3.Connection, sale_id: str) -> list[tuple[str, CouponRow]]:
    """Return the coupons that a finished sale gave the customer, with what they are called."""
    found = []
    for row in tables.coupons_of_sale(db, sale_id):
        batch = tables.batch(db, row.batch_id)
        assert batch is not None
        found.append((batch.view.name, row))
    return found


def release_others(work: Work, sale_id: str, member_id: int | None) -> None:
    """Take off a basket the coupons of other members than the one who is beside it now."""
    for held in tables.held(work.db, sale_id):
        owner = held.coupon.member_id if held.coupon is not None else None
        if owner is not None and (member_id is None or kept_member(work.db, owner) != member_id):
            tables.release(work, sale_id, held)


def use_coupons(
    work: Work, sale_id: str, member_id: int | None, day: str, saved: Mapping[str, int]
) -> Refused | None:
    """Use the coupons of a sale that is being finished; those that gave nothing are free again."""
    for held in tables.held(work.db, sale_id):
        minor = saved.get(held.code, 0)
        if minor and not tables.use(work, held, sale_id, member_id, day, minor):
            text = _("The coupon {code} has been used as often as it may. Take it off, then finish the sale.")
            return Refused(code="coupon_limit", explanation=text.format(code=codes.spaced(held.code)))
    tables.release(work, sale_id)
    return None
