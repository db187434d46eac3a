"""Coupons, quotations and refunds of the store in memory."""

# ruff: noqa: N802  # the methods are named after the messages that they answer

from datetime import date, timedelta

from console_store import NOW, paper
from rules_office import RulesOffice

from protocol.coupon import CouponAmount, CouponBatchView, CouponCodes, CouponIssue, CouponPercent
from protocol.identifiers import (
    CouponBatchId,
    CouponId,
    LaneCode,
    MemberId,
    ProductId,
    QuotationId,
    RefundId,
    SaleId,
    TenderId,
)
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import CheckPrice, ProductFound
from protocol.messages.coupons import (
    CancelCoupon,
    CouponBatches,
    CouponBatchFound,
    CouponBatchRow,
    CouponPaper,
    Coupons,
    CouponState,
    CouponView,
    IssueCoupons,
    ListCouponBatches,
    ListCoupons,
    PrintCoupon,
    SaveCouponBatch,
)
from protocol.messages.members import (
    FindMembers,
    GetMember,
    ListTags,
    MemberFound,
    MemberHit,
    MemberHits,
    MemberState,
    MemberView,
    Tags,
)
from protocol.messages.prices import (
    ListTierPrices,
    PriceFound,
    PriceRow,
    PriceRows,
    SaveTierPrices,
    TierPrice,
)
from protocol.messages.quotations import (
    ApproveQuotation,
    CancelQuotation,
    GetQuotation,
    ListQuotations,
    PrintQuotation,
    QuotationFound,
    QuotationPaper,
    QuotationRow,
    QuotationRows,
    QuotationState,
    QuotationView,
    QuotedLine,
    SaveQuotation,
)
from protocol.messages.refunds import (
    Disposition,
    GetRefund,
    ListRefunds,
    RefundFound,
    RefundLineView,
    RefundRow,
    RefundRows,
    RefundSlipCopy,
    RefundTenderView,
    RefundView,
    ReprintRefundSlip,
)
from protocol.messages.store import ChangeSetting, Settings, SettingView
from protocol.messages.taxes import TaxLineView
from protocol.offer import OfferConditions

WANG = MemberHit(member_id=MemberId(7), number="100007", name="Wang Fang")
OTHER_WANG = MemberHit(member_id=MemberId(8), number="100008", name="Wang Lei")
TEN_OFF = CouponBatchView(
    batch_id=CouponBatchId(1), version=1, name="10 off from 100", benefit=CouponAmount(amount_minor=1000),
    conditions=OfferConditions(minimum_spend_minor=10000), valid_days=30, issue_on=(CouponIssue.BIRTHDAY,),
)  # fmt: skip
AUTUMN = CouponBatchView(
    batch_id=CouponBatchId(2), version=1, name="Autumn", benefit=CouponPercent(rate_ppm=100_000),
    codes=CouponCodes.SHARED, shared_code="AUTUMN10", uses_in_all=500,
)  # fmt: skip
SCHOOL = QuotationView(
    quotation_id=QuotationId(1), version=3, number="Q-S1-0001", state=QuotationState.SOLD,
    customer="School 5",
    lines=(
        QuotedLine(
            product_id=ProductId(3), code="1003", name="Oolong tea 500 ml", unit="bottle",
            quantity_thousandths=60000, normal_price_minor=450, unit_price_minor=400, amount_minor=24000,
        ),
    ),
    total_minor=24000, normal_total_minor=27000, valid_until=date(2026, 11, 30), author="Wang Fang",
    approver="李静", sale_id=SaleId("sale-1"), receipt_number="S1-1-20261121-0001",
)  # fmt: skip
REFUND = RefundView(
    refund_id=RefundId("r1"), refund_number="S1-1-20261121-R0001", sale_id=SaleId("sale-1"),
    receipt_number="S1-1-20261121-0001", lane=LaneCode("1"), operator="李静", approver="Wang Fang",
    refunded_at=NOW, business_date="2026-11-21", currency="CNY",
    lines=(
        RefundLineView(
            line=1, product_id=ProductId(1), name="甘源蟹黄味瓜子仁75g", unit="袋", quantity_thousandths=1000,
            unit_paid_minor=376, amount_minor=376, tax_minor=43, disposition=Disposition.WASTE, reason="damp",
        ),
    ),
    taxes=(
        TaxLineView(
            tax="vat13", name="VAT", rate_ppm=130_000, inclusive=True, net_minor=333, tax_minor=43,
            gross_minor=376,
        ),
    ),
    tenders=(RefundTenderView(tender_id=TenderId("t1"), tender="cash", name="Cash", amount_minor=380),),
    amount_minor=376, rounding_minor=4, paid_back_minor=380, points_taken=3, points_returned=0,
)  # fmt: skip


