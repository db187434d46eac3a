"""Commands on the lines of a basket: add, change the quantity, void, note."""

from dataclasses import replace

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.sales import AddItem, AddProduct, ChangeQuantity, LineVoided, NoteLine, VoidLine
from store_server.catalogue.reading import FoundItem, find_for_sale, product_by_id
from store_server.database.unit_of_work import Work
from store_server.sales.coupons import coupon_instead
from store_server.sales.entry import (
    Counter,
    find_line,
    find_line_to_change,
    find_or_begin,
    open_counter,
    save,
)
from store_server.sales.quantities import enter, quantity_problem
from store_server.sales.rows import Line
from store_server.sales.rules import joins, with_line
from store_server.shifts import tables as shifts
from store_server.shifts.rules import Event


def add_item(work: Work, command: AddItem) -> Answer:
    """Add goods by what was scanned or typed."""
    found = find_for_sale(work.db, command.code, work.now)
    if isinstance(found, Refused):
        return coupon_instead(work, command.code, found)
    return _add(work, command, found, command.code.strip())


def add_product(work: Work, command: AddProduct) -> Answer:
    """Add goods that were chosen from a list."""
    found = product_by_id(work.db, ProductId(command.product_id), work.now)
    if isinstance(found, Refused):
        return found
    return _add(work, command, found, found.code)


def _add(work: Work, command: AddItem | AddProduct, found: FoundItem, code: str) -> Answer:
    counter = find_or_begin(work, command.sale_id, command.lane)
    if isinstance(counter, Refused):
        return counter
    entered = enter(work, found, command.quantity_thousandths, command.price_minor)
    if isinstance(entered, Refused):
        return entered
    lines = counter.basket.lines
    line = Line(
        line=lines[-1].line + 1 if lines else 1,
        product_id=found.product_id,
        code=code,
        name=found.name,
        unit=found.unit,
        by_weight=found.by_weight,
        price_version=found.version,
        quantity_thousandths=entered.quantity_thousandths,
        normal_price_minor=entered.normal_price_minor,
        unit_price_minor=entered.unit_price_minor,
        price_kind=entered.price_kind,
        list_price_minor=entered.unit_price_minor,
        list_kind=entered.price_kind,
        printed_amount_minor=entered.printed_amount_minor,
        tax=found.tax.tax,
        tax_name=found.tax.name,
        tax_rate_ppm=found.tax.rate_ppm,
        tax_inclusive=found.tax.inclusive,
        category_id=found.category_id,
    )
    last = lines[-1] if lines else None
    if last is not None and joins(last, line):
        return _join(work, counter, last, line.quantity_thousandths)
    if len(lines) >= work.settings.line_limit:
        text = _("A sale can have {limit} lines. Finish this one and begin another.")
        words = text.format(limit=work.settings.line_limit)
        return Refused(code="too_many_lines", explanation=words)
    return save(work, counter.basket, with_line(counter.basket, line), line.line)


def _join(work: Work, counter: Counter, last: Line, more_thousandths: int) -> Answer:
    quantity = last.quantity_thousandths + more_thousandths
    problem = quantity_problem(work, last.name, bool(last.by_weight), quantity)
    if problem is not None:
        return problem
    joined = replace(last, quantity_thousandths=quantity)
    return save(work, counter.basket, with_line(counter.basket, joined), last.line)


def change_quantity(work: Work, command: ChangeQuantity) -> Answer:
    """Set the quantity of a line."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    line = find_line_to_change(counter.basket, command.line)
    if isinstance(line, Refused):
        return line
    if line.printed_amount_minor is not None:
        text = _("The price of {name} is printed on its label. Void the line and scan the right label.")
        return Refused(code="amount_is_printed", field="line", explanation=text.format(name=line.name))
    problem = quantity_problem(work, line.name, bool(line.by_weight), command.quantity_thousandths)
    if problem is not None:
        return problem
    changed = replace(line, quantity_thousandths=command.quantity_thousandths)
    return save(work, counter.basket, with_line(counter.basket, changed), line.line)


def void_line(work: Work, command: VoidLine) -> Answer:
    """Take a line out; it stays visible and is on the shift's slip."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    line = find_line_to_change(counter.basket, command.line)
    if isinstance(line, Refused):
        return line
    amount = line.amount_minor + line.share_minor + line.offers_minor
    voided = replace(line, voided=True, share_minor=0, offers_minor=0, offers="", amount_minor=amount)
    shifts.note_event(work, counter.shift_id, Event.VOID, amount, command.sale_id, line.name)
    work.record(LineVoided(sale_id=command.sale_id, line=line.line, amount_minor=amount))
    return save(work, counter.basket, with_line(counter.basket, voided), line.line)


def note_line(work: Work, command: NoteLine) -> Answer:
    """Write a note on a line, or take it away."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    line = find_line(counter.basket, command.line)
    if isinstance(line, Refused):
        return line
    noted = replace(line, note=command.note.strip())
    return save(work, counter.basket, with_line(counter.basket, noted), line.line)
