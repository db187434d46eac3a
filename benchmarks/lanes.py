"""Fifty lanes on one store server: each scans once a second and finishes a sale every twenty seconds.

The clients are in this one process, so the figures include what fifty clients cost each other here; in a
shop each has a machine of its own.
"""

import argparse
import asyncio
import random
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from goods import Goods, books_from
from live_offers import put_offers
from measuring import (
    aim,
    figures_ms,
    finish,
    line_of,
    machine,
    percentile,
    progress,
    ratio,
    round_trip_floor,
    run_delay_s,
)
from shop import Shop, ask, open_shift, sign_on

from protocol.identifiers import LaneCode, SaleId, TenderId, new_id
from protocol.messages.sales import AddItem, AddTender, Basket, FinishSale, SaleDone
from protocol.sockets.fact_subscriber import FactSubscriber
from protocol.sockets.request_client import RequestClient


@dataclass
class Figures:
    """The seconds of each kind of request."""

    scans: list[float] = field(default_factory=list)
    tenders: list[float] = field(default_factory=list)
    sales: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    """How much later than planned a scan was asked: how busy this process itself was."""
    facts: int = 0


async def sell(
    client: RequestClient, lane: str, goods: list[Goods], wanted: argparse.Namespace, figures: Figures
) -> None:
    """Be one lane for the whole time."""
    dice = random.Random(f"{wanted.seed}/{lane}")
    begin = time.perf_counter() + dice.random()
    # The first basket is as far along as chance has it: lanes do not all pay in the same second.
    left = dice.randrange(1, wanted.sale_every + 1)
    sale, total, number = SaleId(new_id()), 0, 0
    while (at := begin + number) < begin + wanted.seconds:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        figures.late.append(max(0.0, time.perf_counter() - at))
        item = AddItem(sale_id=sale, lane=LaneCode(lane), code=dice.choice(goods).barcode)
        asked = time.perf_counter()
        total = (await ask(client, item, Basket)).basket.total_minor
        figures.scans.append(time.perf_counter() - asked)
        number += 1
        left -= 1
        if left == 0:
            await pay(client, lane, sale, total, figures)
            sale, left = SaleId(new_id()), wanted.sale_every


async def pay(client: RequestClient, lane: str, sale: SaleId, total: int, figures: Figures) -> None:
    """Take cash and finish the sale."""
    tender = AddTender(sale_id=sale, tender_id=TenderId(new_id()), tender="cash", amount_minor=total + 1000)
    asked = time.perf_counter()
    await ask(client, tender, Basket)
    figures.tenders.append(time.perf_counter() - asked)
    asked = time.perf_counter()
    await ask(client, FinishSale(sale_id=sale, lane=LaneCode(lane)), SaleDone)
    figures.sales.append(time.perf_counter() - asked)


async def measure(shop: Shop, goods: list[Goods], wanted: argparse.Namespace) -> Figures:
    """Connect all lanes, as terminals do, with their ears open for facts; then sell."""
    figures = Figures()

    def heard(*_arguments: object) -> None:
        figures.facts += 1

    async with AsyncExitStack() as stack:
        clients = []
        for number in progress(range(1, wanted.lanes + 1), "opening lanes"):
            client = await stack.enter_async_context(shop.client(f"lane-{number}"))
            ears = await FactSubscriber(shop.places.store_facts, heard, lambda _gap: None).start()
            stack.callback(ears.close)
            await sign_on(client)
            await open_shift(client, str(number))
            clients.append(client)
        bar = asyncio.create_task(_wait_with_bar(wanted.seconds))
        async with asyncio.TaskGroup() as group:
            for number, client in enumerate(clients, start=1):
                group.create_task(sell(client, str(number), goods, wanted, figures))
        await bar
    return figures


async def _wait_with_bar(seconds: int) -> None:
    for _second in progress(range(seconds), "selling (seconds)"):
        await asyncio.sleep(1)


def main() -> None:
    """Measure and print."""
    wanted = arguments()
    books, goods = books_from(wanted.catalogue, wanted.goods)
    with machine() as about, Shop(books, wanted.folder) as shop:
        put_offers(shop.places.books, wanted.offers)
        shop.start_server()
        server = shop.running["server"].pid
        waited = run_delay_s([server])
        figures = asyncio.run(measure(shop, goods, wanted))
        waited = run_delay_s([server]) - waited
        bare = round_trip_floor()
    for label, samples in (
        ("a scan", figures.scans),
        ("taking a payment", figures.tenders),
        ("finishing a sale", figures.sales),
        ("late by this process's own doing", figures.late),
        ("floor: bare ZeroMQ round trip", bare),
    ):
        print(line_of(label, figures_ms(samples)))
    p99 = round(percentile(figures.scans, 0.99) * 1000, 3)
    met = {"scan_p99_under_25_ms": aim("a scan, p99", p99, 25.0)}
    finish(
        {
            "benchmark": "lanes",
            "lanes": wanted.lanes,
            "seconds": wanted.seconds,
            "offers": wanted.offers,
            "goods": wanted.goods if wanted.catalogue is None else len(goods),
            "scan": figures_ms(figures.scans),
            "tender": figures_ms(figures.tenders),
            "finish": figures_ms(figures.sales),
            "late": figures_ms(figures.late),
            "facts_heard": figures.facts,
            "server_waited_for_processor_s": round(waited, 3),
            "floor_round_trip": figures_ms(bare),
            "ratio_scan_to_round_trip": ratio(percentile(figures.scans, 0.5), percentile(bare, 0.5)),
            "met": met,
            "machine": about,
        }
    )


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--lanes", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--sale-every", type=int, default=20, help="scans, and so seconds, of one sale")
    parser.add_argument("--goods", type=int, default=4000, help="generated goods")
    parser.add_argument("--offers", type=int, default=0, help="live offers of all kinds (0)")
    parser.add_argument(
        "--catalogue", type=Path, help="a CSV file instead: stock_code,description,unit_price"
    )
    parser.add_argument(
        "--folder", type=Path, help="a folder on the disk to measure; default: the user's cache"
    )
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
