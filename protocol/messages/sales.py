"""Selling: a basket from the first scan to the receipt. Every answer carries the whole basket."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import LaneCode, MemberId, OperatorId, ProductId, SaleId, ShiftId, TenderId
from protocol.messages.base import (
    MADE_ID,
    ROW_ID,
    SHORT_CODE,
    Answer,
    Command,
    Fact,
    Minor,
    Model,
    Name,
    PartsPerMillion,
    Query,
    Text,
    Thousandths,
)
from protocol.messages.taxes import TaxCode, TaxLineView
from protocol.permissions import Permission
from protocol.receipt import Document

Code = Annotated[str, Field(min_length=1, max_length=100)]
LineNumber = Annotated[StrictInt, Field(ge=1, le=100_000)]


class SaleState(StrEnum):
    """Where a sale stands."""

    OPEN = "open"
    PARKED = "parked"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class OfferSaving(Model):
    """What an offer or a coupon took off a line."""

    name: Name
    """What it is called."""
    amount_minor: Minor
    """What it took off."""


class BasketCoupon(Model):
    """A coupon that is on a basket."""

    code: Name
    """Its code."""
    name: Name
    """What it is called."""
    saved_minor: Minor = 0
    """What it takes off; 0: it gives nothing yet."""
    problem: Name = ""
    """Why it gives nothing yet, as `NearlyReason` says; `ExplainSale` has the sentence."""


class LineView(Model):
    """One line of a basket."""

    line: LineNumber
    """Its number in the sale, for good."""
    product_id: ProductId
    code: Name
    """What was scanned or typed."""
    name: Name
    unit: Name = ""
    quantity_thousandths: Thousandths
    by_weight: StrictBool = False
    normal_price_minor: Minor
    """The unit price by the price list."""
    unit_price_minor: Minor
    """The unit price that is charged, before discounts."""
    discount_minor: Minor = 0
    """What is taken off the line, its share of the sale's discount included; never above its value."""
    amount_minor: Minor
    """What is paid for the line."""
    price_reason: Name = ""
    """Why the unit price differs: `promotion`, `member price`, `override: damaged`, `price in barcode`."""
    discount_reason: Name = ""
    note: Text = ""
    voided: StrictBool = False
    tax: TaxCode = ""
    """The code of its tax rate; empty: it bears no tax."""
    tax_minor: Minor = 0
    """Its part of the tax of that rate: inside the amount, or on top of it."""
    offers: tuple[OfferSaving, ...] = ()
    """The offers and coupons that worked on it, in their order; `discount_minor` includes them."""


class TenderView(Model):
    """One payment of a sale."""

    tender_id: TenderId
    tender: Name
    """The code of the tender kind: `cash`, `card`, `mobile`."""
    name: Name
    """The tender kind in the language of the request."""
    amount_minor: Minor
    """What was handed over."""
    reference: Name = ""


