"""The members in the back room: found, filtered, sorted into classes and tags, compared and merged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import openpyxl
import pytest
from member_office import CRISPS, QUIET, MemberOffice
from test_console_pages import Owner, back_room

from protocol.language import speaking
from protocol.messages.base import Refused
from protocol.messages.members import AbcClass, FindMembers, MemberState, RfmClass
from protocol.messages.profiles import (
    CountClasses,
    FindDuplicates,
    ListMembers,
    MemberFilter,
    SaveSegment,
    SaveTagRule,
)
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.members.classes_chart import stack
from terminal_app.console.members.classes_screen import ClassesScreen
from terminal_app.console.members.duplicates_compare import CompareScreen, Comparison
from terminal_app.console.members.duplicates_screen import DuplicatesScreen
from terminal_app.console.members.filter_fields import upside_down
from terminal_app.console.members.filter_screen import FilterScreen, SavedFilterScreen
from terminal_app.console.members.filter_words import Names, sentence
from terminal_app.console.members.members_page import MembersPage
from terminal_app.console.members.new_member import NewMember
from terminal_app.console.members.profile_screen import ProfileScreen
from terminal_app.console.members.rules_menu import RulesMenu
from terminal_app.console.members.segments_screen import SegmentsScreen
from terminal_app.console.members.tag_rules_screen import TagsScreen
from terminal_app.console.members.warnings_screen import WarningsScreen
from terminal_app.console.picker import Picker, SeveralPicker
from terminal_app.console.products_page import ProductsPage
from terminal_app.console.question import Question
from terminal_app.widgets.field import Entry
from terminal_app.widgets.words import Words


class Room:
    """Somebody before the list of members."""

    def __init__(self, owner: Owner, store: MemberOffice) -> None:
        self.owner = owner
        self.store = store

    @property
    def page(self) -> MembersPage:
        page = self.owner.app.screen
        assert isinstance(page, MembersPage)
        return page

    def words(self, where: str) -> str:
        """Return what a line of the screen says."""
        words = self.owner.app.screen.query_one(where, Words).render()
        return str(words)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [row.cells for row in self.owner.table.rows]

    async def go(self, key: str, screen: type) -> None:
        """Press a key that opens a screen."""
        await self.owner.press(key)
        await self.owner.until_on(screen)

    async def filter_form(self) -> None:
        """Open the filter and wait for its fields."""
        await self.go("f8", FilterScreen)
        await self.owner.until(lambda: self.owner.app.screen.query("FormView"))
        await self.owner.pilot.pause()

    async def fill(self, **texts: str) -> None:
        """Write into fields of the form on the screen."""
        for key, text in texts.items():
            self.owner.form.rows[key].editor.text = text
        await self.owner.pilot.pause()

    async def listed(self, rows: int) -> None:
        """Wait until the page lists so many members."""
        await self.owner.until_on(MembersPage)
        await self.owner.until(lambda: len(self.owner.table.rows) == rows)
        await self.owner.pilot.pause()


@asynccontextmanager
async def members(
    tmp_path: Path,
    store: MemberOffice | None = None,
    size: tuple[int, int] = (80, 24),
    language: str = "en",
) -> AsyncIterator[Room]:
    """A console with the members' page open."""
    store = store or MemberOffice()
    async with back_room(tmp_path, store, size, language) as owner:
        await owner.press("f3")
        await owner.until_on(MembersPage)
        if store.gate is None:
            await owner.until(lambda: owner.table.rows)
        yield Room(owner, store)


# --- the list ---------------------------------------------------------------------------------------


async def test_the_list_shows_what_a_shop_wants_to_know_of_its_members(tmp_path: Path) -> None:
    async with members(tmp_path, size=(150, 40)) as room:
        assert room.owner.table.rows[10].cells == (
            "100011", "Zhao Lei 11", "138****0011", "Gold", "11", "1", "123.45", "2026-10-01", "C",
            "Win back", "110",
        )  # fmt: skip
        assert room.owner.table.rows[9].cells[7] == "never"
        assert room.words("#filter") == "All members"


