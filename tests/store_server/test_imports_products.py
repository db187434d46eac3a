"""Lists of goods go in whole or not at all, and come out so that they go in again as they are."""

import csv
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from catalogue_shop import Shop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol.identifiers import ImportId
from protocol.messages.base import Done
from protocol.messages.catalogue import (
    BarcodeView,
    CategorySaved,
    ExtraFieldView,
    ExtraValue,
    FindProducts,
    ProductFound,
    ProductHits,
    SaveCategory,
    SaveExtraField,
    SaveProduct,
)
from protocol.messages.imports import (
    AddImportRows,
    ApplyImport,
    BeginImport,
    CancelImport,
    CheckImport,
    DescribeList,
    DropImport,
    ExportList,
    ExportRows,
    GetImport,
    GetImportDetails,
    ImportAnswer,
    ImportDetails,
    ImportProgressed,
    ImportState,
    ImportView,
    ListColumns,
    ListImported,
)
from store_server.catalogue import tables
from store_server.catalogue.reading import FoundItem, find_for_sale
from store_server.imports import jobs

HEADINGS = ["code", "name", "price", "barcodes", "category", "stock"]


@pytest.fixture
def shop() -> Iterator[Shop]:
    opened = Shop()
    yield opened
    opened.close()


def view(shop: Shop, import_id: ImportId) -> ImportView:
    return shop.get(GetImport(import_id=import_id), ImportAnswer).view


def details(shop: Shop, import_id: ImportId) -> ImportDetails:
    return shop.get(GetImportDetails(import_id=import_id, limit=1000), ImportDetails)


def export(shop: Shop) -> tuple[list[str], list[list[str]]]:
    rows: list[list[str]] = []
    after = ""
    while True:
        piece = shop.get(ExportList(list_name="products", after_key=after), ExportRows)
        rows += [list(row) for row in piece.rows]
        after = piece.next_key
        if not after:
            return list(piece.headings), rows


def test_a_list_is_previewed_then_applied(shop: Shop) -> None:
    shop.save("1", "Tea", 300)
    rows = [
        ["1", "Tea", "3.50", "", "", ""],
        ["2", "可口可乐", "¥3", "6901236378823; 16901236378820*6", "Food > Drinks", "24"],
    ]
    import_id = shop.checked(HEADINGS, rows)
    ready = view(shop, import_id)
    assert (ready.state, ready.new, ready.changed, ready.same) == (ImportState.READY, 1, 1, 0)
    changes = details(shop, import_id).changes
    assert "Selling price 3.00 → 3.50" in changes[0].details
    assert "new category Food › Drinks" in changes[1].details
    assert "opening stock 24" in changes[1].details
    assert shop.content()["categories"] == []

    shop.get(ApplyImport(import_id=import_id), ImportAnswer)
    shop.work()
    assert view(shop, import_id).state is ImportState.APPLIED
    item = find_for_sale(shop.db, "16901236378820", shop.now)
    assert isinstance(item, FoundItem)
    assert (item.price_minor, item.pack_thousandths) == (300, 6000)
    hits = shop.get(FindProducts(text="kkkl"), ProductHits).hits
    assert [(hit.category, hit.stock_thousandths) for hit in hits] == [("Drinks", 24000)]
    listed = [fact for fact in shop.facts if isinstance(fact, ListImported)]
    assert [(fact.new, fact.changed) for fact in listed] == [(1, 1)]
    journal = shop.db.execute(
        "SELECT operator_id FROM journal WHERE name = 'imports.ListImported'"
    ).fetchall()
    assert [row[0] for row in journal] == [shop.manager]


