"""An offer as data: which goods it is about, when and for whom it works, what it gives, and its limits.

The same description is stored, edited in the console, tried on a basket and compiled by the pricing rules, so
nothing about an offer is said twice.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import CategoryId, CouponBatchId, OfferId, ProductId
from protocol.messages.base import ROW_ID, Minor, Model, Name

Amount = Annotated[Minor, Field(ge=0, le=10**10)]
"""Money of an offer; never below zero."""
Share = Annotated[StrictInt, Field(ge=0, le=1_000_000)]
"""A part of a price in parts per million: 20 % is 200,000."""
Pieces = Annotated[StrictInt, Field(ge=1, le=999)]
PointsOfAnOffer = Annotated[StrictInt, Field(ge=0, le=10**9)]
TimeOfDay = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
"""By the clock in the store: `09:30`."""
_PRODUCTS = Field(max_length=2000)
_CATEGORIES = Field(max_length=500)


class OfferKind(StrEnum):
    """What kind of offer it is: the `kind` of its benefit."""

    PERCENT_OFF = "percent_off"
    AMOUNT_OFF = "amount_off"
    FIXED_PRICE = "fixed_price"
    N_FOR = "n_for"
    BUY_GET = "buy_get"
    CHEAPEST_FREE = "cheapest_free"
    NTH_ITEM = "nth_item"
    BUNDLE = "bundle"
    THRESHOLD = "threshold"
    POINTS_PRICE = "points_price"


class GoodsRange(Model):
    """Some of the goods: all, or those of categories and products, without exceptions that are named."""

    all_goods: StrictBool = False
    """True: everything that the shop sells; `categories` and `products` say nothing then."""
    categories: Annotated[tuple[Annotated[CategoryId, ROW_ID], ...], _CATEGORIES] = ()
    """The goods of these categories and of all below them."""
    products: Annotated[tuple[Annotated[ProductId, ROW_ID], ...], _PRODUCTS] = ()
    """These goods."""
    except_categories: Annotated[tuple[Annotated[CategoryId, ROW_ID], ...], _CATEGORIES] = ()
    """Never the goods of these categories and of those below them."""
    except_products: Annotated[tuple[Annotated[ProductId, ROW_ID], ...], _PRODUCTS] = ()
    """Never these goods."""
    weighed_counts: StrictBool = False
    """True: a weighed line counts as one piece in offers that count pieces; False: it is no part of them.
    Prices per unit and money spent take weighed lines in any case."""


class OfferConditions(Model):
    """For whom an offer works, and how much there must be in the basket; all of it must be so."""

    members_only: StrictBool = False
    """True: only with a member beside the sale. The other conditions about members say that by themselves."""
    tiers: Annotated[tuple[Annotated[StrictInt, Field(ge=0, le=99)], ...], Field(max_length=100)] = ()
    """Only for members of the tiers of these ranks; empty: of any."""
    tags: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=30)], ...], Field(max_length=100)
    ] = ()
    """Only for members who bear one of these tags; empty: for all."""
    birthday: Annotated[str, Field(pattern="^(day|month)?$")] = ""
    """`day`: only on the member's birthday; `month`: in its month; empty: whenever."""
    first_purchase: StrictBool = False
    """True: only in the member's first sale."""
    minimum_spend_minor: Amount = 0
    """Only in baskets of at least so much, at the unit prices before any offer."""
    minimum_pieces: Annotated[StrictInt, Field(ge=0, le=9999)] = 0
    """Only in baskets with at least so many pieces; a weighed line is one."""


