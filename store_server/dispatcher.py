"""One command, once: the earlier answer, or the room's function, journal and answer in one transaction.

An answer that is only a view of rows (a basket) is remembered as the key of those rows and made again from
them; the rest is remembered as it was sent.
"""

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from protocol.identifiers import CommandId, OperatorId, TerminalName
from protocol.language import _
from protocol.messages.base import Answer, Command, Fact, Header, Query, Refused, Request
from protocol.permissions import Permission
from protocol.registry import MESSAGES, WIRE_NAMES
from store_server.database.unit_of_work import Session, Work
from store_server.journal import tables as journal
from store_server.operators import sessions
from store_server.settings import StoreSettings, load_settings

log = logging.getLogger(__name__)

_DISK_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE})
"""What SQLite says when the books, their WAL or its index cannot grow."""

Result = TypeVar("Result")

Handler = Callable[[Work, Any], Answer]
"""A room's function: reads, decides by its rules, writes, answers. It gets the request as its own class."""


Reaction = Callable[[Work, Any], None]
"""What a room does in the same transaction when a room below it has recorded a fact. It cannot refuse."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """How an answer that is a view of rows is remembered: by the key of the rows."""

    key_of: Callable[[Any], str]
    again: Callable[[Work, str], Answer]


@dataclass(slots=True)
class Books:
    """One set of books: the real ones, or the training ones."""

    db: sqlite3.Connection
    training: bool
    settings: StoreSettings
    head: journal.ChainHead
    full_sync: bool = field(default=True)
    kept: dict[str, Any] = field(default_factory=dict)
    """What the rooms have made of the rows, such as offers compiled; see `Work.kept`."""

    @classmethod
    def of(cls, db: sqlite3.Connection, *, training: bool = False) -> "Books":
        """Return the books in an opened and migrated database."""
        return cls(db, training, load_settings(db), journal.read_head(db))

    def synchronise(self, durable: bool) -> None:
        """Set whether the next commit waits for the disk. Outside a transaction only."""
        if durable != self.full_sync:
            self.db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.full_sync = durable

    def forget(self, stale: Iterable[str]) -> None:
        """Let what was made of rows that have changed be made anew."""
        for word in stale:
            self.kept.pop(word, None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer, and what is to be published now that it is committed."""

    answer: Answer
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class _Entry:
    """Who may do it: the session, and the approver where one was needed."""

    session: Session | None
    approver_id: OperatorId | None = None


