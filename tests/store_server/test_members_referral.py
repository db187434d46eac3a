"""Who brings a friend gets points and a share of what the friend spends; goods that come back undo it."""

from collections.abc import Iterator
from typing import Any

import pytest
from shop_counter import Shop, open_shop

from protocol.identifiers import LaneCode, MemberId, SaleId, TerminalName
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.points import (
    AdjustPoints,
    GetPointsStatement,
    PointsRuleKind,
    PointsRules,
    PointsRuleView,
    PointsStatement,
    SavePointsRule,
)
from protocol.messages.profiles import CloseMember, MergeMembers
from protocol.messages.sales import AttachMember, Basket
from store_server.points.refunds import reverse_for_refund
from store_server.points.statement import today
from store_server.store.verification import verify_books


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop that gives 50 points for a friend and one for each 10.00 that the friend spends."""
    shop = open_shop()
    shop.open_shift()
    rule(shop, PointsRuleKind.REFERRAL, points=50)
    rule(shop, PointsRuleKind.REFERRAL_SHARE, points=1, per_minor=1_000)
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def rule(shop: Shop, kind: PointsRuleKind, **values: Any) -> None:
    view = PointsRuleView(kind=kind, name=kind.value, **values)
    shop.do(PointsRules, SavePointsRule(rule=view), "boss")


def register(shop: Shop, name: str, referrer: str = "") -> MemberId:
    return shop.do(MemberFound, RegisterMember(name=name, referrer=referrer)).member.member_id


def friends(shop: Shop) -> tuple[MemberId, MemberId]:
    """Register one who brings the other."""
    host = register(shop, "李明")
    return host, register(shop, "王芳", "10000001")


def points(shop: Shop, member: MemberId) -> int:
    return shop.do(PointsStatement, GetPointsStatement(member_id=member)).balance


def buy_basket(shop: Shop, member: MemberId, sale: str = "s-1") -> None:
    """Buy for 99.00."""
    shop.do(Basket, AttachMember(sale_id=SaleId(sale), lane=LaneCode("1"), member_id=member))
    shop.sell(sale, "BASKET")


def bring_back(shop: Shop, value: int, sale: str = "s-1") -> None:
    """Bring goods back for so much in all, however often it is noted."""
    for _asked in range(2):
        shop.dispatcher.act(
            shop.books,
            TerminalName("lane-1"),
            lambda work: reverse_for_refund(work, sale, value, today(work)),
        )


def test_a_friend_brings_points_at_once_and_a_share_of_what_they_spend(shop: Shop) -> None:
    host, guest = friends(shop)
    assert points(shop, host) == 50
    buy_basket(shop, guest)
    assert (points(shop, host), points(shop, guest)) == (59, 99)


def test_the_share_goes_back_with_the_goods_part_by_part(shop: Shop) -> None:
    host, guest = friends(shop)
    buy_basket(shop, guest)
    left = []
    for value in (1_000, 3_300, 6_600, 9_899, 9_900):
        bring_back(shop, value)
        left.append(points(shop, host))
    assert left == [59, 56, 53, 51, 50], (
        "9 points by the fraction that came back, rounded down, then the rest"
    )
    assert points(shop, guest) == 0


def test_a_share_that_was_spent_meanwhile_is_won_back(shop: Shop) -> None:
    host, guest = friends(shop)
    buy_basket(shop, guest)
    shop.ask_ok(AdjustPoints(member_id=host, points=-59, reason="gift handed over"), "boss")
    bring_back(shop, 9_900)
    assert points(shop, host) == -9
    buy_basket(shop, guest, "s-2")
    assert points(shop, host) == 0


def test_the_share_is_taken_from_who_has_the_books_of_the_one_who_brought_the_friend(shop: Shop) -> None:
    host, guest = friends(shop)
    buy_basket(shop, guest)
    kept = register(shop, "李明明")
    shop.ask_ok(MergeMembers(keep_id=kept, merge_id=host, reason="one person"), "boss")
    assert points(shop, kept) == 59
    bring_back(shop, 9_900)
    assert points(shop, kept) == 50


def test_a_late_refund_finds_nothing_at_a_membership_that_ended(shop: Shop) -> None:
    host, guest = friends(shop)
    buy_basket(shop, guest)
    shop.ask_ok(CloseMember(member_id=host, reason="moved"), "boss")
    bring_back(shop, 9_900)
    assert (points(shop, host), points(shop, guest)) == (0, 0)


def test_without_rules_nobody_gets_anything_for_a_friend() -> None:
    shop = open_shop()
    shop.open_shift()
    host, guest = friends(shop)
    buy_basket(shop, guest)
    bring_back(shop, 9_900)
    assert (points(shop, host), points(shop, guest)) == (0, 0)
    shop.db.close()
