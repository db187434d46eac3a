"""The terminal's spool: commands about money, on the disk before they are sent, gone when they are settled.

An append-only file of JSON lines, each synced: `send` with id, name and body, later `done` with the id.
After a crash what was sent and not done is asked again with the same id, so it is recorded once.
"""

import errno
import json
import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from protocol.identifiers import CommandId
from protocol.messages.base import Command
from protocol.registry import MESSAGES, WIRE_NAMES


@dataclass(frozen=True, slots=True)
class Spooled:
    """A command that has no settled answer yet."""

    id: CommandId
    command: Command
    training: bool
    """True: it was meant for the training books."""


class Spool:
    """The file, opened for the life of the program. Raises OSError when the disk refuses."""

    def __init__(self, path: Path) -> None:
        """Open or make the file and read what is waiting in it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._waiting: dict[CommandId, Spooled] = {}
        self.unreadable = 0
        """Lines that could not be read: the end of a write that a power cut interrupted."""
        if path.exists():
            for line in path.read_bytes().splitlines():
                self._read(line)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._compact()
        if not self._ends_well():
            os.write(self._file, b"\n")

    def put(self, id: CommandId, command: Command, *, training: bool) -> None:  # noqa: A002
        """Write the command and return when it is on the disk."""
        if id not in self._waiting:
            entry = {"send": id, "name": WIRE_NAMES[type(command)], "training": training}
            self._append({**entry, "body": command.model_dump(mode="json")})
            self._waiting[id] = Spooled(id, command, training)

    def done(self, id: CommandId) -> None:  # noqa: A002
        """Note that the command is settled; an empty spool becomes an empty file."""
        if self._waiting.pop(id, None) is not None:
            self._append({"done": id})
            self._compact()

    def waiting(self) -> list[Spooled]:
        """Return what is not settled, oldest first."""
        return list(self._waiting.values())

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _append(self, entry: dict[str, object]) -> None:
        line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        size = os.fstat(self._file).st_size
        written = os.write(self._file, line)
        if written != len(line):
            os.ftruncate(self._file, size)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fdatasync(self._file)

    def _compact(self) -> None:
        if not self._waiting and os.fstat(self._file).st_size:
            os.ftruncate(self._file, 0)

    def _ends_well(self) -> bool:
        """Return whether the next line can be appended: a power cut may have torn the last one."""
        size = os.fstat(self._file).st_size
        return size == 0 or os.pread(self._file, 1, size - 1) == b"\n"

    def _read(self, line: bytes) -> None:
        try:
            entry = json.loads(line)
            if "done" in entry:
                self._waiting.pop(entry["done"], None)
                return
            command = MESSAGES[entry["name"]].model_validate_json(json.dumps(entry["body"]))
            if isinstance(command, Command):
                self._waiting[entry["send"]] = Spooled(entry["send"], command, bool(entry["training"]))
        except (ValueError, KeyError, TypeError, ValidationError):
            self.unreadable += 1
