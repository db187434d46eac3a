"""Pictures of the console, in both languages and both colours, in the smallest and a larger window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from console_store import NOW, ConsoleStore, ConsoleWorld
from textual.pilot import Pilot

from protocol.identifiers import TerminalName
from protocol.language import set_process_language
from terminal_app.console.app import ConsoleApp
from terminal_app.settings import TerminalSettings
from terminal_app.widgets.field import Entry


@pytest.mark.parametrize(
    ("name", "size", "language", "theme", "keys"),
    [
        ("products", (80, 24), "en", "dark", ()),
        ("product", (100, 34), "zh_CN", "light", ("enter",)),
        ("day", (110, 32), "zh_CN", "dark", ("f5",)),
        ("role", (80, 24), "en", "light", ("f15", "ctrl+t", "enter")),
    ],
)
def test_the_console_looks_as_it_should(
    snap_compare: Callable[..., bool],
    tmp_path: Path,
    name: str,
    size: tuple[int, int],
    language: str,
    theme: str,
    keys: tuple[str, ...],
) -> None:
    settings = TerminalSettings.model_validate(
        {
            "terminal": TerminalName("console"),
            "data_directory": tmp_path,
            "language": language,
            "theme": theme,
        }
    )
    app = ConsoleApp(settings, ConsoleWorld(ConsoleStore()), clock=lambda: NOW)
    app.survives_errors = False

    async def go_there(pilot: Pilot[str]) -> None:
        app.screen.query_one("#code", Entry).value = "1"
        app.screen.query_one("#pin", Entry).value = "1234"
        for key in ("enter", *keys):
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()

    try:
        assert snap_compare(app, terminal_size=size, run_before=go_there)
    finally:
        set_process_language("en")
