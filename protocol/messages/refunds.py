"""Refunds and exchanges: goods come back, what was paid for them goes back in the tenders that paid."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

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
    Query,
    Thousandths,
)
from protocol.messages.sales import Basket, LineNumber
from protocol.messages.taxes import TaxLineView
from protocol.permissions import Permission
from protocol.receipt import Document

MOST_LINES = 1000


class Disposition(StrEnum):
    """What becomes of goods that came back."""

    RESTOCK = "restock"
    """They go back on the shelf."""
    WASTE = "waste"
    """They are thrown away; the stock does not get them."""


class ReturnLine(Model):
    """Goods of one line of a sale that come back."""

    line: LineNumber
    """The line of the sale. It may be named twice: a part for the shelf, a part for the bin."""
    quantity_thousandths: Annotated[Thousandths, Field(gt=0)]
    """How much of it comes back; at most what is left."""
    disposition: Disposition = Disposition.RESTOCK
    """What becomes of it."""
    reason: Name = ""
    """Why it came back."""


class ReturnProduct(Model):
    """Goods that come back without a receipt."""

    product_id: Annotated[ProductId, ROW_ID]
    """The goods."""
    quantity_thousandths: Annotated[Thousandths, Field(gt=0)]
    """How much of it comes back."""
    price_minor: Annotated[Minor, Field(gt=0)] | None = None
    """What is given for one; None: the present selling price. More than that has to be approved."""
    disposition: Disposition = Disposition.RESTOCK
    """What becomes of it."""
    reason: Name = ""
    """Why it came back; needed."""


class TenderReference(Model):
    """What the external terminal or the pay app showed when it gave money back."""

    tender_id: Annotated[TenderId, MADE_ID]
    """The payment of the sale that the money goes back to."""
    reference: Name
    """What was shown; a card number keeps only its ends."""


class RefundableLine(Model):
    """A line of a finished sale, and what can still come back of it."""

    line: LineNumber
    """Its number in the sale."""
    product_id: ProductId
    """The goods."""
    code: Name
    """What was scanned or typed."""
    name: Name
    """The product's name at the sale."""
    unit: Name = ""
    """What one is called."""
    by_weight: StrictBool = False
    """True: quantities are kilograms."""
    quantity_thousandths: Thousandths
    """What was sold."""
    returned_thousandths: Thousandths = 0
    """What came back before."""
    left_thousandths: Thousandths
    """What can still come back."""
    unit_paid_minor: Minor
    """What was paid for one, rounded: discounts taken off, tax included."""
    paid_minor: Minor
    """What was paid for the line, tax included."""
    left_minor: Minor
    """What is given back when all that is left of it comes back."""


class PaidTender(Model):
    """A payment of a finished sale, and what can still go back to it. All cash is one payment."""

    tender_id: TenderId
    """The payment; of several in cash the first one."""
    tender: Name
    """The code of the tender kind."""
    name: Name
    """The tender kind in the language of the request."""
    reference: Name = ""
    """What the external terminal or the pay app showed at the sale."""
    paid_minor: Minor
    """What it paid, change taken off."""
    returned_minor: Minor = 0
    """What went back before."""
    left_minor: Minor
    """What can still go back."""
    needs_reference: StrictBool = False
    """True: giving money back to it needs the reference that its machine or app shows."""


class RefundableSale(Answer):
    """A finished sale, and what can still be given back of it."""

    sale_id: SaleId
    """The sale."""
    receipt_number: Name
    """Its receipt."""
    lane: LaneCode
    """Where it was sold."""
    operator: Name
    """Who sold it."""
    business_date: Name
    """The business date that it belongs to."""
    finished_at: AwareDatetime
    """When it was finished."""
    currency: str
    """Of all amounts."""
    total_minor: Minor
    """What was to be paid, before cash rounding."""
    rounding_minor: Minor = 0
    """The cash rounding, signed."""
    left_minor: Minor
    """What all the goods that are left are worth."""
    lines: tuple[RefundableLine, ...]
    """The lines that were sold."""
    tenders: tuple[PaidTender, ...]
    """The payments."""
    refund_numbers: tuple[Name, ...] = ()
    """The refunds that were made of it, the first first."""
    member_id: MemberId | None = None
    """The member beside the sale; None: nobody."""
    member_number: Name = ""
    """The member number."""
    member_name: Name = ""
    """The member's name; empty when erased."""
    points_to_take: StrictInt = 0
    """Points that the sale earned and that would be taken back if all that is left came back."""
    points_to_return: StrictInt = 0
    """Points that paid and that would be given back then."""
    training: StrictBool = False
    """True: a sale of the training books."""


