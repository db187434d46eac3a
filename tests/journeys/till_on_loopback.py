"""A lane without a screen: sells through the protocol as the terminal does, and keeps its own figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shop_on_loopback import Client, Shop, price

from protocol.identifiers import LaneCode, SaleId, ShiftId, TenderId, new_id
from protocol.messages.sales import AddItem, AddTender, Basket, FinishSale, SaleDone
from protocol.messages.shifts import OpenShift, ShiftState
from protocol.receipt import Document


@dataclass(frozen=True, slots=True)
class Sold:
    """One sale as this test knows it, computed from the price list alone."""

    sale_id: str
    total_minor: int
    pieces: int
    cash_minor: int
    """What it put into the drawer."""
    receipt_number: str = ""


@dataclass
class Till:
    """One lane."""

    client: Client
    lane: LaneCode
    float_minor: int = 0
    sold: list[Sold] = field(default_factory=list)
    receipts: list[Document] = field(default_factory=list)

    @property
    def expected_in_drawer(self) -> int:
        """Float and cash, added up here."""
        return self.float_minor + sum(sale.cash_minor for sale in self.sold)

    async def open_shift(self, float_minor: int) -> None:
        """Open the shift with a float."""
        await self.client.insist(
            OpenShift(lane=self.lane, shift_id=ShiftId(new_id()), float_minor=float_minor), ShiftState
        )
        self.float_minor = float_minor

    async def sell(self, codes: Sequence[str], *, card_minor: int = 0, handed_minor: int = 0) -> Sold:
        """Sell, each step asked with its own id until it is answered.

        `card_minor` is paid by card first; the rest is paid in cash, `handed_minor` of it or just enough.
        """
        sale_id = SaleId(new_id())
        total = sum(price(code) for code in codes)
        for code in codes:
            await self.client.insist(AddItem(sale_id=sale_id, lane=self.lane, code=code), Basket)
        if card_minor:
            await self._pay(sale_id, "card", card_minor, "0815")
        due = total - card_minor
        if due:
            await self._pay(sale_id, "cash", max(handed_minor, due), "")
        done = await self.client.insist(FinishSale(sale_id=sale_id, lane=self.lane), SaleDone)
        assert done.basket.total_minor == total
        assert done.change_minor == max(handed_minor - due, 0)
        sale = Sold(sale_id, total, len(codes), due, done.receipt_number)
        self.sold.append(sale)
        self.receipts.append(done.receipt)
        return sale

    async def _pay(self, sale_id: SaleId, tender: str, amount_minor: int, reference: str) -> None:
        await self.client.insist(
            AddTender(
                sale_id=sale_id,
                tender_id=TenderId(new_id()),
                tender=tender,
                amount_minor=amount_minor,
                reference=reference,
            ),
            Basket,
        )


def each_sale_is_there_once(shop: Shop, *tills: Till) -> None:
    """Hold the books to what the tills know: each sale once with its figures, each drawer, each number."""
    rows = {row["sale_id"]: row for row in shop.finished()}
    known = {sale.sale_id: sale for till in tills for sale in till.sold}
    assert rows.keys() == known.keys()
    for sale_id, sale in known.items():
        row = rows[sale_id]
        assert (row["total_minor"], row["receipt_number"]) == (sale.total_minor, sale.receipt_number)
        assert row["item_count_thousandths"] == sale.pieces * 1000
    for till in tills:
        assert shop.in_drawer(till.lane) == till.expected_in_drawer
        numbers = [row["receipt_seq"] for row in rows.values() if row["lane"] == till.lane]
        assert sorted(numbers) == list(range(1, len(till.sold) + 1)), "receipt numbers have no gaps"
    facts = shop.rows("SELECT json_extract(body, '$.sale_id') FROM journal WHERE name = 'sales.SaleFinished'")
    assert sorted(row[0] for row in facts) == sorted(known)
    verdict = shop.proven()
    assert verdict.sales == len(known)
