"""Rules of barcodes: GTIN check digits, codes that mean the same, and in-store barcodes by patterns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

GTIN_LENGTHS = (8, 12, 13, 14)
"""EAN-8, UPC-A, EAN-13 and GTIN-14, all of the same family (GS1 General Specifications, 7.9)."""

# The weighting tables of the check digit over a price or a weight (GS1 General Specifications, 7.9.2 to
# 7.9.4), by digit.
_TWO_MINUS = (0, 2, 4, 6, 8, 9, 1, 3, 5, 7)
_THREE = (0, 3, 6, 9, 2, 5, 8, 1, 4, 7)
_FIVE_PLUS = (0, 5, 1, 6, 2, 7, 3, 8, 4, 9)
_FIVE_MINUS = (0, 5, 9, 4, 8, 3, 7, 2, 6, 1)


def check_digit(digits: str) -> str:
    """Return the GTIN check digit that belongs behind the digits."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def is_gtin_shaped(code: str) -> bool:
    """Return whether the code has the digits of a GTIN, right or wrong."""
    return len(code) in GTIN_LENGTHS and code.isascii() and code.isdigit()


def right_check_digit(code: str) -> str | None:
    """Return the digit that should stand last, where a code shaped as a GTIN has another; or None."""
    if not is_gtin_shaped(code):
        return None
    right = check_digit(code[:-1])
    return None if code[-1] == right else right


def lookup_form(code: str) -> str:
    """Return the form under which a barcode is found: a GTIN in 14 digits, so that UPC-A equals EAN-13.

    Everything else is found as it is printed.
    """
    return code.zfill(14) if is_gtin_shaped(code) else code


def inner_check_digit(digits: str) -> str:
    """Return the check digit over a price or weight of four or five digits inside a barcode.

    Raises ValueError for other lengths: there is no rule for them.
    """
    numbers = [int(digit) for digit in digits]
    if len(numbers) == 4:
        a, b, c, d = numbers
        return str((_TWO_MINUS[a] + _TWO_MINUS[b] + _THREE[c] + _FIVE_MINUS[d]) * 3 % 10)
    if len(numbers) == 5:
        a, b, c, d, e = numbers
        total = _FIVE_PLUS[a] + _TWO_MINUS[b] + _FIVE_MINUS[c] + _FIVE_PLUS[d] + _TWO_MINUS[e]
        return str(_FIVE_MINUS.index(-total % 10))
    raise ValueError(f"no rule for an inner check digit over {len(digits)} digits")


@dataclass(frozen=True, slots=True)
class InStoreCode:
    """What an in-store barcode says."""

    item: str
    """The digits of the item code, zeros in front included."""
    weight_thousandths: int | None
    """Grams, which are thousandths of a kilogram."""
    price_minor: int | None


def pattern_problem(pattern: str) -> str | None:
    """Return what is wrong with a pattern (`fixed`, `item`, `value`, `check`, `inner`), or None."""
    found = re.fullmatch(r"(\d*)([IWPVC\d]*?)(C?)", pattern)
    if found is None or len(found[1]) < 2:
        return "fixed"
    if len(re.findall("I+", pattern)) != 1:
        return "item"
    values = re.findall("W+|P+", pattern)
    if len(values) != 1 or not 2 <= len(values[0]) <= 7:
        return "value"
    if "C" in found[2] or (found[3] and len(pattern) not in GTIN_LENGTHS):
        return "check"
    if pattern.count("V") > 1 or ("V" in pattern and len(values[0]) not in (4, 5)):
        return "inner"
    return None


@lru_cache(maxsize=64)
def _expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern: one named group per letter."""
    runs = re.findall(r"\d+|I+|W+|P+|V|C", pattern)
    return re.compile("".join(run if run.isdigit() else f"(?P<{run[0]}>[0-9]{{{len(run)}}})" for run in runs))


def read_in_store(code: str, patterns: Sequence[str]) -> InStoreCode | None:
    """Return what the code says by the first pattern that fits, its check digits included; None for none."""
    for pattern in patterns:
        found = _expression(pattern).fullmatch(code)
        if found is None:
            continue
        parts = found.groupdict()
        value = parts.get("W") or parts.get("P") or "0"
        if "C" in parts and parts["C"] != check_digit(code[:-1]):
            continue
        if "V" in parts and parts["V"] != inner_check_digit(value):
            continue
        return InStoreCode(
            item=parts["I"],
            weight_thousandths=int(value) if "W" in parts else None,
            price_minor=int(value) if "P" in parts else None,
        )
    return None
