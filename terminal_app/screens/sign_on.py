"""Who is there? Operator code or staff card, and PIN."""

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.operators import SignedOn, SignOn
from terminal_app.actions import bindings_for
from terminal_app.place import Place
from terminal_app.widgets.cells import centre
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.links import links_words
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words

_SIGN = (
    "▄▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▀▄",
    "█  柜 台  Guitai   █",
    "▀▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▀",
)


class Signboard(Widget):
    """The name over the door."""

    def render(self) -> Text:
        """Return the sign."""
        return Text("\n".join(centre(row, self.size.width) for row in _SIGN))


class SignOnScreen(Place[None]):
    """The first screen of every program with operators."""

    PLACES: ClassVar[tuple[str, ...]] = ("shell",)
    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = "#code"
    BINDINGS = [
        *bindings_for("shell"),
        Binding("enter", "enter", show=False, priority=True),
        Binding("escape", "clear", show=False, priority=True),
    ]

    def __init__(self) -> None:
        """Begin with nobody."""
        super().__init__()
        self._card = ""

    def compose(self) -> ComposeResult:
        """Lay out the door."""
        yield Words(
            N_("Enter: go on   Ctrl+G: 中文 / English   Ctrl+K: light / dark   Ctrl+Q: quit"), id="door-keys"
        )
        with Vertical(id="doorway"), Vertical(id="door"):
            yield Signboard(id="sign")
            yield Words(N_("Who is there?"), id="question")
            yield Field(N_("Operator code"), id="code", max_length=30)
            yield Field(N_("PIN"), id="pin", password=True, max_length=32)
            yield NoticeLine(id="notice")
            yield Words(lambda: self.shell.settings.hint, id="hint")
        yield Words(lambda: links_words(self.shell.store, self.shell.devices), id="links", classes="links")

    def take_card(self, uid: str) -> bool:
        """Use a staff card instead of the code."""
        self._card = uid
        self.query_one("#code", Entry).value = ""
        self.set_focus(self.query_one("#pin", Entry))
        self.say(_("Card {digits}: now the PIN.").format(digits="…" + uid[-4:]), "good")
        return True

    def action_clear(self) -> None:
        """Esc: begin again."""
        self._card = ""
        for entry in self.query(Entry):
            entry.value = ""
        self.set_focus(self.query_one("#code", Entry))
        self.say("")

    def action_enter(self) -> None:
        """Enter: from the code to the PIN, from the PIN to the store."""
        code, pin = self.query_one("#code", Entry), self.query_one("#pin", Entry)
        if not pin.value:
            if pin.has_focus and not self._card:  # nothing to give: the code may be the wrong one
                code.ask_again()
            elif code.value or self._card:
                self.set_focus(pin)
            return
        self.flow(self._sign_on(code.value.strip(), pin))

    async def _sign_on(self, code: str, pin: Entry) -> None:
        self.say(_("One moment…"))
        request = SignOn(code="" if self._card else code, card=self._card, pin=pin.value)
        answer = await self.shell.store.ask(request, SignedOn)
        if isinstance(answer, Refused):
            pin.value = ""
            self.say(answer.explanation, "error", bell=True)
            return
        self.app.call_later(self.shell.welcome, answer)
