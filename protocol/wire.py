"""Messages to frames and back, pure: bad input becomes a value that says what is wrong, never an exception.

A request or an answer is three frames: tag, header, body. A fact has its wire name in front, as the topic.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from protocol.identifiers import CommandId
from protocol.language import _, speaking
from protocol.messages.base import Answer, Fact, FactHeader, Header, Message, Refused, Request
from protocol.registry import MESSAGES, WIRE_NAMES
from protocol.version import PROTOCOL_MAJOR, PROTOCOL_VERSION, WIRE_TAG
from protocol.wire_errors import wrong_field

MAX_MESSAGE_BYTES = 1024 * 1024
"""The most that all frames of one message may have together."""

M = TypeVar("M", bound=BaseModel)

_TAG_NAME = b"guitai/"
_MAX_TAG_BYTES = 16
_MAX_ID_CHARACTERS = 64
_REQUEST_FRAMES = 3
_FACT_FRAMES = 4


class TooLarge(ValueError):
    """A message of this program is larger than the wire allows; it has not been sent."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Frames that cannot be read; there is nobody to answer."""

    reason: str
    """For the log, in English."""


@dataclass(frozen=True, slots=True)
class WrongVersion:
    """Frames of another major version of the protocol."""

    major: int
    id: CommandId | None = None
    """The id in the header, when even that could be found, so that a refusal can name it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was read."""

    header: Header
    request: Request


@dataclass(frozen=True, slots=True)
class Unacceptable:
    """A request whose header was read and whose body was not: to be answered with this refusal."""

    header: Header
    refusal: Refused


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was read."""

    header: Header
    answer: Answer


@dataclass(frozen=True, slots=True)
class UnreadableAnswer:
    """An answer whose header was read and whose body was not."""

    header: Header
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that was read; None for one that this version does not know, whose number still counts."""

    header: FactHeader
    fact: Fact | None


@dataclass(frozen=True, slots=True)
class UnreadableFact:
    """A fact whose header was read and whose body was not: as good as missed."""

    header: FactHeader
    reason: str


def pack(header: Header, message: Message) -> list[bytes]:
    """Return the three frames of a request or an answer. Raises TooLarge over MAX_MESSAGE_BYTES."""
    return _sized([WIRE_TAG, _json(header), _json(message)])


def pack_fact(header: FactHeader, fact: Fact) -> list[bytes]:
    """Return the four frames of a fact, the first of which is the topic. Raises TooLarge."""
    return _sized([header.name.encode(), WIRE_TAG, _json(header), _json(fact)])


def unpack_request(frames: Sequence[bytes]) -> Asked | Unacceptable | WrongVersion | Malformed:
    """Return the request in the frames, or what is wrong with them."""
    header = _header(frames, _REQUEST_FRAMES)
    if not isinstance(header, Header):
        return header
    kind = MESSAGES.get(header.name)
    with speaking(header.language):
        if kind is None or not issubclass(kind, Request):
            return Unacceptable(header, _unknown(header.name))
        try:
            return Asked(header, kind.model_validate_json(frames[2]))
        except ValidationError as error:
            field, explanation = wrong_field(error)
            return Unacceptable(header, Refused(code="bad_request", explanation=explanation, field=field))


def unpack_answer(frames: Sequence[bytes]) -> Answered | UnreadableAnswer | WrongVersion | Malformed:
    """Return the answer in the frames, or what is wrong with them."""
    header = _header(frames, _REQUEST_FRAMES)
    if not isinstance(header, Header):
        return header
    kind = MESSAGES.get(header.name)
    if kind is None or not issubclass(kind, Answer):
        return UnreadableAnswer(header, f"not an answer that is known here: {header.name[:80]!r}")
    try:
        return Answered(header, kind.model_validate_json(frames[2]))
    except ValidationError as error:
        return UnreadableAnswer(header, f"{header.name}: {wrong_field(error)[1]}")


