"""What a check of the books found, in words."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.store import BooksVerified
from terminal_app.console.frame import SubPage
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words


class FindingsScreen(SubPage[None]):
    """Findings, one per row."""

    PLACES = ("shell",)
    TITLE_WORDS = N_("Settings › Check of the books")
    HERE = "settings"
    AUTO_FOCUS = "Table"

    def __init__(self, verified: BooksVerified) -> None:
        """Show what was found."""
        super().__init__()
        self._verified = verified

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Words(
            N_("Something in the books is not right. Make a backup, note this list and call support."),
            classes="info",
        )
        yield Table([Column(N_("Where"), least=16), Column(N_("What"), least=30, share=3)])

    def on_mount(self) -> None:
        """Fill in."""
        findings = self._verified.findings
        self.query_one(Table).show(
            [TableRow(str(i), (f.where, f.explanation), "bad") for i, f in enumerate(findings)]
        )
        self.say(_("Findings: {count}").format(count=len(findings)), "error", bell=True)
