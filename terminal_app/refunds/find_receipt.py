"""Which receipt: scanned, typed, or chosen from the last sales of the lane or of the member."""

from collections.abc import Iterable
from enum import Enum

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.refunds import (
    FindSaleForRefund,
    RefundableSale,
    RefundSlipCopy,
    ReprintRefundSlip,
)
from protocol.messages.sales import ListSales, SaleRow, SaleRows
from protocol.money import format_minor
from terminal_app.checkout.flow_base import FlowBase
from terminal_app.checkout.till import Till
from terminal_app.place import Dialog
from terminal_app.refunds.numbers import whole_number
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.words import Words

_LIMIT = 50


class Other(Enum):
    """What somebody wants who shows no receipt."""

    WITHOUT_RECEIPT = "without_receipt"


class FindReceipt(Dialog[RefundableSale | Other]):
    """Gives the receipt as it stands, or that there is none; None after Esc."""

    TITLE_WORDS = N_("Which receipt?")
    KEY_WORDS = N_(
        "Enter: this receipt   ↑ ↓: choose   F3: other list   F4: no receipt   F7: slip again   Esc: back"
    )
    CSS_PATH = "find_receipt.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("f3", "other_list", show=False, priority=True),
        Binding("f4", "no_receipt", show=False, priority=True),
        Binding("f7", "slip", show=False, priority=True),
        Binding("f8", "approve_list", show=False, priority=True),
    ]

    def __init__(self, till: Till, counter: FlowBase, text: str = "") -> None:
        """Begin with this text; slips are printed through the counter."""
        super().__init__()
        self._till = till
        self._counter = counter
        self._text = text
        basket = till.basket
        self._member = basket.member_id if basket is not None else None
        self._member_name = basket.member_name if basket is not None else ""
        self._of_member = self._member is not None
        self._locked = False
        """True: this operator may not see sales without an approval."""
        self._known = False

    def body(self) -> Iterable[Widget]:
        """A line for the number, and the last sales."""
        yield Words(self._how, classes="paragraph quiet")
        yield Field(N_("Receipt number"), id="number", value=self._text, max_length=60)
        yield Words(self._whose, id="whose")
        yield ChoiceList[SaleRow](self._draw, empty=self._empty, id="sales")

    def on_mount(self) -> None:
        """Ask for the list."""
        self._ask_again()

    # --- the list ---------------------------------------------------------------------------------

    def _query(self) -> ListSales:
        if self._of_member:
            return ListSales(member_id=self._member, limit=_LIMIT)
        return ListSales(lane=self._till.lane, limit=_LIMIT)

    def _ask_again(self) -> None:
        # A function, not its coroutine: one that is superseded before it began was never made.
        self.run_worker(self._ask_list, group="list", exclusive=True)  # type: ignore[arg-type]

    async def _ask_list(self) -> None:
        answer = await self.shell.store.ask(self._query(), SaleRows)
        self._locked = isinstance(answer, Refused) and answer.code == "approval_needed"
        self._show(answer)

    def _show(self, answer: SaleRows | Refused) -> None:
        self._known = True
        if not self.is_mounted:
            return
        board = self.query_one(ChoiceList)
        if isinstance(answer, Refused):
            if not self._locked:
                self.say(answer.explanation, "warning")
            board.offer(())
        else:
            board.offer(answer.sales)
        board.refresh()
        self.query_one("#whose").refresh()

    def action_move(self, by: int) -> None:
        """Choose another sale; what was typed goes, so that Enter means the chosen one."""
        self.query_one("#number", Entry).value = ""
        self.query_one(ChoiceList).move(by)

    def action_other_list(self) -> None:
        """F3: the member's sales instead of the lane's, or back."""
        if self._member is None:
            self.say(_("No member is beside the sale; there is one list."), "warning", bell=True)
            return
        self._of_member = not self._of_member
        self._ask_again()

    def action_approve_list(self) -> None:
        """F8: see the list with an approval."""
        if self._locked:
            self.flow(self._approved_list())
        else:
            self.app.bell()

    async def _approved_list(self) -> None:
        answer = await self.shell.carry_out(self._query(), SaleRows)
        if answer is not None:
            self._locked = False
            self._show(answer)

    # --- the receipt ------------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """The barcode of a receipt, or of a refund slip."""
        self.query_one("#number", Entry).value = code
        self.flow(self._find(FindSaleForRefund(receipt_number=code)))
        return True

    async def accept(self) -> None:
        """The typed number; with nothing typed, the chosen sale."""
        typed = self._typed()
        if typed:
            await self._find(FindSaleForRefund(receipt_number=typed))
            return
        choice = self.query_one(ChoiceList).choice
        if isinstance(choice, SaleRow):
            await self._find(FindSaleForRefund(sale_id=choice.sale_id))
        else:
            self.say(_("Scan the receipt, or type its number."), "warning", bell=True)

    async def _find(self, query: FindSaleForRefund) -> None:
        answer = await self.shell.store.ask(query, RefundableSale)
        if isinstance(answer, Refused):
            self.query_one("#number", Entry).ask_again()
            self.say(answer.explanation, "error", bell=True)
        else:
            self.dismiss(answer)

    def _typed(self) -> str:
        greeting = self._till.greeting
        return whole_number(
            self.query_one("#number", Entry).value,
            greeting.store_code if greeting is not None else "",
            self._till.lane,
            self._till.shift.business_date,
        )

    def action_no_receipt(self) -> None:
        """F4: there is none."""
        if not self.busy:
            self.dismiss(Other.WITHOUT_RECEIPT)

    def action_slip(self) -> None:
        """F7: the slip of a refund again: the typed number, or the last one of this lane."""
        number = self._typed() or self._till.last_refund
        if not number:
            self.say(_("Type the number of the refund slip first; it has an R in it."), "warning", bell=True)
            return
        self.flow(self._slip_again(number))

    async def _slip_again(self, number: str) -> None:
        answer = await self.shell.carry_out(ReprintRefundSlip(refund_number=number), RefundSlipCopy)
        if answer is not None:
            await self._counter.print_slip(answer.slip, copy_mark=True)
            self.say(_("{title} goes to the printer.").format(title=answer.slip.title), "good")

    # --- words ------------------------------------------------------------------------------------

    def _how(self) -> str:
        return _(
            "Scan the barcode of the receipt, or type its number; of today's sales here the last digits do."
        )

    def _whose(self) -> str:
        if self._of_member:
            return _("Bought by {name}:").format(name=self._member_name)
        return _("Sold at this lane today:")

    def _empty(self) -> str:
        if self._locked:
            return _("You may not see sales alone. F8: somebody approves it.")
        return _("No sale.") if self._known else _("One moment…")

    def _draw(self, sale: SaleRow, width: int) -> list[Piece]:
        zone = self.shell.store.zone
        form = "%Y-%m-%d %H:%M" if self._of_member else "%H:%M"
        when = sale.finished_at.astimezone(zone).strftime(form)
        return [
            (when + "  ", "quiet"),
            (fit(sale.receipt_number, 24) + " ", "strong"),
            (fit(f"{sale.operator} · {sale.tenders}", max(6, width - len(when) - 41)), ""),
            (right(format_minor(sale.total_minor, self._till.currency), 13) + " ", "strong"),
        ]
