"""A new cashier's first day, from the first scan to the Z slip; every figure is added up here too."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from programs_on_loopback import until
from shop_on_loopback import (
    CASHIER,
    COLA,
    MANAGER,
    NUTS,
    SECOND_CASHIER,
    WATER,
    Shop,
    name,
    network_printer_rack,
    open_shift,
    price,
    sign_on,
    written,
)
from window_on_loopback import DELETE, DOWN, ENTER, F2, F4, F7, F8, F9, F10, TAB, UP, Window, ctrl
from wires_on_loopback import Display, NetworkPrinter, Paper, Scanner

from protocol.messages.base import Done
from protocol.messages.catalogue import BarcodePatternView, SaveBarcodePatterns
from protocol.messages.devices import Simulated, SimulateScan
from protocol.messages.shifts import CloseDay, DayClosed

LIQUOR = "6906151601353"
"""牛栏山二锅头100ml, 4.50: found by its initials."""
APPLES_PER_KG = 1280
APPLES_G = 1234
UNKNOWN = "6900000000014"

RACK_1 = """
[[device]]
name = "scanner-1"
kind = "scanner"
driver = "serial"
path = "{folder}/scanner"

[[device]]
name = "display-1"
kind = "line_display"
driver = "serial"
profile = "escpos-20x2-chinese"
path = "{folder}/display"

[[device]]
name = "printer-1"
kind = "pos_printer"
driver = "tcp"
host = "127.0.0.1"
port = {port}

