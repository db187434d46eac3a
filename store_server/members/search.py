"""Finds members for a typed text, best first, looking at a bounded number of rows whatever was typed."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from store_server.catalogue.search_keys import KEY_LENGTH, fold
from store_server.members.rules import plain_phone
from store_server.members.search_keys import NUMBER_LENGTH, TAIL_LENGTH, Rank

COMPARED_MOST = 1000
"""So many members of one range are compared word by word."""
_LAST = "\U0010ffff"

BY_KEY = (
    "SELECT member_id FROM member_keys WHERE active = ?1 AND rank = ?2 AND key >= ?3 AND key < ?4 "
    "ORDER BY key, member_id LIMIT ?5"
)
EXACT = "SELECT member_id FROM member_keys WHERE active = ? AND rank = ? AND key = ?"
TEXTS = (
    "SELECT k.member_id, m.name, m.pinyin, m.phone FROM member_keys k CROSS JOIN members m USING (member_id) "
    "WHERE k.active = ?1 AND k.rank = ?2 AND k.key >= ?3 AND k.key < ?4 ORDER BY k.key, k.member_id LIMIT ?5"
)


@dataclass(slots=True)
class Search:
    """One search: what is wanted, and what was found so far."""

    db: sqlite3.Connection
    wanted: int
    """So many distinct members are enough."""
    states: tuple[int, ...]
    """1: active members; 0: those who left."""
    found: dict[int, None] = field(default_factory=dict)
    """Member ids in the order of their goodness."""
    cut_short: bool = False
    """Not everything was looked at: there may be more."""

    @property
    def full(self) -> bool:
        """Whether enough is found."""
        return len(self.found) >= self.wanted

    def ids(self, rank: Rank, key: str, most: int, active: int) -> Iterator[int]:
        """Yield who has a key that begins so."""
        cursor = self.db.cursor()
        cursor.row_factory = None
        for (member_id,) in cursor.execute(BY_KEY, (active, int(rank), key, key + _LAST, most)):
            yield member_id

    def texts(self, rank: Rank, key: str, most: int, active: int) -> Iterator[tuple[int, str, str, str]]:
        """Yield (member, name, pinyin, phone) of those who have a key that begins so."""
        cursor = self.db.cursor()
        cursor.row_factory = None
        yield from cursor.execute(TEXTS, (active, int(rank), key, key + _LAST, most))

    def take(self, rank: Rank, key: str) -> None:
        """Take those who have a key that begins so, the active ones first."""
        most = self.wanted * 4  # one member may have the same beginning several times
        for active in self.states:
            if self.full:
                return
            seen = 0
            for member_id in self.ids(rank, key, most, active):
                seen += 1
                self.found[member_id] = None
                if self.full:
                    return
            self.cut_short = self.cut_short or seen == most


def find(
    db: sqlite3.Connection, text: str, limit: int, offset: int, active_only: bool
) -> tuple[list[int], bool]:
    """Return the ids of the members that a text finds, best first, and whether there are more."""
    search = Search(db, offset + limit + 1, (1,) if active_only else (1, 0))
    folded, words = fold(text), text.split()
    if not text.strip():
        search.take(Rank.NUMBER, "")
    elif folded:
        _by_numbers(search, text, folded)
        _by_names(search, folded)
        if len(words) > 1:
            _by_words(search, [fold(word) for word in words if fold(word)])
    ids = list(islice(search.found, offset, offset + limit))
    return ids, search.cut_short or len(search.found) > offset + limit


def _by_numbers(search: Search, text: str, folded: str) -> None:
    """Take those whose number, phone or card it is, then those whose phone, card or number ends with it."""
    cut = folded[:NUMBER_LENGTH]
    for rank in (Rank.NUMBER, Rank.CARD):
        for active in search.states:
            for row in search.db.execute(EXACT, (active, int(rank), cut)):
                search.found[row[0]] = None
    digits = plain_phone(text)
    if digits.isascii() and digits.isdigit():
        if len(digits) >= TAIL_LENGTH:
            search.take(Rank.PHONE_TAIL, digits[::-1])
        search.take(Rank.PHONE, digits)
    if folded.isascii():
        search.take(Rank.NUMBER, cut)
        search.take(Rank.CARD, cut)
        if len(folded) >= TAIL_LENGTH:
            search.take(Rank.CARD_TAIL, folded[::-1][:NUMBER_LENGTH])
            search.take(Rank.NUMBER_TAIL, folded[::-1][:NUMBER_LENGTH])


def _by_names(search: Search, folded: str) -> None:
    """Take those whose name, pinyin or initials begin with it, then those who have it later in the name."""
    if folded.isascii() and folded.isdigit():
        return
    spoken = folded.isascii() and folded.isalpha()
    for rank in (Rank.NAME, Rank.SOUND, Rank.WORD, Rank.LATER_SOUND):
        if spoken or rank in (Rank.NAME, Rank.WORD):
            search.take(rank, folded[:KEY_LENGTH])


def _by_words(search: Search, words: Sequence[str]) -> None:
    """Take those who have all the words: `wang 5678` is a name and the tail of a phone."""
    tails = [word for word in words if word.isdigit() and len(word) >= TAIL_LENGTH]
    first, rank = (max(tails, key=len)[::-1], Rank.PHONE_TAIL) if tails else (max(words, key=len), Rank.NAME)
    ranks = (rank,) if tails else (Rank.NAME, Rank.SOUND)
    for active in search.states:
        for each in ranks:
            seen = 0
            for member_id, name, pinyin, phone in search.texts(
                each, first[:KEY_LENGTH], COMPARED_MOST, active
            ):
                seen += 1
                if _has_all(name, pinyin, phone, words):
                    search.found[member_id] = None
                if search.full:
                    return
            search.cut_short = search.cut_short or seen == COMPARED_MOST


def _has_all(name: str, pinyin: str, phone: str, words: Sequence[str]) -> bool:
    """Return whether each word is in the name, in how it is spoken or written short, or ends the phone."""
    folded = fold(name)
    if not all(word.isascii() or word in folded for word in words):
        return False  # Most of a thousand end here: what follows takes longer.
    spoken = pinyin.replace(" ", "")
    initials = "".join(syllable[0] for syllable in pinyin.split())
    return all(word in folded or word in spoken or word in initials or phone.endswith(word) for word in words)
