"""Who may talk: files of their owner within the machine, keys beyond it, and a taken key stops at once."""

import asyncio
import json
import socket as plain_socket
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import zmq
import zmq.asyncio

from protocol.identifiers import TerminalName
from protocol.messages.base import Answer, Done, Fact, FactHeader, Refused
from protocol.messages.operators import SignOff
from protocol.messages.shifts import BusinessDayOpened
from protocol.sockets.endpoints import EndpointError
from protocol.sockets.fact_publisher import FactPublisher
from protocol.sockets.fact_subscriber import FactSubscriber, Gap
from protocol.sockets.keys import (
    ClientKeys,
    KeyFileError,
    KeyRing,
    PublicKey,
    load_client_keys,
    load_or_create_key_pair,
    new_key_pair,
    save_server_key,
)
from protocol.sockets.reply_server import Incoming, ReplyServer
from protocol.sockets.request_client import NoAnswer, RequestClient

Until = Callable[..., Awaitable[None]]
LANE_2 = TerminalName("lane-2")
ANY_PORT = "tcp://127.0.0.1:*"


def done(incoming: Incoming) -> Answer:
    return Done()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def ring() -> KeyRing:
    return KeyRing(new_key_pair())


def keys_for(ring: KeyRing, name: TerminalName = LANE_2) -> ClientKeys:
    own = new_key_pair()
    ring.allow(own.public, name)
    return ClientKeys(own, ring.server.public)


async def test_a_paired_terminal_is_served_over_tcp_under_its_paired_name(ring: KeyRing) -> None:
    seen: list[Incoming] = []

    def note(incoming: Incoming) -> Answer:
        seen.append(incoming)
        return Done()

    keys = keys_for(ring)
    async with (
        ReplyServer([ANY_PORT], note, keyring=ring) as server,
        RequestClient(server.endpoints[0], sender=TerminalName("lane-1"), keys=keys) as client,
    ):
        assert await client.ask(SignOff()) == Done()
        client.sender = LANE_2
        assert await client.ask(SignOff()) == Done()
    assert [incoming.curve_key for incoming in seen] == [keys.own.public] * 2
    assert [incoming.header.sender for incoming in seen] == ["lane-2/lane-1", "lane-2"]


async def test_one_server_answers_on_ipc_without_keys_and_on_tcp_with(
    run_directory: Path, ring: KeyRing
) -> None:
    endpoints = [f"ipc://{run_directory}/s", ANY_PORT]
    async with ReplyServer(endpoints, done, keyring=ring) as server:
        for endpoint, keys in zip(server.endpoints, (None, keys_for(ring)), strict=True):
            async with RequestClient(endpoint, sender=LANE_2, keys=keys) as client:
                assert await client.ask(SignOff()) == Done()


async def test_a_key_that_is_not_known_is_turned_away_in_words_and_let_in_after_pairing(
    ring: KeyRing,
) -> None:
    stranger = ClientKeys(new_key_pair(), ring.server.public)
    async with (
        ReplyServer([ANY_PORT], done, keyring=ring) as server,
        RequestClient(server.endpoints[0], sender=LANE_2, keys=stranger) as client,
    ):
        with pytest.raises(NoAnswer, match="does not know this machine's key"):
            await client.ask(SignOff(), timeout_s=0.5)
        assert client.key_refused
        ring.allow(stranger.own.public, LANE_2)
        assert await client.ask(SignOff()) == Done()
        assert not client.key_refused


async def test_a_wrong_key_of_the_server_gets_no_answer(ring: KeyRing) -> None:
    keys = ClientKeys(keys_for(ring).own, new_key_pair().public)
    async with (
        ReplyServer([ANY_PORT], done, keyring=ring) as server,
        RequestClient(server.endpoints[0], sender=LANE_2, keys=keys) as client,
    ):
        with pytest.raises(NoAnswer):
            await client.ask(SignOff(), timeout_s=0.5)


async def test_without_a_key_nobody_gets_in_over_tcp(ring: KeyRing) -> None:
    async with ReplyServer([ANY_PORT], done, keyring=ring) as server:
        context = zmq.asyncio.Context()
        stranger = context.socket(zmq.DEALER)
        stranger.connect(server.endpoints[0])
        await stranger.send_multipart([b"guitai/1", b'{"id":"1","name":"presence.Ping"}', b"{}"])
        assert not await stranger.poll(1000)
        assert (server.peers(), server.malformed) == ([], 0)
        context.destroy(linger=0)


