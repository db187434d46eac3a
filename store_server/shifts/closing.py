"""Closing a shift or a day, and their slips."""

import sqlite3

from protocol.identifiers import LaneCode, OperatorId, ShiftId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.shifts import (
    BusinessDayClosed,
    CloseDay,
    CloseShift,
    DayClosed,
    PrintXSlip,
    ReprintShiftSlip,
    ShiftClosed,
    ShiftClosedAnswer,
    ShiftSlipReprinted,
    Slip,
    XSlipPrinted,
)
from protocol.money import format_minor
from protocol.permissions import Permission
from store_server.database.unit_of_work import Work
from store_server.ledger.rules import Account, Posting
from store_server.ledger.tables import post
from store_server.operators import sessions
from store_server.operators import tables as operators
from store_server.receipts.tables import keep_form, present_form
from store_server.shifts import figures, slips, tables
from store_server.shifts.opening import no_shift, safe
from store_server.shifts.reading import drawer, in_drawer
from store_server.shifts.rules import Event


def _open_basket(work: Work, lane: LaneCode) -> Refused | None:
    """Return why the shift must stay open: a basket with goods or payments in it."""
    # The sales are read here and never written: they know the shifts, not the other way round.
    row = work.db.execute(
        "SELECT EXISTS (SELECT 1 FROM sale_tenders t WHERE t.sale_id = s.sale_id) AS paid, "
        "EXISTS (SELECT 1 FROM sale_lines l WHERE l.sale_id = s.sale_id AND NOT l.voided) "
        "OR s.credit_minor > 0 AS filled "
        "FROM sales s WHERE s.lane = ? AND s.state = 'open'",
        (lane,),
    ).fetchone()
    if row is None or not (row["paid"] or row["filled"]):
        return None
    if row["paid"]:
        text = _("The sale at lane {lane} holds payments. Finish it, or take them back.")
        return Refused(code="payments_pending", explanation=text.format(lane=lane))
    text = _("There is an open sale at lane {lane}. Finish it, park it or cancel it.")
    return Refused(code="sale_open", explanation=text.format(lane=lane))


def _count_for_close(work: Work, shift: sqlite3.Row) -> sqlite3.Row | Refused:
    """Return the count that the close rests on: the last one, if no cash moved after it."""
    count = tables.last_count(work.db, shift["shift_id"])
    if count is None:
        return Refused(code="count_needed", explanation=_("Please count the drawer first."))
    if count["expected_minor"] != in_drawer(work, shift["lane"]):
        text = _("Cash was taken or given since the drawer was counted. Please count it again.")
        return Refused(code="count_needed", explanation=text)
    return count


def _taker(work: Work, code: str) -> str | Refused:
    """Return the name of the operator who takes over; empty for nobody."""
    if not code.strip():
        return ""
    row = operators.by_code(work.db, code)
    if row is None or not row["active"]:
        text = _("No operator has the code {code}.").format(code=code.strip())
        return Refused(code="no_such_operator", field="handed_to", explanation=text)
    return str(row["name"])


def close_shift(work: Work, command: CloseShift) -> Answer:
    """Close a shift on its last count; a difference is recorded, never refused."""
    shift = tables.open_shift_of(work.db, command.lane)
    if shift is None:
        return no_shift(command.lane)
    if shift["operator_id"] != work.operator_id:
        refused = sessions.also_needs(work, Permission.TAKE_OVER_SHIFT)
        if refused is not None:
            return refused
    problem = _open_basket(work, command.lane)
    if problem is not None:
        return problem
    count = _count_for_close(work, shift)
    if isinstance(count, Refused):
        return count
    taker = _taker(work, command.handed_to)
    if isinstance(taker, Refused):
        return taker
    problem = _close_problem(work, command, count)
    return problem or _close(work, command, shift, count, taker)


