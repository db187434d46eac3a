"""What customer displays show, in the bytes of their families. Pure: content in, lines or bytes out."""

from dataclasses import dataclass
from typing import assert_never

from wcwidth import wcwidth

from device_daemon.profiles import DisplayProfile
from protocol.language import _
from protocol.messages.devices import (
    IdleContent,
    ItemContent,
    MessageContent,
    PaidContent,
    ShowOnDisplay,
    TotalContent,
)
from protocol.money import format_minor
from protocol.quantity import format_thousandths

LAMPS = ("", "price", "total", "paid", "change")
"""The lamps of a digit display (单价, 总计, 收款, 找零) by their number."""

TEXT_BEGIN = b"\x1b@\x1f\x01"
"""Initialise, overwrite mode."""


@dataclass(frozen=True, slots=True)
class Digits:
    """What an 8-digit display shows."""

    text: str
    lamp: str = ""


class TextDialect:
    """Displays with rows of characters and Epson's commands."""

    def __init__(self, profile: DisplayProfile) -> None:
        self._profile = profile

    def begin(self) -> bytes:
        """Return the bytes for a display that was just connected."""
        return TEXT_BEGIN

    def encode(self, request: ShowOnDisplay) -> bytes:
        """Return the bytes that overwrite the whole display, without clearing it first: that flickers."""
        data = b""
        for row, line in enumerate(self.lines(request), start=1):
            data += bytes((0x1F, 0x24, 1, row)) + line.encode(self._profile.codec, "replace")
        return data

    def lines(self, request: ShowOnDisplay) -> list[str]:
        """Return exactly as many lines as the display has, each exactly as wide."""
        columns = self._profile.columns
        match request.show:
            case IdleContent(text=text) | MessageContent(text=text):
                lines = [self._centred(part) for row in text.splitlines() for part in self._split(row)]
            case ItemContent() as item:
                lines = self._item(item, request.currency)
            case TotalContent() as total:
                count = "" if total.item_count is None else f"x{total.item_count}"
                amount = format_minor(total.total_minor, request.currency)
                lines = [self._pair(_("TOTAL"), count), self._pair("", amount)]
            case PaidContent() as paid:
                lines = [
                    self._pair(_("PAID"), format_minor(paid.paid_minor, request.currency)),
                    self._pair(_("CHANGE"), format_minor(paid.change_minor, request.currency)),
                ]
            case never:
                assert_never(never)
        lines = lines[: self._profile.rows]
        return lines + [" " * columns] * (self._profile.rows - len(lines))

    def _item(self, item: ItemContent, currency: str) -> list[str]:
        amount = format_minor(item.amount_minor, currency)
        name = item.name if self._can(item.name) else ""
        quantity = "" if item.quantity_thousandths == 1000 else format_thousandths(item.quantity_thousandths)
        label = f"{quantity}x {name}".strip() if quantity else name
        total = format_minor(item.total_minor, currency)
        return [self._pair(label, amount), self._pair(_("TOTAL"), total)]

    def _can(self, text: str) -> bool:
        try:
            text.encode(self._profile.codec)
        except UnicodeEncodeError:
            return False
        return True

    def _pair(self, left: str, right: str) -> str:
        """Return both on one line; the left one is cut, an amount never."""
        if not self._can(left):
            left = ""
        room = self._profile.columns - _cells(right)
        if right and left:
            room -= 1
        left = _cut(left, max(room, 0))
        return left + " " * max(self._profile.columns - _cells(left) - _cells(right), 0) + right

    def _centred(self, text: str) -> str:
        free = self._profile.columns - _cells(text)
        return " " * (free // 2) + text + " " * (free - free // 2)

    def _split(self, text: str) -> list[str]:
        """Return the text in parts that fit, broken at spaces where there are any."""
        parts, rest = [], text.strip() if self._can(text) else ""
        while rest:
            part = _cut(rest, self._profile.columns)
            if len(part) < len(rest) and not rest[len(part)].isspace() and " " in part:
                part = part[: part.rindex(" ")]
            parts.append(part.rstrip())
            rest = rest[len(part) :].lstrip()
        return parts


class DigitDialect:
    """8-digit LED displays with four lamps (LED8): text first, then the lamp."""

    def __init__(self, profile: DisplayProfile) -> None:
        self._profile = profile

    def begin(self) -> bytes:
        """Return the bytes for a display that was just connected."""
        return b"\x1b@"

    def encode(self, request: ShowOnDisplay) -> bytes:
        """Return the bytes that show the digits and light the lamp."""
        digits = self.digits(request)
        lamp = LAMPS.index(digits.lamp)
        argument = bytes((0x30 + lamp,)) if self._profile.lamp_encoding == "ascii" else bytes((lamp,))
        text = b"\x1bQA" + digits.text.encode() + b"\r" if digits.text else b"\x0c"
        return text + b"\x1bs" + argument

    def digits(self, request: ShowOnDisplay) -> Digits:
        """Return what is shown; a number that does not fit is a row of dashes, never a wrong number."""
        match request.show:
            case IdleContent() | MessageContent():
                return Digits("")
            case ItemContent() as item:
                price = item.amount_minor if item.unit_price_minor is None else item.unit_price_minor
                return Digits(self._number(price, request.currency), "price")
            case TotalContent() as total:
                return Digits(self._number(total.total_minor, request.currency), "total")
            case PaidContent() as paid if paid.change_minor:
                return Digits(self._number(paid.change_minor, request.currency), "change")
            case PaidContent() as paid:
                return Digits(self._number(paid.paid_minor, request.currency), "paid")
            case never:
                assert_never(never)

    def _number(self, amount_minor: int, currency: str) -> str:
        text = format_minor(amount_minor, currency)
        fits = len(text.replace(".", "")) <= self._profile.columns
        return text if fits else "-" * self._profile.columns


def dialect(profile: DisplayProfile) -> TextDialect | DigitDialect:
    """Return the dialect that the profile names."""
    return TextDialect(profile) if profile.dialect == "escpos" else DigitDialect(profile)


def _cells(text: str) -> int:
    return sum(max(wcwidth(character), 0) for character in text)


def _cut(text: str, cells: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += max(wcwidth(character), 0)
        if used > cells:
            return text[:index]
    return text
