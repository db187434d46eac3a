"""What the server does beside the rooms: lists in practice, facts that cannot be told, acts to be kept."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from guitai.new_store import FirstOperator, create_store
from protocol.identifiers import ImportId, TerminalName
from protocol.messages.base import Done, Refused
from protocol.messages.imports import (
    AddImportRows,
    BeginImport,
    CheckImport,
    GetImport,
    ImportAnswer,
    ImportState,
)
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.store import (
    BackupMade,
    BeginTraining,
    CreatePairingCode,
    MakeBackup,
    PairingCode,
    SettingChanged,
)
from protocol.sockets.request_client import RequestClient
from store_server.bootstrap import make_dispatcher, open_books
from store_server.database.connection import open_reading
from store_server.database.unit_of_work import Work
from store_server.server import StoreServer
from store_server.server_settings import ServerSettings
from store_server.settings import StoreSettings
from store_server.store import tables

OFFICE = TerminalName("office")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with books in it; its path is short enough for sockets."""
    path = Path(tempfile.mkdtemp(prefix="guitai-"))
    create_store(path / "store.db", StoreSettings(), (FirstOperator("9", "Wang Fang", "manager", "9753"),))
    yield path
    shutil.rmtree(path)


@asynccontextmanager
async def open_shop(folder: Path, pairing: str = "") -> AsyncIterator[tuple[StoreServer, RequestClient]]:
    """A running server, and the manager signed on at it."""
    settings = ServerSettings(folder=folder, pairing=pairing)
    with closing(StoreServer(settings)) as server:
        await server.start()
        async with RequestClient(settings.request_endpoints[0], sender=OFFICE) as client:
            answer = await client.ask(SignOn(code="9", pin="9753"))
            assert isinstance(answer, SignedOn)
            client.session = answer.session
            yield server, client


def journal(folder: Path) -> list[tuple[str, str]]:
    with closing(open_reading(folder / "store.db")) as db:
        return [tuple(row) for row in db.execute("SELECT name, terminal FROM journal ORDER BY seq")]


async def test_a_long_list_in_practice_does_not_hold_the_shop_up(folder: Path) -> None:
    async with open_shop(folder) as (_server, client):
        assert isinstance(await client.ask(BeginTraining()), Done)
        client.training = True
        practice = ImportId("practice")

        async def state() -> ImportState:
            answer = await client.ask(GetImport(import_id=practice))
            assert isinstance(answer, ImportAnswer)
            return answer.view.state

        headings = ("code", "name", "price")
        await client.ask(
            BeginImport(import_id=practice, list_name="products", file_name="f", headings=headings)
        )
        for first in range(0, 3000, 1000):
            rows = tuple((f"P{at}", f"Goods {at}", "1.00") for at in range(first, first + 1000))
            await client.ask(AddImportRows(import_id=practice, first_row=first + 2, rows=rows))
        await client.ask(CheckImport(import_id=practice))
        assert await state() is ImportState.CHECKING, "answered between two steps, not after the last one"
        async with asyncio.timeout(60):
            while await state() is ImportState.CHECKING:  # noqa: ASYNC110  # asks, like any client
                await asyncio.sleep(0.05)
        assert await state() is ImportState.READY


async def test_a_fact_that_cannot_be_told_leaves_a_gap_that_everybody_notices(folder: Path) -> None:
    async with open_shop(folder) as (server, _client):
        before = server.publisher.sequence
        huge = SettingChanged.model_construct(setting="store_name", old="", new="x" * 2_000_000)
        server._publish(huge)
        assert server.publisher.sequence == before + 1


async def test_backups_and_pairing_codes_are_in_the_journal(folder: Path) -> None:
    async with open_shop(folder, "tcp://127.0.0.1:*") as (_server, client):
        made = await asyncio.gather(client.ask(MakeBackup()), client.ask(MakeBackup()))
        assert sorted(type(each).__name__ for each in made) in (
            ["BackupMade", "BackupMade"],
            ["BackupMade", "Refused"],
        ), "two at once never write into one file"
        assert isinstance(await client.ask(CreatePairingCode(terminal=TerminalName("lane-7"))), PairingCode)
        refused = await client.ask(CreatePairingCode(terminal=TerminalName("till no 7")))
        assert isinstance(refused, Refused)
        assert refused.code == "bad_name"
    names = journal(folder)
    assert names.count(("store.BooksCopied", "office")) == sum(isinstance(each, BackupMade) for each in made)
    assert names.count(("store.PairingOffered", "office")) == 1


def test_a_machine_may_be_paired_again_under_another_name() -> None:
    books = open_books(":memory:")
    key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
    with closing(books.db):

        def pair(name: str) -> None:
            def add(work: Work) -> None:
                tables.add_terminal(work, TerminalName(name), key)

            make_dispatcher().act(books, OFFICE, add)

        pair("lane-2")
        tables.revoke_terminal(books.db, TerminalName("lane-2"))
        pair("lane-3")
        assert [(row["terminal"], row["revoked"]) for row in tables.terminals(books.db)] == [("lane-3", 0)]
