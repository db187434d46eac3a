"""The interface of barcode scanners."""

from abc import ABC
from collections.abc import Callable
from dataclasses import dataclass

from device_daemon.devices.base import SupervisedDevice
from protocol.messages.devices import DeviceKind


@dataclass(frozen=True, slots=True)
class Scan:
    """One barcode as it was read."""

    data: str
    symbology: str = ""
    aim_id: str = ""


class Scanner(SupervisedDevice, ABC):
    """Reads barcodes and hands each one on as soon as its last byte is there."""

    kind = DeviceKind.SCANNER
    on_scan: Callable[["Scanner", Scan], None] = staticmethod(lambda _scanner, _scan: None)
