"""What a program of the terminal is handed at its start: its clients and the news that they bring."""

from typing import Protocol

from protocol.messages.base import Fact
from terminal_app.device_client import DeviceClient
from terminal_app.store_client import StoreClient


class Listener(Protocol):
    """Who wants to hear the news. Called on the program's loop."""

    def store_fact(self, fact: Fact) -> None:
        """Something happened in the store."""
        ...

    def store_gap(self) -> None:
        """Facts of the store may have been missed: ask for the state."""
        ...

    def device_fact(self, fact: Fact) -> None:
        """Something happened at the lane's devices."""
        ...

    def device_gap(self, restarted: bool) -> None:
        """Facts of the daemon may have been missed; restarted: it counts from the beginning again."""
        ...


class World(Protocol):
    """The connections of one program."""

    store: StoreClient
    devices: DeviceClient | None
    """None for a program without devices of its own, such as the console."""

    async def start(self, listener: Listener) -> None:
        """Connect and bring the news to the listener."""
        ...

    def close(self) -> None:
        """End all connections."""
        ...
