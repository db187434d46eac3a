"""Points: rules of earning and spending, a member's statement, adjustments, gifts, cash for points."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import CategoryId, GiftId, LaneCode, MemberId, ProductId, SaleId
from protocol.messages.base import ROW_ID, SHORT_CODE, Answer, Command, Fact, Minor, Model, Name, Query
from protocol.permissions import Permission
from protocol.receipt import Document

Points = Annotated[StrictInt, Field(ge=-(10**12), le=10**12)]
"""Points are whole."""
Clock = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
"""A time of day in the store's time zone: `09:30`."""


class PointsRuleKind(StrEnum):
    """What a rule is about."""

    BASE = "base"
    """`points` for each `per_minor` spent, where no other rate applies."""
    PRODUCT = "product"
    """The rate of one product, in place of the base; 0 points: it earns nothing."""
    CATEGORY = "category"
    """The rate of the goods of a category and those below it, in place of the base."""
    TIER = "tier"
    """Multiplies what the members of a tier earn; one multiplier counts."""
    CAMPAIGN = "campaign"
    """Multiplies on some days or hours, or on a birthday; the best one counts."""
    REGISTRATION = "registration"
    """`points` for becoming a member."""
    BIRTHDAY = "birthday"
    """`points` on the birthday, once a year."""
    REFERRAL = "referral"
    """`points` for the member who brought a new one (老带新)."""
    REFERRAL_SHARE = "referral_share"
    """`points` for each `per_minor` that the brought member spends, for the one who brought them."""
    CHECK_IN = "check_in"
    """`points` for checking in (签到), once per business day."""
    SPEND = "spend"
    """`points` pay `per_minor`; without such a rule nothing can be paid with points."""
    CASH_OUT = "cash_out"
    """`points` are paid out as `per_minor` in cash; without such a rule nothing is paid out."""


class PointsRuleView(Model):
    """A rule of points, as data."""

    rule_id: Annotated[StrictInt, ROW_ID] | None = None
    """The rule; None: a new one."""
    kind: PointsRuleKind
    """What it is about; cannot be changed afterwards."""
    name: Name
    """What people call it: `Double Fridays`."""
    active: StrictBool = True
    """False: it is kept and does not apply."""
    tier: Annotated[StrictInt, Field(ge=0, le=99)] | None = None
    """Only for members of the tier of this rank; None: for all."""
    product_id: Annotated[ProductId, ROW_ID] | None = None
    """With `product`: which product."""
    category_id: Annotated[CategoryId, ROW_ID] | None = None
    """With `category`: which category, those below it included."""
    points: Annotated[StrictInt, Field(ge=0, le=10**9)] = 0
    """How many points."""
    per_minor: Annotated[Minor, Field(ge=0)] = 0
    """For how much money, with the kinds that are rates."""
    multiplier_ppm: Annotated[StrictInt, Field(ge=0, le=100_000_000)] = 1_000_000
    """With `tier` and `campaign`: 2,000,000 doubles."""
    weekdays: Annotated[tuple[Annotated[StrictInt, Field(ge=1, le=7)], ...], Field(max_length=7)] = ()
    """Business days on which it applies, 1 Monday to 7 Sunday; empty: every day."""
    from_time: Clock = "00:00"
    """From this time of day; registration, referral and birthday know no hours."""
    until_time: Clock = "24:00"
    """Until this time of day, which is not included; before `from_time`: over midnight."""
    first_day: date | None = None
    """The first business date; None: since ever."""
    last_day: date | None = None
    """The last business date; None: without an end."""
    birthday: Annotated[str, Field(pattern="^(day|month)?$")] = ""
    """`day`: only on the member's birthday; `month`: in its month; empty: whenever."""


class PointsRules(Answer):
    """All rules of points."""

    rules: tuple[PointsRuleView, ...]
    """By kind, then by age."""


class ListPointsRules(Query):
    """How points are earned and spent."""

    answer = PointsRules
    permission = Permission.SEE_MEMBERS


class SavePointsRule(Command):
    """Add a rule of points or change one; what was earned stays."""

    answer = PointsRules
    permission = Permission.MANAGE_POINTS
    rule: PointsRuleView
    """The whole rule."""


