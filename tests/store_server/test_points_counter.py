"""Points at the counter and in the back room: statement, by hand, check-in, gifts, cash, rules, settings."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from shop_counter import BASKET, COLA, Shop, open_shop

from protocol.identifiers import CategoryId, GiftId, LaneCode, MemberId, ProductId
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.points import (
    AdjustPoints,
    CashOutPoints,
    CheckInMember,
    GetPointsStatement,
    Gifts,
    GiftView,
    ListGifts,
    ListPointsRules,
    PointsPaidOut,
    PointsRuleKind,
    PointsRules,
    PointsRuleView,
    PointsStatement,
    RedeemGift,
    SaveGift,
    SavePointsRule,
)
from protocol.messages.store import BooksVerified
from protocol.permissions import Permission
from store_server.points.statement import ROWS
from store_server.stock import tables as stock
from store_server.store.verification import verify_books


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    verified: BooksVerified = verify_books(shop.db)
    assert verified.findings == ()
    shop.db.close()


def register(shop: Shop, name: str = "王芳", **more: Any) -> MemberId:
    return shop.do(MemberFound, RegisterMember(name=name, **more)).member.member_id


def statement(shop: Shop, member: MemberId, **more: Any) -> PointsStatement:
    return shop.do(PointsStatement, GetPointsStatement(member_id=member, **more))


def give(shop: Shop, member: MemberId, points: int, **more: Any) -> PointsStatement:
    request = AdjustPoints(member_id=member, points=points, reason="opening balance", **more)
    return shop.do(PointsStatement, request, "boss")


def rule(shop: Shop, kind: PointsRuleKind, **values: Any) -> PointsRules:
    view = PointsRuleView(kind=kind, name=kind.value, **values)
    return shop.do(PointsRules, SavePointsRule(rule=view), "boss")


def test_a_new_member_has_no_points(shop: Shop) -> None:
    empty = statement(shop, register(shop))
    assert (empty.balance, empty.worth_minor, empty.lots, empty.rows) == (0, 0, (), ())
    assert shop.refusal(GetPointsStatement(member_id=MemberId(99))).code == "no_such_member"


def test_points_by_hand_need_permission_and_a_reason(shop: Shop) -> None:
    member = register(shop)
    request = AdjustPoints(member_id=member, points=100, reason="sorry")
    refused = shop.refusal(request)
    assert (refused.code, refused.permission) == ("approval_needed", Permission.ADJUST_POINTS)
    approved = shop.ask(request, approval=shop.approve(Permission.ADJUST_POINTS))
    assert isinstance(approved, PointsStatement)
    assert (approved.balance, approved.worth_minor) == (100, 100)
    row = approved.rows[0]
    assert (row.kind, row.words, row.points, row.balance) == ("adjust", "Adjusted by hand", 100, 100)
    assert (row.reference, row.operator) == ("sorry", "Li")
    assert shop.refusal(request.model_copy(update={"reason": " "}), "boss").code == "reason_needed"
    assert shop.refusal(request.model_copy(update={"points": 0}), "boss").code == "bad_points"
    assert "points.PointsMoved" in shop.journal()


def test_no_more_can_be_taken_by_hand_than_is_there(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 100)
    refused = shop.refusal(AdjustPoints(member_id=member, points=-101, reason="slip"), "boss")
    assert refused.code == "not_enough_points"
    assert refused.explanation == "101 points are needed and 100 are there."
    assert give(shop, member, -100).balance == 0


def test_points_end_as_the_store_has_set_it_or_on_a_day_of_their_own(shop: Shop) -> None:
    member = register(shop)
    shop.setting("points_expiry", "days")
    shop.setting("points_expiry_days", "10")
    give(shop, member, 10)
    shop.setting("points_expiry", "never")
    give(shop, member, 20)
    shop.setting("points_expiry", "next_year")
    give(shop, member, 30)
    there = give(shop, member, 40, expires_on=date(2026, 12, 1))
    assert [(lot.points, lot.expires_on) for lot in there.lots] == [
        (50, date(2026, 12, 1)),
        (30, date(2027, 12, 31)),
        (20, None),
    ]
    late = AdjustPoints(member_id=member, points=1, reason="late", expires_on=date(2026, 11, 20))
    assert shop.refusal(late, "boss").code == "bad_day"


def test_a_statement_goes_back_row_by_row(shop: Shop) -> None:
    member = register(shop)
    for points in (1, 2, 3, 4, 5):
        give(shop, member, points)
    page = statement(shop, member, limit=2)
    assert ([row.points for row in page.rows], page.more) == ([5, 4], True)
    page = statement(shop, member, limit=3, before_row=page.rows[-1].row_id)
    assert ([row.points for row in page.rows], page.more) == ([3, 2, 1], False)
    plan = [row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {ROWS}", (1, 10, 10))]
    assert "points_rows_by_member" in plan[0]
    assert not any("TEMP B-TREE" in line for line in plan)


def test_the_words_of_a_statement_are_in_the_language_of_who_asks(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 5)
    answer = shop.do(PointsStatement, GetPointsStatement(member_id=member), language="zh_CN")
    assert answer.rows[0].words == "手工调整"


# Welcome, referral, check-in


def test_a_new_member_and_who_brought_them_get_points(shop: Shop) -> None:
    rule(shop, PointsRuleKind.REGISTRATION, points=100)
    rule(shop, PointsRuleKind.REFERRAL, points=200)
    first = register(shop)
    number = shop.db.execute("SELECT number FROM members WHERE member_id = ?", (first,)).fetchone()[0]
    second = register(shop, "李明", referrer=number)
    assert statement(shop, second).balance == 100
    there = statement(shop, first)
    assert [(row.kind, row.points) for row in there.rows] == [("referral", 200), ("registration", 100)]


def test_the_same_registration_asked_twice_gives_points_once(shop: Shop) -> None:
    rule(shop, PointsRuleKind.REGISTRATION, points=100)
    for _time in range(2):
        answer = shop.do(MemberFound, RegisterMember(name="王芳"), command="c-1")
    assert statement(shop, answer.member.member_id).balance == 100


def test_a_member_checks_in_once_a_business_day(shop: Shop) -> None:
    member = register(shop)
    assert shop.refusal(CheckInMember(member_id=member)).code == "no_rule"
    rule(shop, PointsRuleKind.CHECK_IN, points=5)
    assert shop.do(PointsStatement, CheckInMember(member_id=member)).balance == 5
    assert shop.refusal(CheckInMember(member_id=member)).code == "checked_in"
    assert statement(shop, member).balance == 5


# Gifts and cash


def gift(shop: Shop, **values: Any) -> GiftId:
    view = GiftView(**({"name": "Umbrella", "points": 500} | values))
    made = shop.do(Gifts, SaveGift(gift=view), "boss").gifts
    found = next(each.gift_id for each in made if each.name == view.name)
    assert found is not None
    return found


def redeem(member: MemberId, which: GiftId, pieces: int = 1) -> RedeemGift:
    return RedeemGift(lane=LaneCode("1"), member_id=member, gift_id=which, pieces=pieces)


def test_a_gift_takes_points_and_goods(shop: Shop) -> None:
    member, basket = register(shop), gift(shop, product_id=BASKET)
    give(shop, member, 1_200)
    assert shop.refusal(redeem(member, basket)).code == "no_shift"
    shop.open_shift()
    after = shop.do(PointsStatement, redeem(member, basket, 2))
    assert (after.balance, after.rows[0].reference) == (200, "Umbrella × 2")
    assert stock.level(shop.db, BASKET) == -2_000
    assert shop.refusal(redeem(member, basket)).explanation == "500 points are needed and 200 are there."
    assert stock.level(shop.db, BASKET) == -2_000
    assert shop.balance("drawer", "1") == 20_000


def test_a_gift_has_a_limit_for_one_member(shop: Shop) -> None:
    member, umbrella = register(shop), gift(shop, per_member=2)
    give(shop, member, 5_000)
    shop.open_shift()
    shop.ask_ok(redeem(member, umbrella, 2))
    refused = shop.refusal(redeem(member, umbrella))
    assert refused.explanation == "A member gets 2 of Umbrella at most."


def test_a_gift_that_is_not_given_any_more_is_not_given(shop: Shop) -> None:
    member, umbrella = register(shop), gift(shop)
    give(shop, member, 5_000)
    shop.open_shift()
    gift(shop, gift_id=umbrella, active=False)
    assert shop.refusal(redeem(member, umbrella)).code == "no_such_gift"
    assert shop.do(Gifts, ListGifts()).gifts == ()
    assert len(shop.do(Gifts, ListGifts(active_only=False)).gifts) == 1
    wrong = GiftView(name="X", points=1, product_id=ProductId(99))
    assert shop.refusal(SaveGift(gift=wrong), "boss").code == "no_such_product"
    assert shop.refusal(SaveGift(gift=GiftView(name=" ", points=1)), "boss").code == "name_needed"
    lost = GiftView(gift_id=GiftId(99), name="X", points=1)
    assert shop.refusal(SaveGift(gift=lost), "boss").code == "no_such_gift"


def cash_out(member: MemberId, points: int) -> CashOutPoints:
    return CashOutPoints(lane=LaneCode("1"), member_id=member, points=points)


def test_cash_is_paid_for_points_only_where_a_rule_allows_it(shop: Shop) -> None:
    member = register(shop)
    give(shop, member, 5_000)
    shop.open_shift()
    assert shop.refusal(cash_out(member, 1_000)).code == "approval_needed"
    assert shop.refusal(cash_out(member, 1_000), "boss").code == "not_allowed"
    rule(shop, PointsRuleKind.CASH_OUT, points=200, per_minor=100)
    paid = shop.do(PointsPaidOut, cash_out(member, 1_000), "boss")
    assert (paid.amount_minor, paid.open_drawer, paid.statement.balance) == (500, True, 4_000)
    assert shop.balance("drawer", "1") == 19_500
    assert shop.balance("points_paid_out", "store") == 500
    refused = shop.refusal(cash_out(member, 1_001), "boss")
    assert refused.explanation == "1001 points are no whole amount of cash. 1000 points would be."
    assert shop.refusal(cash_out(member, 10_000), "boss").code == "not_enough_points"
    shop.close_shift(19_500)


# Rules


def test_a_new_store_gives_one_point_a_yuan_and_takes_a_hundred_for_one(shop: Shop) -> None:
    rules = shop.do(PointsRules, ListPointsRules()).rules
    assert [(each.kind.value, each.name, each.points, each.per_minor) for each in rules] == [
        ("base", "Points for shopping", 1, 100),
        ("spend", "Paying with points", 100, 100),
    ]


def test_a_rule_is_changed_and_keeps_its_first_name_in_every_language(shop: Shop) -> None:
    base = shop.do(PointsRules, ListPointsRules(), language="zh_CN").rules[0]
    assert base.name == "消费积分"
    more = base.model_copy(update={"points": 2})
    changed = shop.do(PointsRules, SavePointsRule(rule=more), "boss", language="zh_CN").rules[0]
    assert (changed.rule_id, changed.points, changed.name) == (base.rule_id, 2, "消费积分")
    assert shop.do(PointsRules, ListPointsRules()).rules[0].name == "Points for shopping"
    assert "points.PointsRuleChanged" in shop.journal()
    assert shop.refusal(SavePointsRule(rule=more)).code == "approval_needed"


@pytest.mark.parametrize(
    ("kind", "values", "code"),
    [
        (PointsRuleKind.BASE, {"points": 1}, "amount_needed"),
        (PointsRuleKind.PRODUCT, {"points": 1, "per_minor": 100}, "goods_needed"),
        (PointsRuleKind.PRODUCT, {"points": 1, "per_minor": 100, "product_id": 99}, "goods_needed"),
        (PointsRuleKind.CATEGORY, {"points": 1, "per_minor": 100, "category_id": 99}, "goods_needed"),
        (PointsRuleKind.SPEND, {"per_minor": 100}, "points_needed"),
        (PointsRuleKind.CHECK_IN, {}, "points_needed"),
        (PointsRuleKind.CAMPAIGN, {"from_time": "10:00", "until_time": "10:00"}, "bad_hours"),
        (
            PointsRuleKind.CAMPAIGN,
            {"first_day": date(2026, 2, 1), "last_day": date(2026, 1, 1)},
            "bad_days",
        ),
        (PointsRuleKind.CAMPAIGN, {"rule_id": 99}, "no_such_rule"),
        (PointsRuleKind.CAMPAIGN, {"rule_id": 1}, "no_such_rule"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(
    shop: Shop, kind: PointsRuleKind, values: dict[str, Any], code: str
) -> None:
    view = PointsRuleView(kind=kind, name="Rule", **values)
    assert shop.refusal(SavePointsRule(rule=view), "boss").code == code


def test_a_birthday_knows_no_hours(shop: Shop) -> None:
    rule(shop, PointsRuleKind.BIRTHDAY, points=50, from_time="09:00", until_time="21:00")
    kept = shop.do(PointsRules, ListPointsRules()).rules[-2]
    assert (kept.kind, kept.from_time, kept.until_time) == (PointsRuleKind.BIRTHDAY, "00:00", "24:00")


def test_a_rule_keeps_only_what_its_kind_uses(shop: Shop) -> None:
    campaign = PointsRuleView(
        kind=PointsRuleKind.CAMPAIGN,
        name="Double Fridays",
        multiplier_ppm=2_000_000,
        weekdays=(5, 5),
        from_time="18:00",
        until_time="02:00",
        points=7,
        product_id=COLA,
        category_id=CategoryId(7),
    )
    rules = shop.do(PointsRules, SavePointsRule(rule=campaign), "boss").rules
    kept = next(each for each in rules if each.kind is PointsRuleKind.CAMPAIGN)
    assert (kept.points, kept.product_id, kept.category_id) == (0, None, None)
    assert (kept.weekdays, kept.from_time, kept.until_time) == ((5,), "18:00", "02:00")
