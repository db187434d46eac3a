"""The offers of the shop: what each says, where it stands, what it gave; switched, copied, ended here."""

from asyncio import sleep
from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from protocol.identifiers import ProductId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Fact
from protocol.messages.catalogue import FindProducts, ProductHits
from protocol.messages.offers import (
    DeleteOffer,
    ListOffers,
    OfferChanged,
    OfferDeleted,
    OfferFound,
    OfferRemoved,
    OfferRow,
    Offers,
    OfferState,
    SwitchOffer,
)
from protocol.offer import OfferKind, OfferView
from terminal_app.actions import bindings_for
from terminal_app.console.fields import ProductField
from terminal_app.console.frame import SubPage
from terminal_app.console.picker import Picker
from terminal_app.console.prices.offer_kinds import KINDS, STATES, KindScreen, kind_words
from terminal_app.console.prices.tried_basket import TriedDraft
from terminal_app.console.product_picker import ProductPicker, product_words
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100
_PAUSE_S = 0.08
"""Between the last key and the question: one question per word, not per letter."""
_ALL = "-"


class OffersPage(SubPage[None]):
    """All offers, in the order in which they go."""

    PLACES = ("shell", "offers")
    TITLE_WORDS = N_("Prices › Offers")
    HERE = "prices"
    AUTO_FOCUS = "#search"
    DEFAULT_CSS = "OffersPage #sentence { height: 3; padding: 0 1; color: $primary; }"
    BINDINGS = [
        *bindings_for("offers"),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
    ]

    def __init__(self) -> None:
        """Begin with all offers."""
        super().__init__()
        self._rows: list[OfferRow] = []
        self._more = False
        self._kind: OfferKind | None = None
        self._state: OfferState | None = None
        self._product: tuple[ProductId | None, str] = (None, "")
        self._tried = TriedDraft()
        """The basket on which offers are tried; kept from one to the next."""

    def body(self) -> Iterable[Widget]:
        """A line to type in, the list, the sentence of the offer under the cursor."""
        with Horizontal(classes="search"):
            yield Words(N_("Search"), classes="search-label")
            yield Entry(id="search")
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column(N_("Offer"), least=16, share=3),
                Column(N_("Kind"), 14),
                Column(N_("State"), 8),
                Column(N_("Priority"), 8, right=True),
                Column(N_("Group"), 10, optional=True),
                Column(N_("Used"), 7, right=True),
                Column(N_("Has given"), 11, right=True),
            ],
            empty=N_("No offer fits. Esc shows all again, Ctrl+N adds one."),
        )
        yield Words(self._sentence, id="sentence")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def on_mount(self) -> None:
        """The list is moved through from the search line, and never takes the keys itself."""
        self.table.can_focus = False

    @property
    def changed(self) -> bool:
        """Nothing is lost by leaving."""
        return False

    @property
    def _typed(self) -> str:
        return self.query_one("#search", Entry).value.strip()

    def _info_words(self) -> str:
        parts = [
            kind_words(self._kind) if self._kind is not None else _("all kinds"),
            _(STATES[self._state][0]) if self._state is not None else _("in every state"),
        ]
        if self._product[1]:
            parts.append(_("about {goods}").format(goods=self._product[1]))
        count = len(self._rows)
        if self._more:
            parts.append(_("{count} shown, more below").format(count=count))
        else:
            parts.append(ngettext("{count} offer", "{count} offers", count).format(count=count))
        return " · ".join(parts)

    def _sentence(self) -> str:
        here = self._here
        return here.words if here is not None else ""

    @property
    def _here(self) -> OfferRow | None:
        i = self.table.cursor
        return self._rows[i] if self.table.current is not None and i < len(self._rows) else None

    # --- asking -----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Ask for what the filters let through."""
        await self._ask(0)

    async def _ask(self, offset: int) -> None:
        request = ListOffers(
            text=self._typed[:100],
            offer_kind=self._kind,
            state=self._state,
            product_id=self._product[0],
            limit=_PAGE_ROWS,
            offset=offset,
        )
        answer = await self.fetch(request, Offers)
        if answer is None or not self.query(Table):
            return
        self._more = answer.more
        if offset:
            self._rows.extend(answer.offers)
            self.table.append([self._row(row) for row in answer.offers])
        else:
            self._rows = list(answer.offers)
            self.table.show([self._row(row) for row in self._rows])
        for widget in self.query("#info, #sentence"):
            widget.refresh(layout=True)

    def _row(self, row: OfferRow) -> TableRow:
        offer = row.offer
        state, tone = STATES[row.state]
        cells = (
            offer.name, kind_words(offer.kind), _(state), str(offer.priority or ""), offer.exclusive_group,
            f"{row.used:,}" if row.used else "", self.money(row.given_minor) if row.given_minor else "",
        )  # fmt: skip
        return TableRow(str(offer.offer_id), cells, "" if tone == "good" else tone)

    @on(Input.Changed, "#search")
    def search_changed(self) -> None:
        """Ask when the person pauses."""
        self.background_task(self._search_soon)

    async def _search_soon(self) -> None:
        await sleep(_PAUSE_S)
        await self.load()

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get the next rows as the person scrolls."""
        if self._more:
            self.background_task(partial(self._ask, len(self._rows)))

    @on(Table.Moved)
    def moved(self) -> None:
        """Say what the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed an offer."""
        if isinstance(fact, (OfferChanged, OfferDeleted)):
            self.reload_soon()

    # --- filters ----------------------------------------------------------------------------------

    def do_kind(self) -> None:
        """List one kind, or all."""

        def take(value: str | None) -> None:
            if value is not None:
                self._kind = None if value == _ALL else OfferKind(value)
                self.do_reload()

        choices = [(_ALL, _("all kinds")), *((kind.value, kind_words(kind)) for kind in KINDS)]
        self.app.push_screen(Picker(choices, self._kind.value if self._kind else _ALL), take)

    def do_state(self) -> None:
        """List those that stand in one way, or all."""

        def take(value: str | None) -> None:
            if value is not None:
                self._state = None if value == _ALL else OfferState(value)
                self.do_reload()

        choices = [(_ALL, _("in every state")), *((s.value, _(words)) for s, (words, _t) in STATES.items())]
        self.app.push_screen(Picker(choices, self._state.value if self._state else _ALL), take)

    def do_product(self) -> None:
        """List those about one product."""
        found = ProductField((("", _("all goods")),))

        def take(value: str | None) -> None:
            if value is not None:
                words = dict(found.choices).get(value, "") if value else ""
                self._about(ProductId(int(value)) if value else None, words)

        self.app.push_screen(ProductPicker(found), take)

    def _about(self, product_id: ProductId | None, words: str) -> None:
        self._product = (product_id, words)
        self.do_reload()

    def take_scan(self, code: str) -> bool:
        """List the offers about what was scanned."""
        self.flow(self._scanned(code))
        return True

    async def _scanned(self, code: str) -> None:
        answer = await self.fetch(FindProducts(text=code[:100], limit=5, on_sale_only=False), ProductHits)
        hits = answer.hits if answer is not None else ()
        hit = next((hit for hit in hits if code in (hit.code, hit.barcode)), None)
        if hit is not None:
            self._about(hit.product_id, product_words(hit.code, hit.name))
        elif answer is not None:
            self.say(_("No goods fit “{text}”. Try fewer letters.").format(text=code), "error", bell=True)

    @property
    def _filtered(self) -> bool:
        return bool(self._typed or self._kind or self._state or self._product[0])

    def action_back(self) -> None:
        """Esc: all offers again; with all of them there, back."""
        if not self._filtered:
            self.dismiss(None)
            return
        self._kind, self._state, self._product = None, None, (None, "")
        self.query_one("#search", Entry).value = ""
        self.do_reload()

    # --- keys -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def action_open(self) -> None:
        """Change the offer."""
        if self._here is not None:
            self._open(self._here.offer)

    def on_table_chosen(self) -> None:
        """A click on the offer."""
        self.action_open()

    def do_new(self) -> None:
        """Ask for the kind, then open the form."""
        from terminal_app.console.prices.offer_form import new_offer  # noqa: PLC0415  # with the form

        def take(kind: OfferKind | None) -> None:
            if kind is not None:
                self._open(new_offer(kind), blank=True)

        self.app.push_screen(KindScreen(), take)

    def do_copy(self) -> None:
        """Open the form with all that the offer says, as a new one."""
        if self._here is not None:
            name = _("Copy of {name}").format(name=self._here.offer.name)
            self._open(self._here.offer.model_copy(update={"offer_id": None, "version": 0, "name": name}))

    def _open(self, offer: OfferView, *, blank: bool = False) -> None:
        from terminal_app.console.prices.offer_screen import OfferScreen  # noqa: PLC0415  # when first opened

        def done(answer: OfferFound | None) -> None:
            if answer is not None:
                self.say(_("Saved: {name}.").format(name=answer.offer.offer.name), "good")
                self.flow(self._after(answer.offer.offer))

        self.app.push_screen(OfferScreen(offer, self._tried, blank=blank), done)

    async def _after(self, offer: OfferView) -> None:
        await self.load()
        self.table.go_to(str(offer.offer_id))

    def do_switch(self) -> None:
        """Make the offer work, or stop it."""
        if self._here is not None:
            self.flow(self._switch(self._here.offer))

    async def _switch(self, offer: OfferView) -> None:
        if offer.offer_id is None:
            return
        answer = await self.fetch(SwitchOffer(offer_id=offer.offer_id, active=not offer.active), OfferFound)
        if answer is not None:
            on = answer.offer.offer.active
            words = _("“{name}” works from now on.") if on else _("“{name}” is switched off.")
            self.say(words.format(name=offer.name), "good")
            await self.load()

    def do_trial(self) -> None:
        """Look at past sales."""
        if self._here is not None:
            from terminal_app.console.prices.trial_start import start_trial  # noqa: PLC0415  # when first used

            start_trial(self, self._here.offer)

    def do_remove(self) -> None:
        """Delete or end it, after a question."""
        here = self._here
        if here is None:
            return

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._remove(here.offer))

        if here.used:
            words = _("End “{name}” now? It has been used {count} times and stays for the books.")
            words = words.format(name=here.offer.name, count=f"{here.used:,}")
            self.console.question(words, go, yes=_("End it"))
        else:
            words = _("Delete “{name}”? It was never used; nothing of it is left then.")
            self.console.question(words.format(name=here.offer.name), go, yes=_("Delete"))

    async def _remove(self, offer: OfferView) -> None:
        if offer.offer_id is None:
            return
        answer = await self.fetch(DeleteOffer(offer_id=offer.offer_id), OfferRemoved)
        if answer is not None:
            words = _("Deleted: {name}.") if answer.offer is None else _("Ended: {name}.")
            self.say(words.format(name=offer.name), "good")
            await self.load()
