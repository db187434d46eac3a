"""Goods come back at the counter: by receipt, in parts, in exchange, without a receipt; nothing is lost."""

from pathlib import Path

import pytest
from fake_world import FakeWorld
from member_answers import WANG_CARD
from till_at_work import CANDY, COLA, CRISPS, WATER, Counter, counter

from protocol.messages import devices, refunds, sales
from protocol.messages.refunds import Disposition
from terminal_app.actions import at_place
from terminal_app.checkout.screen import CheckoutScreen
from terminal_app.refunds.find_receipt import FindReceipt
from terminal_app.refunds.loose_screen import LooseScreen
from terminal_app.refunds.numbers import is_receipt_number, whole_number
from terminal_app.refunds.receipt_screen import ReceiptScreen
from terminal_app.screens.approval import ApprovalDialog
from terminal_app.screens.form import Form
from terminal_app.screens.question import Question
from terminal_app.spool import Spool

REFUND = "f21"
RECEIPT = "S1-1-20261121-0001"


async def sell(till: Counter, *codes: str, card: str = "") -> None:
    """Sell goods, for cash or by card; the receipt is number 1 of the day, then 2."""
    sold = len(till.world.shop.finished)
    await till.scan(*codes)
    if card:
        await till.press("f10", "down", "tab")
        await till.type(card)
        await till.press("enter")
    else:
        await till.type("500")
        await till.press("f9")
    await till.until(lambda: len(till.world.shop.finished) == sold + 1)
    await till.until(lambda: isinstance(till.app.screen, CheckoutScreen))
    await till.rest()


async def open_receipt(till: Counter, number: str = "1") -> ReceiptScreen:
    """Open the refund of a receipt by its number."""
    await till.press(REFUND)
    await till.until(lambda: isinstance(till.app.screen, FindReceipt))
    await till.type(number)
    await till.press("enter")
    await till.until(lambda: isinstance(till.app.screen, ReceiptScreen))
    await till.rest()
    assert isinstance(till.app.screen, ReceiptScreen)
    return till.app.screen


async def book(till: Counter) -> None:
    """Give back, and say yes."""
    await till.press("f10")
    await till.until(lambda: isinstance(till.app.screen, Question))
    await till.press("enter")
    await till.until(lambda: till.app.till.refunded is not None)
    await till.until(lambda: isinstance(till.app.screen, CheckoutScreen))
    await till.rest()


def asked(till: Counter) -> refunds.RefundSale:
    """Return the refund that was asked for last."""
    found = till.world.shop.of(refunds.RefundSale)[-1]
    assert isinstance(found, refunds.RefundSale)
    return found


async def test_one_of_two_lines_comes_back_for_cash(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA, CRISPS)
        opened = len(till.world.lane.opened)
        screen = await open_receipt(till)
        assert "可口可乐" in till.screen_text
        await till.press("down", "space")
        await till.until(lambda: screen.side.preview is not None)
        assert "GOES BACK" in till.screen_text
        assert "9.50" in till.screen_text
        await book(till)
        assert "GIVE BACK" in till.screen_text
        assert [(line.line, line.quantity_thousandths) for line in asked(till).lines] == [(2, 1000)]
        assert till.notice == "Taken back. Refund S1-1-20261121-R0001."
        await till.until(lambda: len(till.world.lane.opened) == opened + 1)
        await till.until(lambda: len(till.world.lane.printed) == 2)
        await till.until(lambda: till.app.till.spool.waiting() == [])
        assert isinstance(till.world.lane.shown[-1], devices.MessageContent)


