"""Exchanges: goods back and goods out in one transaction, with one payment for the difference."""

from collections.abc import Iterator

import pytest
from refund_counter import LANE, back, exchange, give_back, look, tax, wanted
from shop_counter import COLA, Shop, open_shop, paper

from protocol.identifiers import RefundId, SaleId
from protocol.messages.refunds import ExchangeSale, GetRefund, RefundFound, RemoveExchange
from protocol.messages.sales import (
    AddTender,
    Basket,
    BasketState,
    CancelSale,
    FinishSale,
    GetSale,
    ListTenderKinds,
    ParkSale,
    SaleDone,
    SaveTenderKind,
    TenderKinds,
    TenderKindView,
)
from protocol.messages.shifts import CountDrawer
from protocol.permissions import Permission
from store_server.stock.tables import level
from store_server.store.verification import verify_books

NEW = SaleId("new")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    assert shop.balance("tender", "exchange") == 0
    shop.db.close()


def test_the_customer_pays_the_difference(shop: Shop) -> None:
    sold = shop.sell("old", "COLA")
    shop.scan(NEW, "BASKET")
    basket = exchange(shop, NEW, "old", back())
    assert (basket.total_minor, basket.credit_minor, basket.due_minor) == (9900, 350, 9550)
    assert basket.credit_receipt == sold.receipt_number
    before = level(shop.db, COLA)
    shop.pay(NEW, 10_000)
    done = shop.finish(NEW)
    assert (done.change_minor, done.paid_out_minor, done.refund_number) == (450, 0, "S1-1-20261121-R0001")
    assert level(shop.db, COLA) == before + 1000
    assert shop.balance("drawer", "1") == 20_000 + 9900
    assert shop.balance("sales", "store") == -9900
    text = paper(done.receipt)
    assert f"Exchange {sold.receipt_number} | 3.50" in text
    assert done.refund_slip is not None
    slip = paper(done.refund_slip)
    assert f"New receipt | {done.receipt_number}" in slip
    assert "Exchange | 3.50" in slip


def test_the_customer_gets_the_difference(shop: Shop) -> None:
    shop.sell("old", "BASKET")
    shop.scan(NEW, "COLA")
    basket = exchange(shop, NEW, "old", back())
    assert (basket.due_minor, basket.pay_out_minor, basket.credit_minor) == (0, 9550, 9900)
    done = shop.finish(NEW)
    assert (done.paid_out_minor, done.open_drawer, done.change_minor) == (9550, True, 0)
    assert shop.balance("drawer", "1") == 20_000 + 350
    assert shop.balance("sales", "store") == -350


def test_the_same_thing_once_more_costs_nothing(shop: Shop) -> None:
    shop.sell("old", "COLA")
    exchange(shop, NEW, "old", back(1, waste=True))
    shop.scan(NEW, "COLA")
    done = shop.finish(NEW)
    assert (done.paid_out_minor, done.open_drawer) == (0, False)
    assert shop.balance("drawer", "1") == 20_350
    kinds = [row[0] for row in shop.db.execute("SELECT kind FROM stock_moves WHERE product_id = 1")]
    assert sorted(kinds) == ["refund", "sale", "sale", "waste"]


def test_a_difference_goes_back_to_the_card_that_paid(shop: Shop) -> None:
    shop.scan("old", "BASKET")
    shop.pay("old", 9900, "card", "1", id_="card-1")
    shop.finish("old")
    shop.scan(NEW, "COLA")
    exchange(shop, NEW, "old", back(), id_="r")
    refused = shop.refusal(FinishSale(sale_id=NEW, lane=LANE))
    assert refused.code == "reference_needed"
    references = wanted("old", back(), cards="card-1").references
    exchange(shop, NEW, "old", back(), id_="r", references=references)
    done = shop.finish(NEW)
    refund = shop.do(RefundFound, GetRefund(refund_number=done.refund_number)).refund
    assert [(t.tender, t.amount_minor) for t in refund.tenders] == [("exchange", 350), ("card", 9550)]
    assert refund.exchange_sale_id == NEW
    assert shop.balance("tender", "card") == 350


