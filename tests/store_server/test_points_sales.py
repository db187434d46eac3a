"""Points of sales: earned and spent in the sale's own transaction, undone by its refunds."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from shop_counter import COLA, WATER, Shop, open_shop, paper

from protocol.identifiers import CategoryId, LaneCode, MemberId, SaleId, TenderId, TerminalName
from protocol.messages.catalogue import SaveCategory
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.points import (
    AdjustPoints,
    CheckInMember,
    GetPointsStatement,
    ListPointsRules,
    PointsRuleKind,
    PointsRules,
    PointsRuleView,
    PointsSlip,
    PointsStatement,
    PrintPointsStatement,
    SavePointsRule,
)
from protocol.messages.profiles import CloseMember, GetMemberPanel, MemberPanel, MergeMembers
from protocol.messages.sales import (
    AddTender,
    AttachMember,
    Basket,
    BasketView,
    CancelSale,
    DetachMember,
    FinishSale,
    ListTenderKinds,
    ParkSale,
    RecallSale,
    ReceiptCopy,
    RemoveTender,
    ReprintReceipt,
    SaleDone,
    SaveTenderKind,
    TenderKinds,
)
from store_server.points.refunds import Reversal, reverse_for_refund
from store_server.points.rule_list import OF_PRODUCTS
from store_server.store.verification import verify_books


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def register(shop: Shop, name: str = "王芳", **more: Any) -> MemberId:
    return shop.do(MemberFound, RegisterMember(name=name, **more)).member.member_id


def points(shop: Shop, member: MemberId) -> int:
    return shop.do(PointsStatement, GetPointsStatement(member_id=member)).balance


def give(shop: Shop, member: MemberId, count: int) -> None:
    shop.ask_ok(AdjustPoints(member_id=member, points=count, reason="opening balance"), "boss")


def rule(shop: Shop, kind: PointsRuleKind, **values: Any) -> None:
    view = PointsRuleView(kind=kind, name=kind.value, **values)
    shop.do(PointsRules, SavePointsRule(rule=view), "boss")


def attach(shop: Shop, sale: str, member: MemberId) -> BasketView:
    request = AttachMember(sale_id=SaleId(sale), lane=LaneCode("1"), member_id=member)
    return shop.do(Basket, request).basket


def begin(shop: Shop, sale: str, member: MemberId, *codes: str) -> BasketView:
    attach(shop, sale, member)
    for code in codes:
        basket = shop.scan(sale, code)
    return basket


def sell(shop: Shop, sale: str, member: MemberId, *codes: str, by_points: int = 0) -> SaleDone:
    basket = begin(shop, sale, member, *codes)
    if by_points:
        basket = shop.pay(sale, by_points, "points")
    if basket.due_minor:
        shop.pay(sale, basket.due_minor)
    return shop.finish(sale)


def by_points(sale: str, amount: int) -> AddTender:
    return AddTender(
        sale_id=SaleId(sale), tender_id=TenderId(f"by-points-{amount}"), tender="points", amount_minor=amount
    )


def rows(shop: Shop, member: MemberId) -> list[tuple[str, int]]:
    answer = shop.do(PointsStatement, GetPointsStatement(member_id=member))
    return [(row.kind, row.points) for row in reversed(answer.rows)]


def refund(shop: Shop, sale: str, returned_minor: int, day: date = date(2026, 11, 21)) -> Reversal:
    def action(work: Any) -> Reversal:
        return reverse_for_refund(work, sale, returned_minor, day)

    return shop.dispatcher.act(shop.books, TerminalName("test"), action)[0]


# Earning


def test_a_member_earns_in_the_sale(shop: Shop) -> None:
    member = register(shop)
    done = sell(shop, "s-1", member, "BASKET")
    assert (done.points_earned, done.points_spent, done.points_balance) == (99, 0, 99)
    answer = shop.do(PointsStatement, GetPointsStatement(member_id=member))
    assert (answer.balance, answer.rows[0].reference) == (99, done.receipt_number)
    assert answer.rows[0].words == "Shopping"


def test_the_receipt_says_what_the_member_got_and_used_and_a_copy_says_the_same(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 500)
    done = sell(shop, "s-1", member, "BASKET", by_points=300)
    number = shop.db.execute("SELECT number FROM members").fetchone()[0]
    lines = paper(done.receipt).splitlines()
    for line in (f"Member 会员 | {number}", "Points used | 300", "Points earned | 96", "Points now | 296"):
        assert line in lines, lines
    sell(shop, "s-2", member, "BASKET")
    again = ReprintReceipt(lane=LaneCode("1"), receipt_number=done.receipt_number)
    copy = paper(shop.do(ReceiptCopy, again).receipt)
    assert lines == [line for line in copy.splitlines() if not line.startswith("COPY")]
    assert "Member" not in paper(shop.sell("s-3", "COLA").receipt)


def test_a_statement_on_paper_shows_points_and_when_they_end(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 500)
    sell(shop, "s-1", member, "BASKET", by_points=300)
    text = paper(shop.do(PointsSlip, PrintPointsStatement(member_id=member)).slip)
    for line in (
        "Points now | 296",
        "Worth | 2.96",
        "Last day 2027-12-31 | 296",
        "2026-11-21 Shopping | +96",
        "2026-11-21 Paid with points | -300",
    ):
        assert line in text, text
    assert shop.refusal(PrintPointsStatement(member_id=MemberId(99))).code == "no_such_member"


def test_a_sale_without_a_member_earns_nothing(shop: Shop) -> None:
    done = shop.sell("s-1", "BASKET")
    assert (done.points_earned, done.points_balance) == (0, None)
    assert shop.db.execute("SELECT count(*) FROM points_sales").fetchone()[0] == 0


def test_the_same_sale_asked_again_earns_once(shop: Shop) -> None:
    member = register(shop)
    basket = begin(shop, "s-1", member, "BASKET")
    shop.pay("s-1", basket.due_minor)
    first = shop.finish("s-1", command="c-1")
    sell(shop, "s-2", member, "BASKET")
    again = shop.finish("s-1", command="c-1")
    assert again == first
    assert points(shop, member) == 198


def test_what_is_given_back_as_change_earns_nothing(shop: Shop) -> None:
    member = register(shop)
    begin(shop, "s-1", member, "COLA")
    shop.pay("s-1", 5_000)
    assert shop.finish("s-1").points_earned == 3


def test_goods_earn_by_their_own_rule_or_that_of_their_category(shop: Shop) -> None:
    def category(name: str, parent: CategoryId | None = None) -> CategoryId:
        shop.ask_ok(SaveCategory(name=name, parent_id=parent), "boss")
        found = shop.db.execute("SELECT category_id FROM categories WHERE name = ?", (name,)).fetchone()
        return CategoryId(found[0])

    drinks = category("饮料")
    cold = category("冷饮", drinks)
    shop.db.execute("UPDATE products SET category_id = ? WHERE product_id IN (?, ?)", (cold, COLA, WATER))
    rule(shop, PointsRuleKind.CATEGORY, category_id=drinks, points=10, per_minor=100)
    rule(shop, PointsRuleKind.PRODUCT, product_id=WATER, points=0, per_minor=100)
    member = register(shop)
    assert sell(shop, "s-1", member, "COLA", "WATER", "BASKET").points_earned == 35 + 0 + 99


def test_who_brought_the_member_gets_a_share(shop: Shop) -> None:
    rule(shop, PointsRuleKind.REFERRAL_SHARE, points=1, per_minor=1_000)
    friend = register(shop, "李明")
    number = shop.db.execute("SELECT number FROM members").fetchone()[0]
    member = register(shop, referrer=number)
    sell(shop, "s-1", member, "BASKET")
    assert points(shop, friend) == 9
    refund(shop, "s-1", 9_900)
    assert (points(shop, friend), points(shop, member)) == (0, 0)


def test_a_way_to_pay_can_be_one_that_earns_nothing(shop: Shop) -> None:
    kinds = {kind.tender: kind for kind in shop.do(TenderKinds, ListTenderKinds()).kinds}
    assert [kind.earns_points for kind in kinds.values()] == [True, True, True, False]
    card = kinds["card"].model_copy(update={"earns_points": False})
    shop.ask_ok(SaveTenderKind(kind_view=card), "boss")
    renamed = card.model_copy(update={"earns_points": None, "name": "UnionPay"})
    kept = shop.do(TenderKinds, SaveTenderKind(kind_view=renamed), "boss").kinds
    assert next(kind for kind in kept if kind.tender == "card").earns_points is False
    member = register(shop)
    begin(shop, "s-1", member, "BASKET")
    shop.pay("s-1", 5_000, "card", "8734")
    shop.pay("s-1", 4_900)
    assert shop.finish("s-1").points_earned == 49


def test_points_cannot_become_cash_in_the_table_of_ways_to_pay(shop: Shop) -> None:
    kinds = {kind.tender: kind for kind in shop.do(TenderKinds, ListTenderKinds()).kinds}
    for flag in ("gives_change", "counts_in_drawer", "needs_reference", "earns_points"):
        wrong = kinds["points"].model_copy(update={flag: True})
        assert shop.refusal(SaveTenderKind(kind_view=wrong), "boss").code == "bad_tender"


# Paying with points


def test_points_pay_a_part_and_earn_nothing(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 5_000)
    done = sell(shop, "s-1", member, "BASKET", by_points=3_900)
    assert (done.points_earned, done.points_spent, done.points_balance) == (60, 3_900, 1_160)
    assert rows(shop, member)[1:] == [("spend", -3_900), ("earn", 60)]
    assert shop.balance("tender", "points") == 3_900
    assert shop.balance("drawer", "1") == 26_000
    assert shop.balance("sales", "store") == -9_900


def test_a_sale_paid_with_points_alone_leaves_the_drawer_shut(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 10_000)
    done = sell(shop, "s-1", member, "BASKET", by_points=9_900)
    assert (done.open_drawer, done.points_earned, done.points_balance) == (False, 0, 100)
    assert shop.balance("drawer", "1") == 20_000


def test_the_payment_says_how_many_points_it_takes(shop: Shop) -> None:
    rule(shop, PointsRuleKind.SPEND, tier=0, points=3, per_minor=2)
    member = register(shop)
    give(shop, member, 1_000)
    begin(shop, "s-1", member, "BASKET")
    shop.pay("s-1", 99, "points")
    basket = shop.pay("s-1", 99, "points")
    assert [tender.reference for tender in basket.tenders] == ["149", "149"], "148.5, rounded up each time"
    shop.pay("s-1", basket.due_minor)
    assert shop.finish("s-1").points_spent == 298


def test_the_panel_says_at_which_rate_the_members_points_pay(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 1_000)
    panel = shop.do(MemberPanel, GetMemberPanel(member_id=member))
    assert (panel.points_rate_points, panel.points_rate_minor, panel.points_worth_minor) == (100, 100, 1_000)
    rule(shop, PointsRuleKind.SPEND, tier=0, points=3, per_minor=2)
    panel = shop.do(MemberPanel, GetMemberPanel(member_id=member))
    assert (panel.points_rate_points, panel.points_rate_minor, panel.points_worth_minor) == (3, 2, 666)


def test_another_rate_meanwhile_changes_nothing_of_a_payment_that_was_taken(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 1_000)
    begin(shop, "s-1", member, "BASKET")
    basket = shop.pay("s-1", 500, "points")
    dear = shop.do(PointsRules, ListPointsRules()).rules[1].model_copy(update={"points": 200})
    shop.ask_ok(SavePointsRule(rule=dear), "boss")
    shop.pay("s-1", basket.due_minor)
    assert shop.finish("s-1").points_spent == 500


def test_without_a_member_nothing_is_paid_with_points(shop: Shop) -> None:
    shop.scan("s-1", "BASKET")
    assert shop.refusal(by_points("s-1", 100)).code == "member_needed"


def test_more_points_than_there_are_are_refused_in_words(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 500)
    begin(shop, "s-1", member, "BASKET")
    shop.pay("s-1", 300, "points")
    request = by_points("s-1", 201)
    refused = shop.refusal(request)
    assert refused.code == "not_enough_points"
    assert refused.explanation == "501 points are needed and 500 are there."
    chinese = shop.refusal(request, language="zh_CN")
    assert chinese.explanation == "需要 501 积分，现有 500 积分。"


def test_parking_and_cancelling_take_no_points(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 500)
    begin(shop, "s-1", member, "BASKET")
    shop.pay("s-1", 500, "points", id_="t-1")
    assert points(shop, member) == 500, "nothing is taken before the sale is finished"
    assert shop.refusal(ParkSale(sale_id=SaleId("s-1"))).code == "has_payments"
    shop.ask_ok(RemoveTender(sale_id=SaleId("s-1"), tender_id=TenderId("t-1")))
    shop.ask_ok(ParkSale(sale_id=SaleId("s-1")))
    shop.ask_ok(RecallSale(sale_id=SaleId("s-1"), lane=LaneCode("1")))
    shop.ask_ok(CancelSale(sale_id=SaleId("s-1")))
    assert rows(shop, member) == [("adjust", 500)]


def test_a_member_who_is_paying_with_points_stays_beside_the_sale(shop: Shop) -> None:
    member, other = register(shop), register(shop, "李明")
    give(shop, member, 500)
    begin(shop, "s-1", member, "BASKET")
    shop.pay("s-1", 500, "points")
    assert shop.refusal(DetachMember(sale_id=SaleId("s-1"))).code == "paid_with_points"
    change = AttachMember(sale_id=SaleId("s-1"), lane=LaneCode("1"), member_id=other)
    assert shop.refusal(change).code == "paid_with_points"
    attach(shop, "s-1", member)


def test_points_that_went_elsewhere_meanwhile_stop_the_sale_in_words(shop: Shop) -> None:
    """Not a half sale: nothing of it is in the books, and it can be paid in another way."""
    member = register(shop)
    give(shop, member, 500)
    begin(shop, "s-1", member, "BASKET")
    basket = shop.pay("s-1", 500, "points", id_="t-1")
    shop.pay("s-1", basket.due_minor)
    shop.ask_ok(AdjustPoints(member_id=member, points=-1, reason="slip"), "boss")
    refused = shop.refusal(FinishSale(sale_id=SaleId("s-1"), lane=LaneCode("1")))
    assert refused.code == "not_enough_points"
    assert "500 points were to pay this, and 499 are left" in refused.explanation
    assert "Take the payment with points back" in refused.explanation
    assert shop.balance("sales", "store") == 0
    assert points(shop, member) == 499


# Refunds


def test_partial_refunds_in_any_order_add_up_to_the_full_one(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 3_333)
    sell(shop, "s-1", member, "BASKET", by_points=3_333)
    assert points(shop, member) == 65
    for returned in (1_234, 1_234, 5_000, 4_999, 9_900, 9_900):
        refund(shop, "s-1", returned)
    assert points(shop, member) == 3_333
    kinds = shop.db.execute("SELECT kind, sum(points) FROM points_rows WHERE sale_id = 's-1' GROUP BY kind")
    assert dict(kinds.fetchall()) == {
        "spend": -3_333,
        "earn": 65,
        "refund_spent": 3_333,
        "refund_earned": -65,
    }


def test_a_refund_of_spent_points_goes_below_zero_and_is_won_back(shop: Shop) -> None:
    member = register(shop)
    sell(shop, "s-1", member, "BASKET")
    sell(shop, "s-2", member, "COLA", by_points=99)
    assert points(shop, member) == 2
    assert refund(shop, "s-1", 9_900) == Reversal(earned=99)
    assert points(shop, member) == -97
    assert shop.do(PointsStatement, GetPointsStatement(member_id=member)).worth_minor == 0
    sell(shop, "s-3", member, "BASKET")
    answer = shop.do(PointsStatement, GetPointsStatement(member_id=member))
    assert (answer.balance, [lot.points for lot in answer.lots]) == (2, [2])


def test_a_shop_can_keep_the_missing_points_of_the_refund_instead(shop: Shop) -> None:
    shop.setting("points_refund_shortfall", "deduct")
    member = register(shop)
    sell(shop, "s-1", member, "BASKET")
    sell(shop, "s-2", member, "COLA", by_points=99)
    assert refund(shop, "s-1", 9_900) == Reversal(earned=99, deduct_minor=97)
    assert points(shop, member) == 0
    assert refund(shop, "s-1", 9_900) == Reversal()


def test_points_of_an_ended_lot_come_back_for_the_days_of_grace(shop: Shop) -> None:
    shop.setting("points_expiry", "days")
    shop.setting("points_expiry_days", "10")
    member = register(shop)
    give(shop, member, 500)
    sell(shop, "s-1", member, "BASKET", by_points=500)
    late = date(2026, 11, 21) + timedelta(days=20)
    refund(shop, "s-1", 9_900, late)
    lots = shop.db.execute("SELECT remaining, expires_on FROM points_lots WHERE remaining > 0").fetchall()
    assert [tuple(lot) for lot in lots] == [(406, (late + timedelta(days=30)).isoformat())]
    assert rows(shop, member)[-3:] == [("expire", -94), ("refund_spent", 500), ("refund_earned", -94)]


def test_a_refund_of_a_sale_without_a_member_moves_no_points(shop: Shop) -> None:
    shop.sell("s-1", "BASKET")
    assert refund(shop, "s-1", 9_900) == Reversal()
    assert refund(shop, "nothing", 9_900) == Reversal()


# Two members become one; a membership ends


def merge(shop: Shop, keep: MemberId, gone: MemberId) -> None:
    shop.ask_ok(MergeMembers(keep_id=keep, merge_id=gone, reason="same person"), "boss")


def test_merging_hands_the_points_over_with_their_days(shop: Shop) -> None:
    kept, gone = register(shop), register(shop, "王芳芳")
    give(shop, kept, 100)
    soon = date(2026, 12, 1)
    shop.ask_ok(AdjustPoints(member_id=gone, points=50, reason="bonus", expires_on=soon), "boss")
    merge(shop, kept, gone)
    answer = shop.do(PointsStatement, GetPointsStatement(member_id=gone))
    assert (answer.member_id, answer.balance) == (kept, 150), "the old number finds the points"
    assert [(lot.points, lot.expires_on) for lot in answer.lots] == [(50, soon), (100, date(2027, 12, 31))]
    assert (
        shop.db.execute("SELECT balance FROM points_accounts WHERE member_id = ?", (gone,)).fetchone()[0] == 0
    )


def test_goods_of_a_merged_member_come_back_to_who_has_the_books(shop: Shop) -> None:
    kept, gone = register(shop), register(shop, "王芳芳")
    give(shop, gone, 1_000)
    sell(shop, "s-1", gone, "BASKET", by_points=1_000)
    merge(shop, kept, gone)
    assert points(shop, kept) == 89
    refund(shop, "s-1", 4_950)
    refund(shop, "s-1", 9_900)
    assert points(shop, kept) == 1_000


def test_what_is_below_zero_goes_over_too(shop: Shop) -> None:
    kept, gone = register(shop), register(shop, "王芳芳")
    sell(shop, "s-1", gone, "BASKET")
    sell(shop, "s-2", gone, "COLA", by_points=99)
    refund(shop, "s-1", 9_900)
    give(shop, kept, 100)
    merge(shop, kept, gone)
    assert points(shop, kept) == 100 - 97


def test_a_membership_that_ends_keeps_no_points_and_a_late_refund_gives_none(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 1_000)
    sell(shop, "s-1", member, "BASKET", by_points=500)
    shop.ask_ok(CloseMember(member_id=member, reason="moved away"), "boss")
    assert points(shop, member) == 0
    assert rows(shop, member)[-1] == ("close", -594)
    refund(shop, "s-1", 9_900)
    assert points(shop, member) == 0
    assert [kind for kind, _points in rows(shop, member)][-3:] == ["refund_spent", "refund_earned", "close"]
    refused = shop.refusal(AdjustPoints(member_id=member, points=5, reason="sorry"), "boss")
    assert refused.code == "not_active"


LARGE = ("points_rows", "points_lots", "points_lot_moves", "points_sales", "points_accounts", "members")
"""Tables that grow with the shop: nothing at the counter may walk through them."""
SMALL = ("CONSTANT", "g", "gone", "p")
"""Walked through without harm: one row, what a recursion has found so far, the goods of a sale."""


def test_nothing_at_the_counter_walks_through_a_large_table(shop: Shop) -> None:
    rule(shop, PointsRuleKind.CHECK_IN, points=5)
    rule(shop, PointsRuleKind.REFERRAL, points=5)
    rule(shop, PointsRuleKind.REFERRAL_SHARE, points=1, per_minor=100)
    member = register(shop)
    number = shop.db.execute("SELECT number FROM members").fetchone()[0]
    asked: list[str] = []
    shop.db.set_trace_callback(asked.append)
    friend = register(shop, "李明", referrer=number)
    give(shop, friend, 500)
    shop.ask_ok(CheckInMember(member_id=friend))
    done = sell(shop, "s-1", friend, "BASKET", by_points=300)
    shop.ask_ok(ReprintReceipt(lane=LaneCode("1"), receipt_number=done.receipt_number))
    refund(shop, "s-1", 5_000)
    shop.ask_ok(PrintPointsStatement(member_id=friend))
    merge(shop, member, friend)
    shop.db.set_trace_callback(None)
    ours = [text for text in asked if any(name in text for name in LARGE)]
    assert len(ours) > 50
    for text in dict.fromkeys(ours):
        if text.startswith(("SELECT", "WITH", "UPDATE")):
            plan = [row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {text}")]
            walks = [step for step in plan if step.startswith("SCAN") and step.split()[1] not in SMALL]
            assert not walks, (text, plan)


def test_a_thousand_rules_for_products_are_not_read_for_each_sale(shop: Shop) -> None:
    plan = [row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {OF_PRODUCTS}", ("[1, 2]",))]
    assert any("points_rules_by_product" in step for step in plan), plan
