"""Rules of points: what a sale earns, when points end, what a refund undoes."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.points.earning import (
    Birthday,
    Line,
    Occasion,
    Rule,
    RuleKind,
    earned,
    exchange_rule,
    gift_of,
    is_birthday,
    money_for,
    points_for,
    share_of_referrer,
)
from store_server.points.lots import Expiry, Lot, Part, after_debt, expiry_of, give_back, take
from store_server.points.reversal import Sold, undo

SHANGHAI = ZoneInfo("Asia/Shanghai")
SATURDAY = date(2026, 11, 21)
NOON = Occasion(datetime(2026, 11, 21, 12, 0, tzinfo=SHANGHAI), SATURDAY)
BASE = Rule(1, RuleKind.BASE, points=1, per_minor=100)
COLA, TOBACCO = 1, 2
DRINKS, FOOD = 10, 20


def sale(rules: Sequence[Rule], *lines: Line, paid: int | None = None, when: Occasion = NOON) -> int:
    total = sum(line.amount_minor for line in lines)
    return earned(rules, lines, total if paid is None else paid, when).points


def at(hour: int, minute: int = 0, day: date = SATURDAY, **more: object) -> Occasion:
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)
    return Occasion(local, day, **more)  # type: ignore[arg-type]


def test_one_point_for_each_yuan_and_no_part_of_one() -> None:
    assert sale([BASE], Line(999, COLA)) == 9
    assert sale([BASE], Line(99, COLA)) == 0


def test_it_is_rounded_down_once_per_sale_and_not_once_per_line() -> None:
    assert sale([BASE], Line(350, COLA), Line(350, COLA), Line(350, COLA)) == 10


def test_what_points_or_coupons_paid_earns_nothing() -> None:
    assert sale([BASE], Line(10_000, COLA), paid=4_000) == 40
    assert sale([BASE], Line(10_000, COLA), paid=0) == 0
    assert sale([BASE], Line(10_000, COLA), paid=99_999) == 100


def test_a_product_has_its_own_rate_before_its_category_and_the_base() -> None:
    tobacco = Rule(2, RuleKind.PRODUCT, product_id=TOBACCO, points=0, per_minor=100)
    drinks = Rule(3, RuleKind.CATEGORY, category_id=DRINKS, points=2, per_minor=100)
    food = Rule(4, RuleKind.CATEGORY, category_id=FOOD, points=5, per_minor=100)
    rules = [BASE, tobacco, drinks, food]
    assert sale(rules, Line(1_000, TOBACCO, (DRINKS, FOOD))) == 0
    assert sale(rules, Line(1_000, COLA, (DRINKS, FOOD))) == 20, "the nearest category counts"
    assert sale(rules, Line(1_000, COLA, (FOOD,))) == 50
    assert sale(rules, Line(1_000, COLA)) == 10


def test_a_sale_paid_in_part_earns_on_the_same_share_of_every_line() -> None:
    drinks = Rule(3, RuleKind.CATEGORY, category_id=DRINKS, points=3, per_minor=100)
    lines = (Line(5_000, COLA, (DRINKS,)), Line(5_000, COLA))
    assert sale([BASE, drinks], *lines) == 200
    assert sale([BASE, drinks], *lines, paid=5_000) == 100


def test_one_tier_multiplier_and_the_best_campaign_multiply_what_was_rounded() -> None:
    gold = Rule(5, RuleKind.TIER, tier=2, multiplier_ppm=1_500_000)
    saturday = Rule(6, RuleKind.CAMPAIGN, weekdays=frozenset({6}), multiplier_ppm=2_000_000)
    lunch = Rule(7, RuleKind.CAMPAIGN, from_minute=11 * 60, to_minute=13 * 60, multiplier_ppm=3_000_000)
    rules = [BASE, gold, saturday, lunch]
    assert sale(rules, Line(999, COLA)) == 27, "9 points, three times; not 9.99 three times"
    assert sale(rules, Line(999, COLA), when=at(15)) == 18
    assert sale(rules, Line(999, COLA), when=at(12, tier=2)) == 40, "9 x 1.5 x 3 = 40.5"
    got = earned(rules, [Line(999, COLA)], 999, at(12, tier=2))
    assert (got.base_points, got.rules) == (9, (1, 5, 7))


def test_a_campaign_keeps_its_days_hours_and_tier() -> None:
    week = Rule(
        8,
        RuleKind.CAMPAIGN,
        tier=1,
        first_day=date(2026, 11, 16),
        last_day=date(2026, 11, 22),
        from_minute=22 * 60,
        to_minute=2 * 60,
        multiplier_ppm=2_000_000,
    )
    rules, line = [BASE, week], Line(1_000, COLA)
    assert sale(rules, line, when=at(22, tier=1)) == 20
    assert sale(rules, line, when=at(1, 59, tier=1)) == 20, "over midnight"
    assert sale(rules, line, when=at(2, tier=1)) == 10
    assert sale(rules, line, when=at(22)) == 10
    assert sale(rules, line, when=at(22, day=date(2026, 11, 23), tier=1)) == 10


def test_a_birthday_doubles_on_the_day_or_in_the_month() -> None:
    on_day = Rule(9, RuleKind.CAMPAIGN, birthday=Birthday.DAY, multiplier_ppm=3_000_000)
    in_month = Rule(10, RuleKind.CAMPAIGN, birthday=Birthday.MONTH, multiplier_ppm=2_000_000)
    rules, line = [BASE, on_day, in_month], Line(1_000, COLA)
    assert sale(rules, line, when=at(12, birthday=(11, 21))) == 30
    assert sale(rules, line, when=at(12, birthday=(11, 3))) == 20
    assert sale(rules, line) == 10
    assert is_birthday((2, 29), date(2027, 2, 28))
    assert not is_birthday((2, 29), date(2028, 2, 28))
    assert is_birthday((2, 29), date(2028, 2, 29))


def test_a_rule_that_is_switched_off_does_not_apply() -> None:
    off = Rule(6, RuleKind.CAMPAIGN, active=False, multiplier_ppm=2_000_000)
    assert sale([BASE, off], Line(1_000, COLA)) == 10


def test_welcome_and_check_in_give_the_points_of_the_best_rule() -> None:
    rules = [
        Rule(1, RuleKind.CHECK_IN, points=5),
        Rule(2, RuleKind.CHECK_IN, points=8, weekdays=frozenset({6})),
        Rule(3, RuleKind.REGISTRATION, points=100),
    ]
    assert gift_of(rules, RuleKind.CHECK_IN, NOON) == 8
    assert gift_of(rules, RuleKind.REGISTRATION, NOON) == 100
    assert gift_of(rules, RuleKind.BIRTHDAY, NOON) == 0


def test_a_tier_pays_at_its_own_rate() -> None:
    everybody = Rule(1, RuleKind.SPEND, points=100, per_minor=100)
    gold = Rule(2, RuleKind.SPEND, tier=2, points=90, per_minor=100)
    assert exchange_rule([everybody, gold], RuleKind.SPEND, at(12, tier=2)) == gold
    assert exchange_rule([everybody, gold], RuleKind.SPEND, NOON) == everybody
    assert exchange_rule([], RuleKind.SPEND, NOON) is None
    assert points_for(1_001, gold) == 901, "rounded up"
    assert money_for(901, gold) == 1_001
    assert money_for(900, everybody) == 900


def test_who_brought_a_member_gets_a_share() -> None:
    share = Rule(1, RuleKind.REFERRAL_SHARE, points=1, per_minor=1_000)
    assert share_of_referrer([share], 9_999, NOON) == 9
    assert share_of_referrer([], 9_999, NOON) == 0


@given(
    st.lists(st.tuples(st.integers(0, 100_000), st.sampled_from([COLA, TOBACCO])), min_size=1, max_size=8),
    st.integers(0, 400_000),
)
def test_points_never_exceed_what_the_whole_amount_earns(amounts: list[tuple[int, int]], paid: int) -> None:
    half = Rule(2, RuleKind.PRODUCT, product_id=TOBACCO, points=1, per_minor=200)
    lines = [Line(amount, product) for amount, product in amounts]
    whole = sale([BASE, half], *lines)
    assert 0 <= sale([BASE, half], *lines, paid=paid) <= whole
    assert whole <= sum(line.amount_minor for line in lines) // 100


# Lots


def test_points_end_after_days_with_the_next_year_or_never() -> None:
    assert expiry_of(Expiry.DAYS, 30, SATURDAY) == date(2026, 12, 21)
    assert expiry_of(Expiry.NEXT_YEAR, 30, SATURDAY) == date(2027, 12, 31)
    assert expiry_of(Expiry.NEVER, 30, SATURDAY) is None


LOTS = [Lot(1, 50, None), Lot(2, 30, date(2027, 12, 31)), Lot(3, 20, date(2026, 12, 31))]


def test_what_ends_first_is_spent_first() -> None:
    assert take(LOTS, 60) == [Part(3, 20), Part(2, 30), Part(1, 10)]
    assert take(LOTS, 60, first=1) == [Part(1, 50), Part(3, 10)]
    assert take(LOTS, 500) == [Part(3, 20), Part(2, 30), Part(1, 50)]


def test_what_was_taken_last_goes_back_first() -> None:
    spent = [Part(3, 20), Part(2, 30), Part(1, 10)]
    assert give_back(spent, 0, 15) == [Part(1, 10), Part(2, 5)]
    assert give_back(spent, 15, 45) == [Part(2, 25), Part(3, 20)]
    assert after_debt([Part(1, 10), Part(2, 5)], 12) == [Part(2, 3)]


@given(st.lists(st.integers(1, 50), min_size=1, max_size=6), st.lists(st.integers(0, 120), max_size=6))
def test_giving_back_in_steps_fills_the_lots_as_one_step_does(taken: list[int], steps: list[int]) -> None:
    spent = [Part(lot, points) for lot, points in enumerate(taken)]
    total, done, back = sum(taken), 0, dict.fromkeys(range(len(taken)), 0)
    for step in [*steps, total]:
        step = min(step, total - done)
        for part in give_back(spent, done, step):
            back[part.lot_id] += part.points
        done += step
    assert [back[lot] for lot in range(len(taken))] == taken


# Refunds


@given(
    st.integers(1, 10**6),
    st.integers(0, 10**5),
    st.integers(0, 10**5),
    st.lists(st.integers(0, 10**6), max_size=10),
)
def test_partial_refunds_add_up_to_one_full_refund(
    total: int, earned_points: int, spent: int, returned: list[int]
) -> None:
    earned_undone = spent_undone = 0
    for so_far in [*sorted(min(each, total) for each in returned), total, total]:
        sold = Sold(total, earned_points, spent, 0, earned_undone, spent_undone)
        rest = undo(sold, so_far)
        assert rest.earned >= 0
        assert rest.spent >= 0
        earned_undone += rest.earned
        spent_undone += rest.spent
        assert earned_undone <= earned_points
    assert (earned_undone, spent_undone) == (earned_points, spent)


@pytest.mark.parametrize("returned", [-5, 0])
def test_nothing_returned_undoes_nothing(returned: int) -> None:
    rest = undo(Sold(1_000, 10, 5, 3), returned)
    assert (rest.earned, rest.spent, rest.shared) == (0, 0, 0)
    assert undo(Sold(0, 0, 5), 100).spent == 0