def _close_problem(work: Work, command: CloseShift, count: sqlite3.Row) -> Refused | None:
    counted = count["counted_minor"]
    difference = counted - count["expected_minor"]
    currency = work.settings.currency
    if abs(difference) > work.settings.difference_limit_minor and not command.reason.strip():
        text = _("The drawer differs by {amount}. Please say why, or that nobody knows.")
        words = text.format(amount=format_minor(difference, currency, symbol=True))
        return Refused(code="reason_needed", field="reason", explanation=words)
    if command.left_in_drawer_minor is not None and command.left_in_drawer_minor > counted:
        text = _("No more can stay in the drawer than was counted: {amount}.")
        words = text.format(amount=format_minor(counted, currency, symbol=True))
        return Refused(code="too_much", field="left_in_drawer_minor", explanation=words)
    return None


def _close(
    work: Work, command: CloseShift, shift: sqlite3.Row, count: sqlite3.Row, taker: str
) -> ShiftClosedAnswer:
    shift_id = ShiftId(shift["shift_id"])
    counted, expected = count["counted_minor"], count["expected_minor"]
    left = command.left_in_drawer_minor or 0
    reason = command.reason.strip()
    _post_close(work, command.lane, shift_id, counted - expected, counted - left)
    form_id = keep_form(work, present_form(work, "z_slip"))
    tables.close_shift(work, shift_id, counted, expected, reason, taker, left, form_id)
    work.record(
        ShiftClosed(
            shift_id=shift_id,
            lane=command.lane,
            operator_id=OperatorId(shift["operator_id"]),
            counted_minor=counted,
            expected_minor=expected,
            difference_minor=counted - expected,
            reason=reason,
        )
    )
    closed = tables.shift(work.db, shift_id)
    assert closed is not None
    view = tables.view(closed, figures.sale_count(work.db, shift_id))
    return ShiftClosedAnswer(shift=view, slip=slips.z_slip(work, closed))


def _post_close(work: Work, lane: LaneCode, shift_id: ShiftId, difference: int, to_safe: int) -> None:
    """First the drawer becomes what was counted, then what does not stay goes to the safe."""
    if difference:
        missing = Account("cash_difference", lane, work.settings.currency)
        postings = [Posting(drawer(work, lane), difference), Posting(missing, -difference)]
        post(work, "cash_difference", shift_id, postings, shift_id)
    if to_safe:
        postings = [Posting(drawer(work, lane), -to_safe), Posting(safe(work), to_safe)]
        post(work, "to_safe", shift_id, postings, shift_id)


def print_x_slip(work: Work, command: PrintXSlip) -> Answer:
    """The figures of the shift so far; recorded."""
    shift = tables.open_shift_of(work.db, command.lane)
    if shift is None:
        return no_shift(command.lane)
    tables.note_event(work, shift["shift_id"], Event.X_SLIP)
    work.record(XSlipPrinted(shift_id=shift["shift_id"], lane=command.lane))
    return Slip(slip=slips.x_slip(work, shift))


def reprint_shift_slip(work: Work, command: ReprintShiftSlip) -> Answer:
    """The Z slip of a closed shift again, marked as a copy."""
    shift = tables.shift(work.db, command.shift_id)
    if shift is None or shift["closed_at"] is None:
        text = _("There is no closed shift of this id.")
        return Refused(code="no_such_shift", field="shift_id", explanation=text)
    copy = tables.note_slip_copy(work, command.shift_id)
    work.record(ShiftSlipReprinted(shift_id=command.shift_id, copies=copy))
    return Slip(slip=slips.z_slip(work, shift, copy))


def close_day(work: Work, command: CloseDay) -> Answer:
    """Close the business day, for good."""
    business_date = tables.open_date(work.db)
    if business_date is None:
        return Refused(code="no_day", explanation=_("No business day is open."))
    lanes = [row["lane"] for row in tables.open_shifts(work.db)]
    if lanes:
        text = _("Shifts are still open at lane {lanes}. Close them first.")
        return Refused(code="shift_open", explanation=text.format(lanes=", ".join(lanes)))
    tables.close_day(work, business_date)
    day = figures.day_figures(work, business_date)
    work.record(BusinessDayClosed(business_date=business_date, net_minor=day.net_minor))
    return DayClosed(figures=day, slip=slips.day_slip(work, day))
