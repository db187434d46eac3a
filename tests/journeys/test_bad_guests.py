"""What a store server must bear: noise on its sockets, strangers, old programs, books of others."""

import asyncio
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
import zmq
import zmq.asyncio
from programs_on_loopback import Program
from shop_on_loopback import CASHIER, MANAGER, WATER, Shop
from till_on_loopback import Till

from protocol.identifiers import CommandId, LaneCode, TerminalName
from protocol.messages.base import Header, Refused
from protocol.messages.presence import Greeting, Hello
from protocol.sockets.keys import (
    ClientKeys,
    load_or_create_key_pair,
)
from protocol.sockets.request_client import NoAnswer, RequestClient
from protocol.version import PROTOCOL_MAJOR
from protocol.wire import MAX_MESSAGE_BYTES, Answered, pack, unpack_answer


@contextmanager
def _raw(endpoint: str) -> Iterator["zmq.asyncio.Socket"]:
    """A DEALER with no manners."""
    context = zmq.asyncio.Context()
    dealer = context.socket(zmq.DEALER)
    dealer.setsockopt(zmq.LINGER, 1000)
    dealer.connect(endpoint)
    try:
        yield dealer
    finally:
        dealer.close()
        context.term()


async def _sells(till: Till) -> None:
    """The shop is open: a sale goes through."""
    before = len(till.sold)
    await till.sell([WATER])
    assert len(till.sold) == before + 1


async def test_noise_and_huge_frames_do_not_stop_the_shop(shop: Shop) -> None:
    devices = shop.devices("1")
    await shop.open(devices)
    till = Till(await shop.client("lane-1", CASHIER), LaneCode("1"))
    await till.open_shift(0)
    good = pack(Header(id=CommandId("x"), name="presence.Hello"), Hello())
    for endpoint in (shop.places.store_requests, shop.places.device_requests("1")):
        with _raw(endpoint) as dealer:
            for frames in (
                [os.urandom(300)],
                [b""],
                [b""] * 50,
                [good[0], os.urandom(100), os.urandom(100)],
                [good[0], good[1], os.urandom(100)],
                [good[0], good[1]],
                [*good, b"more"],
                [good[0], good[1], b"[" * 100_000],
                [good[0], b'{"id": 5}', b"{}"],
                [good[0], good[1].replace(b"Hello", b"Nothing"), b"{}"],
            ):
                await dealer.send_multipart(frames)
            await dealer.send_multipart(good)
            while True:
                answer = unpack_answer(await asyncio.wait_for(dealer.recv_multipart(), 10))
                if isinstance(answer, Answered) and isinstance(answer.answer, Greeting):
                    break
        with _raw(endpoint) as dealer:
            await dealer.send(b"\xff" * (MAX_MESSAGE_BYTES + 1))
        with closing(socket.socket(socket.AF_UNIX)) as stranger:
            stranger.connect(endpoint.removeprefix("ipc://"))
            stranger.send(os.urandom(1000))
    await _sells(till)
    bench = await shop.device_client("1")
    await bench.must(Hello(), Greeting)
    assert shop.server.running
    assert devices.running
    assert shop.proven().sales == 1


async def test_an_old_program_is_told_in_words_to_be_replaced(shop: Shop) -> None:
    await shop.open()
    _tag, header, body = pack(Header(id=CommandId("old-1"), name="presence.Hello"), Hello())
    for major in (0, PROTOCOL_MAJOR + 1):
        with _raw(shop.places.store_requests) as dealer:
            await dealer.send_multipart([f"guitai/{major}".encode(), header, body])
            answer = unpack_answer(await asyncio.wait_for(dealer.recv_multipart(), 10))
        assert isinstance(answer, Answered)
        assert isinstance(answer.answer, Refused)
        assert answer.header.id == "old-1"
        assert "version" in answer.answer.explanation


