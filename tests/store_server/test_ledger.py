"""The ledger: postings that sum to zero, balances that are the sum of their postings."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.identifiers import TerminalName
from store_server.bootstrap import make_dispatcher, open_books
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Books
from store_server.ledger.rules import Account, Posting, residual
from store_server.ledger.tables import (
    BelowMinimum,
    balance,
    open_account,
    post,
    shift_total,
    wrong_balances,
    wrong_entries,
)

DRAWER = Account("drawer", "1", "CNY")
SALES = Account("sales", "store", "CNY")
CARD = Account("tender", "card", "CNY")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def books() -> Iterator[Books]:
    books = open_books(":memory:")
    yield books
    books.db.close()


def act(books: Books, *postings: Posting, shift: str | None = None) -> int:
    """Post in a transaction of its own."""

    def action(work: Work) -> int:
        return post(work, "sale", "x", postings, shift)

    return make_dispatcher(lambda: NOW).act(books, TerminalName("test"), action)[0]


def test_a_sale_moves_drawer_and_sales(books: Books) -> None:
    act(books, Posting(DRAWER, 350), Posting(SALES, -350), shift="s")
    act(books, Posting(DRAWER, 100), Posting(CARD, 50), Posting(SALES, -150))
    assert [balance(books.db, account) for account in (DRAWER, CARD, SALES)] == [450, 50, -500]
    assert shift_total(books.db, DRAWER, "s") == 350
    assert balance(books.db, Account("drawer", "9", "CNY")) == 0


def test_postings_that_leave_something_over_are_a_bug(books: Books) -> None:
    with pytest.raises(ValueError, match="leave"):
        act(books, Posting(DRAWER, 350), Posting(SALES, -349))
    with pytest.raises(ValueError, match="leave"):
        act(books, Posting(DRAWER, 350), Posting(Account("sales", "store", "GBP"), -350))
    assert books.db.execute("SELECT count(*) FROM ledger_entries").fetchone()[0] == 0


def test_an_account_with_a_minimum_does_not_fall_below_it(books: Books) -> None:
    points = Account("points", "member-1", "POINTS")
    given_out = Account("points_given", "store", "POINTS")
    open_account(books.db, points, 0)
    act(books, Posting(points, 100), Posting(given_out, -100))
    with pytest.raises(BelowMinimum):
        act(books, Posting(points, -101), Posting(given_out, 101))
    assert balance(books.db, points) == 100
    act(books, Posting(points, -100), Posting(given_out, 100))


def test_opening_an_account_again_keeps_its_minimum(books: Books) -> None:
    open_account(books.db, DRAWER, 0)
    open_account(books.db, DRAWER, None)
    with pytest.raises(BelowMinimum):
        act(books, Posting(DRAWER, -1), Posting(SALES, 1))


@pytest.mark.parametrize("table", ["ledger_postings", "ledger_entries"])
def test_what_was_posted_never_changes(books: Books, table: str) -> None:
    act(books, Posting(DRAWER, 350), Posting(SALES, -350))
    with pytest.raises(sqlite3.IntegrityError):
        books.db.execute(f"DELETE FROM {table}")
    with pytest.raises(sqlite3.IntegrityError):
        books.db.execute(f"UPDATE {table} SET entry_id = 9")


def test_a_wrong_balance_and_a_wrong_entry_are_found(books: Books) -> None:
    act(books, Posting(DRAWER, 350), Posting(SALES, -350))
    assert list(wrong_balances(books.db)) == []
    books.db.execute("UPDATE ledger_accounts SET balance = 999 WHERE kind = 'drawer'")
    assert list(wrong_balances(books.db)) == [("drawer 1 CNY", "the balance is 999, its postings sum to 350")]
    books.db.execute("DROP TRIGGER ledger_postings_do_not_change")
    books.db.execute("UPDATE ledger_postings SET amount = 340 WHERE amount = 350")
    assert list(wrong_entries(books.db)) == [(1, "its postings leave -10 CNY")]


@given(st.lists(st.tuples(st.sampled_from([DRAWER, SALES, CARD]), st.integers(-9999, 9999))))
def test_what_is_left_over_is_the_sum_per_unit(rows: list[tuple[Account, int]]) -> None:
    left = residual(Posting(account, amount) for account, amount in rows)
    total = sum(amount for _, amount in rows)
    assert left == ({"CNY": total} if total else {})
