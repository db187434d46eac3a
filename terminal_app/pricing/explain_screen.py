"""Why does it cost that? One line or the whole sale, each rule in the order in which it worked."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding

from protocol.identifiers import SaleId
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.offers import ExplainSale, SaleExplained
from protocol.messages.sales import BasketState, BasketView, GetSale, LineView
from terminal_app.place import Place
from terminal_app.refunds.numbers import is_receipt_number
from terminal_app.screens.form import Asked, Form
from terminal_app.widgets.cells import fit
from terminal_app.widgets.explanation import Explained, ExplanationBoard
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words


class ExplainScreen(Place[None]):
    """Asks and draws; nothing of the sale can be changed here."""

    DEFAULT_CSS = """
    ExplainScreen { layout: vertical; background: $background; }
    #explain-head { height: 1; background: $panel; color: $primary; text-style: bold; padding: 0 1; }
    #explain-sub { height: 2; color: $quiet; padding: 0 2; }
    #explanation { height: 1fr; }
    ExplainScreen #notice { min-height: 1; padding: 0 1; }
    #explain-keys { height: auto; background: $panel; padding: 0 1; }
    """
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("enter", "leave", show=False, priority=True),
        Binding("tab", "whole", show=False, priority=True),
        Binding("left", "other(-1)", show=False, priority=True),
        Binding("right", "other(1)", show=False, priority=True),
        Binding("up", "read(-1)", show=False, priority=True),
        Binding("down", "read(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("f3", "receipt", show=False, priority=True),
    ]

    def __init__(self, sale: BasketView, line: int | None, whole_number: Callable[[str], str]) -> None:
        """Explain a line of a sale, None: the whole sale; `whole_number` completes a typed receipt number."""
        super().__init__()
        self._sale = sale
        self._line = line
        self._shown: tuple[SaleId, int | None] | None = None
        self._whole_number = whole_number

    def compose(self) -> ComposeResult:
        """Head, what it is about, the calculation, the keys."""
        yield Words(N_("Why does it cost that?"), id="explain-head")
        yield Words(self._about, id="explain-sub")
        yield ExplanationBoard()
        yield NoticeLine(id="notice")
        yield Words(
            N_("Tab: line or whole sale  ← →: other line  ↑ ↓: read on  F3: receipt  Esc: back"),
            id="explain-keys",
        )

    @property
    def board(self) -> ExplanationBoard:
        """The calculation."""
        return self.query_one(ExplanationBoard)

    def on_mount(self) -> None:
        """Ask."""
        self.run_worker(self._load(), group="explain", exclusive=True)

    def language_changed(self) -> None:
        """The sentences are the store's."""
        self.on_mount()

    async def _load(self) -> None:
        """Ask why; what was shown stays until the answer is there."""
        sale, line = self._sale, self._line
        answer = await self.shell.store.ask(ExplainSale(sale_id=sale.sale_id, line=line), SaleExplained)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        self.say("")
        same, self._shown = self._shown == (sale.sale_id, line), (sale.sale_id, line)
        whole = line is None
        self.board.explained = Explained(
            answer.explanation,
            sale.currency,
            answer.finished,
            sale.tax_added_minor if whole else 0,
            sale.rounding_minor if whole else 0,
        )
        if not same:
            self.board.to_top()
        self.board.redraw()
        self.query_one("#explain-sub", Words).refresh()

    def _about(self) -> str:
        """Say whose prices these are: the sale, and the line of it."""
        sale = self._sale
        words = _("Receipt {number}").format(number=sale.receipt_number) if sale.receipt_number else ""
        words = words or _("The basket here")
        if sale.member_name:
            words += " · " + " ".join(part for part in (sale.member_name, sale.member_tier_name) if part)
        line = next((each for each in sale.lines if each.line == self._line), None)
        if line is None:
            below = _("The whole sale")
        else:
            below = _("Line {line}: {name}").format(line=line.line, name=line.name)
        width = max(20, self.size.width - 4)
        return f"{fit(words, width)}\n{fit(below, width)}"

    # --- scans ------------------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """A receipt: explain its sale."""
        if not is_receipt_number(code):
            return False
        self.flow(self._find(code))
        return True

    async def _find(self, number: str) -> None:
        number = self._whole_number(number.strip().upper())
        answer = await self.shell.store.ask(GetSale(receipt_number=number), BasketState)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        elif answer.basket is None:
            self.say(_("There is no receipt {number}.").format(number=number), "error", bell=True)
        else:
            self._sale, self._line = answer.basket, None
            await self._load()

    # --- keys -------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Back."""
        self.dismiss(None)

    def action_receipt(self) -> None:
        """Ask for the number of a receipt."""
        self.flow(self._ask_receipt())

    async def _ask_receipt(self) -> None:
        form = Form(
            N_("Why does it cost that?"),
            [Asked(N_("Receipt number"))],
            hint=lambda: _("The number stands on the receipt; its barcode can be scanned."),
        )
        values = await self.app.push_screen_wait(form)
        if values and values[0]:
            await self._find(values[0])

    def action_whole(self) -> None:
        """Tab: the whole sale, or the line again."""
        lines = self._lines()
        if self._line is not None:
            self._line = None
        elif lines:
            self._line = lines[0].line
        self.on_mount()

    def action_other(self, by: int) -> None:
        """The line before or after this one."""
        numbers = [line.line for line in self._lines()]
        if not numbers:
            return
        if self._line in numbers:
            at = max(0, min(numbers.index(self._line) + by, len(numbers) - 1))
        else:
            at = 0 if by > 0 else -1
        self._line = numbers[at]
        self.on_mount()

    def action_read(self, by: int) -> None:
        """Scroll."""
        self.board.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll by a window."""
        self.board.scroll_lines(by * max(1, self.board.body_height - 1))

    def _lines(self) -> list[LineView]:
        return [line for line in self._sale.lines if not line.voided]
