"""Where the keys of a profile lead: form, tags, cards, points, tier, purchases, ending, export."""

from collections.abc import Callable
from pathlib import Path

from textual.screen import Screen

from protocol.identifiers import MemberId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.catalogue import ExtraFields
from protocol.messages.members import (
    ListMemberFields,
    ListTags,
    LookAtProfile,
    MemberFound,
    MemberView,
    TagCount,
    Tags,
)
from protocol.messages.profiles import MemberPanel
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.list_transfer import Cancelled, OnProgress, Stopped, WasCancelled
from terminal_app.console.members.ending import ending_dialog, ways_to_end
from terminal_app.console.members.member_form import tag_request, tags_mistake
from terminal_app.console.members.profile_words import ended_words
from terminal_app.console.picker import Picker
from terminal_app.console.progress_dialog import ProgressDialog, Work
from terminal_app.console.spreadsheet_files import CannotWrite

_TAGS_SHOWN = 12


class ProfileDoors(SubPage[bool]):
    """The part of the profile that opens screens and dialogs; rarely used ones are imported when opened."""

    _member_id: MemberId
    _member: MemberView | None = None
    _whole: MemberView | None = None
    _panel: MemberPanel | None = None
    _touched = False

    def open(self, screen: Screen[bool]) -> None:
        """Show a screen of this member; what it changed is told to the list."""

        def done(changed: bool | None) -> None:
            if changed:
                self._touched = True
                self._whole = None

        self.app.push_screen(screen, done)

    def save_with(self, dialog: Screen[Answer], said: Callable[[], str]) -> None:
        """Show a dialog that changes the member; say what was done and ask anew."""

        def done(answer: Answer | None) -> None:
            if isinstance(answer, MemberFound):
                self._touched = True
                self._whole = None
                self.say(said(), "good")
                self.do_reload()

        self.app.push_screen(dialog, done)

    def _active(self) -> MemberView | None:
        """Return the member where one can still be changed; or say why not."""
        if self._member is not None and (words := ended_words(self._member)):
            self.say(words, "error", bell=True)
            return None
        return self._member

    # --- form and tags ------------------------------------------------------------------------------

    async def do_edit(self) -> None:
        """Change what is known; personal data only after a look that is in the journal."""
        member = self._active()
        if member is None:
            return
        extras = await self.fetch(ListMemberFields(), ExtraFields)
        if extras is None:
            return
        if self._whole is None:
            request = LookAtProfile(member_id=self._member_id, reason=_("to change it"))
            answer = await self.ask(request, MemberFound)
            if isinstance(answer, Refused) and answer.code != "not_approved":
                self.refused(answer)
                return
            member = member if isinstance(answer, Refused) else answer.member
        else:
            member = self._whole
        from terminal_app.console.members.member_form_screen import MemberFormScreen  # noqa: PLC0415

        self.open(MemberFormScreen(member, extras.fields))

    async def do_tags(self) -> None:
        """Give tags by hand, or take them off."""
        member = self._active()
        if member is None:
            return
        known = await self.fetch(ListTags(), Tags)
        if known is None:
            return
        before = ", ".join(member.tags)
        fields = [
            Field("tags", N_("Tags"), hint=N_("Separated by commas"), most=1000, check=tags_mistake),
        ]

        async def save(values: dict[str, Value]) -> Answer:
            request = tag_request(member, str(values["tags"] or ""))
            return Done() if request is None else await self.ask(request, MemberFound)

        dialog = FormDialog(_("Tags"), fields, {"tags": before}, save, note=_tag_note(known.tags))
        self.save_with(dialog, lambda: _("Saved."))

    # --- screens --------------------------------------------------------------------------------------

    def do_cards(self) -> None:
        """Show the cards and their history."""
        if self._member is not None:
            from terminal_app.console.members.member_cards import MemberCardsScreen  # noqa: PLC0415

            self.open(MemberCardsScreen(self._member))

    def do_points(self) -> None:
        """Show the points ledger."""
        if self._member is not None:
            from terminal_app.console.members.points_ledger import PointsLedgerScreen  # noqa: PLC0415

            self.open(PointsLedgerScreen(self._member))

    def do_tier(self) -> None:
        """Show the history of the tier."""
        if self._member is not None:
            from terminal_app.console.members.tier_history import TierHistoryScreen  # noqa: PLC0415

            self.open(TierHistoryScreen(self._member))

    def do_purchases(self) -> None:
        """Show the sales."""
        if self._member is not None:
            from terminal_app.console.members.purchases import PurchasesScreen  # noqa: PLC0415

            self.open(PurchasesScreen(self._member))

    # --- ending and export ----------------------------------------------------------------------------

    def do_end(self) -> None:
        """Close, open again or erase, as the membership stands."""
        member = self._member
        if member is None:
            return
        ways = ways_to_end(member)
        if not ways:
            words = _("Member {number} has no personal data of their own any more.")
            self.say(words.format(number=member.number), "error", bell=True)
            return

        points = self._panel.points if self._panel is not None else 0

        def chosen(way: str | None) -> None:
            if way is not None:
                dialog = ending_dialog(self.console, member, points, way)
                self.save_with(dialog, lambda: _ended_words(way))

        self.app.push_screen(Picker(ways), chosen)

    async def do_export(self) -> None:
        """Write all that is held on this person to a file."""
        member = self._member
        if member is None:
            return
        name = f"member-{member.number}.xlsx"
        title = N_("All that is held on this person: .xlsx, .csv or .txt")
        path = await self.app.push_screen_wait(FileDialog(title, name, write=True))
        if path is None:
            return
        result = await self.app.push_screen_wait(
            ProgressDialog[int | str](_("Export to {name}").format(name=path.name), self._export_work(path))
        )
        if isinstance(result, int):
            rows = ngettext("{count} row", "{count} rows", result).format(count=result)
            self.say(_("Written: {path} ({rows}).").format(path=path, rows=rows), "good")
        elif result:
            self.say(result, "error", bell=True)

    def _export_work(self, path: Path) -> Work[int | str]:
        from terminal_app.console.members.person_export import export_person  # noqa: PLC0415

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> int | str:
            try:
                return await export_person(
                    self.console, path, self._member_id, self.console.zone, on_progress, cancelled
                )
            except (CannotWrite, Stopped) as reason:
                return str(reason)
            except WasCancelled:
                return _("Cancelled; no file was written.")

        return work


def _tag_note(tags: tuple[TagCount, ...]) -> str:
    """Return the tags that the shop uses most, and what becomes of those that a rule gives."""
    note = _("What is taken off here and given by a rule comes back with the next business day.")
    if not tags:
        return note
    most = ", ".join(f"{each.tag} ({each.members})" for each in tags[:_TAGS_SHOWN])
    return _("In use: {tags}").format(tags=most) + "\n" + note


def _ended_words(way: str) -> str:
    match way:
        case "close":
            return _("The membership was closed.")
        case "reopen":
            return _("The membership is open again.")
        case _:
            return _("The personal data was erased for good.")
