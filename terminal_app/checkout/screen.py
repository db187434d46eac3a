"""The counter: the basket, the total, the typed line, and everything that a key does with them."""

from typing import Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from protocol.language import _
from protocol.messages.base import Refused
from protocol.quantity import format_thousandths, parse_thousandths
from terminal_app.actions import bindings_for
from terminal_app.checkout.basket_board import BasketBoard
from terminal_app.checkout.drawer_flows import DrawerFlows
from terminal_app.checkout.goods_flows import GoodsFlows
from terminal_app.checkout.guide import Guide, GuideLine
from terminal_app.checkout.panels import HeadLine, SidePanel, StatusLine, TotalPanel, TypedLine
from terminal_app.checkout.pay_flows import PayFlows
from terminal_app.checkout.quantity_words import no_quantity
from terminal_app.checkout.terminal_flows import TerminalFlows
from terminal_app.checkout.till import Till, WaitingScan
from terminal_app.members.attach_flows import MemberFlows
from terminal_app.members.panel import MemberLine
from terminal_app.pricing.flows import PriceFlows
from terminal_app.pricing.hint import NearlyHint
from terminal_app.refunds.flows import RefundFlows
from terminal_app.widgets.key_bar import KeyBar
from terminal_app.widgets.notice import NoticeLine

_TYPED_MAX = 60


