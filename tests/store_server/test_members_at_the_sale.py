"""A member beside the sale: repriced at once, taken off likewise, and what stays in the books."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_counter import MORNING, Shop, open_shop

from protocol.identifiers import LaneCode, MemberId, SaleId
from protocol.messages.members import (
    GiveTier,
    MemberFound,
    MemberTierChanged,
    RegisterMember,
    SaveTiers,
    Tiers,
    TierView,
)
from protocol.messages.profiles import MergeMembers
from protocol.messages.sales import (
    AttachMember,
    Basket,
    BasketView,
    DetachMember,
    ListSales,
    OverridePrice,
    ParkSale,
    RecallSale,
    SaleFinished,
    SaleRows,
)
from store_server.pricing.unit_price import tier_price, unit_price

S = SaleId("sale-1")
LANE = LaneCode("1")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    tiers = (
        TierView(tier=0, name="Member"),
        TierView(tier=1, name="Gold", growth_needed=100, discount_ppm=50_000),
        TierView(tier=2, name="Diamond", growth_needed=1000, discount_ppm=200_000),
    )
    shop.do(Tiers, SaveTiers(tiers=tiers), "boss")
    yield shop
    shop.db.close()


def member(shop: Shop, tier: int = 1, name: str = "王小明", phone: str = "") -> MemberId:
    member_id = shop.do(MemberFound, RegisterMember(name=name, phone=phone)).member.member_id
    if tier:
        shop.ask_ok(GiveTier(member_id=member_id, tier=tier, reason="opening gift"), "boss")
    return member_id


def attach(shop: Shop, member_id: MemberId, sale: SaleId = S) -> BasketView:
    return shop.do(Basket, AttachMember(sale_id=sale, lane=LANE, member_id=member_id)).basket


def test_attaching_reprices_the_whole_basket_and_detaching_does_likewise(shop: Shop) -> None:
    shop.scan(S, "COLA", 3000)
    before = shop.scan(S, "WATER")
    after = attach(shop, member(shop))
    assert [line.unit_price_minor for line in after.lines] == [333, 190]  # 332.5 is rounded half up
    assert after.total_minor == 3 * 333 + 190
    assert [line.price_reason for line in after.lines] == ["member price", "member price"]
    assert (after.member_name, after.member_tier_name, after.member_discount_ppm) == (
        "王小明",
        "Gold",
        50_000,
    )
    taken_off = shop.do(Basket, DetachMember(sale_id=S)).basket
    assert taken_off.lines == before.lines
    assert taken_off.member_id is None
    assert taken_off.total_minor == before.total_minor


def test_the_order_of_member_and_scans_does_not_matter(shop: Shop) -> None:
    gold = member(shop)
    attach(shop, gold)
    shop.scan(S, "COLA")
    first = shop.scan(S, "CRISPS")
    shop.pay(S, first.due_minor)
    shop.finish(S)
    other = SaleId("sale-2")
    shop.scan(other, "COLA")
    shop.scan(other, "CRISPS")
    second = attach(shop, gold, other)
    assert [line.amount_minor for line in second.lines] == [line.amount_minor for line in first.lines]


def test_a_promotional_price_stands_unless_the_shop_gives_the_lower_one(shop: Shop) -> None:
    diamond = member(shop, 2)
    shop.scan(S, "CRISPS")  # 9.50, on promotion at 8.00; the tier's price would be 7.60
    assert attach(shop, diamond).total_minor == 800
    shop.ask_ok(DetachMember(sale_id=S))
    shop.setting("member_price", "lower")
    assert attach(shop, diamond).total_minor == 760
    assert shop.do(Basket, DetachMember(sale_id=S)).basket.total_minor == 800


def test_a_price_by_hand_and_a_printed_one_stay_as_they_are(shop: Shop) -> None:
    shop.scan(S, "COLA")
    approval = shop.approve(OverridePrice.permission)  # type: ignore[arg-type]
    shop.ask_ok(OverridePrice(sale_id=S, line=1, unit_price_minor=300, reason="dented"), approval=approval)
    shop.scan(S, "GIFT", price_minor=5000)
    assert [line.unit_price_minor for line in attach(shop, member(shop)).lines] == [300, 5000]


def test_more_of_the_same_joins_the_line_at_the_member_price(shop: Shop) -> None:
    attach(shop, member(shop))
    shop.scan(S, "COLA")
    basket = shop.scan(S, "COLA")
    assert len(basket.lines) == 1
    assert basket.total_minor == 666


def test_another_member_takes_the_place_of_the_first(shop: Shop) -> None:
    shop.scan(S, "COLA")
    attach(shop, member(shop, 2))
    basket = attach(shop, member(shop, 1, "李四"))
    assert (basket.member_name, basket.total_minor) == ("李四", 333)


def test_a_parked_basket_keeps_its_member(shop: Shop) -> None:
    shop.scan(S, "COLA")
    attach(shop, member(shop))
    shop.ask_ok(ParkSale(sale_id=S))
    recalled = shop.do(Basket, RecallSale(sale_id=S, lane=LANE)).basket
    assert (recalled.member_name, recalled.total_minor) == ("王小明", 333)


def test_the_finished_sale_keeps_member_and_tier_and_tells_them(shop: Shop) -> None:
    gold = member(shop)
    attach(shop, gold)
    basket = shop.scan(S, "COLA")
    shop.pay(S, basket.due_minor)
    shop.finish(S)
    told = next(fact for fact in shop.facts if isinstance(fact, SaleFinished))
    assert (told.member_id, told.member_tier) == (gold, 1)
    row = shop.db.execute("SELECT * FROM sales WHERE sale_id = ?", (S,)).fetchone()
    assert (row["member_tier_name"], row["member_discount_ppm"]) == ("Gold", 50_000)


def test_a_sale_lets_the_member_grow_and_brings_the_next_tier_in_the_same_transaction(shop: Shop) -> None:
    plain = member(shop, 0)
    attach(shop, plain)
    shop.scan(S, "BASKET")
    basket = shop.scan(S, "COLA")
    shop.pay(S, basket.due_minor)
    shop.finish(S)  # 99.00 + 3.50 = 102 growth values
    told = [fact for fact in shop.facts if isinstance(fact, MemberTierChanged)]
    assert [(fact.from_tier, fact.to_tier, fact.change) for fact in told] == [(0, 1, "upgrade")]
    growth = shop.db.execute("SELECT growth FROM member_standings WHERE member_id = ?", (plain,)).fetchone()
    assert growth[0] == 102
    visits = shop.db.execute("SELECT visits, spent_minor FROM member_visits").fetchone()
    assert tuple(visits) == (1, 10_250)
    assert shop.now > MORNING


@given(st.integers(1, 10**9), st.integers(0, 999_999))
def test_a_tier_price_is_never_nothing_and_never_above_the_selling_price(price: int, ppm: int) -> None:
    assert 1 <= tier_price(price, ppm) <= price


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 999_999), st.booleans())
def test_no_member_pays_more_than_anybody(price: int, promotion: int, ppm: int, lower: bool) -> None:
    assert unit_price(price, promotion, "promotion", ppm, lower)[0] <= promotion
    assert unit_price(price, price, "", ppm, lower)[0] == tier_price(price, ppm)


def test_the_sales_of_a_member_are_listed_with_those_of_one_merged_into_them(shop: Shop) -> None:
    kept, gone = member(shop, name="王小明"), member(shop, name="王明")
    numbers = []
    for sale, who in (("sale-1", kept), ("sale-2", gone), ("sale-3", None), ("sale-4", kept)):
        shop.scan(sale, "COLA")
        if who is not None:
            attach(shop, who, SaleId(sale))
        numbers.append(shop.sell(sale, "COLA").receipt_number)
    of_kept = ListSales(member_id=kept)
    assert _receipts(shop, of_kept) == [numbers[3], numbers[0]]
    shop.ask_ok(MergeMembers(keep_id=kept, merge_id=gone, reason="the same person"), "boss")
    assert _receipts(shop, of_kept) == [numbers[3], numbers[1], numbers[0]]
    assert _receipts(shop, ListSales(member_id=kept, limit=1, offset=1)) == [numbers[1]]
    assert _receipts(shop, ListSales(member_id=kept, business_date="2020-01-01")) == []


def _receipts(shop: Shop, query: ListSales) -> list[str]:
    return [row.receipt_number for row in shop.do(SaleRows, query, "boss").sales]
