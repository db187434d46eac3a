"""What is asked about cards: whose it is, and each step of a card's life."""

import sqlite3

from protocol.identifiers import CardId, MemberId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.cards import (
    CardKind,
    CardMember,
    Cards,
    CardWasFound,
    FindMember,
    FreezeCard,
    IssueCard,
    ListCards,
    ReplaceCard,
    ReportCardLost,
    ReturnCard,
    UnfreezeCard,
)
from store_server.cards import tables
from store_server.cards.rules import MASK, NEXT, card_number, looks_like_bank_card, looks_random
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Remembered
from store_server.members import tables as members
from store_server.members import views
from store_server.members.reading import served
from store_server.members.rules import plain_phone

LENGTHS = range(4, 65)


def find_member(work: Work, query: FindMember) -> Answer:
    """The member whom a card, a member code or a whole phone names."""
    number = card_number(query.number)
    bad = _unusable(number, query.random_uid)
    if bad is not None and bad.code != "bad_number":
        return bad
    card, coded = tables.by_number(work.db, number), _by_code(work, query.number, number)
    found = card["member_id"] if card is not None else coded
    if found is None:
        return _unknown(number)
    if card is not None and card["state"] != "active":
        return _stopped(card["state"])
    member = served(work.db, found)
    if isinstance(member, Refused):
        return member
    other = served(work.db, coded) if coded is not None else member
    if not isinstance(other, Refused) and other.member_id != member.member_id:
        text = _(
            "This is a card of {first} and the number or phone of {second}. Ask for the name, and search."
        )
        words = text.format(first=member.name or member.number, second=other.name or other.number)
        return Refused(code="ambiguous", field="number", explanation=words)
    hit = views.hits(work.db, [member.member_id])[0]
    return CardMember(member=hit, card=tables.view(card) if card is not None else None)


def _unknown(number: str) -> Refused:
    if looks_random(number) and not number.isdigit():
        return _random()
    text = _("Nobody has this card. Register a member, or search by phone or name.")
    return Refused(code="unknown_card", field="number", explanation=text)


def _random() -> Refused:
    text = _("A phone or a privacy card shows another number each time and cannot be a member card.")
    return Refused(code="random_card", field="number", explanation=text)


def _by_code(work: Work, typed: str, number: str) -> MemberId | None:
    by_number = members.by_number(work.db, number)
    if by_number is not None:
        return by_number
    holder = members.by_phone(work.db, plain_phone(typed))
    return None if holder is None else MemberId(holder["member_id"])


def _stopped(state: str) -> Refused:
    match state:
        case "lost":
            text = _("This card was reported lost. Keep it, and find the member by phone or name.")
        case "frozen":
            text = _("This card is frozen. Somebody who may has to unfreeze it first.")
        case "replaced":
            text = _("This card was replaced by another one. Ask for the new one.")
        case _:
            text = _("This card was returned and names nobody. It can be issued again.")
    return Refused(code=f"card_{state}", field="number", explanation=text)


def _unusable(number: str, random_uid: bool) -> Refused | None:
    """Return why a number can never be a member card. It is not repeated: it may be a bank card's."""
    if looks_like_bank_card(number) or MASK in number:
        text = _("This looks like a bank card. Bank cards are never used as member cards; nothing was kept.")
        return Refused(code="bank_card", field="number", explanation=text)
    if random_uid:
        return _random()
    if len(number) not in LENGTHS or not number.isprintable() or not number.isascii():
        text = _("A card number has {least} to {most} letters and digits.")
        words = text.format(least=LENGTHS[0], most=LENGTHS[-1])
        return Refused(code="bad_number", field="number", explanation=words)
    return None


def _not_free(work: Work, number: str, member_id: int | None) -> Refused | None:
    """Return who has a number that the member wants; two cards with one UID are noticed here."""
    card = tables.by_number(work.db, number)
    if card is not None and card["state"] in tables.IN_USE:
        row = members.row_of(work.db, card["member_id"])
        assert row is not None
        if card["member_id"] == member_id:
            text = _("The card {card} is a card of this member already.").format(card=number)
            return Refused(code="card_used", field="number", explanation=text)
        text = _(
            "The card {card} belongs to {name}, member {member}. Take it back there first; "
            "if they still have theirs, two cards bear one number: take another one."
        )
        words = text.format(card=number, name=row["name"], member=row["number"])
        return Refused(code="card_used", field="number", explanation=words)
    holder = members.by_number(work.db, number)
    if holder is not None:
        text = _("{card} is a member number and names its member already.").format(card=number)
        return Refused(code="card_used", field="number", explanation=text)
    caller = members.by_phone(work.db, plain_phone(number))
    if caller is not None and caller["member_id"] != member_id:
        text = _("{card} is the phone of {name}, member {member}, and names that member already.")
        words = text.format(card=number, name=caller["name"], member=caller["number"])
        return Refused(code="card_used", field="number", explanation=words)
    return None


