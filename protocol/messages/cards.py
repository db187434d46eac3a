"""Member cards: replaceable tokens that name a member; every issue of one stays in the history."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool

from protocol.identifiers import CardId, MemberId
from protocol.messages.base import Answer, Command, Fact, Model, Name, Query
from protocol.messages.members import MemberHit
from protocol.permissions import Permission


class CardKind(StrEnum):
    """How a card is read."""

    CONTACTLESS = "contactless"
    MAGSTRIPE = "magstripe"
    EM = "em"
    BARCODE = "barcode"
    QR = "qr"


class CardState(StrEnum):
    """Where one issue of a card stands. Lost, replaced and returned are for good: it is issued again."""

    ACTIVE = "active"
    FROZEN = "frozen"
    LOST = "lost"
    REPLACED = "replaced"
    RETURNED = "returned"


CardNumber = Annotated[str, Field(min_length=1, max_length=120)]
Reason = Annotated[str, Field(max_length=200)]


class CardView(Model):
    """One issue of a card."""

    card_id: CardId
    """The issue."""
    member_id: MemberId
    """Whose it is."""
    card_kind: CardKind
    """How it is read."""
    number: Name
    """What the reader reads: UID, track, barcode."""
    state: CardState
    """How it stands."""
    issued_at: AwareDatetime
    """When it was given out."""
    replaces: CardId | None = None
    """The card in whose place it was given."""


class CardEventView(Model):
    """What happened to a card."""

    at: AwareDatetime
    """When."""
    card_id: CardId
    """The card."""
    action: Annotated[str, Field(pattern="^(issued|lost|found|frozen|unfrozen|replaced|returned|moved)$")]
    """What."""
    reason: Name = ""
    """Why, or how the identity was checked."""
    operator: Name = ""
    """Who did it."""


class Cards(Answer):
    """All cards of a member and all that happened to them."""

    cards: tuple[CardView, ...]
    """Latest first."""
    history: tuple[CardEventView, ...]
    """Latest first."""


class ListCards(Query):
    """The cards of a member, past ones too."""

    answer = Cards
    permission = Permission.SEE_MEMBERS
    member_id: MemberId
    """The member."""


class CardMember(Answer):
    """The member who was named by a card, a member code or a whole phone."""

    member: MemberHit
    """Show the name before attaching: the cashier confirms the person."""
    card: CardView | None = None
    """The card; None where a member code or phone was read."""


class FindMember(Query):
    """Whose card is this? Reads a card, a printed member code or a whole phone.

    Refused: `unknown_card`, `card_lost`, `card_frozen`, `card_returned`, `card_replaced`, `bank_card`,
    `random_card`, `ambiguous` (a card of one member and the number or phone of another), `member_closed`.
    """

    answer = CardMember
    permission = Permission.SEE_MEMBERS
    number: CardNumber
    """What the reader read."""
    random_uid: StrictBool = False
    """True: the reader says that it shows another number each time (a phone)."""


class IssueCard(Command):
    """Give a member a card, or bind a second one. A card out of the history may be issued again."""

    answer = Cards
    permission = Permission.REGISTER_MEMBERS
    member_id: MemberId
    """An active member."""
    card_kind: CardKind
    """How it is read."""
    number: CardNumber
    """What the reader reads; refused where another active card has it, or where it looks like a bank card."""
    random_uid: StrictBool = False
    """True: the reader says that it shows another number each time; such a card cannot be bound."""


class ReportCardLost(Command):
    """A card is lost (挂失): from now on it names nobody. Anybody at the counter may do this."""

    answer = Cards
    permission = Permission.SEE_MEMBERS
    card_id: CardId
    """The card."""
    reason: Reason = ""
    """What the member told."""


class CardWasFound(Command):
    """A lost card was found again; it is active unless another card took its place."""

    answer = Cards
    permission = Permission.MANAGE_CARDS
    card_id: CardId
    """The card."""
    identity_check: Annotated[str, Field(min_length=1, max_length=200)]
    """How the person was identified."""


class ReplaceCard(Command):
    """Give a card in the place of another one (补卡), after an identity check."""

    answer = Cards
    permission = Permission.MANAGE_CARDS
    card_id: CardId
    """The old card: active, frozen or lost."""
    card_kind: CardKind
    """How the new one is read."""
    number: CardNumber
    """What the reader reads of the new one."""
    identity_check: Annotated[str, Field(min_length=1, max_length=200)]
    """How the person was identified: ID card seen, code sent to the phone."""
    random_uid: StrictBool = False
    """True: the reader says that it shows another number each time."""


class FreezeCard(Command):
    """Stop a card for a while."""

    answer = Cards
    permission = Permission.MANAGE_CARDS
    card_id: CardId
    """An active card."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why."""


class UnfreezeCard(Command):
    """Let a frozen card work again."""

    answer = Cards
    permission = Permission.MANAGE_CARDS
    card_id: CardId
    """A frozen card."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why."""


class ReturnCard(Command):
    """Take a card back (退卡); the plastic may be issued again."""

    answer = Cards
    permission = Permission.MANAGE_CARDS
    card_id: CardId
    """Any card that is not returned or replaced yet."""
    reason: Reason = ""
    """Why."""


class CardChanged(Fact):
    """A card was issued, or its state has changed."""

    card_id: CardId
    """The card."""
    member_id: MemberId
    """Whose it is."""
    card_kind: CardKind
    """How it is read."""
    state: CardState
    """How it stands now."""
    action: Name
    """What happened: `issued`, `lost`, `found`, `frozen`, `unfrozen`, `replaced`, `returned`, `moved`."""
