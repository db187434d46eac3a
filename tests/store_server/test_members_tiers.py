"""Tiers: reached by growth, kept or lost by rule, each change with its reason."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop_counter import Shop, open_shop

from protocol.identifiers import MemberId
from protocol.messages.members import (
    GiveTier,
    GrowthRules,
    GrowthRuleView,
    ListTierChanges,
    ListTiers,
    MemberFound,
    RegisterMember,
    SaveGrowthRules,
    SaveTiers,
    TierChanges,
    Tiers,
    TierView,
)
from store_server.members import standing
from store_server.members.checks import wrong_members
from store_server.members.tier_rules import (
    GrowthRule,
    Standing,
    Tier,
    add_months,
    entered,
    grow,
    growth_of_sale,
    review,
)
from store_server.members.tier_rules import (
    given as given_tier,
)

TIERS = [
    Tier(0, "Member"),
    Tier(1, "Silver", 100, 30_000, 6, 40, 10),
    Tier(2, "Gold", 500, 50_000, 12, 200, 30),
    Tier(3, "Diamond", 2000, 100_000, 12, 1000, 0),
]
FIRST = date(2026, 1, 1)
LIFE = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 700)), max_size=25)
"""(days that pass, growth)."""


def begin() -> Standing:
    return entered(TIERS[0], FIRST, 0)


def test_growth_brings_the_highest_tier_that_it_reaches_at_once() -> None:
    stands, change = grow(TIERS, begin(), 600, FIRST)
    assert (stands.tier, stands.until) == (2, date(2026, 12, 31))
    assert change is not None
    assert (change.from_tier, change.to_tier, change.change) == (0, 2, "upgrade")


def test_a_tier_that_is_kept_goes_on_for_as_long_again() -> None:
    stands, _change = grow(TIERS, begin(), 150, FIRST)
    stands, _change = grow(TIERS, stands, 40, date(2026, 3, 1))
    stands, changes = review(TIERS, stands, date(2026, 7, 1))
    assert [each.change for each in changes] == ["keep"]
    assert (stands.since, stands.until, stands.grown_since) == (date(2026, 7, 1), date(2026, 12, 31), 0)


def test_one_who_does_not_keep_it_has_grace_and_is_then_one_tier_lower() -> None:
    stands, _change = grow(TIERS, begin(), 550, FIRST)
    stands, changes = review(TIERS, stands, date(2027, 1, 1))
    assert ([each.change for each in changes], stands.tier) == (["grace"], 2)
    assert stands.grace_until == date(2027, 1, 30)
    stands, changes = review(TIERS, stands, date(2027, 1, 30))
    assert changes == []
    stands, changes = review(TIERS, stands, date(2027, 1, 31))
    assert [(each.from_tier, each.to_tier, each.growth) for each in changes] == [(2, 1, -450)]
    assert (stands.tier, stands.growth) == (1, 100)


def test_a_tier_can_still_be_kept_in_the_days_of_grace() -> None:
    stands, _change = grow(TIERS, begin(), 550, FIRST)
    stands, _changes = review(TIERS, stands, date(2027, 1, 5))
    stands, change = grow(TIERS, stands, 200, date(2027, 1, 20))
    assert change is not None
    assert (change.change, stands.tier, stands.since) == ("keep", 2, date(2027, 1, 20))


def test_a_tier_given_by_hand_and_taken_again_leaves_growth_that_fits() -> None:
    up, _change = given_tier(TIERS, begin(), 2, FIRST)
    assert (up.tier, up.growth) == (2, 0)
    grown, _change = grow(TIERS, up, 550, FIRST)
    down, change = given_tier(TIERS, grown, 1, FIRST)
    assert (down.tier, down.growth, change.growth) == (1, 499, -51)


@given(LIFE)
@settings(max_examples=300)
def test_looking_once_gives_the_same_as_looking_every_day(life: list[tuple[int, int]]) -> None:
    seldom = often = begin()
    day = FIRST
    for days, amount in life:
        for _each in range(days):
            day += timedelta(days=1)
            often, _changes = review(TIERS, often, day)
        seldom, _changes = review(TIERS, seldom, day)
        assert seldom == often
        assert review(TIERS, seldom, day) == (seldom, [])
        seldom, _change = grow(TIERS, seldom, amount, day)
        often, _change = grow(TIERS, often, amount, day)


@given(LIFE)
@settings(max_examples=300)
def test_growth_is_the_sum_of_its_rows_and_no_tier_comes_from_nowhere(life: list[tuple[int, int]]) -> None:
    stands, day, rows = begin(), FIRST, 0
    for days, amount in life:
        day += timedelta(days=days)
        stands, changes = review(TIERS, stands, day)
        assert all(each.to_tier in (each.from_tier, each.from_tier - 1) for each in changes)
        rows += sum(each.growth for each in changes)
        before = stands.tier
        stands, _change = grow(TIERS, stands, amount, day)
        rows += amount
        assert stands.tier >= before
        assert stands.growth == rows >= TIERS[stands.tier].growth_needed
        assert stands.tier + 1 == len(TIERS) or stands.growth < TIERS[stands.tier + 1].growth_needed
        assert stands.until is None or stands.until >= day or stands.grace_until is not None


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def test_rules_of_growth_are_added_up_and_rounded_down_once() -> None:
    rules = [GrowthRule("spend", 1000), GrowthRule("spend", 500, 7), GrowthRule("visit", 5000)]
    lines = [(1990, frozenset({7, 1})), (1999, frozenset({2}))]
    assert growth_of_sale(rules, lines, 100, True) == 39 + 9 + 5
    assert growth_of_sale(rules, lines, 100, False) == 39 + 9


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    views = tuple(TierView(**{name: getattr(tier, name) for name in TierView.model_fields}) for tier in TIERS)
    shop.do(Tiers, SaveTiers(tiers=views), "boss")
    yield shop
    shop.db.close()


def register(shop: Shop) -> MemberId:
    return shop.do(MemberFound, RegisterMember(name="王小明")).member.member_id


@pytest.mark.parametrize(
    ("tiers", "code"),
    [
        ((TierView(tier=1, name="x"),), "bad_ranks"),
        ((TierView(tier=0, name="x", growth_needed=5),), "bad_first"),
        ((TierView(tier=0, name="x"), TierView(tier=1, name="y")), "bad_first"),
        (
            (TierView(tier=0, name="x"), TierView(tier=1, name="y", growth_needed=1, growth_to_keep=2)),
            "bad_keep",
        ),
        ((TierView(tier=0, name="x", discount_ppm=1_000_000),), "bad_discount"),
        ((TierView(tier=0, name="x"), TierView(tier=1, name="x", growth_needed=1)), "bad_name"),
    ],
)
def test_a_table_of_tiers_that_cannot_be_is_refused(
    shop: Shop, tiers: tuple[TierView, ...], code: str
) -> None:
    assert shop.refusal(SaveTiers(tiers=tiers), "boss").code == code


def test_a_tier_that_somebody_has_cannot_be_taken_away(shop: Shop) -> None:
    shop.ask_ok(GiveTier(member_id=register(shop), tier=3, reason="founder"), "boss")
    fewer = (TierView(tier=0, name="x"), TierView(tier=1, name="y", growth_needed=1))
    assert shop.refusal(SaveTiers(tiers=fewer), "boss").code == "tier_in_use"


def test_a_tier_that_somebody_has_keeps_its_rank(shop: Shop) -> None:
    """Members go by the rank: a tier put in below would give all of them another discount."""
    shop.ask_ok(GiveTier(member_id=register(shop), tier=2, reason="founder"), "boss")
    now = shop.do(Tiers, ListTiers()).tiers
    rest = (now[0], now[2], now[3])
    between = (now[0], now[1], TierView(tier=2, name="New", growth_needed=now[2].growth_needed - 1), *now[2:])
    lower = now[3].model_copy(update={"growth_needed": 500, "growth_to_keep": 0})
    swapped = (*now[:2], lower, now[2].model_copy(update={"growth_needed": 2000}))
    for tiers in (rest, between, swapped):
        ranked = tuple(tier.model_copy(update={"tier": rank}) for rank, tier in enumerate(tiers))
        assert shop.refusal(SaveTiers(tiers=ranked), "boss").code == "tier_moved"
    renamed = (*now[:2], now[2].model_copy(update={"name": "Moon"}), *now[3:])
    assert shop.do(Tiers, SaveTiers(tiers=renamed), "boss").tiers[2].name == "Moon"
    top = TierView(tier=4, name="Top", growth_needed=now[3].growth_needed + 1)
    assert len(shop.do(Tiers, SaveTiers(tiers=(*renamed, top)), "boss").tiers) == 5


def test_every_change_is_a_row_with_its_reason(shop: Shop) -> None:
    member = register(shop)
    shop.ask_ok(GiveTier(member_id=member, tier=2, reason="founder"), "boss")
    changes = shop.do(TierChanges, ListTierChanges(member_id=member)).changes
    assert [(each.from_tier, each.to_tier, each.change, each.reason) for each in changes] == [
        (0, 2, "by_hand", "founder")
    ]
    assert shop.refusal(GiveTier(member_id=member, tier=9, reason="x"), "boss").code == "no_such_tier"
    assert shop.refusal(GiveTier(member_id=member, tier=1, reason="x")).code == "approval_needed"


def test_the_daily_review_lowers_what_has_run_out_and_is_safe_to_run_twice(shop: Shop) -> None:
    members = [register(shop) for _each in range(5)]
    for member in members:
        shop.ask_ok(GiveTier(member_id=member, tier=3, reason="founder"), "boss")
    day = "2027-11-22"

    def run() -> int:
        place: tuple[str, int] | None = ("", 0)
        steps = 0
        while place is not None:
            at = place
            place, _facts = shop.dispatcher.act(
                shop.books,
                "store-server",
                lambda work, at=at: standing.review_due(work, day, at, 2),  # type: ignore[misc, arg-type]
            )
            steps += 1
        return steps

    assert run() == 3
    rows = shop.db.execute("SELECT count(*) FROM tier_changes WHERE change = 'downgrade'").fetchone()[0]
    assert rows == len(members)
    run()
    assert list(wrong_members(shop.db)) == []
    assert (
        shop.db.execute("SELECT count(*) FROM tier_changes WHERE change = 'downgrade'").fetchone()[0] == rows
    )


def test_growth_rules_name_categories_that_are_there(shop: Shop) -> None:
    wrong = GrowthRuleView(basis="spend", growth_thousandths=1, category_id=99)  # type: ignore[arg-type]
    assert shop.refusal(SaveGrowthRules(rules=(wrong,)), "boss").code == "no_such_category"
    visit = GrowthRuleView(basis="visit", growth_thousandths=3000)
    assert shop.do(GrowthRules, SaveGrowthRules(rules=(visit,)), "boss").rules == (visit,)


def test_the_check_of_the_books_tells_a_growth_value_that_nobody_wrote_down(shop: Shop) -> None:
    member = register(shop)
    assert list(wrong_members(shop.db)) == []
    shop.db.execute("UPDATE member_standings SET growth = 7, tier = 1 WHERE member_id = ?", (member,))
    assert [which for which, _wrong in wrong_members(shop.db)] == [member, member]
