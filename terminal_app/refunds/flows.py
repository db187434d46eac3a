"""What a cashier does at the counter with goods that come back: which receipt, then its screen."""

from collections.abc import Coroutine
from typing import Any

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.refunds import FindSaleForRefund, RefundableSale, RemoveExchange
from protocol.messages.sales import BasketView
from protocol.money import format_minor
from terminal_app.actions import ACTIONS, key_words
from terminal_app.checkout.goods_flows import GoodsFlows
from terminal_app.checkout.till import WaitingScan
from terminal_app.refunds.numbers import is_receipt_number
from terminal_app.refunds.wanted import LooseReturn, ReceiptReturn
from terminal_app.screens.question import Question


class RefundFlows(GoodsFlows):
    """Refunds and exchanges. What was chosen and not booked is kept for the next time."""

    _receipt: ReceiptReturn | None = None
    """The receipt that was left without giving back."""
    _loose: LooseReturn | None = None
    """The goods without a receipt that were left without giving back."""

    async def do_refund(self) -> None:
        """Ask for the receipt; with goods of an exchange beside the basket, offer to take them off."""
        text = self.typed_text()
        basket = self.till.basket
        if basket is not None and basket.credit_minor:
            await self._remove_exchange(basket)
            return
        if self.quiet_or_say():
            await self._choose_receipt(text)

    async def _choose_receipt(self, text: str) -> None:
        from terminal_app.refunds.find_receipt import FindReceipt, Other  # noqa: PLC0415  # start quickly

        found = await self.app.push_screen_wait(FindReceipt(self.till, self, text))
        if found is Other.WITHOUT_RECEIPT:
            await self._without_receipt()
        elif isinstance(found, RefundableSale):
            await self._by_receipt(found)

    async def _by_receipt(self, sale: RefundableSale) -> None:
        from terminal_app.refunds.receipt_screen import ReceiptScreen  # noqa: PLC0415  # start quickly

        goods = self._receipt
        if goods is not None and goods.sale.sale_id == sale.sale_id:
            goods.renew(sale)
        else:
            goods = self._receipt = ReceiptReturn(sale)
        screen = ReceiptScreen(self.till, goods)
        await self.app.push_screen_wait(screen)
        if screen.exchanged:
            self._receipt = None
            self._say_exchange()
        elif screen.booked:
            self._receipt = None
            self._say_given_back()

    async def _without_receipt(self) -> None:
        from terminal_app.refunds.loose_screen import LooseScreen  # noqa: PLC0415  # start quickly

        goods = self._loose = self._loose or LooseReturn()
        screen = LooseScreen(self.till, goods)
        await self.app.push_screen_wait(screen)
        if screen.booked:
            self._loose = None
            self._say_given_back()

    def _say_given_back(self) -> None:
        self.say(_("Taken back. Refund {number}.").format(number=self.till.last_refund), "good")

    # --- exchanges --------------------------------------------------------------------------------

    def _say_exchange(self) -> None:
        basket = self.till.basket
        if basket is None:
            return
        amount = format_minor(basket.credit_minor, basket.currency, symbol=True)
        words = _("Returned goods pay {amount}. Scan the new ones; {key} takes the exchange off.")
        self.say(words.format(amount=amount, key=self._key_of("checkout.refund")), "good")

    async def _remove_exchange(self, basket: BasketView) -> None:
        amount = format_minor(basket.credit_minor, basket.currency, symbol=True)
        text = _("Goods of receipt {number} pay {amount} of this sale. Take the exchange off?")
        words = text.format(number=basket.credit_receipt, amount=amount)
        sure = await self.app.push_screen_wait(Question(N_("Exchange"), lambda: words))
        if sure and await self.change(RemoveExchange(sale_id=basket.sale_id)):
            self.till.exchange = None
            self.say(_("The exchange is off; the customer keeps the goods."), "warning")

    # --- scans ------------------------------------------------------------------------------------

    def after_refusal(self, scan: WaitingScan, refusal: Refused) -> Coroutine[Any, Any, None] | None:
        """A code that is no goods may be the number of a receipt."""
        if refusal.code.startswith("unknown") and is_receipt_number(scan.code):
            return self._receipt_scanned(scan.code)
        return super().after_refusal(scan, refusal)

    async def _receipt_scanned(self, number: str) -> None:
        """Ask whether goods of it come back."""
        self.say("")
        answer = await self.shell.store.ask(FindSaleForRefund(receipt_number=number), RefundableSale)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        basket = self.till.basket
        if basket is not None and basket.credit_minor:
            self.say(_("An exchange is under way here. Finish this sale first."), "warning", bell=True)
            return
        when = answer.finished_at.astimezone(self.shell.store.zone).strftime("%Y-%m-%d %H:%M")
        total = format_minor(answer.total_minor, answer.currency, symbol=True)
        text = _("Receipt {number} of {when} over {total}. Do goods of it come back?")
        words = text.format(number=answer.receipt_number, when=when, total=total)
        if await self.app.push_screen_wait(Question(N_("Refund"), lambda: words)):
            await self._by_receipt(answer)

    def _key_of(self, action: str) -> str:
        return key_words(self.shell.keys.keys.get(action, ACTIONS[action].key))
