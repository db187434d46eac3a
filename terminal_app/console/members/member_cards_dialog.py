"""The dialog that issues or replaces a card: presented, scanned or typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.base import Answer, Request
from protocol.messages.cards import CardKind, Cards, CardView, IssueCard, ReplaceCard
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.members.profile_words import CARD_KINDS

if TYPE_CHECKING:
    from terminal_app.console.app import ConsoleApp


class CardDialog(FormDialog):
    """Gives the server's answer; a card that is presented or scanned fills in its number."""

    def __init__(
        self,
        title: str,
        console: ConsoleApp,
        member_id: MemberId,
        old: CardView | None = None,
        number: str = "",
    ) -> None:
        """`old`: the card in whose place the new one is given; None: a card more. `number`: as scanned."""
        self._room = console
        self._member_id = member_id
        self._old = old
        fields = [
            Field("number", N_("Card number"), required=True, hint=N_("Scan it, or type it"), most=120),
            Field(
                "card_kind",
                N_("Kind"),
                Kind.CHOICE,
                required=True,
                choices=tuple((kind.value, _(words)) for kind, words in CARD_KINDS.items()),
            ),
        ]
        note = ""
        if old is not None:
            fields.append(
                Field("identity_check", N_("Identity check"), required=True, hint=N_("ID card seen, …"))
            )
            note = _("The old card names nobody any more as soon as the new one is given.")
        kind = old.card_kind if old is not None else CardKind.BARCODE
        start: dict[str, Value] = {"card_kind": kind.value, "number": number}
        super().__init__(title, fields, start, self._give, note=note)

    async def _give(self, values: dict[str, Value]) -> Answer:
        number, kind = str(values["number"]), CardKind(str(values["card_kind"]))
        request: Request
        if self._old is None:
            request = IssueCard(member_id=self._member_id, card_kind=kind, number=number)
        else:
            request = ReplaceCard(
                card_id=self._old.card_id,
                card_kind=kind,
                number=number,
                identity_check=str(values["identity_check"]),
            )
        return await self._room.ask(request, Cards)

    def take_scan(self, code: str) -> bool:
        """Use what was scanned as the number."""
        self.form.rows["number"].editor.text = code[:120]
        return True

    def take_card(self, uid: str) -> bool:
        """Use the card that was presented."""
        self.form.rows["number"].editor.text = uid[:120]
        self.form.rows["card_kind"].editor.text = CardKind.CONTACTLESS.value
        return True

    def take_random_card(self, uid: str) -> bool:
        """Say why a phone or a privacy card is no member card."""
        words = _("A phone or a privacy card shows another number each time and cannot be a member card.")
        self.form.mark("number", words)
        return True
