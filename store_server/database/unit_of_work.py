"""The unit of work: all that a command may use, and what it leaves to be published after its commit."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from protocol.identifiers import ApprovalId, CommandId, OperatorId, SessionToken, TerminalName
from protocol.messages.base import Fact
from protocol.permissions import Permission
from store_server.settings import StoreSettings


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-on operator."""

    token: SessionToken
    operator_id: OperatorId
    code: str
    name: str
    role: str
    permissions: frozenset[Permission]
    terminal: TerminalName


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A fact as it goes into the journal."""

    fact: Fact
    approver_id: OperatorId | None


@dataclass(slots=True)
class Work:
    """The world of one command or query: the books, the time, who asks, and what is to be told afterwards.

    A room's function gets it as its first argument and uses nothing else of the outside.
    """

    db: sqlite3.Connection
    now: datetime
    """UTC, aware."""
    settings: StoreSettings
    new_id: Callable[[], str]
    """Makes ids; in tests the same ones each time."""
    new_secret: Callable[[], str]
    """Makes session tokens: 256 random bits."""
    terminal: TerminalName = TerminalName("")
    command_id: CommandId = CommandId("")
    session: Session | None = None
    approval: ApprovalId | None = None
    """The approval that came with the request; used up where a permission is asked for."""
    approver_id: OperatorId | None = None
    """Who approved this one request, when the operator alone may not do it."""
    training: bool = False
    refusal_is_kept: bool = False
    """Set where a refusal itself belongs in the books (a wrong PIN); otherwise a refusal rolls back."""
    settings_changed: bool = False
    """Set by the command that changes a setting: the books read them again after the commit."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What rooms have made of these books and keep from one request to the next, by the room's own word."""
    stale: set[str] = field(default_factory=set)
    """What of it is made anew after the commit, because this command changed the rows it was made of."""
    recorded: list[JournalEntry] = field(default_factory=list)
    told: list[Fact] = field(default_factory=list)

    def record(self, fact: Fact) -> None:
        """Write the fact into the journal with this command, and publish it after the commit."""
        self.recorded.append(JournalEntry(fact, self.approver_id))

    def tell(self, fact: Fact) -> None:
        """Publish the fact after the commit, without keeping it."""
        self.told.append(fact)

    @property
    def operator_id(self) -> OperatorId:
        """The operator who asks. Only for requests that need a sign-on."""
        assert self.session is not None, "the dispatcher lets nobody in without a session"
        return self.session.operator_id

    @property
    def at(self) -> str:
        """The present time as it is stored: `2026-11-21T08:30:00.123456Z`."""
        return stored_time(self.now)


def stored_time(moment: datetime) -> str:
    """Return the moment as the tables keep it: UTC, microseconds, `Z`; sorts as text."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_time(text: str) -> datetime:
    """Return the moment that `stored_time` wrote."""
    return datetime.fromisoformat(text)