class BasketView(Model):
    """The whole sale as it stands."""

    sale_id: SaleId
    state: SaleState
    lane: LaneCode
    operator_id: OperatorId
    operator: Name
    currency: str
    lines: tuple[LineView, ...] = ()
    tenders: tuple[TenderView, ...] = ()
    item_count_thousandths: Thousandths = 0
    """Pieces in the basket; a weighed line counts as one."""
    gross_minor: Minor = 0
    """Sum of normal prices."""
    discount_minor: Minor = 0
    """What the customer saves against normal prices: discounts, promotions and overrides."""
    sale_discount_minor: Minor = 0
    """The part that was given on the sale as a whole; shared out over the lines."""
    sale_discount_reason: Name = ""
    total_minor: Minor = 0
    """What is to be paid, tax that comes on top included, before cash rounding."""
    rounding_minor: Minor = 0
    """The cash rounding, signed; there is one as soon as cash pays the rest."""
    paid_minor: Minor = 0
    due_minor: Minor = 0
    """What is still to be paid by a tender that is exact; never below zero."""
    cash_due_minor: Minor = 0
    """What is still to be paid when cash pays the rest; 0 although something is due: rounded away."""
    tax_added_minor: Minor = 0
    """The tax that comes on top of the prices, all rates together."""
    taxes: tuple[TaxLineView, ...] = ()
    """The tax of each rate."""
    credit_minor: Minor = 0
    """What the goods are worth that the customer brought back for an exchange; it pays first."""
    pay_out_minor: Minor = 0
    """What is left of it when everything is paid: the customer gets it back with the sale."""
    credit_receipt: Name = ""
    """The receipt of the goods that were brought back."""
    change_minor: Minor = 0
    version: StrictInt = 0
    """Counts the changes of the basket."""
    started_at: AwareDatetime | None = None
    parked_at: AwareDatetime | None = None
    park_note: Name = ""
    recalled: StrictBool = False
    """True: was parked; the cash key asks first."""
    receipt_number: Name = ""
    training: StrictBool = False
    member_id: MemberId | None = None
    """The member beside the sale; None: nobody."""
    member_number: Name = ""
    """The member number."""
    member_name: Name = ""
    """The member's name; empty when erased."""
    member_tier: StrictInt = 0
    """The rank of the tier by which the sale is priced."""
    member_tier_name: Name = ""
    """The name of that tier at the sale."""
    member_discount_ppm: PartsPerMillion = 0
    """What that tier takes off selling prices."""
    spend_points: StrictBool = False
    """True: the customer asks for prices in money and points."""
    price_points: StrictInt = 0
    """The points that go with the money then; taken when the sale is finished."""
    coupons: tuple[BasketCoupon, ...] = ()
    """The coupons that are on it."""


class Basket(Answer):
    """The basket after the command."""

    basket: BasketView
    line: LineNumber | None = None
    """The line that the command made or changed."""


class AttachMember(Command):
    """Put a member beside the sale; the whole basket is repriced at once. Another one takes the place.

    A new sale_id starts a sale on the lane: the member may be there before the first scan.
    """

    answer = Basket
    permission = Permission.SELL
    durable = False
    sale_id: SaleId
    """The sale."""
    lane: LaneCode
    """Where it is rung up."""
    member_id: MemberId
    """An active member; one who was merged is answered with who has the books now."""


class DetachMember(Command):
    """Take the member off the sale; the basket is repriced as for anybody."""

    answer = Basket
    permission = Permission.SELL
    durable = False
    sale_id: SaleId
    """The sale."""


class AddItem(Command):
    """Add goods by barcode, in-store barcode or code. A new sale_id starts a sale on the lane.

    The same goods at the same price join their earlier line, when it is the last one and bears no note,
    override or discount.
    """

    answer = Basket
    permission = Permission.SELL
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    lane: Annotated[LaneCode, SHORT_CODE]
    code: Code
    quantity_thousandths: Annotated[Thousandths, Field(gt=0)] | None = None
    """None: one piece; for goods that are sold by weight the weight must be given (`weight_needed`)."""
    price_minor: Minor | None = None
    """The price of goods that have an open price; refused for others (use OverridePrice)."""


class AddProduct(Command):
    """Add goods that were chosen from a list, by product id."""

    answer = Basket
    permission = Permission.SELL
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    lane: Annotated[LaneCode, SHORT_CODE]
    product_id: Annotated[ProductId, ROW_ID]
    quantity_thousandths: Annotated[Thousandths, Field(gt=0)] | None = None
    """None: one piece; for goods that are sold by weight the weight must be given (`weight_needed`)."""
    price_minor: Minor | None = None


class ChangeQuantity(Command):
    """Set the quantity of a line."""

    answer = Basket
    permission = Permission.SELL
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    line: LineNumber
    quantity_thousandths: Annotated[Thousandths, Field(gt=0)]


