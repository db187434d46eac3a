"""PINs that are given in training count for real: nobody guesses one in practice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from protocol.identifiers import CommandId, SessionToken, TerminalName, new_id
from protocol.messages.base import Answer, Done, Header, Refused, Request
from protocol.messages.operators import (
    ApprovalGranted,
    Approve,
    ChangeOwnPin,
    OperatorView,
    SignedOn,
    SignOn,
    Unlock,
)
from protocol.messages.store import BeginTraining
from protocol.permissions import Permission
from protocol.sockets.reply_server import Incoming
from store_server.bootstrap import utc_now
from store_server.operators import tables
from store_server.server import StoreServer
from store_server.server_settings import ServerSettings
from store_server.services import reachable

LANE = TerminalName("lane-1")


class Till:
    """A cashier's terminal beside a real server, without the wire between them."""

    def __init__(self, server: StoreServer) -> None:
        self.server = server
        self.session: SessionToken | None = None

    async def ask(self, request: Request, *, training: bool = False) -> Answer:
        header = Header(
            id=CommandId(new_id()), name="x", sender=LANE, session=self.session, training=training
        )
        answer = self.server._handle(Incoming(header, request, b"", None))
        return answer if isinstance(answer, Answer) else await answer


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    server = StoreServer(
        ServerSettings(folder=tmp_path, requests=(f"ipc://{tmp_path}/r",), facts=(f"ipc://{tmp_path}/f",)),
        utc_now,
    )
    await server.start()
    for code, role, pin in (("1", "cashier", "2580"), ("9", "manager", "9753")):
        server.dispatcher.act(
            server.books,
            LANE,
            lambda work, code=code, role=role, pin=pin: tables.insert(work, code, code, role, pin, None),
        )
    till = Till(server)
    signed_on = await till.ask(SignOn(code="1", pin="2580"))
    assert isinstance(signed_on, SignedOn)
    till.session = signed_on.session
    assert await till.ask(BeginTraining()) == Done()
    yield till
    server.close()


def wrong_tries(till: Till, code: str) -> int:
    row = tables.by_code(till.server.books.db, code)
    assert row is not None
    return int(row["wrong_tries"])


async def test_a_wrong_pin_of_an_approver_in_training_is_counted_and_kept_in_the_real_books(
    till: Till,
) -> None:
    wrong = Approve(action=Permission.DISCOUNT, code="9", pin="1111")
    refused = await till.ask(wrong, training=True)
    assert isinstance(refused, Refused)
    assert refused.code == "wrong_pin"
    assert wrong_tries(till, "9") == 1
    [(kept,)] = till.server.books.db.execute(
        "SELECT count(*) FROM journal WHERE name = 'operators.SignOnFailed'"
    )
    assert kept == 1
    for _ in range(4):
        await till.ask(wrong, training=True)
    for training in (True, False):
        right = await till.ask(Approve(action=Permission.DISCOUNT, code="9", pin="9753"), training=training)
        assert isinstance(right, Refused)
        assert right.code == "locked"


async def test_the_right_pin_approves_in_training_and_leaves_nothing_in_the_real_books(till: Till) -> None:
    before = list(till.server.books.db.iterdump())
    granted = await till.ask(Approve(action=Permission.DISCOUNT, code="9", pin="9753"), training=True)
    assert isinstance(granted, ApprovalGranted)
    assert isinstance(granted.approver, OperatorView)
    assert await till.ask(Unlock(pin="2580"), training=True) == Done()
    assert list(till.server.books.db.iterdump()) == before


async def test_a_lock_that_is_guessed_at_in_training_locks_for_real(till: Till) -> None:
    for _ in range(5):
        await till.ask(Unlock(pin="1111"), training=True)
    refused = await till.ask(Unlock(pin="2580"))
    assert isinstance(refused, Refused)
    assert refused.code == "locked"


@pytest.mark.parametrize(
    "request_", [SignOn(code="9", pin="9753"), ChangeOwnPin(old_pin="2580", new_pin="1470")]
)
async def test_signing_on_and_new_pins_are_for_real_alone(till: Till, request_: Request) -> None:
    refused = await till.ask(request_, training=True)
    assert isinstance(refused, Refused)
    assert refused.code == "training"


def test_a_new_terminal_is_told_an_address_that_it_can_reach() -> None:
    assert "0.0.0.0" not in reachable("tcp://0.0.0.0:7443")
    assert reachable("tcp://0.0.0.0:7443").endswith(":7443")
    assert reachable("tcp://192.168.1.5:7443") == "tcp://192.168.1.5:7443"
