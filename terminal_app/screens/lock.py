"""The locked screen: nothing is readable, nothing is lost; who locked it goes on, or another signs on."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Done, Refused
from protocol.messages.operators import OperatorView, Unlock
from terminal_app.actions import ACTIONS, key_words
from terminal_app.place import Dialog
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.words import Words


class LockScreen(Dialog[None]):
    """Covers everything until the PIN is given."""

    TITLE_WORDS = N_("Locked")
    KEY_WORDS = N_("Enter: unlock   {key}: somebody else signs on")
    BINDINGS = [
        Binding(
            ACTIONS["shell.sign_off"].key, "somebody_else", show=False, priority=True, id="shell.sign_off"
        )
    ]

    def __init__(self, operator: OperatorView) -> None:
        """Wait for this operator."""
        super().__init__(classes="locked")
        self._operator = operator

    def body(self) -> Iterable[Widget]:
        """Say who is working here; ask for the PIN."""
        yield Words(
            lambda: _(self.shell.LOCKED_WORDS).format(name=self._operator.name),
            classes="paragraph",
        )
        yield Field(N_("PIN"), id="lock-pin", password=True, max_length=32)

    def key_words(self) -> str:
        """Return what the keys do, with the keys as this shop has them."""
        key = self.shell.keys.keys.get("shell.sign_off", ACTIONS["shell.sign_off"].key)
        return _(self.KEY_WORDS).format(key=key_words(key))

    def action_somebody_else(self) -> None:
        """End the session of the one who has left; the shop goes on."""
        self.flow(self.shell.do_sign_off())

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
