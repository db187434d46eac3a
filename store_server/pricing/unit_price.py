"""What one unit costs: the first step of calculating a sale (pure).

The promotional price if one is active, else the tier's price, else the selling price; where the shop says so,
the lower of promotion and tier. The tier's price is the product's own price for the tier where it has one (a
price list per tier is better than an offer: it is a price and no discount), else the selling price less the
tier's discount.
"""

from protocol.money import Rounding, divide

MILLION = 1_000_000
TIER = "tier"
"""The kind of a unit price that a member's tier gives."""
PROMOTION = "promotion"


def tier_price(selling_minor: int, discount_ppm: int) -> int:
    """Return the selling price less the tier's discount, half up; a price never becomes nothing by it."""
    if not discount_ppm or selling_minor <= 0:
        return selling_minor
    return max(divide(selling_minor * (MILLION - discount_ppm), MILLION, Rounding.HALF_UP), 1)


def unit_price(
    selling_minor: int,
    list_price_minor: int,
    list_kind: str,
    discount_ppm: int,
    lower_wins: bool,
    own_price_minor: int | None = None,
) -> tuple[int, str]:
    """Return the unit price and its kind; the list price is what anybody pays, on promotion or not.

    `own_price_minor` is the product's own price for the member's tier; None: it has none. It takes the place
    of the tier's discount, and like it never makes a product dearer than for anybody.
    """
    by_tier = tier_price(selling_minor, discount_ppm) if own_price_minor is None else own_price_minor
    if by_tier >= list_price_minor or (list_kind == PROMOTION and not lower_wins):
        return list_price_minor, list_kind
    return by_tier, TIER
