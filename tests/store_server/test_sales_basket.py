"""The basket: scanning, quantities, voids, notes, prices and discounts, in the shop's words."""

from collections.abc import Iterator

import pytest
from shop_counter import COLA, MORNING, Shop, open_shop

from protocol.identifiers import LaneCode, SaleId
from protocol.messages.base import Request
from protocol.messages.sales import (
    AddItem,
    AddProduct,
    Basket,
    ChangeQuantity,
    DiscountLine,
    DiscountSale,
    NoteLine,
    OverridePrice,
    VoidLine,
)
from protocol.permissions import Permission

S = SaleId("sale-1")
LANE = LaneCode("1")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    shop.db.close()


def add(code: str, quantity: int | None = None, price: int | None = None, sale: SaleId = S) -> AddItem:
    return AddItem(sale_id=sale, lane=LANE, code=code, quantity_thousandths=quantity, price_minor=price)


def test_a_scan_begins_a_sale_and_the_answer_is_the_whole_basket(shop: Shop) -> None:
    basket = shop.scan(S, "6901234567892")
    assert (basket.state, basket.lane, basket.operator) == ("open", "1", "Li")
    assert [(line.name, line.quantity_thousandths, line.amount_minor) for line in basket.lines] == [
        ("可乐", 1000, 350)
    ]
    assert (basket.total_minor, basket.due_minor, basket.version) == (350, 350, 1)


def test_the_same_goods_scanned_again_join_the_last_line(shop: Shop) -> None:
    shop.scan(S, "6901234567892")
    answer = shop.do(Basket, add("COLA", 2000))
    assert answer.line == 1
    assert [line.quantity_thousandths for line in answer.basket.lines] == [3000]
    assert answer.basket.total_minor == 1050


def test_the_same_goods_after_something_else_are_a_line_of_their_own(shop: Shop) -> None:
    for code in ("COLA", "WATER", "COLA"):
        basket = shop.scan(S, code)
    assert [line.name for line in basket.lines] == ["可乐", "矿泉水", "可乐"]


@pytest.mark.parametrize(
    "decide",
    [
        NoteLine(sale_id=S, line=1, note="cold"),
        OverridePrice(sale_id=S, line=1, unit_price_minor=300, reason="dented"),
        DiscountLine(sale_id=S, line=1, amount_minor=50, reason="dented"),
        VoidLine(sale_id=S, line=1),
    ],
    ids=["noted", "overridden", "discounted", "voided"],
)
def test_nothing_joins_a_line_about_which_something_was_decided(shop: Shop, decide: Request) -> None:
    shop.scan(S, "COLA")
    needed = decide.permission
    approval = shop.approve(Permission(needed)) if needed in ("override_price", "discount") else None
    shop.ask_ok(decide, approval=approval)
    assert len(shop.scan(S, "COLA").lines) == 2


def test_a_pack_of_six_sells_six(shop: Shop) -> None:
    basket = shop.scan(S, "6901234567906", 2000)
    assert basket.lines[0].quantity_thousandths == 12_000
    assert basket.total_minor == 12 * 350


def test_goods_chosen_from_a_list_are_added_by_their_id(shop: Shop) -> None:
    basket = shop.do(Basket, AddProduct(sale_id=S, lane=LANE, product_id=COLA)).basket
    assert basket.lines[0].code == "COLA"


def test_the_promotional_price_is_charged_and_the_normal_one_stays_on_the_line(shop: Shop) -> None:
    basket = shop.scan(S, "CRISPS")
    line = basket.lines[0]
    assert (line.normal_price_minor, line.unit_price_minor, line.price_reason) == (950, 800, "promotion")
    assert (basket.gross_minor, basket.discount_minor, basket.total_minor) == (950, 150, 800)


def test_weighed_goods_ask_for_their_weight(shop: Shop) -> None:
    refused = shop.refusal(add("12345"))
    assert refused.code == "weight_needed"
    assert refused.explanation == "苹果 is sold by weight. Please weigh it."
    basket = shop.scan(S, "12345", 455)
    assert basket.lines[0].amount_minor == 905  # 0.455 kg at 19.90 is 9.0545
    assert basket.item_count_thousandths == 1000


def test_two_weighings_stay_two_lines(shop: Shop) -> None:
    shop.scan(S, "12345", 455)
    assert len(shop.scan(S, "12345", 455).lines) == 2


def test_a_label_with_the_weight_inside_needs_no_scale(shop: Shop) -> None:
    basket = shop.scan(S, "2112345004556")
    assert basket.lines[0].quantity_thousandths == 455
    assert basket.total_minor == 905


