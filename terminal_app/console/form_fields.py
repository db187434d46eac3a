"""Fields of a form without a screen: what may stand in them, and the sentence when something else does."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

from protocol.language import _
from protocol.money import format_minor, minor_digits, parse_minor
from protocol.quantity import format_thousandths, parse_thousandths

Value = str | int | bool | datetime | None
MAX_AMOUNT_MINOR = 10**11
"""More is a barcode typed as a price."""


class Kind(StrEnum):
    """How a field is written."""

    TEXT = "text"
    SECRET = "secret"
    MONEY = "money"
    QUANTITY = "quantity"
    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    YES_NO = "yes_no"
    CHOICE = "choice"
    PRODUCT = "product"
    """The number of a product, found by searching; `choices` has the words of the present one."""
    SEVERAL = "several"
    """Any number of the choices; the value is their values with line breaks between."""


_TEXTS = (Kind.TEXT, Kind.SECRET, Kind.CHOICE, Kind.PRODUCT)


@dataclass(frozen=True, slots=True)
class Field:
    """One field. Label and hint are English texts, translated when drawn, unless `own_words`."""

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Of a choice: value and words, in the language of the screen."""
    check: Callable[[str], str] | None = None
    """Returns a sentence for a text that will not do, or an empty one."""
    most: int = 200
    """Characters."""
    signed: bool = False
    """True: an amount or quantity below zero is allowed."""
    own_words: bool = False
    """True: label and hint were written by the shop and are not translated."""


class Mistake(ValueError):
    """What was typed cannot be used; its words are a sentence."""


def parse(field: Field, text: str, currency: str, zone: tzinfo) -> Value:
    """Return the value that was typed; None for an empty field. Raises Mistake with a sentence."""
    text = text.strip()
    if field.kind is Kind.YES_NO:
        return text == "yes"
    if not text:
        if field.required:
            raise Mistake(_("Please fill this in."))
        return "" if field.kind in (Kind.TEXT, Kind.SECRET, Kind.CHOICE, Kind.SEVERAL) else None
    if len(text) > field.most and field.kind is not Kind.SEVERAL:
        raise Mistake(
            _("At most {most} characters fit; this has {count}.").format(most=field.most, count=len(text))
        )
    if field.check is not None and (sentence := field.check(text)):
        raise Mistake(sentence)
    match field.kind:
        case Kind.MONEY:
            return _amount(field, text, currency)
        case Kind.QUANTITY:
            return _quantity(field, text)
        case Kind.NUMBER:
            if not re.fullmatch(r"-?\d+(\.\d+)?", text):
                raise Mistake(_("“{text}” is not a number. Write for example 12 or 3.5.").format(text=text))
            return text
        case Kind.DATE:
            return _date(text).isoformat()
        case Kind.MOMENT:
            return _moment(text, zone)
        case _:
            return text


def _amount(field: Field, text: str, currency: str) -> int:
    try:
        value = parse_minor(text, currency)
    except ValueError as error:
        if text.isdigit():
            raise Mistake(_("{text} is too much for a price. Is it a barcode?").format(text=text)) from error
        example = format_minor(1250 if minor_digits(currency) else 12, currency)
        words = _("“{text}” is not an amount. Write for example {example}.")
        raise Mistake(words.format(text=text, example=example)) from error
    if value < 0 and not field.signed:
        raise Mistake(_("An amount here is not below zero."))
    if abs(value) > MAX_AMOUNT_MINOR:
        raise Mistake(_("{text} is too much for a price. Is it a barcode?").format(text=text))
    return value


def _quantity(field: Field, text: str) -> int:
    try:
        value = parse_thousandths(text)
    except ValueError as error:
        words = _("“{text}” is not a quantity. Write for example 6 or 0.455, without a unit.")
        raise Mistake(words.format(text=text)) from error
    if value < 0 and not field.signed:
        raise Mistake(_("A quantity here is not below zero."))
    return value


def _date(text: str) -> date:
    found = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    words = _("“{text}” is not a date. Write for example 2026-11-21.")
    raise Mistake(words.format(text=text))


def _moment(text: str, zone: tzinfo) -> datetime:
    """Read a date, or a date and a time of day, in the time zone of the screen."""
    day, _blank, time = text.partition(" ")
    hours, minutes = 0, 0
    if time.strip():
        found = re.fullmatch(r"(\d{1,2})[:：](\d{2})", time.strip())
        if found is None or int(found[1]) > 23 or int(found[2]) > 59:
            words = _("“{text}” is not a date with a time. Write for example 2026-11-21 08:30.")
            raise Mistake(words.format(text=text))
        hours, minutes = int(found[1]), int(found[2])
    at = _date(day)
    return datetime(at.year, at.month, at.day, hours, minutes, tzinfo=zone).astimezone(UTC)


def write(field: Field, value: Value, currency: str, zone: tzinfo) -> str:
    """Return the text that stands in the field for a value."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int():
            return format_minor(value, currency) if field.kind is Kind.MONEY else format_thousandths(value)
        case datetime():
            return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        case _:
            return value


def parse_all(
    fields: Sequence[Field], texts: Mapping[str, str], currency: str, zone: tzinfo
) -> tuple[dict[str, Value], dict[str, str]]:
    """Return the values, and the sentence of every field that cannot be used."""
    values: dict[str, Value] = {}
    mistakes: dict[str, str] = {}
    for field in fields:
        try:
            values[field.key] = parse(field, texts.get(field.key, ""), currency, zone)
        except Mistake as mistake:
            mistakes[field.key] = str(mistake)
    return values, mistakes
