"""Goods come back to the counter: what was paid for them goes back, once, and the books show it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from refund_counter import (
    back,
    give_back,
    look,
    preview,
    wanted,
    went_back,
)
from shop_counter import COLA, Shop, open_shop, paper

from protocol.identifiers import LaneCode, SaleId
from protocol.messages.refunds import (
    FindSaleForRefund,
    GetRefund,
    ListRefunds,
    RefundDone,
    RefundFound,
    RefundRows,
    RefundSlipCopy,
    ReprintRefundSlip,
)
from protocol.messages.sales import (
    DiscountLine,
    DiscountSale,
    SaveTenderKind,
    TenderKinds,
    TenderKindView,
    VoidLine,
)
from protocol.messages.shifts import CloseDay, DayFigures, GetDay, PrintXSlip, Slip
from protocol.permissions import Permission
from store_server.refunds.checks import wrong_refunds
from store_server.refunds.reading import LISTED
from store_server.refunds.tables import GIVEN, RETURNED
from store_server.stock.tables import level
from store_server.store.verification import verify_books


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


# Finding the sale


def test_the_receipt_that_was_scanned_shows_what_can_still_come_back(shop: Shop) -> None:
    shop.scan("s", "COLA", 3000)
    shop.scan("s", "12345", 455)
    shop.scan("s", "WATER")
    shop.ask_ok(VoidLine(sale_id=SaleId("s"), line=3))
    shop.pay("s", 500, "card", "004271", id_="card-1")
    shop.pay("s", 2000)
    done = shop.finish("s")
    give_back(shop, "s", back(1, 1), cards="card-1")
    found = look(shop, done.receipt_number.lower())
    assert (found.receipt_number, found.total_minor, found.operator) == (done.receipt_number, 1955, "Li")
    cola, apples = found.lines
    assert (cola.quantity_thousandths, cola.returned_thousandths, cola.left_thousandths) == (3000, 1000, 2000)
    assert (cola.unit_paid_minor, cola.paid_minor, cola.left_minor) == (350, 1050, 700)
    assert (apples.by_weight, apples.left_thousandths, apples.unit_paid_minor) == (True, 455, 1989)
    assert [(t.tender, t.paid_minor, t.returned_minor, t.left_minor) for t in found.tenders] == [
        ("card", 500, 90, 410),
        ("cash", 1455, 260, 1195),
    ]
    assert [t.needs_reference for t in found.tenders] == [True, False]
    assert found.left_minor == 1605
    assert len(found.refund_numbers) == 1
    # The slip of a refund finds the sale too.
    assert look(shop, found.refund_numbers[0]).sale_id == "s"


def test_a_number_that_no_receipt_bears_is_refused_in_words(shop: Shop) -> None:
    refused = shop.refusal(FindSaleForRefund(receipt_number="S1-9-20261121-0001"))
    assert (refused.code, refused.field) == ("no_such_receipt", "receipt_number")
    assert "S1-9-20261121-0001" in refused.explanation
    shop.scan("open", "COLA")
    assert shop.refusal(FindSaleForRefund(sale_id=SaleId("open"))).code == "not_finished"
    assert shop.refusal(FindSaleForRefund(sale_id=SaleId("nowhere"))).code == "no_such_sale"


# Giving back


def test_cash_goes_back_out_of_the_drawer_and_the_goods_onto_the_shelf(shop: Shop) -> None:
    shop.sell("s", "COLA", "COLA", "WATER")
    before = level(shop.db, COLA)
    done = give_back(shop, "s", back(1, 1))
    assert went_back(done) == [("cash", 350)]
    assert done.open_drawer
    assert done.refund.refund_number == "S1-1-20261121-R0001"
    assert shop.balance("drawer", "1") == 20_000 + 900 - 350
    assert shop.balance("sales", "store") == -550
    assert level(shop.db, COLA) == before + 1000


def test_broken_goods_come_back_and_go_to_the_bin(shop: Shop) -> None:
    shop.sell("s", "COLA", "COLA", "COLA")
    before = level(shop.db, COLA)
    done = give_back(shop, "s", back(1, 1), back(1, 1, waste=True))
    assert went_back(done) == [("cash", 700)]
    assert level(shop.db, COLA) == before + 1000
    moves = shop.db.execute(
        "SELECT kind, quantity_thousandths, reference FROM stock_moves ORDER BY move_id DESC LIMIT 3"
    )
    assert [tuple(row) for row in moves] == [
        ("waste", -1000, "S1-1-20261121-R0001"),
        ("refund", 1000, "S1-1-20261121-R0001"),
        ("refund", 1000, "S1-1-20261121-R0001"),
    ]


def test_a_part_comes_back_and_the_rest_later_and_then_nothing_is_left(shop: Shop) -> None:
    shop.scan("s", "COLA", 3000)
    shop.ask_ok(DiscountLine(sale_id=SaleId("s"), line=1, amount_minor=50, reason="dent"), "boss")
    shop.pay("s", 1000)
    shop.finish("s")
    parts = [give_back(shop, "s", back(1, 1)).refund.paid_back_minor for _n in range(3)]
    assert parts == [333, 334, 333]
    refused = shop.refusal(wanted("s", back(1, 1)), "boss")
    assert (refused.code, refused.explanation) == (
        "all_returned",
        "All of 可乐 on this receipt has come back already.",
    )
    assert shop.balance("drawer", "1") == 20_000
    assert shop.balance("sales", "store") == 0


def test_more_than_was_sold_is_refused_in_words(shop: Shop) -> None:
    shop.sell("s", "COLA", "COLA", "COLA")
    give_back(shop, "s", back(1, 1))
    refused = shop.refusal(wanted("s", back(1, 3)), "boss")
    assert refused.code == "too_many"
    assert refused.explanation == "3 of 可乐 cannot come back: 3 were sold, 1 came back, 2 are left."
    # Twice the same line in one command is the same goods.
    assert shop.refusal(wanted("s", back(1, 1), back(1, 2)), "boss").code == "too_many"
    assert shop.refusal(wanted("s", back(2, 1)), "boss").code == "no_such_line"
    assert shop.refusal(wanted("s", back(1, quantity=500)), "boss").code == "whole_only"
    shop.scan("open", "COLA")
    assert shop.refusal(wanted("open", back()), "boss").code == "not_finished"


def test_a_discount_on_the_sale_stays_where_it_was_shared(shop: Shop) -> None:
    shop.scan("s", "COLA")
    shop.scan("s", "BASKET")
    shop.ask_ok(DiscountSale(sale_id=SaleId("s"), amount_minor=1000, reason="friend"), "boss")
    basket = shop.pay("s", 9250)
    paid = [line.amount_minor for line in basket.lines]
    shop.finish("s")
    assert give_back(shop, "s", back(2, 1)).refund.paid_back_minor == paid[1]
    assert give_back(shop, "s", back(1, 1)).refund.paid_back_minor == paid[0]
    assert sum(paid) == 9250


def test_weighed_goods_come_back_by_weight(shop: Shop) -> None:
    shop.scan("s", "12345", 455)
    shop.pay("s", 905)
    shop.finish("s")
    parts = [give_back(shop, "s", back(1, quantity=q)).refund.paid_back_minor for q in (155, 300)]
    assert sum(parts) == 905
    assert parts[0] == 308


def test_a_mixed_payment_goes_back_the_way_it_came(shop: Shop) -> None:
    shop.scan("s", "BASKET")
    shop.pay("s", 4900, "card", "004271", id_="card-1")
    shop.pay("s", 10_000)
    shop.finish("s")
    refused = shop.refusal(wanted("s", back()), "boss")
    assert refused.code == "reference_needed"
    assert "Bank card needs the reference" in refused.explanation
    done = give_back(shop, "s", back(), cards="card-1")
    assert went_back(done) == [("card", 4900), ("cash", 5000)]
    assert done.refund.tenders[0].reference == "R-77"
    assert (shop.balance("tender", "card"), shop.balance("drawer", "1")) == (0, 20_000)


def test_card_money_goes_back_in_cash_only_where_the_shop_allows_it(shop: Shop) -> None:
    shop.scan("s", "BASKET")
    shop.pay("s", 9900, "card", "004271")
    shop.finish("s")
    assert shop.refusal(wanted("s", back(), in_cash=True), "boss").code == "not_in_cash"
    shop.setting("refund_in_cash", "yes")
    done = give_back(shop, "s", back(), in_cash=True)
    assert went_back(done) == [("cash", 9900)]
    assert (shop.balance("tender", "card"), shop.balance("drawer", "1")) == (9900, 20_000 - 9900)


def test_a_way_to_pay_that_is_out_of_use_now_still_takes_its_money_back(shop: Shop) -> None:
    shop.scan("s", "COLA")
    shop.pay("s", 350, "mobile", "A17", id_="m")
    shop.finish("s")
    kind = TenderKindView(
        tender="mobile",
        name="Mobile pay",
        gives_change=False,
        needs_reference=False,
        opens_drawer=False,
        counts_in_drawer=False,
        active=False,
    )
    shop.do(TenderKinds, SaveTenderKind(kind_view=kind), "boss")
    assert went_back(give_back(shop, "s", back())) == [("mobile", 350)]


def test_a_card_number_in_the_reference_keeps_only_its_ends(shop: Shop) -> None:
    shop.scan("s", "COLA")
    shop.pay("s", 350, "card", "1", id_="card-1")
    shop.finish("s")
    request = wanted("s", back(), cards="card-1")
    number = request.references[0].model_copy(update={"reference": "4111111111111111"})
    done = shop.do(RefundDone, request.model_copy(update={"references": (number,)}), "boss")
    assert done.refund.tenders[0].reference == "411111…1111"


# Who may


def test_a_cashier_needs_somebody_who_may(shop: Shop) -> None:
    shop.sell("s", "COLA")
    refused = shop.refusal(wanted("s", back()))
    assert (refused.code, refused.permission) == ("approval_needed", Permission.REFUND)
    done = give_back(shop, "s", back(), who="li", approval=shop.approve(Permission.REFUND))
    assert (done.refund.operator, done.refund.approver) == ("Li", "Boss")
    assert "Approved by | Boss" in paper(done.slip)


def test_a_large_refund_in_small_parts_needs_two_people_too(shop: Shop) -> None:
    shop.setting("refund_second_person_minor", "9000")
    shop.scan("s", "COLA", 40_000)
    shop.pay("s", 14_000)
    shop.finish("s")
    give_back(shop, "s", back(1, 20))
    assert preview(shop, "s", back(1, 6)).second_person
    assert shop.refusal(wanted("s", back(1, 6)), "boss").code == "approval_needed"
    give_back(shop, "s", back(1, 5))
    approval = shop.approve(Permission.REFUND)
    give_back(shop, "s", back(1, 10), who="li", approval=approval)
    assert shop.refusal(wanted("s", back(1, 1)), "boss").code == "approval_needed"


def test_coins_for_card_money_neither_win_nor_lose_by_bringing_back_piece_by_piece(shop: Shop) -> None:
    shop.setting("cash_rounding", "100")
    shop.setting("cash_rounding_mode", "half_up")
    shop.setting("refund_in_cash", "yes")
    shop.scan("s", "COLA", 10_000)
    shop.pay("s", 3500, "card", "1", id_="card")
    shop.finish("s")
    parts = [give_back(shop, "s", back(1, 1), in_cash=True).refund.paid_back_minor for _n in range(10)]
    assert parts == [400, 300] * 5
    assert shop.balance("drawer", "1") == 20_000 - 3500


def test_above_the_limit_two_people_are_needed_even_when_one_may(shop: Shop) -> None:
    shop.setting("refund_second_person_minor", "9000")
    shop.sell("s", "BASKET", "COLA")
    assert give_back(shop, "s", back(2)).refund.approver == ""
    assert preview(shop, "s", back(1)).second_person
    refused = shop.refusal(wanted("s", back(1)), "boss")
    assert (refused.code, refused.permission) == ("approval_needed", Permission.REFUND)
    assert "A refund above ¥90.00 needs a second person" in refused.explanation
    # Approving for oneself is not a second person.
    own = shop.approve(Permission.REFUND, "boss")
    assert shop.refusal(wanted("s", back(1)), "boss", approval=own).code == "approval_needed"
    done = give_back(shop, "s", back(1), who="li", approval=shop.approve(Permission.REFUND))
    assert (done.refund.operator, done.refund.approver) == ("Li", "Boss")


# When and where


def test_without_an_open_shift_nothing_goes_back(shop: Shop) -> None:
    shop.sell("s", "COLA")
    refused = shop.refusal(wanted("s", back(), lane="2"), "boss")
    assert refused.code == "no_shift"
    assert "lane 2" in refused.explanation


def test_goods_of_one_lane_come_back_at_another_and_its_drawer_pays(shop: Shop) -> None:
    shop.sell("s", "COLA")
    shop.open_shift("2", who="wang")
    done = give_back(shop, "s", back(), lane="2")
    assert done.refund.refund_number == "S1-2-20261121-R0001"
    assert (shop.balance("drawer", "1"), shop.balance("drawer", "2")) == (20_350, 19_650)


def test_yesterdays_goods_come_back_today_and_the_closed_day_stays_as_it_was(shop: Shop) -> None:
    sold = shop.sell("s", "COLA", "WATER")
    shop.close_shift(20_550)
    shop.ask_ok(CloseDay(), "boss")
    yesterday = shop.do(DayFigures, GetDay(business_date="2026-11-21"), "boss")
    shop.now += timedelta(days=1)
    shop.open_shift()
    done = give_back(shop, "s", back(1))
    assert (done.refund.business_date, done.refund.receipt_number) == ("2026-11-22", sold.receipt_number)
    assert done.refund.refund_number == "S1-1-20261122-R0001"
    assert shop.do(DayFigures, GetDay(business_date="2026-11-21"), "boss") == yesterday
    today = shop.do(DayFigures, GetDay(), "boss")
    assert (today.refund_count, today.refund_minor, today.net_minor) == (1, 350, -350)


def test_the_same_refund_asked_twice_is_made_once(shop: Shop) -> None:
    shop.sell("s", "COLA", "COLA")
    first = shop.do(RefundDone, wanted("s", back()), "boss", command="c-1")
    again = shop.do(RefundDone, wanted("s", back()), "boss", command="c-1")
    other = shop.do(RefundDone, wanted("s", back()), "boss")
    assert first == again == other
    assert shop.balance("drawer", "1") == 20_350
    shop.sell("t", "COLA")
    assert shop.refusal(wanted("t", back()), "boss").code == "id_used"


def test_in_training_the_slip_says_so_and_the_books_are_others() -> None:
    shop = open_shop(training=True)
    shop.open_shift()
    shop.sell("s", "COLA")
    done = give_back(shop, "s", back())
    assert done.refund.training
    assert "TRAINING - not a receipt" in paper(done.slip)
    shop.db.close()


# Preview, paper, lists, figures


def test_a_preview_is_what_the_refund_does_and_changes_nothing(shop: Shop) -> None:
    shop.scan("s", "COLA", 3000)
    shop.pay("s", 500, "card", "1", id_="card-1")
    shop.pay("s", 550)
    shop.finish("s")
    journal = shop.journal()
    shown = preview(shop, "s", back(1, 2))
    assert shop.journal() == journal
    assert [t.needs_reference for t in shown.refund.tenders] == [True, False]
    done = give_back(shop, "s", back(1, 2), cards="card-1").refund
    same = {"lines", "amount_minor", "rounding_minor", "paid_back_minor", "taxes"}
    assert shown.refund.model_dump(include=same) == done.model_dump(include=same)
    assert [(t.tender, t.amount_minor) for t in shown.refund.tenders] == [
        (t.tender, t.amount_minor) for t in done.tenders
    ]


def test_the_slip_names_receipt_goods_and_what_becomes_of_them(shop: Shop) -> None:
    sold = shop.sell("s", "COLA", "COLA")
    text = paper(give_back(shop, "s", back(1, 1, waste=True)).slip)
    for words in (
        "Corner Shop",
        "Refund | S1-1-20261121-R0001",
        f"Receipt | {sold.receipt_number}",
        "1瓶 × 3.50 | 3.50",
        "thrown away: broken",
        "Given back | ¥3.50",
        "Cash | 3.50",
        "*S1-1-20261121-R0001*",
        "Signature",
    ):
        assert words in text


def test_a_copy_of_the_slip_says_so(shop: Shop) -> None:
    shop.sell("s", "COLA")
    number = give_back(shop, "s", back()).refund.refund_number
    copy = shop.do(RefundSlipCopy, ReprintRefundSlip(refund_number=number.lower()))
    assert (copy.copies, copy.refund_number) == (1, number)
    assert "COPY 1" in paper(copy.slip)
    assert shop.refusal(ReprintRefundSlip(refund_number="R")).code == "no_such_refund"


def test_refunds_are_listed_and_found(shop: Shop) -> None:
    shop.sell("s", "COLA", "WATER")
    first, second = (give_back(shop, "s", back(n)).refund for n in (1, 2))
    rows = shop.do(RefundRows, ListRefunds(limit=1), "boss")
    assert ([row.refund_number for row in rows.refunds], rows.more) == ([second.refund_number], True)
    assert rows.refunds[0].tenders == "Cash"
    found = shop.do(RefundFound, GetRefund(refund_number=first.refund_number.lower()))
    assert found.refund == first
    assert shop.do(RefundFound, GetRefund(refund_id=second.refund_id)).refund == second
    assert shop.refusal(GetRefund(refund_number="x")).code == "no_such_refund"


def test_the_shift_expects_less_cash_and_its_slips_list_the_refunds(shop: Shop) -> None:
    shop.sell("s", "COLA", "COLA")
    give_back(shop, "s", back(1, 1))
    x = paper(shop.do(Slip, PrintXSlip(lane=LaneCode("1"))).slip)
    assert "Refunds × 1 | 3.50" in x
    z = paper(shop.close_shift(20_350).slip)
    for words in (
        "Refunds × 1 | -3.50",
        "Net sales | 3.50",
        "Cash × 2 | 3.50",
        "Expected | 203.50",
        "Cash difference | 0.00",
        "Boss × 1 | 3.50",
    ):
        assert words in z, z


# The books


def test_a_refund_is_told_whole(shop: Shop) -> None:
    shop.sell("s", "COLA", "COLA")
    give_back(shop, "s", back(1, 1, waste=True))
    body = shop.db.execute("SELECT body FROM journal WHERE name = 'refunds.SaleRefunded'").fetchone()[0]
    for words in (
        '"quantity_thousandths":1000',
        '"disposition":"waste"',
        '"tender":"cash"',
        '"reason":"broken"',
    ):
        assert words in body


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE refunds SET amount_minor = 1",
        "DELETE FROM refunds",
        "UPDATE refund_lines SET quantity_thousandths = 1",
        "DELETE FROM refund_lines",
        "UPDATE refund_tenders SET amount_minor = 1",
        "DELETE FROM refund_tenders",
        "DELETE FROM refund_slip_copies",
        "INSERT INTO refund_lines SELECT refund_id, 9, sale_id, line, product_id, code, name, unit, "
        "quantity_thousandths, unit_paid_minor, amount_minor, tax, tax_name, tax_rate_ppm, tax_inclusive, "
        "tax_minor, disposition, reason FROM refund_lines",
    ],
)
def test_nothing_can_change_a_refund(shop: Shop, statement: str) -> None:
    shop.sell("s", "COLA", "COLA", "COLA")
    number = give_back(shop, "s", back(1, 1)).refund.refund_number
    shop.ask_ok(ReprintRefundSlip(refund_number=number))
    with pytest.raises(Exception, match=r"never change|never removed|never forgotten"):
        shop.db.execute(statement)


@pytest.mark.parametrize(
    ("tampering", "finding"),
    [
        ("UPDATE refund_lines SET amount_minor = 351, refund_id = refund_id", "its lines sum to 351"),
        ("UPDATE refund_lines SET quantity_thousandths = 9000", "more than was sold"),
        ("UPDATE refund_lines SET product_id = 2", "not as the journal has it"),
        ("UPDATE refund_tenders SET settled_minor = 900", "900 went back to the payment cash"),
        ("UPDATE refund_tenders SET tender = 'card'", "not as the journal has it"),
        ("UPDATE refund_counters SET last = 2", "refund numbers run to 2"),
        ("UPDATE ledger_entries SET reason = 'x' WHERE reason = 'refund'", "the ledger has 0 in 0 entries"),
    ],
)
def test_the_check_finds_what_was_tampered_with(tampering: str, finding: str) -> None:
    shop = open_shop()
    shop.open_shift()
    shop.sell("s", "COLA", "COLA")
    give_back(shop, "s", back(1, 1))
    for trigger in (
        "refund_lines_do_not_change",
        "refund_tenders_do_not_change",
        "ledger_entries_do_not_change",
    ):
        shop.db.execute(f"DROP TRIGGER {trigger}")
    assert list(wrong_refunds(shop.db)) == []
    shop.db.execute(tampering)
    assert any(finding in words for _number, words in wrong_refunds(shop.db)), list(wrong_refunds(shop.db))
    shop.db.close()


@pytest.mark.parametrize(
    ("query", "values", "index"),
    [
        (RETURNED, ("s",), "refund_lines_by_sale"),
        (GIVEN, ("s",), "refunds_by_sale"),
        (LISTED, ("2026-11-21", 50, 0), "refunds_by_date"),
        ("SELECT sum(amount_minor) FROM refunds WHERE shift_id = ?", ("x",), "refunds_by_shift"),
    ],
)
def test_what_the_counter_waits_for_is_found_by_an_index(
    shop: Shop, query: str, values: tuple[object, ...], index: str
) -> None:
    plan = [row["detail"] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    assert any(index in step for step in plan), plan
