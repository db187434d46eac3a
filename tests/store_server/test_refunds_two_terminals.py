"""Two terminals take the same goods back at the same instant: one gives the money, one is told why not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from refund_counter import back, wanted
from shop_counter import PINS, open_shop

from protocol.identifiers import TerminalName
from protocol.messages.base import Refused
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.refunds import RefundDone
from protocol.sockets.request_client import RequestClient
from store_server.bootstrap import utc_now
from store_server.server import StoreServer
from store_server.server_settings import ServerSettings
from store_server.store.verification import verify_books

TIMES = 40


@pytest.fixture
async def counters(tmp_path: Path) -> AsyncIterator[tuple[StoreServer, list[RequestClient]]]:
    shop = open_shop()
    shop.open_shift("1", who="li")
    shop.open_shift("2", who="wang")
    for number in range(TIMES):
        shop.sell(f"s-{number}", "COLA", "COLA", "COLA")
    settings = ServerSettings(
        folder=tmp_path, requests=(f"ipc://{tmp_path}/r",), facts=(f"ipc://{tmp_path}/f",)
    )
    settings.books.write_bytes(shop.db.serialize())
    shop.db.close()
    server = StoreServer(settings, utc_now)
    await server.start()
    clients = []
    for lane in ("1", "2"):
        client = RequestClient(settings.request_endpoints[0], sender=TerminalName(f"lane-{lane}"))
        await client.start()
        signed_on = await client.ask(SignOn(code="boss", pin=PINS["boss"]), timeout_s=20)
        assert isinstance(signed_on, SignedOn)
        client.session = signed_on.session
        clients.append(client)
    yield server, clients
    for client in clients:
        client.close()
    server.close()


async def test_of_two_terminals_one_gives_back_every_time(
    counters: tuple[StoreServer, list[RequestClient]],
) -> None:
    server, clients = counters
    for number in range(TIMES):
        # Two of three at each counter: only one of them can have them.
        requests = [
            wanted(f"s-{number}", back(1, 2), id_=f"r-{number}-{lane}", lane=lane) for lane in ("1", "2")
        ]
        pairs = list(zip(clients, requests, strict=True))
        if number % 2:
            pairs.reverse()
        answers = await asyncio.gather(*(client.ask(request, timeout_s=20) for client, request in pairs))
        done = [answer for answer in answers if isinstance(answer, RefundDone)]
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert (len(done), len(refused)) == (1, 1), answers
        assert refused[0].code == "too_many"
        assert done[0].refund.paid_back_minor == 700
    balances = server.books.db.execute("SELECT sum(balance) FROM ledger_accounts WHERE kind = 'drawer'")
    assert balances.fetchone()[0] == 2 * 20_000 + TIMES * (1050 - 700)
    assert verify_books(server.books.db).findings == ()
