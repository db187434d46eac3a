"""The approved quotations of the store, to sell one of them here."""

from collections.abc import Iterable

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import N_, _, ngettext
from protocol.messages.base import Refused
from protocol.messages.quotations import (
    GetQuotation,
    ListQuotations,
    QuotationFound,
    QuotationRow,
    QuotationRows,
    QuotationState,
    QuotationView,
)
from protocol.money import format_minor
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece

_NUMBER, _LINES, _UNTIL, _TOTAL = 14, 10, 11, 13


class QuotationDialog(Dialog[QuotationView]):
    """Gives the chosen quotation, whole, as it stands at that moment."""

    TITLE_WORDS = N_("Quotation")
    KEY_WORDS = N_("Type a part of the number or name, or scan it   ↑ ↓: choose   Enter: sell it   Esc: back")
    CSS_PATH = "quotation_dialog.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-8)", show=False, priority=True),
        Binding("pagedown", "move(8)", show=False, priority=True),
    ]

    def __init__(self, typed: str, currency: str) -> None:
        """Begin with what was typed at the counter."""
        super().__init__()
        self._typed = typed
        self._currency = currency
        self._known = False

    def body(self) -> Iterable[Widget]:
        """What to look for, and what there is."""
        yield Field(N_("Number or name"), id="text", value=self._typed, max_length=60)
        yield ChoiceList[QuotationRow](self._draw, empty=self._empty, heading=_heading, id="quotations")

    def on_mount(self) -> None:
        """Ask."""
        self._look()

    @on(Input.Changed, "#text")
    def _look(self) -> None:
        """Ask for those that fit what is typed."""
        self.run_worker(self._load(), group="quotations", exclusive=True)

    async def _load(self) -> None:
        text = self.query_one("#text", Entry).value.strip()
        request = ListQuotations(state=QuotationState.APPROVED, text=text)
        answer = await self.shell.store.ask(request, QuotationRows)
        self._known = True
        board = self.query_one(ChoiceList)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        board.offer(answer.quotations)
        board.refresh()

    def take_scan(self, code: str) -> bool:
        """The number on the paper."""
        self.flow(self._choose(GetQuotation(number=code.strip())))
        return True

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)

    async def accept(self) -> None:
        """Take the chosen one."""
        row = self.query_one(ChoiceList).choice
        if isinstance(row, QuotationRow):
            await self._choose(GetQuotation(quotation_id=row.quotation_id))
        else:
            self.app.bell()

    async def _choose(self, request: GetQuotation) -> None:
        answer = await self.shell.store.ask(request, QuotationFound)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        else:
            self.dismiss(answer.quotation)

    def _empty(self) -> str:
        return _("No approved quotation fits.") if self._known else _("One moment…")

    def _draw(self, row: QuotationRow, width: int) -> list[Piece]:
        lines = ngettext("{count} line", "{count} lines", row.line_count).format(count=row.line_count)
        return [
            (fit(row.number, _NUMBER), ""),
            (fit(row.customer, width - _NUMBER - _LINES - _UNTIL - _TOTAL - 1) + " ", "strong"),
            (right(lines, _LINES), "quiet"),
            (right(row.valid_until.isoformat(), _UNTIL), "quiet"),
            (right(format_minor(row.total_minor, self._currency), _TOTAL), "strong"),
        ]


def _heading(width: int) -> list[Piece]:
    return [
        (fit(_("Number"), _NUMBER), "quiet"),
        (fit(_("Customer"), width - _NUMBER - _LINES - _UNTIL - _TOTAL), "quiet"),
        (right("", _LINES), "quiet"),
        (right(_("Valid until"), _UNTIL), "quiet"),
        (right(_("Total"), _TOTAL), "quiet"),
    ]
