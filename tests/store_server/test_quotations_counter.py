"""A quotation at the counter: sold whole, at the quoted prices, once."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
from quotation_office import TODAY, approved, hire, line, look, selling, take, write
from refund_counter import back, give_back, went_back
from shop_counter import APPLES, BASKET, COLA, CRISPS, GIFT, Shop, open_shop, paper
from trial_counter import cheaper_cola, try_it

from protocol.identifiers import LaneCode, ProductId, SaleId
from protocol.messages.base import Refused, Request
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.offers import ExplainSale, OfferFound, SaleExplained, SaveOffer, StepKind
from protocol.messages.quotations import CancelQuotation, QuotationState, SaveQuotation
from protocol.messages.sales import (
    AttachMember,
    Basket,
    BasketView,
    CancelSale,
    ChangeQuantity,
    DetachMember,
    DiscountLine,
    DiscountSale,
    FinishSale,
    NoteLine,
    OverridePrice,
    ParkSale,
    RecallSale,
    VoidLine,
)
from protocol.messages.shifts import CloseDay, DayClosed
from protocol.messages.trials import TrialState
from protocol.offer import GoodsRange, OfferConditions, OfferView, PercentOff, Threshold, ThresholdStep
from store_server.sales.quoted import HOLDER
from store_server.store.verification import verify_books

Q = SaleId("q")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    hire(shop)
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def totals(basket: BasketView) -> list[tuple[str, int]]:
    return [(each.name, each.amount_minor) for each in basket.lines if not each.voided]


# Into the basket and out of the shop


def test_the_goods_come_into_a_new_basket_at_the_quoted_prices(shop: Shop) -> None:
    there = approved(shop, line(note="cold"), line(BASKET, 10, 9000))
    basket = take(shop, there)
    assert totals(basket) == [("可乐", 30_000), ("果篮", 90_000)]
    assert basket.total_minor == there.total_minor
    cola = basket.lines[0]
    assert (cola.normal_price_minor, cola.unit_price_minor, cola.note) == (350, 300, "cold")
    assert cola.price_reason == "quotation Q-S1-0001"


def test_the_finished_sale_is_what_it_was_sold_as(shop: Shop) -> None:
    there = approved(shop)
    take(shop, there)
    shop.pay("q", 120_000)
    done = shop.finish("q")
    sold = look(shop, there.quotation_id)
    assert (sold.state, sold.sale_id, sold.receipt_number) == (QuotationState.SOLD, "q", done.receipt_number)
    assert shop.journal()[-2:] == ["sales.SaleFinished", "quotations.QuotationChanged"]
    assert "1200.00" in paper(done.receipt)
    refused = shop.refusal(selling(there, "again"))
    assert refused.code == "quotation_sold"
    assert done.receipt_number in refused.explanation


def test_more_than_a_line_usually_holds_can_be_quoted(shop: Shop) -> None:
    basket = take(shop, approved(shop, line(quantity=5000, price=250)))
    assert basket.total_minor == 1_250_000


def test_weighed_goods_and_goods_without_a_price_are_sold_as_quoted(shop: Shop) -> None:
    weighed = line(APPLES, price=1500).model_copy(update={"quantity_thousandths": 12_345})
    basket = take(shop, approved(shop, weighed, line(GIFT, 3, 8000), line(CRISPS, 1, 0)))
    assert totals(basket) == [("苹果", 18_518), ("礼盒", 24_000), ("薯片", 0)]
    shop.pay("q", basket.due_minor)
    shop.finish("q")


def test_other_goods_can_be_added_and_join_nothing(shop: Shop) -> None:
    take(shop, approved(shop, line()))
    basket = shop.scan("q", "COLA")
    assert totals(basket) == [("可乐", 30_000), ("可乐", 350)]
    shop.pay("q", basket.due_minor)
    assert shop.finish("q").basket.total_minor == 30_350


def test_the_member_of_the_quotation_stands_beside_the_sale(shop: Shop) -> None:
    member = shop.do(MemberFound, RegisterMember(name="Wang", phone="13800000000"), "boss").member
    basket = take(shop, approved(shop, member_id=member.member_id))
    assert basket.member_id == member.member_id


# What it is kept from


@pytest.mark.parametrize(
    "request_",
    [
        ChangeQuantity(sale_id=Q, line=1, quantity_thousandths=1000),
        VoidLine(sale_id=Q, line=1),
        OverridePrice(sale_id=Q, line=1, unit_price_minor=1, reason="x"),
        DiscountLine(sale_id=Q, line=1, rate_ppm=100_000, reason="x"),
    ],
    ids=lambda request: type(request).__name__,
)
def test_quoted_goods_stay_as_they_were_approved(shop: Shop, request_: Request) -> None:
    take(shop, approved(shop))
    refused = shop.refusal(request_, "boss")
    assert refused.code == "quoted"
    assert "Q-S1-0001" in refused.explanation


def test_a_line_that_was_added_beside_them_can_change(shop: Shop) -> None:
    take(shop, approved(shop, line()))
    shop.scan("q", "WATER")
    request = ChangeQuantity(sale_id=Q, line=2, quantity_thousandths=3000)
    assert shop.do(Basket, request).basket.total_minor == 30_600
    shop.ask_ok(NoteLine(sale_id=Q, line=1, note="to the gym"))


def test_neither_tier_nor_offers_touch_quoted_goods_nor_do_they_help_to_reach_them(shop: Shop) -> None:
    member = shop.do(MemberFound, RegisterMember(name="Wang", phone="13800000000"), "boss").member
    shop.db.execute("UPDATE tiers SET discount_ppm = 100000")
    step = ThresholdStep(spend_minor=1000, amount_minor=100)
    gift = ThresholdStep(spend_minor=1, gift_product_id=COLA)
    rich = OfferConditions(minimum_spend_minor=10_000)
    for offer in (
        OfferView(name="Half", benefit=PercentOff(rate_ppm=500_000), goods=_range(COLA)),
        OfferView(name="Spend", benefit=Threshold(steps=(step,))),
        OfferView(name="Gift", benefit=Threshold(steps=(gift,))),
        OfferView(name="Rich", benefit=PercentOff(rate_ppm=900_000), conditions=rich),
    ):
        shop.do(OfferFound, SaveOffer(offer=offer), "boss")
    basket = take(shop, approved(shop, line(), member_id=member.member_id))
    assert totals(basket) == [("可乐", 30_000)]
    basket = shop.scan("q", "WATER")
    assert totals(basket) == [("可乐", 30_000), ("矿泉水", 180)]
    basket = shop.do(Basket, DetachMember(sale_id=Q)).basket
    assert totals(basket) == [("可乐", 30_000), ("矿泉水", 200)]
    shop.pay("q", basket.due_minor)
    shop.finish("q")


def test_a_discount_by_hand_on_the_whole_sale_is_a_persons_decision(shop: Shop) -> None:
    take(shop, approved(shop))
    request = DiscountSale(sale_id=Q, amount_minor=2000, reason="late delivery")
    assert shop.do(Basket, request, "boss").basket.total_minor == 118_000


def test_the_explanation_names_the_quotation(shop: Shop) -> None:
    take(shop, approved(shop, line()))
    shop.pay("q", 30_000)
    shop.finish("q")
    explained = shop.do(SaleExplained, ExplainSale(sale_id=Q)).explanation
    (step,) = explained.steps
    assert (step.step, step.reference) == (StepKind.QUOTATION, "Q-S1-0001")
    assert explained.gross_minor - explained.total_minor == 5000
    assert step.words == "Quotation (Q-S1-0001): 50.00 off."


# Once, and in time


def test_a_draft_and_one_that_was_given_up_are_not_sold(shop: Shop) -> None:
    there = write(shop)
    assert shop.refusal(selling(there)).code == "quotation_draft"
    assert there.quotation_id is not None
    shop.ask_ok(CancelQuotation(quotation_id=there.quotation_id, reason="no"), "boss")
    assert shop.refusal(selling(there)).code == "quotation_cancelled"


def test_after_its_last_day_it_is_not_sold(shop: Shop) -> None:
    there = approved(shop, valid_until=TODAY)
    _next_day(shop)
    refused = shop.refusal(selling(there))
    assert (refused.code, str(TODAY) in refused.explanation) == ("quotation_expired", True)


def test_two_lanes_cannot_sell_the_same_quotation(shop: Shop) -> None:
    there = approved(shop)
    shop.open_shift("2", who="wang")
    answers = [
        shop.ask(selling(there, "a")),
        shop.ask(selling(there, "b", "2"), "wang"),
    ]
    assert [type(answer) for answer in answers] == [Basket, Refused]
    refused = answers[1]
    assert isinstance(refused, Refused)
    assert refused.code == "quotation_in_basket"
    assert "lane 1" in refused.explanation
    shop.pay("a", 120_000)
    shop.finish("a")
    assert shop.refusal(selling(there, "c", "2"), "wang").code == "quotation_sold"


def test_asked_again_after_a_lost_answer_it_is_in_the_same_basket(shop: Shop) -> None:
    there = approved(shop)
    first = shop.do(Basket, selling(there), command="once")
    assert shop.do(Basket, selling(there), command="once") == first


def test_it_begins_a_sale_of_its_own(shop: Shop) -> None:
    there = approved(shop)
    shop.scan("other", "COLA")
    assert shop.refusal(selling(there)).code == "lane_busy"
    assert shop.refusal(selling(there, "other")).code == "lane_busy"


def test_a_basket_that_only_has_a_member_may_become_the_sale(shop: Shop) -> None:
    member = shop.do(MemberFound, RegisterMember(name="Wang", phone="13800000000"), "boss").member
    shop.ask_ok(AttachMember(sale_id=Q, lane=LaneCode("1"), member_id=member.member_id))
    assert take(shop, approved(shop)).member_id == member.member_id


def test_cancelling_the_basket_frees_it(shop: Shop) -> None:
    there = approved(shop)
    take(shop, there)
    shop.ask_ok(CancelSale(sale_id=Q), "boss")
    take(shop, there, "second")
    shop.pay("second", 120_000)
    shop.finish("second")
    assert look(shop, there.quotation_id).sale_id == "second"


def test_while_a_basket_holds_it_nobody_changes_it(shop: Shop) -> None:
    there = approved(shop)
    take(shop, there)
    assert there.quotation_id is not None
    for request in (
        SaveQuotation(quotation=there),
        CancelQuotation(quotation_id=there.quotation_id, reason="no"),
    ):
        assert shop.refusal(request, "boss").code == "quotation_in_basket"


# Parked


def test_a_parked_basket_takes_it_up_again_when_it_is_recalled(shop: Shop) -> None:
    there = approved(shop)
    take(shop, there)
    shop.ask_ok(ParkSale(sale_id=Q))
    basket = shop.do(Basket, RecallSale(sale_id=Q, lane=LaneCode("1"))).basket
    assert basket.total_minor == 120_000
    assert shop.refusal(selling(there, "x")).code in ("quotation_in_basket", "lane_busy")
    shop.pay("q", 120_000)
    shop.finish("q")


def test_when_it_was_sold_meanwhile_the_recalled_basket_has_only_the_other_goods(shop: Shop) -> None:
    there = approved(shop)
    take(shop, there)
    shop.scan("q", "WATER")
    shop.ask_ok(ParkSale(sale_id=Q))
    take(shop, there, "second")
    shop.pay("second", 120_000)
    shop.finish("second")
    basket = shop.do(Basket, RecallSale(sale_id=Q, lane=LaneCode("1"))).basket
    assert totals(basket) == [("矿泉水", 200)]
    assert [each.voided for each in basket.lines] == [True, True, False]
    shop.pay("q", 200)
    shop.finish("q")
    assert look(shop, there.quotation_id).sale_id == "second"


def test_when_it_was_changed_meanwhile_the_old_prices_do_not_come_back(shop: Shop) -> None:
    there = approved(shop)
    take(shop, there)
    shop.ask_ok(ParkSale(sale_id=Q))
    write(shop, there)
    basket = shop.do(Basket, RecallSale(sale_id=Q, lane=LaneCode("1"))).basket
    assert (totals(basket), basket.total_minor) == ([], 0)


def test_on_the_day_after_its_last_one_a_parked_basket_gives_it_up(shop: Shop) -> None:
    there = approved(shop, valid_until=TODAY)
    take(shop, there)
    shop.ask_ok(ParkSale(sale_id=Q))
    _next_day(shop)
    assert totals(shop.do(Basket, RecallSale(sale_id=Q, lane=LaneCode("1"))).basket) == []


def test_an_open_basket_whose_last_day_is_over_is_not_finished(shop: Shop) -> None:
    take(shop, approved(shop))
    shop.pay("q", 120_000)
    shop.db.execute("UPDATE sale_quotations SET valid_until = '2026-11-20'")
    refused = shop.refusal(FinishSale(sale_id=Q, lane=LaneCode("1")))
    assert refused.code == "quotation_expired"
    shop.db.execute("UPDATE sale_quotations SET valid_until = '2026-11-30'")
    shop.finish("q")


def test_the_database_itself_lets_only_one_basket_hold_it(shop: Shop) -> None:
    there = approved(shop)
    take(shop, there)
    shop.open_shift("2", who="wang")
    shop.scan("other", "COLA", lane="2", who="wang")
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute(
            "INSERT INTO sale_quotations VALUES ('other', ?, 'Q', 1, '2026-11-30', 'held')",
            (there.quotation_id,),
        )


def test_a_part_that_comes_back_is_worth_its_quoted_price(shop: Shop) -> None:
    take(shop, approved(shop, line()))
    shop.scan("q", "COLA")
    shop.pay("q", 30_350)
    shop.finish("q")
    assert went_back(give_back(shop, "q", back(1, 10))) == [("cash", 3000)]


def test_who_holds_a_quotation_is_found_by_an_index(shop: Shop) -> None:
    plan = " ".join(row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {HOLDER}", (1,)))
    assert "a_quotation_is_in_one_basket (quotation_id=?)" in plan
    assert "SCAN" not in plan


def test_a_trial_leaves_quoted_goods_alone(shop: Shop) -> None:
    take(shop, approved(shop, line()))
    shop.scan("q", "COLA")
    shop.pay("q", 30_350)
    shop.finish("q")
    found = try_it(shop, cheaper_cola())
    assert (found.state, found.before_minor, found.cost_minor) == (TrialState.DONE, 30_350, 50)


def test_it_can_be_sold_on_its_last_day(shop: Shop) -> None:
    there = approved(shop, valid_until=TODAY)
    take(shop, there)
    shop.pay("q", 120_000)
    shop.finish("q")
    assert look(shop, there.quotation_id).state is QuotationState.SOLD


def _range(product: ProductId) -> GoodsRange:
    return GoodsRange(products=(product,))


def _next_day(shop: Shop) -> None:
    shop.close_shift(20_000)
    shop.do(DayClosed, CloseDay(), "boss")
    shop.now += timedelta(days=1)
    shop.open_shift()
