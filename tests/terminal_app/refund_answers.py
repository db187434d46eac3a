"""Refunds in the fake shop: finished sales can come back, in parts, for new goods, or without a receipt."""

from datetime import UTC, datetime
from typing import Any

from protocol.identifiers import RefundId
from protocol.messages import refunds, sales
from protocol.messages.base import Answer, Refused
from protocol.permissions import Permission
from protocol.receipt import Document, TextLine

_NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
LIMIT = 50_000
"""Above this a second person has to approve it."""


class RefundAnswers:
    """A part of the fake store. What was paid for a line is its amount; one card or cash paid it all."""

    baskets: dict[str, sales.BasketView]
    finished: list[sales.BasketView]

    def __init__(self) -> None:
        """Nothing came back yet."""
        super().__init__()
        self.refunded: dict[str, refunds.RefundView] = {}
        self.in_cash_allowed = True
        self.slips_again = 0
        self.wants_reference_at_finish = False

    def _keep(self, basket: sales.BasketView, line: int | None = None) -> sales.Basket:
        raise NotImplementedError

    def _open(self, sale_id: Any, lane: str) -> sales.BasketView:
        raise NotImplementedError

    # --- receipts ---

    def on_ListSales(self, request: sales.ListSales) -> Answer:  # noqa: N802
        found = [b for b in reversed(self.finished) if request.member_id in (None, b.member_id)]
        return sales.SaleRows(
            sales=tuple(
                sales.SaleRow(
                    sale_id=basket.sale_id,
                    receipt_number=basket.receipt_number,
                    lane=basket.lane,
                    operator=basket.operator,
                    finished_at=_NOW,
                    line_count=len(basket.lines),
                    total_minor=basket.total_minor,
                    tenders="Cash",
                )
                for basket in found
            )
        )

    def _returned(self, sale_id: str, line: int) -> int:
        return sum(
            each.quantity_thousandths
            for refund in self.refunded.values()
            if refund.sale_id == sale_id
            for each in refund.lines
            if each.line == line
        )

    def on_FindSaleForRefund(self, request: refunds.FindSaleForRefund) -> Answer:  # noqa: N802
        number = request.receipt_number.upper()
        basket = next(
            (b for b in self.finished if b.sale_id == request.sale_id or b.receipt_number == number), None
        )
        if basket is None:
            explanation = f"There is no receipt {request.receipt_number}."
            return Refused(code="no_such_receipt", field="receipt_number", explanation=explanation)
        lines = [self._refundable(basket, line) for line in basket.lines if not line.voided]
        numbers = [r.refund_number for r in self.refunded.values() if r.sale_id == basket.sale_id]
        return refunds.RefundableSale(
            sale_id=basket.sale_id,
            receipt_number=basket.receipt_number,
            lane=basket.lane,
            operator=basket.operator,
            business_date="2026-11-21",
            finished_at=_NOW,
            currency="CNY",
            total_minor=basket.total_minor,
            left_minor=sum(line.left_minor for line in lines),
            lines=tuple(lines),
            tenders=(self._paid(basket),),
            refund_numbers=tuple(numbers),
        )

    def _refundable(self, basket: sales.BasketView, line: sales.LineView) -> refunds.RefundableLine:
        back = self._returned(basket.sale_id, line.line)
        left = line.quantity_thousandths - back
        return refunds.RefundableLine(
            line=line.line,
            product_id=line.product_id,
            code=line.code,
            name=line.name,
            unit=line.unit,
            quantity_thousandths=line.quantity_thousandths,
            returned_thousandths=back,
            left_thousandths=left,
            unit_paid_minor=line.amount_minor * 1000 // line.quantity_thousandths,
            paid_minor=line.amount_minor,
            left_minor=line.amount_minor * left // line.quantity_thousandths,
        )

    @staticmethod
    def _paid(basket: sales.BasketView) -> refunds.PaidTender:
        tender = basket.tenders[0]
        return refunds.PaidTender(
            tender_id=tender.tender_id,
            tender=tender.tender,
            name=tender.name,
            paid_minor=basket.total_minor,
            left_minor=basket.total_minor,
            needs_reference=tender.tender != "cash",
        )

    # --- by receipt ---

    def _plan(self, request: Any, refund_id: str = "preview") -> refunds.RefundView | Refused:
        basket = self.baskets[request.sale_id]
        if request.in_cash and not self.in_cash_allowed:
            explanation = "This shop gives money back only in the way in which it was paid."
            return Refused(code="not_in_cash", field="in_cash", explanation=explanation)
        rows = []
        for each in request.lines:
            line = next(line for line in basket.lines if line.line == each.line)
            if each.quantity_thousandths > line.quantity_thousandths - self._returned(
                basket.sale_id, each.line
            ):
                return Refused(code="too_many", explanation=f"So many of {line.name} are not left.")
            unit = line.amount_minor * 1000 // line.quantity_thousandths
            rows.append(_row(line.line, line, each, unit))
        paid = self._paid(basket)
        tender = ("cash", "Cash") if request.in_cash else (paid.tender, paid.name)
        amount = sum(row.amount_minor for row in rows)
        way = refunds.RefundTenderView(
            tender_id=paid.tender_id,
            tender=tender[0],
            name=tender[1],
            amount_minor=amount,
            needs_reference=tender[0] != "cash",
        )
        return _view(refund_id, tuple(rows), way, basket.sale_id, basket.receipt_number)

    def on_PreviewRefund(self, request: refunds.PreviewRefund) -> Answer:  # noqa: N802
        return _preview(self._plan(request))

    def on_RefundSale(self, request: refunds.RefundSale) -> Answer:  # noqa: N802
        if request.refund_id in self.refunded:
            return _done(self.refunded[request.refund_id])
        plan = self._plan(request, request.refund_id)
        if isinstance(plan, Refused):
            return plan
        [way] = plan.tenders
        if way.needs_reference and not request.references:
            return Refused(code="reference_needed", explanation="Card needs its reference.")
        return self._book(request, plan, Permission.REFUND)

    def _book(self, request: Any, plan: refunds.RefundView, permission: Permission) -> Answer:
        if plan.paid_back_minor > LIMIT and not self.approved_now:
            explanation = "A refund above ¥500.00 needs a second person who approves it."
            return Refused(code="approval_needed", permission=permission, explanation=explanation)
        number = f"S1-1-20261121-R{len(self.refunded) + 1:04d}"
        view = plan.model_copy(update={"refund_number": number})
        self.refunded[request.refund_id] = view
        return _done(view)

    approved_now = False
    """True while a request is answered that somebody approved."""

    def on_ReprintRefundSlip(self, request: refunds.ReprintRefundSlip) -> Answer:  # noqa: N802
        if request.refund_number not in [view.refund_number for view in self.refunded.values()]:
            explanation = f"There is no refund {request.refund_number}."
            return Refused(code="no_such_refund", explanation=explanation)
        self.slips_again += 1
        number = request.refund_number
        return refunds.RefundSlipCopy(slip=_slip(number), refund_number=number, copies=self.slips_again)

    # --- without a receipt ---

    def _loose(self, request: Any, refund_id: str = "preview") -> refunds.RefundView | Refused:
        rows = []
        for number, each in enumerate(request.lines, 1):
            name, price = self.goods_of(each.product_id)
            if not each.reason:
                return Refused(code="reason_needed", explanation=f"Please say why {name} comes back.")
            unit = each.price_minor or price
            line = sales.LineView(
                line=number,
                product_id=each.product_id,
                code="",
                name=name,
                quantity_thousandths=each.quantity_thousandths,
                normal_price_minor=price,
                unit_price_minor=unit,
                amount_minor=unit,
            )
            rows.append(_row(None, line, each, unit))
        amount = sum(row.amount_minor for row in rows)
        way = refunds.RefundTenderView(tender="cash", name="Cash", amount_minor=amount)
        return _view(refund_id, tuple(rows), way)

    def goods_of(self, product_id: int) -> tuple[str, int]:
        """Return name and price."""
        raise NotImplementedError

    def on_PreviewRefundWithoutReceipt(self, request: Any) -> Answer:  # noqa: N802
        return _preview(self._loose(request))

    def on_RefundWithoutReceipt(self, request: refunds.RefundWithoutReceipt) -> Answer:  # noqa: N802
        plan = self._loose(request, request.refund_id)
        return plan if isinstance(plan, Refused) else self._book(request, plan, request.permission)

    # --- exchanges ---

    def on_ExchangeSale(self, request: refunds.ExchangeSale) -> Answer:  # noqa: N802
        basket = self._open(request.sale_id, request.lane)
        wanted = refunds.PreviewRefund(
            lane=request.lane, sale_id=request.returned_sale_id, lines=request.lines, in_cash=request.in_cash
        )
        plan = self._plan(wanted)
        if isinstance(plan, Refused):
            return plan
        if request.references:
            self.wants_reference_at_finish = False
        credit = {"credit_minor": plan.amount_minor, "credit_receipt": plan.receipt_number}
        return self._keep(basket.model_copy(update=credit))

    def on_RemoveExchange(self, request: refunds.RemoveExchange) -> Answer:  # noqa: N802
        none = {"credit_minor": 0, "credit_receipt": ""}
        return self._keep(self.baskets[request.sale_id].model_copy(update=none))

    @staticmethod
    def paid_by_goods(basket: sales.BasketView, total: int) -> dict[str, int]:
        """Return what goods that came back leave to pay, and what is left of them."""
        credit = basket.credit_minor
        paid = sum(tender.amount_minor for tender in basket.tenders)
        due = max(0, total - credit - paid)
        return {"due_minor": due, "cash_due_minor": due, "pay_out_minor": max(0, credit - total)}

    def exchange_problem(self, basket: sales.BasketView) -> Refused | None:
        """Return why an exchange cannot be finished yet."""
        if basket.credit_minor and self.wants_reference_at_finish:
            return Refused(code="reference_needed", explanation="Card needs the reference of its machine.")
        return None

    @staticmethod
    def exchange_done(basket: sales.BasketView) -> dict[str, Any]:
        """Return what a finished sale says of its exchange."""
        if not basket.credit_minor:
            return {}
        number = "S1-1-20261121-R0001"
        return {"refund_number": number, "refund_slip": _slip(number), "paid_out_minor": basket.pay_out_minor}


