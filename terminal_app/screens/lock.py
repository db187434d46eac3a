"""The locked terminal: nothing is readable, nothing is lost, the same operator's PIN opens it."""

from collections.abc import Iterable

from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Done, Refused
from protocol.messages.operators import OperatorView, Unlock
from terminal_app.place import Dialog
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.words import Words


class LockScreen(Dialog[None]):
    """Covers everything until the PIN is given."""

    TITLE_WORDS = N_("Locked")
    KEY_WORDS = N_("Enter: unlock")

    def __init__(self, operator: OperatorView) -> None:
        """Wait for this operator."""
        super().__init__(classes="locked")
        self._operator = operator

    def body(self) -> Iterable[Widget]:
        """Say who is working here; ask for the PIN."""
        yield Words(
            lambda: _("{name} works here; the basket waits. Give the PIN to go on.").format(
                name=self._operator.name
            ),
            classes="paragraph",
        )
        yield Field(N_("PIN"), id="lock-pin", password=True, max_length=32)

    def action_leave(self) -> None:
        """Esc: clears the PIN and stays locked."""
        self.query_one("#lock-pin", Entry).value = ""

    async def accept(self) -> None:
        """Ask the store whether this is the operator."""
        pin = self.query_one("#lock-pin", Entry)
        if not pin.value:
            return
        answer = await self.shell.store.ask(Unlock(pin=pin.value), Done)
        pin.value = ""
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        else:
            self.dismiss(None)
