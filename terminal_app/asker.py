"""What a program must offer so that a client of the terminal can ask through it."""

from collections.abc import Callable
from typing import Protocol

from protocol.identifiers import ApprovalId, CommandId, SessionToken
from protocol.messages.base import Answer, Request


class Asker(Protocol):
    """One connection to a server, as protocol.sockets.RequestClient is one."""

    session: SessionToken | None
    language: str
    training: bool
    on_peer: Callable[[bool], None] | None
    """Called with True when the server was heard of, with False when it has been silent for too long."""

    async def ask(
        self,
        request: Request,
        *,
        id: CommandId | None = None,  # noqa: A002  # the header's own name
        approval: ApprovalId | None = None,
        timeout_s: float = 5,
    ) -> Answer:
        """Return the answer, a Refused among them. Raises NoAnswer."""
        ...

    async def ask_until_answered(
        self,
        request: Request,
        id: CommandId,  # noqa: A002
        *,
        approval: ApprovalId | None = None,
        retry_s: float = 1.0,
        give_up_s: float | None = None,
    ) -> Answer:
        """Ask with the same id until there is an answer, however long the server is away."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...
