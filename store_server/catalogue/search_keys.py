"""Rules of the search index: the keys under which a product is found, and what a typed text may mean.

A key is a piece of the name, the pinyin, the initials or the code that a search may begin with; a search is
then a range of keys, read in the order of their rank. docs/decisions/0030-search-index.md says why.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

KEY_LENGTH = 12
"""A key is cut after so many characters; a longer text is compared with the whole name afterwards."""
INNER_LENGTH = 3
"""Inside a Latin word or a number a piece must have so many characters: `ola` finds Cola, `la` does not."""

SPLIT_LENGTH = 2
"""The fewest characters of a part at which one typed word is taken apart."""

_PIECES = re.compile(r"[a-z]+|[0-9]+|[^a-z0-9]+")


class Rank(IntEnum):
    """How good a hit is, best first. Exact codes and barcodes come before all of these."""

    CODE = 1
    NAME = 2
    SOUND = 3
    """Pinyin or initials, from their beginning."""
    WORD = 4
    """A later word or Chinese character of the name."""
    LATER_SOUND = 5
    INSIDE = 6
    """Inside a Latin word or number."""


@dataclass(frozen=True, slots=True)
class Text:
    """All that is compared of a product, folded."""

    name: str
    sounds: str
    """Pinyin and initials from each syllable on, code and barcodes; each behind a line feed."""


def fold(text: str) -> str:
    """Return the text as it is compared: small letters, half width, letters and digits only."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    return "".join(letter for letter in folded if letter.isalnum())


def is_han(letter: str) -> bool:
    """Return whether it is a Chinese character."""
    return "\u3400" <= letter <= "\u9fff" or "\U00020000" <= letter <= "\U0003ffff" or letter == "〇"


@cache
def load_pinyin() -> Callable[..., list[str]]:
    """Load the tables of pinyin and return their reader: 0.3 s and 30 MB, once, and only where Chinese is.

    A server calls it in a thread when it has started, so that no scan waits for the first Chinese name.
    """
    from pypinyin import lazy_pinyin  # noqa: PLC0415  # see above

    reader: Callable[..., list[str]] = lazy_pinyin
    return reader


def pinyin_of(name: str) -> str:
    """Return the syllables of the Chinese characters of a name: `可口可乐 500ml` is `ke kou ke le`."""
    if not any(map(is_han, name)):
        return ""
    syllables = load_pinyin()(name, errors="ignore")
    return " ".join(syllable.lower().replace("ü", "v") for syllable in syllables if syllable.isalpha())


def _word_starts(name: str) -> Iterator[tuple[int, bool]]:
    """Yield (place in the folded name, starts a word) for each place where a search may begin."""
    folded, place = fold(name), 0
    starts = set()
    for word in re.split(r"[^\w]+|_", unicodedata.normalize("NFKC", name).casefold()):
        starts.add(place)
        for piece in _PIECES.findall(fold(word)):
            starts.add(place)
            place += len(piece)
    for at in range(len(folded)):
        if at in starts or is_han(folded[at]):
            yield at, True
        elif len(_PIECES.match(folded, at)[0]) >= INNER_LENGTH:  # type: ignore[index]
            yield at, False


def sounds_of(pinyin: str) -> list[tuple[str, str]]:
    """Return (pinyin, initials) from each syllable on: `kekoukele` `kkkl`, `koukele` `kkl`, …."""
    syllables = pinyin.split()
    return [
        ("".join(syllables[at:]), "".join(syllable[0] for syllable in syllables[at:]))
        for at in range(len(syllables))
    ]


def keys_of(code: str, name: str, pinyin: str) -> set[tuple[int, str]]:
    """Return every (rank, key) of a product; each key only under its best rank."""
    found: dict[str, int] = {}

    def add(rank: Rank, piece: str) -> None:
        key = piece[:KEY_LENGTH]
        if key and found.get(key, rank) >= rank:
            found[key] = rank

    folded = fold(name)
    for at, starts in _word_starts(name):
        add(Rank.NAME if at == 0 else Rank.WORD if starts else Rank.INSIDE, folded[at:])
    for at, spoken in enumerate(sounds_of(pinyin)):
        for piece in spoken:
            add(Rank.SOUND if at == 0 else Rank.LATER_SOUND, piece)
    keys = {(int(rank), key) for key, rank in found.items()}
    # Always there, once per product: it is also the list of all goods in the order of their codes.
    keys.add((int(Rank.CODE), fold(code)[:KEY_LENGTH]))
    return keys


def text_of(code: str, name: str, pinyin: str, barcodes: Iterable[str]) -> Text:
    """Return what is compared where a range of keys alone does not decide."""
    spoken = [piece for pair in sounds_of(pinyin) for piece in pair]
    return Text(fold(name), "".join(f"\n{piece}" for piece in (fold(code), *spoken, *barcodes)))


def terms_of(text: str) -> list[str]:
    """Return the words of a text that is searched for in any order: `coke 500` or `kkkl500`."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    if len(words) == 1:
        words = _PIECES.findall(fold(text))
        if min(map(len, words), default=0) < SPLIT_LENGTH:
            return []  # `c1` is a piece of a code, not everything with a c and a 1
    return list(dict.fromkeys(folded for folded in map(fold, words) if folded))


def ranks_for(folded: str) -> tuple[Rank, ...]:
    """Return the ranks that a text can have hits in: no sound begins with a digit or a Chinese character."""
    if folded.isascii() and folded.isalpha():
        return tuple(Rank)
    return (Rank.CODE, Rank.NAME, Rank.WORD, Rank.INSIDE)
