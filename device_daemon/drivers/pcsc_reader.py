"""Contactless card readers over PC/SC.

One owned thread waits in SCardGetStatusChange and tells the event loop. The monitor classes of pyscard
are not used: their threads end for good when pcscd is restarted, and cards are never seen again. An
event counter, not the ATR, tells that one card was quickly swapped for another.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from smartcard import scard

from device_daemon.devices.base import UnavailableError
from device_daemon.devices.card_reader import Card, CardReader
from protocol.messages.devices import DeviceState

_PLUG_AND_PLAY = "\\\\?PnP?\\Notification"
_LOOK_AGAIN_MS = 1000
"""A safety net below the notifications: readers are listed again after this time."""
_RETRY_S = 0.3
_GET_UID = [0xFF, 0xCA, 0x00, 0x00, 0x00]
_UID_TRIES = 3
_ATR_PREFIX = bytes.fromhex("3B8F8001804F0CA000000306")
_CARD_KINDS = {
    0x0001: "mifare_1k",
    0x0002: "mifare_4k",
    0x0003: "mifare_ultralight",
    0x0026: "mifare_mini",
    0xF004: "topaz",
    0xF011: "felica",
    0xF012: "felica",
}
_COUNTER_SHIFT = 16

_log = logging.getLogger(__name__)


def card_kind(atr: bytes) -> str:
    """Return the kind that a contactless card's ATR names (PC/SC part 3), empty when it names none."""
    if not atr.startswith(_ATR_PREFIX) or len(atr) < 15:
        return ""
    return _CARD_KINDS.get(int.from_bytes(atr[13:15], "big"), "")


