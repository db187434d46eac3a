"""Rules of PINs: what one looks like, how it is kept, and when an operator is locked."""

import hashlib
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""argon2id with OWASP's least parameters: about 20 ms here, so that a sign-on does not hold up a scan."""

WORST_PINS = frozenset({"0000", "1234", "1111", "123456", "000000", "888888", "666666", "8888", "6666"})

APPROVAL_LIFE = timedelta(minutes=2)

_NOBODY = HASHER.hash("nobody")


def pin_fits(hashed: str | None, pin: str) -> bool:
    """Return whether the PIN is the one that was hashed; None takes as long, so codes cannot be guessed."""
    try:
        return HASHER.verify(hashed or _NOBODY, pin) and hashed is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def pin_problem(pin: str, least: int) -> str | None:
    """Return what is wrong with a new PIN: `digits`, `short`, `weak`; None when it will do."""
    if not pin.isascii() or not pin.isdigit():
        return "digits"
    if len(pin) < least:
        return "short"
    return "weak" if pin in WORST_PINS else None


def lock_after(wrong_tries: int, limit: int, minutes: int, now: datetime) -> datetime | None:
    """Return until when an operator with so many wrong tries in a row is locked; None: not yet."""
    return now + timedelta(minutes=minutes) if wrong_tries >= limit else None


def digest(secret: str) -> str:
    """Return what is stored of a random token or a card number, so that a stolen backup opens nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()
