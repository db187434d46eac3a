"""Codes of coupons and numbers of quotations, as they are printed, scanned and typed."""

import re

_QUOTATION = re.compile(r"Q-[^\s]+-\d{4,}", re.IGNORECASE)


def same_code(one: str, other: str) -> bool:
    """Return whether two texts are the same code: dashes, spaces and capitals do not matter."""
    return _plain(one) == _plain(other)


def _plain(code: str) -> str:
    return code.upper().replace("-", "").replace(" ", "")


def is_quotation_number(code: str) -> bool:
    """Return whether this has the form of the number of a quotation: `Q-S1-0042`."""
    return _QUOTATION.fullmatch(code.strip()) is not None
