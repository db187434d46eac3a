"""Who may give so much back: above the shop's limit the one who asks and the one who approves are two."""

from protocol.identifiers import LaneCode
from protocol.language import _
from protocol.messages.base import Refused
from protocol.money import format_minor
from protocol.permissions import Permission
from store_server.database.unit_of_work import Work
from store_server.operators import sessions
from store_server.operators import tables as operators
from store_server.refunds import tables
from store_server.shifts import tables as shifts


def needs_second_person(work: Work, paid_back_minor: int, alone_minor: int) -> bool:
    """Return whether so much needs two people.

    With it counts what one person alone has given back before: a large refund in small parts is large.
    """
    return paid_back_minor > 0 and paid_back_minor + alone_minor > work.settings.refund_second_person_minor


def alone_without_receipt(work: Work, lane: LaneCode) -> int:
    """Return what the one who asks has given alone in this shift for goods without a receipt."""
    shift = shifts.open_shift_of(work.db, lane)
    if shift is None or work.operator_id is None:
        return 0
    return tables.without_receipt_alone(work.db, shift["shift_id"], work.operator_id)


def second_person(
    work: Work, paid_back_minor: int, permission: Permission, alone_minor: int
) -> Refused | None:
    """Return why one person alone cannot give so much back; an approval that came along is used."""
    if not needs_second_person(work, paid_back_minor, alone_minor):
        return None
    assert work.session is not None
    if work.approver_id is None and work.approval is not None:
        work.approver_id = sessions.use_approval(work, work.session, work.approval, permission)
    if work.approver_id is not None and work.approver_id != work.operator_id:
        return None
    limit = format_minor(work.settings.refund_second_person_minor, work.settings.currency, symbol=True)
    text = _("A refund above {limit} needs a second person who approves it.").format(limit=limit)
    return Refused(code="approval_needed", permission=permission, explanation=text)


def may_give_more(work: Work) -> Refused | None:
    """Return why nobody here may give more than the present price for goods without a receipt."""
    if work.approver_id is not None:
        row = operators.by_id(work.db, work.approver_id)
        if row is not None and Permission.OVERRIDE_PRICE in sessions.permissions_of(work.db, row["role"]):
            return None
    return sessions.also_needs(work, Permission.OVERRIDE_PRICE)
