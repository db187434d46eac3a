"""Commands that put a member beside a sale and take one off: the whole basket is repriced at once."""

from dataclasses import replace

from protocol.identifiers import ProductId, SaleId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.offers import SpendPoints
from protocol.messages.sales import AttachMember, DetachMember
from store_server.coupons.selling import release_others
from store_server.database.unit_of_work import Work
from store_server.members import standing
from store_server.members.reading import Attached, served
from store_server.points.selling import POINTS
from store_server.sales.entry import find_or_begin, open_counter, save
from store_server.sales.rows import Basket, Sale


def attach_member(work: Work, command: AttachMember) -> Answer:
    """Put a member beside the sale, in the place of another one if there is."""
    member = served(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    counter = find_or_begin(work, command.sale_id, command.lane)
    if isinstance(counter, Refused):
        return counter
    problem = _paid_with_points(counter.basket, member.member_id)
    if problem is not None:
        return problem
    lower = work.settings.member_price == "lower"
    changed = replace(counter.basket, sale=with_member(counter.basket.sale, member, lower), member=member)
    if changed.sale.coupons:
        release_others(work, command.sale_id, member.member_id)
    return save(work, counter.basket, changed)


def with_member(sale: Sale, member: Attached, lower: bool) -> Sale:
    """Return the sale as it is for a member."""
    return replace(
        sale,
        member_id=member.member_id,
        member_tier=member.tier,
        member_tier_name=member.tier_name,
        member_discount_ppm=member.discount_ppm,
        member_lower_price=lower,
    )


def _paid_with_points(basket: Basket, member_id: int | None) -> Refused | None:
    """Return why another member cannot take the place: this one is paying with points."""
    if basket.sale.member_id == member_id or not any(each.tender == POINTS for each in basket.tenders):
        return None
    text = _("The member is paying with points. Take that payment back first.")
    return Refused(code="paid_with_points", explanation=text)


def spend_points(work: Work, command: SpendPoints) -> Answer:
    """Give prices in money and points, as far as the member's points go, or take them back."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    sale = counter.basket.sale
    if command.wanted and sale.member_id is None:
        text = _("Only a member can pay with points. Attach the member first.")
        return Refused(code="member_needed", explanation=text)
    changed = replace(sale, spend_points=command.wanted)
    return save(work, counter.basket, replace(counter.basket, sale=changed))


def detach_member(work: Work, command: DetachMember) -> Answer:
    """Take the member off the sale."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    problem = _paid_with_points(counter.basket, None)
    if problem is not None:
        return problem
    sale = replace(
        counter.basket.sale,
        member_id=None,
        member_tier=0,
        member_tier_name="",
        member_discount_ppm=0,
        member_lower_price=False,
        spend_points=False,
    )
    if sale.coupons:
        release_others(work, sale.sale_id, None)
    return save(work, counter.basket, replace(counter.basket, sale=sale, member=None))


def member_gone(work: Work, basket: Basket) -> Refused | None:
    """Return why the sale cannot be finished for its member: closed, erased or merged in the meantime."""
    member_id = basket.sale.member_id
    if member_id is None:
        return None
    member = served(work.db, member_id)
    if isinstance(member, Refused):
        way_on = _("Take the member off the sale, then finish it; what was paid stays.")
        return member.model_copy(update={"explanation": f"{member.explanation} {way_on}"})
    if member.member_id != member_id:
        text = _("This member was merged with {name}, member {number}. Attach that one, then finish.")
        words = text.format(name=member.name, number=member.number)
        return Refused(code="member_merged", explanation=words)
    return None


def note_purchase(work: Work, basket: Basket) -> None:
    """Let the member grow by the finished sale; in the sale's own transaction."""
    sale = basket.sale
    if sale.member_id is None:
        return
    assert sale.business_date is not None
    purchase = standing.Purchase(
        SaleId(sale.sale_id),
        sale.business_date,
        sale.total_minor,
        tuple(
            (ProductId(line.product_id), line.quantity_thousandths, line.paid_minor) for line in basket.live
        ),
    )
    standing.note_sale(work, sale.member_id, purchase)
