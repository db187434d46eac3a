"""The bound sockets of one server, one per endpoint: plain for ipc, CURVE with a gatekeeper for tcp."""

import asyncio
import logging
from collections.abc import Callable, Sequence

import zmq
from zmq.utils import z85

from protocol.sockets.endpoints import EndpointError, bind, is_tcp, prepare
from protocol.sockets.keys import KeyRing
from protocol.sockets.port import Port

_ZAP_ENDPOINT = "inproc://zeromq.zap.01"
_ZAP_DOMAIN = "guitai"
_ZAP_FRAMES = 7
_CURVE_KEY_BYTES = 32
_REOPEN_AFTER_S = 0.005
_ATTEMPTS_LOGGED = 20

log = logging.getLogger(__name__)


class Door:
    """One bound socket."""

    def __init__(self, number: int, endpoint: str, port: Port, *, encrypted: bool) -> None:
        self.number = number
        self.endpoint = endpoint
        self.port = port
        self.encrypted = encrypted


class ServerSockets:
    """All doors of a server and the one who looks at keys, in a ZeroMQ context of their own."""

    def __init__(
        self,
        kind: int,
        keyring: KeyRing | None,
        on_frames: Callable[[Door, list[zmq.Frame]], None] | None = None,
    ) -> None:
        """Prepare for sockets of the kind (zmq.ROUTER, zmq.XPUB); nothing is bound yet."""
        self._kind = kind
        self._keyring = keyring
        self._on_frames = on_frames
        self._context: zmq.Context[zmq.Socket[bytes]] | None = None
        self._gatekeeper: Port | None = None
        self._turned_away = 0
        self.doors: list[Door] = []

    def open(self, endpoints: Sequence[str]) -> None:
        """Bind all endpoints, or none. Raises EndpointError."""
        self._context = zmq.Context()
        try:
            if self._keyring is not None:
                gate = self._context.socket(zmq.REP)
                gate.setsockopt(zmq.LINGER, 0)
                gate.bind(_ZAP_ENDPOINT)
                self._gatekeeper = Port(gate, self._judge)
            for number, endpoint in enumerate(endpoints):
                self.doors.append(self._door(number, endpoint))
        except BaseException:
            self.close()
            raise

    def reopen(self, door: Door) -> None:
        """Put everybody at this door out; who may, comes in again."""
        door.port.close()
        self._try_to_reopen(door, 1)

    def _try_to_reopen(self, door: Door, attempt: int) -> None:
        """Bind again. ZeroMQ gives the port back a moment after the socket was closed, so several times."""
        if door not in self.doors:
            return  # closed in the meantime
        try:
            self.doors[door.number] = self._door(door.number, door.endpoint)
        except EndpointError as error:
            if attempt == _ATTEMPTS_LOGGED:
                log.error("still closed after putting a revoked terminal out: %s", error)
            later = min(_REOPEN_AFTER_S * attempt, 1.0)
            asyncio.get_running_loop().call_later(later, self._try_to_reopen, door, attempt + 1)

    def close(self) -> None:
        """Close everything. Closing twice is allowed."""
        for door in self.doors:
            door.port.close()
        self.doors.clear()
        if self._gatekeeper is not None:
            self._gatekeeper.close()
            self._gatekeeper = None
        if self._context is not None:
            self._context.destroy(linger=0)
            self._context = None

    def _door(self, number: int, endpoint: str) -> Door:
        assert self._context is not None
        socket = self._context.socket(self._kind)
        encrypted = self._keyring is not None and is_tcp(endpoint)
        try:
            prepare(socket)
            if self._kind == zmq.ROUTER:
                socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
            if self._kind == zmq.XPUB:
                socket.setsockopt(zmq.XPUB_VERBOSE, 1)
            if encrypted and self._keyring is not None:
                socket.setsockopt(zmq.CURVE_SERVER, 1)
                socket.setsockopt(zmq.CURVE_SECRETKEY, self._keyring.server.secret.encode())
                socket.setsockopt_string(zmq.ZAP_DOMAIN, _ZAP_DOMAIN)
            bound = bind(socket, endpoint, encrypted=encrypted)
        except BaseException:
            socket.close(linger=0)
            raise
        door = Door(
            number, bound, Port(socket, lambda frames: self._arrived(door, frames)), encrypted=encrypted
        )
        return door

    def _arrived(self, door: Door, frames: list[zmq.Frame]) -> None:
        if self._on_frames is not None:
            self._on_frames(door, frames)

    def _judge(self, frames: list[zmq.Frame]) -> None:
        """Answer ZeroMQ's question about a new connection (ZAP, RFC 27): is its key on the ring?"""
        parts = [bytes(frame.buffer) for frame in frames]
        version, request_id = parts[0], parts[1] if len(parts) > 1 else b""
        allowed = False
        key = ""
        if len(parts) == _ZAP_FRAMES and parts[5] == b"CURVE" and len(parts[6]) == _CURVE_KEY_BYTES:
            key = z85.encode(parts[6]).decode()
            allowed = self._keyring is not None and self._keyring.name_of(key) is not None
        if not allowed:
            self._turned_away += 1
            if self._turned_away < 10 or self._turned_away % 1000 == 0:  # strangers must not fill the disk
                address = parts[3].decode(errors="replace") if len(parts) > 3 else "?"
                log.warning("connection %d from %s refused: its key is not known", self._turned_away, address)
        status = [b"200", b"OK"] if allowed else [b"400", b"this key is not known here"]
        if self._gatekeeper is not None:
            self._gatekeeper.send([version, request_id, *status, key.encode() if allowed else b"", b""])
