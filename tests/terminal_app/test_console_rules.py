"""The rules of membership by keyboard: tiers, growth, points, gifts, the shop's own fields of members."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from console_store import NOW, ConsoleWorld
from rules_office import BASE, FRIDAYS, GOLD, SILVER, RulesOffice
from textual.pilot import Pilot
from textual.screen import Screen

from protocol.identifiers import ProductId, TerminalName
from protocol.language import set_process_language
from protocol.messages.base import Refused
from protocol.messages.catalogue import ExtraFieldView
from protocol.messages.members import GrowthRuleView, SaveMemberField, SaveTiers, TierView
from protocol.messages.points import (
    PointsRuleKind,
    PointsRuleView,
    SaveGift,
    SavePointsRule,
    TryPointsRules,
)
from protocol.messages.sales import SaveTenderKind
from protocol.messages.store import ChangeSetting, SettingView
from store_server.settings import StoreSettings
from terminal_app.console.app import ConsoleApp
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_view import FormView
from terminal_app.console.members.gifts_screen import GiftsScreen
from terminal_app.console.members.growth_screen import GrowthScreen
from terminal_app.console.members.member_fields import MemberFieldsScreen
from terminal_app.console.members.points_rules_screen import PointsRuleScreen, PointsRulesScreen
from terminal_app.console.members.points_rules_trial import TrialScreen
from terminal_app.console.members.rule_words import (
    RuleNames,
    parse_clock,
    parse_factor,
    parse_weekdays,
    rule_sentence,
)
from terminal_app.console.members.rules_menu import RulesMenu
from terminal_app.console.members.tiers_ladder import stairs
from terminal_app.console.members.tiers_screen import TierScreen, TiersScreen
from terminal_app.console.members.tiers_words import (
    discount_typed,
    growth_sentence,
    parse_discount,
    tier_sentence,
)
from terminal_app.console.picker import Picker
from terminal_app.console.product_picker import ProductPicker
from terminal_app.console.question import Question
from terminal_app.console.setting_words import CHOICES
from terminal_app.console.table import Table
from terminal_app.console.tenders_screen import TendersScreen
from terminal_app.settings import TerminalSettings
from terminal_app.widgets.field import Entry
from terminal_app.widgets.notice import NoticeLine

NAMES = RuleNames("CNY", {0: "Basic", 1: "Silver", 2: "Gold"}, {2: "Food › Snacks"}, {3: "1003  Oolong tea"})


class Owner:
    """The owner of the shop at the keyboard."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[str], office: RulesOffice) -> None:
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

    async def open(self, screen: Screen[None]) -> None:
        """Open a list and wait for its rows."""
        self.app.push_screen(screen)
        await self.until(lambda: self.app.screen is screen and screen.query(Table) and self.table.rows)
        await self.pilot.pause()

    def fill(self, **texts: str) -> None:
        """Write into fields of the form, as a person would by tabbing through them."""
        for key, text in texts.items():
            self.form.rows[key].editor.text = text

    async def save(self) -> None:
        await self.press("ctrl+s")
        await self.pilot.pause()

    def text(self, selector: str = "#sentence") -> str:
        """Return what a line of words says."""
        return str(self.app.screen.query_one(selector).render())

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
    tmp_path: Path, size: tuple[int, int] = (80, 24), language: str = "en"
) -> AsyncIterator[Owner]:
    """A console with somebody signed on."""
    office = RulesOffice()
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


# --- words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "off"),
    [("5%", 50_000), ("5", 50_000), ("12.5 %", 125_000), ("9.5折", 50_000), ("95折", 50_000),
     ("8折", 200_000), ("0", 0), ("0.5%", 5_000)],
)  # fmt: skip
def test_a_discount_is_typed_as_people_say_it(typed: str, off: int) -> None:
    assert parse_discount(typed) == off


@pytest.mark.parametrize("typed", ["0.95", "100%", "10折", "five", "-5", "5%%", "0折"])
def test_a_discount_that_could_mean_two_things_is_asked_again(typed: str) -> None:
    assert parse_discount(typed) is None


