"""The cards of a member and all that happened to them: issue, report lost, freeze, replace, take back."""

from collections.abc import Callable, Iterable

from textual.widget import Widget

from protocol.identifiers import CardId, MemberId
from protocol.language import N_, _
from protocol.messages.base import Answer, Fact, Request
from protocol.messages.cards import (
    CardChanged,
    CardEventView,
    Cards,
    CardState,
    CardView,
    CardWasFound,
    FreezeCard,
    ListCards,
    ReportCardLost,
    ReturnCard,
    UnfreezeCard,
)
from protocol.messages.members import MemberView
from terminal_app.actions import bindings_for
from terminal_app.console.form_dialog import FormDialog, Save
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.members.member_cards_dialog import CardDialog
from terminal_app.console.members.profile_words import CARD_EVENTS, CARD_KINDS, CARD_STATES, ended_words
from terminal_app.console.table import Column, Table, TableRow, Tone
from terminal_app.widgets.words import Words

MakeRequest = Callable[[str], Request]
_TONES: dict[CardState, Tone] = {
    CardState.ACTIVE: "good",
    CardState.FROZEN: "warn",
    CardState.LOST: "bad",
    CardState.REPLACED: "quiet",
    CardState.RETURNED: "quiet",
}
_ENDED = (CardState.REPLACED, CardState.RETURNED)


