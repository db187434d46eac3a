"""Who may give so much back: above the shop's limit the one who asks and the one who approves are two."""

from protocol.identifiers import SaleId
from protocol.language import _
from protocol.messages.base import Refused
from protocol.money import format_minor
from protocol.permissions import Permission
from store_server.database.unit_of_work import Work
from store_server.operators import sessions
from store_server.operators import tables as operators
from store_server.refunds import tables


def needs_second_person(work: Work, paid_back_minor: int, sale_id: SaleId | None = None) -> bool:
    """Return whether so much needs two people.

    With it counts what one person alone has given back of the sale before: a large refund in small parts is a
    large refund.
    """
    limit = work.settings.refund_second_person_minor
    if paid_back_minor > limit or sale_id is None or not paid_back_minor:
        return paid_back_minor > limit
    return paid_back_minor + tables.paid_back_alone(work.db, sale_id) > limit


def second_person(
    work: Work, paid_back_minor: int, permission: Permission, sale_id: SaleId | None = None
) -> Refused | None:
    """Return why one person alone cannot give so much back; an approval that came along is used."""
    if not needs_second_person(work, paid_back_minor, sale_id):
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
