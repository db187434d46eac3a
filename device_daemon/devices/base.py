"""What every device of the lane is: a name, a state, counters, and a life of being opened and polled."""

import asyncio
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import ClassVar

from device_daemon.drivers.wire import Port, Wire, WireLostError
from protocol.identifiers import DeviceName
from protocol.messages.devices import DeviceKind, DeviceState

READY = frozenset({DeviceState.ONLINE, DeviceState.REC_NEAR_END})
"""States in which a device does its work."""


class UnavailableError(Exception):
    """The device cannot do it now; `state` says why."""

    def __init__(self, state: DeviceState, reason: str = "") -> None:
        super().__init__(reason or state.value)
        self.state = state


class NoAnswerError(Exception):
    """The device did not answer one poll."""


class Device(ABC):
    """One device. Its state is told to `on_change` each time it changes."""

    kind: ClassVar[DeviceKind]
    poll_interval_s: ClassVar[float] = 0.5

    def __init__(self, name: str, driver: str, profile_name: str = "", *, simulated: bool = False) -> None:
        self.name = DeviceName(name)
        self.driver = driver
        self.profile_name = profile_name
        self.simulated = simulated
        self.state = DeviceState.OFF_OFFLINE
        self.counters: Counter[str] = Counter()
        self.on_change: list[Callable[[Device], None]] = []
        self.lost = asyncio.Event()
        """Set at a hang-up; cleared by the next `open`."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """Where it is, and what it says it is."""

    @property
    def opened(self) -> bool | None:
        """Of a drawer: is it open?"""
        return None

    @property
    def ready(self) -> bool:
        """True when it can do its work."""
        return self.state in READY

    def report(self, state: DeviceState) -> None:
        """Take note of the state and tell whoever listens, if it is news."""
        if state is self.state:
            return
        self.state = state
        if state is DeviceState.ONLINE:
            self.counters["OnlineTransitionCount"] += 1
        self.tell()

    def tell(self) -> None:
        """Tell the listeners that something about the device is different."""
        for listener in tuple(self.on_change):
            listener(self)


class SupervisedDevice(Device):
    """A device that is opened, polled and closed by its own supervising task."""

    @abstractmethod
    async def open(self) -> None:
        """Claim and enable. Raises UnavailableError while it is not there; may be tried again for ever."""

    @abstractmethod
    def close(self) -> None:
        """Let go of it; harmless when it is not open."""

    async def poll(self) -> None:
        """Ask how it is and report it. Raises NoAnswerError. Devices that cannot be asked say nothing."""


class WiredDevice(SupervisedDevice):
    """A device at the end of a wire."""

    def __init__(
        self, name: str, driver: str, port: Port, profile_name: str = "", *, simulated: bool = False
    ) -> None:
        super().__init__(name, driver, profile_name, simulated=simulated)
        self.port = port
        self._wire: Wire | None = None

    @property
    def identity(self) -> str:
        """The path or address of its port."""
        return self.port.where

    @property
    def wire(self) -> Wire:
        """The open wire. Raises UnavailableError when there is none."""
        if self._wire is None:
            raise UnavailableError(DeviceState.OFF_OFFLINE)
        return self._wire

    async def open(self) -> None:
        """Open the port and greet the device."""
        try:
            wire = await self.port.open()
        except WireLostError as error:
            raise UnavailableError(DeviceState.OFF_OFFLINE, str(error)) from error
        self.lost.clear()
        self._wire = wire
        wire.listen(self.received, self.hung_up)
        try:
            await self.greet()
        except BaseException:
            self.close()
            raise

    async def greet(self) -> None:
        """Bring the freshly connected device into its working state and report how it is."""
        self.report(DeviceState.ONLINE)

    def close(self) -> None:
        """Close the wire."""
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    @abstractmethod
    def received(self, data: bytes) -> None:
        """Take bytes from the device."""

    def hung_up(self) -> None:
        """Take note that the device is gone."""
        self._wire = None
        self.lost.set()
        self.report(DeviceState.OFF_OFFLINE)
