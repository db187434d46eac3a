"""Lots of points: when they expire, which are spent first, where returned points go (pure)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Expiry(StrEnum):
    """When points end."""

    DAYS = "days"
    """So many days after they were earned."""
    NEXT_YEAR = "next_year"
    """At the end of the next calendar year."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that came together and end together."""

    lot_id: int
    remaining: int
    expires_on: date | None
    """The last day on which they can be spent; None: they never end."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some points of one lot."""

    lot_id: int
    points: int


def expiry_of(kind: Expiry, days: int, earned_on: date) -> date | None:
    """Return the last day of points that come in on the day."""
    match kind:
        case Expiry.DAYS:
            return earned_on + timedelta(days=days)
        case Expiry.NEXT_YEAR:
            return date(earned_on.year + 1, 12, 31)
        case Expiry.NEVER:
            return None


def soonest_first(lots: Iterable[Lot]) -> list[Lot]:
    """Return the lots in the order in which they are spent: what ends first goes first."""
    return sorted(lots, key=lambda lot: (lot.expires_on is None, lot.expires_on or date.max, lot.lot_id))


def take(lots: Iterable[Lot], points: int, first: int | None = None) -> list[Part]:
    """Return what is taken from which lot, at most what is there; the lot `first` goes before all others."""
    parts = []
    for lot in sorted(soonest_first(lots), key=lambda each: each.lot_id != first):
        taken = min(lot.remaining, points)
        if taken > 0:
            parts.append(Part(lot.lot_id, taken))
            points -= taken
    return parts


def give_back(spent: Sequence[Part], done: int, points: int) -> list[Part]:
    """Return into which lots points of a payment go back, when `done` of them went back before.

    What was taken last goes back first: a smaller sale would not have taken it.
    """
    parts = []
    for part in reversed(spent):
        skipped = min(part.points, done)
        done -= skipped
        back = min(part.points - skipped, points)
        if back > 0:
            parts.append(Part(part.lot_id, back))
            points -= back
    return parts


def after_debt(parts: Sequence[Part], debt: int) -> list[Part]:
    """Return what is left of the parts when a balance below zero is won back from them first."""
    left = []
    for part in parts:
        paid = min(part.points, debt)
        debt -= paid
        if part.points > paid:
            left.append(Part(part.lot_id, part.points - paid))
    return left
