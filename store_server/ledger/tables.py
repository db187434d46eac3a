"""The only writer of the ledger's tables."""

import sqlite3
from collections.abc import Iterator, Sequence

from store_server.database.unit_of_work import Work
from store_server.ledger.rules import Account, Posting, residual


class BelowMinimum(Exception):
    """A posting would take an account below its minimum; the whole command is refused."""

    def __init__(self, account: Account) -> None:
        super().__init__(f"{account.kind} {account.owner}")
        self.account = account


def _account_id(db: sqlite3.Connection, account: Account, minimum: int | None = None) -> int:
    key = (account.kind, account.owner, account.unit)
    row = db.execute(
        "SELECT account_id FROM ledger_accounts WHERE kind = ? AND owner = ? AND unit = ?", key
    ).fetchone()
    if row is not None:
        return int(row[0])
    made = db.execute(
        "INSERT INTO ledger_accounts (kind, owner, unit, minimum) VALUES (?,?,?,?)", (*key, minimum)
    )
    assert made.lastrowid is not None
    return made.lastrowid


def open_account(db: sqlite3.Connection, account: Account, minimum: int | None) -> None:
    """Make the account with the least balance that it may have; one that is there stays as it is."""
    _account_id(db, account, minimum)


def post(
    work: Work, reason: str, reference: str, postings: Sequence[Posting], shift_id: str | None = None
) -> int:
    """Write one entry and move the balances; return its number. Postings of zero are left out.

    Raises ValueError when the postings do not sum to zero (a bug in the caller), BelowMinimum when an
    account would fall below its minimum.
    """
    if left := residual(postings):
        raise ValueError(f"postings of {reason} {reference} leave {left}")
    db = work.db
    made = db.execute(
        "INSERT INTO ledger_entries (at, reason, reference, shift_id) VALUES (?,?,?,?)",
        (work.at, reason, reference, shift_id),
    )
    entry_id = made.lastrowid
    assert entry_id is not None
    for posting in postings:
        if posting.amount == 0:
            continue
        account_id = _account_id(db, posting.account)
        moved = db.execute(
            "UPDATE ledger_accounts SET balance = balance + ?1 "
            "WHERE account_id = ?2 AND (minimum IS NULL OR ?1 >= 0 OR balance + ?1 >= minimum)",
            (posting.amount, account_id),
        )
        if moved.rowcount != 1:
            raise BelowMinimum(posting.account)
        db.execute("INSERT INTO ledger_postings VALUES (?,?,?)", (entry_id, account_id, posting.amount))
    return entry_id


def balance(db: sqlite3.Connection, account: Account) -> int:
    """Return the account's balance, 0 for one that was never used."""
    row = db.execute(
        "SELECT balance FROM ledger_accounts WHERE kind = ? AND owner = ? AND unit = ?",
        (account.kind, account.owner, account.unit),
    ).fetchone()
    return 0 if row is None else int(row[0])


def shift_total(db: sqlite3.Connection, account: Account, shift_id: str) -> int:
    """Return the sum of the account's postings in entries of the shift."""
    row = db.execute(
        "SELECT coalesce(sum(p.amount), 0) FROM ledger_entries e "
        "JOIN ledger_postings p ON p.entry_id = e.entry_id "
        "JOIN ledger_accounts a ON a.account_id = p.account_id "
        "WHERE e.shift_id = ? AND a.kind = ? AND a.owner = ? AND a.unit = ?",
        (shift_id, account.kind, account.owner, account.unit),
    ).fetchone()
    return int(row[0])


def wrong_entries(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Yield (entry, what is wrong) for each entry whose postings do not sum to zero."""
    rows = db.execute(
        "SELECT p.entry_id, a.unit, sum(p.amount) AS rest FROM ledger_postings p "
        "JOIN ledger_accounts a USING (account_id) GROUP BY p.entry_id, a.unit HAVING rest <> 0"
    )
    for row in rows:
        yield row[0], f"its postings leave {row[2]} {row[1]}"


def wrong_balances(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield (account, what is wrong) where a stored balance is not the sum of its postings."""
    rows = db.execute(
        "SELECT a.kind, a.owner, a.unit, a.balance, coalesce(sum(p.amount), 0) AS posted "
        "FROM ledger_accounts a LEFT JOIN ledger_postings p USING (account_id) "
        "GROUP BY a.account_id HAVING posted <> a.balance"
    )
    for row in rows:
        yield f"{row[0]} {row[1]} {row[2]}", f"the balance is {row[3]}, its postings sum to {row[4]}"
