"""The store server is killed with -9 while people pay: each sale is in the books exactly once."""

import asyncio
import logging
import random
import time

import pytest
from programs_on_loopback import until
from shop_on_loopback import CASHIER, COLA, GOODS, SECOND_CASHIER, WATER, Shop, name, price, sign_on
from till_on_loopback import Till, each_sale_is_there_once
from window_on_loopback import F9

from protocol.identifiers import LaneCode
from protocol.messages.devices import Simulated, SimulateScan

SALES = 200
SEED = 20261121

log = logging.getLogger(__name__)


@pytest.mark.timeout(300)
async def test_two_hundred_sales_survive_a_server_that_is_killed_again_and_again(shop: Shop) -> None:
    await shop.open()
    dice = random.Random(SEED)
    tills = []
    for lane, operator in (("1", CASHIER), ("2", SECOND_CASHIER)):
        till = Till(await shop.client(f"lane-{lane}", operator), LaneCode(lane))
        await till.open_shift(20_000)
        tills.append(till)

    async def shop_away(till: Till) -> None:
        for number in range(SALES // 2):
            codes = dice.sample(sorted(GOODS), dice.randint(1, 6))
            total = sum(price(code) for code in codes)
            card = dice.choice((0, 0, total // 3, total))
            handed = -(-(total - card) // 5000) * 5000 if number % 2 else 0
            await till.sell(codes, card_minor=card, handed_minor=handed)

    selling = [asyncio.create_task(shop_away(till)) for till in tills]
    restart_s: list[float] = []
    while not all(task.done() for task in selling):
        wanted = sum(len(till.sold) for till in tills) + dice.randint(1, 5)
        await until(
            lambda wanted=wanted: (
                sum(len(till.sold) for till in tills) >= wanted  # type: ignore[misc]
                or all(task.done() for task in selling)
            ),
            60,
            f"{wanted} sales",
            every_s=0.001,
        )
        # Not a wait for anything: the cut comes at any moment of the next sales.
        await asyncio.sleep(dice.uniform(0.0, 0.01))
        shop.server.kill()
        began = time.monotonic()
        shop.server.start()
        await shop.answers(shop.places.store_requests, shop.server)
        restart_s.append(time.monotonic() - began)
    for task in selling:
        await task
    restart_s.sort()
    log.info("%d kills; from start to answer %.2f s", len(restart_s), restart_s[len(restart_s) // 2])
    assert len(restart_s) >= 12
    each_sale_is_there_once(shop, *tills)


@pytest.mark.timeout(180)
async def test_a_cashier_sells_on_at_the_terminal_while_the_server_comes_and_goes(shop: Shop) -> None:
    devices = shop.devices("1")
    await shop.open(devices)
    till = Till(await shop.client("lane-1-before", CASHIER), LaneCode("1"))
    await till.open_shift(10_000)
    window = shop.terminal("1")
    window.start()
    await sign_on(window, CASHIER)
    bench = await shop.device_client("1")
    dice = random.Random(SEED)
    total = 0
    for number in range(12):
        code = dice.choice((WATER, COLA))
        await bench.must(SimulateScan(code=code), Simulated)
        await window.shows(name(code))
        if number % 2:
            shop.server.kill()
            await bench.must(SimulateScan(code=WATER), Simulated)
            await window.shows("Store server away since", "1 scan waiting")
            shop.server.start()
            await window.shows_no_more("scan waiting")
        else:
            await bench.must(SimulateScan(code=WATER), Simulated)
        due = price(code) + price(WATER)
        total += due
        await window.shows("2 pieces")
        await window.type("20")
        window.press(F9)
        # Not a wait for anything: the cut comes at any moment of the payment.
        await asyncio.sleep(dice.uniform(0.0, 0.03))
        shop.server.kill()
        shop.server.start()
        await window.shows("Receipt JNY-1-", f"Total {due // 100}.{due % 100:02}", within_s=20)
        assert len(shop.finished()) == number + 1
    assert [row["total_minor"] for row in shop.finished()].count(0) == 0
    assert sum(row["total_minor"] for row in shop.finished()) == total
    assert shop.in_drawer("1") == 10_000 + total
    assert shop.proven().sales == 12
