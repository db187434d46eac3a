"""Requests over real sockets: they arrive once, bad ones harm nobody, and both sides know who is there."""

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import zmq
import zmq.asyncio

from protocol.identifiers import CommandId, TerminalName, new_id
from protocol.language import current_language
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.operators import SignOff
from protocol.messages.presence import Alive, Greeting, Hello, Ping
from protocol.sockets.reply_server import Incoming, Peer, ReplyServer
from protocol.sockets.request_client import AnswerNotUnderstood, NoAnswer, RequestClient
from protocol.wire import MAX_MESSAGE_BYTES

Until = Callable[..., Awaitable[None]]
LANE_1 = TerminalName("lane-1")
GREETING = Greeting(
    program="store_server",
    program_version="0",
    protocol_major=1,
    protocol_minor=0,
    publisher="run",
    sequence=0,
)


def greet(incoming: Incoming) -> Answer:
    return GREETING if isinstance(incoming.request, Hello) else Done()


@pytest.fixture
def endpoint(run_directory: Path) -> str:
    return f"ipc://{run_directory}/store.requests"


@pytest.fixture
async def raw(endpoint: str) -> AsyncIterator[zmq.asyncio.Socket]:
    """A socket of somebody who does not keep to the protocol."""
    context = zmq.asyncio.Context()
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(endpoint)
    yield socket
    context.destroy(linger=0)


async def test_a_request_gets_its_answer(endpoint: str) -> None:
    async with ReplyServer([endpoint], greet), RequestClient(endpoint, sender=LANE_1) as client:
        assert await client.ask(Hello()) == GREETING


async def test_the_header_says_who_asks_in_which_session_and_language(endpoint: str) -> None:
    seen: list[Incoming] = []

    def note(incoming: Incoming) -> Answer:
        seen.append(incoming)
        return Refused(code="said_in", explanation=current_language())

    async with ReplyServer([endpoint], note), RequestClient(endpoint, sender=LANE_1) as client:
        client.session, client.language, client.training = "token", "zh_CN", True  # type: ignore[assignment]
        answer = await client.ask(SignOff(), id=CommandId("id-7"), approval="ok-1")  # type: ignore[arg-type]
    header = seen[0].header
    assert (header.id, header.sender, header.session, header.approval) == ("id-7", "lane-1", "token", "ok-1")
    assert (header.language, header.training, seen[0].curve_key) == ("zh_CN", True, None)
    assert isinstance(answer, Refused)
    assert answer.explanation == "zh_CN"


async def test_ten_thousand_requests_at_once_each_get_their_own_answer(endpoint: str) -> None:
    def echo(incoming: Incoming) -> Answer:
        return Refused(code="echo", explanation=incoming.header.id)

    async with ReplyServer([endpoint], echo), RequestClient(endpoint, sender=LANE_1) as client:
        ids = [CommandId(f"id-{n}") for n in range(10_000)]
        answers = await asyncio.gather(*(client.ask(Hello(), id=one, timeout_s=60) for one in ids))
    assert [answer.explanation for answer in answers if isinstance(answer, Refused)] == ids


async def test_slow_work_does_not_hold_up_a_scan(endpoint: str) -> None:
    finish = asyncio.Event()

    async def slowly() -> Answer:
        await finish.wait()
        return Refused(code="slow", explanation=current_language())

    def handler(incoming: Incoming) -> Answer | Awaitable[Answer]:
        return slowly() if isinstance(incoming.request, SignOff) else GREETING

    async with ReplyServer([endpoint], handler), RequestClient(endpoint, sender=LANE_1) as client:
        client.language = "zh_CN"
        slow = asyncio.create_task(client.ask(SignOff()))
        assert await client.ask(Hello()) == GREETING
        assert not slow.done()
        finish.set()
        answer = await slow
    assert isinstance(answer, Refused)
    assert answer.explanation == "zh_CN"


