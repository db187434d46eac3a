"""The wires that devices hang on: a serial line, a TCP connection, a device file, a simulated cable.

Every wire is a non-blocking file descriptor on the event loop. What was read is handed on at once; a
write takes as many turns as the device needs and gives up when nothing moves. The standard transports
of printer libraries block for ever, lose the rest of a short write, or both.
"""

import asyncio
import contextlib
import errno
import fcntl
import os
import socket
import stat
import struct
import termios
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import serial

from device_daemon.profiles import SerialProfile

_READ_SIZE = 4096
_WRITE_SIZE = 4096
_DRAIN_PAUSE_S = 0.005
_DRAIN_TURNS = 3
"""Turns of the loop before the first pause: a peer in this process (a simulated device) needs no more."""
_EMPTY_READ_PAUSE_S = 0.05
_CONNECT_TIMEOUT_S = 2.0
_PARITY = {"none": "N", "even": "E", "odd": "O", "mark": "M", "space": "S"}


class WireLostError(OSError):
    """The other end is gone: hung up, unplugged, or not there to be opened."""


class WriteStalledError(Exception):
    """The other end has taken no byte for the whole timeout."""


class Wire:
    """An open connection. Its listener is told once when the other end goes; then nothing is read or sent."""

    def __init__(
        self, fd: int, close: Callable[[], None], *, readable: bool = True, empty_is_end: bool = True
    ) -> None:
        """`empty_is_end`: a read of nothing means that the other end is gone, as it does on most files."""
        self._fd = fd
        self._empty_is_end = empty_is_end
        self._close = close
        self._readable = readable
        self._open = True
        self._on_bytes: Callable[[bytes], None] = lambda _data: None
        self._on_lost: Callable[[], None] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._room: asyncio.Future[None] | None = None

    def listen(self, on_bytes: Callable[[bytes], None], on_lost: Callable[[], None]) -> None:
        """Hand on what arrives, and the end of the connection."""
        self._on_bytes, self._on_lost = on_bytes, on_lost
        if self._readable:
            self._loop.add_reader(self._fd, self._read)

    def close(self) -> None:
        """Close without telling anybody; harmless the second time."""
        if not self._open:
            return
        self._open = False
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        self._wake()
        with contextlib.suppress(OSError, termios.error):  # what has hung up cannot be put back in order
            self._close()

    def _read(self) -> None:
        try:
            data = os.read(self._fd, _READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            self._lose()
            return
        if data:
            self._on_bytes(data)
        elif self._empty_is_end:
            self._lose()
        else:
            # usblp hands on the empty packets of some printers, as fast as it is read.
            self._loop.remove_reader(self._fd)
            self._loop.call_later(_EMPTY_READ_PAUSE_S, self._listen_again)

    def _listen_again(self) -> None:
        if self._open:
            self._loop.add_reader(self._fd, self._read)

    def _lose(self) -> None:
        if self._open:
            self.close()  # first: a USB serial node keeps its name only when its old descriptor is shut
            self._on_lost()

    async def write(
        self, data: bytes, stall_timeout_s: float, excused: Callable[[], bool] = lambda: False
    ) -> None:
        """Hand all of `data` over. Raises WireLostError, or WriteStalledError when nothing moves.

        While `excused` returns True (there is no paper) a stall is waited out.
        """
        rest = memoryview(data)
        while rest:
            if not self._open:
                raise WireLostError(errno.EPIPE, "the wire is closed")
            try:
                written = os.write(self._fd, rest[:_WRITE_SIZE])
            except BlockingIOError:
                await self._writable(stall_timeout_s, excused)
                continue
            except OSError as error:
                self._lose()
                raise WireLostError(error.errno, str(error)) from error
            rest = rest[written:]

    async def _writable(self, timeout_s: float, excused: Callable[[], bool]) -> None:
        """Return when there is room, when the wire was closed meanwhile, or when the stall is excused."""
        self._room = self._loop.create_future()
        self._loop.add_writer(self._fd, self._wake)
        try:
            async with asyncio.timeout(timeout_s):
                await self._room
        except TimeoutError:
            if not excused():
                raise WriteStalledError from None
        finally:
            if self._open:
                self._loop.remove_writer(self._fd)

    def _wake(self) -> None:
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    async def drain(
        self, stall_timeout_s: float, down_to: int = 0, excused: Callable[[], bool] = lambda: False
    ) -> None:
        """Return when at most `down_to` bytes are left in the system's own buffer. Raises as `write` does."""
        left, patience, turns = self._queued(), stall_timeout_s, 0
        while left > down_to:
            pause_s = _DRAIN_PAUSE_S if turns > _DRAIN_TURNS else 0.0
            turns += 1
            await asyncio.sleep(pause_s)
            before, left = left, self._queued()
            patience = stall_timeout_s if left < before else patience - pause_s
            if not self._open:
                raise WireLostError(errno.EPIPE, "the wire is closed")
            if patience <= 0 and not excused():
                raise WriteStalledError

    def _queued(self) -> int:
        """Return the bytes not yet sent, 0 where the system cannot say."""
        if not self._open:
            return 0
        try:
            return int(struct.unpack("i", fcntl.ioctl(self._fd, termios.TIOCOUTQ, b"\0\0\0\0"))[0])
        except OSError:
            return 0


class Port(ABC):
    """A place where a wire can be had, again and again."""

    @property
    @abstractmethod
    def where(self) -> str:
        """The path or address, for people."""

    @abstractmethod
    async def open(self) -> Wire:
        """Return a new wire. Raises WireLostError with the reason."""


@dataclass(frozen=True)
class SerialPort(Port):
    """A serial line by a stable path, such as /dev/serial/by-id/..."""

    path: str
    settings: SerialProfile

    @property
    def where(self) -> str:
        """The path."""
        return self.path

    async def open(self) -> Wire:
        """Open the line exclusively; a second daemon on it is refused by the system."""
        try:
            line = serial.Serial(
                self.path,
                baudrate=self.settings.baudrate,
                bytesize=self.settings.bytesize,
                parity=_PARITY[self.settings.parity],
                stopbits=self.settings.stopbits,
                xonxoff=self.settings.xonxoff,
                rtscts=self.settings.rtscts,
                timeout=0,
                write_timeout=0,
                exclusive=True,
            )
        except (OSError, termios.error, ValueError) as error:
            raise WireLostError(errno.ENODEV, str(error)) from error
        return Wire(line.fileno(), line.close)


@dataclass(frozen=True)
class TcpPort(Port):
    """A printer's raw port in the network, 9100 as a rule."""

    host: str
    port: int

    @property
    def where(self) -> str:
        """host:port."""
        return f"{self.host}:{self.port}"

    async def open(self) -> Wire:
        """Connect within two seconds. A peer that loses its power is noticed after about five seconds."""
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT_S):
                infos = await asyncio.get_running_loop().getaddrinfo(
                    self.host, self.port, type=socket.SOCK_STREAM
                )
                connection = await self._connect(infos[0][0], infos[0][4])
        except (OSError, TimeoutError) as error:
            raise WireLostError(errno.EHOSTUNREACH, f"{self.where}: {error}") from error
        return Wire(connection.fileno(), connection.close)

    @staticmethod
    async def _connect(family: int, address: object) -> socket.socket:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
            await asyncio.get_running_loop().sock_connect(connection, address)  # type: ignore[arg-type]
        except BaseException:
            connection.close()
            raise
        return connection


