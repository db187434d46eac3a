"""`guitai doctor`: say in words what is wrong with this installation, and what to do about it."""

import asyncio
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

import click

from guitai.asking import connected, device_target, store_target
from guitai.places import SOCKET_PATH_LIMIT, Places
from protocol.language import N_, _
from protocol.messages.devices import Devices, DeviceState, ListDevices
from protocol.messages.presence import Greeting, Hello
from protocol.sockets.request_client import NoAnswer
from store_server.bootstrap import MIGRATIONS
from store_server.database.connection import open_reading
from store_server.database.migrations import applied_migrations
from store_server.server_settings import BadServerSettings, load_server_settings

LEAST_FREE_BYTES = 500_000_000
BACKUP_AGE_S = 7 * 86400
SAFE_SQLITE = (3, 51, 3)
"""The first version without the WAL-reset bug."""


class Verdict(StrEnum):
    """How a thing is."""

    WELL = "✓"
    NOTE = "!"
    WRONG = "✗"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was looked at, in words."""

    verdict: Verdict
    words: str


def _machine(places: Places) -> Iterator[Found]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Found(Verdict.WELL, _("Python {version}.").format(version=version))
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        yield Found(Verdict.WELL, _("SQLite {version}.").format(version=sqlite3.sqlite_version))
    else:
        text = _(
            "SQLite {version}: safe here, because one connection alone writes the books. Never open store.db "
            "with another program that writes while the server runs."
        )
        yield Found(Verdict.WELL, text.format(version=sqlite3.sqlite_version))
    if sys.stdout.encoding.lower().replace("-", "") != "utf8":
        text = _("The terminal's encoding is {encoding}; Chinese needs UTF-8: export LANG=C.UTF-8")
        yield Found(Verdict.WRONG, text.format(encoding=sys.stdout.encoding))
    free = shutil.disk_usage(places.home if places.home.exists() else places.home.parent).free
    if free < LEAST_FREE_BYTES:
        text = _("The disk of {home} has only {free} MB left. Selling stops when it is full.")
        yield Found(Verdict.WRONG, text.format(home=places.home, free=free // 1_000_000))
    else:
        yield Found(Verdict.WELL, _("{free} GB free on the disk.").format(free=free // 1_000_000_000))
    if time.time() < 1_735_689_600:
        yield Found(Verdict.WRONG, _("The clock of this machine is wrong: it is before 2025. Set it."))


def _store(places: Places) -> Iterator[Found]:
    if not places.books.exists():
        text = _(
            "No store on this machine ({path}). A lane of another machine's store needs none; "
            "else: guitai create"
        )
        yield Found(Verdict.NOTE, text.format(path=places.books))
        return
    try:
        settings = load_server_settings(places.store)
    except BadServerSettings as error:
        yield Found(Verdict.WRONG, str(error))
        return
    for endpoint in (*settings.request_endpoints, *settings.fact_endpoints):
        if endpoint.startswith("ipc://") and len(os.fsencode(endpoint[6:])) > SOCKET_PATH_LIMIT:
            text = _("The path {path} is too long for a socket ({limit} bytes). Choose a shorter --home.")
            yield Found(Verdict.WRONG, text.format(path=endpoint[6:], limit=SOCKET_PATH_LIMIT))
    if places.books.stat().st_mode & 0o077:
        text = _("Others on this machine can read the books. Mend it with: chmod 600 {path}")
        yield Found(Verdict.WRONG, text.format(path=places.books))
    yield from _books(places)
    yield from _backups(places)


def _books(places: Places) -> Iterator[Found]:
    known = {(each.name, migration.name) for each in MIGRATIONS for migration in each._migrations}
    try:
        with closing(open_reading(places.books)) as db:
            unknown = applied_migrations(db) - known
            rows = db.execute("SELECT count(*) FROM journal").fetchone()[0]
    except sqlite3.DatabaseError as error:
        text = _("The books at {path} cannot be read: {reason}. Restore the latest backup: guitai restore")
        yield Found(Verdict.WRONG, text.format(path=places.books, reason=error))
        return
    if unknown:
        text = _("The books were made by a newer version of Guitai. Start that version.")
        yield Found(Verdict.WRONG, text)
        return
    text = _("The books at {path} can be read; the journal has {rows} rows. `guitai verify` proves them.")
    yield Found(Verdict.WELL, text.format(path=places.books, rows=rows))


def _backups(places: Places) -> Iterator[Found]:
    copies = sorted((places.store / "backups").glob("*.db"), key=lambda path: path.stat().st_mtime)
    if not copies:
        yield Found(
            Verdict.NOTE,
            _("No backup yet in {path}. Make one: guitai backup").format(path=places.store / "backups"),
        )
    elif time.time() - copies[-1].stat().st_mtime > BACKUP_AGE_S:
        yield Found(
            Verdict.NOTE, _("The latest backup is more than a week old: {path}").format(path=copies[-1])
        )
    else:
        yield Found(Verdict.WELL, _("Latest backup: {path}").format(path=copies[-1]))


async def _programs(places: Places) -> list[Found]:
    found: list[Found] = []
    if places.books.exists():
        async with connected(store_target(places, None), "doctor") as client:
            try:
                greeting = await client.ask(Hello(), timeout_s=1.0)
                assert isinstance(greeting, Greeting)
                text = _("The store server answers: {store}, protocol {major}.{minor}.")
                words = text.format(
                    store=greeting.store_name, major=greeting.protocol_major, minor=greeting.protocol_minor
                )
                found.append(Found(Verdict.WELL, words))
            except NoAnswer:
                text = _("The store server does not answer. Start it: guitai server (its log: {log})")
                found.append(Found(Verdict.WRONG, text.format(log=places.store / "server.log")))
    for lane in places.lanes:
        found += await _lane(places, lane)
    if not places.lanes:
        found.append(
            Found(Verdict.NOTE, _("No lane on this machine yet. Start one: guitai devices, guitai terminal"))
        )
    return found


async def _lane(places: Places, lane: str) -> list[Found]:
    async with connected(device_target(places, lane), "doctor") as client:
        try:
            answer = await client.ask(ListDevices(), timeout_s=1.0)
        except NoAnswer:
            text = _("Lane {lane}: the device daemon does not answer. Start it: guitai devices --lane {lane}")
            return [Found(Verdict.WRONG, text.format(lane=lane))]
    assert isinstance(answer, Devices)
    return [
        Found(
            Verdict.WELL if device.state is DeviceState.ONLINE else Verdict.WRONG,
            _("Lane {lane}: {device}: {words}").format(lane=lane, device=device.name, words=device.words),
        )
        for device in answer.devices
    ]


CHECKS: tuple[Callable[[Places], Iterator[Found]], ...] = (_machine, _store)


@click.command(
    help=N_(
        "Look at this installation and say what is wrong and what to do: machine, disk, books, backups, "
        "programs, devices. Ends with 1 when something is wrong."
    )
)
@click.pass_obj
def command(places: Places) -> None:
    """Examine."""
    wrong = 0
    for found in [*(each for check in CHECKS for each in check(places)), *asyncio.run(_programs(places))]:
        click.echo(f"{found.verdict} {found.words}")
        wrong += found.verdict is Verdict.WRONG
    click.echo(
        _("Nothing is wrong.") if not wrong else _("Things that are wrong: {count}").format(count=wrong)
    )
    sys.exit(1 if wrong else 0)
