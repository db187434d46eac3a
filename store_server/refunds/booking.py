"""A refund into the books: rows, ledger, stock, drawer, standing and fact, in the command's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from protocol.identifiers import (
    LaneCode,
    MemberId,
    OperatorId,
    ProductId,
    RefundId,
    SaleId,
    ShiftId,
    TenderId,
)
from protocol.messages.refunds import Disposition, RefundedLine, RefundedTender, SaleRefunded
from store_server.database.unit_of_work import Work
from store_server.ledger.rules import Account, Posting
from store_server.ledger.tables import post
from store_server.members.refunds import reverse_for_refund as reverse_standing
from store_server.operators.tables import name_of
from store_server.receipts.tables import keep_form, present_form
from store_server.refunds import tables
from store_server.refunds.planning import Plan
from store_server.refunds.rows import Refund, RefundLine, RefundTender, Whole
from store_server.sales.finishing import STORE
from store_server.shifts import tables as shifts
from store_server.shifts.rules import Event
from store_server.stock import tables as stock

REFUND = "refund"
"""The reason of a refund's ledger entry; its reference is the refund's id. Also a kind of stock move."""
WASTE = "waste"
"""The kind of the stock move by which goods that came back are thrown away."""
POINTS_KEPT = "points_kept"
"""The account of what refunds kept for points that were spent already."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Where the goods come back."""

    refund_id: RefundId
    lane: LaneCode
    shift_id: ShiftId
    business_date: str

    @property
    def day(self) -> date:
        """The business date."""
        return date.fromisoformat(self.business_date)


def draft(
    work: Work,
    counter: Counter,
    plan: Plan,
    references: Mapping[str, str],
    exchange_sale_id: str | None = None,
) -> Whole:
    """Return the refund as its rows would be, without a number."""
    assert work.session is not None
    sale = plan.basket.sale if plan.basket is not None else None
    refund = Refund(
        refund_id=counter.refund_id,
        refund_number="",
        lane=counter.lane,
        business_date=counter.business_date,
        refund_seq=0,
        sale_id=sale.sale_id if sale else None,
        receipt_number=(sale.receipt_number or "") if sale else "",
        exchange_sale_id=exchange_sale_id,
        refunded_at=work.at,
        operator_id=work.session.operator_id,
        operator_name=work.session.name,
        approver_id=work.approver_id,
        approver_name=name_of(work.db, work.approver_id),
        shift_id=counter.shift_id,
        currency=sale.currency if sale else work.settings.currency,
        amount_minor=plan.amount_minor,
        rounding_minor=plan.rounding_minor,
        kept_minor=plan.settled.kept_minor,
        paid_back_minor=plan.settled.paid_back_minor,
        points_taken=plan.reversal.earned,
        points_returned=plan.reversal.spent,
        member_id=sale.member_id if sale else None,
        form_id=0,
    )
    tenders = tuple(
        RefundTender(
            position,
            each.source_id,
            each.tender,
            each.name,
            each.counts_in_drawer,
            each.value_minor,
            each.settled_minor,
            each.amount_minor,
            "" if each.counts_in_drawer else references.get(each.source_id or "", ""),
            each.coins_minor,
        )
        for position, each in enumerate(plan.settled.payments, 1)
    )
    return Whole(refund, plan.lines, tenders)


def book(work: Work, counter: Counter, plan: Plan, whole: Whole) -> Whole:
    """Write the refund; its points are taken and given back already (see `plan_refund`)."""
    seq = tables.next_seq(work, counter.lane, counter.business_date)
    refund = replace(
        whole.refund,
        refund_seq=seq,
        refund_number=refund_number(work.settings.store_code, counter.lane, counter.business_date, seq),
        form_id=keep_form(work, present_form(work, "refund_slip")),
    )
    whole = replace(whole, refund=refund)
    tables.insert(work, whole)
    _post(work, whole)
    for line in whole.lines:
        _move_stock(work, line, refund.refund_number)
    reasons = ", ".join(dict.fromkeys(line.reason for line in whole.lines if line.reason))
    shifts.note_event(
        work, counter.shift_id, Event.REFUND, refund.amount_minor, refund.refund_number, reasons
    )
    if refund.sale_id is not None:
        reverse_standing(work, refund.sale_id, plan.returned_minor, counter.day, plan.goods)
    work.record(refunded_fact(whole))
    return whole


