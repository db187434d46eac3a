"""Rules of tiers: growth value, upgrade, keep-level, grace and downgrade (pure; dates are business dates).

* A member comes up to the highest tier whose growth is reached, at once.
* A tier holds for its months. What grew since it began decides whether it is kept for as long again.
* One who does not keep it has days of grace, in which it is still held and can still be kept.
* Then the tier is one lower. The growth value falls with it, to what the lower tier needs or to what grew
  lately if that is more, so that the higher tier has to be reached anew. Spending points changes nothing.
"""

import calendar
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

UPGRADE, KEEP, GRACE, DOWNGRADE, BY_HAND = "upgrade", "keep", "grace", "downgrade", "by_hand"
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier as the shop defined it; the list of them is in the order of `tier`, from 0 without a gap."""

    tier: int
    name: str
    growth_needed: int = 0
    discount_ppm: int = 0
    valid_months: int = 0
    growth_to_keep: int = 0
    grace_days: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands."""

    tier: int
    since: date
    until: date | None
    """The last day for which it holds; None: without an end."""
    grace_until: date | None
    """The last day of grace; None: no grace is running."""
    growth: int
    grown_since: int
    """What grew since the tier began, for keeping it; below zero when goods came back from before."""


@dataclass(frozen=True, slots=True)
class Change:
    """A step of a member's standing, for the row that says why."""

    on: date
    from_tier: int
    to_tier: int
    change: str
    growth: int
    """By how much the growth value changed with it; 0 or below."""
    grown: int
    """What had grown in the time that was looked at."""


