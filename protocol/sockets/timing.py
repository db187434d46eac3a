"""How often both sides show that they are there, and when silence means that one is gone."""

import time

BEAT_S = 0.5
"""Clients ping, publishers publish a heartbeat: twice a second."""
GONE_AFTER_S = 1.5
"""Silence of this length means: gone. With the time to look, both sides know within 2 s."""
LOOK_S = 0.1
"""How often the silence is measured."""
_HELD_UP_S = 0.5
"""A loop that was itself held up this long has not listened and judges nobody in that turn."""


class Silence:
    """Measures how long somebody has been silent, in the time in which this program listened."""

    def __init__(self) -> None:
        self._heard = self._looked = time.monotonic()

    def heard(self) -> None:
        """Note a sign of life."""
        self._heard = time.monotonic()

    def too_long(self) -> bool:
        """Return whether the other side is gone. To be called every LOOK_S."""
        now = time.monotonic()
        if now - self._looked > _HELD_UP_S:
            self._heard = max(self._heard, now - GONE_AFTER_S + _HELD_UP_S)
        self._looked = now
        return now - self._heard > GONE_AFTER_S
