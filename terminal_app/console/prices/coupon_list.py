"""The shop's coupons, kind by kind: what they say, how many are out, what they took off."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from protocol.coupon import CouponBatchView, CouponCodes
from protocol.language import N_, _, ngettext
from protocol.messages.base import Fact
from protocol.messages.coupons import (
    CouponBatchChanged,
    CouponBatches,
    CouponBatchFound,
    CouponBatchRow,
    CouponCancelled,
    CouponsIssued,
    ListCouponBatches,
)
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.picker import Picker
from terminal_app.console.prices.coupon_form import new_batch
from terminal_app.console.prices.coupon_issue import CouponIssuing
from terminal_app.console.prices.coupon_issued import CouponsScreen
from terminal_app.console.prices.coupon_screen import CouponBatchScreen
from terminal_app.console.prices.coupon_words import BENEFITS, used_words, way_words
from terminal_app.console.prices.offer_typed import until_typed
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100


class CouponBatchesScreen(SubPage[None]):
    """All kinds of coupons, latest first."""

    PLACES = ("shell", "coupons")
    TITLE_WORDS = N_("Prices › Coupons")
    HERE = "prices"
    AUTO_FOCUS = "#search"
    DEFAULT_CSS = """
    CouponBatchesScreen #sentence { height: 3; padding: 0 1; }
    """
    BINDINGS = [
        *bindings_for("coupons"),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
    ]

    def __init__(self) -> None:
        """Begin with those that are in force."""
        super().__init__()
        self._rows: dict[str, CouponBatchRow] = {}
        self._active_only = True
        self._more = False

    def body(self) -> Iterable[Widget]:
        """A line to type in, the list, the sentence of the row under the cursor."""
        with Horizontal(classes="search"):
            yield Words(N_("Name or code"), classes="search-label")
            yield Entry(id="search")
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column(N_("Name"), least=18, share=3),
                Column(N_("Gives"), 16, optional=True),
                Column(N_("How to get one"), 20),
                Column(N_("Until"), 10),
                Column(N_("Used / given"), 12, right=True),
                Column(N_("Taken off"), 11, right=True),
            ],
            empty=N_("No coupons fit. Ctrl+N adds some."),
        )
        yield Words(self._sentence, id="sentence")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def on_mount(self) -> None:
        """The list is moved through from the search line."""
        self.table.can_focus = False

    def _info_words(self) -> str:
        which = _("in force only") if self._active_only else _("over and switched off too")
        return _("Listed: {state} · Enter opens").format(state=which)

    def _sentence(self) -> str:
        row = self._here
        return row.words if row else ""

    @property
    def _here(self) -> CouponBatchRow | None:
        current = self.table.current
        return self._rows.get(current.key) if current else None

    @on(Table.Moved)
    def moved(self) -> None:
        """Read back what the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)

    # --- asking -----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Ask anew."""
        await self._find(0, min(500, max(_PAGE_ROWS, len(self._rows))))

    async def _find(self, offset: int, limit: int = _PAGE_ROWS) -> None:
        request = ListCouponBatches(
            text=self.query_one("#search", Entry).value.strip()[:100],
            active_only=self._active_only,
            limit=limit,
            offset=offset,
        )
        answer = await self.fetch(request, CouponBatches)
        if answer is None:
            return
        self._more = answer.more
        if not offset:
            self._rows = {}
        self._rows |= {str(row.batch.batch_id): row for row in answer.batches}
        rows = [self._row(row) for row in answer.batches]
        if offset:
            self.table.append(rows)
        else:
            self.table.show(rows)

    def _row(self, row: CouponBatchRow) -> TableRow:
        batch = row.batch
        until = batch.times.valid_until
        cells = (
            batch.name if batch.active else _("(off) {name}").format(name=batch.name),
            _(BENEFITS[batch.benefit.kind][0]),
            way_words(batch),
            self._until(batch),
            used_words(row),
            self.money(row.given_minor),
        )
        over = until is not None and until <= self.console.clock()
        return TableRow(str(batch.batch_id), cells, "quiet" if over or not batch.active else "")

    def _until(self, batch: CouponBatchView) -> str:
        """Return the last day, or how many days a coupon can be used after it was given out."""
        if batch.times.valid_until is not None:
            return until_typed(batch.times.valid_until, self.console.zone)[:10]
        days = batch.valid_days
        return ngettext("{count} day", "{count} days", days).format(count=days) if days else "–"

    @on(Input.Changed, "#search")
    def search_changed(self) -> None:
        """Ask for what fits."""
        self.background_task(partial(self._find, 0))

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get more."""
        if self._more:
            self.background_task(partial(self._find, len(self.table.rows)))

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed, issued or used some."""
        if isinstance(fact, (CouponBatchChanged, CouponsIssued, CouponCancelled)):
            self.reload_soon()

    # --- keys -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def action_open(self) -> None:
        """Open the coupons."""
        if self._here is not None:
            self._open(self._here.batch)

    def on_table_chosen(self) -> None:
        """A click."""
        self.action_open()

    def do_new(self) -> None:
        """Add some: first what they give."""

        def take(kind: str | None) -> None:
            if kind is not None:
                self._open(new_batch(kind), blank=True)

        choices = [(kind, f"{_(few)}: {_(sentence)}") for kind, (few, sentence) in BENEFITS.items()]
        self.app.push_screen(Picker(choices), take)

    def do_copy(self) -> None:
        """Begin with what the chosen ones say."""
        if self._here is None:
            self.app.bell()
            return
        update = {"batch_id": None, "version": 0, "shared_code": ""}
        self._open(self._here.batch.model_copy(update=update))

    def _open(self, batch: CouponBatchView, *, blank: bool = False) -> None:
        def done(answer: CouponBatchFound | None) -> None:
            if answer is not None:
                self.flow(self._saved(answer.batch))

        self.app.push_screen(CouponBatchScreen(batch, blank=blank), done)

    async def _saved(self, row: CouponBatchRow) -> None:
        await self.load()
        self.table.go_to(str(row.batch.batch_id))
        self.say(_("Saved: {name}.").format(name=row.batch.name) + " " + row.words, "good")

    def do_over(self) -> None:
        """Show those that are over too, or leave them out."""
        self._active_only = not self._active_only
        self.query_one("#info").refresh()
        self.background_task(partial(self._find, 0))

    def _with_codes(self) -> CouponBatchView | None:
        """Return the batch under the cursor; or say that it has one code for everybody."""
        row = self._here
        if row is None:
            self.app.bell()
            return None
        if row.batch.codes is CouponCodes.SHARED:
            words = _("“{name}” has one code for everybody: {code}. None is issued.")
            text = words.format(name=row.batch.name, code=row.batch.shared_code)
            self.say(text, "warning", bell=True)
            return None
        return row.batch

    def do_issued(self) -> None:
        """List the coupons that are out."""
        batch = self._with_codes()
        if batch is not None:
            self.app.push_screen(CouponsScreen(batch), lambda _nothing: self.do_reload())

    def do_issue(self) -> None:
        """Issue some by hand."""
        batch = self._with_codes()
        if batch is not None:
            self.flow(CouponIssuing(self, batch).run())
