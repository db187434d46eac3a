"""Business day, cashier shift and drawer: three things."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import LaneCode, OperatorId, ShiftId
from protocol.messages.base import MADE_ID, SHORT_CODE, Answer, Command, Fact, Minor, Model, Name, Query
from protocol.permissions import Permission
from protocol.receipt import Document


class DenominationCount(Model):
    """How many of one coin or note."""

    value_minor: Annotated[Minor, Field(gt=0)]
    count: Annotated[StrictInt, Field(ge=0, le=1_000_000)]


class ShiftView(Model):
    """A shift: one cashier at one lane's drawer."""

    shift_id: ShiftId
    number: StrictInt
    """Counts the shifts of the lane."""
    lane: LaneCode
    operator_id: OperatorId
    operator: Name
    business_date: Name
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    float_minor: Minor
    counted_minor: Minor | None = None
    """What was counted at the close; None before."""
    expected_minor: Minor | None = None
    """What should have been there; only told after the count."""
    difference_minor: Minor | None = None
    sale_count: StrictInt = 0
    handed_to: Name = ""


class ShiftState(Answer):
    """The shift, or None."""

    shift: ShiftView | None
    denominations: tuple[Minor, ...] = ()
    """Coins and notes of the currency, largest first."""
    suggested_float_minor: Minor = 0
    """What the last shift at this drawer left in it."""
    business_date: Name = ""
    """The business date that is open, or that the next shift would open."""
    day_overdue: StrictBool = False
    """True: the open business day is past its rollover time and should be closed."""


class GetShift(Query):
    """The open shift of a lane."""

    answer = ShiftState
    lane: Annotated[LaneCode, SHORT_CODE]


class ShiftOpened(Fact):
    """A shift began."""

    shift_id: ShiftId
    lane: LaneCode
    operator_id: OperatorId
    business_date: Name
    float_minor: Minor


class OpenShift(Command):
    """Open a shift at the lane with a counted float; opens the business day when none is open."""

    answer = ShiftState
    permission = Permission.SHIFT
    lane: Annotated[LaneCode, SHORT_CODE]
    shift_id: Annotated[ShiftId, MADE_ID]
    counts: Annotated[tuple[DenominationCount, ...], Field(max_length=40)] = ()
    float_minor: Annotated[Minor, Field(ge=0)] | None = None
    """The float as one amount, when it was not counted by denomination."""


class CashDirection(StrEnum):
    """Whether cash goes in or out."""

    IN = "in"
    OUT = "out"


class CashMoved(Answer):
    """The cash movement, with a slip to sign."""

    slip: Document


class MoveCash(Command):
    """Put cash into the drawer or take it out, with a reason."""

    answer = CashMoved
    permission = Permission.CASH_IN_OUT
    lane: Annotated[LaneCode, SHORT_CODE]
    direction: CashDirection
    amount_minor: Annotated[Minor, Field(gt=0)]
    reason: Name


class DrawerAllowed(Answer):
    """The drawer may be opened."""


class OpenDrawerWithoutSale(Command):
    """Record a no-sale; the terminal opens the drawer on the answer."""

    answer = DrawerAllowed
    permission = Permission.NO_SALE
    lane: Annotated[LaneCode, SHORT_CODE]
    reason: Name = ""


class DrawerCounted(Answer):
    """What the count found, told only now."""

    counted_minor: Minor
    expected_minor: Minor
    difference_minor: Minor
    reason_needed: StrictBool
    """True: the difference is above the store's limit and the close asks for a reason."""


class CountDrawer(Command):
    """Record a blind count of the drawer; every count stays on record."""

    answer = DrawerCounted
    permission = Permission.SHIFT
    lane: Annotated[LaneCode, SHORT_CODE]
    counts: Annotated[tuple[DenominationCount, ...], Field(max_length=40)] = ()
    counted_minor: Annotated[Minor, Field(ge=0)] | None = None


class ShiftClosedAnswer(Answer):
    """The shift is closed; its Z slip."""

    shift: ShiftView
    slip: Document


