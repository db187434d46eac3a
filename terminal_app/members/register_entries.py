"""What is typed into the form for a new member, turned into what the store is told."""

import re
from collections.abc import Mapping

from protocol.language import N_, _
from protocol.messages.catalogue import ExtraFieldView

GENDERS: Mapping[str, str] = {"female": N_("female"), "male": N_("male"), "other": N_("other")}
"""The store's words and the message ids of their labels."""
_GENDER_KEYS = {"f": "female", "女": "female", "m": "male", "男": "male", "o": "other", "-": "unknown"}
_YES_NO = {"y": "yes", "yes": "yes", "是": "yes", "n": "no", "no": "no", "否": "no"}
_BIRTHDAY = re.compile(r"(?:([0-9]{4})[-./年]?)?([0-9]{2})[-./月]?([0-9]{2})日?")
_LOOSE_BIRTHDAY = re.compile(r"(?:([0-9]{4})[-./年])?([0-9]{1,2})[-./月]([0-9]{1,2})日?")


def gender_of(key: str) -> str | None:
    """Return the gender that one key means, `unknown` for `-`; None: the key means none."""
    return _GENDER_KEYS.get(key.lower())


def gender_code(text: str) -> str:
    """Return the gender that stands in the entry as a word; `unknown` where nothing known stands."""
    text = text.strip()
    for code, words in GENDERS.items():
        if text in (words, _(words)):
            return code
    return gender_of(text) or "unknown"


def birthday_of(text: str) -> str | None:
    """Return `1990-05-17` or `05-17` for a typed birthday, empty for none; None: it is no birthday.

    >>> birthday_of("0517"), birthday_of("5-17"), birthday_of("19900517"), birthday_of("1990-05-17")
    ('05-17', '05-17', '1990-05-17', '1990-05-17')
    """
    text = text.strip()
    if not text:
        return ""
    found = _BIRTHDAY.fullmatch(text) or _LOOSE_BIRTHDAY.fullmatch(text)
    if found is None:
        return None
    year, month, day = found.groups()
    written = f"{int(month):02d}-{int(day):02d}"
    return f"{year}-{written}" if year else written


def extra_of(field: ExtraFieldView, text: str) -> str:
    """Return the value of an extra field as the store keeps it; what does not fit is for the store to say.

    A choice may be given by its number, or by its beginning where only one begins so.
    """
    text = text.strip()
    match field.type:
        case "yes_no":
            return _YES_NO.get(text.lower(), text)
        case "date":
            return birthday_of(text) or text
        case "choice" if text and text not in field.choices:
            if text.isdigit() and 1 <= int(text) <= len(field.choices):
                return field.choices[int(text) - 1]
            begin = [choice for choice in field.choices if choice.lower().startswith(text.lower())]
            return begin[0] if len(begin) == 1 else text
        case _:
            return text


def extra_hint(field: ExtraFieldView) -> str:
    """Return what can be typed into an extra field: `1 North  2 South`."""
    match field.type:
        case "yes_no":
            return "y / n"
        case "choice":
            return "  ".join(f"{number} {choice}" for number, choice in enumerate(field.choices, 1))
        case "date":
            return "2026-11-21"
        case _:
            return ""
