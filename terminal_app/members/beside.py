"""The member beside the sale: follows the basket, and asks in the background what is known of them."""

from collections.abc import Callable, Coroutine

from protocol.identifiers import MemberId
from protocol.messages.profiles import GetMemberPanel, MemberPanel
from protocol.messages.sales import BasketView
from terminal_app.store_client import StoreClient


class MemberBeside:
    """Knows the panel of the basket's member; None while there is nobody and until it is answered."""

    def __init__(
        self,
        store: StoreClient,
        in_background: Callable[[Coroutine[None, None, None]], None],
        changed: Callable[[], None],
    ) -> None:
        """Nobody is there yet; `changed` is called when a panel has come."""
        self._store = store
        self._in_background = in_background
        self._changed = changed
        self._member: MemberId | None = None
        self._asking: MemberId | None = None
        self._paid_with_points: tuple[str, ...] = ()
        self.panel: MemberPanel | None = None

    def follow(self, basket: BasketView | None) -> None:
        """Take note of the basket as it is now: ask for another member's panel, drop that of who is gone."""
        member = basket.member_id if basket is not None else None
        if member != self._member:
            self._member, self.panel = member, None
        tenders = basket.tenders if basket is not None else ()
        paid = tuple(tender.reference for tender in tenders if tender.tender == "points")
        if self.panel is None or paid != self._paid_with_points:  # meanwhile another lane may have taken some
            self.ask_again()
        self._paid_with_points = paid

    def ask_again(self) -> None:
        """Ask for the panel anew: something about the member may have changed."""
        if self._member is not None and self._asking != self._member:
            self._asking = self._member
            self._in_background(self._ask(self._member))

    async def _ask(self, member: MemberId) -> None:
        try:
            answer = await self._store.ask(GetMemberPanel(member_id=member), MemberPanel)
        finally:
            if self._asking == member:
                self._asking = None
        if isinstance(answer, MemberPanel) and member == self._member:
            self.panel = answer
            self._changed()
