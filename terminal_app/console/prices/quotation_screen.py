"""One quotation: goods by scan or search, prices or percentages, approval, paper, and the sale it became."""

from collections.abc import Iterable
from datetime import date

from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget

from protocol.identifiers import MemberId, ProductId, QuotationId
from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import FindProducts, GetProduct, ProductFound, ProductHits
from protocol.messages.members import GetMember, MemberFound
from protocol.messages.quotations import (
    ApproveQuotation,
    GetQuotation,
    PrintQuotation,
    QuotationFound,
    QuotationPaper,
    QuotationState,
    QuotationView,
    QuotedLine,
    SaveQuotation,
)
from protocol.quantity import format_thousandths, parse_thousandths
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.paper import PaperScreen
from terminal_app.console.picker import Picker
from terminal_app.console.prices.quotation_dialogs import (
    give_up_dialog,
    head_dialog,
    line_dialog,
    off_dialog,
)
from terminal_app.console.prices.quotation_draft import OPEN, STATES, Draft, off_percent, times_typed
from terminal_app.console.product_picker import product_words
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_SEVERAL = 30


class QuotationScreen(SubPage[None]):
    """The lines, and what is around them; nothing is stored before it is saved."""

    PLACES = ("shell", "quotation")
    HERE = "prices"
    AUTO_FOCUS = "#code"
    DEFAULT_CSS = """
    QuotationScreen #head { height: auto; padding: 0 1; color: $quiet; }
    QuotationScreen #total { height: 1; padding: 0 1; color: $primary; text-style: bold; }
    """
    BINDINGS = [
        *bindings_for("quotation"),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("enter", "enter", show=False, priority=True),
    ]

    def __init__(self, quotation_id: QuotationId | None) -> None:
        """Open a quotation; None: a new one."""
        super().__init__()
        self._quotation_id = quotation_id
        self._draft = Draft()
        self._saved = Draft()
        self._ready = quotation_id is None

    def title_words(self) -> str:
        """Return its number and where it stands."""
        known = self._draft.known
        if known is None:
            return _("Prices › Quotations › New quotation")
        words = _("Prices › Quotations › {number} ({state})")
        return words.format(number=known.number, state=_(STATES[known.state]))

    def body(self) -> Iterable[Widget]:
        """Head, a line for goods, the lines, the total."""
        yield Words(self._head_words, id="head")
        with Horizontal(classes="search"):
            yield Words(N_("Add goods"), classes="search-label")
            yield Entry(id="code")
        yield Table(
            [
                Column(N_("Code"), 14, optional=True),
                Column(N_("Product"), least=18, share=3),
                Column(N_("Quantity"), 10, right=True),
                Column(N_("Unit"), 5, optional=True),
                Column(N_("Normal"), 10, right=True),
                Column(N_("Quoted"), 10, right=True),
                Column(N_("vs. normal"), 10, right=True),
                Column(N_("Amount"), 12, right=True),
                Column(N_("A word to it"), 14, optional=True),
            ],
            empty=N_("No goods yet. 12*1001 adds twelve of the goods 1001."),
        )
        yield Words(self._total_words, id="total")

    @property
    def table(self) -> Table:
        """The lines."""
        return self.query_one(Table)

    @property
    def changed(self) -> bool:
        """True: leaving would lose what was typed."""
        return self._draft != self._saved

    @property
    def _open(self) -> bool:
        return self._ready and self._draft.state in OPEN

    def on_mount(self) -> None:
        """The lines are moved through from the line for goods."""
        self.table.can_focus = False

    # --- asking and showing ------------------------------------------------------------------------

    async def load(self) -> None:
        """Ask for the quotation, unless something typed would be lost."""
        if self._quotation_id is not None and not self.changed:
            answer = await self.fetch(GetQuotation(quotation_id=self._quotation_id), QuotationFound)
            if answer is not None:
                await self._take(answer.quotation)

    async def _take(self, quotation: QuotationView) -> None:
        member = ""
        if quotation.member_id is not None:
            member = await self._member_number(quotation.member_id)
        self._quotation_id = quotation.quotation_id
        self._saved = self._draft = Draft.of(quotation, member)
        self._ready = True
        self._show()

    async def _member_number(self, member_id: MemberId) -> str:
        found = await self.ask(GetMember(member_id=member_id), MemberFound)
        return "" if isinstance(found, Refused) else found.member.number

    def _show(self) -> None:
        rows = [self._row(i, line) for i, line in enumerate(self._draft.lines)]
        self.table.show(rows)
        for widget in self.query("#head, #total, .page-title"):
            widget.refresh(layout=True)

    def _row(self, place: int, line: QuotedLine) -> TableRow:
        cells = (
            line.code,
            line.name,
            format_thousandths(line.quantity_thousandths),
            line.unit,
            self.money(line.normal_price_minor),
            self.money(line.unit_price_minor),
            off_percent(line.normal_price_minor, line.unit_price_minor),
            self.money(line.amount_minor),
            line.note,
        )
        return TableRow(str(place), cells, "warn" if line.unit_price_minor > line.normal_price_minor else "")

    def _head_words(self) -> str:
        draft, known = self._draft, self._draft.known
        customer = draft.customer or _("(no customer yet)")
        parts = [_("For {customer}").format(customer=customer)]
        if draft.member:
            parts.append(_("member {number}").format(number=draft.member))
        if draft.valid_until:
            parts.append(_("valid until {day}").format(day=draft.valid_until.isoformat()))
        if known is not None and known.author:
            parts.append(_("written by {name}").format(name=known.author))
        if known is not None and known.approver:
            parts.append(_("approved by {name}").format(name=known.approver))
        if known is not None and known.receipt_number:
            parts.append(_("sold on receipt {number}").format(number=known.receipt_number))
        if draft.note:
            parts.append(_("note: {note}").format(note=draft.note.splitlines()[0]))
        if self.changed:
            parts.append(_("not saved yet"))
        return " · ".join(parts)

    def _total_words(self) -> str:
        total, normal = self._draft.total_minor, self._draft.normal_minor
        words = _("Total {total}").format(total=self.money(total))
        if off := off_percent(normal, total):
            words += " · " + _("at normal prices {normal}, {change}").format(
                normal=self.money(normal), change=off
            )
        return words

    def _change(self, draft: Draft) -> None:
        self._draft = draft
        self._show()
        if draft.state is QuotationState.APPROVED:
            self.say(_("It was approved; saved with this change it is a draft again."), "warning")

    def _refuse_closed(self) -> bool:
        """Say that it cannot be changed any more, where it cannot."""
        if self._ready and not self._open:
            state = _(STATES[self._draft.state])
            self.say(
                _("This quotation is {state}; it stays as it is.").format(state=state), "error", bell=True
            )
        return not self._open

    # --- goods -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move in the lines."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def action_enter(self) -> None:
        """Enter adds what was typed; with nothing typed it opens the line."""
        if self.query_one("#code", Entry).value.strip():
            self.flow(self._add(self.query_one("#code", Entry).value))
        else:
            self._open_line()

    def on_table_chosen(self) -> None:
        """A click on a line."""
        self._open_line()

    def take_scan(self, code: str) -> bool:
        """Add what was scanned."""
        if not self._open:
            return False
        self.flow(self._add(code))
        return True

    def do_add(self) -> None:
        """Add what is typed, or go where to type it."""
        self.query_one("#code", Entry).focus()
        if self.query_one("#code", Entry).value.strip():
            self.action_enter()
        else:
            self.say(_("Type a code, a barcode or a name and press Enter; 12*1001 adds twelve."))

    async def _add(self, typed: str) -> None:
        if self._refuse_closed():
            return
        quantity, code = times_typed(typed)
        thousandths = parse_thousandths(quantity)
        if thousandths <= 0:
            self.say(_("Write how many; to leave the goods out, take the line out."), "error", bell=True)
            return
        product_id = await self._find(code)
        if product_id is None:
            return
        answer = await self.fetch(GetProduct(product_id=product_id), ProductFound)
        if answer is None:
            return
        self.query_one("#code", Entry).value = ""
        self._change(self._draft.with_product(answer.product, thousandths))
        here = next(i for i, line in enumerate(self._draft.lines) if line.product_id == product_id)
        self.table.go_to(str(here))

    async def _find(self, code: str) -> ProductId | None:
        answer = await self.fetch(FindProducts(text=code[:100], limit=_SEVERAL), ProductHits)
        if answer is None:
            return None
        exact = [hit for hit in answer.hits if code in (hit.code, hit.barcode)]
        if len(exact) == 1 or len(answer.hits) == 1:
            return (exact or list(answer.hits))[0].product_id
        if not answer.hits:
            self.say(_("No goods fit “{text}”. Try fewer letters.").format(text=code), "error", bell=True)
            return None
        choices = [(str(hit.product_id), product_words(hit.code, hit.name)) for hit in answer.hits]
        chosen = await self.app.push_screen_wait(Picker(choices))
        return ProductId(int(chosen)) if chosen else None

    def _open_line(self) -> None:
        row = self.table.current
        if row is None or self._refuse_closed():
            return
        place = int(row.key)
        draft = self._draft

        def take(line: QuotedLine) -> None:
            self._change(draft.with_line(place, line))

        self.app.push_screen(line_dialog(draft.lines[place], self.console.currency, take))

    def do_remove(self) -> None:
        """Take the line out."""
        row = self.table.current
        if row is not None and not self._refuse_closed():
            self._change(self._draft.with_line(int(row.key), None))

    def do_off_all(self) -> None:
        """A percentage off everything."""
        if not self._refuse_closed():
            self.app.push_screen(off_dialog(lambda off: self._change(self._draft.all_off(off))))

    # --- head, saving, approval --------------------------------------------------------------------

    @property
    def _today(self) -> date:
        return self.console.clock().astimezone(self.console.zone).date()

    def do_head(self) -> None:
        """For whom, until when, and the note."""
        if not self._refuse_closed():
            self.app.push_screen(head_dialog(self, self._draft, self._today, self._change))

    async def do_save(self) -> None:
        """Have it stored."""
        if self._refuse_closed():
            return
        if not self._draft.customer or self._draft.valid_until is None:
            if not self._draft.lines:
                self.say(self._draft.missing(), "error", bell=True)
                return
            dialog = head_dialog(self, self._draft, self._today, self._change)
            if await self.app.push_screen_wait(dialog) is None:
                return
        if missing := self._draft.missing():
            self.say(missing, "error", bell=True)
            return
        answer = await self.fetch(SaveQuotation(quotation=self._draft.view()), QuotationFound)
        if answer is not None:
            await self._take(answer.quotation)
            words = _("Saved as {number}. It can be sold when it is approved.")
            self.say(words.format(number=answer.quotation.number), "good")

    def _stored(self) -> QuotationView | None:
        """Return what is in the books; or say that it has to be saved first."""
        if self._draft.known is None or self.changed:
            self.say(_("Save it first."), "warning", bell=True)
            return None
        return self._draft.known

    async def do_approve(self) -> None:
        """Let it be sold."""
        known = self._stored()
        if known is None or known.quotation_id is None:
            return
        if known.state is not QuotationState.DRAFT:
            state = _(STATES[known.state])
            self.say(
                _("Only a draft is approved; this one is {state}.").format(state=state), "error", bell=True
            )
            return
        request = ApproveQuotation(quotation_id=known.quotation_id, version=known.version)
        answer = await self.fetch(request, QuotationFound)
        if answer is not None:
            await self._take(answer.quotation)
            words = _("Approved. It can be sold at the till until {day}.")
            self.say(words.format(day=answer.quotation.valid_until.isoformat()), "good")

    def do_give_up(self) -> None:
        """Cancel it, with a reason."""
        known = self._stored()
        if known is None or self._refuse_closed():
            return

        def done(answer: Answer | None) -> None:
            if isinstance(answer, QuotationFound):
                self.flow(self._given_up(answer.quotation))

        self.app.push_screen(give_up_dialog(self, known), done)

    async def _given_up(self, quotation: QuotationView) -> None:
        await self._take(quotation)
        self.say(_("Given up; it stays in the list."), "good")

    async def do_paper(self) -> None:
        """Show what is printed."""
        known = self._stored()
        if known is None or known.quotation_id is None:
            return
        answer = await self.fetch(PrintQuotation(quotation_id=known.quotation_id), QuotationPaper)
        if answer is not None:
            self.app.push_screen(PaperScreen(answer.paper, "prices"))

    def do_sale(self) -> None:
        """Show the sale that it became."""
        known = self._draft.known
        if known is None or known.sale_id is None:
            self.say(_("It has not been sold."), "warning", bell=True)
        else:
            self.app.push_screen(SaleScreen(known.sale_id))
