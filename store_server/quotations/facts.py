"""What the journal keeps of a quotation: goods, prices, numbers; not what was typed about people."""

from protocol.messages.quotations import QuotationChanged
from store_server.database.unit_of_work import Work
from store_server.quotations import views


def changed(work: Work, quotation_id: int, reason: str = "") -> None:
    """Record a quotation as it is now, with its number in the place of the customer's name."""
    now = views.found(work, quotation_id).quotation
    bare = now.model_copy(update={"customer": now.number, "note": ""})
    work.record(QuotationChanged(quotation=bare, reason=reason))
