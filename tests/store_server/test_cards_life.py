"""Cards are tokens: issued, lost, replaced, frozen, returned and issued again; the member stays the same."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_counter import Shop, open_shop

from protocol.identifiers import CardId, MemberId
from protocol.messages.cards import (
    CardKind,
    CardMember,
    Cards,
    CardState,
    CardWasFound,
    FindMember,
    FreezeCard,
    IssueCard,
    ListCards,
    ReplaceCard,
    ReportCardLost,
    ReturnCard,
    UnfreezeCard,
)
from protocol.messages.members import FindMembers, MemberFound, MemberHits, RegisterMember
from store_server.cards import tables
from store_server.cards.rules import card_number, looks_like_bank_card, passes_luhn, without_bank_cards

UID = "04A1B2C3D4E580"


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    shop.db.close()


def register(shop: Shop, name: str = "王小明", phone: str = "") -> MemberId:
    return shop.do(MemberFound, RegisterMember(name=name, phone=phone)).member.member_id


def issue(shop: Shop, member: MemberId, number: str = UID, kind: CardKind = CardKind.CONTACTLESS) -> CardId:
    request = IssueCard(member_id=member, card_kind=kind, number=number)
    return shop.do(Cards, request).cards[0].card_id


def owner(shop: Shop, number: str) -> str:
    return shop.do(CardMember, FindMember(number=number)).member.name


def test_a_card_names_its_member_and_so_does_a_second_one(shop: Shop) -> None:
    member = register(shop)
    issue(shop, member)
    issue(shop, member, "VIP-0001", CardKind.BARCODE)
    assert owner(shop, UID) == owner(shop, UID.lower()) == owner(shop, "VIP0001") == "王小明"


def test_a_printed_member_code_and_a_whole_phone_name_the_member_too(shop: Shop) -> None:
    register(shop, phone="13812345678")
    assert owner(shop, "10000001") == owner(shop, "138-1234-5678") == "王小明"
    assert shop.do(CardMember, FindMember(number="10000001")).card is None
    assert shop.refusal(FindMember(number="5678")).code == "unknown_card"


def test_the_track_of_a_magnetic_stripe_is_read(shop: Shop) -> None:
    issue(shop, register(shop), "60001234", CardKind.MAGSTRIPE)
    assert owner(shop, ";60001234=2512?") == owner(shop, "%B60001234^WANG^2512?") == "王小明"


def test_a_card_is_found_by_its_tail_in_the_search(shop: Shop) -> None:
    card = issue(shop, register(shop))
    hits = shop.do(MemberHits, FindMembers(text="E580")).hits
    assert [hit.name for hit in hits] == ["王小明"]
    shop.ask_ok(ReportCardLost(card_id=card))
    assert shop.do(MemberHits, FindMembers(text="E580")).hits == ()


def test_a_lost_card_is_refused_with_words_and_a_new_one_takes_its_place(shop: Shop) -> None:
    member = register(shop)
    card = issue(shop, member)
    shop.ask_ok(ReportCardLost(card_id=card, reason="left in a taxi"))
    refused = shop.refusal(FindMember(number=UID))
    assert refused.code == "card_lost"
    assert "lost" in refused.explanation
    request = ReplaceCard(
        card_id=card, card_kind=CardKind.EM, number="0012345678", identity_check="ID card seen"
    )
    assert shop.refusal(request).code == "approval_needed"
    cards = shop.do(Cards, request, "boss")
    assert [(each.number, each.state) for each in cards.cards] == [
        ("0012345678", CardState.ACTIVE),
        (UID, CardState.REPLACED),
    ]
    assert cards.cards[0].replaces == card
    assert [each.action for each in cards.history] == ["issued", "replaced", "lost", "issued"]
    assert shop.refusal(FindMember(number=UID)).code == "card_replaced"


def test_a_returned_card_can_be_issued_to_somebody_else_and_the_history_stays(shop: Shop) -> None:
    first, second = register(shop), register(shop, "李四")
    card = issue(shop, first)
    shop.ask_ok(ReturnCard(card_id=card), "boss")
    assert shop.refusal(FindMember(number=UID)).code == "card_returned"
    issue(shop, second)
    assert owner(shop, UID) == "李四"
    assert [each.state for each in shop.do(Cards, ListCards(member_id=first)).cards] == [CardState.RETURNED]


def test_two_cards_with_one_uid_are_noticed(shop: Shop) -> None:
    issue(shop, register(shop))
    other = register(shop, "李四")
    refused = shop.refusal(IssueCard(member_id=other, card_kind=CardKind.EM, number=UID.lower()))
    assert refused.code == "card_used"
    assert "王小明" in refused.explanation
    assert "two cards bear one number: take another one" in refused.explanation
    assert owner(shop, UID) == "王小明", "the first one goes on naming its member"
    assert shop.do(Cards, ListCards(member_id=other)).cards == ()


def test_a_card_that_a_member_has_is_not_bound_twice(shop: Shop) -> None:
    member = register(shop)
    issue(shop, member)
    again = IssueCard(member_id=member, card_kind=CardKind.CONTACTLESS, number=f"{UID[:4]}:{UID[4:]}")
    assert shop.refusal(again).explanation == f"The card {UID} is a card of this member already."


def test_two_cards_with_one_uid_are_noticed_in_the_database_too(shop: Shop) -> None:
    """However they got there: no reader's text can name two members."""
    first, second = register(shop), register(shop, "李四")
    card, _other = issue(shop, first), issue(shop, second, "04FFFFFF")
    with pytest.raises(sqlite3.IntegrityError):
        shop.db.execute("UPDATE cards SET number = ? WHERE card_id <> ?", (UID, card))
    assert owner(shop, UID) == "王小明"


