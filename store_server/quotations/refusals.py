"""Why something cannot be done with a quotation, in words."""

from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.quotations import QuotationState
from store_server.database.unit_of_work import Work
from store_server.quotations.rules import Quotation
from store_server.sales import quoted


def no_such_quotation() -> Refused:
    """Return that there is none."""
    return Refused(code="no_such_quotation", explanation=_("This quotation does not exist."))


def changed_by_others(quotation: Quotation) -> Refused:
    """Return that somebody else was faster."""
    text = _("{name} was changed by somebody else meanwhile. Look at it again, then change it.")
    return Refused(code="changed_by_others", explanation=text.format(name=quotation.number))


def ended(quotation: Quotation) -> Refused | None:
    """Return that nothing changes it any more."""
    match quotation.kept_state:
        case QuotationState.SOLD:
            text = _("The quotation {number} was sold: receipt {receipt}. It cannot change any more.")
            words = text.format(number=quotation.number, receipt=quotation.receipt_number)
        case QuotationState.CANCELLED:
            words = _("The quotation {number} was given up.").format(number=quotation.number)
        case _:
            return None
    return Refused(code=f"quotation_{quotation.kept_state.value}", explanation=words)


def not_approved(quotation: Quotation, state: QuotationState) -> Refused:
    """Return why it cannot be sold."""
    over = ended(quotation)
    if over is not None:
        return over
    if state is QuotationState.EXPIRED:
        text = _("The quotation {number} was valid until {date}.")
        words = text.format(number=quotation.number, date=quotation.valid_until)
        return Refused(code="quotation_expired", explanation=words)
    words = _("The quotation {number} is not approved yet.").format(number=quotation.number)
    return Refused(code="quotation_draft", explanation=words)


def in_a_basket(work: Work, quotation: Quotation) -> Refused | None:
    """Return that a basket holds it."""
    there = quoted.holder(work.db, quotation.quotation_id)
    if there is None:
        return None
    text = _("The quotation {number} is in a basket at lane {lane}. Finish or cancel that sale first.")
    words = text.format(number=quotation.number, lane=there["lane"])
    return Refused(code="quotation_in_basket", explanation=words)
