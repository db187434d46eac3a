"""How many points a sale earns: rules as data, in the order that the shop's rules give (pure).

Base, product and category rates make the points of each line; their sum is rounded down once per sale, then
one tier multiplier and one best campaign multiplier are applied together and rounded down.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

WHOLE_PPM = 1_000_000
DAY_MINUTES = 24 * 60


class RuleKind(StrEnum):
    """What a rule is about."""

    BASE = "base"
    """Points for money spent, where no other rate applies."""
    PRODUCT = "product"
    CATEGORY = "category"
    TIER = "tier"
    """Multiplies what a tier's members earn."""
    CAMPAIGN = "campaign"
    """Multiplies on some days or hours; the best one counts."""
    REGISTRATION = "registration"
    BIRTHDAY = "birthday"
    REFERRAL = "referral"
    """Points for the one who brought a new member."""
    REFERRAL_SHARE = "referral_share"
    """Points for the one who brought the member, for what the member spends."""
    CHECK_IN = "check_in"
    SPEND = "spend"
    """How many points pay how much."""
    CASH_OUT = "cash_out"
    """How many points are paid out as how much cash."""


RATES = (
    RuleKind.BASE,
    RuleKind.PRODUCT,
    RuleKind.CATEGORY,
    RuleKind.REFERRAL_SHARE,
    RuleKind.SPEND,
    RuleKind.CASH_OUT,
)
"""Kinds that say `points` for `per_minor` of money."""
MULTIPLIERS = (RuleKind.TIER, RuleKind.CAMPAIGN)
GIFTS = (RuleKind.REGISTRATION, RuleKind.BIRTHDAY, RuleKind.REFERRAL, RuleKind.CHECK_IN)
"""Kinds that give `points` at once."""


class Birthday(StrEnum):
    """When a rule that looks at the birthday applies."""

    ANY = ""
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as its row says."""

    rule_id: int
    kind: RuleKind
    name: str = ""
    active: bool = True
    tier: int | None = None
    """Only for members of this tier, by its rank; None: for all."""
    product_id: int | None = None
    category_id: int | None = None
    points: int = 0
    per_minor: int = 0
    multiplier_ppm: int = WHOLE_PPM
    weekdays: frozenset[int] = frozenset()
    """1 Monday to 7 Sunday; empty: every day."""
    from_minute: int = 0
    to_minute: int = DAY_MINUTES
    """Minutes of the day; an end before the beginning goes over midnight."""
    first_day: date | None = None
    last_day: date | None = None
    birthday: Birthday = Birthday.ANY


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was sold."""

    amount_minor: int
    product_id: int
    categories: tuple[int, ...] = ()
    """The product's category, the one above it, and so on."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Who buys, and when."""

    local: datetime
    """The moment in the store's time zone."""
    business_date: date
    tier: int = 0
    birthday: tuple[int, int] | None = None
    """Month and day."""


@dataclass(frozen=True, slots=True)
class Earned:
    """The points of a sale, and how they came about."""

    points: int
    base_points: int
    """Before tier and campaign."""
    rules: tuple[int, ...] = field(default=())
    """The rules that counted, in their order."""


def is_birthday(birthday: tuple[int, int] | None, day: date) -> bool:
    """Return whether the day is the birthday; who was born on 29 February has it on the 28th otherwise."""
    if birthday is None:
        return False
    if birthday == (2, 29):
        leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
        return (day.month, day.day) == ((2, 29) if leap else (2, 28))
    return (day.month, day.day) == birthday


def applies(rule: Rule, occasion: Occasion) -> bool:
    """Return whether the rule counts for this member at this moment."""
    day = occasion.business_date
    minute = occasion.local.hour * 60 + occasion.local.minute
    begin, end = rule.from_minute, rule.to_minute
    in_hours = begin <= minute < end if begin < end else minute >= begin or minute < end
    return (
        rule.active
        and (rule.tier is None or rule.tier == occasion.tier)
        and (not rule.weekdays or day.isoweekday() in rule.weekdays)
        and in_hours
        and (rule.first_day is None or rule.first_day <= day)
        and (rule.last_day is None or day <= rule.last_day)
        and _birthday_fits(rule.birthday, occasion)
    )


def _birthday_fits(wanted: Birthday, occasion: Occasion) -> bool:
    match wanted:
        case Birthday.DAY:
            return is_birthday(occasion.birthday, occasion.business_date)
        case Birthday.MONTH:
            return occasion.birthday is not None and occasion.birthday[0] == occasion.business_date.month
        case _:
            return True


def _rate(rule: Rule) -> Fraction:
    return Fraction(rule.points, rule.per_minor) if rule.per_minor else Fraction(0)