def test_a_new_card_cannot_bear_the_number_or_phone_of_another_member(shop: Shop) -> None:
    first, second = register(shop, phone="13812345678"), register(shop, "李四")
    for number in ("13812345678", "138 1234 5678", "10000001"):
        refused = shop.refusal(IssueCard(member_id=second, card_kind=CardKind.BARCODE, number=number))
        assert refused.code == "card_used", number
    issue(shop, first, "13812345678", CardKind.BARCODE)
    assert owner(shop, "13812345678") == "王小明", "one's own phone may be one's card"


def test_a_text_that_fits_two_members_names_neither(shop: Shop) -> None:
    issue(shop, register(shop), "13812345678", CardKind.BARCODE)
    register(shop, "李四", phone="13812345678")
    refused = shop.refusal(FindMember(number="13812345678"))
    assert refused.code == "ambiguous"
    assert "王小明" in refused.explanation
    assert "李四" in refused.explanation


def test_a_member_number_is_never_one_that_a_card_bears(shop: Shop) -> None:
    issue(shop, register(shop), "10000002", CardKind.BARCODE)
    newcomer = shop.do(MemberFound, RegisterMember(name="李四")).member
    assert newcomer.number == "10000003"
    assert owner(shop, "10000002") == "王小明"


def test_a_frozen_card_names_nobody_until_it_is_unfrozen(shop: Shop) -> None:
    card = issue(shop, register(shop))
    shop.ask_ok(FreezeCard(card_id=card, reason="asked by phone"), "boss")
    assert shop.refusal(FindMember(number=UID)).code == "card_frozen"
    assert shop.refusal(FreezeCard(card_id=card, reason="x"), "boss").code == "card_frozen"
    shop.ask_ok(UnfreezeCard(card_id=card, reason="came by"), "boss")
    assert owner(shop, UID) == "王小明"


def test_a_card_that_was_found_works_again_unless_another_has_its_number(shop: Shop) -> None:
    card = issue(shop, register(shop))
    shop.ask_ok(ReportCardLost(card_id=card))
    shop.ask_ok(CardWasFound(card_id=card, identity_check="known"), "boss")
    assert owner(shop, UID) == "王小明"
    shop.ask_ok(ReportCardLost(card_id=card))
    issue(shop, register(shop, "李四"))
    refused = shop.refusal(CardWasFound(card_id=card, identity_check="known"), "boss")
    assert refused.code == "card_used"
    assert owner(shop, UID) == "李四"


