"""The interface of receipt printers."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from device_daemon.devices.base import SupervisedDevice
from protocol.messages.devices import DeviceKind
from protocol.receipt import Document


class PosPrinter(SupervisedDevice, ABC):
    """Prints documents, one at a time, and passes the kick on to the drawer at its connector."""

    kind = DeviceKind.POS_PRINTER
    drawer_open: bool | None = None
    """What the drawer's sensor says; None: not known."""

    @abstractmethod
    def encode(self, document: Document, marks: tuple[str, ...] = ()) -> list[bytes]:
        """Return the document as chunks of bytes for this printer."""

    @abstractmethod
    async def print_chunks(
        self, chunks: list[bytes], on_begun: Callable[[], None], given_up: Callable[[], bool]
    ) -> bool:
        """Print, and return when the printer has said that it is done; False: it was given up midway.

        Waits in the middle while there is no paper. Calls `on_begun` when the first byte may have left.
        Raises UnavailableError when the printer is not ready at the start or is lost midway.
        """

    @abstractmethod
    async def kick(self) -> None:
        """Open the drawer now. Raises UnavailableError rather than opening it some time later."""
