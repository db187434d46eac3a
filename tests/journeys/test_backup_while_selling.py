"""A backup is made while two lanes sell, and put back: it is right, and it is the beginning of the day."""

import asyncio
import random
from pathlib import Path

import pytest
from programs_on_loopback import guitai_line, until
from shop_on_loopback import (
    CASHIER,
    GOODS,
    MANAGER,
    SECOND_CASHIER,
    Shop,
    new_folder,
    remove,
    shop_in,
)
from till_on_loopback import Till, each_sale_is_there_once

from protocol.identifiers import LaneCode, SaleId
from protocol.messages.sales import BasketState, GetSale
from protocol.messages.store import BackupMade, MakeBackup


async def _guitai(shop: Shop, *arguments: str) -> str:
    """Run a subcommand beside the selling; return what it said."""
    process = await asyncio.create_subprocess_exec(
        *guitai_line(shop.home, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _nothing = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@pytest.mark.timeout(180)
async def test_backups_of_an_open_shop_are_whole_and_can_be_restored(shop: Shop) -> None:
    await shop.open()
    tills = []
    for lane, operator in (("1", CASHIER), ("2", SECOND_CASHIER)):
        till = Till(await shop.client(f"lane-{lane}", operator), LaneCode(lane))
        await till.open_shift(30_000)
        tills.append(till)
    dice = random.Random(7)
    enough = asyncio.Event()

    async def sell(till: Till) -> None:
        while not enough.is_set():
            await till.sell(dice.sample(sorted(GOODS), dice.randint(1, 8)), handed_minor=100_000)

    selling = [asyncio.create_task(sell(till)) for till in tills]
    await until(lambda: all(len(till.sold) >= 20 for till in tills), 60, "both lanes sell")
    copies = [shop.home / f"copy-{number}.db" for number in range(3)]
    for copy in copies:
        before = sum(len(till.sold) for till in tills)
        await _guitai(shop, "backup", str(copy))
        after = sum(len(till.sold) for till in tills)
        assert after > before, "selling went on meanwhile"
    office = await shop.client("office", MANAGER)
    made = await office.must(MakeBackup(), BackupMade, timeout_s=30)
    copies.append(Path(made.path))
    enough.set()
    await asyncio.gather(*selling)
    each_sale_is_there_once(shop, *tills)

    real = [row["sale_id"] for row in shop.rows(_IN_ORDER)]
    for copy in copies:
        restored = [row[0] for row in shop.rows(_IN_ORDER, path=copy)]
        assert 40 <= len(restored) <= len(real)
        assert restored == real[: len(restored)], "a beginning of the real day, with no hole"
        await _restore_elsewhere(shop, copy, restored)


_IN_ORDER = """
SELECT json_extract(body, '$.sale_id') AS sale_id FROM journal WHERE name = 'sales.SaleFinished' ORDER BY seq
"""


async def _restore_elsewhere(shop: Shop, copy: Path, sales: list[str]) -> None:
    """Put the copy into a new home, prove it, and have a server answer from it."""
    folder = new_folder()
    try:
        async with shop_in(folder) as other:
            code, said = other.run("restore", str(copy), "--yes")
            assert code == 0, said
            assert other.proven().sales == len(sales)
            await other.open()
            client = await other.client("lane-1", CASHIER)
            state = await client.must(GetSale(sale_id=SaleId(sales[-1])), BasketState)
            assert state.basket is not None
            assert state.basket.receipt_number
            assert await other.server.stop() == 0
    finally:
        remove(folder)


async def test_a_restore_puts_the_books_of_today_aside_and_loses_nothing(shop: Shop) -> None:
    await shop.open()
    till = Till(await shop.client("lane-1", CASHIER), LaneCode("1"))
    await till.open_shift(0)
    await till.sell(sorted(GOODS)[:3])
    code, said = shop.run("backup", str(shop.home / "morning.db"))
    assert code == 0, said
    await till.sell(sorted(GOODS)[3:5])

    code, said = shop.run("restore", str(shop.home / "morning.db"), "--yes")
    assert code != 0, "never under a running server"
    assert "Nothing was restored" in said
    assert await shop.server.stop() == 0

    code, said = shop.run("restore", str(shop.home / "morning.db"), "--yes")
    assert code == 0, said
    assert shop.proven().sales == 1
    (aside,) = shop.places.store.glob("*before-restore*.db")
    assert str(aside) in said
    assert shop.verify(str(aside)).sales == 2


async def test_a_backup_that_is_torn_is_refused_and_the_books_stay(shop: Shop) -> None:
    await shop.open()
    code, said = shop.run("backup", str(shop.home / "copy.db"))
    assert code == 0, said
    assert await shop.server.stop() == 0
    torn = shop.home / "torn.db"
    whole = (shop.home / "copy.db").read_bytes()
    torn.write_bytes(whole[: len(whole) // 2])
    before = shop.proven()

    code, said = shop.run("restore", str(torn), "--yes")
    assert code != 0
    assert "Nothing was restored" in said
    assert shop.proven() == before
