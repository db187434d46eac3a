"""The store server's process: opens the books, listens, answers, publishes, and keeps house when idle."""

import asyncio
import contextlib
import fcntl
import gc
import logging
import os
import signal
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import TextIO

from protocol.identifiers import TerminalName
from protocol.language import _
from protocol.messages.base import Answer, Fact, Header, Refused, Request
from protocol.messages.operators import Approve, ChangeOwnPin, SignOn, Unlock
from protocol.messages.presence import Greeting, Hello
from protocol.messages.store import TerminalPaired, TerminalRevoked
from protocol.sockets.fact_publisher import FactPublisher
from protocol.sockets.keys import KeyRing, PublicKey, load_or_create_key_pair
from protocol.sockets.pairing import PairingServer
from protocol.sockets.reply_server import Incoming, Peer, ReplyServer
from protocol.version import PROTOCOL_MAJOR, PROTOCOL_MINOR
from protocol.wire import TooLarge
from store_server import __name__ as program_name
from store_server.bootstrap import make_dispatcher, open_books, utc_now
from store_server.catalogue.search_keys import load_pinyin
from store_server.daily import jobs as daily
from store_server.database.connection import checkpoint, wal_bytes
from store_server.database.unit_of_work import Work, stored_time
from store_server.dispatcher import Books, Dispatcher, Outcome
from store_server.imports import jobs
from store_server.operators.commands import check_pin
from store_server.operators.sessions import find
from store_server.receipts.tables import template_text
from store_server.receipts.templates import prepare
from store_server.server_settings import ServerSettings
from store_server.services import Services
from store_server.store import tables
from store_server.store.training import TrainingBooks
from store_server.trials import commands as trials

log = logging.getLogger(__name__)

IDLE_S = 0.2
"""The books are idle when nobody has asked for so long."""
CHECKPOINT_BYTES = 4 * 1024 * 1024
"""The WAL is moved into the file when it is larger than this and the books are idle."""
HOUSEKEEPING_S = 0.5
TRIAL_SLICE_S = 0.001
"""A trial goes on for so long, then every request that has come in is answered first."""
TRIAL_ROUNDS = 4
"""Rounds of the loop between two slices: so many a request takes from the socket to its answer."""
ANSWERS_PER_ROUND = 500
"""How many forgotten answers are removed at once, so that no scan waits for it."""

SERVER = TerminalName("store-server")


class AlreadyRunning(Exception):
    """Another store server has these books open."""