class CheckoutScreen(PriceFlows, RefundFlows, GoodsFlows, PayFlows, DrawerFlows, TerminalFlows, MemberFlows):
    """One lane's till. It draws what the till knows; nothing on it takes the focus."""

    PLACES = ("checkout", "lane", "shell")
    CSS_PATH = "checkout.tcss"
    AUTO_FOCUS = ""
    BINDINGS = [
        *bindings_for("checkout", "lane", "shell"),
        Binding("escape", "clear", show=False, priority=True),
        Binding("enter", "enter", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("backspace", "rub_out", show=False, priority=True),
    ]

    def __init__(self, till: Till, operator: str) -> None:
        """Draw this till."""
        super().__init__()
        self.till = till
        self.head = HeadLine(till, operator, self.shell.clock())
        guide = Guide(till, lambda: self.shell.keys.keys)
        self.board = BasketBoard(guide.invitation, id="basket")
        self.guide = GuideLine(guide)
        self.hint = NearlyHint(
            till.store, till.in_background, lambda: bool(till.queue), lambda: self.redraw_hint()
        )
        self.total = TotalPanel(till, hint=lambda: self.hint.words)
        self.side = SidePanel(till, self.shell.keys.keys, self.shell.clock)
        self.member = MemberLine(till, lambda: guide.key("checkout.member"))
        self.typed = TypedLine()
        self.notice = NoticeLine(id="notice")
        self.status = StatusLine(till)

    def compose(self) -> ComposeResult:
        """Lay out regions of fixed size, so that a scan never moves anything."""
        yield self.head
        with Horizontal(id="middle"):
            with Vertical(id="basket-side"):
                yield self.board
                yield self.total
            yield self.side
        yield self.member
        yield self.typed
        yield self.notice
        if self.shell.settings.hint:
            yield self.guide
        yield KeyBar("checkout", "lane", "shell", keymap=lambda: self.shell.keys.keys, id="keys")
        yield self.status

    def on_mount(self) -> None:
        """Listen to the till."""
        self.till.changed = self.redraw
        self.till.panel_changed = self.redraw_member
        self.till.queue_changed = self.redraw_status
        self.till.refused = self.scan_refused
        self.till.presented = self.member_presented
        self.till.attached = self.member_attached
        self.till.coupon_taken = self.coupon_taken
        self.till.told = lambda words: self.shell.tell(words, "warning", bell=True)
        self.set_interval(60, self._tick)
        self.call_after_refresh(self.redraw)

    def on_resize(self, event: events.Resize) -> None:
        """Use the room: the side panel in wide windows, larger digits in high ones."""
        self.set_class(event.size.width >= 110, "wide")  # and then the side panel shows the member
        self.set_class(event.size.height >= 32, "high")

    def redraw(self) -> None:
        """Show the till as it is; each region repaints the lines that differ."""
        if not self.is_mounted:
            return
        till = self.till
        self.hint.follow(till.basket)
        self.board.show_basket(till.basket, till.line)
        self.total.redraw()
        self.head.redraw()
        if self.has_class("wide"):
            self.side.redraw()
        else:
            self.member.redraw()
        self.set_class(till.store.training, "training")
        if till.last is not None and till.basket is not None:
            self.notice.say("")
        self.guide.redraw()
        self.status.redraw()
        self.paint_now()
        self._tell_top()

    def redraw_member(self) -> None:
        """Show what is known of the member beside the sale."""
        if self.is_mounted:
            if self.has_class("wide"):
                self.side.redraw()
            else:
                self.member.redraw()
            self.paint_now()
            self._tell_top()

    def redraw_hint(self) -> None:
        """Show what nearly worked; it comes a moment after the basket."""
        if self.is_mounted:
            self.total.redraw()
            self.paint_now()

    def _tell_top(self) -> None:
        """Let a screen over the counter know: a card may come while a payment is asked for."""
        for screen in self.app.screen_stack[-1:]:  # none while one screen is taking another's place
            changed = getattr(screen, "basket_changed", None)
            if changed is not None:
                changed()

    def redraw_status(self) -> None:
        """Show links and waiting scans."""
        if self.is_mounted:
            self.status.redraw()

    def language_changed(self) -> None:
        """Ask again for what the store says in words."""
        self.notice.say("")
        self.hint.forget()
        self.till.in_background(self.till.ask_everything())

    def _tick(self) -> None:
        self.head.now = self.shell.clock()
        self.head.redraw()

    # --- scans and typing -------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """A scan is sold, with the quantity that was typed before it; a member code attaches its member."""
        self.sell(code, scanned=True)
        return True

    def sell(self, code: str, *, scanned: bool = False) -> None:
        """Ask for an item, with the quantity that waits for it."""
        typed = self.typed
        quantity = parse_thousandths(typed.quantity) if typed.quantity else None
        if typed.quantity:
            typed.quantity = ""
            typed.redraw()
        source: Literal["scanned", "typed"] = "scanned" if scanned else "typed"
        self.till.scan(WaitingScan(code=code, quantity_thousandths=quantity, source=source))

    def scan_refused(self, scan: WaitingScan, refusal: Refused) -> None:
        """Say why, or ask for what is missing."""
        if scan.source == "card":
            self.card_refused(scan, refusal)
            return
        self.shell.tell(refusal.explanation, "error", bell=True)
        if self.app.screen is self and not self.busy:
            follow_up = self.after_refusal(scan, refusal)
            if follow_up is not None:
                self.flow(follow_up)

    def on_key(self, event: events.Key) -> None:
        """Collect what is typed; nothing else on this screen takes keys."""
        character = event.character
        if character is None or not event.is_printable:
            return
        event.stop()
        typed = self.typed
        if character in "*×＊":
            self._set_quantity(typed)
        elif len(typed.text) < _TYPED_MAX:
            typed.text += character
            typed.redraw()
        else:
            self.app.bell()

    def _set_quantity(self, typed: TypedLine) -> None:
        if not typed.text:
            self.say(_("Type a number such as 3 or 0.455 before the *."), "warning", bell=True)
            return
        trouble = no_quantity(typed.text)
        if trouble:
            self.say(trouble, "error", bell=True)
        else:
            typed.quantity = format_thousandths(parse_thousandths(typed.text))
            self.say("")
        typed.text = ""
        typed.redraw()

    def typed_text(self) -> str:
        """Take what was typed; the line is empty after it."""
        typed = self.typed
        text, typed.text = typed.text.strip(), ""
        typed.redraw()
        return text

    def action_rub_out(self) -> None:
        """Backspace: the last character, then the quantity."""
        typed = self.typed
        if typed.text:
            typed.text = typed.text[:-1]
        else:
            typed.quantity = ""
        typed.redraw()

    def action_clear(self) -> None:
        """Esc: what is typed goes, the basket stays."""
        typed = self.typed
        typed.text = typed.quantity = ""
        typed.redraw()
        self.say("")

    def action_enter(self) -> None:
        """Enter: sell the typed code."""
        text = self.typed_text()
        if text:
            self.sell(text)

    def action_move(self, by: int) -> None:
        """Choose another line."""
        lines = [line.line for line in (self.till.basket.lines if self.till.basket else ())]
        if lines:
            here = lines.index(self.till.line) if self.till.line in lines else len(lines) - 1
            self.till.line = lines[max(0, min(here + by, len(lines) - 1))]
            self.board.show_basket(self.till.basket, self.till.line)
