"""The daily jobs: points end, birthdays come, members are noted; once per business day."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from points_ledger import FIRST_DAY, PointsBooks

from store_server.daily import jobs
from store_server.members import standing
from store_server.points import tables
from store_server.points.checks import wrong_points
from store_server.points.daily import ENDED, ENDING
from store_server.points.people import BORN_ON
from store_server.server import StoreServer
from store_server.server_settings import ServerSettings
from store_server.store.verification import verify_books


@pytest.fixture
def shop() -> Iterator[PointsBooks]:
    books = PointsBooks()
    books.set(points_expiry="days", points_expiry_days=10)
    yield books
    assert list(wrong_points(books.db)) == []
    books.db.close()


def run(shop: PointsBooks) -> int:
    """Let the server do its daily jobs; return in how many steps."""
    steps = 0
    while jobs.pending(shop.work):
        jobs.step(shop.work)
        steps += 1
        assert steps < 10_000, "the jobs never end"
    return steps


def warnings(shop: PointsBooks) -> list[tuple[str, int, str, int]]:
    rows = shop.db.execute("SELECT expires_on, days, due_on, points FROM points_warnings ORDER BY due_on")
    return [tuple(row) for row in rows]


def test_points_end_the_day_after_their_last_one(shop: PointsBooks) -> None:
    run(shop)
    member = shop.member()
    shop.sell(member, 10_000)
    shop.turn_to(FIRST_DAY + timedelta(days=10))
    run(shop)
    assert tables.balance(shop.db, member) == 100
    shop.turn_to(FIRST_DAY + timedelta(days=11))
    run(shop)
    assert shop.kinds(member) == [("earn", 100), ("expire", -100)]


def test_the_jobs_of_a_day_run_once(shop: PointsBooks) -> None:
    assert run(shop) == len(jobs.JOBS)
    assert run(shop) == 0
    shop.turn_to(FIRST_DAY + timedelta(days=1))
    assert run(shop) == len(jobs.JOBS)


def test_a_step_that_is_done_twice_changes_nothing(shop: PointsBooks) -> None:
    shop.rule("birthday", points=50)
    member = shop.member(birthday="1990-01-01")
    shop.sell(member, 10_000)
    run(shop)
    before, told = shop.kinds(member), warnings(shop)
    assert before == [("earn", 100), ("birthday", 50)]
    shop.db.execute("DELETE FROM daily_jobs")
    run(shop)
    assert (shop.kinds(member), warnings(shop)) == (before, told)


def test_after_a_week_switched_off_everything_has_come_that_would_have(shop: PointsBooks) -> None:
    shop.rule("birthday", points=50)
    run(shop)
    born = [shop.member(birthday=f"19{70 + day}-01-{day:02d}") for day in range(1, 12)]
    spender = shop.member()
    shop.sell(spender, 10_000)
    shop.turn_to(FIRST_DAY + timedelta(days=7))
    run(shop)
    got = [tables.balance(shop.db, member) for member in born]
    assert got == [0, 50, 50, 50, 50, 50, 50, 50, 0, 0, 0], "2 to 8 January; on the 1st nobody was there yet"
    rows = shop.db.execute(
        "SELECT DISTINCT r.business_date, l.expires_on FROM points_rows r JOIN points_lots l USING (row_id) "
        "WHERE r.kind = 'birthday' ORDER BY 1"
    ).fetchall()
    assert [row[0] for row in rows] == [f"2026-01-{day:02d}" for day in range(2, 9)]
    assert rows[0][1] == "2026-01-12", "counted from the birthday, not from the day of catching up"
    assert ("2026-01-11", 7, "2026-01-08", 100) in warnings(shop), "the week's warning is due today"


def test_a_birthday_comes_once_a_year_and_the_29th_of_february_every_year(shop: PointsBooks) -> None:
    shop.rule("birthday", points=50)
    leap, plain = shop.member(birthday="2000-02-29"), shop.member(birthday="02-28")
    for day in (date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1), date(2027, 2, 28)):
        shop.turn_to(day)
        run(shop)
    years = shop.db.execute(
        "SELECT member_id, reference FROM points_rows WHERE kind = 'birthday' ORDER BY reference, member_id"
    ).fetchall()
    assert [tuple(row) for row in years] == [
        (leap, "2026"),
        (plain, "2026"),
        (leap, "2027"),
        (plain, "2027"),
    ]


def test_members_are_noted_30_7_and_1_days_before_the_end_once_each(shop: PointsBooks) -> None:
    shop.set(points_expiry="days", points_expiry_days=60)
    run(shop)
    member = shop.member()
    shop.sell(member, 10_000)
    for days in range(1, 62):
        shop.turn_to(FIRST_DAY + timedelta(days=days))
        run(shop)
    ends = (FIRST_DAY + timedelta(days=60)).isoformat()
    due = [(FIRST_DAY + timedelta(days=60 - days)).isoformat() for days in (30, 7, 1)]
    assert warnings(shop) == [(ends, days, on, 100) for days, on in zip((30, 7, 1), due, strict=True)]


def test_many_members_are_done_in_many_small_steps(shop: PointsBooks) -> None:
    shop.rule("birthday", points=50)
    members = [shop.member(birthday="1990-01-12") for _n in range(45)]
    for member in members:
        shop.sell(member, 10_000)
    shop.turn_to(FIRST_DAY + timedelta(days=11))
    steps = run(shop)
    assert {tables.balance(shop.db, member) for member in members} == {50}
    assert steps >= 2 * 45 // 10


def test_a_tier_whose_time_is_over_is_lowered_by_the_daily_job(shop: PointsBooks) -> None:
    shop.db.execute("INSERT INTO tiers VALUES (1, 'Silver', 100, 0, 12, 50, 0, '')")
    member = shop.member(tier=1)
    shop.db.execute("UPDATE member_standings SET until = '2026-01-05' WHERE member_id = ?", (member,))
    run(shop)
    assert standing.standing_of(shop.db, member).tier == 1
    shop.turn_to(date(2026, 1, 6))
    run(shop)
    assert standing.standing_of(shop.db, member).tier == 0


def test_the_business_day_counts_and_not_the_clock(shop: PointsBooks) -> None:
    """A day that is open after midnight keeps its points until the next one begins."""
    run(shop)
    member = shop.member()
    shop.sell(member, 10_000)
    shop.db.execute("INSERT INTO operators (code, name, role, pin_hash) VALUES ('li', 'Li', 'manager', '')")
    operator = shop.db.execute("SELECT operator_id FROM operators").fetchone()[0]
    last = (FIRST_DAY + timedelta(days=10)).isoformat()
    shop.db.execute(
        "INSERT INTO business_days (business_date, opened_at, opened_by) VALUES (?, ?, ?)",
        (last, shop.work.at, operator),
    )
    shop.turn_to(FIRST_DAY + timedelta(days=12))
    run(shop)
    assert tables.balance(shop.db, member) == 100
    shop.db.execute("UPDATE business_days SET closed_at = opened_at, closed_by = opened_by")
    run(shop)
    assert tables.balance(shop.db, member) == 0


@pytest.mark.parametrize(
    ("query", "values", "index"),
    [
        (ENDED, ("2026-01-01", 10), "points_lots_due"),
        (ENDING, ("2026-01-01", "2026-01-31", "", 0, 10), "points_lots_due"),
        (BORN_ON, ("01-12", "2026-01-12", "2026", 0, 10), "members_by_birthday"),
        (tables.LOTS, (1,), "points_lots_left"),
    ],
)
def test_each_step_finds_its_members_by_an_index(
    shop: PointsBooks, query: str, values: tuple[object, ...], index: str
) -> None:
    plan = [row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    assert index in plan[0], plan
    assert not any("SCAN" in line for line in plan), plan


async def test_the_server_does_its_daily_jobs_when_it_is_quiet_and_after_a_week_switched_off(
    tmp_path: Path,
) -> None:
    """On a clock that the test turns: points end, and the week that was missed is made up for."""
    shop = PointsBooks()
    shop.set(points_expiry="days", points_expiry_days=10)
    run(shop)
    members = [shop.member() for _n in range(25)]
    for member in members:
        shop.sell(member, 10_000)
    settings = ServerSettings(
        folder=tmp_path, requests=(f"ipc://{tmp_path}/r",), facts=(f"ipc://{tmp_path}/f",)
    )
    settings.books.write_bytes(shop.db.serialize())
    shop.db.close()
    clock = [datetime(2026, 1, 11, 4, 0, tzinfo=UTC)]

    def balances(server: StoreServer) -> set[int]:
        return {row[0] for row in server.books.db.execute("SELECT balance FROM points_accounts")}

    async def until_done(server: StoreServer, day: str) -> None:
        end = asyncio.get_running_loop().time() + 30
        query = "SELECT count(*) FROM daily_jobs WHERE done_for = ?"
        while server.books.db.execute(query, (day,)).fetchone()[0] < len(jobs.JOBS):
            assert asyncio.get_running_loop().time() < end, "the daily jobs were not done"
            await asyncio.sleep(0.05)  # the server's housekeeping is on this loop

    with closing(StoreServer(settings, lambda: clock[0])) as server:
        await server.start()
        await until_done(server, "2026-01-11")
        assert balances(server) == {100}, "the last day"
        clock[0] += timedelta(days=1)
        await until_done(server, "2026-01-12")
        assert balances(server) == {0}
    clock[0] += timedelta(days=7)
    with closing(StoreServer(settings, lambda: clock[0])) as server:
        await server.start()
        await until_done(server, "2026-01-19")
        assert balances(server) == {0}
        assert verify_books(server.books.db).findings == ()
        names = [row[0] for row in server.books.db.execute("SELECT name FROM journal")]
        assert names == ["points.PointsMoved"] * 25, "each end of points is in the journal, once"
