"""The refund by its receipt: which lines come back, how much of them, and for what."""

from protocol.language import _, ngettext
from protocol.messages.base import Refused
from protocol.messages.catalogue import CheckPrice, ProductFound
from protocol.messages.refunds import (
    ExchangeSale,
    FindSaleForRefund,
    PreviewRefund,
    RefundableSale,
    RefundSale,
    RefundSlipCopy,
    ReprintRefundSlip,
    TenderReference,
)
from terminal_app.actions import bindings_for
from terminal_app.checkout.till import Till
from terminal_app.refunds.numbers import is_receipt_number
from terminal_app.refunds.return_screen import ReturnScreen
from terminal_app.refunds.wanted import ReceiptReturn


class ReceiptScreen(ReturnScreen):
    """One receipt. F10 gives back, F8 lets it pay for new goods."""

    PLACES = ("receipt", "return", "lane", "shell")
    BINDINGS = [*bindings_for("receipt", "return", "lane", "shell"), *ReturnScreen.KEYS]

    def __init__(self, till: Till, goods: ReceiptReturn) -> None:
        """Show this receipt."""
        super().__init__(till, goods, goods.sale.currency)
        self.receipt = goods
        self.exchanged = False
        """True: the goods pay for new ones."""

    @property
    def sale(self) -> RefundableSale:
        """The receipt as the store knows it."""
        return self.receipt.sale

    def on_mount(self) -> None:
        """Say first what is unusual about this receipt."""
        super().on_mount()
        if not any(line.left_thousandths for line in self.sale.lines):
            self.say(_("Everything on this receipt has come back already."), "warning", bell=True)
        elif self.sale.refund_numbers:
            count = len(self.sale.refund_numbers)
            words = ngettext(
                "{count} refund of it before: {numbers}", "{count} refunds of it before: {numbers}", count
            )
            self.say(words.format(count=count, numbers=", ".join(self.sale.refund_numbers)))

    def head_words(self) -> str:
        """Number, time, lane, who sold it, to whom."""
        sale = self.sale
        when = sale.finished_at.astimezone(self.shell.store.zone).strftime("%Y-%m-%d %H:%M")
        parts = [_("Refund"), sale.receipt_number, when, sale.operator]
        if sale.member_name or sale.member_number:
            parts.append(sale.member_name or sale.member_number)
        return " · ".join(parts)

    def preview_query(self) -> PreviewRefund:
        """Return the question what goes back."""
        return PreviewRefund(
            lane=self.till.lane,
            sale_id=self.sale.sale_id,
            lines=self.receipt.lines(),
            in_cash=self.receipt.in_cash,
        )

    def command(self, references: tuple[TenderReference, ...]) -> RefundSale:
        """Return the refund."""
        return RefundSale(
            refund_id=self.receipt.refund_id,
            lane=self.till.lane,
            sale_id=self.sale.sale_id,
            lines=self.receipt.lines(),
            in_cash=self.receipt.in_cash,
            references=references,
        )

    # --- scans ------------------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """Goods choose their line and add one; another receipt waits until this one is left."""
        if self.on_its_way():
            return True
        if is_receipt_number(code):
            same = code.strip().upper() == self.sale.receipt_number.upper()
            other = _("Another receipt. Finish this one first, or leave it with Esc.")
            words = _("This receipt is open.") if same else other
            self.say(words, "warning", bell=True)
            return True
        trouble = self.receipt.add_scanned(code)
        if trouble is None:
            self.flow(self._look_up(code))
        else:
            self._added(trouble)
        return True

    async def _look_up(self, code: str) -> None:
        """The goods may have been sold by another code of theirs."""
        found = await self.shell.store.ask(CheckPrice(code=code), ProductFound)
        if isinstance(found, Refused):
            self.say(found.explanation, "error", bell=True)
            return
        trouble = self.receipt.add_scanned(code, found.product.product_id)
        if trouble is None:
            text = _("{name} is not on this receipt.")
            self.say(text.format(name=found.product.name), "error", bell=True)
        else:
            self._added(trouble)

    def _added(self, trouble: str) -> None:
        self.board.show_typed("")
        if trouble:
            self.say(trouble, "error", bell=True)
        else:
            self.say_sum()
        self.show_goods()

    # --- the keys of the registry -----------------------------------------------------------------

    def do_all(self) -> None:
        """Everything, or nothing."""
        self.action_everything()

    def do_in_cash(self) -> None:
        """In cash, or in the way in which it was paid."""
        if not self.on_its_way() and self.take_typed():
            self.receipt.in_cash = not self.receipt.in_cash
            self.say("")
            self.query_one("#return-head").refresh()
            self.show_goods()

    async def do_exchange(self) -> None:
        """Let the goods pay for new ones."""
        if not self.take_typed():
            return
        if not self.goods.coming:
            self.say(_("Nothing comes back yet. Type how many, or press Space or +."), "warning", bell=True)
            return
        request = ExchangeSale(
            refund_id=self.receipt.refund_id,
            sale_id=self.till.sale_id(),
            lane=self.till.lane,
            returned_sale_id=self.sale.sale_id,
            lines=self.receipt.lines(),
            in_cash=self.receipt.in_cash,
        )
        answer = await self.change(request)
        if answer is not None:
            self.till.exchange = request
            self.exchanged = True
            self.dismiss(None)

    async def do_slip(self) -> None:
        """Print the slip of an earlier refund again."""
        numbers = self.sale.refund_numbers
        if not numbers:
            self.say(_("Nothing of this receipt has come back before."), "warning", bell=True)
            return
        number = numbers[0]
        if len(numbers) > 1:
            from terminal_app.refunds.pick_slip import PickSlip  # noqa: PLC0415  # start quickly

            chosen = await self.app.push_screen_wait(PickSlip(numbers))
            if chosen is None:
                return
            number = chosen
        answer = await self.shell.carry_out(ReprintRefundSlip(refund_number=number), RefundSlipCopy)
        if answer is not None:
            await self.print_slip(answer.slip, copy_mark=True)

    async def renew(self) -> None:
        """Ask how the receipt stands now: another counter may have taken some of it back."""
        answer = await self.shell.store.ask(FindSaleForRefund(sale_id=self.sale.sale_id), RefundableSale)
        if isinstance(answer, RefundableSale):
            self.receipt.renew(answer)
            self.show_goods()