def test_the_chinese_goods_and_the_gift_ware_go_in_as_their_files_are(shop: Shop) -> None:
    import_id = shop.imported(
        ["barcode", "name", "price_cny"],
        [["6940188803618", "甘源蟹黄味瓜子仁75g", "3.76"], ["6907777800519", "惠宜咸味花生350g", "8.6"]],
    )
    assert view(shop, import_id).new == 2
    item = find_for_sale(shop.db, "6940188803618", shop.now)
    assert isinstance(item, FoundItem)
    assert (item.code, item.price_minor) == ("6940188803618", 376)
    shop.imported(["stock_code", "description", "unit_price"], [["85123A", "HEART HOLDER", "2.55"]])
    assert isinstance(find_for_sale(shop.db, "85123A", shop.now), FoundItem)


@pytest.mark.parametrize(
    "headings", [["货号", "品名", "售价"], ["CODE", " Name ", "PRICE"], ["Stock Code", "品名", "零售价"]]
)
def test_headings_are_understood_in_both_languages(shop: Shop, headings: list[str]) -> None:
    assert view(shop, shop.imported(headings, [["1", "Tea", "3.00"]])).new == 1


def test_wrong_headings_name_what_is_missing_and_what_is_known(shop: Shop) -> None:
    wrong = BeginImport(
        import_id=ImportId("i"), list_name="products", file_name="x.xlsx", headings=("Colour", "Shape")
    )
    answer = shop.refused(wrong)
    assert answer.code == "wrong_headings"
    assert "Product code (or Barcodes)" in answer.explanation
    assert "Promotional price" in answer.explanation
    twice = wrong.model_copy(update={"headings": ("code", "Code", "price")})
    assert "code" in shop.refused(twice).explanation
    assert shop.refused(wrong.model_copy(update={"list_name": "planets"})).code == "no_such_list"


def test_unknown_columns_are_named_and_not_used(shop: Shop) -> None:
    import_id = shop.imported(["code", "name", "price", "shelf"], [["1", "Tea", "3", "A4"]])
    assert view(shop, import_id).unknown_columns == ("shelf",)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("price", "free", "not an amount"),
        ("price", "0", "price is 0"),
        ("price", "", "missing"),
        ("price", "0.001", "2 digits"),
        ("price", "-1", "below zero"),
        ("name", "", "needs a name"),
        ("code", "", "names no product"),
        ("stock", "a few", "not a quantity"),
        ("barcodes", "690*many", "not a quantity"),
        ("barcodes", "036000291452", "belongs to Cup"),
        ("by_weight", "perhaps", "yes or no"),
        ("promotion_from", "tomorrow", "date or time"),
        ("promotion_until", "2026-01-01", "no price"),
        ("category", " > ".join(["deep"] * 30), "at most 20"),
    ],
)
def test_a_broken_row_says_where_what_and_what_to_do(shop: Shop, column: str, value: str, words: str) -> None:
    shop.save("9", "Cup", 100, "036000291452")
    good = {"code": "1", "name": "Tea", "price": "3.00"}
    cells = {**good, column: value}
    import_id = shop.checked(
        list(cells), [["2", "Fine", "1", *[""] * (len(cells) - 3)], list(cells.values())]
    )
    errors = details(shop, import_id).errors
    assert len(errors) == 1
    assert (errors[0].row, errors[0].value) == (3, value)
    assert words in errors[0].explanation
    assert shop.refused(ApplyImport(import_id=import_id)).code == "has_errors"
    assert tables.id_of_code(shop.db, "2") is None


def test_the_same_code_or_barcode_twice_in_a_file_names_the_earlier_row(shop: Shop) -> None:
    rows = [["1", "Tea", "3", "036000291452"], ["1", "Cup", "3", ""], ["2", "Pot", "3", "0036000291452"]]
    import_id = shop.checked(["code", "name", "price", "barcode"], rows)
    errors = details(shop, import_id).errors
    assert [(error.row, error.column) for error in errors] == [(3, "code"), (4, "barcodes")]
    assert all("Row 2" in error.explanation for error in errors)


