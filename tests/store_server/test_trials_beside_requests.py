"""A trial in the running server: it goes on by itself, and the tills go before it."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from trial_counter import cheaper_cola

from guitai.new_store import FirstOperator, create_store
from protocol.identifiers import LaneCode, SaleId, ShiftId, TenderId, TerminalName, TrialId
from protocol.messages.base import Answer, Done, Refused, Request
from protocol.messages.catalogue import SaveProduct
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.sales import AddItem, AddTender, Basket, FinishSale
from protocol.messages.shifts import OpenShift
from protocol.messages.store import BeginTraining
from protocol.messages.trials import CancelTrial, GetTrial, StartTrial, Trial, TrialState, TrialView
from protocol.sockets.request_client import RequestClient
from store_server.server import StoreServer
from store_server.server_settings import ServerSettings
from store_server.settings import StoreSettings

LANE = LaneCode("1")
SALES = 60


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="guitai-"))
    create_store(path / "store.db", StoreSettings(), (FirstOperator("9", "Wang Fang", "manager", "9753"),))
    yield path
    shutil.rmtree(path)


async def done(client: RequestClient, request: Request) -> Answer:
    answer = await client.ask(request)
    assert not isinstance(answer, Refused), answer
    return answer


@asynccontextmanager
async def shop_with_sales(folder: Path) -> AsyncIterator[tuple[StoreServer, RequestClient]]:
    """A running server with a manager, and some sales of two colas each."""
    settings = ServerSettings(folder=folder)
    with closing(StoreServer(settings)) as server:
        await server.start()
        async with RequestClient(settings.request_endpoints[0], sender=TerminalName("office")) as client:
            signed_on = await done(client, SignOn(code="9", pin="9753"))
            assert isinstance(signed_on, SignedOn)
            client.session = signed_on.session
            await done(client, SaveProduct(code="COLA", name="Cola", price_minor=350))
            await done(client, OpenShift(lane=LANE, shift_id=ShiftId("shift"), float_minor=0))
            for number in range(SALES):
                await sell(client, SaleId(f"sale-{number}"))
            yield server, client


async def sell(client: RequestClient, sale: SaleId) -> None:
    await done(client, AddItem(sale_id=sale, lane=LANE, code="COLA", quantity_thousandths=2000))
    tender = AddTender(sale_id=sale, tender_id=TenderId(f"t-{sale}"), tender="cash", amount_minor=700)
    await done(client, tender)
    await done(client, FinishSale(sale_id=sale, lane=LANE))


def start(name: str = "trial") -> StartTrial:
    today = datetime.now(UTC).date()
    days = timedelta(days=2)
    return StartTrial(
        trial_id=TrialId(name), offer=cheaper_cola(), first_day=today - days, last_day=today + days
    )


async def ask(client: RequestClient, request: Request) -> TrialView:
    answer = await done(client, request)
    assert isinstance(answer, Trial)
    return answer.trial


async def until_over(client: RequestClient, name: str = "trial") -> TrialView:
    async with asyncio.timeout(30):
        while True:
            trial = await ask(client, GetTrial(trial_id=TrialId(name)))
            if trial.state is not TrialState.RUNNING:
                return trial


async def test_it_goes_on_by_itself_while_a_till_sells(folder: Path) -> None:
    async with shop_with_sales(folder) as (_server, client):
        first = await ask(client, start())
        assert (first.state, first.looked_at) == (TrialState.RUNNING, 0)
        basket = await done(client, AddItem(sale_id=SaleId("now"), lane=LANE, code="COLA"))
        assert isinstance(basket, Basket)
        meanwhile = await ask(client, GetTrial(trial_id=TrialId("trial")))
        assert meanwhile.looked_at < SALES, "the scan did not wait for the trial"
        trial = await until_over(client)
        assert (trial.state, trial.of, trial.changed) == (TrialState.DONE, SALES, SALES)
        assert (trial.before_minor, trial.cost_minor) == (700 * SALES, 100 * SALES)


async def test_cancelling_is_answered_at_once(folder: Path) -> None:
    async with shop_with_sales(folder) as (server, client):
        await ask(client, start())
        stopped = await ask(client, CancelTrial(trial_id=TrialId("trial")))
        assert stopped.state is TrialState.CANCELLED
        assert stopped.looked_at < SALES
        await ask(client, start("next"))
        assert (await until_over(client, "next")).state is TrialState.DONE
        assert await ask(client, GetTrial(trial_id=TrialId("trial"))) == stopped
        assert server.books.db.in_transaction is False


async def test_in_practice_it_is_tried_on_the_sales_of_practice(folder: Path) -> None:
    async with shop_with_sales(folder) as (_server, client):
        assert isinstance(await client.ask(BeginTraining()), Done)
        client.training = True
        await sell(client, SaleId("practice"))
        await ask(client, start())
        assert (await until_over(client)).of == SALES + 1
        client.training = False
        refused = await client.ask(GetTrial(trial_id=TrialId("trial")))
        assert isinstance(refused, Refused)
        assert refused.code == "no_such_trial"
