"""Members who may be one person: found piece by piece, compared side by side, merged."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.identifiers import MemberId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Refused
from protocol.messages.members import FindMembers, MemberHit, MemberHits
from protocol.messages.profiles import Duplicates, DuplicateView, FindDuplicates
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.members.duplicates_compare import CompareScreen
from terminal_app.console.table import Column, Table, TableRow
from terminal_app.widgets.words import Words

REASONS = {"birthday": N_("same birthday"), "no_phone": N_("one has no phone")}
_NAMES_A_PIECE = 2000
"""So many names the server looks at for one answer."""


class DuplicatesScreen(SubPage[None]):
    """The pairs in the order of names; Enter compares the two."""

    PLACES = ("shell", "duplicates")
    TITLE_WORDS = N_("Members › Duplicates")
    HERE = "members"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for("duplicates")]

    def __init__(self, members: int) -> None:
        """`members`: how many the store has, to say how far the search is; 0: unknown."""
        super().__init__()
        self._members = members
        self._pairs: list[DuplicateView] = []
        self._pieces = 0
        self._run: object | None = None
        """The search that goes on; None: none does."""
        self._complete = False

    def body(self) -> Iterable[Widget]:
        """How far it is, and the pairs."""
        yield Words(self._info_words, classes="info", id="info")
        yield Table(
            [
                Column(N_("Registered first"), least=20, share=2),
                Column(N_("And later"), least=20, share=2),
                Column(N_("Same name, and"), 16),
            ],
            empty=N_("No two members look like one person."),
        )

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    # --- looking ----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Look through all names, from the first; once the screen was filled, only when asked anew."""
        mine = self._run = object()
        self._pairs, self._pieces, self._complete = [], 0, False
        self.table.show([], keep=False)
        key = ""
        try:
            while not self._complete:
                answer = await self.fetch(FindDuplicates(after_key=key), Duplicates)
                if answer is None:
                    break
                first = len(self._pairs)
                self._pairs.extend(answer.pairs)
                self.table.append([self._row(i, p) for i, p in enumerate(answer.pairs, start=first)])
                key, self._pieces = answer.next_key, self._pieces + 1
                self._complete = not key
                self._tell()
        finally:
            if self._run is mine:
                self._run = None
            self._tell()

    def _tell(self) -> None:
        if self.is_mounted:
            self.query_one("#info").refresh(layout=True)

    def _info_words(self) -> str:
        count = len(self._pairs)
        parts = [ngettext("{count} pair", "{count} pairs", count).format(count=count)]
        if self._run is not None:
            names = self._pieces * _NAMES_A_PIECE
            percent = min(99, names * 100 // self._members) if self._members else 0
            parts.append(_("looking on… {percent} % (Esc stops)").format(percent=percent))
        elif not self._complete:
            parts.append(_("stopped: there may be more"))
        parts.append(_("Enter compares"))
        return " · ".join(parts)

    def _row(self, i: int, pair: DuplicateView) -> TableRow:
        return TableRow(str(i), (_who(pair.first), _who(pair.second), _(REASONS[pair.reason])))

    def action_back(self) -> None:
        """Esc: stop looking; else leave."""
        if self._run is not None:
            self.workers.cancel_group(self, "load")
        else:
            super().action_back()

    # --- comparing --------------------------------------------------------------------------------

    def on_table_chosen(self, event: Table.Chosen) -> None:
        """Compare the two."""
        pair = self._pairs[int(event.row.key)]
        self._compare(pair.first.member_id, pair.second.member_id)

    def _compare(self, first: MemberId, second: MemberId) -> None:
        def merged(gone: MemberId | None) -> None:
            if gone is not None:
                self._drop(gone)
                self.say(_("Merged. Both numbers find the member who was kept."), "good")

        self.app.push_screen(CompareScreen(first, second), merged)

    def _drop(self, gone: MemberId) -> None:
        """Take the pairs of a member who was merged off the list."""
        self._pairs = [p for p in self._pairs if gone not in (p.first.member_id, p.second.member_id)]
        self.table.show([self._row(i, pair) for i, pair in enumerate(self._pairs)])
        self._tell()

    def do_by_number(self) -> None:
        """Name two members and compare them."""
        found: dict[str, MemberHit] = {}

        async def find(values: dict[str, Value]) -> Answer:
            answer: MemberHits | Refused = MemberHits(hits=())
            for key in ("first", "second"):
                request = FindMembers(text=str(values[key])[:100], limit=2)
                answer = await self.ask(request, MemberHits)
                if isinstance(answer, Refused):
                    return answer
                if len(answer.hits) != 1:
                    words = _("Nobody fits.") if not answer.hits else _("Several fit; type the number.")
                    return Refused(code="unclear", field=key, explanation=words)
                found[key] = answer.hits[0]
            if found["first"].member_id == found["second"].member_id:
                words = _("This is the same member.")
                return Refused(code="same_member", field="second", explanation=words)
            return answer

        def compare(answer: Answer | None) -> None:
            if answer is not None:
                self._compare(found["first"].member_id, found["second"].member_id)

        hint = N_("Number or whole phone")
        fields = [
            Field("first", N_("One member"), required=True, hint=hint),
            Field("second", N_("The other one"), required=True, hint=hint),
        ]
        self.app.push_screen(FormDialog(_("Compare two members"), fields, {}, find), compare)


def _who(hit: MemberHit) -> str:
    return " ".join(part for part in (hit.number, hit.name, hit.phone) if part)
