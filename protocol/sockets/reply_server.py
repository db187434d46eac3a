"""Answers requests: a ROUTER per endpoint that survives whatever it is sent, and knows who is there."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import zmq

from protocol.identifiers import TerminalName
from protocol.language import speaking
from protocol.messages.base import Answer, Header, Request
from protocol.messages.presence import Alive, Ping
from protocol.sockets.keys import KeyRing
from protocol.sockets.refusals import failed, revoked, too_large
from protocol.sockets.server_sockets import Door, ServerSockets
from protocol.sockets.timing import LOOK_S, Silence
from protocol.version import PROTOCOL_MINOR
from protocol.wire import (
    Asked,
    Malformed,
    TooLarge,
    Unacceptable,
    WrongVersion,
    other_version,
    pack,
    unpack_request,
    wire_name,
)

_OUTBOX_BYTES = 32 * 1024 * 1024
"""Answers kept for one client that does not fetch them; what is over is lost, and asked for again."""
_OUTBOX_RETRY_S = 0.005

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as it reaches the handler."""

    header: Header
    """On an encrypted connection `sender` is, or begins with, the name under which it was paired."""
    request: Request
    peer: bytes
    """Names the connection on which the request came."""
    curve_key: str | None
    """The client's proven public key; None on ipc."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A client that is there."""

    peer: bytes
    sender: TerminalName
    last_seen: datetime
    curve_key: str | None


Handler = Callable[[Incoming], Answer | Awaitable[Answer]]
"""Answers one request. An Answer leaves at once; an awaitable runs as a task beside other requests."""


class _Outbox:
    """Answers that a client has not fetched yet, in order."""

    def __init__(self) -> None:
        self.answers: deque[list[bytes]] = deque()
        self.size_bytes = 0


class _Client:
    """What is known of one connection."""

    def __init__(self, sender: TerminalName, curve_key: str | None) -> None:
        self.sender = sender
        self.curve_key = curve_key
        self.last_seen = datetime.now(UTC)
        self.silence = Silence()