def test_a_discount_is_written_as_what_is_left_in_chinese() -> None:
    assert discount_typed(50_000) == "5%"
    set_process_language("zh_CN")
    assert discount_typed(50_000) == "9.5折"
    assert parse_discount(discount_typed(123_400)) == 123_400


@pytest.mark.parametrize(
    ("typed", "days"),
    [("Fri, Sat", (5, 6)), ("1-5", (1, 2, 3, 4, 5)), ("周五、周六", (5, 6)), ("周一至周三", (1, 2, 3)),
     ("Sat-Mon", (1, 6, 7)), ("weekend", (6, 7)), ("", ()), ("1-7", ()), ("五六日", (5, 6, 7)),
     ("星期天", (7,)), ("someday", None), ("8", None), ("1-", None)],
)  # fmt: skip
def test_weekdays_are_typed_as_people_write_them(typed: str, days: tuple[int, ...] | None) -> None:
    assert parse_weekdays(typed) == days


def test_hours_and_multipliers_are_typed_as_people_write_them() -> None:
    assert [parse_clock(text) for text in ("18", "9:30", "18：00", "24:00", "24:30", "25", "x")] == [
        "18:00", "09:30", "18:00", "24:00", None, None, None,
    ]  # fmt: skip
    assert [parse_factor(text) for text in ("2", "1.5", "3倍", "2 x", "101", "")] == [
        2_000_000, 1_500_000, 3_000_000, 2_000_000, None, None,
    ]  # fmt: skip


def rule(kind: PointsRuleKind, **values: object) -> PointsRuleView:
    return PointsRuleView.model_validate(
        {"kind": kind, "name": "x", "points": 5, "per_minor": 1000, **values}
    )


def test_each_rule_of_points_is_read_back_as_a_sentence() -> None:
    kinds = PointsRuleKind
    sentences = {
        "On Fridays from 18:00 to 24:00, members of Gold earn 2 × points.": FRIDAYS,
        "All members earn 1 point for each 1.00 spent.": BASE,
        "All members earn 5 points for each 10.00 spent on 1003  Oolong tea.": rule(
            kinds.PRODUCT, product_id=3
        ),
        "All members earn nothing on Food › Snacks.": rule(kinds.CATEGORY, category_id=2, points=0),
        "Members of Silver earn 1.5 × points.": rule(kinds.TIER, tier=1, multiplier_ppm=1_500_000),
        "At weekends from 2026-12-01 to 2026-12-31, all members earn 3 × points.": rule(
            kinds.CAMPAIGN, multiplier_ppm=3_000_000, weekdays=(6, 7), first_day=date(2026, 12, 1),
            last_day=date(2026, 12, 31),
        ),
        "In the month of their birthday, all members earn 2 × points.": rule(
            kinds.CAMPAIGN, multiplier_ppm=2_000_000, birthday="month"
        ),
        "Since 2026-12-01, who becomes a member gets 5 points.": rule(
            kinds.REGISTRATION, first_day=date(2026, 12, 1)
        ),
        "All members get 5 points on their birthday, once a year.": rule(kinds.BIRTHDAY),
        "Who brings a new member gets 5 points. Only for members of Gold.": rule(kinds.REFERRAL, tier=2),
        "Who brought a member gets 5 points for each 10.00 that the member spends.": rule(
            kinds.REFERRAL_SHARE
        ),
        "On Mondays, Wednesdays, all members get 5 points for checking in, once a day.": rule(
            kinds.CHECK_IN, weekdays=(1, 3)
        ),
        "Members of Gold can pay 10.00 with 5 points.": rule(kinds.SPEND, tier=2),
        "Until 2026-12-31, all members get 10.00 in cash for 5 points.": rule(
            kinds.CASH_OUT, last_day=date(2026, 12, 31)
        ),
    }  # fmt: skip
    assert {sentence: sentence for sentence in sentences} == {
        sentence: rule_sentence(each, NAMES) for sentence, each in sentences.items()
    }


