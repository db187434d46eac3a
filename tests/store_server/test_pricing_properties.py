"""What is true of any basket and any offers: sums, shares, zero, the order of scanning, exclusive groups."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offer_baskets import any_offers, baskets, coupons, group_offers, hand_discounts, occasions

from protocol.messages.offers import StepKind
from protocol.offer import OfferView
from store_server.pricing.calculation import PricedSale, price_sale
from store_server.pricing.coupons import Coupon
from store_server.pricing.lines import Discount, Line
from store_server.pricing.occasion import Occasion
from store_server.pricing.offers import OfferBook

thoroughly = settings(max_examples=120, deadline=None)


def off_by_line(sale: PricedSale) -> list[int]:
    """Return what the steps took off each line together."""
    off = [0] * len(sale.lines)
    for step in sale.steps:
        for part in step.parts:
            off[part.line] += part.before_minor - part.after_minor
    return off


@thoroughly
@given(baskets, any_offers, occasions, coupons, hand_discounts)
def test_no_line_is_below_zero_and_its_steps_add_up_to_its_discount(
    basket: list[Line], views: list[OfferView], occasion: Occasion, shown: list[Coupon], discount: Discount
) -> None:
    sale = price_sale(basket, discount, OfferBook.of(views), occasion, shown)
    assert len(sale.lines) == len(basket)
    assert all(line.amount_minor >= 0 for line in sale.lines)
    assert all(
        min(line.offer_minor, line.basket_minor, line.coupon_minor, line.discount_minor, line.share_minor)
        >= 0
        for line in sale.lines
    )
    assert sale.total_minor == sum(line.amount_minor for line in sale.lines)
    assert off_by_line(sale) == [line.normal_minor - line.amount_minor for line in sale.lines]
    running = [line.normal_minor for line in sale.lines]
    for step in sale.steps:
        for part in step.parts:
            assert part.before_minor == running[part.line], "a step begins where the one before it ended"
            running[part.line] = part.after_minor


@thoroughly
@given(baskets, any_offers, occasions, coupons, hand_discounts)
def test_what_is_shared_is_the_sum_of_its_shares(
    basket: list[Line], views: list[OfferView], occasion: Occasion, shown: list[Coupon], discount: Discount
) -> None:
    sale = price_sale(basket, discount, OfferBook.of(views), occasion, shown)
    saved = dict.fromkeys(StepKind, 0)
    for step in sale.steps:
        saved[step.kind] += step.saved_minor
    assert saved[StepKind.OFFER] == sum(line.offer_minor for line in sale.lines)
    assert saved[StepKind.BASKET_OFFER] == sum(line.basket_minor for line in sale.lines)
    assert saved[StepKind.COUPON] == sum(line.coupon_minor for line in sale.lines)
    assert saved[StepKind.COUPON] == sum(result.saved_minor for result in sale.coupons)
    assert saved[StepKind.LINE_DISCOUNT] == sum(line.discount_minor for line in sale.lines)
    assert saved[StepKind.SALE_DISCOUNT] == sale.sale_discount_minor
    assert sale.sale_discount_minor == discount.on(sale.total_minor + sale.sale_discount_minor)


@thoroughly
@given(baskets, any_offers, occasions, coupons, hand_discounts, st.randoms(use_true_random=False))
def test_the_order_of_scanning_does_not_change_the_total(
    basket: list[Line],
    views: list[OfferView],
    occasion: Occasion,
    shown: list[Coupon],
    discount: Discount,
    order: Random,
) -> None:
    before = price_sale(basket, discount, OfferBook.of(views), occasion, shown)
    order.shuffle(basket)
    order.shuffle(views)
    order.shuffle(shown)
    after = price_sale(basket, discount, OfferBook.of(views), occasion, shown)
    assert (after.total_minor, after.gross_minor) == (before.total_minor, before.gross_minor)
    assert [(s.kind, s.offer_id, s.times, s.saved_minor) for s in after.steps if s.offer_id] == [
        (s.kind, s.offer_id, s.times, s.saved_minor) for s in before.steps if s.offer_id
    ]


@thoroughly
@given(baskets, any_offers, occasions)
def test_scanning_one_by_one_or_in_a_line_costs_the_same(
    basket: list[Line], views: list[OfferView], occasion: Occasion
) -> None:
    """Goods with a discount by hand stay apart: the till never joins those lines."""
    plain = [line for line in basket if line.discount == Discount() and not line.is_whole]
    singles = [
        Line(
            1000,
            line.normal_price_minor,
            line.unit_price_minor,
            product_id=line.product_id,
            categories=line.categories,
            price_kind=line.price_kind,
        )
        for line in plain
        for _piece in range(line.pieces)
    ]
    book = OfferBook.of(views)
    assert price_sale(singles, offers=book, occasion=occasion).total_minor == (
        price_sale(plain, offers=book, occasion=occasion).total_minor
    )


@thoroughly
@given(baskets, group_offers, occasions, hand_discounts)
def test_one_more_offer_in_an_exclusive_group_never_makes_the_basket_dearer(
    basket: list[Line], views: list[OfferView], occasion: Occasion, discount: Discount
) -> None:
    without = price_sale(basket, discount, OfferBook.of(views[:-1]), occasion)
    more = price_sale(basket, discount, OfferBook.of(views), occasion)
    assert more.total_minor <= without.total_minor


@thoroughly
@given(baskets, any_offers, occasions)
def test_no_piece_is_taken_twice_and_of_a_group_one_offer_works(
    basket: list[Line], views: list[OfferView], occasion: Occasion
) -> None:
    sale = price_sale(basket, offers=OfferBook.of(views), occasion=occasion)
    assert all(taken <= line.pieces for line, taken in zip(basket, sale.taken, strict=True))
    taken = [0] * len(basket)
    for step in sale.steps:
        if step.kind is StepKind.OFFER:
            for part in step.parts:
                taken[part.line] += part.quantity_thousandths
    assert all(qty <= line.quantity_thousandths for line, qty in zip(basket, taken, strict=True))
    untouched = [line for line in basket if not line.takes_offers]
    assert all(t == 0 for line, t in zip(basket, taken, strict=True) if line in untouched)
    groups = {view.offer_id: view.exclusive_group for view in views}
    worked = [groups[step.offer_id] for step in sale.offer_steps if groups[step.offer_id]]
    assert len(worked) == len(set(worked))


@thoroughly
@given(baskets, any_offers, occasions)
def test_limits_budgets_and_points_are_kept(
    basket: list[Line], views: list[OfferView], occasion: Occasion
) -> None:
    sale = price_sale(basket, offers=OfferBook.of(views), occasion=occasion)
    limits = {view.offer_id: view.limits for view in views}
    for step in sale.offer_steps:
        limit, used = limits[step.offer_id], occasion.used.get(step.offer_id or 0)
        if limit.per_sale:
            assert step.times <= limit.per_sale
        if limit.in_all:
            assert step.times + (used.in_all if used else 0) <= limit.in_all
        if limit.budget_minor:
            assert step.saved_minor + (used.given_minor if used else 0) <= limit.budget_minor
        if limit.per_member:
            assert occasion.shopper is not None
    has = occasion.shopper.points if occasion.shopper and occasion.spend_points else 0
    assert sale.points_spent <= has


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(baskets, any_offers, occasions, coupons, hand_discounts, st.randoms(use_true_random=False))
def test_all_of_it_is_true_of_many_more_baskets(
    basket: list[Line],
    views: list[OfferView],
    occasion: Occasion,
    shown: list[Coupon],
    discount: Discount,
    order: Random,
) -> None:
    """Limits that meet on equal lines are rare: they take more baskets than a quick check has time for."""
    everything = (basket, views, occasion, shown, discount)
    for promise in (
        test_no_line_is_below_zero_and_its_steps_add_up_to_its_discount,
        test_what_is_shared_is_the_sum_of_its_shares,
    ):
        promise.hypothesis.inner_test(*everything)  # type: ignore[attr-defined]
    for promise in (
        test_scanning_one_by_one_or_in_a_line_costs_the_same,
        test_no_piece_is_taken_twice_and_of_a_group_one_offer_works,
        test_limits_budgets_and_points_are_kept,
    ):
        promise.hypothesis.inner_test(basket, views, occasion)  # type: ignore[attr-defined]
    test_the_order_of_scanning_does_not_change_the_total.hypothesis.inner_test(  # type: ignore[attr-defined]
        *everything, order
    )