def _free_ports(count: int) -> list[int]:
    """Return ports that nobody uses now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


async def test_a_wrong_key_gets_no_word_in(shop: Shop) -> None:
    requests, facts, pairing = _free_ports(3)
    (shop.places.store / "store.toml").write_text(
        f'requests = ["{shop.places.store_requests}", "tcp://127.0.0.1:{requests}"]\n'
        f'facts = ["{shop.places.store_facts}", "tcp://127.0.0.1:{facts}"]\n'
        f'pairing = "tcp://127.0.0.1:{pairing}"\n'
    )
    await shop.open()
    server = load_or_create_key_pair(shop.places.store / "keys" / "server.json").public
    stranger = load_or_create_key_pair(shop.home / "stranger.json")
    other_server = load_or_create_key_pair(shop.home / "other.json").public
    for keys in (ClientKeys(stranger, server), ClientKeys(stranger, other_server)):
        client = RequestClient(f"tcp://127.0.0.1:{requests}", sender=TerminalName("lane-1"), keys=keys)
        async with client:
            with pytest.raises(NoAnswer):
                await client.ask(Hello(), timeout_s=1.5)
    with _raw(f"tcp://127.0.0.1:{requests}") as plain:
        await plain.send_multipart(pack(Header(id=CommandId("x"), name="presence.Hello"), Hello()))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(plain.recv_multipart(), 1.0)
    till = Till(await shop.client("lane-1", CASHIER), LaneCode("1"))
    await till.open_shift(0)
    await _sells(till)


async def test_books_of_a_newer_version_are_refused_in_words(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.places.books)) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('sales', 'm999_loyalty', '2031-01-01T00:00:00Z')"
        )
    shop.server.start()
    assert await shop.server.ended() != 0
    said = shop.server.words()
    assert "newer version of Guitai" in said
    assert "m999_loyalty" in said
    assert "Traceback" not in said
    code, said = shop.run("doctor")
    assert code == 1
    assert "newer version" in said


async def test_a_file_that_is_no_database_is_refused_in_words(shop: Shop) -> None:
    shop.places.books.write_bytes(b"Dear diary, today I sold a bottle of water. " * 2000)
    shop.server.start()
    assert await shop.server.ended() != 0
    said = shop.server.words()
    assert "cannot be opened as a store's database" in said
    assert "restore" in said
    assert "Traceback" not in said
    for line in (("verify",), ("doctor",)):
        code, said = shop.run(*line)
        assert code == 1
        assert "cannot be read" in said
        assert "Traceback" not in said


async def test_a_shop_that_was_never_made_is_named(shop: Shop) -> None:
    shop.places.books.unlink()
    shop.server.start()
    assert await shop.server.ended() != 0
    assert "guitai --home" in shop.server.words()
    assert "create" in shop.server.words()


async def test_a_second_server_on_the_same_books_is_refused(shop: Shop) -> None:
    await shop.open()
    second = Program("second-server", shop.home, "server")
    second.start()
    try:
        assert await second.ended() != 0
    finally:
        second.end()
    assert shop.server.process is not None
    assert f"process {shop.server.process.pid}" in second.words()
    assert "Traceback" not in second.words()
    till = Till(await shop.client("lane-1", CASHIER), LaneCode("1"))
    await till.open_shift(0)
    await _sells(till)
    # The lock goes with the process that held it, however it ends.
    shop.server.kill()
    second.start()
    try:
        await shop.answers(shop.places.store_requests, second)
    finally:
        assert await second.stop() == 0


async def test_a_second_device_daemon_of_a_lane_is_refused(shop: Shop) -> None:
    devices = shop.devices("1")
    await shop.open(devices)
    second = Program("second-devices", shop.home, "devices", "--lane", "1")
    second.start()
    try:
        assert await second.ended() != 0
    finally:
        second.end()
    assert "Traceback" not in second.words()
    assert devices.running
    bench = await shop.device_client("1")
    await bench.must(Hello(), Greeting)


async def test_a_stranger_cannot_do_what_needs_a_name(shop: Shop) -> None:
    await shop.open()
    code, said = shop.run("call", "catalogue.FindProducts", '{"text": "cola"}')
    assert code == 1
    assert "sign" in said.lower()
    code, said = shop.run(
        "call", "operators.ListOperators", "--operator", CASHIER.code, GUITAI_PIN=CASHIER.pin
    )
    assert code == 1
    code, said = shop.run("call", "operators.ListOperators", "--operator", MANAGER.code, GUITAI_PIN="0000")
    assert code == 1
    assert "PIN" in said
    code, said = shop.run(
        "call", "operators.ListOperators", "--operator", MANAGER.code, GUITAI_PIN=MANAGER.pin
    )
    assert code == 0
    assert MANAGER.pin not in said
    assert "argon2" not in said
