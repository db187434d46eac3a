"""Taking money: cash, mixes, pay codes, change, receipt, and the spool that loses no payment."""

from pathlib import Path

from fake_world import FakeWorld
from till_at_work import COLA, CRISPS, WATER, counter

from protocol.messages import devices, sales
from terminal_app.checkout.tender import TenderScreen, quick_amounts
from terminal_app.spool import Spool


async def test_a_typed_amount_and_the_cash_key_finish_the_sale(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.type("10")
        await till.press("f9")
        await till.until(lambda: till.app.till.done is not None)
        assert "CHANGE" in till.screen_text
        assert till.app.till.done is not None
        assert till.app.till.done.change_minor == 650
        await till.until(lambda: len(till.world.lane.printed) == 1)
        assert len(till.world.lane.opened) == 1
        assert isinstance(till.world.lane.shown[-1], devices.PaidContent)


async def test_the_change_stays_until_the_next_scan(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.type("10")
        await till.press("f9")
        await till.until(lambda: "CHANGE" in till.screen_text)
        await till.press("escape", "down", "f1", "escape")
        assert "CHANGE" in till.screen_text
        await till.scan(WATER)
        assert "CHANGE" not in till.screen_text
        assert till.lines == [(WATER, 1000)]


async def test_enter_alone_takes_exact_cash(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, TenderScreen))
        await till.press("enter")
        await till.until(lambda: till.app.till.done is not None)
        assert [t.amount_minor for t in till.world.shop.of(sales.AddTender)] == [350]


async def test_card_and_cash_are_mixed_and_the_card_wants_its_reference(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, TenderScreen))
        await till.press("down")
        await till.type("5")
        await till.press("enter")
        assert "type the reference" in till.notice
        await till.type("0042")
        await till.press("enter")
        await till.until(lambda: "Still ¥4.50 to pay" in till.notice)
        await till.press("f9")
        await till.type("20")
        await till.press("enter")
        await till.until(lambda: till.app.till.done is not None)
        tenders = [(t.tender, t.amount_minor, t.reference) for t in till.world.shop.of(sales.AddTender)]
        assert tenders == [("card", 500, "0042"), ("cash", 2000, "")]


async def test_a_scanned_pay_code_pays_and_only_its_tail_is_kept(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, TenderScreen))
        await till.scan("134567890123456789")
        await till.until(lambda: till.app.till.done is not None)
        [tender] = till.world.shop.of(sales.AddTender)
        assert (tender.tender, tender.reference) == ("mobile", "WeChat 6789")
        assert till.world.lane.opened == []


async def test_a_payment_can_be_taken_back_before_the_sale_is_finished(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, TenderScreen))
        await till.type("5")
        await till.press("enter")
        await till.until(lambda: "Still" in till.notice)
        await till.press("delete")
        await till.until(lambda: "taken back" in till.notice)
        assert till.app.till.basket is not None
        assert till.app.till.basket.tenders == ()


async def test_the_cash_key_ends_a_sale_that_is_paid_already(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        basket = till.app.till.basket
        assert basket is not None
        await till.app.till.add_tender("cash", basket.due_minor)
        await till.press("f9")
        await till.until(lambda: till.app.till.done is not None)
        assert "Sold." in till.notice


async def test_goods_scanned_at_the_payment_go_back_to_the_basket(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, TenderScreen))
        await till.scan(WATER)
        await till.until(lambda: till.lines == [(COLA, 1000), (WATER, 1000)])
        assert not isinstance(till.app.screen, TenderScreen)


async def test_an_amount_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.type("12.345")
        await till.press("f9")
        assert till.notice == "“12.345” is no amount. Write it like 12.50."
        assert not till.world.shop.of(sales.AddTender)


async def test_a_payment_waits_for_the_store_and_is_recorded_once(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        till.world.shop.peer(False)
        await till.type("5")
        await till.press("f9")
        assert len(till.app.till.spool.waiting()) == 1
        till.world.shop.peer(True)
        await till.until(lambda: till.app.till.done is not None)
        assert len([c for c in till.world.shop.carried_out if isinstance(c, sales.AddTender)]) == 1
        await till.until(lambda: till.app.till.spool.waiting() == [])


async def test_a_payment_from_before_a_power_cut_is_asked_again_with_its_id(tmp_path: Path) -> None:
    world = FakeWorld()
    async with counter(tmp_path, world=world) as till:
        await till.sign_on()
        await till.scan(COLA)
        basket = till.app.till.basket
        assert basket is not None
        tender = sales.AddTender(sale_id=basket.sale_id, tender_id="t", tender="cash", amount_minor=350)
    spool = Spool(tmp_path / "lane-1.spool")
    spool.put("command-1", tender, training=False)
    spool.close()
    async with counter(tmp_path, world=world) as till:
        await till.sign_on()
        await till.until(lambda: till.app.till.spool.waiting() == [])
        assert "command-1" in world.shop.ids
        assert till.app.till.basket is not None
        assert till.app.till.basket.paid_minor == 350


async def test_the_last_receipt_is_printed_again(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("ctrl+r")
        assert till.notice == "Nothing was sold at this lane yet."
        await till.scan(COLA)
        await till.type("10")
        await till.press("f9")
        await till.until(lambda: till.app.till.done is not None)
        await till.press("ctrl+r")
        await till.until(lambda: len(till.world.lane.printed) == 2)
        assert till.world.lane.of(devices.PrintDocument)[-1].copy_mark


async def test_a_sale_without_a_printer_stands_and_its_receipt_waits(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        till.world.lane.peer(False)
        await till.type("10")
        await till.press("f9")
        await till.until(lambda: till.app.till.done is not None)
        assert len(till.app.till.spool.waiting()) == 1
        till.world.lane.peer(True)
        await till.until(lambda: len(till.world.lane.printed) == 1)
        await till.until(lambda: till.app.till.spool.waiting() == [])


def test_quick_amounts_are_what_customers_hand_over() -> None:
    assert quick_amounts(4680, "CNY") == [5000, 6000, 10000, 20000]
    assert quick_amounts(350, "CNY") == [500, 1000, 2000, 5000]
    assert quick_amounts(350, "JPY") == [360, 400, 500, 1000]
