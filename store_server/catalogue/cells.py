"""Rules of the cells of a list of products: what people write in a spreadsheet, and how it is written out."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from protocol.language import _
from protocol.money import SYMBOLS, format_minor, minor_digits, parse_minor
from protocol.quantity import format_thousandths, parse_thousandths
from store_server.catalogue.products import Barcode
from store_server.database.unit_of_work import read_time, stored_time
from store_server.extras import YES_NO

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")


class BadCell(Exception):
    """A cell that cannot be understood; its text is a sentence for the person."""


def amount(text: str, currency: str) -> int:
    """Return the minor units of `12.5`, `¥12.50` or `1,234.50`. Raises BadCell."""
    plain = text.removeprefix(SYMBOLS.get(currency, currency)).removeprefix("￥").strip()
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        return parse_minor(plain, currency)
    except ValueError:
        words = _("This is not an amount of {currency} with at most {digits} digits after the point.")
        raise BadCell(words.format(currency=currency, digits=minor_digits(currency))) from None


def write_amount(minor: int | None, currency: str) -> str:
    """Return an amount as `amount` reads it; empty for None."""
    return "" if minor is None else format_minor(minor, currency)


def yes_no(text: str) -> bool:
    """Return the meaning of yes, no, 是, 否, 1 or 0. Raises BadCell."""
    known = {**YES_NO, "y": "yes", "n": "no"}.get(text.lower())
    if known is None:
        raise BadCell(_("Write yes or no."))
    return known == "yes"


def write_yes_no(value: bool) -> str:
    """Return `yes` or `no`, in every language."""
    return "yes" if value else "no"


def quantity(text: str) -> int:
    """Return thousandths. Raises BadCell."""
    try:
        return parse_thousandths(text)
    except ValueError:
        raise BadCell(
            _("This is not a quantity with at most three digits after the point, such as 12 or 0.455.")
        ) from None


def moment(text: str, zone: ZoneInfo, *, end: bool) -> str:
    """Return the stored time of `2026-11-21`, `2026-11-21 08:30` or a time with its offset from UTC.

    Without an offset it is the store's own time. A bare date as an end includes that whole day.
    Raises BadCell.
    """
    try:
        read = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise BadCell(_("This is not a date or time such as 2026-11-21 or 2026-11-21 08:30.")) from None
    if end and len(text) <= len("2026-11-21") and read.time() == time():
        read += timedelta(days=1)
    if read.tzinfo is None:
        read = read.replace(tzinfo=zone)
    return stored_time(read.astimezone(UTC))


def write_moment(stored: str | None, zone: ZoneInfo) -> str:
    """Return a stored time as the store's own, so that `moment` reads it back exactly; empty for None."""
    if stored is None:
        return ""
    local = read_time(stored).astimezone(zone)
    plain = local.replace(tzinfo=None).isoformat(" ")
    # One hour in the year is there twice where clocks are set back: then the offset is written too.
    return plain if moment(plain, zone, end=False) == stored else local.isoformat(" ")


def barcodes(text: str) -> tuple[Barcode, ...]:
    """Return the barcodes of `6901234567892; 16901234567899*6`, packs behind an asterisk. Raises BadCell."""
    found = []
    for part in re.split("[;；]", text):
        code, _star, pack = part.strip().partition("*")
        if code.strip():
            found.append(Barcode(code.strip(), quantity(pack.strip()) if _star else 1000))
    return tuple(found)


def write_barcodes(codes: tuple[Barcode, ...]) -> str:
    """Return barcodes as `barcodes` reads them."""
    return "; ".join(
        each.barcode
        + ("" if each.pack_thousandths == 1000 else f"*{format_thousandths(each.pack_thousandths)}")
        for each in codes
    )
