"""RFM and A/B/C as a picture: how many members are of which class, what they spend, what to do with them."""

from collections.abc import Iterable

from textual import on
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.profiles import ClassCounts, CountClasses, MemberFilter
from terminal_app.console.frame import SubPage
from terminal_app.console.members.classes_chart import class_rows, filter_of_class, stacked_bars, words_of
from terminal_app.console.table import Column, Table
from terminal_app.widgets.words import Words

_OTHER_CELLS = 49
"""What the columns without bars take, with the gaps."""

_NOT_YET = N_("No daily calculation yet: the classes come with the first business day.")
"""Said when the store has answered, never while it is away."""


class ClassesScreen(SubPage[MemberFilter]):
    """Gives the filter of the class that was chosen."""

    PLACES = ("shell",)
    HERE = "members"
    AUTO_FOCUS = "Table"
    DEFAULT_CSS = """
    ClassesScreen #advice { height: auto; min-height: 2; max-height: 3; }
    ClassesScreen #stack { height: 2; color: $primary; }
    ClassesScreen.-narrow #advice, ClassesScreen.-narrow #stack { padding: 0 1; }
    """

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._counts: ClassCounts | None = None

    def title_words(self) -> str:
        """Return the day of the calculation."""
        title = _("Members › Classes")
        if self._counts is not None and self._counts.business_date:
            title += "   " + _("as of {date}").format(date=self._counts.business_date)
        return title

    def body(self) -> Iterable[Widget]:
        """The eight classes with bars, A/B/C stacked, and what to do with the class under the cursor."""
        yield Table(
            [
                Column(N_("Class"), 14),
                Column(N_("Members"), 9, right=True),
                Column("", least=6),
                Column(N_("Spending"), 13, right=True),
                Column("", least=6),
            ],
        )
        yield Words(self._stack_words, id="stack")
        yield Words(self._advice, id="advice")

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    async def load(self) -> None:
        """Ask for the counts."""
        answer = await self.fetch(CountClasses(), ClassCounts)
        if answer is not None:
            self._counts = answer
            self._draw()

    def _draw(self) -> None:
        counts = self._counts
        self.table.empty = "" if counts is None else _NOT_YET
        if counts is None or not counts.business_date:
            self.table.show([])
        else:
            bar = max(4, (self.table.size.width - _OTHER_CELLS) // 2)
            self.table.show(class_rows(counts, self.money, bar))
        for widget in self.query("#stack, .page-title"):
            widget.refresh(layout=True)

    def on_resize(self) -> None:
        """Bars are as long as the window allows."""
        self.call_after_refresh(self._draw)

    def _stack_words(self) -> str:
        if self._counts is None or not self._counts.counts:
            return ""
        return "\n".join(stacked_bars(self._counts, self.table.size.width - 2))

    def _advice(self) -> str:
        row = self.table.current
        return words_of(row.key) if row is not None else ""

    @on(Table.Moved)
    def moved(self) -> None:
        """Say what the class is."""
        self.query_one("#advice").refresh(layout=True)
        if self.table.rows:
            self.say(_("Enter lists the members of the class."))

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """List the members of the class."""
        self.dismiss(filter_of_class(event.row.key))
