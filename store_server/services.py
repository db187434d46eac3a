"""Requests that are more than one transaction: who is there, lanes, pairing, training, backups, the check.

They run beside the dispatcher. What takes long runs in a thread on a connection that can only read, so
that no scan waits for it.
"""

import asyncio
import logging
import socket
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from protocol.identifiers import LaneCode, TerminalName
from protocol.language import _, current_language, speaking
from protocol.messages.base import Answer, Done, Fact, Header, Refused, Request
from protocol.messages.store import (
    BackupMade,
    BackupProgressed,
    BeginTraining,
    BooksCopied,
    BooksVerified,
    CreatePairingCode,
    LaneReported,
    Lanes,
    LaneView,
    ListLanes,
    ListTerminals,
    MakeBackup,
    PairingCode,
    PairingOffered,
    ReportLane,
    Terminals,
    TerminalView,
    VerifyBooks,
)
from protocol.pairing import is_terminal_name
from protocol.sockets.pairing import PairingServer
from store_server.database.connection import open_reading
from store_server.database.unit_of_work import Session, Work, read_time
from store_server.dispatcher import Books
from store_server.server_settings import ServerSettings
from store_server.store import tables
from store_server.store.backups import BackupFailed, copy_books
from store_server.store.verification import verify_books

log = logging.getLogger(__name__)

Reply = Answer | Awaitable[Answer]

_EVERY_ADDRESS = "tcp://0.0.0.0:"
_SOMEWHERE = ("192.0.2.1", 9)
"""An address of nobody (RFC 5737); asking for the way to it sends nothing."""


def reachable(endpoint: str) -> str:
    """Return the endpoint as other machines reach it: with this machine's address for "every address"."""
    if not endpoint.startswith(_EVERY_ADDRESS):
        return endpoint
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(_SOMEWHERE)
            host = way.getsockname()[0]
        except OSError:  # no network: the name is all there is
            host = socket.gethostname()
    return f"tcp://{host}:{endpoint.removeprefix(_EVERY_ADDRESS)}"