def test_a_label_with_the_price_inside_costs_what_is_printed_on_it(shop: Shop) -> None:
    basket = shop.scan(S, "2212345010004")
    assert basket.lines[0].amount_minor == 1000
    assert basket.lines[0].price_reason == "price in barcode"
    assert basket.lines[0].quantity_thousandths == 503  # 10.00 at 19.90 a kilogram
    assert (
        shop.refusal(ChangeQuantity(sale_id=S, line=1, quantity_thousandths=600)).code == "amount_is_printed"
    )


def test_a_label_is_scanned_once_for_each_pack(shop: Shop) -> None:
    assert shop.refusal(add("2112345004556", 2000)).code == "label_is_single"
    assert shop.refusal(add("2212345010004", 2000)).code == "label_is_single"


def test_goods_without_a_fixed_price_ask_for_it(shop: Shop) -> None:
    assert shop.refusal(add("GIFT")).code == "price_needed"
    assert shop.refusal(add("GIFT", price=0)).code == "price_zero"
    assert shop.refusal(add("GIFT", price=-5)).code == "bad_price"
    assert shop.refusal(add("GIFT", price=6_901_234_567_892)).code == "bad_price"
    assert shop.scan(S, "GIFT", price_minor=1234).total_minor == 1234


def test_a_price_cannot_be_typed_for_goods_that_have_one(shop: Shop) -> None:
    assert shop.refusal(add("COLA", price=1)).code == "price_fixed"


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (add("4006381333932"), "wrong_check_digit", "check digit"),
        (add("NOTHING"), "unknown_barcode", "NOTHING"),
        (add("OLD"), "not_on_sale", "not on sale"),
        (add("FREE"), "price_zero", "has the price 0"),
        (add("COLA", 5_000_000), "too_many", "5000 is more than one line can hold (999)"),
        (add("COLA", 6_901_234_567_892), "too_many", "Was a barcode typed as a quantity?"),
        (add("COLA", 1500), "whole_only", "1.5 is not a whole number"),
        (add("COLA", 500_000_000_0), "too_many", "more than one line can hold"),
    ],
)
def test_what_cannot_be_sold_is_refused_in_words(
    shop: Shop, request_: AddItem, code: str, words: str
) -> None:
    refused = shop.refusal(request_)
    assert refused.code == code
    assert words in refused.explanation
    assert shop.db.execute("SELECT count(*) FROM sales").fetchone()[0] == 0, "nothing half done"


def test_joining_stops_at_the_largest_quantity(shop: Shop) -> None:
    shop.scan(S, "COLA", 999_000)
    assert shop.refusal(add("COLA")).code == "too_many"


def test_a_sale_has_so_many_lines_and_no_more(shop: Shop) -> None:
    shop.setting("line_limit", "2")
    shop.scan(S, "COLA")
    shop.scan(S, "WATER")
    assert "A sale can have 2 lines" in shop.refusal(add("CRISPS")).explanation


def test_nothing_is_sold_without_a_shift() -> None:
    shop = open_shop()
    refused = shop.refusal(add("COLA"))
    assert refused.code == "no_shift"
    assert "open a shift first" in refused.explanation
    shop.db.close()


def test_nobody_sells_without_signing_on(shop: Shop) -> None:
    assert shop.refusal(add("COLA"), "nobody").code == "not_signed_on"


def test_a_lane_has_one_open_sale(shop: Shop) -> None:
    shop.scan(S, "COLA")
    assert shop.refusal(add("COLA", sale=SaleId("sale-2"))).code == "lane_busy"