class VoidLine(Command):
    """Take a line out of the basket; it stays visible, struck through, and is on the shift's slip."""

    answer = Basket
    permission = Permission.VOID_LINE
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    line: LineNumber


class NoteLine(Command):
    """Write a note on a line; it is printed."""

    answer = Basket
    permission = Permission.SELL
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    line: LineNumber
    note: Name


class OverridePrice(Command):
    """Sell a line at another unit price, with a reason."""

    answer = Basket
    permission = Permission.OVERRIDE_PRICE
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    line: LineNumber
    unit_price_minor: Annotated[Minor, Field(ge=0)]
    reason: Name


class DiscountLine(Command):
    """Take an amount or a rate off a line; the latest replaces the earlier one, zero removes it."""

    answer = Basket
    permission = Permission.DISCOUNT
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    line: LineNumber
    amount_minor: Annotated[Minor, Field(ge=0)] | None = None
    rate_ppm: Annotated[PartsPerMillion, Field(le=1_000_000)] | None = None
    reason: Name


class DiscountSale(Command):
    """Take an amount or a rate off the whole sale; shared out over the lines by largest remainder."""

    answer = Basket
    permission = Permission.DISCOUNT
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    amount_minor: Annotated[Minor, Field(ge=0)] | None = None
    rate_ppm: Annotated[PartsPerMillion, Field(le=1_000_000)] | None = None
    reason: Name


class CancelSale(Command):
    """Give up an open basket. Refused while it holds payments."""

    answer = Basket
    permission = Permission.CANCEL_SALE
    sale_id: Annotated[SaleId, MADE_ID]


class ParkSale(Command):
    """Put the basket aside (挂单); any lane can recall it."""

    answer = Basket
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    note: Name = ""


class RecallSale(Command):
    """Take a parked basket to a lane (取单); refused when the lane has lines in another open basket."""

    answer = Basket
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    lane: Annotated[LaneCode, SHORT_CODE]


class ParkedSale(Model):
    """A parked sale in the list."""

    sale_id: SaleId
    lane: LaneCode
    operator: Name
    parked_at: AwareDatetime
    note: Name
    line_count: StrictInt
    total_minor: Minor
    first_lines: Text
    """Names of the first goods, to know it again."""
    old: StrictBool = False
    """Parked for longer than the store's limit."""


class ParkedSales(Answer):
    """The parked sales, latest first."""

    sales: tuple[ParkedSale, ...]


class ListParkedSales(Query):
    """All parked sales of the store."""

    answer = ParkedSales


class TenderKindView(Model):
    """A way to pay, as data."""

    tender: Name
    name: Name
    gives_change: StrictBool
    """True: more than what is due may be handed over."""
    needs_reference: StrictBool
    opens_drawer: StrictBool
    counts_in_drawer: StrictBool
    """True: the money lies in the drawer and is counted at the end of the shift."""
    minimum_minor: Minor = 0
    maximum_minor: Minor | None = None
    active: StrictBool = True
    position: Annotated[StrictInt, ROW_ID] = 0
    earns_points: StrictBool | None = None
    """True: what is paid so earns points. None when saving: as before; a new way to pay earns."""


class TenderKinds(Answer):
    """The ways to pay, in the order in which they are shown."""

    kinds: tuple[TenderKindView, ...]


class ListTenderKinds(Query):
    """The store's ways to pay."""

    answer = TenderKinds


class SaveTenderKind(Command):
    """Add a way to pay, or change its rules."""

    answer = TenderKinds
    permission = Permission.MANAGE_SETTINGS
    kind_view: TenderKindView


class AddTender(Command):
    """Take a payment. Cash may exceed what is due; others may not. Kept durably: money may have moved."""

    answer = Basket
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    tender_id: Annotated[TenderId, MADE_ID]
    tender: Name
    amount_minor: Annotated[Minor, Field(gt=0)]
    reference: Name = ""
    """What the external terminal or the pay app shows; for a pay code, the code is never stored whole."""


