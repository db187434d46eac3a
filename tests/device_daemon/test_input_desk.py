"""Scans and cards go to the terminal that has the lane, in order, and wait while nobody has it."""

from datetime import UTC, datetime

import pytest

from device_daemon.devices.card_reader import Card
from device_daemon.devices.scanner import Scan
from device_daemon.drivers.serial_scanner import SerialScanner
from device_daemon.drivers.wire import SimulatedPort
from device_daemon.input_desk import WAITING_LIMIT, WAITING_LIMIT_S, InputDesk
from device_daemon.profiles import ScannerProfile
from device_daemon.simulators.card_reader import SimulatedCardReader
from device_daemon.simulators.scanner import SimulatedScanner
from protocol.identifiers import TerminalName
from protocol.messages.base import Fact
from protocol.messages.devices import BarcodeScanned, CardPresented, CardRemoved

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
LANE_1, CONSOLE = TerminalName("lane-1"), TerminalName("console")


class Desk:
    """A desk with a clock in the hand, and what it has published."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.present = {LANE_1, CONSOLE}
        self.clock = 0.0
        self.desk = InputDesk(
            self.facts.append, lambda terminal: terminal in self.present, lambda: AT, lambda: self.clock
        )
        self._scanner = SerialScanner(
            "scanner-1", SimulatedPort(SimulatedScanner("scanner-1").cable), ScannerProfile(), "generic"
        )
        self.reader = SimulatedCardReader("cards-1")

    def scan(self, code: str) -> None:
        self.desk.scanned(self._scanner, Scan(code))

    def claim(self, terminal: TerminalName) -> None:
        self.desk.claim(terminal)
        self.desk.deliver()

    @property
    def given(self) -> list[tuple[int, str, str]]:
        return [(f.number, f.data, f.claimed_by) for f in self.facts if isinstance(f, BarcodeScanned)]


@pytest.fixture
async def desk() -> Desk:
    return Desk()


async def test_a_scan_goes_to_the_one_who_claimed(desk: Desk) -> None:
    desk.claim(LANE_1)
    desk.scan("A")
    desk.claim(CONSOLE)
    desk.scan("B")
    desk.desk.release(LANE_1)  # it has no claim any more, so nothing is released
    desk.scan("C")
    assert desk.given == [(1, "A", "lane-1"), (2, "B", "console"), (3, "C", "console")]


async def test_what_nobody_has_claimed_waits_in_order(desk: Desk) -> None:
    desk.scan("A")
    desk.scan("B")
    assert desk.given == []
    desk.claim(LANE_1)
    assert desk.given == [(1, "A", "lane-1"), (2, "B", "lane-1")]


async def test_while_the_terminal_is_away_its_scans_wait_for_it(desk: Desk) -> None:
    desk.claim(LANE_1)
    desk.present.clear()
    desk.scan("A")
    assert desk.given == []
    desk.present.add(LANE_1)
    desk.scan("B")
    assert desk.given == [(1, "A", "lane-1"), (2, "B", "lane-1")]


async def test_a_crowd_of_waiting_scans_loses_its_oldest(desk: Desk) -> None:
    for number in range(WAITING_LIMIT + 1):
        desk.scan(str(number))
    desk.claim(LANE_1)
    assert [code for _number, code, _terminal in desk.given] == [str(n) for n in range(1, WAITING_LIMIT + 1)]


async def test_yesterdays_scan_does_not_get_into_todays_basket(desk: Desk) -> None:
    desk.scan("old")
    desk.clock = WAITING_LIMIT_S + 1
    desk.scan("new")
    desk.claim(LANE_1)
    assert desk.given == [(1, "new", "lane-1")]


async def test_who_missed_a_fact_asks_for_what_followed(desk: Desk) -> None:
    desk.claim(LANE_1)
    for code in "ABC":
        desk.scan(code)
    desk.desk.presented(desk.reader, Card("08A1B2C3"))
    recent = desk.desk.recent(1)
    assert [scan.data for scan in recent.scans] == ["B", "C"]
    assert [card.number for card in recent.cards] == [4]


async def test_cards_are_given_like_scans_and_their_going_is_told_to_all(desk: Desk) -> None:
    desk.claim(LANE_1)
    desk.desk.presented(desk.reader, Card("08A1B2C3", ""))
    desk.desk.removed(desk.reader, Card("08A1B2C3", ""))
    presented, removed = desk.facts
    assert isinstance(presented, CardPresented)
    assert presented.random_uid
    assert presented.claimed_by == LANE_1
    assert isinstance(removed, CardRemoved)
