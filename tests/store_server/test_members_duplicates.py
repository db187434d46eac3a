"""Members who may be one person are found by name, and a birthday or a missing phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from shop_counter import Shop, open_shop

from protocol.messages.members import (
    MemberFound,
    RegisterMember,
)
from protocol.messages.profiles import (
    Duplicates,
    FindDuplicates,
    MergeMembers,
)
from store_server.profiles import duplicates


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    shop.db.close()


def register(shop: Shop, name: str, **more: Any) -> int:
    return shop.do(MemberFound, RegisterMember(name=name, **more)).member.member_id


def pairs(shop: Shop) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    after: str | None = ""
    while after is not None:
        answer = shop.do(Duplicates, FindDuplicates(after_key=after), "boss")
        found += [(each.first.member_id, each.second.member_id, each.reason) for each in answer.pairs]
        after = answer.next_key or None
    return found


def test_one_name_with_one_birthday_or_without_a_phone_may_be_one_person(shop: Shop) -> None:
    one = register(shop, "王小明", phone="13812345678", birthday="1990-05-17")
    two = register(shop, "王小明", phone="13812345679", birthday="05-17")
    register(shop, "王小明", phone="13812345670", birthday="06-18")
    register(shop, "王小明天", birthday="05-17")
    first = register(shop, "李娜", phone="13700001111")
    second = register(shop, "李娜")
    register(shop, "赵五", phone="13700001112")
    register(shop, "赵五", phone="13700001113")
    assert sorted(pairs(shop)) == [(one, two, "birthday"), (first, second, "no_phone")]
    shop.ask_ok(MergeMembers(keep_id=first, merge_id=second, reason="the same"), "boss")  # type: ignore[arg-type]
    assert pairs(shop) == [(one, two, "birthday")]


def test_a_name_is_never_cut_in_two(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "LOOKED_AT", 3)
    for name in "甲乙丙丁":
        for _each in range(5):
            register(shop, f"{name}一", birthday="05-17")
    assert len(pairs(shop)) == 4 * 4


def test_names_are_read_by_ranges_of_the_index(shop: Shop) -> None:
    for query, count in ((duplicates.NAMES, 3), (duplicates.OF_KEY, 3)):
        plan = shop.db.execute(f"EXPLAIN QUERY PLAN {query}", (1,) * count).fetchall()
        assert [row["detail"].split(" (")[0] for row in plan] == ["SEARCH member_keys USING PRIMARY KEY"]
    assert shop.refusal(FindDuplicates()).code == "approval_needed"