class StoreServer:
    """One store: its books, its sockets, its services."""

    def __init__(
        self, settings: ServerSettings, clock: Callable[[], datetime] = utc_now, version: str = ""
    ) -> None:
        """Open nothing yet; `start` does. `version` is told in greetings."""
        self._settings = settings
        self._clock = clock
        self._version = version
        self._lock: TextIO | None = None
        self._last_request = 0.0
        self._daily_stopped = False
        self._tasks: list[asyncio.Task[None]] = []
        self._importing: dict[bool, asyncio.Task[None]] = {}
        """The work of imports, in the real books (False) and in the training ones (True)."""
        self._trying: dict[bool, asyncio.Task[None]] = {}
        """The work of trials, likewise."""
        self.dispatcher: Dispatcher = make_dispatcher(clock)
        self.books: Books

    async def start(self) -> None:
        """Open the books and begin to answer.

        Raises AlreadyRunning, NewerDatabase, sqlite3.Error, EndpointError, KeyFileError.
        """
        self._settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _lock(self._settings)
        self.books = open_books(self._settings.books)
        self._settings.books.chmod(0o600)
        prepare(template_text(self.books.db, "receipt"), self.books.settings.language)
        self.training = TrainingBooks(self._settings.books, self._settings.training_books, self._clock)
        self._keyring = self._make_keyring()
        self.publisher = FactPublisher(self._settings.fact_endpoints, keyring=self._keyring)
        self.replies = ReplyServer(
            self._settings.request_endpoints,
            self._handle,
            keyring=self._keyring,
            sender=SERVER,
            on_peer_gone=self._peer_gone,
        )
        self.services = Services(
            self._settings,
            self.books,
            self._publish,
            self._record,
            self._present,
            self.training.begin,
            self._clock,
        )
        await self.publisher.start()
        if self._settings.pairing and self._keyring is not None:
            self.services.pairing = PairingServer(
                self._settings.pairing, self._keyring.server.public, self._paired, self._clock
            )
            await self.services.pairing.start()
        await self.replies.start()
        self._tasks.append(asyncio.create_task(self._keep_house(), name="housekeeping"))
        self._import_if_needed(self.books)

    def close(self) -> None:
        """Stop answering and close the books. Closing twice is allowed."""
        for task in [*self._tasks, *self._importing.values(), *self._trying.values()]:
            task.cancel()
        self._tasks.clear()
        self._importing.clear()
        self._trying.clear()
        for part in ("replies", "publisher"):
            if hasattr(self, part):
                getattr(self, part).close()
        if hasattr(self, "services") and self.services.pairing is not None:
            self.services.pairing.close()
        if hasattr(self, "training"):
            self.training.close()
        if hasattr(self, "books"):
            with contextlib.suppress(sqlite3.Error):
                self.books.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.books.db.close()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # Answering

    def _handle(self, incoming: Incoming) -> Answer | Awaitable[Answer]:
        self._last_request = asyncio.get_running_loop().time()
        header, request = incoming.header, incoming.request
        if isinstance(request, Hello):
            return self._greet()
        books = self.training.books if header.training else self.books
        if books is None:
            text = _("The training books are closed. Leave training and begin it again.")
            return Refused(code="no_training", explanation=text)
        if self.services.answers(request):
            return self._serve(header, request)
        if header.training and isinstance(request, (SignOn, ChangeOwnPin, Approve, Unlock)):
            refused = self._judge_pin(header, request)
            if refused is not None:
                return refused
        outcome = self.dispatcher.handle(books, header, request)
        try:
            self._after(books, outcome)
        except Exception:  # it is committed: whatever comes after it must not turn its answer into a refusal
            log.exception("after %s %s", header.name, header.id)
        return outcome.answer

    def _judge_pin(self, header: Header, request: SignOn | ChangeOwnPin | Approve | Unlock) -> Refused | None:
        """Let the real books judge a PIN that is given in training: wrong tries count there."""
        if isinstance(request, (SignOn, ChangeOwnPin)):
            text = _("Leave training first: signing on and changing a PIN are for real.")
            return Refused(code="training", explanation=text)

        def judge(work: Work) -> Refused | None:
            work.session = find(work.db, header.session, header.sender) if header.session else None
            if work.session is None:
                text = _("Nobody is signed on at this terminal. Please sign on.")
                return Refused(code="not_signed_on", explanation=text)
            return check_pin(work, request)

        refused, facts = self.dispatcher.act(self.books, header.sender, judge)
        self._publish_all(facts)
        return refused

    def _serve(self, header: Header, request: Request) -> Answer | Awaitable[Answer]:
        admitted = self.dispatcher.admit(self.books, header, request)
        if isinstance(admitted, Refused):
            return admitted
        return self.services.handle(admitted, header, request)

    def _greet(self) -> Greeting:
        settings = self.books.settings
        return Greeting(
            program=program_name,
            program_version=self._version,
            protocol_major=PROTOCOL_MAJOR,
            protocol_minor=PROTOCOL_MINOR,
            publisher=self.publisher.publisher,
            sequence=self.publisher.sequence,
            store_code=settings.store_code,
            store_name=settings.store_name,
            currency=settings.currency,
            time_zone=settings.time_zone,
            confirm_member_card=settings.confirm_member_card == "yes",
        )

    def _after(self, books: Books, outcome: Outcome) -> None:
        """Publish what is committed, and act on it where the server is concerned; practice is silent."""
        if not books.training:
            for fact in outcome.facts:
                if isinstance(fact, TerminalRevoked) and self._keyring is not None:
                    self._keyring.revoke(fact.terminal)
                self._publish(fact)
        self._import_if_needed(books)
        self._try_if_needed(books)

    def _publish(self, fact: Fact) -> None:
        try:
            self.publisher.publish(fact)
        except TooLarge as error:
            log.error("the fact %s is not told, only that one is missing: %s", type(fact).__name__, error)
            self.publisher.skip()

    def _record(self, asked: Work, fact: Fact) -> None:
        """Keep in the journal, and publish, what somebody did that is no command of a room."""

        def keep(work: Work) -> None:
            work.session, work.approver_id = asked.session, asked.approver_id
            work.command_id = asked.command_id
            work.record(fact)

        self._publish_all(self.dispatcher.act(self.books, asked.terminal, keep)[1])

    # Terminals

    def _make_keyring(self) -> KeyRing | None:
        if not self._settings.listens_on_network:
            return None
        ring = KeyRing(load_or_create_key_pair(self._settings.key_file))
        for row in tables.terminals(self.books.db):
            if not row["revoked"]:
                ring.allow(PublicKey(row["public_key"]), TerminalName(row["terminal"]))
        return ring

    def _paired(self, terminal: TerminalName, public_key: PublicKey) -> None:
        def add(work: Work) -> bool:
            tables.add_terminal(work, terminal, public_key)
            work.record(TerminalPaired(terminal=terminal, public_key=public_key))
            return False

        assert self._keyring is not None
        facts = self.dispatcher.act(self.books, SERVER, add)[1]
        self._keyring.allow(public_key, terminal)
        self._publish_all(facts)

    def _publish_all(self, facts: Iterable[Fact]) -> None:
        for fact in facts:
            self._publish(fact)

    def _present(self) -> set[TerminalName]:
        return {peer.sender for peer in self.replies.peers()}

    def _peer_gone(self, peer: Peer) -> None:
        self.services.terminal_gone(peer.sender)

    # Work between requests

    def _import_if_needed(self, books: Books) -> None:
        task = self._importing.get(books.training)
        if (task is None or task.done()) and jobs.pending(books.db):
            self._importing[books.training] = asyncio.create_task(self._import(books), name="import")

    async def _import(self, books: Books) -> None:
        """Work an import off in small steps; every request that comes in goes before the next one."""
        try:
            while (books is self.books or books is self.training.books) and self._step(books):  # noqa: ASYNC110
                await asyncio.sleep(0)  # not a wait: it lets the requests pass
        except Exception:  # the next request tries again; until then the import stands where it is
            log.exception("an import has stopped")

    def _step(self, books: Books) -> bool:
        more, facts = self.dispatcher.act(books, SERVER, jobs.step, durable=False)
        if not books.training:
            self._publish_all(facts)
        return more

    def _try_if_needed(self, books: Books) -> None:
        task = self._trying.get(books.training)
        if (task is None or task.done()) and trials.pending(books):
            self._trying[books.training] = asyncio.create_task(self._try(books), name="trial")

    async def _try(self, books: Books) -> None:
        """Work trials off in small slices; they only read, and every request goes before the next slice."""
        loop = asyncio.get_running_loop()
        try:
            while (books is self.books or books is self.training.books) and trials.pending(books):
                until = loop.time() + TRIAL_SLICE_S
                while trials.step(books) and loop.time() < until:
                    pass
                for _round in range(TRIAL_ROUNDS):
                    await asyncio.sleep(0)  # not a wait: it lets the requests pass
        except Exception:  # the trial reads as cancelled; the next one begins anew
            log.exception("a trial has stopped")

    async def _keep_house(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(HOUSEKEEPING_S)
            if loop.time() - self._last_request < IDLE_S:
                continue
            # Costs 0.2 s once: better now than at the first Chinese name of an import.
            await asyncio.to_thread(load_pinyin)
            try:
                if wal_bytes(self._settings.books) > CHECKPOINT_BYTES:
                    checkpoint(self.books.db)
                self._forget_old_answers()
                await self._do_daily_jobs()
            except sqlite3.OperationalError as error:
                log.warning("housekeeping put off: %s", error)

    async def _do_daily_jobs(self) -> None:
        """Work the daily jobs off in small steps; when somebody asks, the rest waits until it is quiet."""
        asked = self._last_request
        try:
            while asked == self._last_request and self._has_daily_jobs():
                _more, facts = self.dispatcher.act(self.books, SERVER, daily.step)
                self._publish_all(facts)
                await asyncio.sleep(0)  # not a wait: it lets the requests pass
        except sqlite3.OperationalError:
            raise
        except Exception:  # the rest of the house is kept; the job stands where it is until the next start
            log.exception("the daily jobs have stopped")
            self._daily_stopped = True

    def _has_daily_jobs(self) -> bool:
        return not self._daily_stopped and self.dispatcher.look(self.books, SERVER, daily.pending)

    def _forget_old_answers(self) -> None:
        """Remove what nobody can ask for again: old answers, and approvals that are long over."""
        day = int((self._clock() - timedelta(days=self._settings.answers_kept_days)).timestamp()) // 86400
        # Ids are ordered by time: the first ones are the oldest, and no index by day costs a sale anything.
        self.books.db.execute(
            "DELETE FROM answers WHERE command_id IN "
            "(SELECT command_id FROM answers ORDER BY command_id LIMIT ?) AND day < ?",
            (ANSWERS_PER_ROUND, day),
        )
        self.books.db.execute(
            "DELETE FROM approvals WHERE approval_id IN "
            "(SELECT approval_id FROM approvals WHERE valid_until < ? LIMIT ?)",
            (stored_time(self._clock() - timedelta(days=1)), ANSWERS_PER_ROUND),
        )


def _lock(settings: ServerSettings) -> TextIO:
    """Hold the store's lock file for as long as this process lives: two writers would ruin the books."""
    handle = (settings.folder / "store.lock").open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        holder = handle.read().strip()
        handle.close()
        text = _("Another store server (process {pid}) has the books in {folder} open.")
        raise AlreadyRunning(text.format(pid=holder or "?", folder=settings.folder)) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


@contextlib.contextmanager
def books_locked(settings: ServerSettings) -> Iterator[None]:
    """Hold the store's lock for the time of the block. Raises AlreadyRunning."""
    with closing(_lock(settings)):
        yield


async def run(settings: ServerSettings, version: str = "", ready: Callable[[], None] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    server = StoreServer(settings, version=version)
    with closing(server):
        await server.start()
        log.info("the store server answers at %s", ", ".join(server.replies.endpoints))
        # What is there now stays for good: looking it through for garbage would hold a scan up for 50 ms.
        gc.freeze()
        if ready is not None:
            ready()
        await stop.wait()
