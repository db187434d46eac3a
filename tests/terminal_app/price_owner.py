"""The owner of a shop at the keyboard, with coupons, quotations and refunds in the store."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from console_store import NOW, ConsoleWorld
from price_office import PriceOffice
from textual.pilot import Pilot
from textual.screen import Screen

from protocol.identifiers import TerminalName
from terminal_app.console.app import ConsoleApp
from terminal_app.console.form_view import FormView
from terminal_app.console.table import Table
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
