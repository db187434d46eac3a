"""The simulated scanner: sends what a serial scanner would, into the serial scanner's own driver."""

from device_daemon.drivers.aim import BY_SYMBOLOGY
from device_daemon.gtin import check_digit_fits
from device_daemon.simulators.cable import Cable


class SimulatedScanner:
    """A scanner that is set to send AIM identifiers and ends each code with CR."""

    def __init__(self, name: str) -> None:
        self.cable = Cable(name, lambda _data: None)

    def scan(self, code: str, symbology: str | None) -> bool:
        """Read a code; False while it is not connected."""
        symbology = symbology or recognise(code)
        if symbology == "upca" and len(code) == 12:
            code = "0" + code
        return self.send(BY_SYMBOLOGY.get(symbology, "").encode() + code.encode() + b"\r")

    def send(self, raw: bytes) -> bool:
        """Send bytes as they are."""
        return self.cable.send(raw)


def recognise(code: str) -> str:
    """Return the symbology that a code of this form most likely has."""
    if len(code) in (8, 12, 13) and check_digit_fits(code):
        return {8: "ean8", 12: "upca", 13: "ean13"}[len(code)]
    return "code128" if code.isascii() else "qr"
