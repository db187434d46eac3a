"""Whole sales on real books, refunded in any parts in any order: every account is back where it began."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from refund_counter import (
    LANE,
    back,
    change_product,
    give_back,
    give_points,
    look,
    points,
    register,
    tax,
    wanted,
)
from shop_counter import APPLES, CRISPS, WATER, Shop, open_shop

from protocol.identifiers import RefundId, SaleId
from protocol.messages.offers import SaveOffer, SpendPoints
from protocol.messages.refunds import ExchangeSale
from protocol.messages.sales import AttachMember, Basket, BasketView, DiscountLine, DiscountSale
from protocol.offer import GoodsRange, OfferView, PointsPrice
from store_server.store.verification import verify_books

S = SaleId("s")
GOODS = {"COLA": 1000, "WATER": 1000, "CRISPS": 1000, "BASKET": 1000, "12345": 1}
"""Code and the least quantity of it."""


def price_in_points(shop: Shop, data: st.DataObject) -> None:
    """Let water cost money and points, or points alone."""
    benefit = PointsPrice(price_minor=data.draw(st.sampled_from([0, 99]), "price"), points=37)
    offer = OfferView(name="For points", goods=GoodsRange(products=(WATER,)), benefit=benefit)
    shop.ask_ok(SaveOffer(offer=offer), "boss")


def ring_up(shop: Shop, data: st.DataObject) -> BasketView:
    codes = data.draw(st.lists(st.sampled_from(sorted(GOODS)), min_size=1, max_size=4), "goods")
    for code in codes:
        least = GOODS[code]
        pieces = data.draw(st.integers(1, 5) if least == 1000 else st.integers(20, 2500), "quantity")
        basket = shop.scan(S, code, pieces * least)
    off = data.draw(st.sampled_from([0, 33_333, 100_000, 470_000]), "discount")
    if off:
        request = DiscountLine(sale_id=S, line=1, rate_ppm=off, reason="dent")
        shop.ask_ok(request, "boss")
        request_all = DiscountSale(sale_id=S, amount_minor=basket.lines[0].amount_minor // 7, reason="friend")
        shop.ask_ok(request_all, "boss")
    return basket


def pay(shop: Shop, data: st.DataObject) -> None:
    """Pay in any mix; the ids of what needs a reference are `card` and `mobile`."""
    for tender in data.draw(st.permutations(["points", "card", "mobile"]), "tenders"):
        due = shop.scan(S, "COLA").due_minor  # one more, so that something is due
        part = due * data.draw(st.integers(0, 99), "percent") // 100
        if part and tender == "points":
            shop.pay(S, min(part, 3000), "points")
        elif part:
            shop.pay(S, part, tender, "1", id_=tender)
    basket = shop.scan(S, "COLA")
    shop.pay(S, max(basket.cash_due_minor, 1) + data.draw(st.sampled_from([0, 37, 500]), "over"))


def bring_back(shop: Shop, data: st.DataObject, basket: BasketView) -> None:
    left = {line.line: line.quantity_thousandths for line in basket.lines}
    whole = {line.line: not line.by_weight for line in basket.lines}
    times = 0
    while left:
        some = data.draw(st.lists(st.sampled_from(sorted(left)), min_size=1, unique=True), "lines")
        parts = []
        for line in some:
            unit = 1000 if whole[line] else 1
            most = left[line] // unit
            quantity = (most if times > 5 else data.draw(st.integers(1, most), "back")) * unit
            parts.append(back(line, quantity=quantity, waste=data.draw(st.booleans(), "waste")))
            left[line] -= quantity
            if not left[line]:
                del left[line]
        give_back(shop, S, *parts, cards="card,mobile")
        times += 1


@given(
    st.sampled_from(["none", "5", "10", "100"]),
    st.sampled_from(["half_up", "half_even", "down", "up"]),
    st.data(),
)
@settings(max_examples=30, deadline=None)
def test_all_goods_in_any_parts_leave_no_trace_but_the_rows(
    step: str, mode: str, data: st.DataObject
) -> None:
    shop = open_shop()
    try:
        shop.open_shift()
        shop.setting("cash_rounding", step)
        shop.setting("cash_rounding_mode", mode)
        shop.setting("refund_second_person_minor", "100000000")
        tax(shop, "vat13", 130_000, default=True)
        tax(shop, "tax8", 82_500, inclusive=False)
        change_product(shop, CRISPS, tax="tax8")
        change_product(shop, APPLES, tax="tax8")
        member = register(shop)
        give_points(shop, member, 5000)
        price_in_points(shop, data)
        shop.ask_ok(AttachMember(sale_id=S, lane=LANE, member_id=member))
        ring_up(shop, data)
        shop.ask_ok(SpendPoints(sale_id=S, wanted=True))
        pay(shop, data)
        done = shop.finish(S)
        bring_back(shop, data, done.basket)
        accounts = shop.db.execute(
            "SELECT kind, owner, balance FROM ledger_accounts WHERE balance <> 0 AND kind NOT IN ('safe')"
        )
        assert [tuple(row) for row in accounts] == [("drawer", "1", 20_000)]
        assert points(shop, member) == 5000
        stock = shop.db.execute(
            "SELECT sum(quantity_thousandths) FROM stock_moves WHERE kind IN ('sale', 'refund')"
        ).fetchone()[0]
        assert stock == 0
        assert verify_books(shop.db).findings == ()
    finally:
        shop.db.close()


def exchange_some(shop: Shop, data: st.DataObject, old: str, new: str) -> None:
    """Bring some goods of a sale back for others; pay or get the difference."""
    left = [line for line in look(shop, sale=old).lines if line.left_thousandths]
    some = data.draw(st.lists(st.sampled_from(left), min_size=1, unique_by=lambda line: line.line), "back")
    parts = []
    for line in some:
        unit = 1 if line.by_weight else 1000
        quantity = data.draw(st.integers(1, line.left_thousandths // unit), "quantity") * unit
        parts.append(back(line.line, quantity=quantity))
    for code in data.draw(st.lists(st.sampled_from(sorted(GOODS)), min_size=1, max_size=3), "new goods"):
        basket = shop.scan(new, code, 1000)
    references = wanted(old, *parts, cards="card,mobile").references
    request = ExchangeSale(
        refund_id=RefundId(shop.make_id()),
        sale_id=SaleId(new),
        lane=LANE,
        returned_sale_id=SaleId(old),
        lines=tuple(parts),
        references=references,
    )
    answer = shop.ask(request, "boss")
    if isinstance(answer, Basket):
        basket = answer.basket
    if basket.cash_due_minor:
        shop.pay(new, basket.cash_due_minor)
    shop.finish(new)


@given(st.sampled_from(["none", "5", "100"]), st.sampled_from(["half_up", "down", "up"]), st.data())
@settings(max_examples=30, deadline=None)
def test_exchanges_of_exchanges_settle_no_more_and_no_less_than_was_paid(
    step: str, mode: str, data: st.DataObject
) -> None:
    shop = open_shop()
    try:
        shop.open_shift()
        shop.setting("cash_rounding", step)
        shop.setting("cash_rounding_mode", mode)
        shop.setting("refund_second_person_minor", "100000000")
        tax(shop, "vat13", 130_000, default=True)
        tax(shop, "tax8", 82_500, inclusive=False)
        change_product(shop, CRISPS, tax="tax8")
        member = register(shop)
        give_points(shop, member, 5000)
        shop.ask_ok(AttachMember(sale_id=S, lane=LANE, member_id=member))
        ring_up(shop, data)
        pay(shop, data)
        shop.finish(S)
        chain = [S, SaleId("second"), SaleId("third")]
        for old, new in pairwise(chain):
            exchange_some(shop, data, old, new)
            assert shop.balance("tender", "exchange") == 0
        assert verify_books(shop.db).findings == ()
        for sale in chain:
            lines = [line for line in look(shop, sale=sale).lines if line.left_thousandths]
            if lines:
                rest = (back(line.line, quantity=line.left_thousandths) for line in lines)
                give_back(shop, sale, *rest, cards="card,mobile")
        for kind, owner in (
            ("sales", "store"),
            ("tax", "vat13"),
            ("tax", "tax8"),
            ("tender", "card"),
            ("tender", "mobile"),
            ("tender", "points"),
        ):
            assert shop.balance(kind, owner) == 0, (kind, owner)
        # What is left over is what coins made of the differences that were paid out.
        assert abs(shop.balance("rounding", "store")) <= (0 if step == "none" else 2 * int(step))
        assert shop.balance("drawer", "1") == 20_000 - shop.balance("rounding", "store")
        assert verify_books(shop.db).findings == ()
    finally:
        shop.db.close()
