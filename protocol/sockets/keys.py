"""CURVE keys: each program's pair in a file of its own, and the ring of terminals that a server lets in."""

import json
import logging
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import NewType

import zmq

from protocol.identifiers import TerminalName
from protocol.language import _

PublicKey = NewType("PublicKey", str)
"""A CURVE public key as 40 characters of Z85."""

KEY_CHARACTERS = 40
_Z85 = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#")

log = logging.getLogger(__name__)


class KeyFileError(Exception):
    """A file of keys cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """The two keys of one program."""

    public: PublicKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ClientKeys:
    """What a client needs for tcp: its own pair, and the true key of the server from pairing."""

    own: KeyPair
    server_public: PublicKey


def new_key_pair() -> KeyPair:
    """Return a new random key pair."""
    public, secret = zmq.curve_keypair()
    return KeyPair(PublicKey(public.decode()), secret.decode())


def is_public_key(text: object) -> bool:
    """Return whether the text has the form of a public key."""
    return isinstance(text, str) and len(text) == KEY_CHARACTERS and set(text) <= _Z85


def load_or_create_key_pair(path: Path) -> KeyPair:
    """Return the pair in the file, which is made when there is none. Raises KeyFileError."""
    if not path.exists():
        pair = new_key_pair()
        _write(path, {"public": pair.public, "secret": pair.secret})
        return pair
    content = _read(path)
    public, secret = content.get("public"), content.get("secret")
    if is_public_key(secret) and zmq.curve_public(str(secret).encode()).decode() == public:
        return KeyPair(PublicKey(public), str(secret))
    raise KeyFileError(
        _("{path} holds no pair of keys that belong together. Put it aside and pair again.").format(path=path)
    )


def save_server_key(path: Path, server_public: PublicKey) -> None:
    """Keep the server's public key on the terminal."""
    _write(path, {"server_public": server_public})


def load_client_keys(own_path: Path, server_path: Path) -> ClientKeys:
    """Return what pairing has left on this terminal. Raises KeyFileError when it is not paired."""
    if not server_path.exists():
        raise KeyFileError(_("This machine is not paired with a store server yet. Run: guitai pair"))
    server_public = _read(server_path).get("server_public")
    if not is_public_key(server_public) or not isinstance(server_public, str):
        raise KeyFileError(_("{path} holds no key of a server. Pair again.").format(path=server_path))
    return ClientKeys(load_or_create_key_pair(own_path), PublicKey(server_public))


class KeyRing:
    """The keys that a server lets in, with the terminal that each belongs to.

    With a file, changes are kept there, and changes that another program makes to the file are seen: new
    connections and the next request of an old one are judged by it.
    """

    def __init__(self, server: KeyPair, path: Path | None = None) -> None:
        """Take the server's own pair, and the ring in the file. Raises KeyFileError."""
        self.server = server
        self._path = path
        self._terminals: dict[PublicKey, TerminalName] = {}
        self._stamp: tuple[int, int, int] | None = None
        self._watchers: list[Callable[[], None]] = []
        if path is not None and path.exists():
            self._stamp = _stamp(path)
            self._terminals = _terminals(path)

    @property
    def terminals(self) -> Mapping[PublicKey, TerminalName]:
        """Return the terminals that are let in, by key."""
        self.refresh()
        return MappingProxyType(self._terminals)

    def name_of(self, key: str) -> TerminalName | None:
        """Return the terminal that the key belongs to; None for one that is not let in."""
        self.refresh()
        return self._terminals.get(PublicKey(key))

    def allow(self, key: PublicKey, name: TerminalName) -> None:
        """Let the terminal in. A terminal of that name that was paired before loses its old key."""
        if not is_public_key(key):
            raise ValueError(f"not a public key: {key!r}")
        self.refresh()
        rest = {other: owner for other, owner in self._terminals.items() if owner != name}
        self._replace({**rest, key: name})

    def revoke(self, name: TerminalName) -> bool:
        """Let the terminal in no more, from now on; return False when there was none of that name."""
        self.refresh()
        rest = {key: owner for key, owner in self._terminals.items() if owner != name}
        found = len(rest) < len(self._terminals)
        self._replace(rest)
        return found

    def watch(self, on_revoked: Callable[[], None]) -> None:
        """Call back each time that a key has been taken off the ring."""
        self._watchers.append(on_revoked)

    def unwatch(self, on_revoked: Callable[[], None]) -> None:
        """Call back no more."""
        self._watchers.remove(on_revoked)

    def refresh(self) -> None:
        """Take over what another program has written to the file."""
        if self._path is None:
            return
        try:
            stamp = _stamp(self._path)
            if stamp == self._stamp:
                return
            terminals = _terminals(self._path) if stamp is not None else {}
        except KeyFileError as error:
            log.error("key ring kept as it was: %s", error)
            return
        self._stamp = stamp
        self._take(terminals)

    def _replace(self, terminals: dict[PublicKey, TerminalName]) -> None:
        if self._path is not None:
            _write(self._path, {"terminals": terminals})
            self._stamp = _stamp(self._path)
        self._take(terminals)

    def _take(self, terminals: dict[PublicKey, TerminalName]) -> None:
        gone = self._terminals.keys() - terminals.keys()
        self._terminals = terminals
        if gone:
            for on_revoked in tuple(self._watchers):
                on_revoked()


def _terminals(path: Path) -> dict[PublicKey, TerminalName]:
    found = _read(path).get("terminals")
    if not isinstance(found, dict) or not all(
        is_public_key(key) and isinstance(name, str) for key, name in found.items()
    ):
        raise KeyFileError(_("{path} is not a list of paired terminals.").format(path=path))
    return {PublicKey(key): TerminalName(name) for key, name in found.items()}


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _read(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(
                _("Others can read the keys in {path}. Run: chmod 600 {path}").format(path=path)
            )
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise KeyFileError(
            _("{path} cannot be read: {reason}").format(path=path, reason=error.strerror)
        ) from error
    except ValueError as error:
        raise KeyFileError(_("{path} is damaged. Put it aside and pair again.").format(path=path)) from error
    if not isinstance(content, dict):
        raise KeyFileError(_("{path} is damaged. Put it aside and pair again.").format(path=path))
    return content


def _write(path: Path, content: object) -> None:
    """Write the whole file or nothing; only its owner can read it, from its first byte on."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w") as file:
                json.dump(content, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise KeyFileError(
            _("{path} cannot be written: {reason}").format(path=path, reason=error.strerror)
        ) from error