def _row(line: int | None, sold: sales.LineView, asked: Any, unit: int) -> refunds.RefundLineView:
    return refunds.RefundLineView(
        line=line,
        product_id=sold.product_id,
        name=sold.name,
        quantity_thousandths=asked.quantity_thousandths,
        unit_paid_minor=unit,
        amount_minor=unit * asked.quantity_thousandths // 1000,
        disposition=asked.disposition,
        reason=asked.reason,
    )


def _view(
    refund_id: str,
    rows: tuple[refunds.RefundLineView, ...],
    way: refunds.RefundTenderView,
    sale_id: Any = None,
    number: str = "",
) -> refunds.RefundView:
    return refunds.RefundView(
        refund_id=RefundId(refund_id),
        sale_id=sale_id,
        receipt_number=number,
        lane="1",  # type: ignore[arg-type]
        currency="CNY",
        lines=rows,
        tenders=(way,),
        amount_minor=way.amount_minor,
        paid_back_minor=way.amount_minor,
    )


def _preview(plan: refunds.RefundView | Refused) -> Answer:
    if isinstance(plan, Refused):
        return plan
    return refunds.RefundPreview(refund=plan, second_person=plan.paid_back_minor > LIMIT)


def _slip(number: str) -> Document:
    return Document(title=f"Refund {number}", elements=(TextLine(text="Signature"),))


def _done(view: refunds.RefundView) -> refunds.RefundDone:
    drawer = any(each.tender == "cash" for each in view.tenders)
    return refunds.RefundDone(refund=view, slip=_slip(view.refund_number), open_drawer=drawer)