class RemoveTender(Command):
    """Take back a payment that has not been finished: the cash was returned, the card payment cancelled."""

    answer = Basket
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    tender_id: Annotated[TenderId, MADE_ID]


class IssuedCoupon(Model):
    """A coupon that a finished sale gave the customer."""

    name: Name
    """What it is called."""
    code: Name
    """Its code, as people read it."""
    ends_at: AwareDatetime | None = None
    """It is taken before this moment; None: without an end."""


class SaleDone(Answer):
    """The sale is in the books."""

    basket: BasketView
    receipt_number: Name
    receipt: Document
    open_drawer: StrictBool
    change_minor: Minor
    points_earned: StrictInt = 0
    """What the member got for it."""
    points_spent: StrictInt = 0
    """What the member paid with."""
    points_balance: StrictInt | None = None
    """The member's points after it; None: nobody is beside the sale, or it moved no points."""
    refund_number: Name = ""
    """Of an exchange: the number of the refund that was booked with it."""
    refund_slip: Document | None = None
    """Of an exchange: the slip of that refund."""
    paid_out_minor: Minor = 0
    """Of an exchange: what the customer gets in cash, because more came back than was bought."""
    coupons: tuple[IssuedCoupon, ...] = ()
    """What the sale gave for the next time; they are on the receipt."""


class FinishSale(Command):
    """Close a fully paid sale: lines, tenders, postings, stock, number and journal in one transaction."""

    answer = SaleDone
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    lane: Annotated[LaneCode, SHORT_CODE]


class BasketState(Answer):
    """The basket, or None."""

    basket: BasketView | None


class GetSale(Query):
    """A sale by its id or by its receipt number, as the rows say."""

    answer = BasketState
    sale_id: Annotated[SaleId, MADE_ID] | None = None
    receipt_number: Name = ""


class GetOpenBasket(Query):
    """The open basket of a lane: asked at the start and after every gap."""

    answer = BasketState
    lane: Annotated[LaneCode, SHORT_CODE]


class ReceiptCopy(Answer):
    """A receipt to print again; marked as a copy."""

    receipt: Document
    receipt_number: Name
    copies: StrictInt
    """How many copies were made so far, this one included."""


class ReprintReceipt(Command):
    """A copy of a receipt: of the number given, or of the last sale of the lane."""

    answer = ReceiptCopy
    permission = Permission.REPRINT
    lane: Annotated[LaneCode, SHORT_CODE]
    receipt_number: Name = ""


class SaleRow(Model):
    """A finished sale in a list."""

    sale_id: SaleId
    receipt_number: Name
    lane: LaneCode
    operator: Name
    finished_at: AwareDatetime
    line_count: StrictInt
    total_minor: Minor
    tenders: Name
    """Names of the tenders, joined."""


class SaleRows(Answer):
    """Finished sales, latest first."""

    sales: tuple[SaleRow, ...]
    more: StrictBool = False


class ListSales(Query):
    """Finished sales of a business date or of a member, latest first."""

    answer = SaleRows
    permission = Permission.SEE_SALES
    business_date: Name = ""
    """`2026-11-21`; empty for the present one, or with a member for all."""
    member_id: Annotated[MemberId, ROW_ID] | None = None
    """Only sales of this member and of those who were merged into them; None: of everybody."""
    lane: Annotated[LaneCode, SHORT_CODE] | None = None
    text: Name = ""
    """Part of a receipt number, or an exact total such as `12.50`."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 50
    offset: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = 0


class SoldLine(Model):
    """One line of a finished sale, as it was sold for good."""

    line: LineNumber
    """Its number in the sale; voided lines leave gaps."""
    product_id: ProductId
    """The product, by this store's number."""
    code: Name
    """What was scanned or typed."""
    name: Name
    """The product's name at the sale."""
    quantity_thousandths: Thousandths
    """What was sold."""
    normal_price_minor: Minor
    """The unit price by the price list."""
    unit_price_minor: Minor
    """The unit price that was charged, before discounts."""
    discount_minor: Minor
    """Taken off the line, its share of the sale's discount included."""
    amount_minor: Minor
    """What was paid for the line; tax that comes on top is not in it."""
    tax: TaxCode = ""
    """The code of its tax rate; empty: none."""
    tax_rate_ppm: PartsPerMillion = 0
    """That rate at the sale."""
    tax_inclusive: StrictBool = True
    """True: the amount includes the tax."""
    tax_minor: Minor = 0
    """Its part of the tax of that rate."""


