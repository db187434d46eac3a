"""The saved filters: list whom one finds, change it, forget it."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.profiles import DeleteSegment, ListSegments, MemberFilter, Segments, SegmentView
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.members.filter_looking import EVERYBODY
from terminal_app.console.members.filter_names import ask_names
from terminal_app.console.members.filter_screen import SavedFilterScreen
from terminal_app.console.members.filter_words import Names, sentence
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

_ALL = ""
"""The key of the row for everybody; segments have a name."""


class SegmentsScreen(SubPage[MemberFilter]):
    """Gives the filter of the segment that was chosen."""

    PLACES = ("shell", "segments", "removable")
    TITLE_WORDS = N_("Members › Segments")
    HERE = "members"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = "SegmentsScreen #sentence { height: 3; }"
    BINDINGS = [*bindings_for("segments", "removable")]

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._segments: dict[str, SegmentView] = {}
        self._names = Names()

    def body(self) -> Iterable[Widget]:
        """The list, and the whole sentence of the row under the cursor."""
        yield Words(N_("Enter lists the members of a segment. A new one: filter the list, then save it."),
                    classes="info")  # fmt: skip
        yield Table([Column(N_("Name"), 24), Column(N_("Whom it finds"), least=30)])
        yield Words(self._sentence, id="sentence")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListSegments(), Segments)
        if answer is None:
            return
        self._segments = {segment.name: segment for segment in answer.segments}
        filters = [segment.filter for segment in answer.segments]
        self._names = await ask_names(self, filters, self._names)
        rows = [TableRow(_ALL, (_("(everybody)"), self._reading(EVERYBODY)))]
        rows += [TableRow(each.name, (each.name, self._reading(each.filter))) for each in answer.segments]
        self.table.show(rows)

    def _reading(self, wanted: MemberFilter) -> str:
        return sentence(wanted, self._names, self.money) + _(".")

    def _current(self) -> SegmentView | None:
        row = self.table.current
        return self._segments.get(row.key) if row is not None else None

    def _sentence(self) -> str:
        segment = self._current()
        return self._reading(segment.filter if segment is not None else EVERYBODY)

    @on(Table.Moved)
    def moved(self) -> None:
        """Show the whole sentence."""
        self.query_one("#sentence").refresh(layout=True)

    def on_table_chosen(self) -> None:
        """List its members."""
        segment = self._current()
        self.dismiss(segment.filter if segment is not None else EVERYBODY)

    def do_change(self) -> None:
        """Change whom it finds."""
        segment = self._current()
        if segment is None:
            self.app.bell()
            return

        def changed(wanted: MemberFilter | None) -> None:
            if wanted is not None:
                self.say(_("Saved: {name}.").format(name=segment.name), "good")
                self.do_reload()

        self.app.push_screen(SavedFilterScreen(segment.filter, segment=segment.name), changed)

    def do_remove(self) -> None:
        """Forget it, after a question."""
        segment = self._current()
        if segment is None:
            self.app.bell()
            return

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._remove(segment.name))

        words = _("Forget the segment “{name}”? Members are not touched.").format(name=segment.name)
        self.console.question(words, go, yes=_("Forget"))

    async def _remove(self, name: str) -> None:
        if await self.fetch(DeleteSegment(name=name), Segments) is not None:
            self.say(_("Removed: {name}.").format(name=name), "good")
            await self.load()
