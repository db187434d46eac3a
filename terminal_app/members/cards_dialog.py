"""A card for a member: presented, scanned or typed, with the identity check where one is due."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.cards import CardKind, Cards
from terminal_app.members.cards_board import KINDS
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.words import Words

_NUMBER_MAX = 120
_KINDS = tuple(KINDS)


@dataclass(frozen=True, slots=True)
class NewCard:
    """What was presented, scanned or typed."""

    kind: CardKind
    number: str
    random_uid: bool = False
    """True: it shows another number each time; the store refuses it in words."""
    identity_check: str = ""


Use = Callable[[NewCard], Awaitable[Cards | Refused]]


class CardDialog(Dialog[Cards]):
    """Stays open until the store takes the card; a presented or scanned one is asked for at once."""

    KEY_WORDS = N_("Present or scan the card, or type its number   ↑ ↓: kind   Enter: go on   Esc: back")
    CSS_PATH = "cards_dialog.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
    ]

    def __init__(self, title: str, words: Callable[[], str], use: Use, *, check: bool = False) -> None:
        """Say for whom; `check`: how the person was identified is asked first."""
        super().__init__()
        self.TITLE_WORDS = title  # type: ignore[misc]
        self._words = words
        self._use = use
        self._check = check
        self._random = ""
        """The number that a reader called a passing one."""

    def body(self) -> Iterable[Widget]:
        """For whom, the identity check, the number and how it is read."""
        yield Words(self._words, classes="paragraph")
        if self._check:
            yield Field(N_("Identity checked by"), id="card-check", max_length=200)
        yield Field(N_("Card number"), id="card-number", max_length=_NUMBER_MAX)
        yield ChoiceList[CardKind](
            lambda kind, width: [(fit(_(KINDS[kind]), width), "")],
            heading=lambda width: [(fit(_("How a typed number is read"), width), "quiet")],
            id="card-kind",
        )

    def on_mount(self) -> None:
        """Offer the kinds; a typed number mostly stands on a printed card."""
        self.query_one(ChoiceList).offer(_KINDS, _KINDS.index(CardKind.BARCODE))

    def action_move(self, by: int) -> None:
        """Choose another kind."""
        self.query_one(ChoiceList).move(by)

    @on(Input.Changed, "#card-number")
    def typed(self, event: Input.Changed) -> None:
        """What is typed over a passing number is another one."""
        if event.value != self._random:
            self._random = ""

    def take_card(self, uid: str) -> bool:
        """A card at the reader is contactless."""
        self._presented(CardKind.CONTACTLESS, uid, "")
        return True

    def take_random_card(self, uid: str) -> bool:
        """A phone at the reader; the store says why it cannot be a card."""
        self._presented(CardKind.CONTACTLESS, uid, uid)
        return True

    def take_scan(self, code: str) -> bool:
        """A scanned code; a long one is hardly a row of bars."""
        self._presented(CardKind.BARCODE if len(code) <= 24 else CardKind.QR, code[:_NUMBER_MAX], "")
        return True

    def _presented(self, kind: CardKind, number: str, random_number: str) -> None:
        self.query_one(ChoiceList).offer(_KINDS, _KINDS.index(kind))
        self._random = random_number
        self.query_one("#card-number", Entry).value = number
        self.flow(self.accept())

    async def accept(self) -> None:
        """Go to what is missing, or have the store take the card."""
        number, kind = self.query_one("#card-number", Entry), self.query_one(ChoiceList).choice
        check = self.query_one("#card-check", Entry) if self._check else None
        if check is not None and not check.value.strip():
            self.set_focus(check)
            self.say(
                _("First say how the person was identified: ID card seen, code sent …"), "warning", bell=True
            )
        elif not number.value.strip():
            if number.has_focus:
                self.say(_("Present the card, scan it, or type its number."), "warning", bell=True)
            self.set_focus(number)
        elif isinstance(kind, CardKind):
            text = number.value.strip()
            said = check.value.strip() if check is not None else ""
            await self._ask(NewCard(kind, text, text == self._random, said))

    async def _ask(self, card: NewCard) -> None:
        self.say(_("One moment…"))
        answer = await self._use(card)
        if not isinstance(answer, Refused):
            self.dismiss(answer)
            return
        number = self.query_one("#card-number", Entry)
        if answer.code == "bank_card":  # nobody is to read it here
            number.value = ""
        if answer.field == "identity_check" and self._check:
            self.query_one("#card-check", Entry).ask_again()
        else:
            number.ask_again()
        self.say(answer.explanation, "error", bell=True)
