"""What the finished sale does to offers and coupons: counts them, issues what was promised."""

from protocol.language import _
from protocol.messages.base import Refused
from protocol.offer import OfferLimits
from store_server.coupons.issuing import issue_for_offer
from store_server.coupons.selling import use_coupons
from store_server.database.unit_of_work import Work
from store_server.offers import tables as offers
from store_server.offers.tables import Use
from store_server.pricing.calculation import PricedSale
from store_server.sales.rows import Basket
from store_server.sales.rules import Surroundings


def book(work: Work, basket: Basket, made: PricedSale, around: Surroundings) -> Refused | None:
    """Count what offers gave, use coupons up, issue new ones; in the sale's transaction."""
    if not around.has_offers:
        return None
    sale = basket.sale
    assert sale.business_date is not None
    limits = {offer.view.offer_id: offer.view.limits for offer in around.book.offers if offer.has_limits}
    for use in _uses(basket, made):
        if not offers.note_use(work, use, limits.get(use.offer_id, OfferLimits())):  # type: ignore[call-overload]
            text = _("An offer of this sale has just been used up. Look at the basket, then finish the sale.")
            return Refused(code="price_changed", explanation=text)
    if sale.coupons:
        saved = {result.code: result.saved_minor for result in made.coupons}
        refused = use_coupons(work, sale.sale_id, sale.member_id, sale.business_date, saved)
        if refused is not None:
            return refused
    for step in made.offer_steps:
        if step.coupon_batch_id is not None:
            issue_for_offer(work, step.coupon_batch_id, sale.member_id, sale.sale_id, step.times)
    return None


def _uses(basket: Basket, made: PricedSale) -> list[Use]:
    """Return what each offer gave, by offer."""
    sale = basket.sale
    assert sale.business_date is not None
    found: dict[int, Use] = {}
    for step in made.offer_steps:
        assert step.offer_id is not None
        before = found.get(step.offer_id)
        found[step.offer_id] = Use(
            sale.sale_id,
            step.offer_id,
            step.version,
            step.times + (before.times if before else 0),
            step.saved_minor + (before.given_minor if before else 0),
            sale.business_date,
            sale.member_id,
        )
    return list(found.values())
