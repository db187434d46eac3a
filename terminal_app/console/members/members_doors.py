"""Where the members page leads: profile, new member, filter, segments, classes, tags, rules, a file."""

from protocol.identifiers import MemberId
from protocol.language import N_, _, ngettext
from protocol.messages.profiles import MemberFilter
from protocol.money import format_minor
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.frame import Page
from terminal_app.console.list_transfer import Cancelled, OnProgress, Stopped, WasCancelled
from terminal_app.console.members.filter_export import export_filter
from terminal_app.console.members.filter_looking import EVERYBODY, Looking
from terminal_app.console.progress_dialog import ProgressDialog
from terminal_app.console.spreadsheet_files import CannotWrite
from terminal_app.console.table import Table
from terminal_app.widgets.field import Entry


class MembersDoors(Page):
    """The doors of the members page; each screen is imported when it is first opened."""

    def __init__(self) -> None:
        """Begin with everybody."""
        super().__init__()
        self.looking = Looking(EVERYBODY)
        """What the present filter has found so far."""
        self.members = 0
        """How many the store has; 0: not known yet."""

    @property
    def table(self) -> Table:
        """The list."""
        return self.query_one(Table)

    @property
    def typed(self) -> str:
        """What is searched for."""
        return self.query_one("#search", Entry).value.strip()[:100]

    def show_filter(self, wanted: MemberFilter | None) -> None:
        """List whom a filter finds; None leaves all as it is."""
        raise NotImplementedError

    def open_profile(self, member_id: MemberId) -> None:
        """Show everything about a member."""
        from terminal_app.console.members.profile_screen import (  # noqa: PLC0415  # when first needed
            ProfileScreen,
        )

        self.app.push_screen(ProfileScreen(member_id))

    def do_new(self) -> None:
        """Register somebody; what was searched for in vain is probably the phone or name."""
        from terminal_app.console.members.new_member import NewMember  # noqa: PLC0415  # when first needed

        def registered(member_id: MemberId | None) -> None:
            if member_id is not None:
                self.open_profile(member_id)

        self.app.push_screen(NewMember("" if self.table.rows else self.typed), registered)

    def do_filter(self) -> None:
        """Choose whom to list."""
        from terminal_app.console.members.filter_screen import FilterScreen  # noqa: PLC0415  # as above

        self.app.push_screen(FilterScreen(self.looking.filter), self.show_filter)

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

        self.app.push_screen(DuplicatesScreen(self.members))

    def do_rules(self) -> None:
        """Show the rules of membership."""
        from terminal_app.console.members.rules_menu import RulesMenu  # noqa: PLC0415  # as above

        self.app.push_screen(RulesMenu())

    async def do_export_rows(self) -> None:
        """Write the members whom the filter finds to a file."""
        if self.typed:
            words = _("The export writes whom the filter finds. Empty the search line first.")
            self.say(words, "warning", bell=True)
            return
        today = self.console.clock().astimezone(self.console.zone).strftime("%Y%m%d")
        dialog = FileDialog(N_("Export to a file"), f"members-{today}.xlsx", write=True)
        path = await self.app.push_screen_wait(dialog)
        if path is None:
            return

        async def work(on_progress: OnProgress, cancelled: Cancelled) -> int | str:
            wanted, currency = self.looking.filter, self.console.currency
            try:
                return await export_filter(
                    self.console, path, wanted, self.members,
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
