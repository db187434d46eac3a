"""A batch of coupons as data: what one gives, on which goods, for whom, when, how often, how it is issued."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from protocol.identifiers import CouponBatchId, ProductId
from protocol.messages.base import ROW_ID, Model, Name
from protocol.offer import Amount, GoodsRange, OfferConditions, OfferTimes, Pieces, Share


class CouponPercent(Model):
    """A rate off the goods in scope, on the current price; never on bundles."""

    kind: Literal["percent"] = "percent"
    rate_ppm: Annotated[Share, Field(ge=1)]
    """What is taken off: 10 % is 100,000."""
    most_minor: Amount = 0
    """At most so much money; 0: without a limit."""


class CouponAmount(Model):
    """An amount off the goods in scope, never more than what is left on them; never on bundles."""

    kind: Literal["amount"] = "amount"
    amount_minor: Annotated[Amount, Field(ge=1)]
    """What is taken off."""


class CouponGift(Model):
    """Goods that are free when they are in the basket."""

    kind: Literal["gift"] = "gift"
    product_id: Annotated[ProductId, ROW_ID]
    """The goods."""
    count: Pieces = 1
    """How many pieces."""


CouponBenefit = Annotated[CouponPercent | CouponAmount | CouponGift, Field(discriminator="kind")]


class CouponCodes(StrEnum):
    """Whether each coupon has a code of its own."""

    UNIQUE = "unique"
    """Each coupon has its own code and is used once."""
    SHARED = "shared"
    """One code for everybody, used so many times in all and per member."""


class CouponIssue(StrEnum):
    """What gives members a coupon of the batch without anybody's hand."""

    BIRTHDAY = "birthday"
    """On the member's birthday, once a year."""
    TIER = "tier"
    """When a member comes up to one of the tiers in the conditions."""
    REGISTRATION = "registration"
    """When somebody becomes a member."""


class CouponBatchView(Model):
    """Coupons of one kind."""

    batch_id: Annotated[CouponBatchId, ROW_ID] | None = None
    """The batch; None: a new one."""
    version: StrictInt = 0
    """Counts the changes; a save names the version that it was made from, 0 for a new one."""
    name: Annotated[Name, Field(min_length=1)]
    """As it is called on the receipt: `10 off from 100`."""
    active: StrictBool = True
    """False: none is issued any more and none is taken."""
    benefit: CouponBenefit
    """What a coupon gives."""
    goods: GoodsRange = GoodsRange(all_goods=True)
    """Which goods it is about."""
    conditions: OfferConditions = OfferConditions()
    """For whom, and in which baskets: tiers, tags, birthday, first purchase, minimum spend."""
    times: OfferTimes = OfferTimes()
    """When it is taken; `valid_until` ends every coupon of the batch."""
    valid_days: Annotated[StrictInt, Field(ge=0, le=3660)] = 0
    """A coupon with its own code ends so many days after its issue; 0: with the batch alone."""
    codes: CouponCodes = CouponCodes.UNIQUE
    """Whether each coupon has its own code."""
    shared_code: Annotated[str, Field(pattern="^[A-Z0-9-]{0,30}$")] = ""
    """The code of a batch with one code for everybody."""
    uses_in_all: Annotated[StrictInt, Field(ge=0, le=10**9)] = 0
    """A shared code is taken so many times in all; 0: without a limit."""
    uses_per_member: Annotated[StrictInt, Field(ge=0, le=10**6)] = 0
    """So many of the batch for one member in all; 0: without a limit. Above 0 it is for members only."""
    per_sale: Annotated[StrictInt, Field(ge=1, le=20)] = 1
    """So many of the batch in one sale."""
    alone: StrictBool = False
    """True: no coupon of another batch is taken beside it."""
    issue_on: Annotated[tuple[CouponIssue, ...], Field(max_length=3)] = ()
    """What issues one by itself. Offers issue them as a step of a threshold says."""
    points: Annotated[StrictInt, Field(ge=0, le=10**9)] = 0
    """A member gets one at the counter for so many points; 0: not for points."""
