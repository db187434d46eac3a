"""A terminal with a whole small shop behind it, for tests that press keys and scan."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fake_world import FakeWorld
from textual.pilot import Pilot

from terminal_app.app import TerminalApp
from terminal_app.checkout.screen import CheckoutScreen
from terminal_app.settings import TerminalSettings
from terminal_app.widgets.notice import NoticeLine

COLA, WATER, CRISPS, CANDY = "6901234567892", "6902083881405", "5000112637922", "6901028075763"


class Counter:
    """The terminal under test, with words for what a cashier does and sees."""

    def __init__(self, world: FakeWorld, app: TerminalApp, pilot: Pilot[Any]) -> None:
        """Hold the parts."""
        self.world = world
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Press keys and let the program come to rest."""
        for key in keys:
            await self.pilot.press(key)
        await self.rest()

    async def type(self, text: str) -> None:
        """Type characters."""
        await self.press(*(_KEY_NAMES.get(character, character) for character in text))

    async def scan(self, *codes: str) -> None:
        """Scan and let the program come to rest."""
        self.world.scan(*codes)
        await self.rest()

    async def rest(self) -> None:
        """Wait until nothing is under way."""
        for _ in range(3):
            await self.pilot.pause()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait for something, at most five seconds."""
        for _ in range(500):
            if true():
                return
            await self.pilot.pause(0.01)
        raise AssertionError(f"it did not happen; the notice says {self.notice!r}")

    async def sign_on(self, code: str = "7", pin: str = "1234") -> None:
        """Sign the cashier on."""
        await self.type(code)
        await self.press("enter")
        await self.type(pin)
        await self.press("enter")
        await self.until(lambda: isinstance(self.app.screen, CheckoutScreen))
        await self.rest()

    @property
    def notice(self) -> str:
        """What the notice line of the screen on top says."""
        lines = self.app.screen.query(NoticeLine)
        return lines.first().text if lines else ""

    @property
    def screen_text(self) -> str:
        """Every line of the screen as it is drawn."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in lines)

    @property
    def member(self) -> str | None:
        """The name of the member beside the sale; None: nobody is there."""
        basket = self.app.till.basket
        return basket.member_name if basket is not None and basket.member_id is not None else None

    @property
    def total(self) -> int:
        """What the basket costs, in minor units."""
        basket = self.app.till.basket
        return basket.total_minor if basket is not None else 0

    @property
    def lines(self) -> list[tuple[str, int]]:
        """Codes and quantities of the basket that the terminal shows."""
        basket = self.app.till.basket
        return [(line.code, line.quantity_thousandths) for line in basket.lines] if basket else []


_KEY_NAMES = {"*": "asterisk", ".": "full_stop", "%": "percent_sign", " ": "space"}


@asynccontextmanager
async def counter(
    directory: Path,
    *,
    size: tuple[int, int] = (80, 24),
    language: str = "en",
    shift: bool = True,
    world: FakeWorld | None = None,
    **settings: Any,
) -> AsyncIterator[Counter]:
    """Run a terminal against a fake shop."""
    world = world or FakeWorld()
    if shift:
        world.shop.open_shift()
    app = TerminalApp(
        TerminalSettings.model_validate({"language": language, "data_directory": directory, **settings}),
        world,
        clock=world.clock,
    )
    app.survives_errors = False
    async with app.run_test(size=size) as pilot:
        at_work = Counter(world, app, pilot)
        await at_work.rest()
        yield at_work
