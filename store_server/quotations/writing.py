"""What somebody wrote as a quotation: looked at line by line, with names and sums filled in."""

from datetime import date

from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.quotations import QuotationView, QuotedLine
from protocol.money import format_minor
from protocol.quantity import ONE, format_thousandths
from store_server.catalogue.reading import FoundItem, product_by_id
from store_server.database.unit_of_work import Work
from store_server.members.reading import served
from store_server.pricing.lines import value_of
from store_server.quotations.rules import Line
from store_server.quotations.tables import Written
from store_server.sales.entry import SALE_LIMIT_MINOR
from store_server.sales.quantities import price_problem
from store_server.shifts.reading import present_date


def _line(work: Work, number: int, quoted: QuotedLine) -> Line | Refused:
    found = product_by_id(work.db, quoted.product_id, work.now)
    if isinstance(found, Refused):
        return found.model_copy(update={"field": "lines"})
    problem = _quantity_problem(found, quoted.quantity_thousandths)
    problem = problem or price_problem(work, quoted.unit_price_minor, "lines")
    if problem is not None:
        return problem
    return Line(
        line=number,
        product_id=found.product_id,
        code=found.code,
        name=found.name,
        unit=found.unit,
        quantity_thousandths=quoted.quantity_thousandths,
        unit_price_minor=quoted.unit_price_minor,
        amount_minor=value_of(quoted.quantity_thousandths, quoted.unit_price_minor),
        note=quoted.note.strip(),
    )


def _quantity_problem(found: FoundItem, quantity_thousandths: int) -> Refused | None:
    if found.by_weight or quantity_thousandths % ONE == 0:
        return None
    text = _("{name} is sold by the piece: {quantity} is not a whole number.")
    words = text.format(name=found.name, quantity=format_thousandths(quantity_thousandths))
    return Refused(code="whole_only", field="lines", explanation=words)


def written(work: Work, view: QuotationView) -> Written | Refused:
    """Return what is to be kept of a quotation, or what is wrong with it."""
    customer = view.customer.strip()
    if not customer:
        text = _("Please say for whom the quotation is.")
        return Refused(code="customer_needed", field="customer", explanation=text)
    late = past(work, view.valid_until)
    if late is not None:
        return late
    member_id = None
    if view.member_id is not None:
        member = served(work.db, view.member_id)
        if isinstance(member, Refused):
            return member.model_copy(update={"field": "member_id"})
        member_id = member.member_id
    lines: list[Line] = []
    for number, quoted in enumerate(view.lines, 1):
        line = _line(work, number, quoted)
        if isinstance(line, Refused):
            return line
        lines.append(line)
    kept = Written(customer, member_id, view.valid_until.isoformat(), view.note.strip(), lines)
    if kept.total_minor > SALE_LIMIT_MINOR:
        text = _("This quotation comes to {amount}. Was a barcode typed as a price or a quantity?")
        words = text.format(amount=format_minor(kept.total_minor, work.settings.currency, symbol=True))
        return Refused(code="too_much", field="lines", explanation=words)
    return kept


def past(work: Work, valid_until: date) -> Refused | None:
    """Return that the last day is over already."""
    if valid_until.isoformat() >= present_date(work):
        return None
    text = _("Its last day, {date}, is over. Choose a later one.").format(date=valid_until)
    return Refused(code="quotation_expired", field="valid_until", explanation=text)
