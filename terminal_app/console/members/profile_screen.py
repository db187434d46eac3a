"""One member: everything on one page, and the keys to all that can be done with a membership."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.base import Answer, Fact
from protocol.messages.cards import CardChanged
from protocol.messages.members import (
    GetMember,
    LookAtProfile,
    MemberChanged,
    MemberFound,
    MemberState,
    MemberStateChanged,
    MemberTierChanged,
    MemberView,
)
from protocol.messages.points import PointsMoved
from protocol.messages.profiles import GetMemberPanel, MemberPanel
from terminal_app.actions import ACTIONS, bindings_for, key_words
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.members import profile_blocks as blocks
from terminal_app.console.members.profile_doors import ProfileDoors
from terminal_app.console.members.profile_sheet import Block, ProfileSheet
from terminal_app.widgets.words import Words

_NEWS = (MemberChanged, PointsMoved, CardChanged, MemberTierChanged, MemberStateChanged)


class ProfileScreen(ProfileDoors):
    """Gives True when something of the member was changed."""

    PLACES = ("shell", "profile")
    TITLE_WORDS = N_("Members › Profile")
    HERE = "members"
    AUTO_FOCUS = "#profile"
    BINDINGS = [*bindings_for("profile"), Binding("enter", "follow", show=False, priority=True)]
    DEFAULT_CSS = """
    ProfileScreen #profile { height: 1fr; padding: 0 1; }
    ProfileScreen #ending { height: auto; color: $warning; padding: 0 1; display: none; }
    """

    def __init__(self, member_id: MemberId) -> None:
        """Open a member."""
        super().__init__()
        self._member_id = member_id
        self._kept: MemberView | None = None

    # --- what is shown ----------------------------------------------------------------------------

    def title_words(self) -> str:
        """Return number and name."""
        if self._member is None:
            return _(self.TITLE_WORDS)
        name = self._member.name or _("(erased)")
        return _("Members › {number} {name}").format(number=self._member.number, name=name)

    def body(self) -> Iterable[Widget]:
        """How the membership ended, and the sheet."""
        yield Words(self._ending_words, id="ending")
        with VerticalScroll(id="profile"):
            yield ProfileSheet(self._blocks)

    def _ending_words(self) -> str:
        member = self._member
        if member is None or member.state is MemberState.ACTIVE:
            return ""
        match member.state:
            case MemberState.CLOSED:
                return _("This membership was closed. Del opens it again, or erases the personal data.")
            case MemberState.ERASED:
                return _(
                    "The personal data of this member was erased; books and sales stay under the number."
                )
            case _:
                kept = f"{self._kept.number} {self._kept.name}".strip() if self._kept else ""
                words = _("Two members became one: {kept} has the books now. Enter opens that member.")
                return words.format(kept=kept)

    def _blocks(self, width: int) -> tuple[list[Block], list[Block]]:
        panel, member = self._panel, self._whole or self._member
        if panel is None or member is None:
            return [], []
        key = self.key_of("profile.whole")
        if member.state is MemberState.MERGED:
            return [blocks.who_block(panel, member, key)], []
        return (
            [
                blocks.who_block(panel, member, key),
                blocks.note_block(member),
                blocks.class_block(panel),
            ],
            [
                blocks.tier_block(panel, member, width),
                blocks.points_block(panel, self.money),
                blocks.visits_block(panel, self.money, self.console.zone),
                blocks.favourites_block(panel),
            ],
        )

    def key_of(self, action: str) -> str:
        """Return the key of an action as it stands on the keyboard of this shop."""
        return key_words(self.keymap().get(action, ACTIONS[action].key))

    async def load(self) -> None:
        """Ask for the member and the panel; a panel is that of the one who has the books."""
        found = await self.fetch(GetMember(member_id=self._member_id), MemberFound)
        panel = await self.fetch(GetMemberPanel(member_id=self._member_id), MemberPanel)
        if found is None or panel is None:
            return
        if self._whole is not None and self._whole.version != found.member.version:
            self._whole = None
        self._member, self._panel = found.member, panel
        self._kept = panel.member if found.member.state is MemberState.MERGED else None
        self._redraw()

    def _redraw(self) -> None:
        self.query_one("#ending").display = bool(self._ending_words())
        for widget in self.query("ProfileSheet, #ending, .page-title"):
            widget.refresh(layout=True)

    def store_fact(self, fact: Fact) -> None:
        """Another screen or a till changed something of this member."""
        if isinstance(fact, _NEWS) and fact.member_id == self._member_id:
            self.reload_soon()

    def on_screen_resume(self) -> None:
        """Show the present state after another screen."""
        if self.is_mounted and self._member is not None:
            self.do_reload()

    # --- leaving and going on -----------------------------------------------------------------------

    def action_back(self) -> None:
        """Go back, and tell whether something was changed."""
        self.dismiss(self._touched or None)

    def action_follow(self) -> None:
        """Open the member who has the books of a merged one."""
        if self._member is not None and self._member.merged_into is not None:
            self.open(ProfileScreen(self._member.merged_into))

    # --- the whole profile ----------------------------------------------------------------------------

    def do_whole(self) -> None:
        """Show all personal data after a look that is in the journal; again: hide it."""
        if self._member is None:
            return
        if self._whole is not None:
            self._whole = None
            self._redraw()
            self.say(_("Phone and personal data are hidden again."))
            return

        if self._member.state is MemberState.ERASED:
            words = _("Member {number} has no personal data of their own any more.")
            self.say(words.format(number=self._member.number), "error", bell=True)
            return

        async def look(values: dict[str, Value]) -> Answer:
            request = LookAtProfile(member_id=self._member_id, reason=str(values["reason"]))
            return await self.ask(request, MemberFound)

        def seen(answer: Answer | None) -> None:
            if isinstance(answer, MemberFound):
                self._whole = answer.member
                self._redraw()
                self.say(_("This look is in the journal with your name."))

        fields = [Field("reason", N_("Reason"), hint=N_("May be left empty"))]
        note = _("Who looked, when and why is kept in the journal.")
        self.app.push_screen(FormDialog(_("Full profile"), fields, {}, look, note=note), seen)
