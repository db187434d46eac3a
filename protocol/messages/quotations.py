"""Quotations: a price for many units (团购), approved by somebody, then sold once."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import LaneCode, MemberId, ProductId, QuotationId, SaleId
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
    Text,
    Thousandths,
)
from protocol.messages.sales import Basket
from protocol.permissions import Permission
from protocol.receipt import Document


class QuotationState(StrEnum):
    """Where a quotation stands."""

    DRAFT = "draft"
    """It is being written."""
    APPROVED = "approved"
    """It can be sold until its last day."""
    SOLD = "sold"
    """It became a sale."""
    CANCELLED = "cancelled"
    """Somebody gave it up."""
    EXPIRED = "expired"
    """Its last day is over."""


class QuotedLine(Model):
    """Goods at a quoted price."""

    product_id: Annotated[ProductId, ROW_ID]
    """The goods."""
    code: Name = ""
    """Their code; filled in by the store."""
    name: Name = ""
    """Their name; filled in by the store."""
    unit: Name = ""
    """What one is called; filled in by the store."""
    quantity_thousandths: Annotated[Thousandths, Field(gt=0)]
    """How much."""
    normal_price_minor: Minor = 0
    """The present selling price of one; filled in by the store."""
    unit_price_minor: Annotated[Minor, Field(ge=0)]
    """What is quoted for one."""
    amount_minor: Minor = 0
    """Quantity × quoted price; filled in by the store."""
    note: Name = ""
    """A word to these goods."""


class QuotationView(Model):
    """A quotation, whole."""

    quotation_id: Annotated[QuotationId, ROW_ID] | None = None
    """The quotation; None: a new one."""
    version: StrictInt = 0
    """Counts the changes; a save names the version that it was made from, 0 for a new one."""
    number: Name = ""
    """Its number, `Q-S1-0042`; given by the store."""
    state: QuotationState = QuotationState.DRAFT
    """Where it stands."""
    customer: Annotated[Name, Field(min_length=1)]
    """For whom: a firm, a class, a member's name."""
    member_id: Annotated[MemberId, ROW_ID] | None = None
    """The member whose sale it will be; None: nobody."""
    lines: Annotated[tuple[QuotedLine, ...], Field(min_length=1, max_length=500)]
    """What is quoted."""
    total_minor: Minor = 0
    """The sum; filled in by the store."""
    normal_total_minor: Minor = 0
    """The sum at present selling prices; filled in by the store."""
    valid_until: date
    """The last business date on which it can be sold."""
    note: Text = ""
    """Words printed at its end."""
    author: Name = ""
    """Who wrote it."""
    approver: Name = ""
    """Who approved it."""
    approved_at: AwareDatetime | None = None
    """When it was approved."""
    sale_id: SaleId | None = None
    """The sale that it became."""
    receipt_number: Name = ""
    """The receipt of that sale."""


class QuotationFound(Answer):
    """One quotation."""

    quotation: QuotationView
    """As it is now."""


class QuotationRow(Model):
    """A quotation in a list."""

    quotation_id: QuotationId
    """The quotation."""
    number: Name
    """Its number."""
    state: QuotationState
    """Where it stands."""
    customer: Name
    """For whom."""
    line_count: StrictInt
    """How many lines it has."""
    total_minor: Minor
    """The sum."""
    valid_until: date
    """The last business date on which it can be sold."""
    author: Name
    """Who wrote it."""


class QuotationRows(Answer):
    """Quotations, latest first."""

    quotations: tuple[QuotationRow, ...]
    """The quotations."""
    more: StrictBool = False
    """True: ask on with a higher offset."""


class ListQuotations(Query):
    """The shop's quotations, latest first."""

    answer = QuotationRows
    permission = Permission.SELL
    state: QuotationState | None = None
    """Only those that stand so."""
    text: Name = ""
    """Part of the number or of the customer's name."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 50
    """So many rows at most."""
    offset: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = 0
    """So many are passed over."""


class GetQuotation(Query):
    """One quotation."""

    answer = QuotationFound
    permission = Permission.SELL
    quotation_id: Annotated[QuotationId, ROW_ID] | None = None
    """The quotation."""
    number: Name = ""
    """Its number, as scanned or typed, where the id is not known."""


class SaveQuotation(Command):
    """Write a quotation or change one that is a draft; a change of an approved one makes it a draft again."""

    answer = QuotationFound
    permission = Permission.WRITE_QUOTATIONS
    quotation: QuotationView
    """The whole quotation; what the store fills in is not read."""


class ApproveQuotation(Command):
    """Let a quotation be sold. Who wrote it cannot approve it where the shop asks for two people."""

    answer = QuotationFound
    permission = Permission.APPROVE_QUOTATIONS
    quotation_id: Annotated[QuotationId, ROW_ID]
    """A draft."""
    version: StrictInt
    """The version that was read."""


class CancelQuotation(Command):
    """Give a quotation up."""

    answer = QuotationFound
    permission = Permission.WRITE_QUOTATIONS
    quotation_id: Annotated[QuotationId, ROW_ID]
    """A draft or an approved one."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; kept with it."""


class SellQuotation(Command):
    """Put the lines of an approved quotation into a new basket at the quoted prices; offers leave them alone.

    The quotation is sold when that sale is finished; cancelled or parked it can be sold again.
    """

    answer = Basket
    permission = Permission.SELL
    quotation_id: Annotated[QuotationId, ROW_ID]
    """An approved one, still valid, that no other open basket holds."""
    sale_id: Annotated[SaleId, MADE_ID]
    """The new sale; the lane must have no lines in another one."""
    lane: Annotated[LaneCode, SHORT_CODE]
    """Where it is rung up."""


class QuotationPaper(Answer):
    """A quotation as paper."""

    paper: Document
    """Ready for the printer, in the language of the store's receipts."""


class PrintQuotation(Query):
    """A quotation as paper, to hand out."""

    answer = QuotationPaper
    permission = Permission.SELL
    quotation_id: Annotated[QuotationId, ROW_ID]
    """The quotation."""


class QuotationChanged(Fact):
    """A quotation was written, changed, approved, cancelled or sold."""

    quotation: QuotationView
    """As it is now."""
    reason: Name = ""
    """Why it was given up."""
