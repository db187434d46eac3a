"""What a cashier does with a member's cards: give, report lost, replace, stop, take back, whose is it."""

from collections.abc import Awaitable, Callable

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.cards import (
    CardKind,
    CardMember,
    Cards,
    CardState,
    CardView,
    CardWasFound,
    FindMember,
    FreezeCard,
    IssueCard,
    ReplaceCard,
    ReportCardLost,
    ReturnCard,
    UnfreezeCard,
)
from terminal_app.members.cards_board import STATES
from terminal_app.members.member_screen_flows import OneMember
from terminal_app.screens.form import Asked, Values, Wrong
from terminal_app.screens.question import Question

_FREE = ("unknown_card", "card_returned")
"""Why a card names nobody and can be bound."""
_LONG = 120

Save = Callable[[Values], Awaitable[Cards | Refused]]


class CardFlows(OneMember):
    """The group “Cards of the member” of the registry."""

    def chosen_card(self) -> CardView | None:
        """Return the chosen card."""
        raise NotImplementedError

    def choose_card(self, card: CardView) -> None:
        """Choose the card that a person holds in the hand."""
        raise NotImplementedError

    async def card_or_say(self) -> CardView | None:
        """Return the chosen card, or say that there is none."""
        if not await self.known():
            return None
        card = self.chosen_card()
        if card is None:
            self.say(_("{name} has no card yet.").format(name=self.called), "warning", bell=True)
        return card

    # --- giving -----------------------------------------------------------------------------------

    async def do_issue(self) -> None:
        """Give the member a card, or one more."""
        from terminal_app.members.cards_dialog import CardDialog, NewCard  # noqa: PLC0415  # start quickly

        if not await self.known():
            return

        async def use(card: NewCard) -> Cards | Refused:
            return await self._issue(card.kind, card.number, card.random_uid)

        dialog = CardDialog(N_("New card"), lambda: _("A card for {name}.").format(name=self.called), use)
        answer = await self.app.push_screen_wait(dialog)
        if answer is not None:
            self._bound(answer)

    async def _issue(self, kind: CardKind, number: str, random_uid: bool) -> Cards | Refused:
        request = IssueCard(member_id=self.member_id, card_kind=kind, number=number, random_uid=random_uid)
        return await self.once.order(request, Cards)

    def _bound(self, cards: Cards) -> None:
        self.take_cards(cards)
        newest = cards.cards[0]
        self.choose_card(newest)
        text = _("The card {card} is bound to {name} and works at once.")
        self.say(text.format(card=newest.number, name=self.called), "good")

    async def do_replace(self) -> None:
        """Give a card in the place of the chosen one, after an identity check."""
        from terminal_app.members.cards_dialog import CardDialog, NewCard  # noqa: PLC0415  # start quickly

        old = await self.card_or_say()
        if old is None:
            return

        async def use(card: NewCard) -> Cards | Refused:
            request = ReplaceCard(
                card_id=old.card_id,
                card_kind=card.kind,
                number=card.number,
                identity_check=card.identity_check,
                random_uid=card.random_uid,
            )
            return await self.once.order(request, Cards)

        text = _("In the place of {card}, for {name}. The old card works no more.")
        words = text.format(card=old.number, name=self.called)
        dialog = CardDialog(N_("Replace card"), lambda: words, use, check=True)
        answer = await self.app.push_screen_wait(dialog)
        if answer is not None:
            self._bound(answer)

    # --- stopping ---------------------------------------------------------------------------------

    async def do_lost(self) -> None:
        """Report the chosen card lost. Anybody may, after a question."""
        card = await self.card_or_say()
        if card is None:
            return
        text = _("Report the card {card} of {name} lost? From then on it names nobody.")
        words = text.format(card=card.number, name=self.called)
        if not await self.app.push_screen_wait(Question(N_("Card lost"), lambda: words)):
            return
        answer = await self.order(ReportCardLost(card_id=card.card_id), Cards)
        if answer is not None:
            self.take_cards(answer)
            self.say(_("The card {card} is reported lost.").format(card=card.number), "good")

    async def do_found(self) -> None:
        """The chosen lost card is there again."""
        card = await self.card_or_say()
        if card is None:
            return

        async def save(values: Values) -> Cards | Refused:
            return await self.once.order(CardWasFound(card_id=card.card_id, identity_check=values[0]), Cards)

        await self._with_words(
            card, N_("Card found"), Asked(N_("Identity checked by"), max_length=200), save, "identity_check"
        )

    async def do_freeze(self) -> None:
        """Stop the chosen card, or let a frozen one work again."""
        card = await self.card_or_say()
        if card is None:
            return
        frozen = card.state is CardState.FROZEN

        async def save(values: Values) -> Cards | Refused:
            if frozen:
                return await self.once.order(UnfreezeCard(card_id=card.card_id, reason=values[0]), Cards)
            return await self.once.order(FreezeCard(card_id=card.card_id, reason=values[0]), Cards)

        title = N_("Unfreeze card") if frozen else N_("Freeze card")
        await self._with_words(card, title, Asked(N_("Reason"), max_length=200), save, "reason")

    async def do_take_back(self) -> None:
        """Take the chosen card back."""
        card = await self.card_or_say()
        if card is None:
            return

        async def save(values: Values) -> Cards | Refused:
            return await self.once.order(ReturnCard(card_id=card.card_id, reason=values[0]), Cards)

        asked = Asked(N_("Reason"), max_length=200)
        await self._with_words(card, N_("Take card back"), asked, save, "reason", needed=False)

    async def _with_words(
        self, card: CardView, title: str, asked: Asked, save: Save, field: str, *, needed: bool = True
    ) -> None:
        """Ask why, or how it was checked, and do it."""

        def check(values: Values) -> Wrong | None:
            return Wrong(0, _("Write why, for the books.")) if needed and not values[0] else None

        def hint() -> str:
            return _("Card {card} of {name}").format(card=card.number, name=self.called)

        answer = await self.fill_in(title, (asked,), save, (field,), check, hint)
        if answer is not None:
            self.take_cards(answer)
            now = next((c for c in answer.cards if c.card_id == card.card_id), card)
            text = _("The card {card} is now: {state}.")
            self.say(text.format(card=card.number, state=_(STATES[now.state][0])), "good")

    async def do_history(self) -> None:
        """See all that happened to the cards."""
        from terminal_app.members.cards_history import CardHistory  # noqa: PLC0415  # start quickly

        if await self.known() and self.cards is not None:
            await self.app.push_screen_wait(CardHistory(self.cards))

    # --- whose is it ------------------------------------------------------------------------------

    def take_card(self, uid: str) -> bool:
        """Say whose a presented card is."""
        self._ask_whose(uid)
        return True

    def take_random_card(self, uid: str) -> bool:
        """Say why a phone at the reader is no card."""
        self._ask_whose(uid, random_uid=True)
        return True

    def take_scan(self, code: str) -> bool:
        """Say whose a scanned code is; goods name nobody."""
        self._ask_whose(code[:_LONG], scanned=True)
        return True

    def _ask_whose(self, number: str, *, random_uid: bool = False, scanned: bool = False) -> None:
        """Ask, beside the flow of a bench that lies over this screen."""
        work = self._whose(number, random_uid=random_uid, scanned=scanned)
        self.run_worker(work, group="whose", exclusive=True)

    async def _whose(self, number: str, *, random_uid: bool, scanned: bool) -> None:
        answer = await self.shell.store.ask(FindMember(number=number, random_uid=random_uid), CardMember)
        if isinstance(answer, CardMember):
            self._say_whose(answer)
        elif answer.code not in _FREE:
            mine = [
                card for card in (self.cards.cards if self.cards else ()) if card.number == number.upper()
            ]
            if mine:
                self.choose_card(mine[0])
            self.say(answer.explanation, "error", bell=True)
        elif scanned:
            text = _("“{code}” names no member. To bind it as a card, press the key for a new card first.")
            self.say(text.format(code=number), "warning", bell=True)
        else:
            await self._offer(number)

    def _say_whose(self, found: CardMember) -> None:
        member = found.member
        if member.member_id == self.member_id:
            if found.card is not None:
                self.choose_card(found.card)
            self.say(_("This card belongs to {name}, who is shown here.").format(name=member.name), "good")
            return
        text = _("This card belongs to {name}, member {number}.")
        self.say(text.format(name=member.name, number=member.number), "warning", bell=True)

    async def _offer(self, number: str) -> None:
        text = _("Nobody has the card {card}. Bind it to {name}?")
        words = text.format(card=number, name=self.called)
        if not await self.app.push_screen_wait(Question(N_("New card"), lambda: words)):
            return
        answer = await self._issue(CardKind.CONTACTLESS, number, random_uid=False)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "error", bell=True)
        else:
            self._bound(answer)
