"""Rules of a member: what one is made of, what is wrong with one in words, and what strangers may see."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from protocol.language import _
from store_server.extras import ExtraField, value_problem

NAME_MOST = 60
PHONE_DIGITS = range(5, 16)
_PHONE = re.compile(r"[0-9]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LEAP_YEAR = "2000"
"""A birthday without a year may be the 29th of February."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member as one is stored."""

    number: str
    name: str = ""
    pinyin: str = ""
    phone: str = ""
    gender: str = "unknown"
    birthday: str = ""
    email: str = ""
    address: str = ""
    occupation: str = ""
    income_band: str = ""
    skin_condition: str = ""
    referrer_id: int | None = None
    note: str = ""
    extras: tuple[tuple[str, str], ...] = ()
    """(field, value), by field."""
    tags: tuple[str, ...] = ()
    """By the alphabet."""


COLUMNS = tuple(each.name for each in fields(Member) if each.name not in ("extras", "tags"))
"""The fields that are columns of the members' table."""


def as_values(member: Member) -> dict[str, Any]:
    """Return the member as plain values that JSON holds; `from_values` reads them back."""
    return {each.name: getattr(member, each.name) for each in fields(Member)}


def from_values(values: Mapping[str, Any]) -> Member:
    """Return the member of which `as_values` made the values."""
    extras = tuple((field, value) for field, value in values["extras"])
    return Member(**{**values, "extras": extras, "tags": tuple(values["tags"])})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a member."""

    field: str
    code: str
    words: str


def plain_phone(typed: str) -> str:
    """Return a phone as it is stored: digits without the country code of China, `13812345678`."""
    text = unicodedata.normalize("NFKC", typed)
    text = re.sub(r"[\s().\-‐-―]", "", text)
    text = re.sub(r"^(\+|00)", "+", text)
    if text.startswith("+86"):
        text = text[3:]
    return text.replace("+", "")


def masked_phone(phone: str) -> str:
    """Return the phone as a cashier may see it: `138****5678`."""
    if len(phone) >= 9:
        return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if phone else ""


def birthday_without_year(birthday: str) -> str:
    """Return month and day: `05-17`."""
    return birthday[-5:]


def days_to_birthday(birthday: str, today: date) -> int | None:
    """Return how many days it is to the next birthday, 0 on it; None: unknown.

    Who was born on the 29th of February is congratulated on the 28th in other years.
    """
    if not birthday:
        return None
    month, day = int(birthday[-5:-3]), int(birthday[-2:])
    for year in (today.year, today.year + 1):
        try:
            next_one = date(year, month, day)
        except ValueError:
            next_one = date(year, 2, 28)
        if next_one >= today:
            return (next_one - today).days
    raise AssertionError("a birthday comes every year")


def is_birthday(text: str) -> bool:
    """Return whether it is `1990-05-17`, `05-17` or empty."""
    whole = f"{_LEAP_YEAR}-{text}" if len(text) == 5 else text
    try:
        return not text or (len(whole) == 10 and date.fromisoformat(whole) is not None)
    except ValueError:
        return False


def problems(member: Member, extra_fields: Mapping[str, ExtraField], today: date) -> Iterator[Problem]:
    """Yield what is wrong with the member by itself."""
    yield from _name_problems(member)
    if member.phone and not (_PHONE.fullmatch(member.phone) and len(member.phone) in PHONE_DIGITS):
        text = _("A phone has 5 to 15 digits, such as 13812345678.")
        yield Problem("phone", "bad_phone", text)
    if member.email and not _EMAIL.fullmatch(member.email):
        yield Problem("email", "bad_email", _("An e-mail address looks like name@example.com."))
    if not is_birthday(member.birthday):
        text = _("There is no such day. Write a birthday as 1990-05-17, or as 05-17 without the year.")
        yield Problem("birthday", "bad_birthday", text)
    elif len(member.birthday) == 10 and not "1900" <= member.birthday <= today.isoformat():
        text = _("This birthday is in the future, or before 1900. Please check it.")
        yield Problem("birthday", "bad_birthday", text)
    yield from _extra_problems(member, extra_fields)


def _name_problems(member: Member) -> Iterator[Problem]:
    if not member.name:
        yield Problem("name", "empty", _("A member needs a name."))
    if len(member.name) > NAME_MOST:
        text = _("A name has at most {most} characters.").format(most=NAME_MOST)
        yield Problem("name", "too_long", text)
    for field in ("name", "email", "occupation", "income_band", "skin_condition"):
        if not str(getattr(member, field)).isprintable():
            text = _("This has characters that cannot be printed, such as a line break. Please remove them.")
            yield Problem(field, "not_printable", text)
    if member.pinyin and not all(part.isascii() and part.isalpha() for part in member.pinyin.split()):
        text = _("Pinyin is syllables of Latin letters with spaces between, such as: ke kou ke le")
        yield Problem("pinyin", "bad_pinyin", text)


def _extra_problems(member: Member, extra_fields: Mapping[str, ExtraField]) -> Iterator[Problem]:
    for name, value in member.extras:
        field = extra_fields.get(name)
        if field is None:
            text = _("There is no extra field {field}. Define it first.").format(field=name)
            yield Problem(f"extra:{name}", "no_such_field", text)
        elif (wrong := value_problem(field, value)) is not None:
            yield Problem(f"extra:{name}", "bad_value", wrong)
    given = {name for name, value in member.extras if value}
    for name, field in extra_fields.items():
        if field.required and name not in given:
            text = _("The extra field {field} has to be filled in.").format(field=name)
            yield Problem(f"extra:{name}", "required", text)
