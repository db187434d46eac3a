"""One ZeroMQ socket on the running asyncio loop: what arrives goes to a callback, sending never waits.

zmq.asyncio makes a future per message; a callback saves that on the way of every scan, and lets an answer
leave in the same turn of the loop in which its request came.
"""

import asyncio
from collections.abc import Callable, Sequence

import zmq

_MESSAGES_PER_TURN = 200
"""After so many, everybody else on the loop has a turn."""


class Port:
    """A socket whose file descriptor the loop watches. All methods are for the loop's thread."""

    def __init__(
        self,
        socket: "zmq.Socket[bytes]",
        on_frames: Callable[[list[zmq.Frame]], None] | None = None,
        on_writable: Callable[[], None] | None = None,
    ) -> None:
        """Watch the socket. `on_writable` is called when one can send: first, and after a refused `send`."""
        self.socket = socket
        self._on_frames = on_frames
        self._on_writable = on_writable
        self._blocked = True
        self._turning = False
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._descriptor = int(socket.getsockopt(zmq.FD))
        self._loop.add_reader(self._descriptor, self._turn)
        self._loop.call_soon(self._turn)  # what came before the descriptor was watched

    def send(self, frames: Sequence[bytes]) -> bool:
        """Send all frames; False where ZeroMQ would have to wait (queue full, nobody connected), or closed.

        Raises zmq.ZMQError for anything else, EHOSTUNREACH from a ROUTER among them.
        """
        if self._closed:
            return False
        try:
            self.socket.send_multipart(frames, zmq.DONTWAIT)
        except zmq.Again:
            self._blocked = True
            return False
        finally:
            # The descriptor is edge-triggered: a send may have taken the edge of a message that has come.
            if not self._turning and self._events() & zmq.POLLIN:
                self._loop.call_soon(self._turn)
        return True

    def close(self) -> None:
        """Close the socket; nothing more is called. Closing twice is allowed."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._descriptor)
            self.socket.close(linger=0)

    def _events(self) -> int:
        return 0 if self._closed else int(self.socket.getsockopt(zmq.EVENTS))

    def _turn(self) -> None:
        """Take what has come; come back soon if there is more, whatever happens in a callback."""
        if self._closed or self._turning:
            return
        self._turning = True
        try:
            for _ in range(_MESSAGES_PER_TURN):
                if not self._events() & zmq.POLLIN:
                    break
                frames = self.socket.recv_multipart(zmq.DONTWAIT, copy=False)
                if self._on_frames is not None:
                    self._on_frames(frames)
            if self._blocked and self._events() & zmq.POLLOUT:
                self._blocked = False
                if self._on_writable is not None:
                    self._on_writable()
        finally:
            self._turning = False
            if self._events() & zmq.POLLIN:
                self._loop.call_soon(self._turn)
