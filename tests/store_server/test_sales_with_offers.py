"""Offers at the counter: what the basket shows, what is kept, and what happens when an offer runs out."""

from collections.abc import Iterator

import pytest
from refund_counter import back, give_back
from shop_counter import Shop, open_shop, paper

from protocol.identifiers import LaneCode, OfferId, ProductId, SaleId
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.offers import (
    ExplainSale,
    OfferFound,
    SaleExplained,
    SaveOffer,
    SpendPoints,
    StepKind,
    SwitchOffer,
    TriedBasket,
    TryBasket,
    TryItem,
)
from protocol.messages.points import AdjustPoints
from protocol.messages.sales import AttachMember, Basket, BasketState, FinishSale, GetSale
from protocol.offer import (
    Benefit,
    GoodsRange,
    NFor,
    OfferLimits,
    OfferView,
    PercentOff,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from store_server.store.verification import verify_books

S, T = SaleId("s-1"), SaleId("s-2")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift("1", who="li")
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def product(shop: Shop, code: str) -> ProductId:
    return ProductId(shop.db.execute("SELECT product_id FROM products WHERE code = ?", (code,)).fetchone()[0])


def offer(shop: Shop, name: str, benefit: Benefit, *codes: str, **more: object) -> OfferView:
    goods = (
        GoodsRange(products=tuple(product(shop, code) for code in codes))
        if codes
        else GoodsRange(all_goods=True)
    )
    view = OfferView(name=name, goods=goods, benefit=benefit, **more)  # type: ignore[arg-type]
    return shop.do(OfferFound, SaveOffer(offer=view), "boss").offer.offer


def test_an_offer_works_as_soon_as_it_is_saved_and_stops_when_it_is_switched_off(shop: Shop) -> None:
    before = shop.scan(S, "COLA").total_minor
    saved = offer(shop, "Two for three", NFor(count=2, price_minor=300), "COLA")
    basket = shop.scan(S, "COLA")
    assert basket.total_minor == 300 < 2 * before
    assert [(each.name, each.amount_minor) for each in basket.lines[0].offers] == [
        ("Two for three", 2 * before - 300)
    ]
    assert basket.lines[0].discount_minor == 2 * before - 300
    shop.ask_ok(SwitchOffer(offer_id=OfferId(saved.offer_id or 0), active=False), "boss")
    basket = shop.scan(S, "WATER")
    assert not basket.lines[0].offers
    assert basket.lines[0].amount_minor == 2 * before


def test_a_finished_sale_is_explained_from_its_rows_after_the_offer_changed(shop: Shop) -> None:
    saved = offer(shop, "Cola week", PercentOff(rate_ppm=200_000), "COLA")
    done = shop.sell(S, "COLA", "COLA", "WATER")
    paid = done.basket.total_minor
    shop.do(
        OfferFound,
        SaveOffer(offer=saved.model_copy(update={"name": "Other name", "active": False})),
        "boss",
    )
    told = shop.do(SaleExplained, ExplainSale(sale_id=S))
    assert told.finished
    assert told.explanation.total_minor == paid
    [step] = told.explanation.steps
    assert (step.step, step.name, step.version) == (StepKind.OFFER, "Cola week", 1)
    assert "20 % off" in step.words
    assert step.before_minor - step.after_minor == told.explanation.gross_minor - paid
    chinese = shop.do(SaleExplained, ExplainSale(sale_id=S), language="zh_CN")
    assert chinese.explanation.steps[0].words != step.words


def test_the_last_of_a_limited_offer_goes_to_who_finishes_first(shop: Shop) -> None:
    shop.open_shift("2", who="wang")
    offer(shop, "Only one", PercentOff(rate_ppm=500_000), "COLA", limits=OfferLimits(in_all=1))
    first = shop.scan(S, "COLA")
    second = shop.scan(T, "COLA", lane="2", who="wang")
    assert first.total_minor == second.total_minor
    shop.pay(S, first.total_minor)
    shop.pay(T, second.total_minor, who="wang")
    shop.finish(S)
    refused = shop.refusal(FinishSale(sale_id=T, lane=LaneCode("2")), "wang")
    assert refused.code == "price_changed"
    now = shop.do(BasketState, GetSale(sale_id=T), "wang").basket
    assert now is not None
    assert now.total_minor == 2 * second.total_minor
    assert now.due_minor == second.total_minor
    shop.pay(T, now.due_minor, who="wang")
    done = shop.finish(T, "2", "wang")
    assert done.basket.total_minor == now.total_minor
    assert done.change_minor == 0


def test_points_go_with_the_money_where_the_customer_asks_for_it(shop: Shop) -> None:
    offer(shop, "Cola for points", PointsPrice(price_minor=100, points=50), "COLA")
    member = shop.do(MemberFound, RegisterMember(name="王芳")).member.member_id
    shop.ask_ok(AdjustPoints(member_id=member, points=60, reason="opening"), "boss")
    shop.scan(S, "COLA", 2000)
    shop.do(Basket, AttachMember(sale_id=S, lane=LaneCode("1"), member_id=member))
    basket = shop.do(Basket, SpendPoints(sale_id=S, wanted=True)).basket
    assert (basket.spend_points, basket.price_points) == (True, 50)
    shop.pay(S, basket.due_minor)
    done = shop.finish(S)
    assert done.points_spent == 50
    told = shop.do(SaleExplained, ExplainSale(sale_id=S)).explanation
    assert told.steps[-1].points == -50


def test_points_that_are_gone_refuse_the_end_of_the_sale_in_words(shop: Shop) -> None:
    offer(shop, "Cola for points", PointsPrice(price_minor=100, points=50), "COLA")
    member = shop.do(MemberFound, RegisterMember(name="王芳")).member.member_id
    shop.ask_ok(AdjustPoints(member_id=member, points=50, reason="opening"), "boss")
    full = shop.scan(S, "COLA").total_minor
    shop.do(Basket, AttachMember(sale_id=S, lane=LaneCode("1"), member_id=member))
    basket = shop.do(Basket, SpendPoints(sale_id=S, wanted=True)).basket
    shop.pay(S, basket.due_minor)
    shop.ask_ok(AdjustPoints(member_id=member, points=-10, reason="taken"), "boss")
    refused = shop.refusal(FinishSale(sale_id=S, lane=LaneCode("1")))
    assert refused.code == "not_enough_points"
    basket_now = shop.do(BasketState, GetSale(sale_id=S)).basket
    assert basket_now is not None
    assert (basket_now.total_minor, basket_now.price_points) == (full, 0)


def test_a_threshold_gives_points_on_top_and_multiplies_what_is_earned(shop: Shop) -> None:
    member = shop.do(MemberFound, RegisterMember(name="王芳")).member.member_id
    step = ThresholdStep(spend_minor=100, points=7, points_multiplier_ppm=3_000_000)
    offer(shop, "Triple points", Threshold(steps=(step,)))
    shop.scan(S, "COLA", 4000)
    shop.do(Basket, AttachMember(sale_id=S, lane=LaneCode("1"), member_id=member))
    due = shop.do(BasketState, GetSale(sale_id=S)).basket
    assert due is not None
    shop.pay(S, due.due_minor)
    done = shop.finish(S)
    assert done.points_earned == 3 * (due.total_minor // 100) + 7


def test_an_offer_is_tried_on_a_basket_before_it_is_saved(shop: Shop) -> None:
    live = offer(shop, "Cola week", PercentOff(rate_ppm=100_000), "COLA")
    items = (TryItem(code="COLA", quantity_thousandths=2000), TryItem(code="WATER"))
    new = live.model_copy(
        update={"offer_id": None, "version": 0, "name": "New", "benefit": NFor(count=2, price_minor=1)}
    )
    tried = shop.do(TriedBasket, TryBasket(items=items, offer=new), "boss")
    assert tried.explanation.total_minor < tried.total_without_minor < tried.explanation.gross_minor
    assert tried.explanation.steps[0].name == "New"
    assert "any 2 for" in tried.words
    changed = live.model_copy(update={"benefit": PercentOff(rate_ppm=1_000_000)})
    tried = shop.do(TriedBasket, TryBasket(items=items, offer=changed), "boss")
    assert tried.total_without_minor == tried.explanation.gross_minor
    assert not shop.db.in_transaction


def test_goods_of_an_offer_come_back_for_what_was_paid_for_them(shop: Shop) -> None:
    offer(shop, "Three for ten", NFor(count=3, price_minor=1000), "COLA")
    step = ThresholdStep(spend_minor=500, amount_minor=101)
    offer(shop, "A bit off", Threshold(steps=(step,)))
    basket = shop.scan(S, "COLA", 3000)
    basket = shop.scan(S, "WATER")
    shop.pay(S, basket.due_minor)
    done = shop.finish(S)
    assert "Three for ten, A bit off | -" in paper(done.receipt)
    parts = [give_back(shop, S, back(1, 1)) for _piece in range(3)]
    parts.append(give_back(shop, S, back(2, 1)))
    paid_back = [each.refund.paid_back_minor for each in parts]
    assert sum(paid_back) == basket.total_minor
    assert max(paid_back[:3]) - min(paid_back[:3]) <= 1
    told = shop.do(SaleExplained, ExplainSale(sale_id=S)).explanation
    assert told.total_minor == basket.total_minor
