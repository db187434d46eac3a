"""The screen of one member: who it is, cards, points, and what a cashier does there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from member_desk import MEMBER, MemberDesk, MemberWorld
from till_at_work import Counter, counter

from protocol.messages import points
from terminal_app.members.member_screen import MemberScreen


class Desk:
    """A counter with the member's screen open."""

    def __init__(self, till: Counter, desk: MemberDesk, screen: MemberScreen) -> None:
        """Hold the parts."""
        self.till = till
        self.desk = desk
        self.screen = screen


@asynccontextmanager
async def member_open(
    directory: Path,
    *,
    size: tuple[int, int] = (120, 40),
    code: str = "7",
    pin: str = "1234",
    language: str = "en",
) -> AsyncIterator[Desk]:
    """Sign on and open the screen of the member."""
    world = MemberWorld()
    async with counter(directory, size=size, world=world, language=language) as till:
        await till.sign_on(code, pin)
        screen = MemberScreen(till.app.till, MEMBER)
        await till.app.push_screen(screen)
        await till.until(lambda: screen.points is not None)
        await till.rest()
        yield Desk(till, world.desk, screen)


async def test_a_wide_window_shows_who_it_is_and_cards_and_points_side_by_side(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        text = at.till.screen_text
        for words in ("张晓明", "138****5678", "2,400 more to Platinum", "04A1B2C3D4E5F6", "active", "1,200"):
            assert words in text


async def test_a_narrow_window_shows_one_part_at_a_time(tmp_path: Path) -> None:
    async with member_open(tmp_path, size=(80, 24)) as at:
        await at.till.press("tab")
        await at.till.press("tab")


async def test_a_check_in_says_what_it_gave_and_a_second_one_that_it_was_done(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f5")
        await at.till.until(lambda: "gets 5 points" in at.till.notice)
        await at.till.press("f5")
        await at.till.until(lambda: "checked in today already" in at.till.notice)
        assert len(at.desk.of(points.CheckInMember)) == 2
