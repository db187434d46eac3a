"""Goods come back: growth, tier, visits and spending go with them, in however many parts."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from points_ledger import FIRST_DAY, PointsBooks
from retail_reckoning import TIERS, Held, Ladder

from protocol.identifiers import MemberId, ProductId, SaleId
from store_server.members import standing
from store_server.members.checks import wrong_members
from store_server.members.refunds import LAST_VISIT, PAST, SALE, UNDONE, Reversal, reverse_for_refund
from store_server.members.standing import Purchase
from store_server.members.tier_rules import Tier

COLA = ProductId(1)
LIFE = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 90_000), st.integers(0, 40)),
        st.tuples(st.just("return"), st.integers(0, 8), st.integers(0, 100)),
    ),
    max_size=30,
)
"""(`buy`, amount, days later) or (`return`, which sale, up to so many per cent of it)."""


def open_store() -> PointsBooks:
    books = PointsBooks()
    books.db.execute(
        "INSERT INTO products (product_id, code, name, pinyin, unit, by_weight, price_minor, on_sale, "
        "open_price, supplier, picture) VALUES (1, 'COLA', '可乐', '', '', 0, 350, 1, 0, '', '')"
    )
    books.db.executemany(
        "INSERT INTO tiers VALUES (?,?,?,0,?,?,?,'')",
        [(1, "Silver", 100, 6, 40, 10), (2, "Gold", 500, 12, 200, 0), (3, "Diamond", 2000, 12, 1000, 0)],
    )
    books.set(language="en")
    return books


@pytest.fixture
def shop() -> Iterator[PointsBooks]:
    books = open_store()
    yield books
    assert list(wrong_members(books.db)) == []
    books.db.close()


def buy(shop: PointsBooks, member: MemberId, amount: int) -> str:
    """One growth for each unit of money, as in a new store."""
    sale = SaleId(shop.next_id())
    purchase = Purchase(sale, shop.day.isoformat(), amount, ((COLA, 1000, amount),))
    standing.note_sale(shop.work, member, purchase)
    return sale


def bring_back(shop: PointsBooks, sale: str, value: int) -> Reversal:
    return reverse_for_refund(shop.work, sale, value, shop.day)


def growth(shop: PointsBooks, member: MemberId) -> int:
    return standing.standing_of(shop.db, member).growth


def tier(shop: PointsBooks, member: MemberId) -> int:
    return standing.standing_of(shop.db, member).tier


def visits(shop: PointsBooks, member: MemberId) -> tuple[int, int, str] | None:
    row = shop.db.execute(
        "SELECT visits, spent_minor, last_date FROM member_visits WHERE member_id = ?", (member,)
    ).fetchone()
    return None if row is None else tuple(row)


def test_what_comes_back_was_never_bought(shop: PointsBooks) -> None:
    member = shop.member()
    buy(shop, member, 3_000)
    shop.turn_to(date(2026, 1, 9))
    sale = buy(shop, member, 8_000)
    assert (growth(shop, member), visits(shop, member)) == (110, (2, 11_000, "2026-01-09"))
    assert bring_back(shop, sale, 2_000) == Reversal(20, 0, 2_000)
    assert (growth(shop, member), visits(shop, member)) == (90, (2, 9_000, "2026-01-09"))
    assert bring_back(shop, sale, 8_000) == Reversal(60, 1, 6_000)
    assert (growth(shop, member), visits(shop, member)) == (30, (1, 3_000, "2026-01-01"))
    assert bring_back(shop, sale, 8_000) == Reversal(), "asked twice it does nothing"


def test_who_brought_everything_back_has_never_bought(shop: PointsBooks) -> None:
    member = shop.member()
    sale = buy(shop, member, 8_000)
    bring_back(shop, sale, 8_000)
    assert visits(shop, member) is None
    buy(shop, member, 500)
    assert visits(shop, member) == (1, 500, "2026-01-01")


def test_growth_by_points_goes_back_with_the_goods(shop: PointsBooks) -> None:
    shop.db.execute("INSERT INTO growth_rules (basis, growth_thousandths) VALUES ('points', 500)")
    member, sale = shop.member(), SaleId("s")
    standing.note_points(shop.work, member, 80, shop.day.isoformat(), sale)
    lines = ((COLA, 1000, 8_000),)
    standing.note_sale(shop.work, member, Purchase(sale, shop.day.isoformat(), 8_000, lines))
    assert growth(shop, member) == 120
    assert bring_back(shop, sale, 2_000).growth == 30
    assert bring_back(shop, sale, 8_000).growth == 90
    assert growth(shop, member) == 0


def test_a_tier_that_the_goods_had_brought_goes_back_with_them(shop: PointsBooks) -> None:
    member = shop.member()
    buy(shop, member, 15_000)
    shop.turn_to(date(2026, 2, 1))
    buy(shop, member, 2_000)
    silver = standing.standing_of(shop.db, member)
    shop.turn_to(date(2026, 3, 1))
    sale = buy(shop, member, 50_000)
    assert tier(shop, member) == 2
    shop.turn_to(date(2026, 3, 10))
    bring_back(shop, sale, 16_000)
    assert tier(shop, member) == 2, "510 is still enough for Gold"
    bring_back(shop, sale, 50_000)
    assert standing.standing_of(shop.db, member) == silver, "Silver lasts no longer than it would have"
    row = shop.db.execute("SELECT * FROM tier_changes ORDER BY change_id DESC").fetchone()
    assert (row["from_tier"], row["to_tier"], row["change"], row["reference"]) == (2, 1, "refund", sale)
    assert row["reason"] == "Goods came back: the growth value is 170, Gold needs 500."


def test_who_had_jumped_over_a_tier_falls_to_it_and_then_further(shop: PointsBooks) -> None:
    member = shop.member()
    sale = buy(shop, member, 60_000)
    shop.turn_to(date(2026, 1, 20))
    bring_back(shop, sale, 40_000)
    stands = standing.standing_of(shop.db, member)
    assert (stands.tier, stands.since) == (1, FIRST_DAY), "Silver since the purchase"
    bring_back(shop, sale, 60_000)
    assert (tier(shop, member), growth(shop, member)) == (0, 0)
    assert buy(shop, member, 60_000)
    assert tier(shop, member) == 2


def test_a_tier_by_hand_is_not_taken_by_a_refund(shop: PointsBooks) -> None:
    member = shop.member()
    standing.give_tier(shop.work, member, 1, "a neighbour", shop.day)
    sale = buy(shop, member, 60_000)
    assert tier(shop, member) == 2
    bring_back(shop, sale, 60_000)
    assert (tier(shop, member), growth(shop, member)) == (1, 0)


def test_goods_that_came_back_do_not_keep_a_tier(shop: PointsBooks) -> None:
    member = shop.member()
    buy(shop, member, 15_000)
    shop.turn_to(date(2026, 6, 20))
    sale = buy(shop, member, 4_500)
    bring_back(shop, sale, 1_000)
    standing.review_member(shop.work, member, date(2026, 7, 1), standing.tiers(shop.db))
    last = shop.db.execute("SELECT change FROM tier_changes ORDER BY change_id DESC").fetchone()
    assert last["change"] == "grace", "35 grew, 40 would keep it"


def test_goods_from_before_a_tier_was_kept_are_grown_anew(shop: PointsBooks) -> None:
    member = shop.member()
    buy(shop, member, 15_000)
    shop.turn_to(date(2026, 6, 20))
    sale = buy(shop, member, 4_500)
    shop.turn_to(date(2026, 7, 2))
    bring_back(shop, sale, 4_500)
    stands = standing.standing_of(shop.db, member)
    assert (stands.tier, stands.growth, stands.grown_since) == (1, 150, -45)
    buy(shop, member, 5_000)
    assert standing.standing_of(shop.db, member).grown_since == 5


def test_growth_that_a_lost_tier_took_is_not_taken_twice(shop: PointsBooks) -> None:
    member = shop.member()
    sale = buy(shop, member, 52_000)
    later = date(2027, 1, 2)
    standing.review_member(shop.work, member, later, standing.tiers(shop.db))
    assert (tier(shop, member), growth(shop, member)) == (1, 100)
    shop.turn_to(later)
    assert bring_back(shop, sale, 52_000).growth == 520
    assert (tier(shop, member), growth(shop, member)) == (1, 0), "it is decided when the time of Silver ends"
    buy(shop, member, 1_000)
    assert bring_back(shop, sale, 52_000) == Reversal()
    assert growth(shop, member) == 10


def test_goods_of_a_merged_member_are_taken_from_the_one_who_was_kept(shop: PointsBooks) -> None:
    kept, gone = shop.member(), shop.member()
    sale, other = buy(shop, gone, 9_000), buy(shop, kept, 5_000)
    shop.db.execute("UPDATE members SET state = 'merged', merged_into = ? WHERE member_id = ?", (kept, gone))
    standing.hand_over(shop.work, kept, gone, shop.day.isoformat(), "one person")
    assert (growth(shop, kept), tier(shop, kept), visits(shop, kept)) == (140, 1, (2, 14_000, "2026-01-01"))
    bring_back(shop, other, 5_000)
    bring_back(shop, sale, 4_500)
    assert (growth(shop, kept), tier(shop, kept), visits(shop, kept)) == (45, 0, (1, 4_500, "2026-01-01"))


@given(LIFE)
@settings(max_examples=60, deadline=None)
def test_all_parts_together_are_the_whole(life: list[tuple[str, int, int]]) -> None:
    shop = open_store()
    member = shop.member()
    sold: list[tuple[str, int, int]] = []
    back: dict[str, int] = {}
    undone: dict[str, list[Reversal]] = {}
    for what, one, two in life:
        if what == "buy":
            shop.turn_to(shop.day + timedelta(days=two % 3))
            sold.append((buy(shop, member, one), one, one // 100))
        elif sold:
            sale, total, _grown = sold[one % len(sold)]
            back[sale] = max(back.get(sale, 0), total * two // 100)
            undone.setdefault(sale, []).append(bring_back(shop, sale, total * two // 100))
    for sale, total, grown in sold:
        parts = undone.get(sale, [])
        if total:
            assert sum(part.growth for part in parts) == grown * back.get(sale, 0) // total
            assert sum(part.spent_minor for part in parts) == back.get(sale, 0)
            assert sum(part.visits for part in parts) == (back.get(sale, 0) == total)
    kept = sum(grown for _sale, _total, grown in sold) - sum(
        part.growth for parts in undone.values() for part in parts
    )
    stands = standing.standing_of(shop.db, member)
    assert (stands.growth, stands.tier) == (kept, sum(kept >= needed for needed in (100, 500, 2000)))
    assert list(wrong_members(shop.db)) == []
    for sale, total, _grown in sold:
        bring_back(shop, sale, total)
    free = sum(total == 0 for _sale, total, _grown in sold)
    stands, seen = standing.standing_of(shop.db, member), visits(shop, member)
    assert (stands.growth, stands.tier, stands.grown_since) == (0, 0, 0)
    assert (seen is None) if not free else (seen is not None and seen[:2] == (free, 0))
    assert list(wrong_members(shop.db)) == []
    shop.db.close()


@given(st.lists(st.tuples(st.sampled_from("bbr"), st.integers(0, 150_000), st.integers(0, 40)), max_size=40))
@settings(max_examples=60, deadline=None)
def test_tiers_are_those_of_a_ladder_that_is_looked_at_each_day(life: list[tuple[str, int, int]]) -> None:
    """Buy, bring a part back, let days go by; the server looks only when something happens."""
    shop = open_store()
    tiers = [Tier(rank, r.name, r.needed, 0, r.months, r.keep, r.grace) for rank, r in enumerate(TIERS)]
    standing.replace_tiers(shop.db, tiers)
    member, ladder = shop.member(), Ladder([Held(0, False, FIRST_DAY)])
    sold: list[tuple[str, int]] = []
    back: dict[str, int] = {}
    for what, amount, days in life:
        for _day in range(days):
            shop.turn_to(shop.day + timedelta(days=1))
            ladder.look(shop.day)
        if what == "b":
            sold.append((buy(shop, member, amount), amount))
            ladder.grow(amount // 100, shop.day)
        elif sold:
            sale, total = sold[amount % len(sold)]
            before, value = back.get(sale, 0), max(back.get(sale, 0), total * (amount % 101) // 100)
            back[sale] = value
            bring_back(shop, sale, value)
            if total:
                whole = total // 100
                ladder.shrink(whole * value // total - whole * before // total, shop.day)
        stands = standing.review_member(shop.work, member, shop.day, standing.tiers(shop.db))
        top = ladder.held[-1]
        shown = (
            stands.tier,
            stands.since,
            stands.until,
            stands.grace_until,
            stands.growth,
            stands.grown_since,
        )
        assert shown == (top.rank, top.since, ladder.end(), ladder.grace, ladder.growth, top.grown)
    assert list(wrong_members(shop.db)) == []
    shop.db.close()


def test_the_check_finds_spending_that_somebody_wrote_into_the_file() -> None:
    shop = open_store()
    member = shop.member()
    sale = buy(shop, member, 9_000)
    shop.db.execute("UPDATE member_visits SET spent_minor = 1")
    assert [which for which, _wrong in wrong_members(shop.db)] == [member]
    shop.db.execute("UPDATE member_visits SET spent_minor = 9000")
    shop.db.execute(
        "INSERT INTO member_returns (sale_id, at, business_date, growth, visits, spent_minor) "
        "VALUES (?, '', '', 91, 0, 0)",
        (sale,),
    )
    assert [which for which, _wrong in wrong_members(shop.db)] == [sale]
    for change in ("UPDATE member_sales SET growth = 0", "DELETE FROM member_sales"):
        with pytest.raises(Exception, match="never"):
            shop.db.execute(change)
    for change in ("UPDATE member_returns SET growth = 0", "DELETE FROM member_returns"):
        with pytest.raises(Exception, match="never"):
            shop.db.execute(change)
    shop.db.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (SALE, "SEARCH member_sales USING PRIMARY KEY (sale_id=?)"),
        (UNDONE, "SEARCH member_returns USING INDEX member_returns_by_sale (sale_id=?)"),
        (LAST_VISIT, "SEARCH s USING INDEX member_sales_by_member (member_id=?)"),
        (PAST, "SEARCH tier_changes USING INDEX tier_changes_by_member (member_id=?)"),
    ],
)
def test_a_refund_looks_at_its_own_sale_alone(shop: PointsBooks, query: str, found: str) -> None:
    plan = [row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {query}", (1,))]
    assert plan[0] == found
    assert not any("SCAN" in line or "TEMP B-TREE" in line for line in plan), plan
