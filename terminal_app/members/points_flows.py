"""What a cashier does with a member's points: check-in, statement on paper."""

from protocol.language import ngettext
from protocol.messages.base import Refused
from protocol.messages.points import (
    CheckInMember,
    PointsSlip,
    PointsStatement,
    PrintPointsStatement,
)
from terminal_app.members.member_screen_flows import OneMember


class PointsFlows(OneMember):
    """The group “Points” of the registry."""

    async def do_check_in(self) -> None:
        """Check the member in; once a day, the store says so when it was done already."""
        answer = await self.order(CheckInMember(member_id=self.member_id), PointsStatement)
        if answer is None:
            return
        got = answer.rows[0].points if answer.rows and answer.rows[0].kind == "check_in" else 0
        self.take_points(answer)
        words = ngettext(
            "{name} is checked in and gets {count} point.",
            "{name} is checked in and gets {count} points.",
            got,
        )
        self.say(words.format(name=self.called, count=got), "good")
        await self.look_again()

    async def do_statement(self) -> None:
        """Print the member's points."""
        answer = await self.shell.store.ask(PrintPointsStatement(member_id=self.member_id), PointsSlip)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        await self.print_slip(answer.slip)
