"""The sales of a day, searched by receipt number or total; and one sale in detail."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from protocol.identifiers import LaneCode, SaleId
from protocol.language import N_, _
from protocol.messages.sales import (
    BasketState,
    BasketView,
    GetSale,
    LineView,
    ListSales,
    ReceiptCopy,
    ReprintReceipt,
    SaleRow,
    SaleRows,
)
from protocol.quantity import format_thousandths
from terminal_app.actions import bindings_for
from terminal_app.console.explain_screen import SaleExplainScreen
from terminal_app.console.frame import SubPage
from terminal_app.console.paper import PaperScreen
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100


class SalesScreen(SubPage[None]):
    """Finished sales, latest first."""

    PLACES = ("shell",)
    HERE = "day"
    AUTO_FOCUS = "#search"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
    ]

    def __init__(self, business_date: str) -> None:
        """Show the sales of a date."""
        super().__init__()
        self._date = business_date
        self._more = False
        self._count = 0

    def title_words(self) -> str:
        """Return the date."""
        return _("Day {date} › Sales").format(date=self._date)

    def body(self) -> Iterable[Widget]:
        """A line to type in, and the list."""
        with Horizontal(classes="search"):
            yield Words(N_("Receipt or total"), classes="search-label")
            yield Entry(id="search")
        yield Table(
            [
                Column(N_("Time"), 5),
                Column(N_("Receipt"), least=18),
                Column(N_("Lane"), 7),
                Column(N_("Cashier"), 12, optional=True),
                Column(N_("Lines"), 5, right=True),
                Column(N_("Total"), 11, right=True),
                Column(N_("Paid by"), least=10),
            ],
            empty=N_("No sale fits."),
        )

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def on_mount(self) -> None:
        """The list is moved through from the search line."""
        self.table.can_focus = False

    async def load(self) -> None:
        """Ask for the first rows."""
        await self._find(0)

    async def _find(self, offset: int) -> None:
        request = ListSales(
            business_date=self._date,
            text=self.query_one("#search", Entry).value.strip()[:100],
            limit=_PAGE_ROWS,
            offset=offset,
        )
        answer = await self.fetch(request, SaleRows)
        if answer is None:
            return
        rows = [self._row(sale) for sale in answer.sales]
        self._more = answer.more
        if offset:
            self.table.append(rows)
        else:
            self.table.show(rows)
        self._count = offset + len(rows)

    def _row(self, sale: SaleRow) -> TableRow:
        return TableRow(
            sale.sale_id,
            (
                sale.finished_at.astimezone(self.console.zone).strftime("%H:%M"),
                sale.receipt_number,
                sale.lane,
                sale.operator,
                str(sale.line_count),
                self.money(sale.total_minor),
                sale.tenders,
            ),
        )

    @on(Input.Changed, "#search")
    def search_changed(self) -> None:
        """Ask for what fits."""
        self.background_task(partial(self._find, 0))

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get more."""
        if self._more:
            self.background_task(partial(self._find, self._count))

    def take_scan(self, code: str) -> bool:
        """Receipts carry their number as a barcode."""
        self.query_one("#search", Entry).value = code
        return True

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def action_open(self) -> None:
        """Show the sale."""
        if self.table.current is not None:
            self.app.push_screen(SaleScreen(SaleId(self.table.current.key)))

    def on_table_chosen(self) -> None:
        """A click."""
        self.action_open()


class SaleScreen(SubPage[None]):
    """One finished sale: lines, sums, payments."""

    PLACES = ("shell", "sale")
    HERE = "day"
    AUTO_FOCUS = "#sale"
    BINDINGS = [*bindings_for("sale")]
    DEFAULT_CSS = "SaleScreen #sale { height: 1fr; } SaleScreen #sale Words { height: auto; }"

    def __init__(self, sale_id: SaleId) -> None:
        """Show a sale."""
        super().__init__()
        self._sale_id = sale_id
        self._basket: BasketView | None = None

    def title_words(self) -> str:
        """Return the receipt number."""
        number = self._basket.receipt_number if self._basket else ""
        return _("Day › Sale {number}").format(number=number)

    def body(self) -> Iterable[Widget]:
        """The sale as text."""
        with VerticalScroll(id="sale"):
            yield Words(self._text, id="text")

    async def load(self) -> None:
        """Ask for it."""
        answer = await self.fetch(GetSale(sale_id=self._sale_id), BasketState)
        if answer is not None:
            self._basket = answer.basket
            for widget in self.query("#text, .page-title"):
                widget.refresh(layout=True)

    def _text(self) -> str:
        basket = self._basket
        if basket is None:
            return _("One moment…")
        width = max(50, min(90, self.query_one("#sale").size.width - 2))
        head = _("Lane {lane}, {operator}").format(lane=basket.lane, operator=basket.operator)
        if basket.started_at is not None:
            head += ", " + basket.started_at.astimezone(self.console.zone).strftime("%Y-%m-%d %H:%M")
        lines = [head, ""]
        for line in basket.lines:
            lines += self._line(line, width)
        lines.append("─" * width)
        lines += [
            self._sum(_("Normal prices"), basket.gross_minor, width),
            self._sum(_("Saved"), -basket.discount_minor, width) if basket.discount_minor else "",
            self._sum(_("Rounding"), basket.rounding_minor, width) if basket.rounding_minor else "",
            self._sum(_("Total"), basket.total_minor, width),
            "",
        ]
        for tender in basket.tenders:
            name = tender.name + (f" ({tender.reference})" if tender.reference else "")
            lines.append(self._sum(name, tender.amount_minor, width))
        if basket.change_minor:
            lines.append(self._sum(_("Change"), -basket.change_minor, width))
        return "\n".join(lines)

    def _line(self, line: LineView, width: int) -> list[str]:
        mark = "× " if line.voided else "  "
        name = _("{name} (voided)").format(name=line.name) if line.voided else line.name
        calc = f"{format_thousandths(line.quantity_thousandths)} × {self.money(line.unit_price_minor)}"
        first = fit(mark + name, width - 36) + right(calc, 22) + right(self.money(line.amount_minor), 14)
        why = [
            _("normal price {price}: {reason}").format(
                price=self.money(line.normal_price_minor), reason=line.price_reason
            )
            if line.price_reason
            else "",
            _("discount {amount}: {reason}").format(
                amount=self.money(line.discount_minor), reason=line.discount_reason
            )
            if line.discount_minor
            else "",
            line.note,
        ]
        return [first, *(f"      {reason}" for reason in why if reason)]

    def _sum(self, label: str, amount_minor: int, width: int) -> str:
        return fit("  " + label, width - 14) + right(self.money(amount_minor), 14)

    def do_explain(self) -> None:
        """Show each rule that made the price, from the rows of the sale."""
        if self._basket is not None:
            self.app.push_screen(SaleExplainScreen(self._basket))

    async def do_receipt(self) -> None:
        """Make a copy of the receipt; it is counted and marked."""
        if self._basket is None:
            return
        request = ReprintReceipt(lane=LaneCode(self._basket.lane), receipt_number=self._basket.receipt_number)
        copy = await self.fetch(request, ReceiptCopy)
        if copy is not None:
            note = _("Copy number {count}; it is in the journal.").format(count=copy.copies)
            self.app.push_screen(PaperScreen(copy.receipt, "day", note))
