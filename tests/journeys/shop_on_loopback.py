"""A shop in a folder: its books, its server, its lanes, and an independent look at what it has recorded."""

import contextlib
import csv
import json
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from programs_on_loopback import Program, guitai, until_asked
from window_on_loopback import ENTER, UP, Window, ctrl

from guitai.new_store import FirstOperator
from guitai.places import Places
from protocol.identifiers import CommandId, TerminalName, new_id
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.presence import Greeting, Hello
from protocol.sockets.request_client import NoAnswer, RequestClient

CASHIER = FirstOperator("1", "Zhang Min", "cashier", "2580")
SECOND_CASHIER = FirstOperator("2", "Li Ming", "cashier", "3691")
MANAGER = FirstOperator("9", "Wang Fang", "manager", "9753")

SAMPLE = Path(__file__).parents[2] / "guitai" / "sample"

A = TypeVar("A", bound=Answer)


def sample_goods() -> dict[str, tuple[str, int]]:
    """Return the sample goods as (name, price in fen) by barcode, read from the file by this test alone."""
    with (SAMPLE / "products.csv").open(encoding="utf-8") as file:
        return {
            row["barcode"]: (row["name"], round(float(row["price_cny"]) * 100))
            for row in csv.DictReader(file)
        }


GOODS = sample_goods()
WATER = "6921168509256"
"""农夫山泉天然水550ml, 2.00."""
COLA = "6928804011173"
"""可口可乐500ml, 3.00."""
NUTS = "6907777825963"
"""惠宜开心果140g, 16.72."""


def price(code: str) -> int:
    """Return the price of sample goods in fen."""
    return GOODS[code][1]


def name(code: str) -> str:
    """Return the name of sample goods."""
    return GOODS[code][0]


def written(amount_minor: int) -> str:
    """Return an amount as people write it: `12.50`."""
    return f"{amount_minor // 100}.{amount_minor % 100:02}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `guitai verify` said."""

    content: bool
    sales: int
    journal_rows: int
    findings: tuple[str, ...]


class Shop:
    """One installation. What it starts ends with it."""

    def __init__(self, home: Path) -> None:
        """A folder with books in it."""
        self.home = home
        self.places = Places(home)
        self.server = Program("server", home, "server")
        self._programs: list[Program | Window] = [self.server]
        self._clients: list[RequestClient] = []

    # --- programs ----------------------------------------------------------------------------------

    def program(self, name: str, *arguments: str) -> Program:
        """Return a program that is not started yet."""
        program = Program(name, self.home, *arguments)
        self._programs.append(program)
        return program

    def window(self, name: str, *arguments: str, columns: int = 100, rows: int = 30) -> Window:
        """Return a window that is not opened yet."""
        window = Window(name, self.home, *arguments, columns=columns, rows=rows)
        self._programs.append(window)
        return window

    def devices(self, lane: str, rack: str | None = None) -> Program:
        """Return the device daemon of a lane, with the rack given or with simulators."""
        folder = self.places.lane(lane)
        folder.mkdir(parents=True, exist_ok=True)
        if rack is not None:
            (folder / "rack.toml").write_text(rack)
        return self.program(f"devices-{lane}", "devices", "--lane", lane)

    def terminal(self, lane: str, *, columns: int = 100, rows: int = 30) -> Window:
        """Return the window with the cashier's terminal of a lane."""
        return self.window(f"terminal-{lane}", "terminal", "--lane", lane, columns=columns, rows=rows)

    async def answers(self, endpoint: str, program: Program | None = None, within_s: float = 20) -> None:
        """Wait until the program at an endpoint answers Hello."""
        async with RequestClient(endpoint, sender=TerminalName("journey-hello")) as client:

            async def greeted() -> bool:
                assert program is None or program.running, f"{program.name} ended\n{program.words()}"
                try:
                    return isinstance(await client.ask(Hello(), timeout_s=0.3), Greeting)
                except NoAnswer:
                    return False

            await until_asked(greeted, within_s, f"an answer at {endpoint}", every_s=0.01)

    async def open(self, *programs: Program) -> None:
        """Start the server and other programs, and wait until all of them answer."""
        for program in (self.server, *programs):
            if not program.running:
                program.start()
        await self.answers(self.places.store_requests, self.server)
        for program in programs:
            lane = program.arguments[program.arguments.index("--lane") + 1]
            await self.answers(self.places.device_requests(lane), program)

    def end(self) -> None:
        """End everything that was started."""
        for client in self._clients:
            client.close()
        for program in self._programs:
            program.end()

    def words(self) -> str:
        """Return what all programs said and logged, for a person who looks for the reason of a failure."""
        said = [each.picture() if isinstance(each, Window) else each.words() for each in self._programs]
        logs = sorted(self.home.rglob("*.log"))
        said += [f"--- {log} ---\n{log.read_text(errors='replace')[-3000:]}" for log in logs]
        return "\n".join(said)

    # --- asking ------------------------------------------------------------------------------------

    async def client(self, name: str, operator: FirstOperator | None = None) -> "Client":
        """Return a connection to the store server; signed on, if somebody is named."""
        client = Client(self.places.store_requests, name)
        self._clients.append(client)
        await client.start()
        if operator is not None:
            signed_on = await client.must(SignOn(code=operator.code, pin=operator.pin), SignedOn)
            client.session = signed_on.session
        return client

    async def device_client(self, lane: str, name: str = "journey-bench") -> "Client":
        """Return a connection to a lane's device daemon."""
        client = Client(self.places.device_requests(lane), name)
        self._clients.append(client)
        await client.start()
        return client

    def run(self, *arguments: str, text: str = "", **environment: str) -> tuple[int, str]:
        """Run a subcommand; return its exit code and all that it said."""
        done = guitai(self.home, *arguments, text=text, **environment)
        return done.returncode, done.stdout + done.stderr

    def verify(self, *arguments: str) -> Verdict:
        """Have `guitai verify` prove the books, as a shopkeeper would."""
        done = guitai(self.home, "verify", "--json", *arguments)
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        assert done.returncode == (1 if said["findings"] else 0)
        return Verdict(
            content=not said["findings"],
            sales=said["sales"],
            journal_rows=said["journal_rows"],
            findings=tuple(f"{each['where']}: {each['explanation']}" for each in said["findings"]),
        )

    def proven(self) -> Verdict:
        """Return the verdict on books that must be right."""
        verdict = self.verify()
        assert verdict.content, verdict.findings
        return verdict

    # --- an independent look -----------------------------------------------------------------------

    @contextlib.contextmanager
    def books(self, path: Path | None = None) -> Iterator[sqlite3.Connection]:
        """Read the books with no help of the programs."""
        uri = f"{(path or self.places.books).resolve().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as db:
            db.execute("PRAGMA wal_autocheckpoint = 0")
            db.row_factory = sqlite3.Row
            yield db

    def rows(self, query: str, *values: object, path: Path | None = None) -> list[sqlite3.Row]:
        """Return the rows of a query on the books."""
        with self.books(path) as db:
            return db.execute(query, values).fetchall()

    def finished(self, path: Path | None = None) -> list[sqlite3.Row]:
        """Return the finished sales in the order in which they were finished."""
        query = "SELECT * FROM sales WHERE state = 'finished' ORDER BY ended_at, sale_id"
        return self.rows(query, path=path)

    def in_drawer(self, lane: str) -> int:
        """Return what lies in a lane's drawer by its postings, summed here and not by the program."""
        row = self.rows(
            "SELECT coalesce(sum(p.amount), 0) FROM ledger_postings p "
            "JOIN ledger_accounts a USING (account_id) WHERE a.kind = 'drawer' AND a.owner = ?",
            lane,
        )[0]
        return int(row[0])


