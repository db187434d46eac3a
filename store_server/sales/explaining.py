"""Why a sale costs what it costs: an open basket as it is calculated now, a finished one from its rows."""

from collections.abc import Iterable, Sequence
from functools import cache

from protocol.identifiers import OfferId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.offers import ExplainSale, Explanation, NearlyView, SaleExplained
from protocol.offer import OfferView
from store_server.database.unit_of_work import Work
from store_server.offers import tables as offers
from store_server.offers.naming import Spoken, names_of
from store_server.pricing.calculation import PricedSale
from store_server.pricing.explain import (
    FindOffer,
    LineFacts,
    coupon_nearly,
    explanation,
    nearly_view,
)
from store_server.pricing.lines import Step, values_of
from store_server.pricing.nearly import nearly
from store_server.pricing.wording import Names
from store_server.sales import steps, tables
from store_server.sales.rows import Basket, Line
from store_server.sales.rules import Surroundings, lines_to_price, priced
from store_server.sales.surroundings import surroundings


def explain_sale(work: Work, query: ExplainSale) -> Answer:
    """A finished sale by its rows; an open one with what nearly worked."""
    basket = tables.read_basket(work.db, query.sale_id)
    if basket is None:
        return Refused(code="no_such_sale", explanation=_("This sale does not exist."))
    if query.line is not None and all(line.line != query.line for line in basket.live):
        text = _("This sale has no line {line}.").format(line=query.line)
        return Refused(code="no_such_line", field="line", explanation=text)
    finished = basket.sale.state == "finished"
    made = _from_rows(work, basket, query.line) if finished else _live(work, basket, query.line)
    return SaleExplained(sale_id=query.sale_id, finished=finished, explanation=made)


def _facts(lines: Iterable[Line]) -> list[LineFacts]:
    return [
        LineFacts(
            line.line,
            line.product_id,
            line.code,
            line.name,
            line.quantity_thousandths,
            values_of(line.to_price())[0],
            line.amount_minor,
        )
        for line in lines
    ]


def _finder(work: Work) -> FindOffer:
    @cache
    def find(offer_id: OfferId | None, version: int) -> OfferView | None:
        return None if offer_id is None else offers.version(work.db, offer_id, version)

    return find


def _spoken(found: Sequence[Step], find: FindOffer) -> Spoken:
    spoken = Spoken()
    for step in found:
        view = find(step.offer_id, step.version)
        if view is not None:
            spoken.add_offer(view)
        if step.coupon_batch_id is not None:
            spoken.coupon_batches.add(step.coupon_batch_id)
    return spoken


def _from_rows(work: Work, basket: Basket, line: int | None) -> Explanation:
    found, find = steps.read(work.db, basket.sale.sale_id, basket.live), _finder(work)
    names = names_of(work, _spoken(found, find))
    return explanation(_facts(basket.live), found, find, names, only_line=line)


def _live(work: Work, basket: Basket, line: int | None) -> Explanation:
    around = surroundings(work, basket)
    again, made = priced(basket, around)
    return explain(work, again, made, around, line)


def explain(
    work: Work, basket: Basket, made: PricedSale, around: Surroundings, line: int | None = None
) -> Explanation:
    """Return the explanation of a basket that was just calculated, with what nearly worked."""
    views = {(offer.view.offer_id, offer.view.version): offer.view for offer in around.book.offers}

    def find(offer_id: OfferId | None, version: int) -> OfferView | None:
        return views.get((offer_id, version))

    near = nearly(lines_to_price(basket, around), made, around.book, around.occasion)
    spoken = _spoken(made.steps, find)
    for each in near:
        spoken.add_offer(each.offer.view)
    for coupon in around.coupons:
        spoken.add_conditions(coupon.conditions)
        spoken.products.add(coupon.gift_product_id)
    names = names_of(work, spoken)
    nearby = [nearly_view(each, names) for each in near]
    return explanation(
        _facts(basket.live), made.steps, find, names, [*_coupons(made, around, names), *nearby], line
    )


def _coupons(made: PricedSale, around: Surroundings, names: Names) -> list[NearlyView]:
    """Return the coupons on the basket that give nothing yet, before all else."""
    found = (
        coupon_nearly(coupon, result, names)
        for coupon, result in zip(around.coupons, made.coupons, strict=True)
    )
    return [view for view in found if view is not None]
