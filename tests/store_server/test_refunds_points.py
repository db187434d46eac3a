"""Points of goods that come back: in the proportion of the value, and exactly all in the end (PTS-4)."""

from collections.abc import Iterator

import pytest
from refund_counter import (
    LANE,
    back,
    exchange,
    give_back,
    give_points,
    look,
    points,
    preview,
    register,
    rule,
    sell_to,
    tax,
    wanted,
    went_back,
)
from shop_counter import Shop, open_shop, paper

from protocol.identifiers import SaleId
from protocol.messages.members import GetMember, MemberFound
from protocol.messages.points import PointsRuleKind
from protocol.messages.profiles import CloseMember, EraseMember, MergeMembers
from protocol.messages.refunds import ExchangeSale
from protocol.messages.sales import FinishSale
from store_server.store.verification import verify_books


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def test_earned_points_go_and_spent_ones_come_back(shop: Shop) -> None:
    member = register(shop)
    give_points(shop, member, 1000)
    sell_to(shop, "s", member, "BASKET", "COLA", by_points=1000)
    assert points(shop, member) == 92
    found = look(shop, sale="s")
    assert (found.points_to_take, found.points_to_return, found.member_name) == (92, 1000, "王芳")
    first = give_back(shop, "s", back(1))
    assert went_back(first) == [("points", 966), ("cash", 8934)]
    assert (first.refund.points_taken, first.refund.points_returned) == (88, 965)
    assert "Points given back | 965" in paper(first.slip)
    second = give_back(shop, "s", back(2))
    assert went_back(second) == [("points", 34), ("cash", 316)]
    assert points(shop, member) == 1000
    assert (shop.balance("tender", "points"), shop.balance("drawer", "1")) == (0, 20_000)


def test_points_are_never_paid_in_cash(shop: Shop) -> None:
    shop.setting("refund_in_cash", "yes")
    member = register(shop)
    give_points(shop, member, 1000)
    sell_to(shop, "s", member, "BASKET", by_points=1000)
    done = give_back(shop, "s", back(1), in_cash=True)
    assert went_back(done) == [("points", 1000), ("cash", 8900)]


def test_where_the_shop_says_so_missing_points_are_kept_of_the_money(shop: Shop) -> None:
    shop.setting("points_refund_shortfall", "deduct")
    member = register(shop)
    sell_to(shop, "s", member, "BASKET")
    give_points(shop, member, -99)
    shown = preview(shop, "s", back(1)).refund
    assert (shown.kept_minor, shown.paid_back_minor) == (99, 9801)
    assert points(shop, member) == 0
    done = give_back(shop, "s", back(1))
    assert (done.refund.kept_minor, done.refund.paid_back_minor) == (99, 9801)
    assert "Kept for points | -0.99" in paper(done.slip)
    assert points(shop, member) == 0
    assert shop.balance("points_kept", "store") == -99
    assert shop.balance("drawer", "1") == 20_099


def test_otherwise_the_balance_falls_below_zero(shop: Shop) -> None:
    member = register(shop)
    sell_to(shop, "s", member, "BASKET")
    give_points(shop, member, -99)
    assert went_back(give_back(shop, "s", back(1))) == [("cash", 9900)]
    assert points(shop, member) == -99


def test_tax_on_top_earns_and_goes_back_too(shop: Shop) -> None:
    tax(shop, "tax8", 80_000, inclusive=False, default=True)
    member = register(shop)
    sell_to(shop, "s", member, "BASKET")
    assert points(shop, member) == 106
    give_back(shop, "s", back(1))
    assert points(shop, member) == 0


def test_growth_and_spending_go_back_with_the_goods(shop: Shop) -> None:
    member = register(shop)
    before = shop.do(MemberFound, GetMember(member_id=member)).member
    sell_to(shop, "s", member, "BASKET", "COLA")
    assert shop.do(MemberFound, GetMember(member_id=member)).member != before
    give_back(shop, "s", back(1))
    give_back(shop, "s", back(2))
    assert shop.do(MemberFound, GetMember(member_id=member)).member.growth == before.growth
    spent = shop.db.execute("SELECT visits, spent_minor FROM member_visits").fetchone()
    assert spent is None or tuple(spent) == (0, 0)


