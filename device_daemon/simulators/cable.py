"""The cable of a simulated device, which can be pulled and put back."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable


class Cable:
    """A socket pair: the driver has one end, the simulated device reads and writes the other."""

    def __init__(self, name: str, on_bytes: Callable[[bytes], None]) -> None:
        self.name = name
        self.plugged = True
        self.on_connected: Callable[[], None] = lambda: None
        self._on_bytes = on_bytes
        self._end: socket.socket | None = None

    def connect(self) -> socket.socket:
        """Return the driver's end of a new connection. Raises OSError while the cable is pulled."""
        if not self.plugged:
            raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))
        self._hang_up()
        near, far = socket.socketpair()
        near.setblocking(False)
        far.setblocking(False)
        self._end = far
        asyncio.get_running_loop().add_reader(far.fileno(), self._read)
        self.on_connected()
        return near

    def send(self, data: bytes) -> bool:
        """Send to the driver. False: nobody is connected, and the bytes are lost as on a real line."""
        if self._end is None:
            return False
        try:
            self._end.send(data)
        except OSError:
            return False
        return True

    def unplug(self) -> None:
        """Pull the cable."""
        self.plugged = False
        self._hang_up()

    def plug(self) -> None:
        """Put the cable back; the driver finds it by itself."""
        self.plugged = True

    def close(self) -> None:
        """Let go of the connection, at the end of the program."""
        self._hang_up()

    def _read(self) -> None:
        if self._end is None:
            return
        try:
            data = self._end.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._on_bytes(data)
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._end is not None:
            asyncio.get_running_loop().remove_reader(self._end.fileno())
            self._end.close()
            self._end = None
