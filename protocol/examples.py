"""One example of every message, made from the types of its fields, the same each time."""

import re
import types
import typing
from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Literal, TypeVar

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from protocol.identifiers import CommandId, TerminalName
from protocol.messages.base import Answer, Fact, FactHeader, Header, Message
from protocol.registry import WIRE_NAMES
from protocol.version import PROTOCOL_MINOR
from protocol.wire import pack, pack_fact

EXAMPLE_ID = CommandId("0193571e-8c00-7000-8000-000000000001")
_AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
_CHINESE_FROM_CHARACTERS = 40

_TEXTS = {
    "currency": "CNY",
    "business_date": "2026-11-21",
    "language": "zh_CN",
    "pin": "2580",
    "old_pin": "2580",
    "new_pin": "7413",
}
"""Fields that have a form of their own which their type does not show."""

_PATTERNS = {
    r"^[!-.0-~]+$": "0193571e-8c00-7000-8000-000000000002",
    r"^[^\x00-\x1f\x7f]*$": "lane-1",
    r"^([0-9A-Fa-f]{2})*$": "4A4F",
    r"^[0-9IWPVC]+$": "21IIIIIPPPPPC",
    r"^(([0-9]{4}-)?[0-9]{2}-[0-9]{2})?$": "1990-05-17",
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$": "2026-11-21",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$": "09:30",
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": "09:30",
    r"^(day|month)?$": "day",
    r"^[A-Z0-9-]{0,30}$": "WELCOME10",
}
"""A text for each pattern that a field has."""

M = TypeVar("M", bound=BaseModel)


def example(model: type[M]) -> M:
    """Return an instance with every field filled. Raises LookupError for a type that needs a line here."""
    values = {
        name: _value(name, field.annotation, field.metadata, (model,))
        for name, field in model.model_fields.items()
    }
    return model(**values)


def example_frames(message: type[Message]) -> list[bytes]:
    """Return the frames in which an example of the message travels."""
    name = WIRE_NAMES[message]
    instance = example(message)
    if isinstance(instance, Fact):
        header = FactHeader(name=name, publisher=str(EXAMPLE_ID), sequence=1, minor=PROTOCOL_MINOR)
        return pack_fact(header, instance)
    sender = "store-server" if issubclass(message, Answer) else "lane-1"
    return pack(Header(id=EXAMPLE_ID, name=name, minor=PROTOCOL_MINOR, sender=TerminalName(sender)), instance)


def _value(name: str, kind: Any, limits: Iterable[Any], inside: tuple[type[BaseModel], ...]) -> Any:
    """Return a value of the type within the limits; `inside` are the models around it."""
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return _value(name, arguments[0], [*limits, *_flat(arguments[1:])], inside)
    if origin in (typing.Union, types.UnionType):
        real = [a for a in arguments if a is not type(None)]
        return None if _closes_a_circle(real[0], inside) else _value(name, real[0], limits, inside)
    if origin is Literal:
        return arguments[0]
    if origin is tuple:
        return _tuple(name, arguments, limits, inside)
    if origin is dict:
        return {"en": _value(name, arguments[1], (), inside)}
    return _plain(name, kind, limits, inside)


def _plain(name: str, kind: Any, limits: Iterable[Any], inside: tuple[type[BaseModel], ...]) -> Any:
    if kind is str:
        return _text(name, limits)
    if kind is int:
        return _number(limits)
    if kind is bool:
        return True
    if kind in (datetime, AwareDatetime):
        return _AT
    if kind is date:
        return _AT.date()
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind(
            **{
                key: _value(key, field.annotation, field.metadata, (*inside, kind))
                for key, field in kind.model_fields.items()
            }
        )
    raise LookupError(f"no example for the field {name!r} of type {kind!r}")


def _tuple(
    name: str, arguments: tuple[Any, ...], limits: Iterable[Any], inside: tuple[type[BaseModel], ...]
) -> Any:
    if len(arguments) == 2 and arguments[1] is ...:
        if _closes_a_circle(arguments[0], inside):
            return ()
        least = next((limit.min_length for limit in limits if isinstance(limit, MinLen)), 1)
        return tuple(_value(name, arguments[0], (), inside) for _n in range(max(1, least)))
    return tuple(_value(name, argument, (), inside) for argument in arguments)


def _text(name: str, limits: Iterable[Any]) -> str:
    least, most, pattern = 0, 10_000, None
    for limit in limits:
        if isinstance(limit, MinLen):
            least = limit.min_length
        elif isinstance(limit, MaxLen):
            most = limit.max_length
        elif getattr(limit, "pattern", None) is not None:
            pattern = limit.pattern
    if pattern is not None:
        return _matching(name, pattern)
    if name in _TEXTS:
        return _TEXTS[name]
    text = name.replace("_", " ")
    if _CHINESE_FROM_CHARACTERS <= most < 10_000:
        text += " 柜台"
    return text[:most].ljust(least, "x")


def _matching(name: str, pattern: str) -> str:
    """Return a text of the pattern: its first word if it lists words, else the one in the table."""
    words = re.fullmatch(r"\^\((\w+)(?:\|\w+)*\)\$", pattern)
    if words is None and pattern not in _PATTERNS:
        raise LookupError(f"no example for the pattern {pattern!r} of {name!r}; add one to _PATTERNS")
    return words[1] if words is not None else _PATTERNS[pattern]


def _number(limits: Iterable[Any]) -> int:
    value = 1
    for limit in limits:
        match limit:
            case Ge(ge=least):
                value = max(value, int(str(least)))
            case Gt(gt=under):
                value = max(value, int(str(under)) + 1)
            case Le(le=most):
                value = min(value, int(str(most)))
            case Lt(lt=over):
                value = min(value, int(str(over)) - 1)
    return value


def _flat(extras: Iterable[Any]) -> list[Any]:
    """Return the limits in what Annotated carries."""
    found: list[Any] = []
    for extra in extras:
        found.extend(extra.metadata if isinstance(extra, FieldInfo) else [extra])
    return found


def _closes_a_circle(kind: Any, inside: tuple[type[BaseModel], ...]) -> bool:
    return isinstance(kind, type) and kind in inside
