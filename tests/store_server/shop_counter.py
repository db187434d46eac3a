"""A small shop in memory for the tests: real books, real commands, a clock and ids that tests hold."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from protocol.identifiers import (
    ApprovalId,
    CommandId,
    LaneCode,
    ProductId,
    SaleId,
    SessionToken,
    ShiftId,
    TenderId,
    TerminalName,
)
from protocol.language import speaking
from protocol.messages.base import Answer, Fact, Header, Refused, Request
from protocol.messages.catalogue import BarcodeView, ProductFound, SaveProduct
from protocol.messages.operators import ApprovalGranted, Approve, SaveOperator, SignedOn, SignOn
from protocol.messages.sales import AddItem, AddTender, Basket, BasketView, FinishSale, SaleDone
from protocol.messages.shifts import CloseShift, CountDrawer, OpenShift, ShiftClosedAnswer
from protocol.permissions import Permission
from protocol.receipt import Barcode, Document, Row, TextLine
from protocol.registry import WIRE_NAMES
from store_server.bootstrap import make_dispatcher, open_books
from store_server.database.connection import open_writing
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Books
from store_server.operators import tables as operators
from store_server.settings import load_settings

Kind = TypeVar("Kind", bound=Answer)

MORNING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
"""Nine in the morning in Shanghai."""

PINS = {"boss": "8215", "li": "3942", "wang": "7051"}
LANES = ("1", "2")

COLA, WATER, CRISPS, APPLES, GIFT, BASKET, LABELLED, FREE, OLD = (ProductId(i) for i in range(1, 10))
"""Products by id, in the order in which `goods` adds them."""


def goods() -> list[SaveProduct]:
    """Return the shop's goods."""
    six = BarcodeView(barcode="6901234567906", pack_thousandths=6000)
    return [
        SaveProduct(
            code="COLA",
            name="可乐",
            unit="瓶",
            price_minor=350,
            barcodes=(BarcodeView(barcode="6901234567892"), six),
        ),
        SaveProduct(code="WATER", name="矿泉水", unit="瓶", price_minor=200),
        SaveProduct(code="CRISPS", name="薯片", unit="袋", price_minor=950, promotional_price_minor=800),
        SaveProduct(code="12345", name="苹果", unit="kg", by_weight=True, price_minor=1990),
        SaveProduct(code="GIFT", name="礼盒", price_minor=0, open_price=True),
        SaveProduct(code="BASKET", name="果篮", price_minor=9900),
        SaveProduct(code="54321", name="熟食", price_minor=100),
        SaveProduct(code="FREE", name="赠品", price_minor=1),
        SaveProduct(code="OLD", name="旧货", price_minor=100, on_sale=False),
    ]


