"""How a membership ends: closed, merged, erased; the books stay whole."""

from collections.abc import Iterator

import pytest
from shop_counter import Shop, open_shop

from protocol.identifiers import LaneCode, MemberId, SaleId
from protocol.messages.cards import CardKind, FindMember, IssueCard
from protocol.messages.members import (
    FindMembers,
    GetMember,
    GiveTier,
    LookAtProfile,
    MemberFound,
    MemberHits,
    MemberState,
    RegisterMember,
    SaveTiers,
    TierView,
)
from protocol.messages.profiles import (
    CloseMember,
    EraseMember,
    ExportMember,
    GetMemberPanel,
    MemberExport,
    MemberPanel,
    MergeMembers,
    ReopenMember,
)
from protocol.messages.sales import AttachMember, Basket, FinishSale, GetSale
from store_server.members.checks import wrong_members
from store_server.sales.checks import wrong_sales

S = SaleId("sale-1")
LANE = LaneCode("1")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    tiers = (TierView(tier=0, name="Member"), TierView(tier=1, name="Gold", growth_needed=200))
    shop.ask_ok(SaveTiers(tiers=tiers), "boss")
    yield shop
    shop.db.close()


def register(shop: Shop, name: str, phone: str) -> MemberId:
    request = RegisterMember(
        name=name, phone=phone, birthday="1990-05-17", email="a@b.cn", address="长安街一号", note="怕辣"
    )
    return shop.do(MemberFound, request).member.member_id


def sell_to(shop: Shop, member: MemberId, sale: str, *codes: str) -> None:
    shop.do(Basket, AttachMember(sale_id=SaleId(sale), lane=LANE, member_id=member))
    for code in codes:
        basket = shop.scan(sale, code)
    shop.pay(sale, basket.due_minor)
    shop.finish(sale)


def found(shop: Shop, text: str, *, active_only: bool = True) -> list[MemberId]:
    hits = shop.do(MemberHits, FindMembers(text=text, active_only=active_only)).hits
    return [hit.member_id for hit in hits]


def card(shop: Shop, member: MemberId, number: str) -> None:
    shop.ask_ok(IssueCard(member_id=member, card_kind=CardKind.CONTACTLESS, number=number))


def test_the_panel_shows_what_helps_at_the_counter(shop: Shop) -> None:
    member = register(shop, "王小明", "13812345678")
    sell_to(shop, member, "sale-1", "COLA", "COLA", "WATER")
    sell_to(shop, member, "sale-2", "COLA", "BASKET")
    card(shop, member, "04A1B2C3")
    panel = shop.do(MemberPanel, GetMemberPanel(member_id=member))
    assert (panel.visits, panel.spent_minor, panel.average_basket_minor) == (2, 11_150, 5575)
    assert [(each.name, each.times, each.quantity_thousandths) for each in panel.favourites][:1] == [
        ("可乐", 2, 3000)
    ]
    assert (panel.next_tier_name, panel.growth_missing, panel.member.growth) == ("Gold", 89, 111)
    assert (panel.days_since_visit, panel.birthday_in_days, panel.card_count) == (0, 177, 1)
    assert (panel.member.note, panel.member.phone) == ("怕辣", "138****5678")


def test_a_closed_member_is_found_only_when_asked_for_and_the_phone_is_free(shop: Shop) -> None:
    member = register(shop, "王小明", "13812345678")
    card(shop, member, "04A1B2C3")
    shop.ask_ok(CloseMember(member_id=member, reason="moved away"), "boss")
    assert found(shop, "王") == []
    assert found(shop, "王", active_only=False) == [member]
    assert shop.refusal(FindMember(number="04A1B2C3")).code == "card_returned"
    other = register(shop, "李四", "13812345678")
    assert found(shop, "5678") == [other]
    assert shop.refusal(ReopenMember(member_id=member, reason="back"), "boss").code == "phone_used"
    shop.ask_ok(CloseMember(member_id=other, reason="mistake"), "boss")
    opened = shop.do(MemberFound, ReopenMember(member_id=member, reason="back"), "boss").member
    assert opened.state is MemberState.ACTIVE
    assert found(shop, "5678") == [member]


def test_who_left_in_the_meantime_holds_the_sale_up_with_words(shop: Shop) -> None:
    member = register(shop, "王小明", "13812345678")
    shop.do(Basket, AttachMember(sale_id=S, lane=LANE, member_id=member))
    basket = shop.scan(S, "COLA")
    shop.pay(S, basket.due_minor)
    shop.ask_ok(CloseMember(member_id=member, reason="moved away"), "boss")
    refused = shop.refusal(FinishSale(sale_id=S, lane=LANE))
    assert refused.code == "member_closed"
    assert refused.explanation.endswith("Take the member off the sale, then finish it; what was paid stays.")
    attach = AttachMember(sale_id=S, lane=LANE, member_id=member)
    assert shop.refusal(attach).code == "member_closed"
    nobody = AttachMember(sale_id=S, lane=LANE, member_id=MemberId(99))
    assert shop.refusal(nobody).code == "no_such_member"


