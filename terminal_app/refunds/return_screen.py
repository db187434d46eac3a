"""What the two screens of goods that come back share: the lines, the keys, the preview, giving back."""

from pathlib import Path
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container

from protocol.identifiers import ApprovalId
from protocol.language import N_, _
from protocol.messages.base import Query, Refused
from protocol.messages.refunds import (
    RefundPreview,
    RefundSale,
    RefundView,
    RefundWithoutReceipt,
    TenderReference,
)
from protocol.money import format_minor
from protocol.permissions import Permission
from protocol.quantity import parse_thousandths
from terminal_app.checkout.flow_base import FlowBase
from terminal_app.checkout.quantity_words import no_quantity
from terminal_app.checkout.terminal_flows import BenchFlow
from terminal_app.checkout.till import Till
from terminal_app.refunds.board import ReturnBoard
from terminal_app.refunds.side import ReturnSide
from terminal_app.refunds.wanted import REFERENCE_WORDS, Return, Wanted
from terminal_app.screens.form import Asked, Form, Values, Wrong
from terminal_app.screens.question import Question
from terminal_app.widgets.key_bar import KeyBar
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words

_WIDE = 110
_MOST_TYPED = 10


class ReturnScreen(BenchFlow, FlowBase):
    """Goods that come back. Esc leaves it and loses nothing: what was chosen is there again next time."""

    CSS_PATH = Path(__file__).with_name("return_screen.tcss")
    AUTO_FOCUS = ""
    HAS_RECEIPT: ClassVar[bool] = True
    KEYS: ClassVar[list[Any]] = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("enter", "enter", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("backspace", "rub_out", show=False, priority=True),
        Binding("space", "whole", show=False, priority=True),
        Binding("plus", "everything", show=False, priority=True),
    ]

    def __init__(self, till: Till, goods: Return, currency: str) -> None:
        """Show these goods."""
        super().__init__()
        self.till = till
        self.goods = goods
        self.currency = currency
        self.board = ReturnBoard(goods, currency, receipt=self.HAS_RECEIPT)
        self.side = ReturnSide(goods, currency)
        self.booked = False
        """True: the goods were taken back."""

    # --- what the two differ in -------------------------------------------------------------------

    def head_words(self) -> str:
        """Return the first line of the screen."""
        raise NotImplementedError

    def preview_query(self) -> Query:
        """Return the question what exactly would go back."""
        raise NotImplementedError

    def command(self, references: tuple[TenderReference, ...]) -> RefundSale | RefundWithoutReceipt:
        """Return the refund itself."""
        raise NotImplementedError

    async def renew(self) -> None:
        """Ask how things stand now: another counter may have been faster."""

    # --- the face ---------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """Lay out: the goods, beside or below them what goes back."""
        yield Words(self._title, id="return-head")
        with Container(id="return-middle"):
            yield self.board
            yield self.side
        yield Words(self._help, id="return-help")
        yield NoticeLine(id="notice")
        yield KeyBar(*self.PLACES[:2], "shell", keymap=lambda: self.shell.keys.keys, id="return-keys")

    def on_mount(self) -> None:
        """Ask what would go back; ask again when the store is back."""
        self.shell.store.link.listeners.append(self._link_changed)
        self.call_after_refresh(self.show_goods)

    def on_unmount(self) -> None:
        """Listen no longer."""
        self.shell.store.link.listeners.remove(self._link_changed)

    def _link_changed(self) -> None:
        if self.shell.store.link.up and self.is_mounted:
            self.show_goods()

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where there is room."""
        self.set_class(event.size.width >= _WIDE, "wide")

    def language_changed(self) -> None:
        """Ask again for what the store says in words."""
        self.say("")
        self.show_goods()

    def show_goods(self) -> None:
        """Show the goods as they are now, and ask what goes back for them."""
        if not self.is_mounted:
            return
        self.board.redraw()
        if not self.goods.coming:
            self.side.preview, self.side.trouble = None, ""
        self.side.asking = bool(self.goods.coming)
        self.side.redraw()
        # A function, not its coroutine: one that is superseded before it began was never made.
        self.run_worker(self._ask_preview, group="preview", exclusive=True)  # type: ignore[arg-type]

    async def _ask_preview(self) -> None:
        if self.goods.coming:
            await self.look()

    async def look(self) -> RefundPreview | None:
        """Ask what goes back; where the store says why nothing can, show that."""
        answer = await self.shell.store.ask(self.preview_query(), RefundPreview)
        if isinstance(answer, Refused) and answer.code == "not_in_cash" and self.goods.in_cash:
            self.goods.in_cash = False
            self.say(answer.explanation, "error", bell=True)
            answer = await self.shell.store.ask(self.preview_query(), RefundPreview)
        refused = isinstance(answer, Refused)
        self.side.preview = None if isinstance(answer, Refused) else answer
        self.side.trouble = answer.explanation if isinstance(answer, Refused) else ""
        self.side.asking = False
        if self.is_mounted:
            self.side.redraw()
            self.query_one("#return-head").refresh()
        if refused:
            self.say(self.side.trouble, "warning")
        return self.side.preview

    def _title(self) -> str:
        words = self.head_words()
        if self.goods.in_cash:
            words += "   " + _("IN CASH")
        return words + ("   " + _("TRAINING: nothing counts") if self.till.store.training else "")

    def _help(self) -> str:
        return _("↑ ↓ line   digits: how many   Space: all of it   +: everything   or scan")

    def say_sum(self) -> None:
        """After a change the earlier sentence is no longer true."""
        self.say("")

    # --- typing and choosing ----------------------------------------------------------------------

    def typed_text(self) -> str:
        """Take what was typed."""
        text = self.board.typed
        self.board.show_typed("")
        return text

    def on_key(self, event: events.Key) -> None:
        """Digits are the quantity of the chosen line."""
        character = event.character
        if character is None or not event.is_printable:
            return
        event.stop()
        if self.on_its_way():
            return
        number = character.isdecimal() or character == "."
        if number and len(self.board.typed) < _MOST_TYPED and self.goods.chosen is not None:
            self.board.show_typed(self.board.typed + character)
            return
        self.app.bell()

    def take_typed(self) -> bool:
        """Let the typed quantity come back; False: it will not do, and it is said why."""
        text, row = self.board.typed, self.goods.chosen
        if not text or row is None:
            return True
        trouble = "" if text.strip("0.") == "" and text != "." else no_quantity(text)
        trouble = trouble or self.goods.bring(row, parse_thousandths(text))
        self.board.show_typed("")
        if trouble:
            self.say(trouble, "error", bell=True)
            return False
        self.say_sum()
        self.show_goods()
        return True

    def action_rub_out(self) -> None:
        """Backspace: the last digit."""
        self.board.show_typed(self.board.typed[:-1])

    def action_leave(self) -> None:
        """Esc: what is typed goes; with nothing typed, back to the counter."""
        if self.board.typed:
            self.board.show_typed("")
        elif not self.on_its_way():
            self.dismiss(None)

    def on_its_way(self) -> bool:
        """Return whether a refund is being booked, and say so: what comes back cannot be changed then."""
        if self.busy:
            self.say(_("The refund is on its way; one moment."), "warning", bell=True)
        return self.busy

    def action_enter(self) -> None:
        """Enter: the typed quantity comes back; with nothing typed, the next line."""
        if self.board.typed:
            self.take_typed()
        else:
            self.action_move(1)

    def action_move(self, by: int) -> None:
        """Choose another line; what was typed for this one is taken."""
        if self.take_typed():
            self.goods.pick(self.goods.picked + by)
            self.board.redraw()
            self.side.redraw()

    def action_whole(self) -> None:
        """Space: all that is left of the line, or nothing of it."""
        row = self.goods.chosen
        if self.on_its_way() or row is None:
            self.app.bell()
            return
        self.board.show_typed("")
        self._changed(self.goods.toggle(row))

    def action_everything(self) -> None:
        """+: everything."""
        if self.on_its_way() or not self.HAS_RECEIPT:
            self.app.bell()
            return
        self.board.show_typed("")
        self.goods.toggle_all()
        self._changed("")

    def _changed(self, trouble: str) -> None:
        if trouble:
            self.say(trouble, "error", bell=True)
        else:
            self.say_sum()
        self.show_goods()

    def row_or_say(self) -> Wanted | None:
        """Return the chosen goods when they come back, or say that none do."""
        row = self.goods.chosen
        if not self.take_typed():
            return None
        row = self.goods.chosen
        if row is None or not row.back_thousandths:
            self.say(
                _("Say first how much of it comes back: a number, or Space for all."), "warning", bell=True
            )
            return None
        return row

    # --- the keys of the registry -----------------------------------------------------------------

    def do_waste(self) -> None:
        """Shelf or bin."""
        row = None if self.on_its_way() else self.row_or_say()
        if row is not None:
            self.goods.toggle_waste(row)
            self._changed("")

    async def do_reason(self) -> None:
        """Why it comes back."""
        from terminal_app.refunds.reason import ReasonDialog  # noqa: PLC0415  # start quickly

        row = self.row_or_say()
        if row is None:
            return
        given = await self.app.push_screen_wait(ReasonDialog(row.name, row.reason))
        if given is not None:
            self.goods.give_reason(given.reason, None if given.for_all else row, spoiled=given.spoiled)
            self._changed("")

    async def do_book(self) -> None:
        """Take the goods back and give the money back."""
        if not self.take_typed():
            return
        if not self.goods.coming:
            self.say(_("Nothing comes back yet. Type how many, or press Space or +."), "warning", bell=True)
            return
        preview = await self.look()
        if preview is None:
            self.app.bell()
            return
        references = await self._confirmed(preview.refund)
        if references is None:
            return
        if self.till.store.link.up:
            self.say(_("One moment…"))
        else:
            words = _("The store server is away; the refund is written down here and goes on by itself.")
            self.say(words, "warning")
        if await self._give_back(self.command(references)):
            self.booked = True
            self.dismiss(None)

    async def _confirmed(self, refund: RefundView) -> tuple[TenderReference, ...] | None:
        """Ask once more, and for what machines and apps have shown; None: not now."""
        words = self._summary(refund)
        wanted = [each for each in refund.tenders if each.needs_reference and each.tender_id is not None]
        if not wanted:
            sure = await self.app.push_screen_wait(Question(N_("Refund"), lambda: words))
            return () if sure else None

        def check(values: Values) -> Wrong | None:
            empty = next((at for at, value in enumerate(values) if not value), None)
            return None if empty is None else Wrong(empty, _(REFERENCE_WORDS))

        asked = [Asked(f"{each.name} {self._money(each.amount_minor)}", max_length=60) for each in wanted]
        values = await self.app.push_screen_wait(Form(N_("Refund"), asked, check, lambda: words))
        if values is None:
            return None
        pairs = zip(wanted, values, strict=True)
        return tuple(
            TenderReference(tender_id=each.tender_id, reference=value)
            for each, value in pairs
            if each.tender_id is not None
        )

    def _summary(self, refund: RefundView) -> str:
        ways = ", ".join(f"{each.name} {self._money(each.amount_minor)}" for each in refund.tenders)
        text = _("Take the goods back and give {amount} back: {ways}?")
        return text.format(amount=self._money(refund.paid_back_minor), ways=ways or _("nothing"))

    def _money(self, amount_minor: int) -> str:
        return format_minor(amount_minor, self.currency, symbol=True)

    async def _give_back(self, command: RefundSale | RefundWithoutReceipt) -> bool:
        """Book it; where one person is not enough, ask for a second until one may or nobody is there."""
        approval: ApprovalId | None = None
        while True:
            answer = await self.till.give_back(command, approval)
            if not isinstance(answer, Refused):
                return True
            if answer.code != "approval_needed" or not answer.permission:
                await self.renew()
                self.say(answer.explanation, "error", bell=True)
                return False
            words = answer.explanation
            if approval is not None:
                words = _("The approval was not enough.") + " " + words
            approval = await self._approval(Permission(answer.permission), words)
            if approval is None:
                self.say(_("Not approved; nothing was given back."), "warning", bell=True)
                return False

    async def _approval(self, permission: Permission, words: str) -> ApprovalId | None:
        from terminal_app.screens.approval import ApprovalDialog  # noqa: PLC0415  # rarely needed

        approval: ApprovalId | None = await self.app.push_screen_wait(ApprovalDialog(permission, words))
        return approval
