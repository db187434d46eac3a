"""Offers by keyboard in the back room: the list, a form per kind, a basket to try, past sales."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from console_store import NOW, ConsoleWorld
from offer_office import HALF, LAST_WEEK, TEA, OfferOffice
from textual.pilot import Pilot

from protocol.identifiers import OfferId, ProductId, TerminalName
from protocol.language import set_process_language
from protocol.messages.base import Refused
from protocol.messages.offers import DeleteOffer, SaveOffer, SwitchOffer, TryBasket, TryItem
from protocol.messages.trials import CancelTrial, CompareTrialBasket, StartTrial
from protocol.offer import (
    AmountOff,
    Bundle,
    BundlePart,
    BuyGet,
    CheapestFree,
    FixedPrice,
    GoodsRange,
    NFor,
    NthItem,
    OfferKind,
    OfferTimes,
    OfferView,
    PercentOff,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from terminal_app.actions import ACTIONS, at_place
from terminal_app.console.app import ConsoleApp
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_view import FormView
from terminal_app.console.picker import Picker
from terminal_app.console.prices.form_rows import GoodsRow, RowsField
from terminal_app.console.prices.goods_screen import GoodsScreen
from terminal_app.console.prices.offer_form import benefit_fields, benefit_values, new_offer, typed_benefit
from terminal_app.console.prices.offer_kinds import KINDS, KindScreen
from terminal_app.console.prices.offer_screen import OfferScreen
from terminal_app.console.prices.offer_typed import (
    off_typed,
    parse_off,
    parse_pays,
    parse_until,
    pays_typed,
    until_typed,
)
from terminal_app.console.prices.offers_page import OffersPage
from terminal_app.console.prices.prices_menu import PARTS, PricesPage
from terminal_app.console.prices.trial_chart import by_columns, day_chart
from terminal_app.console.prices.trial_screen import OfferTrialScreen, TrialCompareScreen
from terminal_app.console.prices.trial_start import chosen_days
from terminal_app.console.prices.tried_basket import typed_item
from terminal_app.console.prices.try_screen import TryScreen
from terminal_app.console.product_picker import ProductPicker
from terminal_app.console.question import Question
from terminal_app.console.table import Table
from terminal_app.settings import TerminalSettings
from terminal_app.widgets.field import Entry
from terminal_app.widgets.notice import NoticeLine

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Owner:
    """The owner of the shop at the keyboard."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[str], office: OfferOffice) -> None:
        self.app = app
        self.pilot = pilot
        self.office = office

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        names = {" ": "space", "*": "asterisk", ".": "full_stop", "%": "percent_sign", "-": "minus"}
        await self.press(*(names.get(letter, letter) for letter in text))

    async def until(self, what: Callable[[], object]) -> None:
        """Wait for something to be so; fail after ten seconds: the machine may have other work."""
        end = time.monotonic() + 10
        while not what():
            assert time.monotonic() < end, f"never happened; the screen is {self.app.screen}"
            await self.pilot.pause(0.01)

    async def until_on(self, screen: type) -> None:
        await self.until(lambda: isinstance(self.app.screen, screen) and self.app.screen.is_mounted)
        await self.pilot.pause()

    async def offers(self) -> None:
        """Open the list of offers."""
        await self.press("f4")
        await self.until_on(PricesPage)
        await self.press("f8")
        await self.until_on(OffersPage)
        await self.until(lambda: self.table.rows)

    async def new(self, kind: OfferKind) -> None:
        """Open the form of a new offer."""
        await self.press("ctrl+n")
        await self.until_on(KindScreen)
        await self.until(lambda: self.table.rows)
        self.table.go_to(kind.value)
        await self.press("enter")
        await self.form_is_there()

    async def open(self) -> None:
        """Open the form of the offer under the cursor."""
        await self.press("enter")
        await self.form_is_there()

    async def form_is_there(self) -> None:
        await self.until_on(OfferScreen)
        await self.until(lambda: self.app.screen.query(FormView))
        await self.until(lambda: self.text())

    def fill(self, **texts: str) -> None:
        """Write into fields of the form, as a person would by tabbing through them."""
        for key, text in texts.items():
            self.form.rows[key].editor.text = text

    async def read_back(self, words: str) -> None:
        """Wait until the offer is read back with these words."""
        await self.until(lambda: words in self.text())

    async def save(self) -> None:
        await self.press("ctrl+s")
        await self.pilot.pause()

    def saved(self) -> OfferView:
        request = self.office.last(SaveOffer)
        assert isinstance(request, SaveOffer)
        return request.offer

    def scan(self, code: str) -> None:
        assert self.app.screen.take_scan(code)  # type: ignore[attr-defined]

    def text(self, selector: str = "#sentence") -> str:
        """Return what a line of words says."""
        return str(self.app.screen.query_one(selector).render())

    def names(self) -> list[str]:
        """Return the first column of the list."""
        return [row.cells[0] for row in self.table.rows]

    @property
    def table(self) -> Table:
        return self.app.screen.query(Table).first()

    @property
    def form(self) -> FormView:
        return self.app.screen.query_one(FormView)

    @property
    def said(self) -> str:
        return self.app.screen.query_one(NoticeLine).text


