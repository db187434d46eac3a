"""Commands that put a coupon on a basket and take it off: the basket is repriced at once."""

from dataclasses import replace

from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.coupons import RemoveCoupon, UseCoupon
from store_server.coupons import codes, tables
from store_server.coupons.selling import ended_problem, find
from store_server.coupons.tables import Held
from store_server.database.unit_of_work import Work
from store_server.members.tables import kept_member, merged_ids
from store_server.sales.entry import open_counter, save
from store_server.sales.rows import Basket

_LOOK = "[]"
"""Says that there may be coupons; calculating the basket writes which ones there are."""


def use_coupon(work: Work, command: UseCoupon) -> Answer:
    """Hold a coupon on a basket; one that lies on a parked basket is free for who shows it."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    basket = counter.basket
    held = find(work, command.code)
    if isinstance(held, Refused):
        return held
    there = tables.held(work.db, command.sale_id)
    if any(each.code == held.code for each in there):
        text = _("The coupon {name} is on this sale already.").format(name=held.batch.view.name)
        return Refused(code="coupon_held", field="code", explanation=text)
    problem = (
        ended_problem(work, held, work.now)
        or _held_elsewhere(work, held)
        or _not_for_them(work, held, basket)
        or _not_beside(held, there)
    )
    if problem is not None:
        return problem
    tables.hold(work, command.sale_id, held)
    sale = replace(basket.sale, coupons=basket.sale.coupons or _LOOK)
    return save(work, basket, replace(basket, sale=sale))


def _held_elsewhere(work: Work, held: Held) -> Refused | None:
    if held.coupon is None or held.coupon.held_by is None:
        return None
    query = "SELECT lane FROM sales WHERE sale_id = ? AND state = 'open'"
    row = work.db.execute(query, (held.coupon.held_by,)).fetchone()
    if row is None:
        return None
    text = _("The coupon {name} is on the open sale at lane {lane}.")
    words = text.format(name=held.batch.view.name, lane=row[0])
    return Refused(code="coupon_held", field="code", explanation=words)


def _not_for_them(work: Work, held: Held, basket: Basket) -> Refused | None:
    """Return why the one beside the sale cannot use it: another one's, or used as often as one may."""
    view, member_id = held.batch.view, basket.sale.member_id
    owner = held.coupon.member_id if held.coupon is not None else None
    if owner is not None and (member_id is None or kept_member(work.db, owner) != member_id):
        text = _("The coupon {name} belongs to a member. Attach that member first.")
        return Refused(code="coupon_not_for_member", field="code", explanation=text.format(name=view.name))
    if view.uses_per_member and member_id is None:
        text = _("The coupon {name} is for members. Attach the member first.")
        return Refused(code="coupon_not_for_member", field="code", explanation=text.format(name=view.name))
    people = [member_id, *merged_ids(work.db, member_id)] if member_id is not None else []
    used = tables.times_of_member(work.db, held.batch.batch_id, people) if view.uses_per_member else 0
    all_used = held.coupon is None and view.uses_in_all and held.batch.used >= view.uses_in_all
    if all_used or (view.uses_per_member and used >= view.uses_per_member):
        text = _("The coupon {name} has been used as often as it may.")
        return Refused(code="coupon_limit", field="code", explanation=text.format(name=view.name))
    return None


def _not_beside(held: Held, there: list[Held]) -> Refused | None:
    view = held.batch.view
    same = [each for each in there if each.batch.batch_id == held.batch.batch_id]
    if len(same) >= view.per_sale:
        text = _("Only {count} of the coupons {name} in one sale.")
        words = text.format(count=view.per_sale, name=view.name)
        return Refused(code="coupon_limit", field="code", explanation=words)
    others = [each for each in there if each.batch.batch_id != held.batch.batch_id]
    alone = next((each for each in others if each.batch.view.alone), None)
    if others and (view.alone or alone is not None):
        name = view.name if view.alone else alone.batch.view.name if alone is not None else ""
        text = _("The coupon {name} is not taken together with other coupons.").format(name=name)
        return Refused(code="coupon_alone", field="code", explanation=text)
    return None


def remove_coupon(work: Work, command: RemoveCoupon) -> Answer:
    """Take a coupon off a basket; it is free again."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    wanted = (codes.plain(command.code), command.code.strip().upper())
    for held in tables.held(work.db, command.sale_id):
        if held.code in wanted:
            tables.release(work, command.sale_id, held)
            return save(work, counter.basket, counter.basket)
    text = _("This coupon is not on this sale.")
    return Refused(code="unknown_coupon", field="code", explanation=text)


def coupon_instead(work: Work, code: str, refused: Refused) -> Refused:
    """Return that a code which is no goods is a coupon; else what was wrong with it."""
    if refused.code not in ("unknown_barcode", "wrong_check_digit"):
        return refused
    if not codes.is_code(code) and tables.batch_of_code(work.db, code.strip().upper()) is None:
        return refused
    text = _("{code} is a coupon, not goods.").format(code=code.strip())
    return Refused(code="is_coupon", field="code", explanation=text)
