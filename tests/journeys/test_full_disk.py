"""The disk of the store is full: money is refused in words, nothing is half done, and it goes on after."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from shop_on_loopback import CASHIER, GOODS, WATER, Shop, price
from till_on_loopback import Till, each_sale_is_there_once

from protocol.identifiers import CommandId, LaneCode, SaleId, TenderId, new_id
from protocol.messages.base import Refused
from protocol.messages.sales import AddItem, AddTender, Basket, FinishSale, SaleDone


class Disk:
    """The store's disk, which a test can fill and empty.

    Root gets a small file system of its own. Anybody else gets the nearest thing that needs no rights: the
    server's files may not grow any more, and every write beyond that is refused by the system.
    """

    def __init__(self, shop: Shop) -> None:
        """Put the store's folder on it."""
        self._shop = shop
        self._ballast = shop.places.store / "ballast"
        self._mounted = os.geteuid() == 0
        if self._mounted:
            folder = shop.places.store
            books = shop.places.books.read_bytes()
            shop.places.books.unlink()
            size = len(books) + 3_000_000
            subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)], check=True
            )
            shop.places.books.write_bytes(books)

    def fill(self) -> None:
        """Leave no byte."""
        if not self._mounted:
            assert self._shop.server.process is not None
            largest = max(path.stat().st_size for path in self._shop.places.store.iterdir() if path.is_file())
            self._limit(largest)
            return
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (65536, 4096, 1):
                while True:
                    try:
                        ballast.write(bytes(size))
                    except OSError:
                        break

    def free(self) -> None:
        """Make room again."""
        if self._mounted:
            self._ballast.unlink(missing_ok=True)
        else:
            self._limit(resource.RLIM_INFINITY)

    def _limit(self, size: int) -> None:
        if self._shop.server.process is None or not self._shop.server.running:
            return  # the next one has no limit
        resource.prlimit(self._shop.server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def take_away(self) -> None:
        """Unmount."""
        if self._mounted:
            subprocess.run(["umount", "--lazy", str(self._shop.places.store)], check=True)


@pytest.fixture
def disk(shop: Shop) -> Iterator[Disk]:
    """A small disk under the store's folder."""
    disk = Disk(shop)
    yield disk
    shop.end()
    disk.take_away()


async def test_a_full_disk_refuses_money_in_words_and_goes_on_when_there_is_room(
    shop: Shop, disk: Disk
) -> None:
    await shop.open()
    client = await shop.client("lane-1", CASHIER)
    till = Till(client, LaneCode("1"))
    await till.open_shift(10_000)
    for _number in range(5):
        await till.sell(sorted(GOODS)[:4])

    sale_id = SaleId(new_id())
    item = AddItem(sale_id=sale_id, lane=LaneCode("1"), code=WATER)
    await client.must(item, Basket)
    disk.fill()
    add, pay = (CommandId(new_id()) for _number in range(2))
    refusals: list[Refused] = []
    # The log file may still have room in its last page: at some scan there is none.
    for _number in range(400):
        answer = await client.ask(item)
        if isinstance(answer, Refused):
            refusals.append(answer)
            break
    tender = AddTender(sale_id=sale_id, tender_id=TenderId(new_id()), tender="cash", amount_minor=100_000)
    refusals += [await client.refused(tender, id=pay), await client.refused(item, id=add)]
    assert {refusal.code for refusal in refusals} == {"disk_full"}
    assert all("disk is full" in refusal.explanation for refusal in refusals)
    assert shop.server.running
    assert shop.rows("SELECT count(*) FROM sale_tenders WHERE sale_id = ?", sale_id)[0][0] == 0

    disk.free()
    paid = await client.must(tender, Basket, id=pay)
    pieces = paid.basket.item_count_thousandths // 1000
    total = pieces * price(WATER)
    assert paid.basket.total_minor == total
    disk.fill()
    finish, finished = FinishSale(sale_id=sale_id, lane=LaneCode("1")), CommandId(new_id())
    refusal: Refused | SaleDone = await client.must(finish, Refused, id=finished)
    assert isinstance(refusal, Refused)
    assert refusal.code == "disk_full"
    assert len(shop.finished()) == 5
    assert shop.in_drawer("1") == till.expected_in_drawer

    disk.free()
    done = await client.must(finish, SaleDone, id=finished)
    again = await client.must(finish, SaleDone, id=finished)
    assert again.receipt_number == done.receipt_number
    assert done.change_minor == 100_000 - total
    row = shop.rows("SELECT total_minor, receipt_seq FROM sales WHERE sale_id = ?", sale_id)[0]
    assert tuple(row) == (total, 6)
    assert shop.in_drawer("1") == till.expected_in_drawer + total
    assert shop.proven().sales == 6


async def test_a_server_killed_on_a_full_disk_has_whole_books(shop: Shop, disk: Disk) -> None:
    await shop.open()
    till = Till(await shop.client("lane-1", CASHIER), LaneCode("1"))
    await till.open_shift(0)
    for _number in range(3):
        await till.sell([WATER])
    disk.fill()
    sale_id = SaleId(new_id())
    for _number in range(400):
        answer = await till.client.ask(AddItem(sale_id=sale_id, lane=LaneCode("1"), code=WATER))
        if isinstance(answer, Refused):
            break
    else:
        pytest.fail("the disk was never full")
    shop.server.kill()
    disk.free()
    await shop.open()
    await _cancel_what_is_open(till, sale_id)
    await till.sell([WATER])
    each_sale_is_there_once(shop, till)


async def _cancel_what_is_open(till: Till, sale_id: SaleId) -> None:
    """Finish the basket that stood when the server died, if it was begun at all."""
    from protocol.messages.sales import BasketState, CancelSale, GetOpenBasket  # noqa: PLC0415

    state = await till.client.must(GetOpenBasket(lane=till.lane), BasketState)
    if state.basket is not None:
        assert state.basket.sale_id == sale_id
        await till.client.must(CancelSale(sale_id=sale_id), Basket)


async def test_a_backup_with_no_room_leaves_no_half_copy(shop: Shop, disk: Disk) -> None:
    await shop.open()
    disk.fill()
    if os.geteuid() != 0:
        # Without a file system of its own the backup's limit is the shell's.
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    try:
        code, said = shop.run("backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert code != 0
    assert "backup was not made" in said
    assert "Traceback" not in said
    left: list[Path] = (
        list((shop.places.store / "backups").glob("*")) if (shop.places.store / "backups").exists() else []
    )
    assert left == []
    disk.free()
    code, said = shop.run("backup")
    assert code == 0, said
