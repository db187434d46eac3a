"""docs/protocol.md is true: its bytes are the wire's, and a client written from it alone works.

The client below knows zmq and json and nothing of Guitai's code.
"""

import asyncio
import hashlib
import hmac
import json
import re
import secrets
import time
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zmq
import zmq.asyncio

from protocol import pairing, schemas
from protocol.identifiers import TerminalName
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.operators import SignOff
from protocol.messages.presence import Greeting, Hello
from protocol.messages.shifts import BusinessDayOpened
from protocol.sockets.fact_publisher import FactPublisher
from protocol.sockets.keys import KeyRing, PublicKey, new_key_pair
from protocol.sockets.pairing import PairingServer
from protocol.sockets.reply_server import Incoming, ReplyServer
from protocol.wire import Answered, Asked, Told, pack, pack_fact, unpack_answer, unpack_fact, unpack_request

DOCUMENT = (schemas.ROOT / schemas.DOCUMENT).read_text(encoding="utf-8")


def example(name: str) -> list[str]:
    found = re.search(rf"<!-- example: {name} -->\n```\n(.*?)\n```", DOCUMENT, re.DOTALL)
    assert found, name
    return found[1].split("\n")


def test_the_examples_in_the_document_are_the_bytes_on_the_wire() -> None:
    for name in ("request", "answer", "fact"):
        frames = [line.encode() for line in example(name)]
        match name:
            case "request":
                asked = unpack_request(frames)
                assert isinstance(asked, Asked)
                assert pack(asked.header, asked.request) == frames
            case "answer":
                answered = unpack_answer(frames)
                assert isinstance(answered, Answered)
                assert pack(answered.header, answered.answer) == frames
            case _:
                told = unpack_fact(frames)
                assert isinstance(told, Told)
                assert told.fact is not None
                assert pack_fact(told.header, told.fact) == frames


def test_the_proofs_in_the_document_are_the_ones_of_the_code() -> None:
    words = dict(line.rsplit(maxsplit=1) for line in example("pairing"))
    key = bytes.fromhex(words["key"])
    terminal, server = words["terminal's public key"], words["server's public key"]
    assert words["terminal's proof"] == pairing.terminal_proof(key, words["name"], terminal)
    assert words["server's proof"] == pairing.server_proof(key, words["name"], terminal, server)


def test_the_document_names_every_code_of_the_wire_and_of_pairing() -> None:
    sources = [
        *Path(schemas.ROOT / "protocol").glob("*.py"),
        *Path(schemas.ROOT / "protocol/sockets").glob("*.py"),
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in sources)
    codes = set(re.findall(r'code="([a-z_]+)"', text)) | set(pairing._REFUSALS) - {"wrong_server"}
    assert "bad_request" in codes
    assert [code for code in sorted(codes) if f"`{code}`" not in DOCUMENT] == []


class Stranger:
    """A client as somebody would write it from the document."""

    def __init__(self, requests: str, facts: str, keys: tuple[str, str, str] | None = None) -> None:
        self.context = zmq.asyncio.Context()
        self.requests = self.context.socket(zmq.DEALER)
        self.facts = self.context.socket(zmq.SUB)
        self.facts.subscribe(b"")
        self.requests.immediate = True
        for socket, endpoint in ((self.requests, requests), (self.facts, facts)):
            if keys:
                socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = (
                    k.encode() for k in keys
                )
            socket.connect(endpoint)

    async def ask(self, name: str, body: dict[str, Any], **header: Any) -> tuple[str, dict[str, Any]]:
        header = {"id": str(uuid.uuid4()), "name": name, "sender": "stranger", **header}
        await self.requests.send_multipart(
            [b"guitai/1", json.dumps(header).encode(), json.dumps(body).encode()]
        )
        while True:
            tag, answer_header, answer = await self.requests.recv_multipart()
            assert tag == b"guitai/1"
            if json.loads(answer_header)["id"] == header["id"]:
                return json.loads(answer_header)["name"], json.loads(answer)

    async def fact(self) -> tuple[str, str, int, dict[str, Any]]:
        topic, tag, header_frame, body = await self.facts.recv_multipart()
        header = json.loads(header_frame)
        assert tag == b"guitai/1"
        assert header["name"] == topic.decode()
        return header["name"], header["publisher"], header["sequence"], json.loads(body)

    def close(self) -> None:
        self.context.destroy(linger=0)


