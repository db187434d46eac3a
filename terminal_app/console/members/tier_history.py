"""Why a member has the tier that they have: every change with its reason; and a tier by hand."""

import re
from collections.abc import Iterable

from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Answer, Fact
from protocol.messages.members import (
    GiveTier,
    ListTierChanges,
    ListTiers,
    MemberFound,
    MemberTierChanged,
    MemberView,
    TierChanges,
    TierChangeView,
    Tiers,
    TierView,
)
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.members.profile_words import TIER_CHANGES, ended_words
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.words import Words

_MADE_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TONES: dict[str, Tone] = {"upgrade": "good", "downgrade": "bad", "grace": "warn"}


class TierHistoryScreen(SubPage[bool]):
    """Gives True when a tier was given."""

    PLACES = ("shell", "tier_history")
    HERE = "members"
    AUTO_FOCUS = "Table"
    BINDINGS = [*bindings_for("tier_history")]

    def __init__(self, member: MemberView) -> None:
        """Show the changes of a member's tier."""
        super().__init__()
        self._member = member
        self._tiers: dict[int, TierView] = {}
        self._changes: dict[str, TierChangeView] = {}
        self._touched = False

    def title_words(self) -> str:
        """Return whose tier it is."""
        words = _("Members › {number} {name} › Tier")
        return words.format(number=self._member.number, name=self._member.name)

    def body(self) -> Iterable[Widget]:
        """The changes; below them the chosen one in full."""
        yield Table(
            [
                Column(N_("When"), 16),
                Column(N_("What"), 14),
                Column(N_("Before"), least=8),
                Column(N_("After"), least=8),
                Column(N_("Reason"), least=16, share=4),
            ],
            empty=N_("The tier never changed; it is the one that everybody begins with."),
        )
        yield Words(self._chosen_words, classes="info", id="chosen")

    @property
    def table(self) -> Table:
        """The changes."""
        return self.query_one(Table)

    def _tier_name(self, tier: int) -> str:
        view = self._tiers.get(tier)
        return view.name if view is not None else str(tier)

    def _chosen_words(self) -> str:
        row = self.table.current
        change = self._changes.get(row.key) if row is not None else None
        if change is None:
            return ""
        # The id of a command says nothing to people; a receipt or a file does.
        readable = change.reference and not _MADE_ID.fullmatch(change.reference)
        return change.reason + (f"  ({change.reference})" if readable else "")

    def on_table_moved(self) -> None:
        """Show the whole reason of the chosen change."""
        self.query_one("#chosen").refresh(layout=True)

    async def load(self) -> None:
        """Ask for the names of the tiers, and for the changes."""
        tiers = await self.fetch(ListTiers(), Tiers)
        answer = await self.fetch(ListTierChanges(member_id=self._member.member_id), TierChanges)
        if tiers is None or answer is None:
            return
        self._tiers = {tier.tier: tier for tier in tiers.tiers}
        self._changes = {str(i): change for i, change in enumerate(answer.changes)}
        self.table.show([self._row(key, change) for key, change in self._changes.items()])

    def _row(self, key: str, change: TierChangeView) -> TableRow:
        cells = (
            change.at.astimezone(self.console.zone).strftime("%Y-%m-%d %H:%M"),
            _(TIER_CHANGES.get(change.change, change.change)),
            self._tier_name(change.from_tier),
            self._tier_name(change.to_tier),
            change.reason,
        )
        return TableRow(key, cells, _TONES.get(change.change, ""))

    def store_fact(self, fact: Fact) -> None:
        """A sale or the night's calculation changed the tier."""
        if isinstance(fact, MemberTierChanged) and fact.member_id == self._member.member_id:
            self.reload_soon()

    def action_back(self) -> None:
        """Go back, and tell whether something was changed."""
        self.dismiss(self._touched or None)

    def do_give(self) -> None:
        """Give a tier by hand, with a reason."""
        if words := ended_words(self._member):
            self.say(words, "error", bell=True)
            return
        if not self._tiers:
            self.do_reload()
            return
        choices = tuple((str(tier.tier), tier.name) for tier in self._tiers.values())
        fields = [
            Field("tier", N_("Tier"), Kind.CHOICE, required=True, choices=choices),
            Field("reason", N_("Reason"), required=True, hint=N_("Kept with the change")),
        ]

        async def save(values: dict[str, Value]) -> Answer:
            request = GiveTier(
                member_id=self._member.member_id, tier=int(str(values["tier"])), reason=str(values["reason"])
            )
            return await self.ask(request, MemberFound)

        def done(answer: Answer | None) -> None:
            if isinstance(answer, MemberFound):
                self._touched = True
                self._member = answer.member
                self.say(_("The tier is {tier} now.").format(tier=answer.member.tier_name), "good")
                self.do_reload()

        note = _("The tier counts from the next sale on and begins its time anew.")
        start: dict[str, Value] = {"tier": str(self._member.tier)}
        self.app.push_screen(FormDialog(_("Give a tier"), fields, start, save, note=note), done)
