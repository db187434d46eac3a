"""Publishes facts with a gapless number, and a heartbeat twice a second, to everybody who listens."""

import asyncio
from collections.abc import Sequence
from typing import Self

import zmq

from protocol.identifiers import new_id
from protocol.messages.base import Fact, FactHeader
from protocol.messages.presence import Heartbeat
from protocol.sockets.keys import KeyRing
from protocol.sockets.server_sockets import Door, ServerSockets
from protocol.sockets.timing import BEAT_S
from protocol.version import PROTOCOL_MINOR
from protocol.wire import pack_fact, wire_name

_SUBSCRIBED_TO_ALL = b"\x01"


class FactPublisher:
    """One run of one publisher: a PUB per endpoint, all with the same facts and numbers."""

    def __init__(
        self, endpoints: Sequence[str], *, keyring: KeyRing | None = None, publisher: str | None = None
    ) -> None:
        """Prepare; `start` binds. A tcp endpoint needs the keyring. `publisher` must be new for each run."""
        self.publisher = publisher or new_id()
        """The name of this run, for `Greeting.publisher`."""
        self.sequence = 0
        """The number of the last fact, for `Greeting.sequence`."""
        self._wanted = tuple(endpoints)
        self._keyring = keyring
        # An XPUB is a PUB that is told of new listeners.
        self._sockets = ServerSockets(zmq.XPUB, keyring, self._subscribed)
        self._beating: asyncio.Task[None] | None = None

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Return the bound endpoints, with the true port where one was left to the system."""
        return tuple(door.endpoint for door in self._sockets.doors)

    async def start(self) -> Self:
        """Bind and begin the heartbeat. Raises EndpointError with a sentence; then nothing is bound."""
        self._sockets.open(self._wanted)
        if self._keyring is not None:
            self._keyring.watch(self._put_revoked_out)
        self._beating = asyncio.create_task(self._beat(), name="heartbeat")
        return self

    def close(self) -> None:
        """Stop publishing. Closing twice is allowed."""
        if self._beating is not None:
            self._beating.cancel()
            self._beating = None
            if self._keyring is not None:
                self._keyring.unwatch(self._put_revoked_out)
        self._sockets.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_exc: object) -> None:
        self.close()

    def publish(self, fact: Fact) -> int:
        """Send the fact to all who listen now and return its number; never waits for anybody.

        A listener that is slow or away misses it and sees the gap. Raises wire.TooLarge; then no number is
        used.
        """
        frames = self._frames(fact, self.sequence + 1)
        self.sequence += 1
        self._send(frames)
        return self.sequence

    def skip(self) -> None:
        """Use a number up for a fact that cannot be sent: listeners see the gap and ask for the state."""
        self.sequence += 1

    def _frames(self, fact: Fact, sequence: int) -> list[bytes]:
        header = FactHeader(
            name=wire_name(fact), publisher=self.publisher, sequence=sequence, minor=PROTOCOL_MINOR
        )
        return pack_fact(header, fact)

    def _send(self, frames: list[bytes]) -> None:
        for door in self._sockets.doors:
            door.port.send(frames)

    async def _beat(self) -> None:
        while True:
            if self._keyring is not None:
                self._keyring.refresh()
            self._heartbeat()
            await asyncio.sleep(BEAT_S)

    def _heartbeat(self) -> None:
        self._send(self._frames(Heartbeat(), self.sequence))

    def _subscribed(self, _door: Door, frames: list[zmq.Frame]) -> None:
        """Greet a new listener at once: a terminal that starts need not wait for the next heartbeat."""
        if frames[0].bytes == _SUBSCRIBED_TO_ALL:
            self._heartbeat()

    def _put_revoked_out(self) -> None:
        """Close the doors to other machines and open them again: PUB cannot drop one listener alone."""
        for door in list(self._sockets.doors):
            if door.encrypted:
                self._sockets.reopen(door)
