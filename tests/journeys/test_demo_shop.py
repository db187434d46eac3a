"""A newcomer opens the demonstration shop, sells something in the first minute, and leaves nothing behind."""

from pathlib import Path

import pytest
from programs_on_loopback import until
from shop_on_loopback import COLA, GOODS, WATER, Shop, name, open_shift
from window_on_loopback import ENTER, ESCAPE, F2, F9, F12, ctrl

from guitai.demo import CASHIER, MANAGER


def _children(pid: int) -> set[int]:
    """Return the processes that a process has started, and theirs."""
    found: set[int] = set()
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = each.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(each.parent.name)
            found |= {child} | _children(child)
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def empty_place(shop: Shop) -> Shop:
    """A folder with no store in it."""
    shop.places.books.unlink()
    shop.places.store.rmdir()
    return shop


@pytest.mark.timeout(120)
async def test_a_newcomer_sells_something_in_the_first_minute(empty_place: Shop) -> None:
    shop = empty_place
    window = shop.window("demo", "demo", columns=100, rows=30)
    window.start()
    await window.shows("Who is there?", CASHIER.pin, within_s=40)
    assert window.process is not None
    children = _children(window.process.pid)
    assert len(children) >= 2
    await window.type(CASHIER.code)
    window.press(ENTER)
    await window.type(CASHIER.pin, seen="•" * 4)
    window.press(ENTER)
    await window.shows("Ming's Corner Shop", "Lane 1")

    await open_shift(window, "300")

    await window.type(WATER)
    window.press(ENTER)
    await window.shows(name(WATER), "1 piece")
    window.press(F12)
    await window.shows("scan a random one")
    await window.type(COLA)
    window.press(ENTER)
    await window.shows(f"Scanned {COLA}")
    window.press(ESCAPE)
    await window.shows_no_more("scan a random one")
    await window.shows(name(COLA), "2 pieces")
    await window.type("10")
    window.press(F9)
    await window.shows("CHANGE", "Sold. Receipt DEMO-1-")
    window.press(F12)
    await window.shows("scan a random one", name(COLA))
    window.press(ESCAPE)
    await window.shows_no_more("scan a random one")

    window.press(ctrl("q"))
    assert await window.ended() == 0
    await window.shows_after_the_end(str(shop.home))
    await until(lambda: not any(_alive(pid) for pid in children), 10, "all programs are gone")
    assert shop.proven().sales == 1


@pytest.mark.timeout(120)
async def test_the_demonstration_ends_its_programs_even_when_it_is_killed(empty_place: Shop) -> None:
    shop = empty_place
    window = shop.window("demo", "demo")
    window.start()
    await window.shows("Who is there?", within_s=40)
    assert window.process is not None
    children = _children(window.process.pid)
    assert len(children) >= 2
    window.kill()
    await until(lambda: not any(_alive(pid) for pid in children), 10, "all programs are gone")


@pytest.mark.timeout(120)
async def test_the_back_room_of_the_demonstration_shows_the_goods(empty_place: Shop) -> None:
    shop = empty_place
    window = shop.window("demo-console", "demo", "--console")
    window.start()
    await window.shows("Who is there?", MANAGER.pin, within_s=40)
    assert window.process is not None
    children = _children(window.process.pid)
    await window.type(MANAGER.code)
    window.press(ENTER)
    await window.type(MANAGER.pin, seen="•" * 4)
    window.press(ENTER)
    await window.shows("Products")
    window.press(F2)
    await window.shows("红富士苹果", GOODS[min(GOODS)][0])
    window.press(ctrl("q"))
    assert await window.ended() == 0
    await until(lambda: not any(_alive(pid) for pid in children), 10, "all programs are gone")
