"""A month of a real shop, sold again through the real commands; each invoice must come out to the cent.

Every line is scanned by its code, sold at the file's price (by a price override where the price list says
otherwise), paid in cash and finished. What a till must refuse is asked all the same, and listed by the reason
that the store server gave. At the end the books are verified.
"""

import argparse
import asyncio
import csv
import gzip
import io
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from goods import MANAGER, books_from
from measuring import (
    fdatasync_floor,
    figures_ms,
    finish,
    line_of,
    machine,
    percentile,
    progress,
    ratio,
    round_trip_floor,
)
from shop import NotAsExpected, Shop, ask, open_shift, sign_on

from protocol.identifiers import LaneCode, SaleId, TenderId, new_id
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.sales import (
    AddItem,
    AddTender,
    Basket,
    CancelSale,
    FinishSale,
    OverridePrice,
    SaleDone,
    VoidLine,
)
from protocol.messages.store import BooksVerified, ChangeSetting, Settings, VerifyBooks
from protocol.sockets.request_client import RequestClient
from store_server.database.connection import wal_bytes

A = TypeVar("A", bound=Answer)

LIMITS = {"quantity_limit_thousandths": "9999999", "line_limit": "1000"}
"""Settings of a shop that sells to other shops: its lines and baskets are larger than a corner shop's."""
CANCELLED = "C"
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file."""

    invoice: str
    code: str
    quantity: int
    price_minor: int

    @property
    def amount_minor(self) -> int:
        """What the file says is paid."""
        return self.quantity * self.price_minor


@dataclass
class Books:
    """What came of it."""

    sold: int = 0
    lines_sold: int = 0
    overrides: int = 0
    total_minor: int = 0
    file_minor: int = 0
    empty: list[str] = field(default_factory=list)
    """Invoices of which nothing could be sold."""
    wrong: list[str] = field(default_factory=list)
    """Invoices whose total is not the file's."""
    refused: Counter[str] = field(default_factory=Counter)
    refused_examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    refused_words: dict[str, str] = field(default_factory=dict)
    whole_invoices: int = 0
    """Invoices of which every line was sold."""
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def refuse(self, line: Line, refusal: Refused) -> None:
        """Count a line that was not sold."""
        reason = refusal.code if refusal.code != "bad_request" else f"bad_request:{refusal.field}"
        self.refused[reason] += 1
        self.refused_words.setdefault(reason, refusal.explanation)
        if len(self.refused_examples[reason]) < EXAMPLES:
            self.refused_examples[reason].append(
                f"{line.invoice}: {line.quantity} × {line.code} at {line.price_minor / 100:.2f}"
            )


