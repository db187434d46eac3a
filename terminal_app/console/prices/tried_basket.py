"""A basket that nobody buys: goods, a tier, a day and an hour, kept while one changes an offer."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from protocol.messages.members import MemberHit
from protocol.messages.offers import TryBasket, TryItem
from protocol.offer import OfferView
from protocol.quantity import parse_thousandths

_TYPED = re.compile(r"(?:([0-9.．。]+)\s*[*×xX]\s*)?(\S.*)")


@dataclass(slots=True)
class TriedDraft:
    """What is in the basket, and who buys when."""

    items: list[TryItem] = field(default_factory=list)
    tier: int | None = None
    """None: no member, or the one who is named."""
    member: MemberHit | None = None
    """Who buys; None: nobody, or anybody of the tier."""
    at: datetime | None = None
    """None: now."""
    with_live_offers: bool = True

    def request(self, offer: OfferView) -> TryBasket:
        """Return the question to the server."""
        return TryBasket(
            items=tuple(self.items),
            offer=offer,
            with_live_offers=self.with_live_offers,
            at=self.at,
            tier=None if self.member is not None else self.tier,
            member_id=self.member.member_id if self.member is not None else None,
        )

    def add(self, item: TryItem) -> None:
        """Put goods in; more of what is there already counts up."""
        for i, present in enumerate(self.items):
            if present.code == item.code:
                quantity = present.quantity_thousandths + item.quantity_thousandths
                self.items[i] = TryItem(code=item.code, quantity_thousandths=quantity)
                return
        self.items.append(item)


def typed_item(text: str) -> TryItem | None:
    """Return what was typed: `1003`, or `3*1003`; None: not understood."""
    found = _TYPED.fullmatch(text.strip())
    if found is None or len(found[2]) > 100:
        return None
    try:
        quantity = parse_thousandths(found[1]) if found[1] else 1000
    except ValueError:
        return None
    if quantity <= 0:
        return None
    return TryItem(code=found[2].strip(), quantity_thousandths=quantity)
