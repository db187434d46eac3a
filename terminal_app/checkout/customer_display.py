"""Tells the customer display what the sale is doing; only the newest content matters."""

import asyncio

from protocol.language import _
from protocol.messages.devices import (
    DisplayContent,
    IdleContent,
    ItemContent,
    MessageContent,
    PaidContent,
    TotalContent,
)
from protocol.messages.refunds import RefundDone
from protocol.messages.sales import BasketView, LineView, SaleDone
from protocol.money import format_minor
from protocol.quantity import ONE
from terminal_app.device_client import DeviceClient


def shy_name(name: str) -> str:
    """Return a name as strangers may read it: `王**`."""
    return name[:1] + "**" if name else ""


class CustomerDisplay:
    """The lane's displays, as one."""

    def __init__(self, devices: DeviceClient | None) -> None:
        """Show through the daemon; without one, nowhere."""
        self._devices = devices
        self._next: tuple[DisplayContent, str] | None = None
        self._task: asyncio.Task[None] | None = None

    def idle(self, currency: str) -> None:
        """Nobody is being served."""
        self._show(IdleContent(text=_("Welcome!")), currency)

    def item(self, line: LineView, basket: BasketView) -> None:
        """A line was added or changed."""
        content = ItemContent(
            name=line.name,
            quantity_thousandths=line.quantity_thousandths,
            unit_price_minor=line.unit_price_minor,
            amount_minor=line.amount_minor,
            total_minor=basket.total_minor,
        )
        self._show(content, basket.currency)

    def greet(self, basket: BasketView) -> None:
        """A member is beside the sale: the first character of the name alone, for others read along."""
        words = [_("Welcome, {name}!").format(name=shy_name(basket.member_name))]
        if basket.lines:
            total = format_minor(basket.total_minor, basket.currency, symbol=True)
            words.append(_("Total {total}").format(total=total))
        self._show(MessageContent(text="\n".join(words)), basket.currency)

    def total(self, basket: BasketView) -> None:
        """It is to be paid now."""
        pieces = basket.item_count_thousandths // ONE
        self._show(TotalContent(total_minor=basket.due_minor, item_count=pieces), basket.currency)

    def paid(self, done: SaleDone) -> None:
        """It is paid; this is the change."""
        basket = done.basket
        change = done.change_minor + done.paid_out_minor
        content = PaidContent(
            total_minor=basket.total_minor, paid_minor=basket.paid_minor, change_minor=change
        )
        self._show(content, basket.currency)

    def given_back(self, done: RefundDone) -> None:
        """Goods came back; this is what the customer gets, and how."""
        refund = done.refund
        words = [f"{each.name} {format_minor(each.amount_minor, refund.currency)}" for each in refund.tenders]
        self._show(MessageContent(text="\n".join([_("Refund"), *words])[:400]), refund.currency)

    def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()

    def _show(self, content: DisplayContent, currency: str) -> None:
        if self._devices is None:
            return
        self._next = (content, currency)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._send(), name="customer display")

    async def _send(self) -> None:
        while self._next is not None and self._devices is not None:
            (content, currency), self._next = self._next, None
            await self._devices.show(content, currency)
