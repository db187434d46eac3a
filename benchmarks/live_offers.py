"""Live offers of all kinds in books that are to be measured."""

import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

from price_basket import offer

_SEED = 20260102


def put_offers(books: Path, count: int) -> None:
    """Write so many live offers into closed books, as the console would save them."""
    if not count:
        return
    chance = Random(_SEED)
    views = [offer(number, chance).model_copy(update={"version": 1}) for number in range(count)]
    with closing(sqlite3.connect(books, isolation_level=None)) as db:
        db.execute("BEGIN")
        db.executemany("INSERT INTO offers (offer_id, version) VALUES (?, 1)", [(v.offer_id,) for v in views])
        db.executemany(
            "INSERT INTO offer_versions VALUES (?, 1, ?, '2026-01-01T00:00:00.000000Z', 1)",
            [(view.offer_id, view.model_dump_json()) for view in views],
        )
        db.execute("COMMIT")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
