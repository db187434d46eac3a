"""Asks the store server: typed answers, and every failure as a Refused with words for the person."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from protocol.identifiers import ApprovalId, CommandId, SessionToken, new_id
from protocol.language import _
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.presence import Greeting
from protocol.sockets.request_client import NoAnswer, NothingHeard
from terminal_app.asker import Asker
from terminal_app.link import Link

A = TypeVar("A", bound=Answer)

NO_ANSWER = "no_answer"
"""The code of a refusal that the terminal makes itself: nobody answered."""


class Client:
    """A typed client of one server."""

    def __init__(self, asker: Asker, clock: Callable[[], datetime]) -> None:
        """Ask through `asker`; `clock` tells the UTC time for the link's state."""
        self.asker = asker
        self.link = Link(clock)
        asker.on_peer = self.link.note

    async def ask(
        self,
        request: Request,
        expected: type[A],
        *,
        id: CommandId | None = None,  # noqa: A002  # the header's own name
        approval: ApprovalId | None = None,
        timeout_s: float = 5.0,
    ) -> A | Refused:
        """Return the answer. A server that is away, or silent, is a Refused with the code `no_answer`."""
        if self.link.ever and not self.link.up:
            return Refused(code=NO_ANSWER, explanation=self.away_words())
        try:
            answer = await self.asker.ask(
                request, id=id or CommandId(new_id()), approval=approval, timeout_s=timeout_s
            )
        except NothingHeard:
            return Refused(code=NO_ANSWER, explanation=self.away_words())
        except NoAnswer as trouble:
            return Refused(code=NO_ANSWER, explanation=str(trouble) or self.away_words())
        return self._typed(answer, expected)

    async def insist(
        self,
        request: Request,
        expected: type[A],
        id: CommandId,  # noqa: A002  # the header's own name
        *,
        approval: ApprovalId | None = None,
    ) -> A | Refused:
        """Return the answer, however long it takes: the same id is asked until there is one."""
        try:
            return self._typed(await self.asker.ask_until_answered(request, id, approval=approval), expected)
        except NoAnswer as silence:  # the connection was closed, or the answer is of a newer version
            return Refused(code=NO_ANSWER, explanation=str(silence))

    def speak(self, language: str) -> None:
        """Have answers in this language from now on."""
        self.asker.language = language

    def close(self) -> None:
        """End the connection."""
        self.asker.close()

    def away_words(self) -> str:
        """Return the sentence for a server that does not answer."""
        raise NotImplementedError

    def _typed(self, answer: Answer, expected: type[A]) -> A | Refused:
        if isinstance(answer, (expected, Refused)):
            return answer
        return Refused(code="internal", explanation=_("An answer of an unexpected kind came. Tell support."))


class StoreClient(Client):
    """Asks the store server, in the name of the one who is signed on."""

    zone: tzinfo | None = None
    """The store's time zone, in which times are shown; None: not known yet, then this machine's."""

    def learn(self, greeting: Greeting) -> None:
        """Take the store's time zone; one that this machine does not know leaves its own."""
        with suppress(ZoneInfoNotFoundError, ValueError, OSError):
            self.zone = ZoneInfo(greeting.time_zone) if greeting.time_zone else self.zone

    def sign_in(self, session: SessionToken | None) -> None:
        """Ask under this session from now on; None: nobody is signed on."""
        self.asker.session = session

    @property
    def training(self) -> bool:
        """True: everything goes to the training books."""
        return self.asker.training

    @training.setter
    def training(self, on: bool) -> None:
        self.asker.training = on

    def away_words(self) -> str:
        """Return the sentence for a store server that does not answer."""
        return _("The store server does not answer. Nothing is lost; try again when it is back.")
