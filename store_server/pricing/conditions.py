"""May an offer work now, for this member and this basket, and how often: or what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from protocol.messages.offers import NearlyReason
from protocol.offer import OfferConditions, OfferLimits, OfferTimes
from store_server.pricing.lines import Line
from store_server.pricing.occasion import Occasion, Shopper, Used, is_birthday, is_birthday_month

UNLIMITED = 10**15


class Terms(NamedTuple):
    """How often an offer may work in this sale, and how much it may give."""

    times: int
    budget_minor: int


FREELY = Terms(UNLIMITED, UNLIMITED)


class Whole(NamedTuple):
    """What is in a basket, at the unit prices before offers; goods that were quoted are not counted."""

    value_minor: int
    pieces: int

    @classmethod
    def of(cls, lines: Sequence[Line], values_minor: Sequence[int]) -> "Whole":
        """Return the sums over the lines and what they are worth."""
        counted = [
            (line.pieces, value)
            for line, value in zip(lines, values_minor, strict=True)
            if not line.is_quoted
        ]
        return cls(sum(value for _pieces, value in counted), sum(pieces for pieces, _value in counted))


class Missing(NamedTuple):
    """Why an offer may not work."""

    reason: NearlyReason
    minor: int = 0
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """When an offer works, compiled."""

    valid_from: datetime | None
    valid_until: datetime | None
    weekdays: frozenset[int]
    from_minute: int
    until_minute: int

    @classmethod
    def of(cls, times: OfferTimes) -> "Window":
        """Return the times compiled."""
        return cls(
            times.valid_from,
            times.valid_until,
            frozenset(times.weekdays),
            _minute(times.from_time),
            _minute(times.until_time),
        )

    @property
    def always(self) -> bool:
        """True: nothing is said about days and hours."""
        return not self.weekdays and (self.from_minute, self.until_minute) == (0, 24 * 60)

    def has_begun_and_not_ended(self, at: datetime) -> bool:
        """Return whether the moment is between its first and its last."""
        return (self.valid_from is None or self.valid_from <= at) and (
            self.valid_until is None or at < self.valid_until
        )

    def is_hour(self, local: datetime) -> bool:
        """Return whether the store's clock is in its days and hours; after midnight the day before counts."""
        minute = local.hour * 60 + local.minute
        day = local
        if self.from_minute < self.until_minute:
            inside = self.from_minute <= minute < self.until_minute
        else:
            inside = minute >= self.from_minute or minute < self.until_minute
            if minute < self.until_minute:
                day = local - timedelta(days=1)
        return inside and (not self.weekdays or day.isoweekday() in self.weekdays)


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def wants_a_member(conditions: OfferConditions, limits: OfferLimits) -> bool:
    """Return whether somebody must be beside the sale, for the conditions or for a limit per member."""
    return bool(
        conditions.members_only
        or conditions.tiers
        or conditions.tags
        or conditions.birthday
        or conditions.first_purchase
        or limits.per_member
    )


def _suits(conditions: OfferConditions, shopper: Shopper, local: datetime) -> bool:
    if conditions.tiers and shopper.tier not in conditions.tiers:
        return False
    if conditions.tags and shopper.tags.isdisjoint(conditions.tags):
        return False
    if conditions.first_purchase and shopper.finished_sales:
        return False
    match conditions.birthday:
        case "day":
            return is_birthday(shopper.birthday, local.date())
        case "month":
            return is_birthday_month(shopper.birthday, local.date())
        case _:
            return True


def who_is_missing(
    conditions: OfferConditions, occasion: Occasion, *, needs_member: bool
) -> NearlyReason | None:
    """Return MEMBERS when the offer is for others than the one who buys."""
    if not needs_member:
        return None
    shopper = occasion.shopper
    if shopper is None or not _suits(conditions, shopper, occasion.local):
        return NearlyReason.MEMBERS
    return None


def what_is_missing(conditions: OfferConditions, whole: Whole) -> Missing | None:
    """Return the money or the pieces that the basket lacks."""
    if whole.value_minor < conditions.minimum_spend_minor:
        return Missing(NearlyReason.SPEND_MORE, minor=conditions.minimum_spend_minor - whole.value_minor)
    if whole.pieces < conditions.minimum_pieces:
        return Missing(NearlyReason.BUY_MORE, pieces=conditions.minimum_pieces - whole.pieces)
    return None


def terms_of(limits: OfferLimits, used: Used) -> Terms | None:
    """Return how often it may still work; None: it has been used as often as it may."""
    times = UNLIMITED
    for limit, before in (
        (limits.in_all, used.in_all),
        (limits.per_day, used.today),
        (limits.per_member, used.by_member),
        (limits.per_sale, 0),
    ):
        if limit:
            times = min(times, limit - before)
    budget = limits.budget_minor - used.given_minor if limits.budget_minor else UNLIMITED
    return Terms(times, budget) if times > 0 and budget > 0 else None
