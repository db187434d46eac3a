"""Goods without a receipt: only with permission, for cash, at most at the present price."""

from collections.abc import Iterator
from typing import Any

import pytest
from refund_counter import LANE, change_product, tax, went_back
from shop_counter import COLA, GIFT, OLD, Shop, open_shop, paper

from protocol.identifiers import ProductId, RefundId
from protocol.messages.operators import SaveRole
from protocol.messages.refunds import (
    PreviewRefundWithoutReceipt,
    RefundDone,
    RefundPreview,
    RefundWithoutReceipt,
    ReturnProduct,
)
from protocol.permissions import ROLES, Permission
from store_server.stock.tables import level
from store_server.store.verification import verify_books

APPLES = ProductId(4)
CRISPS = ProductId(3)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def without(
    product: ProductId = COLA,
    quantity: int = 1000,
    price: int | None = None,
    reason: str = "wrong size",
    id_: str = "r-1",
    **more: Any,
) -> RefundWithoutReceipt:
    line = ReturnProduct(
        product_id=product, quantity_thousandths=quantity, price_minor=price, reason=reason, **more
    )
    return RefundWithoutReceipt(refund_id=RefundId(id_), lane=LANE, lines=(line,))


def test_the_present_price_goes_back_in_cash(shop: Shop) -> None:
    before = level(shop.db, COLA)
    done = shop.do(RefundDone, without(COLA, 2000), "boss")
    assert went_back(done) == [("cash", 700)]
    assert done.refund.sale_id is None
    assert level(shop.db, COLA) == before + 2000
    assert shop.balance("drawer", "1") == 20_000 - 700
    assert "Receipt |" not in paper(done.slip)
    assert shop.do(RefundDone, without(COLA, 2000), "boss") == done


def test_goods_on_promotion_come_back_at_the_promotional_price(shop: Shop) -> None:
    assert went_back(shop.do(RefundDone, without(CRISPS), "boss")) == [("cash", 800)]


def test_a_cashier_needs_the_permission_and_a_reason(shop: Shop) -> None:
    refused = shop.refusal(without())
    assert (refused.code, refused.permission) == ("approval_needed", Permission.REFUND_WITHOUT_RECEIPT)
    assert shop.refusal(without(reason=" "), "boss").code == "reason_needed"
    approval = shop.approve(Permission.REFUND_WITHOUT_RECEIPT)
    assert shop.do(RefundDone, without(), approval=approval).refund.approver == "Boss"


def test_more_than_it_costs_now_has_to_be_approved(shop: Shop) -> None:
    only = ROLES["cashier"] | {Permission.REFUND_WITHOUT_RECEIPT}
    shop.ask_ok(SaveRole(role="cashier", permissions=tuple(sorted(only))), "boss")
    assert went_back(shop.do(RefundDone, without(price=300))) == [("cash", 300)]
    refused = shop.refusal(without(price=351, id_="r-2"))
    assert (refused.code, refused.permission) == ("approval_needed", Permission.OVERRIDE_PRICE)
    assert "More is given for 可乐 than it costs now" in refused.explanation
    approval = shop.approve(Permission.OVERRIDE_PRICE)
    assert went_back(shop.do(RefundDone, without(price=351, id_="r-2"), approval=approval)) == [("cash", 351)]


def test_who_approves_the_refund_and_may_change_prices_approves_both(shop: Shop) -> None:
    approval = shop.approve(Permission.REFUND_WITHOUT_RECEIPT)
    done = shop.do(RefundDone, without(price=400), approval=approval)
    assert went_back(done) == [("cash", 400)]


def test_above_the_limit_two_people_are_needed(shop: Shop) -> None:
    shop.setting("refund_second_person_minor", "300")
    assert shop.refusal(without(), "boss").code == "approval_needed"
    approval = shop.approve(Permission.REFUND_WITHOUT_RECEIPT)
    assert shop.do(RefundDone, without(), approval=approval).refund.approver == "Boss"


def test_many_small_ones_by_one_person_in_a_shift_need_a_second_one(shop: Shop) -> None:
    shop.setting("refund_second_person_minor", "900")
    shop.do(RefundDone, without(id_="r-1"), "boss")
    shop.do(RefundDone, without(id_="r-2"), "boss")
    lines = without().lines
    seen = shop.do(RefundPreview, PreviewRefundWithoutReceipt(lane=LANE, lines=lines), "boss")
    assert seen.second_person
    assert shop.refusal(without(id_="r-3"), "boss").code == "approval_needed"
    approval = shop.approve(Permission.REFUND_WITHOUT_RECEIPT)
    shop.do(RefundDone, without(id_="r-3"), approval=approval)


def test_goods_that_are_not_sold_any_more_still_come_back(shop: Shop) -> None:
    assert went_back(shop.do(RefundDone, without(OLD), "boss")) == [("cash", 100)]


def test_goods_without_a_price_need_one(shop: Shop) -> None:
    assert shop.refusal(without(GIFT), "boss").code == "price_needed"
    assert went_back(shop.do(RefundDone, without(GIFT, price=1200), "boss")) == [("cash", 1200)]


def test_what_cannot_be_is_refused_in_words(shop: Shop) -> None:
    assert shop.refusal(without(ProductId(99)), "boss").code == "no_such_product"
    assert shop.refusal(without(COLA, 500), "boss").code == "whole_only"
    assert shop.refusal(without(COLA, 6_901_234_000), "boss").code == "too_many"
    assert shop.refusal(without(COLA, price=6_901_234_567_892), "boss").code == "bad_price"


def test_weighed_goods_and_tax_and_coins(shop: Shop) -> None:
    tax(shop, "tax8", 80_000, inclusive=False)
    change_product(shop, APPLES, tax="tax8")
    shop.setting("cash_rounding", "10")
    shop.setting("cash_rounding_mode", "half_up")
    query = PreviewRefundWithoutReceipt(lane=LANE, lines=without(APPLES, 455).lines)
    shown = shop.do(RefundPreview, query).refund
    done = shop.do(RefundDone, without(APPLES, 455), "boss")
    # 0.455 × 19.90 = 9.05, with 8 % on top 9.77, in coins 9.80.
    assert (done.refund.amount_minor, done.refund.rounding_minor) == (977, 3)
    assert went_back(done) == [("cash", 980)]
    assert shown.paid_back_minor == 980
    assert (shop.balance("tax", "tax8"), shop.balance("sales", "store")) == (72, 905)