def add_months(day: date, months: int) -> date:
    """Return the same day so many months later; the last of the month where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day(tier: Tier, since: date) -> date | None:
    """Return the last day for which a tier that began holds; None: without an end."""
    return add_months(since, tier.valid_months) - ONE_DAY if tier.valid_months else None


def entered(tier: Tier, on: date, growth: int) -> Standing:
    """Return the standing of one who comes to a tier on a day."""
    return Standing(tier.tier, on, last_day(tier, on), None, growth, 0)


def tier_for(tiers: Sequence[Tier], growth: int) -> int:
    """Return the highest tier whose growth is reached."""
    return max(tier.tier for tier in tiers if tier.growth_needed <= growth)


def grow(
    tiers: Sequence[Tier], standing: Standing, amount: int, today: date
) -> tuple[Standing, Change | None]:
    """Return the standing after growth, and the change of tier that it brought."""
    grown = replace(standing, growth=standing.growth + amount, grown_since=standing.grown_since + amount)
    top = tier_for(tiers, grown.growth)
    if top > standing.tier:
        change = Change(today, standing.tier, top, UPGRADE, 0, grown.grown_since)
        return entered(tiers[top], today, grown.growth), change
    here = tiers[standing.tier]
    if standing.grace_until is not None and grown.grown_since >= here.growth_to_keep:
        change = Change(today, here.tier, here.tier, KEEP, 0, grown.grown_since)
        return entered(here, today, grown.growth), change
    return grown, None


def review(tiers: Sequence[Tier], standing: Standing, today: date) -> tuple[Standing, list[Change]]:
    """Return the standing as it is on a day, and each step that led to it since it was last looked at.

    Looking once after a year gives the same as looking every day.
    """
    changes: list[Change] = []
    while (until := standing.until) is not None and until < today:
        here, grown, grace = tiers[standing.tier], standing.grown_since, standing.grace_until
        if grace is None and grown >= here.growth_to_keep:
            on = until + ONE_DAY
            changes.append(Change(on, here.tier, here.tier, KEEP, 0, grown))
            standing = entered(here, on, standing.growth)
        elif grace is None and here.grace_days and here.tier:
            changes.append(Change(until + ONE_DAY, here.tier, here.tier, GRACE, 0, grown))
            standing = replace(standing, grace_until=until + timedelta(days=here.grace_days))
        elif grace is not None and today <= grace:
            break
        else:
            on = (grace or until) + ONE_DAY
            standing, change = _lowered(tiers, standing, max(here.tier - 1, 0), on, DOWNGRADE)
            changes.append(change)
    return standing, changes


def _lowered(
    tiers: Sequence[Tier], standing: Standing, to_tier: int, on: date, kind: str
) -> tuple[Standing, Change]:
    """Return the standing in a lower tier; its growth is below what the tier above needs."""
    lower = tiers[to_tier]
    growth = min(standing.growth, max(lower.growth_needed, standing.grown_since))
    if to_tier + 1 < len(tiers):
        growth = min(growth, max(tiers[to_tier + 1].growth_needed - 1, 0))
    change = Change(on, standing.tier, to_tier, kind, growth - standing.growth, standing.grown_since)
    return entered(lower, on, growth), change


def given(tiers: Sequence[Tier], standing: Standing, to_tier: int, on: date) -> tuple[Standing, Change]:
    """Return the standing of one who is given a tier by hand; a higher one is given without growth."""
    if to_tier < standing.tier:
        return _lowered(tiers, standing, to_tier, on, BY_HAND)
    change = Change(on, standing.tier, to_tier, BY_HAND, 0, standing.grown_since)
    return entered(tiers[to_tier], on, standing.growth), change


def missing_to_next(tiers: Sequence[Tier], standing: Standing) -> tuple[Tier | None, int]:
    """Return the next tier and the growth value that is missing to it."""
    if standing.tier + 1 >= len(tiers):
        return None, 0
    higher = tiers[standing.tier + 1]
    return higher, max(higher.growth_needed - standing.growth, 0)


def missing_to_keep(tiers: Sequence[Tier], standing: Standing) -> int:
    """Return what has still to grow to keep the tier."""
    if standing.until is None:
        return 0
    return max(tiers[standing.tier].growth_to_keep - standing.grown_since, 0)


def tier_problem(tiers: Sequence[Tier]) -> tuple[str, int] | None:
    """Return (`ranks`, `first`, `order`, `keep`, `discount`, `name`; rank) of what is wrong with a table."""
    for at, tier in enumerate(tiers):
        if tier.tier != at:
            return "ranks", at
        if (at == 0) != (tier.growth_needed == 0):
            return "first", at
        if at and tier.growth_needed <= tiers[at - 1].growth_needed:
            return "order", at
        if tier.growth_to_keep > tier.growth_needed:
            return "keep", at
        if tier.discount_ppm >= 1_000_000:
            return "discount", at
        if not tier.name.strip() or tier.name in {each.name for each in tiers[:at]}:
            return "name", at
    return None


def displaced(before: Sequence[Tier], after: Sequence[Tier], held: Collection[int]) -> Tier | None:
    """Return a tier that members have and that another one would take the place of; a new name is no other.

    Members go by the rank: whoever stands at it would have the other tier, and its discount, at once.
    """
    old, new = {tier.name: tier.tier for tier in before}, {tier.name: tier.tier for tier in after}
    for tier in before:
        if tier.tier not in held or tier.tier >= len(after):
            continue
        here = after[tier.tier].name
        if new.get(tier.name, tier.tier) != tier.tier or old.get(here, tier.tier) != tier.tier:
            return tier
    return None


@dataclass(frozen=True, slots=True)
class GrowthRule:
    """How growth is earned."""

    basis: str
    growth_thousandths: int
    category_id: int | None = None


def growth_of_sale(
    rules: Iterable[GrowthRule],
    lines: Sequence[tuple[int, frozenset[int]]],
    minor_per_unit: int,
    first_today: bool,
) -> int:
    """Return what grows by a sale: lines are (amount in minor units, the categories that they are in).

    Each rule is rounded down once.
    """
    growth = 0
    for rule in rules:
        if rule.basis == "spend":
            spent = sum(
                amount for amount, inside in lines if rule.category_id is None or rule.category_id in inside
            )
            growth += spent * rule.growth_thousandths // (1000 * minor_per_unit)
        elif rule.basis == "visit" and first_today:
            growth += rule.growth_thousandths // 1000
    return growth


def growth_of_points(rules: Iterable[GrowthRule], points: int) -> int:
    """Return what grows by points that were earned."""
    return sum(points * rule.growth_thousandths // 1000 for rule in rules if rule.basis == "points")
