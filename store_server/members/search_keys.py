"""Rules of the members' search index: the keys under which a member is found.

The design is that of goods (docs/decisions/0030-search-index.md): a search is a range of keys, read in the
order of their rank. A tail is a beginning of the number written backwards.
"""

from collections.abc import Iterable
from enum import IntEnum

from store_server.catalogue.search_keys import KEY_LENGTH, fold, is_han, sounds_of
from store_server.members.rules import Member

TAIL_LENGTH = 4
"""The fewest digits of a tail."""
NUMBER_LENGTH = 40


class Rank(IntEnum):
    """How good a hit is, best first."""

    NUMBER = 1
    PHONE_TAIL = 2
    """The phone written backwards."""
    PHONE = 3
    CARD = 4
    CARD_TAIL = 5
    """A card's number written backwards."""
    NUMBER_TAIL = 6
    NAME = 7
    SOUND = 8
    """Pinyin or initials, from their beginning."""
    WORD = 9
    """A later word or Chinese character of the name."""
    LATER_SOUND = 10


def keys_of(member: Member, merged_numbers: Iterable[str] = ()) -> set[tuple[int, str]]:
    """Return every (rank, key) of a member; `merged_numbers` are of those who were merged into this one."""
    found: dict[tuple[int, str], None] = {}

    def add(rank: Rank, key: str) -> None:
        if key:
            found[int(rank), key] = None

    for number in (member.number, *merged_numbers):
        folded = fold(number)[:NUMBER_LENGTH]
        add(Rank.NUMBER, folded)
        add(Rank.NUMBER_TAIL, folded[::-1])
    add(Rank.PHONE_TAIL, member.phone[::-1])
    add(Rank.PHONE, member.phone)
    for at, key in enumerate(_name_keys(member.name)):
        add(Rank.NAME if at == 0 else Rank.WORD, key)
    for at, spoken in enumerate(sounds_of(member.pinyin)):
        for piece in spoken:
            add(Rank.SOUND if at == 0 else Rank.LATER_SOUND, piece[:KEY_LENGTH])
    return set(found)


def _name_keys(name: str) -> list[str]:
    """Return the whole name, then it from each later Chinese character and word on."""
    folded = fold(name)
    keys = [folded[:KEY_LENGTH]]
    keys += [folded[at:][:KEY_LENGTH] for at in range(1, len(folded)) if is_han(folded[at])]
    keys += [fold("".join(name.split()[at:]))[:KEY_LENGTH] for at in range(1, len(name.split()))]
    return list(dict.fromkeys(key for key in keys if key))


def card_keys(number: str) -> set[tuple[int, str]]:
    """Return the keys of a card in use."""
    folded = fold(number)
    keys = {(int(Rank.CARD), folded[:NUMBER_LENGTH]), (int(Rank.CARD_TAIL), folded[::-1][:NUMBER_LENGTH])}
    return {each for each in keys if each[1]}