@asynccontextmanager
async def back_room(
    tmp_path: Path, size: tuple[int, int] = (80, 24), language: str = "en"
) -> AsyncIterator[Owner]:
    """A console with somebody signed on, at the list of offers."""
    office = OfferOffice()
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
        await owner.offers()
        yield owner


# --- what people type -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "off"),
    [("20%", 200_000), ("8折", 200_000), ("half", 500_000), ("半价", 500_000), ("free", 1_000_000),
     ("100%", 1_000_000), ("0", None), ("0.2", None), ("much", None)],
)  # fmt: skip
def test_what_is_taken_off_is_typed_as_people_say_it(typed: str, off: int | None) -> None:
    assert parse_off(typed) == off


@pytest.mark.parametrize(
    ("typed", "pays"),
    [("50%", 500_000), ("5折", 500_000), ("half", 500_000), ("free", 0), ("0%", 0), ("12.5%", 125_000),
     ("100%", None), ("50", None), ("none", None)],
)  # fmt: skip
def test_what_is_paid_for_the_second_piece_is_typed_as_people_say_it(typed: str, pays: int | None) -> None:
    assert parse_pays(typed) == pays


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_stands_in_a_field_is_understood_when_it_is_read_again(language: str) -> None:
    set_process_language(language)
    for ppm in (1, 50_000, 123_400, 500_000, 990_000, 1_000_000):
        assert parse_off(off_typed(ppm)) in (ppm, None if ppm == 1 else ppm)
    for ppm in (0, 50_000, 500_000, 900_000):
        assert parse_pays(pays_typed(ppm)) == ppm


def test_the_last_day_of_an_offer_is_included_whole() -> None:
    end = parse_until("2026-11-30", SHANGHAI)
    assert end == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert until_typed(end, SHANGHAI) == "2026-11-30"
    assert parse_until("2026-11-30 18:00", SHANGHAI) == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert until_typed(datetime(2026, 11, 30, 10, tzinfo=UTC), SHANGHAI) == "2026-11-30 18:00"
    assert parse_until("  ", SHANGHAI) is None


@pytest.mark.parametrize(
    ("typed", "item"),
    [("1003", ("1003", 1000)), ("3*1003", ("1003", 3000)), ("0.455 × 1004", ("1004", 455)), ("", None),
     ("0*1003", None)],
)  # fmt: skip
def test_goods_are_typed_with_or_without_a_quantity(typed: str, item: tuple[str, int] | None) -> None:
    found = typed_item(typed)
    assert (None if found is None else (found.code, found.quantity_thousandths)) == item


