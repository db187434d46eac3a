"""Cash rounding at the counter: the cash part alone, its own row, mixed payments never stuck (PRC-8)."""

from collections.abc import Iterator

import pytest
from refund_counter import LANE, back, give_back, look, went_back
from shop_counter import Shop, open_shop, paper

from protocol.identifiers import SaleId, TenderId
from protocol.messages.sales import Basket, FinishSale, RemoveTender
from protocol.messages.store import ChangeSetting
from store_server.store.verification import verify_books

S = SaleId("s")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    shop.setting("cash_rounding", "10")
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def rounding(shop: Shop, step: str, mode: str) -> None:
    shop.setting("cash_rounding", step)
    shop.setting("cash_rounding_mode", mode)


def test_the_cash_key_asks_for_less_and_the_rest_is_a_row_of_its_own(shop: Shop) -> None:
    basket = shop.scan(S, "12345", 455)
    assert (basket.total_minor, basket.due_minor, basket.cash_due_minor, basket.rounding_minor) == (
        905,
        905,
        900,
        0,
    )
    basket = shop.pay(S, 1000)
    assert (basket.rounding_minor, basket.change_minor, basket.due_minor) == (-5, 100, 0)
    done = shop.finish(S)
    assert (shop.balance("rounding", "store"), shop.balance("drawer", "1")) == (5, 20_900)
    assert shop.balance("sales", "store") == -905
    text = paper(done.receipt)
    assert "Roundings | -0.05" in text
    assert "Total | ¥9.00" in text


def test_a_card_pays_to_the_cent(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    basket = shop.pay(S, 905, "card", "1")
    assert (basket.rounding_minor, basket.due_minor) == (0, 0)
    shop.finish(S)
    assert shop.balance("tender", "card") == 905


def test_of_a_mixed_payment_only_the_cash_is_rounded(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    basket = shop.pay(S, 401, "card", "1")
    assert (basket.due_minor, basket.cash_due_minor) == (504, 500)
    basket = shop.pay(S, 500)
    assert (basket.rounding_minor, basket.change_minor, basket.due_minor) == (-4, 0, 0)
    shop.finish(S)


def test_cash_first_and_the_card_after_it(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    basket = shop.pay(S, 400)
    assert (basket.due_minor, basket.cash_due_minor, basket.rounding_minor) == (505, 500, 0)
    basket = shop.pay(S, 505, "card", "1")
    assert (basket.due_minor, basket.rounding_minor, basket.change_minor) == (0, 0, 0)
    shop.finish(S)


def test_a_mixed_payment_is_never_stuck_at_a_cent(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    basket = shop.pay(S, 900, "card", "1")
    assert (basket.due_minor, basket.cash_due_minor) == (5, 0)
    done = shop.finish(S)
    assert (done.basket.rounding_minor, done.basket.due_minor, done.open_drawer) == (-5, 0, False)
    assert shop.balance("tender", "card") == 900


def test_a_payment_that_is_taken_back_takes_its_rounding_with_it(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    shop.pay(S, 900, id_="t-1")
    basket = shop.do(Basket, RemoveTender(sale_id=S, tender_id=TenderId("t-1"))).basket
    assert (basket.rounding_minor, basket.due_minor, basket.cash_due_minor) == (0, 905, 900)


def test_goods_that_are_added_after_the_payment_are_rounded_anew(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    shop.pay(S, 900)
    basket = shop.scan(S, "12345", 101)
    assert (basket.total_minor, basket.rounding_minor, basket.due_minor, basket.cash_due_minor) == (
        1106,
        0,
        206,
        200,
    )


def test_less_than_the_rounded_amount_does_not_pay(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    shop.pay(S, 890)
    refused = shop.refusal(FinishSale(sale_id=S, lane=LANE))
    assert refused.code == "not_paid"


@pytest.mark.parametrize(
    ("step", "mode", "pays"),
    [
        ("none", "down", 905),
        ("5", "half_up", 905),
        ("10", "half_up", 910),
        ("10", "half_down", 900),
        ("10", "half_even", 900),
        ("50", "half_up", 900),
        ("100", "half_up", 900),
        ("100", "down", 900),
        ("50", "up", 950),
        ("100", "up", 1000),
    ],
)
def test_every_mode(shop: Shop, step: str, mode: str, pays: int) -> None:
    rounding(shop, step, mode)
    assert shop.scan(S, "12345", 455).cash_due_minor == pays
    basket = shop.pay(S, pays)
    assert (basket.due_minor, basket.change_minor, basket.rounding_minor) == (0, 0, pays - 905)
    done = shop.finish(S)
    assert shop.balance("drawer", "1") == 20_000 + pays
    assert look(shop, done.receipt_number).rounding_minor == pays - 905
    assert went_back(give_back(shop, S, back(1, quantity=455))) == [("cash", pays)]
    assert (shop.balance("drawer", "1"), shop.balance("rounding", "store")) == (20_000, 0)


def test_exact_cash_pays_where_cash_is_rounded_up(shop: Shop) -> None:
    rounding(shop, "10", "up")
    assert shop.scan(S, "12345", 455).cash_due_minor == 910
    basket = shop.pay(S, 905)
    assert (basket.rounding_minor, basket.due_minor, basket.change_minor) == (0, 0, 0)
    shop.finish(S)


def test_a_setting_that_changes_holds_for_the_next_sale(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    shop.ask_ok(ChangeSetting(setting="cash_rounding", value="100"), "boss")
    shop.ask_ok(ChangeSetting(setting="cash_rounding_mode", value="up"), "boss")
    assert shop.pay(S, 900).due_minor == 0
    shop.finish(S)
    assert shop.scan("t", "COLA").cash_due_minor == 400
    assert shop.refusal(ChangeSetting(setting="cash_rounding", value="7"), "boss").code == "bad_value"


def test_a_part_of_a_rounded_sale_goes_back_in_coins_and_all_of_it_exactly(shop: Shop) -> None:
    rounding(shop, "100", "down")
    shop.scan(S, "COLA", 3000)
    shop.pay(S, 1000)
    assert shop.finish(S).basket.rounding_minor == -50
    parts = [went_back(give_back(shop, S, back(1, 1))) for _n in range(3)]
    # 10.00 for three: a third is 3.33, and there are coins of 0.10.
    assert parts == [[("cash", 330)], [("cash", 340)], [("cash", 330)]]
    assert (shop.balance("drawer", "1"), shop.balance("rounding", "store")) == (20_000, 0)


def test_card_and_rounded_cash_go_back_each_to_its_own(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    shop.pay(S, 401, "card", "1", id_="card-1")
    shop.pay(S, 500)
    shop.finish(S)
    for quantity in (55, 300, 100):
        give_back(shop, S, back(1, quantity=quantity), cards="card-1")
    assert (shop.balance("tender", "card"), shop.balance("drawer", "1")) == (0, 20_000)
    assert shop.balance("rounding", "store") == 0