class PointsTried(Answer):
    """What a sale would earn."""

    points: Points
    """What the member would get."""
    base_points: Points
    """Before tier and campaign multiply them."""
    rules: tuple[PointsRuleView, ...]
    """The rules that would count, in the order in which they do."""
    shared_points: Points
    """What the one who brought the member would get, where somebody did."""
    needed_points: Points | None = None
    """What it would take to pay the whole amount with points; None: it cannot be paid so."""


class TryPointsRules(Query):
    """What a sale of one kind of goods would earn by the rules as they are; nothing is earned by asking."""

    answer = PointsTried
    permission = Permission.SEE_MEMBERS
    amount_minor: Annotated[Minor, Field(ge=0, le=10**11)]
    """What is paid, after all discounts."""
    business_date: date
    """The business day of the sale."""
    time: Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "12:00"
    """The time of day in the store's time zone."""
    tier: Annotated[StrictInt, Field(ge=0, le=99)] = 0
    """The rank of the member's tier."""
    product_id: Annotated[ProductId, ROW_ID] | None = None
    """What is bought; None: goods without a rule of their own."""
    birthday: Annotated[str, Field(pattern="^(day|month)?$")] = ""
    """`day`: it is the member's birthday; `month`: it is in this month, on another day; empty: neither."""


class PointsRowView(Model):
    """One row of a member's points ledger."""

    row_id: StrictInt
    """Counts up over all members."""
    at: AwareDatetime
    """When."""
    business_date: date
    """The business day that it belongs to."""
    kind: Name
    """`earn`, `spend`, `expire`, `adjust`, `gift`, `cash_out`, `registration`, `birthday`, `referral`,
    `referral_share`, `check_in`, `refund_earned`, `refund_spent`, `refund_shared`, `refund_paid`, `merge`,
    `close`."""
    words: Name
    """The kind in the language of the request."""
    points: Points
    """Above zero: the member got them."""
    balance: Points
    """The balance after it."""
    reference: Name = ""
    """The receipt number, the reason, the gift."""
    operator: Name = ""
    """Who did it; empty: the server."""


class PointsLotView(Model):
    """Points that end together."""

    points: Points
    """How many are left."""
    expires_on: date | None
    """The last day on which they can be spent; None: they never end."""


class PointsStatement(Answer):
    """A member's points."""

    member_id: MemberId
    """The member."""
    balance: Points
    """What there is; below zero it is won back from the next earnings."""
    worth_minor: Minor
    """What the balance pays at the member's rate; 0 where points pay nothing."""
    lots: tuple[PointsLotView, ...]
    """What is left by its last day, the soonest first."""
    rows: tuple[PointsRowView, ...]
    """The ledger, latest first."""
    more: StrictBool = False
    """True: there are older rows."""


class GetPointsStatement(Query):
    """A member's points: balance, what ends when, and the ledger."""

    answer = PointsStatement
    permission = Permission.SEE_MEMBERS
    member_id: Annotated[MemberId, ROW_ID]
    """The member."""
    before_row: Annotated[StrictInt, ROW_ID] | None = None
    """Only rows older than this one; None: from the latest."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 50
    """So many rows at most."""


class PointsSlip(Answer):
    """A member's points as paper."""

    slip: Document
    """Ready for the printer, in the language of the store's receipts."""


class PrintPointsStatement(Query):
    """A member's points as paper: balance, what ends when, the latest rows."""

    answer = PointsSlip
    permission = Permission.SEE_MEMBERS
    member_id: Annotated[MemberId, ROW_ID]
    """The member."""


class AdjustPoints(Command):
    """Give points by hand or take them, with a reason."""

    answer = PointsStatement
    permission = Permission.ADJUST_POINTS
    member_id: Annotated[MemberId, ROW_ID]
    """The member."""
    points: Points
    """Above zero gives; below zero takes, at most what is there."""
    reason: Name
    """Why; kept with the row. It must not hold personal data: it stays when the member is erased."""
    expires_on: date | None = None
    """The last day of points that are given; None: as the store's setting says."""


class CheckInMember(Command):
    """A member checks in (签到); once per business day."""

    answer = PointsStatement
    permission = Permission.SELL
    member_id: Annotated[MemberId, ROW_ID]
    """The member."""


