"""What people type in the form of an offer: whole numbers, parts of a price, the end of a time."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from protocol.language import _, current_language
from terminal_app.console.form_fields import Field, Kind, Mistake, parse
from terminal_app.console.members.rule_words import parse_factor
from terminal_app.console.members.tiers_form import whole_mistake, whole_number
from terminal_app.console.members.tiers_words import decimal_words, parse_discount

WHOLE_PPM = 1_000_000
_FREE = ("free", "免费", "赠", "赠送")
_HALF = ("half", "半价", "half price")


def number_field(
    key: str, label: str, least: int, most: int, *, required: bool = False, hint: str = ""
) -> Field:
    """Return a field for a whole number within limits; empty is allowed unless `required`."""

    def check(text: str) -> str:
        if sentence := whole_mistake(text):
            return sentence
        number = whole_number(text) or 0
        if number < least:
            return _("At least {least} is needed here.").format(least=f"{least:,}")
        if number > most:
            return _("At most {most} is possible here.").format(most=f"{most:,}")
        return ""

    return Field(key, label, required=required, hint=hint, check=check)


def number(value: object, empty: int = 0) -> int:
    """Return a number that was typed and checked; `empty` for nothing."""
    found = whole_number(str(value)) if value is not None else None
    return empty if found is None else found


def optional_number(value: int) -> str:
    """Return a number for its field; nothing for 0, which says nothing."""
    return f"{value:,}" if value else ""


# --- parts of a price -----------------------------------------------------------------------------------


def parse_off(text: str) -> int | None:
    """Return what is taken off (`20%`, `8折`, `free`) in parts per million; None: nothing, or unclear."""
    text = text.strip().lower()
    if text in _FREE or re.fullmatch(r"100\s*[%％]", text):
        return WHOLE_PPM
    if text in _HALF:
        return WHOLE_PPM // 2
    return parse_discount(text) or None


def off_mistake(text: str) -> str:
    """Return a sentence for a part that is not understood, or nothing."""
    if parse_off(text) is None:
        return _("Write what is taken off, for example 20%, or what is left, for example 8折.")
    return ""


def off_typed(ppm: int) -> str:
    """Return what is taken off as it stands in its field: `20%`; in Chinese what is left, `8折`."""
    if not ppm:
        return ""
    if ppm == WHOLE_PPM:
        return _("free")
    if current_language() == "zh_CN":
        return decimal_words(WHOLE_PPM - ppm, 100_000) + "折"
    return decimal_words(ppm, 10_000) + "%"


def parse_pays(text: str) -> int | None:
    """Return what is paid (`50%` of the price, `5折`, `half`, `free`) in parts per million."""
    text = text.strip().lower()
    if text in _FREE:
        return 0
    found = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,4}))?\s*[%％]", text)
    if found is not None:
        ppm = int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))
        return ppm if ppm < WHOLE_PPM else None
    if text in _HALF or "折" in text:
        off = parse_off(text)
        return None if off is None else WHOLE_PPM - off
    return None


def pays_mistake(text: str) -> str:
    """Return a sentence for a part that is not understood, or nothing."""
    if parse_pays(text) is None:
        return _("Write what is paid for it: 50%, 5折, half or free.")
    return ""


def pays_typed(ppm: int) -> str:
    """Return what is paid as it stands in its field."""
    if not ppm:
        return _("free")
    if current_language() == "zh_CN":
        return decimal_words(ppm, 100_000) + "折"
    return decimal_words(ppm, 10_000) + "%"


def factor_mistake(text: str) -> str:
    """Return a sentence for a multiplier that is not understood, or nothing."""
    if parse_factor(text) is None:
        return _("“{text}” is no multiplier up to 100. Write for example 2 or 1.5.").format(text=text)
    return ""


# --- times ----------------------------------------------------------------------------------------------


def parse_until(text: str, zone: tzinfo) -> datetime | None:
    """Return the end that was typed: a day alone is included whole. Raises Mistake."""
    text = text.strip()
    if not text:
        return None
    moment = parse(Field("until", "", Kind.MOMENT), text, "CNY", zone)
    if not isinstance(moment, datetime):
        return None
    if re.search(r"\d\s+\d{1,2}[:：]", text):
        return moment
    day = moment.astimezone(zone).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def until_check(zone: tzinfo) -> Callable[[str], str]:
    """Return the check of the field."""

    def check(text: str) -> str:
        try:
            parse_until(text, zone)
        except Mistake as mistake:
            return str(mistake)
        return ""

    return check


def until_typed(end: datetime | None, zone: tzinfo) -> str:
    """Return an end as it stands in its field: the last day where it is the end of a day."""
    if end is None:
        return ""
    local = end.astimezone(zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return (local - timedelta(minutes=1)).strftime("%Y-%m-%d")
    return local.strftime("%Y-%m-%d %H:%M")
