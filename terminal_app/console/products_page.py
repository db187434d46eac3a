"""The products page: search as one types, narrow by category, open one to change it."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from protocol.identifiers import CategoryId, ProductId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Fact
from protocol.messages.catalogue import (
    Categories,
    FindProducts,
    ListCategories,
    ProductChanged,
    ProductHit,
    ProductHits,
)
from protocol.messages.stock import StockCorrected
from protocol.quantity import format_thousandths
from terminal_app.actions import bindings_for
from terminal_app.console.categories import CategoriesScreen
from terminal_app.console.extra_fields import ExtraFieldsScreen
from terminal_app.console.frame import Page
from terminal_app.console.patterns import PatternsScreen
from terminal_app.console.picker import Picker
from terminal_app.console.product_screen import ProductScreen
from terminal_app.console.stock_screen import StockScreen
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100
_PAUSE_S = 0.08
"""Between the last key and the question: one question per word, not per letter."""
_ALL = "-"


class ProductsPage(Page):
    """The goods of the store."""

    PLACES = ("shell", "console", "products")
    TITLE_WORDS = N_("Products")
    HERE = "products"
    AUTO_FOCUS = "#search"
    BINDINGS = [
        *bindings_for(*PLACES),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
        Binding("escape", "clear", show=False),
    ]

    def __init__(self) -> None:
        """Begin with what was last searched for."""
        super().__init__()
        self._hits: list[ProductHit] = []
        self._more = False
        self._category: tuple[CategoryId | None, str] = (None, "")
        self._on_sale_only = True

    def body(self) -> Iterable[Widget]:
        """A line to type in, and the list."""
        with Horizontal(classes="search"):
            yield Words(N_("Search"), classes="search-label")
            yield Entry(self.console.last_search, id="search")
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column(N_("Code"), 14),
                Column(N_("Name"), least=16, share=3),
                Column(N_("Price"), 10, right=True),
                Column(N_("Unit"), 5, optional=True),
                Column(N_("Stock"), 9, right=True),
                Column(N_("Barcode"), 14, optional=True),
                Column(N_("Category"), least=10, optional=True),
            ],
            empty=N_("Nothing fits. Try fewer letters, or press the key for goods that are off sale too."),
        )

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def on_mount(self) -> None:
        """The list is moved through from the search line, and never takes the keys itself."""
        self.table.can_focus = False

    def _info_words(self) -> str:
        parts = [
            _("Category: {name}").format(name=self._category[1])
            if self._category[1]
            else _("All categories"),
            _("on sale only") if self._on_sale_only else _("off sale too"),
        ]
        count = len(self._hits)
        if self._more:
            parts.append(_("{count} shown, more below").format(count=count))
        else:
            parts.append(ngettext("{count} product", "{count} products", count).format(count=count))
        parts.append(_("Enter opens"))
        return " · ".join(parts)

    # --- asking -----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Search anew; as many rows as are on the screen now, so that the cursor keeps its place."""
        await self._find(0, min(200, max(_PAGE_ROWS, len(self._hits))))

    async def _find(self, offset: int, limit: int) -> None:
        request = FindProducts(
            text=self.query_one("#search", Entry).value.strip()[:100],
            limit=limit,
            offset=offset,
            category_id=self._category[0],
            on_sale_only=self._on_sale_only,
        )
        answer = await self.fetch(request, ProductHits)
        if answer is None:
            return
        rows = [self._row(hit) for hit in answer.hits]
        self._more = answer.more
        if offset:
            self._hits.extend(answer.hits)
            self.table.append(rows)
        else:
            self._hits = list(answer.hits)
            self.table.show(rows)
        self.query_one("#info").refresh()

    def _row(self, hit: ProductHit) -> TableRow:
        name = hit.name if hit.on_sale else _("(off sale) {name}").format(name=hit.name)
        cells = (
            hit.code,
            name,
            self.money(hit.price_minor),
            hit.unit,
            format_thousandths(hit.stock_thousandths),
            hit.barcode,
            hit.category,
        )
        tone: Tone = "quiet" if not hit.on_sale else "warn" if hit.stock_thousandths < 0 else ""
        return TableRow(str(hit.product_id), cells, tone)

    @on(Input.Changed, "#search")
    def search_changed(self, event: Input.Changed) -> None:
        """Ask when the person pauses."""
        self.console.last_search = event.value
        self.background_task(self._search_soon)

    async def _search_soon(self) -> None:
        from asyncio import sleep  # noqa: PLC0415  # the one wait here, cancelled by the next key

        await sleep(_PAUSE_S)
        await self._find(0, _PAGE_ROWS)
        self.table.action_edge(-1)

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get the next rows as the person scrolls."""
        if self._more:
            self.background_task(partial(self._find, len(self._hits), _PAGE_ROWS))

    def store_fact(self, fact: Fact) -> None:
        """Prices and stock are shown: ask again when they change."""
        if isinstance(fact, (ProductChanged, StockCorrected)):
            self.reload_soon()

    # --- keys -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def action_clear(self) -> None:
        """Esc: empty the search line."""
        self.query_one("#search", Entry).value = ""

    def take_scan(self, code: str) -> bool:
        """Search for what was scanned."""
        self.query_one("#search", Entry).value = code
        return True

    def action_open(self) -> None:
        """Open the product."""
        row = self.table.current
        if row is not None:
            self.app.push_screen(ProductScreen(ProductId(int(row.key))))

    def on_table_chosen(self) -> None:
        """A click on the product."""
        self.action_open()

    def do_new(self) -> None:
        """Add one; what was searched for without success is probably its barcode or name."""
        self.app.push_screen(
            ProductScreen(None, "" if self._hits else self.query_one("#search", Entry).value)
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
            self.background_task(partial(self._find, 0, _PAGE_ROWS))

    def do_off_sale(self) -> None:
        """Show goods that are off sale, or not."""
        self._on_sale_only = not self._on_sale_only
        self.background_task(partial(self._find, 0, _PAGE_ROWS))

    def do_stock(self) -> None:
        """Show the moves of the product."""
        row = self.table.current
        if row is not None:
            self.app.push_screen(StockScreen(ProductId(int(row.key)), row.cells[1]))

    def do_categories(self) -> None:
        """Edit the tree."""
        self.app.push_screen(CategoriesScreen())

    def do_extra_fields(self) -> None:
        """Edit the shop's own fields."""
        self.app.push_screen(ExtraFieldsScreen())

    def do_patterns(self) -> None:
        """Edit the in-store barcodes."""
        self.app.push_screen(PatternsScreen())