def test_a_tier_is_read_back_with_what_it_takes_gives_and_keeps() -> None:
    assert tier_sentence(SILVER, GOLD) == (
        "With a growth value of 1,000, a member comes up to Silver. It takes 2% off the selling price. "
        "It holds without an end. The next is 金卡 from 5,000."
    )
    assert tier_sentence(GOLD, None) == (
        "With a growth value of 5,000, a member comes up to 金卡. It takes 5% off the selling price. "
        "It holds for 12 months; 3,000 more in that time keep it. "
        "Who has less keeps it for 30 days of grace, then goes one down."
    )
    spend = GrowthRuleView.model_validate({"basis": "spend", "growth_thousandths": 1500, "category_id": 2})
    assert (
        growth_sentence(spend, {2: "Snacks"})
        == "Each whole 1.00 spent on Snacks adds 1.5 to the growth value."
    )


def test_the_stairs_of_many_tiers_show_those_around_the_chosen_one() -> None:
    tiers = [TierView(tier=i, name=f"T{i}", growth_needed=i * 100) for i in range(20)]
    lines = stairs(tiers, 10, 76)
    assert len(lines) == 7
    assert next(line for line in lines if line.startswith("›")).split()[-3:] == ["·", "from", "1,000"]
    assert stairs(tiers[:2], 0, 60) == [
        "       ┌──── T1 · from 100                                  ",
        "› ─────┘ T0                                                 ",
    ]


# --- the menu -----------------------------------------------------------------------------------------


async def test_the_menu_says_each_part_in_a_line_and_opens_it(tmp_path: Path) -> None:
    async with back_room(tmp_path, size=(120, 40)) as owner:
        await owner.open(RulesMenu())
        await owner.until(lambda: owner.table.rows[-1].cells[1] != "…")
        lines = {row.key: row.cells[1] for row in owner.table.rows}
        assert lines == {
            "tiers": "3 tiers: Basic, Silver from 1,000, 金卡 from 5,000",
            "growth": "Each whole 1.00 spent adds 1 to the growth value.",
            "points": "3 rules in force, 1 point for each 1.00, 100 points are worth 1.00",
            "gifts": "1 gift, from 500 points",
            "fields": "1 field: Allergies",
        }
        for screen in (TiersScreen, GrowthScreen, PointsRulesScreen, GiftsScreen, MemberFieldsScreen):
            await owner.press("enter")
            await owner.until_on(screen)
            await owner.press("escape")
            await owner.until_on(RulesMenu)
            await owner.press("down")


# --- tiers --------------------------------------------------------------------------------------------


