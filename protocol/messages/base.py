"""What a message is: a frozen model that is a command, a query, an answer or a fact.

Strict when writing (types are checked without conversion), tolerant when reading (fields that are not
known are ignored), so that a field can be added without breaking who does not know it.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from protocol.identifiers import ApprovalId, CommandId, SessionToken, TerminalName

Minor = Annotated[StrictInt, Field(ge=-(10**13), le=10**13)]
"""An amount of money in minor units (fen, pence)."""
Thousandths = Annotated[StrictInt, Field(ge=-(10**13), le=10**13)]
"""A quantity in thousandths of a piece or of a kilogram."""
PartsPerMillion = Annotated[StrictInt, Field(ge=0, le=1_000_000_000)]
"""A rate: 100 % is 1,000,000."""
_PRINTABLE = "^[^\\x00-\\x1f\\x7f]*$"
"""Ids and senders stand in the log and in the journal's hash, where no control character may be."""
MADE_ID = Field(min_length=1, max_length=64, pattern="^[!-.0-~]+$")
"""What an id must be that a client has made: printable ASCII without spaces and slashes."""
ROW_ID = Field(ge=0, le=2**53)
"""What an id must be that the store has given: a whole number that every language can hold."""
SHORT_CODE = Field(max_length=40)
"""What a code of the shop must be: the rooms say which ones there are."""
Name = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=4000)]


class Model(BaseModel):
    """A frozen value that may be a part of a message."""

    # Deferred: a program uses some of the messages and should not wait for all of them when it starts.
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", defer_build=True)


class Message(Model):
    """What travels as the body of a frame."""

    kind: ClassVar[Literal["command", "query", "answer", "fact"]]


class Answer(Message):
    """What a request gets back."""

    kind = "answer"
    holds_secret: ClassVar[bool] = False
    """True for answers that no table may keep (a session, a pairing code): asked again, made anew."""


class Request(Message):
    """What a client asks of a server: a command or a query."""

    answer: ClassVar[type[Answer]]
    """The class of the answer when it is not `Refused`."""
    permission: ClassVar[str | None] = None
    """The permission that the operator, or one who approves, must have; None when signing on is enough."""
    open_to_all: ClassVar[bool] = False
    """True for what is answered without a signed-on operator (signing on itself, pings)."""
    secret_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that no log or journal may show (PINs, card secrets)."""


class Command(Request):
    """An order that changes something; named as an order. Carried out at most once per id."""

    kind = "command"
    durable: ClassVar[bool] = True
    """True: on the disk (fsync) before the answer leaves. False for drafts, such as a basket."""


class Query(Request):
    """A question that changes nothing; asked again freely."""

    kind = "query"


class Fact(Message):
    """Something that has happened; named in the past tense. News, never the only record."""

    kind = "fact"


class Done(Answer):
    """The command was carried out and there is nothing more to say."""


class Refused(Answer):
    """The request was understood and not carried out; nothing has changed."""

    code: str
    """A state for programs: `unknown_barcode`, `approval_needed`. Stable across languages and versions."""
    explanation: str
    """A sentence for the person: what, where, and what to do next, in the language of the request."""
    permission: str | None = None
    """With `approval_needed`: the permission that an approver must have."""
    field: str | None = None
    """The field of the request that is wrong, where one is."""


class Header(Model):
    """The header frame of a request or an answer."""

    id: Annotated[CommandId, Field(min_length=1, max_length=64, pattern=_PRINTABLE)]
    """Of a request: its id. Of an answer: the id of the request that it answers."""
    name: Annotated[str, Field(max_length=100)]
    """The wire name of the body's class: `sales.AddItem`."""
    minor: StrictInt = 0
    """The minor version of the protocol that the sender speaks."""
    sender: Annotated[TerminalName, Field(max_length=100, pattern=_PRINTABLE)] = TerminalName("")
    """The name of the program that sends."""
    session: Annotated[SessionToken, Field(max_length=200)] | None = None
    """The sign-on under which the request is made."""
    approval: Annotated[ApprovalId, Field(max_length=64)] | None = None
    """An approval by a second person, for this one request."""
    language: Annotated[str, Field(max_length=20)] = "en"
    """The language in which the words of the answer shall be."""
    training: bool = False
    """True: for the training books, never for the real ones."""


class FactHeader(Model):
    """The header frame of a fact."""

    name: Annotated[str, Field(max_length=100)]
    """The wire name of the body's class: `sales.SaleFinished`."""
    publisher: Annotated[str, Field(min_length=1, max_length=100)]
    """Names one run of the publisher; a new one means: it was restarted, ask for the state."""
    sequence: StrictInt
    """Counts from 1 per run without gaps over all topics; a missing number means: ask for the state."""
    minor: StrictInt = 0
