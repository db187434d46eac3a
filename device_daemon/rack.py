"""Which devices a lane has: read from `rack.toml`, or one simulated device of each kind."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from device_daemon.settings import BadDeviceSettings
from protocol.language import _
from protocol.messages.devices import DeviceKind

_DRIVERS: dict[DeviceKind, dict[str, tuple[str, ...]]] = {
    DeviceKind.SCANNER: {"serial": ("path",), "simulated": ()},
    DeviceKind.CARD_READER: {"pcsc": (), "simulated": ()},
    DeviceKind.LINE_DISPLAY: {"serial": ("path",), "simulated": ()},
    DeviceKind.POS_PRINTER: {"serial": ("path",), "tcp": ("host",), "file": ("path",), "simulated": ()},
    DeviceKind.CASH_DRAWER: {"printer": ()},
}
"""The drivers of each kind, with the fields that they need."""


class RackError(BadDeviceSettings):
    """The rack cannot be used; the text says what is wrong, where, and what would be right."""


class RackEntry(BaseModel):
    """One device of the lane."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
    """Its stable name: `scanner-1`."""
    kind: DeviceKind
    driver: str
    """`serial`, `tcp`, `file`, `pcsc`, `printer` (a drawer at a printer) or `simulated`."""
    profile: str = ""
    """The make or family; empty: the general one of its kind."""
    path: str = ""
    """Of a serial line or device file: a name that stays, /dev/serial/by-id/..., not /dev/ttyUSB0."""
    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 9100
    reader: str = ""
    """Of a PC/SC reader: words in its name; empty: the first."""
    printer: str = ""
    """Of a drawer: the printer that it hangs on; empty: the first."""
    settings: dict[str, Any] = {}
    """Fields of the profile that are different for this one device: `baudrate = 115200`."""


def default_rack() -> tuple[RackEntry, ...]:
    """Return one simulated device of each kind: a shop that needs no hardware."""
    return (
        RackEntry(name="scanner-1", kind=DeviceKind.SCANNER, driver="simulated"),
        RackEntry(name="cards-1", kind=DeviceKind.CARD_READER, driver="simulated"),
        RackEntry(
            name="display-1",
            kind=DeviceKind.LINE_DISPLAY,
            driver="simulated",
            profile="escpos-20x2-chinese",
        ),
        RackEntry(name="printer-1", kind=DeviceKind.POS_PRINTER, driver="simulated"),
        RackEntry(name="drawer-1", kind=DeviceKind.CASH_DRAWER, driver="printer"),
    )


def load_rack(path: Path) -> tuple[RackEntry, ...]:
    """Return the devices of a rack file, in its order. Raises RackError with a sentence."""
    try:
        with path.open("rb") as file:
            tables = tomllib.load(file)
    except OSError as error:
        raise RackError(
            _("The rack {path} cannot be read: {reason}").format(path=path, reason=error.strerror)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise RackError(
            _("The rack {path} is not valid TOML: {reason}").format(path=path, reason=error)
        ) from error
    devices = tables.get("device", [])
    if not isinstance(devices, list) or not devices or set(tables) != {"device"}:
        raise RackError(
            _("The rack {path} must consist of [[device]] tables, one per device.").format(path=path)
        )
    entries = tuple(_entry(path, number, table) for number, table in enumerate(devices, start=1))
    _check_together(path, entries)
    return entries


def _entry(path: Path, number: int, table: object) -> RackEntry:
    try:
        entry = RackEntry.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RackError(
            _("The rack {path}, device {number}: {field}: {reason}").format(
                path=path, number=number, field=field, reason=first["msg"]
            )
        ) from error
    drivers = _DRIVERS[entry.kind]
    if entry.driver not in drivers:
        raise RackError(
            _("The rack {path}: {name} is a {kind}; its driver is one of: {drivers}.").format(
                path=path, name=entry.name, kind=entry.kind.value, drivers=", ".join(drivers)
            )
        )
    for needed in drivers[entry.driver]:
        if not getattr(entry, needed):
            raise RackError(
                _("The rack {path}: {name} needs {field} with the driver {driver}.").format(
                    path=path, name=entry.name, field=needed, driver=entry.driver
                )
            )
    return entry


def _check_together(path: Path, entries: tuple[RackEntry, ...]) -> None:
    names: set[str] = set()
    for entry in entries:
        if entry.name in names:
            raise RackError(
                _("The rack {path} has two devices called {name}.").format(path=path, name=entry.name)
            )
        names.add(entry.name)
    printers = {entry.name for entry in entries if entry.kind is DeviceKind.POS_PRINTER}
    for entry in entries:
        if entry.kind is DeviceKind.CASH_DRAWER and (
            not printers or (entry.printer and entry.printer not in printers)
        ):
            raise RackError(
                _("The rack {path}: the drawer {name} needs a printer of this rack to hang on.").format(
                    path=path, name=entry.name
                )
            )
