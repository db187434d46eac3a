"""Cash rounding (抹零) in all its modes: the cash part alone, a signed amount, never stuck at a cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.money import Rounding
from store_server.pricing.cash_rounding import (
    NO_ROUNDING,
    CashPart,
    CashRounding,
    cash_part,
    paid_out_rounding,
)

roundings = st.builds(CashRounding, st.sampled_from((1, 5, 10, 50, 100)), st.sampled_from(list(Rounding)))


@pytest.mark.parametrize(
    ("step", "mode", "amounts"),
    [
        # amount in cash → what cash pays
        (5, Rounding.HALF_UP, {1002: 1000, 1003: 1005, 1007: 1005, 1008: 1010}),
        (10, Rounding.HALF_UP, {1004: 1000, 1005: 1010, 1014: 1010, 1015: 1020}),
        (10, Rounding.HALF_DOWN, {1005: 1000, 1006: 1010, 1015: 1010}),
        (10, Rounding.HALF_EVEN, {1005: 1000, 1015: 1020, 1025: 1020}),
        (50, Rounding.HALF_UP, {1024: 1000, 1025: 1050, 1075: 1100}),
        (100, Rounding.HALF_UP, {1049: 1000, 1050: 1100}),
        (10, Rounding.DOWN, {1009: 1000, 1019: 1010}),
        (100, Rounding.DOWN, {1099: 1000, 99: 0}),
        (10, Rounding.UP, {1001: 1010, 1010: 1010}),
        (100, Rounding.UP, {1001: 1100}),
        (1, Rounding.DOWN, {1001: 1001}),
    ],
)
def test_each_mode_and_step(step: int, mode: Rounding, amounts: dict[int, int]) -> None:
    rounding = CashRounding(step, mode)
    assert {amount: rounding.of(amount) for amount in amounts} == amounts


def test_cash_that_covers_the_rounded_amount_pays_the_rest() -> None:
    jiao = CashRounding(10, Rounding.DOWN)
    assert cash_part(1009, 0, jiao) == CashPart(0, 1000)
    assert cash_part(1009, 500, jiao) == CashPart(0, 500)
    assert cash_part(1009, 1000, jiao) == CashPart(-9, 0)
    assert cash_part(1009, 2000, jiao) == CashPart(-9, 0)


def test_where_cash_is_rounded_up_exact_cash_pays_too() -> None:
    up = CashRounding(10, Rounding.UP)
    assert cash_part(1003, 0, up) == CashPart(0, 1010)
    assert cash_part(1003, 1010, up) == CashPart(7, 0)
    assert cash_part(1003, 1003, up) == CashPart(0, 0)
    assert cash_part(1003, 1000, up) == CashPart(0, 3)


def test_what_cards_and_points_pay_is_never_rounded() -> None:
    assert cash_part(0, 0, CashRounding(100, Rounding.DOWN)) == CashPart(0, 0)


@given(st.integers(0, 10**9), st.integers(0, 10**9), roundings)
def test_no_sale_is_stuck_and_no_rounding_is_a_step_or_more(
    rest: int, handed: int, rounding: CashRounding
) -> None:
    part = cash_part(rest, handed, rounding)
    assert abs(part.rounding_minor) < max(rounding.step_minor, 1)
    assert part.due_minor >= 0
    done = cash_part(rest, handed + part.due_minor, rounding)
    # Nothing is due any more, unless all of it was rounded away and not a cent was handed over.
    assert done.due_minor == 0
    if handed + part.due_minor:
        assert handed + part.due_minor >= rest + done.rounding_minor


@given(st.integers(0, 10**9), st.integers(0, 10**9), roundings)
def test_more_money_never_rounds_to_less(less: int, more: int, rounding: CashRounding) -> None:
    less, more = sorted((less, more))
    assert rounding.of(less) <= rounding.of(more)


def test_what_goes_back_is_rounded_to_coins_and_a_courtesy_takes_nothing_away() -> None:
    half, yuan = CashRounding(5, Rounding.HALF_EVEN), CashRounding(100, Rounding.DOWN)
    assert paid_out_rounding(half, 1) == CashRounding(5, Rounding.HALF_UP)
    assert paid_out_rounding(yuan, 10) == CashRounding(10, Rounding.HALF_UP)
    assert paid_out_rounding(yuan, 1).of(83) == 83
    assert paid_out_rounding(NO_ROUNDING, 10) == NO_ROUNDING
