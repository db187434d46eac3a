"""What a basket costs: rules in the shop's words, and properties of every basket."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.pricing.allocation import share_out
from store_server.pricing.calculation import (
    NO_DISCOUNT,
    Discount,
    Line,
    price_sale,
    quantity_for,
    value_of,
)


@pytest.mark.parametrize(
    ("quantity", "price", "value"),
    [
        (1000, 350, 350),
        (3000, 350, 1050),
        (455, 1990, 905),  # 9.0545
        (500, 1, 1),  # half a cent goes up
        (499, 1, 0),
        (999_000, 10_000_000_00, 999_000_000_000),
    ],
)
def test_weight_times_price_is_rounded_once_half_up(quantity: int, price: int, value: int) -> None:
    assert value_of(quantity, price) == value


def test_a_printed_amount_is_the_value_whatever_weight_and_price_give() -> None:
    line = Line(quantity_for(1000, 1990), 1990, 1990, printed_amount_minor=1000)
    assert price_sale([line]).total_minor == 1000


def test_discounts_on_lines_come_before_the_discount_on_the_sale() -> None:
    lines = [Line(1000, 1000, 1000, discount=Discount(rate_ppm=500_000)), Line(1000, 500, 500)]
    sale = price_sale(lines, Discount(rate_ppm=100_000))
    assert [line.amount_minor for line in sale.lines] == [450, 450]
    assert (sale.gross_minor, sale.sale_discount_minor, sale.total_minor) == (1500, 100, 900)


def test_a_fixed_amount_takes_no_more_than_what_is_left() -> None:
    assert price_sale([Line(1000, 300, 300)], Discount(amount_minor=500)).total_minor == 0
    assert price_sale([Line(1000, 300, 300, discount=Discount(amount_minor=500))]).total_minor == 0


def test_the_units_that_are_left_go_to_the_largest_remainders() -> None:
    assert share_out(2, [1, 1, 1]) == [1, 1, 0]
    assert share_out(5, [3, 4, 3]) == [2, 2, 1]
    assert share_out(10, [350, 200, 9900]) == [0, 0, 10]
    assert share_out(0, []) == []


@pytest.mark.parametrize(("whole", "weights"), [(-1, [5]), (6, [5]), (1, [2, -1])])
def test_what_cannot_be_shared_is_an_error(whole: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="cannot share"):
        share_out(whole, weights)


weights = st.lists(st.integers(0, 10**9), max_size=60)


@given(weights, st.data())
def test_shares_sum_to_the_whole_and_none_is_above_its_weight(parts: list[int], data: st.DataObject) -> None:
    whole = data.draw(st.integers(0, sum(parts)))
    shares = share_out(whole, parts)
    assert sum(shares) == whole
    assert all(0 <= share <= weight for share, weight in zip(shares, parts, strict=True))


discounts = st.one_of(
    st.just(NO_DISCOUNT),
    st.integers(1, 10**6).map(lambda amount: Discount(amount_minor=amount)),
    st.integers(1, 10**6).map(lambda rate: Discount(rate_ppm=rate)),
)
lines = st.builds(
    Line,
    quantity_thousandths=st.integers(1, 999_000),
    normal_price_minor=st.integers(1, 10**6),
    unit_price_minor=st.integers(0, 10**6),
    printed_amount_minor=st.one_of(st.none(), st.integers(1, 10**6)),
    discount=discounts,
)
baskets = st.lists(lines, max_size=30)


@given(baskets, discounts)
def test_no_line_is_below_zero_and_the_lines_sum_to_the_total(basket: list[Line], discount: Discount) -> None:
    sale = price_sale(basket, discount)
    assert all(line.amount_minor >= 0 for line in sale.lines)
    assert all(line.discount_minor >= 0 and line.share_minor >= 0 for line in sale.lines)
    value = sum(line.value_minor - line.discount_minor for line in sale.lines)
    assert sale.total_minor == value - discount.on(value)


@given(baskets, discounts, st.randoms(use_true_random=False))
def test_the_order_of_scanning_does_not_change_the_total(
    basket: list[Line], discount: Discount, order: Random
) -> None:
    before = price_sale(basket, discount)
    shuffled = list(basket)
    order.shuffle(shuffled)
    after = price_sale(shuffled, discount)
    assert (after.total_minor, after.gross_minor) == (before.total_minor, before.gross_minor)


@given(st.integers(1, 10**7), st.integers(1, 10**6))
def test_the_weight_of_a_printed_amount_is_near_and_above_zero(amount: int, price: int) -> None:
    weight = quantity_for(amount, price)
    assert weight >= 1
    assert weight == 1 or abs(weight * price - amount * 1000) <= price
