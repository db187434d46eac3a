"""Identifiers: made by the one who asks, before asking, so that asking twice is asking once."""

from typing import NewType

from uuid6 import uuid7

CommandId = NewType("CommandId", str)
"""Names one request; the same id again gets the same answer."""
SaleId = NewType("SaleId", str)
"""Names one sale from its first line; made by the terminal."""
TenderId = NewType("TenderId", str)
"""Names one payment of a sale; made by the terminal before any payment device is touched."""
RefundId = NewType("RefundId", str)
"""Names one refund; made by the terminal."""
ShiftId = NewType("ShiftId", str)
JobId = NewType("JobId", str)
"""Names one job of a device (print, open the drawer): asked twice, done once."""
ImportId = NewType("ImportId", str)
SessionToken = NewType("SessionToken", str)
"""Proof of a sign-on: 256 random bits, made by the server."""
ApprovalId = NewType("ApprovalId", str)
"""One approval of one action by a second person; used once."""

StoreCode = NewType("StoreCode", str)
"""The store's short code, printed in receipt numbers."""
LaneCode = NewType("LaneCode", str)
"""The lane's short code (`1`, `2`, `K1`): a till position with its drawer and devices."""
TerminalName = NewType("TerminalName", str)
"""The name under which a program connects: `lane-1`, `console-office`."""
DeviceName = NewType("DeviceName", str)
"""The stable name of a device of a lane: `scanner-1`."""
OperatorId = NewType("OperatorId", int)
ProductId = NewType("ProductId", int)
CategoryId = NewType("CategoryId", int)
MemberId = NewType("MemberId", int)
"""A member in this store's books; across stores a member is named by the number."""
GiftId = NewType("GiftId", int)
"""Something that members get for points."""
OfferId = NewType("OfferId", int)
"""A promotion; its versions share the id."""
CouponBatchId = NewType("CouponBatchId", int)
"""Coupons of one kind that were made together."""
CouponId = NewType("CouponId", int)
"""One coupon with a code of its own."""
QuotationId = NewType("QuotationId", int)
"""A quotation; its versions share the id."""
TrialId = NewType("TrialId", str)
"""Names one trial of an offer on past sales; made by the one who asks."""
CardId = NewType("CardId", int)
"""One issue of a card to a member; the same plastic issued again is another one."""


def new_id() -> str:
    """Return a new time-ordered UUID (version 7) as 36 lower-case characters."""
    return str(uuid7())
