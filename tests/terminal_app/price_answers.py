"""Prices in the fake shop: explanations, coupons, prices in money and points, quotations."""

from datetime import UTC, date, datetime
from typing import Any

from protocol.coupon import CouponAmount, CouponBatchView
from protocol.identifiers import CouponBatchId, CouponId, MemberId, ProductId, QuotationId, SaleId
from protocol.messages import coupons, offers, quotations, sales
from protocol.messages.base import Answer, Refused
from protocol.receipt import Document, TextLine

_NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
FIVE_OFF, OTHERS, USED = "ABCD-EFGH-JKLM", "BBBB-CCCC-DDDD", "USED-USED-USED"
"""A coupon for everybody, one of 王小明, one that is used."""
POINTS_PER_PIECE = 100
QUOTATION = quotations.QuotationView(
    quotation_id=QuotationId(3),
    version=2,
    number="Q-S1-0042",
    state=quotations.QuotationState.APPROVED,
    customer="东街小学",
    lines=(
        quotations.QuotedLine(
            product_id=ProductId(2), quantity_thousandths=48_000, unit_price_minor=150, amount_minor=7200
        ),
    ),
    total_minor=7200,
    valid_until=date(2026, 11, 30),
)


class PriceAnswers:
    """A part of the fake store."""

    baskets: dict[str, sales.BasketView]
    finished: list[sales.BasketView]

    def __init__(self) -> None:
        """Nothing works yet, and nothing nearly."""
        super().__init__()
        self.steps: tuple[offers.ExplainedStep, ...] = ()
        self.nearly: tuple[offers.NearlyView, ...] = ()
        self.coupon_gives = 500
        self.wang: MemberId | None = None
        """Who has the coupon OTHERS."""
        self.price_points_each = 0
        self.new_price: int | None = None
        """What the last line costs when the sale is to be finished, because an offer was used up."""

    def _keep(self, basket: sales.BasketView, line: int | None = None) -> sales.Basket:
        raise NotImplementedError

    def _open(self, sale_id: Any, lane: str) -> sales.BasketView:
        raise NotImplementedError

    # --- why ---

    def on_ExplainSale(self, request: offers.ExplainSale) -> Answer:  # noqa: N802
        basket = self.baskets[request.sale_id]
        lines = [line for line in basket.lines if not line.voided and request.line in (None, line.line)]
        steps = [step for step in self.steps if request.line in (None, *(part.line for part in step.lines))]
        return offers.SaleExplained(
            sale_id=basket.sale_id,
            finished=basket.state == "finished",
            explanation=offers.Explanation(
                lines=tuple(
                    offers.ExplainedLine(
                        line=line.line,
                        product_id=line.product_id,
                        code=line.code,
                        name=line.name,
                        quantity_thousandths=line.quantity_thousandths,
                        normal_minor=line.normal_price_minor * line.quantity_thousandths // 1000,
                        amount_minor=line.amount_minor,
                    )
                    for line in lines
                ),
                steps=tuple(steps),
                nearly=() if basket.state == "finished" else self.nearly,
                gross_minor=sum(
                    line.normal_price_minor * line.quantity_thousandths // 1000 for line in lines
                ),
                total_minor=sum(line.amount_minor for line in lines),
            ),
        )

    def on_GetSale(self, request: sales.GetSale) -> Answer:  # noqa: N802
        found = [b for b in self.finished if request.receipt_number == b.receipt_number]
        return sales.BasketState(basket=found[0] if found else None)

    # --- coupons ---

    def coupon_instead(self, code: str) -> Refused | None:
        """Return that a code is a coupon."""
        if code in (FIVE_OFF, OTHERS, USED):
            return Refused(code="is_coupon", field="code", explanation=f"{code} is a coupon, not goods.")
        return None

    def _take_off(self, basket: sales.BasketView, code: str, off: int) -> sales.Basket:
        """Take an amount off the first line; below zero puts it back."""
        first, *others = basket.lines
        saving = sales.OfferSaving(name="Five off", amount_minor=off)
        first = first.model_copy(
            update={
                "discount_minor": first.discount_minor + off,
                "amount_minor": first.amount_minor - off,
                "offers": (saving,) if off > 0 else (),
            }
        )
        there = sales.BasketCoupon(code=code, name="Five off", saved_minor=off)
        return self._keep(
            basket.model_copy(
                update={"lines": (first, *others), "coupons": (there,) if off >= 0 and code else ()}
            )
        )

    def on_UseCoupon(self, request: coupons.UseCoupon) -> Answer:  # noqa: N802
        basket = self.baskets[request.sale_id]
        if request.code == USED:
            return Refused(code="coupon_used", field="code", explanation="The coupon was used already.")
        if request.code == OTHERS and basket.member_id is None:
            words = "The coupon Five off belongs to a member. Attach that member first."
            return Refused(code="coupon_not_for_member", field="code", explanation=words)
        if request.code not in (FIVE_OFF, OTHERS):
            words = f"There is no coupon with the code {request.code}."
            return Refused(code="unknown_coupon", field="code", explanation=words)
        return self._take_off(basket, request.code, self.coupon_gives)

    def on_RemoveCoupon(self, request: coupons.RemoveCoupon) -> Answer:  # noqa: N802
        basket = self.baskets[request.sale_id]
        return self._take_off(basket, "", -basket.coupons[0].saved_minor)

    def on_ListCoupons(self, request: coupons.ListCoupons) -> Answer:  # noqa: N802
        own = coupons.CouponView(
            coupon_id=CouponId(1),
            batch_id=CouponBatchId(1),
            name="Five off",
            words="5.00 off from 10.00.",
            code=OTHERS,
            state=coupons.CouponState.LIVE,
            member_id=request.member_id,
            issued_at=_NOW,
            ends_at=datetime(2026, 12, 1, tzinfo=UTC),
        )
        return coupons.Coupons(coupons=(own,) if request.member_id is not None else ())

    def on_ListCouponBatches(self, _request: coupons.ListCouponBatches) -> Answer:  # noqa: N802
        batch = CouponBatchView(
            batch_id=CouponBatchId(7), name="Ten off", benefit=CouponAmount(amount_minor=1000), points=300
        )
        return coupons.CouponBatches(batches=(coupons.CouponBatchRow(batch=batch, words="10.00 off."),))

    def on_BuyCoupon(self, request: coupons.BuyCoupon) -> Answer:  # noqa: N802
        bought = coupons.CouponView(
            coupon_id=CouponId(2),
            batch_id=request.batch_id,
            name="Ten off",
            code=FIVE_OFF,
            state=coupons.CouponState.LIVE,
            member_id=request.member_id,
            issued_at=_NOW,
        )
        return coupons.Coupons(coupons=(bought,))

    def on_PrintCoupon(self, _request: coupons.PrintCoupon) -> Answer:  # noqa: N802
        return coupons.CouponPaper(paper=Document(title="Coupon", elements=(TextLine(text="Ten off"),)))

    # --- money and points ---

    def on_SpendPoints(self, request: offers.SpendPoints) -> Answer:  # noqa: N802
        basket = self.baskets[request.sale_id]
        if basket.member_id is None:
            return Refused(
                code="member_needed", explanation="Points are a member's. Attach the member first."
            )
        points = self.price_points_each * len(basket.lines) if request.wanted else 0
        return self._keep(basket.model_copy(update={"spend_points": request.wanted, "price_points": points}))

    # --- quotations ---

    def on_ListQuotations(self, request: quotations.ListQuotations) -> Answer:  # noqa: N802
        row = quotations.QuotationRow(
            quotation_id=QuotationId(3),
            number=QUOTATION.number,
            state=QUOTATION.state,
            customer=QUOTATION.customer,
            line_count=1,
            total_minor=QUOTATION.total_minor,
            valid_until=QUOTATION.valid_until,
            author="李经理",
        )
        fits = request.text.upper() in f"{row.number} {row.customer}"
        return quotations.QuotationRows(quotations=(row,) if fits else ())

    def on_GetQuotation(self, request: quotations.GetQuotation) -> Answer:  # noqa: N802
        if request.number not in ("", QUOTATION.number):
            words = f"There is no quotation {request.number}."
            return Refused(code="no_such_quotation", explanation=words)
        return quotations.QuotationFound(quotation=QUOTATION)

    def on_SellQuotation(self, request: quotations.SellQuotation) -> Answer:  # noqa: N802
        line = sales.LineView(
            line=1,
            product_id=ProductId(2),
            code="1002",
            name="农夫山泉矿泉水 550ml",
            quantity_thousandths=48_000,
            normal_price_minor=200,
            unit_price_minor=150,
            amount_minor=7200,
            price_reason="quotation Q-S1-0042",
        )
        basket = self._open(SaleId(request.sale_id), request.lane)
        return self._keep(basket.model_copy(update={"lines": (line,)}), 1)

    # --- the end of a sale ---

    def price_changed(self, basket: sales.BasketView) -> Refused | None:
        """Return that the last line costs more than was shown; it is written so."""
        if self.new_price is None:
            return None
        *others, last = basket.lines
        last = last.model_copy(update={"amount_minor": self.new_price, "discount_minor": 0, "offers": ()})
        self.new_price = None
        now = self._keep(basket.model_copy(update={"lines": (*others, last)})).basket.total_minor
        words = f"The price has changed: {now / 100:.2f}. Look at the basket, then finish the sale."
        return Refused(code="price_changed", explanation=words)
