"""What a terminal or a console is told at its start; every field has its sentence."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from protocol.identifiers import LaneCode, TerminalName


class TerminalSettings(BaseModel):
    """Settings of one terminal. Unknown ones are refused, so that a misspelt name cannot go unnoticed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    terminal: TerminalName = TerminalName("lane-1")
    """The name under which this program connects; unique in the store."""
    lane: LaneCode = LaneCode("1")
    """The till position: its drawer and its devices. A console has none of its own."""
    store_endpoint: str = "ipc:///var/lib/guitai/store/run/requests"
    """Where the store server answers."""
    store_facts_endpoint: str = "ipc:///var/lib/guitai/store/run/facts"
    """Where the store server publishes its facts."""
    device_endpoint: str = "ipc:///var/lib/guitai/lanes/1/run/requests"
    """Where this lane's device daemon answers; empty: there is none."""
    device_facts_endpoint: str = "ipc:///var/lib/guitai/lanes/1/run/facts"
    """Where this lane's device daemon publishes scans and states."""
    key_file: Path | None = None
    """This terminal's own CURVE keys, for a store server on another machine."""
    server_key_file: Path | None = None
    """The store server's public CURVE key, for a store server on another machine."""
    language: Literal["en", "zh_CN"] = "zh_CN"
    """The language of the screen until an operator with another one signs on."""
    theme: Literal["light", "dark"] = "dark"
    """The colours of the screen."""
    idle_lock_minutes: Annotated[int, Field(ge=0, le=600)] = 10
    """Minutes without a key or a scan after which the terminal locks itself; 0: never."""
    data_directory: Path = Path("/var/lib/guitai/lanes/1")
    """Where the terminal keeps its spool of unanswered payments, its log and keymap.toml."""
    hint: str = ""
    """A line shown at the sign-on, such as the operators of a demonstration shop."""

    @property
    def spool_path(self) -> Path:
        """Commands about money that have no answer yet."""
        return self.data_directory / f"{self.terminal}.spool"

    @property
    def log_path(self) -> Path:
        """What technicians read when something went wrong."""
        return self.data_directory / f"{self.terminal}.log"

    @property
    def keymap_path(self) -> Path:
        """Keys that this shop has moved."""
        return self.data_directory / "keymap.toml"
