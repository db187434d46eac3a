"""Codes of coupons: 55 random bits and a check character, in signs that nobody confuses (pure)."""

import hashlib

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, O, 1 and I."""
LENGTH = 12
_PLACE = {letter: place for place, letter in enumerate(ALPHABET)}


def plain(code: str) -> str:
    """Return a code as it is kept: capitals, without dashes and spaces."""
    return code.strip().upper().replace("-", "").replace(" ", "")


def spaced(code: str) -> str:
    """Return a code as people read it: `ABCD-EFGH-JKLM`; one that is shared stays as it is."""
    if not is_code(code):
        return code
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _check_character(body: str) -> str:
    """Return the check character by Luhn in base 32: it finds any wrong letter and nearly every swap."""
    total = 0
    for at, letter in enumerate(reversed(body)):
        doubled = _PLACE[letter] * (2 if at % 2 == 0 else 1)
        total += doubled // len(ALPHABET) + doubled % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def code_from(secret: str) -> str:
    """Return the code that a random text gives; who does not know the text cannot guess it."""
    number = int.from_bytes(hashlib.blake2b(secret.encode(), digest_size=8).digest())
    body = ""
    for _place in range(LENGTH - 1):
        number, letter = divmod(number, len(ALPHABET))
        body += ALPHABET[letter]
    return body + _check_character(body)


def is_code(code: str) -> bool:
    """Return whether a text is the code of a coupon with a code of its own, check character included."""
    code = plain(code)
    return (
        len(code) == LENGTH
        and all(letter in _PLACE for letter in code)
        and _check_character(code[:-1]) == code[-1]
    )
