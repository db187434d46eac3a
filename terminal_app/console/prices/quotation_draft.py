"""A quotation while it is written: its lines, what they come to, and the way to the message (pure)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.catalogue import ProductView
from protocol.messages.quotations import QuotationState, QuotationView, QuotedLine
from protocol.money import Rounding, divide, parse_minor
from terminal_app.console.members.tiers_words import parse_discount

STATES = {
    QuotationState.DRAFT: N_("draft"),
    QuotationState.APPROVED: N_("approved"),
    QuotationState.SOLD: N_("sold"),
    QuotationState.CANCELLED: N_("given up"),
    QuotationState.EXPIRED: N_("expired"),
}
"""Where a quotation stands, in words."""
OPEN = (QuotationState.DRAFT, QuotationState.APPROVED)
"""Those that can be changed."""
_WHOLE = 1_000_000
_TIMES = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)\s*[*×]\s*(.+)")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed so far; all that the store fills in is kept from its last answer."""

    customer: str = ""
    valid_until: date | None = None
    member_id: MemberId | None = None
    member: str = ""
    """The member's number, as typed."""
    note: str = ""
    lines: tuple[QuotedLine, ...] = ()
    known: QuotationView | None = field(default=None, compare=False)

    @classmethod
    def of(cls, quotation: QuotationView, member: str) -> "Draft":
        """Return what stands in a quotation; `member`: the number of its member."""
        return cls(
            customer=quotation.customer,
            valid_until=quotation.valid_until,
            member_id=quotation.member_id,
            member=member,
            note=quotation.note,
            lines=quotation.lines,
            known=quotation,
        )

    @property
    def state(self) -> QuotationState:
        """Where it stands."""
        return self.known.state if self.known else QuotationState.DRAFT

    @property
    def total_minor(self) -> int:
        """What the lines come to."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def normal_minor(self) -> int:
        """What they come to at normal prices."""
        return sum(_amount(line.quantity_thousandths, line.normal_price_minor) for line in self.lines)

    def missing(self) -> str:
        """Return a sentence for what is needed before it can be stored, or nothing."""
        if not self.lines:
            return _("A quotation needs goods: scan them, or type a code or name.")
        if not self.customer:
            return _("For whom is it? Press the key for the customer.")
        if self.valid_until is None:
            return _("Until when is it valid? Press the key for the customer.")
        return ""

    def view(self) -> QuotationView:
        """Return the message; only for a draft of which nothing is missing."""
        assert self.valid_until is not None
        return QuotationView(
            quotation_id=self.known.quotation_id if self.known else None,
            version=self.known.version if self.known else 0,
            customer=self.customer,
            member_id=self.member_id,
            lines=self.lines,
            valid_until=self.valid_until,
            note=self.note,
        )

    def with_product(self, product: ProductView, quantity_thousandths: int) -> "Draft":
        """Add goods at their normal price; goods that are there already become more."""
        for place, line in enumerate(self.lines):
            if line.product_id == product.product_id:
                more = line.quantity_thousandths + quantity_thousandths
                return self.with_line(place, changed(line, quantity_thousandths=more))
        line = QuotedLine(
            product_id=product.product_id,
            code=product.code,
            name=product.name,
            unit=product.unit,
            quantity_thousandths=quantity_thousandths,
            normal_price_minor=product.price_minor,
            unit_price_minor=product.price_minor,
        )
        return replace(self, lines=(*self.lines, changed(line)))

    def with_line(self, place: int, line: QuotedLine | None) -> "Draft":
        """Put another line in the place; None: take it out."""
        lines = list(self.lines)
        lines[place : place + 1] = [] if line is None else [line]
        return replace(self, lines=tuple(lines))

    def all_off(self, off_ppm: int) -> "Draft":
        """Quote everything at its normal price less a share."""
        lines = [
            changed(line, unit_price_minor=price_off(line.normal_price_minor, off_ppm)) for line in self.lines
        ]
        return replace(self, lines=tuple(lines))


def changed(line: QuotedLine, **fields: object) -> QuotedLine:
    """Return the line with other fields and the amount that belongs to them."""
    line = QuotedLine.model_validate({**line.model_dump(), **fields})
    amount = _amount(line.quantity_thousandths, line.unit_price_minor)
    return line.model_copy(update={"amount_minor": amount})


def _amount(quantity_thousandths: int, price_minor: int) -> int:
    return divide(quantity_thousandths * price_minor, 1000, Rounding.HALF_UP)


def price_off(price_minor: int, off_ppm: int) -> int:
    """Return a price less a share of it."""
    return divide(price_minor * (_WHOLE - off_ppm), _WHOLE, Rounding.HALF_UP)


def typed_price(text: str, normal_minor: int, currency: str) -> int | None:
    """Return a price that was typed, or a discount on the normal one (`10%`, `9折`); None: neither."""
    text = text.strip()
    if text.endswith(("%", "％", "折")):
        off = parse_discount(text)
        return None if off is None else price_off(normal_minor, off)
    try:
        price = parse_minor(text, currency)
    except ValueError:
        return None
    return price if 0 <= price <= 10**11 else None


def off_percent(normal_minor: int, quoted_minor: int) -> str:
    """Return how much less the quoted amount is: `-10.0 %`; empty where there is nothing to compare."""
    if normal_minor <= 0 or normal_minor == quoted_minor:
        return ""
    tenths = divide((quoted_minor - normal_minor) * 1000, normal_minor, Rounding.HALF_UP)
    return f"{'-' if tenths < 0 else '+'}{abs(tenths) // 10}.{abs(tenths) % 10} %"


def times_typed(text: str) -> tuple[str, str]:
    """Return quantity and code of `12*1001`; a code alone is one."""
    found = _TIMES.fullmatch(text.strip())
    return (found[1], found[2].strip()) if found else ("1", text.strip())


def states_choices(every: str) -> Sequence[tuple[str, str]]:
    """Return the states to choose from; the first one means all."""
    return [("", every), *((state.value, _(words)) for state, words in STATES.items())]