async def test_a_revoked_terminal_is_refused_on_its_connection_and_on_a_new_one(ring: KeyRing) -> None:
    keys, other = keys_for(ring), keys_for(ring, TerminalName("lane-3"))
    async with (
        ReplyServer([ANY_PORT], done, keyring=ring) as server,
        RequestClient(server.endpoints[0], sender=LANE_2, keys=keys) as client,
        RequestClient(server.endpoints[0], sender=LANE_2, keys=other) as other_client,
    ):
        assert await client.ask(SignOff()) == Done()
        assert ring.revoke(LANE_2)
        answer = await client.ask(SignOff())
        assert isinstance(answer, Refused)
        assert answer.code == "terminal_revoked"
        assert await other_client.ask(SignOff()) == Done()
        async with RequestClient(server.endpoints[0], sender=LANE_2, keys=keys) as again:
            with pytest.raises(NoAnswer, match="key"):
                await again.ask(SignOff(), timeout_s=0.5)
        assert not ring.revoke(LANE_2)


async def test_a_revoked_terminal_hears_no_more_facts_and_the_others_go_on(
    ring: KeyRing, until: Until
) -> None:
    heard: dict[str, list[int]] = {"revoked": [], "other": []}
    gaps: list[Gap] = []

    def listen(endpoint: str, who: str, keys: ClientKeys) -> FactSubscriber:
        def on_fact(fact: Fact, header: FactHeader) -> None:
            heard[who].append(header.sequence)

        return FactSubscriber(endpoint, on_fact, gaps.append, keys=keys)

    keys, other = keys_for(ring), keys_for(ring, TerminalName("lane-3"))
    async with (
        FactPublisher([ANY_PORT], keyring=ring) as publisher,
        listen(publisher.endpoints[0], "revoked", keys) as revoked,
        listen(publisher.endpoints[0], "other", other) as going_on,
    ):
        fact = BusinessDayOpened(business_date="2026-11-21")
        await until(lambda: revoked.peer_alive and going_on.peer_alive)
        publisher.publish(fact)
        await until(lambda: heard == {"revoked": [1], "other": [1]})
        ring.revoke(LANE_2)
        publisher.publish(fact)
        await until(lambda: revoked.key_refused)
        await until(lambda: len(gaps) == 3 or 2 in heard["other"])
        publisher.publish(fact)
        await until(lambda: heard["other"][-1] == 3)
        assert heard["revoked"] == [1]


def test_tcp_without_keys_is_refused_in_words_on_both_sides() -> None:
    async def start() -> None:
        for thing in (
            ReplyServer([ANY_PORT], done),
            FactPublisher([ANY_PORT]),
            RequestClient("tcp://127.0.0.1:7441", sender=LANE_2),
        ):
            with pytest.raises(EndpointError, match="only used with keys"):
                await thing.start()
            thing.close()

    asyncio.run(start())


async def test_what_is_no_endpoint_is_refused_in_words() -> None:
    with pytest.raises(EndpointError, match=r"Write ipc:///path"):
        await ReplyServer(["store.sock"], done).start()


async def test_a_path_that_is_too_long_is_refused_with_the_limit(run_directory: Path) -> None:
    endpoint = f"ipc://{run_directory}/" + "x" * 107
    for thing in (ReplyServer([endpoint], done), RequestClient(endpoint, sender=LANE_2)):
        with pytest.raises(EndpointError, match="the system allows 107"):
            await thing.start()
    longest = f"ipc://{run_directory}/".ljust(6 + 107, "x")
    async with ReplyServer([longest], done), RequestClient(longest, sender=LANE_2) as client:
        assert await client.ask(SignOff()) == Done()


async def test_a_directory_that_cannot_be_made_is_refused_in_words(run_directory: Path) -> None:
    (run_directory / "file").write_text("")
    with pytest.raises(EndpointError, match="cannot be made"):
        await ReplyServer([f"ipc://{run_directory}/file/socket"], done).start()


