"""Paying and finishing: tenders, change, receipt numbers, the books after a sale, parking, reprints."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest
from shop_counter import COLA, Shop, open_shop, paper

from protocol.identifiers import LaneCode, SaleId, TenderId
from protocol.messages.sales import (
    AddItem,
    AddTender,
    Basket,
    BasketState,
    CancelSale,
    DiscountSale,
    FinishSale,
    GetOpenBasket,
    GetSale,
    ListParkedSales,
    ListSales,
    ListTenderKinds,
    ParkedSales,
    ParkSale,
    RecallSale,
    ReceiptCopy,
    RemoveTender,
    ReprintReceipt,
    SaleDone,
    SaleRows,
    SaleState,
    SaveTenderKind,
    TenderKinds,
    TenderKindView,
    VoidLine,
)
from protocol.permissions import Permission
from store_server.sales.checks import wrong_sales
from store_server.sales.reading import FINISHED, OF_MEMBERS, PARKED
from store_server.sales.rules import receipt_number, safe_reference
from store_server.store.verification import verify_books

S = SaleId("sale-1")
LANE = LaneCode("1")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def tender(kind: str, amount: int, reference: str = "", id_: str = "t-1") -> AddTender:
    return AddTender(
        sale_id=S, tender_id=TenderId(id_), tender=kind, amount_minor=amount, reference=reference
    )


def test_cash_gives_change_and_the_drawer_keeps_the_rest(shop: Shop) -> None:
    shop.scan(S, "COLA", 3000)
    basket = shop.pay(S, 2000)
    assert (basket.paid_minor, basket.due_minor, basket.change_minor) == (2000, 0, 950)
    done = shop.finish(S)
    assert (done.change_minor, done.open_drawer, done.receipt_number) == (950, True, "S1-1-20261121-0001")
    assert done.basket.state == SaleState.FINISHED
    assert shop.balance("drawer", "1") == 20_000 + 1050
    assert shop.balance("sales", "store") == -1050


def test_a_mixed_payment_goes_to_each_tenders_account(shop: Shop) -> None:
    shop.scan(S, "BASKET")
    shop.pay(S, 5000, "card", "004271")
    shop.pay(S, 2000, "mobile", "A17")
    basket = shop.pay(S, 3000)
    assert [(t.name, t.amount_minor) for t in basket.tenders] == [
        ("Bank card", 5000),
        ("Mobile pay", 2000),
        ("Cash", 3000),
    ]
    done = shop.finish(S)
    assert done.change_minor == 100
    assert [shop.balance("tender", "card"), shop.balance("tender", "mobile")] == [5000, 2000]
    assert shop.balance("drawer", "1") == 22_900


def test_a_card_sale_leaves_the_drawer_closed(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.pay(S, 350, "card", "1")
    assert not shop.finish(S).open_drawer


def test_payments_that_cannot_be_are_refused_in_words(shop: Shop) -> None:
    shop.scan(S, "COLA")
    for request, code, words in (
        (tender("card", 351, "1"), "too_much", "gives no change"),
        (tender("card", 350), "reference_needed", "needs the reference"),
        (tender("gold", 350), "no_such_tender", "gold"),
        (tender("cash", 6_901_234_567_892), "too_much", "Was a barcode typed as an amount?"),
    ):
        refused = shop.refusal(request)
        assert refused.code == code
        assert words in refused.explanation
    shop.pay(S, 400)
    assert shop.refusal(tender("cash", 100, id_="t-2")).code == "nothing_due"


def test_a_sale_that_is_not_paid_says_how_much_is_missing(shop: Shop) -> None:
    shop.scan(S, "BASKET")
    shop.pay(S, 9000)
    refused = shop.refusal(FinishSale(sale_id=S, lane=LANE))
    assert (refused.code, refused.explanation) == ("not_paid", "Still ¥9.00 to pay.")


def test_a_payment_with_the_same_id_is_taken_once(shop: Shop) -> None:
    shop.scan(S, "BASKET")
    shop.ask_ok(tender("card", 5000, "1"))
    assert len(shop.do(Basket, tender("card", 5000, "1")).basket.tenders) == 1
    assert shop.refusal(tender("card", 4000, "1")).code == "tender_id_used"


def test_a_payment_is_taken_back_and_is_on_record(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.ask_ok(tender("cash", 350))
    basket = shop.do(Basket, RemoveTender(sale_id=S, tender_id=TenderId("t-1"))).basket
    assert (basket.tenders, basket.due_minor) == ((), 350)
    assert shop.db.execute("SELECT kind FROM shift_events").fetchone()[0] == "tender_removed"
    assert shop.journal()[-1] == "sales.TenderRemoved"
    shop.ask_ok(CancelSale(sale_id=S))


def test_a_sale_that_comes_to_more_than_any_shop_sells_is_refused_in_words(shop: Shop) -> None:
    shop.setting("quantity_limit_thousandths", "9999999")
    goods = {"code": "GIFT", "price_minor": 100_000_000}
    basket = shop.scan(S, quantity=9_999_000, **goods)
    refused = shop.refusal(
        AddItem(sale_id=S, lane=LANE, code="GIFT", price_minor=99_999_999, quantity_thousandths=9_999_000)
    )
    assert refused.code == "too_much"
    assert shop.do(BasketState, GetSale(sale_id=S)).basket == basket


def test_the_receipt_of_a_lane_in_small_letters_is_found_again(shop: Shop) -> None:
    shop.open_shift("k1")
    number = shop.sell("k", "COLA", lane="k1").receipt_number
    for typed in (number, f" {number} "):
        copy = ReprintReceipt(lane=LaneCode("k1"), receipt_number=typed)
        assert shop.do(ReceiptCopy, copy).receipt_number == number
        assert shop.do(BasketState, GetSale(receipt_number=typed)).basket is not None
    first = shop.sell(S, "COLA").receipt_number
    assert shop.do(ReceiptCopy, ReprintReceipt(lane=LANE, receipt_number=first.lower())).copies == 1
    listed = shop.do(SaleRows, ListSales(text="K1-"), "boss").sales
    assert [each.receipt_number for each in listed] == [number]


def test_goods_cannot_be_voided_below_what_a_card_has_paid(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.scan(S, "BASKET")
    shop.pay(S, 9900, "card", "1")
    refused = shop.refusal(VoidLine(sale_id=S, line=2))
    assert refused.code == "paid_more"
    assert "¥95.50" in refused.explanation
    shop.pay(S, 350)
    shop.finish(S)


def test_only_the_ends_of_pay_codes_and_card_numbers_are_kept(shop: Shop) -> None:
    shop.scan(S, "COLA")
    assert shop.pay(S, 350, "mobile", "134567890123456789").tenders[0].reference == "13…6789"
    shop.finish(S)
    assert safe_reference("4111 1111 1111 1111") == "411111…1111"
    assert safe_reference("Visa 4111-1111-1111-1111, slip 12") == "Visa 411111…1111, slip 12"
    assert safe_reference("4111 1111 1111 1112") == "4111 1111 1111 1112", "no card has this number"
    assert safe_reference("004271") == "004271"
    everything = "\n".join(shop.db.iterdump())
    assert "134567890123456789" not in everything


def test_a_new_way_to_pay_is_data(shop: Shop) -> None:
    voucher = TenderKindView(
        tender="voucher",
        name="Voucher",
        gives_change=False,
        needs_reference=False,
        opens_drawer=True,
        counts_in_drawer=False,
        minimum_minor=500,
        maximum_minor=2000,
        position=9,
    )
    kinds = shop.do(TenderKinds, SaveTenderKind(kind_view=voucher), "boss").kinds
    assert [kind.tender for kind in kinds] == ["cash", "card", "mobile", "points", "voucher"]
    shop.scan(S, "BASKET")
    assert "at least ¥5.00" in shop.refusal(tender("voucher", 499)).explanation
    assert "at most ¥20.00" in shop.refusal(tender("voucher", 2001)).explanation
    shop.pay(S, 2000, "voucher")
    shop.pay(S, 7900)
    assert shop.finish(S).open_drawer


def test_cash_cannot_be_abolished_and_a_cashier_changes_no_tender(shop: Shop) -> None:
    cash = shop.do(TenderKinds, ListTenderKinds()).kinds[0].model_copy(update={"active": False})
    assert shop.refusal(SaveTenderKind(kind_view=cash), "boss").code == "no_cash"
    assert shop.refusal(SaveTenderKind(kind_view=cash)).code == "approval_needed"
    bad = cash.model_copy(update={"tender": "Not A Code"})
    assert shop.refusal(SaveTenderKind(kind_view=bad), "boss").code == "bad_tender"


def test_receipt_numbers_run_per_lane_without_gaps(shop: Shop) -> None:
    shop.open_shift("2", who="wang")
    numbers = [
        shop.sell("a", "COLA").receipt_number,
        shop.sell("b", "COLA", lane="2", who="wang").receipt_number,
        shop.sell("c", "COLA").receipt_number,
    ]
    assert numbers == ["S1-1-20261121-0001", "S1-2-20261121-0001", "S1-1-20261121-0002"]
    assert receipt_number("S1", "2", "2026-11-21", 12345) == "S1-2-20261121-12345"


def test_the_same_finish_gets_the_same_answer_to_the_last_word(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.pay(S, 1000)
    first = shop.finish(S, command="finish-1")
    shop.setting("store_name", "Another Name")
    again = shop.finish(S, command="finish-1")
    assert first == again
    assert "Corner Shop" in paper(again.receipt)
    assert len([name for name in shop.journal() if name == "sales.SaleFinished"]) == 1


def test_another_finish_of_a_finished_sale_is_refused(shop: Shop) -> None:
    shop.sell(S, "COLA")
    refused = shop.refusal(FinishSale(sale_id=S, lane=LANE))
    assert refused.code == "sale_finished"
    assert "S1-1-20261121-0001" in refused.explanation
    shop_more = AddItem(sale_id=S, lane=LANE, code="COLA")
    assert shop.refusal(shop_more).code == "sale_finished"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sales SET total_minor = 1",
        "DELETE FROM sales",
        "UPDATE sale_lines SET amount_minor = 1",
        "DELETE FROM sale_lines",
        "UPDATE sale_tenders SET amount_minor = 1",
        "DELETE FROM sale_tenders",
        "INSERT INTO sale_lines SELECT sale_id, 2, product_id, code, name, unit, by_weight, price_version, "
        "quantity_thousandths, normal_price_minor, unit_price_minor, price_kind, override_reason, "
        "printed_amount_minor, discount_amount_minor, discount_rate_ppm, discount_reason, note, voided, "
        "line_discount_minor, share_minor, amount_minor, list_price_minor, list_kind, tax, tax_name, "
        "tax_rate_ppm, tax_inclusive, tax_minor, category_id, offers_minor, offers FROM sale_lines",
        "UPDATE ledger_postings SET amount = 1",
        "DELETE FROM stock_moves",
        "UPDATE shift_events SET amount_minor = 1",
    ],
)
def test_nothing_can_change_a_finished_sale(shop: Shop, statement: str) -> None:
    shop.scan(S, "COLA")
    shop.ask_ok(VoidLine(sale_id=S, line=1))
    shop.scan(S, "WATER")
    shop.pay(S, 200)
    shop.finish(S)
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute(statement)


def test_goods_leave_the_stock_with_the_sale_even_below_zero(shop: Shop) -> None:
    shop.sell(S, "COLA", "WATER", "COLA")
    rows = shop.db.execute("SELECT product_id, quantity_thousandths, reference FROM stock_moves").fetchall()
    assert [tuple(row) for row in rows] == [
        (1, -2000, "S1-1-20261121-0001"),
        (2, -1000, "S1-1-20261121-0001"),
    ]
    level = shop.db.execute("SELECT quantity_thousandths FROM stock_levels WHERE product_id = ?", (COLA,))
    assert level.fetchone()[0] == -2000


def test_an_empty_sale_is_not_finished(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.ask_ok(VoidLine(sale_id=S, line=1))
    assert shop.refusal(FinishSale(sale_id=S, lane=LANE)).code == "no_lines"
    assert shop.refusal(tender("cash", 100)).code == "no_lines"
    assert shop.refusal(FinishSale(sale_id=SaleId("other"), lane=LANE)).code == "no_such_sale"


def test_a_cancelled_sale_holds_no_payments_and_is_on_record(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.ask_ok(tender("cash", 350))
    assert shop.refusal(CancelSale(sale_id=S)).code == "has_payments"
    shop.ask_ok(RemoveTender(sale_id=S, tender_id=TenderId("t-1")))
    assert shop.do(Basket, CancelSale(sale_id=S)).basket.state == SaleState.CANCELLED
    assert "sales.SaleCancelled" in shop.journal()


def test_a_parked_sale_is_recalled_on_another_lane_by_another_cashier(shop: Shop) -> None:
    shop.open_shift("2", who="wang")
    shop.scan(S, "COLA")
    shop.scan(S, "WATER")
    shop.ask_ok(ParkSale(sale_id=S, note="red bag"))
    parked = shop.do(ParkedSales, ListParkedSales(), "wang").sales
    assert [(p.note, p.line_count, p.total_minor, p.first_lines, p.old) for p in parked] == [
        ("red bag", 2, 550, "可乐、矿泉水", False)
    ]
    assert shop.refusal(AddItem(sale_id=S, lane=LANE, code="COLA")).code == "sale_parked"
    basket = shop.do(Basket, RecallSale(sale_id=S, lane=LaneCode("2")), "wang").basket
    assert (basket.lane, basket.operator, basket.recalled, basket.state) == ("2", "Wang", True, "open")
    assert shop.refusal(RecallSale(sale_id=S, lane=LANE)).code == "not_parked"
    assert shop.refusal(AddItem(sale_id=S, lane=LANE, code="COLA")).code == "other_lane"
    shop.pay(S, 550, who="wang")
    assert shop.finish(S, "2", "wang").basket.operator == "Wang"


def test_parking_takes_nothing_and_needs_something_to_park(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.ask_ok(tender("cash", 350))
    assert shop.refusal(ParkSale(sale_id=S)).code == "has_payments"
    shop.ask_ok(RemoveTender(sale_id=S, tender_id=TenderId("t-1")))
    shop.ask_ok(VoidLine(sale_id=S, line=1))
    assert shop.refusal(ParkSale(sale_id=S)).code == "no_lines"


def test_a_busy_lane_recalls_nothing(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.ask_ok(ParkSale(sale_id=S))
    shop.scan("sale-2", "WATER")
    assert shop.refusal(RecallSale(sale_id=S, lane=LANE)).code == "lane_busy"


def test_a_sale_parked_for_long_is_shown_as_old(shop: Shop) -> None:
    shop.scan(S, "COLA")
    shop.ask_ok(ParkSale(sale_id=S))
    shop.now += timedelta(minutes=121)
    assert shop.do(ParkedSales, ListParkedSales()).sales[0].old


def test_the_lanes_basket_is_found_again_after_a_restart(shop: Shop) -> None:
    assert shop.do(BasketState, GetOpenBasket(lane=LANE)).basket is None
    shop.scan(S, "COLA")
    found = shop.do(BasketState, GetOpenBasket(lane=LANE)).basket
    assert found is not None
    assert found.sale_id == S


def test_a_sale_is_found_by_its_id_and_its_number(shop: Shop) -> None:
    shop.sell(S, "COLA")
    by_id = shop.do(BasketState, GetSale(sale_id=S)).basket
    by_number = shop.do(BasketState, GetSale(receipt_number="s1-1-20261121-0001 ")).basket
    assert by_id is not None
    assert by_id == by_number
    assert shop.do(BasketState, GetSale(receipt_number="S1-1-20261121-0009")).basket is None


def test_the_days_sales_are_listed_latest_first(shop: Shop) -> None:
    for sale, codes in (("a", ["COLA"]), ("b", ["WATER"]), ("c", ["COLA", "WATER"])):
        shop.sell(sale, *codes)
    rows = shop.do(SaleRows, ListSales(limit=2), "boss")
    assert [(row.receipt_number[-4:], row.total_minor, row.tenders) for row in rows.sales] == [
        ("0003", 550, "Cash"),
        ("0002", 200, "Cash"),
    ]
    assert rows.more
    assert len(shop.do(SaleRows, ListSales(limit=2, offset=2), "boss").sales) == 1
    assert [row.sale_id for row in shop.do(SaleRows, ListSales(text="5.50"), "boss").sales] == ["c"]
    assert [row.sale_id for row in shop.do(SaleRows, ListSales(text="-0002"), "boss").sales] == ["b"]
    assert shop.do(SaleRows, ListSales(lane=LaneCode("2")), "boss").sales == ()


def test_copies_are_marked_and_counted(shop: Shop) -> None:
    shop.sell(S, "COLA")
    first = shop.do(ReceiptCopy, ReprintReceipt(lane=LANE))
    second = shop.do(ReceiptCopy, ReprintReceipt(lane=LANE, receipt_number="S1-1-20261121-0001"))
    assert (first.copies, second.copies) == (1, 2)
    assert paper(second.receipt).startswith("COPY 2\n")
    assert paper(second.receipt).endswith("\nCOPY 2")
    assert shop.journal()[-1] == "sales.ReceiptReprinted"
    assert shop.refusal(ReprintReceipt(lane=LANE, receipt_number="X")).code == "no_such_receipt"
    assert shop.refusal(ReprintReceipt(lane=LaneCode("2"))).code == "no_such_receipt"


def test_a_recalled_discounted_sale_keeps_its_discount(shop: Shop) -> None:
    shop.scan(S, "BASKET")
    request = DiscountSale(sale_id=S, rate_ppm=100_000, reason="regular")
    shop.ask_ok(request, approval=shop.approve(Permission.DISCOUNT))
    shop.ask_ok(ParkSale(sale_id=S))
    assert shop.do(Basket, RecallSale(sale_id=S, lane=LANE)).basket.total_minor == 8910
    shop.pay(S, 8910)
    shop.finish(S)
    row = shop.db.execute("SELECT kind, amount_minor FROM shift_events").fetchone()
    assert tuple(row) == ("discount", 990)


def test_the_check_of_the_books_sees_a_sale_that_was_tampered_with() -> None:
    shop = open_shop()
    shop.open_shift()
    shop.sell(S, "COLA")
    shop.sell("sale-2", "COLA")
    assert list(wrong_sales(shop.db)) == []
    for trigger in ("ended_sales_do_not_change", "lines_of_ended_sales_do_not_change"):
        shop.db.execute(f"DROP TRIGGER {trigger}")
    shop.db.execute("UPDATE sale_lines SET amount_minor = 1 WHERE sale_id = ?", (S,))
    shop.db.execute("UPDATE receipt_counters SET last = 3")
    assert list(wrong_sales(shop.db)) == [
        ("S1-1-20261121-0001", "its total is 350, its lines sum to 1"),
        ("S1-1-20261121-0001", "line 1 costs 1, the steps of its price come to 350"),
        ("1 2026-11-21", "receipt numbers run to 3, there are 2 sales, the highest has 2"),
        ("S1-1-20261121-0001", "line 1 is not as the journal has it"),
    ]
    shop.db.close()


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        ("UPDATE sale_lines SET quantity_thousandths = 2000, unit_price_minor = 175", "line 1 is not as"),
        ("UPDATE sale_lines SET product_id = 2", "line 1 is not as"),
        ("UPDATE sale_lines SET voided = 1", "line 1 is not as"),
        ("UPDATE sale_tenders SET tender = 'card', reference = '1'", "the payment cash is not as"),
    ],
)
def test_a_row_that_was_changed_so_that_all_sums_still_fit_is_betrayed_by_the_journal(
    tampering: str, finding: str
) -> None:
    shop = open_shop()
    shop.open_shift()
    shop.sell(S, "COLA")
    shop.db.execute("DROP TRIGGER lines_of_ended_sales_do_not_change")
    shop.db.execute("DROP TRIGGER tenders_do_not_change")
    shop.db.execute(tampering)
    assert any(finding in words for _number, words in wrong_sales(shop.db))
    shop.db.close()


def test_the_database_itself_refuses_a_finished_sale_that_is_not_paid(shop: Shop) -> None:
    shop.scan(S, "COLA")
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute("UPDATE sales SET state = 'finished'")


@pytest.mark.parametrize(
    ("query", "values", "index"),
    [
        (PARKED, (), "sales_parked"),
        (FINISHED, ("2026-11-21", None, "", None, 50, 0), "sales_by_date"),
        (OF_MEMBERS, ("", None, "", None, 50, 0, "[1]"), "sales_by_member"),
        ("SELECT sale_id FROM sales WHERE lane = ? AND state = 'open'", ("1",), "one_sale_is_open_per_lane"),
        ("SELECT * FROM shifts WHERE lane = ? AND closed_at IS NULL", ("1",), "one_shift_is_open_per_lane"),
    ],
)
def test_what_the_cashier_waits_for_is_found_by_an_index(
    shop: Shop, query: str, values: tuple[object, ...], index: str
) -> None:
    plan = [row["detail"] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    assert any(index in step for step in plan), plan


def test_sale_done_carries_the_receipt_of_the_sale(shop: Shop) -> None:
    done: SaleDone = shop.sell(S, "CRISPS", "WATER")
    text = paper(done.receipt)
    for words in ("Corner Shop", "S1-1-20261121-0001", "Li", "薯片", "Total | ¥10.00", "Cash | 10.00"):
        assert words in text
    assert "*S1-1-20261121-0001*" in text
    assert "You saved | 1.50" in text
