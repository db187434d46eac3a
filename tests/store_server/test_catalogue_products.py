"""Goods, as the back room keeps them and the counter reads them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from catalogue_shop import Shop

from protocol.messages.base import Done, Refused
from protocol.messages.catalogue import (
    BarcodePatternsChanged,
    BarcodePatternView,
    BarcodeView,
    Categories,
    CategoryChanged,
    CategorySaved,
    CheckPrice,
    DeleteCategory,
    ExtraFieldChanged,
    ExtraFieldView,
    ExtraValue,
    GetProduct,
    ListCategories,
    ProductChanged,
    ProductFound,
    SaveBarcodePatterns,
    SaveCategory,
    SaveExtraField,
    SaveProduct,
)
from store_server.catalogue import tables
from store_server.catalogue.barcodes import check_digit
from store_server.catalogue.prices import Prices, price_now
from store_server.catalogue.reading import (
    BY_BARCODE,
    BY_CODE,
    BY_CODE_ANY_CASE,
    FoundItem,
    find_for_sale,
    product_by_id,
)
from store_server.catalogue.search_keys import keys_of


@pytest.fixture
def shop() -> Iterator[Shop]:
    opened = Shop()
    yield opened
    opened.close()


def found(shop: Shop, code: str) -> FoundItem:
    item = find_for_sale(shop.db, code, shop.now)
    assert isinstance(item, FoundItem), item
    return item


def refused(shop: Shop, code: str) -> Refused:
    answer = find_for_sale(shop.db, code, shop.now)
    assert isinstance(answer, Refused)
    return answer


def test_a_product_is_found_by_its_barcode_its_code_and_its_other_barcodes(shop: Shop) -> None:
    saved = shop.save("1001", "可口可乐", 300, "6901236378823", "036000291452")
    for code in ("6901236378823", "06901236378823", "1001", " 1001 ", "036000291452", "0036000291452"):
        assert found(shop, code).product_id == saved.product_id
    assert saved.pinyin == "ke kou ke le"


def test_a_pack_sells_what_is_in_it(shop: Shop) -> None:
    pack = BarcodeView(barcode="16901236378820", pack_thousandths=6000)
    shop.get(SaveProduct(code="1", name="Cola", price_minor=300, barcodes=(pack,)), ProductFound)
    assert found(shop, "16901236378820").pack_thousandths == 6000


def test_codes_that_differ_only_by_case_are_two_products_and_never_mixed_up(shop: Shop) -> None:
    capital, small = shop.save("85123A", "Holder"), shop.save("85123a", "holder")
    assert found(shop, "85123A").product_id == capital.product_id
    assert found(shop, "85123a").product_id == small.product_id
    shop.save("X1", "Fan")
    assert found(shop, "x1").code == "X1"


def test_an_unknown_code_is_refused_with_words(shop: Shop) -> None:
    assert refused(shop, "4711").code == "unknown_barcode"
    assert refused(shop, "6901236378823").code == "unknown_barcode"


def test_a_wrong_check_digit_is_told_with_the_right_one(shop: Shop) -> None:
    answer = refused(shop, "6901236378824")
    assert answer.code == "wrong_check_digit"
    assert "would be 3" in answer.explanation


def test_goods_that_are_off_sale_are_refused_at_the_till_and_shown_by_a_price_check(shop: Shop) -> None:
    shop.save("1", "Old tea", 300, on_sale=False)
    assert refused(shop, "1").code == "not_on_sale"
    assert shop.get(CheckPrice(code="1"), ProductFound).product.name == "Old tea"


def test_the_weight_inside_an_in_store_barcode_is_read(shop: Shop) -> None:
    shop.save("123", "Apples", 990, by_weight=True)
    body = "210012300455"
    assert found(shop, body + check_digit(body)).embedded_quantity_thousandths == 455


def test_the_price_inside_an_in_store_barcode_is_read(shop: Shop) -> None:
    shop.save("00077", "Salad", 100)
    body = "220007701234"
    assert found(shop, body + check_digit(body)).embedded_price_minor == 1234


def test_a_weight_for_goods_that_are_not_weighed_is_refused(shop: Shop) -> None:
    shop.save("123", "Soap", 990)
    body = "210012300455"
    assert refused(shop, body + check_digit(body)).code == "not_weighed"


def test_an_in_store_barcode_of_an_unknown_item_says_which_item(shop: Shop) -> None:
    body = "219999900455"
    answer = refused(shop, body + check_digit(body))
    assert answer.code == "unknown_barcode"
    assert "99999" in answer.explanation


def test_a_pattern_that_cannot_work_is_refused(shop: Shop) -> None:
    patterns = (BarcodePatternView(pattern="IIIIIIIWWWWWC"),)
    assert shop.refused(SaveBarcodePatterns(patterns=patterns)).code == "bad_pattern"
    twice = (BarcodePatternView(pattern="23IIIIIWWWWWC"),) * 2
    assert shop.refused(SaveBarcodePatterns(patterns=twice)).code == "bad_pattern"
    shop.get(SaveBarcodePatterns(patterns=twice[:1]), Done)


def test_a_promotion_holds_from_its_first_moment_and_not_at_its_last(shop: Shop) -> None:
    hour = timedelta(hours=1)
    prices = Prices(300, 250, shop.now, shop.now + hour)
    assert price_now(prices, shop.now - hour) == (300, "")
    assert price_now(prices, shop.now) == (250, "promotion")
    assert price_now(prices, shop.now + hour) == (300, "")
    view = shop.save(
        "1", "Tea", 300, promotional_price_minor=250, promotion_from=shop.now, promotion_until=shop.now + hour
    )
    item = product_by_id(shop.db, view.product_id, shop.now)
    assert isinstance(item, FoundItem)
    assert (item.normal_price_minor, item.price_minor, item.price_reason) == (300, 250, "promotion")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"price_minor": 0}, "price_minor", "price_zero"),
        ({"price_minor": -1}, "price_minor", "below_zero"),
        ({"name": "  "}, "name", "empty"),
        ({"code": ""}, "code", "empty"),
        ({"name": "x" * 130}, "name", "too_long"),
        ({"name": "a\nb"}, "name", "not_printable"),
        ({"pinyin": "ke3 kou3"}, "pinyin", "bad_pinyin"),
        ({"promotional_price_minor": 0}, "promotional_price_minor", "price_zero"),
        ({"category_id": 99}, "category_id", "no_such_category"),
        ({"related": (77,)}, "related", "no_such_product"),
        ({"extras": (ExtraValue(field="colour", value="red"),)}, "extra:colour", "no_such_field"),
        ({"barcodes": (BarcodeView(barcode="1*2"),)}, "barcodes", "bad_barcode"),
        ({"barcodes": (BarcodeView(barcode="12", pack_thousandths=0),)}, "barcodes", "bad_pack"),
        (
            {"barcodes": (BarcodeView(barcode="036000291452"), BarcodeView(barcode="0036000291452"))},
            "barcodes",
            "barcode_twice",
        ),
    ],
)
def test_a_product_that_cannot_be_right_is_refused_at_its_field(
    shop: Shop, change: dict[str, object], field: str, code: str
) -> None:
    fine = SaveProduct(code="1", name="Tea", price_minor=300)
    answer = shop.refused(fine.model_copy(update=change))
    assert (answer.field, answer.code) == (field, code)
    assert shop.content()["products"] == []


def test_an_open_price_may_be_zero(shop: Shop) -> None:
    assert shop.save("1", "Repair", 0, open_price=True).price_minor == 0


def test_a_barcode_or_code_that_somebody_has_names_the_holder(shop: Shop) -> None:
    shop.save("1", "Tea", 300, "036000291452")
    for barcode in ("036000291452", "0036000291452"):
        answer = shop.refused(
            SaveProduct(code="2", name="Cup", price_minor=1, barcodes=(BarcodeView(barcode=barcode),))
        )
        assert answer.code == "barcode_used"
        assert "Tea" in answer.explanation
    assert shop.refused(SaveProduct(code="1", name="Cup", price_minor=1)).code == "code_used"


def test_a_save_of_an_older_version_is_refused(shop: Shop) -> None:
    first = shop.save("1", "Tea", 300)
    change = SaveProduct(product_id=first.product_id, version=1, code="1", name="Tea", price_minor=310)
    assert shop.get(change, ProductFound).product.version == 2
    assert shop.refused(change).code == "changed_by_others"


def test_each_price_that_was_true_stays(shop: Shop) -> None:
    first = shop.save("1", "Tea", 300)
    for price in (310, 310, 290):
        shop.get(
            SaveProduct(product_id=first.product_id, code="1", name="Tea", price_minor=price), ProductFound
        )
    prices = [row[0] for row in shop.db.execute("SELECT price_minor FROM price_versions ORDER BY 1")]
    assert prices == [290, 300, 310]
    changed = [fact for fact in shop.facts if isinstance(fact, ProductChanged)]
    assert [fact.old_price_minor for fact in changed] == [None, 300, 310, 310]


def test_what_decides_prices_and_where_goods_belong_is_in_the_journal(shop: Shop) -> None:
    patterns = (BarcodePatternView(pattern="21IIIIIWWWWWC"),)
    shop.get(SaveBarcodePatterns(patterns=patterns), Done)
    tea = shop.get(SaveCategory(name="Tea"), CategorySaved).category.category_id
    shop.get(SaveCategory(category_id=tea, name="Teas"), CategorySaved)
    shop.get(DeleteCategory(category_id=tea), Done)
    field = ExtraFieldView(field="Origin")
    shop.get(SaveExtraField(extra=field), Done)
    kept = [
        fact
        for fact in shop.facts
        if isinstance(fact, (BarcodePatternsChanged, CategoryChanged, ExtraFieldChanged))
    ]
    assert kept == [
        BarcodePatternsChanged(patterns=patterns),
        CategoryChanged(category_id=tea, name="Tea", parent_id=None, removed=False),
        CategoryChanged(category_id=tea, name="Teas", parent_id=None, removed=False),
        CategoryChanged(category_id=tea, name="Teas", parent_id=None, removed=True),
        ExtraFieldChanged(extra=field),
    ]
    [(rows,)] = shop.db.execute("SELECT count(*) FROM journal WHERE name LIKE 'catalogue.%'")
    assert rows == len(kept)


def test_the_pinyin_follows_a_new_name_unless_it_was_typed(shop: Shop) -> None:
    first = shop.save("1", "绿茶", 300)
    assert first.pinyin == "lv cha"
    renamed = SaveProduct(
        product_id=first.product_id, code="1", name="红茶", price_minor=300, pinyin=first.pinyin
    )
    assert shop.get(renamed, ProductFound).product.pinyin == "hong cha"
    typed = renamed.model_copy(update={"pinyin": "hung ca"})
    assert shop.get(typed, ProductFound).product.pinyin == "hung ca"


def test_the_index_is_what_it_would_be_after_any_change(shop: Shop) -> None:
    drinks = shop.get(SaveCategory(name="Drinks"), CategorySaved).category.category_id
    first = shop.save("1", "绿茶 500ml", 300, "6901236378823")
    changes: list[dict[str, object]] = [
        {"name": "红茶 330ml"},
        {"category_id": drinks, "name": "红茶 330ml"},
        {"on_sale": False, "code": "A1"},
        {},
    ]
    for change in changes:
        request = SaveProduct(product_id=first.product_id, code="1", name="绿茶 500ml", price_minor=300)
        saved = shop.get(request.model_copy(update=change), ProductFound).product
        rows = {
            tuple(row) for row in shop.db.execute("SELECT rank, key, category_id, on_sale FROM product_keys")
        }
        place = (saved.category_id or 0, int(saved.on_sale))
        assert rows == {(*key, *place) for key in keys_of(saved.code, saved.name, saved.pinyin)}
        assert shop.db.execute("SELECT count(*) FROM product_texts").fetchone()[0] == 1


def test_a_category_cannot_be_below_itself_and_not_without_end(shop: Shop) -> None:
    ids = []
    for level in range(20):
        parent = ids[-1] if ids else None
        saved = shop.get(SaveCategory(name=f"level {level}", parent_id=parent), CategorySaved)
        ids.append(saved.category.category_id)
    circle = SaveCategory(category_id=ids[0], name="level 0", parent_id=ids[5])
    assert shop.refused(circle).code == "circle"
    assert shop.refused(SaveCategory(name="too deep", parent_id=ids[-1])).code == "too_deep"
    assert shop.refused(SaveCategory(name="level 1", parent_id=ids[0])).code == "name_used"
    assert shop.refused(SaveCategory(name="a › b")).code == "bad_name"
    listed = shop.get(ListCategories(), Categories).categories
    assert [each.category_id for each in listed] == ids
    assert listed[2].path == "level 0 › level 1 › level 2"


def test_a_category_with_goods_stays(shop: Shop) -> None:
    drinks = shop.get(SaveCategory(name="Drinks"), CategorySaved).category.category_id
    saved = shop.save("1", "Tea", category_id=drinks)
    assert shop.get(ListCategories(), Categories).categories[0].product_count == 1
    assert shop.refused(DeleteCategory(category_id=drinks)).code == "not_empty"
    shop.get(SaveProduct(product_id=saved.product_id, code="1", name="Tea", price_minor=1), ProductFound)
    shop.get(DeleteCategory(category_id=drinks), Done)


def test_extra_fields_are_checked_by_their_type_and_category(shop: Shop) -> None:
    drinks = shop.get(SaveCategory(name="Drinks"), CategorySaved).category.category_id
    tea = shop.get(SaveCategory(name="Tea", parent_id=drinks), CategorySaved).category.category_id
    for name, kind, choices in (
        ("size", "number", ()),
        ("best before", "date", ()),
        ("organic", "yes_no", ()),
        ("taste", "choice", ("sweet", "bitter")),
    ):
        view = ExtraFieldView(field=name, category_id=drinks, type=kind, choices=choices)
        shop.get(SaveExtraField(extra=view), Done)
    good = {"size": "0.5", "best before": "2027-01-31", "organic": "是", "taste": "bitter"}
    extras = tuple(ExtraValue(field=name, value=value) for name, value in good.items())
    saved = shop.save("1", "Tea", category_id=tea, extras=extras)
    assert {each.field: each.value for each in saved.extras} == {**good, "organic": "yes"}
    for name in good:
        bad = (ExtraValue(field=name, value="2027-02-30"),)
        request = SaveProduct(code="2", name="Tea", price_minor=1, category_id=tea, extras=bad)
        assert shop.refused(request).code == "bad_value"
    elsewhere = SaveProduct(code="2", name="Tea", price_minor=1, extras=extras)
    assert shop.refused(elsewhere).code == "field_elsewhere"
    narrower = ExtraFieldView(field="taste", category_id=drinks, type="choice", choices=("sweet",))
    assert shop.refused(SaveExtraField(extra=narrower)).code == "values_do_not_fit"
    must = ExtraFieldView(field="size", category_id=drinks, type="number", required=True)
    shop.get(SaveExtraField(extra=must), Done)
    assert shop.refused(SaveProduct(code="2", name="T", price_minor=1, category_id=tea)).code == "required"


def test_the_words_are_chinese_for_one_who_reads_chinese(shop: Shop) -> None:
    shop.language = "zh_CN"
    answer = shop.refused(CheckPrice(code="4711"))
    assert "4711" in answer.explanation
    assert "没有" in answer.explanation


def test_a_product_that_is_gone_is_told(shop: Shop) -> None:
    assert shop.refused(GetProduct(product_id=tables.ProductId(9))).code == "no_such_product"


@pytest.mark.parametrize("sql", [BY_BARCODE, BY_CODE, BY_CODE_ANY_CASE])
def test_a_scan_never_reads_a_whole_table(shop: Shop, sql: str) -> None:
    plan = [row[3] for row in shop.db.execute(f"EXPLAIN QUERY PLAN {sql}", ("x",))]
    assert plan
    assert all("SEARCH" in step for step in plan), plan