async def test_the_same_request_while_it_is_worked_on_is_not_started_twice(
    endpoint: str, raw: zmq.asyncio.Socket
) -> None:
    finish = asyncio.Event()
    started: list[Incoming] = []

    async def slowly() -> Answer:
        await finish.wait()
        return Done()

    def handler(incoming: Incoming) -> Awaitable[Answer] | Answer:
        if isinstance(incoming.request, Hello):
            finish.set()
            return GREETING
        started.append(incoming)
        return slowly()

    async with ReplyServer([endpoint], handler):
        for body in (b'{"id":"a","name":"operators.SignOff"}', b'{"id":"a","name":"operators.SignOff"}'):
            await raw.send_multipart([b"guitai/1", body, b"{}"])
        await raw.send_multipart([b"guitai/1", b'{"id":"b","name":"presence.Hello"}', b"{}"])
        names = [(await raw.recv_multipart())[1] for _n in range(2)]
    assert len(started) == 1
    assert b"presence.Greeting" in names[0]
    assert b'"name":"Done"' in names[1]


async def test_a_bug_is_logged_with_the_id_and_refused_and_the_server_lives(
    endpoint: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail_later() -> Answer:
        raise RuntimeError("broken later")

    def fail(incoming: Incoming) -> Answer | Awaitable[Answer]:
        if isinstance(incoming.request, Hello):
            return GREETING
        if incoming.header.id == "later":
            return fail_later()
        raise RuntimeError("broken now")

    async with ReplyServer([endpoint], fail), RequestClient(endpoint, sender=LANE_1) as client:
        for name in ("now", "later"):
            answer = await client.ask(SignOff(), id=CommandId(name))
            assert isinstance(answer, Refused)
            assert answer.code == "internal"
            assert f"operators.SignOff {name}" in caplog.text
        assert await client.ask(Hello()) == GREETING


async def test_an_answer_over_the_limit_becomes_words_that_say_whether_it_was_done(endpoint: str) -> None:
    def endless(incoming: Incoming) -> Answer:
        return Refused(code="long", explanation="x" * MAX_MESSAGE_BYTES)

    async with ReplyServer([endpoint], endless), RequestClient(endpoint, sender=LANE_1) as client:
        for request, words in ((Hello(), "Ask for less"), (SignOff(), "This was carried out")):
            answer = await client.ask(request)
            assert isinstance(answer, Refused)
            assert answer.code == "answer_too_large"
            assert words in answer.explanation


async def test_junk_and_huge_frames_do_not_stop_the_server(endpoint: str, raw: zmq.asyncio.Socket) -> None:
    async with ReplyServer([endpoint], greet) as server, RequestClient(endpoint, sender=LANE_1) as client:
        assert await client.ask(Hello()) == GREETING
        junk = [
            [b""],
            [b"guitai/1"],
            [os.urandom(5000)],
            [b"guitai/1", b"{", b"{}"],
            [b"guitai/1", b'{"id":1,"name":2}', b"{}"],
            [b"HTTP/1.1", b"GET / ", b"\r\n"],
            [b"guitai/1", b"{}", b"{}", b"{}"],
            [b"x"] * 500,
            [b"guitai/1", b" " * 700_000, b" " * 700_000],
        ]
        for frames in junk:
            await raw.send_multipart(frames)
        await raw.send_multipart([b"guitai/1", b" " * (MAX_MESSAGE_BYTES + 1), b"{}"])
        assert await client.ask(Hello()) == GREETING
        async with asyncio.timeout(5):
            while server.malformed < len(junk):
                await client.ask(Hello())
        assert [peer.sender for peer in server.peers()] == ["lane-1"]


async def test_answers_wait_in_order_for_one_who_does_not_fetch_them_and_harm_nobody(
    endpoint: str, raw: zmq.asyncio.Socket
) -> None:
    def long(incoming: Incoming) -> Answer:
        long_text = "x" * (20 if incoming.header.sender == LANE_1 else 8000)
        return Refused(code=incoming.header.id, explanation=long_text)

    async with ReplyServer([endpoint], long), RequestClient(endpoint, sender=LANE_1) as client:
        for n in range(3600):  # more than ZeroMQ and the kernel hold, less than the server keeps back
            header = b'{"id":"%d","name":"presence.Hello","sender":"greedy"}' % n
            await raw.send_multipart([b"guitai/1", header, b"{}"])
        assert isinstance(await client.ask(Hello()), Refused)
        answers = [json.loads((await raw.recv_multipart())[2])["code"] for _n in range(3600)]
    assert answers == [str(n) for n in range(3600)]


async def test_one_who_leaves_before_the_answer_harms_nobody(endpoint: str) -> None:
    finish = asyncio.Event()

    async def later() -> Answer:
        await finish.wait()
        return Done()

    def handler(incoming: Incoming) -> Answer | Awaitable[Answer]:
        return GREETING if isinstance(incoming.request, Hello) else later()

    async with ReplyServer([endpoint], handler) as server, RequestClient(endpoint, sender=LANE_1) as client:
        gone = await RequestClient(endpoint, sender=TerminalName("lane-2")).start()
        asking = asyncio.create_task(gone.ask(SignOff()))
        async with asyncio.timeout(5):
            while len(server.peers()) < 2:
                await client.ask(Hello())
        gone.close()
        with pytest.raises(NoAnswer):
            await asking
        finish.set()
        assert await client.ask(Hello()) == GREETING


async def test_an_old_version_is_refused_in_words(endpoint: str, raw: zmq.asyncio.Socket) -> None:
    async with ReplyServer([endpoint], greet):
        await raw.send_multipart([b"guitai/0", b'{"id":"old-1"}', b"{}"])
        frames = await raw.recv_multipart()
    assert frames[0] == b"guitai/1"
    assert b'"id":"old-1"' in frames[1]
    assert b'"code":"protocol_version"' in frames[2]


async def test_a_server_of_another_version_is_reported_in_words(endpoint: str) -> None:
    context = zmq.asyncio.Context()
    router = context.socket(zmq.ROUTER)
    router.bind(endpoint)
    async with RequestClient(endpoint, sender=LANE_1) as client:
        asking = asyncio.create_task(client.ask(Hello(), id=CommandId("id-1")))
        while True:
            peer, _tag, header, _body = await router.recv_multipart()
            if b"id-1" in header:
                break
        await router.send_multipart([peer, b"guitai/7", header, b"{}"])
        answer = await asking
        assert isinstance(answer, Refused)
        assert answer.code == "protocol_version"
        second = asyncio.create_task(client.ask(Hello(), id=CommandId("id-2")))
        await router.send_multipart([peer, b"guitai/1", b'{"id":"id-2","name":"presence.Alive"}', b"{}"])
        with pytest.raises(AnswerNotUnderstood):
            await second
    context.destroy(linger=0)


async def test_late_and_second_answers_are_dropped(endpoint: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    context = zmq.asyncio.Context()
    router = context.socket(zmq.ROUTER)
    router.bind(endpoint)
    async with RequestClient(endpoint, sender=LANE_1) as client:
        with pytest.raises(NoAnswer, match=r"within 0\.3 seconds"):
            await client.ask(SignOff(), id=CommandId("id-1"), timeout_s=0.3)
        peer = (await router.recv_multipart())[0]
        for asked in (b"id-1", b"id-2", b"id-2", b"ping-1"):
            await router.send_multipart([peer, b"guitai/1", b'{"id":"%s","name":"Done"}' % asked, b"{}"])
        await router.send_multipart([peer, b"guitai/1", b"junk", b"{}"])
        asking = asyncio.create_task(client.ask(SignOff(), id=CommandId("id-4")))
        await router.send_multipart([peer, b"guitai/1", b'{"id":"id-4","name":"Done"}', b"{}"])
        assert await asking == Done()
    context.destroy(linger=0)


async def test_an_id_cannot_be_in_flight_twice(endpoint: str) -> None:
    async with RequestClient(endpoint, sender=LANE_1) as client:
        first = asyncio.create_task(client.ask(SignOff(), id=CommandId("id-1"), timeout_s=0.2))
        await asyncio.sleep(0)
        with pytest.raises(ValueError, match="in flight"):
            await client.ask(SignOff(), id=CommandId("id-1"))
        with pytest.raises(NoAnswer):
            await first


async def test_a_request_to_a_server_that_is_away_is_not_delivered_later(endpoint: str) -> None:
    seen: list[str] = []

    def note(incoming: Incoming) -> Answer:
        seen.append(incoming.header.id)
        return GREETING

    async with RequestClient(endpoint, sender=LANE_1) as client:
        with pytest.raises(NoAnswer):
            await client.ask(SignOff(), id=CommandId("given-up"), timeout_s=0.1)
        async with ReplyServer([endpoint], note):
            await client.ask(Hello(), id=CommandId("wanted"))
    assert seen == ["wanted"]


async def test_a_request_waits_for_a_server_that_is_just_starting(endpoint: str) -> None:
    async with RequestClient(endpoint, sender=LANE_1) as client:
        asking = asyncio.create_task(client.ask(Hello()))
        await asyncio.sleep(0)
        async with ReplyServer([endpoint], greet):
            assert await asking == GREETING


async def test_scans_that_wait_for_the_server_leave_in_order(endpoint: str) -> None:
    seen: list[str] = []

    def note(incoming: Incoming) -> Answer:
        seen.append(incoming.header.id)
        return Done()

    async with RequestClient(endpoint, sender=LANE_1) as client:
        ids = [CommandId(f"scan-{n}") for n in range(3000)]
        asking = [asyncio.create_task(client.ask(SignOff(), id=one, timeout_s=20)) for one in ids]
        await asyncio.sleep(0)
        async with ReplyServer([endpoint], note):
            await asyncio.gather(*asking)
    assert seen == ids


async def test_asking_until_answered_survives_a_server_that_swallows_and_restarts(endpoint: str) -> None:
    seen: list[str] = []
    swallowed = asyncio.Event()

    def swallow(incoming: Incoming) -> Answer | Awaitable[Answer]:
        seen.append(incoming.header.id)
        swallowed.set()
        return asyncio.get_running_loop().create_future()

    def answer(incoming: Incoming) -> Answer:
        seen.append(incoming.header.id)
        return Done()

    async with RequestClient(endpoint, sender=LANE_1) as client:
        one = CommandId(new_id())
        asking = asyncio.create_task(client.ask_until_answered(SignOff(), one, retry_s=0.2))
        async with ReplyServer([endpoint], swallow):
            await swallowed.wait()
        async with ReplyServer([endpoint], answer):
            assert await asking == Done()
    assert set(seen) == {one}


async def test_asking_until_answered_gives_up_when_told_to(endpoint: str) -> None:
    async with RequestClient(endpoint, sender=LANE_1) as client:
        with pytest.raises(NoAnswer):
            await client.ask_until_answered(SignOff(), CommandId("x"), retry_s=0.05, give_up_s=0.2)


async def test_the_server_answers_pings_itself_and_knows_who_is_there(endpoint: str, until: Until) -> None:
    def nobody(incoming: Incoming) -> Answer:
        raise AssertionError("a ping reached the handler")

    gone: list[Peer] = []
    async with ReplyServer([endpoint], nobody, on_peer_gone=gone.append) as server:
        client = await RequestClient(endpoint, sender=LANE_1).start()
        assert await client.ask(Ping()) == Alive()
        assert [peer.sender for peer in server.peers()] == ["lane-1"]
        client.close()
        left = time.monotonic()
        await until(lambda: gone)
        assert time.monotonic() - left < 2.0
        assert gone[0].sender == "lane-1"
        assert server.peers() == []


STORE = """
import asyncio, sys
from protocol.messages.base import Done
from protocol.sockets.reply_server import ReplyServer

async def main():
    async with ReplyServer([sys.argv[1]], lambda incoming: Done()):
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_killed_server_is_noticed_within_two_seconds_and_again_when_it_is_back(
    endpoint: str, until: Until
) -> None:
    alive: list[bool] = []
    async with RequestClient(endpoint, sender=LANE_1, on_peer=alive.append) as client:
        first = await asyncio.create_subprocess_exec(sys.executable, "-c", STORE, endpoint)
        assert await client.ask(SignOff(), timeout_s=20) == Done()
        assert client.peer_alive
        first.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        await first.wait()
        await until(lambda: not client.peer_alive)
        assert time.monotonic() - killed < 2.0
        second = await asyncio.create_subprocess_exec(sys.executable, "-c", STORE, endpoint)
        await until(lambda: client.peer_alive, 20.0)
        assert await client.ask(SignOff()) == Done()
        second.kill()
        await second.wait()
    assert alive == [True, False, True]


async def test_a_killed_terminal_is_noticed_within_two_seconds(endpoint: str, until: Until) -> None:
    terminal = """
import asyncio, sys
from protocol.sockets.request_client import RequestClient

async def main():
    async with RequestClient(sys.argv[1], sender="lane-2"):
        await asyncio.sleep(60)

asyncio.run(main())
"""
    gone: list[Peer] = []
    async with ReplyServer([endpoint], greet, on_peer_gone=gone.append) as server:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", terminal, endpoint)
        await until(lambda: server.peers(), 20.0)
        process.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        await process.wait()
        await until(lambda: gone)
        assert time.monotonic() - killed < 2.0
        assert gone[0].sender == "lane-2"
