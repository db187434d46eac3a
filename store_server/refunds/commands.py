"""The requests of refunds and exchanges. The end of a sale is answered here: it may end an exchange."""

from typing import Any

from protocol.identifiers import LaneCode, RefundId, SaleId
from protocol.language import _
from protocol.messages import refunds, sales
from protocol.messages.base import Answer, Refused
from protocol.messages.refunds import RefundSale, RefundSlipCopy, RefundSlipReprinted, ReprintRefundSlip
from protocol.permissions import Permission
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Remembered
from store_server.refunds import exchanges, reading, tables, views, without_receipt
from store_server.refunds.booking import Counter, book, draft
from store_server.refunds.permits import alone_without_receipt, second_person
from store_server.refunds.planning import plan_refund, references_of
from store_server.refunds.slip import slip_of
from store_server.sales.entry import shift_at
from store_server.shifts import tables as shifts
from store_server.shifts.rules import Event


def refund_sale(work: Work, command: RefundSale) -> Answer:
    """Take goods of a finished sale back; asked again with the same refund id it is done once."""
    known = already_there(work, command.refund_id, command.sale_id)
    if known is not None:
        return known
    shift = shift_at(work, LaneCode(command.lane))
    if isinstance(shift, Refused):
        return shift
    counter = Counter(command.refund_id, command.lane, shift["shift_id"], shift["business_date"])
    plan = plan_refund(work, command.sale_id, command.lines, counter.day, in_cash=command.in_cash)
    if isinstance(plan, Refused):
        return plan
    references = references_of(work, plan, command.references)
    if isinstance(references, Refused):
        return references
    before = tables.paid_back_alone(work.db, command.sale_id)
    alone = second_person(work, plan.settled.paid_back_minor, Permission.REFUND, before)
    if alone is not None:
        return alone
    return views.done(work, book(work, counter, plan, draft(work, counter, plan, references)))


def already_there(work: Work, refund_id: RefundId, sale_id: SaleId | None) -> Answer | None:
    """Return the refund that was made under this id before, or why the id cannot be used again."""
    whole = tables.read(work.db, refund_id)
    if whole is None:
        return None
    if whole.refund.sale_id == sale_id and whole.refund.exchange_sale_id is None:
        return views.done(work, whole)
    text = _("This refund was already made, for another sale.")
    return Refused(code="id_used", field="refund_id", explanation=text)


def refund_without_receipt(work: Work, command: refunds.RefundWithoutReceipt) -> Answer:
    """Take goods back for cash that nobody can show a receipt for."""
    known = already_there(work, command.refund_id, None)
    if known is not None:
        return known
    shift = shift_at(work, LaneCode(command.lane))
    if isinstance(shift, Refused):
        return shift
    found = without_receipt.plan(work, command.lines)
    if isinstance(found, Refused):
        return found
    back, before = found.plan.settled.paid_back_minor, alone_without_receipt(work, LaneCode(command.lane))
    alone = second_person(work, back, Permission.REFUND_WITHOUT_RECEIPT, before) or without_receipt.too_dear(
        work, found
    )
    if alone is not None:
        return alone
    counter = Counter(command.refund_id, command.lane, shift["shift_id"], shift["business_date"])
    return views.done(work, book(work, counter, found.plan, draft(work, counter, found.plan, {})))


def reprint_refund_slip(work: Work, command: ReprintRefundSlip) -> Answer:
    """A copy of a slip, marked, counted and recorded."""
    refund_id = tables.with_number(work.db, command.refund_number)
    whole = tables.read(work.db, refund_id) if refund_id is not None else None
    if refund_id is None or whole is None:
        return reading.no_such_refund(command.refund_number)
    copies = tables.note_copy(work, refund_id)
    number = whole.refund.refund_number
    shift = shifts.open_shift_of(work.db, LaneCode(whole.refund.lane))
    if shift is not None:
        shifts.note_event(work, shift["shift_id"], Event.REPRINT, whole.refund.paid_back_minor, number)
    work.record(RefundSlipReprinted(refund_id=refund_id, refund_number=number, copies=copies))
    slip = slip_of(work.db, whole, work.training, copies)
    return RefundSlipCopy(slip=slip, refund_number=number, copies=copies)


def _done_again(work: Work, refund_id: str) -> Answer:
    whole = tables.read(work.db, refund_id)
    assert whole is not None
    return views.done(work, whole)


def _refund_key(answer: refunds.RefundDone) -> str:
    return answer.refund.refund_id


def _sale_key(answer: sales.SaleDone) -> str:
    return answer.basket.sale_id


HANDLERS: dict[type[Any], Any] = {
    refunds.FindSaleForRefund: reading.find_sale_for_refund,
    refunds.PreviewRefund: reading.preview_refund,
    refunds.RefundSale: refund_sale,
    refunds.PreviewRefundWithoutReceipt: reading.preview_refund_without_receipt,
    refunds.RefundWithoutReceipt: refund_without_receipt,
    refunds.ExchangeSale: exchanges.exchange_sale,
    refunds.RemoveExchange: exchanges.remove_exchange,
    refunds.GetRefund: reading.get_refund,
    refunds.ListRefunds: reading.list_refunds,
    refunds.ReprintRefundSlip: reprint_refund_slip,
    sales.FinishSale: exchanges.finish_sale,
}

REMEMBERED: dict[type[Any], Remembered] = {
    refunds.RefundDone: Remembered(_refund_key, _done_again),
    sales.SaleDone: Remembered(_sale_key, exchanges.done_again),
}
"""Refunds and finished sales are views of rows; the rows are the memory."""
