"""The members page: search as one types, list by a filter, open one to see everything."""

from asyncio import sleep
from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from protocol.identifiers import MemberId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Fact, Refused
from protocol.messages.members import (
    FindMembers,
    MemberChanged,
    MemberHits,
    MemberRegistered,
    MemberStateChanged,
    MemberTierChanged,
)
from protocol.messages.profiles import ClassCounts, CountClasses, MemberFilter, MemberRows
from protocol.permissions import Permission
from terminal_app.actions import bindings_for
from terminal_app.console.members.filter_looking import EVERYBODY, Looking
from terminal_app.console.members.filter_names import ask_names
from terminal_app.console.members.filter_rows import COLUMNS, HIT_COLUMNS, hit_rows, table_rows
from terminal_app.console.members.filter_words import Names, sentence
from terminal_app.console.members.members_doors import MembersDoors
from terminal_app.console.table import Table
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_HITS = 100
_PAUSE_S = 0.08
"""Between the last key and the question: one question per word, not per letter."""
_BEGIN_ROWS = 400
_HELD_ROWS = 20_000
"""So many rows are got without the person going to the end of the list: some megabytes."""


class MembersPage(MembersDoors):
    """The members of the store."""

    PLACES = ("shell", "console", "members")
    TITLE_WORDS = N_("Members")
    HERE = "members"
    AUTO_FOCUS = "#search"
    BINDINGS = [
        *bindings_for(*PLACES),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
        Binding("ctrl+home", "edge(-1)", show=False, priority=True),
        Binding("ctrl+end", "edge(1)", show=False, priority=True),
        Binding("enter", "open", show=False, priority=True),
        Binding("escape", "clear", show=False),
    ]

    def __init__(self) -> None:
        """Begin with what was listed last."""
        super().__init__()
        self._run: object | None = None
        """The walk that goes on; None: none does."""
        self._stopped = False
        self._wanted = _BEGIN_ROWS
        self._hits: int | None = None
        """So many were found by the search line; None: the list stands by the filter."""
        self._more_hits = False
        self._names = Names()

    def body(self) -> Iterable[Widget]:
        """A line to type in, and the list."""
        with Horizontal(classes="search"):
            yield Words(N_("Search"), classes="search-label")
            yield Entry(id="search")
        yield Words(self._filter_words, classes="info", id="filter")
        yield Words(self._info_words, classes="info", id="info")
        yield Table(COLUMNS, empty=N_("Nobody fits."))

    @property
    def _may_list(self) -> bool:
        return self.console.may(Permission.EDIT_MEMBERS)

    def on_mount(self) -> None:
        """The list is moved through from the search line, and never takes the keys itself."""
        self.looking = Looking(self.console.last_member_filter)
        self.table.can_focus = False
        if self._may_list:
            self.background_task(self._learn_members, group="members")

    async def _learn_members(self) -> None:
        """Learn how many members there are: only to say how far a filter has looked."""
        answer = await self.ask(CountClasses(), ClassCounts)
        if not isinstance(answer, Refused):
            self.members = answer.without_sale + sum(count.members for count in answer.counts)

    # --- asking -----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Ask anew; what is shown stays until there is as much of the new."""
        if self.typed or not self._may_list:
            await self._find(0)
        else:
            await self._look(Looking(self.looking.filter))

    async def _find(self, offset: int) -> None:
        """Search by what was typed."""
        self._run = None
        answer = await self.fetch(FindMembers(text=self.typed, limit=_HITS, offset=offset), MemberHits)
        if answer is None:
            return
        rows = hit_rows(answer.hits)
        self._more_hits = answer.more
        if offset:
            self.table.append(rows)
        else:
            self.table.columns = HIT_COLUMNS
            self.table.show(rows, keep=self._hits is not None)
        self._hits = offset + len(rows)
        self._tell()

    async def _look(self, looking: Looking) -> None:
        """Look for members until there are enough, or to the end."""
        before, mine = self.looking, object()
        anew = looking is not before or self._hits is not None
        shown = len(self.table.rows) if anew and self._hits is None else 0
        self.looking, self._run, self._stopped = looking, mine, False
        try:
            self._names = await ask_names(self, [looking.filter], self._names)
            while not looking.complete and not self._enough():
                answer = await self.ask(looking.request(), MemberRows)
                if isinstance(answer, Refused):
                    self.refused(answer)
                    self._stopped = True
                    break
                looking.take(answer)
                if not anew:
                    self.table.append(table_rows(answer.rows, self.money))
                elif looking.complete or len(looking.rows) >= max(1, shown):
                    self._show_list()
                    anew = False
                self._tell()
            if anew and not self._stopped:
                self._show_list()
                anew = False
        finally:
            if self._run is mine:
                self._run = None
                if anew and shown:  # stopped before there was as much of the new: the old list stays
                    self.looking = before
            self._tell()

    def _show_list(self) -> None:
        keep = self._hits is None
        self._hits = None
        self.table.columns = COLUMNS
        self.table.show(table_rows(self.looking.rows, self.money), keep=keep)

    def _enough(self) -> bool:
        """Return whether what is there will do for now. A filter looks on: how many fit is to be known."""
        most = self._wanted if self.looking.filter == EVERYBODY else max(self._wanted, _HELD_ROWS)
        return len(self.looking.rows) >= most

    def _tell(self) -> None:
        if self.is_mounted:
            for widget in self.query("#filter, #info"):
                widget.refresh(layout=True)

    def _filter_words(self) -> str:
        if self._hits is not None:
            return _("Search among all active members, whatever the filter")
        return sentence(self.looking.filter, self._names, self.money)

    def _info_words(self) -> str:
        parts = []
        if self._hits is not None:
            count = self._hits
            parts.append(ngettext("{count} member", "{count} members", count).format(count=f"{count:,}"))
            if self._more_hits:
                parts.append(_("more below"))
        else:
            parts += [self._count_words(len(self.table.rows)), self._state_words()]
        parts.append(_("Enter opens"))
        return " · ".join(part for part in parts if part)

    def _count_words(self, count: int) -> str:
        if self.looking.filter == EVERYBODY and count < self.members and not self.looking.complete:
            return _("{count} of about {members} shown").format(
                count=f"{count:,}", members=f"{self.members:,}"
            )
        return ngettext("{count} member", "{count} members", count).format(count=f"{count:,}")

    def _state_words(self) -> str:
        if self.looking.complete:
            return ""
        if self._run is not None:
            percent = self.looking.fraction_ppm(self.members) // 10_000
            return _("looking on… {percent} % (Esc stops)").format(percent=percent)
        return _("stopped: there may be more") if self._stopped else _("more below")

    @on(Input.Changed, "#search")
    def search_changed(self) -> None:
        """Ask when the person pauses."""
        self.background_task(self._search_soon)

    async def _search_soon(self) -> None:
        await sleep(_PAUSE_S)
        await self.load()
        self.table.action_edge(-1)

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get the next rows as the person scrolls."""
        if self._hits is not None:
            if self._more_hits:
                self.background_task(partial(self._find, self._hits))
        elif not self.looking.complete and self._run is None:
            self._wanted = len(self.looking.rows) + _BEGIN_ROWS
            self.background_task(partial(self._look, self.looking))

    def store_fact(self, fact: Fact) -> None:
        """Ask again when members change; not while a filter still looks, it would never come to its end."""
        news = (MemberRegistered, MemberChanged, MemberStateChanged, MemberTierChanged)
        if isinstance(fact, news) and self._run is None:
            self.reload_soon()

    def show_filter(self, wanted: MemberFilter | None) -> None:
        """List whom a filter finds; None leaves all as it is."""
        if wanted is None:
            return
        self._wanted = _BEGIN_ROWS
        self.table.show([], keep=False)
        self.looking = Looking(wanted)
        self.console.last_member_filter = wanted
        entry = self.query_one("#search", Entry)
        with entry.prevent(Input.Changed):
            entry.value = ""
        self.background_task(self.load)

    # --- keys -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Move in the list."""
        self.table.action_move(by)

    def action_page(self, by: int) -> None:
        """Move by a window."""
        self.table.action_page(by)

    def action_edge(self, by: int) -> None:
        """Go to the first row, or to the last that is there."""
        self.table.action_edge(by)

    def action_clear(self) -> None:
        """Esc: empty the search line; else stop looking."""
        if self.typed:
            self.query_one("#search", Entry).value = ""
        elif self._run is not None:
            self._stopped = True
            self.workers.cancel_group(self, "load")

    def take_scan(self, code: str) -> bool:
        """Search for the card or member code that was scanned."""
        self.query_one("#search", Entry).value = code
        return True

    def take_card(self, uid: str) -> bool:
        """Search for the card."""
        return self.take_scan(uid)

    def action_open(self) -> None:
        """Open the profile."""
        row = self.table.current
        if row is not None:
            self.open_profile(MemberId(int(row.key)))

    def on_table_chosen(self) -> None:
        """A click on the member."""
        self.action_open()
