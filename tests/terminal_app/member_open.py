"""The terminal with the screen of one member open, for tests that press its keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from member_desk import MEMBER, MemberDesk, MemberWorld
from till_at_work import Counter, counter

from protocol.messages import devices
from terminal_app.members.member_screen import MemberScreen


class Desk:
    """A counter with the member's screen open."""

    def __init__(self, till: Counter, desk: MemberDesk, screen: MemberScreen) -> None:
        """Hold the parts."""
        self.till = till
        self.desk = desk
        self.screen = screen

    @property
    def state(self) -> str:
        """How the member's latest card stands."""
        assert self.screen.cards is not None
        return str(self.screen.cards.cards[0].state)

    async def approve(self) -> None:
        """Have the supervisor approve what is asked for."""
        await self.till.until(lambda: "Approval needed" in self.till.screen_text)
        await self.till.type("9")
        await self.till.press("enter")
        await self.till.type("9999")
        await self.till.press("enter")

    async def phone_at_the_reader(self) -> None:
        """Hold a phone before the card reader."""
        self.till.world.tell(
            devices.CardPresented(
                number=99,
                device="card-1",  # type: ignore[arg-type]
                uid="08AABBCC",
                random_uid=True,
                claimed_by="lane-1",  # type: ignore[arg-type]
                at=self.till.world.clock(),
            )
        )
        await self.till.rest()


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