def test_two_members_become_one_and_both_numbers_find_it(shop: Shop) -> None:
    kept, gone = register(shop, "王小明", "13812345678"), register(shop, "王晓明", "13700001111")
    card(shop, gone, "04A1B2C3")
    sell_to(shop, kept, "sale-1", "BASKET", "COLA")
    sell_to(shop, gone, "sale-2", "BASKET", "COLA")
    shop.ask_ok(GiveTier(member_id=gone, tier=1, reason="gift"), "boss")
    merge = MergeMembers(keep_id=kept, merge_id=gone, reason="registered twice")
    assert shop.refusal(merge).code == "approval_needed"
    member = shop.do(MemberFound, merge, "boss").member
    assert (member.member_id, member.growth, member.tier) == (kept, 204, 1)
    assert found(shop, "10000001") == found(shop, "10000002") == [kept]
    assert shop.do(MemberHits, FindMembers(text="王晓明")).hits == ()
    panel = shop.do(MemberPanel, GetMemberPanel(member_id=gone))
    assert (panel.member.member_id, panel.visits, panel.spent_minor) == (kept, 2, 20_500)
    rows = shop.db.execute("SELECT member_id, sum(growth) FROM growth_rows GROUP BY member_id").fetchall()
    assert {row[0]: row[1] for row in rows} == {kept: 204, gone: 0}
    assert list(wrong_members(shop.db)) == []
    assert shop.refusal(merge, "boss").code == "same_member"
    old = shop.do(MemberFound, GetMember(member_id=gone)).member
    assert (old.state, old.merged_into) == (MemberState.MERGED, kept)


def test_erasing_leaves_no_personal_data_and_whole_books(shop: Shop) -> None:
    kept, gone = register(shop, "王小明", "13812345678"), register(shop, "王晓明", "13700001111")
    card(shop, kept, "04A1B2C3")
    sell_to(shop, kept, "sale-1", "BASKET")
    shop.ask_ok(GiveTier(member_id=kept, tier=1, reason="friend of 王小明"), "boss")
    shop.ask_ok(MergeMembers(keep_id=kept, merge_id=gone, reason="twice"), "boss")
    shop.ask_ok(LookAtProfile(member_id=kept), "boss")
    erased = shop.do(MemberFound, EraseMember(member_id=kept, reason="asked in writing"), "boss").member
    assert (erased.state, erased.name, erased.phone, erased.note) == (MemberState.ERASED, "", "", "")
    names = [
        row[0] for row in shop.db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    kept_text = "".join(
        str(tuple(row)) for name in names for row in shop.db.execute(f'SELECT * FROM "{name}"')
    )
    for secret in (
        "王小明",
        "王晓明",
        "13812345678",
        "wang xiao",
        "wxm",
        "05-17",
        "a@b.cn",
        "长安街",
        "怕辣",
        "04A1B2C3",
    ):
        assert secret not in kept_text, secret
    assert list(wrong_sales(shop.db)) == []
    assert found(shop, "10000001") == []
    assert found(shop, "10000001", active_only=False) == [kept]
    assert shop.refusal(EraseMember(member_id=kept, reason="again"), "boss").code == "member_erased"
    basket = shop.ask_ok(GetSale(sale_id=SaleId("sale-1")))
    assert "10000001" in basket.model_dump_json()


def test_all_that_is_held_on_one_person_is_handed_over(shop: Shop) -> None:
    member = register(shop, "王小明", "13812345678")
    card(shop, member, "04A1B2C3")
    sell_to(shop, member, "sale-1", "BASKET")
    request = ExportMember(member_id=member)
    assert shop.refusal(request).code == "approval_needed"
    facts = shop.do(MemberExport, request, "boss").facts
    assert {fact.area for fact in facts} >= {"profile", "cards", "growth", "sales", "goods"}
    assert "13812345678" in {fact.value for fact in facts}
    written = {(fact.area, fact.what): fact.value for fact in facts}
    assert written["goods", "果篮"] == "1 × (1)"
    assert [value for (area, _what), value in written.items() if area == "sales"] == ["99.00 CNY"]
    answers = "".join(row[0] for row in shop.db.execute("SELECT body FROM answers"))
    assert "13812345678" not in answers
    assert shop.journal()[-1] == "members.ProfileLookedAt"
