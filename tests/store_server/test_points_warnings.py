"""Whose points end soon: rows that campaigns will use, the latest due first."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from shop_counter import Shop, open_shop

from protocol.identifiers import MemberId, TerminalName
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.points import AdjustPoints, ListPointsWarnings, PointsWarnings
from protocol.messages.profiles import EraseMember
from store_server.daily import jobs
from store_server.points.warnings import WARNINGS

TODAY = date(2026, 11, 21)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    shop.db.close()


def run_daily_jobs(shop: Shop) -> None:
    more = True
    while more:
        more, _facts = shop.dispatcher.act(shop.books, TerminalName("server"), jobs.step)


def member_with(shop: Shop, name: str, points: int, days: int) -> MemberId:
    member = shop.do(MemberFound, RegisterMember(name=name)).member.member_id
    ends = TODAY + timedelta(days=days)
    shop.ask_ok(AdjustPoints(member_id=member, points=points, reason="gift", expires_on=ends), "boss")
    return member


def listed(shop: Shop, due_from: date | None = None) -> list[tuple[str, int, int, date]]:
    answer = shop.do(PointsWarnings, ListPointsWarnings(due_from=due_from), "boss")
    return [(each.name, each.points, each.days_left, each.due_on) for each in answer.warnings]


def test_members_are_listed_as_their_points_near_the_end(shop: Shop) -> None:
    member_with(shop, "王小明", 300, 30)
    member_with(shop, "李娜", 70, 7)
    member_with(shop, "赵五", 999, 31)
    run_daily_jobs(shop)
    assert listed(shop) == [("李娜", 70, 7, TODAY), ("王小明", 300, 30, TODAY)]
    shop.now += timedelta(days=1)
    run_daily_jobs(shop)
    tomorrow = TODAY + timedelta(days=1)
    assert listed(shop) == [
        ("赵五", 999, 30, tomorrow),
        *[("李娜", 70, 7, TODAY), ("王小明", 300, 30, TODAY)],
    ]
    assert listed(shop, tomorrow) == [("赵五", 999, 30, tomorrow)]


def test_an_erased_member_has_no_name_among_the_warnings(shop: Shop) -> None:
    member = member_with(shop, "王小明", 300, 7)
    run_daily_jobs(shop)
    shop.ask_ok(EraseMember(member_id=member, reason="wished"), "boss")
    assert listed(shop) == [("", 300, 7, TODAY)]


def test_a_long_list_comes_in_pages(shop: Shop) -> None:
    for number in range(7):
        member_with(shop, f"会员{number}", 10, 7)
    run_daily_jobs(shop)
    names, offset, more = [], 0, True
    while more:
        page = shop.do(PointsWarnings, ListPointsWarnings(limit=3, offset=offset), "boss")
        names += [each.name for each in page.warnings]
        offset, more = offset + 3, page.more
    assert names == [f"会员{number}" for number in range(7)]


def test_a_cashier_does_not_list_them(shop: Shop) -> None:
    assert shop.refusal(ListPointsWarnings()).code == "approval_needed"


def test_a_page_is_a_range_of_an_index(shop: Shop) -> None:
    plan = [row["detail"] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {WARNINGS}", ("2026-11-21", 50, 0))]
    assert any("USING COVERING INDEX points_warnings_by_day (due_on>?)" in line for line in plan), plan
    assert any("SEARCH m USING INTEGER PRIMARY KEY" in line for line in plan), plan
    assert not any("TEMP B-TREE" in line for line in plan[:2]), plan