async def test_only_the_owner_can_open_the_socket_and_its_directory(run_directory: Path) -> None:
    path = run_directory / "run" / "store.requests"
    async with ReplyServer([f"ipc://{path}"], done):
        assert mode(path) == 0o600
        assert mode(path.parent) == 0o700


async def test_the_socket_of_a_dead_program_is_replaced(run_directory: Path) -> None:
    path = run_directory / "s"
    left_behind = plain_socket.socket(plain_socket.AF_UNIX)
    left_behind.bind(str(path))
    left_behind.close()
    assert path.exists()
    async with ReplyServer([f"ipc://{path}"], done), RequestClient(f"ipc://{path}", sender=LANE_2) as client:
        assert await client.ask(SignOff()) == Done()


async def test_a_second_server_does_not_take_the_socket_of_the_first(
    run_directory: Path, ring: KeyRing
) -> None:
    endpoint = f"ipc://{run_directory}/s"
    async with ReplyServer([endpoint, ANY_PORT], done, keyring=ring) as first:
        with pytest.raises(EndpointError, match="Another program is already answering"):
            await ReplyServer([endpoint], done).start()
        with pytest.raises(EndpointError, match="Another program is already using"):
            await ReplyServer([first.endpoints[1]], done, keyring=ring).start()
        async with RequestClient(endpoint, sender=LANE_2) as client:
            assert await client.ask(SignOff()) == Done()


def test_a_key_file_is_made_once_and_only_its_owner_can_read_it(run_directory: Path) -> None:
    path = run_directory / "keys" / "own.json"
    pair = load_or_create_key_pair(path)
    assert load_or_create_key_pair(path) == pair
    assert mode(path) == 0o600
    assert pair.secret not in repr(pair)
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        load_or_create_key_pair(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"public":"x","secret":"y"}'])
def test_a_damaged_key_file_is_reported_and_not_replaced(run_directory: Path, content: str) -> None:
    path = run_directory / "own.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="pair again"):
        load_or_create_key_pair(path)
    assert path.read_text() == content


def test_two_keys_that_do_not_belong_together_are_refused(run_directory: Path) -> None:
    path = run_directory / "own.json"
    path.write_text(json.dumps({"public": new_key_pair().public, "secret": new_key_pair().secret}))
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="belong together"):
        load_or_create_key_pair(path)


def test_a_terminal_that_is_not_paired_is_told_to_pair(run_directory: Path) -> None:
    own, server = run_directory / "own.json", run_directory / "server.json"
    with pytest.raises(KeyFileError, match="guitai pair"):
        load_client_keys(own, server)
    key = new_key_pair().public
    save_server_key(server, key)
    assert load_client_keys(own, server).server_public == key


def test_the_ring_is_kept_in_its_file_and_sees_what_another_program_changes(run_directory: Path) -> None:
    path = run_directory / "terminals.json"
    server, key, new_key = new_key_pair(), new_key_pair().public, new_key_pair().public
    here, there = KeyRing(server, path), KeyRing(server, path)
    here.allow(key, LANE_2)
    assert there.name_of(key) == LANE_2
    revoked: list[bool] = []
    here.watch(lambda: revoked.append(True))
    there.allow(new_key, LANE_2)
    assert here.name_of(key) is None
    assert here.name_of(new_key) == LANE_2
    assert revoked == [True]
    there.revoke(LANE_2)
    assert dict(here.terminals) == {}
    assert KeyRing(server, path).name_of(new_key) is None
    assert mode(path) == 0o600


def test_a_ring_that_somebody_damages_stays_as_it_was(
    run_directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = run_directory / "terminals.json"
    key = new_key_pair().public
    ring = KeyRing(new_key_pair(), path)
    ring.allow(key, LANE_2)
    path.write_text("{")
    assert ring.name_of(key) == LANE_2
    assert "damaged" in caplog.text
    with pytest.raises(KeyFileError):
        KeyRing(new_key_pair(), path)


def test_only_keys_come_on_the_ring(ring: KeyRing) -> None:
    with pytest.raises(ValueError, match="not a public key"):
        ring.allow(PublicKey("abc"), LANE_2)


def test_no_sockets_are_needed_to_read_and_write_the_protocol() -> None:
    code = "import sys, protocol.wire, protocol.registry; sys.exit('zmq' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
