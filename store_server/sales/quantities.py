"""What is put into a basket: quantity, weight and price of goods that were found, or a sentence why not."""

from dataclasses import dataclass

from protocol.language import _
from protocol.messages.base import Refused
from protocol.money import minor_digits
from protocol.quantity import ONE, format_thousandths
from store_server.catalogue.reading import FoundItem
from store_server.database.unit_of_work import Work
from store_server.pricing.calculation import quantity_for
from store_server.sales.rows import PRINTED, TYPED

PRICE_LIMIT_MAJOR = 10_000_000
"""No single price at a counter is above ten million; more is a barcode typed as a price."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Quantity and price of what goes into the basket."""

    quantity_thousandths: int
    unit_price_minor: int
    normal_price_minor: int
    price_kind: str
    printed_amount_minor: int | None = None


def quantity_problem(work: Work, name: str, by_weight: bool, quantity_thousandths: int) -> Refused | None:
    """Return why a line cannot hold the quantity."""
    limit = work.settings.quantity_limit_thousandths
    if quantity_thousandths > limit:
        text = _("{quantity} is more than one line can hold ({limit}). Was a barcode typed as a quantity?")
        words = text.format(
            quantity=format_thousandths(quantity_thousandths), limit=format_thousandths(limit)
        )
        return Refused(code="too_many", field="quantity_thousandths", explanation=words)
    if quantity_thousandths <= 0:
        text = _("A quantity must be above zero.")
        return Refused(code="bad_quantity", field="quantity_thousandths", explanation=text)
    if not by_weight and quantity_thousandths % ONE:
        text = _("{name} is sold by the piece: {quantity} is not a whole number.")
        words = text.format(name=name, quantity=format_thousandths(quantity_thousandths))
        return Refused(code="whole_only", field="quantity_thousandths", explanation=words)
    return None


def price_problem(work: Work, price_minor: int, field: str = "price_minor") -> Refused | None:
    """Return why nothing can be sold at the price."""
    if price_minor < 0:
        return Refused(code="bad_price", field=field, explanation=_("A price cannot be below zero."))
    if price_minor > PRICE_LIMIT_MAJOR * 10 ** minor_digits(work.settings.currency):
        text = _("This price cannot be right. Was a barcode typed as a price?")
        return Refused(code="bad_price", field=field, explanation=text)
    return None


def _no_price(found: FoundItem) -> Refused:
    text = _("{name} ({code}) has the price 0 and cannot be sold so. Correct its price, or ask for help.")
    words = text.format(name=found.name, code=found.code)
    return Refused(code="price_zero", field="code", explanation=words)


def enter(work: Work, found: FoundItem, quantity: int | None, price_minor: int | None) -> Entered | Refused:
    """Return what is put into the basket for goods that were scanned or chosen."""
    if quantity is not None:
        # Before all else: five kilometres typed as a quantity get the sentence about the quantity.
        problem = quantity_problem(work, found.name, True, quantity)
        if problem is not None:
            return problem
    if found.embedded_price_minor is not None:
        return _with_printed_price(work, found, quantity)
    if found.embedded_quantity_thousandths is not None and quantity not in (None, ONE):
        return _one_by_one()
    pieces = found.embedded_quantity_thousandths
    if pieces is None:
        if found.by_weight and quantity is None:
            text = _("{name} is sold by weight. Please weigh it.").format(name=found.name)
            return Refused(code="weight_needed", field="quantity_thousandths", explanation=text)
        pieces = _in_units(found, quantity or ONE)
    priced = _price(work, found, price_minor)
    if isinstance(priced, Refused):
        return priced
    unit_price, kind = priced
    normal = unit_price if kind == TYPED else found.normal_price_minor
    problem = quantity_problem(work, found.name, found.by_weight, pieces)
    return problem or Entered(pieces, unit_price, normal, kind)


def _in_units(found: FoundItem, quantity: int) -> int:
    """Return the quantity in single units: one scan of a pack of six is six."""
    return quantity * found.pack_thousandths // ONE


def _one_by_one() -> Refused:
    text = _("This label carries its own weight or price. Please scan each label by itself.")
    return Refused(code="label_is_single", field="code", explanation=text)


def _price(work: Work, found: FoundItem, price_minor: int | None) -> tuple[int, str] | Refused:
    if not found.open_price:
        if price_minor is not None:
            text = _("{name} has a fixed price. To sell it for another, change the price of its line.")
            words = text.format(name=found.name)
            return Refused(code="price_fixed", field="code", explanation=words)
        return (found.price_minor, found.price_reason) if found.price_minor > 0 else _no_price(found)
    if price_minor is None:
        text = _("{name} has no fixed price. Please type what it costs.").format(name=found.name)
        return Refused(code="price_needed", field="price_minor", explanation=text)
    if price_minor == 0:
        return Refused(code="price_zero", field="price_minor", explanation=_("The price cannot be 0."))
    return price_problem(work, price_minor) or (price_minor, TYPED)


def _with_printed_price(work: Work, found: FoundItem, quantity: int | None) -> Entered | Refused:
    """The amount is the one on the label, to the cent; a weight is worked out from it for the stock."""
    amount = found.embedded_price_minor or 0
    if amount <= 0:
        return _no_price(found)
    if not found.by_weight:
        pieces = quantity or ONE
        problem = quantity_problem(work, found.name, False, pieces)
        return problem or Entered(pieces, amount, amount, PRINTED, amount * pieces // ONE)
    if quantity not in (None, ONE):
        return _one_by_one()
    if found.price_minor <= 0:
        return _no_price(found)
    weight = quantity_for(amount, found.price_minor)
    return Entered(weight, found.price_minor, found.normal_price_minor, PRINTED, amount)