class Dispatcher:
    """Carries out requests on a set of books, one at a time."""

    def __init__(
        self,
        handlers: Mapping[type[Request], Handler],
        remembered: Mapping[type[Answer], Remembered],
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        new_secret: Callable[[], str],
        reactions: Mapping[type[Fact], Sequence[Reaction]] | None = None,
    ) -> None:
        self._reactions = reactions or {}
        self._handlers = handlers
        self._remembered = remembered
        self._clock = clock
        self._new_id = new_id
        self._new_secret = new_secret

    def handle(self, books: Books, header: Header, request: Request) -> Outcome:
        """Carry out the request; never raises for what a client sends, a full disk or a bug in a room."""
        if type(request) not in self._handlers:
            explanation = _("This program does not answer {name}.").format(name=WIRE_NAMES[type(request)])
            return Outcome(Refused(code="not_here", explanation=explanation))
        work = self._work(books, header.sender, header.id)
        try:
            if isinstance(request, Command):
                return self._command(books, work, header, request)
            assert isinstance(request, Query)
            return self._query(books, work, header, request)
        except sqlite3.OperationalError as error:
            self._roll_back(books)
            return Outcome(_database_refusal(error, header))
        except Exception:  # the server lives: a bug in one command must not stop the shop
            self._roll_back(books)
            log.exception("command %s (%s) failed", header.id, header.name)
            return Outcome(internal_refusal(header))

    def admit(self, books: Books, header: Header, request: Request) -> Work | Refused:
        """Return the world of a request that is answered outside of a transaction, or why it is not."""
        work = self._work(books, header.sender, header.id)
        entry = self._admit(work, header, request)
        if isinstance(entry, Refused):
            return entry
        work.session, work.approver_id = entry.session, entry.approver_id
        return work

    def act(
        self, books: Books, actor: TerminalName, action: Callable[[Work], Result], *, durable: bool = True
    ) -> tuple[Result, list[Fact]]:
        """Do what the server does by itself, in one transaction; return its result and what to publish."""
        work = self._work(books, actor, CommandId(self._new_id()))
        books.synchronise(durable)
        work.db.execute("BEGIN IMMEDIATE")
        try:
            result = action(work)
            head = journal.append(work, books.head)
            work.db.execute("COMMIT")
        except BaseException:
            self._roll_back(books)
            raise
        books.head = head
        books.forget(work.stale)
        return result, [each.fact for each in work.recorded] + work.told

    def look(self, books: Books, actor: TerminalName, question: Callable[[Work], Result]) -> Result:
        """Return what the server itself asks of the books; the question changes nothing."""
        return question(self._work(books, actor, CommandId("")))

    def _work(self, books: Books, terminal: TerminalName, command_id: CommandId) -> Work:
        return Work(
            db=books.db,
            now=self._clock(),
            settings=books.settings,
            new_id=self._new_id,
            new_secret=self._new_secret,
            terminal=terminal,
            command_id=command_id,
            training=books.training,
            kept=books.kept,
        )

    def _query(self, books: Books, work: Work, header: Header, request: Query) -> Outcome:
        entry = self._admit(work, header, request)
        if isinstance(entry, Refused):
            return Outcome(entry)
        work.session, work.approver_id = entry.session, entry.approver_id
        return Outcome(self._handlers[type(request)](work, request))

    def _command(self, books: Books, work: Work, header: Header, request: Command) -> Outcome:
        earlier = self._earlier_answer(work, header, request)
        if earlier is not None:
            return Outcome(earlier)
        books.synchronise(request.durable)
        work.db.execute("BEGIN IMMEDIATE")
        entry = self._admit(work, header, request)
        if isinstance(entry, Refused):
            self._roll_back(books)
            return Outcome(entry)
        work.session, work.approver_id = entry.session, entry.approver_id
        work.approval = header.approval
        answer = self._handlers[type(request)](work, request)
        if isinstance(answer, Refused) and not work.refusal_is_kept:
            self._roll_back(books)
            return Outcome(answer)
        self._react(work)
        head = journal.append(work, books.head)
        if not answer.holds_secret:
            self._remember(work, header, request, answer)
        work.db.execute("COMMIT")
        books.head = head
        books.forget(work.stale)
        if work.settings_changed:
            books.settings = load_settings(books.db)
        return Outcome(answer, [each.fact for each in work.recorded] + work.told)

    def _react(self, work: Work) -> None:
        """Let the rooms above follow what the command has recorded; what they record calls nobody again."""
        for entry in tuple(work.recorded):
            for reaction in self._reactions.get(type(entry.fact), ()):
                reaction(work, entry.fact)

    def _admit(self, work: Work, header: Header, request: Request) -> _Entry | Refused:
        """Return who acts, or why nobody may: the session, its permissions, and an approval where needed."""
        session = sessions.find(work.db, header.session, header.sender) if header.session else None
        if request.open_to_all:
            return _Entry(session)
        if session is None:
            return Refused(
                code="not_signed_on", explanation=_("Nobody is signed on at this terminal. Please sign on.")
            )
        needed = request.permission
        if needed is None or needed in session.permissions:
            return _Entry(session)
        if header.approval is not None:
            approver = sessions.use_approval(work, session, header.approval, Permission(needed))
            if approver is not None:
                return _Entry(session, approver)
        return Refused(
            code="approval_needed",
            permission=needed,
            explanation=_("{name} may not do this alone. Somebody who may has to approve it.").format(
                name=session.name
            ),
        )

    def _earlier_answer(self, work: Work, header: Header, request: Command) -> Answer | None:
        row = work.db.execute(
            "SELECT request, digest, answer, body FROM answers WHERE command_id = ?", (header.id,)
        ).fetchone()
        if row is None:
            return None
        if row["request"] != header.name or row["digest"] != _digest(request):
            return Refused(code="id_used", explanation=_("This command id was used for another command."))
        answer = MESSAGES[row["answer"]]
        assert issubclass(answer, Answer)
        if answer in self._remembered:
            return self._remembered[answer].again(work, row["body"])
        return answer.model_validate_json(row["body"])

    def _remember(self, work: Work, header: Header, request: Command, answer: Answer) -> None:
        kept = self._remembered.get(type(answer))
        body = kept.key_of(answer) if kept else answer.model_dump_json()
        day = int(work.now.timestamp()) // 86400
        work.db.execute(
            "INSERT INTO answers (command_id, day, request, digest, answer, body) VALUES (?,?,?,?,?,?)",
            (header.id, day, header.name, _digest(request), WIRE_NAMES[type(answer)], body),
        )

    def _roll_back(self, books: Books) -> None:
        if books.db.in_transaction:
            books.db.execute("ROLLBACK")


def _digest(request: Command) -> bytes:
    """Return what tells two commands of one id apart, without keeping their fields (a PIN may be one)."""
    return hashlib.blake2b(request.model_dump_json().encode(), digest_size=16).digest()


def internal_refusal(header: Header) -> Refused:
    """Return the answer when the program itself is wrong: with the id under which the log tells more."""
    return Refused(
        code="internal",
        explanation=_(
            "Something went wrong inside the store server; nothing was changed. "
            "Try again; if it stays, tell support this number: {id}"
        ).format(id=header.id),
    )


def _database_refusal(error: sqlite3.OperationalError, header: Header) -> Refused:
    # Python's own errors of this class, such as text that is no UTF-8, have no code.
    if getattr(error, "sqlite_errorcode", None) in _DISK_FULL:
        return Refused(
            code="disk_full",
            explanation=_("The store's disk is full; nothing was recorded. Free some space, then try again."),
        )
    log.error("command %s (%s): database: %s", header.id, header.name, error)
    return internal_refusal(header)
