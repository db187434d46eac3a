"""A quotation becomes a basket, and the finished sale of that basket is what it was sold as."""

from dataclasses import replace

from protocol.identifiers import ProductId, SaleId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.members import MemberState, MemberStateChanged
from protocol.messages.quotations import QuotationState, SellQuotation
from protocol.messages.sales import SaleFinished
from store_server.catalogue.reading import FoundItem, product_by_id
from store_server.database.unit_of_work import Work
from store_server.members.reading import served
from store_server.members.tables import merged_ids
from store_server.quotations import tables
from store_server.quotations.facts import changed
from store_server.quotations.refusals import in_a_basket, no_such_quotation, not_approved
from store_server.quotations.rules import Line as Quoted
from store_server.quotations.rules import Quotation
from store_server.sales import quoted
from store_server.sales.entry import find_or_begin, save
from store_server.sales.membership import with_member
from store_server.sales.rows import QUOTATION, Basket, Line


def sell_quotation(work: Work, command: SellQuotation) -> Answer:
    """Put the goods of an approved quotation into a new basket at the quoted prices."""
    quotation = tables.by_id(work.db, command.quotation_id)
    if quotation is None:
        return no_such_quotation()
    counter = find_or_begin(work, command.sale_id, command.lane)
    if isinstance(counter, Refused):
        return counter
    state = quotation.state_on(counter.business_date)
    if state is not QuotationState.APPROVED:
        return not_approved(quotation, state)
    held = in_a_basket(work, quotation)
    if held is not None:
        return held
    if counter.basket.lines:
        text = _("A quotation begins a sale of its own. Finish this one or park it first.")
        return Refused(code="lane_busy", explanation=text)
    filled = _filled(work, counter.basket, quotation)
    if isinstance(filled, Refused):
        return filled
    quoted.hold(
        work,
        quoted.Held(
            sale_id=command.sale_id,
            quotation_id=quotation.quotation_id,
            number=quotation.number,
            version=quotation.version,
            valid_until=quotation.valid_until,
            state="held",
        ),
    )
    return save(work, counter.basket, filled)


def _filled(work: Work, basket: Basket, quotation: Quotation) -> Basket | Refused:
    lines = []
    for each in quotation.lines:
        found = product_by_id(work.db, ProductId(each.product_id), work.now)
        if isinstance(found, Refused):
            return found
        lines.append(_line(each, found, quotation.number))
    basket = replace(basket, lines=tuple(lines))
    if quotation.member_id is None:
        return basket
    member = served(work.db, quotation.member_id)
    if isinstance(member, Refused):
        return member
    lower = work.settings.member_price == "lower"
    return replace(basket, sale=with_member(basket.sale, member, lower), member=member)


def _line(each: Quoted, found: FoundItem, number: str) -> Line:
    return Line(
        line=each.line,
        product_id=each.product_id,
        code=each.code,
        name=each.name,
        unit=each.unit,
        by_weight=found.by_weight,
        price_version=found.version,
        quantity_thousandths=each.quantity_thousandths,
        normal_price_minor=each.unit_price_minor if found.open_price else found.normal_price_minor,
        unit_price_minor=each.unit_price_minor,
        price_kind=QUOTATION,
        override_reason=number,
        note=each.note,
        list_price_minor=each.unit_price_minor,
        list_kind=QUOTATION,
        tax=found.tax.tax,
        tax_name=found.tax.name,
        tax_rate_ppm=found.tax.rate_ppm,
        tax_inclusive=found.tax.inclusive,
        category_id=found.category_id,
    )


def note_sale(work: Work, fact: SaleFinished) -> None:
    """Note that the quotation in a finished sale is sold."""
    held = quoted.quotation_of(work.db, SaleId(fact.sale_id))
    if held is not None and held.state == "held":
        tables.sold(work, held.quotation_id, fact.sale_id)
        changed(work, held.quotation_id)


def forget_member(work: Work, fact: MemberStateChanged) -> None:
    """Blank what quotations say of a member whose data is erased."""
    if fact.state is MemberState.ERASED:
        tables.forget_words(work, [fact.member_id, *merged_ids(work.db, fact.member_id)])
