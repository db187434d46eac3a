"""Pictures of the terminal, and a walk through every screen in the smallest window."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from fake_world import FakeWorld
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from till_at_work import CANDY, COLA, CRISPS, WATER, Counter, counter

from terminal_app.app import TerminalApp
from terminal_app.settings import TerminalSettings
from terminal_app.widgets.cells import cell_len

Steps = Callable[[Counter], Awaitable[None]]


async def nothing(_till: Counter) -> None:
    """Stay at the door."""


async def basket(till: Counter) -> None:
    """Sell four things, one of them voided, one with a note."""
    await till.sign_on("9", "9999")
    await till.scan(COLA)
    await till.type("3*")
    await till.scan(CRISPS, WATER, CANDY)
    await till.press("ctrl+w")
    await till.type("gift")
    await till.press("enter", "up", "delete")
    await till.until(lambda: till.app.till.basket is not None and till.app.till.basket.lines[2].voided)
    await till.press("escape")


async def tender(till: Counter) -> None:
    """Pay a part."""
    await basket(till)
    await till.press("f10")
    await till.type("20")
    await till.press("enter")


async def paid(till: Counter) -> None:
    """Pay all."""
    await basket(till)
    await till.type("100")
    await till.press("f9")
    await till.until(lambda: till.app.till.done is not None)


async def training(till: Counter) -> None:
    """Practise."""
    await till.sign_on()
    await till.press("ctrl+t", "enter")
    await till.until(lambda: till.world.shop.training)
    await till.scan(COLA)


async def help_screen(till: Counter) -> None:
    """Ask for help."""
    await till.sign_on()
    await till.press("f1")


async def away(till: Counter) -> None:
    """Lose the store server with scans waiting."""
    await till.sign_on()
    await till.scan(COLA)
    till.world.shop.peer(False)
    await till.scan(WATER, CANDY)


@pytest.mark.parametrize(
    ("steps", "size", "language", "theme"),
    [
        (nothing, (80, 24), "zh_CN", "dark"),
        (basket, (80, 24), "en", "dark"),
        (basket, (80, 24), "zh_CN", "light"),
        (basket, (130, 40), "zh_CN", "dark"),
        (tender, (80, 24), "en", "dark"),
        (paid, (80, 24), "zh_CN", "dark"),
        (training, (80, 24), "en", "dark"),
        (help_screen, (100, 30), "en", "light"),
        (away, (80, 24), "en", "dark"),
    ],
)
async def test_the_terminal_looks_as_it_should(
    tmp_path: Path,
    snapshot: SnapshotAssertion,
    steps: Steps,
    size: tuple[int, int],
    language: str,
    theme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    async with counter(tmp_path, size=size, language=language, theme=theme) as till:
        await steps(till)
        await till.rest()
        assert till.screen_text.rstrip() == snapshot


WALK = {
    "search": ("f2",),
    "quantity": ("f3",),
    "price": ("f4",),
    "discount": ("f5",),
    "note": ("ctrl+w",),
    "park": ("f7",),
    "tender": ("f10",),
    "help": ("f1",),
    "menu": ("f11",),
    "bench": ("f12",),
    "cancel": ("ctrl+x",),
    "price check": ("ctrl+p",),
    "cash in and out": ("ctrl+u",),
    "drawer": ("ctrl+o",),
    "close day": ("ctrl+d",),
    "PIN": ("ctrl+n",),
    "jobs": ("ctrl+b",),
}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_every_screen_fits_80_by_24_and_says_how_to_leave(tmp_path: Path, language: str) -> None:
    async with counter(tmp_path, language=language, world=FakeWorld()) as till:
        await till.sign_on("9", "9999")
        await till.scan(COLA)
        for name, keys in WALK.items():
            await till.press(*keys)
            await till.rest()
            lines = till.screen_text.splitlines()
            assert len(lines) == 24, name
            assert all(cell_len(line) == 80 for line in lines), name
            assert re.search(r"Esc", till.screen_text), name
            await till.press("escape")
            await till.rest()
        assert till.lines == [(COLA, 1000)]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_no_english_is_left_on_a_chinese_screen(tmp_path: Path, language: str) -> None:
    async with counter(tmp_path, language=language) as till:
        await till.sign_on("9", "9999")
        await till.scan(COLA)
        words = ("Search", "Price", "TOTAL", "piece", "Lane", "Shift")
        assert [word for word in words if word in till.screen_text] == (
            [] if language == "zh_CN" else list(words)
        )


@pytest.mark.parametrize(
    ("steps", "language", "theme"),
    [
        (nothing, "en", "dark"),
        (basket, "en", "dark"),
        (basket, "zh_CN", "light"),
        (tender, "zh_CN", "light"),
        (training, "zh_CN", "dark"),
    ],
)
def test_the_terminal_has_its_colours(
    tmp_path: Path, snap_compare: Callable[..., bool], steps: Steps, language: str, theme: str
) -> None:
    world = FakeWorld()
    world.shop.open_shift()
    settings = TerminalSettings.model_validate(
        {"language": language, "theme": theme, "data_directory": tmp_path}
    )
    app = TerminalApp(settings, world, clock=world.clock)
    app.survives_errors = False

    async def run_before(pilot: Pilot[Any]) -> None:
        till = Counter(world, app, pilot)
        await till.rest()
        await steps(till)
        await till.rest()

    assert snap_compare(app, terminal_size=(80, 24), run_before=run_before)
