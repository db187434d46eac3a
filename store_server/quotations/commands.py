"""The requests about quotations, each with its function."""

from collections.abc import Callable
from typing import Any

from protocol.language import _
from protocol.messages import quotations
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.members import MemberStateChanged
from protocol.messages.quotations import (
    ApproveQuotation,
    CancelQuotation,
    GetQuotation,
    ListQuotations,
    PrintQuotation,
    QuotationFound,
    QuotationPaper,
    QuotationRows,
    QuotationState,
    SaveQuotation,
)
from protocol.messages.sales import SaleFinished
from protocol.permissions import Permission
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Remembered
from store_server.operators import sessions
from store_server.operators import tables as operators
from store_server.quotations import tables, views
from store_server.quotations.facts import changed
from store_server.quotations.paper import paper_of
from store_server.quotations.refusals import (
    changed_by_others,
    ended,
    in_a_basket,
    no_such_quotation,
    not_approved,
)
from store_server.quotations.rules import Quotation, needs_somebody_else
from store_server.quotations.selling import forget_member, note_sale, sell_quotation
from store_server.quotations.writing import written
from store_server.sales import quoted
from store_server.shifts.reading import present_date


def list_quotations(work: Work, query: ListQuotations) -> Answer:
    """The quotations, latest first."""
    today = present_date(work)
    state = query.state.value if query.state is not None else ""
    rows = tables.listed(work.db, state, today, query.text.strip(), query.limit, query.offset)
    return QuotationRows(
        quotations=tuple(views.row_view(work, row, today) for row in rows[: query.limit]),
        more=len(rows) > query.limit,
    )


def get_quotation(work: Work, query: GetQuotation) -> Answer:
    """One quotation by its id or its number."""
    if query.quotation_id is not None:
        there = tables.by_id(work.db, query.quotation_id)
    else:
        there = tables.by_number(work.db, query.number)
    return no_such_quotation() if there is None else QuotationFound(quotation=views.view(work, there))


def _changeable(work: Work, quotation_id: int, version: int | None) -> Quotation | Refused:
    there = tables.by_id(work.db, quotation_id)
    if there is None:
        return no_such_quotation()
    if version is not None and there.version != version:
        return ended(there) or changed_by_others(there)
    return ended(there) or in_a_basket(work, there) or there


def save_quotation(work: Work, command: SaveQuotation) -> Answer:
    """Keep a version: of a new quotation, or of one that is a draft again by that."""
    view = command.quotation
    if view.quotation_id is not None:
        there = _changeable(work, view.quotation_id, view.version)
        if isinstance(there, Refused):
            return there
    kept = written(work, view)
    if isinstance(kept, Refused):
        return kept
    if view.quotation_id is not None:
        quoted.lose(work, view.quotation_id)
    quotation_id = tables.keep_version(work, view.quotation_id, kept)
    changed(work, quotation_id)
    return views.found(work, quotation_id)


def approve_quotation(work: Work, command: ApproveQuotation) -> Answer:
    """Let a draft be sold."""
    there = _changeable(work, command.quotation_id, command.version)
    if isinstance(there, Refused):
        return there
    state = there.state_on(present_date(work))
    if state is QuotationState.APPROVED:
        text = _("The quotation {number} is approved already.").format(number=there.number)
        return Refused(code="quotation_approved", explanation=text)
    if state is not QuotationState.DRAFT:
        return not_approved(there, state)
    refused = _two_people(work, there)
    if refused is not None:
        return refused
    approver = operators.by_id(work.db, work.approver_id or work.operator_id)
    assert approver is not None
    tables.approve(work, there, approver["operator_id"], approver["name"])
    changed(work, there.quotation_id)
    return views.found(work, there.quotation_id)


def _two_people(work: Work, there: Quotation) -> Refused | None:
    """Return that its author cannot approve it; an approval that came along is used."""
    two = work.settings.quotation_second_person == "yes"
    approver = work.approver_id or work.operator_id
    if not needs_somebody_else(there.author_id, approver, two_people=two):
        return None
    assert work.session is not None
    if work.approver_id is None and work.approval is not None:
        permission = Permission.APPROVE_QUOTATIONS
        work.approver_id = sessions.use_approval(work, work.session, work.approval, permission)
        if work.approver_id is not None and work.approver_id != there.author_id:
            return None
    text = _("{name} wrote the quotation {number}: somebody else has to approve it.")
    words = text.format(name=there.author, number=there.number)
    return Refused(code="approval_needed", permission=Permission.APPROVE_QUOTATIONS, explanation=words)


def cancel_quotation(work: Work, command: CancelQuotation) -> Answer:
    """Give a quotation up."""
    there = _changeable(work, command.quotation_id, None)
    if isinstance(there, Refused):
        return there
    reason = command.reason.strip()
    if not reason:
        text = _("Please say why; it is kept with it.")
        return Refused(code="reason_needed", field="reason", explanation=text)
    quoted.lose(work, there.quotation_id)
    tables.cancel(work, there.quotation_id, reason)
    changed(work, there.quotation_id, reason)
    return views.found(work, there.quotation_id)


def print_quotation(work: Work, query: PrintQuotation) -> Answer:
    """A quotation as paper."""
    there = tables.by_id(work.db, query.quotation_id)
    if there is None:
        return no_such_quotation()
    return QuotationPaper(paper=paper_of(work, there))


HANDLERS: dict[type[Any], Any] = {
    quotations.ListQuotations: list_quotations,
    quotations.GetQuotation: get_quotation,
    quotations.SaveQuotation: save_quotation,
    quotations.ApproveQuotation: approve_quotation,
    quotations.CancelQuotation: cancel_quotation,
    quotations.SellQuotation: sell_quotation,
    quotations.PrintQuotation: print_quotation,
}

REMEMBERED: dict[type[Any], Remembered] = {
    quotations.QuotationFound: Remembered(views.key_of, views.again),
}
"""The rows are the memory."""

REACTIONS: dict[type[Fact], Callable[[Work, Any], None]] = {
    SaleFinished: note_sale,
    MemberStateChanged: forget_member,
}
"""What this room does in the transaction of a command of a lower room that records such a fact."""