def number_problem(
    work: Work, kind: str, number: str, member_id: int | None = None, *, random_uid: bool = False
) -> Refused | None:
    """Return why no new card of a member can have a number, in the form in which `card_number` returns it."""
    changes = random_uid or (kind == CardKind.CONTACTLESS and looks_random(number))
    return _unusable(number, changes) or _not_free(work, number, member_id)


def issue_card(work: Work, command: IssueCard) -> Answer:
    """Give a card, or bind a second one."""
    member = served(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    number = card_number(command.number)
    kind = command.card_kind.value
    refused = number_problem(work, kind, number, member.member_id, random_uid=command.random_uid)
    if refused is not None:
        return refused
    tables.issue(work, member.member_id, kind, number)
    return tables.all_of(work.db, member.member_id)


def _act(work: Work, card_id: CardId, action: str, reason: str) -> Answer:
    card = _card_for(work, card_id, action)
    if isinstance(card, Refused):
        return card
    if action == "found":
        taken = _not_free(work, card["number"], card["member_id"])
        if taken is not None:
            return taken
    tables.act(work, card, action, reason.strip())
    return tables.all_of(work.db, card["member_id"])


def _card_for(work: Work, card_id: CardId, action: str) -> sqlite3.Row | Refused:
    card = tables.by_id(work.db, card_id)
    if card is None:
        return Refused(code="no_such_card", explanation=_("There is no such card."))
    if card["state"] not in NEXT[action]:
        words = _state_words(card["state"])
        return Refused(code=f"card_{card['state']}", explanation=words)
    return card


def _state_words(state: str) -> str:
    match state:
        case "active":
            return _("The card is active; there is nothing to undo.")
        case "frozen":
            return _("The card is frozen already.")
        case "lost":
            return _("The card is reported lost already.")
        case "replaced":
            return _("The card was replaced by another one.")
        case _:
            return _("The card was returned. Issue it again.")


def report_card_lost(work: Work, command: ReportCardLost) -> Answer:
    """From now on the card names nobody."""
    return _act(work, command.card_id, "lost", command.reason)


def card_was_found(work: Work, command: CardWasFound) -> Answer:
    """A lost card is active again, after an identity check."""
    return _act(work, command.card_id, "found", command.identity_check)


def freeze_card(work: Work, command: FreezeCard) -> Answer:
    """Stop a card for a while."""
    return _act(work, command.card_id, "frozen", command.reason)


def unfreeze_card(work: Work, command: UnfreezeCard) -> Answer:
    """Let it work again."""
    return _act(work, command.card_id, "unfrozen", command.reason)


def return_card(work: Work, command: ReturnCard) -> Answer:
    """Take a card back."""
    return _act(work, command.card_id, "returned", command.reason)


def replace_card(work: Work, command: ReplaceCard) -> Answer:
    """Give a card in the place of another one, after an identity check."""
    old = _card_for(work, command.card_id, "replaced")
    if isinstance(old, Refused):
        return old
    member = served(work.db, old["member_id"])
    if isinstance(member, Refused):
        return member
    number, check = card_number(command.number), command.identity_check.strip()
    if not check:
        text = _("Please say how the person was identified.")
        return Refused(code="check_needed", field="identity_check", explanation=text)
    # The old one first: the new one may bear its number.
    tables.act(work, old, "replaced", check)
    kind = command.card_kind.value
    refused = number_problem(work, kind, number, member.member_id, random_uid=command.random_uid)
    if refused is not None:
        return refused
    tables.issue(work, member.member_id, kind, number, old["card_id"], check)
    return tables.all_of(work.db, member.member_id)


def list_cards(work: Work, query: ListCards) -> Answer:
    """The cards of a member."""
    if members.row_of(work.db, query.member_id) is None:
        return Refused(code="no_such_member", explanation=_("This member does not exist."))
    return tables.all_of(work.db, query.member_id)


def _key_of(answer: Cards) -> str:
    return str(answer.cards[0].member_id)


def _again(work: Work, key: str) -> Cards:
    return tables.all_of(work.db, MemberId(int(key)))


HANDLERS = {
    FindMember: find_member,
    ListCards: list_cards,
    IssueCard: issue_card,
    ReportCardLost: report_card_lost,
    CardWasFound: card_was_found,
    ReplaceCard: replace_card,
    FreezeCard: freeze_card,
    UnfreezeCard: unfreeze_card,
    ReturnCard: return_card,
}
REMEMBERED = {Cards: Remembered(_key_of, _again)}
