"""What nearly worked on the basket: asked in the background after a moment of quiet, in no scan's way."""

import asyncio
from collections.abc import Callable, Coroutine

from protocol.messages.offers import ExplainSale, NearlyReason, NearlyView, SaleExplained
from protocol.messages.sales import BasketView
from terminal_app.store_client import StoreClient

QUIET_S = 0.7
"""So long nothing may have happened to the basket before it is asked about."""
_WORTH_SAYING = frozenset(
    {NearlyReason.SPEND_MORE, NearlyReason.BUY_MORE, NearlyReason.TAKE_GIFT, NearlyReason.POINTS}
)
"""What the customer can still do at the counter."""


class NearlyHint:
    """Follows the basket; knows the nearest of what nearly worked, or None."""

    def __init__(
        self,
        store: StoreClient,
        in_background: Callable[[Coroutine[None, None, None]], None],
        busy: Callable[[], bool],
        changed: Callable[[], None],
    ) -> None:
        """Nothing is known; `busy` says that scans wait, `changed` is called when there is something new."""
        self._store = store
        self._in_background = in_background
        self._busy = busy
        self._changed = changed
        self._wanted: tuple[str, int] | None = None
        self._asking = False
        self.nearest: NearlyView | None = None

    @property
    def words(self) -> str:
        """What the cashier may say to the customer; empty where nothing is near."""
        return self.nearest.words if self.nearest is not None else ""

    def follow(self, basket: BasketView | None) -> None:
        """Take note of the basket as it is now; what was said of an earlier one is forgotten at once."""
        worth = basket is not None and any(not line.voided for line in basket.lines) and not basket.tenders
        wanted = (basket.sale_id, basket.version) if basket is not None and worth else None
        if wanted == self._wanted:
            return
        self._wanted, self.nearest = wanted, None
        if wanted is not None and not self._asking:
            self._asking = True
            self._in_background(self._ask())

    def forget(self) -> None:
        """Ask again at the next look: the language is another one."""
        self._wanted = self.nearest = None

    async def _ask(self) -> None:
        """Wait for quiet, then ask once; what changed meanwhile makes it wait again."""
        try:
            while self._wanted is not None:
                wanted = self._wanted
                await asyncio.sleep(QUIET_S)
                if wanted != self._wanted or self._busy():
                    continue
                answer = await self._store.ask(ExplainSale(sale_id=wanted[0]), SaleExplained)  # type: ignore[arg-type]
                if wanted == self._wanted:
                    found = answer.explanation.nearly if isinstance(answer, SaleExplained) else ()
                    self.nearest = next((each for each in found if each.reason in _WORTH_SAYING), None)
                    if self.nearest is not None:
                        self._changed()
                    return
        finally:
            self._asking = False
