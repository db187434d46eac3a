"""What a sale has to do with points: paying with them, and what the finished sale does to them."""

from datetime import date

from protocol.messages.base import Refused
from store_server.database.unit_of_work import Work
from store_server.points.selling import (
    POINTS,
    FinishedSale,
    SoldLine,
    book_sale,
    points_of_payment,
)
from store_server.pricing.calculation import PricedSale
from store_server.sales import tables
from store_server.sales.entry import Counter
from store_server.sales.rows import Basket


def _paid(basket: Basket) -> list[int]:
    return [tender.amount_minor for tender in basket.tenders if tender.tender == POINTS]


def points_for_payment(work: Work, counter: Counter, amount_minor: int) -> int | Refused:
    """Return how many points one more payment takes, or why it cannot be made; nothing is taken yet."""
    sale, before = counter.basket.sale, _paid(counter.basket)
    day, other = date.fromisoformat(counter.business_date), sale.price_points
    needed = points_of_payment(work, sale.member_id, sale.member_tier, [*before, amount_minor], day, other)
    if isinstance(needed, Refused) or not before:
        return needed
    earlier = points_of_payment(work, sale.member_id, sale.member_tier, before, day, other)
    return earlier if isinstance(earlier, Refused) else needed - earlier


def book(work: Work, basket: Basket, made: PricedSale) -> Refused | None:
    """Take the points that pay the finished sale, give those that it earns; in the sale's transaction."""
    sale = basket.sale
    assert sale.business_date is not None
    assert sale.receipt_number is not None
    # As many as each payment said when it was taken: another rate since then changes nothing.
    paid = sum(int(tender.reference) for tender in basket.tenders if tender.tender == POINTS)
    if sale.member_id is None:
        assert not paid + sale.price_points, "a basket cannot lose its member while points pay it"
        return None
    earning = {kind["tender"] for kind in tables.tender_kinds(work.db) if kind["earns_points"]}
    tendered = sum(tender.amount_minor for tender in basket.tenders if tender.tender in earning)
    return book_sale(
        work,
        FinishedSale(
            sale_id=sale.sale_id,
            receipt_number=sale.receipt_number,
            member_id=sale.member_id,
            tier=sale.member_tier,
            day=date.fromisoformat(sale.business_date),
            lines=[SoldLine(line.product_id, line.paid_minor) for line in basket.live],
            earning_minor=tendered - sale.change_minor - sale.rounding_minor,
            points_paid=paid + sale.price_points,
            extra_points=sum(step.points for step in made.offer_steps if step.points > 0),
            multiplier_ppm=max(step.points_multiplier_ppm for step in made.offer_steps)
            if made.offer_steps
            else 0,
        ),
    )