class GiftView(Model):
    """Something that members get for points (积分商城)."""

    gift_id: Annotated[GiftId, ROW_ID] | None = None
    """The gift; None: a new one."""
    name: Name
    """What it is."""
    points: Annotated[StrictInt, Field(ge=1, le=10**9)]
    """What it costs."""
    product_id: Annotated[ProductId, ROW_ID] | None = None
    """The goods that leave the stock; None: it has no stock."""
    per_member: Annotated[StrictInt, Field(ge=0, le=10**6)] = 0
    """So many for one member altogether; 0: without a limit."""
    active: StrictBool = True
    """False: it is not given any more."""


class Gifts(Answer):
    """The points catalogue."""

    gifts: tuple[GiftView, ...]
    """The cheapest first."""


class ListGifts(Query):
    """What members get for points."""

    answer = Gifts
    permission = Permission.SEE_MEMBERS
    active_only: StrictBool = True
    """False: those that are not given any more too."""


class SaveGift(Command):
    """Add a gift or change one."""

    answer = Gifts
    permission = Permission.MANAGE_POINTS
    gift: GiftView
    """The whole gift."""


class RedeemGift(Command):
    """Give a member a gift at the counter and take the points."""

    answer = PointsStatement
    permission = Permission.SELL
    lane: Annotated[LaneCode, SHORT_CODE]
    """The lane, with an open shift."""
    member_id: Annotated[MemberId, ROW_ID]
    """The member."""
    gift_id: Annotated[GiftId, ROW_ID]
    """The gift."""
    pieces: Annotated[StrictInt, Field(ge=1, le=999)] = 1
    """How many."""


class PointsPaidOut(Answer):
    """Cash was paid for points."""

    amount_minor: Minor
    """What the member gets out of the drawer."""
    open_drawer: StrictBool
    """True: the drawer is to be opened."""
    slip: Document
    """The slip of the cash movement, to be signed."""
    statement: PointsStatement
    """The member's points after it."""


class CashOutPoints(Command):
    """Take points and pay cash for them, where a rule allows it."""

    answer = PointsPaidOut
    permission = Permission.CASH_OUT_POINTS
    lane: Annotated[LaneCode, SHORT_CODE]
    """The lane whose drawer pays."""
    member_id: Annotated[MemberId, ROW_ID]
    """The member."""
    points: Annotated[StrictInt, Field(ge=1, le=10**9)]
    """How many points."""


class PointsMoved(Fact):
    """A row was written into a member's points ledger."""

    row_id: StrictInt
    """The row."""
    member_id: MemberId
    """The member."""
    row_kind: Name
    """The kind of the row: `earn`, `spend`, `expire` and so on."""
    points: Points
    """Above zero: the member got them."""
    balance: Points
    """The balance after it."""
    business_date: date
    """The business day that it belongs to."""
    sale_id: SaleId | None = None
    """The sale that did it."""
    reference: Name = ""
    """The receipt number, the reason, the gift."""


class PointsWarningView(Model):
    """Points of a member that end soon: a reason for a message to them."""

    member_id: MemberId
    """The member."""
    number: Name
    """The member number."""
    name: Name
    """The member's name."""
    points: Points
    """How many end."""
    expires_on: date
    """The last day on which they can be spent."""
    days_left: StrictInt
    """30, 7 or 1: how many days before the end this was due."""
    due_on: date
    """The business date on which it became due."""


class PointsWarnings(Answer):
    """Which members are to be told that their points end."""

    warnings: tuple[PointsWarningView, ...]
    """The latest due first."""
    more: StrictBool = False
    """True: ask on with a higher offset."""


class ListPointsWarnings(Query):
    """Members whose points end in 30, 7 or 1 days, as the daily calculation found them."""

    answer = PointsWarnings
    permission = Permission.EDIT_MEMBERS
    due_from: date | None = None
    """Only those that became due on this day or later."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 100
    """So many rows at most."""
    offset: Annotated[StrictInt, Field(ge=0, le=10_000_000)] = 0
    """So many are passed over."""


class PointsRuleChanged(Fact):
    """A rule of points was added or changed."""

    rule: PointsRuleView
    """As it is now."""


class GiftChanged(Fact):
    """A gift was added or changed."""

    gift: GiftView
    """As it is now."""


class PointsExpiryNoted(Fact):
    """Members have points that end soon; the rows say who."""

    business_date: date
    """The business day that found it."""
    members: StrictInt
    """How many members."""
