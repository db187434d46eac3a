"""Refunds as the screens show them."""

from collections.abc import Callable

from protocol.identifiers import LaneCode, ProductId, RefundId, SaleId, TenderId
from protocol.language import _
from protocol.messages.refunds import (
    Disposition,
    RefundDone,
    RefundLineView,
    RefundTenderView,
    RefundView,
)
from store_server.database.unit_of_work import Work, read_time
from store_server.refunds.rows import RefundLine, RefundTender, Whole
from store_server.refunds.slip import slip_of
from store_server.sales.views import tax_view


def _line(line: RefundLine) -> RefundLineView:
    return RefundLineView(
        line=line.line,
        product_id=ProductId(line.product_id),
        name=line.name,
        unit=line.unit,
        quantity_thousandths=line.quantity_thousandths,
        unit_paid_minor=line.unit_paid_minor,
        amount_minor=line.amount_minor,
        tax_minor=line.tax_minor,
        disposition=Disposition(line.disposition),
        reason=line.reason,
    )


def _tender(tender: RefundTender, needs_reference: bool) -> RefundTenderView:
    return RefundTenderView(
        tender_id=TenderId(tender.source_id) if tender.source_id else None,
        tender=tender.tender,
        name=_(tender.name),
        amount_minor=tender.amount_minor,
        reference=tender.reference,
        needs_reference=needs_reference,
    )


def refund_view(
    work: Work, whole: Whole, needs_reference: Callable[[RefundTender], bool] = lambda _tender: False
) -> RefundView:
    """Return a refund, or a draft of one, as it is shown."""
    refund = whole.refund
    return RefundView(
        refund_id=RefundId(refund.refund_id),
        refund_number=refund.refund_number,
        sale_id=SaleId(refund.sale_id) if refund.sale_id else None,
        receipt_number=refund.receipt_number,
        lane=LaneCode(refund.lane),
        operator=refund.operator_name,
        approver=refund.approver_name,
        refunded_at=read_time(refund.refunded_at) if refund.refund_number else None,
        business_date=refund.business_date,
        currency=refund.currency,
        lines=tuple(_line(line) for line in whole.lines),
        taxes=tuple(tax_view(line) for line in whole.taxes),
        tenders=tuple(_tender(each, needs_reference(each)) for each in whole.tenders if each.amount_minor),
        amount_minor=refund.amount_minor,
        rounding_minor=refund.rounding_minor,
        kept_minor=refund.kept_minor,
        paid_back_minor=refund.paid_back_minor,
        points_taken=refund.points_taken,
        points_returned=refund.points_returned,
        exchange_sale_id=SaleId(refund.exchange_sale_id) if refund.exchange_sale_id else None,
        training=work.training,
    )


def cash_out(whole: Whole) -> int:
    """Return what goes back out of the drawer."""
    return sum(tender.amount_minor for tender in whole.tenders if tender.counts_in_drawer)


def done(work: Work, whole: Whole) -> RefundDone:
    """Return the answer of a refund that is in the books."""
    return RefundDone(
        refund=refund_view(work, whole),
        slip=slip_of(work.db, whole, work.training),
        open_drawer=cash_out(whole) > 0,
    )
