"""Find a member while typing: tail of a phone, number, name, pinyin, initials; or by a card or a code."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.members import FindMembers, MemberHit, MemberHits
from terminal_app.checkout.till import Till
from terminal_app.members.confirm import ConfirmMember
from terminal_app.members.find_holder import holder_of
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece

_LIMIT = 50
_NUMBER, _PHONE, _TIER = 14, 13, 10


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who was not found and wants to be a member."""

    typed: str
    """What was searched for: the beginning of the form."""


class FindDialog(Dialog[MemberHit | Newcomer]):
    """Gives a member whom the cashier confirmed, or a newcomer. Late answers are not shown."""

    TITLE_WORDS = N_("Find a member")
    KEY_WORDS = N_("↑ ↓: choose   Enter: is this the person?   F4: new member   Esc: back")
    CSS_PATH = "find.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("f4", "newcomer", show=False, priority=True),
    ]

    def __init__(self, text: str, till: Till) -> None:
        """Begin with this text, for the till's sale."""
        super().__init__()
        self._text = text
        self._till = till
        self._asked = 0
        self._shown = 0
        self._accept_when_found = False
        self._unanswered = False
        """The store gave no answer to the newest text: nobody knows whether such a member is there."""

    def body(self) -> Iterable[Widget]:
        """A line to type in, and who was found."""
        yield Field(N_("Phone, number, name"), id="wanted", value=self._text)
        yield ChoiceList[MemberHit](self._draw, empty=self._empty, heading=self._heading, id="members")

    def on_mount(self) -> None:
        """Search at once for what was typed before."""
        if self._text:
            self._ask(self._text)

    @on(Input.Changed, "#wanted")
    def typed(self, event: Input.Changed) -> None:
        """Ask for every new text; nobody waits for the earlier answers."""
        self._ask(event.value.strip())

    # --- cards and codes --------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """A scanned member code names its member."""
        self.flow(self._by_token(code, False))
        return True

    def take_card(self, uid: str) -> bool:
        """A card names its member."""
        self.flow(self._by_token(uid, False))
        return True

    def take_random_card(self, uid: str) -> bool:
        """A telephone before the reader is refused in words."""
        self.flow(self._by_token(uid, True))
        return True

    async def _by_token(self, number: str, random_uid: bool) -> None:
        holder = await holder_of(self.shell.store, number, random_uid=random_uid)
        if isinstance(holder, Refused):
            self.say(holder.explanation, "error", bell=True)
        elif not self._till.asks_first(holder) or await self._is_the_person(holder):
            self.dismiss(holder)

    # --- keys -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)

    def action_newcomer(self) -> None:
        """F4: make a member of whom was searched for."""
        if not self.busy:
            self.dismiss(Newcomer(self.query_one("#wanted", Entry).value.strip()))

    def accept(self) -> None:
        """Ask whether the chosen one is the person; when the newest answer is still out, wait for it."""
        if self._shown < self._asked:
            self._accept_when_found = True
            return
        choice = self.query_one(ChoiceList).choice
        if self._unanswered:
            self._ask(self.query_one("#wanted", Entry).value.strip())
        elif isinstance(choice, MemberHit):
            self.flow(self._confirm(choice))
        elif self.query_one("#wanted", Entry).value.strip():
            self.say(_("Nobody was found. F4 makes a new member."), "warning", bell=True)
        else:
            self.app.bell()

    async def _confirm(self, hit: MemberHit) -> None:
        if await self._is_the_person(hit):
            self.dismiss(hit)

    async def _is_the_person(self, hit: MemberHit) -> bool:
        sure: bool | None = await self.app.push_screen_wait(ConfirmMember(hit, self._till.basket))
        return bool(sure)

    # --- the search -------------------------------------------------------------------------------

    def _ask(self, text: str) -> None:
        self._asked += 1
        if text:
            self.run_worker(self._search(text, self._asked), group="search")
        else:
            self._unanswered = False
            self._show((), self._asked)

    async def _search(self, text: str, number: int) -> None:
        answer = await self.shell.store.ask(FindMembers(text=text, limit=_LIMIT), MemberHits)
        if number <= self._shown or not self.is_mounted:
            return
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error")
            self._accept_when_found = False
            self._unanswered = True
            self._show((), number)
            return
        self._unanswered = False
        self.say(_("There are more; type on.") if answer.more else "")
        self._show(answer.hits, number)

    def _show(self, hits: tuple[MemberHit, ...], number: int) -> None:
        self._shown = number
        self.query_one(ChoiceList).offer(hits)
        if self._accept_when_found and self._shown == self._asked:
            self._accept_when_found = False
            asyncio.get_running_loop().call_soon(self.accept)

    # --- drawing ----------------------------------------------------------------------------------

    def _empty(self) -> str:
        wanted = self.query_one("#wanted", Entry).value.strip()
        if not wanted:
            return _("Type a phone's last digits, a number, a name or its initials; or present the card.")
        if self._unanswered:
            return _("“{text}” was not searched for yet. Enter searches again.").format(text=wanted)
        return _("No member fits “{text}”. F4 makes a new member.").format(text=wanted)

    def _heading(self, width: int) -> list[Piece]:
        return self._columns(
            _("Member number"), _("Member name"), _("Phone"), _("Tier"), _("Note"), width, "quiet"
        )

    def _draw(self, hit: MemberHit, width: int) -> list[Piece]:
        return self._columns(hit.number, hit.name, hit.phone, hit.tier_name, hit.note, width, "")

    @staticmethod
    def _columns(
        number: str, name: str, phone: str, tier: str, note: str, width: int, tone: str
    ) -> list[Piece]:
        rest = width - _NUMBER - _PHONE - _TIER
        name_width = max(10, rest // 2)
        return [
            (fit(number, _NUMBER - 1) + " ", "quiet"),
            (fit(name, name_width - 1) + " ", tone or "strong"),
            (fit(phone, _PHONE - 1) + " ", tone),
            (fit(tier, _TIER - 1) + " ", tone),
            (fit(note, rest - name_width), tone or "warning"),
        ]
