"""Whether the other side of a connection is there, and since when not."""

import asyncio
from collections.abc import Callable
from datetime import datetime


class Link:
    """The state of one connection, with those who want to know of a change."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin as not yet heard of."""
        self._clock = clock
        self.since = clock()
        """When the present state began, UTC."""
        self.listeners: list[Callable[[], None]] = []
        self._up = asyncio.Event()
        self.ever = False
        """True: the other side has been heard of at least once."""

    @property
    def up(self) -> bool:
        """True: the other side is there."""
        return self._up.is_set()

    def note(self, up: bool) -> None:
        """Take what the connection says."""
        if up == self.up:
            return
        self.since = self._clock()
        if up:
            self.ever = True
            self._up.set()
        else:
            self._up.clear()
        for listener in list(self.listeners):
            listener()

    async def wait(self) -> None:
        """Return when the other side is there."""
        await self._up.wait()
