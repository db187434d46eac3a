"""Goods that come back without a receipt: at most at the present selling price, for cash."""

from collections.abc import Sequence
from dataclasses import dataclass

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.refunds import Disposition, ReturnProduct
from protocol.money import Rounding
from store_server.catalogue.reading import FoundItem, product_for_return
from store_server.database.unit_of_work import Work
from store_server.pricing.calculation import value_of
from store_server.pricing.cash_rounding import CashRounding
from store_server.pricing.tax import tax_lines
from store_server.refunds import tables
from store_server.refunds.permits import may_give_more
from store_server.refunds.planning import Plan, coins_of
from store_server.refunds.rows import RefundLine
from store_server.refunds.rules import Payment, Settled
from store_server.sales.entry import SALE_LIMIT_MINOR, cash_step, money
from store_server.sales.quantities import price_problem, quantity_problem


@dataclass(frozen=True, slots=True)
class Found:
    """What would be given, and for which goods more than they cost now."""

    plan: Plan
    dear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Priced:
    asked: ReturnProduct
    found: FoundItem
    price_minor: int

    @property
    def value_minor(self) -> int:
        """Quantity × price; tax on top is not in it."""
        return value_of(self.asked.quantity_thousandths, self.price_minor)


def plan(work: Work, asked: Sequence[ReturnProduct]) -> Found | Refused:
    """Return what is given for the goods, or why they cannot come back."""
    priced: list[_Priced] = []
    for each in asked:
        one = _priced(work, each)
        if isinstance(one, Refused):
            return one
        priced.append(one)
    taxed = tax_lines([(each.found.tax, each.value_minor) for each in priced])
    lines = tuple(
        _line(position, each, tax)
        for position, (each, tax) in enumerate(zip(priced, taxed.shares, strict=True), 1)
    )
    value = sum(line.amount_minor for line in lines)
    if value > SALE_LIMIT_MINOR:
        text = _("This comes to {amount}. Was a barcode typed as a price or a quantity?")
        return Refused(code="too_much", explanation=text.format(amount=money(work, value)))
    settings = work.settings
    rounding = CashRounding(cash_step(settings.cash_rounding), Rounding(settings.cash_rounding_mode))
    cash = tables.cash_kind(work.db)
    back = coins_of(work, rounding).of(value)
    payment = Payment(None, cash.tender, cash.name, True, value, value, back)
    dear = tuple(each.found.name for each in priced if each.price_minor > each.found.price_minor)
    return Found(Plan(lines, Settled((payment,))), dear)


def _priced(work: Work, asked: ReturnProduct) -> _Priced | Refused:
    found = product_for_return(work.db, ProductId(asked.product_id), work.now)
    if isinstance(found, Refused):
        return found
    problem = quantity_problem(work, found.name, found.by_weight, asked.quantity_thousandths)
    if problem is not None:
        return problem
    if not asked.reason.strip():
        text = _("Please say why {name} comes back; there is no receipt for it.").format(name=found.name)
        return Refused(code="reason_needed", field="lines", explanation=text)
    price = asked.price_minor or found.price_minor
    if price <= 0:
        text = _("{name} has no fixed price. Please type what is given for one.").format(name=found.name)
        return Refused(code="price_needed", field="lines", explanation=text)
    return price_problem(work, price, "lines") or _Priced(asked, found, price)


def _line(position: int, priced: _Priced, tax_minor: int) -> RefundLine:
    found, asked = priced.found, priced.asked
    rate = found.tax
    return RefundLine(
        position=position,
        sale_id=None,
        line=None,
        product_id=found.product_id,
        code=found.code,
        name=found.name,
        unit=found.unit,
        quantity_thousandths=asked.quantity_thousandths,
        unit_paid_minor=priced.price_minor,
        amount_minor=priced.value_minor + (0 if rate.inclusive else tax_minor),
        tax=rate.tax,
        tax_name=rate.name,
        tax_rate_ppm=rate.rate_ppm,
        tax_inclusive=rate.inclusive,
        tax_minor=tax_minor,
        disposition=Disposition(asked.disposition).value,
        reason=asked.reason.strip(),
    )


def too_dear(work: Work, found: Found) -> Refused | None:
    """Return why so much cannot be given: more than the goods cost now has to be approved."""
    refused = may_give_more(work) if found.dear else None
    if refused is None:
        return None
    text = _("More is given for {name} than it costs now. Somebody who may has to approve it.")
    return refused.model_copy(update={"explanation": text.format(name=found.dear[0])})
