"""A member in the back room: the profile, and what is done to a membership there."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import openpyxl
import pytest
from profile_office import CLOSED, ERASED, MEI, MERGED, ProfileOffice
from test_console_pages import Owner, back_room

from protocol.identifiers import CardId, MemberId, SaleId
from protocol.messages.base import Refused
from protocol.messages.cards import CardKind, CardState, IssueCard, ReplaceCard
from protocol.messages.members import (
    ChangeMember,
    GiveTier,
    LookAtProfile,
    MemberChanged,
    MemberState,
    TagMember,
)
from protocol.messages.points import AdjustPoints, GetPointsStatement
from protocol.messages.profiles import CloseMember, EraseMember, ExportMember
from protocol.messages.sales import GetSale, ListSales
from protocol.permissions import Permission
from terminal_app.console.file_dialog import FileDialog
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.members.member_cards import MemberCardsScreen
from terminal_app.console.members.member_cards_dialog import CardDialog
from terminal_app.console.members.member_form_screen import MemberFormScreen
from terminal_app.console.members.points_ledger import PointsLedgerScreen
from terminal_app.console.members.points_ledger_adjust import AdjustDialog
from terminal_app.console.members.profile_screen import ProfileScreen
from terminal_app.console.members.profile_sheet import ProfileSheet
from terminal_app.console.members.purchases import PurchasesScreen
from terminal_app.console.members.tier_history import TierHistoryScreen
from terminal_app.console.paper import PaperScreen
from terminal_app.console.picker import Picker
from terminal_app.console.question import Question
from terminal_app.console.sales_screen import SaleScreen
from terminal_app.console.table import Table
from terminal_app.screens.approval import ApprovalDialog
from terminal_app.widgets.field import Entry


class Office:
    """Somebody before the profile of a member."""

    def __init__(self, owner: Owner, store: ProfileOffice) -> None:
        self.owner = owner
        self.store = store
        self.left_with: list[bool | None] = []

    @property
    def sheet(self) -> str:
        return self.owner.app.screen.query_one(ProfileSheet).text

    @property
    def ending(self) -> str:
        words = self.owner.app.screen.query_one("#ending").render()
        return str(words)

    async def go(self, key: str, screen: type) -> None:
        """Press a key that opens a screen."""
        await self.owner.press(key)
        await self.owner.until_on(screen)

    async def fill(self, **texts: str) -> None:
        """Write into fields of the form on the screen."""
        for key, text in texts.items():
            self.owner.form.rows[key].editor.text = text
        await self.owner.pilot.pause()

    def shown(self, where: str = "Table") -> list[tuple[str, ...]]:
        """Return the rows of a table."""
        return [row.cells for row in self.owner.app.screen.query_one(where, Table).rows]

    async def open(self, member_id: MemberId) -> None:
        self.owner.app.push_screen(ProfileScreen(member_id), self.left_with.append)
        await self.owner.until_on(ProfileScreen)
        await self.owner.until(lambda: self.sheet.strip())


@asynccontextmanager
async def profile(
    tmp_path: Path, member_id: MemberId = MEI, size: tuple[int, int] = (80, 24), language: str = "en"
) -> AsyncIterator[Office]:
    """A console with the profile of a member open."""
    store = ProfileOffice()
    async with back_room(tmp_path, store, size, language) as owner:
        office = Office(owner, store)
        await office.open(member_id)
        yield office


async def test_the_profile_says_all_that_is_known_with_the_phone_masked(tmp_path: Path) -> None:
    async with profile(tmp_path, size=(120, 40)) as office:
        sheet = office.sheet
        for words in (
            "138****5678", "11-25, in 4 days", "100009 李静", "Silver", "5 % off",
            "280 more for Gold",
            "80 more until 2027-06-30 to keep Silver", "1,550", "300 end after 2026-12-31", "37",
            "2026-11-18, 3 days ago", "138.47", "5,123.40", "Oolong tea", "Best customer", "regular, tea",
            "Greets the dog first",
        ):  # fmt: skip
            assert words in sheet, words
        assert "13812345678" not in sheet
        assert "mei@example.com" not in sheet


async def test_the_whole_profile_is_shown_after_a_look_with_a_reason_and_hidden_again(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.owner.press("f8")
        await office.owner.until_on(FormDialog)
        await office.owner.write("asked for her address")
        await office.owner.press("enter")
        await office.owner.until(lambda: "13812345678" in office.sheet)
        assert "Favourite tea" in office.sheet
        assert "mei@example.com" in office.sheet
        assert office.store.looks == ["asked for her address"]
        assert "journal" in office.owner.said
        await office.owner.press("f8")
        await office.owner.until(lambda: "13812345678" not in office.sheet)


async def test_who_may_not_look_has_somebody_approve(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        office.store.refuse[LookAtProfile] = Refused(
            code="approval_needed", explanation="Somebody who may has to approve.",
            permission=Permission.SEE_FULL_PROFILE,
        )  # fmt: skip
        await office.owner.press("f8")
        await office.owner.until_on(FormDialog)
        await office.owner.press("enter")
        await office.owner.until_on(ApprovalDialog)
        await office.owner.press("escape")
        await office.owner.until_on(FormDialog)
        await office.owner.press("escape")
        await office.owner.until_on(ProfileScreen)
        assert "138****5678" in office.sheet
        assert office.store.looks == []


async def test_a_merged_member_says_who_has_the_books_and_enter_goes_there(tmp_path: Path) -> None:
    async with profile(tmp_path, MERGED) as office:
        assert "100001 王小美 has the books now" in office.ending
        await office.owner.press("enter")
        await office.owner.until(lambda: "Silver" in office.sheet)
        assert office.ending == ""
        await office.owner.press("escape")
        await office.owner.until(lambda: "has the books now" in office.ending)


async def test_closed_and_erased_members_say_so(tmp_path: Path) -> None:
    async with profile(tmp_path, CLOSED) as office:
        assert "was closed" in office.ending
    async with profile(tmp_path, ERASED) as office:
        assert "was erased" in office.ending
        assert "(erased)" in office.owner.app.screen.title_words()  # type: ignore[attr-defined]


async def test_news_of_the_member_are_shown_at_once(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        office.store.changed(MEI, note="Moved to Suzhou")
        office.owner.app.store_fact(MemberChanged(member_id=MEI, fields=("note",)))
        await office.owner.until(lambda: "Moved to Suzhou" in office.sheet)


# --- changing what is known -------------------------------------------------------------------------


async def test_only_what_was_changed_is_saved_with_the_version_that_was_read(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("ctrl+e", MemberFormScreen)
        assert office.owner.form.texts()["phone"] == "13812345678"
        assert office.owner.form.texts()["extra:Favourite tea"] == "oolong"
        await office.fill(name="王小梅", birthday="05-17", **{"extra:Shoe size": "38"})
        await office.owner.press("ctrl+s")
        await office.owner.until_on(ProfileScreen)
        request = office.store.last(ChangeMember)
        assert isinstance(request, ChangeMember)
        assert (request.name, request.birthday, request.version) == ("王小梅", "05-17", 3)
        assert (request.phone, request.email, request.note) == (None, None, None)
        assert {extra.field: extra.value for extra in request.extras or ()} == {
            "Favourite tea": "oolong", "Newsletter": "yes", "Shoe size": "38",
        }  # fmt: skip
        assert office.store.looks == ["to change it"]
        await office.owner.press("escape")
        await office.owner.until(lambda: office.left_with == [True])


async def test_a_change_that_somebody_else_made_first_is_explained_and_nothing_typed_is_lost(
    tmp_path: Path,
) -> None:
    async with profile(tmp_path) as office:
        await office.go("ctrl+e", MemberFormScreen)
        office.store.changed(MEI, note="changed at the till")
        await office.fill(name="王小梅")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: "in the meantime" in office.owner.said)
        assert "Nothing was stored" in office.owner.said
        assert office.owner.form.texts()["name"] == "王小梅"
        await office.go("escape", Question)


async def test_mistakes_and_clashes_are_said_at_their_field(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("ctrl+e", MemberFormScreen)
        await office.fill(birthday="31.2.", phone="13900001111")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: "1990-05-17" in office.owner.form.rows["birthday"].sentence)
        await office.fill(birthday="")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: "Zhao Lei" in office.owner.form.rows["phone"].sentence)
        await office.fill(phone="13812345678", **{"extra:Shoe size": "39"})
        office.store.refuse[ChangeMember] = Refused(
            code="bad_extra", field="extras", explanation="Shoe size: this is no number."
        )
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: office.owner.form.rows["extra:Shoe size"].sentence)


async def test_who_may_not_see_personal_data_changes_the_rest(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        office.store.refuse[LookAtProfile] = Refused(
            code="approval_needed", explanation="Somebody who may has to approve.",
            permission=Permission.SEE_FULL_PROFILE,
        )  # fmt: skip
        await office.go("ctrl+e", ApprovalDialog)
        await office.go("escape", MemberFormScreen)
        assert set(office.owner.form.rows) == {"name", "pinyin", "gender", "note"}
        await office.fill(note="likes oolong")
        await office.owner.press("ctrl+s")
        await office.owner.until_on(ProfileScreen)
        assert office.store.members[MEI].phone == "13812345678"
        assert office.store.members[MEI].note == "likes oolong"


async def test_tags_are_given_and_taken_off_in_one_line(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("ctrl+n", FormDialog)
        assert office.owner.form.texts()["tags"] == "regular, tea"
        await office.fill(tags="tea，VIP、 tea")
        await office.owner.press("enter")
        await office.owner.until(lambda: "VIP, tea" in office.sheet)
        assert office.store.last(TagMember) == TagMember(member_id=MEI, add=("VIP",), remove=("regular",))


# --- cards --------------------------------------------------------------------------------------------


async def test_a_lost_card_is_found_again_after_an_identity_check(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("f9", MemberCardsScreen)
        await office.owner.until(lambda: office.shown("#cards"))
        await office.go("f8", FormDialog)
        await office.owner.write("left in a taxi")
        await office.owner.press("enter")
        await office.owner.until(lambda: office.shown("#cards")[0][2] == "Reported lost")
        assert office.shown("#events")[0][2:4] == ("Reported lost", "left in a taxi")
        await office.owner.press("f10")
        await office.owner.until(lambda: "cannot be done" in office.owner.said)
        await office.go("f9", FormDialog)
        await office.owner.press("enter")
        await office.owner.until(lambda: office.owner.form.rows["identity_check"].sentence)
        await office.owner.write("ID card seen")
        await office.owner.press("enter")
        await office.owner.until(lambda: office.shown("#cards")[0][2] == "Card in use")


async def test_a_card_is_issued_by_a_scan_and_a_used_one_is_refused_at_its_field(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("f9", MemberCardsScreen)
        await office.go("ctrl+n", CardDialog)
        assert office.owner.app.screen.take_scan("6100001")  # type: ignore[attr-defined]
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: "belongs to" in office.owner.form.rows["number"].sentence)
        assert office.owner.app.screen.take_card("04A1B2C3")  # type: ignore[attr-defined]
        await office.owner.press("ctrl+s")
        await office.owner.until_on(MemberCardsScreen)
        request = office.store.last(IssueCard)
        assert request == IssueCard(member_id=MEI, card_kind=CardKind.CONTACTLESS, number="04A1B2C3")
        assert [row[0] for row in office.shown("#cards")] == ["04A1B2C3", "6100001"]


async def test_a_scan_goes_to_its_card_and_an_unknown_one_is_offered_to_be_issued(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("f9", MemberCardsScreen)
        await office.owner.until(lambda: office.shown("#cards"))
        cards = office.owner.app.screen
        assert isinstance(cards, MemberCardsScreen)
        cards.take_scan("6100001")
        await office.owner.pilot.pause()
        assert office.owner.app.screen is cards
        cards.take_scan("6100777")
        await office.owner.until_on(CardDialog)
        assert office.owner.form.texts()["number"] == "6100777"
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: len(office.store.cards) == 2)


async def test_a_card_is_frozen_replaced_and_taken_back(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("f9", MemberCardsScreen)
        await office.owner.until(lambda: office.shown("#cards"))
        for state in (CardState.FROZEN, CardState.ACTIVE):
            await office.go("f10", FormDialog)
            await office.owner.write("asked by phone")
            await office.owner.press("enter")
            await office.owner.until(lambda state=state: office.store.cards[0].state is state)  # type: ignore[misc]
            await office.owner.until_on(MemberCardsScreen)
        await office.go("ctrl+t", CardDialog)
        await office.fill(number="6100002", identity_check="ID card seen")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: len(office.shown("#cards")) == 2)
        request = office.store.last(ReplaceCard)
        assert isinstance(request, ReplaceCard)
        assert (request.card_id, request.identity_check) == (CardId(1), "ID card seen")
        office.owner.app.screen.query_one("#cards", Table).action_edge(-1)
        await office.go("delete", FormDialog)
        await office.owner.press("enter")
        await office.owner.until(lambda: office.shown("#cards")[0][2] == "Returned")


# --- points -------------------------------------------------------------------------------------------


async def test_the_ledger_shows_balances_and_older_rows_as_one_scrolls(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("f10", PointsLedgerScreen)
        await office.owner.until(lambda: len(office.shown()) == 100)
        assert office.shown()[0][:4] == ("2026-11-21", "Shopping", "+10", "1,550")
        head = office.owner.app.screen.query_one("#lots").render()
        for words in ("Balance 1,550, worth 15.50", "2026-12-31", "1,200", "no last day"):
            assert words in str(head)
        await office.owner.press("end")
        await office.owner.until(lambda: len(office.shown()) == 130)
        assert office.store.last(GetPointsStatement) == GetPointsStatement(
            member_id=MEI, before_row=31, limit=100
        )


async def test_points_are_taken_by_hand_with_the_balance_before_and_after(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("f10", PointsLedgerScreen)
        await office.owner.until(lambda: office.shown())
        await office.go("ctrl+n", AdjustDialog)
        await office.owner.write("many")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: "minus" in office.owner.form.rows["points"].sentence)
        await office.owner.write("-2000")
        after = office.owner.app.screen.query_one("#after")
        await office.owner.until(lambda: "then: -450   More than there is!" in str(after.render()))
        await office.fill(reason="counted twice")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: "1550 are there" in office.owner.form.rows["points"].sentence)
        await office.fill(points="-200")
        assert "Balance now: 1,550   -200   then: 1,350" in str(after.render())
        await office.owner.press("ctrl+s")
        await office.owner.until_on(PointsLedgerScreen)
        await office.owner.until(lambda: office.shown()[0][2:5] == ("-200", "1,350", "counted twice"))
        request = office.store.last(AdjustPoints)
        assert request == AdjustPoints(member_id=MEI, points=-200, reason="counted twice")


async def test_a_row_of_the_ledger_opens_its_sale(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("f10", PointsLedgerScreen)
        await office.owner.until(lambda: office.shown())
        await office.go("enter", SaleScreen)
        assert GetSale(receipt_number="S1-1-20261121-0130") in office.store.asked


async def test_nothing_is_given_to_a_member_who_has_left(tmp_path: Path) -> None:
    async with profile(tmp_path, CLOSED) as office:
        for door, screen in (
            ("f9", MemberCardsScreen),
            ("f10", PointsLedgerScreen),
            ("ctrl+t", TierHistoryScreen),
        ):
            await office.go(door, screen)
            await office.owner.until(lambda: office.shown())
            await office.owner.press("ctrl+n")
            await office.owner.until(lambda: "has ended" in office.owner.said)
            await office.go("escape", ProfileScreen)
        await office.owner.press("ctrl+n")
        await office.owner.until(lambda: "has ended" in office.owner.said)


async def test_the_statement_is_shown_as_paper(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("f10", PointsLedgerScreen)
        await office.go("f8", PaperScreen)
        assert office.owner.app.screen.title_words() == "Points of member 100001"  # type: ignore[attr-defined]


# --- tier and purchases -------------------------------------------------------------------------------


async def test_a_tier_is_given_by_hand_with_a_reason(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("ctrl+t", TierHistoryScreen)
        await office.owner.until(lambda: office.shown())
        assert office.shown()[0][1:4] == ("Upgraded", "Basic", "Silver")
        await office.go("ctrl+n", FormDialog)
        await office.fill(tier="2", reason="opening of the new shop")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: len(office.shown()) == 2)
        assert office.shown()[0][1:] == ("Given by hand", "Silver", "Gold", "opening of the new shop")
        assert office.store.last(GiveTier) == GiveTier(
            member_id=MEI, tier=2, reason="opening of the new shop"
        )
        assert "Gold now" in office.owner.said


async def test_the_sales_of_the_member_are_listed_and_opened(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("ctrl+b", PurchasesScreen)
        await office.owner.until(lambda: office.shown())
        request = office.store.last(ListSales)
        assert isinstance(request, ListSales)
        assert request.member_id == MEI
        assert office.shown()[0][:2] == ("2026-11-21 14:30", "S1-1-20261121-0001")
        await office.go("enter", SaleScreen)
        await office.owner.until(lambda: any(isinstance(r, GetSale) for r in office.store.asked))
        assert office.store.last(GetSale) == GetSale(sale_id=SaleId("sale-1"))


# --- the end of a membership --------------------------------------------------------------------------


async def test_a_membership_is_closed_with_a_reason_and_opened_again(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("delete", Picker)
        await office.go("enter", FormDialog)
        await office.owner.press("enter")
        await office.owner.until(lambda: office.owner.form.rows["reason"].sentence)
        await office.owner.write("moves abroad")
        await office.owner.press("enter")
        await office.owner.until(lambda: "was closed" in office.ending)
        assert office.store.last(CloseMember) == CloseMember(member_id=MEI, reason="moves abroad")
        await office.owner.press("ctrl+e")
        await office.owner.until(lambda: "has ended" in office.owner.said)
        await office.go("delete", Picker)
        await office.go("enter", FormDialog)
        await office.owner.write("came back")
        await office.owner.press("enter")
        await office.owner.until(lambda: office.store.members[MEI].state is MemberState.ACTIVE)
        await office.owner.until(lambda: office.ending == "")


async def test_personal_data_is_erased_only_after_the_number_was_typed(tmp_path: Path) -> None:
    async with profile(tmp_path) as office:
        await office.go("delete", Picker)
        await office.owner.press("down")
        await office.go("enter", FormDialog)
        note = str(office.owner.app.screen.query_one(".paragraph").render())
        assert "Backups" in note
        assert "sales, ledgers and the journal" in note
        await office.fill(reason="asked by letter", number="100002")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: "100001" in office.owner.form.rows["number"].sentence)
        assert not any(isinstance(r, EraseMember) for r in office.store.asked)
        await office.fill(number="100001")
        await office.owner.press("ctrl+s")
        await office.owner.until(lambda: "was erased" in office.ending)
        await office.owner.press("delete")
        await office.owner.until(lambda: "no personal data" in office.owner.said)


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".txt"])
async def test_all_that_is_held_on_a_person_is_written_to_a_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"mei{ending}"
    async with profile(tmp_path) as office:
        await office.go("ctrl+o", FileDialog)
        office.owner.app.screen.query_one("#path", Entry).value = str(path)
        office.owner.app.screen.query_one("#path", Entry).focus()
        await office.owner.press("enter")
        await office.owner.until(lambda: "905 rows" in office.owner.said)
        offsets = [r.offset for r in office.store.asked if isinstance(r, ExportMember)]
        assert offsets == [0, 500]
    if ending == ".xlsx":
        rows = list(openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True))
        assert rows[0] == ("Area", "When", "What", "Value")
        assert rows[3][2:] == ("Favourite tea", "=oolong")
        assert rows[4] == ("Member cards", "2026-11-21 14:30:00", "Frozen", "6100001 lost bag")
        assert rows[5] == ("Member cards", "2026-01-25 14:30:00", "Printed barcode", "6100001 (Card in use)")
        assert len(rows) == 906
    else:
        text = path.read_text(encoding="utf-8-sig")
        assert "王小美" in text
        assert "Female" in text


async def test_who_may_not_export_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "mei.csv"
    async with profile(tmp_path) as office:
        office.store.refuse[ExportMember] = Refused(code="import_running", explanation="Come back later.")
        await office.go("ctrl+o", FileDialog)
        office.owner.app.screen.query_one("#path", Entry).value = str(path)
        office.owner.app.screen.query_one("#path", Entry).focus()
        await office.owner.press("enter")
        await office.owner.until(lambda: "Come back later" in office.owner.said)
    assert "mei" not in " ".join(os.listdir(tmp_path))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_every_screen_of_a_member_speaks_chinese(tmp_path: Path, size: tuple[int, int]) -> None:
    async with profile(tmp_path, MEI, size, "zh_CN") as office:
        assert "手机号" in office.sheet
        assert "重要价值客户" in office.sheet
        for key, screen in (
            ("f9", MemberCardsScreen),
            ("f10", PointsLedgerScreen),
            ("ctrl+t", TierHistoryScreen),
        ):
            await office.go(key, screen)
            await office.owner.until(lambda: office.shown())
            await office.go("escape", ProfileScreen)
