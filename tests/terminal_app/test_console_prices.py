"""Tax, rounding and the price list by keyboard, as the owner of the shop meets them."""

from datetime import timedelta
from pathlib import Path

import pytest
from console_store import NOW
from price_owner import Owner, back_room

from protocol.identifiers import ProductId
from protocol.language import set_process_language
from protocol.messages.catalogue import SaveCategory, SaveProduct
from protocol.messages.prices import ListTierPrices, PriceRow
from protocol.messages.store import ChangeSetting
from protocol.messages.taxes import SaveTaxRate
from terminal_app.console.categories import CategoriesScreen
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.patterns import PatternsScreen, taken_apart
from terminal_app.console.picker import Picker
from terminal_app.console.prices.coupon_list import CouponBatchesScreen
from terminal_app.console.prices.price_list_prices import Promotion, Way, plan
from terminal_app.console.prices.price_list_promotion import PreviewScreen
from terminal_app.console.prices.price_list_screen import PriceListScreen
from terminal_app.console.prices.prices_menu import PARTS, PricesPage
from terminal_app.console.prices.quotation_list import QuotationsScreen
from terminal_app.console.prices.refunds_screen import RefundsScreen
from terminal_app.console.prices.rounding_examples import example
from terminal_app.console.prices.rounding_screen import RoundingScreen
from terminal_app.console.prices.tax_screen import TaxDialog, TaxScreen
from terminal_app.console.prices.tax_words import parse_percent, percent_words, tax_example
from terminal_app.console.product_screen import ProductScreen

# --- the way there ----------------------------------------------------------------------------------


