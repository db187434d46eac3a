"""What a cashier does with money: cash at once, the tender screen, the last receipt."""

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.sales import BasketView, ReceiptCopy, ReprintReceipt, SaleDone
from protocol.money import format_minor
from terminal_app.checkout.flow_base import FlowBase
from terminal_app.refunds.finishing import finish_sale
from terminal_app.screens.question import Question

CASH = "cash"


class PayFlows(FlowBase):
    """The group “Payment” of the registry."""

    async def do_cash(self) -> None:
        """Take the typed amount in cash and finish when it is enough; with nothing typed, be asked."""
        text = self.typed_text()
        basket = await self._ready_to_pay()
        if basket is None:
            return
        if not text:
            if basket.tenders and not basket.cash_due_minor:  # paid whole; only the end is missing
                await self.finish_if_paid()
            else:
                await self._tender_screen(CASH)
            return
        amount = self.amount(text)
        if not amount:
            self.say(self.no_amount(text), "error", bell=True)
            return
        if basket.cash_due_minor:
            answer = await self.till.add_tender(CASH, amount)
            if isinstance(answer, Refused):
                self.say(answer.explanation, "error", bell=True)
                return
        await self.finish_if_paid()

    async def do_pay(self) -> None:
        """Take payments of any kind."""
        self.typed_text()
        if await self._ready_to_pay() is not None:
            await self._tender_screen(None)

    async def _ready_to_pay(self) -> BasketView | None:
        """Return the basket when it can be paid; a recalled one is asked about first."""
        basket = self.basket_or_say()
        if basket is None or not self.quiet_or_say():
            return None
        if basket.recalled and not basket.tenders:
            total = format_minor(basket.total_minor, basket.currency, symbol=True)
            words = _("This basket was parked and recalled. Take {total} for it now?").format(total=total)
            if not await self.app.push_screen_wait(Question(N_("Recalled basket"), lambda: words)):
                return None
        return basket

    async def _tender_screen(self, tender: str | None) -> None:
        from terminal_app.checkout.tender import TenderScreen  # noqa: PLC0415  # start quickly

        if self.till.basket is not None:
            self.till.display.total(self.till.basket)
        await self.app.push_screen_wait(TenderScreen(self.till, tender))
        if self.till.done is not None:
            self.say_done(self.till.done)

    async def finish_if_paid(self) -> None:
        """Finish the sale when nothing is due any more."""
        basket = self.till.basket
        if basket is None:
            return
        if basket.cash_due_minor:
            due = format_minor(basket.due_minor, basket.currency, symbol=True)
            self.say(_("Still {amount} to pay").format(amount=due), "warning")
            return
        answer = await finish_sale(self.shell, self.till)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        else:
            self.say_done(answer)

    def say_done(self, done: SaleDone) -> None:
        """Say that the sale is in the books."""
        self.say(_("Sold. Receipt {number}.").format(number=done.receipt_number), "good")

    async def do_reprint(self) -> None:
        """Print the last receipt again, as a copy."""
        answer = await self.shell.carry_out(ReprintReceipt(lane=self.till.lane), ReceiptCopy)
        if answer is not None:
            await self.print_slip(answer.receipt, copy_mark=True)
