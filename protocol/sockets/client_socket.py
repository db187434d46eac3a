"""The connecting socket of a client: with keys for tcp, replaced when the server did not accept the key."""

import asyncio
import logging
from collections.abc import Callable, Sequence

import zmq
from zmq.utils.monitor import parse_monitor_message

from protocol.sockets.endpoints import check, connect, is_tcp, prepare
from protocol.sockets.keys import ClientKeys
from protocol.sockets.port import Port

_AGAIN_AFTER_S = 1.0

log = logging.getLogger(__name__)


class ClientSocket:
    """One connection that is kept up. ZeroMQ reconnects by itself, except after a refused key."""

    def __init__(
        self,
        kind: int,
        endpoint: str,
        keys: ClientKeys | None,
        on_frames: Callable[[list[zmq.Frame]], None],
        on_writable: Callable[[], None] | None = None,
    ) -> None:
        """Prepare; `open` connects."""
        self._kind = kind
        self._endpoint = endpoint
        self._keys = keys
        self._on_frames = on_frames
        self._on_writable = on_writable
        self._port: Port | None = None
        self._monitor: Port | None = None
        self._again: asyncio.TimerHandle | None = None
        self.key_refused = False
        """True after the server has said that it does not know this client's key; False once connected."""

    def open(self) -> None:
        """Connect, now or as soon as the server is there. Raises EndpointError for what can never work."""
        encrypted = is_tcp(self._endpoint) and self._keys is not None
        check(self._endpoint, encrypted=encrypted)
        socket: zmq.Socket[bytes] = zmq.Context.instance().socket(self._kind)
        try:
            prepare(socket)
            self._options(socket, encrypted)
            if encrypted:
                watch = zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_SUCCEEDED
                self._monitor = Port(socket.get_monitor_socket(watch), self._happened)
            connect(socket, self._endpoint, encrypted=encrypted)
        except BaseException:
            self._close_monitor(socket)
            socket.close(linger=0)
            raise
        self._port = Port(socket, self._on_frames, self._on_writable)

    def send(self, frames: Sequence[bytes]) -> bool:
        """Send, or return False when nobody is connected or the queue is full."""
        return self._port is not None and self._port.send(frames)

    def close(self) -> None:
        """Disconnect. Closing twice is allowed."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if self._port is not None:
            self._close_monitor(self._port.socket)
            self._port.close()
            self._port = None

    def _options(self, socket: "zmq.Socket[bytes]", encrypted: bool) -> None:
        if self._kind == zmq.DEALER:
            # Nothing is queued for a server that is away: an order must not be carried out long after
            # the cashier was told that it failed.
            socket.setsockopt(zmq.IMMEDIATE, 1)
        else:
            socket.setsockopt(zmq.SUBSCRIBE, b"")
        if encrypted and self._keys is not None:
            socket.setsockopt(zmq.CURVE_SERVERKEY, self._keys.server_public.encode())
            socket.setsockopt(zmq.CURVE_PUBLICKEY, self._keys.own.public.encode())
            socket.setsockopt(zmq.CURVE_SECRETKEY, self._keys.own.secret.encode())

    def _close_monitor(self, socket: "zmq.Socket[bytes]") -> None:
        if self._monitor is not None:
            self._monitor.close()
            self._monitor = None
            socket.disable_monitor()

    def _happened(self, frames: list[zmq.Frame]) -> None:
        event = parse_monitor_message([frame.bytes for frame in frames])["event"]
        self.key_refused = event == zmq.EVENT_HANDSHAKE_FAILED_AUTH
        if self.key_refused and self._again is None:
            log.warning("the server at %s does not know this program's key", self._endpoint)
            self._again = asyncio.get_running_loop().call_later(_AGAIN_AFTER_S, self._reopen)

    def _reopen(self) -> None:
        self._again = None
        self.close()
        self.open()
