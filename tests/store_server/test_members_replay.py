"""Three months of a real shop: its customers imported, what they bought and brought back sold and undone.

At the end every customer's tier, growth, classes and points are what `retail_reckoning` says, which knows the
rules and not the program.
"""

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from retail_reckoning import (
    CATEGORY,
    LASTS_DAYS,
    ONE_DAY,
    SPECIAL,
    TIERS,
    VISIT_GROWTH,
    Customer,
    Held,
    Ladder,
    Sold,
    classes,
)
from shop_counter import open_shop

from protocol.identifiers import CategoryId, ImportId, LaneCode, MemberId, ProductId, SaleId, TerminalName
from protocol.messages.cards import CardMember, FindMember
from protocol.messages.catalogue import CategorySaved, ProductFound, SaveCategory, SaveProduct
from protocol.messages.imports import (
    AddImportRows,
    ApplyImport,
    BeginImport,
    CheckImport,
    GetImport,
    ImportAnswer,
    ImportState,
)
from protocol.messages.members import GrowthRuleView, SaveGrowthRules, SaveTiers, TierView
from protocol.messages.points import (
    GetPointsStatement,
    PointsRuleKind,
    PointsRuleView,
    PointsStatement,
    SavePointsRule,
)
from protocol.messages.profiles import ClassCounts, CountClasses, GetMemberPanel, MemberPanel
from protocol.messages.sales import AttachMember, Basket
from protocol.messages.shifts import CloseDay
from store_server.daily import jobs as daily
from store_server.database.unit_of_work import Work
from store_server.imports import jobs as imports
from store_server.members.refunds import reverse_for_refund as undo_standing
from store_server.points.refunds import reverse_for_refund as undo_points
from store_server.store.verification import verify_books

FOLDER = Path(__file__).parents[1] / "data" / "online-retail"
LONDON = ZoneInfo("Europe/London")
EVE, LAST_MORNING = date(2010, 11, 30), date(2011, 3, 1)
OPENING_POINTS, OPENING_GROWTH = 120, 350
"""What some customers bring along from an older till."""
FLOAT = 20_000
CARTON = 5000
"""More pieces than this are sold by the carton: no line of a till has seventy thousand."""
LINES_BY_THEMSELVES = 12
"""A basket of hundreds of lines takes long to ring up and shows nothing more here."""
LANE = LaneCode("1")
SERVER = TerminalName("server")


def rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a file without its headings."""
    with gzip.open(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


@dataclass
class Invoice:
    """A sale, or goods that come back, as the file has it."""

    number: str
    at: datetime
    customer: str
    pieces: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By (stock code, price in pence)."""

    @property
    def back(self) -> bool:
        """Return whether goods come back."""
        return self.number.startswith("C")


def invoices() -> list[Invoice]:
    """Return all invoices by time; samples without a price, which no till can sell, are left out."""
    found: dict[str, Invoice] = {}
    for number, time, customer, code, quantity, price in rows("lines.csv.gz"):
        if number:
            at = datetime.fromisoformat(time).replace(tzinfo=LONDON)
            invoice = found.setdefault(number, Invoice(number, at, customer))
        pence = Decimal(price) * 100
        assert pence == int(pence)
        assert (int(quantity) < 0) == invoice.back
        if pence:
            invoice.pieces[code, int(pence)] += int(quantity)
    return sorted((each for each in found.values() if each.pieces), key=lambda each: each.at)


