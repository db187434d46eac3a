"""Facts over real sockets: each has its number, and whoever misses one is told."""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import zmq
import zmq.asyncio

from protocol.messages.base import Fact, FactHeader
from protocol.messages.shifts import BusinessDayOpened
from protocol.sockets.fact_publisher import FactPublisher
from protocol.sockets.fact_subscriber import FactSubscriber, Gap
from protocol.wire import TooLarge, pack_fact

Until = Callable[..., Awaitable[None]]
DAY = BusinessDayOpened(business_date="2026-11-21")


@dataclass
class Listener:
    """Notes what a subscriber reports, in order."""

    heard: list[object] = field(default_factory=list)
    alive: list[bool] = field(default_factory=list)

    def on_fact(self, fact: Fact, header: FactHeader) -> None:
        self.heard.append(header.sequence)

    def on_gap(self, gap: Gap) -> None:
        self.heard.append(gap)

    def subscriber(self, endpoint: str) -> FactSubscriber:
        return FactSubscriber(endpoint, self.on_fact, self.on_gap, self.alive.append)


@pytest.fixture
def endpoint(run_directory: Path) -> str:
    return f"ipc://{run_directory}/store.facts"


@pytest.fixture
def listener() -> Listener:
    return Listener()


async def test_facts_arrive_in_order_after_a_first_contact_that_asks_for_the_state(
    endpoint: str, listener: Listener, until: Until
) -> None:
    async with FactPublisher([endpoint], publisher="run-1") as publisher, listener.subscriber(endpoint):
        await until(lambda: listener.alive)
        assert [publisher.publish(DAY) for _n in range(3)] == [1, 2, 3]
        await until(lambda: 3 in listener.heard)
    assert listener.heard == [Gap("run-1", True, 1, 0), 1, 2, 3]


async def test_all_endpoints_get_the_same_facts_with_the_same_numbers(
    run_directory: Path, until: Until
) -> None:
    endpoints = [f"ipc://{run_directory}/a", f"ipc://{run_directory}/b"]
    first, second = Listener(), Listener()
    async with (
        FactPublisher(endpoints) as publisher,
        first.subscriber(endpoints[0]),
        second.subscriber(endpoints[1]),
    ):
        await until(lambda: first.alive and second.alive)
        publisher.publish(DAY)
        await until(lambda: 1 in first.heard and 1 in second.heard)


async def test_a_new_run_of_the_publisher_is_noticed(endpoint: str, listener: Listener, until: Until) -> None:
    async with listener.subscriber(endpoint):
        for run in ("run-1", "run-2"):
            async with FactPublisher([endpoint], publisher=run) as publisher:
                await until(lambda run=run: [g for g in listener.heard if getattr(g, "publisher", "") == run])
                publisher.publish(DAY)
                await until(lambda: listener.heard[-1] == 1)
    restarts = [heard for heard in listener.heard if isinstance(heard, Gap)]
    assert [(gap.publisher, gap.restarted) for gap in restarts] == [("run-1", True), ("run-2", True)]


async def test_a_missed_fact_is_noticed_at_the_next_one_and_a_missed_last_one_at_the_heartbeat(
    endpoint: str, listener: Listener, until: Until, caplog: pytest.LogCaptureFixture
) -> None:
    context = zmq.asyncio.Context()
    publisher = context.socket(zmq.XPUB)
    publisher.bind(endpoint)

    async def publish(sequence: int, name: str = "shifts.BusinessDayOpened") -> None:
        header = FactHeader(name=name, publisher="run", sequence=sequence)
        await publisher.send_multipart(pack_fact(header, DAY))

    async with listener.subscriber(endpoint):
        await publisher.recv()  # the subscription
        await publish(1)
        await publish(2)
        await publish(2)
        await publish(5)
        await publish(6, "shifts.SomethingNew")
        await publisher.send_multipart([b"junk"])
        await publisher.send_multipart([b"x", b"guitai/3", b"{}", b"{}"])
        await publish(8, "presence.Heartbeat")
        await publish(9)
        broken = b'{"name":"shifts.BusinessDayOpened","publisher":"run","sequence":10}'
        await publisher.send_multipart([b"shifts.BusinessDayOpened", b"guitai/1", broken, b"{}"])
        await publish(11)
        await until(lambda: 11 in listener.heard)
    context.destroy(linger=0)
    gap = Gap("run", False, 3, 5)
    assert listener.heard[:5] == [Gap("run", True, 1, 1), 1, 2, gap, 5]
    assert listener.heard[5:] == [Gap("run", False, 7, 8), 9, Gap("run", False, 10, 11), 11]
    assert "fact 10" in caplog.text


async def test_a_listener_that_sleeps_sees_that_it_missed_facts(
    endpoint: str, listener: Listener, until: Until
) -> None:
    async with FactPublisher([endpoint]) as publisher, listener.subscriber(endpoint):
        await until(lambda: listener.alive)
        for _n in range(50_000):  # without a turn of the loop, so that nobody can listen
            publisher.publish(DAY)
        await until(
            lambda: listener.heard[-1] == 50_000 or getattr(listener.heard[-1], "sequence", 0) == 50_000
        )
    facts = [heard for heard in listener.heard if isinstance(heard, int)]
    gaps = [heard for heard in listener.heard if isinstance(heard, Gap) and not heard.restarted]
    assert len(facts) < 50_000
    assert gaps
    assert facts == sorted(set(facts))


async def test_a_fact_that_is_too_large_uses_no_number(endpoint: str) -> None:
    async with FactPublisher([endpoint]) as publisher:
        with pytest.raises(TooLarge):
            publisher.publish(BusinessDayOpened.model_construct(business_date="x" * 2_000_000))
        assert publisher.sequence == 0
        assert publisher.publish(DAY) == 1


PUBLISHER = """
import asyncio, sys
from protocol.sockets.fact_publisher import FactPublisher

async def main():
    async with FactPublisher([sys.argv[1]]):
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_killed_publisher_is_noticed_within_two_seconds(
    endpoint: str, listener: Listener, until: Until
) -> None:
    async with listener.subscriber(endpoint) as subscriber:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", PUBLISHER, endpoint)
        await until(lambda: subscriber.peer_alive, 20.0)
        process.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        await process.wait()
        await until(lambda: listener.alive == [True, False])
        assert time.monotonic() - killed < 2.0
        assert not subscriber.peer_alive
