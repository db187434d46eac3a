"""The coupons of a kind that are out: whose, where each stands, what it was issued for."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from protocol.coupon import CouponBatchView
from protocol.identifiers import MemberId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.coupons import (
    CancelCoupon,
    CouponCancelled,
    CouponPaper,
    Coupons,
    CouponsIssued,
    CouponState,
    CouponView,
    ListCoupons,
    PrintCoupon,
)
from protocol.messages.members import GetMember, MemberFound
from terminal_app.actions import bindings_for
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.list_transfer import Cancelled, OnProgress
from terminal_app.console.paper import PaperScreen
from terminal_app.console.picker import Picker
from terminal_app.console.prices.coupon_issue import headings, write_coupons
from terminal_app.console.prices.coupon_words import STATES, issued_for_words
from terminal_app.console.prices.price_list_progress import PiecesDialog, piece_done
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.console.spreadsheet_files import CannotWrite, create_file
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100
_PIECE = 500
_TONES: dict[CouponState, Tone] = {
    CouponState.LIVE: "good",
    CouponState.HELD: "warn",
    CouponState.EXPIRED: "quiet",
    CouponState.CANCELLED: "quiet",
}


class CouponsScreen(SubPage[None]):
    """Coupons, latest first; a scan finds one."""

    PLACES = ("shell", "coupon")
    HERE = "prices"
    AUTO_FOCUS = "#search"
    BINDINGS = [
        *bindings_for("coupon"),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
    ]

    def __init__(self, batch: CouponBatchView) -> None:
        """Show the coupons of a batch."""
        super().__init__()
        self._batch = batch
        self._coupons: dict[str, CouponView] = {}
        self._members: dict[MemberId, str] = {}
        self._state: CouponState | None = None
        self._more = False

    def title_words(self) -> str:
        """Return which coupons they are."""
        return _("Prices › Coupons › {name} › Issued").format(name=self._batch.name)

    def body(self) -> Iterable[Widget]:
        """A line for a code, and the list."""
        with Horizontal(classes="search"):
            yield Words(N_("Coupon code"), classes="search-label")
            yield Entry(id="search")
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column(N_("Coupon code"), least=14),
                Column(N_("State"), 11),
                Column(N_("Whose"), least=12),
                Column(N_("Given out"), 11),
                Column(N_("Until"), 11),
                Column(N_("Why"), 12, optional=True),
                Column(N_("Receipt"), 20, optional=True),
            ],
            empty=N_("None fits. Coupons are issued from the list of their kinds."),
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
        return _("Listed: {state} · Enter shows the paper").format(state=state)

    async def load(self) -> None:
        """Ask anew."""
        await self._find(0, min(_PIECE, max(_PAGE_ROWS, len(self._coupons))))

    def _request(self, offset: int, limit: int) -> ListCoupons:
        code = self.query_one("#search", Entry).value.strip()[:100]
        batch_id = self._batch.batch_id
        return ListCoupons(batch_id=batch_id, code=code, state=self._state, limit=limit, offset=offset)

    async def _find(self, offset: int, limit: int = _PAGE_ROWS) -> None:
        answer = await self.fetch(self._request(offset, limit), Coupons)
        if answer is None:
            return
        self._more = answer.more
        if not offset:
            self._coupons = {}
        self._coupons |= {str(coupon.coupon_id): coupon for coupon in answer.coupons}
        rows = [self._row(coupon) for coupon in answer.coupons]
        if offset:
            self.table.append(rows)
        else:
            self.table.show(rows)
        await self._learn_members(answer)

    async def _learn_members(self, answer: Coupons) -> None:
        """Ask for names that are not known yet, and show them."""
        unknown = {c.member_id for c in answer.coupons if c.member_id is not None} - self._members.keys()
        for member_id in unknown:
            found = await self.ask(GetMember(member_id=member_id), MemberFound)
            self._members[member_id] = (
                f"#{member_id}"
                if isinstance(found, Refused)
                else f"{found.member.number} {found.member.name}"
            )
        if unknown:
            self.table.show([self._row(coupon) for coupon in self._coupons.values()])

    def _row(self, coupon: CouponView) -> TableRow:
        zone = self.console.zone
        whose = _("whoever shows it")
        if coupon.member_id is not None:
            whose = self._members.get(coupon.member_id, "…")
        cells = (
            coupon.code,
            _(STATES[coupon.state]),
            whose,
            coupon.issued_at.astimezone(zone).strftime("%Y-%m-%d"),
            coupon.ends_at.astimezone(zone).strftime("%Y-%m-%d") if coupon.ends_at else "–",
            issued_for_words(coupon.issued_for),
            coupon.receipt_number,
        )
        return TableRow(str(coupon.coupon_id), cells, _TONES.get(coupon.state, ""))

    @property
    def _here(self) -> CouponView | None:
        row = self.table.current
        return self._coupons.get(row.key) if row else None

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
        """Some were issued or cancelled."""
        if isinstance(fact, (CouponsIssued, CouponCancelled)):
            self.reload_soon()

    def take_scan(self, code: str) -> bool:
        """A coupon carries its code as a barcode."""
        self.query_one("#search", Entry).value = code
        return True

    # --- keys -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def action_open(self) -> None:
        """Show the paper."""
        self.flow(self.do_paper())

    def on_table_chosen(self) -> None:
        """A click."""
        self.action_open()

    def do_state(self) -> None:
        """List only those that stand so."""

        def take(value: str | None) -> None:
            if value is not None:
                self._state = CouponState(value) if value else None
                self.query_one("#info").refresh()
                self.background_task(partial(self._find, 0))

        choices = [("", _("all")), *((state.value, _(words)) for state, words in STATES.items())]
        self.app.push_screen(Picker(choices, self._state.value if self._state else ""), take)

    async def do_paper(self) -> None:
        """Show what is printed."""
        coupon = self._here
        if coupon is None:
            self.app.bell()
            return
        answer = await self.fetch(PrintCoupon(coupon_id=coupon.coupon_id), CouponPaper)
        if answer is not None:
            self.app.push_screen(PaperScreen(answer.paper, "prices"))

    def do_sale(self) -> None:
        """Show the sale that used it."""
        coupon = self._here
        if coupon is None or coupon.sale_id is None or coupon.state is not CouponState.USED:
            self.say(_("This coupon was not used in a finished sale."), "warning", bell=True)
        else:
            self.app.push_screen(SaleScreen(coupon.sale_id))

    def do_cancel(self) -> None:
        """Take it back, with a reason."""
        coupon = self._here
        if coupon is None:
            self.app.bell()
            return
        if coupon.state not in (CouponState.LIVE, CouponState.HELD):
            state = _(STATES[coupon.state])
            words = _("Only a coupon that can be used is cancelled; this one is {state}.")
            self.say(words.format(state=state), "error", bell=True)
            return

        async def save(values: dict[str, Value]) -> Answer:
            request = CancelCoupon(coupon_id=coupon.coupon_id, reason=str(values["reason"]))
            return await self.ask(request, Coupons)

        def done(answer: Answer | None) -> None:
            if answer is not None:
                self.say(_("Cancelled: {code}.").format(code=coupon.code), "good")
                self.do_reload()

        title = _("Cancel {code}").format(code=coupon.code)
        fields = [Field("reason", N_("Reason"), required=True, hint=N_("Kept with the coupon"))]
        self.app.push_screen(FormDialog(title, fields, {}, save), done)

    async def do_export(self) -> None:
        """Write what is listed to a file."""
        dialog = FileDialog(N_("Write the codes to"), "coupons.csv", write=True)
        path = await self.app.push_screen_wait(dialog)
        if path is None:
            return
        written = 0

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> str:
            """Return why it failed, or nothing."""
            nonlocal written
            try:
                with create_file(path) as file:
                    file.write(headings())
                    while True:
                        answer = await self.ask(self._request(written, _PIECE), Coupons)
                        if isinstance(answer, Refused):
                            raise CannotWrite(answer.explanation)
                        if cancelled():
                            raise CannotWrite(_("Stopped; no file was written."))
                        write_coupons(file, answer.coupons, self.console.zone)
                        written += len(answer.coupons)
                        on_progress(piece_done(written))
                        if not answer.more:
                            return ""
            except (CannotWrite, OSError) as error:
                return str(error)

        total = max(len(self._coupons), 1)
        why = await self.app.push_screen_wait(PiecesDialog(_("Writing the file"), work, total))
        if why:
            self.say(why, "error", bell=True)
        else:
            words = ngettext("{count} coupon written: {path}", "{count} coupons written: {path}", written)
            self.say(words.format(count=written, path=path), "good")
