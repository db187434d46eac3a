"""The terminal is killed with -9 while its cashier sells: it picks up what it left, nothing happens twice."""

import asyncio
import random
from dataclasses import dataclass

import pytest
from programs_on_loopback import until, until_asked
from shop_on_loopback import (
    CASHIER,
    GOODS,
    Client,
    Shop,
    name,
    network_printer_rack,
    open_shift,
    price,
    sign_on,
    written,
)
from window_on_loopback import F9, Window
from wires_on_loopback import NetworkPrinter

from protocol.identifiers import LaneCode
from protocol.messages.devices import Jobs, ListJobs, Simulated, SimulateScan
from protocol.messages.sales import BasketState, BasketView, GetOpenBasket

SALES = 200
KILL_EVERY = 4
FLOAT = 50_000
HANDED = 100_00
SEED = 4711


@dataclass
class Lane:
    """A cashier at a lane whose terminal dies now and then."""

    shop: Shop
    window: Window
    bench: Client
    onlooker: Client
    kills: int = 0
    finished: int = 0

    async def scan(self, codes: list[str]) -> None:
        """Hold goods before the scanner, one after the other."""
        for code in codes:
            await self.bench.must(SimulateScan(code=code), Simulated)

    async def basket(self) -> BasketView | None:
        """Return the basket as the store server has it."""
        state = await self.onlooker.must(GetOpenBasket(lane=LaneCode("1")), BasketState)
        return state.basket if state.basket and state.basket.lines else None

    async def die_and_come_back(self) -> None:
        """Kill the terminal, start it again, sign on, and let it settle what was under way."""
        self.kills += 1
        self.window.kill()
        self.window.start()
        await sign_on(self.window, CASHIER)
        spool = self.shop.places.lane("1") / "lane-1.spool"
        await until(lambda: spool.stat().st_size == 0, 15, "the spool is settled", more=self.window.picture)

    async def shows_the_sale(self) -> None:
        """Wait for the change of the next sale."""
        self.finished += 1
        await self.window.shows(f"-{self.finished:04}")


async def _sell(lane: Lane, codes: list[str], dice: random.Random, *, dies: bool) -> None:
    total = sum(price(code) for code in codes)
    moment = dice.choice(("scanning", "scanned", "paying", "paid")) if dies else ""
    if moment == "scanning":
        await lane.scan(codes)
        await asyncio.sleep(dice.uniform(0.0, 0.02))  # no wait for anything: the cut comes at any moment
        await lane.die_and_come_back()
        basket = await lane.basket()
        known = [line.code for line in basket.lines] if basket else []
        assert known == codes[: len(known)], "what is there was scanned, in order, and once"
        codes_left = codes[len(known) :]
    else:
        codes_left = codes
    if codes_left:
        await lane.scan(codes_left)
    pieces = f"{len(codes)} piece" + "s" * (len(codes) > 1)
    await lane.window.shows(pieces, name(codes[-1]))
    if moment == "scanned":
        await lane.die_and_come_back()
        await lane.window.shows(pieces, name(codes[-1]))
    await lane.window.type(written(HANDED))
    lane.window.press(F9)
    if moment in ("paying", "paid"):
        if moment == "paying":
            await asyncio.sleep(dice.uniform(0.0, 0.04))  # no wait for anything, as above
        else:
            await lane.window.shows("CHANGE")
        await lane.die_and_come_back()
        if await lane.basket() is not None:
            # Not finished yet: paid or not, the cashier sees the basket and goes on.
            await lane.window.shows(pieces)
            await lane.window.type(written(HANDED))
            lane.window.press(F9)
            await lane.shows_the_sale()
        else:
            lane.finished += 1
    else:
        await lane.shows_the_sale()
        await lane.window.shows("CHANGE", f"Total {written(total)}")


@pytest.mark.timeout(400)
async def test_two_hundred_sales_survive_a_terminal_that_is_killed_again_and_again(shop: Shop) -> None:
    printer = NetworkPrinter()
    await printer.power_on()
    try:
        await _two_hundred_sales(shop, printer)
    finally:
        await printer.power_off()


async def _two_hundred_sales(shop: Shop, printer: NetworkPrinter) -> None:
    devices = shop.devices("1", network_printer_rack(printer.port))
    await shop.open(devices)
    window = shop.terminal("1")
    window.start()
    await sign_on(window, CASHIER)
    await open_shift(window, written(FLOAT))
    lane = Lane(shop, window, await shop.device_client("1"), await shop.client("onlooker", CASHIER))
    dice = random.Random(SEED)
    totals = []
    for number in range(SALES):
        codes = dice.sample(sorted(GOODS), dice.randint(1, 3))
        totals.append(sum(price(code) for code in codes))
        await _sell(lane, codes, dice, dies=number % KILL_EVERY == 0)
    assert lane.kills == SALES // KILL_EVERY

    rows = shop.rows("SELECT * FROM sales WHERE state = 'finished' ORDER BY receipt_seq")
    assert [row["receipt_seq"] for row in rows] == list(range(1, SALES + 1))
    assert [row["total_minor"] for row in rows] == totals, "each sale once, in order, at its price"
    assert shop.in_drawer("1") == FLOAT + sum(totals)
    assert shop.rows("SELECT count(*) FROM sales WHERE state <> 'finished'")[0][0] == 0
    assert shop.proven().sales == SALES
    await _every_receipt_is_on_paper_once(lane.bench, printer, [row["receipt_number"] for row in rows])
    assert printer.kicks == SALES, "the drawer opened once for each sale"


async def _every_receipt_is_on_paper_once(bench: Client, printer: NetworkPrinter, numbers: list[str]) -> None:
    async def nothing_waits() -> bool:
        return (await bench.must(ListJobs(unfinished_only=True), Jobs)).jobs == ()

    await until_asked(nothing_waits, 10, "every print job is done")
    await until(lambda: printer.idle, 10, "the printer is done")
    for number in numbers:
        papers = printer.mentioning(number)
        assert len(papers) == 1, (number, len(papers))
        assert papers[0].cut
