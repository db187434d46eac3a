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
from protocol.money import format_minor
from protocol.permissions import Permission
from terminal_app.actions import bindings_for
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.frame import Page
from terminal_app.console.list_transfer import Cancelled, OnProgress, Stopped, WasCancelled
from terminal_app.console.members.filter_export import export_filter
from terminal_app.console.members.filter_looking import EVERYBODY, Looking
from terminal_app.console.members.filter_names import ask_names
from terminal_app.console.members.filter_rows import COLUMNS, HIT_COLUMNS, hit_rows, table_rows
from terminal_app.console.members.filter_words import Names, sentence
from terminal_app.console.progress_dialog import ProgressDialog
from terminal_app.console.spreadsheet_files import CannotWrite
from terminal_app.console.table import Table
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words

_HITS = 100
_PAUSE_S = 0.08
"""Between the last key and the question: one question per word, not per letter."""
_BEGIN_ROWS = 400
_HELD_ROWS = 20_000
"""So many rows are got without the person going to the end of the list: some megabytes."""


class MembersPage(Page):
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
        """Begin with everybody."""
        super().__init__()
        self._looking = Looking(EVERYBODY)
        self._runs = False
        self._stopped = False
        self._wanted = _BEGIN_ROWS
        self._hits: int | None = None
        """So many were found by the search line; None: the list stands by the filter."""
        self._more_hits = False
        self._members = 0
        """How many the store has; 0: not known yet."""
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
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    @property
    def _text(self) -> str:
        return self.query_one("#search", Entry).value.strip()[:100]

    @property
    def _may_list(self) -> bool:
        return self.console.may(Permission.EDIT_MEMBERS)

    def on_mount(self) -> None:
        """The list is moved through from the search line, and never takes the keys itself."""
        self.table.can_focus = False
        if self._may_list:
            self.background_task(self._learn_members, group="members")

    async def _learn_members(self) -> None:
        """Learn how many members there are: only to say how far a filter has looked."""
        answer = await self.ask(CountClasses(), ClassCounts)
        if not isinstance(answer, Refused):
            self._members = answer.without_sale + sum(count.members for count in answer.counts)

    # --- asking -----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Ask anew; what is shown stays until there is as much of the new."""
        if self._text or not self._may_list:
            await self._find(0)
        else:
            await self._look(Looking(self._looking.filter))

    async def _find(self, offset: int) -> None:
        """Search by what was typed."""
        self._runs = False
        answer = await self.fetch(FindMembers(text=self._text, limit=_HITS, offset=offset), MemberHits)
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
        anew = looking is not self._looking or self._hits is not None
        shown = len(self.table.rows) if anew and self._hits is None else 0
        self._looking, self._runs, self._stopped = looking, True, False
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
            if anew:
                self._show_list()
        finally:
            self._runs = False
            self._tell()

    def _show_list(self) -> None:
        keep = self._hits is None
        self._hits = None
        self.table.columns = COLUMNS
        self.table.show(table_rows(self._looking.rows, self.money), keep=keep)

    def _enough(self) -> bool:
        """Return whether what is there will do for now. A filter looks on: how many fit is to be known."""
        most = self._wanted if self._looking.filter == EVERYBODY else max(self._wanted, _HELD_ROWS)
        return len(self._looking.rows) >= most

    def _tell(self) -> None:
        if self.is_mounted:
            for widget in self.query("#filter, #info"):
                widget.refresh(layout=True)

    def _filter_words(self) -> str:
        if self._hits is not None:
            return _("Search among all active members, whatever the filter")
        return sentence(self._looking.filter, self._names, self.money)

    def _info_words(self) -> str:
        parts = []
        if self._hits is not None:
            count = self._hits
            parts.append(ngettext("{count} member", "{count} members", count).format(count=f"{count:,}"))
            if self._more_hits:
                parts.append(_("more below"))
        else:
            parts += [self._count_words(len(self._looking.rows)), self._state_words()]
        parts.append(_("Enter opens"))
        return " · ".join(part for part in parts if part)

    def _count_words(self, count: int) -> str:
        if self._looking.filter == EVERYBODY and count < self._members and not self._looking.complete:
            return _("{count} of about {members} shown").format(
                count=f"{count:,}", members=f"{self._members:,}"
            )
        return ngettext("{count} member", "{count} members", count).format(count=f"{count:,}")

    def _state_words(self) -> str:
        if self._looking.complete:
            return ""
        if self._runs:
            percent = self._looking.fraction_ppm(self._members) // 10_000
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
        elif not self._looking.complete and not self._runs:
            self._wanted = len(self._looking.rows) + _BEGIN_ROWS
            self.background_task(partial(self._look, self._looking))

    def store_fact(self, fact: Fact) -> None:
        """Ask again when members change; not while a filter still looks, it would never come to its end."""
        news = (MemberRegistered, MemberChanged, MemberStateChanged, MemberTierChanged)
        if isinstance(fact, news) and not self._runs:
            self.reload_soon()

    def show_filter(self, wanted: MemberFilter | None) -> None:
        """List whom a filter finds; None leaves all as it is."""
        if wanted is None:
            return
        self._wanted = _BEGIN_ROWS
        self.table.show([], keep=False)
        self._looking = Looking(wanted)
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
        if self._text:
            self.query_one("#search", Entry).value = ""
        elif self._runs:
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
            self._open(MemberId(int(row.key)))

    def _open(self, member_id: MemberId) -> None:
        from terminal_app.console.members.profile_screen import (  # noqa: PLC0415  # when first needed
            ProfileScreen,
        )

        self.app.push_screen(ProfileScreen(member_id))

    def on_table_chosen(self) -> None:
        """A click on the member."""
        self.action_open()

    def do_new(self) -> None:
        """Register somebody; what was searched for in vain is probably the phone or name."""
        from terminal_app.console.members.new_member import NewMember  # noqa: PLC0415  # when first needed

        def registered(member_id: MemberId | None) -> None:
            if member_id is not None:
                self._open(member_id)

        self.app.push_screen(NewMember("" if self.table.rows else self._text), registered)

    def do_filter(self) -> None:
        """Choose whom to list."""
        from terminal_app.console.members.filter_screen import FilterScreen  # noqa: PLC0415  # as above

        self.app.push_screen(FilterScreen(self._looking.filter), self.show_filter)

    def do_segments(self) -> None:
        """List whom a saved filter finds."""
        from terminal_app.console.members.segments_screen import SegmentsScreen  # noqa: PLC0415  # as above

        self.app.push_screen(SegmentsScreen(), self.show_filter)

    def do_tags(self) -> None:
        """Show tags and what gives them."""
        from terminal_app.console.members.tag_rules_screen import TagsScreen  # noqa: PLC0415  # as above

        self.app.push_screen(TagsScreen(), self.show_filter)

    def do_classes(self) -> None:
        """Show RFM and A/B/C."""
        from terminal_app.console.members.classes_screen import ClassesScreen  # noqa: PLC0415  # as above

        self.app.push_screen(ClassesScreen(), self.show_filter)

    def do_ending(self) -> None:
        """Show whose points end soon."""
        from terminal_app.console.members.warnings_screen import WarningsScreen  # noqa: PLC0415  # as above

        self.app.push_screen(WarningsScreen())

    def do_duplicates(self) -> None:
        """Look for members who may be one person."""
        from terminal_app.console.members.duplicates_screen import (  # noqa: PLC0415  # as above
            DuplicatesScreen,
        )

        self.app.push_screen(DuplicatesScreen(self._members))

    def do_rules(self) -> None:
        """Show the rules of membership."""
        from terminal_app.console.members.rules_menu import RulesMenu  # noqa: PLC0415  # as above

        self.app.push_screen(RulesMenu())

    async def do_export_rows(self) -> None:
        """Write the members whom the filter finds to a file."""
        if self._text:
            words = _("The export writes whom the filter finds. Empty the search line first.")
            self.say(words, "warning", bell=True)
            return
        today = self.console.clock().astimezone(self.console.zone).strftime("%Y%m%d")
        dialog = FileDialog(N_("Export to a file"), f"members-{today}.xlsx", write=True)
        path = await self.app.push_screen_wait(dialog)
        if path is None:
            return

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> int | str:
            wanted, currency = self._looking.filter, self.console.currency
            try:
                return await export_filter(
                    self.console, path, wanted, self._members,
                    lambda amount: format_minor(amount, currency), on_progress, cancelled,
                )  # fmt: skip
            except (CannotWrite, Stopped) as reason:
                return str(reason)
            except WasCancelled:
                return _("Cancelled; no file was written.")

        title = _("Export to {name}").format(name=path.name)
        result = await self.app.push_screen_wait(ProgressDialog[int | str](title, work))
        if isinstance(result, int):
            rows = ngettext("{count} row", "{count} rows", result).format(count=result)
            self.say(_("Written: {path} ({rows}).").format(path=path, rows=rows), "good")
        elif result:
            self.say(result, "error", bell=True)