def test_an_empty_basket_makes_room_for_the_next(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.ask_ok(VoidLine(sale_id=S, line=1))
    assert shop.scan("sale-2", "COLA").sale_id == "sale-2"
    assert shop.refusal(add("COLA")).code == "sale_cancelled"


def test_changing_the_quantity_changes_the_total(shop: Shop) -> None:
    shop.scan(S, "COLA")
    basket = shop.do(Basket, ChangeQuantity(sale_id=S, line=1, quantity_thousandths=3000)).basket
    assert basket.total_minor == 1050
    wrong = ChangeQuantity(sale_id=S, line=1, quantity_thousandths=3500)
    assert shop.refusal(wrong).code == "whole_only"
    assert shop.refusal(ChangeQuantity(sale_id=S, line=7, quantity_thousandths=1000)).code == "no_such_line"


def test_a_voided_line_stays_visible_and_is_on_record(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.scan(S, "WATER")
    basket = shop.do(Basket, VoidLine(sale_id=S, line=1)).basket
    assert [(line.voided, line.amount_minor) for line in basket.lines] == [(True, 350), (False, 200)]
    assert basket.total_minor == 200
    assert "sales.LineVoided" in shop.journal()
    event = shop.db.execute("SELECT kind, amount_minor, operator_name FROM shift_events").fetchone()
    assert tuple(event) == ("void", 350, "Li")
    assert shop.refusal(VoidLine(sale_id=S, line=1)).code == "line_voided"


def test_a_note_stays_on_its_line(shop: Shop) -> None:
    shop.scan(S, "COLA")
    basket = shop.do(Basket, NoteLine(sale_id=S, line=1, note=" cold, please ")).basket
    assert basket.lines[0].note == "cold, please"


def override(price: int, reason: str = "dented") -> OverridePrice:
    return OverridePrice(sale_id=S, line=1, unit_price_minor=price, reason=reason)


def test_a_cashier_changes_a_price_only_with_an_approval(shop: Shop) -> None:
    shop.scan(S, "COLA")
    refused = shop.refusal(override(300))
    assert (refused.code, refused.permission) == ("approval_needed", "override_price")
    approval = shop.approve(Permission.OVERRIDE_PRICE)
    basket = shop.do(Basket, override(300), approval=approval).basket
    assert basket.lines[0].price_reason == "price changed: dented"
    assert (basket.lines[0].normal_price_minor, basket.total_minor) == (350, 300)
    row = shop.db.execute("SELECT approver_id FROM journal WHERE name = 'sales.PriceOverridden'").fetchone()
    assert row[0] == 1
    assert shop.refusal(override(200), approval=approval).code == "approval_needed", "good for one action"


def test_another_price_needs_a_reason_and_is_never_zero(shop: Shop) -> None:
    shop.scan(S, "COLA")
    approve = Permission.OVERRIDE_PRICE
    assert shop.refusal(override(300, " "), approval=shop.approve(approve)).code == "reason_needed"
    refused = shop.refusal(override(0), approval=shop.approve(approve))
    assert refused.code == "price_zero"
    assert "discount of 100 %" in refused.explanation


def discount_line(amount: int | None = None, rate: int | None = None, why: str = "dented") -> DiscountLine:
    return DiscountLine(sale_id=S, line=1, amount_minor=amount, rate_ppm=rate, reason=why)


def discount_sale(amount: int | None = None, rate: int | None = None, why: str = "regular") -> DiscountSale:
    return DiscountSale(sale_id=S, amount_minor=amount, rate_ppm=rate, reason=why)


def discounted(shop: Shop, request: Request) -> Basket:
    return shop.do(Basket, request, approval=shop.approve(Permission.DISCOUNT))


def test_the_latest_discount_on_a_line_replaces_the_earlier_one(shop: Shop) -> None:
    shop.scan(S, "COLA", 3000)
    assert discounted(shop, discount_line(amount=100)).basket.total_minor == 950
    basket = discounted(shop, discount_line(rate=100_000)).basket
    assert (basket.total_minor, basket.lines[0].discount_minor) == (945, 105)
    assert basket.lines[0].discount_reason == "dented"
    basket = discounted(shop, discount_line(amount=0, why="")).basket
    assert (basket.total_minor, basket.lines[0].discount_reason) == (1050, "")


def test_a_discount_never_exceeds_what_it_is_taken_off(shop: Shop) -> None:
    shop.scan(S, "COLA")
    for request in (discount_line(amount=351), discount_sale(amount=351)):
        refused = shop.refusal(request, approval=shop.approve(Permission.DISCOUNT))
        assert refused.code == "discount_too_big"
        assert "¥3.51" in refused.explanation


def test_a_discount_is_an_amount_or_a_percentage_and_has_a_reason(shop: Shop) -> None:
    shop.scan(S, "COLA")
    for request, code in (
        (discount_line(), "bad_discount"),
        (discount_line(10, 10), "bad_discount"),
        (discount_line(10, why=""), "reason_needed"),
    ):
        assert shop.refusal(request, approval=shop.approve(Permission.DISCOUNT)).code == code


def test_a_discount_on_the_sale_is_shared_over_its_lines_to_the_cent(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.scan(S, "WATER")
    shop.scan(S, "BASKET")
    basket = discounted(shop, discount_sale(amount=1000)).basket
    assert [line.discount_minor for line in basket.lines] == [34, 19, 947]
    assert (basket.sale_discount_minor, basket.total_minor) == (1000, 9450)
    basket = shop.scan(S, "WATER")
    assert basket.sale_discount_minor == 1000, "calculated again with every change"
    assert basket.total_minor == 9650


def test_giving_everything_away_leaves_zero_to_pay(shop: Shop) -> None:
    shop.scan(S, "COLA")
    basket = discounted(shop, discount_sale(rate=1_000_000)).basket
    assert (basket.total_minor, basket.due_minor) == (0, 0)
    assert shop.finish(S).basket.total_minor == 0


def test_the_same_command_twice_is_one_scan(shop: Shop) -> None:
    first = shop.do(Basket, add("COLA"), command="cmd-1")
    again = shop.do(Basket, add("COLA"), command="cmd-1")
    assert first == again
    assert again.basket.lines[0].quantity_thousandths == 1000


def test_a_basket_knows_when_it_began(shop: Shop) -> None:
    started = shop.scan(S, "COLA").started_at
    assert started is not None
    assert started > MORNING