class Shop:
    """The shop, with a cashier Li (signed on at lane 1), a cashier Wang (lane 2) and a boss (office)."""

    def __init__(self, books: Books, *, tick: timedelta = timedelta(seconds=1)) -> None:
        self.books = books
        self.db = books.db
        self.now = MORNING
        self.tick = tick
        self.facts: list[Fact] = []
        self.asked: dict[str, tuple[Request, str]] = {}
        """Every request by its id, with the one who asked."""
        self._ids = 0
        self._sessions: dict[str, SessionToken] = {}
        self.dispatcher = make_dispatcher(self._clock, self.make_id, lambda: f"secret-{self.make_id()}")

    def _clock(self) -> datetime:
        self.now += self.tick
        return self.now

    def make_id(self) -> str:
        """Return the next id; the same ones in every run."""
        self._ids += 1
        return f"0197-{self._ids:08d}"

    def ask(
        self,
        request: Request,
        who: str = "li",
        *,
        at: str = "",
        approval: ApprovalId | None = None,
        command: str = "",
        language: str = "en",
    ) -> Answer:
        """Send a request as this operator, from their terminal; return the answer, whatever it is."""
        header = Header(
            id=CommandId(command or self.make_id()),
            name=WIRE_NAMES[type(request)],
            sender=TerminalName(at or f"terminal-{who}"),
            session=self._sessions.get(who),
            approval=approval,
            language=language,
        )
        with speaking(language):
            outcome = self.dispatcher.handle(self.books, header, request)
        self.facts += outcome.facts
        self.asked[header.id] = (request, who)
        return outcome.answer

    def do(self, kind: type[Kind], request: Request, who: str = "li", **how: Any) -> Kind:
        """Send a request that must be carried out."""
        answer = self.ask(request, who, **how)
        assert isinstance(answer, kind), answer
        return answer

    def refusal(self, request: Request, who: str = "li", **how: Any) -> Refused:
        """Send a request that must be refused."""
        answer = self.ask(request, who, **how)
        assert isinstance(answer, Refused), answer
        return answer

    def sign_on(self, who: str) -> SignedOn:
        """Sign on with the right PIN."""
        signed_on = self.do(SignedOn, SignOn(code=who, pin=PINS[who]), who)
        self._sessions[who] = signed_on.session
        return signed_on

    def approve(self, action: Permission, for_: str = "li") -> ApprovalId:
        """Let the boss approve one action at somebody's terminal."""
        return self.do(ApprovalGranted, Approve(action=action, code="boss", pin=PINS["boss"]), for_).approval

    # What happens at the counter all day.

    def open_shift(self, lane: str = "1", float_minor: int = 20_000, who: str = "li") -> ShiftId:
        """Open a shift with a counted float."""
        shift_id = ShiftId(self.make_id())
        self.ask_ok(OpenShift(lane=LaneCode(lane), shift_id=shift_id, float_minor=float_minor), who)
        return shift_id

    def ask_ok(self, request: Request, who: str = "li", **how: Any) -> Answer:
        """Send a request that must not be refused."""
        answer = self.ask(request, who, **how)
        assert not isinstance(answer, Refused), answer
        return answer

    def scan(
        self, sale: str, code: str, quantity: int | None = None, lane: str = "1", who: str = "li", **more: Any
    ) -> BasketView:
        """Add goods; return the basket."""
        request = AddItem(
            sale_id=SaleId(sale), lane=LaneCode(lane), code=code, quantity_thousandths=quantity, **more
        )
        return self.do(Basket, request, who).basket

    def pay(
        self,
        sale: str,
        amount: int,
        tender: str = "cash",
        reference: str = "",
        who: str = "li",
        id_: str = "",
    ) -> BasketView:
        """Take a payment; return the basket."""
        request = AddTender(
            sale_id=SaleId(sale),
            tender_id=TenderId(id_ or self.make_id()),
            tender=tender,
            amount_minor=amount,
            reference=reference,
        )
        return self.do(Basket, request, who).basket

    def finish(self, sale: str, lane: str = "1", who: str = "li", **how: Any) -> SaleDone:
        """Close a paid sale."""
        return self.do(SaleDone, FinishSale(sale_id=SaleId(sale), lane=LaneCode(lane)), who, **how)

    def sell(self, sale: str, *codes: str, lane: str = "1", who: str = "li") -> SaleDone:
        """Sell goods for exact cash."""
        for code in codes:
            basket = self.scan(sale, code, lane=lane, who=who)
        self.pay(sale, basket.due_minor, who=who)
        return self.finish(sale, lane, who)

    def close_shift(self, counted: int, lane: str = "1", who: str = "li", **more: Any) -> ShiftClosedAnswer:
        """Count and close."""
        self.ask_ok(CountDrawer(lane=LaneCode(lane), counted_minor=counted), who)
        return self.do(ShiftClosedAnswer, CloseShift(lane=LaneCode(lane), **more), who)

    def setting(self, name: str, value: str) -> None:
        """Set a setting as it is in the books."""
        self.db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
        self.books.settings = load_settings(self.db)

    def balance(self, kind: str, owner: str) -> int:
        """Return the balance of an account."""
        row = self.db.execute(
            "SELECT balance FROM ledger_accounts WHERE kind = ? AND owner = ?", (kind, owner)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def journal(self) -> list[str]:
        """Return the names of the journal's facts."""
        return [row[0] for row in self.db.execute("SELECT name FROM journal ORDER BY seq")]


def paper(document: Document) -> str:
    """Return the paper's text, cells of a row joined by bars."""
    lines = []
    for element in document.elements:
        match element:
            case TextLine():
                lines.append(element.text)
            case Row():
                lines.append(" | ".join(cell.text for cell in element.cells))
            case Barcode():
                lines.append(f"*{element.data}*")
            case _:
                pass
    return "\n".join(lines)


@lru_cache(maxsize=1)
def _image() -> tuple[bytes, int, dict[str, SessionToken]]:
    """Set the shop up once: hashing PINs takes time that no test needs to spend again."""
    shop = Shop(open_books(":memory:"))
    shop.setting("language", "en")
    shop.setting("store_name", "Corner Shop")
    with_boss = Work(
        db=shop.db,
        now=MORNING,
        settings=shop.books.settings,
        new_id=shop.make_id,
        new_secret=shop.make_id,
    )
    shop.db.execute("BEGIN IMMEDIATE")
    operators.insert(with_boss, "boss", "Boss", "manager", PINS["boss"], None)
    shop.db.execute("COMMIT")
    shop.sign_on("boss")
    for who in ("li", "wang"):
        request = SaveOperator(code=who, name=who.capitalize(), role="cashier", pin=PINS[who])
        shop.ask_ok(request, "boss")
        shop.sign_on(who)
    for number, request in enumerate(goods(), 1):
        product = shop.do(ProductFound, request, "boss").product
        assert product.product_id == number
    # No screen lets this in; a list from an older till might have.
    shop.db.execute("UPDATE products SET price_minor = 0 WHERE code = 'FREE'")
    image = shop.db.serialize()
    shop.db.close()
    return image, shop._ids, shop._sessions


def open_shop(*, training: bool = False) -> Shop:
    """Return the shop on its first morning, in memory; close its `db` at the end."""
    image, ids, sessions = _image()
    db = open_writing(":memory:")  # with no statement prepared on another schema
    db.deserialize(image)
    shop = Shop(Books.of(db, training=training))
    shop._ids = ids
    shop._sessions = dict(sessions)
    return shop
