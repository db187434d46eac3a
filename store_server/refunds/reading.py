"""What is asked of refunds: what can still come back, what a refund would do, and those that were made."""

from datetime import date

from protocol.identifiers import LaneCode, ProductId, RefundId, SaleId, ShiftId, TenderId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.refunds import (
    FindSaleForRefund,
    GetRefund,
    ListRefunds,
    PaidTender,
    PreviewRefund,
    PreviewRefundWithoutReceipt,
    RefundableLine,
    RefundableSale,
    RefundFound,
    RefundPreview,
    RefundRow,
    RefundRows,
)
from store_server.database.unit_of_work import Work, read_time
from store_server.points import tables as points
from store_server.points.reversal import Undo, undo
from store_server.refunds import tables, without_receipt
from store_server.refunds.booking import Counter, draft
from store_server.refunds.goods_back import came_back
from store_server.refunds.permits import alone_without_receipt, needs_second_person
from store_server.refunds.planning import (
    Plan,
    finished_sale,
    needs_reference,
    only_try,
    plan_refund,
    sold_lines,
    unit_paid,
)
from store_server.refunds.rules import Sold, Source, worth
from store_server.refunds.sources import sources_of
from store_server.refunds.views import refund_view
from store_server.sales import tables as sales
from store_server.sales.rows import Basket, Line
from store_server.shifts.reading import present_date, reported_date


def _sale_meant(work: Work, query: FindSaleForRefund) -> SaleId | Refused:
    if query.sale_id is not None:
        return query.sale_id
    number = query.receipt_number.strip()
    sale_id = sales.sale_with_number(work.db, number)
    if sale_id is not None:
        return sale_id
    refund_id = tables.with_number(work.db, number) if number else None
    whole = tables.read(work.db, refund_id) if refund_id is not None else None
    if whole is not None and whole.refund.sale_id is not None:
        return SaleId(whole.refund.sale_id)
    if whole is not None:
        text = _("The refund {number} was made without a receipt: there is no sale behind it.")
    else:
        text = _("There is no receipt {number}.")
    return Refused(
        code="no_such_receipt", field="receipt_number", explanation=text.format(number=number or "“”")
    )


def find_sale_for_refund(work: Work, query: FindSaleForRefund) -> Answer:
    """A finished sale with all that can still come back."""
    sale_id = _sale_meant(work, query)
    if isinstance(sale_id, Refused):
        return sale_id
    basket = finished_sale(work, sale_id)
    if isinstance(basket, Refused):
        return basket
    sale = basket.sale
    assert sale.ended_at is not None
    sold = sold_lines(work, basket)
    rest = _points_left(work, basket)
    member = basket.member
    return RefundableSale(
        sale_id=sale_id,
        receipt_number=sale.receipt_number or "",
        lane=LaneCode(sale.lane),
        operator=sale.operator_name,
        business_date=sale.business_date or "",
        finished_at=read_time(sale.ended_at),
        currency=sale.currency,
        total_minor=sale.total_minor,
        rounding_minor=sale.rounding_minor,
        left_minor=sum(each.paid_minor - each.returned_minor for each in sold.values()),
        lines=tuple(_line(line, sold[line.line]) for line in basket.live),
        tenders=tuple(_paid(work, each) for each in sources_of(work.db, basket) if each.source_id),
        refund_numbers=tables.numbers_of_sale(work.db, sale_id),
        member_id=sale.member_id,
        member_number=member.number if member else "",
        member_name=member.name if member else "",
        points_to_take=rest.earned,
        points_to_return=rest.spent,
        training=work.training,
    )


def _points_left(work: Work, basket: Basket) -> Undo:
    """Return what happens to points if all that is left comes back."""
    row = points.sale(work.db, basket.sale.sale_id)
    if row is None:
        return Undo(0, 0, 0)
    goods = came_back(work.db, basket, {line.line: line.quantity_thousandths for line in basket.live})
    return undo(points.sold(work.db, row), basket.sale.total_minor, goods)


