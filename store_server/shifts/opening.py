"""Opening a shift, moving cash, a no-sale, counting the drawer."""

from collections.abc import Sequence
from datetime import timedelta

from protocol.identifiers import LaneCode, ShiftId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.shifts import (
    BusinessDayOpened,
    CashDirection,
    CashMoved,
    CashWasMoved,
    CountDrawer,
    DenominationCount,
    DrawerAllowed,
    DrawerCounted,
    DrawerOpenedWithoutSale,
    DrawerWasCounted,
    MoveCash,
    OpenDrawerWithoutSale,
    OpenShift,
    ShiftOpened,
)
from protocol.money import format_minor, minor_digits
from protocol.permissions import Permission
from store_server.database.unit_of_work import Work
from store_server.ledger.rules import Account, Posting
from store_server.ledger.tables import post
from store_server.operators import sessions
from store_server.shifts import slips, tables
from store_server.shifts.reading import drawer, in_drawer, present_date, shift_state
from store_server.shifts.rules import BadCount, Event, Pieces, count_total, date_by_clock, is_lane

CASH_LIMIT_MAJOR = 10_000_000
"""No drawer holds ten million; more is a barcode typed as an amount."""


def _too_much(work: Work, amount_minor: int, field: str) -> Refused | None:
    """Return why so much cash cannot be in a drawer, nor be moved."""
    currency = work.settings.currency
    if amount_minor <= CASH_LIMIT_MAJOR * 10 ** minor_digits(currency):
        return None
    text = _("{amount} in cash cannot be right. Was a barcode typed as an amount?")
    words = text.format(amount=format_minor(amount_minor, currency, symbol=True))
    return Refused(code="too_much", field=field, explanation=words)


DAYS_AHEAD = timedelta(days=31)
"""A shop that was shut for longer opens with an approval."""
DAYS_BACK = timedelta(days=1)
"""The day may have been closed early, and the next one opened on the same date; no further back."""


def _counted(
    work: Work, counts: Sequence[DenominationCount], amount_minor: int | None
) -> tuple[int, list[Pieces]] | Refused:
    pieces = [Pieces(each.value_minor, each.count) for each in counts]
    currency = work.settings.currency
    try:
        total = count_total(pieces, amount_minor, currency)
        return _too_much(work, total, "counts") or (total, pieces)
    except BadCount as bad:
        value = format_minor(bad.value_minor, currency, symbol=True)
        text = _("There is no coin or note of {value}.")
        if bad.code == "sum":
            text = _("The coins and notes make {value}, not the amount that was given.")
        return Refused(code="bad_count", field="counts", explanation=text.format(value=value))


def no_shift(lane: LaneCode) -> Refused:
    """Return the sentence for a lane where no shift is open."""
    text = _("No shift is open at lane {lane}. Count the drawer and open a shift first.")
    return Refused(code="no_shift", explanation=text.format(lane=lane))


def safe(work: Work) -> Account:
    """Return the account of the cash outside the drawers."""
    return Account("safe", "store", work.settings.currency)


def open_shift(work: Work, command: OpenShift) -> Answer:
    """Open a shift with a counted float; what differs from the books came from the safe, or went there."""
    if not is_lane(command.lane):
        text = _("A lane's code has 1 to 6 letters or digits.")
        return Refused(code="bad_lane", field="lane", explanation=text)
    there = tables.open_shift_of(work.db, command.lane)
    if there is not None:
        text = _("{name} has a shift open at lane {lane}. It must be closed first.")
        words = text.format(name=there["operator_name"], lane=command.lane)
        return Refused(code="shift_open", explanation=words)
    if tables.shift(work.db, command.shift_id) is not None:
        return Refused(code="id_used", field="shift_id", explanation=_("This shift is already closed."))
    counted = _counted(work, command.counts, command.float_minor)
    if isinstance(counted, Refused):
        return counted
    amount, pieces = counted
    business_date = present_date(work)
    if tables.open_date(work.db) is None:
        doubtful = _doubtful_clock(work, business_date)
        if doubtful is not None:
            return doubtful
        tables.open_day(work, business_date)
        work.record(BusinessDayOpened(business_date=business_date))
    expected = in_drawer(work, command.lane)
    tables.insert_shift(work, command.shift_id, command.lane, business_date, amount, amount - expected)
    tables.insert_count(work, command.shift_id, "float", amount, expected, pieces)
    _post_float(work, command.lane, command.shift_id, amount - expected)
    work.record(
        ShiftOpened(
            shift_id=command.shift_id,
            lane=command.lane,
            operator_id=work.operator_id,
            business_date=business_date,
            float_minor=amount,
        )
    )
    return shift_state(work, command.lane).model_copy(update={"suggested_float_minor": 0})


