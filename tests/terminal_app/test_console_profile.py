"""A member in the back room: the profile, and what is done to a membership there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from profile_office import CLOSED, ERASED, MEI, MERGED, ProfileOffice
from test_console_pages import Owner, back_room

from protocol.identifiers import MemberId
from protocol.messages.base import Refused
from protocol.messages.members import LookAtProfile
from protocol.permissions import Permission
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.members.profile_screen import ProfileScreen
from terminal_app.console.members.profile_sheet import ProfileSheet
from terminal_app.screens.approval import ApprovalDialog


class Office:
    """Somebody before the profile of a member."""

    def __init__(self, owner: Owner, store: ProfileOffice) -> None:
        self.owner = owner
        self.store = store

    @property
    def sheet(self) -> str:
        return self.owner.app.screen.query_one(ProfileSheet).text

    @property
    def ending(self) -> str:
        words = self.owner.app.screen.query_one("#ending").render()
        return str(words)

    async def open(self, member_id: MemberId) -> None:
        self.owner.app.push_screen(ProfileScreen(member_id))
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