async def test_a_long_list_is_loaded_as_one_goes_to_its_end(tmp_path: Path) -> None:
    async with members(tmp_path, MemberOffice(1300)) as room:
        await room.listed(400)
        assert "400 of about 1,300 shown" in room.words("#info")
        for rows in (800, 1200, 1300):
            await room.owner.press("ctrl+end")
            await room.listed(rows)
        assert room.owner.table.rows[-1].cells[0] == "101300"
        assert "1,300 members" in room.words("#info")


async def test_members_are_found_as_one_types_by_any_key(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.owner.write("小美 25")
        await room.owner.until(lambda: room.owner.codes()[:1] == ["100025"])
        asked = room.store.last(FindMembers)
        assert isinstance(asked, FindMembers)
        assert asked.text == "小美 25"
        assert "whatever the filter" in room.words("#filter")
        await room.owner.write("0111")
        await room.owner.until(lambda: room.owner.codes() == ["100111"])
        await room.owner.press("escape")
        await room.listed(350)


async def test_a_search_with_many_hits_goes_on_below(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.owner.write("zhao")
        await room.listed(70)
        await room.owner.write("1000")
        await room.listed(99)
        await room.owner.write("100")
        await room.listed(100)
        await room.owner.press("ctrl+end")
        await room.listed(200)


async def test_a_scanned_card_is_searched_for(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        assert room.page.take_scan("100042")
        await room.owner.until(lambda: room.owner.codes() == ["100042"])


async def test_enter_opens_the_profile(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("enter", ProfileScreen)


async def test_rules_are_one_key_away(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("ctrl+t", RulesMenu)


async def test_who_may_not_list_members_can_still_search(tmp_path: Path) -> None:
    store = MemberOffice()
    store.role = "cashier"
    async with members(tmp_path, store) as room:
        assert not [r for r in store.asked if isinstance(r, (ListMembers, CountClasses))]
        await room.owner.write("100007")
        await room.owner.until(lambda: room.owner.codes() == ["100007"])


# --- looking on -------------------------------------------------------------------------------------


async def test_a_filter_looks_on_in_the_background_while_keys_work(tmp_path: Path) -> None:
    store = MemberOffice(1000)
    store.looked_at, store.gate = 100, asyncio.Semaphore(0)
    async with members(tmp_path, store) as room:
        room.page.show_filter(MemberFilter(tiers=(2,)))
        for _piece in range(3):
            store.gate.release()
        await room.owner.until(lambda: len(room.owner.table.rows) == 100)
        await room.owner.pilot.pause()
        assert "looking on… 30 % (Esc stops)" in room.words("#info")
        await room.owner.press("down", "down")
        assert room.owner.table.cursor == 2
        for _piece in range(7):
            store.gate.release()
        await room.listed(333)
        await room.owner.until(lambda: "333 members · Enter" in room.words("#info"))
        assert room.owner.table.cursor == 2


async def test_esc_stops_looking_and_keeps_what_was_found(tmp_path: Path) -> None:
    store = MemberOffice(1000)
    store.looked_at, store.gate = 100, asyncio.Semaphore(0)
    async with members(tmp_path, store) as room:
        room.page.show_filter(MemberFilter(tiers=(2,)))
        store.gate.release()
        await room.owner.until(lambda: len(room.owner.table.rows) == 33)
        await room.owner.press("escape")
        await room.owner.until(lambda: "stopped: there may be more" in room.words("#info"))
        assert len(room.owner.table.rows) == 33
        for _piece in range(10):
            store.gate.release()
        await room.owner.press("ctrl+r")
        await room.listed(333)


async def test_the_filter_is_still_there_after_another_page(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        room.page.show_filter(MemberFilter(tiers=(2,), visits_most=0))
        await room.listed(12)
        await room.owner.press("f2")
        await room.owner.until_on(ProductsPage)
        await room.owner.press("f3")
        await room.listed(12)
        assert room.words("#filter") == "Gold members who never bought anything"


async def test_a_new_filter_takes_the_place_of_one_that_still_looks(tmp_path: Path) -> None:
    store = MemberOffice(1000)
    store.looked_at, store.gate = 100, asyncio.Semaphore(0)
    async with members(tmp_path, store) as room:
        room.page.show_filter(MemberFilter(tiers=(2,)))
        store.gate.release()
        await room.owner.until(lambda: room.owner.table.rows)
        room.page.show_filter(MemberFilter(tiers=(1,), visits_most=0))
        for _piece in range(12):
            store.gate.release()
        await room.listed(34)
        assert {cells.cells[3] for cells in room.owner.table.rows} == {"Silver"}


async def test_an_empty_piece_is_not_the_end(tmp_path: Path) -> None:
    store = MemberOffice(1000)
    store.looked_at = 10
    async with members(tmp_path, store) as room:
        room.page.show_filter(MemberFilter(tags=("tea",)))
        await room.listed(25)


async def test_a_server_that_says_no_is_heard_and_what_was_found_stays(tmp_path: Path) -> None:
    store = MemberOffice()
    async with members(tmp_path, store) as room:
        await room.listed(350)
        store.refuse[ListMembers] = Refused(code="busy", explanation="Come back in a minute.")
        await room.owner.press("ctrl+r")
        await room.owner.until(lambda: "Come back" in room.owner.said)
        assert len(room.owner.table.rows) == 350
        assert "350 members" in room.words("#info")


async def test_a_list_that_is_asked_for_anew_and_stopped_stays_as_it_was(tmp_path: Path) -> None:
    store = MemberOffice(1000)
    store.looked_at = 100
    async with members(tmp_path, store) as room:
        room.page.show_filter(MemberFilter(tiers=(2,)))
        await room.listed(333)
        store.gate = asyncio.Semaphore(4)
        await room.owner.press("ctrl+r", "down", "down")
        await room.owner.until(lambda: "looking on… 40 %" in room.words("#info"))
        await room.owner.press("escape", "ctrl+end")
        await room.owner.until(lambda: "looking" not in room.words("#info"))
        assert [cells[0] for cells in room.rows[-2:]] == ["100995", "100998"]
        assert len(room.rows) == 333


async def test_after_a_profile_the_cursor_is_where_it_was(tmp_path: Path) -> None:
    async with members(tmp_path, MemberOffice(900)) as room:
        await room.listed(400)
        await room.owner.press("ctrl+end")
        await room.listed(800)
        await room.owner.press("pagedown", "pagedown")
        at = room.owner.table.cursor
        assert at > 400
        await room.go("enter", ProfileScreen)
        await room.owner.press("escape")
        await room.listed(800)
        await room.owner.until(lambda: room.page.looking.rows and "more below" in room.words("#info"))
        assert room.owner.table.cursor == at


# --- the filter -------------------------------------------------------------------------------------


async def test_a_filter_is_read_back_in_words_while_it_is_typed(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.fill(tiers="2", away_least_days="30", goods="crisps")
        reading = "Gold members who did not come for 30 days and bought “crisps”."
        await room.owner.until(lambda: room.words("#sentence") == reading)


async def test_the_filter_lists_who_fits(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.fill(tiers="2", visits_least="5", spent_least_minor="12.50", rfm="important_value")
        await room.owner.press("ctrl+s")
        await room.owner.until_on(MembersPage)
        await room.owner.until(lambda: room.words("#filter").startswith("Gold members who came at least 5"))
        asked = room.store.last(ListMembers)
        assert isinstance(asked, ListMembers)
        assert asked.filter == MemberFilter(
            tiers=(2,), visits_least=5, spent_least_minor=1250, rfm=(RfmClass.IMPORTANT_VALUE,)
        )


async def test_goods_are_named_by_code_and_shown_by_name(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.fill(goods="1001")
        await room.owner.press("ctrl+s")
        await room.owner.until_on(MembersPage)
        await room.owner.until(lambda: CRISPS in room.words("#filter"))
        asked = room.store.last(ListMembers)
        assert isinstance(asked, ListMembers)
        assert asked.filter.bought_product == 1
        await room.filter_form()
        assert room.owner.form.rows["goods"].editor.text == CRISPS


async def test_goods_that_are_not_clear_are_chosen_from_a_list(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.fill(goods="75g")
        await room.fill(goods="惠宜")
        await room.fill(goods="e")  # Oolong tea and Apples
        await room.owner.press("ctrl+s")
        await room.owner.until_on(Picker)
        await room.owner.press("down", "enter")
        await room.owner.until_on(MembersPage)
        asked = room.store.last(ListMembers)
        assert isinstance(asked, ListMembers)
        assert asked.filter.bought_product == 4


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("visits_least", "often", "not a whole number"),
        ("joined_from", "last week", "not a date"),
        ("goods", "moon cheese", "No goods fit"),
        ("spent_least_minor", "much", "not an amount"),
    ],
)
async def test_what_cannot_be_understood_is_said_at_its_field(
    tmp_path: Path, field: str, text: str, words: str
) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.fill(**{field: text})
        await room.owner.press("ctrl+s")
        await room.owner.until(lambda: words in room.owner.form.rows[field].sentence)
        assert isinstance(room.owner.app.screen, FilterScreen)


async def test_a_range_upside_down_is_not_asked(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.fill(visits_least="5", visits_most="3")
        await room.owner.press("ctrl+s")
        await room.owner.until(lambda: "Nobody could fit" in room.owner.form.rows["visits_most"].sentence)
    assert upside_down(MemberFilter(joined_from="2026-02-01", joined_until="2026-01-31")) == "joined_until"
    assert not upside_down(MemberFilter(joined_from="2026-02-01", spent_least_minor=5))


async def test_several_tiers_are_chosen_with_space(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.owner.press("space")
        await room.owner.until_on(SeveralPicker)
        await room.owner.press("down", "space", "down", "space", "enter")
        await room.owner.until_on(FilterScreen)
        assert room.owner.form.rows["tiers"].editor.text == "1\n2"
        await room.owner.until(lambda: "Silver or Gold members" in room.words("#sentence"))
        await room.owner.press("space")
        await room.owner.until_on(SeveralPicker)
        await room.owner.press("down", "space", "down", "space", "enter")
        await room.owner.until_on(FilterScreen)
        assert room.owner.form.rows["tiers"].editor.text == ""


# --- segments and tags ------------------------------------------------------------------------------


async def test_a_filter_is_kept_under_a_name(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.fill(tiers="1")
        await room.go("f8", FormDialog)
        room.owner.form.rows["name"].editor.text = "Silver people"
        await room.owner.press("ctrl+s")
        await room.owner.until_on(FilterScreen)
        assert room.store.segments["Silver people"].filter == MemberFilter(tiers=(1,))
        assert "Saved: Silver people." in room.owner.said


async def test_a_segment_is_replaced_only_at_the_second_go(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.go("f8", FormDialog)
        room.owner.form.rows["name"].editor.text = QUIET.name
        await room.owner.press("ctrl+s")
        await room.owner.until(lambda: "one of this name" in room.owner.form.rows["name"].sentence)
        assert room.store.segments[QUIET.name] == QUIET
        await room.owner.press("ctrl+s")
        await room.owner.until_on(FilterScreen)
        assert room.store.segments[QUIET.name].filter == MemberFilter()


async def test_a_segment_lists_its_members(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("f9", SegmentsScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 2)
        await room.owner.press("down")
        words = "Gold members who came at least 5 times and did not come for 30 days."
        assert room.words("#sentence") == words
        await room.owner.press("enter")
        await room.owner.until_on(MembersPage)
        await room.owner.until(lambda: room.words("#filter") == words[:-1])
        await room.go("f9", SegmentsScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 2)
        await room.owner.press("enter")
        await room.listed(350)


async def test_a_segment_is_changed_and_forgotten(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("f9", SegmentsScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 2)
        await room.owner.press("down")
        await room.go("f8", SavedFilterScreen)
        await room.owner.until(lambda: room.owner.app.screen.query("FormView"))
        await room.fill(away_least_days="60")
        await room.owner.press("ctrl+s")
        await room.owner.until_on(SegmentsScreen)
        saved = room.store.last(SaveSegment)
        assert isinstance(saved, SaveSegment)
        assert saved.segment.filter == QUIET.filter.model_copy(update={"away_least_days": 60})
        await room.go("delete", Question)
        await room.owner.press("enter")
        await room.owner.until(lambda: not room.store.segments)


async def test_tags_are_shown_with_their_members_and_rules(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("ctrl+b", TagsScreen)
        await room.owner.until(lambda: room.owner.table.rows)
        assert [row.cells for row in room.owner.table.rows] == [
            ("regular", "120", "(by hand alone)"), ("tea", "8", "Silver members."),
        ]  # fmt: skip
        await room.owner.press("enter")
        await room.owner.until_on(MembersPage)
        await room.owner.until(lambda: room.words("#filter") == "All members who have the tag “regular”")


async def test_a_tag_is_given_by_a_rule(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("ctrl+b", TagsScreen)
        await room.owner.until(lambda: room.owner.table.rows)
        await room.go("ctrl+n", FormDialog)
        room.owner.form.rows["tag"].editor.text = "gold"
        await room.owner.press("ctrl+s")
        await room.owner.until_on(SavedFilterScreen)
        await room.owner.until(lambda: room.owner.app.screen.query("FormView"))
        assert not [r for r in room.store.asked if isinstance(r, SaveTagRule)]
        await room.fill(tiers="2")
        await room.owner.press("ctrl+s")
        await room.owner.until_on(TagsScreen)
        await room.owner.until(lambda: ("gold", "0", "Gold members.") in room.rows)
        assert room.store.tag_rules["gold"].filter == MemberFilter(tiers=(2,))


async def test_a_rule_is_removed_after_a_question(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("ctrl+b", TagsScreen)
        await room.owner.until(lambda: room.owner.table.rows)
        await room.owner.press("delete")
        assert "No rule gives this tag" in room.owner.said
        await room.owner.press("down")
        await room.go("delete", Question)
        await room.owner.press("enter")
        await room.owner.until(lambda: not room.store.tag_rules)


async def test_a_filter_on_the_screen_becomes_a_rule(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.filter_form()
        await room.fill(abc="A")
        await room.go("f9", FormDialog)
        room.owner.form.rows["name"].editor.text = "best"
        await room.owner.press("ctrl+s")
        await room.owner.until_on(FilterScreen)
        assert room.store.tag_rules["best"].filter == MemberFilter(abc=(AbcClass.A,))


# --- export -----------------------------------------------------------------------------------------


async def test_the_filtered_list_is_written_as_it_is_shown(tmp_path: Path) -> None:
    store = MemberOffice(1500)
    async with members(tmp_path, store) as room:
        room.page.show_filter(MemberFilter(tiers=(2,), visits_least=1))
        await room.listed(450)
        await room.go("f10", FileDialog)
        path = tmp_path / "gold.xlsx"
        room.owner.app.screen.query_one("#path", Entry).value = str(path)
        await room.owner.press("enter")
        await room.owner.until(lambda: "450 rows" in room.owner.said)
        sheet = openpyxl.load_workbook(path, read_only=True)
        rows = list(sheet.worksheets[0].iter_rows(values_only=True))
        sheet.close()
        assert store.exports == [MemberFilter(tiers=(2,), visits_least=1)]
        assert rows[0][:3] == ("Member no.", "Member", "Phone")
        assert len(rows) == 451
        assert rows[-1][:7] == (
            "101499", "欧阳明 1499", "138****1499", "Gold", "1499", "9", "1111.05",
        )  # fmt: skip


async def test_an_export_of_search_hits_is_not_made_by_mistake(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.owner.write("zhao")
        await room.listed(70)
        await room.owner.press("f10")
        assert "Empty the search line" in room.owner.said


# --- classes and points that end --------------------------------------------------------------------


async def test_the_picture_says_what_to_do_with_a_class_and_lists_it(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("f6", ClassesScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 12)
        assert "as of 2026-11-21" in room.words(".page-title")
        assert room.words("#advice").startswith("Best: They come lately, often")
        await room.owner.press("down", "down")
        assert room.words("#advice").startswith("Slipping: ")
        await room.owner.press("enter")
        await room.owner.until_on(MembersPage)
        await room.owner.until(lambda: room.words("#filter") == "All members who are of class Slipping")


async def test_nothing_is_said_of_the_classes_before_the_store_has_answered(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("f6", ClassesScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 12)
        screen = room.owner.table.screen
        assert isinstance(screen, ClassesScreen)
        assert room.owner.table.empty.startswith("No daily calculation yet")
        screen._counts = None
        screen._draw()
        assert room.owner.table.empty == ""


async def test_those_who_never_bought_are_a_class_too(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("f6", ClassesScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 12)
        await room.owner.press("end", "enter")
        await room.listed(35)
        assert room.words("#filter") == "All members who never bought anything"


def test_the_parts_of_a_bar_fill_it_exactly() -> None:
    for amounts in ((1, 1, 1), (0, 0, 7), (999, 1, 0), (5, 3, 2), (0, 0, 0)):
        for width in (40, 64, 91):
            assert len(stack(amounts, width)) == width
    assert stack((1, 1, 1), 40).endswith("█ A 33 %  ▒ B 34 %  ░ C 33 %")


async def test_points_that_end_lead_to_the_profile(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("ctrl+e", WarningsScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 2)
        assert room.owner.table.rows[0].cells == (
            "2026-11-21", "100001", "王小美", "300", "2026-11-22", "1 day",
        )  # fmt: skip
        await room.go("enter", ProfileScreen)


# --- two who are one --------------------------------------------------------------------------------


async def test_duplicates_come_piece_by_piece_and_esc_stops(tmp_path: Path) -> None:
    store = MemberOffice()
    async with members(tmp_path, store) as room:
        store.gate = asyncio.Semaphore(1)
        await room.go("ctrl+d", DuplicatesScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 2)
        assert "looking on" in room.words("#info")
        await room.owner.press("escape")
        await room.owner.until(lambda: "stopped" in room.words("#info"))
        assert isinstance(room.owner.app.screen, DuplicatesScreen)
        for _piece in range(3):
            store.gate.release()
        await room.owner.press("ctrl+r")
        await room.owner.until(lambda: len(room.owner.table.rows) == 3)
        assert len([r for r in store.asked if isinstance(r, FindDuplicates)]) == 4
        await room.owner.press("escape")
        await room.owner.until_on(MembersPage)


async def test_two_are_compared_and_merged_with_a_reason(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("ctrl+d", DuplicatesScreen)
        await room.owner.until(lambda: len(room.owner.table.rows) == 3)
        await room.go("enter", CompareScreen)
        comparison = room.owner.app.screen.query_one(Comparison)
        await room.owner.until(lambda: "100001 stays" in str(comparison.render()))
        shown = str(comparison.render())
        assert "Points: 1,550 + 6 = 1,556" in shown
        assert "1 card moves to 100001." in shown
        await room.owner.press("right")
        assert "100006 stays; 100001 closes" in str(comparison.render())
        await room.owner.press("left")
        await room.go("ctrl+s", FormDialog)
        await room.owner.press("ctrl+s")
        assert "Please fill this in" in room.owner.form.rows["reason"].sentence
        room.owner.form.rows["reason"].editor.text = "same person, she told us"
        await room.owner.press("ctrl+s")
        await room.owner.until_on(DuplicatesScreen)
        merged = room.store.merged[0]
        assert (merged.keep_id, merged.merge_id) == (1, 6)
        assert merged.reason == "same person, she told us"
        assert len(room.owner.table.rows) == 2
        assert "Both numbers find" in room.owner.said


async def test_two_who_are_named_are_compared(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("ctrl+d", DuplicatesScreen)
        await room.go("ctrl+n", FormDialog)
        await room.fill(first="100010", second="10001")
        await room.owner.press("ctrl+s")
        await room.owner.until(lambda: "Several fit" in room.owner.form.rows["second"].sentence)
        await room.fill(second="100010")
        await room.owner.press("ctrl+s")
        await room.owner.until(lambda: "same member" in room.owner.form.rows["second"].sentence)
        await room.fill(second="100017")
        await room.owner.press("ctrl+s")
        await room.owner.until_on(CompareScreen)


# --- new members ------------------------------------------------------------------------------------


async def test_somebody_becomes_a_member_with_all_that_they_tell(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.owner.write("13987654321")
        await room.listed(0)
        await room.go("ctrl+n", NewMember)
        await room.owner.until(lambda: room.owner.app.screen.query("FormView"))
        assert room.owner.form.rows["phone"].editor.text == "13987654321"
        await room.fill(name="林黛玉", birthday="02-12", tags="tea, poems", referrer="100001")
        await room.fill(**{"extra:Favourite tea": "green", "extra:Newsletter": "yes"})
        await room.owner.press("ctrl+s")
        await room.owner.until_on(ProfileScreen)
        made = room.store.registered[0]
        assert (made.name, made.phone, made.birthday, made.gender) == (
            "林黛玉", "13987654321", "02-12", "unknown",
        )  # fmt: skip
        assert made.tags == ("tea", "poems")
        assert {extra.field: extra.value for extra in made.extras} == {
            "Favourite tea": "green", "Newsletter": "yes",
        }  # fmt: skip


async def test_a_phone_that_somebody_has_is_refused_at_its_field(tmp_path: Path) -> None:
    async with members(tmp_path) as room:
        await room.go("ctrl+n", NewMember)
        await room.owner.until(lambda: room.owner.app.screen.query("FormView"))
        await room.fill(name="Somebody", phone="13900001111")
        await room.owner.press("ctrl+s")
        await room.owner.until(lambda: "Zhao Lei" in room.owner.form.rows["phone"].sentence)
        assert room.owner.form.rows["name"].editor.text == "Somebody"


# --- words ------------------------------------------------------------------------------------------

NAMED = Names({0: "Basic", 1: "Silver", 2: "Gold"}, {3: "Food › Snacks"}, {9: "crisps"})


@pytest.mark.parametrize(
    ("wanted", "english", "chinese"),
    [
        (MemberFilter(), "All members", "全部会员"),
        (
            MemberFilter(tiers=(2,), bought_product=9, away_least_days=30),
            "Gold members who did not come for 30 days and bought crisps",
            "等级为Gold的会员：30 天没来，且买过crisps",
        ),
        (
            MemberFilter(tiers=(0, 1, 2), gender="female", birthday_month=5, tags=("tea", "vip")),
            "Basic, Silver or Gold members who are women, have their birthday in May and have the tags "
            "“tea” together with “vip”",
            "等级为Basic、Silver或Gold的会员：女性，五月过生日，且有标签“tea”和“vip”",
        ),
        (
            MemberFilter(visits_least=3, visits_most=5, spent_least_minor=10000, points_least=1),
            "All members who came 3 to 5 times, spent at least 100.00 and have at least 1 point",
            "全部会员：来过 3 到 5 次，累计消费至少 100.00，且积分至少 1",
        ),
        (
            MemberFilter(state=MemberState.CLOSED, joined_from="2026-01-01", bought_category=3),
            "Members, membership ended, who joined on 2026-01-01 or later and bought something of "
            "Food › Snacks",
            "已退会的会员：2026-01-01 或以后入会，且买过“Food › Snacks”类商品",
        ),
    ],
)
def test_a_filter_reads_as_a_sentence(wanted: MemberFilter, english: str, chinese: str) -> None:
    def money(amount: int) -> str:
        return f"{amount / 100:.2f}"

    assert sentence(wanted, NAMED, money) == english
    with speaking("zh_CN"):
        assert sentence(wanted, NAMED, money) == chinese


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_every_page_of_the_members_fits_into_the_window(
    tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    async with members(tmp_path, size=size, language=language) as room:
        for key, screen in (
            ("f8", FilterScreen), ("f9", SegmentsScreen), ("f6", ClassesScreen), ("ctrl+b", TagsScreen),
            ("ctrl+e", WarningsScreen), ("ctrl+d", DuplicatesScreen), ("ctrl+n", NewMember),
        ):  # fmt: skip
            await room.go(key, screen)
            await room.owner.until(lambda: room.owner.app.screen.query("FormView, Table"))
            await room.owner.pilot.pause()
            for widget in room.owner.app.screen.query(".page-body > Words, KeyBar, NoticeLine, Table"):
                assert widget.region.right <= size[0]
                assert widget.region.bottom <= size[1]
            await room.owner.press("escape")
            await room.owner.until_on(MembersPage)