async def test_a_tier_is_changed_and_read_back_while_it_is_typed(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(TiersScreen())
        assert owner.text().startswith("Everybody begins as Basic.")
        await owner.press("down", "enter")
        await owner.until_on(TierScreen)
        assert owner.form.texts()["discount"] == "2%"
        owner.fill(discount="9.5折", valid_months="12", growth_to_keep="500", grace_days="")
        await owner.pilot.pause()
        assert "It takes 5% off the selling price. It holds for 12 months; 500 more" in owner.text()
        await owner.save()
        await owner.until_on(TiersScreen)
        saved = owner.office.last(SaveTiers)
        assert isinstance(saved, SaveTiers)
        assert saved.tiers[1].discount_ppm == 50_000
        assert (saved.tiers[1].valid_months, saved.tiers[1].growth_to_keep) == (12, 500)
        assert (saved.tiers[0].name, saved.tiers[2]) == ("Basic", GOLD)
        assert owner.said == "Saved. It holds for every sale from now on."


async def test_what_is_typed_wrong_is_said_at_its_field(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(TiersScreen())
        await owner.press("down", "enter")
        await owner.until_on(TierScreen)
        owner.fill(discount="0.95", growth_needed="many", valid_months="500")
        await owner.save()
        assert "9.5折" in owner.form.rows["discount"].sentence
        assert "whole number" in owner.form.rows["growth_needed"].sentence
        assert "At most 120" in owner.form.rows["valid_months"].sentence
        assert not any(isinstance(request, SaveTiers) for request in owner.office.asked)


async def test_a_new_tier_goes_above_the_one_under_the_cursor(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(TiersScreen())
        await owner.press("end", "ctrl+n")
        await owner.until_on(TierScreen)
        owner.fill(name="Diamond")
        await owner.save()
        await owner.until_on(TiersScreen)
        assert [(t.tier, t.name, t.growth_needed) for t in owner.office.tiers[2:]] == [
            (2, "金卡", 5000), (3, "Diamond", 10_000),
        ]  # fmt: skip
        await owner.press("home", "ctrl+n")
        await owner.until_on(Question)
        await owner.press("enter")
        await owner.until_on(TierScreen)
        owner.fill(name="Bronze")
        await owner.save()
        await owner.until_on(TiersScreen)
        assert [tier.name for tier in owner.office.tiers] == ["Basic", "Bronze", "Silver", "金卡", "Diamond"]
        assert [tier.tier for tier in owner.office.tiers] == [0, 1, 2, 3, 4]
        assert owner.office.tiers[1].growth_needed == 500


async def test_a_tier_that_members_have_stays_and_all_that_was_typed_too(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(TiersScreen())
        await owner.press("end", "delete")
        await owner.until_on(Question)
        await owner.press("enter")
        await owner.until(lambda: "taken away" in owner.said)
        assert len(owner.table.rows) == 3
        await owner.press("enter")
        await owner.until_on(TierScreen)
        owner.fill(name="Silver")
        await owner.save()
        await owner.until(lambda: "name of its own" in owner.said)
        assert owner.form.texts()["name"] == "Silver"


async def test_moving_a_tier_leaves_what_each_place_takes(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(TiersScreen())
        await owner.press("down", "f8")
        await owner.until_on(Question)
        await owner.press("enter")
        await owner.until(lambda: owner.office.tiers[2].name == "Silver")
        assert [(t.tier, t.name, t.growth_needed, t.growth_to_keep) for t in owner.office.tiers] == [
            (0, "Basic", 0, 0), (1, "金卡", 1000, 1000), (2, "Silver", 5000, 0),
        ]  # fmt: skip
        await owner.until(lambda: owner.table.current and owner.table.current.cells[1] == "Silver")
        await owner.press("f8")
        assert isinstance(owner.app.screen, TiersScreen), "the highest goes no higher"


# --- growth -------------------------------------------------------------------------------------------


async def test_a_rule_of_growth_is_added_changed_and_removed(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(GrowthScreen())
        await owner.press("ctrl+n")
        await owner.until_on(FormDialog)
        owner.fill(basis="visit", growth="10", category_id="2")
        await owner.save()
        assert "Only growth by spending" in owner.form.rows["category_id"].sentence
        owner.fill(category_id="")
        await owner.save()
        await owner.until_on(GrowthScreen)
        await owner.until(lambda: len(owner.table.rows) == 2)
        assert owner.table.rows[1].cells[2] == "Each day with a purchase adds 10 to the growth value."
        await owner.press("home", "delete")
        await owner.until_on(Question)
        await owner.press("enter")
        await owner.until(lambda: len(owner.table.rows) == 1)
        assert [each.basis for each in owner.office.growth] == ["visit"]


# --- points -------------------------------------------------------------------------------------------


async def test_rules_of_points_are_listed_by_kind_with_their_sentences(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PointsRulesScreen())
        assert [row.cells[0] for row in owner.table.rows] == [
            "Points for shopping", "More on some days", "Paying with points",
        ]  # fmt: skip
        await owner.press("down")
        assert owner.text() == (
            "More on some days · Double Fridays: "
            "On Fridays from 18:00 to 24:00, members of 金卡 earn 2 × points."
        )
        await owner.press("f8")
        await owner.until(lambda: "switched off" in owner.said)
        assert owner.text().startswith("(switched off)")
        assert [each.active for each in owner.office.rules if each.name == "Double Fridays"] == [False]


async def test_a_new_rule_asks_what_it_is_about_and_shows_only_what_matters_to_it(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PointsRulesScreen())
        await owner.press("ctrl+n")
        await owner.until_on(Picker)
        owner.app.screen.query_one("Input").value = "becoming"  # type: ignore[attr-defined]
        await owner.pilot.pause()
        await owner.press("enter")
        await owner.until_on(PointsRuleScreen)
        assert list(owner.form.rows) == ["name", "points", "first_day", "last_day", "active"]
        assert "read back" in owner.text()
        owner.fill(name="Welcome", points="1,000")
        await owner.pilot.pause()
        assert owner.text() == "Who becomes a member gets 1,000 points."
        owner.fill(first_day="2026-12-31", last_day="2026-12-01")
        await owner.save()
        assert "end before it begins" in owner.form.rows["last_day"].sentence
        owner.fill(first_day="", last_day="")
        await owner.save()
        await owner.until_on(PointsRulesScreen)
        await owner.until(lambda: owner.table.current and owner.table.current.cells[2] == "Welcome")
        saved = owner.office.last(SavePointsRule)
        assert isinstance(saved, SavePointsRule)
        assert (saved.rule.kind, saved.rule.points) == (PointsRuleKind.REGISTRATION, 1000)


async def test_a_campaign_is_written_in_days_hours_and_times(tmp_path: Path) -> None:
    async with back_room(tmp_path, size=(120, 40)) as owner:
        await owner.open(PointsRulesScreen())
        await owner.press("down", "enter")
        await owner.until_on(PointsRuleScreen)
        texts = owner.form.texts()
        assert (texts["weekdays"], texts["from_time"], texts["until_time"]) == ("Fri", "18:00", "")
        owner.fill(weekdays="Fri-Sun", until_time="22", multiplier_ppm="1.5", tier="")
        await owner.save()
        await owner.until_on(PointsRulesScreen)
        changed = next(each for each in owner.office.rules if each.rule_id == 2)
        assert (changed.weekdays, changed.until_time, changed.multiplier_ppm, changed.tier) == (
            (5, 6, 7), "22:00", 1_500_000, None,
        )  # fmt: skip


async def test_a_rule_that_acts_on_days_shows_them_whatever_its_kind(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        mondays = BASE.model_copy(update={"weekdays": (1,)})
        owner.office.rules = (mondays,)
        await owner.open(PointsRulesScreen())
        await owner.press("enter")
        await owner.until_on(PointsRuleScreen)
        assert "weekdays" in owner.form.rows
        await owner.save()
        await owner.until_on(PointsRulesScreen)
        assert owner.office.rules == (mondays,), "saved without a change, it is what it was"


async def test_the_product_of_a_rule_is_found_by_searching(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PointsRulesScreen())
        await owner.press("ctrl+n")
        await owner.until_on(Picker)
        owner.app.screen.query_one("Input").value = "one product"  # type: ignore[attr-defined]
        await owner.pilot.pause()
        await owner.press("enter")
        await owner.until_on(PointsRuleScreen)
        owner.form.rows["product_id"].editor.focus()
        await owner.press("space")
        await owner.until_on(ProductPicker)
        await owner.press(*"oolong")
        await owner.until(lambda: [row.cells[0] for row in owner.table.rows] == ["1003"])
        await owner.press("enter")
        await owner.until_on(PointsRuleScreen)
        owner.fill(name="Tea week", points="3", per_minor="1")
        await owner.pilot.pause()
        assert owner.text() == ("All members earn 3 points for each 1.00 spent on 1003  Oolong tea 500 ml.")
        await owner.save()
        await owner.until_on(PointsRulesScreen)
        assert owner.office.rules[-1].product_id == ProductId(3)
        await owner.until(lambda: "Oolong" in owner.table.rows[1].cells[1])


async def test_trying_says_what_an_amount_would_earn_and_by_which_rules(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PointsRulesScreen())
        await owner.press("f9")
        await owner.until_on(TrialScreen)
        await owner.until(lambda: "earns 100 points" in owner.text("#result"))
        await owner.press("8", "8")
        assert owner.form.texts()["amount_minor"] == "88", "it takes the place of what was there"
        owner.fill(day="2026-11-27", time="18:30", tier="2", birthday="month")
        await owner.until(lambda: "176 points" in owner.text("#result"))
        assert owner.text("#result").splitlines() == [
            "88.00 on Fri 2026-11-27 at 18:30 earns 176 points.",
            "  88 points  Points for shopping: All members earn 1 point for each 1.00 spent.",
            "  × 2  Double Fridays: On Fridays from 18:00 to 24:00, members of 金卡 earn 2 × points.",
            "To pay all of it with points takes 8,800 points.",
        ]
        asked = owner.office.last(TryPointsRules)
        assert asked == TryPointsRules(
            amount_minor=8800, business_date=date(2026, 11, 27), time="18:30", tier=2, birthday="month"
        )
        owner.fill(time="24:00")
        await owner.until(lambda: "00:00" in owner.form.rows["time"].sentence)
        assert owner.text("#result").startswith("As soon as")


# --- gifts and fields ---------------------------------------------------------------------------------


async def test_a_gift_is_added_with_goods_from_the_stock_and_a_limit(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(GiftsScreen())
        assert [(row.cells[0], row.cells[4], row.tone) for row in owner.table.rows] == [
            ("Tote bag", "yes", ""), ("Old mug", "no", "quiet"),
        ]  # fmt: skip
        await owner.press("ctrl+n")
        await owner.until_on(FormDialog)
        owner.fill(name="Tea", points="0")
        await owner.save()
        assert "at least 1 point" in owner.form.rows["points"].sentence
        owner.form.rows["product_id"].editor.focus()
        await owner.press("space")
        await owner.until_on(ProductPicker)
        await owner.until(lambda: len(owner.table.rows) == 5)
        await owner.press("down", "down", "down", "enter")
        await owner.until_on(FormDialog)
        owner.fill(points="300", per_member="2")
        await owner.save()
        await owner.until_on(GiftsScreen)
        saved = owner.office.last(SaveGift)
        assert isinstance(saved, SaveGift)
        assert (saved.gift.product_id, saved.gift.points, saved.gift.per_member) == (ProductId(3), 300, 2)
        await owner.until(lambda: len(owner.table.rows) == 3)
        assert owner.table.rows[2].cells[2:4] == ("1003  Oolong tea 500 ml", "2 at most")


async def test_a_field_of_members_is_for_no_category_of_goods(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(MemberFieldsScreen())
        await owner.press("ctrl+n")
        await owner.until_on(FormDialog)
        assert "category_id" not in owner.form.rows
        owner.fill(field="Shoe size", type="choice", choices="S，M, L")
        await owner.save()
        await owner.until_on(MemberFieldsScreen)
        saved = owner.office.last(SaveMemberField)
        assert isinstance(saved, SaveMemberField)
        assert saved.extra == ExtraFieldView(field="Shoe size", type="choice", choices=("S", "M", "L"))
        await owner.until(lambda: len(owner.table.rows) == 2)
        assert owner.table.rows[1].cells == ("Shoe size", "One of a list: S, M, L", "no")


async def test_a_way_to_pay_says_whether_it_earns_points(tmp_path: Path) -> None:
    async with back_room(tmp_path, size=(120, 40)) as owner:
        await owner.open(TendersScreen())
        await owner.press("enter")
        await owner.until_on(FormDialog)
        assert owner.form.texts()["earns_points"] == "yes"
        owner.fill(earns_points="no")
        await owner.save()
        await owner.until_on(TendersScreen)
        saved = owner.office.last(SaveTenderKind)
        assert isinstance(saved, SaveTenderKind)
        assert saved.kind_view.earns_points is False


# --- settings -----------------------------------------------------------------------------------------


async def test_settings_stand_in_groups_with_amounts_and_choices_in_words(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        owner.office.settings = [
            SettingView(setting=setting, value=value, default=default, explanation="Why.")
            for setting, value, default in (
                ("store_name", "Corner shop", "Guitai"), ("points_expiry", "next_year", "next_year"),
                ("difference_limit_minor", "123450", "500"), ("member_price", "lower", "promotion"),
                ("quantity_limit_thousandths", "999000", "999000"), ("of_tomorrow", "1", "1"),
                ("points_refund_shortfall", "odd", "deduct"),
            )
        ]  # fmt: skip
        await owner.press("f7")
        await owner.until(lambda: owner.app.screen.query(Table) and len(owner.table.rows) == 7)
        assert [row.cells[:3] for row in owner.table.rows] == [
            ("Store", "* Store name", "Corner shop"),
            ("At the till", "* Large cash difference", "1,234.50"),
            ("", "  Largest quantity", "999"),
            ("Members", "* Member price on promotion", "the lower of promotion and tier"),
            ("Points", "  Points end", "at the end of the next year"),
            ("", "* Points missing at a refund", "odd"),
            ("", "  of_tomorrow", "1"),
        ]
        await owner.press("down", "enter")
        await owner.until_on(FormDialog)
        assert owner.form.texts()["value"] == "1234.50"
        owner.fill(value="8.5")
        await owner.save()
        await owner.until(lambda: "Saved: Large cash difference" in owner.said)
        assert owner.office.last(ChangeSetting) == ChangeSetting(
            setting="difference_limit_minor", value="850"
        )
        await owner.press("down", "down", "down", "enter")
        await owner.until_on(FormDialog)
        await owner.press("right")
        await owner.save()
        await owner.until(lambda: "Saved: Points end" in owner.said)
        assert owner.office.last(ChangeSetting) == ChangeSetting(setting="points_expiry", value="never")


def test_every_choice_that_the_server_knows_has_words_and_no_other() -> None:
    for setting, choices in CHOICES.items():
        for metadata in StoreSettings.model_fields[setting].metadata:
            pattern = getattr(metadata, "pattern", None)
            if pattern is not None:
                assert set(pattern.strip("^()$").split("|")) == set(choices), setting


# --- in Chinese, narrow and wide ----------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_screen_of_rules_works_in_chinese(tmp_path: Path, size: tuple[int, int]) -> None:
    async with back_room(tmp_path, size=size, language="zh_CN") as owner:
        await owner.open(RulesMenu())
        await owner.until(lambda: owner.table.rows[-1].cells[1] != "…")
        assert owner.table.rows[0].cells == (
            "会员等级",
            "3 个等级：Basic、Silver（1,000 起）、金卡（5,000 起）",
        )
        await owner.open(PointsRulesScreen())
        await owner.press("down")
        assert owner.text().endswith("每周五 18:00 至 24:00，金卡会员获得 2 倍积分。")
        await owner.press("enter")
        await owner.until_on(PointsRuleScreen)
        assert owner.form.texts()["weekdays"] == "周五"
        await owner.press("escape")
        await owner.open(TiersScreen())
        assert owner.table.rows[2].cells[3] == "9.5折"
        await owner.open(GiftsScreen())
        await owner.open(GrowthScreen())
        await owner.open(MemberFieldsScreen())


async def test_a_refusal_is_said_and_the_list_stays(tmp_path: Path) -> None:
    async with back_room(tmp_path) as owner:
        await owner.open(PointsRulesScreen())
        owner.office.refuse[SavePointsRule] = Refused(
            code="no_such_rule", explanation="There is no such rule."
        )
        await owner.press("f8")
        await owner.until(lambda: owner.said == "There is no such rule.")
        assert len(owner.table.rows) == 3