async def test_what_is_to_be_given_back_stays_until_the_next_scan(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        await open_receipt(till)
        await till.press("space")
        await book(till)
        await till.press("escape", "down", "f1", "escape")
        assert "GIVE BACK" in till.screen_text
        await till.scan(WATER)
        assert "GIVE BACK" not in till.screen_text


async def test_a_part_of_a_line_is_typed_and_the_rest_can_come_back_later(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.type("3*")
        await sell(till, CANDY)
        await open_receipt(till)
        await till.type("2")
        assert "2▏" in till.screen_text
        await book(till)
        assert asked(till).lines[0].quantity_thousandths == 2000
        screen = await open_receipt(till)
        assert screen.goods.rows[0].left_thousandths == 1000
        assert "1 refund of it before: S1-1-20261121-R0001" in till.notice
        await till.type("2")
        await till.press("enter")
        assert till.notice == "Only 1 of 大白兔奶糖 can still come back."
        await till.press("plus")
        await book(till)
        await open_receipt(till)
        assert till.notice == "Everything on this receipt has come back already."
        await till.press("space")
        assert till.notice == "All of 大白兔奶糖 has come back already."


async def test_half_a_piece_is_refused_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        await open_receipt(till)
        await till.type("0.5")
        await till.press("enter")
        assert "is sold by the piece" in till.notice
        await till.type(".")
        await till.press("enter")
        assert till.notice == "“.” is no quantity. Write it like 3 or 0.455."


async def test_scanning_goods_chooses_their_line_and_adds_one(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.type("2*")
        await sell(till, COLA, CRISPS)
        screen = await open_receipt(till)
        await till.scan(CRISPS)
        await till.scan(COLA)
        await till.scan(COLA)
        assert [row.back_thousandths for row in screen.goods.rows] == [2000, 1000]
        await till.scan(COLA)
        assert till.notice == "Only 2 of 可口可乐 330ml can still come back."
        await till.scan(CANDY)
        assert till.notice == "大白兔奶糖 is not on this receipt."
        await till.scan(RECEIPT)
        assert till.notice == "This receipt is open."


async def test_goods_that_were_typed_by_their_number_are_found_by_their_barcode(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.type("1001")
        await till.press("enter")
        await sell(till)
        screen = await open_receipt(till)
        await till.scan(COLA)
        assert screen.goods.rows[0].back_thousandths == 1000


async def test_each_line_goes_to_the_shelf_or_the_bin_with_its_reason(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA, CRISPS)
        await open_receipt(till)
        await till.press("f4")
        assert "Say first how much" in till.notice
        await till.press("plus", "f5", "down", "enter")  # what is past its date goes to the bin by itself
        await till.rest()
        await till.press("down", "f5")
        await till.type("torn")
        await till.press("enter")
        await till.rest()
        assert "Reason: torn" in till.screen_text
        await book(till)
        lines = [(line.disposition, line.reason) for line in asked(till).lines]
        assert lines == [(Disposition.WASTE, "past its date"), (Disposition.RESTOCK, "torn")]


async def test_money_goes_back_to_the_card_with_its_reference(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, CRISPS, card="0042")
        opened = len(till.world.lane.opened)
        await open_receipt(till)
        await till.press("plus", "f10")
        await till.until(lambda: isinstance(till.app.screen, Form))
        await till.press("enter")
        assert till.notice == "Give it back at the machine or in the app; type what it shows."
        await till.type("R77")
        await till.press("enter")
        await till.until(lambda: till.app.till.refunded is not None)
        await till.until(lambda: isinstance(till.app.screen, CheckoutScreen))
        assert [each.reference for each in asked(till).references] == ["R77"]
        assert "GIVEN BACK" in till.screen_text
        assert len(till.world.lane.opened) == opened


async def test_a_card_payment_goes_back_in_cash_where_the_shop_allows_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, CRISPS, card="0042")
        await open_receipt(till)
        await till.press("plus", "f6")
        assert "IN CASH" in till.screen_text
        await book(till)
        assert asked(till).in_cash


async def test_a_shop_that_gives_no_cash_for_cards_says_so(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        till.world.shop.in_cash_allowed = False
        await sell(till, CRISPS, card="0042")
        screen = await open_receipt(till)
        await till.press("plus", "f6")
        await till.until(lambda: "only in the way in which it was paid" in till.notice)
        assert not screen.goods.in_cash
        assert "IN CASH" not in till.screen_text


async def test_a_cashier_needs_an_approval_and_keeps_everything_without_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await sell(till, COLA)
        screen = await open_receipt(till)
        await till.press("plus", "f10")
        await till.until(lambda: isinstance(till.app.screen, Question))
        await till.press("enter")
        await till.until(lambda: isinstance(till.app.screen, ApprovalDialog))
        await till.press("escape")
        await till.until(lambda: till.notice == "Not approved; nothing was given back.")
        assert till.app.screen is screen
        assert screen.goods.rows[0].back_thousandths == 1000
        first = asked(till).refund_id
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, Question))
        await till.press("enter")
        await till.until(lambda: isinstance(till.app.screen, ApprovalDialog))
        await till.type("9")
        await till.press("enter")
        await till.type("9999")
        await till.press("enter")
        await till.until(lambda: till.app.till.refunded is not None)
        assert asked(till).refund_id == first
        assert till.app.till.spool.waiting() == []


async def test_a_large_refund_needs_a_second_person_even_for_a_supervisor(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.type("60*")
        await till.scan(CRISPS)
        await till.type("600")
        await till.press("f9")
        await till.until(lambda: len(till.world.shop.finished) == 1)
        await open_receipt(till)
        await till.press("plus")
        await till.until(lambda: "A second person has to approve it." in till.screen_text)
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, Question))
        await till.press("enter")
        await till.until(lambda: isinstance(till.app.screen, ApprovalDialog))
        await till.until(lambda: "A refund above ¥500.00" in till.screen_text)


async def test_a_scanned_receipt_opens_its_refund_after_a_question(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        await till.scan(RECEIPT)
        await till.until(lambda: isinstance(till.app.screen, Question))
        await till.until(lambda: "come back?" in till.screen_text)
        await till.press("escape")
        assert isinstance(till.app.screen, CheckoutScreen)
        await till.scan(RECEIPT)
        await till.until(lambda: isinstance(till.app.screen, Question))
        await till.press("enter")
        await till.until(lambda: isinstance(till.app.screen, ReceiptScreen))


async def test_the_receipt_is_chosen_from_the_last_sales_of_the_lane(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        await sell(till, CRISPS)
        await till.press(REFUND)
        await till.until(lambda: "S1-1-20261121-0002" in till.screen_text)
        await till.press("down", "enter")
        await till.until(lambda: isinstance(till.app.screen, ReceiptScreen))
        assert RECEIPT in till.screen_text


async def test_a_cashier_sees_the_last_sales_with_an_approval(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await sell(till, COLA)
        await till.press(REFUND)
        await till.until(lambda: "F8: somebody approves it" in till.screen_text)
        await till.press("f8")
        await till.until(lambda: isinstance(till.app.screen, ApprovalDialog))
        await till.type("9")
        await till.press("enter")
        await till.type("9999")
        await till.press("enter")
        await till.until(lambda: RECEIPT in till.screen_text)


async def test_with_a_member_beside_the_sale_their_own_sales_are_offered_first(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        till.world.card(WANG_CARD)
        await till.until(lambda: till.member == "王小明")
        await sell(till, CRISPS)
        till.world.card(WANG_CARD)
        await till.until(lambda: till.member == "王小明")
        await till.press(REFUND)
        await till.until(lambda: "S1-1-20261121-0002" in till.screen_text)
        assert "Bought by 王小明:" in till.screen_text
        assert RECEIPT not in till.screen_text
        await till.press("f3")
        await till.until(lambda: RECEIPT in till.screen_text)


async def test_an_unknown_receipt_is_refused_and_can_be_typed_again(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.press(REFUND)
        await till.type("S1-1-20261120-0009")
        await till.press("enter")
        await till.until(lambda: till.notice == "There is no receipt S1-1-20261120-0009.")
        assert isinstance(till.app.screen, FindReceipt)
        await till.press("escape")
        assert isinstance(till.app.screen, CheckoutScreen)


async def test_esc_loses_nothing_that_was_chosen(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA, CRISPS)
        first = await open_receipt(till)
        await till.press("space", "f4")
        await till.type("7")
        await till.press("escape")
        assert till.app.screen is first
        await till.press("escape")
        assert isinstance(till.app.screen, CheckoutScreen)
        again = await open_receipt(till)
        row = again.goods.rows[0]
        assert (row.back_thousandths, row.disposition) == (1000, Disposition.WASTE)
        assert again.goods.refund_id == first.goods.refund_id
        assert not till.world.shop.of(refunds.RefundSale)


async def test_an_open_basket_stays_while_goods_come_back(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        await till.scan(WATER)
        await open_receipt(till)
        await till.press("plus")
        await book(till)
        assert "GIVE BACK" in till.screen_text
        assert till.lines == [(WATER, 1000)]
        await till.press("f10")
        await till.rest()
        assert "GIVE BACK" not in till.screen_text
        assert "TOTAL" in till.screen_text


# --- the store is away, the power goes ------------------------------------------------------------


async def test_a_refund_waits_for_the_store_and_is_booked_once(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        await till.until(lambda: till.app.till.spool.waiting() == [])
        await open_receipt(till)
        await till.press("plus", "f10")
        await till.until(lambda: isinstance(till.app.screen, Question))
        till.world.shop.peer(False)
        await till.press("enter")
        await till.until(lambda: len(till.app.till.spool.waiting()) == 1)
        assert "written down here" in till.notice
        await till.press("escape")
        assert till.notice == "The refund is on its way; one moment."
        till.world.shop.peer(True)
        await till.until(lambda: till.app.till.refunded is not None)
        assert len([c for c in till.world.shop.carried_out if isinstance(c, refunds.RefundSale)]) == 1
        await till.until(lambda: till.app.till.spool.waiting() == [])


async def test_without_the_store_nothing_is_asked_twice_and_nothing_is_lost(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        screen = await open_receipt(till)
        till.world.shop.peer(False)
        await till.press("plus")
        await till.until(lambda: "does not answer" in till.screen_text)
        await till.press("f10")
        assert till.app.screen is screen
        till.world.shop.peer(True)
        await till.until(lambda: "GOES BACK" in till.screen_text)
        assert screen.goods.rows[0].back_thousandths == 1000


@pytest.mark.parametrize("was_booked", [True, False])
async def test_a_refund_from_before_a_power_cut_is_asked_again_with_its_id(
    tmp_path: Path, was_booked: bool
) -> None:
    world = FakeWorld()
    async with counter(tmp_path, world=world) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA)
        sale_id = world.shop.finished[0].sale_id
    command = refunds.RefundSale(
        refund_id="refund-1",  # type: ignore[arg-type]
        lane="1",  # type: ignore[arg-type]
        sale_id=sale_id,
        lines=(refunds.ReturnLine(line=1, quantity_thousandths=1000),),
    )
    if was_booked:
        world.shop.remembered["command-1"] = world.shop.answer(command, None)
    spool = Spool(tmp_path / "lane-1.spool")
    spool.put("command-1", command, training=False)  # type: ignore[arg-type]
    spool.close()
    async with counter(tmp_path, world=world) as till:
        await till.sign_on("9", "9999")
        await till.until(lambda: till.app.till.spool.waiting() == [])
        assert list(world.shop.refunded) == ["refund-1"]
        assert "GIVE BACK" in till.screen_text
        assert till.notice == "A refund from before the restart is booked: S1-1-20261121-R0001."


async def test_a_refund_that_was_not_approved_before_the_power_cut_is_told(tmp_path: Path) -> None:
    command = refunds.RefundSale(
        refund_id="refund-1",  # type: ignore[arg-type]
        lane="1",  # type: ignore[arg-type]
        sale_id="sale-1",  # type: ignore[arg-type]
        lines=(refunds.ReturnLine(line=1, quantity_thousandths=1000),),
    )
    spool = Spool(tmp_path / "lane-1.spool")
    spool.put("command-1", command, training=False)  # type: ignore[arg-type]
    spool.close()
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.until(lambda: till.app.till.spool.waiting() == [])
        assert till.notice.startswith("A refund from before the restart was not booked:")


# --- exchange -------------------------------------------------------------------------------------


async def test_returned_goods_pay_for_new_ones_and_the_customer_pays_the_rest(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, CRISPS)
        await open_receipt(till)
        await till.press("plus", "f8")
        await till.until(lambda: isinstance(till.app.screen, CheckoutScreen))
        assert "TO GIVE BACK" in till.screen_text
        assert "Returned goods -9.50" in till.screen_text
        assert till.notice.startswith("Returned goods pay ¥9.50.")
        await till.scan(CANDY)
        assert "STILL TO PAY" in till.screen_text
        assert till.app.till.basket is not None
        assert till.app.till.basket.due_minor == 330
        await till.type("5")
        await till.press("f9")
        await till.until(lambda: till.app.till.done is not None)
        assert "CHANGE" in till.screen_text
        await till.until(lambda: len(till.world.lane.printed) == 3)
        titles = [paper.title for paper in till.world.lane.printed.values()]
        assert titles[1:] == ["Receipt S1-1-20261121-0002", "Refund S1-1-20261121-R0001"]
        await till.until(lambda: till.app.till.spool.waiting() == [])


async def test_at_the_end_of_an_exchange_the_customer_may_get_money(tmp_path: Path) -> None:
    async with counter(tmp_path, size=(120, 40)) as till:
        await till.sign_on("9", "9999")
        await sell(till, CRISPS)
        await open_receipt(till)
        await till.press("plus", "f8")
        await till.until(lambda: isinstance(till.app.screen, CheckoutScreen))
        await till.scan(COLA)
        assert "Returned goods" in till.screen_text
        await till.press("f9")
        await till.rest()
        await till.press("enter")
        await till.until(lambda: till.app.till.done is not None)
        await till.rest()
        assert "GIVE BACK" in till.screen_text
        assert till.app.till.done is not None
        assert till.app.till.done.paid_out_minor == 600
        shown = till.world.lane.shown[-1]
        assert isinstance(shown, devices.PaidContent)
        assert shown.change_minor == 600


async def test_the_refund_key_takes_an_exchange_off_again(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, CRISPS)
        await till.scan(WATER)
        await open_receipt(till)
        await till.press("plus", "f8")
        await till.until(lambda: isinstance(till.app.screen, CheckoutScreen))
        await till.press(REFUND)
        await till.until(lambda: isinstance(till.app.screen, Question))
        await till.press("enter")
        await till.until(lambda: "The exchange is off" in till.notice)
        assert till.app.till.basket is not None
        assert till.app.till.basket.due_minor == 200


async def test_money_of_an_exchange_that_goes_to_a_card_asks_for_its_reference(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, CRISPS, card="0042")
        await open_receipt(till)
        await till.press("plus", "f8")
        await till.until(lambda: isinstance(till.app.screen, CheckoutScreen))
        till.world.shop.wants_reference_at_finish = True
        await till.scan(COLA)
        await till.type("1")
        await till.press("f9")
        await till.until(lambda: isinstance(till.app.screen, Form))
        await till.type("R88")
        await till.press("enter")
        await till.until(lambda: till.app.till.done is not None)
        again = till.world.shop.of(refunds.ExchangeSale)
        assert [each.reference for each in again[-1].references] == ["R88"]
        assert again[0].refund_id == again[1].refund_id
        assert len(till.world.shop.of(sales.FinishSale)) == 3


# --- without a receipt ----------------------------------------------------------------------------


async def without_receipt(till: Counter) -> LooseScreen:
    """Open the refund without a receipt."""
    await till.press(REFUND)
    await till.until(lambda: isinstance(till.app.screen, FindReceipt))
    await till.press("f4")
    await till.until(lambda: isinstance(till.app.screen, LooseScreen))
    assert isinstance(till.app.screen, LooseScreen)
    return till.app.screen


async def test_goods_without_a_receipt_need_a_reason_and_give_cash(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await without_receipt(till)
        await till.scan(COLA)
        await till.scan(COLA)
        await till.scan(CRISPS)
        await till.type("2")
        await till.press("enter", "f10")
        await till.rest()
        assert "Why it comes back" in till.screen_text
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, Question))
        await till.press("enter")
        await till.until(lambda: till.app.till.refunded is not None)
        [command] = till.world.shop.of(refunds.RefundWithoutReceipt)
        assert [(line.product_id, line.quantity_thousandths) for line in command.lines] == [
            (1, 2000),
            (3, 2000),
        ]
        assert {line.reason for line in command.lines} == {"faulty or spoiled"}
        assert {line.disposition for line in command.lines} == {Disposition.WASTE}
        await till.until(lambda: "GIVE BACK" in till.screen_text)


async def test_without_a_receipt_the_screen_does_not_say_what_was_paid(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await without_receipt(till)
        await till.scan(COLA)
        await till.until(lambda: "Given for the goods" in till.screen_text)
        assert "Paid for the goods" not in till.screen_text


async def test_without_a_reason_nothing_is_given_back(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await without_receipt(till)
        await till.scan(COLA)
        await till.press("f10", "escape")
        assert till.notice == "Without a receipt every line needs a reason."
        assert not till.world.shop.of(refunds.RefundWithoutReceipt)


async def test_another_price_is_given_and_goods_are_taken_out_again(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        screen = await without_receipt(till)
        await till.scan(COLA)
        await till.press("f3")
        await till.type("3.00")
        await till.press("enter")
        await till.until(lambda: screen.loose.rows[0].price_minor == 300)
        await till.press("f2")
        await till.type("nfsq")
        await till.press("enter")
        await till.until(lambda: len(screen.loose.rows) == 2)
        await till.press("delete")
        assert [row.name for row in screen.loose.rows] == ["可口可乐 330ml"]
        await till.press("escape")
        again = await without_receipt(till)
        assert again.loose.rows[0].price_minor == 300


async def test_a_cashier_needs_an_approval_without_a_receipt(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await without_receipt(till)
        await till.scan(COLA)
        await till.press("f5", "f10")
        await till.rest()
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, Question))
        await till.press("enter")
        await till.until(lambda: isinstance(till.app.screen, ApprovalDialog))


# --- slips ----------------------------------------------------------------------------------------


async def test_the_slip_is_printed_again_as_a_copy(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA, CRISPS)
        await open_receipt(till)
        await till.press("f7")
        assert till.notice == "Nothing of this receipt has come back before."
        await till.press("space")
        await book(till)
        await till.until(lambda: len(till.world.lane.printed) == 2)
        await open_receipt(till)
        await till.press("f7")
        await till.until(lambda: len(till.world.lane.printed) == 3)
        assert till.world.lane.of(devices.PrintDocument)[-1].copy_mark
        await till.press("escape", REFUND, "f7")
        await till.until(lambda: till.world.shop.slips_again == 2)


# --- faces ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_the_refund_fits_both_windows_in_both_languages(
    tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async with counter(tmp_path, size=size, language=language) as till:
        await till.sign_on("9", "9999")
        await sell(till, COLA, CRISPS)
        screen = await open_receipt(till)
        await till.press("plus")
        await till.until(lambda: screen.side.preview is not None)
        await till.rest()
        text = till.screen_text
        assert "13.00" in text
        assert RECEIPT in text
        assert ("应退" if language == "zh_CN" else "GOES BACK") in text
        assert ("F10 退款" if language == "zh_CN" else "F10 Give back") in text


@pytest.mark.parametrize("screen", [ReceiptScreen, LooseScreen])
def test_every_key_of_the_refund_does_one_thing(screen: type[ReceiptScreen | LooseScreen]) -> None:
    actions = at_place(*screen.PLACES)
    keys = [key for action in actions for key in action.key.split(",")]
    fixed = {binding.key for binding in screen.KEYS}
    assert len(keys) == len(set(keys))
    assert not fixed & set(keys)
    for action in actions:
        if action.place != "shell":
            assert hasattr(screen, f"do_{action.verb}"), action.name


def test_the_form_of_a_receipt_number_is_known() -> None:
    assert is_receipt_number("S1-2-20261121-0042")
    assert is_receipt_number("s1-2-20261121-r0007")
    assert not is_receipt_number(COLA)
    assert not is_receipt_number("2026-11-21")


def test_the_last_digits_mean_todays_receipt_of_this_lane() -> None:
    assert whole_number("42", "S1", "2", "2026-11-21") == "S1-2-20261121-0042"
    assert whole_number("r7", "S1", "2", "2026-11-21") == "S1-2-20261121-R0007"
    assert whole_number("S1-1-20261120-0009", "S1", "2", "2026-11-21") == "S1-1-20261120-0009"
    assert whole_number("42", "", "2", "2026-11-21") == "42"
