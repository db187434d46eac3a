"""A scan on its way: what the store is asked for it, and asked again until there is an answer."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from protocol.identifiers import CommandId, new_id
from protocol.messages.coupons import UseCoupon
from protocol.messages.sales import AddItem, AttachMember


@dataclass(slots=True)
class WaitingScan:
    """A scan, a typed code or a card that the store has not answered yet."""

    code: str
    quantity_thousandths: int | None = None
    """None: nothing was typed; one piece, and goods sold by weight ask for theirs."""
    price_minor: int | None = None
    id: CommandId = field(default_factory=lambda: CommandId(new_id()))
    request: AddItem | UseCoupon | None = None
    """Made when it is first asked; asked again it is the same."""
    source: Literal["typed", "scanned", "card"] = "typed"
    """What is scanned or presented is in the customer's hand; what is typed may be anybody's number."""
    random_uid: bool = False
    """True: a card that shows another number each time."""
    attach: AttachMember | None = None
    """Made when it turned out to be a member's; asked again it is the same."""


def time_of(id: CommandId) -> datetime | None:  # noqa: A002
    """Return when a time-ordered id was made, UTC."""
    try:
        return datetime.fromtimestamp((UUID(id).int >> 80) / 1000, UTC)
    except (ValueError, OverflowError):
        return None
