"""Months of a real shop's sales, played into the books, against points reckoned from the rules alone.

The files have the columns invoice, stock_code, quantity, time, unit_price and customer; invoices that begin
with C bring goods back. Without files of one's own (GUITAI_RETAIL_LINES, paths separated by colons) the test
writes a small excerpt in the same form, with the same dirt in it.
"""

import csv
import gzip
import io
import os
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from points_ledger import PointsBooks

from protocol.identifiers import MemberId
from store_server.daily import jobs
from store_server.points import tables
from store_server.points.checks import wrong_points
from store_server.points.refunds import reverse_for_refund

LASTS_DAYS = 45
"""Points end so many days after they were earned; short, so that three months see many ends."""
ROLLOVER_HOUR = 4
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIELDS = ("invoice", "stock_code", "quantity", "time", "unit_price", "customer")


# The files


def write_excerpt(path: Path) -> None:
    """Write three months of a small shop, with customers who bring goods back and lines that are dirt."""
    dice = random.Random(20101201)
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(FIELDS)
        bought: list[tuple[str, int, str, str]] = []
        at = datetime(2010, 12, 1, 8, 26, tzinfo=SHANGHAI)
        for number in range(536365, 536365 + 700):
            at += timedelta(minutes=dice.randrange(10, 360))
            if not 8 <= at.hour < 20:
                at = at.replace(hour=8, minute=5) + timedelta(days=at.hour >= 20)
            when, customer = at.strftime("%Y-%m-%d %H:%M:%S"), str(17850 + dice.randrange(40))
            for _line in range(dice.randrange(1, 6)):
                code, pieces = f"{dice.randrange(10002, 10060)}", dice.randrange(1, 13)
                price = f"{dice.randrange(1, 1500) / 100:.2f}"
                out.writerow([number, code, pieces, when, price, customer])
                bought.append((code, pieces, price, customer))
            dirt = dice.random()
            if dirt < 0.1:
                out.writerow([number, "POST", 1, when, "18.00", ""])
            elif dirt < 0.15:
                out.writerow([number, "M", 1, when, "-5.00", customer])
            elif dirt < 0.2:
                out.writerow([number, "B", "", when, "amount", customer])
            if number % 4 == 0:
                code, pieces, price, customer = dice.choice(bought[-120:])
                back = -dice.randrange(1, pieces + 1)
                out.writerow([f"C{number}", code, back, when, price, customer])


@dataclass
class Invoice:
    """A sale, or goods that come back, as the file has it."""

    number: str
    at: datetime
    customer: str
    lines: list[tuple[str, int, int]] = field(default_factory=list)
    """(stock code, pieces, price in minor units)."""


def invoices(paths: list[Path]) -> list[Invoice]:
    """Return the invoices of known customers in the order of time; dirt is left out."""
    found: dict[str, Invoice] = {}
    for path in paths:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        with io.StringIO(content.decode("utf-8")) as file:
            for row in csv.DictReader(file):
                try:
                    pieces, price = int(row["quantity"]), int(Decimal(row["unit_price"]) * 100)
                except (ValueError, InvalidOperation):
                    continue
                if not row["customer"] or price <= 0 or (pieces < 0) != row["invoice"].startswith("C"):
                    continue
                at = datetime.fromisoformat(row["time"]).replace(tzinfo=SHANGHAI)
                invoice = found.setdefault(row["invoice"], Invoice(row["invoice"], at, row["customer"]))
                invoice.lines.append((row["stock_code"], pieces, price))
    return sorted(found.values(), key=lambda each: (each.at, each.number))


# Points reckoned from the rules of the shop, without a line of the store's code


@dataclass
class PlainSale:
    total: int
    earned: int
    paid: int
    own_lot: list[object] | None
    taken: list[tuple[list[object], int]]
    left: dict[str, list[list[int]]]
    """Per stock code what can still come back: [pieces, price]."""
    returned: int = 0
    undone: int = 0
    back: int = 0


@dataclass
class PlainAccount:
    """A member's points as a list of [last day, points], and what is below zero."""

    lots: list[list[object]] = field(default_factory=list)
    debt: int = 0

    @property
    def balance(self) -> int:
        return sum(int(str(lot[1])) for lot in self.lots) - self.debt

    def put(self, points: int, last_day: date) -> list[object] | None:
        paid = min(points, self.debt)
        self.debt -= paid
        if points == paid:
            return None
        lot: list[object] = [last_day, points - paid]
        self.lots.append(lot)
        return lot

    def take(self, points: int, first: list[object] | None = None) -> list[tuple[list[object], int]]:
        """Take from one lot first, then from what ends soonest; what is missing is below zero."""
        taken = []
        by_day = sorted(range(len(self.lots)), key=lambda at: (str(self.lots[at][0]), at))
        for lot in sorted((self.lots[at] for at in by_day), key=lambda each: each is not first):
            there = min(int(str(lot[1])), points)
            if there:
                lot[1] = int(str(lot[1])) - there
                points -= there
                taken.append((lot, there))
        self.debt += points
        return taken

    def end(self, today: date) -> None:
        for lot in self.lots:
            if str(lot[0]) < str(today):
                lot[1] = 0

    def left(self) -> dict[str, int]:
        sums: dict[str, int] = defaultdict(int)
        for lot in self.lots:
            if lot[1]:
                sums[str(lot[0])] += int(str(lot[1]))
        return dict(sums)


def tier_of(customer: str) -> int:
    return int(customer) % 3


def business_day(at: datetime) -> date:
    return (at - timedelta(hours=ROLLOVER_HOUR)).date()