class Client(RequestClient):
    """A connection that says why when an answer is not the one that a journey needs."""

    def __init__(self, endpoint: str, name: str) -> None:
        """Prepare; nothing is connected yet."""
        super().__init__(endpoint, sender=TerminalName(name))
        self.language = "en"

    async def must(self, request: Request, expected: type[A], **options: Any) -> A:
        """Return the answer, which must be of the class expected."""
        answer = await self.ask(request, **options)
        assert isinstance(answer, expected), answer
        return answer

    async def refused(self, request: Request, **options: Any) -> Refused:
        """Return the refusal that must come."""
        return await self.must(request, Refused, **options)

    async def insist(self, request: Request, expected: type[A], give_up_s: float = 30) -> A:
        """Return the answer, asked with the same id until it comes, as the terminal does."""
        answer = await self.ask_until_answered(request, CommandId(new_id()), retry_s=0.5, give_up_s=give_up_s)
        assert isinstance(answer, expected), answer
        return answer


async def sign_on(window: Window, operator: FirstOperator, lane: str = "1") -> None:
    """Sign on at a terminal's window, with the keyboard."""
    await window.shows("Who is there?", within_s=20)
    await window.type(operator.code)
    window.press(ENTER)
    await window.type(operator.pin, seen="•" * len(operator.pin))
    window.press(ENTER)
    await window.shows_no_more("Who is there?")
    await window.shows(f"Lane {lane}", operator.name)


async def open_shift(window: Window, amount: str, number: int = 1) -> None:
    """Open the shift at a terminal's window, with the float as one amount."""
    window.press(ctrl("s"))
    await window.shows("Open shift", "Together")
    window.press(UP)
    await window.type(amount)
    window.press(ENTER)
    await window.shows(f"Shift {number} is open")


def network_printer_rack(port: int) -> str:
    """Return a rack with a real driver for a printer in the network, its drawer, and a simulated scanner."""
    return f"""
[[device]]
name = "scanner-1"
kind = "scanner"
driver = "simulated"

[[device]]
name = "printer-1"
kind = "pos_printer"
driver = "tcp"
host = "127.0.0.1"
port = {port}

[[device]]
name = "drawer-1"
kind = "cash_drawer"
driver = "printer"
"""


def new_folder() -> Path:
    """Return a fresh folder whose path is short enough for sockets."""
    return Path(tempfile.mkdtemp(prefix="gj", dir="/tmp"))


def remove(folder: Path) -> None:
    """Remove a folder."""
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def shop_in(folder: Path) -> AsyncIterator[Shop]:
    """A shop for the time of the block."""
    shop = Shop(folder)
    try:
        yield shop
    finally:
        shop.end()
