"""Why a finished sale cost what it cost, from its rows, whenever it was sold."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import _
from protocol.messages.offers import ExplainSale, SaleExplained
from protocol.messages.sales import BasketView
from terminal_app.console.frame import SubPage
from terminal_app.widgets.explanation import Explained, ExplanationBoard


class SaleExplainScreen(SubPage[None]):
    """The calculation of one sale: goods, each rule in its order, what was paid."""

    PLACES = ("shell",)
    HERE = "day"
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("up", "read(-1)", show=False, priority=True),
        Binding("down", "read(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
    ]

    def __init__(self, sale: BasketView) -> None:
        """Explain this sale."""
        super().__init__()
        self._sale = sale

    def title_words(self) -> str:
        """Return the receipt number."""
        return _("Day › Sale {number} › Why it cost that").format(number=self._sale.receipt_number)

    def body(self) -> Iterable[Widget]:
        """The calculation."""
        yield ExplanationBoard()

    async def load(self) -> None:
        """Ask for it; the sentences come in the language of the screen."""
        answer = await self.fetch(ExplainSale(sale_id=self._sale.sale_id), SaleExplained)
        if answer is None:
            return
        board = self.query_one(ExplanationBoard)
        board.explained = Explained(
            answer.explanation,
            self._sale.currency,
            answer.finished,
            self._sale.tax_added_minor,
            self._sale.rounding_minor,
        )
        board.redraw()
        if board.more_below:
            self.say(_("↑ ↓ scroll, Esc goes back."))

    def action_read(self, by: int) -> None:
        """Scroll."""
        self.query_one(ExplanationBoard).scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll by a window."""
        board = self.query_one(ExplanationBoard)
        board.scroll_lines(by * max(1, board.body_height - 1))
