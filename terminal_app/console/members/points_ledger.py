"""The points of a member: what ends when, every row with the balance after it, adjustments, paper."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.widget import Widget

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.base import Answer, Fact
from protocol.messages.members import MemberView
from protocol.messages.points import (
    GetPointsStatement,
    PointsLotView,
    PointsMoved,
    PointsRowView,
    PointsSlip,
    PointsStatement,
    PrintPointsStatement,
)
from protocol.messages.sales import BasketState, GetSale
from terminal_app.actions import bindings_for
from terminal_app.console.chart import share_bar
from terminal_app.console.frame import SubPage
from terminal_app.console.members.points_ledger_adjust import AdjustDialog
from terminal_app.console.members.profile_words import ended_words
from terminal_app.console.paper import PaperScreen
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.words import Words

_PAGE_ROWS = 100
_LOTS_SHOWN = 5
_KINDS_OF_SALES = ("earn", "spend", "referral_share", "refund_earned", "refund_spent")


def lot_lines(lots: tuple[PointsLotView, ...], width: int) -> list[str]:
    """Return what is left by its last day as bars, the soonest first; the last line has all later ones."""
    shown = lots if len(lots) <= _LOTS_SHOWN else lots[: _LOTS_SHOWN - 1]
    later = lots[len(shown) :]
    parts = [(_lot_words(lot), lot.points) for lot in shown]
    if later:
        parts.append((_("later"), sum(lot.points for lot in later)))
    most = max((points for _words, points in parts), default=0)
    room = max(4, width - 30)
    return [
        f"{fit(words, 16)} {right(f'{points:,}', 9)}  {share_bar(points, most, room)}"
        for words, points in parts
    ]


def _lot_words(lot: PointsLotView) -> str:
    return lot.expires_on.isoformat() if lot.expires_on is not None else _("no last day")


class PointsLedgerScreen(SubPage[bool]):
    """Gives True when points were given or taken."""

    PLACES = ("shell", "points_ledger")
    HERE = "members"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for("points_ledger")]
    DEFAULT_CSS = "PointsLedgerScreen #lots { height: auto; padding: 0 1 1 1; }"

    def __init__(self, member: MemberView) -> None:
        """Show the points of a member."""
        super().__init__()
        self._member = member
        self._statement: PointsStatement | None = None
        self._oldest: int | None = None
        self._more = False
        self._touched = False
        self._rows: dict[str, PointsRowView] = {}

    @property
    def member_id(self) -> MemberId:
        """Whose points they are."""
        return self._member.member_id

    @property
    def table(self) -> Table:
        """The rows."""
        return self.query_one(Table)

    def title_words(self) -> str:
        """Return whose points they are."""
        words = _("Members › {number} {name} › Points")
        return words.format(number=self._member.number, name=self._member.name)

    def body(self) -> Iterable[Widget]:
        """Balance and lots, and the ledger below."""
        yield Words(self._lots_words, id="lots")
        yield Table(
            [
                Column(N_("Date"), 10),
                Column(N_("What"), least=16, share=2),
                Column(N_("Points"), 8, right=True),
                Column(N_("Balance"), 9, right=True),
                Column(N_("Receipt or reason"), least=18, share=3),
                Column(N_("Who"), 10, optional=True),
            ],
            empty=N_("No points yet."),
        )

    def _lots_words(self) -> str:
        statement = self._statement
        if statement is None:
            return _("One moment…")
        balance = f"{statement.balance:,}"
        if statement.balance < 0:
            return _("Balance {points}: below zero, won back from the next earnings.").format(points=balance)
        head = _("Balance {points}").format(points=balance)
        if statement.worth_minor:
            worth = self.money(statement.worth_minor)
            head = _("Balance {points}, worth {worth} at the till").format(points=balance, worth=worth)
        if not statement.lots:
            return head
        width = max(40, min(90, self.query_one("#lots").size.width - 2))
        return "\n".join(
            [_("{balance}. Left by last day:").format(balance=head), *lot_lines(statement.lots, width)]
        )

    async def load(self) -> None:
        """Ask for the balance and the latest rows."""
        request = GetPointsStatement(member_id=self.member_id, limit=_PAGE_ROWS)
        answer = await self.fetch(request, PointsStatement)
        if answer is not None:
            self._show(answer)

    def _show(self, answer: PointsStatement) -> None:
        self._statement = answer
        self.table.show([self._row(row) for row in answer.rows])
        self._note_end(answer)
        self.query_one("#lots").refresh(layout=True)

    def _note_end(self, answer: PointsStatement) -> None:
        self._more = answer.more
        self._oldest = answer.rows[-1].row_id if answer.rows else None

    def _row(self, row: PointsRowView) -> TableRow:
        self._rows[str(row.row_id)] = row
        tone: Tone = "bad" if row.balance < 0 else "warn" if row.points < 0 else ""
        cells = (
            row.business_date.isoformat(),
            row.words,
            f"{row.points:+,}",
            f"{row.balance:,}",
            row.reference,
            row.operator,
        )
        return TableRow(str(row.row_id), cells, tone)

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get older rows."""
        if self._more and self._oldest is not None:
            self.background_task(partial(self._older, self._oldest))

    async def _older(self, before: int) -> None:
        request = GetPointsStatement(member_id=self.member_id, before_row=before, limit=_PAGE_ROWS)
        answer = await self.fetch(request, PointsStatement)
        if answer is not None and self._oldest == before:
            self.table.append([self._row(row) for row in answer.rows])
            self._note_end(answer)

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Open the sale that a row names by its receipt."""
        self.flow(self._open_sale(self._rows[event.row.key]))

    async def _open_sale(self, row: PointsRowView) -> None:
        if not row.reference or row.kind not in _KINDS_OF_SALES:
            self.say(_("This row belongs to no receipt."))
            return
        found = await self.fetch(GetSale(receipt_number=row.reference), BasketState)
        if found is not None and found.basket is None:
            self.say(_("This row belongs to no receipt."))
        elif found is not None and found.basket is not None:
            self.app.push_screen(SaleScreen(found.basket.sale_id))

    def store_fact(self, fact: Fact) -> None:
        """A till moved points of this member."""
        if isinstance(fact, PointsMoved) and fact.member_id == self.member_id:
            self.reload_soon()

    def action_back(self) -> None:
        """Go back, and tell whether something was changed."""
        self.dismiss(self._touched or None)

    def do_adjust(self) -> None:
        """Give points by hand or take them."""
        if self._statement is None:
            return
        if words := ended_words(self._member):
            self.say(words, "error", bell=True)
            return

        def done(answer: Answer | None) -> None:
            if isinstance(answer, PointsStatement):
                self._touched = True
                words = _("Adjusted; the balance is {points} now.")
                self.say(words.format(points=f"{answer.balance:,}"), "good")
                self.do_reload()

        dialog = AdjustDialog(self.console, self.member_id, self._statement.balance)
        self.app.push_screen(dialog, done)

    async def do_paper(self) -> None:
        """Show the statement as paper, which can be saved as text."""
        slip = await self.fetch(PrintPointsStatement(member_id=self.member_id), PointsSlip)
        if slip is not None:
            self.app.push_screen(PaperScreen(slip.slip, "members"))
