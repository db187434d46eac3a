"""Members whose points end soon, as the daily calculation found them."""

from collections.abc import Iterable, Sequence
from functools import partial

from textual import on
from textual.widget import Widget

from protocol.identifiers import MemberId
from protocol.language import N_, _, ngettext
from protocol.messages.points import ListPointsWarnings, PointsWarnings, PointsWarningView
from terminal_app.console.frame import SubPage
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

_PIECE = 200


class WarningsScreen(SubPage[None]):
    """The latest due first; Enter opens the profile."""

    PLACES = ("shell",)
    TITLE_WORDS = N_("Members › Points that end soon")
    HERE = "members"
    AUTO_FOCUS = "Table"

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._warnings: list[PointsWarningView] = []
        self._more = False

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column(N_("Due on"), 10),
                Column(N_("Member no."), 10),
                Column(N_("Member"), least=12),
                Column(N_("Points"), 10, right=True),
                Column(N_("Last day"), 10),
                Column(N_("Notice"), 12),
            ],
            empty=N_("No member has points that end within 30 days."),
        )

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    def _info_words(self) -> str:
        words = _(
            "Members are to be told 30, 7 and 1 days before their points end; each is due once. "
            "Enter opens the profile."
        )
        return words + (" " + _("(more below)") if self._more else "")

    async def load(self) -> None:
        """Ask anew, for as many as are shown."""
        await self._ask(0, max(_PIECE, min(500, len(self._warnings))))

    async def _ask(self, offset: int, limit: int) -> None:
        answer = await self.fetch(ListPointsWarnings(offset=offset, limit=limit), PointsWarnings)
        if answer is None:
            return
        self._more = answer.more
        if offset:
            self.table.append(self._rows(answer.warnings, offset))
            self._warnings.extend(answer.warnings)
        else:
            self._warnings = list(answer.warnings)
            self.table.show(self._rows(answer.warnings, 0))
        self.query_one("#info").refresh(layout=True)

    def _rows(self, warnings: Sequence[PointsWarningView], offset: int) -> list[TableRow]:
        today = self.console.clock().astimezone(self.console.zone).date()
        rows = []
        for i, each in enumerate(warnings, start=offset):
            texts = (
                each.due_on.isoformat(),
                each.number,
                each.name,
                f"{each.points:,}",
                each.expires_on.isoformat(),
                ngettext("{count} day", "{count} days", each.days_left).format(count=each.days_left),
            )
            ended = each.expires_on < today
            rows.append(TableRow(str(i), texts, "quiet" if ended else "warn" if each.days_left <= 1 else ""))
        return rows

    @on(Table.NearEnd)
    def near_end(self) -> None:
        """Get the next ones as the person scrolls."""
        if self._more:
            self.background_task(partial(self._ask, len(self._warnings), _PIECE))

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Open the profile."""
        from terminal_app.console.members.profile_screen import (  # noqa: PLC0415  # when first needed
            ProfileScreen,
        )

        member_id = MemberId(self._warnings[int(event.row.key)].member_id)
        self.app.push_screen(ProfileScreen(member_id))
