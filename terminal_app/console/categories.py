"""The category tree: add, rename, move, remove."""

from protocol.identifiers import CategoryId
from protocol.language import N_, _
from protocol.messages.base import Answer, Done
from protocol.messages.catalogue import (
    Categories,
    CategorySaved,
    CategoryView,
    DeleteCategory,
    ListCategories,
    SaveCategory,
)
from protocol.messages.taxes import ListTaxRates, TaxRates
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.prices.tax_words import rate_words, tax_choices
from terminal_app.console.table import Column, TableRow


def category_choices(categories: tuple[CategoryView, ...], none: str) -> tuple[tuple[str, str], ...]:
    """Return the tree as choices for a field; the first one means: none."""
    return ("", none), *((str(c.category_id), c.path) for c in categories)


class CategoriesScreen(ListScreen):
    """The tree as a list, children indented below their parents."""

    TITLE_WORDS = N_("Products › Categories")
    HERE = "products"
    PLACES = ("shell", "rows", "removable")
    BINDINGS = [*bindings_for("removable")]
    COLUMNS = (
        Column(N_("Category"), share=3, least=20),
        Column(N_("Goods"), 8, right=True),
        Column(N_("Tax of its own"), 20),
    )
    EMPTY = N_("There are no categories yet.")

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._categories: dict[str, CategoryView] = {}
        self._taxes = TaxRates(rates=())

    async def load(self) -> None:
        """Ask for the tree."""
        answer = await self.fetch(ListCategories(), Categories)
        taxes = await self.fetch(ListTaxRates(), TaxRates)
        if answer is None or taxes is None:
            return
        self._taxes = taxes
        self._categories = {str(c.category_id): c for c in answer.categories}
        depth: dict[CategoryId | None, int] = {None: -1}
        rows = []
        for c in answer.categories:
            depth[c.category_id] = depth.get(c.parent_id, -1) + 1
            mark = "  " * depth[c.category_id] + ("└ " if c.parent_id is not None else "")
            tax = rate_words(taxes.rates, c.tax) if c.tax else ""
            rows.append(TableRow(str(c.category_id), (mark + c.name, str(c.product_count), tax)))
        self.table.show(rows)

    def edit(self, row: TableRow | None) -> None:
        """Open the dialog; a new one begins below the category under the cursor."""
        category = self._categories[row.key] if row else None
        parent = category.parent_id if category else None
        if category is None and self.table.current:
            parent = CategoryId(int(self.table.current.key))
        tree = tuple(self._categories.values())
        tax = category.tax if category else ""
        fields = [
            Field("name", N_("Name"), required=True),
            Field("parent_id", N_("Below"), Kind.CHOICE, choices=category_choices(tree, _("(at the top)"))),
            Field("tax", N_("Tax"), Kind.CHOICE, choices=tax_choices(self._taxes.rates, tree, parent, tax)),
        ]

        async def save(values: dict[str, Value]) -> Answer:
            request = SaveCategory(
                category_id=category.category_id if category else None,
                name=str(values["name"]),
                parent_id=CategoryId(int(str(values["parent_id"]))) if values["parent_id"] else None,
                tax=str(values["tax"] or ""),
            )
            return await self.ask(request, CategorySaved)

        title = _("Change the category {name}").format(name=category.name) if category else _("New category")
        start: dict[str, Value] = {
            "name": category.name if category else "",
            "parent_id": str(parent) if parent else "",
            "tax": tax,
        }
        self.then_reload(
            FormDialog(title, fields, start, save), lambda a: _("Saved: {name}.").format(name=a.category.path)
        )

    def do_remove(self) -> None:
        """Remove the category, after a question."""
        row = self.table.current
        if row is None:
            return
        category = self._categories[row.key]

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._remove(category))

        self.console.question(
            _("Remove the category “{name}”?").format(name=category.path), go, yes=_("Remove")
        )

    async def _remove(self, category: CategoryView) -> None:
        if await self.fetch(DeleteCategory(category_id=category.category_id), Done):
            self.say(_("Removed: {name}.").format(name=category.path), "good")
            await self.load()
