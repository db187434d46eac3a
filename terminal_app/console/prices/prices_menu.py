"""The page of prices: what there is to set up, each part in words; Enter or its key opens it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.widget import Widget

from protocol.language import N_, _
from terminal_app.actions import ACTIONS, bindings_for, key_words
from terminal_app.console.frame import Page, SubPage
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the prices; its key is the action `prices.<key>`, whose sentence says what it is for."""

    key: str
    open: Callable[[], SubPage[Any]]

    @property
    def action(self) -> str:
        """The name of its action."""
        return f"prices.{self.key}"


def _offers() -> SubPage[Any]:
    from terminal_app.console.prices.offers_page import OffersPage  # noqa: PLC0415  # when first shown

    return OffersPage()


def _price_list() -> SubPage[Any]:
    from terminal_app.console.prices.price_list_screen import PriceListScreen  # noqa: PLC0415

    return PriceListScreen()


def _coupons() -> SubPage[Any]:
    from terminal_app.console.prices.coupon_list import CouponBatchesScreen  # noqa: PLC0415

    return CouponBatchesScreen()


def _quotations() -> SubPage[Any]:
    from terminal_app.console.prices.quotation_list import QuotationsScreen  # noqa: PLC0415

    return QuotationsScreen()


def _taxes() -> SubPage[Any]:
    from terminal_app.console.prices.tax_screen import TaxScreen  # noqa: PLC0415

    return TaxScreen()


def _rounding() -> SubPage[Any]:
    from terminal_app.console.prices.rounding_screen import RoundingScreen  # noqa: PLC0415

    return RoundingScreen()


PARTS: tuple[Part, ...] = (
    Part("offers", _offers),
    Part("price_list", _price_list),
    Part("coupons", _coupons),
    Part("quotations", _quotations),
    Part("taxes", _taxes),
    Part("rounding", _rounding),
)
"""The parts in the order in which they are listed."""


class PricesPage(Page):
    """The parts of the prices."""

    PLACES = ("shell", "console", "prices")
    TITLE_WORDS = N_("Prices")
    HERE = "prices"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = "PricesPage #sentence { height: 3; padding: 0 1; }"
    BINDINGS = [*bindings_for(*PLACES)]

    def body(self) -> Iterable[Widget]:
        """The parts, and the whole sentence of the one under the cursor."""
        columns = (
            Column(N_("Part"), 20),
            Column(N_("Opens with"), 10),
            Column(N_("What it is for"), least=30),
        )
        yield Table(columns)
        yield Words(self._sentence, id="sentence")

    def _sentence(self) -> str:
        row = self.query_one(Table).current
        return row.cells[2] if row else ""

    @on(Table.Moved)
    def moved(self) -> None:
        """Say the whole of what the cursor is on."""
        self.query_one("#sentence").refresh(layout=True)

    async def load(self) -> None:
        """List the parts; nothing has to be asked for."""
        rows = []
        for part in PARTS:
            action = ACTIONS[part.action]
            key = key_words(self.keymap().get(action.name, action.key))
            rows.append(TableRow(part.key, (_(action.label), key, _(action.explanation))))
        self.query_one(Table).show(rows)

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Open the part."""
        self._open(event.row.key)

    def _open(self, key: str) -> None:
        part = next(part for part in PARTS if part.key == key)
        self.app.push_screen(part.open())

    def perform(self, name: str) -> None:
        """Carry out an action; `prices.<part>` opens the part."""
        if any(part.action == name for part in PARTS):
            self._open(name.partition(".")[2])
        else:
            super().perform(name)
