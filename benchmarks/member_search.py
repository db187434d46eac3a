"""Measures the search for members, and attaching one to a sale, among a generated million with points.

Makes the members first (a million take some minutes); `--database` keeps them for the next run.
"""

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from protocol.identifiers import CommandId, LaneCode, MemberId, SaleId, ShiftId, TerminalName, new_id
from protocol.messages.base import Header, Refused, Request
from protocol.messages.catalogue import SaveProduct
from protocol.messages.members import (
    FindMembers,
)
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.profiles import (
    GetMemberPanel,
)
from protocol.messages.sales import AddItem, AttachMember, CancelSale, DetachMember
from protocol.messages.shifts import OpenShift
from protocol.registry import WIRE_NAMES
from store_server.bootstrap import make_dispatcher, open_books
from store_server.catalogue.search_keys import pinyin_of
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Books
from store_server.members.rules import Member
from store_server.members.search_keys import card_keys, keys_of
from store_server.operators import tables as operators

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
DOUBLE = ("欧阳", "上官", "司马", "诸葛")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文志海波辉斌宇浩凯健俊帆雪琳晨阳欣怡佳慧颖婷梦瑶"
    "子涵梓轩一诺思远雨泽嘉豪诗琪"
)
PREFIXES = ("130", "135", "136", "138", "139", "150", "158", "159", "186", "188", "189", "199")
TIERS = ((0, 0), (1, 50_000), (2, 100_000))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000, help="how many (1000000)")
    parser.add_argument("--points-rows", type=int, default=10_000_000, help="rows of their points (10000000)")
    parser.add_argument("--searches", type=int, default=300, help="how many per kind of text (300)")
    parser.add_argument("--lines", type=int, default=20, help="lines of the sale that is repriced (20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", type=Path, help="keep the members here and use them again")
    return parser.parse_args()


def bar(label: str, done: int, of: int) -> None:
    if done % max(1, of // 100) == 0 or done == of:
        filled = 40 * done // of
        end = "\n" if done == of else ""
        print(f"\r{label:<12} [{'█' * filled}{'·' * (40 - filled)}] {done:>10,}", end=end, file=sys.stderr)


def generated(count: int, rng: random.Random) -> Iterator[Member]:
    """Yield members; a few in a hundred have a Latin name or a double surname."""
    spoken = {word: pinyin_of(word) for word in (*SURNAMES, *GIVEN, *DOUBLE)}
    for number in range(count):
        surname = rng.choice(DOUBLE) if rng.random() < 0.01 else rng.choice(SURNAMES)
        rest = "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2, 2))))
        pinyin = " ".join((spoken[surname], *(spoken[letter] for letter in rest)))
        name = f"{surname}{rest}"
        if rng.random() < 0.02:
            name, pinyin = f"{rng.choice(('Anna', 'Peter', 'Maria', 'James'))} {surname}", spoken[surname]
        phone = f"{PREFIXES[number % len(PREFIXES)]}{number * 7919 % 100_000_000:08d}"
        yield Member(
            f"{10_000_001 + number}",
            name,
            pinyin,
            phone,
            birthday=f"{1 + number % 12:02d}-{1 + number % 28:02d}",
        )


_MEMBER = (
    "INSERT INTO members (member_id, number, state, name, pinyin, phone, gender, birthday, email, address, "
    "occupation, income_band, skin_condition, note, joined_at, joined_on) "
    "VALUES (?,?,'active',?,?,?,'unknown',?,'','','','','','','2025-01-01T00:00:00.000000Z','2025-01-01')"
)


def fill(db: sqlite3.Connection, wanted: argparse.Namespace) -> None:
    """Write the members in bulk; the keys are sorted first, or a million would take an hour."""
    rng = random.Random(wanted.seed)
    db.execute("PRAGMA temp_store = FILE")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    for tier, discount in TIERS[1:]:
        row = (tier, f"tier {tier}", 1000 * tier, discount)
        db.execute("INSERT INTO tiers VALUES (?,?,?,?,0,0,0,'')", row)
    db.execute("CREATE TEMP TABLE unsorted (rank, key, member_id)")
    for member_id, member in enumerate(generated(wanted.members, rng), 1):
        row = (member_id, member.number, member.name, member.pinyin, member.phone, member.birthday)
        db.execute(_MEMBER, row)
        tier = TIERS[member_id % len(TIERS)][0]
        db.execute(
            "INSERT INTO member_standings VALUES (?,?,'2025-01-01',NULL,NULL,?,0)",
            (member_id, tier, 1000 * tier),
        )
        keys = keys_of(member)
        if member_id % 3 == 0:
            card = f"04{member_id * 2654435761 % 2**48:012X}"
            db.execute(
                "INSERT INTO cards (member_id, card_kind, number, state, issued_at) "
                "VALUES (?, 'contactless', ?, 'active', '2025-01-01T00:00:00.000000Z')",
                (member_id, card),
            )
            keys |= card_keys(card)
        db.executemany("INSERT INTO unsorted VALUES (?,?,?)", [(*key, member_id) for key in keys])
        bar("members", member_id, wanted.members)
    print("sorting the search keys …", file=sys.stderr)
    db.execute("INSERT INTO member_keys SELECT 1, * FROM unsorted ORDER BY rank, key, member_id")
    db.execute("DROP TABLE unsorted")
    fill_points(db, wanted)
    db.execute("COMMIT")
    db.execute("ANALYZE")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def fill_points(db: sqlite3.Connection, wanted: argparse.Namespace) -> None:
    """Give each member a row of points for each of some visits."""
    each = wanted.points_rows // wanted.members
    for member_id in range(1, wanted.members + 1) if each else ():
        db.executemany(
            "INSERT INTO points_rows (member_id, at, business_date, kind, points, balance, reference) "
            "VALUES (?, '2025-06-01T00:00:00.000000Z', '2025-06-01', 'earn', 10, ?, '')",
            [(member_id, 10 * (visit + 1)) for visit in range(each)],
        )
        db.execute("INSERT INTO points_accounts VALUES (?,?)", (member_id, 10 * each))
        bar("points", member_id, wanted.members)


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
    started = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - started) / 1e6