class Store:
    """A server whose handler shows what came."""

    def __init__(self, endpoints: list[str], fact_endpoints: list[str], ring: KeyRing | None = None) -> None:
        self.publisher = FactPublisher(fact_endpoints, keyring=ring, publisher="run-1")
        self.server = ReplyServer(endpoints, self.answer, keyring=ring, sender=TerminalName("store-server"))

    def answer(self, incoming: Incoming) -> Answer:
        match incoming.request:
            case Hello():
                return Greeting(
                    program="store_server",
                    program_version="0",
                    protocol_major=1,
                    protocol_minor=0,
                    publisher=self.publisher.publisher,
                    sequence=self.publisher.sequence,
                )
            case SignOff():
                if incoming.header.session is None:
                    return Refused(code="not_signed_on", explanation="先登录")
                return Done()
            case _:
                raise AssertionError(incoming)


@pytest.fixture
async def store(run_directory: Path) -> AsyncIterator[Store]:
    store = Store([f"ipc://{run_directory}/requests"], [f"ipc://{run_directory}/facts"])
    async with store.server, store.publisher:
        yield store


@pytest.fixture
async def stranger(store: Store) -> AsyncIterator[Stranger]:
    client = Stranger(store.server.endpoints[0], store.publisher.endpoints[0])
    yield client
    client.close()


async def test_a_stranger_says_hello_and_hears_facts_without_a_gap(store: Store, stranger: Stranger) -> None:
    name, publisher, sequence, body = await stranger.fact()
    assert (name, publisher, sequence, body) == ("presence.Heartbeat", "run-1", 0, {})
    assert await stranger.ask("presence.Ping", {}) == ("presence.Alive", {})
    name, greeting = await stranger.ask("presence.Hello", {})
    assert name == "presence.Greeting"
    assert (greeting["protocol_major"], greeting["publisher"], greeting["sequence"]) == (1, "run-1", 0)
    store.publisher.publish(BusinessDayOpened(business_date="2026-11-21"))
    while (fact := await stranger.fact())[0] == "presence.Heartbeat":
        assert fact[2] in (0, 1)
    assert fact == ("shifts.BusinessDayOpened", "run-1", 1, {"business_date": "2026-11-21"})


async def test_a_stranger_is_refused_as_the_document_says(stranger: Stranger) -> None:
    assert await stranger.ask("operators.SignOff", {}) == (
        "Refused",
        {"code": "not_signed_on", "explanation": "先登录", "permission": None, "field": None},
    )
    assert await stranger.ask("operators.SignOff", {}, session="token") == ("Done", {})
    _name, refused = await stranger.ask("operators.SignOn", {"pin": 1234})
    assert (refused["code"], refused["field"]) == ("bad_request", "pin")
    assert (await stranger.ask("sales.Haggle", {}))[1]["code"] == "unknown_message"
    await stranger.requests.send_multipart([b"guitai/2", b'{"id":"x","name":"presence.Ping"}', b"{}"])
    _tag, header, body = await stranger.requests.recv_multipart()
    assert (json.loads(header)["id"], json.loads(header)["name"]) == ("x", "Refused")
    assert json.loads(body)["code"] == "protocol_version"


async def test_a_stranger_who_pings_stays_known_and_one_who_stops_is_gone(
    store: Store, stranger: Stranger
) -> None:
    end = time.monotonic() + 2.2
    while time.monotonic() < end:
        await stranger.ask("presence.Ping", {})
        assert [peer.sender for peer in store.server.peers()] == ["stranger"]
        await asyncio.sleep(0.5)
    async with asyncio.timeout(2.5):
        while store.server.peers():  # noqa: ASYNC110  # the server has no event, only a callback
            await asyncio.sleep(0.02)


