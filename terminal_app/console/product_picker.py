"""A dialog to find one product of a whole store, by whatever people know of it."""

from __future__ import annotations

from asyncio import sleep
from typing import TYPE_CHECKING, cast

from textual.widgets import Input

from protocol.language import N_
from protocol.messages.catalogue import FindProducts, ProductHit, ProductHits
from terminal_app.console.fields import ChoiceField
from terminal_app.console.picker import Picker
from terminal_app.console.table import Column, Table, TableRow

if TYPE_CHECKING:
    from terminal_app.console.app import ConsoleApp

_PAUSE_S = 0.08
"""Between the last key and the question."""
_MOST = 50


def product_words(code: str, name: str) -> str:
    """Return a product as it stands in a field."""
    return f"{code}  {name}"


class ProductPicker(Picker):
    """Type code, barcode, name, pinyin or initials. What is taken is written into the field's words."""

    PLACEHOLDER = N_("Code, barcode, name, pinyin or initials")
    COLUMNS = (Column(N_("Code"), 13), Column(N_("Name"), least=20), Column(N_("Category"), 14))

    def __init__(self, field: ChoiceField) -> None:
        """`field` gets the words of the product; a first choice without a value stays: none."""
        super().__init__(field.choices, field.text)
        self._field = field
        self._hits: dict[str, ProductHit] = {}

    def on_mount(self) -> None:
        """Show the first goods."""
        self._ask_soon("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search when the person pauses."""
        self._ask_soon(event.value)

    def _ask_soon(self, text: str) -> None:
        self.run_worker(self._find(text), group="find", exclusive=True)

    async def _find(self, text: str) -> None:
        await sleep(_PAUSE_S)
        console = cast("ConsoleApp", self.app)
        request = FindProducts(text=text.strip()[:100], limit=_MOST, on_sale_only=False)
        answer = await console.store.ask(request, ProductHits)
        if not isinstance(answer, ProductHits):
            return
        self._hits = {str(hit.product_id): hit for hit in answer.hits}
        rows = [TableRow(key, (hit.code, hit.name, hit.category)) for key, hit in self._hits.items()]
        none = next((words for value, words in self._choices if not value), None)
        if none is not None and not text.strip():
            rows.insert(0, TableRow("", ("–", none, "")))
        table = self.query_one(Table)
        table.show(rows)
        if not text.strip():
            table.go_to(self._present)

    def action_take(self) -> None:
        """Take the row, and let the field know what it is called."""
        row = self.query_one(Table).current
        if row is None:
            return
        hit = self._hits.get(row.key)
        if hit is not None:
            none = tuple(choice for choice in self._field.choices if not choice[0])
            self._field.choices = (*none, (row.key, product_words(hit.code, hit.name)))
        self.dismiss(row.key)
