"""Where an installation keeps its things: one folder, with a part for the store and one for each lane."""

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "GUITAI_HOME"

SOCKET_PATH_LIMIT = 107
"""Longest path of a Unix socket on Linux, in bytes."""


def default_home() -> Path:
    """Return the folder named by GUITAI_HOME, else /var/lib/guitai where it is, else the user's own."""
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named)
    system = Path("/var/lib/guitai")
    if system.is_dir() and os.access(system, os.W_OK):
        return system
    return Path.home() / ".local" / "share" / "guitai"


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one installation."""

    home: Path

    @property
    def store(self) -> Path:
        """The store server's folder: books, keys, backups, sockets."""
        return self.home / "store"

    @property
    def books(self) -> Path:
        """The store's database."""
        return self.store / "store.db"

    def lane(self, lane: str) -> Path:
        """The folder of a lane: its devices, its terminal, its spools."""
        return self.home / "lanes" / lane

    @property
    def lanes(self) -> list[str]:
        """The lanes of this machine."""
        folder = self.home / "lanes"
        return sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []

    @property
    def store_requests(self) -> str:
        """Where the store server of this machine answers."""
        return f"ipc://{self.store / 'run' / 'requests'}"

    @property
    def store_facts(self) -> str:
        """Where the store server of this machine publishes."""
        return f"ipc://{self.store / 'run' / 'facts'}"

    def device_requests(self, lane: str) -> str:
        """Where the lane's device daemon answers."""
        return f"ipc://{self.lane(lane) / 'run' / 'requests'}"

    def device_facts(self, lane: str) -> str:
        """Where the lane's device daemon publishes."""
        return f"ipc://{self.lane(lane) / 'run' / 'facts'}"
