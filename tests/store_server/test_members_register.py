"""Members at the counter: registered in a few keys, found by whatever is typed, changed with care."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_counter import Shop, open_shop

from protocol.messages.catalogue import ExtraFields, ExtraFieldView, ExtraValue
from protocol.messages.members import (
    ChangeMember,
    FindMembers,
    GetMember,
    ListTags,
    LookAtProfile,
    MemberFound,
    MemberHits,
    MemberView,
    RegisterMember,
    SaveMemberField,
    TagMember,
    Tags,
)
from store_server.members import search, tables
from store_server.members.rules import days_to_birthday, masked_phone, plain_phone


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    shop.db.close()


def register(shop: Shop, name: str, phone: str = "", **more: Any) -> MemberView:
    return shop.do(MemberFound, RegisterMember(name=name, phone=phone, **more)).member


def found(shop: Shop, text: str, **more: Any) -> list[str]:
    return [hit.name for hit in shop.do(MemberHits, FindMembers(text=text, **more)).hits]


def test_a_member_gets_the_next_number_of_the_stores_block(shop: Shop) -> None:
    shop.setting("member_number_first", "500")
    shop.setting("member_number_last", "00501")
    assert [register(shop, name).number for name in ("王小明", "李四")] == ["500", "501"]
    assert shop.refusal(RegisterMember(name="赵五")).code == "no_numbers"


def test_asking_twice_registers_once(shop: Shop) -> None:
    request = RegisterMember(name="王小明", phone="13812345678")
    first = shop.do(MemberFound, request, command="the-same")
    assert shop.do(MemberFound, request, command="the-same") == first
    assert shop.db.execute("SELECT count(*) FROM members").fetchone()[0] == 1


@pytest.mark.parametrize(
    "text",
    [
        *("13812345678", "138 1234 5678", "+86 138-1234-5678", "5678", "345678", "1381", "10000001", "0001"),
        *("王小明", "王", "小明", "wangxiaoming", "wang", "xiaom", "wxm", "xm", "WXM"),
        *("wang 5678", "小明 5678"),
    ],
)
def test_a_member_is_found_by_whatever_is_typed(shop: Shop, text: str) -> None:
    register(shop, "王小明", "13812345678")
    register(shop, "欧阳娜娜", "15900008888")
    assert found(shop, text)[0] == "王小明"


def test_a_short_tail_or_nonsense_finds_nobody(shop: Shop) -> None:
    register(shop, "王小明", "13812345678")
    assert found(shop, "678") == []
    assert found(shop, "？！") == []
    assert found(shop, "李") == []


def test_all_members_in_the_order_of_their_numbers_page_by_page(shop: Shop) -> None:
    for name in ("甲", "乙", "丙"):
        register(shop, name)
    answer = shop.do(MemberHits, FindMembers(text="", limit=2))
    assert ([hit.name for hit in answer.hits], answer.more) == (["甲", "乙"], True)
    assert found(shop, "", limit=2, offset=2) == ["丙"]


def test_a_new_name_or_phone_is_found_and_the_old_one_is_not(shop: Shop) -> None:
    member = register(shop, "王小明", "13812345678")
    shop.ask_ok(ChangeMember(member_id=member.member_id, name="李雷", phone="13700001111"), "boss")
    assert found(shop, "李雷") == found(shop, "1111") == found(shop, "lilei") == ["李雷"]
    assert found(shop, "王") == found(shop, "5678") == found(shop, "wxm") == []


def test_a_phone_belongs_to_one_active_member_and_a_clash_says_who_has_it(shop: Shop) -> None:
    register(shop, "王小明", "13812345678")
    refused = shop.refusal(RegisterMember(name="李四", phone="+86 138 1234 5678"))
    assert (refused.code, refused.field) == ("phone_used", "phone")
    assert "王小明" in refused.explanation
    assert "10000001" in refused.explanation


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": " "}, "empty"),
        ({"phone": "12"}, "bad_phone"),
        ({"phone": "call me"}, "bad_phone"),
        ({"birthday": "02-30"}, "bad_birthday"),
        ({"birthday": "2030-01-01"}, "bad_birthday"),
        ({"email": "nobody"}, "bad_email"),
        ({"referrer": "99"}, "no_such_referrer"),
        ({"extras": (ExtraValue(field="shoe size", value="42"),)}, "no_such_field"),
    ],
)
def test_what_cannot_be_is_refused_with_words(shop: Shop, more: dict[str, Any], code: str) -> None:
    assert shop.refusal(RegisterMember(**{"name": "王小明", **more})).code == code


def test_phone_and_birth_year_are_hidden_and_a_look_at_them_is_in_the_journal(shop: Shop) -> None:
    member = register(shop, "王小明", "13812345678", birthday="1990-05-17", email="w@example.com")
    assert (member.phone, member.birthday, member.email, member.hidden) == ("138****5678", "05-17", "", True)
    assert shop.do(MemberFound, GetMember(member_id=member.member_id), "boss").member.phone == "138****5678"
    look = LookAtProfile(member_id=member.member_id, reason="delivery")
    assert shop.refusal(look).code == "approval_needed"
    whole = shop.do(MemberFound, look, "boss").member
    assert (whole.phone, whole.birthday, whole.hidden) == ("13812345678", "1990-05-17", False)
    row = shop.db.execute("SELECT * FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    assert (row["name"], row["operator_id"]) == ("members.ProfileLookedAt", 1)


def test_journal_and_remembered_answers_hold_no_personal_data(shop: Shop) -> None:
    member = register(shop, "王小明", "13812345678", email="w@example.com", address="长安街一号")
    shop.ask_ok(ChangeMember(member_id=member.member_id, note="靠窗"), "boss")
    shop.ask_ok(LookAtProfile(member_id=member.member_id), "boss")
    kept = "".join(
        row[0] for table in ("journal", "answers") for row in shop.db.execute(f"SELECT body FROM {table}")
    )
    for secret in ("王小明", "13812345678", "138****5678", "w@example.com", "长安街", "靠窗"):
        assert secret not in kept


def test_a_save_made_from_an_old_version_is_refused(shop: Shop) -> None:
    member = register(shop, "王小明")
    change = ChangeMember(member_id=member.member_id, version=member.version, note="first")
    shop.ask_ok(change, "boss")
    assert shop.refusal(change, "boss").code == "changed_by_others"


def test_a_cashier_registers_and_does_not_change(shop: Shop) -> None:
    member = register(shop, "王小明")
    assert shop.refusal(ChangeMember(member_id=member.member_id, note="x")).code == "approval_needed"


def test_the_shop_defines_fields_of_its_own_and_their_values_fit(shop: Shop) -> None:
    skin = ExtraFieldView(field="肤质", type="choice", choices=("干性", "油性"))
    assert shop.do(ExtraFields, SaveMemberField(extra=skin), "boss").fields == (skin,)
    wrong = RegisterMember(name="王小明", extras=(ExtraValue(field="肤质", value="未知"),))
    assert shop.refusal(wrong).code == "bad_value"
    register(shop, "王小明", extras=(ExtraValue(field="肤质", value="干性"),))
    narrower = skin.model_copy(update={"choices": ("油性",)})
    assert shop.refusal(SaveMemberField(extra=narrower), "boss").code == "values_do_not_fit"


def test_tags_are_given_by_hand_and_counted(shop: Shop) -> None:
    member = register(shop, "王小明", tags=("常客",))
    shop.ask_ok(TagMember(member_id=member.member_id, add=("VIP", "  VIP "), remove=("常客",)), "boss")
    tags = shop.do(Tags, ListTags()).tags
    assert [(each.tag, each.members) for each in tags] == [("VIP", 1)]


def test_the_referrer_is_recorded_by_phone_or_number(shop: Shop) -> None:
    first = register(shop, "王小明", "13812345678")
    assert register(shop, "李四", referrer="13812345678").referrer_id == first.member_id
    assert register(shop, "赵五", referrer=first.number).referrer == f"{first.number} 王小明"


def test_every_search_reads_a_range_of_its_index(shop: Shop) -> None:
    def plan(sql: str, count: int) -> str:
        rows = shop.db.execute(f"EXPLAIN QUERY PLAN {sql}", ("",) * count)
        return " / ".join(row["detail"] for row in rows)

    assert (
        plan(search.BY_KEY, 5)
        == "SEARCH member_keys USING PRIMARY KEY (active=? AND rank=? AND key>? AND key<?)"
    )
    assert plan(search.TEXTS, 5) == (
        "SEARCH k USING PRIMARY KEY (active=? AND rank=? AND key>? AND key<?)"
        " / SEARCH m USING INTEGER PRIMARY KEY (rowid=?)"
    )
    assert plan(search.EXACT, 3) == "SEARCH member_keys USING PRIMARY KEY (active=? AND rank=? AND key=?)"
    assert plan(tables.BY_PHONE, 1) == "SEARCH members USING INDEX members_by_phone (phone=?)"
    assert "SCAN members" not in plan(tables.MERGED, 1)


@given(st.text(alphabet="0123456789 +-()（）", max_size=20))
def test_a_phone_that_is_plain_stays_plain(typed: str) -> None:
    plain = plain_phone(typed)
    assert plain_phone(plain) == plain or plain.startswith(("00", "86"))
    assert not set(plain) & set(" -()（）")


@given(st.text(alphabet="0123456789", min_size=5, max_size=15))
def test_a_masked_phone_keeps_its_length_and_hides_the_middle(phone: str) -> None:
    masked = masked_phone(phone)
    assert len(masked) == len(phone)
    assert masked.count("*") >= 2


@given(st.dates(), st.integers(1, 12), st.integers(1, 28))
def test_a_birthday_comes_within_a_year(today: Any, month: int, day: int) -> None:
    days = days_to_birthday(f"{month:02d}-{day:02d}", today) if today.year < 9999 else 0
    assert days is not None
    assert 0 <= days <= 366
