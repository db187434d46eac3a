"""Listens to a publisher's facts, and says when one was missed, so that the state is asked for."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import zmq

from protocol.messages.base import Fact, FactHeader
from protocol.messages.presence import Heartbeat
from protocol.sockets.client_socket import ClientSocket
from protocol.sockets.keys import ClientKeys
from protocol.sockets.timing import LOOK_S, Silence
from protocol.wire import Malformed, Told, UnreadableFact, WrongVersion, unpack_fact

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Gap:
    """Facts may have been missed: ask for the state."""

    publisher: str
    """The publisher's present run."""
    restarted: bool
    """True: the first contact with this run, so that nothing of it is known yet."""
    expected: int
    """The number that should have come next."""
    sequence: int
    """The number that came; of a heartbeat, the number of the last fact."""


class FactSubscriber:
    """Subscribes to everything of one publisher. Reconnects by itself; callbacks run on the loop."""

    def __init__(
        self,
        endpoint: str,
        on_fact: Callable[[Fact, FactHeader], None],
        on_gap: Callable[[Gap], None],
        on_peer: Callable[[bool], None] | None = None,
        *,
        keys: ClientKeys | None = None,
    ) -> None:
        """Prepare; `start` connects. A tcp endpoint needs keys.

        `on_gap` comes before the fact that showed the gap, and also at first contact with a run of the
        publisher. Heartbeats and facts that this version does not know are counted and not passed on.
        """
        self.endpoint = endpoint
        self._on_fact = on_fact
        self._on_gap = on_gap
        self._on_peer = on_peer
        self._socket = ClientSocket(zmq.SUB, endpoint, keys, self._arrived)
        self._silence = Silence()
        self._alive = False
        self._looking: asyncio.Task[None] | None = None
        self._publisher: str | None = None
        self._sequence = 0

    @property
    def peer_alive(self) -> bool:
        """Return whether the publisher has been heard within the last 1.5 s."""
        return self._alive

    @property
    def key_refused(self) -> bool:
        """Return whether the publisher has said that it does not know this program's key: pair again."""
        return self._socket.key_refused

    async def start(self) -> Self:
        """Connect, now or as soon as the publisher is there. Raises EndpointError for what can never work."""
        self._socket.open()
        self._looking = asyncio.create_task(self._look(), name=f"silence of {self.endpoint}")
        return self

    def close(self) -> None:
        """Disconnect. Closing twice is allowed."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        self._socket.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_exc: object) -> None:
        self.close()

    def _arrived(self, frames: list[zmq.Frame]) -> None:
        match unpack_fact([frame.bytes for frame in frames]):
            case Malformed(reason):
                log.warning("fact from %s dropped: %s", self.endpoint, reason)
            case WrongVersion(major):
                log.warning("fact from %s dropped: protocol %d", self.endpoint, major)
            case UnreadableFact(header, reason):
                log.error("fact %d from %s dropped: %s", header.sequence, self.endpoint, reason)
                self._heard()
                # As good as missed: its number is not counted, so that whatever comes next shows a gap.
            case Told(header, fact):
                self._heard()
                self._count(header, fact)

    def _count(self, header: FactHeader, fact: Fact | None) -> None:
        beat = isinstance(fact, Heartbeat)
        restarted = header.publisher != self._publisher
        expected = 1 if restarted else self._sequence + 1
        if not restarted and header.sequence < expected - beat:
            return  # heard before
        if restarted or header.sequence > expected - beat:
            self._publisher, self._sequence = header.publisher, header.sequence
            self._on_gap(Gap(header.publisher, restarted, expected, header.sequence))
        self._sequence = header.sequence
        if fact is not None and not beat:
            self._on_fact(fact, header)

    def _heard(self) -> None:
        self._silence.heard()
        self._note(alive=True)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            if self._silence.too_long():
                self._note(alive=False)

    def _note(self, *, alive: bool) -> None:
        if self._alive != alive:
            self._alive = alive
            if self._on_peer is not None:
                # Not called here: a fault in it must not end the watch.
                asyncio.get_running_loop().call_soon(self._on_peer, alive)
