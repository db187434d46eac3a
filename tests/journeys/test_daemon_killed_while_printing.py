"""The device daemon is killed with -9 while it prints: each receipt comes out once, or says why twice."""

import asyncio
import random

import pytest
from programs_on_loopback import until, until_asked
from shop_on_loopback import CASHIER, GOODS, Client, Shop, network_printer_rack
from till_on_loopback import Till
from wires_on_loopback import NetworkPrinter

from protocol.identifiers import JobId, LaneCode, new_id
from protocol.messages.base import Refused
from protocol.messages.devices import (
    DrawerKicked,
    GetJob,
    Job,
    JobState,
    OpenDrawer,
    PrintDocument,
)
from protocol.receipt import Document

RECEIPTS = 30
MARK = "Printing was interrupted"


async def _printed(bench: Client, job: JobId) -> None:
    """Wait until the job is done."""

    async def done() -> bool:
        return (await bench.insist(GetJob(job_id=job), Job)).job.state is JobState.DONE

    await until_asked(done, 20, f"job {job} is done")


async def _receipts(shop: Shop, count: int) -> list[tuple[str, Document]]:
    """Sell, and return the receipts with their numbers."""
    till = Till(await shop.client("lane-9", CASHIER), LaneCode("9"))
    await till.open_shift(0)
    dice = random.Random(3)
    for _number in range(count):
        await till.sell(dice.sample(sorted(GOODS), dice.randint(1, 12)), handed_minor=100_000)
    return [(sale.receipt_number, document) for sale, document in zip(till.sold, till.receipts, strict=True)]


@pytest.mark.timeout(240)
async def test_each_receipt_is_printed_once_or_marked(shop: Shop) -> None:
    printer = NetworkPrinter()
    printer.line_time_s = 0.004
    await printer.power_on()
    try:
        devices = shop.devices("1", network_printer_rack(printer.port))
        await shop.open(devices)
        receipts = await _receipts(shop, RECEIPTS)
        bench = await shop.device_client("1")
        dice = random.Random(11)
        kills = 0
        for number, (_receipt_number, document) in enumerate(receipts):
            job = JobId(new_id())
            ask = PrintDocument(job_id=job, document=document)
            await bench.insist(ask, Job)
            await bench.insist(ask, Job)
            if number % 2 == 0:
                if kills % 2:
                    await until(lambda: not printer.idle, 10, "the paper begins to come out", every_s=0.001)
                # Not a wait for anything: the cut comes at any moment of the printing.
                await asyncio.sleep(dice.uniform(0.0, 0.05 if kills % 2 else 0.25))
                devices.kill()
                kills += 1
                devices.start()
                await shop.answers(shop.places.device_requests("1"), devices)
                assert (await bench.insist(ask, Job)).job.attempts <= 2
            await _printed(bench, job)
            assert (await bench.insist(ask, Job)).job.state is JobState.DONE
        assert kills == RECEIPTS // 2
        await until(lambda: printer.idle, 20, "the printer is done")
    finally:
        await printer.power_off()
    interrupted = 0
    for receipt_number, _document in receipts:
        papers = printer.mentioning(receipt_number)
        unmarked = [paper for paper in papers if MARK not in paper.text]
        whole = [paper for paper in papers if paper.cut]
        assert len(unmarked) <= 1, f"{receipt_number} came out {len(unmarked)} times with no word about it"
        assert len(whole) >= 1, f"{receipt_number} never came out whole"
        assert len(papers) <= 2
        interrupted += len(papers) == 2
    assert interrupted >= 3, "some cuts were in the middle"


async def test_a_drawer_asked_twice_opens_once_whatever_becomes_of_the_daemon(shop: Shop) -> None:
    printer = NetworkPrinter()
    await printer.power_on()
    try:
        devices = shop.devices("1", network_printer_rack(printer.port))
        await shop.open(devices)
        bench = await shop.device_client("1")

        async def opens() -> bool:
            answer = await bench.ask(OpenDrawer(job_id=JobId("sale-1-drawer")))
            assert isinstance(answer, (DrawerKicked, Refused))
            return isinstance(answer, DrawerKicked)

        await until_asked(opens, 10, "the drawer opens")
        devices.kill()
        devices.start()
        await shop.answers(shop.places.device_requests("1"), devices)
        again = await bench.insist(OpenDrawer(job_id=JobId("sale-1-drawer")), DrawerKicked)
        assert again.repeated
        await until(lambda: printer.kicks, 5, "the drawer was opened")
        await until_asked(opens, 10, "it is still there")
        assert printer.kicks == 1
    finally:
        await printer.power_off()
