"""The tender screen: payments in any mix until nothing is due, then the receipt."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.sales import BasketView, RemoveTender, TenderKindView, TenderView
from protocol.money import format_minor, minor_digits, parse_minor
from terminal_app.checkout.panels import TotalPanel
from terminal_app.checkout.pay_code import PayCode, recognise
from terminal_app.checkout.till import Till, WaitingScan
from terminal_app.members.panel import points_words
from terminal_app.members.paying import POINTS, Purse, amount_words, kind_words, purse_of
from terminal_app.place import Place
from terminal_app.refunds.finishing import finish_sale
from terminal_app.widgets.cells import cell_len, fit, right
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words

_NOTES_MAJOR = (5, 10, 20, 50, 100, 200, 500, 1000)


def quick_amounts(due_minor: int, currency: str) -> list[int]:
    """Return up to four round amounts that a customer is likely to hand over for what is due."""
    unit = 10 ** minor_digits(currency)
    found: list[int] = []
    for note in _NOTES_MAJOR:
        amount = -(-due_minor // (note * unit)) * note * unit
        if amount > due_minor and amount not in found:
            found.append(amount)
    return sorted(found)[:4]


def _is_cash(kind: TenderKindView) -> bool:
    """Return whether these are coins and notes, which cash rounding is about."""
    return kind.gives_change and kind.counts_in_drawer


def _is_points(tender: TenderView) -> bool:
    return tender.tender == POINTS and tender.reference.isdigit()


class TenderScreen(Place[None]):
    """Shows what is due; takes one payment after the other."""

    PLACES = ()
    CSS_PATH = "tender.tcss"
    AUTO_FOCUS = "#amount"
    BINDINGS = [
        Binding("escape", "leave", show=False, priority=True),
        Binding("enter", "enter", show=False, priority=True),
        Binding("up", "choose(-1)", show=False, priority=True),
        Binding("down", "choose(1)", show=False, priority=True),
        Binding("delete", "remove", show=False, priority=True),
        # Before anybody else sees them, so that what is typed ahead goes to the next field.
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        *(Binding(f"f{5 + n}", f"quick({n})", show=False, priority=True) for n in range(4)),
        Binding("f9", "kind('cash')", show=False, priority=True),
    ]

    def __init__(self, till: Till, tender: str | None) -> None:
        """Pay the till's basket, beginning with this tender kind."""
        super().__init__()
        self.till = till
        self._first = tender

    def compose(self) -> ComposeResult:
        """Lay out: due, kinds beside taken payments, amount, keys."""
        yield Words(self._title, id="tender-title")
        yield TotalPanel(self.till, paying=True)
        with Horizontal(id="tender-middle"):
            with Vertical(classes="half"):
                yield Words(N_("Way to pay (↑ ↓)"), classes="quiet")
                yield ChoiceList[TenderKindView](self._draw_kind, id="kinds")
            with Vertical(classes="half"):
                yield Words(N_("Taken so far (Del removes the last)"), classes="quiet")
                yield ChoiceList[TenderView](self._draw_tender, empty=lambda: _("nothing yet"), id="taken")
        yield Field(N_("Amount (empty: all)"), id="amount", max_length=14)
        yield Field(N_("Reference"), id="reference", max_length=60)
        yield Words(self._quick_words, id="quick")
        yield NoticeLine(id="notice")
        yield Words(N_("Enter: take it   Tab: next field   Esc: back to the basket"), id="tender-keys")

    def on_mount(self) -> None:
        """Show the kinds."""
        kinds = self.query_one("#kinds", ChoiceList)
        names = [kind.tender for kind in self.till.kinds]
        kinds.offer(self.till.kinds, names.index(self._first) if self._first in names else 0)
        self.call_after_refresh(self.redraw)

    def redraw(self) -> None:
        """Show what is due and taken."""
        self._draw_points()
        basket = self.till.basket
        self.query_one(TotalPanel).redraw()
        tenders = basket.tenders if basket else ()
        self.query_one("#taken", ChoiceList).offer(tenders, len(tenders) - 1)
        self.query_one("#kinds", ChoiceList).refresh()

    # --- scans ------------------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """A pay code pays; goods are added while nothing has been paid."""
        pay_code = recognise(code)
        if pay_code is not None:
            self.flow(self._take_pay_code(pay_code))
            return True
        if self.till.basket is not None and self.till.basket.tenders:
            self.say(
                _("Goods cannot be added after a payment. Take the payment back first (Del)."),
                "error",
                bell=True,
            )
            return True
        self.dismiss(None)
        self.till.scan(WaitingScan(code=code, source="scanned"))
        return True

    def take_card(self, uid: str) -> bool:
        """A card that comes late still brings its member's prices and points."""
        self.till.scan(WaitingScan(code=uid, source="card"))
        return True

    def take_random_card(self, uid: str) -> bool:
        """A telephone before the reader is refused in words."""
        self.till.scan(WaitingScan(code=uid, source="card", random_uid=True))
        return True

    def basket_changed(self) -> None:
        """A member came, or more is known of one: there may be something else to pay."""
        if self.is_mounted and not self.busy:
            self.redraw()

    async def _take_pay_code(self, pay_code: PayCode) -> None:
        kind = next((kind for kind in self.till.kinds if kind.tender == "mobile"), None)
        if kind is None:
            self.say(_("This shop takes no mobile payments."), "error", bell=True)
            return
        self._choose_kind("mobile")
        await self._take(kind, pay_code.reference)

    # --- keys -------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Esc: back to the basket; payments that were taken stay on it."""
        if not self.busy:
            self.dismiss(None)
        else:
            self.say(_("A payment is on its way; one moment."), "warning", bell=True)

    def action_choose(self, by: int) -> None:
        """Choose another way to pay."""
        self.query_one("#kinds", ChoiceList).move(by)
        self._draw_points()

    def action_kind(self, tender: str) -> None:
        """Choose a way to pay by its code."""
        self._choose_kind(tender)

    def action_quick(self, number: int) -> None:
        """Take a round amount."""
        amounts = self._quick()
        if number < len(amounts) and not self.busy:
            self.query_one("#amount", Entry).value = format_minor(amounts[number], self.till.currency)
            self.action_enter()

    def action_enter(self) -> None:
        """Take the payment."""
        kind = self.query_one("#kinds", ChoiceList).choice
        if not isinstance(kind, TenderKindView):
            self.say(_("No way to pay is known yet; the store server has not answered."), "error", bell=True)
            return
        reference = self.query_one("#reference", Entry)
        typed = reference.value.strip()
        pay_code = recognise(typed)
        if pay_code is not None:  # it says itself how it pays, whatever is chosen
            self.flow(self._take_pay_code(pay_code))
            return
        if kind.needs_reference and not typed:
            self.set_focus(reference)
            self.say(
                _("{name}: type the reference from the slip or the app.").format(name=kind.name), "warning"
            )
            return
        self.flow(self._take(kind, typed if kind.needs_reference or not kind.gives_change else ""))

    def action_remove(self) -> None:
        """Take the last payment back."""
        basket = self.till.basket
        if basket is None or not basket.tenders:
            self.app.bell()
            return
        self.flow(self._remove(basket.tenders[-1]))

    # --- flows ------------------------------------------------------------------------------------

    async def _take(self, kind: TenderKindView, reference: str) -> None:
        basket = self.till.basket
        if basket is None:
            self.dismiss(None)
            return
        amount = self._amount(self._default_amount(kind, basket))
        if amount is None:
            return
        due = basket.cash_due_minor if _is_cash(kind) else basket.due_minor
        if not amount and due:
            self.say(amount_words(basket, self._purse(), None), "error", bell=True)
            return
        if due:  # what cash rounds away needs no payment
            self.say(self._waiting_words())
            answer = await self.till.add_tender(kind.tender, amount, reference)
            if isinstance(answer, Refused):
                self.say(answer.explanation, "error", bell=True)
                return
        for entry in self.query(Entry):
            entry.value = ""
        self.set_focus(self.query_one("#amount", Entry))
        self.redraw()
        await self._finish_if_paid()

    async def _finish_if_paid(self) -> None:
        basket = self.till.basket
        if basket is None or basket.cash_due_minor:
            due = format_minor(basket.due_minor if basket else 0, self.till.currency, symbol=True)
            self.say(_("Still {amount} to pay").format(amount=due))
            return
        answer = await finish_sale(self.shell, self.till)
        if isinstance(answer, Refused):
            self.redraw()  # it may cost something else now
            self.say(answer.explanation, "error", bell=True)
        else:
            self.dismiss(None)

    async def _remove(self, tender: TenderView) -> None:
        answer = await self.till.in_turn(
            RemoveTender(sale_id=self.till.sale_id(), tender_id=tender.tender_id)
        )
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
            return
        self.till.take(answer)
        self.redraw()
        amount = format_minor(tender.amount_minor, self.till.currency, symbol=True)
        self.say(
            _("{name} {amount} taken back: give it to the customer.").format(name=tender.name, amount=amount),
            "warning",
        )

    def _amount(self, due_minor: int) -> int | None:
        text = self.query_one("#amount", Entry).value.strip()
        if not text:
            return due_minor
        try:
            amount = parse_minor(text, self.till.currency)
        except ValueError:
            amount = 0
        if not 0 < amount <= 10**11:
            self.query_one("#amount", Entry).ask_again()
            self.say(_("“{text}” is no amount. Write it like 12.50.").format(text=text), "error", bell=True)
            return None
        return amount

    def _default_amount(self, kind: TenderKindView, basket: BasketView) -> int:
        """Return what an empty amount means: all that is due, or as much of it as points can pay."""
        purse = self._purse()
        if _is_cash(kind):
            return basket.cash_due_minor
        if kind.tender != POINTS or purse is None:
            return basket.due_minor  # the store says why it cannot be paid so
        return purse.most(basket.due_minor)

    def _purse(self) -> Purse | None:
        return purse_of(self.till.basket, self.till.member_panel)

    def _chosen_kind(self) -> str:
        kind = self.query_one("#kinds", ChoiceList).choice
        return kind.tender if isinstance(kind, TenderKindView) else ""

    @on(Input.Changed, "#amount")
    def _draw_points(self) -> None:
        """Say what the amount takes, while points are the chosen way to pay."""
        self.query_one("#quick", Words).refresh()

    def _choose_kind(self, tender: str) -> None:
        names = [kind.tender for kind in self.till.kinds]
        if tender in names:
            self.query_one("#kinds", ChoiceList).offer(self.till.kinds, names.index(tender))
            self._draw_points()

    def _quick(self) -> list[int]:
        basket = self.till.basket
        kind = self.query_one("#kinds", ChoiceList).choice
        if basket is None or not basket.due_minor or self._chosen_kind() == POINTS:
            return []
        cash = isinstance(kind, TenderKindView) and _is_cash(kind)
        return quick_amounts(basket.cash_due_minor if cash else basket.due_minor, self.till.currency)

    # --- words ------------------------------------------------------------------------------------

    def _title(self) -> str:
        words = _("Payment")
        return f"{words}   " + _("TRAINING: nothing counts") if self.till.store.training else words

    def _waiting_words(self) -> str:
        if self.till.store.link.up:
            return _("One moment…")
        return _("The store server is away; the payment is written down here and goes on by itself.")

    def _points_words(self) -> str:
        text = self.query_one("#amount", Entry).value.strip()
        try:
            amount = parse_minor(text, self.till.currency) if text else None
        except ValueError:
            return ""
        return amount_words(self.till.basket, self._purse(), amount)

    def _quick_words(self) -> str:
        if self._chosen_kind() == POINTS:
            return self._points_words()
        parts = [
            f"F{5 + number} {format_minor(amount, self.till.currency)}"
            for number, amount in enumerate(self._quick())
        ]
        return _("Quick:") + "  " + "   ".join(parts) if parts else ""

    def _draw_kind(self, kind: TenderKindView, width: int) -> list[Piece]:
        words = kind_words(self._purse()) if kind.tender == POINTS else ""
        size = cell_len(words)
        return [(fit(kind.name, width - size), ""), (words, "quiet")]

    def _draw_tender(self, tender: TenderView, width: int) -> list[Piece]:
        amount = format_minor(tender.amount_minor, self.till.currency)
        reference = points_words(int(tender.reference)) if _is_points(tender) else tender.reference
        name = f"{tender.name} {reference}".strip()
        return [(fit(name, width - 13), ""), (right(amount, 12) + " ", "strong")]