def read_lines(path: Path) -> list[Line]:
    """Return the lines of a file with the columns invoice, stock_code, quantity, unit_price."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    lines = []
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"))):
        price = Decimal(row["unit_price"]) * 100
        if price != int(price):
            raise SystemExit(f"{path}: a price of {row['unit_price']} has parts of a cent")
        lines.append(Line(row["invoice"], row["stock_code"].strip(), int(row["quantity"]), int(price)))
    return lines


class Lane:
    """One till that works invoices off."""

    def __init__(self, client: RequestClient, lane: str, prices: dict[str, int], books: Books) -> None:
        """Sell at this lane; `prices` is the price list."""
        self._client = client
        self._lane = LaneCode(lane)
        self._prices = prices
        self._books = books

    async def sell(self, invoice: str, lines: Sequence[Line]) -> None:
        """Sell one invoice."""
        sale = SaleId(new_id())
        sold: list[Line] = []
        begun = False
        # Lines at the price of the list come last: an item scanned again joins the line before it, and
        # goods at two prices must not join.
        for line in sorted(lines, key=lambda each: each.price_minor == self._prices.get(each.code)):
            basket = await self._scan(sale, line)
            begun = begun or basket is not None
            if basket is not None and await self._price(sale, line, basket):
                sold.append(line)
        if sold:
            await self._pay(invoice, sale, sold, len(sold) == len(lines))
        else:
            self._books.empty.append(invoice)
            if begun:
                await self._ask("other", CancelSale(sale_id=sale), Basket)

    async def _scan(self, sale: SaleId, line: Line) -> Basket | None:
        # model_construct: the server, not this client, shall say no to a quantity below zero.
        request = AddItem.model_construct(
            sale_id=sale, lane=self._lane, code=line.code, quantity_thousandths=line.quantity * 1000
        )
        answer = await self._ask("add_item", request, Basket)
        if isinstance(answer, Refused):
            self._books.refuse(line, answer)
            return None
        return answer

    async def _price(self, sale: SaleId, line: Line, basket: Basket) -> bool:
        """Sell the line at the file's price; a price that is refused takes the line out again."""
        view = next(each for each in basket.basket.lines if each.line == basket.line)
        if view.unit_price_minor == line.price_minor:
            return True
        request = OverridePrice(
            sale_id=sale, line=view.line, unit_price_minor=line.price_minor, reason="price of the invoice"
        )
        answer = await self._ask("override", request, Basket)
        if isinstance(answer, Refused):
            self._books.refuse(line, answer)
            await self._ask("other", VoidLine(sale_id=sale, line=view.line), Basket)
            return False
        self._books.overrides += 1
        return True

    async def _pay(self, invoice: str, sale: SaleId, sold: list[Line], whole: bool) -> None:
        books = self._books
        expected = sum(line.amount_minor for line in sold)
        tender = AddTender(
            sale_id=sale, tender_id=TenderId(new_id()), tender="cash", amount_minor=max(1, expected)
        )
        self._must(await self._ask("tender", tender, Basket), tender)
        request = FinishSale(sale_id=sale, lane=self._lane)
        done = self._must(await self._ask("finish", request, SaleDone), request)
        books.sold += 1
        books.whole_invoices += whole
        books.lines_sold += len(sold)
        books.file_minor += expected
        books.total_minor += done.basket.total_minor
        if done.basket.total_minor != expected or done.change_minor != max(1, expected) - expected:
            books.wrong.append(
                f"{invoice}: {done.basket.total_minor / 100:.2f}, the file says {expected / 100:.2f}"
            )

    async def _ask(self, kind: str, request: Request, answer: type[A]) -> A | Refused:
        begin = time.perf_counter()
        result = await self._client.ask(request, timeout_s=30)
        self._books.seconds[kind].append(time.perf_counter() - begin)
        assert isinstance(result, (answer, Refused))
        return result

    def _must(self, answer: A | Refused, request: Request) -> A:
        if isinstance(answer, Refused):
            raise NotAsExpected(f"{request!r}: {answer.explanation}")
        return answer


async def sell_all(
    shop: Shop, invoices: dict[str, list[Line]], prices: dict[str, int], wanted: argparse.Namespace
) -> tuple[Books, float]:
    """Sell everything at so many lanes side by side; return what came of it and the seconds."""
    books = Books()
    async with AsyncExitStack() as stack:
        lanes = []
        for number in range(1, wanted.lanes + 1):
            client = await stack.enter_async_context(shop.client(f"lane-{number}"))
            await sign_on(client, MANAGER)
            if number == 1:
                for setting, value in LIMITS.items():
                    await ask(client, ChangeSetting(setting=setting, value=value), Settings)
            await open_shift(client, str(number))
            lanes.append(Lane(client, str(number), prices, books))
        waiting = iter(progress(invoices.items(), "invoices", len(invoices)))

        async def work(lane: Lane) -> None:
            for invoice, lines in waiting:
                await lane.sell(invoice, lines)

        begin = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for lane in lanes:
                group.create_task(work(lane))
        return books, time.perf_counter() - begin


async def verify(shop: Shop) -> BooksVerified:
    """Let the server prove its books."""
    async with shop.client("benchmark-verify") as client:
        await sign_on(client, MANAGER)
        return await ask(client, VerifyBooks(), BooksVerified, timeout_s=600)


