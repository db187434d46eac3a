"""Whose card or member code is this? Asked for a card, and for a scan that is no goods."""

from protocol.messages.base import Refused
from protocol.messages.cards import CardMember, FindMember
from protocol.messages.members import MemberHit
from terminal_app.store_client import NO_ANSWER, StoreClient

CODE_MAX = 120
"""Longest text that a card or a member code can be."""
_OF_MEMBERS = frozenset(
    {"card_lost", "card_frozen", "card_replaced", "card_returned", "member_closed", NO_ANSWER}
)
"""Refusals that are about members, and tell more than that there are no such goods."""
_BANK_CARD_LEAST = 15
"""Digits; shorter ones that look so are barcodes of goods, of which every tenth passes a bank's check."""


async def holder_of(store: StoreClient, number: str, *, random_uid: bool) -> MemberHit | Refused:
    """Return the member whom a card names, or why it names nobody."""
    answer = await store.ask(FindMember(number=number[:CODE_MAX], random_uid=random_uid), CardMember)
    return answer if isinstance(answer, Refused) else answer.member


async def holder_of_code(store: StoreClient, code: str, no_goods: Refused) -> MemberHit | Refused:
    """Return whom a code names that is no goods; `no_goods` where members have nothing to do with it."""
    if len(code) > CODE_MAX:
        return no_goods
    holder = await holder_of(store, code, random_uid=False)
    if not isinstance(holder, Refused):
        return holder
    bank_card = holder.code == "bank_card" and len(code) >= _BANK_CARD_LEAST
    return holder if bank_card or holder.code in _OF_MEMBERS else no_goods