class MemberCardsScreen(SubPage[bool]):
    """Gives True when something was changed."""

    PLACES = ("shell", "member_cards")
    HERE = "members"
    AUTO_FOCUS = "#cards"
    BINDINGS = [*bindings_for("member_cards")]
    DEFAULT_CSS = """
    MemberCardsScreen #cards { height: 2fr; }
    MemberCardsScreen #events { height: 3fr; }
    MemberCardsScreen .part { height: 1; color: $primary; text-style: bold; padding: 0 1; }
    """

    def __init__(self, member: MemberView) -> None:
        """Show the cards of a member."""
        super().__init__()
        self._member = member
        self._cards: dict[str, CardView] = {}
        self._touched = False

    @property
    def member_id(self) -> MemberId:
        """Whose cards they are."""
        return self._member.member_id

    def title_words(self) -> str:
        """Return whose cards they are."""
        words = _("Members › {number} {name} › Cards")
        return words.format(number=self._member.number, name=self._member.name)

    def body(self) -> Iterable[Widget]:
        """The cards, and below them what happened."""
        yield Table(
            [
                Column(N_("Card number"), least=12),
                Column(N_("Kind"), 18),
                Column(N_("State"), 14),
                Column(N_("Issued"), 10),
            ],
            empty=N_("This member has no card. One is issued here, or at the till."),
            id="cards",
        )
        yield Words(N_("What happened"), classes="part")
        yield Table(
            [
                Column(N_("When"), 16),
                Column(N_("Card number"), least=10),
                Column(N_("What"), 14),
                Column(N_("Reason or identity check"), least=12, share=2),
                Column(N_("Who"), 10, optional=True),
            ],
            id="events",
        )

    @property
    def cards(self) -> Table:
        """The list of cards."""
        return self.query_one("#cards", Table)

    async def load(self) -> None:
        """Ask for all cards, past ones too."""
        answer = await self.fetch(ListCards(member_id=self.member_id), Cards)
        if answer is not None:
            self._show(answer)

    def _show(self, answer: Cards) -> None:
        self._cards = {str(card.card_id): card for card in answer.cards}
        self.cards.show([self._card_row(card) for card in answer.cards])
        rows = [self._event_row(i, event) for i, event in enumerate(answer.history)]
        self.query_one("#events", Table).show(rows)

    def _card_row(self, card: CardView) -> TableRow:
        state = _(CARD_STATES[card.state])
        issued = card.issued_at.astimezone(self.console.zone).strftime("%Y-%m-%d")
        cells = (card.number, _(CARD_KINDS[card.card_kind]), state, issued)
        return TableRow(str(card.card_id), cells, _TONES[card.state])

    def _event_row(self, i: int, event: CardEventView) -> TableRow:
        card = self._cards.get(str(event.card_id))
        cells = (
            event.at.astimezone(self.console.zone).strftime("%Y-%m-%d %H:%M"),
            card.number if card else "",
            _(CARD_EVENTS.get(event.action, event.action)),
            event.reason,
            event.operator,
        )
        return TableRow(str(i), cells)

    def store_fact(self, fact: Fact) -> None:
        """A till did something to these cards."""
        if isinstance(fact, CardChanged) and fact.member_id == self.member_id:
            self.reload_soon()

    def action_back(self) -> None:
        """Go back, and tell whether something was changed."""
        self.dismiss(self._touched or None)

    # --- what is done to a card -----------------------------------------------------------------------

    def _current(self) -> CardView | None:
        row = self.cards.current
        if row is None:
            self.say(_("There is no card to choose. Issue one first."), "error", bell=True)
            return None
        return self._cards[row.key]

    def _card_that(self, *states: CardState) -> CardView | None:
        """Return the chosen card, if it stands as the action needs; or say how it stands."""
        card = self._current()
        if card is None or card.state in states:
            return card
        words = _("The card {number} is: {state}. This cannot be done with it.")
        self.say(words.format(number=card.number, state=_(CARD_STATES[card.state])), "error", bell=True)
        return None

    def _then(self, dialog: FormDialog, said: str) -> None:
        def done(answer: Answer | None) -> None:
            if isinstance(answer, Cards):
                self._touched = True
                self._show(answer)
                self.say(said, "good")

        self.app.push_screen(dialog, done)

    def _asking(self, make: MakeRequest, key: str) -> Save:
        async def save(values: dict[str, Value]) -> Answer:
            return await self.ask(make(str(values[key])), Cards)

        return save

    def _with_reason(
        self,
        title: str,
        card: CardView,
        make: MakeRequest,
        said: str,
        *,
        note: str,
        needed: bool,
    ) -> None:
        fields = [Field("reason", N_("Reason"), required=needed)]
        dialog = FormDialog(
            title.format(number=card.number), fields, {}, self._asking(make, "reason"), note=note
        )
        self._then(dialog, said.format(number=card.number))

    def take_scan(self, code: str) -> bool:
        """Go to the card that was scanned; one that is not here may be issued."""
        known = next((key for key, card in self._cards.items() if card.number == code.strip()), None)
        if known is None:
            self._issue(code[:120])
        else:
            self.cards.go_to(known)
        return True

    def do_issue(self) -> None:
        """Give the member a card, or a second one."""
        self._issue()

    def _issue(self, number: str = "") -> None:
        if words := ended_words(self._member):
            self.say(words, "error", bell=True)
            return
        dialog = CardDialog(_("Issue a card"), self.console, self.member_id, number=number)
        self._then(dialog, _("The card was issued."))

    def do_replace(self) -> None:
        """Give a card in the place of the chosen one."""
        card = self._card_that(CardState.ACTIVE, CardState.FROZEN, CardState.LOST)
        if card is not None:
            title = _("Replace the card {number}").format(number=card.number)
            dialog = CardDialog(title, self.console, self.member_id, card)
            self._then(dialog, _("The card was replaced; the old one names nobody any more."))

    def do_lost(self) -> None:
        """The card is lost: from now on it names nobody."""
        card = self._card_that(CardState.ACTIVE, CardState.FROZEN)
        if card is not None:
            card_id = CardId(card.card_id)
            self._with_reason(
                _("Report the card {number} lost"),
                card,
                lambda reason: ReportCardLost(card_id=card_id, reason=reason),
                _("The card {number} is reported lost; from now on it names nobody."),
                note=_("Points and history stay with the member. What did the member tell?"),
                needed=False,
            )

    def do_found(self) -> None:
        """A lost card is there again."""
        card = self._card_that(CardState.LOST)
        if card is not None:
            card_id = CardId(card.card_id)
            fields = [Field("identity_check", N_("Identity check"), required=True)]
            dialog = FormDialog(
                _("The card {number} was found").format(number=card.number),
                fields,
                {},
                self._asking(
                    lambda check: CardWasFound(card_id=card_id, identity_check=check), "identity_check"
                ),
                note=_("How was the person identified? For example: ID card seen."),
            )
            self._then(dialog, _("The card {number} works again.").format(number=card.number))

    def do_freeze(self) -> None:
        """Stop the card for a while, or let it work again."""
        card = self._card_that(CardState.ACTIVE, CardState.FROZEN)
        if card is None:
            return
        card_id = CardId(card.card_id)
        if card.state is CardState.ACTIVE:
            self._with_reason(
                _("Freeze the card {number}"),
                card,
                lambda reason: FreezeCard(card_id=card_id, reason=reason),
                _("The card {number} is frozen."),
                note=_("A frozen card names nobody until it is unfrozen."),
                needed=True,
            )
        else:
            self._with_reason(
                _("Unfreeze the card {number}"),
                card,
                lambda reason: UnfreezeCard(card_id=card_id, reason=reason),
                _("The card {number} works again."),
                note=_("From now on it names its member again."),
                needed=True,
            )

    def do_take_back(self) -> None:
        """Take a card back; the plastic may be issued again."""
        card = self._current()
        if card is not None and card.state in _ENDED:
            card = self._card_that(CardState.ACTIVE)
        if card is not None:
            card_id = CardId(card.card_id)
            self._with_reason(
                _("Take back the card {number}"),
                card,
                lambda reason: ReturnCard(card_id=card_id, reason=reason),
                _("The card {number} was taken back; it may be issued again."),
                note=_("It stays in the history, and names nobody any more."),
                needed=False,
            )
