"""Selling at the counter: scans, codes, quantities, searches, changes of the basket."""

from pathlib import Path

import pytest
from till_at_work import CANDY, COLA, CRISPS, WATER, counter

from protocol.messages import sales
from terminal_app.checkout.price_check import PriceCheck
from terminal_app.checkout.search import SearchDialog


async def test_a_scan_is_sold_and_its_total_is_large_on_the_screen(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        assert till.lines == [(COLA, 1000)]
        assert "可口可乐 330ml" in till.screen_text
        assert "TOTAL" in till.screen_text


async def test_a_quantity_typed_before_goes_to_the_next_scan_and_to_that_alone(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("3*")
        await till.scan(COLA, WATER)
        assert till.lines == [(COLA, 3000), (WATER, 1000)]


async def test_a_typed_code_is_sold_with_enter(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("2*1003")
        await till.press("enter")
        assert till.lines == [("1003", 2000)]


async def test_five_kilometres_are_no_quantity(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("5km*")
        assert "“5km” is no quantity" in till.notice
        await till.scan(COLA)
        assert till.lines == [(COLA, 1000)]


async def test_a_quantity_typed_after_goes_to_the_chosen_line(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA, WATER)
        await till.press("up")
        await till.type("6")
        await till.press("f3")
        assert till.lines == [(COLA, 6000), (WATER, 1000)]


async def test_an_unknown_barcode_is_refused_with_its_sentence(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan("0000000000000")
        assert till.notice == "0000000000000 is not known. Search it by name."
        assert till.lines == []


@pytest.mark.parametrize("text", ["kkkl", "kekou", "可口", "1001"])
async def test_goods_are_found_by_initials_pinyin_name_and_code(tmp_path: Path, text: str) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("f2")
        await till.type(text)
        await till.press("enter")
        await till.until(lambda: bool(till.lines))
        assert till.app.till.basket is not None
        assert till.app.till.basket.lines[0].name == "可口可乐 330ml"


async def test_a_scan_is_taken_while_the_search_is_open(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("f2")
        assert isinstance(till.app.screen, SearchDialog)
        await till.scan(CANDY)
        await till.press("enter")
        await till.until(lambda: bool(till.lines))
        assert till.app.till.basket is not None
        assert till.app.till.basket.lines[0].name == "大白兔奶糖"


async def test_a_scan_with_a_dialog_open_that_cannot_use_it_is_refused_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("ctrl+w")
        await till.scan(WATER)
        assert till.notice == f"“{WATER}” was scanned and not used here."
        await till.press("escape")
        assert till.lines == [(COLA, 1000)]


async def test_a_note_and_a_void_are_on_the_screen_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA, WATER)
        await till.press("ctrl+w")
        await till.type("cold")
        await till.press("enter")
        assert "✎ cold" in till.screen_text
        await till.press("up", "delete")
        await till.until(lambda: "VOID" in till.screen_text)


async def test_another_price_asks_for_a_reason_and_then_for_a_supervisor(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        await till.press("f4")
        await till.type("8")
        await till.press("enter", "enter")
        assert till.notice == "Write why, for the books."
        await till.type("torn")
        await till.press("enter")
        await till.until(lambda: "Approval needed" in till.screen_text)
        await till.type("9")
        await till.press("enter")
        await till.type("0000")
        await till.press("enter")
        assert till.notice == "Code or PIN is wrong."
        await till.type("9999")
        await till.press("enter")
        await till.until(lambda: "normally 9.50" in till.screen_text)
        assert till.app.till.basket is not None
        assert till.app.till.basket.total_minor == 800


async def test_esc_at_the_approval_changes_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(CRISPS)
        await till.press("f5")
        await till.type("10%")
        await till.press("enter")
        await till.type("friend")
        await till.press("enter")
        await till.until(lambda: "Approval needed" in till.screen_text)
        await till.press("escape")
        await till.until(lambda: till.notice == "Not approved; nothing was changed.")
        assert till.app.till.basket is not None
        assert till.app.till.basket.total_minor == 950


async def test_a_supervisor_gives_ten_percent_off_the_sale(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.scan(CRISPS)
        await till.press("f5", "down")
        await till.type("10%")
        await till.press("enter")
        await till.type("jubilee")
        await till.press("enter")
        await till.until(lambda: till.app.till.basket is not None and till.app.till.basket.total_minor == 855)


async def test_esc_never_loses_a_basket(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press(*["escape"] * 5)
        for key in ("f2", "f3", "f4", "f5", "f6", "f7", "f9", "f10", "f1", "f11", "f12", "ctrl+x", "ctrl+p"):
            await till.press(key)
            await till.press("escape")
        assert till.lines == [(COLA, 1000)]
        assert not till.world.shop.of(sales.CancelSale)


async def test_a_parked_basket_comes_back_and_cash_asks_first(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("f7")
        await till.type("red coat")
        await till.press("enter")
        await till.until(lambda: till.app.till.basket is None)
        await till.press("f8")
        await till.until(lambda: "red coat" in till.screen_text)
        await till.press("enter")
        await till.until(lambda: till.lines == [(COLA, 1000)])
        await till.type("10")
        await till.press("f9")
        await till.until(lambda: "parked and recalled" in till.screen_text)
        await till.press("escape")
        assert not till.world.shop.of(sales.AddTender)


async def test_the_price_check_sells_nothing(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("ctrl+p")
        assert isinstance(till.app.screen, PriceCheck)
        await till.scan(CANDY)
        assert "大白兔奶糖" in till.screen_text
        assert not till.world.shop.of(sales.AddItem)


async def test_a_chinese_name_typed_at_the_counter_opens_the_search(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("可乐")
        await till.press("enter")
        await till.until(lambda: isinstance(till.app.screen, SearchDialog))
        await till.until(lambda: "可口可乐" in till.screen_text)
