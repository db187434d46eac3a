"""Finding goods: what a cashier types, and what comes first."""

import random
from collections.abc import Iterator

import pytest
from catalogue_shop import Shop
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.identifiers import CategoryId
from protocol.messages.catalogue import (
    CategorySaved,
    FindProducts,
    ProductHits,
    SaveCategory,
)
from store_server.catalogue import search
from store_server.catalogue.products import Barcode, Product
from store_server.catalogue.search_keys import fold, keys_of, pinyin_of
from store_server.catalogue.tables import insert
from store_server.catalogue.views import HIT


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    opened = Shop()
    drinks = opened.get(SaveCategory(name="饮料"), CategorySaved).category.category_id
    tea = opened.get(SaveCategory(name="茶", parent_id=drinks), CategorySaved).category.category_id
    opened.save("1001", "可口可乐 Coca-Cola 500ml", 300, "6901236378823", category_id=drinks)
    opened.save("1002", "零度可口可乐 330ml", 280, "6907777800519", category_id=drinks)
    opened.save("1003", "茉莉绿茶", 350, "6940188803618", category_id=tea)
    opened.save("1004", "洗发水 200ml", 1900)
    opened.save("1005", "旧款可可粉", 1200, on_sale=False)
    opened.save("2001", "银行卡套", 100, pinyin="yin hang ka tao")
    yield opened
    opened.close()


def names(shop: Shop, text: str, **rest: object) -> list[str]:
    query = FindProducts(text=text, **rest)  # type: ignore[arg-type]
    return [hit.name for hit in shop.get(query, ProductHits).hits]


COKE, ZERO = "可口可乐 Coca-Cola 500ml", "零度可口可乐 330ml"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1001", [COKE]),
        ("6901236378823", [COKE]),
        ("06901236378823", [COKE]),
        ("8823", [COKE]),
        ("378823", [COKE]),
        ("可", [COKE, ZERO]),
        ("乐", [ZERO, COKE]),
        ("可乐", [ZERO, COKE]),
        ("kekoukele", [COKE, ZERO]),
        ("ke kou", [COKE, ZERO]),
        ("ke ko", [COKE, ZERO]),
        ("KKKL", [COKE, ZERO]),
        ("kkl", [COKE, ZERO]),
        ("ldkk", [ZERO]),
        ("coca cola", [COKE]),
        ("ＣＯＬＡ", [COKE]),
        ("ola", [COKE]),
        ("cola 可乐", [COKE]),
        ("kkkl500", [COKE]),
        ("330 可乐", [ZERO]),
        ("mllc", ["茉莉绿茶"]),
        ("lvcha", ["茉莉绿茶"]),
        ("lücha", ["茉莉绿茶"]),
        ("yinhang", ["银行卡套"]),
        ("可口可乐coca-cola500ml", [COKE]),
        ("可口可乐coca-cola600ml", []),
        ("可口茶", []),
        ("---", []),
        ("%", []),
        ("'; DROP TABLE products", []),
    ],
)
def test_goods_are_found_by_whatever_the_cashier_knows(shop: Shop, text: str, expected: list[str]) -> None:
    assert names(shop, text) == expected


def test_the_exact_code_comes_before_all_that_begin_with_it(shop: Shop) -> None:
    assert names(shop, "100")[0] == COKE
    assert names(shop, "1002")[0] == ZERO


def test_a_name_that_begins_with_the_text_comes_before_one_that_has_it_inside(shop: Shop) -> None:
    assert names(shop, "可口") == [COKE, ZERO]
    assert names(shop, "零度")[0] == ZERO


def test_goods_that_are_off_sale_are_found_only_when_asked_for(shop: Shop) -> None:
    assert "旧款可可粉" not in names(shop, "可可")
    assert names(shop, "可可", on_sale_only=False) == ["旧款可可粉"]


def test_a_category_holds_the_goods_of_those_below_it(shop: Shop) -> None:
    drinks, tea = CategoryId(1), CategoryId(2)
    assert names(shop, "", category_id=drinks) == [COKE, ZERO, "茉莉绿茶"]
    assert names(shop, "", category_id=tea) == ["茉莉绿茶"]
    assert names(shop, "lvcha", category_id=drinks) == ["茉莉绿茶"]
    assert names(shop, "洗发水", category_id=drinks) == []
    assert names(shop, "ml 可乐", category_id=drinks) == [COKE, ZERO]


def test_an_empty_text_lists_all_goods_page_by_page(shop: Shop) -> None:
    everything = names(shop, "", on_sale_only=False, limit=200)
    assert len(everything) == 6
    pages = [names(shop, "", on_sale_only=False, limit=2, offset=at) for at in (0, 2, 4, 6)]
    assert [name for page in pages for name in page] == everything
    first = shop.get(FindProducts(text="", limit=2), ProductHits)
    assert first.more
    assert not shop.get(FindProducts(text="", limit=6), ProductHits).more


