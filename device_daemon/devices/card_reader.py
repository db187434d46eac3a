"""The interface of card readers."""

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass

from device_daemon.devices.base import SupervisedDevice
from protocol.messages.devices import DeviceKind


@dataclass(frozen=True, slots=True)
class Card:
    """A card on the reader."""

    uid: str
    """Upper-case hexadecimal."""
    card_kind: str = ""

    @property
    def random_uid(self) -> bool:
        """True for a number that changes each time (ISO 14443-3: four bytes, the first is 08)."""
        return len(self.uid) == 8 and self.uid.startswith("08")


class CardReader(SupervisedDevice, ABC):
    """Tells when a card is laid on it and when it is taken away, each once."""

    kind = DeviceKind.CARD_READER
    on_presented: Callable[["CardReader", Card], None] = staticmethod(lambda _reader, _card: None)
    on_removed: Callable[["CardReader", Card], None] = staticmethod(lambda _reader, _card: None)