BENEFITS = [
    PercentOff(rate_ppm=200_000), AmountOff(amount_minor=150), FixedPrice(price_minor=590),
    NFor(count=3, price_minor=1000), BuyGet(buy=2, get=1), BuyGet(buy=1, get=1, off_ppm=500_000),
    CheapestFree(count=3), NthItem(nth=2, pays_ppm=500_000), NthItem(nth=3, pays_ppm=0),
    Bundle(parts=(BundlePart(goods=GoodsRange(products=(TEA,)), count=2),), price_minor=900),
    Threshold(steps=(ThresholdStep(spend_minor=10_000, amount_minor=1000),)),
    PointsPrice(price_minor=9000, points=1000),
]  # fmt: skip


@pytest.mark.parametrize("benefit", BENEFITS, ids=lambda benefit: benefit.kind)
def test_what_an_offer_gives_goes_through_the_form_unchanged(benefit: object) -> None:
    offer = OfferView(name="x", benefit=benefit)  # type: ignore[arg-type]
    fields = {field.key for field in benefit_fields(offer.kind)}
    values = benefit_values(offer.benefit)
    assert set(values) == fields
    steps = getattr(benefit, "steps", ())
    parts = getattr(benefit, "parts", ())
    assert typed_benefit(offer.kind, values, steps, parts, None) == benefit


def test_every_kind_has_words_an_example_and_a_form() -> None:
    assert list(KINDS) == list(OfferKind)
    for kind, words in KINDS.items():
        assert all((words.name, words.does, words.example))
        assert new_offer(kind).kind is kind


def test_no_key_of_the_price_pages_means_two_things() -> None:
    for places in (
        ("shell", "console", "prices"), ("shell", "console", "offers"), ("shell", "console", "form", "offer"),
        ("shell", "console", "goods"), ("shell", "console", "tried"), ("shell", "console", "trial"),
        ("shell", "console", "members"),
    ):  # fmt: skip
        keys = [key for action in at_place(*places) for key in action.key.split(",")]
        assert len(keys) == len(set(keys)), places
    for part in PARTS:
        assert part.action in ACTIONS
    screens = {"offers": OffersPage, "offer": OfferScreen, "goods": GoodsScreen, "tried": TryScreen,
               "trial": OfferTrialScreen}  # fmt: skip
    for place, screen in screens.items():
        for action in at_place(place):
            assert hasattr(screen, f"do_{action.verb}"), action.name


# --- the list -------------------------------------------------------------------------------------------


