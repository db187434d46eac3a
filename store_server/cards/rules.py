"""Rules of cards: what a reader's text means, what a number may be, and which step may follow which."""

import re
import unicodedata

_BANK_LENGTHS = {
    "4": (13, 16, 19),
    "34": (15,),
    "37": (15,),
    "36": (14,),
    "38": (14,),
    "35": (16,),
    "51": (16,),
    "52": (16,),
    "53": (16,),
    "54": (16,),
    "55": (16,),
    "60": (16, 19),
    "62": (16, 17, 18, 19),
    "65": (16,),
}
"""First digits of bank cards and how long their numbers are (UnionPay 62, Visa 4, Mastercard 51 to 55, …)."""
_MASTERCARD_2 = range(2221, 2721)
MASK = "••••"
"""Stands for the digits of a bank card; no member card has it in its number."""
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_RANDOM = re.compile("08[0-9A-F]{6}")
_TRACK = re.compile(r"^(?:%B?|;)([0-9A-Za-z]+)[=^?].*$")

NEXT: dict[str, frozenset[str]] = {
    "lost": frozenset({"active", "frozen"}),
    "found": frozenset({"lost"}),
    "frozen": frozenset({"active"}),
    "unfrozen": frozenset({"frozen"}),
    "replaced": frozenset({"active", "frozen", "lost"}),
    "returned": frozenset({"active", "frozen", "lost"}),
    "moved": frozenset({"active", "frozen"}),
}
"""In which states of a card each action may be done."""

STATE_AFTER = {
    "lost": "lost",
    "found": "active",
    "frozen": "frozen",
    "unfrozen": "active",
    "replaced": "replaced",
    "returned": "returned",
}
"""How a card stands after each action."""


def card_number(read: str) -> str:
    """Return what a reader read as it is stored: capitals, no blanks; the number alone of a track."""
    text = unicodedata.normalize("NFKC", read).strip()
    track = _TRACK.match(text)
    if track is not None:
        text = track[1]
    return re.sub(r"[\s:-]", "", text.strip(";%?")).upper()


def looks_random(number: str) -> bool:
    """Return whether a contactless number is one that a phone makes up: four bytes, the first of them 08."""
    return _RANDOM.fullmatch(number) is not None


def passes_luhn(digits: str) -> bool:
    """Return whether the digits carry a right check digit by Luhn."""
    doubled = (int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def looks_like_bank_card(number: str) -> bool:
    """Return whether a number must not be stored: a bank's digits, length and check digit."""
    if not (number.isascii() and number.isdigit() and 13 <= len(number) <= 19 and passes_luhn(number)):
        return False
    if len(number) == 16 and int(number[:4]) in _MASTERCARD_2:
        return True
    return any(
        number.startswith(first) and len(number) in lengths for first, lengths in _BANK_LENGTHS.items()
    )


def without_bank_cards(text: str) -> str:
    """Return a text in which only the last four digits are left of what looks like a bank card's number."""

    def hidden(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found[0])
        return MASK + digits[-4:] if looks_like_bank_card(digits) else found[0]

    return _LONG_NUMBER.sub(hidden, text)
