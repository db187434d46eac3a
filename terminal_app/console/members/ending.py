"""How a membership ends: close it, open it again, erase the personal data; each after a clear warning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from protocol.language import N_, _
from protocol.messages.base import Answer, Command
from protocol.messages.members import MemberFound, MemberState, MemberView
from protocol.messages.profiles import CloseMember, EraseMember, ReopenMember
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Value

if TYPE_CHECKING:
    from terminal_app.console.app import ConsoleApp

CLOSE, REOPEN, ERASE = "close", "reopen", "erase"


def ways_to_end(member: MemberView) -> list[tuple[str, str]]:
    """Return what can be done with a membership as it stands: value and words; none for one that is gone."""
    erase = (ERASE, _("Erase all personal data, for good"))
    match member.state:
        case MemberState.ACTIVE:
            return [(CLOSE, _("Close the membership; it can be opened again")), erase]
        case MemberState.CLOSED:
            return [(REOPEN, _("Open the membership again")), erase]
        case _:
            return []


class EndingDialog(FormDialog):
    """Gives the server's answer: the member as they are then."""

    def __init__(
        self, console: ConsoleApp, member: MemberView, title: str, note: str, fields: Sequence[Field]
    ) -> None:
        """`title` and `note` in the language of the screen."""
        self._room = console
        self._member = member
        super().__init__(title, fields, {}, self._end, note=note)

    def command(self, reason: str) -> Command:
        """Return what is asked of the server."""
        raise NotImplementedError

    async def _end(self, values: dict[str, Value]) -> Answer:
        return await self._room.ask(self.command(str(values["reason"])), MemberFound)


def _reason(hint: str) -> Field:
    return Field("reason", N_("Reason"), required=True, hint=hint)


class CloseDialog(EndingDialog):
    """Ends a membership at the member's wish."""

    def __init__(self, console: ConsoleApp, member: MemberView, points: int) -> None:
        """Ask for the reason; `points` are those that end."""
        note = _(
            "{name} ({number}) leaves. All cards are taken back and the {points} points end; number and "
            "history stay, and the phone is free for another member. The membership can be opened again, "
            "but its points do not come back."
        ).format(name=member.name, number=member.number, points=f"{points:,}")
        fields = [_reason(N_("Kept with the member"))]
        super().__init__(console, member, _("Close the membership"), note, fields)

    def command(self, reason: str) -> Command:
        """Return what is asked of the server."""
        return CloseMember(member_id=self._member.member_id, reason=reason)


class ReopenDialog(EndingDialog):
    """Opens a closed membership again."""

    def __init__(self, console: ConsoleApp, member: MemberView) -> None:
        """Ask for the reason."""
        note = _(
            "{name} ({number}) is served again. Cards that were taken back stay so: issue one again."
        ).format(name=member.name, number=member.number)
        fields = [_reason(N_("Kept with the member"))]
        super().__init__(console, member, _("Open the membership again"), note, fields)

    def command(self, reason: str) -> Command:
        """Return what is asked of the server."""
        return ReopenMember(member_id=self._member.member_id, reason=reason)


class EraseDialog(EndingDialog):
    """Erases the personal data after the number was typed."""

    def __init__(self, console: ConsoleApp, member: MemberView, points: int) -> None:
        """Ask for the reason and the number; `points` are those that end."""
        number = member.number

        def check(text: str) -> str:
            if text == number:
                return ""
            return _("Type the number {number} to confirm; this cannot be undone.").format(number=number)

        note = "\n".join(
            (
                _("This cannot be undone. Erased for good: name, phone, birthday, addresses, note, tags,")
                + " "
                + _("all other personal data, card numbers, and the {points} points.").format(
                    points=f"{points:,}"
                ),
                _("What stays under the number {number}: sales, ledgers and the journal.").format(
                    number=number
                ),
                _("Backups made before still hold the data; delete them when you no longer need them."),
            )
        )
        fields = [
            _reason(N_("Kept for good; no personal data")),
            Field("number", N_("Member number"), required=True, hint=N_("Type it to confirm"), check=check),
        ]
        super().__init__(console, member, _("Erase all personal data"), note, fields)

    def command(self, reason: str) -> Command:
        """Return what is asked of the server."""
        return EraseMember(member_id=self._member.member_id, reason=reason)


def ending_dialog(console: ConsoleApp, member: MemberView, points: int, way: str) -> EndingDialog:
    """Return the dialog of a way to end."""
    match way:
        case "close":
            return CloseDialog(console, member, points)
        case "reopen":
            return ReopenDialog(console, member)
        case _:
            return EraseDialog(console, member, points)
