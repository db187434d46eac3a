"""The shop's quotations: found by number or customer, listed by where they stand."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from protocol.identifiers import QuotationId
from protocol.language import N_, _
from protocol.messages.base import Fact
from protocol.messages.quotations import (
    ListQuotations,
    QuotationChanged,
    QuotationRow,
    QuotationRows,
    QuotationState,
)
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.picker import Picker
from terminal_app.console.prices.quotation_draft import STATES, states_choices
from terminal_app.console.prices.quotation_screen import QuotationScreen
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100
_TONES: dict[QuotationState, Tone] = {
    QuotationState.APPROVED: "good",
    QuotationState.CANCELLED: "quiet",
    QuotationState.EXPIRED: "quiet",
}


class QuotationsScreen(SubPage[None]):
    """Quotations, latest first."""

    PLACES = ("shell", "quotations")
    TITLE_WORDS = N_("Prices › Quotations")
    HERE = "prices"
    AUTO_FOCUS = "#search"
    BINDINGS = [
        *bindings_for("quotations"),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
    ]

    def __init__(self) -> None:
        """Begin with all."""
        super().__init__()
        self._state: QuotationState | None = None
        self._more = False

    def body(self) -> Iterable[Widget]:
        """A line to type in, and the list."""
        with Horizontal(classes="search"):
            yield Words(N_("Number, customer"), classes="search-label")
            yield Entry(id="search")
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column(N_("Quotation no."), 13),
                Column(N_("Made out to"), least=14, share=3),
                Column(N_("State"), 10),
                Column(N_("Lines"), 5, right=True),
                Column(N_("Total"), 12, right=True),
                Column(N_("Valid until"), 11),
                Column(N_("Written by"), 12, optional=True),
            ],
            empty=N_("No quotation fits. Ctrl+N writes one."),
        )

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def on_mount(self) -> None:
        """The list is moved through from the search line."""
        self.table.can_focus = False

    def _info_words(self) -> str:
        state = _(STATES[self._state]) if self._state else _("all")
        return _("Listed: {state} · Enter opens").format(state=state)

    async def load(self) -> None:
        """Ask for the latest ones."""
        await self._find(0, min(500, max(_PAGE_ROWS, len(self.table.rows))))

    async def _find(self, offset: int, limit: int = _PAGE_ROWS) -> None:
        text = self.query_one("#search", Entry).value.strip()[:100]
        request = ListQuotations(state=self._state, text=text, limit=limit, offset=offset)
        answer = await self.fetch(request, QuotationRows)
        if answer is None:
            return
        self._more = answer.more
        rows = [self._row(each) for each in answer.quotations]
        if offset:
            self.table.append(rows)
        else:
            self.table.show(rows)

    def _row(self, each: QuotationRow) -> TableRow:
        cells = (
            each.number,
            each.customer,
            _(STATES[each.state]),
            str(each.line_count),
            self.money(each.total_minor),
            each.valid_until.isoformat(),
            each.author,
        )
        return TableRow(str(each.quotation_id), cells, _TONES.get(each.state, ""))

    @on(Input.Changed, "#search")
    def search_changed(self) -> None:
        """Ask for what fits."""
        self.background_task(partial(self._find, 0))

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get earlier ones."""
        if self._more:
            self.background_task(partial(self._find, len(self.table.rows)))

    def store_fact(self, fact: Fact) -> None:
        """Somebody wrote, approved or sold one."""
        if isinstance(fact, QuotationChanged):
            self.reload_soon()

    def take_scan(self, code: str) -> bool:
        """The paper carries the number as a barcode."""
        self.query_one("#search", Entry).value = code
        return True

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def action_open(self) -> None:
        """Open the quotation."""
        if self.table.current is not None:
            self._open(QuotationId(int(self.table.current.key)))

    def on_table_chosen(self) -> None:
        """A click."""
        self.action_open()

    def do_new(self) -> None:
        """Write one."""
        self._open(None)

    def _open(self, quotation_id: QuotationId | None) -> None:
        self.app.push_screen(QuotationScreen(quotation_id), lambda _nothing: self.do_reload())

    def do_state(self) -> None:
        """List only those that stand so."""

        def take(value: str | None) -> None:
            if value is not None:
                self._state = QuotationState(value) if value else None
                self.query_one("#info").refresh()
                self.background_task(partial(self._find, 0))

        present = self._state.value if self._state else ""
        self.app.push_screen(Picker(states_choices(_("all")), present), take)