class PcscReader(CardReader):
    """The first reader whose name contains the given words."""

    def __init__(self, name: str, reader_words: str = "") -> None:
        super().__init__(name, "pcsc")
        self._words = reader_words
        self._reader_name = ""
        self._watch: _Watch | None = None
        self._card: Card | None = None

    @property
    def identity(self) -> str:
        """The reader's name in PC/SC."""
        return self._reader_name or self._words

    async def open(self) -> None:
        """Start watching. The watch reports by itself when service or reader come and go."""
        self.lost.clear()
        loop = asyncio.get_running_loop()

        def tell(function: Callable[..., None], *arguments: object) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(function, *arguments)

        self._watch = _Watch(self._words, tell, self)
        self._watch.start()

    def close(self) -> None:
        """Stop the thread."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    async def poll(self) -> None:
        """See that the thread lives."""
        if self._watch is not None and not self._watch.is_alive():
            raise UnavailableError(DeviceState.ERROR, "the watching thread has ended")

    # Called on the event loop, by the watch.

    def take_state(self, state: DeviceState, reader_name: str) -> None:
        """Take note of what became of the reader. Only a missing reader takes the card with it.

        While pcscd is restarted the card may lie where it was: it is not reported again.
        """
        self._reader_name = reader_name or self._reader_name
        if state is DeviceState.OFF_OFFLINE:
            self.take_card(None, swapped=False)
        self.report(state)

    def take_card(self, card: Card | None, swapped: bool) -> None:
        """Take note of what lies on the reader; `swapped`: it was lifted in between, even if it is equal."""
        if card == self._card and not (swapped and card is not None):
            return
        before, self._card = self._card, card
        if before is not None:
            self.on_removed(self, before)
        if card is not None:
            self.counters["GoodReadCount"] += 1
            self.on_presented(self, card)

    def take_failure(self) -> None:
        """Take note that a card was there and could not be read."""
        self.counters["FailedReadCount"] += 1


@dataclass(slots=True)
class _Seen:
    """What the watch knows of its reader in this session."""

    name: str
    state: int = scard.SCARD_STATE_UNAWARE
    counter: int | None = None
    present: bool = False


class _Watch(threading.Thread):
    """The thread: session after session with pcscd until it is stopped."""

    def __init__(self, words: str, tell: Callable[..., None], reader: PcscReader) -> None:
        super().__init__(name=f"pcsc {reader.name}", daemon=True)
        self._words = words
        self._tell = tell
        self._reader = reader
        self._stopped = threading.Event()
        self._context: Any = None
        self._lock = threading.Lock()

    def stop(self) -> None:
        """End the thread; a wait in progress is cancelled."""
        self._stopped.set()
        with self._lock:
            if self._context is not None:
                scard.SCardCancel(self._context)
        self.join(timeout=3)

    def run(self) -> None:
        """Watch until stopped."""
        while not self._stopped.is_set():
            result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
            if result != scard.SCARD_S_SUCCESS:
                self._tell(self._reader.take_state, DeviceState.NO_SERVICE, "")
                self._stopped.wait(_RETRY_S)
                continue
            with self._lock:
                self._context = context
            try:
                self._session(context)
            finally:
                with self._lock:
                    self._context = None
                scard.SCardReleaseContext(context)
            if not self._stopped.is_set():
                self._tell(self._reader.take_state, DeviceState.NO_SERVICE, "")
                self._stopped.wait(_RETRY_S)

    def _session(self, context: Any) -> None:
        """Watch until pcscd goes away."""
        seen: _Seen | None = None
        while not self._stopped.is_set():
            names = self._readers(context)
            if names is None:
                return
            if seen is None or seen.name not in names:
                name = next((n for n in names if self._words in n), None)
                seen = None if name is None else _Seen(name)
                state = DeviceState.OFF_OFFLINE if name is None else DeviceState.ONLINE
                self._tell(self._reader.take_state, state, name or "")
            if not self._wait(context, seen):
                return

    @staticmethod
    def _readers(context: Any) -> list[str] | None:
        """Return the readers' names, None when the service is gone."""
        result, names = scard.SCardListReaders(context, [])
        if result == scard.SCARD_E_NO_READERS_AVAILABLE:
            return []
        return list(names) if result == scard.SCARD_S_SUCCESS else None

    def _wait(self, context: Any, seen: _Seen | None) -> bool:
        """Wait for something to happen and tell it. False: the service is gone."""
        states: list[tuple[str, int]] = [(_PLUG_AND_PLAY, scard.SCARD_STATE_UNAWARE)]
        if seen is not None:
            states.append((seen.name, seen.state))
        timeout_ms = _LOOK_AGAIN_MS if seen is not None else int(_RETRY_S * 1000)
        result, news = scard.SCardGetStatusChange(context, timeout_ms, states)
        if result in (scard.SCARD_E_TIMEOUT, scard.SCARD_E_UNKNOWN_READER):
            return True
        if result != scard.SCARD_S_SUCCESS:
            return False
        if seen is not None:
            self._take(context, seen, news[1])
        return True

    def _take(self, context: Any, seen: _Seen, news: tuple[str, int, list[int]]) -> None:
        _name, state, atr = news
        seen.state = state & ~scard.SCARD_STATE_CHANGED
        counter, present = (state >> _COUNTER_SHIFT) & 0xFFFF, bool(state & scard.SCARD_STATE_PRESENT)
        if counter == seen.counter and present == seen.present:
            return
        swapped = seen.present and present and seen.counter is not None
        seen.counter, seen.present = counter, present
        if not present:
            self._tell(self._reader.take_card, None, False)
            return
        uid = self._read_uid(context, seen.name)
        if uid is None:
            if swapped:
                self._tell(self._reader.take_card, None, False)
            self._tell(self._reader.take_failure)
            return
        self._tell(self._reader.take_card, Card(uid, card_kind(bytes(atr))), swapped)

    @staticmethod
    def _read_uid(context: Any, name: str) -> str | None:
        """Return the card's UID; None when it was taken away too soon, or has none."""
        for _attempt in range(_UID_TRIES):
            result, handle, protocol = scard.SCardConnect(
                context, name, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
            )
            if result != scard.SCARD_S_SUCCESS:
                continue
            result, answer = scard.SCardTransmit(handle, protocol, _GET_UID)
            scard.SCardDisconnect(handle, scard.SCARD_LEAVE_CARD)
            if result == scard.SCARD_S_SUCCESS and answer[-2:] == [0x90, 0x00] and len(answer) > 2:
                return bytes(answer[:-2]).hex().upper()
        _log.warning("%s: a card could not be read (0x%08X)", name, result & 0xFFFFFFFF)
        return None
