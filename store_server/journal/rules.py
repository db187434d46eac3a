"""How a journal row's hash is made: each holds the one before it, so that no row can be changed unseen."""

import hashlib

GENESIS = bytes(32)
"""The hash before the first row."""

SEPARATOR = b"\x1f"


def row_hash(
    previous: bytes,
    seq: int,
    at: str,
    name: str,
    command_id: str,
    operator_id: int | None,
    approver_id: int | None,
    terminal: str,
    body: str,
) -> bytes:
    """Return SHA-256 over the previous hash and the row's columns, separated by 0x1F, in table order.

    Absent operators count as empty text. The separator cannot occur in the columns: ids and names never
    hold control characters and JSON escapes them.
    """
    columns = (
        str(seq),
        at,
        name,
        command_id,
        "" if operator_id is None else str(operator_id),
        "" if approver_id is None else str(approver_id),
        terminal,
        body,
    )
    return hashlib.sha256(previous + SEPARATOR.join(column.encode() for column in columns)).digest()
