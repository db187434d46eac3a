"""The cards of a member with the state of each, one of them chosen."""

from collections.abc import Hashable
from datetime import tzinfo

from protocol.language import N_, _
from protocol.messages.cards import CardKind, CardState, CardView
from terminal_app.members.member_screen_flows import OneMember
from terminal_app.widgets.cells import fit
from terminal_app.widgets.line_board import LineBoard, Piece

KINDS = {
    CardKind.CONTACTLESS: N_("contactless"),
    CardKind.MAGSTRIPE: N_("magnetic stripe"),
    CardKind.EM: N_("ID card (EM)"),
    CardKind.BARCODE: N_("barcode"),
    CardKind.QR: N_("QR code"),
}
STATES = {
    CardState.ACTIVE: (N_("valid"), "good"),
    CardState.FROZEN: (N_("frozen"), "warning"),
    CardState.LOST: (N_("lost"), "error"),
    CardState.REPLACED: (N_("replaced"), "quiet"),
    CardState.RETURNED: (N_("returned"), "quiet"),
}


class CardsBoard(LineBoard):
    """Latest first; the chosen one is what the keys are about."""

    def __init__(self, flows: OneMember) -> None:
        """Show what the screen knows."""
        super().__init__(id="cards")
        self._flows = flows
        self.current = False

    @property
    def chosen(self) -> CardView | None:
        """The chosen card."""
        row = self.rows[self.picked] if self.picked is not None and self.rows else None
        return row if isinstance(row, CardView) else None

    def redraw(self) -> None:
        """Show the cards as they are now, and keep the choice."""
        cards = self._flows.cards.cards if self._flows.cards is not None else ()
        chosen = self.chosen
        ids = [card.card_id for card in cards]
        picked = ids.index(chosen.card_id) if chosen is not None and chosen.card_id in ids else 0
        self.show(cards, picked)

    def heading(self, width: int) -> list[Piece]:
        """The word, and a sign when the arrows choose here."""
        return [((" ▸ " if self.current else "   ") + _("Member cards"), "heading")]

    def pieces(self, row: Hashable, width: int, picked: bool) -> list[Piece]:
        """Number, kind, state, date of issue."""
        assert isinstance(row, CardView)
        words, tone = STATES[row.state]
        zone: tzinfo | None = self._flows.shell.store.zone
        issued = row.issued_at.astimezone(zone).strftime("%Y-%m-%d")
        return [
            (" ▶ " if picked else "   ", "heading"),
            (fit(row.number, max(8, width - 43)) + " ", "strong"),
            (fit(_(KINDS[row.card_kind]), 16), ""),
            (fit(_(words), 12), tone),
            (issued, "quiet"),
        ]

    def empty_lines(self, width: int) -> list[list[Piece]]:
        """The sentence for a member without a card."""
        words = _("No card yet. Present one and it can be bound.") if self._flows.cards is not None else ""
        return [[("   " + words, "quiet")]]