def test_a_price_list_changes_prices_and_nothing_else(shop: Shop) -> None:
    first = shop.save("1", "Tea", 300, "036000291452", supplier="Farm")
    shop.imported(["code", "price"], [["1", "4.00"]])
    after = tables.load(shop.db, first.product_id)
    assert after is not None
    assert (after.price_minor, after.supplier, after.barcodes[0].barcode) == (400, "Farm", "036000291452")
    prices = [row[0] for row in shop.db.execute("SELECT price_minor FROM price_versions")]
    assert prices == [300, 400]
    import_id = shop.checked(["code", "price"], [["7", "4.00"]])
    assert "needs a name" in details(shop, import_id).errors[0].explanation


def test_stock_of_goods_that_moved_stays(shop: Shop) -> None:
    shop.imported(HEADINGS, [["1", "Tea", "3", "", "", "24"]])
    again = shop.imported(HEADINGS, [["1", "Tea", "3", "", "", "99"]])
    assert view(shop, again).same == 1
    assert "stock stays 24" in details(shop, again).changes[0].details
    assert shop.content()["stock_levels"] == [(1, 24000)]


def test_nothing_is_found_or_sold_of_new_goods_before_all_are_there(shop: Shop) -> None:
    import_id = shop.checked(HEADINGS, [[str(n), f"Tea {n}", "3", "", "", ""] for n in range(50)])
    shop.get(ApplyImport(import_id=import_id), ImportAnswer)
    shop.step()
    assert not isinstance(find_for_sale(shop.db, "1", shop.now), FoundItem)
    assert shop.get(FindProducts(text=""), ProductHits).hits == ()
    assert shop.refused(SaveProduct(code="x", name="x", price_minor=1)).code == "import_running"
    assert shop.refused(SaveCategory(name="x")).code == "import_running"
    other = shop.hand_over(["code", "price"], [["1", "1"]])
    assert shop.refused(ApplyImport(import_id=other)).code == "wrong_state"
    shop.work()
    assert isinstance(find_for_sale(shop.db, "1", shop.now), FoundItem)
    shop.save("x", "x")


def seeded(shop: Shop) -> None:
    drinks = shop.get(SaveCategory(name="饮料"), CategorySaved).category.category_id
    shop.get(SaveExtraField(extra=ExtraFieldView(field="产地")), Done)
    for number in range(60):
        shop.save(
            f"{number:03d}",
            f"茶 {number}",
            100 + number,
            f"X{number}",
            category_id=drinks if number % 2 else None,
            extras=(ExtraValue(field="产地", value="福建"),) if number % 3 == 0 else (),
        )


def random_rows(seed: int) -> list[list[str]]:
    rng = random.Random(seed)
    return [
        [
            f"{number:03d}",
            rng.choice(["茶", "Coffee", "可乐"]) + f" {number}",
            f"{rng.randint(100, 500) / 100:.2f}",
            f"X{number}" + rng.choice(["", f"; Y{number}*6"]),
            rng.choice(["", "饮料", "饮料 › 茶", "New › Deep › Deeper"]),
            rng.choice(["", "5"]),
        ]
        for number in rng.sample(range(120), 90)
    ]


@given(st.integers(0, 10_000), st.integers(0, 12))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_applied_and_cancelled_leaves_the_shop_as_it_was(seed: int, steps: int) -> None:
    shop = Shop()
    seeded(shop)
    before = shop.content()
    import_id = shop.checked(HEADINGS, random_rows(seed))
    shop.get(ApplyImport(import_id=import_id), ImportAnswer)
    for _ in range(min(steps, 4)):
        shop.step()
    assert view(shop, import_id).state is ImportState.APPLYING
    shop.get(CancelImport(import_id=import_id), ImportAnswer)
    shop.work()
    assert view(shop, import_id).state is ImportState.CANCELLED
    assert shop.content() == before
    assert shop.db.execute("SELECT count(*) FROM import_rows").fetchone()[0] == 0
    shop.save("new", "still open for changes")
    shop.close()


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_an_export_goes_in_again_as_all_the_same(seed: int) -> None:
    shop = Shop()
    seeded(shop)
    done = shop.imported(HEADINGS, random_rows(seed))
    assert view(shop, done).state is ImportState.APPLIED
    until = shop.now.replace(hour=15, minute=59, second=59, microsecond=123)
    shop.save(
        "p", "Promo", 300, promotional_price_minor=200, promotion_from=shop.now, promotion_until=until,
        market_price_minor=400, cost_minor=1, open_price=True, by_weight=True, on_sale=False,
    )  # fmt: skip
    headings, rows = export(shop)
    again = shop.checked(headings, rows)
    found = view(shop, again)
    assert details(shop, again).errors == ()
    assert (found.same, found.new, found.changed) == (len(rows), 0, 0)
    shop.close()


