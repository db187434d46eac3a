"""Members by filter, the filters kept by name, and the classes against a calculation of its own."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from shop_counter import Shop, open_shop

from protocol.identifiers import LaneCode, MemberId, SaleId, TerminalName
from protocol.messages.base import Done
from protocol.messages.members import (
    AbcClass,
    MemberFound,
    MemberState,
    RegisterMember,
    RfmClass,
)
from protocol.messages.profiles import (
    ClassCounts,
    CloseMember,
    CountClasses,
    DeleteSegment,
    GetMemberPanel,
    ListMembers,
    ListSegments,
    MemberFilter,
    MemberPanel,
    MemberRows,
    MembersExported,
    NoteMembersExported,
    SaveSegment,
    Segments,
    SegmentView,
)
from protocol.messages.sales import AttachMember, Basket
from store_server.daily import jobs
from store_server.profiles import class_counts, measures, segments

TODAY = date(2026, 11, 21)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    shop.db.close()


def register(shop: Shop, name: str, **more: Any) -> MemberId:
    return shop.do(MemberFound, RegisterMember(name=name, **more)).member.member_id


def listed(shop: Shop, **wanted: Any) -> list[str]:
    names: list[str] = []
    after: int | None = 0
    while after is not None:
        request = ListMembers(filter=MemberFilter(**wanted), after_id=after, limit=3)
        answer = shop.do(MemberRows, request, "boss")
        names += [row.member.name for row in answer.rows]
        after = answer.next_id
    return names


def visit(shop: Shop, member: MemberId, days_ago: int, visits: int, spent: int) -> None:
    last = (TODAY - timedelta(days=days_ago)).isoformat()
    shop.db.execute(
        "INSERT INTO member_visits VALUES (?1,?2,?3,?4 || 'T08:00:00.000000Z',?4 || 'T08:00:00.000000Z',?4)",
        (member, visits, spent, last),
    )


def run_daily_jobs(shop: Shop) -> None:
    more = True
    while more:
        more, _facts = shop.dispatcher.act(shop.books, TerminalName("server"), jobs.step)


def test_members_are_listed_by_everything_that_is_known(shop: Shop) -> None:
    wang = register(shop, "王小明", gender="male", birthday="05-17", address="北京市朝阳区", tags=("常客",))
    register(shop, "李娜", gender="female", birthday="1990-06-01", address="上海市", tags=("常客", "素食"))
    shop.ask_ok(CloseMember(member_id=register(shop, "赵五"), reason="moved"), "boss")
    shop.do(Basket, AttachMember(sale_id=SaleId("s"), lane=LaneCode("1"), member_id=wang))
    basket = shop.scan("s", "COLA")
    shop.pay("s", basket.due_minor)
    shop.finish("s")
    assert listed(shop) == ["王小明", "李娜"]
    assert listed(shop, state=MemberState.CLOSED) == ["赵五"]
    assert listed(shop, gender="female") == listed(shop, tags=("常客", "素食")) == ["李娜"]
    assert listed(shop, birthday_month=5) == listed(shop, region="北京") == ["王小明"]
    assert listed(shop, visits_least=1) == listed(shop, bought_product=1) == ["王小明"]
    assert listed(shop, visits_most=0) == listed(shop, spent_most_minor=349) == ["李娜"]
    assert listed(shop, spent_least_minor=350) == listed(shop, away_most_days=0) == ["王小明"]
    assert listed(shop, away_least_days=1) == listed(shop, bought_product=2) == listed(shop, tiers=(1,)) == []
    assert listed(shop, joined_from="2026-11-21", joined_until="2026-11-21") == ["王小明", "李娜"]
    assert listed(shop, joined_from="2026-11-22") == []


def test_a_long_list_comes_in_pieces_and_whole(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "LOOKED_AT", 4)
    names = [f"会员{number}" for number in range(23)]
    for name in names:
        register(shop, name, tags=("七",) if name.endswith("7") else ())
    assert listed(shop) == names
    assert listed(shop, tags=("七",)) == ["会员7", "会员17"]


def test_a_cashier_does_not_list_members(shop: Shop) -> None:
    assert shop.refusal(ListMembers(filter=MemberFilter())).code == "approval_needed"


def test_who_writes_members_to_a_file_is_in_the_journal(shop: Shop) -> None:
    wanted = MemberFilter(tiers=(1,))
    assert shop.refusal(NoteMembersExported(filter=wanted)).code == "approval_needed"
    shop.do(Done, NoteMembersExported(filter=wanted), "boss")
    (row,) = shop.db.execute("SELECT name, body FROM journal ORDER BY seq DESC LIMIT 1").fetchall()
    assert row[0] == "profiles.MembersExported"
    assert MembersExported.model_validate_json(row[1]).filter == wanted


def test_filters_are_kept_by_name(shop: Shop) -> None:
    regulars = SegmentView(name="常客", filter=MemberFilter(visits_least=10, rfm=(RfmClass.GENERAL_KEEP,)))
    assert shop.do(Segments, SaveSegment(segment=regulars), "boss").segments == (regulars,)
    assert shop.do(Segments, ListSegments(), "boss").segments == (regulars,)
    assert shop.do(Segments, DeleteSegment(name="常客"), "boss").segments == ()
    assert shop.refusal(DeleteSegment(name="常客"), "boss").code == "no_such_segment"


def by_the_book(bought: dict[MemberId, tuple[int, int, int]]) -> dict[MemberId, tuple[str, str]]:
    """Return (RFM, ABC) from the definitions: averages, and 70 % and 90 % of the spending from the top."""
    count = len(bought)
    away, often, much = (sum(each[i] for each in bought.values()) / count for i in range(3))
    whole = sum(spent for _days, _visits, spent in bought.values())
    names = {"11": "value", "10": "develop", "01": "keep", "00": "win_back"}
    result = {}
    for member, (days, visits, spent) in bought.items():
        kind = names[f"{int(days <= away)}{int(visits >= often)}"]
        better = sum(other[2] for other in bought.values() if other[2] > spent)
        letter = "A" if better < whole * 0.7 else "B" if better < whole * 0.9 else "C"
        result[member] = (f"{'important' if spent >= much else 'general'}_{kind}", letter)
    return result


def test_the_classes_are_those_of_an_independent_calculation(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measures, "MEMBERS_PER_STEP", 7)
    rng = random.Random(5)
    bought = {}
    for number in range(60):
        member = register(shop, f"会员{number}")
        # Amounts differ from each other, so that no tie can be read in two ways.
        bought[member] = (
            rng.randint(0, 300),
            rng.randint(1, 40),
            int(10_000 * rng.paretovariate(1.1)) * 100 + number,
        )
        visit(shop, member, *bought[member])
    register(shop, "never bought")
    run_daily_jobs(shop)
    expected = by_the_book(bought)
    for member, (rfm, abc) in expected.items():
        panel = shop.do(MemberPanel, GetMemberPanel(member_id=member))
        assert (str(panel.rfm), str(panel.abc)) == (rfm, abc)
    assert {abc for _rfm, abc in expected.values()} == {"A", "B", "C"}
    best = [f"会员{member - min(bought)}" for member in bought if expected[member][1] == "A"]
    assert listed(shop, abc=(AbcClass.A,)) == best
    run_daily_jobs(shop)
    assert shop.db.execute("SELECT members FROM member_measures").fetchone()[0] == 60


def test_the_console_sees_how_many_are_of_which_class(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_counts, "MEMBERS_PER_STEP", 7)
    rng, bought = random.Random(6), {}
    for number in range(40):
        member = register(shop, f"会员{number}")
        if number % 10:
            bought[member] = (rng.randint(0, 300), rng.randint(1, 40), rng.randint(1, 90_000) * 100 + number)
            visit(shop, member, *bought[member])
    shop.ask_ok(CloseMember(member_id=register(shop, "gone"), reason="moved"), "boss")
    before = shop.do(ClassCounts, CountClasses(), "boss")
    assert (before.counts, before.business_date) == ((), "")
    run_daily_jobs(shop)
    expected: dict[tuple[str, str], list[int]] = {}
    for member, both in by_the_book(bought).items():
        sums = expected.setdefault(both, [0, 0, 0])
        expected[both] = [sum(pair) for pair in zip(sums, (1, *bought[member][1:]), strict=True)]
    answer = shop.do(ClassCounts, CountClasses(), "boss")
    counted = {(str(c.rfm), str(c.abc)): [c.members, c.visits, c.spent_minor] for c in answer.counts}
    assert counted == expected
    assert (answer.business_date, answer.without_sale) == ("2026-11-21", 4)
    assert shop.refusal(CountClasses()).code == "approval_needed"


def test_the_counts_of_classes_stay_those_of_the_morning(shop: Shop) -> None:
    visit(shop, register(shop, "王小明"), 3, 2, 100)
    run_daily_jobs(shop)
    visit(shop, register(shop, "李娜"), 3, 2, 100)
    run_daily_jobs(shop)
    assert [each.members for each in shop.do(ClassCounts, CountClasses(), "boss").counts] == [1]
    shop.db.execute("UPDATE business_days SET closed_at = opened_at, closed_by = opened_by")
    shop.now += timedelta(days=1)
    run_daily_jobs(shop)
    answer = shop.do(ClassCounts, CountClasses(), "boss")
    assert ([each.members for each in answer.counts], answer.business_date) == ([2], "2026-11-22")


def test_nobody_has_a_class_while_nobody_bought(shop: Shop) -> None:
    member = register(shop, "王小明")
    run_daily_jobs(shop)
    assert shop.do(MemberPanel, GetMemberPanel(member_id=member)).rfm is None


def test_the_daily_calculation_reads_ranges_of_its_indexes(shop: Shop) -> None:
    def plan(sql: str, count: int) -> str:
        rows = shop.db.execute(f"EXPLAIN QUERY PLAN {sql}", (1,) * count)
        return " / ".join(row["detail"] for row in rows)

    spending = plan(measures.BY_SPENDING, 3)
    assert "USING COVERING INDEX member_visits_by_spending" in spending
    assert "TEMP B-TREE" not in spending
    members = plan(class_counts.MEMBERS, 2)
    assert members.startswith("SEARCH m USING INTEGER PRIMARY KEY (rowid>?)")
    assert "TEMP B-TREE" not in members
    assert plan(measures.BY_ID, 2).startswith("SEARCH v USING INTEGER PRIMARY KEY (rowid>?)")
    assert "SEARCH m USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)" in plan(segments.ROWS, 2)
