"""What the flows of the member's screen share: what is known of the member, and asking for it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from protocol.identifiers import MemberId
from protocol.language import _
from protocol.messages.base import Answer, Command, Refused
from protocol.messages.cards import Cards, ListCards
from protocol.messages.members import MemberView
from protocol.messages.points import GetPointsStatement, PointsRowView, PointsStatement
from protocol.messages.profiles import GetMemberPanel, MemberPanel
from terminal_app.checkout.flow_base import FlowBase
from terminal_app.checkout.till import Till
from terminal_app.members.points_once import Once
from terminal_app.screens.form import Asked, Check, Form, Values, Wrong

A = TypeVar("A", bound=Answer)

PIECE = 50
"""So many rows of the ledger are asked for at once."""


class OneMember(FlowBase):
    """One member. What is shown came from the store; None until it did."""

    def __init__(self, till: Till, member_id: MemberId) -> None:
        """Know nothing yet."""
        super().__init__()
        self.till = till
        self.member_id = member_id
        self.panel: MemberPanel | None = None
        self.full: MemberView | None = None
        """The whole profile, after a look that is in the journal."""
        self.cards: Cards | None = None
        self.points: PointsStatement | None = None
        self.ledger: tuple[PointsRowView, ...] = ()
        """The rows that came so far, latest first."""
        self.older = False
        """True: the store has older rows."""
        self.once = Once(self.shell)

    def typed_text(self) -> str:
        """Nothing is typed on this screen itself."""
        return ""

    def redraw(self) -> None:
        """Show what is known."""
        raise NotImplementedError

    async def load(self) -> None:
        """Ask for everything; what cannot be had is said, and what was there stays."""
        trouble = [words for words in (await self._ask_panel(), await self._ask_rest()) if words]
        self.redraw()
        if trouble:
            self.say(trouble[0], "error", bell=True)

    async def known(self) -> bool:
        """Return whether the member is known; ask again where the store was away, and say if it still is."""
        if self.panel is None or self.cards is None or self.points is None:
            await self.load()
        return self.panel is not None and self.cards is not None and self.points is not None

    async def _ask_panel(self) -> str:
        panel = await self.shell.store.ask(GetMemberPanel(member_id=self.member_id), MemberPanel)
        if isinstance(panel, Refused):
            return panel.explanation
        self.panel = panel
        if self.full is not None and self.full.version != panel.member.version:
            self.full = None  # somebody changed it: what was seen is not what is known now
        return ""

    async def _ask_rest(self) -> str:
        cards = await self.shell.store.ask(ListCards(member_id=self.member_id), Cards)
        if isinstance(cards, Refused):
            return cards.explanation
        self.cards = cards
        request = GetPointsStatement(member_id=self.member_id, limit=PIECE)
        points = await self.shell.store.ask(request, PointsStatement)
        if isinstance(points, Refused):
            return points.explanation
        self.take_points(points)
        return ""

    async def look_again(self) -> None:
        """Ask for the facts beside cards and points, after something changed them."""
        await self._ask_panel()
        self.redraw()

    def take_points(self, statement: PointsStatement) -> None:
        """Show the points after something moved them."""
        self.points = statement
        self.ledger, self.older = statement.rows, statement.more
        self.redraw()

    def take_cards(self, cards: Cards) -> None:
        """Show the cards after something happened to them."""
        self.cards = cards
        self.redraw()

    async def ask_older(self) -> None:
        """Ask for the rows of the ledger before the oldest that is here."""
        if not self.older or not self.ledger:
            return
        request = GetPointsStatement(member_id=self.member_id, before_row=self.ledger[-1].row_id, limit=PIECE)
        answer = await self.shell.store.ask(request, PointsStatement)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        self.ledger, self.older = (*self.ledger, *answer.rows), answer.more
        self.redraw()

    async def fill_in(
        self,
        title: str,
        asked: tuple[Asked, ...],
        save: Callable[[Values], Awaitable[A | Refused]],
        fields: tuple[str, ...],
        check: Check | None = None,
        hint: Callable[[], str] | None = None,
    ) -> A | None:
        """Ask for lines until the store takes them or the cashier leaves; a refusal costs no typing.

        `fields` are the names of the lines in the request, so that a refusal stands where it belongs.
        """
        trouble: Wrong | None = None
        while True:
            given = await self.app.push_screen_wait(Form(title, asked, check, hint, trouble))
            if given is None:
                return None
            answer = await save(given)
            if not isinstance(answer, Refused):
                return answer
            line = fields.index(answer.field) if answer.field in fields else 0
            trouble = Wrong(line, answer.explanation)
            asked = tuple(replace(line, value=value) for line, value in zip(asked, given, strict=True))

    def say_unanswered(self) -> None:
        """After a dialog was left: say when the store may have done what was asked, unheard."""
        if self.once.unanswered:
            text = _("It is not known whether that was carried out. Look here again when the store is back.")
            self.say(text, "warning", bell=True)

    async def order(self, request: Command, expected: type[A]) -> A | None:
        """Order something, once; a refusal is said on this screen and becomes None."""
        answer = await self.once.order(request, expected)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return None
        return answer

    @property
    def called(self) -> str:
        """What the member is called, or the word for one."""
        return (self.panel.member.name if self.panel is not None else "") or _("this member")
