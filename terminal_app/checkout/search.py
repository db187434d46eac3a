"""Search with results while one types: name, pinyin, initials, code, a part of a barcode."""

import asyncio
from collections.abc import Iterable

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.catalogue import FindProducts, ProductHit, ProductHits
from protocol.money import format_minor
from protocol.quantity import format_thousandths
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece

_LIMIT = 50


class SearchDialog(Dialog[ProductHit]):
    """Gives the chosen product. An answer that is older than the newest question is not shown."""

    TITLE_WORDS = N_("Search")
    KEY_WORDS = N_("↑ ↓: choose   Enter: sell it   Esc: back")
    CSS_PATH = "search.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
    ]

    def __init__(self, text: str, currency: str) -> None:
        """Begin with this text."""
        super().__init__()
        self._text = text
        self._currency = currency
        self._asked = 0
        self._shown = 0
        self._accept_when_found = False

    def body(self) -> Iterable[Widget]:
        """A line to type in, and what was found."""
        yield Field(N_("Name, pinyin, code"), id="wanted", value=self._text)
        yield ChoiceList[ProductHit](self._draw, empty=self._empty, heading=self._heading, id="hits")

    def on_mount(self) -> None:
        """Search at once for what was typed before."""
        if self._text:
            self._ask(self._text)

    @on(Input.Changed, "#wanted")
    def typed(self, event: Input.Changed) -> None:
        """Ask for every new text; nobody waits for the earlier answers."""
        self._ask(event.value.strip())

    def take_scan(self, code: str) -> bool:
        """A scan is what is searched for."""
        self.query_one("#wanted", Entry).value = code
        return True

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)

    def accept(self) -> None:
        """Take the chosen one; when the newest answer is still out, wait for it."""
        if self._shown < self._asked:
            self._accept_when_found = True
            return
        choice = self.query_one(ChoiceList).choice
        if isinstance(choice, ProductHit):
            self.dismiss(choice)
        else:
            self.app.bell()

    def _ask(self, text: str) -> None:
        self._asked += 1
        if text:
            self.run_worker(self._search(text, self._asked), group="search")
        else:
            self._show((), self._asked)

    async def _search(self, text: str, number: int) -> None:
        answer = await self.shell.store.ask(FindProducts(text=text, limit=_LIMIT), ProductHits)
        if number <= self._shown or not self.is_mounted:
            return
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error")
            self._show((), number)
            return
        more = _("There are more; type on.") if answer.more else ""
        self.say(more)
        self._show(answer.hits, number)

    def _show(self, hits: tuple[ProductHit, ...], number: int) -> None:
        self._shown = number
        self.query_one(ChoiceList).offer(hits)
        if self._accept_when_found and self._shown == self._asked:
            self._accept_when_found = False
            asyncio.get_running_loop().call_soon(self.accept)

    def _empty(self) -> str:
        wanted = self.query_one("#wanted", Entry).value.strip()
        return _("Nothing is called “{text}”.").format(text=wanted) if wanted else _("Type a few letters.")

    def _heading(self, width: int) -> list[Piece]:
        return [
            (fit(_("Code"), 14), "quiet"),
            (fit(_("Item"), width - 37), "quiet"),
            (right(_("Price"), 11), "quiet"),
            (right(_("Stock"), 11) + " ", "quiet"),
        ]

    def _draw(self, hit: ProductHit, width: int) -> list[Piece]:
        return [
            (fit(hit.code, 13) + " ", "quiet"),
            (fit(hit.name, width - 37), ""),
            (right(format_minor(hit.price_minor, self._currency), 11), "strong"),
            (right(f"{format_thousandths(hit.stock_thousandths)} {hit.unit}".strip(), 11) + " ", "quiet"),
        ]
