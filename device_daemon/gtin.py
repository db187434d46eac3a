"""The check digit of EAN, UPC and GTIN codes."""


def check_digit_fits(code: str) -> bool:
    """Return whether the last digit is the right one: weights 3, 1, 3... leftwards from beside it."""
    if not (code.isascii() and code.isdecimal()):
        return False
    weighted = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(reversed(code)))
    return weighted % 10 == 0
