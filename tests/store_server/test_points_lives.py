"""Thousands of random lives of members: whatever happens to them, the points add up."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from points_ledger import FIRST_DAY, PointsBooks

from protocol.identifiers import MemberId
from store_server.points import movements, tables
from store_server.points.checks import wrong_points
from store_server.points.refunds import reverse_for_refund
from store_server.points.selling import points_there
from store_server.points.tables import Reason

LIVES = 2000
EVENTS = 16


@pytest.fixture
def shop() -> Iterator[PointsBooks]:
    books = PointsBooks()
    yield books
    books.db.close()


@dataclass
class Sale:
    """A sale as the test remembers it: by its own arithmetic, not by the books."""

    sale_id: str
    member: MemberId
    total: int
    earned: int
    spent: int
    shared: int
    """What the one who brought the member got."""
    returned: int = 0
    reversed: int = 0
    given_back: int = 0
    share_reversed: int = 0


@dataclass
class Life:
    """One member, perhaps a second one whom the first has brought, and what was done to them."""

    shop: PointsBooks
    dice: random.Random
    members: list[MemberId]
    brought: MemberId | None = None
    """The one whom the other has brought, while they are two."""
    sales: list[Sale] = field(default_factory=list)
    came: Counter[str] = field(default_factory=Counter)
    """What the test gave and took, by kind."""

    def a_member(self) -> MemberId:
        return self.dice.choice(self.members)

    def sell(self) -> None:
        member, tier = self.a_member(), self.dice.randrange(3)
        total = self.dice.randrange(1, 30_000)
        there = max(0, points_there(self.shop.work, member, self.shop.day))
        by_points = self.dice.choice([0, 0, min(there, total), self.dice.randrange(min(there, total) + 1)])
        shares = [by_points] if by_points else []
        sale_id = self.shop.sell(member, total, points=shares, tier=tier)
        # One point for each yuan that was not paid with points, rounded down; the second tier has half as
        # much again, the third twice as much, rounded down.
        earned = (total - by_points) // 100 * (2, 3, 4)[tier] // 2
        shared = (total - by_points) // 1_000 if member == self.brought else 0
        self.sales.append(Sale(sale_id, member, total, earned, by_points, shared))
        self.came["referral_share"] += shared
        self.came["earn"] += earned
        self.came["spend"] -= by_points

    def adjust(self) -> None:
        member, points = self.a_member(), self.dice.randrange(1, 500)
        reason = Reason("adjust", self.shop.day, "test")
        if self.dice.random() < 0.6:
            ends = self.dice.choice([None, self.shop.day + timedelta(days=self.dice.randrange(60))])
            movements.credit(self.shop.work, member, points, reason, ends)
            self.came["adjust"] += points
        elif movements.debit(self.shop.work, member, points, reason) is not None:
            self.came["adjust"] -= points

    def give_back(self) -> None:
        if not self.sales:
            return
        sale = self.dice.choice(self.sales)
        self.refund(sale, self.dice.randrange(sale.returned, sale.total + 1))

    def refund(self, sale: Sale, so_far: int) -> None:
        """Return goods worth so much in all; ask twice now and then."""
        for _again in range(self.dice.choice([1, 1, 2])):
            done = reverse_for_refund(self.shop.work, sale.sale_id, so_far, self.shop.day)
            sale.reversed += done.earned
            sale.given_back += done.spent
            sale.share_reversed += done.shared
        sale.returned = so_far
        assert sale.reversed == sale.earned * so_far // sale.total
        assert sale.given_back == sale.spent * so_far // sale.total
        assert sale.share_reversed == sale.shared * so_far // sale.total

    def pass_time(self) -> None:
        days = self.dice.choice([1, 1, 7, 40, 200])
        self.shop.turn_to(self.shop.day + timedelta(days=days))
        if self.dice.random() < 0.5:
            for member in self.members:
                movements.expire(self.shop.work, member, self.shop.day)

    def merge(self) -> None:
        if len(self.members) > 1:
            gone = self.members.pop(self.dice.randrange(len(self.members)))
            self.shop.end(gone, "merged", self.members[0])
            self.brought = None

    def live(self) -> None:
        events = (
            [self.sell] * 6 + [self.adjust] * 2 + [self.give_back] * 4 + [self.pass_time] * 3 + [self.merge]
        )
        for _event in range(self.dice.randrange(1, EVENTS)):
            self.dice.choice(events)()

    def end(self) -> None:
        """Some bring all goods back; some close the membership, and bring goods back afterwards."""
        if self.dice.random() < 0.4:
            for member in self.members:
                self.shop.end(member, "closed")
                assert tables.balance(self.shop.db, member) == 0
        if self.dice.random() < 0.7:
            for sale in self.sales:
                self.refund(sale, sale.total)
                assert (sale.reversed, sale.given_back) == (sale.earned, sale.spent)


def test_the_points_of_thousands_of_lives_add_up(shop: PointsBooks) -> None:
    """No point from nowhere: what all members have is what the test gave, less what it took."""
    shop.rule("tier", tier=1, multiplier_ppm=1_500_000)
    shop.rule("tier", tier=2, multiplier_ppm=2_000_000)
    shop.rule("referral_share", points=1, per_minor=1_000)
    shop.set(points_expiry="days", points_expiry_days=90)
    came: Counter[str] = Counter()
    lives = []
    shop.db.execute("BEGIN")
    for seed in range(LIVES):
        shop.turn_to(FIRST_DAY)
        shop.work.recorded.clear()
        dice = random.Random(seed)
        life = Life(shop, dice, [shop.member()])
        if dice.random() < 0.5:
            life.brought = shop.member(referrer=life.members[0])
            life.members.append(life.brought)
        life.live()
        life.end()
        for kind, points in life.came.items():
            came[kind] += points
        lives.append(life)
    shop.db.execute("COMMIT")
    assert list(wrong_points(shop.db)) == []
    in_books = Counter(dict(shop.db.execute("SELECT kind, sum(points) FROM points_rows GROUP BY kind")))
    assert in_books["merge"] == 0, "merging gives nothing and takes nothing"
    assert in_books["earn"] == came["earn"]
    assert in_books["spend"] == came["spend"]
    assert in_books["adjust"] == came["adjust"]
    assert in_books["referral_share"] == came["referral_share"] > 0
    sales = [sale for life in lives for sale in life.sales]
    assert in_books["refund_shared"] == -sum(sale.share_reversed for sale in sales)
    assert in_books["refund_earned"] == -sum(sale.reversed for sale in sales)
    assert in_books["refund_spent"] == sum(sale.given_back for sale in sales)
    assert in_books["expire"] < 0
    undone = {"refund_earned", "refund_spent", "refund_shared"}
    allowed = {"earn", "spend", "adjust", "referral_share", "expire", "merge", "close"} | undone
    assert set(in_books) == allowed
    held = shop.db.execute("SELECT sum(balance), min(balance) FROM points_accounts").fetchone()
    assert held[0] == sum(in_books.values())
    assert held[1] < 0, "some lives end below zero"
    assert shop.db.execute("SELECT min(remaining) FROM points_lots").fetchone()[0] >= 0


def test_nobody_spends_after_the_last_day_whether_the_server_wrote_it_off_or_not(shop: PointsBooks) -> None:
    shop.set(points_expiry="days", points_expiry_days=10)
    member = shop.member()
    shop.sell(member, 10_000)
    last = FIRST_DAY + timedelta(days=10)
    shop.turn_to(last)
    assert points_there(shop.work, member, last) == 100
    shop.turn_to(last + timedelta(days=1))
    assert points_there(shop.work, member, shop.day) == 0
    assert movements.debit(shop.work, member, 1, Reason("gift", shop.day)) is None


def test_the_check_finds_points_that_somebody_wrote_into_the_file(shop: PointsBooks) -> None:
    member = shop.member()
    sale = shop.sell(member, 10_000)
    assert list(wrong_points(shop.db)) == []
    shop.db.execute("UPDATE points_accounts SET balance = 1000")
    found = [which for which, _wrong in wrong_points(shop.db)]
    assert found == [member, member]
    shop.db.execute("UPDATE points_accounts SET balance = 100")
    shop.db.execute("UPDATE points_lots SET remaining = 50")
    assert len(list(wrong_points(shop.db))) == 2
    shop.db.execute("UPDATE points_lots SET remaining = 100")
    shop.db.execute("DROP TRIGGER points_sales_do_not_change")
    shop.db.execute("UPDATE points_sales SET earned = 99")
    assert [which for which, _wrong in wrong_points(shop.db)] == [f"S1-1-{sale}"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE points_rows SET points = 1",
        "DELETE FROM points_rows",
        "UPDATE points_lot_moves SET points = 1",
        "DELETE FROM points_lot_moves",
        "DELETE FROM points_lots",
        "UPDATE points_lots SET expires_on = '2099-01-01'",
        "UPDATE points_lots SET remaining = -1",
        "UPDATE points_lots SET remaining = granted + 1",
        "UPDATE points_sales SET earned = 0",
        "DELETE FROM points_sales",
        "DELETE FROM points_accounts",
    ],
)
def test_the_database_itself_protects_the_points(shop: PointsBooks, change: str) -> None:
    shop.sell(shop.member(), 10_000)
    with pytest.raises(Exception, match=r"never|keeps its day|CHECK"):
        shop.db.execute(change)
