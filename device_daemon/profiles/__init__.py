"""What makes and families of devices are like: TOML files, checked when they are read."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from protocol.language import _

_FOLDER = Path(__file__).resolve().parent

Rate = Annotated[int, Field(ge=50, le=4_000_000)]


class ProfileError(ValueError):
    """A profile, or a setting that a rack overrides, is not usable; the text says what and where."""


class Profile(BaseModel):
    """Fields that every profile has."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    description: str = ""
    """Which devices it is for."""


class SerialProfile(Profile):
    """How a serial line is set; unused on other wires."""

    baudrate: Rate = 9600
    bytesize: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd", "mark", "space"] = "none"
    stopbits: Literal[1, 2] = 1
    xonxoff: bool = False
    rtscts: bool = False


class Suffix(StrEnum):
    """What ends a scan."""

    LINE = "line"
    """CR, LF or both: fits nearly every scanner."""
    CR = "cr"
    LF = "lf"
    CRLF = "crlf"
    TAB = "tab"
    NONE = "none"
    """Nothing: a pause ends it."""


class ScannerProfile(SerialProfile):
    """How a serial scanner sends."""

    prefix_hex: str = ""
    """Bytes before each scan, as hexadecimal digits."""
    suffix: Suffix = Suffix.LINE
    idle_gap_ms: Annotated[int, Field(ge=5, le=2000)] = 60
    """With no suffix: the pause that ends a scan."""
    aim_ids: bool = True
    """Take a leading `]cm` as the AIM identifier. False for a scanner whose codes may begin with `]`."""


class CodePage(Profile):
    """A single-byte character table of a printer."""

    number: Annotated[int, Field(ge=0, le=255)]
    """The argument of ESC t."""
    codec: str
    """Python's name of it."""


class Cut(StrEnum):
    """How the paper is cut."""

    PARTIAL = "partial"
    FULL = "full"
    NONE = "none"
    """No cutter: the paper is fed to the tear bar."""


class PrinterProfile(SerialProfile):
    """How an ESC/POS printer is."""

    columns: Annotated[int, Field(ge=16, le=96)] = 48
    dots: Annotated[int, Field(ge=200, le=1200)] = 576
    """Printable dots across the paper."""
    chinese: bool = True
    """It has GBK characters (FS & ... FS .)."""
    kanji_size: bool = True
    """Chinese characters need FS ! for double size; GS ! alone does not enlarge them."""
    code_pages: tuple[CodePage, ...] = (CodePage(number=0, codec="cp437"),)
    """In order of preference."""
    barcodes: bool = True
    qr: bool = True
    cut: Cut = Cut.PARTIAL
    status: bool = True
    """It answers DLE EOT."""
    automatic_status: bool = True
    """It reports changes by itself (GS a)."""
    confirms: bool = True
    """It answers GS r in the order of the data: the proof that a job was printed."""
    realtime_kick: bool = False
    """It opens the drawer by DLE DC4, which works while there is no paper."""
    drawer_sensor: bool = True
    drawer_open_when: Literal["high", "low"] = "high"
    """Level of connector pin 3 while the drawer is open; differs per drawer."""
    drawer_pin: Literal[0, 1] = 0
    """0: connector pin 2; 1: connector pin 5."""
    drawer_pulse_ms: Annotated[int, Field(ge=20, le=510)] = 100
    write_timeout_s: Annotated[float, Field(gt=0, le=120)] = 10.0
    """A ready printer that takes no byte for so long is lost."""


class DisplayProfile(SerialProfile):
    """How a customer display is."""

    dialect: Literal["escpos", "led8"] = "escpos"
    columns: Annotated[int, Field(ge=8, le=40)] = 20
    rows: Annotated[int, Field(ge=1, le=4)] = 2
    codec: str = "cp437"
    """The character table, `gbk` for displays with Chinese glyphs."""
    lamp_encoding: Literal["ascii", "binary"] = "ascii"
    """How the argument of ESC s is sent by digit displays: `1` or 0x01."""


AnyProfile = TypeVar("AnyProfile", bound=Profile)


def load(
    kind: type[AnyProfile], folder: str, name: str, overrides: dict[str, Any] | None = None
) -> AnyProfile:
    """Return the profile `<folder>/<name>.toml` with `overrides` laid over it.

    Raises ProfileError, with a sentence, for a name that does not exist and for values that do not fit.
    """
    path = _FOLDER / folder / f"{name}.toml"
    known = sorted(p.stem for p in (_FOLDER / folder).glob("*.toml"))
    if name not in known:
        text = _("There is no profile {name} in {folder}; there are: {known}.")
        raise ProfileError(text.format(name=name, folder=folder, known=", ".join(known)))
    with path.open("rb") as file:
        values = tomllib.load(file)
    try:
        return kind.model_validate(values | (overrides or {}))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        text = _("The profile {name}: {field}: {reason}")
        raise ProfileError(text.format(name=name, field=field, reason=first["msg"])) from error