async def test_the_list_says_what_each_offer_is_and_what_it_gave(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        assert owner.names() == ["Second tea at half price", "满100减10", "Summer"]
        assert owner.table.rows[0].cells[1:] == ("nth for less", "live", "10", "tea", "120", "270.00")
        assert owner.table.rows[2].cells[2] == "ended"
        assert "of each 2 the cheapest at 50 %" in owner.text()
        await owner.press("down")
        assert "from 200.00: 25.00 off" in owner.text()


async def test_offers_are_found_by_words_kind_state_and_scan(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.write("tea")
        await owner.until(lambda: owner.names() == ["Second tea at half price"])
        await owner.press("escape")
        await owner.until(lambda: len(owner.table.rows) == 3)
        await owner.press("f8")
        await owner.until_on(Picker)
        await owner.write("spend")
        await owner.press("enter")
        await owner.until_on(OffersPage)
        await owner.until(lambda: owner.names() == ["满100减10"])
        await owner.press("escape")
        await owner.until(lambda: len(owner.table.rows) == 3)
        await owner.press("f9")
        await owner.until_on(Picker)
        await owner.write("ended")
        await owner.press("enter")
        await owner.until_on(OffersPage)
        await owner.until(lambda: owner.names() == ["Summer"])
        await owner.press("escape")
        await owner.until(lambda: len(owner.table.rows) == 3)
        owner.scan("6921168509256")
        await owner.until(lambda: owner.names() == ["Second tea at half price", "满100减10"])
        assert "about 1003  Oolong tea 500 ml" in owner.text("#info")
        owner.scan("000")
        await owner.until(lambda: "No goods fit" in owner.said)


async def test_an_offer_is_switched_off_and_on_again(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("f10")
        await owner.until(lambda: owner.table.rows[0].cells[2] == "off")
        assert owner.said == "“Second tea at half price” is switched off."
        await owner.press("f10")
        await owner.until(lambda: owner.table.rows[0].cells[2] == "live")
        assert owner.office.last(SwitchOffer) == SwitchOffer(offer_id=OfferId(1), active=True)


async def test_an_offer_that_was_used_is_ended_and_one_that_was_not_is_deleted(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("delete")
        await owner.until_on(Question)
        assert "has been used 120 times" in str(owner.app.screen.query_one(".paragraph").render())
        await owner.press("enter")
        await owner.until_on(OffersPage)
        await owner.until(lambda: owner.said == "Ended: Second tea at half price.")
        await owner.press("down", "delete")
        await owner.until_on(Question)
        await owner.press("escape")
        await owner.until_on(OffersPage)
        assert len([r for r in owner.office.asked if isinstance(r, DeleteOffer)]) == 1
        await owner.press("delete")
        await owner.until_on(Question)
        await owner.press("enter")
        await owner.until(lambda: owner.said == "Deleted: 满100减10.")
        assert owner.names() == ["Second tea at half price", "Summer"]


async def test_a_copy_begins_with_all_that_the_offer_says(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("ctrl+d")
        await owner.form_is_there()
        assert owner.form.texts()["name"] == "Copy of Second tea at half price"
        await owner.save()
        await owner.until_on(OffersPage)
        saved = owner.saved()
        assert (saved.offer_id, saved.version) == (None, 0)
        assert (saved.benefit, saved.goods, saved.priority) == (HALF.benefit, HALF.goods, 10)
        await owner.until(lambda: len(owner.table.rows) == 4)


# --- the form -------------------------------------------------------------------------------------------


async def test_a_new_offer_is_typed_read_back_and_saved(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.new(OfferKind.PERCENT_OFF)
        assert "rate_ppm" in owner.form.rows
        assert "price_minor" not in owner.form.rows
        await owner.save()
        assert isinstance(owner.app.screen, OfferScreen)
        assert "Please fill this in." in owner.form.rows["name"].sentence
        owner.scan("6921168509256")
        await owner.until(lambda: owner.said == "Added: Oolong tea 500 ml.")
        owner.fill(name="Tea week", rate_ppm="20%", weekdays="5\n6", from_time="18", valid_until="2026-11-30")
        owner.fill(tiers="2", budget_minor="500", priority="5", per_member="2")
        await owner.read_back("Oolong tea 500 ml: 20 % off.")
        await owner.read_back("Only on Friday, Saturday.")
        await owner.save()
        await owner.until_on(OffersPage)
        saved = owner.saved()
        assert saved.benefit == PercentOff(rate_ppm=200_000)
        assert saved.goods.products == (TEA,)
        assert saved.times == OfferTimes(
            valid_until=datetime(2026, 11, 30, 16, tzinfo=UTC), weekdays=(5, 6), from_time="18:00"
        )
        assert saved.conditions.tiers == (2,)
        assert (saved.limits.budget_minor, saved.limits.per_member, saved.priority) == (50_000, 2, 5)
        await owner.until(lambda: owner.table.current and owner.table.current.cells[0] == "Tea week")


async def test_a_discount_that_is_not_understood_is_marked_at_its_field(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.new(OfferKind.PERCENT_OFF)
        owner.fill(name="x", rate_ppm="lots")
        await owner.save()
        assert "for example 20%" in owner.form.rows["rate_ppm"].sentence
        assert owner.form.texts()["name"] == "x"
        goods = owner.app.screen.query_one(GoodsRow)
        assert goods.has_class("wrong")


async def test_goods_are_chosen_by_search_category_scan_and_exception(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.new(OfferKind.N_FOR)
        await owner.press("tab", "space")
        await owner.until_on(GoodsScreen)
        await owner.press("f8")
        await owner.until_on(Picker)
        await owner.write("snacks")
        await owner.press("enter")
        await owner.until_on(GoodsScreen)
        await owner.press("ctrl+n")
        await owner.until_on(ProductPicker)
        await owner.write("1001")
        await owner.until(lambda: len(owner.table.rows) == 1)
        await owner.press("enter")
        await owner.until_on(GoodsScreen)
        await owner.press("f9")
        owner.scan("1003")
        await owner.until(lambda: "Added" in owner.said and "1003" in owner.said)
        assert [row.cells for row in owner.table.rows[2:]] == [
            ("+ category", "Food › Snacks"),
            ("+ product", "1003  Oolong tea 500 ml"),
            ("– except", "1001  甘源蟹黄味瓜子仁75g  (product)"),
        ]
        await owner.press("delete")
        await owner.press("home", "down", "space", "ctrl+s")
        await owner.until_on(OfferScreen)
        owner.fill(name="Any 2", count="2", price_minor="5.00")
        await owner.save()
        await owner.until_on(OffersPage)
        goods = owner.saved().goods
        assert (goods.categories, goods.products) == ((2,), ())
        assert (goods.except_products, goods.weighed_counts) == ((1,), True)


async def test_with_all_goods_in_what_is_added_is_an_exception(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.new(OfferKind.PERCENT_OFF)
        await owner.press("tab", "space")
        await owner.until_on(GoodsScreen)
        await owner.press("space")
        owner.scan("1003")
        await owner.until(lambda: owner.said == "Not this: 1003  Oolong tea 500 ml.")
        await owner.press("escape")
        await owner.until_on(Question)
        await owner.press("escape", "ctrl+s")
        await owner.until_on(OfferScreen)
        row = owner.app.screen.query_one(GoodsRow)
        assert row.goods == GoodsRange(all_goods=True, except_products=(TEA,))


async def test_steps_of_a_threshold_are_rows_with_a_dialog_each(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.new(OfferKind.THRESHOLD)
        owner.fill(name="Spend")
        await owner.press("tab", "tab", "enter")
        await owner.until_on(FormDialog)
        await owner.save()
        assert "from how much money" in owner.form.rows["spend_minor"].sentence
        owner.fill(spend_minor="100")
        await owner.save()
        await owner.until(lambda: "Say what it gives" in owner.form.rows["amount_minor"].sentence)
        owner.fill(amount_minor="10", points="50", every="yes")
        await owner.save()
        await owner.until_on(OfferScreen)
        await owner.read_back("for every 100.00: 10.00 off + 50 points on top")
        await owner.press("down", "enter")
        await owner.until_on(FormDialog)
        owner.fill(pieces="9", gift_count="2")
        await owner.press("escape")
        await owner.until_on(Question)
        await owner.press("enter")
        await owner.until_on(OfferScreen)
        await owner.save()
        await owner.until_on(OffersPage)
        assert owner.saved().benefit == Threshold(
            steps=(ThresholdStep(spend_minor=10_000, every=True, amount_minor=1000, points=50),)
        )


async def test_steps_stand_in_their_order_however_they_are_typed(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("down")
        await owner.open()
        rows = owner.app.screen.query_one(RowsField)
        rows.focus()
        rows.cursor = 2
        await owner.press("enter")
        await owner.until_on(FormDialog)
        owner.fill(spend_minor="50", off_ppm="5%")
        await owner.save()
        await owner.until_on(OfferScreen)
        await owner.read_back("from 50.00: 5 % off; from 100.00: 10.00 off; from 200.00: 25.00 off")


async def test_parts_of_a_bundle_are_rows_and_can_be_taken_out(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.new(OfferKind.BUNDLE)
        await owner.save()
        assert "Add a part" in owner.text("ItemsRow .sentence")
        for code, count in (("1003", "2"), ("1001", "")):
            owner.app.screen.query_one(RowsField).cursor = 99
            owner.app.screen.query_one(RowsField).focus()
            await owner.press("enter")
            await owner.until_on(FormDialog)
            await owner.save()
            assert "Choose the goods" in owner.text("GoodsRow .sentence")
            await owner.press("space")
            await owner.until_on(GoodsScreen)
            owner.scan(code)
            await owner.until(lambda code=code: code in owner.said)  # type: ignore[misc]
            await owner.press("ctrl+s")
            await owner.until_on(FormDialog)
            owner.fill(count=count)
            await owner.save()
            await owner.until_on(OfferScreen)
        owner.fill(name="Tea time", price_minor="9.90")
        await owner.read_back("2 × Oolong tea 500 ml + 1 × 甘源蟹黄味瓜子仁75g together for 9.90.")
        owner.app.screen.query_one(RowsField).focus()
        await owner.press("up", "delete")
        await owner.save()
        await owner.until_on(OffersPage)
        assert isinstance(owner.saved().benefit, Bundle)
        assert len(owner.saved().benefit.parts) == 1  # type: ignore[union-attr]


async def test_leaving_a_form_asks_before_anything_typed_is_lost(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open()
        owner.fill(priority="11")
        await owner.press("escape")
        await owner.until_on(Question)
        await owner.press("escape")
        await owner.until_on(OfferScreen)
        assert owner.form.texts()["priority"] == "11"


async def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open()
        owner.fill(valid_from="2026-12-05", valid_until="2026-12-01", name="Tea")
        await owner.save()
        await owner.until(lambda: "end before it begins" in owner.form.rows["valid_until"].sentence)
        assert owner.form.texts()["name"] == "Tea"
        owner.office.refuse[SaveOffer] = Refused(code="x", field="benefit", explanation="Not so.")
        owner.fill(valid_until="2026-12-31")
        await owner.save()
        await owner.until(lambda: "Not so." in owner.form.rows["nth"].sentence)


async def test_a_change_by_somebody_else_is_shown_and_the_author_decides(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open()
        owner.fill(pays_ppm="free")
        owner.office.offers[1] = HALF.model_copy(update={"version": 5, "priority": 99})
        await owner.save()
        await owner.until_on(Question)
        assert "It says now: Oolong tea" in str(owner.app.screen.query_one(".paragraph").render())
        assert owner.office.offers[1].priority == 99
        await owner.press("escape")
        await owner.until_on(OfferScreen)
        assert owner.form.texts()["pays_ppm"] == "free"
        await owner.save()
        await owner.until_on(Question)
        await owner.press("enter")
        await owner.until_on(OffersPage)
        assert owner.saved().benefit == NthItem(nth=2, pays_ppm=0)
        assert owner.saved().version == 5


# --- a basket to try ------------------------------------------------------------------------------------


async def test_a_basket_shows_what_it_costs_without_and_with_the_offer_and_why(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open()
        owner.fill(pays_ppm="free")
        await owner.press("f8")
        await owner.until_on(TryScreen)
        await owner.write("2*1003")
        await owner.press("enter")
        await owner.until(lambda: owner.table.rows)
        owner.scan("6940188803618")
        await owner.until(lambda: "Without it 12.76, with it 10.76: 2.00 less." in owner.text("#totals"))
        assert owner.names() == [
            "1003  Oolong tea 500 ml",
            "1001  甘源蟹黄味瓜子仁75g",
            "1. Second tea at half price",
            "○ 81.00 more for 10.00 off.",
        ]
        assert owner.table.rows[0].cells[1:] == ("2", "9.00", "8.00", "−1.00")
        assert "9.00 → 8.00" in owner.text()
        await owner.press("down", "down")
        assert owner.text() == "offer: 1.00 off each line."
        request = owner.office.last(TryBasket)
        assert isinstance(request, TryBasket)
        assert request.offer is not None
        assert request.offer.benefit == NthItem(nth=2, pays_ppm=0)
        await owner.press("escape")
        await owner.until_on(OfferScreen)
        await owner.until(lambda: owner.text("#basket") == "Your basket: 12.76 without it, 10.76 with it.")


async def test_goods_that_the_store_does_not_know_stay_in_the_line_to_be_corrected(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open()
        await owner.press("f8")
        await owner.until_on(TryScreen)
        await owner.write("3*9999")
        await owner.press("enter")
        await owner.until(lambda: "No product has the code 9999." in owner.said)
        assert owner.app.screen.query_one("#add", Entry).value == "3*9999"
        owner.scan("1001")
        await owner.until(lambda: len(owner.table.rows) == 3)
        await owner.press("delete")
        await owner.until(lambda: not owner.table.rows)


async def test_a_basket_is_tried_for_a_tier_at_a_day_and_hour(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open()
        await owner.press("f8")
        await owner.until_on(TryScreen)
        await owner.press("f8")
        await owner.until_on(FormDialog)
        owner.fill(tier="2", day="2026-11-27", time="18:30", with_live_offers="no")
        await owner.save()
        await owner.until_on(TryScreen)
        await owner.until(lambda: owner.text("#who") == "Gold · Fri 2026-11-27 18:30 · this offer alone")
        request = owner.office.last(TryBasket)
        assert isinstance(request, TryBasket)
        assert (request.tier, request.at) == (2, datetime(2026, 11, 27, 10, 30, tzinfo=UTC))
        assert not request.with_live_offers
        await owner.write("1003")
        await owner.press("enter")
        await owner.until(lambda: owner.table.rows)
        await owner.press("f9")
        await owner.until(lambda: not owner.table.rows)


async def test_a_basket_is_tried_for_one_member(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open()
        await owner.press("f8")
        await owner.until_on(TryScreen)
        await owner.press("f8")
        await owner.until_on(FormDialog)
        for text, words in (("Zhao", "No member fits “Zhao”."), ("Li", "Several members fit “Li”")):
            owner.fill(member=text)
            await owner.save()
            await owner.until(lambda words=words: words in owner.form.rows["member"].sentence)  # type: ignore[misc]
        owner.fill(member="M007")
        await owner.save()
        await owner.until_on(TryScreen)
        await owner.until(lambda: owner.text("#who").startswith("M007 Li Na (Gold)"))
        request = owner.office.last(TryBasket)
        assert isinstance(request, TryBasket)
        assert (request.member_id, request.tier) == (7, None)


async def test_a_tall_window_keeps_the_basket_below_the_form(tmp_path: Path) -> None:
    async with back_room(tmp_path, (120, 40)) as owner:
        await owner.open()
        await owner.press("f8")
        await owner.until_on(TryScreen)
        await owner.write("1003")
        await owner.press("enter")
        await owner.until(lambda: owner.table.rows)
        await owner.press("escape")
        await owner.until_on(OfferScreen)
        await owner.until(lambda: owner.app.screen.query_one("#tried").display)
        before = len(owner.office.asked)
        owner.fill(pays_ppm="free")
        await owner.until(lambda: any(isinstance(r, TryBasket) for r in owner.office.asked[before:]))
        request = owner.office.last(TryBasket)
        assert isinstance(request, TryBasket)
        assert request.items == (TryItem(code="1003"),)


# --- past sales -----------------------------------------------------------------------------------------


def test_the_last_seven_days_end_yesterday() -> None:
    assert chosen_days({"days": "7"}, date(2026, 11, 21)) == LAST_WEEK
    assert chosen_days({"days": "today"}, date(2026, 11, 21)) == (date(2026, 11, 21),) * 2
    own = {"days": "own", "first_day": "2026-11-01", "last_day": "2026-11-02"}
    assert chosen_days(own, date(2026, 11, 21)) == (date(2026, 11, 1), date(2026, 11, 2))  # type: ignore[arg-type]
    for wrong in ({"first_day": "", "last_day": ""}, {"first_day": "2026-11-02", "last_day": "2026-11-01"}):
        assert isinstance(chosen_days({"days": "own", **wrong}, date(2026, 11, 21)), Refused)


def test_a_year_of_days_fits_into_any_window_and_nothing_is_left_out() -> None:
    first, last = date(2025, 1, 1), date(2025, 12, 31)
    costs = {first: 100, date(2025, 6, 30): 50, last: 7}
    for width in (20, 76, 400):
        columns = by_columns(costs, first, last, width)
        assert len(columns) <= width
        assert sum(cost for _day, cost in columns) == 157
        assert all(len(line) <= max(width, 21) for line in day_chart(costs, first, last, width, 3))
    assert day_chart({}, first, last, 40, 3) == []


async def test_past_sales_show_the_cost_the_days_and_each_changed_sale_side_by_side(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.press("ctrl+t")
        await owner.until_on(FormDialog)
        assert "save" not in owner.text(".dialog-keys")
        owner.fill(days="7")
        await owner.save()
        await owner.until_on(OfferTrialScreen)
        started = owner.office.last(StartTrial)
        assert isinstance(started, StartTrial)
        assert (started.first_day, started.last_day, started.offer) == (*LAST_WEEK, HALF)
        await owner.until(lambda: owner.table.rows)
        result = owner.text("#result")
        assert "600 sales from 2026-11-14 to 2026-11-20; 2 would have been others." in result
        assert "worked 3 times and cost 12.00: 988.00 instead of 1,000.00." in result
        assert "█" in owner.text("#chart")
        assert owner.table.rows[0].cells[-2:] == ("18.00", "9.00")
        await owner.press("enter")
        await owner.until_on(TrialCompareScreen)
        await owner.until(lambda: owner.table.rows)
        assert [row.cells for row in owner.table.rows] == [
            ("≠", "1003  Oolong tea 500 ml", "2", "9.00", "8.00"),
            ("≠", "1001  甘源蟹黄味瓜子仁75g", "1", "3.76", "2.76"),
            ("≠", "· Half", "", "–", "−2.00"),
            ("≠", "Total", "", "12.76", "10.76"),
        ]
        await owner.press("down", "down")
        assert owner.text() == "With the offer: 1.00 off each line."
        assert isinstance(owner.office.last(CompareTrialBasket), CompareTrialBasket)


async def test_a_trial_is_stopped_and_what_was_found_stays(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        owner.office.looks_left = 10**6
        await owner.open()
        owner.fill(pays_ppm="free")
        await owner.press("f9")
        await owner.until_on(FormDialog)
        await owner.save()
        await owner.until_on(OfferTrialScreen)
        await owner.until(lambda: "300 of 600 sales" in owner.text("#result"))
        assert "50 %" in owner.text("#result")
        await owner.press("escape")
        await owner.until(lambda: "Stopped after 300 of 600 sales." in owner.text("#result"))
        assert isinstance(owner.office.last(CancelTrial), CancelTrial)
        await owner.until(lambda: owner.table.rows)
        started = owner.office.last(StartTrial)
        assert isinstance(started, StartTrial)
        assert started.offer.benefit == NthItem(nth=2, pays_ppm=0)
        await owner.press("escape")
        await owner.until_on(OfferScreen)


# --- both languages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_pages_speak_chinese(tmp_path: Path, size: tuple[int, int]) -> None:
    async with back_room(tmp_path, size, "zh_CN") as owner:
        assert owner.table.rows[0].cells[1:3] == ("第n件优惠", "生效中")
        await owner.open()
        assert owner.form.texts()["pays_ppm"] == "5折"
        assert "每 2 件中最低价的一件" in owner.text()
        owner.fill(pays_ppm="半价")
        await owner.save()
        await owner.until_on(OffersPage)
        assert owner.saved().benefit == HALF.benefit
        assert ProductId(3) in owner.saved().goods.products