class TakenTender(Model):
    """One payment of a finished sale."""

    tender_id: TenderId
    """The payment."""
    tender: Name
    """The code of the tender kind."""
    amount_minor: Minor
    """What was handed over, change not yet taken off."""
    reference: Name
    """What the external terminal or the pay app showed."""


class SaleFinished(Fact):
    """A sale is in the books; told whole, so that the journal's chain holds every line and payment."""

    sale_id: SaleId
    """The sale."""
    receipt_number: Name
    """Its receipt number."""
    lane: LaneCode
    """Where it was sold."""
    operator_id: OperatorId
    """Who finished it."""
    shift_id: ShiftId
    """The shift that has its money."""
    business_date: Name
    """The business date that it belongs to."""
    currency: str
    """Of all amounts."""
    total_minor: Minor
    """What was to be paid, before cash rounding."""
    rounding_minor: Minor
    """The cash rounding, signed."""
    change_minor: Minor
    """What was given back."""
    line_count: StrictInt
    """How many lines were sold."""
    lines: tuple[SoldLine, ...]
    """The lines that were sold; total = sum of their amounts + tax on top."""
    tax_added_minor: Minor = 0
    """The tax that came on top of the prices."""
    member_id: MemberId | None = None
    """The member beside the sale; None: nobody."""
    member_tier: StrictInt = 0
    """The rank of the tier by which it was priced."""
    tenders: tuple[TakenTender, ...]
    """The payments; their sum = total + rounding + change."""


class SaleParked(Fact):
    """A basket was put aside; other lanes may recall it."""

    sale_id: SaleId
    lane: LaneCode


class SaleRecalled(Fact):
    """A parked basket was taken to a lane."""

    sale_id: SaleId
    lane: LaneCode


class SaleCancelled(Fact):
    """A basket was given up."""

    sale_id: SaleId
    lane: LaneCode
    total_minor: Minor


class LineVoided(Fact):
    """A line was taken out of a basket."""

    sale_id: SaleId
    line: LineNumber
    amount_minor: Minor


class PriceOverridden(Fact):
    """A line is sold at another price than the normal one."""

    sale_id: SaleId
    line: LineNumber
    normal_price_minor: Minor
    unit_price_minor: Minor
    reason: Name


class DiscountGiven(Fact):
    """A discount by hand was given on a line, or on the sale (line None)."""

    sale_id: SaleId
    line: LineNumber | None
    discount_minor: Minor
    reason: Name


class TenderRemoved(Fact):
    """A payment was taken back before the sale was finished."""

    sale_id: SaleId
    """The sale."""
    tender_id: TenderId
    """The payment, which is gone from the sale."""
    tender: Name
    """The code of the tender kind."""
    amount_minor: Minor
    """What was given back."""
    reference: Name
    """What the external terminal or the pay app had shown."""


class ReceiptReprinted(Fact):
    """A copy of a receipt was made."""

    sale_id: SaleId
    receipt_number: Name
    copies: StrictInt


class TenderKindChanged(Fact):
    """A way to pay was added, or its rules were changed."""

    tender: Name
    active: StrictBool
    kind_view: TenderKindView
    """Its rules from now on."""
