"""Tax, rounding, coupons, quotations and refunds by keyboard, as the owner of the shop meets them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from console_store import NOW, ConsoleWorld
from price_office import PriceOffice
from textual.pilot import Pilot
from textual.screen import Screen

from protocol.coupon import CouponAmount, CouponCodes, CouponGift, CouponIssue, CouponPercent
from protocol.identifiers import ProductId, TerminalName
from protocol.language import set_process_language
from protocol.messages.base import Refused
from protocol.messages.catalogue import SaveCategory, SaveProduct
from protocol.messages.coupons import CancelCoupon, CouponState, IssueCoupons, SaveCouponBatch
from protocol.messages.operators import Approve
from protocol.messages.prices import ListTierPrices, PriceRow
from protocol.messages.quotations import ApproveQuotation, CancelQuotation, QuotationState, SaveQuotation
from protocol.messages.refunds import ReprintRefundSlip
from protocol.messages.store import ChangeSetting
from protocol.messages.taxes import SaveTaxRate
from protocol.permissions import Permission
from terminal_app.console.app import ConsoleApp
from terminal_app.console.categories import CategoriesScreen
from terminal_app.console.day_page import DayPage
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_view import FormView
from terminal_app.console.paper import PaperScreen
from terminal_app.console.patterns import PatternsScreen, taken_apart
from terminal_app.console.picker import Picker
from terminal_app.console.prices.coupon_issued import CouponsScreen
from terminal_app.console.prices.coupon_list import CouponBatchesScreen
from terminal_app.console.prices.coupon_screen import CouponBatchScreen
from terminal_app.console.prices.goods_screen import GoodsScreen
from terminal_app.console.prices.price_list_prices import Promotion, Way, plan
from terminal_app.console.prices.price_list_promotion import PreviewScreen
from terminal_app.console.prices.price_list_screen import PriceListScreen
from terminal_app.console.prices.prices_menu import PARTS, PricesPage
from terminal_app.console.prices.quotation_draft import off_percent, times_typed, typed_price
from terminal_app.console.prices.quotation_list import QuotationsScreen
from terminal_app.console.prices.quotation_screen import QuotationScreen
from terminal_app.console.prices.refunds_screen import RefundScreen, RefundsScreen
from terminal_app.console.prices.rounding_examples import example
from terminal_app.console.prices.rounding_screen import RoundingScreen
from terminal_app.console.prices.tax_screen import TaxDialog, TaxScreen
from terminal_app.console.prices.tax_words import parse_percent, percent_words, tax_example
from terminal_app.console.product_screen import ProductScreen
from terminal_app.console.question import Question
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.console.table import Table
from terminal_app.screens.approval import ApprovalDialog
from terminal_app.settings import TerminalSettings
from terminal_app.widgets.field import Entry
from terminal_app.widgets.notice import NoticeLine


class Owner:
    """The owner of the shop at the keyboard."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[str], office: PriceOffice) -> None:
        self.app = app
        self.pilot = pilot
        self.office = office

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, what: Callable[[], object]) -> None:
        """Wait for something to be so; fail after ten seconds: the machine may have other work."""
        end = time.monotonic() + 10
        while not what():
            assert time.monotonic() < end, f"never happened; the screen is {self.app.screen}"
            await self.pilot.pause(0.01)

    async def until_on(self, screen: type) -> None:
        await self.until(lambda: isinstance(self.app.screen, screen) and self.app.screen.is_mounted)
        await self.pilot.pause()

    async def open(self, screen: Screen[Any]) -> None:
        """Open a list and wait for its rows."""
        self.app.push_screen(screen)
        await self.until(lambda: self.app.screen is screen and screen.query(Table) and self.table.rows)
        await self.pilot.pause()

    async def open_form(self, screen: Screen[Any]) -> None:
        """Open a form and wait for its fields."""
        self.app.push_screen(screen)
        await self.until_form()

    async def until_form(self) -> None:
        await self.until(lambda: self.app.screen.query(FormView) and self.form.rows)
        await self.pilot.pause()

    def fill(self, **texts: str) -> None:
        """Write into fields of the form, as a person would by tabbing through them."""
        for key, text in texts.items():
            self.form.rows[key].editor.text = text

    async def write(self, entry: str, text: str) -> None:
        """Type into a line of the screen."""
        self.app.screen.query_one(entry, Entry).value = text
        await self.pilot.pause()

    async def save(self) -> None:
        await self.press("ctrl+s")
        await self.pilot.pause()

    def text(self, selector: str = "#sentence") -> str:
        """Return what a line of words says."""
        return str(self.app.screen.query_one(selector).render())

    def cells(self, column: int) -> list[str]:
        return [row.cells[column] for row in self.table.rows]

    @property
    def table(self) -> Table:
        return self.app.screen.query_one(Table)

    @property
    def form(self) -> FormView:
        return self.app.screen.query_one(FormView)

    @property
    def said(self) -> str:
        return self.app.screen.query_one(NoticeLine).text


