"""Rules of prices: which one holds at a moment."""

from dataclasses import dataclass
from datetime import datetime

PROMOTION = "promotion"
"""The reason of a unit price that is the promotional one."""


@dataclass(frozen=True, slots=True)
class Prices:
    """The prices of one unit of a product; minor units."""

    normal_minor: int
    promotional_minor: int | None = None
    promotion_from: datetime | None = None
    """The first moment of the promotion; None: it has begun."""
    promotion_until: datetime | None = None
    """The promotion ends before this moment; None: it does not end."""


def price_now(prices: Prices, now: datetime) -> tuple[int, str]:
    """Return the price of one unit and its reason: the promotional price while it is active (PRC-1)."""
    if (
        prices.promotional_minor is None
        or (prices.promotion_from is not None and now < prices.promotion_from)
        or (prices.promotion_until is not None and now >= prices.promotion_until)
    ):
        return prices.normal_minor, ""
    return prices.promotional_minor, PROMOTION
