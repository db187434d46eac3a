"""The price list: all prices of all goods, changed one by one in a dialog or many at once by a promotion."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from protocol.identifiers import CategoryId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Fact
from protocol.messages.catalogue import Categories, ListCategories, ProductChanged
from protocol.messages.members import ListTiers, Tiers
from protocol.messages.prices import ListTierPrices, PriceRow, PriceRows, TierPricesChanged
from protocol.permissions import Permission
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.picker import Picker
from terminal_app.console.prices.price_list_dialog import PriceSaving
from terminal_app.console.prices.price_list_prices import (
    SHOWN,
    SIFTED,
    Show,
    belongs,
    row_words,
    when_words,
)
from terminal_app.console.prices.price_list_promotion import PreviewScreen, PromotionAsking
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100
_PIECE = 500
_MOST_CHOSEN = 5000
_ALL = "-"


class PriceListScreen(SubPage[None]):
    """Goods with their prices, by code."""

    PLACES = ("shell", "price_list")
    TITLE_WORDS = N_("Prices › Price list")
    HERE = "prices"
    AUTO_FOCUS = "#search"
    DEFAULT_CSS = "PriceListScreen #sentence { height: 2; padding: 0 1; }"
    BINDINGS = [
        *bindings_for("price_list"),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
    ]

    def __init__(self) -> None:
        """Begin with all goods."""
        super().__init__()
        self._rows: dict[str, PriceRow] = {}
        self._chosen: dict[str, PriceRow] = {}
        self._tiers: dict[int, str] = {}
        self._show = Show.ALL
        self._category: tuple[CategoryId | None, str] = (None, "")
        self._more = False
        self._offset = 0

    def body(self) -> Iterable[Widget]:
        """A line to type in, the list, and all prices of the row under the cursor."""
        with Horizontal(classes="search"):
            yield Words(N_("Search"), classes="search-label")
            yield Entry(id="search")
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column("", 1),
                Column(N_("Code"), 13),
                Column(N_("Name"), least=14, share=3),
                Column(N_("Unit"), 5, optional=True),
                Column(N_("Market price"), 12, right=True, optional=True),
                Column(N_("Selling"), 9, right=True),
                Column(N_("Promotion"), 9, right=True),
                Column(N_("Holds"), 15),
                Column(N_("Tiers"), 5, right=True, optional=True),
            ],
            empty=N_("Nothing fits. Try fewer letters, or another choice of goods."),
        )
        yield Words(self._sentence, id="sentence")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    @property
    def changed(self) -> bool:
        """Choosing is not typing: nothing is lost by leaving."""
        return False

    def on_mount(self) -> None:
        """The list is moved through from the search line."""
        self.table.can_focus = False

    def _info_words(self) -> str:
        parts = [_(SHOWN[self._show])]
        if self._category[1]:
            parts.append(_("Category: {name}").format(name=self._category[1]))
        if self._more:
            parts.append(_("{count} shown, more below").format(count=len(self._rows)))
        else:
            count = len(self._rows)
            parts.append(ngettext("{count} product", "{count} products", count).format(count=count))
        if self._chosen:
            parts.append(_("{count} chosen").format(count=len(self._chosen)))
        return " · ".join(parts)

    @property
    def _here(self) -> PriceRow | None:
        current = self.table.current
        return self._rows.get(current.key) if current else None

    def _sentence(self) -> str:
        row = self._here
        if row is None:
            return ""
        return row_words(row, self._tiers, self.console.currency, self.console.zone, self.console.clock())

    @on(Table.Moved)
    def moved(self) -> None:
        """Say all prices of what the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)

    # --- asking -----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Ask anew; for the names of the tiers once."""
        if not self._tiers:
            tiers = await self.fetch(ListTiers(), Tiers)
            self._tiers = {tier.tier: tier.name for tier in tiers.tiers} if tiers else {}
        await self._find(0, min(_PIECE, max(_PAGE_ROWS, len(self._rows))))

    def _request(self, offset: int, limit: int) -> ListTierPrices:
        return ListTierPrices(
            text=self.query_one("#search", Entry).value.strip()[:100],
            category_id=self._category[0],
            with_tier_price=self._show is Show.TIERS,
            in_promotion=self._show is Show.PROMOTION or self._show in SIFTED,
            limit=limit,
            offset=offset,
        )

    async def _find(self, offset: int, limit: int = _PAGE_ROWS) -> None:
        sifted = self._show in SIFTED
        answer = await self.fetch(self._request(offset, _PIECE if sifted else limit), PriceRows)
        if answer is None:
            return
        found = list(answer.rows)
        self._offset = offset + len(answer.rows)
        while sifted and answer.more:  # few goods are on promotion: all are looked through
            answer = await self.fetch(self._request(self._offset, _PIECE), PriceRows)
            if answer is None:
                return
            found += answer.rows
            self._offset += len(answer.rows)
        now = self.console.clock()
        found = [row for row in found if belongs(row, self._show, now)]
        self._more = answer.more
        if not offset:
            self._rows = {}
        self._rows |= {str(row.product_id): row for row in found}
        self._chosen |= {key: self._rows[key] for key in self._chosen if key in self._rows}
        if offset:
            self.table.append([self._row(row) for row in found])
        else:
            self.table.show([self._row(row) for row in found])
        self.query_one("#info").refresh()

    def _row(self, row: PriceRow) -> TableRow:
        key = str(row.product_id)
        now = self.console.clock()
        cells = (
            "✓" if key in self._chosen else "",
            row.code,
            row.name,
            row.unit,
            self.money(row.market_minor),
            self.money(row.selling_minor),
            self.money(row.promotional_minor),
            when_words(row.promotion_from, row.promotion_until, self.console.zone),
            str(len(row.tier_prices)) if row.tier_prices else "",
        )
        tone: Tone = "good" if row.promotion_active else ""
        if belongs(row, Show.SOON, now):
            tone = "warn"
        elif belongs(row, Show.OVER, now):
            tone = "quiet"
        return TableRow(key, cells, tone)

    def _redraw(self) -> None:
        self.table.show([self._row(row) for row in self._rows.values()])
        self.query_one("#info").refresh()

    @on(Input.Changed, "#search")
    def search_changed(self) -> None:
        """Ask for what fits."""
        self.background_task(partial(self._find, 0))

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get more."""
        if self._more:
            self.background_task(partial(self._find, self._offset))

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed a price."""
        if isinstance(fact, (ProductChanged, TierPricesChanged)):
            self.reload_soon()

    def take_scan(self, code: str) -> bool:
        """Search for what was scanned."""
        self.query_one("#search", Entry).value = code
        return True

    # --- keys -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def on_table_chosen(self) -> None:
        """A click."""
        self.action_open()

    def _may_change(self) -> bool:
        """Return whether the operator may change prices; else say so."""
        if self.console.may(Permission.EDIT_PRODUCTS):
            return True
        self.say(_("Prices are changed by those who may change products."), "error", bell=True)
        return False

    def action_open(self) -> None:
        """Change the prices of the product."""
        row = self._here
        if row is None or not self._may_change():
            return

        def done(answer: Answer | None) -> None:
            if answer is not None:
                self.say(_("Saved: {name}.").format(name=row.name), "good")
                self.do_reload()

        self.app.push_screen(PriceSaving(self, row, self._tiers).dialog(), done)

    def do_show(self) -> None:
        """Choose which goods are listed."""

        def take(value: str | None) -> None:
            if value is not None:
                self._show = Show(value)
                self.background_task(partial(self._find, 0))

        self.app.push_screen(
            Picker([(s.value, _(words)) for s, words in SHOWN.items()], self._show.value), take
        )

    async def do_category(self) -> None:
        """Narrow to a category."""
        answer = await self.fetch(ListCategories(), Categories)
        if answer is None:
            return
        choices = [(_ALL, _("All categories"))]
        choices += [(str(c.category_id), f"{c.path} ({c.product_count})") for c in answer.categories]
        chosen = await self.app.push_screen_wait(Picker(choices, str(self._category[0] or _ALL)))
        if chosen is not None:
            names = {str(c.category_id): c.path for c in answer.categories}
            self._category = (None, "") if chosen == _ALL else (CategoryId(int(chosen)), names[chosen])
            self.background_task(partial(self._find, 0))

    def do_choose(self) -> None:
        """Choose the goods under the cursor, or drop them; go on to the next."""
        row = self._here
        if row is None:
            self.app.bell()
            return
        key = str(row.product_id)
        if self._chosen.pop(key, None) is None:
            self._chosen[key] = row
        self._redraw()
        self.table.action_move(1)

    async def do_choose_all(self) -> None:
        """Choose all that are listed, also those further below; once more drops all."""
        if self._rows and all(key in self._chosen for key in self._rows):
            self._chosen = {}
            self._redraw()
            return
        while self._more and len(self._rows) < _MOST_CHOSEN:
            before = len(self._rows)
            await self._find(self._offset, _PIECE)
            if len(self._rows) == before:
                break
        self._chosen |= self._rows
        self._redraw()

    def do_promote(self) -> None:
        """Set or end a promotion for the chosen goods; with none chosen, for those under the cursor."""
        rows = list(self._chosen.values()) or ([self._here] if self._here else [])
        if not rows or not self._may_change():
            self.app.bell()
            return

        def took(asking: PromotionAsking) -> None:
            if asking.promotion is not None:
                self.app.push_screen(PreviewScreen(rows, asking.promotion), back)

        def back(changed: bool | None) -> None:
            if changed:
                self._chosen = {}
            self.do_reload()

        asking = PromotionAsking(self, len(rows))
        self.app.push_screen(asking.dialog(), lambda _answer: took(asking))
