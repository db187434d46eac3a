"""How long a basket takes to price: lines against live offers, one more line, and how both grow.

The pricing rules alone, in this process: no database and no socket. A round trip over a socket to another
process stands beside the figures, because a scan that asks the server cannot be faster than that.
"""

import argparse
import gc
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

from measuring import aim, figures_ms, finish, line_of, machine, percentile, progress, ratio, round_trip_floor

from protocol.identifiers import CategoryId, OfferId, ProductId
from protocol.offer import (
    AmountOff,
    Benefit,
    Bundle,
    BundlePart,
    BuyGet,
    CheapestFree,
    FixedPrice,
    GoodsRange,
    NFor,
    NthItem,
    OfferConditions,
    OfferLimits,
    OfferTimes,
    OfferView,
    PercentOff,
    Threshold,
    ThresholdStep,
)
from store_server.pricing.calculation import Line, price_sale
from store_server.pricing.occasion import Occasion, Shopper, occasion_at
from store_server.pricing.offers import OfferBook

PRODUCTS = 4000
CATEGORIES = 200
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def category_of(product: int) -> tuple[int, ...]:
    """Return the category of a product and the one above it."""
    return product % CATEGORIES + 1, 1000 + product % 10


def price_of(product: int) -> int:
    """Return the price of a product."""
    return 100 + product * 37 % 4900


def benefit(number: int, chance: Random) -> Benefit:
    """Return a benefit; the kinds take turns."""
    other = GoodsRange(products=(ProductId(chance.randrange(PRODUCTS)),))
    kinds: tuple[Benefit, ...] = (
        PercentOff(rate_ppm=chance.randrange(5, 50) * 10_000),
        NthItem(nth=2, pays_ppm=500_000),
        AmountOff(amount_minor=chance.randrange(10, 200)),
        NFor(count=3, price_minor=chance.randrange(500, 5000)),
        FixedPrice(price_minor=chance.randrange(100, 3000)),
        BuyGet(buy=2, get=1),
        CheapestFree(count=4),
        Bundle(parts=(BundlePart(goods=other), BundlePart(goods=_some_products(chance), off_ppm=300_000))),
        BuyGet(buy=1, get=1, get_range=other),
        Threshold(
            steps=(
                ThresholdStep(spend_minor=10_000, amount_minor=1_000),
                ThresholdStep(spend_minor=30_000, amount_minor=4_000),
            )
        ),
    )
    return kinds[number % len(kinds)]


def _some_products(chance: Random) -> GoodsRange:
    return GoodsRange(products=tuple(ProductId(chance.randrange(PRODUCTS)) for _n in range(5)))


def offer(number: int, chance: Random) -> OfferView:
    """Return a live offer: of each kind most are about a few products, some about a category or all."""
    goods = _some_products(chance)
    block = number // 10
    if block % 50 == 0:
        goods = GoodsRange(all_goods=True)
    elif block % 5 == 0:
        goods = GoodsRange(categories=(CategoryId(chance.randrange(CATEGORIES) + 1),))
    return OfferView(
        offer_id=OfferId(number + 1),
        name=f"Offer {number + 1}",
        priority=number % 4,
        exclusive_group=f"group {number % 40}" if number % 3 == 0 else "",
        goods=goods,
        benefit=benefit(number, chance),
        conditions=OfferConditions(members_only=number % 7 == 0),
        times=OfferTimes(weekdays=(1, 2, 3, 4, 5, 6, 7), from_time="08:00", until_time="23:00"),
        limits=OfferLimits(per_sale=3) if number % 4 == 0 else OfferLimits(),
    )


def basket(lines: int, chance: Random) -> list[Line]:
    """Return a basket of different goods; every tenth line is weighed."""
    chosen = chance.sample(range(PRODUCTS), lines)
    return [
        Line(
            chance.randrange(100, 2000) if place % 10 == 9 else 1000 * chance.choice((1, 1, 1, 2, 3)),
            price_of(product),
            price_of(product),
            product_id=product,
            categories=category_of(product),
            by_weight=place % 10 == 9,
        )
        for place, product in enumerate(chosen)
    ]