def refund_number(store: str, lane: str, business_date: str, seq: int) -> str:
    """Return `S1-2-20261121-R0007`: a sequence of its own, so that receipts stay without gaps."""
    return f"{store}-{lane}-{business_date.replace('-', '')}-R{seq:04d}"


def _post(work: Work, whole: Whole) -> None:
    """What was sold and its tax against drawer and tenders; rounding and what is kept beside them."""
    refund, unit = whole.refund, whole.refund.currency
    out: dict[Account, int] = {}
    for tender in whole.tenders:
        account = Account("drawer", refund.lane, unit)
        if not tender.counts_in_drawer:
            account = Account("tender", tender.tender, unit)
        out[account] = out.get(account, 0) - tender.amount_minor
    taxes: dict[Account, int] = {}
    for line in whole.taxes:
        account = Account("tax", line.rate.tax, unit)
        taxes[account] = taxes.get(account, 0) + line.tax_minor
    postings = [
        *(Posting(account, amount) for account, amount in out.items()),
        Posting(Account("sales", STORE, unit), refund.amount_minor - sum(taxes.values())),
        *(Posting(account, amount) for account, amount in taxes.items()),
        Posting(Account("rounding", STORE, unit), refund.rounding_minor),
        Posting(Account(POINTS_KEPT, STORE, unit), -refund.kept_minor),
    ]
    post(work, REFUND, refund.refund_id, postings, refund.shift_id)


def _move_stock(work: Work, line: RefundLine, number: str) -> None:
    """Goods come back; what goes to the bin leaves again at once, so that the loss can be seen."""
    product_id = ProductId(line.product_id)
    stock.move(work, product_id, line.quantity_thousandths, REFUND, number)
    if line.disposition == Disposition.WASTE:
        stock.move(work, product_id, -line.quantity_thousandths, WASTE, number)


def refunded_fact(whole: Whole) -> SaleRefunded:
    """Return the fact of a refund that has its number."""
    refund = whole.refund
    return SaleRefunded(
        refund_id=RefundId(refund.refund_id),
        refund_number=refund.refund_number,
        sale_id=SaleId(refund.sale_id) if refund.sale_id else None,
        receipt_number=refund.receipt_number,
        lane=LaneCode(refund.lane),
        operator_id=OperatorId(refund.operator_id),
        shift_id=ShiftId(refund.shift_id),
        business_date=refund.business_date,
        currency=refund.currency,
        amount_minor=refund.amount_minor,
        rounding_minor=refund.rounding_minor,
        kept_minor=refund.kept_minor,
        paid_back_minor=refund.paid_back_minor,
        lines=tuple(
            RefundedLine(
                line=line.line,
                product_id=ProductId(line.product_id),
                code=line.code,
                name=line.name,
                quantity_thousandths=line.quantity_thousandths,
                amount_minor=line.amount_minor,
                tax=line.tax,
                tax_minor=line.tax_minor,
                disposition=Disposition(line.disposition),
                reason=line.reason,
            )
            for line in whole.lines
        ),
        tenders=tuple(
            RefundedTender(
                tender_id=TenderId(tender.source_id) if tender.source_id else None,
                tender=tender.tender,
                amount_minor=tender.amount_minor,
                reference=tender.reference,
            )
            for tender in whole.tenders
        ),
        member_id=MemberId(refund.member_id) if refund.member_id is not None else None,
        exchange_sale_id=SaleId(refund.exchange_sale_id) if refund.exchange_sale_id else None,
    )
