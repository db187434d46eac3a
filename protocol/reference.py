"""The chapter of docs/protocol.md that names every message and field, made from the classes themselves."""

import types
import typing
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import Enum
from inspect import cleandoc
from typing import Any, Literal

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from protocol.field_docs import field_docs
from protocol.messages.base import Command, Fact, FactHeader, Header, Message, Model, Request
from protocol.registry import MESSAGES, WIRE_NAMES

_NO_ROOM = "base"
_OPENING = {
    _NO_ROOM: "Answers of every room, and the headers.",
}


def message_reference() -> str:
    """Return the chapter as Markdown: rooms in the registry's order, their messages and their parts."""
    rooms: dict[str, list[type[Message]]] = {}
    for message in MESSAGES.values():
        rooms.setdefault(message.__module__.rsplit(".", 1)[-1], []).append(message)
    known: set[type[Model]] = set()
    return "\n\n".join(_room(room, messages, known) for room, messages in rooms.items()) + "\n"


def models_of(message: type[BaseModel]) -> list[type[BaseModel]]:
    """Return the models that are parts of the message, each once, in the order of the fields."""
    found: dict[type[BaseModel], None] = {}
    _collect(message, found)
    found.pop(message)
    return list(found)


def in_words(kind: Any, limits: Iterable[Any] = ()) -> str:
    """Return the type as a person reads it: `list of LineView`, `integer, 1 to 9, or null`."""
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        extras = [x for a in arguments[1:] for x in (a.metadata if isinstance(a, FieldInfo) else [a])]
        return in_words(arguments[0], [*limits, *extras])
    if origin in (typing.Union, types.UnionType):
        parts = [in_words(a, limits) for a in arguments if a is not type(None)]
        return " or ".join(parts) + (", or null" if type(None) in arguments else "")
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin is tuple and arguments[-1] is ...:
        return f"list of {in_words(arguments[0])}{_limits(limits, 'entries')}"
    if origin is tuple:
        return "list: " + ", ".join(map(in_words, arguments))
    if origin is dict:
        return f"object: text → {in_words(arguments[1])}"
    return _plain_words(kind, limits)


def _plain_words(kind: Any, limits: Iterable[Any]) -> str:
    plain = {str: "text", bool: "true or false", date: "date", datetime: "time", AwareDatetime: "time"}
    if kind is int:
        return "integer" + _limits(limits)
    if kind in plain:
        return plain[kind] + _limits(limits, "characters")
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "one of " + ", ".join(f"`{member.value}`" for member in kind)
    name = WIRE_NAMES.get(kind, kind.__name__)
    return f"[{name}](#{name.lower().replace('.', '')})"


def _limits(limits: Iterable[Any], unit: str = "") -> str:
    words: list[str] = []
    for limit in limits:
        match limit:
            case Ge(ge=least):
                words.append(f"≥ {least}")
            case Gt(gt=under):
                words.append(f"> {under}")
            case Le(le=most):
                words.append(f"≤ {most}")
            case Lt(lt=over):
                words.append(f"< {over}")
            case MinLen(min_length=least):
                words.append(f"≥ {least} {unit}")
            case MaxLen(max_length=most):
                words.append(f"≤ {most} {unit}")
            case _ if getattr(limit, "pattern", None) is not None:
                words.append(f"of the form `{limit.pattern}`".replace("|", "\\|"))
    return "".join(f", {word}" for word in words)


def _room(room: str, messages: list[type[Message]], known: set[type[Model]]) -> str:
    module = __import__(messages[0].__module__, fromlist=["_"])
    opening = _OPENING.get(room) or cleandoc(module.__doc__ or "")
    parts = [f"### {'All rooms' if room == _NO_ROOM else room}\n\n{opening}"]
    if room == _NO_ROOM:
        parts += [_model(header) for header in (Header, FactHeader)]
    parts += [_message(message) for message in messages]
    for message in messages:
        for part in models_of(message):
            if issubclass(part, Model) and part not in known and not issubclass(part, Message):
                known.add(part)
                parts.append(_model(part))
    return "\n\n".join(parts)


def _message(message: type[Message]) -> str:
    return f"#### {WIRE_NAMES[message]}\n\n{_nature(message)}\n\n{_body(message)}"


def _nature(message: type[Message]) -> str:
    """Return the line that says what one may do with the message."""
    if not issubclass(message, Request):
        return f"*{message.kind}*"
    words = [f"*{message.kind}*", f"answer `{WIRE_NAMES[message.answer]}`"]
    if message.permission is not None:
        words.append(f"permission `{message.permission}`")
    words.append("no sign-on needed" if message.open_to_all else "signed-on operators only")
    if issubclass(message, Command) and not message.durable:
        words.append("a draft: not yet on the disk when answered")
    if message.secret_fields:
        words.append("never logged: " + ", ".join(f"`{name}`" for name in message.secret_fields))
    return " · ".join(words)


def _model(model: type[Model]) -> str:
    return f"#### {model.__name__}\n\n{_body(model)}"


def _body(model: type[Model]) -> str:
    text = cleandoc(model.__doc__ or "")
    if not model.model_fields:
        return f"{text}\n\nNo fields." if not issubclass(model, Fact) else f"{text}\n\nNo fields of its own."
    rows = ["| field | type | if left out | meaning |", "|---|---|---|---|"]
    docs = field_docs(model)
    rows += [_row(name, field, docs.get(name, "")) for name, field in model.model_fields.items()]
    return text + "\n\n" + "\n".join(rows)


def _row(name: str, field: FieldInfo, doc: str) -> str:
    if field.is_required():
        default = "refused"
    else:
        value = field.get_default(call_default_factory=True)
        shown = value.value if isinstance(value, Enum) else value
        default = "`" + _json(shown) + "`"
    meaning = " ".join(doc.split()).replace("|", "\\|")
    return f"| `{name}` | {in_words(field.annotation, field.metadata)} | {default} | {meaning} |"


def _json(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return "[" + ", ".join(map(_json, value)) + "]"
        case BaseModel():
            return value.model_dump_json()
        case _:
            return str(value)


def _collect(kind: Any, found: dict[type[BaseModel], None]) -> None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind not in found:
            found[kind] = None
            for field in kind.model_fields.values():
                _collect(field.annotation, found)
        return
    for argument in _inner(kind):
        _collect(argument, found)


def _inner(kind: Any) -> Iterator[Any]:
    yield from typing.get_args(kind)