def _line(line: Line, sold: Sold) -> RefundableLine:
    left = sold.left_thousandths
    return RefundableLine(
        line=line.line,
        product_id=ProductId(line.product_id),
        code=line.code,
        name=line.name,
        unit=line.unit,
        by_weight=bool(line.by_weight),
        quantity_thousandths=line.quantity_thousandths,
        returned_thousandths=sold.returned_thousandths,
        left_thousandths=left,
        unit_paid_minor=unit_paid(sold),
        paid_minor=sold.paid_minor,
        left_minor=worth(sold, left).amount_minor if left else 0,
    )


def _paid(work: Work, source: Source) -> PaidTender:
    kind = sales.tender_kind(work.db, source.tender)
    return PaidTender(
        tender_id=TenderId(source.source_id or ""),
        tender=source.tender,
        name=_(source.name),
        reference=source.reference,
        paid_minor=source.paid_minor,
        returned_minor=source.given_minor,
        left_minor=source.paid_minor - source.given_minor,
        needs_reference=kind is not None and bool(kind["needs_reference"]),
    )


def _preview(work: Work, lane: LaneCode, plan: Plan, alone_minor: int) -> RefundPreview:
    # A preview is of no shift: none need be open to look.
    counter = Counter(RefundId("preview"), lane, ShiftId(""), present_date(work))
    sources = sources_of(work.db, plan.basket) if plan.basket is not None else ()
    whole = draft(work, counter, plan, {})
    return RefundPreview(
        refund=refund_view(work, whole, lambda tender: needs_reference(work, tender, sources)),
        second_person=needs_second_person(work, plan.settled.paid_back_minor, alone_minor),
    )


def preview_refund(work: Work, query: PreviewRefund) -> Answer:
    """What exactly would go back; tried, and undone."""
    day = date.fromisoformat(present_date(work))
    plan = only_try(work, lambda: plan_refund(work, query.sale_id, query.lines, day, in_cash=query.in_cash))
    if isinstance(plan, Refused):
        return plan
    return _preview(work, query.lane, plan, tables.paid_back_alone(work.db, query.sale_id))


def preview_refund_without_receipt(work: Work, query: PreviewRefundWithoutReceipt) -> Answer:
    """What would be given for goods without a receipt."""
    found = without_receipt.plan(work, query.lines)
    if isinstance(found, Refused):
        return found
    return _preview(work, query.lane, found.plan, alone_without_receipt(work, query.lane))


def no_such_refund(number: str) -> Refused:
    """Return the sentence for a number that no slip bears."""
    text = _("There is no refund {number}.").format(number=number.strip() or "“”")
    return Refused(code="no_such_refund", field="refund_number", explanation=text)


def get_refund(work: Work, query: GetRefund) -> Answer:
    """A refund by its id or its number."""
    refund_id = query.refund_id or tables.with_number(work.db, query.refund_number)
    whole = tables.read(work.db, refund_id) if refund_id is not None else None
    if whole is None:
        return no_such_refund(query.refund_number)
    return RefundFound(refund=refund_view(work, whole))


LISTED = (
    "SELECT r.*, (SELECT count(*) FROM refund_lines l WHERE l.refund_id = r.refund_id) AS lines "
    "FROM refunds r WHERE r.business_date = ? ORDER BY r.refunded_at DESC, r.refund_number DESC "
    "LIMIT ? OFFSET ?"
)


def _tender_names(work: Work, refund_id: str) -> str:
    rows = work.db.execute(
        "SELECT name FROM refund_tenders WHERE refund_id = ? AND amount_minor > 0 ORDER BY position",
        (refund_id,),
    )
    return " + ".join(dict.fromkeys(_(row[0]) for row in rows))[:200]


def list_refunds(work: Work, query: ListRefunds) -> Answer:
    """The refunds of a business date, latest first."""
    business_date = reported_date(work, query.business_date)
    found = work.db.execute(LISTED, (business_date, query.limit + 1, query.offset)).fetchall()
    return RefundRows(
        refunds=tuple(
            RefundRow(
                refund_id=row["refund_id"],
                refund_number=row["refund_number"],
                receipt_number=row["receipt_number"],
                lane=LaneCode(row["lane"]),
                operator=row["operator_name"],
                approver=row["approver_name"],
                refunded_at=read_time(row["refunded_at"]),
                line_count=row["lines"],
                paid_back_minor=row["paid_back_minor"],
                tenders=_tender_names(work, row["refund_id"]),
            )
            for row in found[: query.limit]
        ),
        more=len(found) > query.limit,
    )
