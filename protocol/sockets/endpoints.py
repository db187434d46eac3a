"""Where sockets are bound and connected: ipc files that only their owner can open, tcp only with keys."""

import os
import socket as plain_socket
from pathlib import Path

import zmq

from protocol.language import _
from protocol.wire import MAX_MESSAGE_BYTES

MAX_IPC_PATH_BYTES = 107
"""The kernel's limit for the path of a Unix socket."""
_IPC = "ipc://"
_TCP = "tcp://"
_QUEUE = 1000
"""Messages that ZeroMQ holds per connection and direction; what is over stays with the sender."""


class EndpointError(Exception):
    """An endpoint cannot be used; the text says why and what to do."""


def is_tcp(endpoint: str) -> bool:
    """Return whether the endpoint can be reached from another machine, so that keys are needed."""
    return endpoint.startswith(_TCP)


def prepare(socket: "zmq.Socket[bytes]") -> None:
    """Set what every socket has: limits, no lingering, quick reconnects, notice of dead connections."""
    socket.setsockopt(zmq.LINGER, 0)
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_MESSAGE_BYTES)
    socket.setsockopt(zmq.SNDHWM, _QUEUE)
    socket.setsockopt(zmq.RCVHWM, _QUEUE)
    socket.setsockopt(zmq.RECONNECT_IVL, 100)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)
    socket.setsockopt(zmq.HANDSHAKE_IVL, 5000)
    # A pulled network cable leaves a connection that looks alive; ZeroMQ's own heartbeat replaces it.
    socket.setsockopt(zmq.HEARTBEAT_IVL, 1000)
    socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 3000)


def bind(socket: "zmq.Socket[bytes]", endpoint: str, *, encrypted: bool) -> str:
    """Bind and return the endpoint with its true port. Raises EndpointError."""
    check(endpoint, encrypted=encrypted)
    if endpoint.startswith(_IPC):
        _bind_ipc(socket, endpoint)
    else:
        _bind(socket, endpoint)
    return socket.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")


def connect(socket: "zmq.Socket[bytes]", endpoint: str, *, encrypted: bool) -> None:
    """Connect, now or as soon as somebody is there. Raises EndpointError."""
    check(endpoint, encrypted=encrypted)
    try:
        socket.connect(endpoint)
    except zmq.ZMQError as error:
        raise EndpointError(_wrong(endpoint, error)) from error


def check(endpoint: str, *, encrypted: bool) -> None:
    """Raise EndpointError for an endpoint that cannot be used so."""
    if endpoint.startswith(_IPC):
        size = len(os.fsencode(endpoint.removeprefix(_IPC)))
        if not 0 < size <= MAX_IPC_PATH_BYTES:
            raise EndpointError(
                _(
                    "The path of the socket {endpoint} has {size} bytes; the system allows {limit}. "
                    "Choose a shorter directory."
                ).format(endpoint=endpoint, size=size, limit=MAX_IPC_PATH_BYTES)
            )
    elif not is_tcp(endpoint):
        raise EndpointError(
            _("“{endpoint}” is no endpoint. Write ipc:///path/to/socket or tcp://address:port.").format(
                endpoint=endpoint
            )
        )
    elif not encrypted:
        raise EndpointError(
            _(
                "{endpoint} can be reached from other machines and is only used with keys. "
                "Pair this machine first (guitai pair), or use an ipc:// endpoint."
            ).format(endpoint=endpoint)
        )


def _bind_ipc(socket: "zmq.Socket[bytes]", endpoint: str) -> None:
    """Bind a Unix socket that only its owner may open; the file of a dead program is replaced."""
    path = Path(endpoint.removeprefix(_IPC))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EndpointError(
            _("The directory {path} cannot be made: {reason}").format(path=path.parent, reason=error.strerror)
        ) from error
    if path.exists() and _somebody_listens(path):
        # ZeroMQ would take the file away from the program that is using it.
        raise EndpointError(
            _("Another program is already answering at {endpoint}. Stop it first.").format(endpoint=endpoint)
        )
    before = os.umask(0o177)
    try:
        _bind(socket, endpoint)
        path.chmod(0o600)
    finally:
        os.umask(before)


def _somebody_listens(path: Path) -> bool:
    with plain_socket.socket(plain_socket.AF_UNIX, plain_socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        try:
            probe.connect(str(path))
        except TimeoutError:
            return True  # a listener whose queue is full is a listener
        except OSError:
            return False
    return True


def _bind(socket: "zmq.Socket[bytes]", endpoint: str) -> None:
    try:
        socket.bind(endpoint)
    except zmq.ZMQError as error:
        raise EndpointError(_wrong(endpoint, error)) from error


def _wrong(endpoint: str, error: zmq.ZMQError) -> str:
    if error.errno == zmq.EADDRINUSE:
        return _("Another program is already using {endpoint}. Stop it, or choose another port.").format(
            endpoint=endpoint
        )
    return _("{endpoint} cannot be used: {reason}").format(endpoint=endpoint, reason=error.strerror)