class Services:
    """Answers the requests that need the server around the books."""

    def __init__(
        self,
        settings: ServerSettings,
        books: Books,
        publish: Callable[[Fact], None],
        record: Callable[[Work, Fact], None],
        present: Callable[[], set[TerminalName]],
        begin_training: Callable[[Session], Awaitable[None]],
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._books = books
        self._publish = publish
        self._record = record
        self._present = present
        self._begin_training = begin_training
        self._clock = clock
        self._copying = asyncio.Lock()
        self._lanes: dict[LaneCode, LaneView] = {}
        self.pairing: PairingServer | None = None
        self._functions: dict[type[Request], Callable[[Work, Header, Request], Reply]] = {
            ReportLane: self._report_lane,
            ListLanes: self._list_lanes,
            ListTerminals: self._list_terminals,
            CreatePairingCode: self._create_pairing_code,
            BeginTraining: self._training,
            MakeBackup: self._make_backup,
            VerifyBooks: self._verify,
        }

    def answers(self, request: Request) -> bool:
        """Return whether the request is one of these."""
        return type(request) in self._functions

    def handle(self, work: Work, header: Header, request: Request) -> Reply:
        """Answer a request that the dispatcher has admitted."""
        return self._functions[type(request)](work, header, request)

    def terminal_gone(self, terminal: TerminalName) -> None:
        """Tell everybody that a lane's terminal went silent."""
        for lane, view in self._lanes.items():
            if view.terminal == terminal and view.present and terminal not in self._present():
                self._lanes[lane] = view.model_copy(update={"present": False, "reported_at": self._clock()})
                self._publish(LaneReported(lane=self._lanes[lane]))

    def _report_lane(self, work: Work, header: Header, request: Request) -> Reply:
        assert isinstance(request, ReportLane)
        view = LaneView(
            lane=request.lane,
            terminal=header.sender,
            present=True,
            operator=work.session.name if work.session else "",
            reported_at=work.now,
            devices=request.devices,
        )
        self._lanes[request.lane] = view
        self._publish(LaneReported(lane=view))
        return Done()

    def _list_lanes(self, work: Work, header: Header, request: Request) -> Reply:
        here = self._present()
        lanes = [view.model_copy(update={"present": view.terminal in here}) for view in self._lanes.values()]
        return Lanes(lanes=tuple(sorted(lanes, key=lambda view: view.lane)))

    def _list_terminals(self, work: Work, header: Header, request: Request) -> Reply:
        here = self._present()
        paired = [
            TerminalView(
                terminal=TerminalName(row["terminal"]),
                public_key=row["public_key"],
                paired_at=read_time(row["paired_at"]),
                revoked=bool(row["revoked"]),
                present=row["terminal"] in here and not row["revoked"],
            )
            for row in tables.terminals(self._books.db)
        ]
        names = {view.terminal for view in paired}
        local = [
            TerminalView(terminal=name, public_key="", present=True) for name in sorted(here - names) if name
        ]
        return Terminals(terminals=tuple(paired + local))

    def _create_pairing_code(self, work: Work, header: Header, request: Request) -> Reply:
        assert isinstance(request, CreatePairingCode)
        if self.pairing is None:
            text = _(
                "This server lets no other machine in. Set `pairing` in its store.toml, then start it again."
            )
            return Refused(code="no_pairing", explanation=text)
        if not is_terminal_name(request.terminal):
            text = _("A terminal's name has up to 40 letters, digits, dots and dashes, like lane-2.")
            return Refused(code="bad_name", field="terminal", explanation=text)
        self._record(work, PairingOffered(terminal=request.terminal))
        offer = self.pairing.offer(request.terminal)
        endpoint = reachable(self.pairing.endpoint)
        return PairingCode(code=offer.code, valid_until=offer.expires_at, endpoint=endpoint)

    def _training(self, work: Work, header: Header, request: Request) -> Reply:
        session = work.session
        assert session is not None

        async def prepare() -> Answer:
            try:
                await self._begin_training(session)
            except BackupFailed as error:
                text = _("The training books could not be made: {reason}").format(reason=error)
                return Refused(code="no_training", explanation=text)
            return Done()

        return prepare()

    def _make_backup(self, work: Work, header: Header, request: Request) -> Reply:
        assert isinstance(request, MakeBackup)
        name = f"store-{work.now.astimezone(work.settings.zone):%Y%m%d-%H%M%S}.db"
        target = Path(request.path) if request.path else self._settings.backups / name
        if not target.is_absolute():
            target = self._settings.backups / target
        loop = asyncio.get_running_loop()

        def progress(done: int, total: int) -> None:
            loop.call_soon_threadsafe(self._publish, BackupProgressed(pages_done=done, pages_total=total))

        async def copy() -> Answer:
            try:
                async with self._copying:  # two copies of one name would write into the same file
                    result = await asyncio.to_thread(copy_books, self._settings.books, target, progress)
            except BackupFailed as error:
                text = _("The backup was not made: {reason}").format(reason=error)
                return Refused(code="no_backup", field="path", explanation=text)
            try:
                self._record(work, BooksCopied(path=str(result.path), journal_seq=result.journal_seq))
            except sqlite3.OperationalError as error:
                # A full disk must not take away the copy that was made on another one.
                log.error("the journal does not have the backup %s: %s", result.path, error)
            return BackupMade(path=str(result.path), bytes=result.size_bytes, journal_seq=result.journal_seq)

        return copy()

    def _verify(self, work: Work, header: Header, request: Request) -> Reply:
        language = current_language()

        def check() -> BooksVerified:
            with speaking(language), closing(open_reading(self._settings.books)) as db:
                return verify_books(db)

        async def verify() -> Answer:
            return await asyncio.to_thread(check)

        return verify()