def show(books: Books, verified: BooksVerified, seconds: float) -> None:
    """Print for a person."""
    print(f"{books.sold:,} sales, {books.lines_sold:,} lines, {books.overrides:,} prices overridden")
    print(f"{books.sold / seconds:.1f} sales a second, {books.lines_sold / seconds:.0f} lines a second")
    print(f"in the books {books.total_minor / 100:,.2f}, by the file {books.file_minor / 100:,.2f}")
    for wrong in books.wrong[:20]:
        print(f"WRONG   {wrong}")
    print(f"not sold: {books.refused.total():,} lines, {len(books.empty):,} invoices had nothing else")
    for reason, count in books.refused.most_common():
        print(f"  {count:>6,} {reason}: {books.refused_words[reason]}")
        for example in books.refused_examples[reason]:
            print(f"         for example {example}")
    for kind, samples in sorted(books.seconds.items()):
        print(line_of(kind, figures_ms(samples)))
    print(f"books verified: {'content' if not verified.findings else verified.findings}")


def main() -> None:
    """Sell and print."""
    wanted = arguments()
    lines = read_lines(wanted.lines)
    invoices: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        invoices[line.invoice].append(line)
    if wanted.invoices:
        invoices = dict(list(invoices.items())[: wanted.invoices])
    path, goods = books_from(wanted.catalogue, 0)
    prices = {each.code: each.price_minor for each in goods}
    with machine() as about, Shop(path, wanted.folder) as shop:
        shop.start_server()
        books, seconds = asyncio.run(sell_all(shop, invoices, prices, wanted))
        wal = wal_bytes(shop.places.books)
        verified = asyncio.run(verify(shop))
        disk = fdatasync_floor(shop.home, 50_000, 200)
        bare = round_trip_floor()
        size = shop.places.books.stat().st_size
    show(books, verified, seconds)
    cancelled = sum(line.invoice.startswith(CANCELLED) for each in invoices.values() for line in each)
    requests = sum(map(len, books.seconds.values()))
    floor = requests * percentile(bare, 0.5) + books.sold * 2 * percentile(disk, 0.5)
    finish(
        {
            "benchmark": "month_of_sales",
            "lines": sum(map(len, invoices.values())),
            "invoices": len(invoices),
            "lines_of_cancellations": cancelled,
            "lanes": wanted.lanes,
            "sales": books.sold,
            "lines_sold": books.lines_sold,
            "overrides": books.overrides,
            "invoices_complete": books.whole_invoices,
            "invoices_wrong": len(books.wrong),
            "total_minor": books.total_minor,
            "file_total_minor": books.file_minor,
            "refused": dict(books.refused),
            "invoices_with_nothing_to_sell": len(books.empty),
            "seconds": round(seconds, 1),
            "sales_per_second": round(books.sold / seconds, 1),
            "lines_per_second": round(books.lines_sold / seconds, 1),
            "requests": {kind: figures_ms(samples) for kind, samples in sorted(books.seconds.items())},
            "floor_fdatasync": figures_ms(disk),
            "floor_round_trip": figures_ms(bare),
            "ratio_to_floors": ratio(seconds, floor),
            "books_bytes": size,
            "wal_bytes": wal,
            "verified": not verified.findings,
            "machine": about,
        }
    )


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--catalogue", type=Path, required=True, help="a CSV file: stock_code,description,unit_price"
    )
    parser.add_argument(
        "--lines",
        type=Path,
        required=True,
        help="a CSV file, .gz or not: invoice,stock_code,quantity,time,unit_price,customer",
    )
    parser.add_argument("--lanes", type=int, default=2, help="tills that work side by side")
    parser.add_argument("--invoices", type=int, default=0, help="only so many, for a quick look")
    parser.add_argument(
        "--folder", type=Path, help="a folder on the disk to measure; default: the user's cache"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
