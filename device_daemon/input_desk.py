"""Gives scans and cards to the terminal that has claimed them; keeps them, in order, while nobody has."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from device_daemon.devices.card_reader import Card, CardReader
from device_daemon.devices.scanner import Scan, Scanner
from protocol.identifiers import DeviceName, TerminalName
from protocol.messages.base import Fact
from protocol.messages.devices import (
    BarcodeScanned,
    CardPresented,
    CardRemoved,
    InputClaimed,
    RecentInput,
)

WAITING_LIMIT = 100
WAITING_LIMIT_S = 120.0
"""What waited longer is no longer meant: nobody wants yesterday's scan in today's basket."""
RECENT_KEPT = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Waiting:
    device: DeviceName
    what: Scan | Card
    at: datetime
    since: float


class InputDesk:
    """The one place through which input leaves the daemon."""

    def __init__(
        self,
        publish: Callable[[Fact], object],
        is_present: Callable[[TerminalName], bool],
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        """`is_present` says whether a terminal has been heard lately."""
        self._publish = publish
        self._is_present = is_present
        self._now = now
        self._monotonic = monotonic
        self._claimed_by: TerminalName | None = None
        self._waiting: deque[_Waiting] = deque()
        self._recent: deque[BarcodeScanned | CardPresented] = deque(maxlen=RECENT_KEPT)
        self._last_number = 0

    def scanned(self, scanner: Scanner, scan: Scan) -> None:
        """Take a scan."""
        self._take(scanner.name, scan)

    def presented(self, reader: CardReader, card: Card) -> None:
        """Take a card."""
        self._take(reader.name, card)

    def removed(self, reader: CardReader, card: Card) -> None:
        """Tell that a card was taken away; it stays in the queue, for it was shown."""
        self._publish(CardRemoved(device=reader.name, uid=card.uid, at=self._now()))

    def claim(self, terminal: TerminalName) -> InputClaimed:
        """Give the input to this terminal. What waits is published by `deliver`, after the answer."""
        self._forget_old()
        self._claimed_by = terminal
        return InputClaimed(claimed_by=terminal, last_number=self._last_number, waiting=len(self._waiting))

    def release(self, terminal: TerminalName) -> None:
        """End the terminal's claim, if it has it."""
        if self._claimed_by == terminal:
            self._claimed_by = None

    def recent(self, after: int) -> RecentInput:
        """Return what was published after the number."""
        inputs = [fact for fact in self._recent if fact.number > after]
        return RecentInput(
            scans=tuple(fact for fact in inputs if isinstance(fact, BarcodeScanned)),
            cards=tuple(fact for fact in inputs if isinstance(fact, CardPresented)),
        )

    def deliver(self) -> None:
        """Publish what waits, if the one who claimed is there."""
        if self._waiting and self._receiver() is not None:
            self._forget_old()
            while self._waiting:
                waiting = self._waiting.popleft()
                self._hand_over(waiting.device, waiting.what, waiting.at)

    def _take(self, device: DeviceName, what: Scan | Card) -> None:
        if self._receiver() is not None and not self._waiting:
            self._hand_over(device, what, self._now())
            return
        if len(self._waiting) == WAITING_LIMIT:
            self._waiting.popleft()
            _log.warning("more than %d inputs wait for a terminal; the oldest is dropped", WAITING_LIMIT)
        self._waiting.append(_Waiting(device, what, self._now(), self._monotonic()))
        self.deliver()

    def _receiver(self) -> TerminalName | None:
        if self._claimed_by is not None and self._is_present(self._claimed_by):
            return self._claimed_by
        return None

    def _hand_over(self, device: DeviceName, what: Scan | Card, at: datetime) -> None:
        assert self._claimed_by is not None
        self._last_number += 1
        fact: BarcodeScanned | CardPresented
        if isinstance(what, Scan):
            fact = BarcodeScanned(
                number=self._last_number,
                device=device,
                data=what.data,
                symbology=what.symbology,
                aim_id=what.aim_id,
                claimed_by=self._claimed_by,
                at=at,
            )
        else:
            fact = CardPresented(
                number=self._last_number,
                device=device,
                uid=what.uid,
                card_kind=what.card_kind,
                random_uid=what.random_uid,
                claimed_by=self._claimed_by,
                at=at,
            )
        self._recent.append(fact)
        self._publish(fact)

    def _forget_old(self) -> None:
        oldest = self._monotonic() - WAITING_LIMIT_S
        while self._waiting and self._waiting[0].since < oldest:
            self._waiting.popleft()
            _log.warning("an input waited %d s for a terminal and is dropped", int(WAITING_LIMIT_S))
