"""Refunds in any number of parts in any order: exactly what was paid, of each line, tax and tender."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.money import Rounding
from store_server.pricing.allocation import share_out
from store_server.pricing.cash_rounding import NO_ROUNDING, CashRounding, paid_out_rounding
from store_server.refunds.rules import (
    CashTender,
    Settled,
    Sold,
    Source,
    Wishes,
    Worth,
    after,
    credit_of,
    settle,
    worth,
)

CASH = CashTender("cash", "Cash")
EXCHANGE = CashTender("exchange", "Exchange")


def test_three_for_ten_come_back_one_by_one() -> None:
    sold = Sold(3000, 1000)
    given_back = []
    for _n in range(3):
        back = worth(sold, 1000)
        sold = after(sold, 1000, back)
        given_back.append(back.amount_minor)
    assert given_back == [333, 334, 333]


def test_tax_goes_back_with_the_money() -> None:
    sold = Sold(3000, 2, 1)
    parts = []
    for _n in range(3):
        back = worth(sold, 1000)
        sold = after(sold, 1000, back)
        parts.append(back)
    assert parts == [Worth(1, 1), Worth(0, 0), Worth(1, 0)]


def test_more_than_is_left_cannot_come_back() -> None:
    with pytest.raises(ValueError):
        worth(Sold(2000, 700, 0, 1000, 350), 1001)


def test_half_by_card_half_in_cash_goes_back_half_and_half() -> None:
    sources = [Source("card", "card", "Bank card", 5000, 5000), _cash(4900, 4900)]
    done = settle(990, sources, Wishes(CASH))
    assert [(p.tender, p.amount_minor) for p in done.payments] == [("card", 500), ("cash", 490)]


def test_rounded_cash_goes_back_in_coins_and_in_the_end_exactly() -> None:
    # 10.08 rounded down to 10.00; three thirds come back.
    sources = [_cash(1000, 1008)]
    coins = paid_out_rounding(CashRounding(100, Rounding.DOWN), 10)
    back = []
    for _n in range(3):
        done = settle(336, sources, Wishes(CASH, coins))
        back.append(done.paid_back_minor)
        sources = _given(sources, done)
    assert back == [330, 340, 330]


def test_what_is_kept_for_points_is_kept_of_the_cash_first() -> None:
    sources = [Source("card", "card", "Bank card", 500, 500), _cash(500, 500)]
    done = settle(1000, sources, Wishes(CASH, keep_minor=600))
    assert [(p.tender, p.settled_minor, p.amount_minor) for p in done.payments] == [
        ("card", 500, 400),
        ("cash", 500, 0),
    ]
    assert done.kept_minor == 600


def test_points_stay_points_even_where_all_is_paid_in_cash() -> None:
    sources = [
        Source("p", "points", "Points", 300, 300, stays_itself=True),
        Source("c", "card", "Bank card", 700, 700),
    ]
    done = settle(1000, sources, Wishes(CASH, in_cash=True))
    assert [(p.tender, p.amount_minor) for p in done.payments] == [("points", 300), ("cash", 700)]
    assert credit_of(1000, sources, 50) == 650


def test_an_exchange_uses_the_money_and_pays_the_rest_out() -> None:
    sources = [Source("c", "card", "Bank card", 600, 600), _cash(400, 400)]
    done = settle(1000, sources, Wishes(CASH, exchange=EXCHANGE, new_goods_minor=700))
    assert [(p.source_id, p.tender, p.amount_minor) for p in done.payments] == [
        ("c", "exchange", 420),
        ("c", "card", 180),
        ("cash", "exchange", 280),
        ("cash", "cash", 120),
    ]
    # Each row settles its own part of the goods' value.
    assert [p.value_minor for p in done.payments] == [420, 180, 280, 120]


def _cash(paid: int, value: int) -> Source:
    return Source("cash", "cash", "Cash", paid, value, is_cash=True, counts_in_drawer=True)


def _given(sources: list[Source], done: Settled) -> list[Source]:
    return [
        replace(
            source,
            given_value_minor=source.given_value_minor
            + sum(p.value_minor for p in done.payments if p.source_id == source.source_id),
            given_minor=source.given_minor
            + sum(p.settled_minor for p in done.payments if p.source_id == source.source_id),
        )
        for source in sources
    ]


# Whole sales: lines with quantities, prices after discounts and tax; payments in any mix, cash rounded.

lines = st.lists(
    st.builds(
        lambda quantity, paid, tax: Sold(quantity, paid, tax * paid // 100),
        st.one_of(st.integers(1, 6).map(lambda n: n * 1000), st.integers(1, 3000)),
        st.integers(0, 5000),
        st.integers(0, 100),
    ),
    min_size=1,
    max_size=5,
)
roundings = st.builds(CashRounding, st.sampled_from((1, 5, 10, 50, 100)), st.sampled_from(list(Rounding)))


@st.composite
def sales(draw: st.DrawFn) -> tuple[list[Sold], list[Source], CashRounding]:
    sold = draw(lines)
    total = sum(line.paid_minor for line in sold)
    weights = draw(st.lists(st.integers(1, 100), min_size=1, max_size=4))
    cut = [total * sum(weights[:n]) // sum(weights) for n in range(len(weights) + 1)]
    shares = [b - a for a, b in pairwise(cut)]
    rounding = draw(roundings)
    kinds = draw(st.permutations(["cash", "card", "mobile", "points"]))
    sources = []
    for kind, value in zip(kinds, shares, strict=False):
        if kind == "cash":
            sources.append(_cash(rounding.of(value), value))
        else:
            sources.append(Source(kind, kind, kind, value, value, stays_itself=kind == "points"))
    return sold, sources, paid_out_rounding(rounding, 10)


@given(sales(), st.data())
def test_everything_in_any_parts_in_any_order_is_exactly_what_was_paid(
    sale: tuple[list[Sold], list[Source], CashRounding], data: st.DataObject
) -> None:
    sold, sources, coins = sale
    taxes = sum(line.tax_minor for line in sold)
    parts = 0
    while any(line.left_thousandths for line in sold):
        value = 0
        left = [at for at, line in enumerate(sold) if line.left_thousandths]
        for at in data.draw(st.lists(st.sampled_from(left), min_size=1, unique=True)):
            most = sold[at].left_thousandths
            quantity = most if parts > 12 else data.draw(st.integers(1, most))
            back = worth(sold[at], quantity)
            assert 0 <= back.tax_minor <= back.amount_minor
            sold[at] = after(sold[at], quantity, back)
            value += back.amount_minor
        done = settle(value, sources, Wishes(CASH, coins))
        assert all(payment.amount_minor >= 0 for payment in done.payments)
        assert all(payment.settled_minor == payment.amount_minor for payment in done.payments)
        sources = _given(sources, done)
        assert all(source.given_minor <= source.paid_minor for source in sources)
        parts += 1
    assert all(line.returned_minor == line.paid_minor for line in sold)
    assert sum(line.returned_tax_minor for line in sold) == taxes
    assert [source.given_minor for source in sources] == [source.paid_minor for source in sources]
    assert [source.given_value_minor for source in sources] == [source.value_minor for source in sources]


@given(sales(), st.integers(0, 100), st.integers(0, 10_000), st.integers(0, 500), st.booleans())
def test_an_exchange_is_worth_what_it_shows_and_settles_no_more_than_was_paid(
    sale: tuple[list[Sold], list[Source], CashRounding], percent: int, new: int, keep: int, in_cash: bool
) -> None:
    sold, sources, coins = sale
    value = sum(line.paid_minor for line in sold) * percent // 100
    credit = credit_of(value, sources, keep)
    done = settle(value, sources, Wishes(CASH, coins, in_cash, keep, EXCHANGE, new))
    used = sum(payment.amount_minor for payment in done.payments if payment.tender == "exchange")
    assert used == min(credit, new)
    assert sum(payment.value_minor for payment in done.payments) == value
    assert all(payment.amount_minor >= 0 for payment in done.payments)
    for source in _given(sources, done):
        assert source.given_minor <= source.paid_minor
        assert source.given_value_minor <= source.value_minor
    out = sum(p.amount_minor for p in done.payments if p.tender not in ("exchange", "points"))
    rows = sum(p.counts_in_drawer for p in done.payments)
    assert abs(out - (credit - used)) <= coins.step_minor * max(rows, 1)


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=4), st.booleans())
def test_what_is_kept_is_never_more_than_the_money_there_is(
    keep: int, paid: list[int], in_cash: bool
) -> None:
    sources = [Source(str(n), "card", "Bank card", amount, amount) for n, amount in enumerate(paid)]
    done = settle(sum(paid), sources, Wishes(CASH, NO_ROUNDING, in_cash, keep))
    assert done.kept_minor == min(keep, sum(paid))
    assert done.paid_back_minor == sum(paid) - done.kept_minor


def test_the_last_cent_of_a_discount_stays_where_it_was_shared() -> None:
    # 10.00 off three lines of 6.67: each has its own share, and gives back no more than that.
    shares = share_out(1000, [667, 667, 667])
    lines = [Sold(1000, 667 - share) for share in shares]
    assert [worth(line, 1000).amount_minor for line in lines] == [667 - share for share in shares]
    assert sum(worth(line, 1000).amount_minor for line in lines) == 3 * 667 - 1000
