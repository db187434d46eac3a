"""Strategies for baskets and offers of every kind, over few goods so that they meet."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from protocol.identifiers import CategoryId, OfferId, ProductId
from protocol.offer import (
    AmountOff,
    Benefit,
    Bundle,
    BundlePart,
    BuyGet,
    CheapestFree,
    FixedPrice,
    GoodsRange,
    NFor,
    NthItem,
    OfferConditions,
    OfferLimits,
    OfferTimes,
    OfferView,
    PercentOff,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from store_server.pricing.coupons import Coupon, CouponKind
from store_server.pricing.lines import NO_DISCOUNT, Discount, Line
from store_server.pricing.occasion import Occasion, Shopper, Used
from store_server.pricing.scope import Scope

PRODUCTS = 6
CATEGORIES = {1: (10, 1), 2: (10, 1), 3: (11, 1), 4: (11, 1), 5: (12,), 6: ()}
"""By product, its category and those above it."""
PRICES = (1, 3, 99, 250, 333, 1000, 1999)

product_ids = st.integers(1, PRODUCTS).map(ProductId)
category_ids = st.sampled_from([1, 10, 11, 12]).map(CategoryId)
amounts = st.integers(0, 1500)
rates = st.sampled_from([1, 50_000, 100_000, 333_333, 500_000, 900_000, 1_000_000])
ranges = st.one_of(
    st.builds(
        GoodsRange,
        all_goods=st.just(True),
        except_products=st.lists(product_ids, max_size=1).map(tuple),
        except_categories=st.lists(category_ids, max_size=1).map(tuple),
        weighed_counts=st.booleans(),
    ),
    st.builds(
        GoodsRange,
        products=st.lists(product_ids, min_size=1, max_size=3).map(tuple),
        weighed_counts=st.booleans(),
    ),
    st.builds(GoodsRange, categories=st.lists(category_ids, min_size=1, max_size=2).map(tuple)),
)
parts = st.builds(
    BundlePart,
    goods=ranges,
    count=st.integers(1, 3),
    price_minor=st.one_of(st.none(), amounts),
    off_ppm=rates,
)
steps = st.builds(
    ThresholdStep,
    spend_minor=st.integers(1, 4000),
    pieces=st.just(0),
    every=st.booleans(),
    amount_minor=st.one_of(st.just(0), amounts),
    off_ppm=st.one_of(st.just(0), rates),
    gift_product_id=st.one_of(st.none(), product_ids),
    gift_count=st.integers(1, 2),
    points=st.sampled_from([0, 5]),
) | st.builds(ThresholdStep, pieces=st.integers(1, 6), every=st.booleans(), amount_minor=amounts)


def _threshold(found: list[ThresholdStep]) -> Threshold:
    return Threshold(steps=tuple(sorted(found, key=lambda step: (step.spend_minor, step.pieces))))


benefits: st.SearchStrategy[Benefit] = st.one_of(
    st.builds(PercentOff, rate_ppm=rates),
    st.builds(AmountOff, amount_minor=st.integers(1, 1500)),
    st.builds(FixedPrice, price_minor=amounts),
    st.builds(NFor, count=st.integers(2, 4), price_minor=amounts),
    st.builds(
        BuyGet,
        buy=st.integers(1, 3),
        get=st.integers(1, 2),
        off_ppm=rates,
        get_range=st.one_of(st.none(), ranges),
    ),
    st.builds(CheapestFree, count=st.integers(2, 4)),
    st.builds(NthItem, nth=st.integers(2, 3), pays_ppm=rates),
    st.builds(
        Bundle,
        parts=st.lists(parts, min_size=1, max_size=3).map(tuple),
        price_minor=st.one_of(st.none(), amounts),
    ),
    st.builds(_threshold, st.lists(steps, min_size=1, max_size=3)),
    st.builds(PointsPrice, price_minor=amounts, points=st.integers(1, 500)),
)
limits = st.one_of(
    st.just(OfferLimits()),
    st.builds(
        OfferLimits,
        in_all=st.sampled_from([0, 3]),
        per_member=st.sampled_from([0, 1, 4]),
        per_sale=st.sampled_from([0, 1, 2]),
        budget_minor=st.sampled_from([0, 500]),
    ),
)
conditions = st.sampled_from([OfferConditions()] * 3) | st.one_of(
    st.builds(
        OfferConditions,
        members_only=st.booleans(),
        tiers=st.sampled_from([(), (1, 2)]),
        minimum_spend_minor=st.sampled_from([0, 1000]),
    ),
)


def offers(*, group: st.SearchStrategy[str], **fixed: Any) -> st.SearchStrategy[OfferView]:
    """Return offers of any kind in such groups; their ids are given by `numbered`."""
    return st.builds(
        OfferView,
        offer_id=st.just(OfferId(1)),
        version=st.integers(1, 3),
        name=st.just("Offer"),
        priority=fixed.get("priority", st.integers(0, 2)),
        exclusive_group=group,
        goods=ranges,
        benefit=benefits,
        conditions=conditions,
        times=st.just(OfferTimes()),
        limits=limits,
    )


def numbered(views: list[OfferView]) -> list[OfferView]:
    """Return the offers with an id each."""
    return [
        view.model_copy(update={"offer_id": OfferId(n), "name": f"Offer {n}"})
        for n, view in enumerate(views, 1)
    ]


any_offers = st.lists(offers(group=st.sampled_from(["", "", "a", "b"])), min_size=1, max_size=8).map(numbered)
group_offers = st.lists(offers(group=st.just("a")), min_size=1, max_size=5).map(numbered)

hand_discounts = st.sampled_from([NO_DISCOUNT] * 6) | st.one_of(
    st.integers(1, 900).map(lambda amount: Discount(amount_minor=amount)),
    rates.map(lambda rate: Discount(rate_ppm=rate)),
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """A line of a basket: pieces, weighed, with a printed price, or with a price by hand."""
    product = draw(st.integers(1, PRODUCTS))
    normal = draw(st.sampled_from(PRICES))
    sort = draw(st.sampled_from(["pieces"] * 5 + ["weighed", "printed", "override", "promotion"]))
    pieces = draw(st.integers(1, 7)) * 1000
    discount = draw(hand_discounts)
    about: dict[str, Any] = {"discount": discount, "product_id": product, "categories": CATEGORIES[product]}
    match sort:
        case "weighed":
            return Line(draw(st.integers(1, 3000)), normal, normal, by_weight=True, **about)
        case "printed":
            return Line(500, normal, normal, draw(st.integers(1, 900)), by_weight=True, **about)
        case "override":
            return Line(pieces, normal, draw(st.sampled_from(PRICES)), price_kind="override", **about)
        case "promotion":
            return Line(pieces, normal, max(normal // 2, 1), price_kind="promotion", **about)
        case _:
            return Line(pieces, normal, normal, **about)


baskets = st.lists(lines(), max_size=8) | st.lists(lines(), min_size=3, max_size=10)
occasions = st.builds(
    Occasion,
    at=st.just(datetime(2026, 11, 21, 9, 30, tzinfo=UTC)),
    local=st.just(datetime(2026, 11, 21, 17, 30)),  # noqa: DTZ001  # the clock on the wall
    shopper=st.one_of(st.none(), st.builds(Shopper, tier=st.integers(0, 2), points=st.integers(0, 2000))),
    used=st.dictionaries(
        st.integers(1, 3), st.builds(Used, in_all=st.integers(0, 3), given_minor=st.integers(0, 400))
    ),
    spend_points=st.booleans(),
)
coupons = st.lists(
    st.builds(
        Coupon,
        code=st.sampled_from(["A", "B", "C"]),
        name=st.just("Coupon"),
        kind=st.sampled_from(CouponKind),
        rate_ppm=rates,
        at_most_minor=st.sampled_from([0, 200]),
        amount_minor=st.integers(1, 2000),
        gift_product_id=product_ids,
        scope=ranges.map(Scope.of),
        conditions=conditions,
    ),
    max_size=3,
    unique_by=lambda coupon: coupon.code,
)
