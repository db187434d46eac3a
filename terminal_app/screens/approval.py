"""A second person approves one action, at this terminal, by code or card and PIN."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.identifiers import ApprovalId
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.operators import ApprovalGranted, Approve
from protocol.permissions import PERMISSION_SENTENCES, Permission
from terminal_app.place import Dialog
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.words import Words


class ApprovalDialog(Dialog[ApprovalId]):
    """Gives the approval's id, or None when nobody approved."""

    TITLE_WORDS = N_("Approval needed")

    def __init__(self, permission: Permission, explanation: str) -> None:
        """Ask for one who has the permission."""
        super().__init__()
        self._permission = permission
        self._explanation = explanation
        self._card = ""

    def body(self) -> Iterable[Widget]:
        """Say what is asked for; ask for code and PIN."""
        yield Words(lambda: self._explanation, classes="paragraph")
        yield Words(lambda: _(PERMISSION_SENTENCES[self._permission]), classes="paragraph quiet")
        yield Field(N_("Supervisor's code"), id="approver", max_length=30)
        yield Field(N_("PIN"), id="approver-pin", password=True, max_length=32)

    def take_card(self, uid: str) -> bool:
        """Use a staff card instead of the code."""
        self._card = uid
        self.query_one("#approver", Entry).value = ""
        self.set_focus(self.query_one("#approver-pin", Entry))
        self.say(_("Card {digits}: now the PIN.").format(digits="…" + uid[-4:]), "good")
        return True

    async def accept(self) -> None:
        """Ask the store whether this person may."""
        code, pin = self.query_one("#approver", Entry), self.query_one("#approver-pin", Entry)
        if not pin.value:
            if pin.has_focus:  # nothing to give: the code may be the wrong one
                code.ask_again()
            else:
                self.set_focus(pin)
            return
        request = Approve(
            action=self._permission,
            code="" if self._card else code.value.strip(),
            card=self._card,
            pin=pin.value,
        )
        answer = await self.shell.store.ask(request, ApprovalGranted)
        if isinstance(answer, Refused):
            pin.value = ""
            self.say(answer.explanation, "error", bell=True)
        else:
            self.dismiss(answer.approval)
