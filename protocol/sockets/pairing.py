"""Pairing over a socket of its own, which speaks nothing else: the one place where no key is needed yet."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Self

import zmq

from protocol.identifiers import TerminalName
from protocol.language import _, current_language, speaking
from protocol.pairing import (
    PAIRING_TAG,
    NotPaired,
    Offer,
    Paired,
    PairingCode,
    PairingMessage,
    ServerKey,
    ServerSide,
    TerminalKey,
    TerminalSide,
    decode,
    encode,
    new_code,
    refuse,
)
from protocol.sockets.endpoints import bind, check, connect, prepare
from protocol.sockets.keys import ClientKeys, KeyPair, PublicKey
from protocol.sockets.port import Port

_MESSAGES_PER_SECOND = 10
"""The key exchange costs milliseconds of the server's one loop; more than this is not a shopkeeper."""
_TRIES_AT_ONCE = 20
_FRAMES = 3

log = logging.getLogger(__name__)


class NotPairedError(Exception):
    """Pairing did not work; the text says why and what to do."""

    def __init__(self, code: str, explanation: str) -> None:
        """Take over what the other side said."""
        super().__init__(explanation)
        self.code = code


class PairingServer:
    """Waits for terminals that know the present code."""

    def __init__(
        self,
        endpoint: str,
        server_public: PublicKey,
        on_paired: Callable[[TerminalName, PublicKey], None],
        now: Callable[[], datetime],
    ) -> None:
        """Prepare; `start` binds. `on_paired` lets the terminal in (`KeyRing.allow`) before it is told so."""
        self._wanted = endpoint
        self._server_public = server_public
        self._on_paired = on_paired
        self._now = now
        self._offer: Offer | None = None
        self._tries: OrderedDict[bytes, ServerSide] = OrderedDict()
        self._context: zmq.Context[zmq.Socket[bytes]] | None = None
        self._port: Port | None = None
        self._second = 0
        self._messages = 0
        self._strange = 0
        self.endpoint = endpoint
        """The bound endpoint, with the true port after `start`."""

    async def start(self) -> Self:
        """Bind. Raises EndpointError."""
        self._context = zmq.Context()
        socket: zmq.Socket[bytes] = self._context.socket(zmq.ROUTER)
        try:
            prepare(socket)
            socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
            # Plain on purpose: what passes here is public or proved by the code.
            self.endpoint = bind(socket, self._wanted, encrypted=True)
        except BaseException:
            socket.close(linger=0)
            self._context.destroy(linger=0)
            self._context = None
            raise
        self._port = Port(socket, self._arrived)
        return self

    def close(self) -> None:
        """Stop. Closing twice is allowed."""
        if self._port is not None and self._context is not None:
            self._port.close()
            self._context.destroy(linger=0)
            self._port = self._context = None

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_exc: object) -> None:
        self.close()

    def offer(self, terminal: TerminalName | None = None, code: PairingCode | None = None) -> Offer:
        """Make a code for one terminal, of that name if given; an earlier code is worth nothing now."""
        self._offer = Offer(code or new_code(), self._now(), terminal)
        self._tries.clear()
        return self._offer

    def withdraw(self) -> None:
        """Pair nobody any more."""
        self._offer = None
        self._tries.clear()

    def _arrived(self, frames: list[zmq.Frame]) -> None:
        parts = [frame.bytes for frame in frames]
        if len(parts) != _FRAMES or parts[1] != PAIRING_TAG:
            self._strange += 1
            if self._strange < 10 or self._strange % 1000 == 0:  # strangers must not fill the disk
                log.warning("message %d to %s that is not pairing", self._strange, self.endpoint)
            return
        message = decode(parts[2])
        with speaking(getattr(message, "language", None)):
            answer = self._answer(parts[0], message)
        try:
            if self._port is not None:
                self._port.send([parts[0], PAIRING_TAG, encode(answer)])
        except zmq.ZMQError as error:
            if error.errno != zmq.EHOSTUNREACH:
                raise

    def _answer(self, peer: bytes, message: PairingMessage | None) -> PairingMessage:
        if self._offer is None:
            return refuse("no_pairing")
        now = self._now()
        second = int(now.timestamp())
        self._messages = self._messages + 1 if second == self._second else 1
        self._second = second
        if self._messages > _MESSAGES_PER_SECOND:
            return refuse("busy")
        side = self._tries.pop(peer, None) or ServerSide(self._offer, self._server_public)
        self._tries[peer] = side
        if len(self._tries) > _TRIES_AT_ONCE:
            self._tries.popitem(last=False)
        answer, paired = side.receive(message, now)
        match answer:
            case NotPaired(code=code):
                log.warning("pairing refused: %s", code)
        return answer if paired is None else self._paired(paired, answer)

    def _paired(self, paired: Paired, answer: PairingMessage) -> PairingMessage:
        self._offer = None
        try:
            self._on_paired(paired.terminal, PublicKey(paired.public_key))
        except Exception:  # the terminal must not believe that it was let in
            log.exception("%s has proved its key, which could not be kept", paired.terminal)
            return refuse("not_kept")
        log.info("paired %s", paired.terminal)
        return answer


async def pair(
    endpoint: str, code: str, terminal: TerminalName, own: KeyPair, *, timeout_s: float = 10.0
) -> ClientKeys:
    """Make this terminal's key known to the server at the pairing endpoint, and learn the server's.

    Raises ValueError for a code or name of the wrong form, NotPairedError when the server says no or is not
    there, EndpointError.
    """
    side = TerminalSide(code, terminal, own.public, current_language())
    check(endpoint, encrypted=True)
    done: asyncio.Future[ServerKey | NotPaired] = asyncio.get_running_loop().create_future()
    socket: zmq.Socket[bytes] = zmq.Context.instance().socket(zmq.DEALER)

    def arrived(frames: list[zmq.Frame]) -> None:
        parts = [frame.bytes for frame in frames]
        message = decode(parts[1]) if len(parts) == _FRAMES - 1 and parts[0] == PAIRING_TAG else None
        answer = side.receive(message)
        if isinstance(answer, TerminalKey):
            port.send([PAIRING_TAG, encode(answer)])
        elif not done.done():
            done.set_result(answer)

    try:
        prepare(socket)
        connect(socket, endpoint, encrypted=True)
    except BaseException:
        socket.close(linger=0)
        raise
    port = Port(socket, arrived)
    try:
        port.send([PAIRING_TAG, encode(side.start())])
        async with asyncio.timeout(timeout_s):
            result = await done
    except TimeoutError:
        text = _("No answer from {endpoint}. Check the address, and that the server is expecting a terminal.")
        raise NotPairedError("no_answer", text.format(endpoint=endpoint)) from None
    finally:
        port.close()
    if isinstance(result, NotPaired):
        raise NotPairedError(result.code, result.explanation)
    return ClientKeys(own, PublicKey(result.public_key))
