"""What a number on a receipt looks like, and what a cashier types of it."""

import re

_RECEIPT = re.compile(r"[^-\s]+-[^-\s]+-\d{8}-R?\d{4,}")
_SHORT = re.compile(r"(R?)(\d{1,6})", re.IGNORECASE)


def is_receipt_number(code: str) -> bool:
    """Return whether this has the form of the number of a receipt or of a refund slip."""
    return _RECEIPT.fullmatch(code.strip().upper()) is not None


def whole_number(typed: str, store: str, lane: str, business_date: str) -> str:
    """Return the number that was meant: `42` is number 42 of this lane today, `R7` its refund 7."""
    typed = typed.strip()
    short = _SHORT.fullmatch(typed)
    if short is None or not store or not business_date:
        return typed
    return f"{store}-{lane}-{business_date.replace('-', '')}-{short[1].upper()}{int(short[2]):04d}"