def _doubtful_clock(work: Work, business_date: str) -> Refused | None:
    """Ask for somebody who may close days before a day is opened that the clock makes hard to believe.

    A day opened in a wrong year and closed would push every later business date there.
    """
    last = tables.last_closed_date(work.db)
    if last is None:
        return None
    clock = date_by_clock(work.now, work.settings.zone, work.settings.day_rollover)
    if last - DAYS_BACK <= clock <= last + DAYS_AHEAD:
        return None
    refused = sessions.also_needs(work, Permission.CLOSE_DAY)
    if refused is None:
        return None
    text = _(
        "The last business day was {last}, the clock says {clock}. Set the clock right, "
        "or let somebody approve the day {date}."
    )
    words = text.format(last=last.isoformat(), clock=clock.isoformat(), date=business_date)
    return refused.model_copy(update={"explanation": words})


def _post_float(work: Work, lane: LaneCode, shift_id: ShiftId, difference: int) -> None:
    if difference:
        postings = [Posting(drawer(work, lane), difference), Posting(safe(work), -difference)]
        post(work, "float", shift_id, postings, shift_id)


def move_cash(work: Work, command: MoveCash) -> Answer:
    """Put cash into the drawer or take it out, with a slip to sign.

    More than the books say may be taken: a refusal would tell what should be there before the count.
    """
    shift = tables.open_shift_of(work.db, command.lane)
    if shift is None:
        return no_shift(command.lane)
    reason = command.reason.strip()
    if not reason:
        text = _("Please say why the cash is moved; it is printed on the slip.")
        return Refused(code="reason_needed", field="reason", explanation=text)
    if refused := _too_much(work, command.amount_minor, "amount_minor"):
        return refused
    out = command.direction is CashDirection.OUT
    signed = -command.amount_minor if out else command.amount_minor
    postings = [Posting(drawer(work, command.lane), signed), Posting(safe(work), -signed)]
    shift_id = ShiftId(shift["shift_id"])
    post(work, f"cash_{command.direction}", reason, postings, shift_id)
    event = Event.CASH_OUT if out else Event.CASH_IN
    tables.note_event(work, shift_id, event, command.amount_minor, "", reason)
    work.record(
        CashWasMoved(
            shift_id=shift_id, direction=command.direction, amount_minor=command.amount_minor, reason=reason
        )
    )
    return CashMoved(slip=slips.cash_slip(work, shift, command.direction, command.amount_minor, reason))


def open_drawer_without_sale(work: Work, command: OpenDrawerWithoutSale) -> Answer:
    """Record a no-sale."""
    shift = tables.open_shift_of(work.db, command.lane)
    if shift is None:
        return no_shift(command.lane)
    reason = command.reason.strip()
    tables.note_event(work, shift["shift_id"], Event.NO_SALE, 0, "", reason)
    work.record(DrawerOpenedWithoutSale(lane=command.lane, operator_id=work.operator_id, reason=reason))
    return DrawerAllowed()


def count_drawer(work: Work, command: CountDrawer) -> Answer:
    """Record a blind count; only now it is told what should have been there."""
    shift = tables.open_shift_of(work.db, command.lane)
    if shift is None:
        return no_shift(command.lane)
    if shift["operator_id"] != work.operator_id:
        refused = sessions.also_needs(work, Permission.TAKE_OVER_SHIFT)
        if refused is not None:
            return refused
    counted = _counted(work, command.counts, command.counted_minor)
    if isinstance(counted, Refused):
        return counted
    amount, pieces = counted
    expected = in_drawer(work, command.lane)
    difference = amount - expected
    tables.insert_count(work, shift["shift_id"], "count", amount, expected, pieces)
    work.record(
        DrawerWasCounted(
            shift_id=shift["shift_id"], lane=command.lane, counted_minor=amount, expected_minor=expected
        )
    )
    return DrawerCounted(
        counted_minor=amount,
        expected_minor=expected,
        difference_minor=difference,
        reason_needed=abs(difference) > work.settings.difference_limit_minor,
    )
