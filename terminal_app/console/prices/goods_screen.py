"""Which goods: all or some, by category and by product, with exceptions; added by search or by scanning."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from protocol.identifiers import CategoryId, ProductId
from protocol.language import N_, _
from protocol.messages.catalogue import FindProducts, ProductHits
from protocol.offer import GoodsRange
from terminal_app.actions import bindings_for
from terminal_app.console.fields import ProductField
from terminal_app.console.frame import SubPage
from terminal_app.console.picker import Picker
from terminal_app.console.prices.offer_names import OfferNames
from terminal_app.console.product_picker import ProductPicker, product_words
from terminal_app.console.table import Column, Table, TableRow

_ALL, _WEIGHED = "all", "weighed"
_LISTS = ("categories", "products", "except_categories", "except_products")
_OTHER = {
    "categories": "except_categories",
    "products": "except_products",
    "except_categories": "categories",
    "except_products": "products",
}


class GoodsScreen(SubPage[GoodsRange]):
    """Gives the range."""

    PLACES = ("shell", "goods")
    HERE = "prices"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for("goods"), Binding("space", "flip_box", show=False)]

    def __init__(self, goods: GoodsRange, names: OfferNames, title: str) -> None:
        """`title` in the language of the screen; `names` learns what goods are called that are added."""
        super().__init__()
        self._before = goods
        self._goods = goods
        self._names = names
        self._title = title

    def title_words(self) -> str:
        """Return what is chosen."""
        return self._title

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Table((Column("", 12), Column(N_("Which goods"), least=30)))

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    @property
    def changed(self) -> bool:
        """True: leaving would lose what was chosen."""
        return self._goods != self._before

    async def load(self) -> None:
        """Show the range; what a scan does is said once."""
        self._show()
        if not self.changed:
            self.say(_("Scan goods to add them. Space changes a yes or no, F9 makes an exception."))

    def _show(self) -> None:
        rows = [
            TableRow(_ALL, ("", _box(self._goods.all_goods) + _("All goods"))),
            TableRow(
                _WEIGHED,
                ("", _box(self._goods.weighed_counts) + _("A weighed line counts as one piece")),
            ),
        ]
        for name in _LISTS:
            excepted = name.startswith("except")
            if self._goods.all_goods and not excepted:
                continue
            for number in getattr(self._goods, name):
                is_category = name.endswith("categories")
                words = self._names.category(number) if is_category else self._names.product(number)
                kind = _("category") if is_category else _("product")
                mark = "– " + _("except") if excepted else "+ " + kind
                tone = "warn" if excepted else ""
                text = f"{words}  ({kind})" if excepted else words
                rows.append(TableRow(f"{name}:{number}", (mark, text), tone))  # type: ignore[arg-type]
        self.table.show(rows)

    # --- keys -------------------------------------------------------------------------------------

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Enter on a yes or no changes it."""
        self.action_flip_box()

    def action_flip_box(self) -> None:
        """Change a yes or no."""
        row = self.table.current
        if row is not None and row.key == _ALL:
            self._change(all_goods=not self._goods.all_goods)
        elif row is not None and row.key == _WEIGHED:
            self._change(weighed_counts=not self._goods.weighed_counts)

    def _change(self, **fields: object) -> None:
        self._goods = GoodsRange.model_validate({**self._goods.model_dump(), **fields})
        self._show()

    def _add(self, kind: str, number: int) -> None:
        """Take goods in; where all are in, they are an exception."""
        name = f"except_{kind}" if self._goods.all_goods else kind
        others = {key: tuple(n for n in getattr(self._goods, key) if n != number) for key in (_OTHER[name],)}
        present = getattr(self._goods, name)
        self._change(**others, **{name: present if number in present else (*present, number)})
        self.table.go_to(f"{name}:{number}")
        words = self._names.product(number) if kind == "products" else self._names.category(number)
        said = _("Not this: {goods}.") if name.startswith("except") else _("Added: {goods}.")
        self.say(said.format(goods=words), "good")

    def do_add(self) -> None:
        """Search for a product."""
        found = ProductField(())

        def take(value: str | None) -> None:
            if value:
                self._names.products[int(value)] = dict(found.choices).get(value, f"#{value}")
                self._add("products", ProductId(int(value)))

        self.app.push_screen(ProductPicker(found), take)

    def do_category(self) -> None:
        """Choose a category."""

        def take(value: str | None) -> None:
            if value:
                self._add("categories", CategoryId(int(value)))

        choices = [(str(number), path) for number, path in self._names.categories.items()]
        if not choices:
            self.say(_("There are no categories yet."), "error", bell=True)
            return
        self.app.push_screen(Picker(choices), take)

    def take_scan(self, code: str) -> bool:
        """Add what was scanned."""
        self.flow(self._scanned(code))
        return True

    async def _scanned(self, code: str) -> None:
        answer = await self.fetch(FindProducts(text=code[:100], limit=5, on_sale_only=False), ProductHits)
        if answer is None:
            return
        exact = [hit for hit in answer.hits if code in (hit.code, hit.barcode)] or list(answer.hits)
        if not exact:
            self.say(_("No goods fit “{text}”. Try fewer letters.").format(text=code), "error", bell=True)
            return
        hit = exact[0]
        self._names.products[hit.product_id] = product_words(hit.code, hit.name)
        self._add("products", hit.product_id)

    @property
    def _here(self) -> tuple[str, int] | None:
        row = self.table.current
        if row is None or ":" not in row.key:
            return None
        name, _colon, number = row.key.partition(":")
        return name, int(number)

    def do_remove(self) -> None:
        """Take it off the list."""
        if self._here is None:
            self.app.bell()
            return
        name, number = self._here
        self._change(**{name: tuple(n for n in getattr(self._goods, name) if n != number)})

    def do_flip(self) -> None:
        """Make an exception of it, or take it in."""
        if self._here is None:
            self.app.bell()
            return
        name, number = self._here
        other = _OTHER[name]
        if self._goods.all_goods and name.startswith("except"):
            self.say(_("All goods are in already; remove the exception instead."), "warning", bell=True)
            return
        kept = tuple(n for n in getattr(self._goods, name) if n != number)
        self._change(**{name: kept, other: (*getattr(self._goods, other), number)})
        self.table.go_to(f"{other}:{number}")

    def do_take(self) -> None:
        """Go back with the range."""
        self.dismiss(self._goods)


def _box(yes: bool) -> str:
    return "[x] " if yes else "[ ] "
