"""Money and quantities are whole numbers; what people write goes in and out without losing a fen."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.money import MINOR_DIGITS, Money, Rounding, divide, format_minor, parse_minor
from protocol.quantity import format_thousandths, parse_thousandths

amounts = st.integers(min_value=-(10**11), max_value=10**11)


@given(amounts, st.sampled_from(sorted(MINOR_DIGITS)))
def test_an_amount_that_was_written_is_read_back_as_it_was(amount: int, currency: str) -> None:
    assert parse_minor(format_minor(amount, currency), currency) == amount


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_a_quantity_that_was_written_is_read_back_as_it_was(quantity: int) -> None:
    assert parse_thousandths(format_thousandths(quantity)) == quantity


@pytest.mark.parametrize(
    ("text", "minor"),
    [("12", 1200), ("12.5", 1250), (".50", 50), ("-3.00", -300), ("+7", 700), (" 1.20 ", 120), ("3。5", 350)],
)
def test_amounts_are_read_as_people_type_them(text: str, minor: int) -> None:
    assert parse_minor(text, "CNY") == minor


@pytest.mark.parametrize("text", ["", "abc", "1,200", "12.345", "1e5", "--3", "5km", "12.5.1", "¥3", "٣.٣٣٣"])
def test_what_is_no_amount_is_refused_and_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        parse_minor(text, "CNY")


@pytest.mark.parametrize("text", ["5km", "1.2345", "", "three", "1/2", "1e3"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_thousandths(text)


def test_a_yen_has_no_fen() -> None:
    assert format_minor(1250, "JPY", symbol=True) == "¥1250"
    with pytest.raises(ValueError):
        parse_minor("12.5", "JPY")


def test_amounts_are_shown_with_symbol_and_groups_where_asked() -> None:
    assert format_minor(-123456789, "CNY", symbol=True, grouped=True) == "-¥1,234,567.89"
    assert format_minor(5, "HKD", symbol=True) == "HK$0.05"


@given(
    st.integers(-(10**15), 10**15),
    st.integers(-(10**9), 10**9).filter(bool),
    st.sampled_from(Rounding),
)
def test_a_rounded_quotient_is_never_a_whole_unit_away(
    numerator: int, denominator: int, rounding: Rounding
) -> None:
    exact = Fraction(numerator, denominator)
    result = divide(numerator, denominator, rounding)
    assert abs(exact - result) < 1
    match rounding:
        case Rounding.DOWN:
            assert abs(result) <= abs(exact)
        case Rounding.UP:
            assert abs(result) >= abs(exact)
        case Rounding.HALF_UP | Rounding.HALF_EVEN:
            assert abs(exact - result) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("half", "half_up", "half_even"), [(1, 1, 0), (3, 2, 2), (5, 3, 2), (-1, -1, 0), (-3, -2, -2)]
)
def test_a_half_goes_where_its_rule_says(half: int, half_up: int, half_even: int) -> None:
    assert divide(half, 2, Rounding.HALF_UP) == half_up
    assert divide(half, 2, Rounding.HALF_EVEN) == half_even


def test_two_currencies_are_never_added() -> None:
    assert Money(100, "CNY") + Money(50, "CNY") == Money(150, "CNY")
    with pytest.raises(ValueError, match="GBP"):
        Money(100, "CNY") + Money(50, "GBP")
