"""Who buys, when, and what offers have given before: the facts beside a basket."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Shopper:
    """The member beside the sale."""

    tier: int = 0
    """The rank of the tier by which the sale is priced."""
    tags: frozenset[str] = frozenset()
    birthday: str = ""
    """`1990-05-17` or `05-17`; empty: unknown."""
    finished_sales: int = 0
    """How many sales the member has finished before."""
    points: int = 0
    """What can be spent."""


@dataclass(frozen=True, slots=True)
class Used:
    """What an offer has given in finished sales."""

    in_all: int = 0
    today: int = 0
    """In the present business day."""
    by_member: int = 0
    """By the member beside the sale."""
    given_minor: int = 0


NEVER_USED = Used()


@dataclass(frozen=True, slots=True)
class Occasion:
    """All that an offer looks at beside the goods."""

    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    """The moment, aware."""
    local: datetime = datetime(1970, 1, 1)  # noqa: DTZ001  # what the clock on the wall says has no zone
    """The same moment by the clock in the store, without a zone."""
    shopper: Shopper | None = None
    """None: nobody whom the shop knows."""
    used: Mapping[int, Used] = field(default_factory=dict)
    """What was used before, by the offer's id; only offers with limits need to be in it."""
    spend_points: bool = False
    """True: the customer asks for prices in money and points."""


def occasion_at(
    at: datetime,
    zone: tzinfo,
    shopper: Shopper | None = None,
    used: Mapping[int, Used] | None = None,
    *,
    spend_points: bool = False,
) -> Occasion:
    """Return the occasion of a moment in a store's zone."""
    local = at.astimezone(zone).replace(tzinfo=None)
    return Occasion(at, local, shopper, used or {}, spend_points)


def is_birthday(birthday: str, day: date) -> bool:
    """Return whether the day is the birthday; who was born on 29 February has it on the last of the month."""
    if not birthday:
        return False
    month, number = int(birthday[-5:-3]), int(birthday[-2:])
    if (month, number) == (2, 29) and (day + timedelta(days=1)).month == 3:
        return day.month == 2
    return (day.month, day.day) == (month, number)


def is_birthday_month(birthday: str, day: date) -> bool:
    """Return whether the day is in the month of the birthday."""
    return bool(birthday) and int(birthday[-5:-3]) == day.month
