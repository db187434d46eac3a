"""Rules of days, shifts and drawers: which date a moment belongs to, what a count is worth (pure)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DENOMINATIONS: dict[str, tuple[int, ...]] = {
    "CNY": (10000, 5000, 2000, 1000, 500, 100, 50, 10),
    "GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "EUR": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    "USD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1),
    "HKD": (100000, 50000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10),
    "TWD": (200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 100),
    "SGD": (100000, 10000, 5000, 1000, 500, 200, 100, 50, 20, 10, 5),
    "MOP": (100000, 50000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10),
    "JPY": (10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1),
    "KRW": (50000, 10000, 5000, 1000, 500, 100, 50, 10),
}
"""Coins and notes in minor units, largest first."""

_LANE = re.compile("[A-Za-z0-9]{1,6}")


class Event(StrEnum):
    """What cashiers do in a shift that the slip lists (CSH-2)."""

    VOID = "void"
    CANCEL = "cancel"
    NO_SALE = "no_sale"
    OVERRIDE = "override"
    DISCOUNT = "discount"
    REFUND = "refund"
    REPRINT = "reprint"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    TENDER_REMOVED = "tender_removed"
    X_SLIP = "x_slip"


@dataclass(frozen=True, slots=True)
class Pieces:
    """How many of one coin or note."""

    value_minor: int
    count: int


class BadCount(Exception):
    """A count that cannot be: `denomination` (there is no such coin or note) or `sum` (does not add up)."""

    def __init__(self, code: str, value_minor: int) -> None:
        super().__init__(code)
        self.code = code
        self.value_minor = value_minor


def denominations(currency: str) -> tuple[int, ...]:
    """Return the coins and notes of the currency in minor units, largest first."""
    return DENOMINATIONS.get(currency, (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1))


def count_total(pieces: Iterable[Pieces], amount_minor: int | None, currency: str) -> int:
    """Return what was counted: by pieces, or as one amount. Raises BadCount."""
    known = denominations(currency)
    total = 0
    empty = True
    for each in pieces:
        if each.value_minor not in known:
            raise BadCount("denomination", each.value_minor)
        empty = False
        total += each.value_minor * each.count
    if amount_minor is None:
        return total
    if not empty and amount_minor != total:
        raise BadCount("sum", total)
    return amount_minor


def date_by_clock(now: datetime, zone: ZoneInfo, rollover: str) -> date:
    """Return the date that the moment belongs to: before the rollover time it is still yesterday's."""
    hours, minutes = rollover.split(":")
    local = now.astimezone(zone)
    before = (local.hour, local.minute) < (int(hours), int(minutes))
    return local.date() - timedelta(days=1) if before else local.date()


def date_to_open(by_clock: date, last_closed: date | None) -> date:
    """Return the date of the next business day: a closed one is never opened again."""
    return by_clock if last_closed is None or by_clock > last_closed else last_closed + timedelta(days=1)


def is_lane(lane: str) -> bool:
    """Return whether the lane's code can stand in a receipt number."""
    return _LANE.fullmatch(lane) is not None
