"""The check of the books: chain, postings, balances, sales, stock. Reads only; answers in words."""

import sqlite3
from collections.abc import Callable, Iterator

from protocol.language import _
from protocol.messages.store import BooksVerified, Finding
from store_server.coupons.checks import wrong_coupons
from store_server.journal.tables import broken_rows
from store_server.ledger.tables import wrong_balances, wrong_entries
from store_server.members.checks import wrong_members
from store_server.offers.checks import wrong_offers
from store_server.points.checks import wrong_points
from store_server.quotations.checks import wrong_quotations
from store_server.refunds.checks import wrong_refunds
from store_server.sales.checks import wrong_sales
from store_server.stock.tables import wrong_levels

FINDINGS_LIMIT = 200
"""More than this is not told: the books are then beyond reading one by one."""


def _sound_file(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for row in db.execute("PRAGMA integrity_check(20)"):
        if row[0] != "ok":
            yield "file", str(row[0])
    for row in db.execute("PRAGMA foreign_key_check"):
        yield str(row[0]), f"row {row[1]} refers to a row of {row[2]} that is not there"


CHECKS: tuple[tuple[str, Callable[[sqlite3.Connection], Iterator[tuple[object, str]]]], ...] = (
    ("file", _sound_file),
    ("journal", broken_rows),
    ("ledger", wrong_entries),
    ("balance", wrong_balances),
    ("sale", wrong_sales),
    ("refund", wrong_refunds),
    ("quotation", wrong_quotations),
    ("stock", wrong_levels),
    ("member", wrong_members),
    ("points", wrong_points),
    ("offer", wrong_offers),
    ("coupon", wrong_coupons),
)
"""Each check yields (which row, what is wrong)."""


def verify_books(db: sqlite3.Connection) -> BooksVerified:
    """Check everything in one moment of the books; no finding means that everything is right."""
    db.execute("BEGIN")
    try:
        findings: list[Finding] = []
        for name, check in CHECKS:
            for which, wrong in check(db):
                if len(findings) < FINDINGS_LIMIT:
                    where = _("{table} {row}").format(table=name, row=which)
                    findings.append(Finding(where=where[:200], explanation=wrong[:4000]))
        return BooksVerified(
            journal_rows=_count(db, "SELECT count(*) FROM journal"),
            ledger_postings=_count(db, "SELECT count(*) FROM ledger_postings"),
            sales=_count(db, "SELECT count(*) FROM sales WHERE state = 'finished'"),
            findings=tuple(findings),
        )
    finally:
        db.execute("ROLLBACK")


def _count(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])
