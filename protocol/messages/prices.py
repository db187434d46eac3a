"""Price lists: what goods cost by the list, in a promotion, and for the members of single tiers."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import CategoryId, ProductId
from protocol.messages.base import ROW_ID, Answer, Command, Fact, Minor, Model, Name, Query
from protocol.permissions import Permission

Tier = Annotated[StrictInt, Field(ge=0, le=99)]


class TierPrice(Model):
    """What a product costs members of one tier, in place of the tier's discount."""

    tier: Tier
    """The rank of the tier."""
    price_minor: Annotated[Minor, Field(ge=1, le=10**10)]
    """The price of one unit. Where it is above the price for anybody, that one holds."""


class PriceRow(Model):
    """All prices of a product."""

    product_id: ProductId
    """The product."""
    version: StrictInt
    """Counts its changes; a save names the version that it was made from."""
    code: Name
    """The store's code."""
    name: Name
    """Its name."""
    unit: Name = ""
    """The unit that the prices are for."""
    category: Name = ""
    """The name of its category."""
    open_price: StrictBool = False
    """True: its price is typed at the counter."""
    selling_minor: Minor
    """The selling price."""
    market_minor: Minor | None = None
    """The market price (市场价), printed for comparison; None: none."""
    promotional_minor: Minor | None = None
    """The promotional price; None: none."""
    promotion_from: AwareDatetime | None = None
    """It holds from this moment; None: since ever."""
    promotion_until: AwareDatetime | None = None
    """It holds until this moment; None: without an end."""
    promotion_active: StrictBool = False
    """True: it holds now."""
    tier_prices: tuple[TierPrice, ...] = ()
    """Its own prices for single tiers, by rank."""


class PriceFound(Answer):
    """The prices of one product."""

    row: PriceRow
    """As they are now."""


class PriceRows(Answer):
    """Products with their prices, by code."""

    rows: tuple[PriceRow, ...]
    """The products."""
    more: StrictBool = False
    """True: ask on with a higher offset."""


class ListTierPrices(Query):
    """The price list."""

    answer = PriceRows
    permission = Permission.SELL
    text: Name = ""
    """Part of the code or the name."""
    category_id: Annotated[CategoryId, ROW_ID] | None = None
    """Only goods of this category and those below it."""
    with_tier_price: StrictBool = False
    """True: only goods with a price of their own for some tier."""
    in_promotion: StrictBool = False
    """True: only goods that have a promotional price, whenever it holds."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 100
    """So many rows at most."""
    offset: Annotated[StrictInt, Field(ge=0, le=10_000_000)] = 0
    """So many are passed over."""


class SaveTierPrices(Command):
    """Set a product's own prices for single tiers; those that are not named have none any more.

    Refused with `changed_by_others` where the version is not the present one.
    """

    answer = PriceFound
    permission = Permission.EDIT_PRODUCTS
    product_id: Annotated[ProductId, ROW_ID]
    """The product."""
    version: StrictInt
    """The version that the change was made from."""
    prices: Annotated[tuple[TierPrice, ...], Field(max_length=100)] = ()
    """All of them."""


class TierPricesChanged(Fact):
    """A product's own prices for single tiers were changed."""

    product_id: ProductId
    """The product."""
    code: Name
    """Its code."""
    prices: tuple[TierPrice, ...]
    """As they are now."""
    old_prices: tuple[TierPrice, ...]
    """As they were."""