[[device]]
name = "drawer-1"
kind = "cash_drawer"
driver = "printer"
"""


def weighed(code: str, grams: int) -> str:
    """Return the barcode that the scale in the shop would stick on a bag."""
    digits = f"21{code}{grams:05}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return f"{digits}{check}"


@dataclass
class Counter:
    """Two lanes: the first with scanner and display on serial lines, both with network printers."""

    shop: Shop
    first: Window
    second: Window
    scanner: Scanner
    display: Display
    first_printer: NetworkPrinter
    second_printer: NetworkPrinter


@pytest.fixture
async def counter(shop: Shop) -> AsyncIterator[Counter]:
    folder = shop.places.lane("1")
    folder.mkdir(parents=True)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(shop.end)
        scanner, display = Scanner(folder / "scanner"), Display(folder / "display")
        stack.callback(scanner.unplug)
        stack.callback(display.unplug)
        printers = NetworkPrinter(), NetworkPrinter()
        for printer in printers:
            await printer.power_on()
            stack.push_async_callback(printer.power_off)
        first = shop.devices("1", RACK_1.format(folder=folder, port=printers[0].port))
        second = shop.devices("2", network_printer_rack(printers[1].port))
        await shop.open(first, second)
        manager = await shop.client("office", MANAGER)
        patterns = (BarcodePatternView(pattern="21IIIIIWWWWWC", note="weight (g)"),)
        await manager.must(SaveBarcodePatterns(patterns=patterns), Done)
        windows = shop.terminal("1"), shop.terminal("2", columns=80, rows=24)
        for window in windows:
            window.start()
        yield Counter(shop, *windows, scanner, display, *printers)


async def _approve(window: Window) -> None:
    """The manager comes and approves, at the same terminal."""
    await window.shows("Approval needed")
    await window.type(MANAGER.code)
    window.press(ENTER)
    await window.type(MANAGER.pin, seen="•" * 4)
    window.press(ENTER)
    await window.shows_no_more("Approval needed")


async def _paper(printer: NetworkPrinter, count: int) -> Paper:
    """Return the paper that came out as number `count`."""
    await until(lambda: len(printer.papers) >= count, 15, f"paper {count} comes out")
    return printer.papers[count - 1]


def _amounts(paper: Paper) -> dict[str, str]:
    """Return what stands at the left and at the right of the lines that have both."""
    pairs = (line.rstrip().rpartition("  ") for line in paper.lines)
    return {left.strip(): right.strip() for left, _gap, right in pairs if left.strip()}


@pytest.mark.timeout(180)
async def test_a_new_cashiers_day_adds_up(counter: Counter) -> None:
    shop = counter.shop
    await _opens_by_counting_notes(counter.first)
    await _fills_a_basket(counter)
    basket = await _basket_total(counter)
    await _parks_it(counter.first)
    number = await _is_paid_at_the_second_lane(counter, basket)
    await _gets_a_copy(counter, number)
    first_sale = await _sells_for_cash(counter)
    await _takes_cash_out(counter)
    await _prints_an_x_slip(counter, first_sale)
    left = await _counts_blind_and_closes(counter, first_sale)

    assert shop.in_drawer("1") == left
    assert shop.in_drawer("2") == basket - 2_000 - 1_000
    stock = [row[0] for row in shop.rows("SELECT quantity_thousandths FROM stock_levels ORDER BY 1")]
    assert stock == sorted([-2 * 1000, -1000, -3 * 1000, -APPLES_G])
    verdict = shop.proven()
    assert verdict.sales == 2

    second = counter.second
    second.press(ctrl("s"))
    await second.shows("Count the drawer", "Together")
    second.press(UP)
    await second.type(written(basket - 3_000))
    second.press(ENTER)
    await second.shows("It is right to the cent")
    second.press(ENTER, ENTER, ENTER)
    await second.shows("No shift open")
    manager = await shop.client("office-2", MANAGER)
    day = await manager.must(CloseDay(), DayClosed)
    assert day.figures.net_minor == basket + first_sale
    assert day.figures.sale_count == 2
    assert {each.tender: each.amount_minor for each in day.figures.tenders} == {
        "cash": basket - 3_000 + first_sale,
        "card": 2_000,
        "mobile": 1_000,
    }
    assert (day.figures.void_count, day.figures.override_count, day.figures.reprint_count) == (1, 1, 1)
    assert day.figures.difference_minor == -50
    assert shop.proven().sales == 2


async def _opens_by_counting_notes(window: Window) -> None:
    """Two hundreds and ten tens: 300.00."""
    await sign_on(window, CASHIER)
    window.press(ctrl("s"))
    await window.shows("Open shift", "¥100.00")
    window.press("2", DOWN, DOWN, DOWN, "1", "0")
    await window.shows("Together ¥300.00")
    window.press(F10)
    await window.shows("Shift 1 is open")


async def _fills_a_basket(counter: Counter) -> None:
    window, scanner = counter.first, counter.scanner
    scanner.scan(WATER)
    await window.shows(name(WATER), "1 piece")
    scanner.scan(NUTS)
    await window.shows(name(NUTS), "2 pieces")
    await until(
        lambda: written(price(WATER) + price(NUTS)) in counter.display.rows[1], 10, "the customer sees it"
    )

    window.press("3", "*")
    await window.shows("› 3 ×")
    scanner.scan(COLA)
    await window.shows(name(COLA), "5 pieces")

    window.press(F2)
    await window.shows("Name, pinyin, code")
    await window.type("nls")
    await window.shows(name(LIQUOR))
    window.press(ENTER)
    await window.shows_no_more("Name, pinyin, code")
    await window.shows(name(LIQUOR), "6 pieces")
    window.press(DELETE)
    await window.shows(f"{name(LIQUOR)} is taken out", "5 pieces")

    scanner.scan(weighed("10001", APPLES_G))
    await window.shows("红富士苹果", "1.234", "6 pieces")
    scanner.scan(UNKNOWN)
    await window.shows(UNKNOWN)

    window.press(ctrl("w"))
    await window.shows("Note")
    await window.type("ripe ones")
    window.press(ENTER)
    await window.shows_no_more("Enter: go on")
    await _sells_the_nuts_cheaper(window)


async def _sells_the_nuts_cheaper(window: Window) -> None:
    """The bag is torn; a cashier alone may not give a price."""
    while "▶ 2" not in window.text:
        line = next(line for line in window.lines if "▶" in line)
        window.press(UP)
        await until(lambda line=line: line not in window.lines, 10, "another line is chosen")  # type: ignore[misc]
    window.press(F4)
    await window.shows("Another price", "now 16.72")
    await window.type("15.00")
    window.press(ENTER)
    await window.type("torn bag")
    window.press(ENTER)
    await _approve(window)
    await window.shows("torn bag")


async def _basket_total(counter: Counter) -> int:
    """Add the basket up without help, and hold the books and the customer's display to it."""
    apples = (APPLES_PER_KG * APPLES_G + 500) // 1000
    total = price(WATER) + 1500 + 3 * price(COLA) + apples
    (row,) = counter.shop.rows("SELECT * FROM sales WHERE state = 'open'")
    assert row["total_minor"] == total
    await until(lambda: written(total) in counter.display.rows[1], 10, "the customer sees the total")
    return total


async def _parks_it(window: Window) -> None:
    window.press(F7)
    await window.shows("Any lane can recall it")
    await window.type("red bag")
    window.press(ENTER)
    await window.shows("The basket is parked", "Scan the first item")


async def _is_paid_at_the_second_lane(counter: Counter, total: int) -> str:
    """20.00 by card, 10.00 by phone, the rest in cash out of 50.00; returns the receipt's number."""
    window = counter.second
    await sign_on(window, SECOND_CASHIER, "2")
    await open_shift(window, "0")
    window.press(F8)
    await window.shows("red bag", "Zhang Min")
    window.press(ENTER)
    await window.shows("The basket is here again", name(NUTS))

    window.press(F10)
    await window.shows("Recalled basket", written(total))
    window.press(ENTER)
    await window.shows("Way to pay")
    window.press(DOWN)
    await window.type("20")
    window.press(TAB)
    await window.type("SLIP-77")
    window.press(ENTER)
    await window.shows(f"Still ¥{written(total - 2_000)} to pay")
    window.press(DOWN)
    await window.type("10")
    window.press(TAB)
    await window.type("APP-5")
    window.press(ENTER)
    due = total - 3_000
    await window.shows(f"Still ¥{written(due)} to pay")
    window.press(F9)
    await window.type("50")
    window.press(ENTER)
    await window.shows("CHANGE", "Sold. Receipt JNY-2-")

    (row,) = counter.shop.finished()
    assert (row["total_minor"], row["change_minor"], row["lane"]) == (total, 5_000 - due, "2")
    receipt = await _paper(counter.second_printer, 1)
    assert row["receipt_number"] in receipt.text
    for line in (
        "Ming's Corner Shop",
        "Li Ming",
        name(WATER),
        name(NUTS),
        name(COLA),
        "红富士苹果",
        "ripe ones",
    ):
        assert line in receipt.text
    assert name(LIQUOR) not in receipt.text
    assert "SLIP-77" in receipt.text
    assert f"¥{written(total)}" in receipt.text
    assert written(5_000 - due) in receipt.text
    assert "谢谢惠顾" in receipt.text
    assert "COPY" not in receipt.text
    assert counter.second_printer.kicks == 1
    return str(row["receipt_number"])


