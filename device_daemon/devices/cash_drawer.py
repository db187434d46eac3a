"""The interface of cash drawers."""

from abc import ABC, abstractmethod

from device_daemon.devices.base import Device
from protocol.messages.devices import DeviceKind


class CashDrawer(Device, ABC):
    """Opens on command; may have a sensor that says whether it is open."""

    kind = DeviceKind.CASH_DRAWER

    @abstractmethod
    async def open_drawer(self) -> None:
        """Open it now. Raises UnavailableError."""