def reckon(eligible: int, tier: int, at: datetime) -> int:
    """One point a unit; a quarter or a half more by tier; twice on Thursdays, thrice from 9 to 10."""
    base = eligible // 100
    by_campaign = 3 if at.hour == 9 else 2 if business_day(at).isoweekday() == 4 else 1
    return base * (4, 5, 6)[tier] * by_campaign // 4


def undo(points: int, returned: int, total: int, undone: int) -> int:
    return points * returned // total - undone


# Both together


class Replay:
    """Plays invoices into the books and reckons beside them."""

    def __init__(self, shop: PointsBooks) -> None:
        self.shop = shop
        self.members: dict[str, MemberId] = {}
        self.plain: dict[str, PlainAccount] = {}
        self.sales: dict[str, list[tuple[str, PlainSale]]] = defaultdict(list)
        self.refunds = 0

    def play(self, invoice: Invoice) -> None:
        day = business_day(invoice.at)
        self.shop.day = day
        self.shop.work.now = invoice.at.astimezone(UTC)
        self.shop.work.recorded.clear()
        customer = invoice.customer
        if customer not in self.members:
            self.members[customer] = self.shop.member()
            self.plain[customer] = PlainAccount()
        while jobs.pending(self.shop.work):
            jobs.step(self.shop.work)
        for account in self.plain.values():
            account.end(day)
        if invoice.number.startswith("C"):
            self.bring_back(invoice, day)
        else:
            self.sell(invoice, day)

    def sell(self, invoice: Invoice, day: date) -> None:
        customer = invoice.customer
        account, tier = self.plain[customer], tier_of(customer)
        total = sum(pieces * price for _code, pieces, price in invoice.lines)
        by_points = min(account.balance // 100 * 100, total // 2)
        paid = [by_points] if by_points >= 100 else []
        sale_id = self.shop.sell(
            self.members[customer],
            *(pieces * price for _code, pieces, price in invoice.lines),
            points=paid,
            tier=tier,
        )
        taken = account.take(sum(paid))
        earned = reckon(total - sum(paid), tier, invoice.at)
        own = account.put(earned, day + timedelta(days=LASTS_DAYS)) if earned else None
        left: dict[str, list[list[int]]] = defaultdict(list)
        for code, pieces, price in invoice.lines:
            left[code].append([pieces, price])
        self.sales[customer].append((sale_id, PlainSale(total, earned, sum(paid), own, taken, left)))

    def bring_back(self, invoice: Invoice, day: date) -> None:
        """Goods come back to the customer's latest invoice that has them; others were never sold here."""
        for code, pieces, _price in invoice.lines:
            missing = -pieces
            for sale_id, sale in reversed(self.sales[invoice.customer]):
                for stack in sale.left.get(code, []):
                    some = min(missing, stack[0])
                    stack[0] -= some
                    missing -= some
                    sale.returned += some * stack[1]
                    if some:
                        self.refund(invoice.customer, sale_id, sale, day)

    def refund(self, customer: str, sale_id: str, sale: PlainSale, day: date) -> None:
        account = self.plain[customer]
        reverse_for_refund(self.shop.work, sale_id, sale.returned, day)
        self.refunds += 1
        back = undo(sale.paid, sale.returned, sale.total, sale.back)
        skip, give = sale.back, back
        for lot, points in reversed(sale.taken):
            passed = min(skip, points)
            skip -= passed
            some = min(points - passed, give)
            give -= some
            paid = min(some, account.debt)
            account.debt -= paid
            if str(lot[0]) < str(day) and some > paid:
                account.lots.append([day + timedelta(days=30), some - paid])
            else:
                lot[1] = int(str(lot[1])) + some - paid
        sale.back += back
        less = undo(sale.earned, sale.returned, sale.total, sale.undone)
        account.take(less, first=sale.own_lot)
        sale.undone += less


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    given = os.environ.get("GUITAI_RETAIL_LINES", "")
    if given:
        return [Path(each) for each in given.split(":")]
    write_excerpt(tmp_path / "lines.csv.gz")
    return [tmp_path / "lines.csv.gz"]


@pytest.fixture
def shop() -> Iterator[PointsBooks]:
    books = PointsBooks()
    books.set(points_expiry="days", points_expiry_days=LASTS_DAYS)
    books.rule("tier", tier=1, multiplier_ppm=1_250_000)
    books.rule("tier", tier=2, multiplier_ppm=1_500_000)
    books.rule("campaign", weekdays="4", multiplier_ppm=2_000_000)
    books.rule("campaign", from_minute=9 * 60, to_minute=10 * 60, multiplier_ppm=3_000_000)
    yield books
    books.db.close()


@pytest.mark.timeout(600)
def test_the_points_of_real_months_are_those_of_the_rules(shop: PointsBooks, files: list[Path]) -> None:
    replay = Replay(shop)
    shop.db.execute("BEGIN")
    for invoice in invoices(files):
        replay.play(invoice)
    shop.db.execute("COMMIT")
    assert len(replay.members) >= 40
    assert replay.refunds >= 50, "without refunds this proves little"
    for customer, member in replay.members.items():
        plain = replay.plain[customer]
        assert tables.balance(shop.db, member) == plain.balance, customer
        left: dict[str, int] = defaultdict(int)
        for lot in tables.lots(shop.db, member):
            left[str(lot.expires_on)] += lot.remaining
        assert dict(left) == plain.left(), customer
    kinds = {row[0] for row in shop.db.execute("SELECT DISTINCT kind FROM points_rows")}
    assert kinds == {"earn", "spend", "expire", "refund_earned", "refund_spent"}
    assert list(wrong_points(shop.db)) == []
