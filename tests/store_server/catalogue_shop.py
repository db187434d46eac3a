"""A shop for the tests of goods and imports: real books in memory, a manager signed on."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from protocol.identifiers import CommandId, ImportId, OperatorId, SessionToken, TerminalName
from protocol.language import speaking
from protocol.messages.base import Answer, Fact, Header, Refused, Request
from protocol.messages.catalogue import BarcodeView, ProductFound, ProductView, SaveProduct
from protocol.messages.imports import AddImportRows, ApplyImport, BeginImport, CheckImport, ImportAnswer
from protocol.registry import WIRE_NAMES
from store_server.bootstrap import make_dispatcher, open_books
from store_server.dispatcher import Dispatcher
from store_server.imports import jobs
from store_server.operators import sessions
from store_server.operators.rules import digest

A = TypeVar("A", bound=Answer)
SERVER = TerminalName("store-server")


@dataclass
class Shop:
    """Asks as a manager at one terminal."""

    path: str = ":memory:"
    now: datetime = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
    language: str = "en"
    facts: list[Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = count(1)
        self.books = open_books(self.path)
        self.db = self.books.db
        self.dispatcher: Dispatcher = make_dispatcher(
            lambda: self.now, lambda: f"id-{next(self.ids):08d}", lambda: "secret"
        )
        if self.db.execute("SELECT 1 FROM operators").fetchone() is None:
            self.db.execute(
                "INSERT INTO operators (code, name, role, pin_hash) VALUES ('m', '王经理', 'manager', '')"
            )
            self.db.execute("INSERT INTO sessions VALUES (?, 1, 'console', '')", (digest("token"),))
        assert sessions.find(self.db, SessionToken("token"), TerminalName("console")) is not None

    def close(self) -> None:
        self.db.close()

    def ask(self, request: Request) -> Answer:
        header = Header(
            id=CommandId(f"command-{next(self.ids)}"),
            name=WIRE_NAMES[type(request)],
            sender=TerminalName("console"),
            session=SessionToken("token"),
            language=self.language,
        )
        with speaking(self.language):
            outcome = self.dispatcher.handle(self.books, header, request)
        self.facts += outcome.facts
        return outcome.answer

    def get(self, request: Request, expected: type[A]) -> A:
        answer = self.ask(request)
        assert isinstance(answer, expected), answer
        return answer

    def refused(self, request: Request) -> Refused:
        return self.get(request, Refused)

    def save(self, code: str, name: str, price_minor: int = 300, *barcodes: str, **rest: Any) -> ProductView:
        views = tuple(BarcodeView(barcode=each) for each in barcodes)
        request = SaveProduct(code=code, name=name, price_minor=price_minor, barcodes=views, **rest)
        return self.get(request, ProductFound).product

    # Imports

    def step(self) -> bool:
        self.now += timedelta(milliseconds=4)
        more, facts = self.dispatcher.act(self.books, SERVER, jobs.step, durable=False)
        self.facts += facts
        return more

    def work(self) -> int:
        steps = 1
        while self.step():
            steps += 1
        return steps

    def hand_over(self, headings: list[str], rows: list[list[str]], name: str = "goods.csv") -> ImportId:
        import_id = ImportId(f"import-{next(self.ids)}")
        self.get(
            BeginImport(import_id=import_id, list_name="products", file_name=name, headings=tuple(headings)),
            ImportAnswer,
        )
        for first in range(0, len(rows), 1000):
            piece = tuple(tuple(row) for row in rows[first : first + 1000])
            self.get(AddImportRows(import_id=import_id, first_row=first + 2, rows=piece), ImportAnswer)
        return import_id

    def checked(self, headings: list[str], rows: list[list[str]]) -> ImportId:
        import_id = self.hand_over(headings, rows)
        self.get(CheckImport(import_id=import_id), ImportAnswer)
        self.work()
        return import_id

    def imported(self, headings: list[str], rows: list[list[str]]) -> ImportId:
        import_id = self.checked(headings, rows)
        self.get(ApplyImport(import_id=import_id), ImportAnswer)
        self.work()
        return import_id

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all that is known of goods, for comparing before and after."""
        kept = ("products", "product_", "categories", "extra_fields", "price_versions", "stock_")
        names = [
            row[0]
            for row in self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if row[0].startswith(kept)
        ]
        return {
            name: sorted(map(tuple, self.db.execute(f"SELECT * FROM {name}")), key=repr) for name in names
        }

    @property
    def manager(self) -> OperatorId:
        return OperatorId(1)
