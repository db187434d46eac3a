"""How long a sale takes to be in the books: five lines, two payments, on the disk, from ask to answer.

The whole is measured from a terminal's client to a real store server. The parts are measured beside it, on
the same disk in the same run: the wire by an empty request and by coding these very messages, rules and
database by carrying the same sales out in this process with every SQL statement timed.
"""

import argparse
import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goods import CASHIER, Goods, books_from, copy_books
from live_offers import put_offers
from measuring import (
    DiskFloor,
    aim,
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

from protocol.identifiers import CommandId, LaneCode, SaleId, ShiftId, TenderId, TerminalName, new_id
from protocol.messages.base import Answer, Header, Refused, Request
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.presence import Alive, Ping
from protocol.messages.sales import AddItem, AddTender, Basket, FinishSale, SaleDone
from protocol.messages.shifts import OpenShift
from protocol.registry import WIRE_NAMES
from protocol.sockets.request_client import RequestClient
from protocol.wire import Answered, Asked, pack, unpack_answer, unpack_request
from store_server.bootstrap import make_dispatcher, open_books
from store_server.database.connection import wal_bytes
from store_server.server import CHECKPOINT_BYTES

LANE = LaneCode("1")
PAUSE_S = 0.25
"""Between two sales, so that the server keeps house as it does in a shop."""


def basket_of(goods: Sequence[Goods], number: int, lines: int, sale: SaleId) -> list[AddItem]:
    """Return the scans of one sale."""
    chosen = [goods[(number * lines + at) * 7919 % len(goods)] for at in range(lines)]
    return [AddItem(sale_id=sale, lane=LANE, code=each.barcode) for each in chosen]


def payments(sale: SaleId, total_minor: int) -> list[AddTender]:
    """Return a card payment of a half and cash for the rest, with change."""
    half = max(1, total_minor // 2)
    return [
        AddTender(
            sale_id=sale, tender_id=TenderId(new_id()), tender="card", amount_minor=half, reference="A1"
        ),
        AddTender(
            sale_id=sale, tender_id=TenderId(new_id()), tender="cash", amount_minor=total_minor - half + 500
        ),
    ]


# The whole, with a real server


async def measure_whole(
    shop: Shop, goods: Sequence[Goods], wanted: argparse.Namespace
) -> tuple[list[float], list[float]]:
    """Return the seconds of FinishSale and of an empty request, through the socket."""
    whole, empty = [], []
    async with shop.client("lane-1") as client:
        await sign_on(client)
        await open_shift(client, LANE)
        for number in progress(range(wanted.sales), "sales through the socket"):
            sale = SaleId(new_id())
            await _fill(client, goods, number, wanted.lines, sale)
            begin = time.perf_counter()
            await ask(client, FinishSale(sale_id=sale, lane=LANE), SaleDone)
            whole.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            await ask(client, Ping(), Alive)
            empty.append(time.perf_counter() - begin)
            await asyncio.sleep(PAUSE_S)
    return whole, empty


async def _fill(client: RequestClient, goods: Sequence[Goods], number: int, lines: int, sale: SaleId) -> None:
    total = 0
    for item in basket_of(goods, number, lines, sale):
        total = (await ask(client, item, Basket)).basket.total_minor
    for tender in payments(sale, total):
        await ask(client, tender, Basket)


# Rules and database, in this process


class TimedDatabase:
    """A connection that adds up the seconds that SQLite takes: statements, rows, begin, commit."""

    def __init__(self, db: Any) -> None:
        self._db = db
        self.spent_s = 0.0
        self.commit_s = 0.0
        self.statements = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def execute(self, sql: str, *arguments: Any) -> "TimedCursor":
        """Run a statement."""
        return TimedCursor(self, self._timed(sql, lambda: self._db.execute(sql, *arguments)))

    def executemany(self, sql: str, *arguments: Any) -> "TimedCursor":
        """Run a statement for many rows."""
        return TimedCursor(self, self._timed(sql, lambda: self._db.executemany(sql, *arguments)))

    def _timed(self, sql: str, call: Any) -> Any:
        begin = time.perf_counter()
        result = call()
        took = time.perf_counter() - begin
        self.spent_s += took
        self.statements += 1
        if sql == "COMMIT":
            self.commit_s += took
        return result

    def reset(self) -> None:
        """Begin to count anew."""
        self.spent_s = self.commit_s = 0.0
        self.statements = 0


class TimedCursor:
    """The rows of a timed statement."""

    def __init__(self, timed: TimedDatabase, cursor: Any) -> None:
        self._timed = timed
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def fetchone(self) -> Any:
        """Return the next row."""
        begin = time.perf_counter()
        row = self._cursor.fetchone()
        self._timed.spent_s += time.perf_counter() - begin
        return row

    def fetchall(self) -> Any:
        """Return all rows."""
        begin = time.perf_counter()
        rows = self._cursor.fetchall()
        self._timed.spent_s += time.perf_counter() - begin
        return rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())


@dataclass
class Parts:
    """The seconds of each sale, by part."""

    inside: list[float]
    rules: list[float]
    database: list[float]
    commit: list[float]
    disk: list[float]
    coding: list[float]
    written: list[int]
    statements: int = 0


class InProcess:
    """The same dispatcher on the same disk, without sockets."""

    def __init__(self, path: Path) -> None:
        """Open the books, sign on, open a shift."""
        self.path = path
        self.books = open_books(path)
        self.timed = TimedDatabase(self.books.db)
        self.books.db = self.timed  # type: ignore[assignment]
        self.dispatcher = make_dispatcher()
        self.session: Any = None
        signed_on = self.ask(SignOn(code=CASHIER.code, pin=CASHIER.pin))
        assert isinstance(signed_on, SignedOn)
        self.session = signed_on.session
        self.ask(OpenShift(lane=LANE, shift_id=ShiftId(new_id()), float_minor=10_000))

    def header(self, request: Request) -> Header:
        """Return the header of a request of this client."""
        return Header(
            id=CommandId(new_id()),
            name=WIRE_NAMES[type(request)],
            sender=TerminalName("lane-1"),
            session=self.session,
        )

    def ask(self, request: Request) -> Answer:
        """Carry a request out."""
        answer = self.dispatcher.handle(self.books, self.header(request), request).answer
        if isinstance(answer, Refused):
            raise NotAsExpected(f"{request!r}: {answer.explanation}")
        return answer


def measure_parts(path: Path, goods: Sequence[Goods], wanted: argparse.Namespace) -> Parts:
    """Carry the sales out in this process and time every part."""
    place = InProcess(path)
    floor = DiskFloor(path.parent)
    parts = Parts([], [], [], [], [], [], [])
    for number in progress(range(wanted.sales), "sales in this process"):
        sale = SaleId(new_id())
        total = 0
        for item in basket_of(goods, number, wanted.lines, sale):
            basket = place.ask(item)
            assert isinstance(basket, Basket)
            total = basket.basket.total_minor
        for tender in payments(sale, total):
            place.ask(tender)
        _one(place, floor, parts, FinishSale(sale_id=sale, lane=LANE))
        time.sleep(0.02)
        if wal_bytes(path) > CHECKPOINT_BYTES:
            # Truncated, so that its growth tells what a commit wrote; the server leaves it as it is.
            place.books.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    floor.close()
    place.timed.close()
    return parts


def _one(place: InProcess, floor: DiskFloor, parts: Parts, request: FinishSale) -> None:
    header = place.header(request)
    begin = time.perf_counter()
    asked = unpack_request(pack(header, request))
    coding = time.perf_counter() - begin
    assert isinstance(asked, Asked)
    place.timed.reset()
    before = wal_bytes(place.path)
    begin = time.perf_counter()
    answer = place.dispatcher.handle(place.books, asked.header, asked.request).answer
    inside = time.perf_counter() - begin
    assert isinstance(answer, SaleDone), answer
    written = wal_bytes(place.path) - before
    begin = time.perf_counter()
    back = unpack_answer(pack(header.model_copy(update={"name": WIRE_NAMES[SaleDone]}), answer))
    coding += time.perf_counter() - begin
    assert isinstance(back, Answered)
    parts.inside.append(inside)
    parts.database.append(place.timed.spent_s)
    parts.rules.append(inside - place.timed.spent_s)
    parts.commit.append(place.timed.commit_s)
    parts.coding.append(coding)
    parts.statements = place.timed.statements
    parts.written.append(written)
    parts.disk.append(floor.write(max(written, 1)))


def main() -> None:
    """Measure and print."""
    wanted = arguments()
    books, goods = books_from(wanted.catalogue, wanted.goods)
    with machine() as about, Shop(books, wanted.folder) as shop:
        copy_books(books, shop.home / "inside" / "store.db")
        for each in (shop.home / "inside" / "store.db", shop.places.books):
            put_offers(each, wanted.offers)
        parts = measure_parts(shop.home / "inside" / "store.db", goods, wanted)
        shop.start_server()
        whole, empty = asyncio.run(measure_whole(shop, goods, wanted))
        bare = round_trip_floor()
    written = int(percentile(parts.written, 0.5))
    named = {
        "whole": whole,
        "wire: empty request": empty,
        "wire: coding both messages": parts.coding,
        "rules (and all other Python)": parts.rules,
        "database": parts.database,
        "  of it COMMIT": parts.commit,
        f"floor: fdatasync of {written} bytes": parts.disk,
        "floor: bare ZeroMQ round trip": bare,
    }
    for label, samples in named.items():
        print(line_of(label, figures_ms(samples)))
    median = {label: percentile(samples, 0.5) for label, samples in named.items()}
    disk = percentile(parts.disk, 0.5)
    database_ratio = ratio(median["database"], disk)
    met = {
        "database_under_2.5_fdatasync": aim("database against the disk", database_ratio, 2.5, "×"),
        "whole_under_4_ms": aim("the whole, median", round(median["whole"] * 1000, 3), 4.0),
    }
    finish(
        {
            "benchmark": "finish_sale",
            "sales": wanted.sales,
            "lines": wanted.lines,
            "offers": wanted.offers,
            "goods": wanted.goods if wanted.catalogue is None else len(goods),
            "whole": figures_ms(whole),
            "wire_empty_request": figures_ms(empty),
            "wire_coding": figures_ms(parts.coding),
            "rules": figures_ms(parts.rules),
            "database": figures_ms(parts.database),
            "commit": figures_ms(parts.commit),
            "statements": parts.statements,
            "wal_bytes": written,
            "floor_fdatasync": figures_ms(parts.disk),
            "floor_round_trip": figures_ms(bare),
            "ratio_database_to_fdatasync": database_ratio,
            "ratio_database_to_fdatasync_p99": ratio(
                percentile(parts.database, 0.99), percentile(parts.disk, 0.99)
            ),
            "ratio_whole_to_floors": ratio(median["whole"], disk + percentile(bare, 0.5)),
            "met": met,
            "machine": about,
        }
    )


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sales", type=int, default=300)
    parser.add_argument("--lines", type=int, default=5)
    parser.add_argument("--goods", type=int, default=4000, help="generated goods")
    parser.add_argument("--offers", type=int, default=0, help="live offers of all kinds (0)")
    parser.add_argument(
        "--catalogue", type=Path, help="a CSV file instead: stock_code,description,unit_price"
    )
    parser.add_argument(
        "--folder", type=Path, help="a folder on the disk to measure; default: the user's cache"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