def test_goods_of_a_merged_member_come_back_to_who_has_the_books(shop: Shop) -> None:
    gone, kept = register(shop), register(shop, "王小芳")
    sell_to(shop, "s", gone, "BASKET")
    merge = MergeMembers(keep_id=kept, merge_id=gone, reason="same person")
    shop.ask_ok(merge, "boss")
    assert points(shop, kept) == 99
    assert went_back(give_back(shop, "s", back(1))) == [("cash", 9900)]
    assert points(shop, kept) == 0


def test_goods_of_a_membership_that_ended_are_paid_back_all_the_same(shop: Shop) -> None:
    member = register(shop)
    sell_to(shop, "s", member, "BASKET")
    shop.ask_ok(CloseMember(member_id=member, reason="moved away"), "boss")
    assert went_back(give_back(shop, "s", back(1))) == [("cash", 9900)]


def test_goods_of_an_erased_member_are_paid_back_and_nobody_is_named(shop: Shop) -> None:
    member = register(shop)
    give_points(shop, member, 100)
    sell_to(shop, "s", member, "BASKET", by_points=100)
    shop.ask_ok(EraseMember(member_id=member, reason="asked for it"), "boss")
    assert look(shop, sale="s").member_name == ""
    done = give_back(shop, "s", back(1))
    assert went_back(done) == [("points", 100), ("cash", 9800)]
    assert "王芳" not in paper(done.slip)


def test_an_exchange_is_worth_the_money_and_points_come_back_as_points(shop: Shop) -> None:
    member = register(shop)
    give_points(shop, member, 1000)
    sell_to(shop, "s", member, "BASKET", by_points=1000)
    shop.scan("new", "BASKET")
    basket = exchange(shop, "new", "s", back(1))
    assert (basket.credit_minor, basket.due_minor) == (8900, 1000)
    shop.pay("new", 1000)
    shop.finish("new")
    assert points(shop, member) == 1000
    assert shop.balance("drawer", "1") == 20_000 + 8900 + 1000


def test_goods_that_only_points_paid_cannot_pay_for_others(shop: Shop) -> None:
    member = register(shop)
    give_points(shop, member, 350)
    sell_to(shop, "s", member, "COLA", by_points=350)
    request = ExchangeSale(
        refund_id=wanted("s", back()).refund_id,
        sale_id=SaleId("new"),
        lane=LANE,
        returned_sale_id=SaleId("s"),
        lines=(back(),),
    )
    assert shop.refusal(request, "boss").code == "nothing_to_credit"


def test_points_that_went_meanwhile_are_noticed_before_an_exchange_is_booked(shop: Shop) -> None:
    shop.setting("points_refund_shortfall", "deduct")
    member = register(shop)
    sell_to(shop, "s", member, "BASKET")
    shop.scan("new", "COLA")
    assert exchange(shop, "new", "s", back(1)).credit_minor == 9900
    give_points(shop, member, -99)
    refused = shop.refusal(FinishSale(sale_id=SaleId("new"), lane=LANE))
    assert refused.code == "exchange_changed"
    assert "worth ¥98.01, not ¥99.00" in refused.explanation
    assert exchange(shop, "new", "s", back(1)).credit_minor == 9801
    assert shop.finish("new").paid_out_minor == 9801 - 350


def test_a_member_earns_on_what_an_exchange_paid(shop: Shop) -> None:
    rule(shop, PointsRuleKind.CAMPAIGN, multiplier_ppm=1_000_000)
    member = register(shop)
    sell_to(shop, "s", member, "BASKET")
    exchange(shop, "new", "s", back(1))
    done = sell_to(shop, "new", member, "BASKET")
    assert done.points_earned == 99
    assert points(shop, member) == 99
