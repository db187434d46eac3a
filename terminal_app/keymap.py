"""keymap.toml: keys that this shop has moved. A mistake in it is told in a sentence and costs one key."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.keys import Keys

from protocol.language import _
from terminal_app.actions import ACTIONS, FIXED_KEYS, key_words

_EVERYWHERE = {"shell", "lane"}
_NAMED_KEYS = {key.value for key in Keys} | {
    "asterisk",
    "plus",
    "minus",
    "slash",
    "full_stop",
    "comma",
    "space",
}


@dataclass(frozen=True, slots=True)
class Keymap:
    """The keys that differ from the registry, and what was wrong in the file."""

    keys: dict[str, str] = field(default_factory=dict)
    """Action name to key."""
    mistakes: tuple[str, ...] = ()
    """Sentences for the person who wrote the file."""


def read_keymap(path: Path) -> Keymap:
    """Return the keymap in the file. No file: no keys moved. What cannot be used keeps its default key."""
    try:
        with path.open("rb") as file:
            wishes = dict(_flat(tomllib.load(file)))
    except FileNotFoundError:
        return Keymap()
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return Keymap(
            mistakes=(
                _("{path} cannot be read ({reason}); all keys are as delivered.").format(
                    path=path, reason=error
                ),
            )
        )
    keys: dict[str, str] = {}
    mistakes: list[str] = []
    for name, wish in wishes.items():
        mistake = _mistake(name, wish)
        if mistake:
            mistakes.append(mistake)
        else:
            keys[name] = wish.strip().lower()
    mistakes += _settle_conflicts(keys)
    return Keymap(keys, tuple(mistakes))


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Return `checkout.search` for a dotted key as well as for a table [checkout]."""
    rows: list[tuple[str, Any]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, value))
    return rows


def _mistake(name: str, wish: object) -> str | None:
    if name not in ACTIONS:
        return _("keymap.toml: there is no action “{name}”. The help screen names them all.").format(
            name=name
        )
    if not isinstance(wish, str) or not _is_key(wish.strip().lower()):
        return _('keymap.toml: “{key}” for {name} is no key. Write for example "f2" or "ctrl+r".').format(
            key=wish, name=name
        )
    if wish.strip().lower() in FIXED_KEYS:
        return _("keymap.toml: {key} means the same everywhere and cannot be given to {name}.").format(
            key=key_words(wish.strip().lower()), name=name
        )
    return None


def _is_key(key: str) -> bool:
    """Return whether a terminal can send it, and a barcode or a name that is typed cannot contain it."""
    last = key.rpartition("+")[2]
    if len(last) == 1:
        return "ctrl+" in key and last.isalnum()
    return last in _NAMED_KEYS


def _settle_conflicts(keys: dict[str, str]) -> list[str]:
    """Take moved keys back, in place, until no key means two things at one place; return what to say."""
    mistakes: list[str] = []
    conflict = _conflict(keys)
    while conflict:
        moved, other, key = conflict
        mistakes.append(
            _(
                "keymap.toml: {key} is wanted for {name} and for {other}; {name} keeps its key {default}."
            ).format(key=key_words(key), name=moved, other=other, default=key_words(ACTIONS[moved].key))
        )
        del keys[moved]
        conflict = _conflict(keys)
    return mistakes


def _conflict(keys: dict[str, str]) -> tuple[str, str, str] | None:
    """Return a moved action, the action that it collides with, and the key."""
    names = list(ACTIONS)
    for moved in reversed(keys):
        for other in names:
            places = {ACTIONS[moved].place, ACTIONS[other].place}
            together = len(places) == 1 or bool(_EVERYWHERE & places)
            taken = {key.strip() for key in keys.get(other, ACTIONS[other].key).split(",")}
            if other != moved and together and taken & set(keys[moved].split(",")):
                return moved, other, keys[moved]
    return None
