"""The member's own screen: who it is, their cards, their points, and what the keys do for them."""

from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.cards import CardView
from terminal_app.actions import bindings_for
from terminal_app.checkout.terminal_flows import BenchFlow
from terminal_app.checkout.till import Till
from terminal_app.members.cards_board import CardsBoard
from terminal_app.members.cards_flows import CardFlows
from terminal_app.members.edit_flows import EditFlows
from terminal_app.members.member_screen_face import AboutPanel, MemberHead
from terminal_app.members.points_board import PointsBoard
from terminal_app.members.points_flows import PointsFlows
from terminal_app.widgets.key_bar import KeyBar
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words

_WIDE = 110
PARTS = (("about", N_("Who it is")), ("cards", N_("Member cards")), ("points", N_("Points")))


class MemberScreen(CardFlows, PointsFlows, EditFlows, BenchFlow):
    """Over the counter, with a sale or without. In narrow windows one part at a time, Tab shows the next."""

    PLACES = ("member", "lane", "shell")
    CSS_PATH = Path(__file__).with_suffix(".tcss")
    AUTO_FOCUS = ""
    BINDINGS = [
        *bindings_for("member", "lane", "shell"),
        Binding("escape,f6", "leave", show=False, priority=True),
        Binding("tab", "part(1)", show=False, priority=True),
        Binding("shift+tab", "part(-1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "page(-1)", show=False, priority=True),
        Binding("pagedown", "page(1)", show=False, priority=True),
    ]

    def __init__(self, till: Till, member_id: MemberId) -> None:
        """Show this member."""
        super().__init__(till, member_id)
        self.head = MemberHead(self)
        self.about = AboutPanel(self)
        self.card_board = CardsBoard(self)
        self.point_board = PointsBoard(self)
        self.part = "about"

    def compose(self) -> ComposeResult:
        """Lay out: who at the left, cards and points at the right."""
        yield self.head
        yield Words(self._parts_words, id="member-parts")
        with Horizontal(id="member-middle"):
            yield self.about
            with Vertical(id="member-right"):
                yield self.card_board
                yield self.point_board
        yield NoticeLine(id="notice")
        yield KeyBar("member", "shell", keymap=lambda: self.shell.keys.keys, id="member-keys")

    def on_mount(self) -> None:
        """Ask for everything; ask again when the store is back."""
        self.shell.store.link.listeners.append(self._link_changed)
        self.part = "cards" if self._wide else "about"
        self._show_part()
        self.run_worker(self.load(), group="load", exclusive=True)

    def on_unmount(self) -> None:
        """Listen no longer."""
        self.shell.store.link.listeners.remove(self._link_changed)

    def _link_changed(self) -> None:
        if self.shell.store.link.up and self.is_mounted:
            self.run_worker(self.load(), group="load", exclusive=True)

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where there is room."""
        self.set_class(event.size.width >= _WIDE, "wide")

    @property
    def _wide(self) -> bool:
        return self.app.size.width >= _WIDE

    def redraw(self) -> None:
        """Show what is known; each region repaints the lines that differ."""
        if self.is_mounted:
            for board in (self.head, self.about, self.card_board, self.point_board):
                board.redraw()

    def language_changed(self) -> None:
        """Ask again for what the store says in words."""
        self.say("")
        self.run_worker(self.load(), group="load", exclusive=True)

    def _parts_words(self) -> str:
        words = [f"[{_(label)}]" if part == self.part else f" {_(label)} " for part, label in PARTS]
        return " " + " ".join(words) + "   " + _("Tab: next part")

    def _show_part(self) -> None:
        for part, _label in PARTS:
            self.set_class(part == self.part, f"at-{part}")
        self.card_board.current = self.part == "cards"
        self.point_board.current = self.part == "points"
        self.query_one("#member-parts").refresh()
        self.card_board.refresh()
        self.point_board.redraw()

    def chosen_card(self) -> CardView | None:
        """Return the chosen card."""
        return self.card_board.chosen

    def choose_card(self, card: CardView) -> None:
        """Choose the card that a person holds in the hand."""
        ids = [row.card_id for row in self.cards.cards] if self.cards is not None else []
        if card.card_id in ids:
            self.card_board.move(ids.index(card.card_id) - (self.card_board.picked or 0))

    def show_about(self) -> None:
        """Show who it is, in a narrow window too."""
        self.part = "about"
        self._show_part()
        self.redraw()

    def action_leave(self) -> None:
        """Back to the counter."""
        self.dismiss(None)

    def action_part(self, by: int) -> None:
        """Go to the next part."""
        names = [part for part, _label in PARTS]
        self.part = names[(names.index(self.part) + by) % len(names)]
        self._show_part()

    def action_move(self, by: int) -> None:
        """Arrows: another card, or another line of the part."""
        match self.part:
            case "cards":
                self.card_board.move(by)
            case "about":
                self.about.scroll_lines(by)
            case _:
                self._scroll_ledger(by)

    def action_page(self, by: int) -> None:
        """PgUp, PgDn: the ledger by pages, older rows as they are needed."""
        if self.part == "about":
            self.about.scroll_lines(by * 10)
        else:
            self._scroll_ledger(by * 10)

    def _scroll_ledger(self, by: int) -> None:
        if self.point_board.scroll_lines(by) and by > 0 and self.older and not self.busy:
            self.flow(self._older(by))

    async def _older(self, by: int) -> None:
        await self.ask_older()
        self.point_board.scroll_lines(by)