async def test_every_part_of_the_prices_opens_from_their_page(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("f4")
        await owner.until_on(PricesPage)
        await owner.until(lambda: len(owner.table.rows) == len(PARTS))
        assert {"price_list", "coupons", "quotations", "taxes", "rounding"} <= {part.key for part in PARTS}
        for key, screen in (
            ("f10", CouponBatchesScreen),
            ("ctrl+o", QuotationsScreen),
            ("ctrl+t", TaxScreen),
        ):
            await owner.press(key)
            await owner.until_on(screen)
            await owner.press("escape")
            await owner.until_on(PricesPage)
        await owner.press("ctrl+e")
        await owner.until_on(RoundingScreen)


# --- tax --------------------------------------------------------------------------------------------


def test_a_rate_is_typed_as_people_write_it() -> None:
    assert [parse_percent(text) for text in ("13%", "13", "8.875 %", "0", "6％")] == [
        130_000, 130_000, 88_750, 0, 60_000,
    ]  # fmt: skip
    assert [parse_percent(text) for text in ("", "thirteen", "101", "-3", "13%%")] == [None] * 5
    assert [percent_words(ppm) for ppm in (130_000, 88_750, 0)] == ["13%", "8.875%", "0%"]


def test_the_example_works_a_rate_out_on_a_price() -> None:
    assert (
        tax_example(130_000, True, "CNY") == "A price of 11.30 contains 1.30 tax; 10.00 is left without it."
    )
    on_top = tax_example(130_000, False, "CNY")
    assert on_top == "A price of 10.00 gets 1.30 tax on top: the customer pays 11.30."
    assert "1,100" in tax_example(100_000, True, "JPY") or "1100" in tax_example(100_000, True, "JPY")


async def test_tax_rates_are_listed_with_what_they_do(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(TaxScreen())
        assert owner.cells(2) == ["17%", "13%", "9%"]
        assert "goods that name it pay no tax" in owner.text()
        await owner.press("down")
        assert "A price of 11.30 contains 1.30 tax" in owner.text()
        assert "for all goods for which neither" in owner.text()


async def test_a_new_rate_shows_its_example_while_it_is_typed(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(TaxScreen())
        await owner.press("ctrl+n")
        await owner.until_on(TaxDialog)
        assert "an example stands here" in owner.text("#example")
        owner.fill(tax="vat13", name="Twice", rate="6%")
        await owner.pilot.pause()
        assert "A price of 10.60 contains 0.60" in owner.text("#example")
        await owner.save()
        assert "already" in owner.form.rows["tax"].sentence
        owner.fill(tax="vat6", inclusive="on_top", rate="six")
        await owner.save()
        assert "13%" in owner.form.rows["rate"].sentence
        owner.fill(rate="6%", shop_default="yes")
        await owner.save()
        await owner.until_on(TaxScreen)
        saved = owner.office.last(SaveTaxRate)
        assert isinstance(saved, SaveTaxRate)
        assert (saved.rate.rate_ppm, saved.rate.inclusive, saved.rate.shop_default) == (60_000, False, True)
        assert [rate.tax for rate in owner.office.taxes if rate.shop_default] == ["vat6"]


async def test_a_product_says_which_tax_it_has_and_whose_word_that_is(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        food = owner.office.categories[0]
        await owner.open_form(ProductScreen(ProductId(1)))
        await owner.until(lambda: "tax" in owner.form.rows)
        choices = dict(owner.form.rows["tax"].editor.choices)  # type: ignore[union-attr]
        assert choices == {
            "": "as the shop says: VAT 13 %", "vat13": "VAT 13 %", "vat9": "VAT 9 %",
        }  # fmt: skip
        owner.fill(tax="vat9")
        await owner.save()
        await owner.until(lambda: not isinstance(owner.app.screen, ProductScreen))
        saved = owner.office.last(SaveProduct)
        assert isinstance(saved, SaveProduct)
        assert saved.tax == "vat9"
        owner.office.categories[0] = food.model_copy(update={"tax": "vat9"})
        await owner.open_form(ProductScreen(ProductId(2)))
        await owner.until(lambda: "tax" in owner.form.rows)
        editor = owner.form.rows["tax"].editor
        assert dict(editor.choices)[""] == "as the category says: VAT 9 %"  # type: ignore[union-attr]
        owner.fill(category_id="")
        await owner.until(
            lambda: dict(editor.choices)[""] == "as the shop says: VAT 13 %"  # type: ignore[union-attr]
        )


async def test_a_category_names_a_tax_for_its_goods(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CategoriesScreen())
        await owner.press("down", "enter")
        await owner.until_on(FormDialog)
        owner.fill(tax="vat9")
        await owner.save()
        await owner.until_on(CategoriesScreen)
        saved = owner.office.last(SaveCategory)
        assert isinstance(saved, SaveCategory)
        assert saved.tax == "vat9"
        await owner.until(lambda: "VAT 9 %" in owner.cells(2))


# --- rounding, in-store barcodes ----------------------------------------------------------------------


def test_examples_show_what_coins_make_of_a_total() -> None:
    assert example(1234, "10", "down", "CNY") == "12.34 → 12.30"
    assert example(1235, "10", "half_up", "CNY") == "12.35 → 12.40"
    assert example(1235, "10", "half_even", "CNY") == "12.35 → 12.40"
    assert example(1234, "none", "down", "CNY") == "12.34 → 12.34"


async def test_the_examples_follow_the_choice_of_rounding(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open_form(RoundingScreen())
        await owner.until(lambda: "12.34→12.30" in owner.text("#examples"))
        assert "› down, for the customer" in owner.text("#examples")
        owner.fill(cash_rounding="100")
        await owner.pilot.pause()
        assert "12.40→12.00" in owner.text("#examples")
        owner.fill(cash_rounding="none")
        await owner.pilot.pause()
        assert owner.text("#examples") == "Cash pays to the cent: 12.34 → 12.34."
        owner.fill(cash_rounding="50", cash_rounding_mode="half_up")
        await owner.save()
        await owner.until(lambda: not isinstance(owner.app.screen, RoundingScreen))
        values = {s.setting: s.value for s in owner.office.settings}
        assert (values["cash_rounding"], values["cash_rounding_mode"]) == ("50", "half_up")


async def test_only_a_changed_choice_of_rounding_is_stored(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open_form(RoundingScreen())
        await owner.until(lambda: "→" in owner.text("#examples"))
        owner.fill(cash_rounding_mode="up")
        await owner.save()
        await owner.until(lambda: not isinstance(owner.app.screen, RoundingScreen))
        changes = [r for r in owner.office.asked if isinstance(r, ChangeSetting)]
        assert [(r.setting, r.value) for r in changes] == [("cash_rounding_mode", "up")]


async def test_the_settings_page_shows_examples_beside_each_way_to_round(tmp_path: Path) -> None:
    async with back_room(tmp_path, (120, 40)) as owner:
        await owner.press("f7")
        await owner.until(lambda: owner.table.go_to("cash_rounding_mode"))
        await owner.press("enter")
        await owner.until_on(FormDialog)
        note = owner.text(".paragraph")
        assert "down, for the customer" in note
        assert "12.34→12.30" in note
        assert "12.35→12.40" in note


def test_a_barcode_is_taken_apart_by_the_first_pattern_that_fits() -> None:
    patterns = ("22IIIIIPPPPPC", "21IIIIIWWWWWC")
    found = taken_apart("2101004012345", patterns, "CNY")
    assert found == ("21IIIIIWWWWWC", "item code 01004, weight 1234 grams, check digit 5")
    assert taken_apart("2201004012345", patterns, "CNY")[1].startswith("item code 01004, price 12.34")
    assert taken_apart("6901234567892", patterns, "CNY") == ("", "")


async def test_a_barcode_can_be_tried_on_the_patterns(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        owner.app.push_screen(PatternsScreen())
        await owner.until(lambda: owner.app.screen.query("#try"))
        await owner.press("f8")
        await owner.write("#try", "2101004012345")
        await owner.until(lambda: "1004  Apples" in owner.text("#tried"))
        assert "The pattern 21IIIIIWWWWWC reads it: item code 01004, weight 1234 grams" in owner.text(
            "#tried"
        )
        assert owner.app.screen.take_scan("6901234567892")  # type: ignore[attr-defined]
        await owner.until(lambda: "Nothing has the code" in owner.text("#tried"))
        assert "No pattern fits it" in owner.text("#tried")


# --- the price list ----------------------------------------------------------------------------------


def _until(owner: Owner, number: int, **change: object) -> None:
    owner.office.products[number] = owner.office.products[number].model_copy(update=change)


def test_a_promotion_makes_its_price_and_leaves_out_what_makes_no_sense() -> None:
    fair = PriceRow(product_id=ProductId(1), version=1, code="1", name="Tea", selling_minor=999)
    cheap = fair.model_copy(update={"selling_minor": 80})
    open_price = fair.model_copy(update={"open_price": True})
    percent = plan([fair, open_price], Promotion(Way.PERCENT, 200_000))
    assert [(each.price_minor, each.why_not) for each in percent] == [
        (799, ""), (799, "its price is typed at each sale"),
    ]  # fmt: skip
    amount = plan([fair, cheap], Promotion(Way.AMOUNT, 100))
    assert [(each.price_minor, bool(each.why_not)) for each in amount] == [(899, False), (-20, True)]
    price = plan([fair, cheap], Promotion(Way.PRICE, 500))
    assert [bool(each.why_not) for each in price] == [False, True]
    assert plan([fair], Promotion(Way.END))[0].why_not == "has none"


async def test_the_price_list_shows_what_is_on_promotion_and_what_ends_soon(tmp_path: Path) -> None:
    async with back_room(tmp_path, (120, 40)) as owner:
        soon, later = NOW + timedelta(days=2), NOW + timedelta(days=30)
        _until(owner, 1, promotional_price_minor=300, promotion_until=soon, market_price_minor=450)
        _until(owner, 2, promotional_price_minor=800, promotion_until=later)
        _until(owner, 3, promotional_price_minor=400, promotion_from=soon)
        _until(owner, 4, promotional_price_minor=999, promotion_until=NOW - timedelta(days=1))
        await owner.open(PriceListScreen())
        assert owner.cells(1) == ["1001", "1002", "1003", "1004"]
        assert "market price 4.50, promotion 3.00 – 11-23" in owner.text()
        shown = {}
        for presses, words in ((2, "now"), (1, "later"), (1, "soon"), (1, "over")):
            await owner.press("f8")
            await owner.until_on(Picker)
            await owner.press(*["down"] * presses, "enter")
            await owner.until_on(PriceListScreen)
            await owner.pilot.pause(0.05)
            shown[words] = owner.cells(1)
        assert shown == {"now": ["1001", "1002"], "later": ["1003"], "soon": ["1001"], "over": ["1004"]}


async def test_prices_of_one_product_are_changed_in_place(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PriceListScreen())
        before = owner.office.products[1]
        await owner.press("enter")
        await owner.until_on(FormDialog)
        owner.fill(promotional_price_minor="3.20", promotion_until="2026-11-30", market_price_minor="4.5")
        owner.fill(**{"tier:1": "3.60", "tier:2": "3.50"})
        await owner.save()
        await owner.until(lambda: "Saved: 甘源" in owner.said)
        after = owner.office.products[1]
        assert (after.promotional_price_minor, after.market_price_minor) == (320, 450)
        assert after.promotion_until is not None
        assert after.promotion_until.isoformat() == "2026-11-30T16:00:00+00:00"
        assert [(p.tier, p.price_minor) for p in owner.office.tier_prices[1]] == [(1, 360), (2, 350)]
        same = ("code", "name", "pinyin", "category_id", "unit", "barcodes", "extras", "tax", "price_minor")
        assert all(getattr(after, name) == getattr(before, name) for name in same)


async def test_only_tier_prices_change_the_product_not(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PriceListScreen())
        await owner.press("enter")
        await owner.until_on(FormDialog)
        owner.fill(**{"tier:2": "3.50"})
        await owner.save()
        await owner.until(lambda: "Saved" in owner.said)
        assert not [r for r in owner.office.asked if isinstance(r, SaveProduct)]
        await owner.until(lambda: owner.office.last(ListTierPrices) is owner.office.asked[-1])
        owner.office.products[1] = owner.office.products[1].model_copy(update={"version": 9})
        await owner.press("enter")
        await owner.until_on(FormDialog)
        owner.fill(price_minor="3.90")
        await owner.save()
        await owner.until(lambda: "Version 2 is in the books" in owner.said)


async def test_a_promotion_for_many_goods_is_seen_before_it_is_made(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PriceListScreen())
        await owner.press("insert", "insert", "down", "insert")
        assert owner.cells(0) == ["✓", "✓", "", "✓"]
        await owner.press("f10")
        await owner.until_on(FormDialog)
        owner.fill(way="amount", value="5", end="2026-11-20")
        await owner.save()
        assert "over already" in owner.form.rows["end"].sentence
        owner.fill(end="2026-11-30")
        await owner.save()
        await owner.until_on(PreviewScreen)
        assert owner.cells(4) == ["–", "3.60", "7.80"]
        assert "2 products change" in owner.text("#info")
        assert not [r for r in owner.office.asked if isinstance(r, SaveProduct)]
        await owner.save()
        await owner.until(lambda: "2 products changed." in owner.said)
        prices = {n: p.promotional_price_minor for n, p in owner.office.products.items()}
        assert prices == {1: None, 2: 360, 3: None, 4: 780}
        await owner.press("escape")
        await owner.until_on(PriceListScreen)
        await owner.until(lambda: owner.cells(0) == [""] * 4)


async def test_what_somebody_else_changed_meanwhile_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PriceListScreen())
        await owner.press("ctrl+e")
        await owner.until(lambda: owner.cells(0) == ["✓"] * 4)
        await owner.press("f10")
        await owner.until_on(FormDialog)
        owner.fill(value="9折")
        await owner.save()
        await owner.until_on(PreviewScreen)
        _until(owner, 2, version=5)
        await owner.save()
        await owner.until(lambda: "3 products changed. 1 was refused." in owner.said)
        assert owner.cells(5)[1] == "✗ Version 2 is in the books."
        assert owner.office.products[1].promotional_price_minor == 338
        assert owner.office.products[2].promotional_price_minor is None


async def test_who_may_not_change_products_changes_no_price(tmp_path: Path) -> None:
    async with back_room(tmp_path, role="cashier") as owner:
        await owner.open(PriceListScreen())
        await owner.press("enter")
        assert "those who may change products" in owner.said
        await owner.press("f10")
        assert "those who may change products" in owner.said


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_page_speaks_chinese(tmp_path: Path, size: tuple[int, int]) -> None:
    try:
        async with back_room(tmp_path, size, language="zh_CN") as owner:
            for screen, words in (
                (TaxScreen(), "11.30"),
                (CouponBatchesScreen(), "Autumn"),
                (QuotationsScreen(), "School 5"),
                (RefundsScreen("2026-11-21"), "R0001"),
            ):
                await owner.open(screen)
                await owner.press("down")
                shown = "\n".join(str(w.render()) for w in owner.app.screen.query("Words"))
                shown += "\n".join(" ".join(row.cells) for row in owner.table.rows)
                assert words in shown
                assert not [w for w in ("Listed", "contains", "Enter:", "Prices") if w in shown]
                await owner.press("escape")
    finally:
        set_process_language("en")