class OfferTimes(Model):
    """When an offer works: all by the clock in the store, as customers read it."""

    valid_from: AwareDatetime | None = None
    """From this moment; None: since ever."""
    valid_until: AwareDatetime | None = None
    """Until this moment, which is not included; None: without an end."""
    weekdays: Annotated[tuple[Annotated[StrictInt, Field(ge=1, le=7)], ...], Field(max_length=7)] = ()
    """On these days, 1 Monday to 7 Sunday; empty: every day."""
    from_time: TimeOfDay = "00:00"
    """From this time of day (整点抢购)."""
    until_time: TimeOfDay = "24:00"
    """Until this time of day, which is not included; before `from_time`: over midnight, and the hours after
    midnight belong to the day on which it began."""


class OfferLimits(Model):
    """How often an offer works; 0 is without a limit.

    A time is one piece of an offer on single pieces (a weighed line is one), one group of an offer that
    counts, one bundle, and one step of a threshold that was reached.
    """

    in_all: Annotated[StrictInt, Field(ge=0, le=10**9)] = 0
    """So many times in all."""
    per_day: Annotated[StrictInt, Field(ge=0, le=10**9)] = 0
    """So many times per business day."""
    per_member: Annotated[StrictInt, Field(ge=0, le=10**9)] = 0
    """So many times for one member; the offer is for members only then."""
    per_sale: Annotated[StrictInt, Field(ge=0, le=10**9)] = 0
    """So many times in one sale."""
    budget_minor: Annotated[Minor, Field(ge=0)] = 0
    """It takes no more off than this in all; a time that does not fit whole is not given."""


class PercentOff(Model):
    """Each piece costs less by a rate; rounded per piece, half up."""

    kind: Literal["percent_off"] = "percent_off"
    rate_ppm: Annotated[Share, Field(ge=1)]
    """What is taken off: 20 % is 200,000."""


class AmountOff(Model):
    """Each piece, or each kilogram of weighed goods, costs less by an amount."""

    kind: Literal["amount_off"] = "amount_off"
    amount_minor: Annotated[Amount, Field(ge=1)]
    """What is taken off the price of one, at most the price."""


class FixedPrice(Model):
    """Each piece, or each kilogram of weighed goods, has a price; one that is lower already stays."""

    kind: Literal["fixed_price"] = "fixed_price"
    price_minor: Amount
    """The price of one."""


class NFor(Model):
    """Any n pieces of the range together for a price (任选n件x元); the dearest are taken first."""

    kind: Literal["n_for"] = "n_for"
    count: Annotated[Pieces, Field(ge=2)]
    """How many pieces make a group."""
    price_minor: Amount
    """What a group costs."""


class BuyGet(Model):
    """Who buys n gets m more for less or nothing (买n赠m); of each group the cheaper are given."""

    kind: Literal["buy_get"] = "buy_get"
    buy: Pieces
    """How many must be bought."""
    get: Pieces
    """How many are given for it; they must be in the basket."""
    off_ppm: Annotated[Share, Field(ge=1)] = 1_000_000
    """What is taken off those that are given; 1,000,000: they are free."""
    get_range: GoodsRange | None = None
    """Out of which goods they are given; None: out of the offer's own range."""


class CheapestFree(Model):
    """Of each n pieces of the range the cheapest is free; the dearest are grouped first."""

    kind: Literal["cheapest_free"] = "cheapest_free"
    count: Annotated[Pieces, Field(ge=2)]
    """How many pieces make a group."""


class NthItem(Model):
    """Each nth piece costs a part of its price (第二件半价); the cheapest of its group is the nth."""

    kind: Literal["nth_item"] = "nth_item"
    nth: Annotated[Pieces, Field(ge=2)]
    """2: each second piece."""
    pays_ppm: Share
    """What is paid for it: 500,000 is half its price."""


class BundlePart(Model):
    """One part of a bundle: at its usual price, at a price of its own, less a rate, or as a gift."""

    goods: GoodsRange
    """What may take this place."""
    count: Pieces = 1
    """How many pieces of it belong to a bundle."""
    price_minor: Amount | None = None
    """What each piece costs in the bundle, 0: a gift; None: its price less `off_ppm`."""
    off_ppm: Share = 0
    """What is taken off each piece where it has no price of its own."""


