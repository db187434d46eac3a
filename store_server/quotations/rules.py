"""Rules of quotations: where one stands on a day, what may still change, who may approve it (pure)."""

from dataclasses import dataclass

from protocol.messages.quotations import QuotationState

OPEN_STATES = (QuotationState.DRAFT, QuotationState.APPROVED)
"""As they are kept; on a later day they read as expired."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of `quotation_lines` without its quotation, columns in table order."""

    line: int
    product_id: int
    code: str
    name: str
    unit: str
    quantity_thousandths: int
    unit_price_minor: int
    amount_minor: int
    note: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation in its present version."""

    quotation_id: int
    number: str
    version: int
    kept_state: QuotationState
    """As it is in its row, whatever day it is."""
    customer: str
    member_id: int | None
    valid_until: str
    note: str
    total_minor: int
    author_id: int
    author: str
    approver: str = ""
    approved_at: str | None = None
    sale_id: str | None = None
    receipt_number: str = ""
    lines: tuple[Line, ...] = ()

    def state_on(self, business_date: str) -> QuotationState:
        """Return where it stands on a day: what was neither sold nor given up ends with its last one."""
        if self.kept_state in OPEN_STATES and self.valid_until < business_date:
            return QuotationState.EXPIRED
        return self.kept_state


def number_of(store_code: str, quotation_id: int) -> str:
    """Return `Q-S1-0042`; more than 9,999 quotations take more digits."""
    return f"Q-{store_code}-{quotation_id:04d}"


def needs_somebody_else(author_id: int, approver_id: int, *, two_people: bool) -> bool:
    """Return whether this person may not approve, because they wrote it themselves."""
    return two_people and author_id == approver_id