class CloseShift(Command):
    """Close the shift after its count. Refused only for an open basket with lines, or pending tenders."""

    answer = ShiftClosedAnswer
    permission = Permission.SHIFT
    lane: Annotated[LaneCode, SHORT_CODE]
    reason: Name = ""
    """Why the difference; needed above the store's limit."""
    handed_to: Name = ""
    """The code of the operator who takes over (交接班), or empty."""
    left_in_drawer_minor: Annotated[Minor, Field(ge=0)] | None = None
    """The float that stays for the next shift; the rest goes to the safe. None: all of it goes."""


class Slip(Answer):
    """A slip to print."""

    slip: Document


class PrintXSlip(Command):
    """The figures of the shift so far; changes nothing but is recorded. Expected cash is not told."""

    answer = Slip
    permission = Permission.SHIFT
    lane: Annotated[LaneCode, SHORT_CODE]


class ReprintShiftSlip(Command):
    """The Z slip of a closed shift again, as a copy."""

    answer = Slip
    permission = Permission.SEE_SALES
    shift_id: Annotated[ShiftId, MADE_ID]


class ShiftRows(Answer):
    """Shifts, latest first."""

    shifts: tuple[ShiftView, ...]


class ListShifts(Query):
    """Shifts of a business date (empty: the present one), latest first."""

    answer = ShiftRows
    permission = Permission.SEE_SALES
    business_date: Name = ""


class TenderTotal(Model):
    """What one way to pay brought in."""

    tender: Name
    name: Name
    count: StrictInt
    amount_minor: Minor


class DayFigures(Answer):
    """A business day in figures."""

    business_date: Name
    closed: StrictBool
    sale_count: StrictInt
    item_count_thousandths: StrictInt
    gross_minor: Minor
    discount_minor: Minor
    net_minor: Minor
    """What was sold, discounts taken off and tax on top included, less what came back."""
    refund_count: StrictInt = 0
    """How many refunds were made."""
    refund_minor: Minor = 0
    """What came back, at what was paid for it."""
    tenders: tuple[TenderTotal, ...]
    by_hour: tuple[TenderTotal, ...]
    """What was sold per hour of the store's clock, without refunds; `tender` is the hour, `00` to `23`."""
    void_count: StrictInt
    void_minor: Minor
    cancelled_count: StrictInt
    no_sale_count: StrictInt
    override_count: StrictInt
    reprint_count: StrictInt
    difference_minor: Minor
    """Sum of the cash differences of closed shifts."""


class GetDay(Query):
    """The figures of a business date; empty for the present one."""

    answer = DayFigures
    permission = Permission.SEE_SALES
    business_date: Name = ""


class DayClosed(Answer):
    """The business day is closed; its slip."""

    figures: DayFigures
    slip: Document


class CloseDay(Command):
    """Close the business day; refused while a shift is open."""

    answer = DayClosed
    permission = Permission.CLOSE_DAY


class ShiftClosed(Fact):
    """A shift ended."""

    shift_id: ShiftId
    lane: LaneCode
    operator_id: OperatorId
    counted_minor: Minor
    expected_minor: Minor
    difference_minor: Minor
    reason: Name = ""


class CashWasMoved(Fact):
    """Cash went into or out of the drawer."""

    shift_id: ShiftId
    direction: CashDirection
    amount_minor: Minor
    reason: Name


class DrawerOpenedWithoutSale(Fact):
    """A no-sale."""

    lane: LaneCode
    operator_id: OperatorId
    reason: Name


class BusinessDayOpened(Fact):
    """A business day began."""

    business_date: Name


class BusinessDayClosed(Fact):
    """A business day ended."""

    business_date: Name
    net_minor: Minor


class DrawerWasCounted(Fact):
    """The drawer was counted blind; every count is kept."""

    shift_id: ShiftId
    lane: LaneCode
    counted_minor: Minor
    expected_minor: Minor


class XSlipPrinted(Fact):
    """Somebody looked at the figures of an open shift."""

    shift_id: ShiftId
    lane: LaneCode


class ShiftSlipReprinted(Fact):
    """A copy of a shift's Z slip was made."""

    shift_id: ShiftId
    copies: StrictInt
