"""Where a store server keeps its books and where it listens: `store.toml` in the store's folder."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from protocol.language import _


class BadServerSettings(Exception):
    """store.toml cannot be used; the text says which line is wrong and why."""


class ServerSettings(BaseModel):
    """Settings of the server process. Unknown ones are refused, so that a misspelt name is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    folder: Path
    """The store's folder: books, keys, backups, sockets."""
    requests: tuple[str, ...] = ()
    """Endpoints for requests; empty: ipc in the store's folder. tcp://0.0.0.0:7441 lets other machines in."""
    facts: tuple[str, ...] = ()
    """Endpoints for facts; empty: ipc in the store's folder. With tcp, usually tcp://0.0.0.0:7442."""
    pairing: str = ""
    """Endpoint where new terminals pair, usually tcp://0.0.0.0:7443; empty: none can pair."""
    answers_kept_days: Annotated[int, Field(ge=2, le=365)] = 14
    """For how many days a command that is asked again gets its earlier answer."""

    @property
    def books(self) -> Path:
        """The database."""
        return self.folder / "store.db"

    @property
    def training_books(self) -> Path:
        """The database of the training books."""
        return self.folder / "training.db"

    @property
    def key_file(self) -> Path:
        """The server's own CURVE keys."""
        return self.folder / "keys" / "server.json"

    @property
    def backups(self) -> Path:
        """Where backups go that name no other place."""
        return self.folder / "backups"

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
        return any(each.startswith("tcp:") for each in (*self.requests, *self.facts, self.pairing))


def load_server_settings(folder: Path) -> ServerSettings:
    """Return the settings in the folder's `store.toml`, defaults where there is none.

    Raises BadServerSettings.
    """
    path = folder / "store.toml"
    content: dict[str, object] = {}
    try:
        if path.exists():
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        return ServerSettings.model_validate({**content, "folder": folder.absolute()})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        text = _("{path} cannot be read: {reason}").format(path=path, reason=error)
        raise BadServerSettings(text) from error
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        text = _("{path}: the setting {setting} will not do: {reason}")
        raise BadServerSettings(text.format(path=path, setting=setting, reason=first["msg"])) from error