def figures(durations_ms: list[float]) -> dict[str, float]:
    ordered = sorted(durations_ms)
    return {
        "median_ms": round(statistics.median(ordered), 3),
        "p99_ms": round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], 3),
        "worst_ms": round(ordered[-1], 3),
    }


def measure_searches(counter: Counter, wanted: argparse.Namespace) -> dict[str, dict[str, float]]:
    kinds = texts(counter.books.db, wanted, random.Random(wanted.seed))
    result = {}
    for at, (kind, typed) in enumerate(kinds.items(), 1):
        result[kind] = figures(
            [timed(lambda text=text: counter.ask(FindMembers(text=text, limit=20))) for text in typed]
        )
        bar("searches", at, len(kinds))
    return result


def measure_sales(counter: Counter, wanted: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Attach members to a sale of some lines and take them off again."""
    rng, lane, sale = random.Random(wanted.seed), LaneCode("1"), SaleId(new_id())
    counter.ask(OpenShift(lane=lane, shift_id=ShiftId(new_id()), float_minor=0))
    for number in range(wanted.lines):
        counter.ask(SaveProduct(code=f"bench-{number}", name=f"goods {number}", price_minor=1000 + number))
        counter.ask(AddItem(sale_id=sale, lane=lane, code=f"bench-{number}"))
    attach, detach, panel = [], [], []
    for _each in range(wanted.searches):
        member = MemberId(rng.randint(1, wanted.members))
        attach.append(timed(lambda m=member: counter.ask(AttachMember(sale_id=sale, lane=lane, member_id=m))))
        panel.append(timed(lambda m=member: counter.ask(GetMemberPanel(member_id=m))))
        detach.append(timed(lambda: counter.ask(DetachMember(sale_id=sale))))
    counter.ask(CancelSale(sale_id=sale))
    return {"attach and reprice": figures(attach), "panel": figures(panel), "detach": figures(detach)}


def main() -> None:
    wanted = arguments()
    began = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        path = wanted.database or Path(folder) / "members.sqlite"
        books = open_books(path)
        if books.db.execute("SELECT 1 FROM members").fetchone() is None:
            fill(books.db, wanted)
        made = datetime.now(UTC) - began
        counter = Counter(Books.of(books.db))
        result = {**measure_searches(counter, wanted), **measure_sales(counter, wanted)}
        size = path.stat().st_size
        books.db.close()
    for kind, each in result.items():
        print(f"{kind:<24} median {each['median_ms']:>8.3f} ms   p99 {each['p99_ms']:>8.3f} ms")
    summary = {
        "benchmark": "member_search",
        "members": wanted.members,
        "points_rows": wanted.points_rows,
        "bytes": size,
        "made_in_s": made // timedelta(seconds=1),
        "worst_p99_ms": max(each["p99_ms"] for each in result.values()),
        "kinds": result,
    }
    print(json.dumps(summary, ensure_ascii=False))


if __name__ == "__main__":
    main()