def test_what_an_exchange_paid_goes_back_where_the_money_came_from(shop: Shop) -> None:
    shop.scan("old", "BASKET")
    shop.pay("old", 9900, "card", "1", id_="card-1")
    shop.finish("old")
    shop.scan(NEW, "BASKET")
    shop.scan(NEW, "COLA")
    exchange(shop, NEW, "old", back())
    shop.pay(NEW, 350)
    shop.finish(NEW)
    assert [(t.tender, t.paid_minor) for t in look(shop, sale=NEW).tenders] == [("card", 9900), ("cash", 350)]
    done = give_back(shop, NEW, back(1), back(2), cards="card-1")
    assert [(t.tender, t.amount_minor) for t in done.refund.tenders] == [("card", 9900), ("cash", 350)]
    assert (shop.balance("tender", "card"), shop.balance("drawer", "1")) == (0, 20_000)


def test_an_exchange_of_an_exchange_of_a_part(shop: Shop) -> None:
    shop.scan("old", "BASKET")
    shop.pay("old", 5000, "card", "1", id_="card-1")
    shop.pay("old", 4900)
    shop.finish("old")
    for name, before, code in (("second", "old", "COLA"), ("third", "second", "WATER")):
        shop.scan(name, code)
        references = wanted(before, back(), cards="card-1").references
        exchange(shop, name, before, back(), references=references)
        shop.finish(name)
    done = give_back(shop, "third", back(), cards="card-1")
    assert sum(t.amount_minor for t in done.refund.tenders) == 200
    assert (shop.balance("tender", "card"), shop.balance("drawer", "1")) == (0, 20_000)
    assert shop.balance("sales", "store") == 0


def test_goods_taken_off_again_cost_their_price(shop: Shop) -> None:
    shop.sell("old", "COLA")
    shop.scan(NEW, "BASKET")
    exchange(shop, NEW, "old", back())
    basket = shop.do(Basket, RemoveExchange(sale_id=NEW)).basket
    assert (basket.due_minor, basket.credit_minor, basket.credit_receipt) == (9900, 0, "")
    shop.pay(NEW, 9900)
    assert shop.finish(NEW).refund_number == ""
    assert look(shop, sale="old").lines[0].left_thousandths == 1000


def test_an_exchange_asked_again_takes_the_place_of_the_earlier_one(shop: Shop) -> None:
    shop.sell("old", "COLA", "COLA")
    shop.scan(NEW, "BASKET")
    exchange(shop, NEW, "old", back(1, 1))
    assert exchange(shop, NEW, "old", back(1, 2)).credit_minor == 700


def test_a_basket_with_an_exchange_is_neither_parked_nor_cancelled_nor_forgotten(shop: Shop) -> None:
    shop.sell("old", "COLA")
    exchange(shop, NEW, "old", back())
    assert shop.refusal(ParkSale(sale_id=NEW), "boss").code == "has_exchange"
    assert shop.refusal(CancelSale(sale_id=NEW), "boss").code == "has_exchange"
    refused = shop.refusal(
        ExchangeSale(
            refund_id=RefundId("x"),
            sale_id=SaleId("other"),
            lane=LANE,
            returned_sale_id=SaleId("old"),
            lines=(back(),),
        ),
        "boss",
    )
    assert refused.code == "lane_busy"
    shop.ask_ok(CountDrawer(lane=LANE, counted_minor=20_350))
    shop.ask_ok(RemoveExchange(sale_id=NEW))
    shop.close_shift(20_350)


def test_goods_that_came_back_elsewhere_meanwhile_do_not_pay_any_more(shop: Shop) -> None:
    shop.sell("old", "COLA", "COLA")
    shop.scan(NEW, "BASKET")
    exchange(shop, NEW, "old", back(1, 2))
    give_back(shop, "old", back(1, 1))
    shop.pay(NEW, 9200)
    refused = shop.refusal(FinishSale(sale_id=NEW, lane=LANE))
    assert refused.code == "too_many"
    assert "1 are left" in refused.explanation
    assert shop.do(BasketState, GetSale(sale_id=NEW)).basket is not None
    basket = exchange(shop, NEW, "old", back(1, 1))
    assert basket.due_minor == 350
    shop.pay(NEW, 350)
    shop.finish(NEW)


def test_an_exchange_finished_twice_is_booked_once(shop: Shop) -> None:
    shop.sell("old", "COLA")
    shop.scan(NEW, "BASKET")
    exchange(shop, NEW, "old", back())
    shop.pay(NEW, 9550)
    first = shop.do(SaleDone, FinishSale(sale_id=NEW, lane=LANE), command="f")
    again = shop.do(SaleDone, FinishSale(sale_id=NEW, lane=LANE), command="f")
    assert first == again
    assert first.refund_slip is not None
    assert shop.refusal(FinishSale(sale_id=NEW, lane=LANE)).code == "sale_finished"
    assert shop.journal().count("refunds.SaleRefunded") == 1


