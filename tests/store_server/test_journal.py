"""The journal: a chain in which no row can be changed, removed or slipped in unseen."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop_counter import Shop, open_shop

from store_server.journal.rules import GENESIS, row_hash
from store_server.journal.tables import broken_rows, read_head


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    shop.open_shift()
    for sale in ("a", "b", "c"):
        shop.sell(sale, "COLA")
    yield shop
    shop.db.close()


def unlock(shop: Shop) -> None:
    """Do what a thief with the file would do."""
    shop.db.execute("DROP TRIGGER journal_is_not_changed")
    shop.db.execute("DROP TRIGGER journal_is_not_shortened")


def test_an_untouched_journal_is_whole_and_numbered_from_one(shop: Shop) -> None:
    assert list(broken_rows(shop.db)) == []
    numbers = [row[0] for row in shop.db.execute("SELECT seq FROM journal ORDER BY seq")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert read_head(shop.db).seq == len(numbers)
    assert shop.books.head == read_head(shop.db)


@pytest.mark.parametrize("statement", ["UPDATE journal SET body = '{}'", "DELETE FROM journal"])
def test_the_database_refuses_to_change_the_journal(shop: Shop, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="journal rows"):
        shop.db.execute(statement)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2026-01-01T00:00:00.000000Z"),
        ("name", "sales.SaleCancelled"),
        ("command_id", "other"),
        ("operator_id", 3),
        ("approver_id", 1),
        ("terminal", "lane-9"),
        ("body", "{}"),
        ("hash", bytes(32)),
    ],
)
def test_a_changed_column_breaks_the_chain(shop: Shop, column: str, value: object) -> None:
    unlock(shop)
    last = read_head(shop.db).seq
    shop.db.execute(f"UPDATE journal SET {column} = ? WHERE seq = ?", (value, last - 1))
    assert last - 1 in {seq for seq, _ in broken_rows(shop.db)}


def test_a_missing_row_is_named(shop: Shop) -> None:
    unlock(shop)
    last = read_head(shop.db).seq
    shop.db.execute("DELETE FROM journal WHERE seq = ?", (last - 1,))
    assert (last, f"rows {last - 1} to {last - 1} are missing") in list(broken_rows(shop.db))


def test_a_row_that_was_hashed_anew_breaks_the_next(shop: Shop) -> None:
    unlock(shop)
    last = read_head(shop.db).seq
    previous = shop.db.execute("SELECT hash FROM journal WHERE seq = ?", (last - 2,)).fetchone()[0]
    row = list(shop.db.execute("SELECT * FROM journal WHERE seq = ?", (last - 1,)).fetchone())
    row[7] = "{}"
    forged = row_hash(previous, *row[:-1])
    shop.db.execute("UPDATE journal SET body = '{}', hash = ? WHERE seq = ?", (forged, last - 1))
    assert {seq for seq, _ in broken_rows(shop.db)} == {last}


columns = st.tuples(
    st.integers(1, 10**9),
    st.text(max_size=5),
    st.text(max_size=5),
    st.text(max_size=5),
    st.none() | st.integers(1, 99),
    st.none() | st.integers(1, 99),
    st.text(max_size=5),
    st.text(max_size=5),
)


@given(columns, columns)
def test_rows_that_differ_have_different_hashes(
    one: tuple[int, str, str, str, int | None, int | None, str, str],
    other: tuple[int, str, str, str, int | None, int | None, str, str],
) -> None:
    if "\x1f" not in repr(one) + repr(other).replace("\\x1f", "\x1f") and one != other:
        assert row_hash(GENESIS, *one) != row_hash(GENESIS, *other)
