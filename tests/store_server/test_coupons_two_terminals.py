"""Two terminals use the same code, or the last of an offer, at the same instant: one may, always."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from coupon_counter import batch, issued, product
from shop_counter import PINS, Shop, open_shop

from protocol.coupon import CouponCodes
from protocol.identifiers import LaneCode, SaleId, TenderId, TerminalName
from protocol.messages.base import Answer, Refused, Request
from protocol.messages.coupons import RemoveCoupon, UseCoupon
from protocol.messages.offers import OfferFound, SaveOffer
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.sales import AddItem, AddTender, Basket, BasketState, FinishSale, GetSale, SaleDone
from protocol.offer import GoodsRange, OfferLimits, OfferView, PercentOff
from protocol.sockets.request_client import RequestClient
from store_server.bootstrap import utc_now
from store_server.server import StoreServer
from store_server.server_settings import ServerSettings
from store_server.store.verification import verify_books

TIMES = 100


class Till:
    """A terminal with a line of its own to the server."""

    def __init__(self, client: RequestClient, lane: str) -> None:
        self.client = client
        self.lane = LaneCode(lane)

    async def ask(self, request: Request) -> Answer:
        return await self.client.ask(request, timeout_s=20)

    async def do(self, request: Request) -> Answer:
        answer = await self.ask(request)
        assert not isinstance(answer, Refused), answer
        return answer

    async def ring_up(self, sale: SaleId, code: str) -> None:
        await self.do(AddItem(sale_id=sale, lane=self.lane, code=code))

    async def pay_rest(self, sale: SaleId) -> None:
        state = await self.do(GetSale(sale_id=sale))
        assert isinstance(state, BasketState)
        assert state.basket is not None
        due = state.basket.due_minor
        if due:
            id_ = TenderId(f"{sale}-{len(state.basket.tenders)}")
            await self.do(AddTender(sale_id=sale, tender_id=id_, tender="cash", amount_minor=due))

    async def finish(self, sale: SaleId) -> Answer:
        return await self.ask(FinishSale(sale_id=sale, lane=self.lane))


def _prepare(shop: Shop) -> tuple[list[str], list[str]]:
    """Coupons with codes of their own, and shared codes for one use each."""
    of = batch(shop)
    own = [each.code for each in issued(shop, of, count=TIMES)]
    shared = [f"ONCE-{number}" for number in range(TIMES)]
    for code in shared:
        batch(shop, f"Shared {code}", codes=CouponCodes.SHARED, shared_code=code, uses_in_all=1)
    offer = OfferView(
        name="A hundred times",
        goods=GoodsRange(products=(product(shop, "COLA"),)),
        benefit=PercentOff(rate_ppm=500_000),
        limits=OfferLimits(in_all=TIMES),
    )
    shop.do(OfferFound, SaveOffer(offer=offer), "boss")
    return own, shared


@pytest.fixture
async def tills(tmp_path: Path) -> AsyncIterator[tuple[StoreServer, Till, Till, list[str], list[str]]]:
    shop = open_shop()
    shop.open_shift("1", who="li")
    shop.open_shift("2", who="wang")
    own, shared = _prepare(shop)
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
    yield server, tills[0], tills[1], own, shared
    for till in tills:
        till.client.close()
    server.close()


async def _both(pairs: list[tuple[Till, SaleId]], number: int) -> tuple[list[SaleDone], list[Refused]]:
    """Let both finish at once, the one or the other first."""
    if number % 2:
        pairs.reverse()
    answers = await asyncio.gather(*(till.finish(sale) for till, sale in pairs))
    done = [answer for answer in answers if isinstance(answer, SaleDone)]
    return done, [answer for answer in answers if isinstance(answer, Refused)]


async def test_a_shared_code_for_one_use_is_used_once_a_hundred_times_out_of_a_hundred(
    tills: tuple[StoreServer, Till, Till, list[str], list[str]],
) -> None:
    server, first, second, _own, shared = tills
    won: Counter[str] = Counter()
    for number, code in enumerate(shared):
        pairs = [(till, SaleId(f"s-{number}-{till.lane}")) for till in (first, second)]
        for till, sale in pairs:
            await till.ring_up(sale, "WATER")
            await till.do(UseCoupon(sale_id=sale, code=code))
            await till.pay_rest(sale)
        done, refused = await _both(pairs, number)
        assert (len(done), len(refused)) == (1, 1)
        assert refused[0].code == "coupon_limit"
        assert code in refused[0].explanation
        won[done[0].basket.lane] += 1
        for till, sale in pairs:
            if sale != done[0].basket.sale_id:
                await till.do(RemoveCoupon(sale_id=sale, code=code))
                await till.pay_rest(sale)
                assert isinstance(await till.finish(sale), SaleDone)
    assert won.total() == TIMES
    assert server.books.db.execute("SELECT count(*) FROM coupon_uses").fetchone()[0] == TIMES
    assert verify_books(server.books.db).findings == ()


async def test_a_code_is_held_by_one_of_two_terminals_a_hundred_times_out_of_a_hundred(
    tills: tuple[StoreServer, Till, Till, list[str], list[str]],
) -> None:
    server, first, second, own, _shared = tills
    for number, code in enumerate(own):
        pairs = [(till, SaleId(f"s-{number}-{till.lane}")) for till in (first, second)]
        await asyncio.gather(*(till.ring_up(sale, "WATER") for till, sale in pairs))
        if number % 2:
            pairs.reverse()
        answers = await asyncio.gather(
            *(till.ask(UseCoupon(sale_id=sale, code=code)) for till, sale in pairs)
        )
        assert sorted(type(answer) is Basket for answer in answers) == [False, True]
        refused = next(answer for answer in answers if isinstance(answer, Refused))
        assert refused.code == "coupon_held"
        for till, sale in pairs:
            await till.pay_rest(sale)
        done, _refused = await _both(pairs, number)
        assert sorted(each.basket.total_minor for each in done) == [100, 200]
    uses = server.books.db.execute("SELECT count(*), count(DISTINCT coupon_id) FROM coupon_uses").fetchone()
    assert tuple(uses) == (TIMES, TIMES)
    assert verify_books(server.books.db).findings == ()


async def test_the_last_of_a_limited_offer_goes_to_one_of_two_terminals(
    tills: tuple[StoreServer, Till, Till, list[str], list[str]],
) -> None:
    server, first, second, _own, _shared = tills
    server.books.db.execute("UPDATE offers SET used = ?", (TIMES,))  # used up but for what each round frees
    prices: Counter[int] = Counter()
    for number in range(TIMES):
        server.books.db.execute("UPDATE offers SET used = used - 1")
        pairs = [(till, SaleId(f"s-{number}-{till.lane}")) for till in (first, second)]
        for till, sale in pairs:
            await till.ring_up(sale, "COLA")
            await till.pay_rest(sale)
        done, refused = await _both(pairs, number)
        assert (len(done), len(refused)) == (1, 1)
        assert refused[0].code == "price_changed"
        prices[done[0].basket.total_minor] += 1
        for till, sale in pairs:
            if sale != done[0].basket.sale_id:
                await till.pay_rest(sale)
                again = await till.finish(sale)
                assert isinstance(again, SaleDone)
                prices[again.basket.total_minor] += 1
    assert sorted(prices.values()) == [TIMES, TIMES]
    assert max(prices) == 2 * min(prices)
    assert server.books.db.execute("SELECT sum(times) FROM offer_uses").fetchone()[0] == TIMES
    assert verify_books(server.books.db).findings == ()