def test_an_exchange_needs_the_permission_of_a_refund_and_keeps_who_approved(shop: Shop) -> None:
    shop.sell("old", "COLA")
    shop.scan(NEW, "BASKET")
    request = ExchangeSale(
        refund_id=RefundId("r"), sale_id=NEW, lane=LANE, returned_sale_id=SaleId("old"), lines=(back(),)
    )
    assert shop.refusal(request).permission == Permission.REFUND
    shop.do(Basket, request, approval=shop.approve(Permission.REFUND))
    shop.pay(NEW, 9550)
    done = shop.finish(NEW)
    refund = shop.do(RefundFound, GetRefund(refund_number=done.refund_number)).refund
    assert (refund.operator, refund.approver) == ("Li", "Boss")


def test_who_asked_and_who_approved_stay_two_people_whoever_finishes(shop: Shop) -> None:
    shop.setting("refund_second_person_minor", "100")
    shop.sell("old", "BASKET")
    shop.scan(NEW, "COLA")
    request = ExchangeSale(
        refund_id=RefundId("r"), sale_id=NEW, lane=LANE, returned_sale_id=SaleId("old"), lines=(back(),)
    )
    shop.do(Basket, request, approval=shop.approve(Permission.REFUND))
    done = shop.finish(NEW, who="boss")
    refund = shop.do(RefundFound, GetRefund(refund_number=done.refund_number)).refund
    assert (refund.operator, refund.approver) == ("Li", "Boss")


def test_no_payment_of_another_sale_stands_in_the_way_of_an_exchange(shop: Shop) -> None:
    shop.sell("old", "BASKET")
    shop.scan("s", "COLA")
    shop.pay("s", 350, id_="new.exchange")
    shop.finish("s")
    shop.scan(NEW, "COLA")
    exchange(shop, NEW, "old", back())
    shop.finish(NEW)


def test_nobody_pays_with_an_exchange_by_hand(shop: Shop) -> None:
    assert "exchange" not in [k.tender for k in shop.do(TenderKinds, ListTenderKinds()).kinds]
    shop.scan(NEW, "COLA")
    request = AddTender.model_validate(
        {"sale_id": NEW, "tender_id": "t", "tender": "exchange", "amount_minor": 350}
    )
    assert shop.refusal(request).code == "no_such_tender"
    kind = TenderKindView(
        tender="exchange",
        name="x",
        gives_change=False,
        needs_reference=False,
        opens_drawer=False,
        counts_in_drawer=False,
    )
    assert shop.refusal(SaveTenderKind(kind_view=kind), "boss").code == "bad_tender"


def test_a_rounded_sale_is_exchanged_for_the_same_thing_without_a_cent(shop: Shop) -> None:
    shop.setting("cash_rounding", "100")
    shop.scan("old", "COLA")
    shop.pay("old", 300)
    assert shop.finish("old").basket.rounding_minor == -50
    shop.scan(NEW, "COLA")
    basket = exchange(shop, NEW, "old", back())
    # 3.00 was paid, 3.50 it costs again: cash rounds the 0.50 away.
    assert (basket.credit_minor, basket.due_minor, basket.cash_due_minor) == (300, 50, 0)
    done = shop.finish(NEW)
    assert (done.basket.rounding_minor, shop.balance("drawer", "1")) == (-50, 20_300)
    assert went(shop, give_back(shop, NEW, back()).refund.refund_number) == [("cash", 300)]
    assert shop.balance("drawer", "1") == 20_000


def went(shop: Shop, number: str) -> list[tuple[str, int]]:
    refund = shop.do(RefundFound, GetRefund(refund_number=number)).refund
    return [(tender.tender, tender.amount_minor) for tender in refund.tenders]


def test_tax_of_both_sides_is_booked(shop: Shop) -> None:
    tax(shop, "vat13", 130_000, default=True)
    shop.sell("old", "BASKET")
    assert shop.balance("tax", "vat13") == -1139
    shop.scan(NEW, "COLA")
    exchange(shop, NEW, "old", back())
    shop.finish(NEW)
    assert shop.balance("tax", "vat13") == -40
    assert shop.balance("sales", "store") == -310
