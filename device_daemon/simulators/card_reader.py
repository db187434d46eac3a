"""The simulated card reader: a card is laid on it and taken away by command."""

from device_daemon.devices.base import UnavailableError
from device_daemon.devices.card_reader import Card, CardReader
from protocol.messages.devices import DeviceState


class SimulatedCardReader(CardReader):
    """A reader without hardware. PC/SC has no bytes to share, so it takes the driver's place."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "simulated", simulated=True)
        self.plugged = True
        self.card: Card | None = None
        self._reported: Card | None = None

    @property
    def identity(self) -> str:
        """A name that nobody takes for a reader's."""
        return f"simulated {self.name}"

    async def open(self) -> None:
        """Find the reader, and the card that lies on it."""
        if not self.plugged:
            raise UnavailableError(DeviceState.OFF_OFFLINE)
        self.lost.clear()
        self.report(DeviceState.ONLINE)
        self._look()

    def close(self) -> None:
        """Nothing is held."""

    def lay(self, card: Card) -> None:
        """Lay a card on it, in place of the one that is there."""
        self.remove()
        self.card = card
        self._look()

    def remove(self) -> None:
        """Take the card away."""
        self.card = None
        self._look()

    def unplug(self) -> None:
        """Pull the cable."""
        self.plugged = False
        self._forget()
        self.report(DeviceState.OFF_OFFLINE)
        self.lost.set()

    def plug(self) -> None:
        """Put the cable back."""
        self.plugged = True

    def _look(self) -> None:
        if self.state is not DeviceState.ONLINE:
            return
        if self.card is None:
            self._forget()
        elif self._reported is None:
            self._reported = self.card
            self.counters["GoodReadCount"] += 1
            self.on_presented(self, self.card)

    def _forget(self) -> None:
        if self._reported is not None:
            gone, self._reported = self._reported, None
            self.on_removed(self, gone)
