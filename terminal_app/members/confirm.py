"""Is this the person? The name large enough to read aloud, before a member is put beside the sale."""

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.members import MemberHit
from protocol.messages.sales import BasketView
from terminal_app.place import Dialog
from terminal_app.widgets.cells import cell_len, fit, wrap
from terminal_app.widgets.panel import Line, Panel
from terminal_app.widgets.words import Words


class PersonCard(Panel):
    """Name, number, masked phone, tier and note of one member."""

    DEFAULT_CSS = "PersonCard { height: 9; background: $surface; }"

    def __init__(self, hit: MemberHit) -> None:
        """Show this member."""
        super().__init__(id="person")
        self._hit = hit

    def build(self, width: int, height: int) -> list[Line]:
        """The name stands alone; what identifies the person is below it."""
        hit = self._hit
        note = [((fit(line, width), "warning"),) for line in wrap(hit.note, width)[:2]] if hit.note else []
        rows = (
            (_("Phone"), hit.phone or "–"),
            (_("Member number"), hit.number),
            (_("Tier"), hit.tier_name or "–"),
        )
        return [
            ((fit("▌ " + spaced(hit.name), width), "total"),),
            (("", ""),),
            *(((fit(words, 15), "quiet"), (fit(value, width - 15), "strong")) for words, value in rows),
            (("", ""),),
            *note,
        ]


def spaced(name: str) -> str:
    """Return a Chinese name with room between its characters, the nearest to large ones that a line has."""
    return " ".join(name) if cell_len(name) == 2 * len(name) else name


class ConfirmMember(Dialog[bool]):
    """Gives True when the cashier says that this is the person."""

    TITLE_WORDS = N_("Is this the person?")
    KEY_WORDS = N_("Enter: yes, beside the sale   Esc: no")
    AUTO_FOCUS = ""
    LOOK_S: ClassVar[float] = 0.3
    """Enter within this time was typed ahead, or twice, by somebody who has not read the name."""

    def __init__(
        self, hit: MemberHit, basket: BasketView | None = None, why: Callable[[], str] | None = None
    ) -> None:
        """Ask about this member for this basket; `why` is what else the cashier has to know."""
        super().__init__()
        self._hit = hit
        self._why = why
        self._seen_s = time.monotonic()
        if basket is not None and basket.member_id not in (None, hit.member_id):
            there = basket.member_name
            self._why = lambda: _("{name} is beside the sale now and leaves it.").format(name=there)

    def body(self) -> Iterable[Widget]:
        """The member, and what else is to be known."""
        if self._why is not None:
            yield Words(self._why, classes="paragraph")
        yield PersonCard(self._hit)

    def on_mount(self) -> None:
        """Begin to count when the name can be seen."""
        self._seen_s = time.monotonic()

    def accept(self) -> None:
        """Yes, from somebody who had the time to look."""
        if time.monotonic() - self._seen_s < self.LOOK_S:
            self.app.bell()
        else:
            self.dismiss(True)
