"""Coupons: batches, codes, issue, use: each code once, whoever asks first."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.coupon import CouponBatchView
from protocol.identifiers import CouponBatchId, CouponId, LaneCode, MemberId, SaleId
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
)
from protocol.messages.sales import Basket
from protocol.permissions import Permission
from protocol.receipt import Document

CouponCode = Annotated[str, Field(min_length=1, max_length=40)]


class CouponState(StrEnum):
    """Where a coupon stands."""

    LIVE = "live"
    """It can be used."""
    HELD = "held"
    """It is on an open basket."""
    USED = "used"
    """It was used in a finished sale."""
    EXPIRED = "expired"
    """Its last moment is over."""
    CANCELLED = "cancelled"
    """Somebody took it back."""


class CouponView(Model):
    """One coupon with a code of its own."""

    coupon_id: CouponId
    """The coupon."""
    batch_id: CouponBatchId
    """Its batch."""
    name: Name
    """The name of the batch."""
    words: Text = ""
    """What it gives, in sentences in the language of the request."""
    code: Name
    """Its code."""
    state: CouponState
    """Where it stands."""
    member_id: MemberId | None = None
    """Whose it is; None: whoever shows it."""
    issued_at: AwareDatetime
    """When it was issued."""
    ends_at: AwareDatetime | None = None
    """It is taken before this moment; None: without an end."""
    issued_for: Name = ""
    """Why: `hand`, `offer`, `birthday`, `tier`, `registration`, `points`, `batch`."""
    sale_id: SaleId | None = None
    """The sale that used it, or holds it."""
    receipt_number: Name = ""
    """The receipt of that sale."""


class CouponBatchRow(Model):
    """A batch with what became of it."""

    batch: CouponBatchView
    """What it says."""
    words: Text
    """The batch read back in sentences, in the language of the request."""
    issued: StrictInt = 0
    """So many coupons with a code of their own were issued."""
    used: StrictInt = 0
    """So many times one was used in finished sales."""
    given_minor: Minor = 0
    """What they took off in finished sales."""


class CouponBatchFound(Answer):
    """One batch."""

    batch: CouponBatchRow
    """As it is now."""


class CouponBatches(Answer):
    """Batches, latest first."""

    batches: tuple[CouponBatchRow, ...]
    """The batches."""
    more: StrictBool = False
    """True: ask on with a higher offset."""


class ListCouponBatches(Query):
    """The shop's coupons."""

    answer = CouponBatches
    permission = Permission.SELL
    text: Name = ""
    """Part of the name or a shared code."""
    active_only: StrictBool = False
    """True: without those that are over."""
    for_points: StrictBool = False
    """True: only those that members get for points."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 100
    """So many rows at most."""
    offset: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = 0
    """So many are passed over."""


class SaveCouponBatch(Command):
    """Add a batch or change one; coupons that are out follow its change, finished sales do not."""

    answer = CouponBatchFound
    permission = Permission.MANAGE_COUPONS
    batch: CouponBatchView
    """The whole batch."""


class Coupons(Answer):
    """Coupons, latest first."""

    coupons: tuple[CouponView, ...]
    """The coupons."""
    more: StrictBool = False
    """True: ask on with a higher offset."""


class ListCoupons(Query):
    """Coupons of a batch or of a member."""

    answer = Coupons
    permission = Permission.SEE_MEMBERS
    batch_id: Annotated[CouponBatchId, ROW_ID] | None = None
    """Of this batch."""
    member_id: Annotated[MemberId, ROW_ID] | None = None
    """Of this member."""
    code: Name = ""
    """With this code."""
    state: CouponState | None = None
    """Only those that stand so."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 100
    """So many rows at most."""
    offset: Annotated[StrictInt, Field(ge=0, le=10_000_000)] = 0
    """So many are passed over."""


class IssueCoupons(Command):
    """Issue coupons by hand: to a member, or so many without a name, to be printed or handed out."""

    answer = Coupons
    permission = Permission.ISSUE_COUPONS
    batch_id: Annotated[CouponBatchId, ROW_ID]
    """The batch; one with codes of their own."""
    member_id: Annotated[MemberId, ROW_ID] | None = None
    """For whom; None: whoever shows it."""
    count: Annotated[StrictInt, Field(ge=1, le=500)] = 1
    """So many; a large batch is asked for piece by piece."""
    reason: Name = ""
    """Why; kept with them."""


class BuyCoupon(Command):
    """A member takes a coupon for points."""

    answer = Coupons
    permission = Permission.SELL
    lane: Annotated[LaneCode, SHORT_CODE]
    """The lane, with an open shift."""
    batch_id: Annotated[CouponBatchId, ROW_ID]
    """A batch that is given for points."""
    member_id: Annotated[MemberId, ROW_ID]
    """The member."""


class CancelCoupon(Command):
    """Take a coupon back that was not used."""

    answer = Coupons
    permission = Permission.ISSUE_COUPONS
    coupon_id: Annotated[CouponId, ROW_ID]
    """The coupon."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; kept with it."""


class UseCoupon(Command):
    """Put a coupon on a basket; it is repriced at once. Held there, it cannot be put on another one.

    Refused in words: `unknown_coupon`, `coupon_used`, `coupon_held`, `coupon_expired`, `coupon_not_yet`,
    `coupon_not_for_member`, `coupon_limit`, `coupon_alone`. A coupon for which there is nothing in the basket
    yet stays on it, and the explanation says what is missing.
    """

    answer = Basket
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    """The open basket."""
    code: CouponCode
    """As scanned or typed."""


class RemoveCoupon(Command):
    """Take a coupon off a basket; it can be used again."""

    answer = Basket
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    """The open basket."""
    code: CouponCode
    """The coupon."""


class CouponPaper(Answer):
    """A coupon as paper."""

    paper: Document
    """Ready for the printer: what it gives, until when, its code as a barcode."""


class PrintCoupon(Query):
    """A coupon as paper."""

    answer = CouponPaper
    permission = Permission.SELL
    coupon_id: Annotated[CouponId, ROW_ID]
    """The coupon."""


class CouponBatchChanged(Fact):
    """A batch was added or changed."""

    batch: CouponBatchView
    """As it is now."""


class CouponsIssued(Fact):
    """Coupons were issued."""

    batch_id: CouponBatchId
    """The batch."""
    count: StrictInt
    """So many."""
    member_id: MemberId | None = None
    """To whom; None: without a name."""
    issued_for: Name
    """Why: `hand`, `offer`, `birthday`, `tier`, `registration`, `points`, `batch`."""
    sale_id: SaleId | None = None
    """The sale that did it."""


class CouponCancelled(Fact):
    """A coupon was taken back."""

    coupon_id: CouponId
    """The coupon."""
    reason: Name
    """Why."""