async def test_a_stranger_with_keys_is_served_over_tcp() -> None:
    ring, own = KeyRing(new_key_pair()), new_key_pair()
    ring.allow(PublicKey(own.public), TerminalName("stranger"))
    store = Store(["tcp://127.0.0.1:*"], ["tcp://127.0.0.1:*"], ring)
    async with store.server, store.publisher:
        keys = (ring.server.public, own.public, own.secret)
        client = Stranger(store.server.endpoints[0], store.publisher.endpoints[0], keys)
        assert (await client.ask("presence.Hello", {}))[0] == "presence.Greeting"
        assert (await client.fact())[0] == "presence.Heartbeat"
        ring.revoke(TerminalName("stranger"))
        assert (await client.ask("presence.Hello", {}))[1]["code"] == "terminal_revoked"
        client.close()


P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    """Add two points of Ed25519, by the textbook."""
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P)
    return x % P, y % P


def times(factor: int, point: Point) -> Point:
    total: Point = (0, 1)
    for bit in bin(factor % Q)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def to_bytes(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def to_point(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, odd = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x if x & 1 == odd else P - x), y


def hkdf(data: bytes, info: bytes, length: int) -> bytes:
    inner = hmac.digest(bytes(32), data, "sha256")
    block, out = b"", b""
    for n in range(1, length // 32 + 2):
        block = hmac.digest(inner, block + info + bytes([n]), "sha256")
        out += block
    return out[:length]


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


async def test_a_stranger_pairs_by_the_formulas_of_the_document() -> None:
    m, n = (to_point(bytes.fromhex(re.search(rf"{name} = `([0-9a-f]{{64}})`", DOCUMENT)[1])) for name in "MN")  # type: ignore[index]
    g = to_point(bytes.fromhex("58" + "66" * 31))
    paired: list[tuple[str, str]] = []
    server_key, own = new_key_pair().public, new_key_pair().public
    async with PairingServer(
        "tcp://127.0.0.1:*", server_key, lambda *who: paired.append(who), lambda: datetime.now(UTC)
    ) as server:
        password = str(server.offer().code).replace("-", "").encode()
        w = int.from_bytes(hkdf(password, b"SPAKE2 pw", 48), "big") % Q
        x = secrets.randbelow(Q)
        sent = to_bytes(add(times(x, g), times(w, m)))
        context = zmq.asyncio.Context()
        socket = context.socket(zmq.DEALER)
        socket.connect(server.endpoint)

        async def say(message: dict[str, str]) -> dict[str, str]:
            await socket.send_multipart([b"guitai-pair/1", json.dumps(message).encode()])
            answer: dict[str, str] = json.loads((await socket.recv_multipart())[1])
            return answer

        answer = await say({"step": "start", "terminal": "lane-2", "spake2": (b"A" + sent).hex()})
        got = bytes.fromhex(answer["spake2"])
        assert got[:1] == b"B"
        shared = to_bytes(times(x, add(to_point(got[1:]), times(Q - w, n))))
        names = sha256(b"guitai terminal") + sha256(b"guitai server")
        key = sha256(sha256(password) + names + sent + got[1:] + shared)
        proof = hmac.digest(key, b"guitai-pair/1 terminal\0lane-2\0" + own.encode(), "sha256").hex()
        answer = await say({"step": "terminal_key", "public_key": own, "proof": proof})
        text = b"guitai-pair/1 server\0lane-2\0" + own.encode() + b"\0" + answer["public_key"].encode()
        assert answer["proof"] == hmac.digest(key, text, "sha256").hex()
        assert answer["public_key"] == server_key
        context.destroy(linger=0)
    assert paired == [("lane-2", own)]
