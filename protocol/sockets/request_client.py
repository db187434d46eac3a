"""Asks a server: many requests in flight over one connection, matched by id, and a sign of life both ways."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Self

import zmq

from protocol.identifiers import ApprovalId, CommandId, SessionToken, TerminalName, new_id
from protocol.language import _, current_language, speaking
from protocol.messages.base import Answer, Header, Refused, Request
from protocol.messages.presence import Ping
from protocol.registry import WIRE_NAMES
from protocol.sockets.client_socket import ClientSocket
from protocol.sockets.keys import ClientKeys
from protocol.sockets.timing import BEAT_S, LOOK_S, Silence
from protocol.version import PROTOCOL_MINOR
from protocol.wire import (
    Answered,
    Malformed,
    UnreadableAnswer,
    WrongVersion,
    other_version,
    pack,
    unpack_answer,
    wire_name,
)

_PING_ID = "ping-"

log = logging.getLogger(__name__)


class NoAnswer(Exception):
    """No answer came in time. Whether the request was carried out is not known: ask again with its id."""


class NothingHeard(NoAnswer):
    """The server is known, connected or not, and said nothing in time."""


class AnswerNotUnderstood(NoAnswer):
    """An answer came that this version cannot read; asking again would not help."""


class _Waiting:
    """A request that is on its way."""

    def __init__(self, request: type[Request], frames: list[bytes]) -> None:
        self.request = request
        self.frames = frames
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()


class RequestClient:
    """One connection to one server. Reconnects by itself; all methods are for the loop's thread."""

    def __init__(
        self,
        endpoint: str,
        *,
        sender: TerminalName,
        keys: ClientKeys | None = None,
        on_peer: Callable[[bool], None] | None = None,
    ) -> None:
        """Prepare; `start` connects. A tcp endpoint needs keys."""
        self.endpoint = endpoint
        self.sender = sender
        self.session: SessionToken | None = None
        """Sent with every request from now on, like the next two."""
        self.language = current_language()
        self.training = False
        self.on_peer = on_peer
        """Called with True when the server is heard, with False within 2 s of its last sign of life."""
        self._socket = ClientSocket(zmq.DEALER, endpoint, keys, self._arrived, self._writable)
        self._waiting: dict[str, _Waiting] = {}
        self._unsent: OrderedDict[str, _Waiting] = OrderedDict()
        self._held_up = False
        self._silence = Silence()
        self._alive = False
        self._beating: asyncio.Task[None] | None = None
        self._pings = 0

    @property
    def peer_alive(self) -> bool:
        """Return whether the server has been heard within the last 1.5 s."""
        return self._alive

    @property
    def key_refused(self) -> bool:
        """Return whether the server has said that it does not know this program's key: pair again."""
        return self._socket.key_refused

    async def start(self) -> Self:
        """Connect, now or as soon as the server is there. Raises EndpointError for what can never work."""
        self._socket.open()
        self._beating = asyncio.create_task(self._beat(), name=f"pings to {self.endpoint}")
        return self

    def close(self) -> None:
        """Disconnect; requests in flight end with NoAnswer. Closing twice is allowed."""
        if self._beating is not None:
            self._beating.cancel()
            self._beating = None
        self._socket.close()
        for waiting in self._waiting.values():
            if not waiting.answer.done():
                waiting.answer.set_exception(NoAnswer(_("The connection was closed before an answer came.")))
        self._waiting.clear()
        self._unsent.clear()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_exc: object) -> None:
        self.close()

    async def ask(
        self,
        request: Request,
        *,
        id: CommandId | None = None,  # noqa: A002  # the header's own word
        approval: ApprovalId | None = None,
        timeout_s: float = 5.0,
    ) -> Answer:
        """Return the answer: an instance of `request.answer`, or `Refused`.

        While the server is away this waits for it, up to the timeout; whoever would rather know at once looks
        at `peer_alive`. Raises NoAnswer after the timeout: the request may or may not have been carried out,
        unless it never left. Raises wire.TooLarge, and ValueError for an id that is in flight already.
        """
        header = Header(
            id=id or CommandId(new_id()),
            name=wire_name(request),
            minor=PROTOCOL_MINOR,
            sender=self.sender,
            session=self.session,
            approval=approval,
            language=self.language,
            training=self.training,
        )
        if header.id in self._waiting:
            raise ValueError(f"request {header.id} is in flight already")
        waiting = _Waiting(type(request), pack(header, request))
        self._waiting[header.id] = waiting
        try:
            self._unsent[header.id] = waiting
            if not self._held_up:
                self._send_in_order()
            async with asyncio.timeout(timeout_s):
                return await waiting.answer
        except TimeoutError:
            silence = NoAnswer if self.key_refused else NothingHeard
            raise silence(self._silent(timeout_s)) from None
        finally:
            self._waiting.pop(header.id, None)
            self._unsent.pop(
                header.id, None
            )  # given up before anybody was connected: it shall not leave later

    async def ask_until_answered(
        self,
        request: Request,
        id: CommandId,  # noqa: A002  # the header's own word
        *,
        approval: ApprovalId | None = None,
        retry_s: float = 1.0,
        give_up_s: float | None = None,
    ) -> Answer:
        """Ask again with the same id until an answer comes: carried out once, however often it is asked.

        Raises NoAnswer after `give_up_s`, AnswerNotUnderstood at once; None never gives up.
        """
        loop = asyncio.get_running_loop()
        end = None if give_up_s is None else loop.time() + give_up_s
        while True:
            left = retry_s if end is None else min(retry_s, end - loop.time())
            try:
                return await self.ask(request, id=id, approval=approval, timeout_s=left)
            except AnswerNotUnderstood:
                raise
            except NoAnswer:
                if self._beating is None or (end is not None and loop.time() >= end):
                    raise

    def _writable(self) -> None:
        """Somebody is connected, or the queue has room again."""
        if not self._alive:
            self._ping()
        self._send_in_order()

    def _send_in_order(self) -> None:
        """Send what is not sent yet, up to where ZeroMQ would have to wait."""
        self._held_up = False
        while self._unsent:
            asked, waiting = next(iter(self._unsent.items()))
            if not self._socket.send(waiting.frames):
                self._held_up = True
                return
            del self._unsent[asked]

    def _arrived(self, frames: list[zmq.Frame]) -> None:
        match unpack_answer([frame.bytes for frame in frames]):
            case Malformed(reason):
                log.warning("answer from %s dropped: %s", self.endpoint, reason)
                return
            case WrongVersion(major, id=asked):
                with speaking(self.language):
                    self._settle(asked or "", other_version(major))
            case UnreadableAnswer(header, reason):
                log.error("answer %s not understood: %s", header.id, reason)
                self._settle(header.id, None)
            case Answered(header, answer):
                self._settle(header.id, answer)
        self._heard()

    def _settle(self, asked: str, answer: Answer | None) -> None:
        """Give the answer to the one who waits for it; nobody waits for a late or a second one."""
        waiting = self._waiting.get(asked)
        if waiting is None or waiting.answer.done():
            return
        if isinstance(answer, Refused) or (answer is not None and type(answer) is waiting.request.answer):
            waiting.answer.set_result(answer)
        else:
            with speaking(self.language):
                text = _(
                    "The answer to “{name}” is not understood here. Install the same version everywhere."
                )
            waiting.answer.set_exception(AnswerNotUnderstood(text.format(name=WIRE_NAMES[waiting.request])))

    def _heard(self) -> None:
        self._silence.heard()
        self._note(alive=True)

    def _note(self, *, alive: bool) -> None:
        if self._alive != alive:
            self._alive = alive
            if self.on_peer is not None:
                # Not called here: a fault in it must not end the watch.
                asyncio.get_running_loop().call_soon(self.on_peer, alive)

    async def _beat(self) -> None:
        """Ping twice a second and measure the server's silence."""
        loop = asyncio.get_running_loop()
        next_ping = loop.time()
        while True:
            if loop.time() >= next_ping:
                next_ping = loop.time() + BEAT_S
                self._ping()
            if self._silence.too_long():
                self._note(alive=False)
            await asyncio.sleep(LOOK_S)

    def _ping(self) -> None:
        self._pings += 1
        header = Header(
            id=CommandId(f"{_PING_ID}{self._pings}"),
            name=WIRE_NAMES[Ping],
            minor=PROTOCOL_MINOR,
            sender=self.sender,
            language=self.language,
        )
        self._socket.send(pack(header, Ping()))

    def _silent(self, timeout_s: float) -> str:
        with speaking(self.language):
            if self.key_refused:
                return _("The server does not know this machine's key. Pair it again (guitai pair).")
            return _("No answer from {endpoint} within {seconds:g} seconds.").format(
                endpoint=self.endpoint, seconds=timeout_s
            )
