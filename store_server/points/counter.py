"""Commands on one member's points: give or take by hand, check in, a gift, cash for points."""

from protocol.identifiers import LaneCode, ShiftId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.points import AdjustPoints, CashOutPoints, CheckInMember, PointsPaidOut
from protocol.messages.shifts import CashDirection
from store_server.database.unit_of_work import Work
from store_server.ledger.rules import Account, Posting
from store_server.ledger.tables import post
from store_server.points import movements, tables
from store_server.points.earning import RuleKind, exchange_rule, gift_of, money_for, points_for
from store_server.points.people import active
from store_server.points.rule_list import active_rules, occasion_of
from store_server.points.selling import not_enough, points_there
from store_server.points.statement import statement, today
from store_server.points.tables import Reason
from store_server.shifts import tables as shifts
from store_server.shifts.opening import no_shift
from store_server.shifts.reading import drawer
from store_server.shifts.rules import Event
from store_server.shifts.slips import cash_slip

MOST_BY_HAND = 10**9
"""More than this is a slip of the finger."""


def adjust_points(work: Work, command: AdjustPoints) -> Answer:
    """Give points by hand or take them, with a reason."""
    member = active(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    reason = command.reason.strip()
    if not reason:
        text = _("Please say why; it is kept with the points.")
        return Refused(code="reason_needed", field="reason", explanation=text)
    if command.points == 0 or abs(command.points) > MOST_BY_HAND:
        text = _("Please say how many points to give, or to take with a minus before them.")
        return Refused(code="bad_points", field="points", explanation=text)
    day = today(work)
    because = Reason("adjust", day, reason)
    if command.points > 0:
        ends = command.expires_on or movements.usual_expiry(work, day)
        if ends is not None and ends < day:
            text = _("The points would end before they are given.")
            return Refused(code="bad_day", field="expires_on", explanation=text)
        movements.credit(work, member.member_id, command.points, because, ends)
    elif movements.debit(work, member.member_id, -command.points, because) is None:
        return not_enough(-command.points, points_there(work, member.member_id, day))
    return statement(work, member)


def check_in_member(work: Work, command: CheckInMember) -> Answer:
    """Check in, once per business day."""
    member = active(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    day = today(work)
    points = gift_of(active_rules(work.db), RuleKind.CHECK_IN, occasion_of(work, member, day))
    if points == 0:
        text = _("There are no points for checking in today.")
        return Refused(code="no_rule", explanation=text)
    if tables.given_once(work.db, member.member_id, "check_in", day.isoformat()):
        text = _("Member {number} has checked in today already.").format(number=member.number)
        return Refused(code="checked_in", explanation=text)
    reason = Reason("check_in", day, day.isoformat())
    movements.credit(work, member.member_id, points, reason, movements.usual_expiry(work, day))
    return statement(work, member)


def cash_out_points(work: Work, command: CashOutPoints) -> Answer:
    """Take points and pay cash out of the drawer for them."""
    member = active(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    shift = shifts.open_shift_of(work.db, LaneCode(command.lane))
    if shift is None:
        return no_shift(command.lane)
    day = today(work)
    rule = exchange_rule(active_rules(work.db), RuleKind.CASH_OUT, occasion_of(work, member, day))
    if rule is None:
        text = _("Points are not paid out in cash here: no rule allows it.")
        return Refused(code="not_allowed", explanation=text)
    amount = money_for(command.points, rule)
    if amount == 0 or points_for(amount, rule) != command.points:
        text = _("{points} points are no whole amount of cash. {whole} points would be.")
        whole = points_for(max(amount, 1), rule)
        return Refused(
            code="no_whole_amount",
            field="points",
            explanation=text.format(points=command.points, whole=whole),
        )
    reason = Reason("cash_out", day, f"{shift['lane']}-{shift['number']}")
    row_id = movements.debit(work, member.member_id, command.points, reason)
    if row_id is None:
        return not_enough(command.points, points_there(work, member.member_id, day))
    shift_id = ShiftId(shift["shift_id"])
    account = Account("points_paid_out", "store", work.settings.currency)
    postings = [Posting(drawer(work, command.lane), -amount), Posting(account, amount)]
    post(work, "points_cash_out", str(row_id), postings, shift_id)
    words = _("points of member {number}").format(number=member.number)
    shifts.note_event(work, shift_id, Event.CASH_OUT, amount, "", words)
    slip = cash_slip(work, shift, CashDirection.OUT, amount, words)
    return PointsPaidOut(amount_minor=amount, open_drawer=True, slip=slip, statement=statement(work, member))