def rung_up(lines: list[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """Yield a long invoice as a till rings it up: the first goods line by line, the rest by department.

    Goods with a rate of points of their own are always by themselves, and thousands of pieces by the carton.
    """
    rest: Counter[str] = Counter()
    for at, (code, pieces, price) in enumerate(lines):
        cartons, single = divmod(pieces, CARTON) if pieces >= CARTON else (0, pieces)
        if cartons:
            yield f"{code}-CARTON", cartons, price * CARTON
        if at < LINES_BY_THEMSELVES or code == SPECIAL:
            yield from [(code, single, price)] if single else []
        else:
            rest[f"{CATEGORY}-REST" if code.startswith(CATEGORY) else "REST"] += single * price
    yield from ((code, 1, amount) for code, amount in rest.items() if amount)


class Replay:
    """A shop that sells what the files say, and the reckoning beside it."""

    def __init__(self) -> None:
        self.shop = open_shop()
        self.shop.tick = timedelta(microseconds=1)
        self.customers: dict[str, Customer] = {}
        self.members: dict[str, MemberId] = {}
        self.sold: dict[str, list[tuple[str, Sold]]] = defaultdict(list)
        self.goods: dict[str, ProductId] = {}
        self.refunds = 0
        self.in_drawer = 0
        self.turn_to(datetime(2010, 11, 30, 9, tzinfo=LONDON))
        self._found()

    def turn_to(self, at: datetime) -> None:
        """Turn the clock; it goes on in tiny steps with each request."""
        self.shop.now = at.astimezone(UTC)

    def _found(self) -> None:
        """Set the shop up: currency, tiers, growth, rules of points."""
        shop = self.shop
        for name, value in (
            ("currency", "GBP"),
            ("time_zone", "Europe/London"),
            ("quantity_limit_thousandths", "9999000"),
            ("line_limit", "1000"),
            ("points_expiry", "days"),
            ("points_expiry_days", str(LASTS_DAYS)),
        ):
            shop.setting(name, value)
        tiers = tuple(
            TierView(
                tier=rank,
                name=rule.name,
                growth_needed=rule.needed,
                valid_months=rule.months,
                growth_to_keep=rule.keep,
                grace_days=rule.grace,
                discount_ppm=50_000 * rank,
            )
            for rank, rule in enumerate(TIERS)
        )
        shop.ask_ok(SaveTiers(tiers=tiers), "boss")
        self.category = shop.do(CategorySaved, SaveCategory(name="Twenty-two"), "boss").category.category_id
        growth = (
            GrowthRuleView(basis="spend", growth_thousandths=1000),
            GrowthRuleView(basis="spend", growth_thousandths=500, category_id=self.category),
            GrowthRuleView(basis="visit", growth_thousandths=1000 * VISIT_GROWTH),
        )
        shop.ask_ok(SaveGrowthRules(rules=growth), "boss")
        for rule in self._point_rules():
            shop.ask_ok(SavePointsRule(rule=rule), "boss")

    def _point_rules(self) -> Iterator[PointsRuleView]:
        kind = PointsRuleKind
        yield PointsRuleView(
            kind=kind.PRODUCT, name="Special", product_id=self.product(SPECIAL), points=2, per_minor=100
        )
        yield PointsRuleView(
            kind=kind.CATEGORY, name="Twenty-two", category_id=self.category, points=3, per_minor=200
        )
        for rank, rule in enumerate(TIERS[1:], 1):
            ppm = int(rule.multiplier * 1_000_000)
            yield PointsRuleView(kind=kind.TIER, name=rule.name, tier=rank, multiplier_ppm=ppm)
        yield PointsRuleView(kind=kind.CAMPAIGN, name="Thursdays", weekdays=(4,), multiplier_ppm=2_000_000)
        yield PointsRuleView(
            kind=kind.CAMPAIGN,
            name="Early",
            from_time="09:00",
            until_time="10:00",
            multiplier_ppm=3_000_000,
        )

    def product(self, code: str) -> ProductId:
        """Return the goods of a stock code; the price is typed at the till, for it differs by invoice."""
        if code not in self.goods:
            category: CategoryId | None = self.category if code.startswith(CATEGORY) else None
            request = SaveProduct(
                code=f"G-{code}", name=f"Goods {code}", price_minor=0, open_price=True, category_id=category
            )
            self.goods[code] = self.shop.do(ProductFound, request, "boss").product.product_id
        return self.goods[code]

    def import_members(self, numbers: list[str]) -> None:
        """Import all customers; some bring points and growth along."""
        shop, import_id = self.shop, ImportId(self.shop.make_id())
        headings = ("Member number", "Member name", "Member since", "Points", "Growth value")
        begin = BeginImport(
            import_id=import_id, list_name="members", file_name="customers.csv", headings=headings
        )
        shop.do(ImportAnswer, begin, "boss")
        for first in range(0, len(numbers), 500):
            piece = tuple(self._row(number) for number in numbers[first : first + 500])
            shop.do(ImportAnswer, AddImportRows(import_id=import_id, first_row=2 + first, rows=piece), "boss")
        for request in (CheckImport(import_id=import_id), ApplyImport(import_id=import_id)):
            shop.do(ImportAnswer, request, "boss")
            while shop.dispatcher.act(shop.books, SERVER, imports.step)[0]:
                pass
        view = shop.do(ImportAnswer, GetImport(import_id=import_id), "boss").view
        assert (view.state, view.new, view.errors) == (ImportState.APPLIED, len(numbers), 0)

    def _row(self, number: str) -> tuple[str, ...]:
        ladder = Ladder([Held(0, False, EVE)])
        customer = self.customers[number] = Customer(ladder)
        points = OPENING_POINTS if int(number) % 50 == 0 else 0
        growth = OPENING_GROWTH if int(number) % 70 == 0 else 0
        if points:
            customer.purse.put(points, EVE + timedelta(days=LASTS_DAYS))
        if growth:
            ladder.grow(growth, EVE)
        return (number, f"Customer {number}", EVE.isoformat(), str(points or ""), str(growth or ""))

    def morning(self, day: date) -> None:
        """Let the server and the reckoning come to a business day."""
        while self.shop.dispatcher.act(self.shop.books, SERVER, daily.step)[0]:
            pass
        for customer in self.customers.values():
            customer.purse.end(day)

    def trade(self, day: date, bought: list[Invoice]) -> None:
        """Open, sell and take back, count and close."""
        self.turn_to(datetime(day.year, day.month, day.day, 5, tzinfo=LONDON))
        self.shop.open_shift(LANE, FLOAT)
        self.in_drawer = FLOAT
        self.morning(day)
        for invoice in bought:
            self.shop.now = max(self.shop.now, invoice.at.astimezone(UTC))
            (self.bring_back if invoice.back else self.sell)(invoice, day)
        self.shop.close_shift(self.in_drawer, LANE)
        self.shop.ask_ok(CloseDay(), "boss")

    def sell(self, invoice: Invoice, day: date) -> None:
        """Sell an invoice; every third customer pays a part with points."""
        shop, sale, customer = self.shop, SaleId(invoice.number), self.customers[invoice.customer]
        member = shop.do(CardMember, FindMember(number=invoice.customer)).member.member_id
        shop.do(Basket, AttachMember(sale_id=sale, lane=LANE, member_id=member))
        lines = [(code, pieces, price) for (code, price), pieces in invoice.pieces.items()]
        for code, pieces, price in rung_up(lines):
            self.product(code)
            basket = shop.scan(sale, f"G-{code}", pieces * 1000, LANE, price_minor=price)
        total = sum(pieces * price for _code, pieces, price in lines)
        by_points = min(customer.purse.balance // 100, total // 200) * 100
        if int(invoice.customer) % 3 or by_points < 100:
            by_points = 0
        else:
            basket = shop.pay(sale, by_points, "points")
        assert basket.due_minor == total - by_points
        shop.pay(sale, basket.due_minor)
        done = shop.finish(sale, LANE)
        reckoned = customer.buy(day, invoice.at, lines, by_points)
        assert (done.points_earned, done.points_spent) == (reckoned.earned, by_points), invoice.number
        self.in_drawer += total - by_points
        self.sold[invoice.customer].append((sale, reckoned))

    def bring_back(self, invoice: Invoice, day: date) -> None:
        """Goods come back to the customer's latest sale that has them; others were sold before all this."""
        for (code, _price), pieces in invoice.pieces.items():
            missing = -pieces
            for sale_id, sale in reversed(self.sold[invoice.customer]):
                some = 0
                for stack in sale.left.get(code, []):
                    taken = min(missing - some, stack[0])
                    stack[0] -= taken
                    some += taken
                    sale.returned += taken * stack[1]
                if some:
                    missing -= some
                    self.undo(sale_id, sale.returned, day)
                    self.customers[invoice.customer].bring_back(sale, day)

    def undo(self, sale_id: str, value: int, day: date) -> None:
        """Let the rooms undo what the sale gave, in one transaction, and ask once more."""

        def both(work: Work) -> None:
            for _asked in range(2):
                undo_points(work, sale_id, value, day)
                undo_standing(work, sale_id, value, day)

        self.shop.dispatcher.act(self.shop.books, TerminalName("lane-1"), both)
        self.refunds += 1

    def whole_history(self) -> None:
        """Import everybody, then trade day by day."""
        self.import_members([row[0] for row in rows("customers.csv.gz")])
        by_day = {day: list(each) for day, each in groupby(invoices(), key=lambda each: each.at.date())}
        for code in sorted({code for each in by_day.values() for one in each for code, _price in one.pieces}):
            self.product(code)
        day = EVE
        while day < LAST_MORNING:
            day += ONE_DAY
            for customer in self.customers.values():
                customer.ladder.look(day)
            if day in by_day:
                self.trade(day, by_day[day])
        self.turn_to(datetime(2011, 3, 1, 5, tzinfo=LONDON))
        self.morning(LAST_MORNING)

    def in_the_shop(self, number: str) -> tuple[object, ...]:
        """Return what the shop says of a customer."""
        found = self.shop.do(CardMember, FindMember(number=number)).member
        panel = self.shop.do(MemberPanel, GetMemberPanel(member_id=found.member_id))
        last = panel.last_visit
        points = self.shop.do(PointsStatement, GetPointsStatement(member_id=found.member_id, limit=1))
        return (
            (panel.member.tier, panel.member.growth, panel.member.tier_until),
            (
                panel.visits,
                panel.spent_minor,
                last.astimezone(LONDON).date() if last else None,
            ),
            None if panel.rfm is None else (str(panel.rfm), str(panel.abc)),
            (panel.points, {str(lot.expires_on): lot.points for lot in points.lots}),
        )


def reckoned(customer: Customer, of_class: tuple[str, str] | None) -> tuple[object, ...]:
    """Return what the reckoning says of a customer."""
    ladder, purse, end = customer.ladder, customer.purse, customer.ladder.end()
    ends = ladder.grace or end
    last = max((sale.day for sale in customer.kept), default=None)
    return (
        (ladder.held[-1].rank, ladder.growth, ends.isoformat() if ends else ""),
        (len(customer.kept), customer.spent, last),
        of_class,
        (purse.balance, purse.left()),
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_customer_of_a_real_shop_is_where_the_rules_say() -> None:
    replay = Replay()
    replay.whole_history()
    shop, expected = replay.shop, classes(replay.customers, LAST_MORNING)
    assert len(replay.customers) == 3360, "every customer of the file"
    wrong = [
        (number, shown, by_rule)
        for number, customer in replay.customers.items()
        if (shown := replay.in_the_shop(number)) != (by_rule := reckoned(customer, expected.get(number)))
    ]
    assert wrong == []
    counts = shop.do(ClassCounts, CountClasses(), "boss")
    assert {(str(each.rfm), str(each.abc)): each.members for each in counts.counts} == Counter(
        expected.values()
    )
    assert (counts.business_date, counts.without_sale) == ("2011-03-01", 3360 - len(expected))
    assert verify_books(shop.db).findings == ()
    sales = shop.db.execute("SELECT count(*) FROM sales WHERE state = 'finished'").fetchone()[0]
    assert (sales, replay.refunds) == (3384, 1109)
    kinds = {row[0] for row in shop.db.execute("SELECT DISTINCT kind FROM points_rows")}
    assert kinds == {"adjust", "earn", "spend", "expire", "refund_earned", "refund_spent"}
    changes = {row[0] for row in shop.db.execute("SELECT DISTINCT change FROM tier_changes")}
    assert changes == {"upgrade", "keep", "grace", "downgrade", "refund"}
    shop.db.close()