def test_a_bank_card_is_never_kept_nor_repeated(shop: Shop) -> None:
    member = register(shop)
    for number in ("6222021234567890128", "4111 1111 1111 1111", ";5500005555555559=2512?"):
        for request in (
            IssueCard(member_id=member, card_kind=CardKind.MAGSTRIPE, number=number),
            FindMember(number=number),
        ):
            refused = shop.refusal(request)
            assert refused.code == "bank_card", number
            assert "1111" not in refused.explanation
    kept = "".join(row[0] for row in shop.db.execute("SELECT body FROM journal"))
    assert "4111" not in kept


def test_a_phone_at_the_reader_is_no_card(shop: Shop) -> None:
    member = register(shop)
    request = IssueCard(member_id=member, card_kind=CardKind.CONTACTLESS, number="08AABBCC", random_uid=True)
    assert shop.refusal(request).code == "random_card"
    assert shop.refusal(FindMember(number="08AABBCC", random_uid=True)).code == "random_card"
    unsaid = IssueCard(member_id=member, card_kind=CardKind.CONTACTLESS, number="08AABBCC")
    assert shop.refusal(unsaid).code == "random_card", "four bytes that begin with 08 are made up each time"
    assert shop.refusal(FindMember(number="08AABBCC")).code == "random_card"
    card = issue(shop, member)
    replacing = ReplaceCard(
        card_id=card, card_kind=CardKind.CONTACTLESS, number="08AABBCC", identity_check="ID card seen"
    )
    assert shop.refusal(replacing, "boss").code == "random_card"
    assert owner(shop, UID) == "王小明", "the old card works as before"
    issue(shop, member, "08123456", CardKind.BARCODE)
    assert owner(shop, "08123456") == "王小明", "what is printed does not change"


def test_the_card_is_found_through_its_index(shop: Shop) -> None:
    rows = shop.db.execute(f"EXPLAIN QUERY PLAN {tables.LATEST}", ("",))
    assert "SEARCH cards USING INDEX cards_by_number (number=?)" in [row["detail"] for row in rows]


def test_asking_twice_issues_once(shop: Shop) -> None:
    request = IssueCard(member_id=register(shop), card_kind=CardKind.QR, number="ABCD1234")
    first = shop.do(Cards, request, command="the-same")
    assert shop.do(Cards, request, command="the-same") == first


@given(st.from_regex("62[0-9]{13,16}", fullmatch=True))
def test_every_unionpay_number_with_a_right_check_digit_looks_like_a_bank_card(number: str) -> None:
    whole = next(number + digit for digit in "0123456789" if passes_luhn(number + digit))
    assert looks_like_bank_card(whole)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("4111 1111 1111 1111", "••••1111"),
        ("pays with 4111-1111-1111-1111, always", "pays with ••••1111, always"),
        ("13812345678", "13812345678"),
        ("138 1234 5678 139 1234 5678", "138 1234 5678 139 1234 5678"),
        ("6901234567892", "6901234567892"),
        ("4111111111111112", "4111111111111112"),
    ],
)
def test_only_the_last_digits_are_left_of_a_bank_card_in_a_text(text: str, left: str) -> None:
    assert without_bank_cards(text) == left


@given(st.integers(0, 10**10 - 1))
def test_no_chinese_goods_barcode_or_em_number_looks_like_one(number: int) -> None:
    assert not looks_like_bank_card(f"690{number:010d}")
    assert not looks_like_bank_card(f"{number:010d}")


@given(st.text(max_size=40))
def test_a_number_that_is_plain_stays_plain(read: str) -> None:
    plain = card_number(read)
    assert card_number(plain) == plain or not plain.isalnum()
