"""The interface of customer displays."""

from abc import ABC, abstractmethod

from device_daemon.devices.base import SupervisedDevice
from protocol.messages.devices import DeviceKind, ShowOnDisplay


class LineDisplay(SupervisedDevice, ABC):
    """Shows the customer what matters now, in its own way."""

    kind = DeviceKind.LINE_DISPLAY

    @abstractmethod
    def show(self, request: ShowOnDisplay) -> None:
        """Show this, at once or when the display is back; a newer content replaces one not yet shown."""