class Clocks:
    """Samples of wall time and of this process's own time: others' work shows in the first alone."""

    def __init__(self) -> None:
        """Begin without samples."""
        self.wall: list[float] = []
        self.process: list[float] = []

    def time(self, lines: Sequence[Line], book: OfferBook, occasion: Occasion) -> None:
        """Price the lines once."""
        begin, own = time.perf_counter(), time.process_time()
        price_sale(lines, offers=book, occasion=occasion)
        self.process.append(time.process_time() - own)
        self.wall.append(time.perf_counter() - begin)


def measure(sizes: Sequence[int], book: OfferBook, repeats: int) -> dict[int, Clocks]:
    """Price baskets of each size. Each basket is new; the book has seen other baskets, as in a shop."""
    chance = Random(7)
    occasion = occasion_at(NOW, UTC, Shopper(tier=1, points=500))
    for _warm in range(20):
        price_sale(basket(100, chance), offers=book, occasion=occasion)
    clocks = {size: Clocks() for size in sizes}
    gc.collect()
    gc.freeze()  # as the store server does when it has started: 1,000 offers are not looked through again
    for _n in progress(range(repeats), "baskets"):
        for size in sizes:
            clocks[size].time(basket(size, chance), book, occasion)
    return clocks


def measure_one_more(book: OfferBook, repeats: int) -> Clocks:
    """Add a line to baskets of 100 that were priced just before, and price them anew."""
    chance = Random(11)
    occasion = occasion_at(NOW, UTC, Shopper(tier=1, points=500))
    clocks = Clocks()
    for _n in progress(range(repeats), "one more line"):
        lines = basket(101, chance)
        price_sale(lines[:-1], offers=book, occasion=occasion)
        clocks.time(lines, book, occasion)
    return clocks


def main() -> None:
    """Measure and print."""
    wanted = arguments()
    chance = Random(42)
    begin = time.perf_counter()
    book = OfferBook.of([offer(number, chance) for number in range(wanted.offers)])
    compiled_s = time.perf_counter() - begin
    sizes = (1, 10, 25, 50, 100, 200, 400)
    with machine() as about:
        floor = round_trip_floor()
        clocks = measure(sizes, book, wanted.repeats)
        one_more = measure_one_more(book, wanted.repeats)
    for size in sizes:
        print(line_of(f"{size} lines, {wanted.offers} offers", figures_ms(clocks[size].wall)))
        print(line_of("  this process's own time", figures_ms(clocks[size].process)))
    print(line_of("one line more on 100", figures_ms(one_more.wall)))
    print(line_of("  this process's own time", figures_ms(one_more.process)))
    print(line_of("floor: bare ZeroMQ round trip", figures_ms(floor)))
    median = {size: percentile(clocks[size].wall, 0.5) * 1000 for size in sizes}
    added = percentile(one_more.wall, 0.5) * 1000
    own = {size: percentile(clocks[size].process, 0.5) for size in sizes}
    growth = round((own[400] / 400) / (own[100] / 100), 2)
    met = {
        "100_lines_under_10_ms": aim("100 lines, median", round(median[100], 3), 10.0),
        "one_more_line_under_5_ms": aim("one line more on 100, median", round(added, 3), 5.0),
        "no_worse_than_linear": aim("own time per line, 400 lines against 100", growth, 1.15, "×"),
    }
    finish(
        {
            "benchmark": "price_basket",
            "offers": wanted.offers,
            "compile_offers_ms": round(compiled_s * 1000, 1),
            "wall": {str(size): figures_ms(clocks[size].wall) for size in sizes},
            "process": {str(size): figures_ms(clocks[size].process) for size in sizes},
            "one_more_line": {"wall": figures_ms(one_more.wall), "process": figures_ms(one_more.process)},
            "floor_round_trip": figures_ms(floor),
            "ratio_to_round_trip": ratio(median[100] / 1000, percentile(floor, 0.5)),
            "growth_per_line_400_to_100": growth,
            "met": met,
            "machine": about,
        }
    )


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--offers", type=int, default=1000, help="live offers")
    parser.add_argument("--repeats", type=int, default=200, help="baskets of each size")
    return parser.parse_args()


if __name__ == "__main__":
    main()
