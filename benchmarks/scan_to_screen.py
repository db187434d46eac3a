"""From the last byte of a scan on the serial line until the item's line is on the cashier's screen.

A real terminal in a pty, a real device daemon that reads a pty as its scanner, a real store server; first
with few goods, then with many. The floor beside it is a key that the same terminal echoes.
"""

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goods import Goods, books_from
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
from shop import NotAsExpected, PtyTerminal, Scanner, Shop, sign_on_at

NAME_CELLS = 24
"""So much of a name is looked for in what the terminal writes; names in a basket differ in it."""
F9 = b"\x1b[20~"
CHECK_EVERY = 25
"""Every so many scans the emulated screen is looked at: the line is where a person sees it."""


def cut(name: str) -> str:
    """Return the beginning of a name that is looked for on the screen."""
    cells, kept = 0, ""
    for letter in name:
        cells += 2 if ord(letter) > 0x2E7F else 1
        if cells > NAME_CELLS:
            break
        kept += letter
    return kept.rstrip()


def choose(goods: Sequence[Goods], count: int, dice: random.Random) -> list[Goods]:
    """Return goods for one basket whose names cannot be mistaken for each other."""
    chosen: dict[str, Goods] = {}
    while len(chosen) < count:
        each = dice.choice(goods)
        name = cut(each.name)
        if len(name) >= 4 and name.isprintable() and not any(name in one or one in name for one in chosen):
            chosen[name] = each
    return list(chosen.values())


class Figures:
    """What one catalogue gave."""

    def __init__(self) -> None:
        self.scans: list[float] = []
        self.echoes: list[float] = []
        self.written: list[int] = []
        self.by_length: dict[int, list[float]] = {}


