"""Headings of files, and the plans of the queries that page through an import."""

from collections.abc import Iterator

import pytest
from catalogue_shop import Shop

from protocol.language import LANGUAGES, _, speaking
from store_server.catalogue.product_columns import COLUMNS
from store_server.imports.headings import fold_heading, understand
from store_server.imports.registry import LISTS


@pytest.fixture
def shop() -> Iterator[Shop]:
    opened = Shop()
    yield opened
    opened.close()


def test_every_column_is_understood_by_its_name_and_in_every_language() -> None:
    names = tuple(column.name for column in COLUMNS)
    assert understand(names, COLUMNS).columns == names
    for language in LANGUAGES:
        with speaking(language):
            assert understand([_(column.heading) for column in COLUMNS], COLUMNS).columns == names


def test_no_two_columns_have_a_heading_in_common() -> None:
    seen: dict[str, str] = {}
    for column in COLUMNS:
        for text in (column.name, column.heading, *column.aliases):
            assert seen.setdefault(fold_heading(text), column.name) == column.name, text


def test_case_spaces_and_underscores_do_not_matter() -> None:
    found = understand(["  PROMOTION_UNTIL ", "market price", "Ｐrice", "", "??"], COLUMNS)
    assert found.columns == ("promotion_until", "market_price", "price", "", "")
    assert found.unknown == ("??",)


def test_each_list_is_registered_under_its_own_name() -> None:
    assert all(name == each.name for name, each in LISTS.items())


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM import_rows WHERE import_id = ? AND row > ? ORDER BY row LIMIT ?",
        "SELECT * FROM import_rows WHERE import_id = ? AND row < ? ORDER BY row DESC LIMIT ?",
        "SELECT product_id FROM products WHERE code > ? AND pending = 0 ORDER BY code LIMIT ?",
    ],
)
def test_a_step_never_reads_more_than_its_rows(shop: Shop, sql: str) -> None:
    arguments = ("x", 1, 10)[-sql.count("?") :] if sql.count("?") == 3 else ("x", 10)
    plan = [row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {sql}", arguments)]
    assert all(step.startswith("SEARCH") for step in plan), plan
