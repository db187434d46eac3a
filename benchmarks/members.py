"""Books with generated members, their cards, visits and points in lots, for the benchmarks of members.

A million members with ten million rows of points take five minutes of a processor and 2 GB.
"""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from measuring import progress

from store_server.catalogue.search_keys import pinyin_of
from store_server.members.rules import Member
from store_server.members.search_keys import card_keys, keys_of

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
REGULAR_EVERY, REGULAR_ROWS = 500, 500
"""Every so many members there is one who has so many rows of points, a third of them open lots."""
EARNED = 10
"""Points of a lot."""
AT, DAY = "2025-06-01T00:00:00.000000Z", "2025-06-01"

_MEMBER = (
    "INSERT INTO members (member_id, number, state, name, pinyin, phone, gender, birthday, email, address, "
    "occupation, income_band, skin_condition, note, joined_at, joined_on) "
    "VALUES (?,?,'active',?,?,?,'unknown',?,'','','','','','','2025-01-01T00:00:00.000000Z','2025-01-01')"
)


class Size(NamedTuple):
    """How much is generated."""

    members: int
    points_rows: int
    seed: int


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


def fill(db: sqlite3.Connection, size: Size) -> None:
    """Write the members in bulk; what is sorted is sorted at the end, or it takes an hour."""
    db.execute("PRAGMA temp_store = FILE")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("BEGIN")
    for tier, discount in TIERS[1:]:
        row = (tier, f"tier {tier}", 1000 * tier, discount)
        db.execute("INSERT INTO tiers VALUES (?,?,?,?,0,0,0,'')", row)
    _fill_members(db, size)
    with _indexes_at_the_end(db, ("points_lots", "points_rows", "member_visits")):
        _fill_points(db, size)
    db.execute("COMMIT")
    db.execute("ANALYZE")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.execute("PRAGMA foreign_keys = ON")


def _fill_members(db: sqlite3.Connection, size: Size) -> None:
    rng = random.Random(size.seed)
    db.execute("CREATE TEMP TABLE unsorted (rank, key, member_id)")
    people = progress(generated(size.members, rng), "members", size.members)
    for member_id, member in enumerate(people, 1):
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
    db.execute("INSERT INTO member_keys SELECT 1, * FROM unsorted ORDER BY rank, key, member_id")
    db.execute("DROP TABLE unsorted")


@contextmanager
def _indexes_at_the_end(db: sqlite3.Connection, tables: Sequence[str]) -> Iterator[None]:
    """Take the indexes off tables that are filled, and put them on again."""
    marks = ",".join("?" * len(tables))
    query = (
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql <> '' AND tbl_name IN ({marks})"
    )
    indexes = db.execute(query, tuple(tables)).fetchall()
    for name, _sql in indexes:
        db.execute(f"DROP INDEX {name}")
    yield
    for _name, sql in progress(indexes, "indexes"):
        db.execute(sql)


def rows_of(member_id: int, size: Size) -> int:
    """Return how many rows of points a member has: regulars many, the others share what is left."""
    regulars = size.members // REGULAR_EVERY
    many = min(REGULAR_ROWS, size.points_rows // max(2 * regulars, 1))
    if member_id % REGULAR_EVERY == 0:
        return many
    left, others = size.points_rows - regulars * many, size.members - regulars
    place = member_id - member_id // REGULAR_EVERY
    return left // others + (place <= left % others)


def _fill_points(db: sqlite3.Connection, size: Size) -> None:
    """Give each member earnings in lots of their own; every third row spends the lot that ends first."""
    first_end = datetime.now(UTC).date() + timedelta(days=40)
    row_id = lot_id = 0
    for member_id in progress(range(1, size.members + 1), "points", size.members):
        rows, lots, moves, balance = [], [], [], 0
        for visit in range(rows_of(member_id, size)):
            row_id += 1
            spends = visit % 3 == 2
            if spends:
                # The lot before the last: it came first and ends first.
                lots[-2][4] = 0
                moves.append((row_id, 1, lots[-2][0], -EARNED))
            else:
                lot_id += 1
                lots.append([lot_id, member_id, row_id, _end(first_end, member_id, visit), EARNED])
                moves.append((row_id, 1, lot_id, EARNED))
            points = -EARNED if spends else EARNED
            balance += points
            rows.append((row_id, member_id, AT, DAY, "spend" if spends else "earn", points, balance))
        db.executemany("INSERT INTO points_rows VALUES (?,?,?,?,?,?,?,NULL,'',NULL)", rows)
        db.executemany(f"INSERT INTO points_lots VALUES (?,?,?,?,{EARNED},?)", lots)
        db.executemany("INSERT INTO points_lot_moves VALUES (?,?,?,?)", moves)
        db.execute("INSERT INTO points_accounts VALUES (?,?)", (member_id, balance))
        visits = (member_id, len(rows), 100 * len(rows) + member_id % 997, AT, AT, DAY)
        db.execute("INSERT INTO member_visits VALUES (?,?,?,?,?,?)", visits)


def _end(first: date, member_id: int, visit: int) -> str:
    return (first + timedelta(days=member_id % 300 + visit)).isoformat()
