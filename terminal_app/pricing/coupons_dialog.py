"""The coupons of a sale: what each gives or what is missing, the member's own to choose from, one to type."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.coupons import Coupons, CouponState, CouponView, ListCoupons, RemoveCoupon, UseCoupon
from protocol.messages.offers import ExplainSale, NearlyView, SaleExplained
from protocol.messages.sales import BasketCoupon, BasketView
from protocol.money import format_minor
from terminal_app.checkout.till import Till
from terminal_app.place import Dialog
from terminal_app.pricing.codes import same_code
from terminal_app.widgets.cells import fit, right, wrap
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.words import Words

_CODE, _GIVES = 16, 22
_MOST = 50


@dataclass(frozen=True, slots=True)
class _Row:
    """A coupon in the list."""

    code: str
    name: str
    words: str
    """What it gives, or what is missing for it, as a sentence."""
    saved_minor: int = 0
    on_sale: bool = False
    """True: it is on this sale; False: the member has it."""
    until: str = ""


class CouponsDialog(Dialog[None]):
    """Stays open; each change reprices the basket at once, and a refusal costs no typing."""

    TITLE_WORDS = N_("Coupons")
    KEY_WORDS = N_("Scan or type a code, or choose with ↑ ↓   Enter: use it   Del: take it off   Esc: back")
    CSS_PATH = "coupons_dialog.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("delete", "remove", show=False, priority=True),
    ]

    def __init__(self, till: Till, typed: str = "") -> None:
        """Show the coupons of the till's basket; what was typed at the counter is the first code."""
        super().__init__()
        self._till = till
        self._typed = typed
        self._nearly: tuple[NearlyView, ...] = ()
        self._own: tuple[CouponView, ...] = ()
        self._known = False

    def body(self) -> Iterable[Widget]:
        """The list, the chosen one in words, a line to type in."""
        yield ChoiceList[_Row](self._draw, empty=self._empty, heading=_heading, id="coupons")
        yield Words(self._chosen_words, id="coupon-words")
        yield Field(N_("Code"), id="code", value=self._typed, max_length=40)

    def on_mount(self) -> None:
        """Ask what there is."""
        self.query_one("#code", Entry).ask_again()
        self.run_worker(self._load(), group="coupons", exclusive=True)

    def language_changed(self) -> None:
        """The sentences are the store's."""
        self.run_worker(self._load(), group="coupons", exclusive=True)

    async def _load(self) -> None:
        """Ask what is missing for those on the sale, and what the member has."""
        basket = self._till.basket
        self._nearly, self._own = (), ()
        if basket is not None and basket.coupons and basket.lines:
            made = await self.shell.store.ask(ExplainSale(sale_id=basket.sale_id), SaleExplained)
            if isinstance(made, SaleExplained):
                self._nearly = made.explanation.nearly
        if basket is not None and basket.member_id is not None:
            request = ListCoupons(member_id=basket.member_id, state=CouponState.LIVE, limit=_MOST)
            own = await self.shell.store.ask(request, Coupons)
            if isinstance(own, Coupons):
                self._own = own.coupons
            else:
                self.say(own.explanation, "error", bell=True)
        self._known = True
        self._show()

    def _show(self) -> None:
        basket, board = self._till.basket, self.query_one(ChoiceList)
        there = basket.coupons if basket is not None else ()
        rows = [self._on_sale(coupon) for coupon in there]
        rows += [self._of_member(each) for each in self._own if not _among(each, there)]
        board.offer(rows, min(board.picked or 0, max(0, len(rows) - 1)))
        board.refresh()
        self.query_one("#coupon-words", Words).refresh()

    def _on_sale(self, coupon: BasketCoupon) -> _Row:
        missing = [each.words for each in self._nearly if each.offer_id is None and each.name == coupon.name]
        words = _("It is on this sale.") if coupon.saved_minor else " ".join(missing[:1])
        words = words or _("It gives nothing on this basket yet.")
        return _Row(coupon.code, coupon.name, words, coupon.saved_minor, on_sale=True)

    def _of_member(self, coupon: CouponView) -> _Row:
        zone = self.shell.store.zone
        until = coupon.ends_at.astimezone(zone).strftime("%Y-%m-%d") if coupon.ends_at else ""
        return _Row(coupon.code, coupon.name, coupon.words, until=until)

    # --- keys -------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)
        self.query_one("#coupon-words", Words).refresh()

    @on(Input.Changed, "#code")
    def code_typed(self) -> None:
        """What was refused is being corrected."""
        self.say("")

    def take_scan(self, code: str) -> bool:
        """A coupon in the customer's hand."""
        self.flow(self._use(code))
        return True

    async def accept(self) -> None:
        """Use the typed code, or the chosen coupon of the member."""
        typed = self.query_one("#code", Entry).value.strip()
        row = self.query_one(ChoiceList).choice
        if typed:
            await self._use(typed)
        elif isinstance(row, _Row) and not row.on_sale:
            await self._use(row.code)
        elif isinstance(row, _Row):
            self.say(_("{name} is on the sale already. Del takes it off.").format(name=row.name), "warning")
        else:
            self.app.bell()

    def action_remove(self) -> None:
        """Take the chosen one off the sale."""
        row = self.query_one(ChoiceList).choice
        if isinstance(row, _Row) and row.on_sale:
            self.flow(self._remove(row))
        else:
            self.app.bell()

    async def _use(self, code: str) -> None:
        basket = self._till.basket
        if basket is None:
            self.say(_("This is a coupon. Scan the goods first, then the coupon."), "warning", bell=True)
            return
        entry = self.query_one("#code", Entry)
        answer = await self._till.in_turn(UseCoupon(sale_id=basket.sale_id, code=code))
        if isinstance(answer, Refused):
            if entry.value.strip():
                entry.ask_again()
            self.say(answer.explanation, "error", bell=True)
            return
        self._till.take(answer)
        with self.prevent(Input.Changed):
            entry.value = ""
        await self._load()
        self.say(coupon_said(answer.basket, code), "good")

    async def _remove(self, row: _Row) -> None:
        basket = self._till.basket
        if basket is None:
            return
        answer = await self._till.in_turn(RemoveCoupon(sale_id=basket.sale_id, code=row.code))
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        self._till.take(answer)
        await self._load()
        self.say(_("{name} is off the sale; it can be used again.").format(name=row.name), "warning")

    # --- words ------------------------------------------------------------------------------------

    def _empty(self) -> str:
        if not self._known:
            return _("One moment…")
        basket = self._till.basket
        if basket is not None and basket.member_id is not None:
            return _("No coupon is on this sale, and {name} has none.").format(name=basket.member_name)
        return _("No coupon is on this sale. Put the member beside it to see theirs.")

    def _chosen_words(self) -> str:
        row = self.query_one(ChoiceList).choice
        if not isinstance(row, _Row):
            return " \n "
        width = max(20, self.query_one("#coupon-words").size.width)
        return "\n".join(wrap(row.words.replace("\n", " "), width)[:2])

    def _draw(self, row: _Row, width: int) -> list[Piece]:
        if row.on_sale and row.saved_minor:
            gives, tone = format_minor(-row.saved_minor, self._till.currency), "good"
        elif row.on_sale:
            gives, tone = _("nothing yet"), "warning"
        elif row.until:
            gives, tone = _("until {day}").format(day=row.until), "quiet"
        else:
            gives, tone = _("the member's"), "quiet"
        return [
            ("✓ " if row.on_sale else "  ", "good"),
            (fit(row.name, width - _CODE - _GIVES - 3) + " ", "strong" if row.on_sale else ""),
            (fit(row.code, _CODE), "quiet"),
            (right(gives, _GIVES), tone),
        ]


def _heading(width: int) -> list[Piece]:
    return [
        (fit("  " + _("Coupon"), width - _CODE - _GIVES), "quiet"),
        (fit(_("Code"), _CODE), "quiet"),
        (right(_("Gives"), _GIVES), "quiet"),
    ]


def _among(coupon: CouponView, there: Iterable[BasketCoupon]) -> bool:
    return any(same_code(coupon.code, each.code) for each in there)


def coupon_said(basket: BasketView, code: str) -> str:
    """Return what the coupon of this code gives on the basket."""
    coupon = next((each for each in basket.coupons if same_code(each.code, code)), None)
    if coupon is None:
        return ""
    if coupon.saved_minor:
        amount = format_minor(coupon.saved_minor, basket.currency, symbol=True)
        return _("{name} takes {amount} off.").format(name=coupon.name, amount=amount)
    return _("{name} is on the sale and gives nothing yet.").format(name=coupon.name)
