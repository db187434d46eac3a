"""The only writer of the journal."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from protocol.registry import WIRE_NAMES
from store_server.database.unit_of_work import Work
from store_server.journal.rules import GENESIS, row_hash


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last row of the journal: its number and hash."""

    seq: int
    hash: bytes


def read_head(db: sqlite3.Connection) -> ChainHead:
    """Return the last row's number and hash; number 0 for an empty journal."""
    row = db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return ChainHead(0, GENESIS) if row is None else ChainHead(row[0], row[1])


def append(work: Work, head: ChainHead) -> ChainHead:
    """Write what the command recorded behind `head`; return the new head."""
    operator_id = work.session.operator_id if work.session else None
    for entry in work.recorded:
        seq = head.seq + 1
        name = WIRE_NAMES[type(entry.fact)]
        body = entry.fact.model_dump_json()
        columns = (seq, work.at, name, work.command_id, operator_id, entry.approver_id, work.terminal, body)
        digest = row_hash(head.hash, *columns)
        work.db.execute("INSERT INTO journal VALUES (?,?,?,?,?,?,?,?,?)", (*columns, digest))
        head = ChainHead(seq, digest)
    return head


def broken_rows(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Yield (number, what is wrong) for each row that does not follow from the one before it."""
    head = ChainHead(0, GENESIS)
    for row in db.execute("SELECT * FROM journal ORDER BY seq"):
        if row["seq"] != head.seq + 1:
            yield row["seq"], f"rows {head.seq + 1} to {row['seq'] - 1} are missing"
        columns = tuple(row)[:-1]
        if row_hash(head.hash, *columns) != row["hash"]:
            yield row["seq"], "its hash does not follow from its content and the row before it"
        head = ChainHead(row["seq"], row["hash"])
