"""Connects a program to the store server and, a terminal, to its lane's device daemon."""

from datetime import UTC, datetime

from protocol.sockets.fact_subscriber import FactSubscriber
from protocol.sockets.keys import ClientKeys, load_client_keys
from protocol.sockets.request_client import RequestClient
from terminal_app.device_client import DeviceClient
from terminal_app.settings import TerminalSettings
from terminal_app.store_client import StoreClient
from terminal_app.world import Listener


def utc_now() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)


class Connections:
    """The real world of a program; see terminal_app.world."""

    def __init__(self, settings: TerminalSettings) -> None:
        """Prepare what `start` opens. Raises KeyFileError for keys that cannot be read."""
        self._settings = settings
        self._keys = _client_keys(settings)
        self._store_asker = RequestClient(settings.store_endpoint, sender=settings.terminal, keys=self._keys)
        self.store = StoreClient(self._store_asker, utc_now)
        self._device_asker: RequestClient | None = None
        self.devices: DeviceClient | None = None
        if settings.device_endpoint:
            self._device_asker = RequestClient(settings.device_endpoint, sender=settings.terminal)
            self.devices = DeviceClient(self._device_asker, utc_now)
        self._subscribers: list[FactSubscriber] = []

    async def start(self, listener: Listener) -> None:
        """Connect. Raises EndpointError for an endpoint that can never work."""
        await self._store_asker.start()
        store_facts = FactSubscriber(
            self._settings.store_facts_endpoint,
            lambda fact, _header: listener.store_fact(fact),
            lambda _gap: listener.store_gap(),
            keys=self._keys,
        )
        self._subscribers.append(await store_facts.start())
        if self._device_asker is not None:
            await self._device_asker.start()
            device_facts = FactSubscriber(
                self._settings.device_facts_endpoint,
                lambda fact, _header: listener.device_fact(fact),
                lambda gap: listener.device_gap(gap.restarted),
            )
            self._subscribers.append(await device_facts.start())

    def close(self) -> None:
        """End all connections. Closing twice is allowed."""
        for subscriber in self._subscribers:
            subscriber.close()
        self.store.close()
        if self.devices is not None:
            self.devices.close()


def _client_keys(settings: TerminalSettings) -> ClientKeys | None:
    if settings.key_file is None or settings.server_key_file is None:
        return None
    return load_client_keys(settings.key_file, settings.server_key_file)