class FindSaleForRefund(Query):
    """A finished sale by what was scanned from its receipt or typed; a refund slip finds its sale too."""

    answer = RefundableSale
    receipt_number: Name = ""
    """As scanned or typed; empty where the sale is named."""
    sale_id: Annotated[SaleId, MADE_ID] | None = None
    """The sale, when it was chosen from a list."""


class RefundLineView(Model):
    """Goods that came back."""

    line: LineNumber | None = None
    """The line of the sale; None: without a receipt."""
    product_id: ProductId
    """The goods."""
    name: Name
    """Their name."""
    unit: Name = ""
    """What one is called."""
    quantity_thousandths: Thousandths
    """How much came back."""
    unit_paid_minor: Minor
    """What was paid for one, rounded."""
    amount_minor: Minor
    """What is given back for it, tax included."""
    tax_minor: Minor = 0
    """The tax in it."""
    disposition: Disposition
    """What becomes of it."""
    reason: Name = ""
    """Why it came back."""


class RefundTenderView(Model):
    """One way in which the value goes back."""

    tender_id: TenderId | None = None
    """The payment of the sale whose money this is; None: without a receipt."""
    tender: Name
    """The code of the tender kind in which it goes back; `exchange`: it pays the new goods."""
    name: Name
    """The tender kind in the language of the request."""
    amount_minor: Minor
    """What goes back."""
    reference: Name = ""
    """What the external terminal or the pay app showed."""
    needs_reference: StrictBool = False
    """True: the command has to carry the reference that the machine or app shows."""


class RefundView(Model):
    """A refund, whole. amount + rounding - kept = what goes back in all tenders."""

    refund_id: RefundId
    """The refund."""
    refund_number: Name = ""
    """The number of its slip; empty while it is only a preview."""
    sale_id: SaleId | None = None
    """The sale that it is of; None: without a receipt."""
    receipt_number: Name = ""
    """The receipt of that sale."""
    lane: LaneCode
    """Where the goods came back."""
    operator: Name = ""
    """Who gave the money back."""
    approver: Name = ""
    """Who approved it, where somebody had to."""
    refunded_at: AwareDatetime | None = None
    """When; None for a preview."""
    business_date: Name = ""
    """The business date that it belongs to."""
    currency: str
    """Of all amounts."""
    lines: tuple[RefundLineView, ...]
    """What came back."""
    taxes: tuple[TaxLineView, ...] = ()
    """The tax in it, by rate."""
    tenders: tuple[RefundTenderView, ...]
    """How it goes back."""
    amount_minor: Minor
    """What was paid for the goods, tax included."""
    rounding_minor: Minor = 0
    """The cash rounding, signed: its part of the sale's, and what coins make of a part of the cash."""
    kept_minor: Minor = 0
    """Kept for points that the sale earned and that are spent already, where the shop has set it so."""
    paid_back_minor: Minor
    """What goes back in all: money, and points at what they paid."""
    points_taken: StrictInt = 0
    """Points that the sale earned and that are taken back."""
    points_returned: StrictInt = 0
    """Points that paid and that are given back."""
    exchange_sale_id: SaleId | None = None
    """The sale that the value pays, where it is an exchange."""
    training: StrictBool = False
    """True: of the training books."""


class RefundPreview(Answer):
    """What a refund would do; nothing has changed."""

    refund: RefundView
    """The refund as it would be."""
    second_person: StrictBool = False
    """True: so much needs a second person, even when the first one may give refunds."""


