"""Training: a cashier practises a whole day, and not one row of the books changes."""

import pytest
from shop_on_loopback import CASHIER, COLA, WATER, Shop, name, open_shift, sign_on
from window_on_loopback import ENTER, F9, ctrl

from protocol.messages.devices import Bench, BenchState, Simulated, SimulateScan

NOT_BOOKS = ("sessions",)
"""Who is signed on, and when they were last seen."""


def _dump(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with shop.books() as db:
        tables = [
            row[0]
            for row in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        return {
            table: [tuple(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY 1")]
            for table in tables
            if table not in NOT_BOOKS
        }


@pytest.mark.timeout(120)
async def test_a_day_of_practice_touches_nothing(shop: Shop) -> None:
    devices = shop.devices("1")
    await shop.open(devices)
    bench = await shop.device_client("1")
    window = shop.terminal("1")
    window.start()
    await sign_on(window, CASHIER)
    window.press(ctrl("t"))
    await window.shows("Nothing that you do there counts")
    before = _dump(shop)
    window.press(ENTER)
    await window.shows("TRAINING: nothing counts")

    await open_shift(window, "200")
    for number, code in enumerate((WATER, COLA, WATER)):
        await bench.must(SimulateScan(code=code), Simulated)
        await window.shows(name(code), "1 piece")
        await window.type("10")
        window.press(F9)
        await window.shows("Receipt JNY-1-", "CHANGE")
        assert number < 3
    window.press(ctrl("t"))
    await window.shows("Everything counts again")
    await window.shows_no_more("TRAINING: nothing counts")
    await window.shows("No shift open")

    after = _dump(shop)
    assert before.keys() == after.keys()
    for table, rows in before.items():
        assert after[table] == rows, table
    paper = await bench.must(BenchState(), Bench)
    text = "\n".join(line.text for line in paper.printers[0].lines)
    assert text.upper().count("TRAINING") >= 3, "every practice receipt says so"
    assert shop.proven().sales == 0
