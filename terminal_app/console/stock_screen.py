"""The stock moves of a product, and the correction to what was counted."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.identifiers import ProductId
from protocol.language import N_, _
from protocol.messages.base import Answer
from protocol.messages.stock import CorrectStock, ListStockMoves, StockMoves
from protocol.quantity import format_thousandths
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.table import Column, Table, TableRow

_KINDS = {
    "sale": N_("Sale"),
    "correction": N_("Correction"),
    "import": N_("Import"),
    "refund": N_("Refund"),
    "waste": N_("Waste"),
}


class StockScreen(SubPage[None]):
    """Moves, latest first, with the stock after each."""

    PLACES = ("shell", "stock")
    TITLE_WORDS = N_("Products › Stock")
    HERE = "products"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for("stock")]

    def __init__(self, product_id: ProductId, name: str) -> None:
        """Show the moves of a product."""
        super().__init__()
        self._product_id = product_id
        self._product_name = name
        self._stock = 0

    def title_words(self) -> str:
        """Return the product with its stock."""
        stock = format_thousandths(self._stock)
        return _("Products › {name}   stock {stock}").format(name=self._product_name, stock=stock)

    def body(self) -> Iterable[Widget]:
        """The moves."""
        yield Table(
            [
                Column(N_("When"), 16),
                Column(N_("What"), 12),
                Column(N_("Moved"), 10, right=True),
                Column(N_("Stock after"), 11, right=True),
                Column(N_("Reference"), least=12),
                Column(N_("By"), 10, optional=True),
            ],
            empty=N_("Nothing has moved yet."),
        )

    async def load(self) -> None:
        """Ask for the moves."""
        answer = await self.fetch(ListStockMoves(product_id=self._product_id, limit=500), StockMoves)
        if answer is not None:
            self._show(answer)

    def _show(self, moves: StockMoves) -> None:
        self._stock = moves.stock_thousandths
        rows = []
        for i, move in enumerate(moves.moves):
            sign = "+" if move.quantity_thousandths > 0 else ""
            rows.append(
                TableRow(
                    str(i),
                    (
                        move.at.astimezone(self.console.zone).strftime("%Y-%m-%d %H:%M"),
                        _(_KINDS[move.kind]) if move.kind in _KINDS else move.kind,
                        sign + format_thousandths(move.quantity_thousandths),
                        format_thousandths(move.balance_thousandths),
                        move.reference,
                        move.operator,
                    ),
                    "warn" if move.balance_thousandths < 0 else "",
                )
            )
        self.query_one(Table).show(rows, keep=False)
        self.query_one(".page-title").refresh()

    def do_correct(self) -> None:
        """Set the stock to what was counted."""
        fields = [
            Field("counted_thousandths", N_("Counted"), Kind.QUANTITY, required=True, signed=True),
            Field("reason", N_("Reason"), required=True, hint=N_("Broken, stock-taking, found …")),
        ]

        async def save(values: dict[str, Value]) -> Answer:
            counted = values["counted_thousandths"]
            assert isinstance(counted, int), "the form reads a required quantity as thousandths"
            request = CorrectStock(
                product_id=self._product_id, counted_thousandths=counted, reason=str(values["reason"])
            )
            return await self.console.ask(request, StockMoves)

        def done(answer: Answer | None) -> None:
            if isinstance(answer, StockMoves):
                self._show(answer)
                self.say(_("The stock is {stock} now.").format(stock=format_thousandths(self._stock)), "good")

        note = _("In the books: {stock}").format(stock=format_thousandths(self._stock))
        self.app.push_screen(FormDialog(_("Correct the stock"), fields, {}, save, note=note), done)
