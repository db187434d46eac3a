"""The settings of one lane's device daemon: `devices.toml` in the lane's folder, with defaults for all."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from protocol.language import _, current_language


class BadDeviceSettings(Exception):
    """devices.toml or rack.toml cannot be used; the text says what is wrong, where, and what would do."""


class DeviceSettings(BaseModel):
    """Settings of the daemon. Unknown ones are refused, so that a misspelt name is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    folder: Path
    """The lane's folder: rack, spool, sockets, keys."""
    lane: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")]
    """The lane's short code."""
    requests: tuple[str, ...] = ()
    """Endpoints for requests; empty: ipc in the lane's folder."""
    facts: tuple[str, ...] = ()
    """Endpoints for facts; empty: ipc in the lane's folder."""
    language: Literal["en", "zh_CN"] = "en"
    """The language of customer displays, of marks on paper, and of words in facts; the file may leave it to
    the language in which the program was started."""
    ask_if_older_s: Annotated[int, Field(ge=1, le=10**7)] = 600
    """A receipt that could not be printed for so long asks first."""
    keep_jobs_days: Annotated[int, Field(ge=1, le=3650)] = 7
    """How long finished jobs are remembered; a job id asked again later would print again."""

    @property
    def rack(self) -> Path:
        """The file that says which devices the lane has; without it all are simulated."""
        return self.folder / "rack.toml"

    @property
    def spool(self) -> Path:
        """The file of print jobs."""
        return self.folder / "print-jobs.db"

    @property
    def key_file(self) -> Path:
        """The daemon's own CURVE keys, made when it listens on the network."""
        return self.folder / "keys" / "devices.json"

    @property
    def terminals_file(self) -> Path:
        """The keys of the terminals that may connect over the network."""
        return self.folder / "keys" / "terminals.json"

    @property
    def request_endpoints(self) -> tuple[str, ...]:
        """Where requests are answered."""
        return self.requests or (f"ipc://{self.folder / 'run' / 'requests'}",)

    @property
    def fact_endpoints(self) -> tuple[str, ...]:
        """Where facts are published."""
        return self.facts or (f"ipc://{self.folder / 'run' / 'facts'}",)

    @property
    def listens_on_network(self) -> bool:
        """Whether any endpoint lets other machines in."""
        return any(each.startswith("tcp:") for each in (*self.requests, *self.facts))


def load_device_settings(folder: Path, lane: str) -> DeviceSettings:
    """Return the settings in the folder's `devices.toml`, defaults where there is none.

    Raises BadDeviceSettings.
    """
    path = folder / "devices.toml"
    content: dict[str, object] = {}
    try:
        if path.exists():
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        given = {"language": current_language(), **content, "folder": folder.absolute(), "lane": lane}
        return DeviceSettings.model_validate(given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        text = _("{path} cannot be read: {reason}").format(path=path, reason=error)
        raise BadDeviceSettings(text) from error
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        text = _("{path}: the setting {setting} will not do: {reason}")
        raise BadDeviceSettings(text.format(path=path, setting=setting, reason=first["msg"])) from error
