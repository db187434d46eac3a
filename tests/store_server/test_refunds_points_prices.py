"""Goods that cost points, or money and points: the points come back with those goods, and with no others."""

from collections.abc import Iterator

import pytest
from coupon_counter import product
from refund_counter import LANE, back, give_back, give_points, look, points, preview, register
from shop_counter import Shop, open_shop

from protocol.identifiers import MemberId, SaleId
from protocol.messages.offers import OfferFound, SaveOffer, SpendPoints
from protocol.messages.sales import AttachMember
from protocol.offer import Benefit, GoodsRange, OfferView, PointsPrice, Threshold, ThresholdStep
from store_server.store.verification import verify_books

S = SaleId("s")


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    yield shop
    assert verify_books(shop.db).findings == ()
    shop.db.close()


def offer(shop: Shop, benefit: Benefit, *codes: str) -> None:
    goods = GoodsRange(products=tuple(product(shop, code) for code in codes))
    view = OfferView(name="For points", goods=goods, benefit=benefit)
    shop.do(OfferFound, SaveOffer(offer=view), "boss")


def buy_for_points(shop: Shop, member: MemberId, **pieces: int) -> None:
    shop.ask_ok(AttachMember(sale_id=S, lane=LANE, member_id=member))
    for code, count in pieces.items():
        shop.scan(S, code, count * 1000)
    shop.ask_ok(SpendPoints(sale_id=S, wanted=True))
    due = due_of(shop)
    if due:
        shop.pay(S, due)
    shop.finish(S)


def due_of(shop: Shop) -> int:
    row = shop.db.execute("SELECT total_minor FROM sales WHERE sale_id = ?", (S,)).fetchone()
    return int(row[0])


def test_goods_for_points_alone_bring_the_points_back_by_the_piece(shop: Shop) -> None:
    offer(shop, PointsPrice(price_minor=0, points=101), "COLA")
    member = register(shop)
    give_points(shop, member, 303)
    buy_for_points(shop, member, COLA=3)
    assert points(shop, member) == 0
    assert look(shop, sale=S).points_to_return == 303
    assert preview(shop, S, back(1, 1)).refund.points_returned == 101
    first = give_back(shop, S, back(1, 1)).refund
    assert (first.points_returned, first.paid_back_minor, points(shop, member)) == (101, 0, 101)
    assert give_back(shop, S, back(1, 2)).refund.points_returned == 202
    assert points(shop, member) == 303


def test_other_goods_of_the_receipt_do_not_bring_the_points_back(shop: Shop) -> None:
    offer(shop, PointsPrice(price_minor=0, points=100), "COLA")
    member = register(shop)
    give_points(shop, member, 100)
    buy_for_points(shop, member, COLA=1, BASKET=1)
    after = points(shop, member)
    basket_back = give_back(shop, S, back(2)).refund
    assert basket_back.paid_back_minor == 9900
    assert basket_back.points_returned == 0
    assert points(shop, member) == after - basket_back.points_taken
    assert give_back(shop, S, back(1)).refund.points_returned == 100
    assert points(shop, member) == 100


def test_money_and_points_come_back_together_with_the_piece(shop: Shop) -> None:
    offer(shop, PointsPrice(price_minor=100, points=50), "COLA")
    member = register(shop)
    give_points(shop, member, 100)
    buy_for_points(shop, member, COLA=2, WATER=1)
    first = give_back(shop, S, back(1, 1)).refund
    assert (first.paid_back_minor, first.points_returned) == (100, 50)
    assert give_back(shop, S, back(2)).refund.points_returned == 0
    assert give_back(shop, S, back(1, 1)).refund.points_returned == 50


def test_points_earned_and_a_visit_without_money_go_when_the_goods_come_back(shop: Shop) -> None:
    offer(shop, PointsPrice(price_minor=0, points=10), "COLA")
    offer(shop, Threshold(steps=(ThresholdStep(pieces=2, points=7),)), "COLA")
    member = register(shop)
    give_points(shop, member, 20)
    buy_for_points(shop, member, COLA=2)
    assert points(shop, member) == 7
    give_back(shop, S, back(1, 1))
    give_back(shop, S, back(1, 1))
    assert points(shop, member) == 20
    visits = shop.db.execute("SELECT count(*) FROM member_visits WHERE member_id = ?", (member,))
    assert visits.fetchone()[0] == 0


def test_equal_goods_on_several_lines_bring_back_the_points_of_their_own_pieces(shop: Shop) -> None:
    offer(shop, PointsPrice(price_minor=33, points=7), "COLA")
    member = register(shop)
    give_points(shop, member, 7)
    shop.scan(S, "COLA")
    shop.scan(S, "WATER")
    buy_for_points(shop, member, COLA=2)
    parts = [give_back(shop, S, back(line, count)).refund.points_returned for line, count in ((1, 1), (3, 2))]
    assert sum(parts) == 7
    assert points(shop, member) == 7 + sum(
        row[0]
        for row in shop.db.execute("SELECT points FROM points_rows WHERE kind IN ('earn', 'refund_earned')")
    )
