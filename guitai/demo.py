"""`guitai demo`: a sample shop with simulated devices, in this window."""

import asyncio
import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from guitai import demo_members, demo_offers
from guitai.asking import Target, connected, device_target, signed_on, store_target
from guitai.list_client import ListClient
from guitai.new_store import FirstOperator, create_store
from guitai.places import Places
from guitai.screens import screen_settings
from protocol.language import N_, _, current_language
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import BarcodePatternView, SaveBarcodePatterns
from protocol.messages.presence import Hello
from protocol.sockets.request_client import NoAnswer, RequestClient
from store_server.settings import StoreSettings
from terminal_app.app import run_terminal
from terminal_app.console.app import run_console
from terminal_app.console.list_transfer import apply_import, run_import

CASHIER = FirstOperator("1", "张敏", "cashier", "2580")
MANAGER = FirstOperator("9", "王芳", "manager", "9753")
LANE = "1"
READY_S = 20.0
_PR_SET_PDEATHSIG = 1


@click.command(
    help=N_(
        "Open a sample shop in this window: a store server, a lane with simulated devices, and the cashier's "
        "terminal. The shop's folder is made the first time and kept. Leaving the terminal stops all of it."
        "\n\n"
        "Sign on as operator 1 with PIN 2580 (cashier) or operator 9 with PIN 9753 (manager); F12 opens the "
        "device bench with the scanner, the drawer and the paper."
    )
)
@click.option("--console", is_flag=True, help=N_("Open the back-room console instead of the terminal."))
@click.pass_obj
def command(places: Places, console: bool) -> None:
    """Run the demo."""
    new = not places.books.exists()
    if new:
        click.echo(_("Making a sample shop in {home} …").format(home=places.home))
        _make_shop(places)
    click.echo(_("Starting the store server and the devices …"))
    with _started(places, ["server"], ["devices", "--lane", LANE]):
        asyncio.run(_prepare(places, fill=new))
        hint = _("Cashier: operator {code}, PIN {pin} · Manager: operator {code2}, PIN {pin2}").format(
            code=CASHIER.code, pin=CASHIER.pin, code2=MANAGER.code, pin2=MANAGER.pin
        )
        if console:
            settings = screen_settings(places, "", "console-demo", None, None, None)
            run_console(settings.model_copy(update={"hint": hint}))
        else:
            settings = screen_settings(places, LANE, f"lane-{LANE}", None, None, None)
            ending = run_terminal(settings.model_copy(update={"hint": hint}))
            if ending:
                click.echo(ending, err=True)
    click.echo(_("Everything is stopped. The sample shop is in {home}.").format(home=places.home))
    click.echo(_("Open it again with the same command, or delete the folder to begin anew."))


def _make_shop(places: Places) -> None:
    chinese = current_language() == "zh_CN"
    settings = StoreSettings(
        store_name="小明超市" if chinese else "Ming's Corner Shop",
        store_code="DEMO",
        language=current_language(),
        receipt_footer="谢谢惠顾，欢迎再次光临！" if chinese else "Thank you, and come again!",
        time_zone=_zone_of_this_machine(),
    )
    create_store(places.books, settings, (CASHIER, MANAGER))


def _zone_of_this_machine() -> str:
    """Return the time zone's name, so that the sample shop's receipts show the clock on the wall."""
    _before, _zoneinfo, name = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
    try:
        return ZoneInfo(name).key if name else "UTC"
    except (ZoneInfoNotFoundError, ValueError):
        return "UTC"


@contextmanager
def _started(places: Places, *programs: list[str]) -> Iterator[None]:
    """Run programs of this installation during the block; they end with this process, however it ends."""
    libc = ctypes.CDLL(None)

    def end_with_parent() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    log = places.home / "demo.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    running: list[subprocess.Popen[bytes]] = []
    with log.open("ab") as output:
        try:
            for program in programs:
                line = [sys.executable, "-m", "guitai", "--home", str(places.home), *program]
                running.append(
                    subprocess.Popen(  # the line is our own
                        line,
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=output,
                        start_new_session=True,  # Ctrl+C is for the screen alone
                        preexec_fn=end_with_parent,
                    )
                )
            yield
        finally:
            for each in reversed(running):
                each.terminate()
            for each in reversed(running):
                try:
                    each.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    each.kill()


async def _prepare(places: Places, *, fill: bool) -> None:
    """Wait until server and devices answer; fill a new shop with goods."""
    for target in (store_target(places, None), device_target(places, LANE)):
        await _answering(target, places)
    if fill:
        async with (
            connected(store_target(places, None), "demo") as client,
            signed_on(client, MANAGER.code, MANAGER.pin),
        ):
            await _fill(client)


async def _answering(target: Target, places: Places) -> None:
    until = time.monotonic() + READY_S
    async with connected(target, "demo") as client:
        while True:
            try:
                await client.ask(Hello(), timeout_s=0.5)
                return
            except NoAnswer as error:
                if time.monotonic() > until:
                    text = _("The sample shop did not start; {log} says why.")
                    raise click.ClickException(text.format(log=places.home / "demo.log")) from error


async def _fill(client: RequestClient) -> None:
    asking = ListClient(client)
    with resources.as_file(resources.files("guitai") / "sample") as folder:
        for name in ("products.csv", "fresh.csv"):
            await _import(asking, Path(folder) / name)
    patterns = (
        BarcodePatternView(pattern="21IIIIIWWWWWC", note="重量 weight (g)"),
        BarcodePatternView(pattern="22IIIIIPPPPPC", note="金额 price (fen)"),
    )
    answer: Answer = await client.ask(SaveBarcodePatterns(patterns=patterns))
    if isinstance(answer, Refused):
        raise click.ClickException(answer.explanation)

    await demo_members.fill(client, asking, _import)
    await demo_offers.fill(client)


async def _import(asking: ListClient, path: Path, kind: str = "products") -> None:
    view = await run_import(asking, path, kind, lambda _progress: None, lambda: False)
    if view.errors:
        raise click.ClickException(_("The sample list cannot be imported; `guitai import` shows why."))
    await apply_import(asking, view.import_id, lambda _progress: None, lambda: False)
