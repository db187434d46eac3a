"""What a trial over a month of sales costs a cashier: scans with and without it, and how long it takes.

A month of sales is rung up by real commands among the shop's offers, then a new offer is tried over all of
them while a till scans on. Every figure of the till stands beside the same one of a quiet shop.
"""

import argparse
import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from goods import CASHIER, MANAGER, books_from
from measuring import aim, figures_ms, finish, line_of, machine, percentile, progress, round_trip_floor
from shop import Shop, ask, open_shift, sign_on

from protocol.identifiers import LaneCode, ProductId, SaleId, TenderId, TrialId, new_id
from protocol.messages.offers import OfferFound, SaveOffer
from protocol.messages.sales import AddItem, AddTender, Basket, CancelSale, FinishSale, SaleDone
from protocol.messages.trials import GetTrial, StartTrial, Trial, TrialState, TrialView
from protocol.offer import AmountOff, Benefit, GoodsRange, NFor, NthItem, OfferView, PercentOff
from protocol.sockets.request_client import RequestClient

LANE = LaneCode("1")
BASKET = 20
PAUSE_S = 0.01
"""Between two scans: a till is much slower, the figures come sooner."""


def offers(count: int, products: int, chance: Random) -> list[OfferView]:
    """Return offers of some kinds on some goods each."""
    found = []
    for number in range(count):
        benefits: tuple[Benefit, ...] = (
            NthItem(nth=2, pays_ppm=500_000),
            AmountOff(amount_minor=50),
            NFor(count=3, price_minor=1000),
            PercentOff(rate_ppm=100_000),
        )
        chosen = tuple(ProductId(chance.randrange(products) + 1) for _each in range(20))
        goods = GoodsRange(products=chosen)
        found.append(OfferView(name=f"Offer {number}", goods=goods, benefit=benefits[number % 4]))
    return found


async def sell(client: RequestClient, codes: list[str]) -> None:
    """Ring a sale up and pay it in cash."""
    sale = SaleId(new_id())
    for code in codes:
        basket = await ask(client, AddItem(sale_id=sale, lane=LANE, code=code), Basket)
    due = basket.basket.due_minor
    await ask(
        client, AddTender(sale_id=sale, tender_id=TenderId(new_id()), tender="cash", amount_minor=due), Basket
    )
    await ask(client, FinishSale(sale_id=sale, lane=LANE), SaleDone)


class Till:
    """A cashier who scans on, in baskets that are given up."""

    def __init__(self, client: RequestClient, codes: list[str], chance: Random) -> None:
        """Scan these goods."""
        self._client, self._codes, self._chance = client, codes, chance
        self._sale, self._lines = SaleId(new_id()), 0

    async def scan(self) -> float:
        """Scan one thing; return the seconds until the basket is there."""
        if self._lines == BASKET:
            await ask(self._client, CancelSale(sale_id=self._sale), Basket)
            self._sale, self._lines = SaleId(new_id()), 0
        self._lines += 1
        request = AddItem(sale_id=self._sale, lane=LANE, code=self._chance.choice(self._codes))
        begin = time.perf_counter()
        await ask(self._client, request, Basket)
        seconds = time.perf_counter() - begin
        await asyncio.sleep(PAUSE_S)
        return seconds


async def measure(
    shop: Shop, codes: list[str], wanted: argparse.Namespace
) -> tuple[list[float], list[float], TrialView, float]:
    """Return the seconds of scans in a quiet shop and during trials, the last trial, and its seconds."""
    chance = Random(7)
    async with shop.client("office") as office, shop.client("lane-1") as client:
        await sign_on(office, MANAGER)
        await sign_on(client, CASHIER)
        for offer in offers(wanted.offers, len(codes), chance):
            await ask(office, SaveOffer(offer=offer), OfferFound)
        await open_shift(client, LANE)
        for _sale in progress(range(wanted.sales), "sales"):
            await sell(client, chance.choices(codes, k=chance.randint(1, 2 * wanted.lines - 1)))
        till = Till(client, codes, chance)
        quiet = [await till.scan() for _scan in progress(range(wanted.scans), "scans")]
        today = datetime.now(UTC).date()
        tried = OfferView(name="Tried", benefit=PercentOff(rate_ppm=50_000), priority=9)
        busy: list[float] = []
        while len(busy) < wanted.scans:
            start = StartTrial(
                trial_id=TrialId(new_id()),
                offer=tried,
                first_day=today - timedelta(days=31),
                last_day=today + timedelta(days=1),
            )
            begin = time.perf_counter()
            trial = (await ask(office, start, Trial)).trial
            while trial.state is TrialState.RUNNING:
                busy.append(await till.scan())
                trial = (await ask(office, GetTrial(trial_id=trial.trial_id), Trial)).trial
        return quiet, busy, trial, time.perf_counter() - begin


def main() -> None:
    """Sell a month, try an offer, print."""
    wanted = arguments()
    path, goods = books_from(wanted.catalogue, wanted.goods)
    with machine() as about, Shop(path, wanted.folder) as shop:
        shop.start_server()
        codes = [each.code for each in goods]
        quiet, busy, trial, seconds = asyncio.run(measure(shop, codes, wanted))
        bare = round_trip_floor()
    before, during = figures_ms(quiet), figures_ms(busy)
    print(
        f"{trial.looked_at:,} sales, {trial.changed:,} changed, {trial.not_priced:,} not priced, "
        f"{seconds:.1f} s"
    )
    print(f"{trial.looked_at / seconds:.0f} sales a second beside a till that scans")
    print(line_of("scan, quiet shop", before))
    print(line_of("scan, while the trial runs", during))
    met = aim("scan p99 while the trial runs", round(percentile(busy, 0.99) * 1000, 2), 10)
    finish(
        {
            "benchmark": "trial",
            "sales": trial.looked_at,
            "offers": wanted.offers,
            "changed": trial.changed,
            "not_priced": trial.not_priced,
            "seconds": round(seconds, 1),
            "sales_per_second": round(trial.looked_at / seconds),
            "scan_quiet": before,
            "scan_during": during,
            "floor_round_trip": figures_ms(bare),
            "met": met,
            "machine": about,
        }
    )


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--catalogue", type=Path, help="a CSV file: stock_code,description,unit_price")
    parser.add_argument("--goods", type=int, default=2000, help="so many generated goods without a catalogue")
    parser.add_argument("--sales", type=int, default=3000, help="sales of the month")
    parser.add_argument("--lines", type=int, default=8, help="lines of a sale on average")
    parser.add_argument("--offers", type=int, default=50, help="offers of the shop")
    parser.add_argument(
        "--scans", type=int, default=500, help="scans in the quiet shop, and at least so many during trials"
    )
    parser.add_argument(
        "--folder", type=Path, help="a folder on the disk to measure; default: the user's cache"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