def unpack_fact(frames: Sequence[bytes]) -> Told | UnreadableFact | WrongVersion | Malformed:
    """Return the fact in the frames, or what is wrong with them."""
    if len(frames) != _FACT_FRAMES:
        return Malformed(f"a fact has {_FACT_FRAMES} frames, these are {len(frames)}")
    fault = _fault([frames[0], *frames[2:]], frames[1])
    if fault is not None:
        return fault
    header = _model(FactHeader, frames[2])
    if isinstance(header, Malformed):
        return header
    if header.name.encode("utf-8", "replace") != frames[0]:
        return Malformed("the topic is not the name in the header")
    kind = MESSAGES.get(header.name)
    if kind is None or not issubclass(kind, Fact):
        return Told(header, None)
    try:
        return Told(header, kind.model_validate_json(frames[3]))
    except ValidationError as error:
        return UnreadableFact(header, f"{header.name}: {wrong_field(error)[1]}")


def wire_name(message: Message) -> str:
    """Return the wire name of the message's class. Raises KeyError for a class not in the registry."""
    return WIRE_NAMES[type(message)]


def other_version(major: int) -> Refused:
    """Return the refusal of a request of another major version, in the current language."""
    return Refused(
        code="protocol_version",
        explanation=_(
            "The two programs speak different versions of the protocol: here {ours}, there {theirs}. "
            "Install the same version of Guitai on both machines."
        ).format(ours=PROTOCOL_VERSION, theirs=major),
    )


def _unknown(name: str) -> Refused:
    return Refused(
        code="unknown_message",
        explanation=_(
            "The request “{name}” is not known here. This program speaks protocol {version}; "
            "the one that asked may be newer."
        ).format(name=name[:80], version=PROTOCOL_VERSION),
    )


def _json(model: BaseModel) -> bytes:
    return model.model_dump_json().encode()


def _sized(frames: list[bytes]) -> list[bytes]:
    size = sum(map(len, frames))
    if size > MAX_MESSAGE_BYTES:
        raise TooLarge(f"a message of {size} bytes; the most is {MAX_MESSAGE_BYTES}")
    return frames


def _header(frames: Sequence[bytes], count: int) -> Header | WrongVersion | Malformed:
    if len(frames) != count:
        return Malformed(f"a message has {count} frames, these are {len(frames)}")
    fault = _fault(frames[1:], frames[0])
    return _model(Header, frames[1]) if fault is None else fault


def _fault(frames: Sequence[bytes], tag: bytes) -> WrongVersion | Malformed | None:
    """Return what is wrong before anything is parsed: size, then tag."""
    size = sum(map(len, frames)) + len(tag)
    if size > MAX_MESSAGE_BYTES:
        return Malformed(f"{size} bytes; the most is {MAX_MESSAGE_BYTES}")
    if tag == WIRE_TAG:
        return None
    major = tag[len(_TAG_NAME) :]
    tagged = tag.startswith(_TAG_NAME) and len(tag) <= _MAX_TAG_BYTES and major.isdigit()
    if tagged and int(major) != PROTOCOL_MAJOR:
        return WrongVersion(int(major), _found_id(frames[0]))
    return Malformed("the first frame is not a tag of this protocol")


def _found_id(header: bytes) -> CommandId | None:
    """Return the `id` of a header of any version, where there is one that could be a request's id."""
    try:
        value = json.loads(header)
    except (ValueError, RecursionError):
        return None
    found = value.get("id") if isinstance(value, dict) else None
    usable = isinstance(found, str) and 0 < len(found) <= _MAX_ID_CHARACTERS and found.isprintable()
    return CommandId(found) if usable and isinstance(found, str) else None


def _model(kind: type[M], frame: bytes) -> M | Malformed:
    try:
        return kind.model_validate_json(frame)
    except ValidationError as error:
        return Malformed(f"header: {wrong_field(error)[1]}")
