"""Cuts the byte stream of a scanner into scans, by its profile."""

from device_daemon.devices.scanner import Scan
from device_daemon.drivers import aim
from device_daemon.profiles import ScannerProfile, Suffix

LONGEST_SCAN_BYTES = 4000
"""More without an end is noise (a wrong speed, a broken cable) and is thrown away."""

_SUFFIXES = {Suffix.CR: b"\r", Suffix.LF: b"\n", Suffix.CRLF: b"\r\n", Suffix.TAB: b"\t"}


class ScanFramer:
    """Collects bytes until a scan is complete."""

    def __init__(self, profile: ScannerProfile) -> None:
        self._profile = profile
        self._prefix = bytes.fromhex(profile.prefix_hex)
        self._buffer = b""
        self.noise = 0
        """How many overlong runs of bytes were thrown away."""

    @property
    def pending(self) -> bool:
        """True while a scan is begun and not complete."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[Scan]:
        """Take bytes and return the scans that they complete."""
        self._buffer += data
        if self._profile.suffix is Suffix.NONE:
            return []
        *complete, self._buffer = self._split(self._buffer)
        if len(self._buffer) > LONGEST_SCAN_BYTES:
            self._buffer = b""
            self.noise += 1
        return [scan for raw in complete if (scan := self._scan(raw)) is not None]

    def flush(self) -> list[Scan]:
        """Return what was collected as a scan: called at the pause that ends it."""
        raw, self._buffer = self._buffer[:LONGEST_SCAN_BYTES], b""
        scan = self._scan(raw)
        return [] if scan is None else [scan]

    def drop(self) -> None:
        """Forget an incomplete scan."""
        self._buffer = b""

    def _split(self, data: bytes) -> list[bytes]:
        if self._profile.suffix is Suffix.LINE:
            return data.replace(b"\r", b"\n").split(b"\n")  # CR LF gives an empty scan, which is none
        return data.split(_SUFFIXES[self._profile.suffix])

    def _scan(self, raw: bytes) -> Scan | None:
        raw = raw.strip(b"\r\n\x00").removeprefix(self._prefix)  # not 0x1D: it separates GS1 fields
        if len(raw) > LONGEST_SCAN_BYTES:
            self.noise += 1
            return None
        if not raw:
            return None
        text = _decode(raw)
        if not self._profile.aim_ids:
            return Scan(text)
        aim_id, symbology, data = aim.split(text)
        return Scan(data, symbology, aim_id) if data else None


def _decode(raw: bytes) -> str:
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")
