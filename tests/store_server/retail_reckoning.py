"""Tiers, classes and points of customers, reckoned from the rules of the shop without its program.

Written from the shop's rules and the decisions on tiers (0052, 0053) and points (0060), day by day and with
fractions; nothing of the store server is imported.
"""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

ONE_DAY = timedelta(days=1)
LASTS_DAYS, GRACE_DAYS = 45, 30
"""Points end so many days after they came, short enough for three months to see many ends; and the grace of
points that come back after their end."""


@dataclass(frozen=True)
class TierRule:
    """What it takes to have a tier, to keep it, and by how much its members' points are more."""

    name: str
    needed: int
    months: int
    keep: int
    grace: int
    multiplier: Fraction


TIERS = (
    TierRule("Member", 0, 0, 0, 0, Fraction(1)),
    TierRule("Silver", 300, 1, 150, 5, Fraction(5, 4)),
    TierRule("Gold", 1000, 1, 600, 7, Fraction(3, 2)),
    TierRule("Diamond", 4000, 2, 2000, 0, Fraction(2)),
)
SPECIAL = "85123A"
"""Goods that earn 2 points per unit of money."""
CATEGORY = "22"
"""Goods whose code begins so earn 3 points for 2 units of money, and a half of growth more."""
VISIT_GROWTH = 5
"""For the first sale of a business day."""


def end_of(months: int, since: date) -> date | None:
    """Return the last day of a tier that began on a day; None: it has no end."""
    if not months:
        return None
    year, month = since.year + (since.month + months - 1) // 12, (since.month + months - 1) % 12 + 1
    return date(year, month, min(since.day, monthrange(year, month)[1])) - ONE_DAY


def reached(growth: int) -> int:
    """Return the highest tier whose growth is reached."""
    return max(rank for rank, rule in enumerate(TIERS) if rule.needed <= growth)


@dataclass
class Held:
    """A tier that is held, or that is held again when the one above falls."""

    rank: int
    by_growth: bool
    since: date
    grown: int = 0


@dataclass
class Ladder:
    """Where a customer stands: the tiers that came by growth on top of each other, and the growth value."""

    held: list[Held]
    growth: int = 0
    grace: date | None = None

    def end(self) -> date | None:
        """Return the last day of the present tier, days of grace apart."""
        return end_of(TIERS[self.held[-1].rank].months, self.held[-1].since)

    def look(self, day: date) -> None:
        """Look at the ladder on the morning of a day; it was looked at on the day before."""
        top, until = self.held[-1], self.end()
        rule = TIERS[top.rank]
        if until is None or day <= until:
            return
        if self.grace is not None:
            if day > self.grace:
                self.lose(day)
        elif top.grown >= rule.keep:
            top.since, top.grown = day, 0
        elif rule.grace:
            self.grace = until + timedelta(days=rule.grace)
        else:
            self.lose(day)

    def lose(self, day: date) -> None:
        """Go down by one tier; the growth value goes down with it."""
        top = self.held[-1]
        below = top.rank - 1
        self.growth = min(self.growth, max(TIERS[below].needed, top.grown), TIERS[top.rank].needed - 1)
        self.held, self.grace = [Held(below, False, day)], None

    def grow(self, amount: int, day: date) -> None:
        """Grow by a sale."""
        self._move(amount)
        top = self.held[-1]
        if reached(self.growth) > top.rank:
            self.held.append(Held(reached(self.growth), True, day))
            self.grace = None
        elif self.grace is not None and top.grown >= TIERS[top.rank].keep:
            top.since, top.grown, self.grace = day, 0, None

    def shrink(self, amount: int, day: date) -> None:
        """Give growth back with goods, and the tiers that it no longer reaches."""
        self._move(-min(amount, self.growth))
        fell = False
        while self.held[-1].by_growth and self.growth < TIERS[self.held[-1].rank].needed:
            gone, fell = self.held.pop(), True
            if reached(self.growth) > self.held[-1].rank:
                self.held.append(Held(reached(self.growth), True, gone.since, gone.grown))
        if fell:
            self.grace = None
            morning = self.held[-1].since
            while morning <= day:
                self.look(morning)
                morning += ONE_DAY

    def _move(self, amount: int) -> None:
        self.growth += amount
        for each in self.held:
            each.grown += amount


@dataclass(eq=False)
class Lot:
    """Points that end together."""

    last_day: date
    points: int


@dataclass
class Purse:
    """A customer's points, and how many are below zero."""

    lots: list[Lot] = field(default_factory=list)
    debt: int = 0

    @property
    def balance(self) -> int:
        """Return what there is; below zero it is won back from the next points."""
        return sum(lot.points for lot in self.lots) - self.debt

    def put(self, points: int, last_day: date) -> Lot | None:
        """Put points in; what is below zero is paid first."""
        paid = min(points, self.debt)
        self.debt -= paid
        if points == paid:
            return None
        self.lots.append(Lot(last_day, points - paid))
        return self.lots[-1]

    def take(self, points: int, first: Lot | None = None) -> list[tuple[Lot, int]]:
        """Take from one lot first, then from what ends soonest; what is missing is below zero."""
        taken = []
        by_day = sorted(self.lots, key=lambda lot: lot.last_day)
        for lot in sorted(by_day, key=lambda each: each is not first):
            some = min(lot.points, points)
            if some:
                lot.points -= some
                points -= some
                taken.append((lot, some))
        self.debt += points
        return taken

    def end(self, today: date) -> None:
        """Write off what ended before a day."""
        for lot in self.lots:
            if lot.last_day < today:
                lot.points = 0

    def left(self) -> dict[str, int]:
        """Return what is left, by its last day."""
        sums: dict[str, int] = defaultdict(int)
        for lot in self.lots:
            if lot.points:
                sums[lot.last_day.isoformat()] += lot.points
        return dict(sums)