class PriceOffice(RulesOffice):
    """A store with coupons, quotations and refunds."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: dict[int, CouponBatchView] = {1: TEN_OFF, 2: AUTUMN}
        self.coupons: list[CouponView] = []
        self.quotations: dict[int, QuotationView] = {1: SCHOOL}
        self.refunds: tuple[RefundView, ...] = (REFUND,)
        self.refuse_issue_after = 10**9
        self.tier_prices: dict[int, tuple[TierPrice, ...]] = {}
        self.settings += [
            SettingView(setting="cash_rounding", value="10", default="none", explanation="To what cash is."),
            SettingView(setting="cash_rounding_mode", value="down", default="down", explanation="How."),
        ]

    def ChangeSetting(self, r: ChangeSetting) -> Answer:
        self.settings = [
            s.model_copy(update={"value": r.value}) if s.setting == r.setting else s for s in self.settings
        ]
        return Settings(settings=tuple(self.settings))

    def CheckPrice(self, r: CheckPrice) -> Answer:
        if r.code.startswith("21"):
            return ProductFound(product=self.products[4])
        return Refused(code="unknown_barcode", explanation=f"Nothing has the code {r.code}.")

    # --- the price list -----------------------------------------------------------------------------

    def _price_row(self, number: int) -> PriceRow:
        p = self.products[number]
        active = (
            p.promotional_price_minor is not None
            and (p.promotion_from is None or p.promotion_from <= NOW)
            and (p.promotion_until is None or p.promotion_until > NOW)
        )
        return PriceRow(
            product_id=p.product_id, version=p.version, code=p.code, name=p.name, unit=p.unit,
            selling_minor=p.price_minor, market_minor=p.market_price_minor,
            promotional_minor=p.promotional_price_minor, promotion_from=p.promotion_from,
            promotion_until=p.promotion_until, promotion_active=active, open_price=p.open_price,
            tier_prices=self.tier_prices.get(number, ()),
        )  # fmt: skip

    def ListTierPrices(self, r: ListTierPrices) -> Answer:
        rows = [self._price_row(number) for number in self.products]
        found = [
            row
            for row in rows
            if r.text.lower() in f"{row.code} {row.name}".lower()
            and (row.promotional_minor is not None or not r.in_promotion)
            and (row.tier_prices or not r.with_tier_price)
        ]
        page = found[r.offset : r.offset + r.limit]
        return PriceRows(rows=tuple(page), more=len(found) > r.offset + r.limit)

    def SaveTierPrices(self, r: SaveTierPrices) -> Answer:
        product = self.products[r.product_id]
        if product.version != r.version:
            return Refused(code="changed_by_others", explanation="Version 2 is in the books.")
        self.tier_prices[r.product_id] = r.prices
        self.products[r.product_id] = product.model_copy(update={"version": product.version + 1})
        return PriceFound(row=self._price_row(r.product_id))

    # --- members ------------------------------------------------------------------------------------

    def ListTags(self, r: ListTags) -> Answer:
        return Tags(tags=())

    def FindMembers(self, r: FindMembers) -> Answer:
        hits = [h for h in (WANG, OTHER_WANG) if r.text in h.number or r.text.lower() in h.name.lower()]
        return MemberHits(hits=tuple(hits))

    def GetMember(self, r: GetMember) -> Answer:
        hit = next(h for h in (WANG, OTHER_WANG) if h.member_id == r.member_id)
        member = MemberView(
            member_id=hit.member_id, number=hit.number, name=hit.name, state=MemberState.ACTIVE,
            joined_on="2026-01-01",
        )  # fmt: skip
        return MemberFound(member=member)

    # --- coupons ------------------------------------------------------------------------------------

    def _batch_row(self, batch: CouponBatchView) -> CouponBatchRow:
        mine = [c for c in self.coupons if c.batch_id == batch.batch_id]
        used = sum(c.state is CouponState.USED for c in mine)
        words = f"It reads back what “{batch.name}” says."
        return CouponBatchRow(batch=batch, words=words, issued=len(mine), used=used, given_minor=used * 1000)

    def ListCouponBatches(self, r: ListCouponBatches) -> Answer:
        found = [
            b
            for b in self.batches.values()
            if r.text.lower() in f"{b.name} {b.shared_code}".lower() and (b.active or not r.active_only)
        ]
        return CouponBatches(batches=tuple(self._batch_row(batch) for batch in reversed(found)))

    def SaveCouponBatch(self, r: SaveCouponBatch) -> Answer:
        if any(b.name == r.batch.name and b.batch_id != r.batch.batch_id for b in self.batches.values()):
            return Refused(code="bad_name", field="batch.name", explanation="There is one of this name.")
        number = r.batch.batch_id or CouponBatchId(len(self.batches) + 1)
        batch = r.batch.model_copy(update={"batch_id": number, "version": r.batch.version + 1})
        self.batches[number] = batch
        return CouponBatchFound(batch=self._batch_row(batch))

    def ListCoupons(self, r: ListCoupons) -> Answer:
        found = [
            c
            for c in self.coupons
            if c.batch_id == r.batch_id and r.code in c.code and (r.state is None or c.state is r.state)
        ]
        page = found[r.offset : r.offset + r.limit]
        return Coupons(coupons=tuple(page), more=len(found) > r.offset + r.limit)

    def IssueCoupons(self, r: IssueCoupons) -> Answer:
        if len(self.coupons) + r.count > self.refuse_issue_after:
            return Refused(code="batch_over", explanation="No more of them are issued.")
        new = [
            CouponView(
                coupon_id=CouponId(len(self.coupons) + i), batch_id=r.batch_id,
                name=self.batches[r.batch_id].name, code=f"C{len(self.coupons) + i:05d}",
                state=CouponState.LIVE, member_id=r.member_id, issued_at=NOW,
                ends_at=NOW + timedelta(days=30), issued_for="hand",
            )
            for i in range(1, r.count + 1)
        ]  # fmt: skip
        self.coupons += new
        return Coupons(coupons=tuple(new))

    def CancelCoupon(self, r: CancelCoupon) -> Answer:
        change = {"state": CouponState.CANCELLED}
        self.coupons = [
            c.model_copy(update=change) if c.coupon_id == r.coupon_id else c for c in self.coupons
        ]
        return Coupons(coupons=tuple(c for c in self.coupons if c.coupon_id == r.coupon_id))

    def PrintCoupon(self, r: PrintCoupon) -> Answer:
        return CouponPaper(paper=paper("Coupon"))

    # --- quotations ---------------------------------------------------------------------------------

    def ListQuotations(self, r: ListQuotations) -> Answer:
        rows = tuple(
            QuotationRow(
                quotation_id=q.quotation_id or QuotationId(0), number=q.number, state=q.state,
                customer=q.customer, line_count=len(q.lines), total_minor=q.total_minor,
                valid_until=q.valid_until, author=q.author,
            )
            for q in reversed(self.quotations.values())
            if r.text.lower() in f"{q.number} {q.customer}".lower() and r.state in (None, q.state)
        )  # fmt: skip
        return QuotationRows(quotations=rows)

    def GetQuotation(self, r: GetQuotation) -> Answer:
        return QuotationFound(quotation=self.quotations[r.quotation_id or 0])

    def SaveQuotation(self, r: SaveQuotation) -> Answer:
        q = r.quotation
        number = q.quotation_id or QuotationId(len(self.quotations) + 1)
        saved = q.model_copy(
            update={
                "quotation_id": number, "version": q.version + 1, "number": f"Q-S1-{number:04d}",
                "state": QuotationState.DRAFT, "author": "Wang Fang",
                "total_minor": sum(line.amount_minor for line in q.lines),
            }
        )  # fmt: skip
        self.quotations[number] = saved
        return QuotationFound(quotation=saved)

    def _change(self, number: int, **fields: object) -> Answer:
        self.quotations[number] = self.quotations[number].model_copy(update=fields)
        return QuotationFound(quotation=self.quotations[number])

    def ApproveQuotation(self, r: ApproveQuotation) -> Answer:
        return self._change(r.quotation_id, state=QuotationState.APPROVED, approver="李静", approved_at=NOW)

    def CancelQuotation(self, r: CancelQuotation) -> Answer:
        return self._change(r.quotation_id, state=QuotationState.CANCELLED)

    def PrintQuotation(self, r: PrintQuotation) -> Answer:
        return QuotationPaper(paper=paper("Quotation"))

    # --- refunds ------------------------------------------------------------------------------------

    def ListRefunds(self, r: ListRefunds) -> Answer:
        rows = tuple(
            RefundRow(
                refund_id=each.refund_id, refund_number=each.refund_number,
                receipt_number=each.receipt_number, lane=each.lane, operator=each.operator,
                approver=each.approver, refunded_at=NOW, line_count=len(each.lines),
                paid_back_minor=each.paid_back_minor, tenders="Cash",
            )
            for each in self.refunds
        )  # fmt: skip
        return RefundRows(refunds=rows)

    def GetRefund(self, r: GetRefund) -> Answer:
        for each in self.refunds:
            if r.refund_id == each.refund_id or r.refund_number == each.refund_number:
                return RefundFound(refund=each)
        return Refused(code="no_such_refund", explanation="There is no such refund.")

    def ReprintRefundSlip(self, r: ReprintRefundSlip) -> Answer:
        return RefundSlipCopy(slip=paper("Refund"), refund_number=r.refund_number, copies=1)