@dataclass(frozen=True)
class FilePort(Port):
    """A device file such as /dev/usb/lp0, read too where it can be read; a plain file is appended to."""

    path: str

    @property
    def where(self) -> str:
        """The path."""
        return self.path

    async def open(self) -> Wire:
        """Open for reading and writing where possible."""
        try:
            kind = os.stat(self.path).st_mode  # a missing device must not become a plain file
            flags = os.O_NONBLOCK | os.O_NOCTTY
            if stat.S_ISREG(kind) or stat.S_ISFIFO(kind):
                fd = os.open(self.path, flags | os.O_WRONLY | os.O_APPEND)
            else:
                try:
                    fd = os.open(self.path, flags | os.O_RDWR)
                except PermissionError:
                    fd = os.open(self.path, flags | os.O_WRONLY)
        except OSError as error:
            raise WireLostError(error.errno, str(error)) from error
        return Wire(
            fd, lambda: os.close(fd), readable=not stat.S_ISREG(kind), empty_is_end=not stat.S_ISCHR(kind)
        )


class Plug(Protocol):
    """The near end of a simulated device's cable."""

    name: str

    def connect(self) -> socket.socket:
        """Return a new connected end. Raises OSError while the cable is pulled."""


@dataclass(frozen=True)
class SimulatedPort(Port):
    """The cable of a simulated device: a socket pair, so the drivers meet a real descriptor."""

    plug: Plug

    @property
    def where(self) -> str:
        """A name that nobody takes for a path."""
        return f"simulated {self.plug.name}"

    async def open(self) -> Wire:
        """Connect to the simulated device."""
        try:
            end = self.plug.connect()
        except OSError as error:
            raise WireLostError(error.errno, str(error)) from error
        return Wire(end.fileno(), end.close)