def test_an_export_in_chinese_goes_in_again(shop: Shop) -> None:
    seeded(shop)
    shop.language = "zh_CN"
    headings, rows = export(shop)
    assert headings[0] == "货号"
    assert view(shop, shop.checked(headings, rows)).same == 60


def test_a_row_that_the_database_refuses_takes_all_back(shop: Shop) -> None:
    seeded(shop)
    before = shop.content()
    import_id = shop.checked(HEADINGS, random_rows(1))
    last = shop.db.execute("SELECT max(row) FROM import_rows").fetchone()[0]
    shop.db.execute(
        "UPDATE import_rows SET payload = replace(payload, '\"price_minor\": ', '\"price_minor\": -') "
        "WHERE row = ?",
        (last,),
    )
    shop.get(ApplyImport(import_id=import_id), ImportAnswer)
    shop.work()
    assert view(shop, import_id).state is ImportState.FAILED
    assert shop.content() == before


def test_goods_that_changed_after_the_check_ask_for_another(shop: Shop) -> None:
    import_id = shop.checked(HEADINGS, [["1", "Tea", "3", "036000291452", "", ""]])
    shop.save("2", "Cup", 300, "036000291452")
    assert shop.refused(ApplyImport(import_id=import_id)).code == "check_again"
    shop.get(CheckImport(import_id=import_id), ImportAnswer)
    shop.work()
    assert view(shop, import_id).errors == 1


def test_a_crash_at_any_step_is_carried_on(tmp_path: Path) -> None:
    path = str(tmp_path / "books.sqlite")
    shop = Shop(path)
    import_id = shop.hand_over(HEADINGS, random_rows(3))
    shop.get(CheckImport(import_id=import_id), ImportAnswer)
    for _ in range(60):
        shop.step()
        if view(shop, import_id).state is ImportState.READY:
            shop.get(ApplyImport(import_id=import_id), ImportAnswer)
        known = next(shop.ids) + 1000
        shop.close()
        shop = Shop(path)
        for _skipped in range(known):
            next(shop.ids)
        if not jobs.pending(shop.db) and view(shop, import_id).state is ImportState.APPLIED:
            break
    assert view(shop, import_id).state is ImportState.APPLIED
    assert view(shop, import_id).applied == 90
    assert shop.db.execute("SELECT count(*) FROM products WHERE pending = 0").fetchone()[0] == 90
    assert shop.db.execute("SELECT count(*) FROM price_versions").fetchone()[0] == 90
    shop.close()


def test_progress_is_told_ten_times_a_second_at_most(shop: Shop) -> None:
    begun = shop.now
    shop.imported(HEADINGS, [[str(n), f"Tea {n}", "3", "", "", ""] for n in range(2000)])
    told = [fact for fact in shop.facts if isinstance(fact, ImportProgressed)]
    assert len(told) <= (shop.now - begun).total_seconds() * 10 + 4
    assert told[-1].view.state is ImportState.APPLIED
    applied = [fact.view.applied for fact in told]
    assert applied == sorted(applied)