class PreviewRefund(Query):
    """What exactly would go back, and how, if these goods came back now."""

    answer = RefundPreview
    lane: Annotated[LaneCode, SHORT_CODE]
    """Where the goods would come back."""
    sale_id: Annotated[SaleId, MADE_ID]
    """The finished sale."""
    lines: Annotated[tuple[ReturnLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    """What would come back."""
    in_cash: StrictBool = False
    """True: what was paid by card or pay app would go back in cash too."""


class RefundDone(Answer):
    """The refund is in the books."""

    refund: RefundView
    """The refund."""
    slip: Document
    """Its slip, to be signed."""
    open_drawer: StrictBool
    """True: cash goes back."""


class RefundSale(Command):
    """Take goods of a finished sale back and give back what was paid for them, in one transaction."""

    answer = RefundDone
    permission = Permission.REFUND
    refund_id: Annotated[RefundId, MADE_ID]
    """Made by the one who asks; the same one again refunds once."""
    lane: Annotated[LaneCode, SHORT_CODE]
    """Where the goods come back; its shift gives the cash."""
    sale_id: Annotated[SaleId, MADE_ID]
    """The finished sale: of any lane, of any day."""
    lines: Annotated[tuple[ReturnLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    """What comes back."""
    in_cash: StrictBool = False
    """True: what a card or pay app paid goes back in cash, where the shop allows it. Points stay points."""
    references: Annotated[tuple[TenderReference, ...], Field(max_length=20)] = ()
    """For each payment whose machine or app gave money back, what it showed."""


class PreviewRefundWithoutReceipt(Query):
    """What would be given for these goods."""

    answer = RefundPreview
    lane: Annotated[LaneCode, SHORT_CODE]
    """Where the goods would come back."""
    lines: Annotated[tuple[ReturnProduct, ...], Field(min_length=1, max_length=MOST_LINES)]
    """What would come back."""


class RefundWithoutReceipt(Command):
    """Take goods back without a receipt, for cash; at most at the present selling price unless approved."""

    answer = RefundDone
    permission = Permission.REFUND_WITHOUT_RECEIPT
    refund_id: Annotated[RefundId, MADE_ID]
    """Made by the one who asks; the same one again refunds once."""
    lane: Annotated[LaneCode, SHORT_CODE]
    """Where the goods come back; its shift gives the cash."""
    lines: Annotated[tuple[ReturnProduct, ...], Field(min_length=1, max_length=MOST_LINES)]
    """What comes back."""


class ExchangeSale(Command):
    """Take goods of a finished sale back against the new goods of an open basket; a new sale_id begins one.

    The basket shows their value as `credit_minor`. FinishSale books the refund and the sale together: the
    customer pays the difference, or gets it. Asked again for the same basket it takes the place of the
    earlier one.
    """

    answer = Basket
    permission = Permission.REFUND
    refund_id: Annotated[RefundId, MADE_ID]
    """Made by the one who asks: the refund that FinishSale will book."""
    sale_id: Annotated[SaleId, MADE_ID]
    """The open basket with the new goods."""
    lane: Annotated[LaneCode, SHORT_CODE]
    """Where it is rung up."""
    returned_sale_id: Annotated[SaleId, MADE_ID]
    """The finished sale whose goods come back."""
    lines: Annotated[tuple[ReturnLine, ...], Field(min_length=1, max_length=MOST_LINES)]
    """What comes back."""
    in_cash: StrictBool = False
    """True: a difference in the customer's favour is paid in cash, where the shop allows it."""
    references: Annotated[tuple[TenderReference, ...], Field(max_length=20)] = ()
    """For each payment whose machine or app gives money back, what it showed."""


class RemoveExchange(Command):
    """The customer keeps the goods after all: take their value off the open basket."""

    answer = Basket
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    """The open basket."""


class RefundFound(Answer):
    """The refund."""

    refund: RefundView
    """The refund, as its rows say."""


class GetRefund(Query):
    """A refund by its id or its number."""

    answer = RefundFound
    refund_id: Annotated[RefundId, MADE_ID] | None = None
    """The refund."""
    refund_number: Name = ""
    """As scanned from its slip or typed, where the id is not known."""


class RefundRow(Model):
    """A refund in a list."""

    refund_id: RefundId
    """The refund."""
    refund_number: Name
    """The number of its slip."""
    receipt_number: Name = ""
    """The receipt that it is of; empty: none."""
    lane: LaneCode
    """Where the goods came back."""
    operator: Name
    """Who gave the money back."""
    approver: Name = ""
    """Who approved it."""
    refunded_at: AwareDatetime
    """When."""
    line_count: StrictInt
    """How many lines came back."""
    paid_back_minor: Minor
    """What went back."""
    tenders: Name
    """The names of the ways in which it went back, joined."""


class RefundRows(Answer):
    """Refunds, latest first."""

    refunds: tuple[RefundRow, ...]
    """The refunds."""
    more: StrictBool = False
    """True: there are more."""


class ListRefunds(Query):
    """The refunds of a business date, latest first."""

    answer = RefundRows
    permission = Permission.SEE_SALES
    business_date: Name = ""
    """`2026-11-21`; empty for the present one."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 50
    """At most so many."""
    offset: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = 0
    """Leave out so many."""


class RefundSlipCopy(Answer):
    """A refund's slip to print again; marked as a copy."""

    slip: Document
    """The slip."""
    refund_number: Name
    """Its number."""
    copies: StrictInt
    """How many copies were made so far, this one included."""


class ReprintRefundSlip(Command):
    """A copy of a refund's slip."""

    answer = RefundSlipCopy
    permission = Permission.REPRINT
    refund_number: Name
    """Its number."""


class RefundedLine(Model):
    """Goods that came back, for good."""

    line: LineNumber | None
    """The line of the sale; None: without a receipt."""
    product_id: ProductId
    """The product, by this store's number."""
    code: Name
    """What was scanned or typed at the sale."""
    name: Name
    """The product's name."""
    quantity_thousandths: Thousandths
    """What came back."""
    amount_minor: Minor
    """What was given back for it, tax included."""
    tax: Name = ""
    """The code of its tax rate; empty: none."""
    tax_minor: Minor = 0
    """The tax in the amount."""
    disposition: Disposition
    """What became of it."""
    reason: Name = ""
    """Why it came back."""


class RefundedTender(Model):
    """One way in which the value went back."""

    tender_id: TenderId | None
    """The payment of the sale whose money it was; None: without a receipt."""
    tender: Name
    """The code of the tender kind in which it went back."""
    amount_minor: Minor
    """What went back."""
    reference: Name = ""
    """What the external terminal or the pay app showed."""


class SaleRefunded(Fact):
    """Goods came back and were paid for; told whole, so that the journal's chain holds every line."""

    refund_id: RefundId
    """The refund."""
    refund_number: Name
    """Its number."""
    sale_id: SaleId | None
    """The sale that it is of; None: without a receipt."""
    receipt_number: Name = ""
    """The receipt of that sale."""
    lane: LaneCode
    """Where the goods came back."""
    operator_id: OperatorId
    """Who gave the money back."""
    shift_id: ShiftId
    """The shift that gave the cash."""
    business_date: Name
    """The business date that it belongs to."""
    currency: str
    """Of all amounts."""
    amount_minor: Minor
    """What was paid for the goods, tax included; the sum of the lines."""
    rounding_minor: Minor
    """The cash rounding, signed."""
    kept_minor: Minor
    """Kept for points that are spent already."""
    paid_back_minor: Minor
    """What went back; amount + rounding - kept, and the sum of the tenders."""
    lines: tuple[RefundedLine, ...]
    """What came back."""
    tenders: tuple[RefundedTender, ...]
    """How it went back."""
    member_id: MemberId | None = None
    """The member beside the sale; None: nobody."""
    exchange_sale_id: SaleId | None = None
    """The sale that the value paid, where it was an exchange."""


class RefundSlipReprinted(Fact):
    """A copy of a refund's slip was made."""

    refund_id: RefundId
    """The refund."""
    refund_number: Name
    """Its number."""
    copies: StrictInt
    """How many there are now."""