@asynccontextmanager
async def back_room(
    tmp_path: Path, size: tuple[int, int] = (80, 24), language: str = "en", role: str = "manager"
) -> AsyncIterator[Owner]:
    """A console with somebody signed on."""
    office = PriceOffice()
    office.role = role
    settings = TerminalSettings(
        terminal=TerminalName("console"), data_directory=tmp_path, language=language, device_endpoint=""
    )
    app = ConsoleApp(settings, ConsoleWorld(office), clock=lambda: NOW)
    app.survives_errors = False
    async with app.run_test(size=size) as pilot:
        owner = Owner(app, pilot, office)
        await owner.until(lambda: app.screen.query("#code"))
        app.screen.query_one("#code", Entry).value = "1"
        app.screen.query_one("#pin", Entry).value = "1234"
        await owner.press("enter")
        await owner.until(lambda: app.screen.query(Table) and owner.table.rows)
        yield owner


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


# --- coupons ----------------------------------------------------------------------------------------


async def test_coupons_are_listed_with_what_they_say(tmp_path: Path) -> None:
    async with back_room(tmp_path, (120, 40)) as owner:
        await owner.open(CouponBatchesScreen())
        assert owner.cells(0) == ["Autumn", "10 off from 100"]
        assert owner.cells(2) == ["code AUTUMN10", "birthday"]
        assert "reads back what “Autumn” says" in owner.text()
        await owner.write("#search", "10 off")
        await owner.until(lambda: owner.cells(0) == ["10 off from 100"])