def measure(goods: Sequence[Goods], books: Path, wanted: argparse.Namespace, label: str) -> dict[str, Any]:
    """Scan baskets in a new shop and return the figures."""
    dice = random.Random(wanted.seed)
    figures = Figures()
    with Shop(books, wanted.folder) as shop:
        shop.start_server()
        scanner = shop.start_devices("1")
        shop.open_shifts(["1"])
        terminal = PtyTerminal(shop, "terminal", "--lane", "1")
        sign_on_at(terminal)
        pids = [process.pid for process in shop.running.values()]
        warm(terminal, scanner, goods, dice)
        waited = run_delay_s(pids)
        baskets = -(-wanted.scans // wanted.basket)
        for _basket in progress(range(baskets), f"{label}: baskets"):
            one_basket(terminal, scanner, choose(goods, wanted.basket, dice), dice, figures)
        waited = run_delay_s(pids) - waited
        terminal.close()
    echo, scan = percentile(figures.echoes, 0.5), percentile(figures.scans, 0.5)
    print(line_of(f"{label}: scan to screen", figures_ms(figures.scans)))
    print(line_of(f"{label}: floor, a key echoed", figures_ms(figures.echoes)))
    lengths = sorted(figures.by_length)
    return {
        "scan": figures_ms(figures.scans),
        "key_echo": figures_ms(figures.echoes),
        "ratio_scan_to_key_echo": ratio(scan, echo),
        "bytes_per_scan_median": int(percentile(figures.written, 0.5)),
        "bytes_per_scan_p99": int(percentile(figures.written, 0.99)),
        "median_ms_by_line_of_basket": {
            length: figures_ms(figures.by_length[length])["median_ms"]
            for length in lengths
            if length in (1, 5, 10, 15, 20, lengths[-1])
        },
        "waited_for_processor_ms_per_scan": round(waited * 1000 / len(figures.scans), 3),
    }


def warm(terminal: PtyTerminal, scanner: Scanner, goods: Sequence[Goods], dice: random.Random) -> None:
    """Sell one basket that does not count: modules are imported, pages are read."""
    one_basket(terminal, scanner, choose(goods, 10, dice), dice, Figures())


def one_basket(
    terminal: PtyTerminal, scanner: Scanner, chosen: list[Goods], dice: random.Random, figures: Figures
) -> None:
    """Scan the goods one after the other, a key echo between them; then pay."""
    for number, each in enumerate(chosen, start=1):
        terminal.drain(0.05 + dice.random() * 0.1)
        wanted = cut(each.name).encode()
        begin = scanner.scan(each.barcode)
        at, read = terminal.until(wanted)
        terminal.show(read)
        rest = terminal.drain(0.04)
        figures.scans.append(at - begin)
        figures.by_length.setdefault(number, []).append(at - begin)
        figures.written.append(len(read) + len(rest))
        if number % CHECK_EVERY == 0 or number == len(chosen):
            check(terminal, each)
        figures.echoes.append(echo(terminal, dice))
    pay(terminal, sum(each.price_minor for each in chosen))


def echo(terminal: PtyTerminal, dice: random.Random) -> float:
    """Type a letter that is nowhere else, return the seconds until it is written, and take it back."""
    terminal.drain(0.05 + dice.random() * 0.05)
    begin = terminal.type(b"~")
    at, read = terminal.until(b"~")
    terminal.show(read)
    terminal.drain(0.05)
    terminal.type(b"\x7f")
    return at - begin


def check(terminal: PtyTerminal, each: Goods) -> None:
    """Make sure that the line is where a person sees it, with its price."""
    name = cut(each.name)
    price = f"{each.price_minor // 100}.{each.price_minor % 100:02d}"
    if not any(name in row and price in row.replace(",", "") for row in terminal.picture().splitlines()):
        raise NotAsExpected(f"{name} at {price} is not on the screen:\n{terminal.picture()}")


def pay(terminal: PtyTerminal, total_minor: int) -> None:
    """Pay the basket in cash with the next whole amount."""
    terminal.type_slowly(*(digit.encode() for digit in str(total_minor // 100 + 1)), F9)
    terminal.until_shown("Sold. Receipt")
    terminal.drain(0.3)


def main() -> None:
    """Measure and print."""
    wanted = arguments()
    with machine() as about:
        begin = time.monotonic()
        books, goods = books_from(wanted.catalogue, wanted.goods)
        few = measure(goods, books, wanted, f"{len(goods):,} goods")
        result: dict[str, Any] = {"few_goods": len(goods), "few": few}
        if wanted.many:
            books, goods = books_from(None, wanted.many)
            result |= {
                "many_goods": wanted.many,
                "many": measure(goods, books, wanted, f"{wanted.many:,} goods"),
            }
        bare = round_trip_floor()
    print(line_of("floor: bare ZeroMQ round trip", figures_ms(bare)))
    met = {
        "median_under_8_ms": aim("scan, median", few["scan"]["median_ms"], 8.0),
        "p99_under_25_ms": aim("scan, p99", few["scan"]["p99_ms"], 25.0),
        "bytes_under_4096": aim(
            "bytes to the terminal per scan", few["bytes_per_scan_median"], 4096, "bytes"
        ),
    }
    if wanted.many:
        growth = ratio(result["many"]["scan"]["median_ms"], few["scan"]["median_ms"])
        result["ratio_many_to_few"] = growth
        met["many_within_20_percent"] = aim("many goods against few, median", growth, 1.2, "×")
    finish(
        {
            "benchmark": "scan_to_screen",
            "scans": wanted.scans,
            "basket": wanted.basket,
            **result,
            "floor_round_trip": figures_ms(bare),
            "met": met,
            "seconds": round(time.monotonic() - begin),
            "machine": about,
        }
    )


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scans", type=int, default=400)
    parser.add_argument("--basket", type=int, default=20, help="scans in one basket")
    parser.add_argument("--goods", type=int, default=4000, help="generated goods, without --catalogue")
    parser.add_argument("--catalogue", type=Path, help="a CSV file: stock_code,description,unit_price")
    parser.add_argument("--many", type=int, default=1_000_000, help="goods of the second run; 0: none")
    parser.add_argument(
        "--folder", type=Path, help="a folder on the disk to measure; default: the user's cache"
    )
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
