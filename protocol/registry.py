"""The one table of messages: wire name to class. A message that is not here does not exist."""

from types import ModuleType

from protocol.messages import (
    cards,
    catalogue,
    coupons,
    devices,
    imports,
    members,
    offers,
    operators,
    points,
    presence,
    prices,
    profiles,
    quotations,
    refunds,
    sales,
    shifts,
    stock,
    store,
    taxes,
    trials,
)
from protocol.messages.base import Answer, Command, Done, Fact, Message, Query, Refused, Request

_ROOMS: tuple[ModuleType, ...] = (
    presence,
    operators,
    taxes,
    catalogue,
    prices,
    members,
    cards,
    stock,
    shifts,
    points,
    offers,
    sales,
    coupons,
    refunds,
    quotations,
    trials,
    profiles,
    imports,
    store,
    devices,
)


def _wire_names() -> dict[str, type[Message]]:
    table: dict[str, type[Message]] = {"Done": Done, "Refused": Refused}
    for module in _ROOMS:
        room = module.__name__.rsplit(".", 1)[-1]
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Message) and value.__module__ == module.__name__:
                table[f"{room}.{name}"] = value
    return table


MESSAGES: dict[str, type[Message]] = _wire_names()
"""Every message of the protocol by its wire name, `<room>.<Class>`."""

WIRE_NAMES: dict[type[Message], str] = {message: name for name, message in MESSAGES.items()}
"""The wire name of every message class."""


def requests() -> dict[str, type[Request]]:
    """Return the commands and queries by wire name."""
    return {name: m for name, m in MESSAGES.items() if issubclass(m, (Command, Query))}


def answers() -> dict[str, type[Answer]]:
    """Return the answers by wire name."""
    return {name: m for name, m in MESSAGES.items() if issubclass(m, Answer)}


def facts() -> dict[str, type[Fact]]:
    """Return the facts by wire name."""
    return {name: m for name, m in MESSAGES.items() if issubclass(m, Fact)}
