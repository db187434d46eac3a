"""Trying the rules of points in the back room: it says what a sale then earns, and earns nothing itself."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from shop_counter import BASKET, COLA, Shop, open_shop

from protocol.identifiers import CategoryId, LaneCode, ProductId, SaleId
from protocol.messages.catalogue import CategorySaved, GetProduct, ProductFound, SaveCategory, SaveProduct
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.points import (
    GetPointsStatement,
    PointsRuleKind,
    PointsRules,
    PointsRuleView,
    PointsStatement,
    PointsTried,
    SavePointsRule,
    TryPointsRules,
)
from protocol.messages.sales import AttachMember, Basket

FRIDAY = date(2026, 11, 27)
SATURDAY = date(2026, 11, 21)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    shop.db.close()


def rule(shop: Shop, kind: PointsRuleKind, name: str, **values: Any) -> PointsRules:
    view = PointsRuleView(kind=kind, name=name, **values)
    return shop.do(PointsRules, SavePointsRule(rule=view), "boss")


def tried(shop: Shop, amount_minor: int, day: date = SATURDAY, **more: Any) -> PointsTried:
    return shop.do(PointsTried, TryPointsRules(amount_minor=amount_minor, business_date=day, **more), "boss")


def names(answer: PointsTried) -> list[str]:
    return [each.name for each in answer.rules]


def test_it_says_how_much_and_by_which_rules(shop: Shop) -> None:
    rule(shop, PointsRuleKind.TIER, "Gold", tier=2, multiplier_ppm=1_500_000)
    rule(shop, PointsRuleKind.CAMPAIGN, "Friday evening", weekdays=(5,), from_time="18:00",
         multiplier_ppm=2_000_000)  # fmt: skip
    noon = tried(shop, 8_899, FRIDAY)
    assert (noon.points, names(noon)) == (88, ["Points for shopping"])
    evening = tried(shop, 8_899, FRIDAY, time="18:00", tier=2)
    assert (evening.base_points, evening.points) == (88, 264)
    assert names(evening) == ["Points for shopping", "Gold", "Friday evening"]


def test_it_says_what_paying_with_points_would_take_and_what_the_referrer_gets(shop: Shop) -> None:
    answer = tried(shop, 1_001)
    assert (answer.needed_points, answer.shared_points) == (1_001, 0)
    rules = rule(shop, PointsRuleKind.REFERRAL_SHARE, "1 of 10", points=1, per_minor=1_000).rules
    spend = next(each for each in rules if each.kind is PointsRuleKind.SPEND)
    shop.do(PointsRules, SavePointsRule(rule=spend.model_copy(update={"active": False})), "boss")
    answer = tried(shop, 9_999)
    assert (answer.needed_points, answer.shared_points) == (None, 9)


def test_goods_with_a_rule_of_their_own_or_of_their_category_are_tried_by_it(shop: Shop) -> None:
    food = shop.do(CategorySaved, SaveCategory(name="Food"), "boss").category.category_id
    fruit = shop.do(CategorySaved, SaveCategory(name="Fruit", parent_id=food), "boss").category.category_id
    put_into(shop, BASKET, fruit)
    rule(shop, PointsRuleKind.CATEGORY, "Food", category_id=food, points=3, per_minor=100)
    rule(shop, PointsRuleKind.PRODUCT, "No points", product_id=COLA, points=0, per_minor=100)
    assert tried(shop, 1_000).points == 10
    assert tried(shop, 1_000, product_id=BASKET).points == 30
    nothing = tried(shop, 1_000, product_id=COLA)
    assert (nothing.points, names(nothing)) == (0, ["No points"])
    request = TryPointsRules(amount_minor=1, business_date=FRIDAY, product_id=ProductId(999))
    assert shop.refusal(request, "boss").code == "no_such_product"


def put_into(shop: Shop, product: ProductId, category: CategoryId) -> None:
    known = shop.do(ProductFound, GetProduct(product_id=product), "boss").product
    shop.do(
        ProductFound,
        SaveProduct(
            product_id=product, version=known.version, code=known.code, name=known.name,
            price_minor=known.price_minor, category_id=category, barcodes=known.barcodes,
        ),
        "boss",
    )  # fmt: skip


def test_a_birthday_counts_on_the_day_or_in_the_month(shop: Shop) -> None:
    rule(shop, PointsRuleKind.CAMPAIGN, "Day", birthday="day", multiplier_ppm=3_000_000)
    rule(shop, PointsRuleKind.CAMPAIGN, "Month", birthday="month", multiplier_ppm=2_000_000)
    for day in (SATURDAY, date(2026, 12, 1), date(2026, 2, 28)):
        points = [tried(shop, 1_000, day, birthday=birthday).points for birthday in ("day", "month", "")]
        assert points == [30, 20, 10]


def test_the_sale_then_earns_what_was_tried_and_trying_earns_nothing(shop: Shop) -> None:
    rule(shop, PointsRuleKind.CAMPAIGN, "Saturdays", weekdays=(6,), multiplier_ppm=2_500_000)
    rule(shop, PointsRuleKind.PRODUCT, "Basket", product_id=BASKET, points=7, per_minor=1_000)
    member = shop.do(MemberFound, RegisterMember(name="王芳")).member.member_id
    answer = tried(shop, 9_900, SATURDAY, time="09:00", product_id=BASKET)

    def statement() -> PointsStatement:
        return shop.do(PointsStatement, GetPointsStatement(member_id=member))

    assert statement().rows == ()
    shop.open_shift()
    shop.do(Basket, AttachMember(sale_id=SaleId("s-1"), lane=LaneCode("1"), member_id=member))
    shop.sell("s-1", "BASKET")
    assert answer.points == 172, "69 points, two and a half times"
    assert statement().balance == answer.points
