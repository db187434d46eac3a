"""Tags by rule come and go with what members do; tags by hand stay."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from shop_counter import Shop, open_shop

from protocol.identifiers import MemberId, TerminalName
from protocol.messages.members import (
    ChangeMember,
    GetMember,
    MemberFound,
    RegisterMember,
    TagMember,
)
from protocol.messages.profiles import (
    DeleteTagRule,
    MemberFilter,
    MergeMembers,
    SaveTagRule,
    TagRules,
    TagRuleView,
)
from store_server.daily import jobs
from store_server.profiles import segments


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setattr(segments, "LOOKED_AT", 3)
    shop = open_shop()
    yield shop
    shop.db.close()


def register(shop: Shop, gender: str) -> MemberId:
    return shop.do(MemberFound, RegisterMember(name="王小明", gender=gender)).member.member_id


def next_day(shop: Shop) -> None:
    shop.now += timedelta(days=1)
    more = True
    while more:
        more, _facts = shop.dispatcher.act(shop.books, TerminalName("server"), jobs.step)


def tags(shop: Shop, member: MemberId) -> tuple[str, ...]:
    return shop.do(MemberFound, GetMember(member_id=member)).member.tags


def rule(shop: Shop, tag: str, wanted: MemberFilter) -> None:
    shop.do(TagRules, SaveTagRule(rule=TagRuleView(tag=tag, filter=wanted)), "boss")


def test_a_rule_gives_its_tag_each_day_and_takes_it_off_again(shop: Shop) -> None:
    members = [register(shop, gender) for gender in ("female", "male") * 4]
    shop.ask_ok(TagMember(member_id=members[1], add=("女士",)), "boss")
    rule(shop, "女士", MemberFilter(gender="female"))
    rule(shop, "先生", MemberFilter(gender="male"))
    next_day(shop)
    assert [tags(shop, each) for each in members[2:]] == [("女士",), ("先生",)] * 3
    assert tags(shop, members[1]) == ("先生", "女士")  # that one was given by hand
    shop.ask_ok(ChangeMember(member_id=members[0], gender="male"), "boss")
    shop.ask_ok(ChangeMember(member_id=members[1], gender="other"), "boss")
    next_day(shop)
    assert tags(shop, members[0]) == ("先生",)
    assert tags(shop, members[1]) == ("女士",)


def test_a_change_by_hand_leaves_a_tag_by_rule_a_tag_by_rule(shop: Shop) -> None:
    member = register(shop, "female")
    rule(shop, "女士", MemberFilter(gender="female"))
    next_day(shop)
    shop.ask_ok(TagMember(member_id=member, add=("常客",)), "boss")
    shop.ask_ok(ChangeMember(member_id=member, gender="other"), "boss")
    next_day(shop)
    assert tags(shop, member) == ("常客",)


def test_a_rule_that_is_ended_takes_its_tag_with_it(shop: Shop) -> None:
    members = [register(shop, "female") for _each in range(7)]
    rule(shop, "女士", MemberFilter(gender="female"))
    next_day(shop)
    assert shop.do(TagRules, DeleteTagRule(tag="女士"), "boss").rules == ()
    next_day(shop)
    assert {tags(shop, each) for each in members} == {()}
    assert shop.db.execute("SELECT count(*) FROM tag_rules").fetchone()[0] == 0
    assert shop.refusal(DeleteTagRule(tag="女士"), "boss").code == "no_such_rule"


def test_merging_hands_over_tags_by_hand_alone(shop: Shop) -> None:
    kept, gone = register(shop, "male"), register(shop, "female")
    shop.ask_ok(TagMember(member_id=gone, add=("常客",)), "boss")
    rule(shop, "女士", MemberFilter(gender="female"))
    next_day(shop)
    shop.ask_ok(MergeMembers(keep_id=kept, merge_id=gone, reason="twice"), "boss")
    assert tags(shop, kept) == ("常客",)


def test_a_rule_cannot_ask_for_its_own_tag(shop: Shop) -> None:
    own = TagRuleView(tag="常客", filter=MemberFilter(tags=("常客",)))
    assert shop.refusal(SaveTagRule(rule=own), "boss").code == "circle"
