"""Rules of headings: which column of a list each heading of a file means."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from protocol.language import LANGUAGES, _, speaking
from store_server.lists import Column

_IGNORED = re.compile(r"[\s_\-（）()]+")


@dataclass(frozen=True, slots=True)
class Headings:
    """What the headings of a file mean."""

    columns: tuple[str, ...]
    """The column of each heading, empty for one that the list does not have."""
    unknown: tuple[str, ...]
    twice: tuple[str, ...]
    """Columns that several headings mean."""


def fold_heading(text: str) -> str:
    """Return a heading as it is compared: no matter the case, spaces and underscores."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())


def understand(headings: Sequence[str], columns: Sequence[Column]) -> Headings:
    """Return what the headings mean: names, headings in every language, aliases."""
    known: dict[str, str] = {}
    for column in reversed(columns):
        for text in (*column.aliases, column.heading, *_translations(column.heading), column.name):
            known[fold_heading(text)] = column.name
    for column in columns:
        known[fold_heading(column.name)] = column.name
    meant = tuple(known.get(fold_heading(heading), "") for heading in headings)
    counted = Counter(name for name in meant if name)
    return Headings(
        meant,
        tuple(
            text.strip()[:200]
            for text, name in zip(headings, meant, strict=True)
            if not name and text.strip()
        ),
        tuple(name for name, count in counted.items() if count > 1),
    )


def _translations(text: str) -> list[str]:
    found = []
    for language in LANGUAGES:
        with speaking(language):
            found.append(_(text))
    return found
