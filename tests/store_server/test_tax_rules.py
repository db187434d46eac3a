"""Tax: correct to the cent per rate, inside the price or on top of it, shared out over the lines."""

from hypothesis import given
from hypothesis import strategies as st

from store_server.pricing.tax import NO_TAX, Rate, tax_in, tax_lines, tax_sums

VAT = Rate("vat13", "VAT 13 %", 130_000)
FOOD = Rate("vat9", "VAT 9 %", 90_000)
SALES_TAX = Rate("tax8", "Sales tax", 82_500, False)

rates = st.sampled_from(
    (NO_TAX, VAT, FOOD, SALES_TAX, Rate("zero", "Zero rate", 0), Rate("all", "All", 10**6))
)
baskets = st.lists(st.tuples(rates, st.integers(0, 10**9)), max_size=20)


def test_tax_that_the_price_includes_is_taken_out_of_it() -> None:
    taxed = tax_lines([(VAT, 11_300)])
    assert [(line.net_minor, line.tax_minor, line.gross_minor) for line in taxed.lines] == [
        (10_000, 1300, 11_300)
    ]
    assert taxed.added_minor == 0


def test_tax_on_top_is_added_to_the_price() -> None:
    taxed = tax_lines([(SALES_TAX, 1000)])
    assert [(line.net_minor, line.tax_minor, line.gross_minor) for line in taxed.lines] == [(1000, 83, 1083)]
    assert taxed.added_minor == 83


def test_it_is_rounded_once_per_rate_and_not_once_per_line() -> None:
    # Each line alone would have 0.04 of tax; the three together have 0.13, not 0.12.
    assert tax_in(35, VAT) == 4
    taxed = tax_lines([(VAT, 35), (VAT, 35), (VAT, 40)])
    assert taxed.lines[0].tax_minor == 13
    assert taxed.shares == (4, 4, 5)


def test_several_rates_stand_in_one_basket_and_goods_without_tax_are_not_shown() -> None:
    taxed = tax_lines([(VAT, 1130), (NO_TAX, 500), (FOOD, 1090), (SALES_TAX, 400)])
    assert [(line.rate.tax, line.net_minor, line.tax_minor) for line in taxed.lines] == [
        ("tax8", 400, 33),
        ("vat13", 1000, 130),
        ("vat9", 1000, 90),
    ]
    assert taxed.shares == (130, 0, 90, 33)


@given(baskets)
def test_the_parts_of_the_lines_sum_to_the_tax_of_their_rate(basket: list[tuple[Rate, int]]) -> None:
    taxed = tax_lines(basket)
    for line in taxed.lines:
        shares = [s for s, (rate, _amount) in zip(taxed.shares, basket, strict=True) if rate == line.rate]
        amounts = [amount for rate, amount in basket if rate == line.rate]
        assert sum(shares) == line.tax_minor == tax_in(sum(amounts), line.rate)
        assert all(0 <= share <= amount for share, amount in zip(shares, amounts, strict=True))
    prices = sum(amount for rate, amount in basket if rate.tax)
    assert sum(line.gross_minor for line in taxed.lines) == prices + taxed.added_minor


@given(baskets)
def test_what_was_shared_out_sums_up_to_the_same_table(basket: list[tuple[Rate, int]]) -> None:
    taxed = tax_lines(basket)
    parts = [
        (rate, amount + (0 if rate.inclusive else share), share)
        for share, (rate, amount) in zip(taxed.shares, basket, strict=True)
    ]
    assert tax_sums(parts) == taxed.lines
