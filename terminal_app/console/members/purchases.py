"""The sales of a member, latest first; Enter opens one."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.widget import Widget

from protocol.identifiers import SaleId
from protocol.language import N_, _
from protocol.messages.members import MemberView
from protocol.messages.sales import ListSales, SaleRow, SaleRows
from terminal_app.console.frame import SubPage
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100


class PurchasesScreen(SubPage[bool]):
    """What a member bought, sale by sale."""

    PLACES = ("shell",)
    HERE = "members"
    AUTO_FOCUS = "Table"

    def __init__(self, member: MemberView) -> None:
        """Show the sales of a member."""
        super().__init__()
        self._member = member
        self._more = False
        self._count = 0

    def title_words(self) -> str:
        """Return whose sales they are."""
        words = _("Members › {number} {name} › Purchases")
        return words.format(number=self._member.number, name=self._member.name)

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Table(
            [
                Column(N_("Date"), 16),
                Column(N_("Receipt"), least=18),
                Column(N_("Cashier"), 10, optional=True),
                Column(N_("Lines"), 5, right=True),
                Column(N_("Total"), 11, right=True),
                Column(N_("Paid by"), least=10),
            ],
            empty=N_("This member has not bought anything yet."),
        )
        yield Words(N_("Enter: the sale   Esc: back"), classes="info")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    async def load(self) -> None:
        """Ask for the latest sales."""
        await self._find(0)

    async def _find(self, offset: int) -> None:
        request = ListSales(member_id=self._member.member_id, limit=_PAGE_ROWS, offset=offset)
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
        cells = (
            sale.finished_at.astimezone(self.console.zone).strftime("%Y-%m-%d %H:%M"),
            sale.receipt_number,
            sale.operator,
            str(sale.line_count),
            self.money(sale.total_minor),
            sale.tenders,
        )
        return TableRow(sale.sale_id, cells)

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get older ones."""
        if self._more:
            self.background_task(partial(self._find, self._count))

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Show the sale."""
        self.app.push_screen(SaleScreen(SaleId(event.row.key)))
