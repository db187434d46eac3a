"""Two terminals spend the same points at the same instant: one may, the other is told why not; always."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from shop_counter import PINS, open_shop

from protocol.identifiers import LaneCode, MemberId, SaleId, TenderId, TerminalName
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.points import AdjustPoints
from protocol.messages.sales import AddItem, AddTender, AttachMember, FinishSale, RemoveTender, SaleDone
from protocol.sockets.request_client import RequestClient
from store_server.bootstrap import utc_now
from store_server.server import StoreServer
from store_server.server_settings import ServerSettings
from store_server.store.verification import verify_books

TIMES = 100
POINTS = 100
"""What each member has: the 1.00 that both terminals want to take."""


class Till:
    """A terminal with a line of its own to the server."""

    def __init__(self, client: RequestClient, lane: str) -> None:
        self.client = client
        self.lane = LaneCode(lane)

    async def do(self, request: Request) -> Answer:
        answer = await self.client.ask(request, timeout_s=20)
        assert not isinstance(answer, Refused), answer
        return answer

    async def pay(self, sale: SaleId, tender: str, amount: int) -> None:
        id_ = TenderId(f"{sale}-{tender}-{amount}")
        await self.do(AddTender(sale_id=sale, tender_id=id_, tender=tender, amount_minor=amount))

    async def ring_up(self, sale: SaleId, member: MemberId) -> None:
        """Water for 2.00, half of it to be paid with points."""
        await self.do(AttachMember(sale_id=sale, lane=self.lane, member_id=member))
        await self.do(AddItem(sale_id=sale, lane=self.lane, code="WATER"))
        await self.pay(sale, "points", 100)
        await self.pay(sale, "cash", 100)

    async def finish(self, sale: SaleId) -> Answer:
        return await self.client.ask(FinishSale(sale_id=sale, lane=self.lane), timeout_s=20)

    async def pay_with_cash_instead(self, sale: SaleId) -> Answer:
        await self.do(RemoveTender(sale_id=sale, tender_id=TenderId(f"{sale}-points-100")))
        id_ = TenderId(f"{sale}-instead")
        await self.do(AddTender(sale_id=sale, tender_id=id_, tender="cash", amount_minor=100))
        return await self.finish(sale)


@pytest.fixture
async def tills(tmp_path: Path) -> AsyncIterator[tuple[StoreServer, Till, Till, list[MemberId]]]:
    shop = open_shop()
    shop.open_shift("1", who="li")
    shop.open_shift("2", who="wang")
    members = []
    for _n in range(TIMES):
        member = shop.do(MemberFound, RegisterMember(name="王芳")).member.member_id
        shop.ask_ok(AdjustPoints(member_id=member, points=POINTS, reason="opening balance"), "boss")
        members.append(member)
    settings = ServerSettings(
        folder=tmp_path, requests=(f"ipc://{tmp_path}/r",), facts=(f"ipc://{tmp_path}/f",)
    )
    settings.books.write_bytes(shop.db.serialize())
    shop.db.close()
    server = StoreServer(settings, utc_now)
    await server.start()
    tills = []
    for lane, who in (("1", "li"), ("2", "wang")):
        client = RequestClient(settings.request_endpoints[0], sender=TerminalName(f"lane-{lane}"))
        await client.start()
        signed_on = await client.ask(SignOn(code=who, pin=PINS[who]), timeout_s=20)
        assert isinstance(signed_on, SignedOn)
        client.session = signed_on.session
        tills.append(Till(client, lane))
    yield server, tills[0], tills[1], members
    for till in tills:
        till.client.close()
    server.close()


async def test_of_two_terminals_one_spends_the_points_a_hundred_times_out_of_a_hundred(
    tills: tuple[StoreServer, Till, Till, list[MemberId]],
) -> None:
    server, first, second, members = tills
    won: Counter[str] = Counter()
    for number, member in enumerate(members):
        pairs = [(till, SaleId(f"s-{number}-{till.lane}")) for till in (first, second)]
        await asyncio.gather(*(till.ring_up(sale, member) for till, sale in pairs))
        if number % 2:
            pairs.reverse()
        answers = await asyncio.gather(*(till.finish(sale) for till, sale in pairs))
        done = [answer for answer in answers if isinstance(answer, SaleDone)]
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert (len(done), len(refused)) == (1, 1), answers
        assert done[0].points_spent == POINTS
        assert refused[0].code == "not_enough_points"
        assert "100 points were to pay this" in refused[0].explanation
        won[done[0].basket.lane] += 1
        for (till, sale), answer in zip(pairs, answers, strict=True):
            if isinstance(answer, Refused):
                again = await till.pay_with_cash_instead(sale)
                assert isinstance(again, SaleDone)
                assert again.points_spent == 0
    assert won.total() == TIMES
    spent = server.books.db.execute("SELECT sum(points) FROM points_rows WHERE kind = 'spend'").fetchone()
    assert spent[0] == -TIMES * POINTS
    assert {row[0] for row in server.books.db.execute("SELECT balance FROM points_accounts")} == {1 + 2}
    assert verify_books(server.books.db).findings == ()