@dataclass
class Sold:
    """A sale as it was reckoned, and what has come back of it."""

    day: date
    at: datetime
    total: int
    growth: int
    earned: int
    own_lot: Lot | None
    taken: list[tuple[Lot, int]]
    left: dict[str, list[list[int]]]
    """By stock code what can still come back: [pieces, price]."""
    returned: int = 0
    growth_back: int = 0
    earned_back: int = 0
    spent_back: int = 0

    @property
    def spent(self) -> int:
        """Return how many points paid it."""
        return sum(points for _lot, points in self.taken)


@dataclass
class Customer:
    """All that is reckoned of one customer."""

    ladder: Ladder
    purse: Purse = field(default_factory=Purse)
    sales: list[Sold] = field(default_factory=list)

    @property
    def kept(self) -> list[Sold]:
        """Return the sales of which something is still with the customer."""
        return [sale for sale in self.sales if sale.returned < sale.total]

    @property
    def spent(self) -> int:
        """Return what was paid for what was kept."""
        return sum(sale.total - sale.returned for sale in self.sales)

    def buy(self, day: date, at: datetime, lines: list[tuple[str, int, int]], by_points: int) -> Sold:
        """Reckon a sale of (stock code, pieces, price), a part of it paid with points, one for each penny."""
        total = sum(pieces * price for _code, pieces, price in lines)
        taken = self.purse.take(by_points)
        earned = points_of(lines, Fraction(total - by_points, total), self.ladder.held[-1].rank, day, at)
        own = self.purse.put(earned, day + timedelta(days=LASTS_DAYS)) if earned else None
        special = sum(pieces * price for code, pieces, price in lines if code.startswith(CATEGORY))
        first_today = not self.kept or max(sale.day for sale in self.kept) != day
        growth = total // 100 + special // 200 + (VISIT_GROWTH if first_today else 0)
        self.ladder.grow(growth, day)
        left: dict[str, list[list[int]]] = defaultdict(list)
        for code, pieces, price in lines:
            left[code].append([pieces, price])
        self.sales.append(Sold(day, at, total, growth, earned, own, taken, left))
        return self.sales[-1]

    def bring_back(self, sale: Sold, day: date) -> None:
        """Undo by the fraction of the value that has come back so far; what was spent comes first."""

        def still(whole: int, undone: int) -> int:
            return int(whole * Fraction(sale.returned, sale.total)) - undone

        back = still(sale.spent, sale.spent_back)
        self._give_back(sale, back, day)
        sale.spent_back += back
        less = still(sale.earned, sale.earned_back)
        self.purse.take(less, first=sale.own_lot)
        sale.earned_back += less
        shrink = still(sale.growth, sale.growth_back)
        self.ladder.shrink(shrink, day)
        sale.growth_back += shrink

    def _give_back(self, sale: Sold, points: int, day: date) -> None:
        """Give spent points back to the lots that they came from, the last taken first."""
        skip, purse = sale.spent_back, self.purse
        for lot, taken in reversed(sale.taken):
            passed = min(skip, taken)
            skip -= passed
            some = min(taken - passed, points)
            points -= some
            paid = min(some, purse.debt)
            purse.debt -= paid
            if lot.last_day < day:
                purse.lots.append(Lot(day + timedelta(days=GRACE_DAYS), some - paid))
            else:
                lot.points += some - paid


def points_of(
    lines: list[tuple[str, int, int]], paid_share: Fraction, rank: int, day: date, at: datetime
) -> int:
    """Return what a sale earns: the lines' own rates, rounded down once, then tier and best campaign."""
    base = Fraction(0)
    for code, pieces, price in lines:
        rate = (
            Fraction(2) if code == SPECIAL else Fraction(3, 2) if code.startswith(CATEGORY) else Fraction(1)
        )
        base += Fraction(pieces * price, 100) * rate
    campaign = 3 if at.hour == 9 else 2 if day.isoweekday() == 4 else 1
    return int(int(base * paid_share) * TIERS[rank].multiplier * campaign)


def classes(customers: dict[str, Customer], today: date) -> dict[str, tuple[str, str]]:
    """Return (RFM, ABC) of all who bought: against the averages, and by 70 % and 90 % of the spending."""
    bought = {
        name: ((today - max(sale.day for sale in each.kept)).days, len(each.kept), each.spent)
        for name, each in customers.items()
        if each.kept
    }
    away, often, much = (Fraction(sum(each[at] for each in bought.values()), len(bought)) for at in range(3))
    names = {
        (True, True): "value",
        (True, False): "develop",
        (False, True): "keep",
        (False, False): "win_back",
    }
    found, whole, better, tied = {}, sum(each[2] for each in bought.values()), 0, 0
    before = -1
    for name, (days, visits, spent) in sorted(bought.items(), key=lambda item: -item[1][2]):
        better, tied = (better, tied + spent) if spent == before else (better + tied, spent)
        before = spent
        letter = "A" if better * 10 < whole * 7 else "B" if better * 10 < whole * 9 else "C"
        rfm = names[days <= away, visits >= often]
        found[name] = (f"{'important' if spent >= much else 'general'}_{rfm}", letter)
    return found
