"""The scans and cards of a lane, each taken once, those that were missed too."""

import asyncio
from collections.abc import Callable

from protocol.identifiers import TerminalName
from protocol.messages.base import Refused
from protocol.messages.devices import (
    BarcodeScanned,
    CardPresented,
    ClaimInput,
    InputClaimed,
    ListInput,
    RecentInput,
)
from terminal_app.device_client import DeviceClient

Input = BarcodeScanned | CardPresented


class LaneInput:
    """Claims the lane's input for one terminal and hands on what comes."""

    def __init__(self, devices: DeviceClient, terminal: TerminalName, take: Callable[[Input], None]) -> None:
        """Hand every input that is for `terminal` to `take`."""
        self._devices = devices
        self._terminal = terminal
        self._take = take
        self._latest: int | None = None
        """The number of the latest input; None before the first claim."""
        self._claiming = asyncio.Lock()

    def restarted(self) -> None:
        """The daemon counts from the beginning again."""
        if self._latest is not None:
            self._latest = 0

    async def claim(self) -> Refused | None:
        """Claim the input and take what was missed; return why it is not possible."""
        async with self._claiming:
            claimed = await self._devices.ask(ClaimInput(), InputClaimed)
            if isinstance(claimed, Refused):
                return claimed
            if self._latest is None:  # what came before this terminal began was for somebody else
                self._latest = claimed.last_number
            missed = await self._devices.ask(ListInput(after=self._latest), RecentInput)
            if isinstance(missed, RecentInput):
                inputs: list[Input] = [*missed.scans, *missed.cards]
                for fact in sorted(inputs, key=lambda fact: fact.number):
                    self.hear(fact)
        return None

    def hear(self, fact: Input) -> None:
        """Take an input once, if it is for this terminal."""
        if self._latest is not None and fact.number <= self._latest:
            return
        self._latest = fact.number
        if fact.claimed_by == self._terminal:
            self._take(fact)
