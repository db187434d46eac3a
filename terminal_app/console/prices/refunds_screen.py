"""The refunds of a day, and one refund in detail with a copy of its slip."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.containers import VerticalScroll
from textual.widget import Widget

from protocol.identifiers import RefundId
from protocol.language import N_, _
from protocol.messages.base import Fact
from protocol.messages.refunds import (
    GetRefund,
    ListRefunds,
    RefundFound,
    RefundRow,
    RefundRows,
    RefundSlipCopy,
    RefundView,
    ReprintRefundSlip,
    SaleRefunded,
)
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.paper import PaperScreen
from terminal_app.console.prices.refunds_words import refund_text
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100


class RefundsScreen(SubPage[None]):
    """Refunds, latest first; Enter opens one, scanning a slip too."""

    PLACES = ("shell",)
    HERE = "day"
    AUTO_FOCUS = "Table"

    def __init__(self, business_date: str) -> None:
        """Show the refunds of a date."""
        super().__init__()
        self._date = business_date
        self._more = False
        self._paid_back: list[int] = []

    def title_words(self) -> str:
        """Return the date."""
        return _("Day {date} › Refunds").format(date=self._date)

    def body(self) -> Iterable[Widget]:
        """The list and its sum."""
        yield Table(
            [
                Column(N_("Time"), 5),
                Column(N_("Refund"), least=19),
                Column(N_("Of receipt"), least=18, optional=True),
                Column(N_("Cashier"), 10),
                Column(N_("Approved"), 10, optional=True),
                Column(N_("Lines"), 5, right=True),
                Column(N_("Paid back"), 11, right=True),
                Column(N_("By way of"), least=9),
            ],
            empty=N_("Nothing came back on this day."),
        )
        yield Words(self._info, classes="info", id="info")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def _info(self) -> str:
        if self._more:
            return _("Enter: the refund   scan a slip: that one   Esc: back")
        total = self.money(sum(self._paid_back))
        return _("Paid back in all: {total}   Enter: the refund   Esc: back").format(total=total)

    async def load(self) -> None:
        """Ask for the latest ones."""
        await self._find(0)

    async def _find(self, offset: int) -> None:
        request = ListRefunds(business_date=self._date, limit=_PAGE_ROWS, offset=offset)
        answer = await self.fetch(request, RefundRows)
        if answer is None:
            return
        rows = [self._row(refund) for refund in answer.refunds]
        amounts = [refund.paid_back_minor for refund in answer.refunds]
        self._more = answer.more
        if offset:
            self._paid_back += amounts
            self.table.append(rows)
        else:
            self._paid_back = amounts
            self.table.show(rows)
        self.query_one("#info").refresh()

    def _row(self, refund: RefundRow) -> TableRow:
        cells = (
            refund.refunded_at.astimezone(self.console.zone).strftime("%H:%M"),
            refund.refund_number,
            refund.receipt_number or _("none"),
            refund.operator,
            refund.approver,
            str(refund.line_count),
            self.money(refund.paid_back_minor),
            refund.tenders,
        )
        return TableRow(refund.refund_id, cells)

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get earlier ones."""
        if self._more:
            self.background_task(partial(self._find, len(self._paid_back)))

    def store_fact(self, fact: Fact) -> None:
        """More came back."""
        if isinstance(fact, SaleRefunded):
            self.reload_soon()

    def take_scan(self, code: str) -> bool:
        """A slip carries its number as a barcode."""
        self.flow(self._scanned(code))
        return True

    async def _scanned(self, code: str) -> None:
        answer = await self.fetch(GetRefund(refund_number=code[:100]), RefundFound)
        if answer is not None:
            self.app.push_screen(RefundScreen(answer.refund.refund_id))

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Show the refund."""
        self.app.push_screen(RefundScreen(RefundId(event.row.key)))


class RefundScreen(SubPage[None]):
    """One refund: what came back, what was paid for it, how it went back."""

    PLACES = ("shell", "refund")
    HERE = "day"
    AUTO_FOCUS = "#refund"
    BINDINGS = [*bindings_for("refund")]
    DEFAULT_CSS = "RefundScreen #refund { height: 1fr; } RefundScreen #refund Words { height: auto; }"

    def __init__(self, refund_id: RefundId) -> None:
        """Show a refund."""
        super().__init__()
        self._refund_id = refund_id
        self._refund: RefundView | None = None

    def title_words(self) -> str:
        """Return its number."""
        return _("Day › Refund {number}").format(number=self._refund.refund_number if self._refund else "")

    def body(self) -> Iterable[Widget]:
        """The refund as text."""
        with VerticalScroll(id="refund"):
            yield Words(self._text, id="text")

    async def load(self) -> None:
        """Ask for it."""
        answer = await self.fetch(GetRefund(refund_id=self._refund_id), RefundFound)
        if answer is not None:
            self._refund = answer.refund
            for widget in self.query("#text, .page-title"):
                widget.refresh(layout=True)

    def _text(self) -> str:
        if self._refund is None:
            return _("One moment…")
        width = max(50, min(90, self.query_one("#refund").size.width - 2))
        return refund_text(self._refund, self.money, self.console.zone, width)

    async def do_slip(self) -> None:
        """Make a copy of the slip; it is counted and marked."""
        if self._refund is None:
            return
        request = ReprintRefundSlip(refund_number=self._refund.refund_number)
        copy = await self.fetch(request, RefundSlipCopy)
        if copy is not None:
            note = _("Copy number {count}; it is in the journal.").format(count=copy.copies)
            self.app.push_screen(PaperScreen(copy.slip, "day", note))

    def do_sale(self) -> None:
        """Show the sale that the goods were of."""
        if self._refund is None or self._refund.sale_id is None:
            self.say(_("These goods came back without a receipt."), "warning", bell=True)
            return
        self.app.push_screen(SaleScreen(self._refund.sale_id))
