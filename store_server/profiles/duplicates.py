"""Finds members who may be one person: the same name, and the same birthday or a missing phone."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from protocol.messages.base import Answer
from protocol.messages.profiles import (
    Duplicates,
    DuplicateView,
    FindDuplicates,
)
from store_server.database.unit_of_work import Work
from store_server.members import views
from store_server.members.search_keys import Rank

LOOKED_AT = 2000
"""So many names are looked at for one request: a few milliseconds."""
NAMESAKES_MOST = 20
"""Among more of one name, a missing phone says nothing."""
NAMES = (
    "SELECT key, member_id FROM member_keys WHERE active = 1 AND rank = ? AND key > ? "
    "ORDER BY key, member_id LIMIT ?"
)
OF_KEY = "SELECT key, member_id FROM member_keys WHERE active = 1 AND rank = ? AND key = ? LIMIT ?"
WHO = "SELECT member_id, name, birthday, phone FROM members WHERE member_id = ?"
GROUP_MOST = 5000


def find_duplicates(work: Work, query: FindDuplicates) -> Answer:
    """A piece of the pairs, name by name."""
    rank = int(Rank.NAME)
    rows = work.db.execute(NAMES, (rank, query.after_key, LOOKED_AT)).fetchall()
    next_key = ""
    if len(rows) == LOOKED_AT:
        # The last name may go on behind the piece: it is read whole.
        next_key = rows[-1][0]
        rows = [row for row in rows if row[0] != next_key]
        rows += work.db.execute(OF_KEY, (rank, next_key, GROUP_MOST)).fetchall()
    pairs: list[DuplicateView] = []
    for _key, group in groupby(rows, key=lambda row: row[0]):
        ids = [row[1] for row in group]
        if len(ids) > 1:
            pairs += _pairs(work.db, [work.db.execute(WHO, (each,)).fetchone() for each in ids])
    return Duplicates(pairs=tuple(pairs), next_key=next_key)


def _pairs(db: sqlite3.Connection, members: Sequence[sqlite3.Row]) -> Iterator[DuplicateView]:
    """Yield each later member with the first one who may be the same person."""
    born: dict[tuple[str, str], int] = {}
    names: dict[str, list[sqlite3.Row]] = {}
    for each in sorted(members, key=lambda row: row["member_id"]):
        namesakes = names.setdefault(each["name"], [])
        birthday = (each["name"], each["birthday"][-5:])
        if each["birthday"] and birthday in born:
            yield _view(db, born[birthday], each["member_id"], "birthday")
        elif namesakes and len(members) <= NAMESAKES_MOST:
            other = next((one for one in namesakes if _may_lack(one, each)), None)
            if other is not None:
                yield _view(db, other["member_id"], each["member_id"], "no_phone")
        if each["birthday"]:
            born.setdefault(birthday, each["member_id"])
        namesakes.append(each)


def _may_lack(one: sqlite3.Row, other: sqlite3.Row) -> bool:
    """Return whether one of two has no phone, and no birthday speaks against their being one person."""
    births = {row["birthday"][-5:] for row in (one, other) if row["birthday"]}
    return (not one["phone"] or not other["phone"]) and len(births) < 2


def _view(db: sqlite3.Connection, first: int, second: int, reason: str) -> DuplicateView:
    one, other = views.hits(db, (first, second))
    return DuplicateView(first=one, second=other, reason=reason)


HANDLERS: dict[type[Any], Any] = {FindDuplicates: find_duplicates}