def test_pieces_come_in_order_and_only_while_rows_are_received(shop: Shop) -> None:
    import_id = shop.hand_over(HEADINGS, [["1", "Tea", "3", "", "", ""]])
    again = AddImportRows(import_id=import_id, first_row=2, rows=(("1",),))
    assert shop.refused(again).code == "row_there"
    shop.get(CheckImport(import_id=import_id), ImportAnswer)
    assert shop.refused(again.model_copy(update={"first_row": 9})).code == "wrong_state"
    empty = shop.hand_over(HEADINGS, [])
    assert shop.refused(CheckImport(import_id=empty)).code == "no_rows"


def test_a_finished_import_is_dropped_and_cannot_be_cancelled(shop: Shop) -> None:
    import_id = shop.imported(HEADINGS, [["1", "Tea", "3", "", "", ""]])
    assert shop.refused(CancelImport(import_id=import_id)).code == "too_late"
    shop.get(DropImport(import_id=import_id), Done)
    shop.work()
    assert shop.refused(GetImport(import_id=import_id)).code == "no_such_import"
    assert shop.db.execute("SELECT count(*) FROM import_uniques").fetchone()[0] == 0


def test_an_import_that_was_left_behind_is_forgotten_after_a_day(shop: Shop) -> None:
    left = shop.checked(HEADINGS, [["1", "Tea", "3", "", "", ""]])
    shop.now += timedelta(days=1, seconds=1)
    shop.hand_over(HEADINGS, [])
    shop.work()
    assert view(shop, left).state is ImportState.CANCELLED
    assert shop.db.execute("SELECT count(*) FROM import_rows").fetchone()[0] == 0


def test_errors_are_paged_by_whole_rows(shop: Shop) -> None:
    import_id = shop.checked(["code", "name", "price"], [["", "", ""], ["", "", "x"], ["", "", "y"]])
    page = shop.get(GetImportDetails(import_id=import_id, limit=1, errors_only=True), ImportDetails)
    assert {error.row for error in page.errors} == {2}
    assert len(page.errors) >= 2
    rest = shop.get(GetImportDetails(import_id=import_id, from_row=3, errors_only=True), ImportDetails)
    assert {error.row for error in rest.errors} == {3, 4}


def test_the_columns_are_described_with_the_extra_fields(shop: Shop) -> None:
    seeded(shop)
    columns = shop.get(DescribeList(list_name="products"), ListColumns).columns
    assert [column.column for column in columns if column.required] == ["code"]
    assert columns[-1].column == "extra:产地"
    assert all(column.explanation for column in columns)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_hundred_thousand_rows_go_in_step_by_step(shop: Shop) -> None:
    rows = [[f"{n:06d}", f"Tea {n}", "3.00", f"N{n}"] for n in range(100_000)]
    import_id = shop.imported(["code", "name", "price", "barcode"], rows)
    done = view(shop, import_id)
    assert (done.state, done.new, done.applied) == (ImportState.APPLIED, 100_000, 100_000)
    assert isinstance(find_for_sale(shop.db, "N99999", shop.now), FoundItem)


def test_the_shipped_sample_goods_go_in(shop: Shop) -> None:
    path = Path(__file__).parent / "goods.csv"
    with path.open(encoding="utf-8") as file:
        headings, *rows = csv.reader(file)
    assert view(shop, shop.imported(headings, rows)).new == len(rows)


def test_related_goods_and_packs_stay_when_a_list_does_not_name_them(shop: Shop) -> None:
    cup = shop.save("2", "Cup")
    pack = BarcodeView(barcode="16901236378820", pack_thousandths=6000)
    request = SaveProduct(code="1", name="Tea", price_minor=300, barcodes=(pack,), related=(cup.product_id,))
    tea = shop.get(request, ProductFound).product
    shop.imported(["code", "price"], [["1", "4.00"]])
    after = tables.load(shop.db, tea.product_id)
    assert after is not None
    assert (after.related, after.barcodes[0].pack_thousandths) == ((cup.product_id,), 6000)
