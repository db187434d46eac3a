"""Whether a barcode's check digit fits: a warning for who types it, never a refusal."""

from protocol.language import _

_LENGTHS = (8, 12, 13, 14)


def check_digit(digits: str) -> int:
    """Return the check digit that follows these digits (GS1: EAN-8, UPC-A, EAN-13, ITF-14)."""
    total = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(reversed(digits)))
    return -total % 10


def barcode_warning(barcode: str) -> str:
    """Return a sentence when a trade barcode has a wrong check digit, else nothing."""
    if not (barcode.isascii() and barcode.isdigit()) or len(barcode) not in _LENGTHS:
        return ""
    right = check_digit(barcode[:-1])
    if right == int(barcode[-1]):
        return ""
    return _("The last digit should be {right}; check that nothing is mistyped.").format(right=right)