async def _gets_a_copy(counter: Counter, number: str) -> None:
    counter.second.press(ctrl("r"))
    copy = await _paper(counter.second_printer, 2)
    assert number in copy.text
    assert copy.text.count("*** COPY ***") == 2
    assert counter.second_printer.kicks == 1
    assert len(counter.shop.finished()) == 1


async def _sells_for_cash(counter: Counter) -> int:
    """A bottle of water out of a five."""
    window = counter.first
    counter.scanner.scan(WATER)
    await window.shows(name(WATER), "1 piece")
    await window.type("5")
    window.press(F9)
    await window.shows("CHANGE", "Sold. Receipt JNY-1-", f"Total {written(price(WATER))}", "Paid 5.00")
    await until(lambda: counter.display.rows[1].endswith("3.00"), 10, "the customer reads the change")
    receipt = await _paper(counter.first_printer, 1)
    assert name(WATER) in receipt.text
    assert counter.first_printer.kicks == 1
    return price(WATER)


async def _takes_cash_out(counter: Counter) -> None:
    window = counter.first
    window.press(ctrl("u"))
    await window.shows("Out of the drawer")
    await window.type("50")
    window.press(ENTER)
    await window.type("milk for the cat")
    window.press(ENTER)
    await _approve(window)
    slip = await _paper(counter.first_printer, 2)
    assert "milk for the cat" in slip.text
    assert "50.00" in slip.text
    await until(lambda: counter.first_printer.kicks == 2, 10, "the drawer opens")


async def _prints_an_x_slip(counter: Counter, sale: int) -> None:
    counter.first.press(ctrl("e"))
    slip = await _paper(counter.first_printer, 3)
    figures = _amounts(slip)
    assert (figures["Sales"], figures["Items"], figures["Cash out × 1"]) == ("1", "1", "50.00")
    assert figures["Voided lines × 1"] == written(price(LIQUOR))
    assert not any(left.startswith("Cash ×") for left in figures), "the count is blind"
    expected = 30_000 + sale - 5_000
    assert written(expected) not in slip.text, "the count is blind"


async def _counts_blind_and_closes(counter: Counter, sale: int) -> int:
    """Fifty fen are missing; a hundred stays for tomorrow."""
    window = counter.first
    expected = 30_000 + sale - 5_000
    window.press(ctrl("s"))
    await window.shows("Count the drawer", "Together")
    assert written(expected) not in window.text, "the count is blind"
    window.press(UP)
    await window.type(written(expected - 50))
    window.press(ENTER)
    await window.shows(f"expected {written(expected)}", "0.50 is missing", "Stays in the drawer")
    window.press(ENTER, ENTER)
    await window.type("100")
    window.press(ENTER)
    await window.shows("No shift open")
    slip = await _paper(counter.first_printer, 4)
    figures = _amounts(slip)
    assert figures["Counted"] == written(expected - 50)
    assert any(left.startswith("Expected") and right == written(expected) for left, right in figures.items())
    assert "-0.50" in slip.text
    return 10_000


async def test_a_code_is_sold_by_hand_by_scanner_and_by_message_alike(shop: Shop) -> None:
    devices = shop.devices("1")
    await shop.open(devices)
    window = shop.terminal("1", columns=80, rows=24)
    window.start()
    await sign_on(window, CASHIER)
    await open_shift(window, "0")
    bench = await shop.device_client("1")
    await bench.must(SimulateScan(code=WATER), Simulated)
    await window.shows("1 piece")
    await window.type(WATER)
    window.press(ENTER)
    await window.shows("2 pieces")
    code, said = shop.run("scan", WATER)
    assert code == 0, said
    await window.shows("3 pieces")
    # A keyboard-wedge scanner types faster than any hand.
    window.press(WATER + "\r")
    await window.shows("4 pieces")
    (line,) = shop.rows("SELECT l.* FROM sale_lines l JOIN sales s USING (sale_id) WHERE s.state = 'open'")
    assert line["quantity_thousandths"] == 4_000
    assert line["amount_minor"] == 4 * price(WATER)
