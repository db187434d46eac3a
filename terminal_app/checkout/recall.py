"""The parked baskets of the store, to take one to this lane."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from protocol.identifiers import SaleId
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.sales import ListParkedSales, ParkedSale, ParkedSales
from protocol.money import format_minor
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.line_board import Piece


class RecallDialog(Dialog[SaleId]):
    """Gives the id of the chosen sale."""

    TITLE_WORDS = N_("Recall")
    KEY_WORDS = N_("↑ ↓: choose   Enter: recall   Esc: back")
    CSS_PATH = "recall.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
    ]

    def __init__(self, currency: str) -> None:
        """Ask when shown."""
        super().__init__()
        self._currency = currency
        self._known = False

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield ChoiceList[ParkedSale](self._draw, empty=self._empty, id="parked")

    def on_mount(self) -> None:
        """Ask for the list."""
        self.run_worker(self.ask_again(), group="parked")

    async def ask_again(self) -> None:
        """Show the parked sales as they are now; also after another lane parked or recalled one."""
        answer = await self.shell.store.ask(ListParkedSales(), ParkedSales)
        self._known = True
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        else:
            board = self.query_one(ChoiceList)
            board.offer(answer.sales, board.picked or 0)
            board.refresh()

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)

    def accept(self) -> None:
        """Take the chosen one."""
        choice = self.query_one(ChoiceList).choice
        if isinstance(choice, ParkedSale):
            self.dismiss(choice.sale_id)
        else:
            self.app.bell()

    def _empty(self) -> str:
        return _("No basket is parked.") if self._known else _("One moment…")

    def _draw(self, sale: ParkedSale, width: int) -> list[Piece]:
        when = sale.parked_at.astimezone(self.shell.store.zone).strftime("%H:%M")
        words = " · ".join(part for part in (sale.note, sale.first_lines) if part)
        lane = _("Lane {lane}").format(lane=sale.lane)
        return [
            (when + " ", "quiet"),
            (fit(lane, 8), ""),
            (fit(sale.operator, 10) + " ", ""),
            (fit(words, width - 44), "strong"),
            (fit(_("OLD") if sale.old else "", 5), "warning"),
            (right(format_minor(sale.total_minor, self._currency), 13) + " ", "strong"),
        ]