def _best(rules: Iterable[Rule]) -> Rule | None:
    """The one that gives most; of equal ones the eldest."""
    return max(rules, key=lambda rule: (_rate(rule), -rule.rule_id), default=None)


class _Rates:
    """The rates of a sale, looked up once for all its lines."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._base = _best(rule for rule in rules if rule.kind is RuleKind.BASE)
        self._products: dict[int | None, Rule] = {}
        self._categories: dict[int | None, Rule] = {}
        for rule in sorted(rules, key=lambda each: (_rate(each), -each.rule_id)):
            if rule.kind is RuleKind.PRODUCT:
                self._products[rule.product_id] = rule
            elif rule.kind is RuleKind.CATEGORY:
                self._categories[rule.category_id] = rule

    def of(self, line: Line) -> Rule | None:
        """Return the rule of a line: its product's, else that of its nearest category, else the base."""
        own = self._products.get(line.product_id)
        if own is not None:
            return own
        near = (self._categories[each] for each in line.categories if each in self._categories)
        return next(near, self._base)


def _best_multiplier(rules: Iterable[Rule], kind: RuleKind) -> Rule | None:
    found = (rule for rule in rules if rule.kind is kind)
    return max(found, key=lambda rule: (rule.multiplier_ppm, -rule.rule_id), default=None)


def earned(
    rules: Iterable[Rule],
    lines: Sequence[Line],
    eligible_minor: int,
    occasion: Occasion,
    offer_multiplier_ppm: int = 0,
) -> Earned:
    """Return the points of a sale of which `eligible_minor` was paid by tenders that earn.

    Where a part was paid otherwise, every line earns on the same share of its amount. The multiplier of an
    offer that was reached is a campaign's like the others: the best one counts.
    """
    total = sum(line.amount_minor for line in lines)
    if total <= 0 or eligible_minor <= 0:
        return Earned(0, 0)
    valid = [rule for rule in rules if applies(rule, occasion)]
    rates = _Rates(valid)
    spent: dict[Rule, int] = {}
    for line in lines:
        rule = rates.of(line)
        if rule is not None and line.amount_minor:
            spent[rule] = spent.get(rule, 0) + line.amount_minor
    exact = sum((amount * _rate(rule) for rule, amount in spent.items()), Fraction(0))
    used = dict.fromkeys(rule.rule_id for rule in spent)
    base = int(exact * min(eligible_minor, total) / total)
    multiplied = Fraction(base)
    for kind in MULTIPLIERS:
        best = _best_multiplier(valid, kind)
        if kind is RuleKind.CAMPAIGN and offer_multiplier_ppm > (best.multiplier_ppm if best else 0):
            multiplied *= Fraction(offer_multiplier_ppm, WHOLE_PPM)
        elif best is not None:
            multiplied *= Fraction(best.multiplier_ppm, WHOLE_PPM)
            used[best.rule_id] = None
    return Earned(int(multiplied), base, tuple(used))


def with_offer(got: Earned, extra_points: int) -> Earned:
    """Return the points of a sale with those that offers give on top; a refund reverses them alike."""
    return replace(got, points=got.points + extra_points) if extra_points else got


def share_of_referrer(rules: Iterable[Rule], eligible_minor: int, occasion: Occasion) -> int:
    """Return what the one who brought the member gets of the sale, rounded down."""
    rule = _best(r for r in rules if r.kind is RuleKind.REFERRAL_SHARE and applies(r, occasion))
    return 0 if rule is None or eligible_minor <= 0 else int(eligible_minor * _rate(rule))


def gift_of(rules: Iterable[Rule], kind: RuleKind, occasion: Occasion) -> int:
    """Return the points that are given at once (registration, birthday, check-in): those of the best rule."""
    return max((rule.points for rule in rules if rule.kind is kind and applies(rule, occasion)), default=0)


def exchange_rule(rules: Iterable[Rule], kind: RuleKind, occasion: Occasion) -> Rule | None:
    """Return the rate at which points are money: the tier's own, else that for all; None: not allowed.

    Of several the one with the fewest points for the money.
    """
    found = [r for r in rules if r.kind is kind and r.per_minor > 0 and r.points > 0 and applies(r, occasion)]
    return min(found, key=lambda r: (r.tier is None, _rate(r), r.rule_id), default=None)


def points_for(amount_minor: int, rule: Rule) -> int:
    """Return how many points pay the amount, rounded up: the shop never gives money away by rounding."""
    return -(-amount_minor * rule.points // rule.per_minor)


def money_for(points: int, rule: Rule) -> int:
    """Return how much money the points pay, rounded down."""
    return points * rule.per_minor // rule.points
