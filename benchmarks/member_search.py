"""Measures the search for members, and attaching one to a sale, among a generated million with points.

Makes the members first (a million take some minutes); `--database` keeps them for the next run. The time is
that of the store server's own work for a request, without the socket, beside which it is shown.
"""

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measuring import (
    aim,
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
from members import REGULAR_EVERY, Size, fill

from protocol.identifiers import CommandId, LaneCode, MemberId, SaleId, ShiftId, TerminalName, new_id
from protocol.messages.base import Header, Refused, Request
from protocol.messages.catalogue import SaveProduct
from protocol.messages.members import FindMembers
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.points import GetPointsStatement
from protocol.messages.profiles import GetMemberPanel
from protocol.messages.sales import AddItem, AttachMember, CancelSale, DetachMember
from protocol.messages.shifts import OpenShift
from protocol.registry import WIRE_NAMES
from store_server.bootstrap import make_dispatcher, open_books
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Books
from store_server.operators import tables as operators

ATTACH = "attach and reprice"
SALES = (ATTACH, "panel", "points statement", "detach")
"""What is measured beside the searches."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000, help="how many (1000000)")
    parser.add_argument("--points-rows", type=int, default=10_000_000, help="rows of their points (10000000)")
    parser.add_argument("--searches", type=int, default=300, help="how many per kind of text (300)")
    parser.add_argument("--lines", type=int, default=20, help="lines of the sale that is repriced (20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", type=Path, help="keep the members here and use them again")
    return parser.parse_args()


def texts(db: sqlite3.Connection, wanted: argparse.Namespace, rng: random.Random) -> dict[str, list[str]]:
    """Return what is searched for, by kind."""

    def member() -> sqlite3.Row:
        row: sqlite3.Row = db.execute(
            "SELECT * FROM members WHERE member_id = ?", (rng.randint(1, wanted.members),)
        ).fetchone()
        return row

    def card() -> str:
        query = "SELECT number FROM cards WHERE card_id = ?"
        return str(db.execute(query, (rng.randint(1, max(wanted.members // 3, 1)),)).fetchone()[0])

    def initials(row: sqlite3.Row) -> str:
        return "".join(syllable[0] for syllable in row["pinyin"].split())

    kinds: dict[str, Callable[[], str]] = {
        "whole phone": lambda: member()["phone"],
        "phone tail of 4": lambda: member()["phone"][-4:],
        "phone tail of 5": lambda: member()["phone"][-5:],
        "phone tail of 8": lambda: member()["phone"][-8:],
        "beginning of a phone": lambda: member()["phone"][:3],
        "number": lambda: member()["number"],
        "number tail of 4": lambda: member()["number"][-4:],
        "whole name": lambda: member()["name"],
        "surname": lambda: member()["name"][:1],
        "given name": lambda: member()["name"][1:],
        "pinyin": lambda: member()["pinyin"].replace(" ", ""),
        "pinyin half typed": lambda: member()["pinyin"].replace(" ", "")[:5],
        "one letter": lambda: rng.choice("abcdefghijklmnopqrstuvwxyz"),
        "initials": lambda: initials(member()),
        "initials inside": lambda: initials(member())[1:],
        "Latin name": lambda: rng.choice(("anna", "peter", "mar", "james")),
        "name and phone tail": lambda: (lambda row: f"{row['name'][:1]} {row['phone'][-4:]}")(member()),
        "two words": lambda: f"{member()['name'][:1]} {member()['name'][-1:]}",
        "card": card,
        "card tail of 4": lambda: card()[-4:],
        "nothing typed": lambda: "",
        "not there": lambda: "".join(rng.choices("魑魅魍魉qxz", k=3)),
    }
    return {kind: [make() for _each in range(wanted.searches)] for kind, make in kinds.items()}


@dataclass
class Counter:
    """A cashier at lane 1 of these books."""

    books: Books

    def __post_init__(self) -> None:
        self.dispatcher = make_dispatcher()
        self.session = None
        now = datetime.now(UTC)
        work = Work(db=self.books.db, now=now, settings=self.books.settings, new_id=new_id, new_secret=new_id)
        if operators.by_code(self.books.db, "bench") is None:
            self.books.db.execute("BEGIN IMMEDIATE")
            operators.insert(work, "bench", "Bench", "manager", "2580", None)
            self.books.db.execute("COMMIT")
        answer = self.ask(SignOn(code="bench", pin="2580"))
        assert isinstance(answer, SignedOn), answer
        self.session = answer.session

    def ask(self, request: Request) -> object:
        header = Header(
            id=CommandId(new_id()),
            name=WIRE_NAMES[type(request)],
            sender=TerminalName("lane-1"),
            session=self.session,
        )
        answer = self.dispatcher.handle(self.books, header, request).answer
        assert not isinstance(answer, Refused) or answer.code in ("code_used", "shift_open"), answer
        return answer


def timed(call: Callable[[], object]) -> float:
    """Return the seconds of a call."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def measure_searches(counter: Counter, wanted: argparse.Namespace) -> dict[str, list[float]]:
    """Search for each kind of text."""
    kinds = texts(counter.books.db, wanted, random.Random(wanted.seed))
    return {
        kind: [timed(lambda text=text: counter.ask(FindMembers(text=text, limit=20))) for text in typed]
        for kind, typed in progress(list(kinds.items()), "searches")
    }


def measure_sales(counter: Counter, wanted: argparse.Namespace) -> dict[str, list[float]]:
    """Attach members to a sale of some lines and take them off again; every tenth has hundreds of lots."""
    rng, lane, sale = random.Random(wanted.seed), LaneCode("1"), SaleId(new_id())
    counter.ask(OpenShift(lane=lane, shift_id=ShiftId(new_id()), float_minor=0))
    for number in range(wanted.lines):
        counter.ask(SaveProduct(code=f"bench-{number}", name=f"goods {number}", price_minor=1000 + number))
        counter.ask(AddItem(sale_id=sale, lane=lane, code=f"bench-{number}"))
    found: dict[str, list[float]] = {ATTACH: [], "panel": [], "points statement": [], "detach": []}
    for each in progress(range(wanted.searches), "sales"):
        member = MemberId(rng.randint(1, wanted.members))
        if each % 10 == 0 and wanted.members >= REGULAR_EVERY:
            member = MemberId(rng.randint(1, wanted.members // REGULAR_EVERY) * REGULAR_EVERY)
        asked: tuple[Request, ...] = (
            AttachMember(sale_id=sale, lane=lane, member_id=member),
            GetMemberPanel(member_id=member),
            GetPointsStatement(member_id=member),
            DetachMember(sale_id=sale),
        )
        for clocks, request in zip(found.values(), asked, strict=True):
            clocks.append(timed(lambda request=request: counter.ask(request)))
    counter.ask(CancelSale(sale_id=sale))
    return found


def main() -> None:
    """Make the members unless they are there, measure, print."""
    wanted = arguments()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, machine() as place:
        path = wanted.database or Path(folder) / "members.sqlite"
        books = open_books(path)
        if books.db.execute("SELECT 1 FROM members").fetchone() is None:
            fill(books.db, Size(wanted.members, wanted.points_rows, wanted.seed))
        made_in_s = round(time.monotonic() - began)
        rows, lots = (
            books.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("points_rows", "points_lots")
        )
        counter = Counter(Books.of(books.db))
        clocks = {**measure_searches(counter, wanted), **measure_sales(counter, wanted)}
        size = path.stat().st_size
        books.db.close()
        disk = fdatasync_floor(path.parent, 4096, 200)
    show(wanted, clocks, disk, place | {"bytes": size, "rows": rows, "lots": lots, "made_in_s": made_in_s})


def show(
    wanted: argparse.Namespace, clocks: dict[str, list[float]], disk: list[float], about: dict[str, Any]
) -> None:
    """Print each kind beside what a bare round trip and a bare synced write take here, and the aims."""
    wire = percentile(round_trip_floor(), 0.5)
    sync = percentile(disk, 0.5)
    kinds = {kind: figures_ms(each) for kind, each in clocks.items()}
    for kind, samples in clocks.items():
        middle = percentile(samples, 0.5)
        kinds[kind]["of_a_round_trip"] = ratio(middle, wire)
        kinds[kind]["of_a_synced_write"] = ratio(middle, sync)
        print(f"{line_of(kind, kinds[kind])}   {ratio(middle, wire):6.2f} × a bare round trip")
    print(f"a bare round trip {wire * 1000:.3f} ms, a bare synced write {sync * 1000:.3f} ms (medians)")
    print(f"{about['rows']:,} rows of points, {about['lots']:,} lots, {about['bytes'] / 1e9:.2f} GB")
    searches = max(each["p99_ms"] for kind, each in kinds.items() if kind not in SALES)
    aim("search p99, the slowest kind", searches, 50)
    aim("attach and reprice p99", kinds[ATTACH]["p99_ms"], 20)
    finish(
        {
            "benchmark": "member_search",
            "members": wanted.members,
            "round_trip_ms": round(wire * 1000, 3),
            "synced_write_ms": round(sync * 1000, 3),
            "worst_search_p99_ms": searches,
            **about,
            "kinds": kinds,
        }
    )


if __name__ == "__main__":
    main()