async def test_coupons_of_a_new_kind_are_saved_and_read_back(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("ctrl+n")
        await owner.until_on(Picker)
        await owner.press("enter")
        await owner.until_on(CouponBatchScreen)
        await owner.until_form()
        owner.fill(name="20 off", amount_minor="20", minimum_spend_minor="200", valid_days="14", points="500")
        owner.fill(issue_on="registration\nbirthday", tiers="1\n2")
        await owner.save()
        await owner.until_on(CouponBatchesScreen)
        saved = owner.office.last(SaveCouponBatch)
        assert isinstance(saved, SaveCouponBatch)
        batch = saved.batch
        assert batch.benefit == CouponAmount(amount_minor=2000)
        assert batch.goods.all_goods
        assert batch.conditions.minimum_spend_minor == 20000
        assert batch.issue_on == (CouponIssue.BIRTHDAY, CouponIssue.REGISTRATION)
        assert (batch.conditions.tiers, batch.valid_days, batch.points, batch.per_sale) == (
            (1, 2),
            14,
            500,
            1,
        )
        await owner.until(lambda: "reads back what “20 off” says" in owner.said)


async def test_a_code_for_everybody_is_typed_in_small_letters_and_stored_in_capitals(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("ctrl+n")
        await owner.until_on(Picker)
        await owner.press("down", "enter")
        await owner.until_on(CouponBatchScreen)
        await owner.until_form()
        owner.fill(name="Spring", rate_ppm="9折", most_minor="50", codes="shared", valid_until="2026-12-31")
        await owner.save()
        assert "Which code is it?" in owner.form.rows["shared_code"].sentence
        owner.fill(shared_code="spring-10", issue_on="birthday")
        await owner.save()
        assert "not issued" in owner.form.rows["issue_on"].sentence
        owner.fill(issue_on="", uses_in_all="1,000", uses_per_member="1")
        await owner.save()
        await owner.until_on(CouponBatchesScreen)
        saved = owner.office.last(SaveCouponBatch)
        assert isinstance(saved, SaveCouponBatch)
        assert saved.batch.benefit == CouponPercent(rate_ppm=100_000, most_minor=5000)
        assert (saved.batch.codes, saved.batch.shared_code) == (CouponCodes.SHARED, "SPRING-10")
        assert (saved.batch.uses_in_all, saved.batch.uses_per_member) == (1000, 1)
        until = saved.batch.times.valid_until
        assert until is not None
        assert until.isoformat() == "2026-12-31T16:00:00+00:00"


async def test_free_goods_are_found_by_searching_and_the_range_by_scanning(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("ctrl+n")
        await owner.until_on(Picker)
        await owner.press("down", "down", "enter")
        await owner.until_on(CouponBatchScreen)
        await owner.until_form()
        owner.fill(name="A free tea", count="2")
        owner.form.rows["product_id"].editor.focus()
        await owner.press("space")
        await owner.until_on(Picker)
        await owner.until(lambda: len(owner.table.rows) == 4)
        await owner.press("down", "down", "enter")
        await owner.until_on(CouponBatchScreen)
        await owner.press("tab", "tab", "space")
        await owner.until_on(GoodsScreen)
        await owner.until(lambda: owner.table.rows)
        await owner.press("space")
        assert owner.app.screen.take_scan("6940188803618")  # type: ignore[attr-defined]
        await owner.until(lambda: len(owner.table.rows) == 3)
        await owner.press("ctrl+s")
        await owner.until_on(CouponBatchScreen)
        await owner.save()
        await owner.until_on(CouponBatchesScreen)
        saved = owner.office.last(SaveCouponBatch)
        assert isinstance(saved, SaveCouponBatch)
        assert saved.batch.benefit == CouponGift(product_id=ProductId(3), count=2)
        assert saved.batch.goods.products == (1,)
        assert not saved.batch.goods.all_goods


async def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("enter")
        await owner.until_on(CouponBatchScreen)
        await owner.until_form()
        assert owner.form.rows["rate_ppm"].editor.text == "10%"
        owner.fill(name="10 off from 100", valid_days="7")
        await owner.save()
        await owner.until(lambda: "of this name" in owner.form.rows["name"].sentence)
        assert owner.form.rows["valid_days"].editor.text == "7"
        await owner.press("escape")
        await owner.until_on(Question)


async def test_a_coupon_is_issued_to_a_member_who_was_named_in_part(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(CouponBatchesScreen())
        await owner.press("f9")
        assert "one code for everybody: AUTUMN10" in owner.said
        await owner.press("down", "f9")
        await owner.until_on(FormDialog)
        owner.fill(member="wang", reason="sorry")
        await owner.save()
        await owner.until(lambda: owner.form.rows["member"].sentence)
        assert "100007 Wang Fang, 100008 Wang Lei" in owner.form.rows["member"].sentence
        owner.fill(member="wang fang")
        await owner.save()
        await owner.until_on(CouponBatchesScreen)
        await owner.until(lambda: "1 coupon for 100007 Wang Fang: C00001" in owner.said)
        issued = owner.office.last(IssueCoupons)
        assert isinstance(issued, IssueCoupons)
        assert (issued.member_id, issued.reason) == (7, "sorry")


async def test_many_codes_go_to_a_file_and_what_was_issued_is_in_it_when_the_store_stops(
    tmp_path: Path,
) -> None:
    async with back_room(tmp_path) as owner:
        owner.office.refuse_issue_after = 250
        await owner.open(CouponBatchesScreen())
        await owner.press("down", "f9")
        await owner.until_on(FormDialog)
        owner.fill(count="300", reason="flyer")
        await owner.save()
        await owner.until_on(FileDialog)
        owner.app.screen.query_one("#path", Entry).value = str(tmp_path / "codes.csv")
        owner.app.screen.query_one("#path", Entry).focus()
        await owner.press("enter")
        await owner.until(lambda: "100 were not issued" in owner.said)
        assert "No more of them are issued." in owner.said
        rows = (tmp_path / "codes.csv").read_text("utf-8-sig").splitlines()
        assert len(rows) == 201
        assert rows[1].startswith("C00001,10 off from 100,can be used")


async def test_issued_coupons_are_seen_printed_cancelled_and_exported(tmp_path: Path) -> None:
    async with back_room(tmp_path, (120, 40)) as owner:
        office = owner.office
        await owner.open(CouponBatchesScreen())
        await owner.press("down")
        office.IssueCoupons(IssueCoupons(batch_id=1, member_id=7, count=2))  # type: ignore[arg-type]
        office.coupons[1] = office.coupons[1].model_copy(
            update={"state": CouponState.USED, "sale_id": "sale-1"}
        )
        await owner.press("f8")
        await owner.until_on(CouponsScreen)
        await owner.until(lambda: owner.table.rows and owner.cells(2) == ["100007 Wang Fang"] * 2)
        assert owner.cells(1) == ["can be used", "used"]
        await owner.press("enter")
        await owner.until_on(PaperScreen)
        await owner.press("escape")
        await owner.until_on(CouponsScreen)
        await owner.press("delete")
        await owner.until_on(FormDialog)
        owner.fill(reason="lost")
        await owner.save()
        await owner.until(lambda: owner.table.rows and owner.cells(1)[0] == "cancelled")
        cancelled = office.last(CancelCoupon)
        assert isinstance(cancelled, CancelCoupon)
        assert cancelled.reason == "lost"
        await owner.press("down", "delete")
        assert "this one is used" in owner.said
        await owner.press("f10")
        await owner.until_on(SaleScreen)
        await owner.press("escape")
        await owner.until_on(CouponsScreen)
        await owner.press("ctrl+e")
        await owner.until_on(FileDialog)
        owner.app.screen.query_one("#path", Entry).value = str(tmp_path / "all.csv")
        owner.app.screen.query_one("#path", Entry).focus()
        await owner.press("enter")
        await owner.until(lambda: "2 coupons written" in owner.said)
        assert "C00002" in (tmp_path / "all.csv").read_text("utf-8-sig")


# --- quotations -------------------------------------------------------------------------------------


def test_a_price_is_typed_as_an_amount_or_as_what_is_taken_off() -> None:
    assert typed_price("8.5", 1000, "CNY") == 850
    assert typed_price("10%", 1000, "CNY") == typed_price("9折", 1000, "CNY") == 900
    assert typed_price("cheap", 1000, "CNY") is None
    assert typed_price("-1", 1000, "CNY") is None
    assert (off_percent(1000, 900), off_percent(1000, 1000), off_percent(1000, 1050)) == (
        "-10.0 %",
        "",
        "+5.0 %",
    )
    assert times_typed("12*1001") == ("12", "1001")
    assert times_typed("1001") == ("1", "1001")


async def test_a_quotation_is_written_by_code_discounted_saved_and_approved(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(QuotationsScreen())
        await owner.press("ctrl+n")
        await owner.until_on(QuotationScreen)
        await owner.write("#code", "60*1003")
        await owner.press("enter")
        await owner.until(lambda: len(owner.table.rows) == 1)
        assert owner.app.screen.take_scan("6940188803618")  # type: ignore[attr-defined]
        await owner.until(lambda: len(owner.table.rows) == 2)
        assert "Total 273.76" in owner.text("#total")
        await owner.press("f8")
        await owner.until_on(FormDialog)
        owner.fill(off="10%")
        await owner.save()
        await owner.until_on(QuotationScreen)
        assert "Total 246.38" in owner.text("#total")
        assert "273.76, -10.0 %" in owner.text("#total")
        await owner.press("f9")
        assert owner.said == "Save it first."
        await owner.save()
        await owner.until_on(FormDialog)
        assert owner.form.rows["valid_until"].editor.text == "2026-12-05"
        owner.fill(member="100007", note="Delivered on Monday")
        await owner.save()
        await owner.until(lambda: "Saved as Q-S1-0002" in owner.said)
        saved = owner.office.last(SaveQuotation)
        assert isinstance(saved, SaveQuotation)
        q = saved.quotation
        assert (q.customer, q.member_id, q.valid_until) == ("Wang Fang", 7, date(2026, 12, 5))
        assert [(line.product_id, line.unit_price_minor) for line in q.lines] == [(3, 405), (1, 338)]
        words = "A second person approves it."
        owner.office.refuse[ApproveQuotation] = Refused(
            code="approval_needed", explanation=words, permission=Permission.APPROVE_QUOTATIONS
        )
        await owner.press("f9")
        await owner.until_on(ApprovalDialog)
        owner.app.screen.query_one("#approver", Entry).value = "2"
        owner.app.screen.query_one("#approver-pin", Entry).value = "1234"
        await owner.press("enter")
        await owner.until(lambda: "Approved." in owner.said)
        assert owner.office.last(Approve)
        assert "(approved)" in owner.text(".page-title")


async def test_a_line_is_changed_and_taken_out(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(QuotationsScreen())
        await owner.press("ctrl+n")
        await owner.until_on(QuotationScreen)
        await owner.save()
        assert "needs goods" in owner.said
        await owner.write("#code", "2*1002")
        await owner.press("enter")
        await owner.until(lambda: owner.table.rows)
        await owner.press("enter")
        await owner.until_on(FormDialog)
        owner.fill(quantity="10", price="10%", note="in boxes")
        await owner.save()
        await owner.until_on(QuotationScreen)
        assert owner.table.rows[0].cells[1:7] == ("10", "袋", "8.60", "7.74", "-10.0 %", "77.40")
        await owner.write("#code", "1002")
        await owner.press("enter")
        await owner.until(lambda: owner.cells(1) == ["11"])
        await owner.press("delete")
        assert not owner.table.rows
        await owner.press("escape")
        await owner.until_on(QuotationsScreen)


async def test_leaving_asks_before_a_quotation_is_lost(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(QuotationsScreen())
        await owner.press("ctrl+n")
        await owner.until_on(QuotationScreen)
        await owner.write("#code", "1001")
        await owner.press("enter")
        await owner.until(lambda: owner.table.rows)
        await owner.press("escape")
        await owner.until_on(Question)
        await owner.press("escape")
        await owner.until_on(QuotationScreen)
        assert owner.table.rows


async def test_a_sold_quotation_shows_its_receipt_and_cannot_be_changed(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(QuotationsScreen())
        assert owner.cells(2) == ["sold"]
        await owner.press("enter")
        await owner.until_on(QuotationScreen)
        await owner.until(lambda: owner.table.rows)
        assert "sold on receipt S1-1-20261121-0001" in owner.text("#head")
        await owner.press("f8")
        assert owner.said == "This quotation is sold; it stays as it is."
        await owner.press("f10")
        await owner.until_on(PaperScreen)
        await owner.press("escape")
        await owner.until_on(QuotationScreen)
        await owner.press("ctrl+t")
        await owner.until_on(SaleScreen)


async def test_a_quotation_is_given_up_with_a_reason(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        office = owner.office
        office.quotations[1] = office.quotations[1].model_copy(update={"state": QuotationState.APPROVED})
        await owner.open(QuotationsScreen())
        await owner.press("f8")
        await owner.until_on(Picker)
        await owner.press("down", "down", "enter")
        await owner.until(lambda: "Listed: approved" in owner.text("#info"))
        await owner.press("enter")
        await owner.until_on(QuotationScreen)
        await owner.until(lambda: owner.table.rows)
        await owner.press("ctrl+d")
        await owner.until_on(FormDialog)
        owner.fill(reason="too dear")
        await owner.save()
        await owner.until(lambda: "Given up" in owner.said)
        given_up = office.last(CancelQuotation)
        assert isinstance(given_up, CancelQuotation)
        assert given_up.reason == "too dear"


# --- refunds ----------------------------------------------------------------------------------------


async def test_the_refunds_of_the_day_open_from_the_day(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("f5")
        await owner.until_on(DayPage)
        await owner.until(lambda: "42" in owner.text("#numbers"))
        await owner.press("f6")
        await owner.until_on(RefundsScreen)
        await owner.until(lambda: owner.table.rows)
        assert "Paid back in all: 3.80" in owner.text("#info")
        await owner.press("enter")
        await owner.until_on(RefundScreen)
        await owner.until(lambda: "thrown away: damp" in owner.text("#text"))
        text = owner.text("#text")
        assert "Approved by Wang Fang" in text
        assert "Of the receipt S1-1-20261121-0001" in text
        assert "Points: 3 taken back, 0 given back" in text
        await owner.press("f9")
        await owner.until_on(SaleScreen)
        await owner.press("escape")
        await owner.until_on(RefundScreen)
        await owner.press("f8")
        await owner.until_on(PaperScreen)
        assert owner.office.last(ReprintRefundSlip)


async def test_a_scanned_slip_finds_its_refund(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(RefundsScreen("2026-11-21"))
        assert owner.app.screen.take_scan("S1-1-20261121-R0001")  # type: ignore[attr-defined]
        await owner.until_on(RefundScreen)
        await owner.press("escape")
        await owner.until_on(RefundsScreen)
        assert owner.app.screen.take_scan("S1-1-20261121-R0999")  # type: ignore[attr-defined]
        await owner.until(lambda: "no such refund" in owner.said)


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
