"""What a cashier does with members: put one beside the sale, take one off, register a new one."""

from datetime import datetime, timedelta

from protocol.identifiers import MemberId
from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.members import MemberHit
from protocol.messages.sales import AttachMember, Basket, DetachMember
from terminal_app.actions import ACTIONS, key_words
from terminal_app.checkout.flow_base import FlowBase
from terminal_app.checkout.till import WaitingScan
from terminal_app.widgets.notice import NoticeLine

_CARD_WAITS = timedelta(minutes=2)
"""For so long a card that names nobody waits to be given to a new member."""


class MemberFlows(FlowBase):
    """The group “Member” of the registry, and what a card or a member code does at the counter."""

    _free_card: tuple[str, datetime] | None = None
    """The card without a member that was presented last, and when."""

    # --- keys -------------------------------------------------------------------------------------

    async def do_member(self) -> None:
        """Find a member; with one beside the sale and nothing typed, see everything about them."""
        text = self.typed_text()
        basket = self.till.basket
        if basket is not None and basket.member_id is not None and not text:
            from terminal_app.members.member_screen import MemberScreen  # noqa: PLC0415  # start quickly

            await self.app.push_screen_wait(MemberScreen(self.till, basket.member_id))
            self.till.beside.ask_again()
            return
        from terminal_app.members.find import FindDialog, Newcomer  # noqa: PLC0415  # start quickly

        found = await self.app.push_screen_wait(FindDialog(text, self.till))
        if isinstance(found, Newcomer):
            await self.register(found.typed)
        elif found is not None:
            await self.attach(found.member_id)

    async def do_member_off(self) -> None:
        """Take the member off the sale."""
        basket = self.till.basket
        if basket is None or basket.member_id is None:
            self.say(_("No member is beside the sale."), "warning", bell=True)
            return
        if await self.change(DetachMember(sale_id=basket.sale_id)):
            words = _("{name} is off the sale; it is priced as for anybody.")
            self.say(words.format(name=basket.member_name), "warning")

    async def do_register(self) -> None:
        """Make somebody a member, with the card that was presented just before."""
        card, self._free_card = self._free_card, None
        fresh = card is not None and self.shell.clock() - card[1] < _CARD_WAITS
        await self.register(self.typed_text(), card[0] if card is not None and fresh else "")

    async def register(self, typed: str, card: str = "") -> None:
        """Make somebody a member, beginning with what was typed, and put them beside the sale."""
        from terminal_app.members.register import RegisterDialog  # noqa: PLC0415  # start quickly

        dialog = RegisterDialog(typed, card)
        member_id = await self.app.push_screen_wait(dialog)
        if member_id is None:
            return
        if (
            await self.attach(member_id) is None
        ):  # no shift is open, perhaps: the membership stands all the same
            words = _("The member is registered. {why}")
            self.say(words.format(why=self.query_one(NoticeLine).text), "warning")
        elif dialog.card_trouble:
            self.say(dialog.card_trouble, "warning", bell=True)

    async def attach(self, member_id: MemberId) -> Basket | None:
        """Put a member beside the sale; the basket that comes back is priced for them."""
        request = AttachMember(sale_id=self.till.sale_id(), lane=self.till.lane, member_id=member_id)
        answer = await self.change(request)
        if answer is not None:
            self.member_attached()
        return answer

    # --- cards and codes --------------------------------------------------------------------------

    def take_card(self, uid: str) -> bool:
        """A card puts its member beside the sale."""
        self.till.scan(WaitingScan(code=uid, source="card"))
        return True

    def take_random_card(self, uid: str) -> bool:
        """A telephone before the reader is refused in words."""
        self.till.scan(WaitingScan(code=uid, source="card", random_uid=True))
        return True

    def member_attached(self) -> None:
        """Say who is beside the sale, and greet them."""
        basket = self.till.basket
        self._free_card = None
        if basket is None or basket.member_id is None:
            return
        words = _("{name} is beside the sale. {key} takes them off.")
        key = self._key("checkout.member_off")
        self.shell.tell(words.format(name=basket.member_name, key=key), "good")
        self.till.display.greet(basket)

    def member_presented(self, hit: MemberHit) -> None:
        """Ask whether this is the person, and attach them."""
        if self.app.screen is self and not self.busy:
            self.flow(self._confirm(hit))
        else:
            words = _("{name} has to be confirmed at the counter: go back and present the card again.")
            self.shell.tell(words.format(name=hit.name), "warning", bell=True)

    async def _confirm(self, hit: MemberHit) -> None:
        from terminal_app.members.confirm import ConfirmMember  # noqa: PLC0415  # start quickly

        if await self.app.push_screen_wait(ConfirmMember(hit, self.till.basket)):
            await self.attach(hit.member_id)

    def card_refused(self, scan: WaitingScan, refusal: Refused) -> None:
        """Say why a card names nobody; one that is free can be given to somebody."""
        words = refusal.explanation
        if refusal.code == "unknown_card":
            self._free_card = scan.code, self.shell.clock()
            words = _(
                "Nobody has this card. {register}: new member with it. {member}: find who is to get it."
            )
            words = words.format(register=self._key("checkout.register"), member=self._key("checkout.member"))
        self.shell.tell(words, "error", bell=True)

    def _key(self, action: str) -> str:
        return key_words(self.shell.keys.keys.get(action, ACTIONS[action].key))
