"""A basket that nobody buys: what it would cost with the live offers, and with one that is not saved yet."""

from dataclasses import dataclass, field

from protocol.identifiers import LaneCode, MemberId, OfferId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.offers import TriedBasket, TryBasket
from protocol.offer import OfferView
from store_server.catalogue.category_tree import category_tree
from store_server.catalogue.reading import find_for_sale
from store_server.catalogue.tier_prices import own_prices
from store_server.coupons.selling import shown_coupons
from store_server.database.unit_of_work import Work
from store_server.members.reading import Attached, served
from store_server.offers.book import ShopOffers, compiled, shop_offers
from store_server.offers.naming import names_for
from store_server.offers.problems import offer_problem
from store_server.pricing.calculation import PricedSale
from store_server.pricing.coupons import Coupon
from store_server.pricing.occasion import Shopper, occasion_at
from store_server.pricing.wording import offer_words
from store_server.sales.explaining import explain
from store_server.sales.quantities import enter
from store_server.sales.rows import Basket, Line, Sale
from store_server.sales.rules import Surroundings, priced
from store_server.sales.surroundings import member_as_shopper, used_before

_UNSAVED = OfferId(0)
"""The id of an offer that is not saved yet, while it is tried."""


@dataclass(slots=True)
class _Trial:
    """Who buys, when, with what."""

    basket: Basket
    coupons: list[Coupon] = field(default_factory=list)
    points: int = 10**9
    """Somebody of a tier has points enough for any price."""


def try_basket(work: Work, query: TryBasket) -> Answer:
    """Price goods twice, without the offer and with it, and explain the second."""
    tried = query.offer
    if tried is not None:
        problem = offer_problem(work, tried)
        if problem is not None:
            return problem
        if tried.offer_id is None:
            tried = tried.model_copy(update={"offer_id": _UNSAVED})
    trial = _trial(work, query)
    if isinstance(trial, Refused):
        return trial
    live = [each.view for each in shop_offers(work).book.offers] if query.with_live_offers else []
    others = [view for view in live if tried is None or view.offer_id != tried.offer_id]
    without, _around, _made = _priced(work, query, trial, live if query.offer is None else others)
    after, around, made = _priced(work, query, trial, others + ([tried] if tried else []))
    explanation = explain(work, after, made, around)
    return TriedBasket(
        explanation=explanation,
        total_without_minor=without.sale.total_minor,
        words=offer_words(tried, names_for(work, [tried]))[:4000] if tried else "",
    )


def _trial(work: Work, query: TryBasket) -> _Trial | Refused:
    member: Attached | None = None
    if query.member_id is not None:
        found = served(work.db, query.member_id)
        if isinstance(found, Refused):
            return found
        member = found
    sale = _sale(work, query, member)
    if isinstance(sale, Refused):
        return sale
    lines: list[Line] = []
    for item in query.items:
        line = _line(work, item.code, item.quantity_thousandths, len(lines) + 1, query)
        if isinstance(line, Refused):
            return line
        lines.append(line)
    coupons = shown_coupons(work, query.coupons, query.at or work.now)
    if isinstance(coupons, Refused):
        return coupons
    return _Trial(Basket(sale, tuple(lines), member=member), coupons)


def _sale(work: Work, query: TryBasket, member: Attached | None) -> Sale | Refused:
    tier, name, discount = 0, "", 0
    if member is not None:
        tier, name, discount = member.tier, member.tier_name, member.discount_ppm
    elif query.tier is not None:
        row = work.db.execute("SELECT name, discount_ppm FROM tiers WHERE tier = ?", (query.tier,)).fetchone()
        if row is None:
            text = _("The tier {number} does not exist.").format(number=query.tier)
            return Refused(code="unknown", field="tier", explanation=text)
        tier, name, discount = query.tier, row[0], row[1]
    return Sale(
        sale_id="",
        state="open",
        lane=LaneCode(""),
        operator_id=0,
        operator_name="",
        currency=work.settings.currency,
        member_id=None if member is None else MemberId(member.member_id),
        member_tier=tier,
        member_tier_name=name,
        member_discount_ppm=discount,
        member_lower_price=work.settings.member_price == "lower",
        spend_points=query.spend_points,
    )


def _line(work: Work, code: str, quantity: int, number: int, query: TryBasket) -> Line | Refused:
    found = find_for_sale(work.db, code, query.at or work.now)
    if isinstance(found, Refused):
        return found
    entered = enter(work, found, quantity, found.normal_price_minor if found.open_price else None)
    if isinstance(entered, Refused):
        return entered
    return Line(
        line=number,
        product_id=found.product_id,
        code=code.strip(),
        name=found.name,
        unit=found.unit,
        by_weight=found.by_weight,
        price_version=found.version,
        quantity_thousandths=entered.quantity_thousandths,
        normal_price_minor=entered.normal_price_minor,
        unit_price_minor=entered.unit_price_minor,
        price_kind=entered.price_kind,
        list_price_minor=entered.unit_price_minor,
        list_kind=entered.price_kind,
        printed_amount_minor=entered.printed_amount_minor,
        tax=found.tax.tax,
        tax_name=found.tax.name,
        tax_rate_ppm=found.tax.rate_ppm,
        tax_inclusive=found.tax.inclusive,
        category_id=found.category_id,
    )


def _priced(
    work: Work, query: TryBasket, trial: _Trial, views: list[OfferView]
) -> tuple[Basket, Surroundings, PricedSale]:
    shop = compiled(views, views)
    around = _around(work, query, trial, shop)
    after, made = priced(trial.basket, around)
    return after, around, made


def _around(work: Work, query: TryBasket, trial: _Trial, shop: ShopOffers) -> Surroundings:
    basket, tree = trial.basket, category_tree(work)
    shopper = member_as_shopper(work, basket, shop, trial.coupons)
    if shopper is None and query.tier is not None:
        shopper = Shopper(query.tier, points=trial.points)
    occasion = occasion_at(
        query.at or work.now,
        work.settings.zone,
        shopper,
        used_before(work, basket, shop, tree),
        spend_points=query.spend_points,
    )
    named = shopper is not None
    own = own_prices(work, basket.sale.member_tier, basket.live) if named else {}
    return Surroundings(shop.book, occasion, trial.coupons, tree.chain, own)
