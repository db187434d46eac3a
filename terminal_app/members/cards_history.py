"""All that happened to the cards of a member: when, which card, what, why and by whom."""

from collections.abc import Iterable

from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.cards import CardEventView, Cards
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.line_board import Piece

EVENTS = {
    "issued": N_("issued"),
    "lost": N_("reported lost"),
    "found": N_("found again"),
    "frozen": N_("frozen"),
    "unfrozen": N_("let work again"),
    "replaced": N_("replaced"),
    "returned": N_("taken back"),
    "moved": N_("moved with a merge"),
}


class CardHistory(Dialog[None]):
    """Latest first."""

    TITLE_WORDS = N_("Card history")
    KEY_WORDS = N_("↑ ↓ PgUp PgDn: scroll   Esc: back")
    CSS_PATH = "cards_history.tcss"
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
    ]

    def __init__(self, cards: Cards) -> None:
        """Show what the store told."""
        super().__init__()
        self._cards = cards
        self._numbers = {card.card_id: card.number for card in cards.cards}

    def body(self) -> Iterable[Widget]:
        """One list."""
        yield ChoiceList[CardEventView](
            self._draw, empty=lambda: _("Nothing happened to any card yet."), id="card-events"
        )

    def on_mount(self) -> None:
        """Fill in."""
        self.query_one(ChoiceList).offer(self._cards.history)

    def action_move(self, by: int) -> None:
        """Look on."""
        self.query_one(ChoiceList).move(by)

    def _draw(self, event: CardEventView, width: int) -> list[Piece]:
        at = event.at.astimezone(self.shell.store.zone).strftime("%Y-%m-%d %H:%M")
        why = " · ".join(part for part in (event.reason, event.operator) if part)
        return [
            (at + "  ", "quiet"),
            (fit(self._numbers.get(event.card_id, ""), 18) + " ", "strong"),
            (fit(_(EVENTS[event.action]), 15) + " ", ""),
            (fit(why, max(0, width - 52)), "quiet"),
        ]
