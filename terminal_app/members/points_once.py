"""Asks the store once: the same request that had no answer goes out again under the same id."""

from typing import TYPE_CHECKING, TypeVar

from protocol.identifiers import ApprovalId, CommandId, new_id
from protocol.language import _
from protocol.messages.base import Answer, Command, Refused
from protocol.permissions import Permission
from terminal_app.screens.approval import ApprovalDialog
from terminal_app.store_client import NO_ANSWER

if TYPE_CHECKING:
    from terminal_app.shell import ShellApp

A = TypeVar("A", bound=Answer)


class Once:
    """What moves points, cash or cards. Pressed again after a silence it happens once, not twice."""

    def __init__(self, shell: "ShellApp") -> None:
        """Nothing is open."""
        self._shell = shell
        self._open: Command | None = None
        self._id = CommandId(new_id())
        self._approval: ApprovalId | None = None

    @property
    def unanswered(self) -> bool:
        """True: what became of the last request is not known."""
        return self._open is not None

    async def order(self, request: Command, expected: type[A]) -> A | Refused:
        """Ask, with an approval where one is needed. To be awaited in a flow."""
        if request != self._open:
            self._open, self._id, self._approval = request, CommandId(new_id()), None
        answer = await self._ask(request, expected)
        if isinstance(answer, Refused) and answer.code == "approval_needed" and answer.permission:
            dialog = ApprovalDialog(Permission(answer.permission), answer.explanation)
            self._approval = await self._shell.push_screen_wait(dialog)
            if self._approval is None:
                self._open = None
                return Refused(code="not_approved", explanation=_("Not approved; nothing was changed."))
            self._id = CommandId(new_id())
            answer = await self._ask(request, expected)
        if not (isinstance(answer, Refused) and answer.code == NO_ANSWER):
            self._open = None
        return answer

    async def _ask(self, request: Command, expected: type[A]) -> A | Refused:
        return await self._shell.store.ask(request, expected, id=self._id, approval=self._approval)
