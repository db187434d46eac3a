"""Money as whole minor units with a currency. There is no float in this house."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

MINOR_DIGITS = {
    "CNY": 2,
    "GBP": 2,
    "EUR": 2,
    "USD": 2,
    "HKD": 2,
    "TWD": 2,
    "SGD": 2,
    "MOP": 2,
    "JPY": 0,
    "KRW": 0,
}
"""Digits after the point, by ISO 4217 currency; a currency not named here has two."""

SYMBOLS = {"CNY": "¥", "GBP": "£", "EUR": "€", "USD": "$", "HKD": "HK$", "TWD": "NT$", "JPY": "¥", "KRW": "₩"}

_AMOUNT = re.compile(r"([+-]?)(\d{1,12})(?:\.(\d*))?|([+-]?)\.(\d+)")


class Rounding(StrEnum):
    """How a value that lies between two whole units becomes whole. Always an argument, never a default."""

    HALF_UP = "half_up"
    """Half away from zero, as on a till slip."""
    HALF_DOWN = "half_down"
    """Half towards zero."""
    HALF_EVEN = "half_even"
    DOWN = "down"
    """Towards zero."""
    UP = "up"
    """Away from zero."""


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Return numerator / denominator as a whole number, exactly rounded.

    Raises ZeroDivisionError for a zero denominator.
    """
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    whole, rest = divmod(abs(numerator), abs(denominator))
    twice = 2 * rest
    match rounding:
        case Rounding.DOWN:
            up = False
        case Rounding.UP:
            up = rest > 0
        case Rounding.HALF_UP:
            up = twice >= abs(denominator)
        case Rounding.HALF_DOWN:
            up = twice > abs(denominator)
        case Rounding.HALF_EVEN:
            up = twice > abs(denominator) or (twice == abs(denominator) and whole % 2 == 1)
    return sign * (whole + up)


def minor_digits(currency: str) -> int:
    """Return how many digits the currency has after the point."""
    return MINOR_DIGITS.get(currency, 2)


def parse_minor(text: str, currency: str) -> int:
    """Return the amount written in `text` (`12`, `12.5`, `.50`, `-3.00`) in minor units of the currency.

    Raises ValueError for anything else, and for more digits after the point than the currency has.
    """
    found = _AMOUNT.fullmatch(
        text.strip().replace("．", ".").replace("。", ".")
    )  # a Chinese input method's points
    if found is None:
        raise ValueError(f"not an amount: {text!r}")
    sign = found[1] or found[4] or ""
    whole, fraction = (found[2], found[3] or "") if found[2] is not None else ("0", found[5])
    digits = minor_digits(currency)
    if len(fraction.rstrip("0")) > digits:
        raise ValueError(f"more than {digits} digits after the point: {text!r}")
    value = int(whole + fraction[:digits].ljust(digits, "0"))
    return -value if sign == "-" else value


def format_minor(amount_minor: int, currency: str, *, symbol: bool = False, grouped: bool = False) -> str:
    """Return the amount as people write it: `1250` CNY is `12.50`, with the symbol `¥12.50`."""
    digits = minor_digits(currency)
    whole, fraction = divmod(abs(amount_minor), 10**digits)
    number = f"{whole:,}" if grouped else str(whole)
    if digits:
        number += f".{fraction:0{digits}d}"
    prefix = SYMBOLS.get(currency, currency + " ") if symbol else ""
    return ("-" if amount_minor < 0 else "") + prefix + number


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount with its currency; sums of different currencies are refused.

    Used in rules, where two currencies could meet. On the wire an amount is an `*_minor` field beside
    the one `currency` of its view.
    """

    minor: int
    currency: str

    def __add__(self, other: Self) -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __str__(self) -> str:
        return format_minor(self.minor, self.currency, symbol=True)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added")
        return other.minor
