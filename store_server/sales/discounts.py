"""Commands that change what is charged: another price, a discount on a line or on the sale."""

from dataclasses import replace

from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.sales import (
    DiscountGiven,
    DiscountLine,
    DiscountSale,
    LineNumber,
    OverridePrice,
    PriceOverridden,
)
from store_server.database.unit_of_work import Work
from store_server.pricing.calculation import Discount
from store_server.sales.entry import find_line_to_change, money, open_counter, save
from store_server.sales.quantities import price_problem
from store_server.sales.rows import OVERRIDE, Basket
from store_server.sales.rules import repriced, value_before_discounts, with_line
from store_server.sales.surroundings import surroundings


def override_price(work: Work, command: OverridePrice) -> Answer:
    """Sell a line at another unit price."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    line = find_line_to_change(counter.basket, command.line)
    if isinstance(line, Refused):
        return line
    reason = command.reason.strip()
    if not reason:
        return _reason_needed()
    if command.unit_price_minor == 0:
        text = _("The price cannot be 0. To give it away, take a discount of 100 % off the line.")
        return Refused(code="price_zero", field="unit_price_minor", explanation=text)
    problem = price_problem(work, command.unit_price_minor, "unit_price_minor")
    if problem is not None:
        return problem
    changed = replace(
        line,
        unit_price_minor=command.unit_price_minor,
        price_kind=OVERRIDE,
        override_reason=reason,
        printed_amount_minor=None,
    )
    work.record(
        PriceOverridden(
            sale_id=command.sale_id,
            line=line.line,
            normal_price_minor=line.normal_price_minor,
            unit_price_minor=command.unit_price_minor,
            reason=reason,
        )
    )
    return save(work, counter.basket, with_line(counter.basket, changed), line.line)


def _reason_needed() -> Refused:
    text = _("Please say why; it is kept with the sale.")
    return Refused(code="reason_needed", field="reason", explanation=text)


def _discount(
    work: Work, amount_minor: int | None, rate_ppm: int | None, reason: str, value_minor: int
) -> Discount | Refused:
    """Return the discount that was asked for, or why it cannot be on what is worth so much."""
    if (amount_minor is None) == (rate_ppm is None):
        text = _("A discount is either an amount or a percentage.")
        return Refused(code="bad_discount", explanation=text)
    discount = Discount(amount_minor or 0, rate_ppm or 0)
    if discount.amount_minor > value_minor:
        text = _("{amount} is more than what it is taken off: {value}.")
        words = text.format(amount=money(work, discount.amount_minor), value=money(work, value_minor))
        return Refused(code="discount_too_big", field="amount_minor", explanation=words)
    if discount != Discount() and not reason.strip():
        return _reason_needed()
    return discount


def discount_line(work: Work, command: DiscountLine) -> Answer:
    """Take an amount or a rate off a line; zero removes it."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    line = find_line_to_change(counter.basket, command.line)
    if isinstance(line, Refused):
        return line
    value = value_before_discounts(line)
    discount = _discount(work, command.amount_minor, command.rate_ppm, command.reason, value)
    if isinstance(discount, Refused):
        return discount
    none = discount == Discount()
    changed = replace(
        line,
        discount_amount_minor=discount.amount_minor,
        discount_rate_ppm=discount.rate_ppm,
        discount_reason="" if none else command.reason.strip(),
    )
    _record(work, command, line.line, discount.on(value))
    return save(work, counter.basket, with_line(counter.basket, changed), line.line)


def discount_sale(work: Work, command: DiscountSale) -> Answer:
    """Take an amount or a rate off the whole sale; zero removes it."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    basket = counter.basket
    plain = _without_sale_discount(basket)
    if not basket.live:
        return Refused(code="no_lines", explanation=_("There is nothing in this sale."))
    full = repriced(plain, surroundings(work, plain)).sale
    value = full.total_minor - full.tax_added_minor  # it comes off the goods; the tax on top follows
    discount = _discount(work, command.amount_minor, command.rate_ppm, command.reason, value)
    if isinstance(discount, Refused):
        return discount
    none = discount == Discount()
    sale = replace(
        basket.sale,
        discount_amount_minor=discount.amount_minor,
        discount_rate_ppm=discount.rate_ppm,
        discount_reason="" if none else command.reason.strip(),
    )
    _record(work, command, None, discount.on(value))
    return save(work, basket, replace(basket, sale=sale))


def _without_sale_discount(basket: Basket) -> Basket:
    return replace(basket, sale=replace(basket.sale, discount_amount_minor=0, discount_rate_ppm=0))


def _record(
    work: Work, command: DiscountLine | DiscountSale, line: LineNumber | None, amount_minor: int
) -> None:
    work.record(
        DiscountGiven(
            sale_id=command.sale_id,
            line=line,
            discount_minor=amount_minor,
            reason=command.reason.strip(),
        )
    )
