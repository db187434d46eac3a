"""December of a real shop with ten offers live: every changed line's steps add up to its discount."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby

import pytest
from shop_counter import Shop, open_shop
from test_members_replay import LANE, LONDON, Invoice, invoices

from protocol.identifiers import CategoryId, MemberId, ProductId, SaleId
from protocol.messages.catalogue import CategorySaved, ProductFound, SaveCategory, SaveProduct
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.offers import (
    ExplainSale,
    Explanation,
    OfferFound,
    SaleExplained,
    SaveOffer,
    SpendPoints,
)
from protocol.messages.points import AdjustPoints
from protocol.messages.sales import AttachMember, Basket, SaleDone
from protocol.messages.shifts import CloseDay
from protocol.money import Rounding, divide
from protocol.offer import (
    AmountOff,
    Benefit,
    Bundle,
    BundlePart,
    BuyGet,
    CheapestFree,
    FixedPrice,
    GoodsRange,
    NFor,
    NthItem,
    OfferConditions,
    OfferLimits,
    OfferTimes,
    OfferView,
    PercentOff,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from store_server.store.verification import verify_books

MOST = 9999
LEAST_CHANGED = 2000
"""So many lines must be changed, or the offers were chosen badly."""


def in_lines(invoice: Invoice) -> Iterator[tuple[str, int, int]]:
    """Yield goods, pieces and price of each line; no line of a till has seventy thousand pieces."""
    for (code, price), pieces in invoice.pieces.items():
        for begin in range(0, pieces, MOST):
            yield code, min(MOST, pieces - begin), price


class December:
    """A shop that sells what the file says of December 2010, with ten offers."""

    def __init__(self) -> None:
        self.shop = open_shop()
        self.shop.tick = timedelta(microseconds=1)
        self.goods: dict[str, ProductId] = {}
        self.members: dict[str, MemberId] = {}
        self.categories: dict[str, CategoryId] = {}
        self.in_drawer = 0
        self.changed_lines = 0
        self.changed_sales = 0
        self.sales = 0
        self.shop.now = datetime(2010, 11, 30, 9, tzinfo=LONDON).astimezone(UTC)
        for name, value in (
            ("currency", "GBP"),
            ("time_zone", "Europe/London"),
            ("quantity_limit_thousandths", "9999000"),
            ("line_limit", "1000"),
        ):
            self.shop.setting(name, value)

    def category(self, code: str) -> CategoryId:
        """Return the category of a stock code: its first two signs."""
        name = code[:2]
        if name not in self.categories:
            saved = self.shop.do(CategorySaved, SaveCategory(name=name), "boss").category.category_id
            self.categories[name] = saved
        return self.categories[name]

    def product(self, code: str) -> ProductId:
        """Return the goods of a stock code; their price differs by invoice and is typed."""
        if code not in self.goods:
            request = SaveProduct(
                code=f"G-{code}",
                name=f"Goods {code}",
                price_minor=0,
                open_price=True,
                category_id=self.category(code),
            )
            self.goods[code] = self.shop.do(ProductFound, request, "boss").product.product_id
        return self.goods[code]

    def of(self, *beginnings: str) -> GoodsRange:
        """Return the goods whose codes begin so."""
        return GoodsRange(categories=tuple(self.category(each) for each in beginnings))

    def offers(self) -> None:
        """Save one offer of each kind."""
        product = self.product
        bundle = Bundle(
            parts=(
                BundlePart(goods=GoodsRange(products=(product("85123A"),))),
                BundlePart(goods=self.of("22"), off_ppm=150_000),
            )
        )
        steps = (
            ThresholdStep(spend_minor=20_000, amount_minor=500),
            ThresholdStep(spend_minor=50_000, off_ppm=30_000, points=100),
        )
        kinds: list[tuple[str, GoodsRange, Benefit, dict[str, object]]] = [
            ("21 at 10 % off", self.of("21"), PercentOff(rate_ppm=100_000), {}),
            ("5 p off 84", self.of("84"), AmountOff(amount_minor=5), {}),
            ("Lights at 2.00", GoodsRange(products=(product("22086"),)), FixedPrice(price_minor=200), {}),
            ("Any three of 47", self.of("47"), NFor(count=3, price_minor=500), {}),
            ("Buy five of 20, get one", self.of("20"), BuyGet(buy=5, get=1), {"priority": 5}),
            ("Cheapest of four of 85", self.of("85"), CheapestFree(count=4), {}),
            ("Second of 48 at half price", self.of("48"), NthItem(nth=2, pays_ppm=500_000), {}),
            ("Heart and something", GoodsRange(all_goods=True), bundle, {"priority": 9}),
            ("Spend more", GoodsRange(all_goods=True), Threshold(steps=steps), {}),
            ("Points for 72", self.of("72"), PointsPrice(price_minor=10, points=10), {}),
        ]
        limited: dict[str, dict[str, object]] = {
            "21 at 10 % off": {"limits": OfferLimits(per_day=500)},
            "5 p off 84": {"times": OfferTimes(from_time="10:00", until_time="15:00")},
            "Cheapest of four of 85": {"conditions": OfferConditions(members_only=True)},
            "Second of 48 at half price": {"limits": OfferLimits(per_member=3)},
            "Spend more": {"limits": OfferLimits(budget_minor=500_000)},
        }
        for name, goods, benefit, more in kinds:
            fields = {**more, **limited.get(name, {})}
            view = OfferView(name=name, goods=goods, benefit=benefit, **fields)  # type: ignore[arg-type]
            self.shop.do(OfferFound, SaveOffer(offer=view), "boss")

    def member(self, customer: str) -> MemberId:
        """Return a customer as a member who has some points."""
        if customer not in self.members:
            registered = self.shop.do(MemberFound, RegisterMember(name=f"Customer {customer}")).member
            self.members[customer] = registered.member_id
            request = AdjustPoints(member_id=registered.member_id, points=200, reason="opening balance")
            self.shop.ask_ok(request, "boss")
        return self.members[customer]

    def sell(self, invoice: Invoice) -> None:
        """Ring an invoice up and look at its explanation."""
        shop, sale = self.shop, SaleId(invoice.number)
        for code, _price in invoice.pieces:
            self.product(code)
        shop.do(Basket, AttachMember(sale_id=sale, lane=LANE, member_id=self.member(invoice.customer)))
        shop.do(Basket, SpendPoints(sale_id=sale, wanted=int(invoice.customer) % 2 == 0))
        for code, pieces, price in in_lines(invoice):
            basket = shop.scan(sale, f"G-{code}", pieces * 1000, LANE, price_minor=price)
        if basket.due_minor:
            shop.pay(sale, basket.due_minor)
        done = shop.finish(sale, LANE)
        self.in_drawer += basket.total_minor
        self.sales += 1
        gross = sum(pieces * price for (_code, price), pieces in invoice.pieces.items())
        self.look(shop, done, gross)

    def look(self, shop: Shop, done: SaleDone, gross: int) -> None:
        """The explanation must lead from the list's price to what was paid, line by line, to the penny."""
        query = ExplainSale(sale_id=done.basket.sale_id)
        told: Explanation = shop.do(SaleExplained, query).explanation
        assert told.gross_minor == gross
        assert told.total_minor == done.basket.total_minor == sum(line.amount_minor for line in told.lines)
        running = {line.line: line.normal_minor for line in told.lines}
        for step in told.steps:
            assert step.before_minor - step.after_minor == sum(
                each.before_minor - each.after_minor for each in step.lines
            )
            for each in step.lines:
                assert running[each.line] == each.before_minor >= each.after_minor >= 0
                running[each.line] = each.after_minor
        changed = 0
        for line, shown in zip(told.lines, done.basket.lines, strict=True):
            value = divide(shown.quantity_thousandths * shown.normal_price_minor, 1000, Rounding.HALF_UP)
            assert line.normal_minor == value
            assert running[line.line] == line.amount_minor == shown.amount_minor
            assert sum(each.amount_minor for each in shown.offers) == shown.discount_minor
            assert value - shown.amount_minor == shown.discount_minor
            changed += shown.discount_minor > 0
        self.changed_lines += changed
        self.changed_sales += bool(changed)

    def whole_month(self) -> None:
        """Trade day by day."""
        self.offers()
        december = [
            each for each in invoices() if not each.back and (each.at.year, each.at.month) == (2010, 12)
        ]
        for day, bought in groupby(december, key=lambda each: each.at.date()):
            self.shop.now = datetime(day.year, day.month, day.day, 5, tzinfo=LONDON).astimezone(UTC)
            self.shop.open_shift(LANE, 20_000)
            self.in_drawer = 20_000
            for invoice in bought:
                self.shop.now = max(self.shop.now, invoice.at.astimezone(UTC))
                self.sell(invoice)
            self.shop.close_shift(self.in_drawer, LANE)
            self.shop.ask_ok(CloseDay(), "boss")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_in_december_every_changed_line_is_explained_to_the_penny() -> None:
    month = December()
    month.whole_month()
    db = month.shop.db
    assert month.changed_lines >= LEAST_CHANGED, (month.sales, month.changed_sales, month.changed_lines)
    assert verify_books(db).findings == ()
    worked = dict(db.execute("SELECT offer_id, used FROM offers").fetchall())
    assert all(worked.values()), "an offer that never worked shows nothing"
    steps = db.execute(
        "SELECT sum(before_minor - after_minor) FROM sale_step_lines JOIN sale_steps USING (sale_id, step) "
        "WHERE offer_id IS NOT NULL"
    ).fetchone()[0]
    assert steps == db.execute("SELECT sum(given_minor) FROM offers").fetchone()[0]
    assert steps == db.execute("SELECT sum(gross_minor - total_minor) FROM sales").fetchone()[0]
    db.close()