class Bundle(Model):
    """Different goods together (礼包): each part with its discount, or the whole for one price."""

    kind: Literal["bundle"] = "bundle"
    parts: Annotated[tuple[BundlePart, ...], Field(min_length=1, max_length=10)]
    """What belongs to it. The offer's own range says nothing here."""
    price_minor: Amount | None = None
    """What the whole costs; None: the sum of its parts, each as it says."""


class ThresholdStep(Model):
    """What is given to who spends enough, or buys enough; one step may give several things."""

    spend_minor: Amount = 0
    """At least so much money in the range, after the offers on goods; 0: pieces count."""
    pieces: Annotated[StrictInt, Field(ge=0, le=9999)] = 0
    """At least so many pieces of the range, where no money is asked."""
    every: StrictBool = False
    """True: for every so much (每满), again and again; False: once."""
    amount_minor: Amount = 0
    """Taken off the goods of the range."""
    off_ppm: Share = 0
    """Taken off the goods of the range, as a rate."""
    gift_product_id: Annotated[ProductId, ROW_ID] | None = None
    """Goods that are free when they are in the basket; they do not help to reach the step."""
    gift_count: Pieces = 1
    """How many pieces of the gift."""
    points_multiplier_ppm: Annotated[StrictInt, Field(ge=0, le=100_000_000)] = 0
    """The sale earns so many times its points: 2,000,000 doubles; 0: nothing."""
    points: PointsOfAnOffer = 0
    """Points that are given on top."""
    coupon_batch_id: Annotated[CouponBatchId, ROW_ID] | None = None
    """A coupon of this batch is issued when the sale is finished."""


class Threshold(Model):
    """Who spends or buys enough gets something (满减, 满赠): the highest step that is reached counts."""

    kind: Literal["threshold"] = "threshold"
    steps: Annotated[tuple[ThresholdStep, ...], Field(min_length=1, max_length=20)]
    """From the lowest to the highest."""


class PointsPrice(Model):
    """Money and points together (90.00 + 1000 points), where the customer asks for it."""

    kind: Literal["points_price"] = "points_price"
    price_minor: Amount
    """What is paid for one piece."""
    points: Annotated[PointsOfAnOffer, Field(ge=1)]
    """The points that go with each piece."""


Benefit = Annotated[
    PercentOff
    | AmountOff
    | FixedPrice
    | NFor
    | BuyGet
    | CheapestFree
    | NthItem
    | Bundle
    | Threshold
    | PointsPrice,
    Field(discriminator="kind"),
]


class OfferView(Model):
    """A promotion: goods, benefit, conditions, times, limits."""

    offer_id: Annotated[OfferId, ROW_ID] | None = None
    """The offer; None: a new one."""
    version: Annotated[StrictInt, ROW_ID] = 0
    """Counts the changes; a save names the version that it was made from, 0 for a new one."""
    name: Annotated[Name, Field(min_length=1)]
    """As it is called on the receipt: `Second at half price`."""
    active: StrictBool = True
    """False: it is kept and does not work."""
    priority: Annotated[StrictInt, Field(ge=0, le=999)] = 0
    """The highest goes first; at the same one, the offer that takes the greatest part off its goods."""
    exclusive_group: Name = ""
    """Of the offers of a group one works in a sale: the one by which the customer pays least. Empty: none."""
    goods: GoodsRange = GoodsRange(all_goods=True)
    """Which goods it is about."""
    benefit: Benefit
    """What it gives; its `kind` is the kind of the offer."""
    conditions: OfferConditions = OfferConditions()
    """For whom, and in which baskets."""
    times: OfferTimes = OfferTimes()
    """When."""
    limits: OfferLimits = OfferLimits()
    """How often."""

    @property
    def kind(self) -> OfferKind:
        """The kind of its benefit."""
        return OfferKind(self.benefit.kind)