@given(st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_search(text: str) -> None:
    shop = Shop() if not _SHOP else _SHOP[0]
    _SHOP[:] = [shop]
    search.find(shop.db, text, None, True, 20, 0)


_SHOP: list[Shop] = []


@pytest.fixture(scope="module", autouse=True)
def _close() -> Iterator[None]:
    yield
    for shop in _SHOP:
        shop.close()


@given(
    st.lists(st.sampled_from(["可口", "绿茶", "Coca", "Light", "500ml", "7", "乐"]), min_size=1, max_size=5)
)
@settings(max_examples=60, deadline=None)
def test_every_chinese_piece_and_every_inner_piece_of_three_letters_is_a_key(words: list[str]) -> None:
    name = "".join(words)
    folded = fold(name)
    keys = [key for _rank, key in keys_of("c", name, pinyin_of(name))]
    for start in range(len(folded)):
        for length in (1, 2, 3):
            piece = folded[start : start + length]
            letters = len(piece) == 3 and piece.isascii() and piece.isalpha()
            if letters or all("\u3400" <= letter <= "\u9fff" for letter in piece):
                assert any(key.startswith(piece) for key in keys), piece


@pytest.fixture(scope="module")
def crowd() -> Iterator[Shop]:
    """Six thousand goods, more than a small category holds."""
    opened = Shop()
    rng = random.Random(1)
    opened.db.execute("BEGIN")
    opened.db.execute("INSERT INTO categories (category_id, name) VALUES (1, 'most'), (2, 'few')")
    for number in range(6000):
        name = rng.choice(["可乐", "绿茶", "Apple", "饼干"]) + f" {rng.choice('abcdef')}{number}"
        product = Product(
            code=f"{number:05d}",
            name=name,
            pinyin="",
            price_minor=100,
            category_id=2 if number % 200 == 0 else 1,
            on_sale=number % 10 != 0,
            barcodes=(Barcode(f"69{number:011d}"),),
        )
        insert(opened.db, product)
    opened.db.execute("COMMIT")
    yield opened
    opened.close()


def test_a_search_in_a_crowd_finds_what_comparing_each_name_finds(crowd: Shop) -> None:
    for text in ("apple a", "可乐", "茶", "b59", "e1"):
        ids, _more = search.find(crowd.db, text, None, False, 200, 0)
        words = [fold(word) for word in text.split()]
        for product_id in ids:
            row = crowd.db.execute("SELECT name, code FROM products WHERE product_id = ?", (product_id,))
            name, code = row.fetchone()
            assert all(word in fold(name) or fold(code).startswith(word) for word in words)
        assert len(ids) == len(set(ids))


def test_a_search_that_was_cut_short_says_that_there_is_more(crowd: Shop) -> None:
    ids, more = search.find(crowd.db, "nothing has this", None, True, 20, 0)
    assert (ids, more) == ([], False)
    ids, more = search.find(crowd.db, "可乐 饼干", None, True, 20, 0)
    assert (ids, more) == ([], True)


PLANS = {
    "keys": (search.BY_KEY, (1, 2, "a", "b", 10, None)),
    "keys and words": (search.by_key_compared(1), (1, 2, "a", "b", 10, None, "x", "x")),
    "counting keys": (search.HOW_MANY, (1, 2, "a", "b", 10)),
    "whether there is more": (search.IS_LONGER, (1, 2, "a", "b", 10)),
    "tail": (search.BY_TAIL, ("1", "2", 1, None, 10)),
    "barcode": (search.BY_BARCODE_START, ("1", "2", 1, None, 10)),
    "code": (search.BY_EXACT_CODE, ("1", 1, None)),
    "small category": (search.in_categories(1), ("[1]", 1, "x", "x", "x", "x", 10)),
    "whole category": (search.WHOLE_CATEGORY, ("[1]", 1, 10)),
    "hit": (HIT, (1,)),
}


@pytest.mark.parametrize("name", PLANS)
def test_every_query_of_a_search_goes_by_an_index(crowd: Shop, name: str) -> None:
    sql, arguments = PLANS[name]
    plan = [row[3] for row in crowd.db.execute(f"EXPLAIN QUERY PLAN {sql}", arguments)]
    tables_read = [step for step in plan if step.startswith("SCAN")]
    bounded = ("SCAN k", "SCAN (subquery", "SCAN json_each")
    assert all(step.startswith(bounded) for step in tables_read), plan
    if name != "small category":
        assert not any("TEMP B-TREE" in step for step in plan if "code" not in name), plan
