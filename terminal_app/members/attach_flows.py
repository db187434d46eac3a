"""What a cashier does with members: put one beside the sale, take one off, register a new one."""

from protocol.identifiers import MemberId
from protocol.language import _
from protocol.messages.sales import AttachMember, Basket, DetachMember
from terminal_app.checkout.flow_base import FlowBase


class MemberFlows(FlowBase):
    """The group “Member” of the registry."""

    async def do_member(self) -> None:
        """Find a member and put them beside the sale."""
        from terminal_app.members.find import FindDialog, Newcomer  # noqa: PLC0415  # start quickly

        found = await self.app.push_screen_wait(FindDialog(self.typed_text()))
        if isinstance(found, Newcomer):
            await self.register(found.typed)
        elif found is not None:
            await self.attach(found.member_id)

    async def attach(self, member_id: MemberId) -> Basket | None:
        """Put a member beside the sale; the basket that comes back is priced for them."""
        request = AttachMember(sale_id=self.till.sale_id(), lane=self.till.lane, member_id=member_id)
        answer = await self.change(request)
        if answer is not None:
            self.say(_("{name} is beside the sale.").format(name=answer.basket.member_name), "good")
        return answer

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
        """Make somebody a member."""
        await self.register(self.typed_text())

    async def register(self, typed: str, card: str = "") -> None:
        """Make somebody a member, beginning with what was typed, and put them beside the sale."""
        from terminal_app.members.register import RegisterDialog  # noqa: PLC0415  # start quickly

        dialog = RegisterDialog(typed, card)
        member_id = await self.app.push_screen_wait(dialog)
        if member_id is not None and await self.attach(member_id) and dialog.card_trouble:
            self.say(dialog.card_trouble, "warning", bell=True)