class ReplyServer:
    """Binds the endpoints and gives each request to the handler, in the language of the one who asks."""

    def __init__(
        self,
        endpoints: Sequence[str],
        handler: Handler,
        *,
        keyring: KeyRing | None = None,
        sender: TerminalName = TerminalName(""),  # noqa: B008  # a NewType is a str
        on_peer_gone: Callable[[Peer], None] | None = None,
    ) -> None:
        """Prepare; `start` binds. A tcp endpoint needs the keyring. `sender` is this program's own name."""
        self._wanted = tuple(endpoints)
        self._handler = handler
        self._keyring = keyring
        self._sender = sender
        self.on_peer_gone = on_peer_gone
        self._sockets = ServerSockets(zmq.ROUTER, keyring, self._arrived)
        self._clients: dict[bytes, _Client] = {}
        self._outboxes: dict[bytes, _Outbox] = {}
        self._running: dict[tuple[bytes, bytes], list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self.malformed = 0
        """How many messages could not be read and were dropped."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Return the bound endpoints, with the true port where one was left to the system."""
        return tuple(door.endpoint for door in self._sockets.doors)

    async def start(self) -> Self:
        """Bind and begin to answer. Raises EndpointError with a sentence; then nothing is bound."""
        self._sockets.open(self._wanted)
        self._looking = asyncio.create_task(self._look(), name="reply server: who is there")
        return self

    def close(self) -> None:
        """Stop answering; work in progress is cancelled. Closing twice is allowed."""
        for task in (*self._tasks, *([self._looking] if self._looking else [])):
            task.cancel()
        self._looking = None
        self._sockets.close()
        self._outboxes.clear()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_exc: object) -> None:
        self.close()

    def peers(self) -> list[Peer]:
        """Return the clients that have been heard within the last 1.5 s."""
        return [self._peer(peer, client) for peer, client in self._clients.items()]

    def _arrived(self, door: Door, frames: list[zmq.Frame]) -> None:
        peer = bytes([door.number]) + frames[0].bytes
        body = [frame.bytes for frame in frames[1:]]
        match unpack_request(body):
            case Malformed(reason):
                self._drop(reason)
            case WrongVersion(major, id=None):
                self._drop(f"protocol {major} without an id")
            case WrongVersion(major, id=asked) if asked is not None:
                self._send(peer, Header(id=asked, name="Refused"), other_version(major))
            case Unacceptable(header, refusal):
                if self._admitted(door, frames[0], peer, header) is not None:
                    self._send(peer, header, refusal)
            case Asked(header, request):
                admitted = self._admitted(door, frames[-1], peer, header)
                if admitted is not None:
                    self._answer(Incoming(admitted[0], request, peer, admitted[1]), (body[1], body[2]))

    def _drop(self, reason: str) -> None:
        self.malformed += 1
        if self.malformed < 10 or self.malformed % 1000 == 0:  # junk must not fill the disk
            log.warning("message %d that cannot be read, dropped: %s", self.malformed, reason)

    def _admitted(
        self, door: Door, frame: zmq.Frame, peer: bytes, header: Header
    ) -> tuple[Header, str | None] | None:
        """Note that the client is there; None for one whose key was revoked, who is told so."""
        key: str | None = None
        if door.encrypted and self._keyring is not None:
            key = str(frame.get("User-Id"))
            name = self._keyring.name_of(key)
            if name is None:
                with speaking(header.language):
                    self._send(peer, header, revoked())
                return None
            if header.sender != name:
                # Another program of that machine: it may call itself what it likes, behind the proven name.
                header = header.model_copy(update={"sender": f"{name}/{header.sender}"})
        client = self._clients.get(peer)
        if client is None or client.sender != header.sender:
            client = self._clients[peer] = _Client(header.sender, key)
        client.silence.heard()
        client.last_seen = datetime.now(UTC)
        return header, key

    def _answer(self, incoming: Incoming, asked: tuple[bytes, bytes]) -> None:
        if isinstance(incoming.request, Ping):
            self._send(incoming.peer, incoming.header, Alive())
            return
        waiting = self._running.get(asked)
        if waiting is not None:
            # The same request again while it is being worked on: one more who waits for the one answer.
            if incoming.peer not in waiting:
                waiting.append(incoming.peer)
            return
        with speaking(incoming.header.language):
            try:
                result = self._handler(incoming)
            except Exception:  # noqa: BLE001  # the guard: a bug in one request must not stop the till
                result = failed(incoming.header)
            if isinstance(result, Answer):
                self._send(incoming.peer, incoming.header, result)
                return
            self._running[asked] = [incoming.peer]
            task = asyncio.create_task(self._answer_later(incoming, asked, result))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer_later(
        self, incoming: Incoming, asked: tuple[bytes, bytes], result: Awaitable[Answer]
    ) -> None:
        try:
            answer = await result
        except Exception:  # noqa: BLE001  # the guard: a bug in one request must not stop the till
            answer = failed(incoming.header)
        finally:
            waiting = self._running.pop(asked, [])
        for peer in waiting:
            self._send(peer, incoming.header, answer)

    def _send(self, peer: bytes, to: Header, answer: Answer) -> None:
        """Send the answer to the request with that header; never raises for what a client has done."""
        header = Header(id=to.id, name=wire_name(answer), minor=PROTOCOL_MINOR, sender=self._sender)
        try:
            frames = pack(header, answer)
        except TooLarge as error:
            log.error("answer to %s %s not sent: %s", to.name, to.id, error)
            with speaking(to.language):
                refusal = too_large(to)
            frames = pack(header.model_copy(update={"name": "Refused"}), refusal)
        outbox = self._outboxes.get(peer)
        if outbox is not None or not self._sent(peer, frames):
            self._keep(peer, frames)

    def _sent(self, peer: bytes, frames: list[bytes]) -> bool:
        """Send; False where the client does not fetch its answers. One that has gone gets none."""
        if peer[0] >= len(self._sockets.doors):
            return True  # closed in the meantime
        try:
            return self._sockets.doors[peer[0]].port.send([peer[1:], *frames])
        except zmq.ZMQError as error:
            if error.errno != zmq.EHOSTUNREACH:
                raise
            log.info("the client has gone before its answer")
            return True

    def _keep(self, peer: bytes, frames: list[bytes]) -> None:
        """Hold an answer back until the client fetches, in order, up to a limit."""
        outbox = self._outboxes.get(peer)
        if outbox is None:
            outbox = self._outboxes[peer] = _Outbox()
            asyncio.get_running_loop().call_later(_OUTBOX_RETRY_S, self._flush, peer)
        size = sum(map(len, frames))
        if outbox.size_bytes + size > _OUTBOX_BYTES:
            log.warning("a client does not fetch its answers; one is lost")
            return
        outbox.answers.append(frames)
        outbox.size_bytes += size

    def _flush(self, peer: bytes) -> None:
        outbox = self._outboxes.get(peer)
        if outbox is None:
            return
        while outbox.answers and self._sent(peer, outbox.answers[0]):
            outbox.size_bytes -= sum(map(len, outbox.answers.popleft()))
        if outbox.answers:
            asyncio.get_running_loop().call_later(_OUTBOX_RETRY_S, self._flush, peer)
        else:
            del self._outboxes[peer]

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_S)
            for peer, client in list(self._clients.items()):
                if client.silence.too_long():
                    del self._clients[peer]
                    self._outboxes.pop(peer, None)
                    if self.on_peer_gone is not None:
                        # Not called here: a fault in it must not end this watch.
                        loop.call_soon(self.on_peer_gone, self._peer(peer, client))

    def _peer(self, peer: bytes, client: _Client) -> Peer:
        return Peer(peer, client.sender, client.last_seen, client.curve_key)
