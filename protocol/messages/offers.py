"""Offers: the shop's promotions, a basket to try one on, and why a sale costs what it costs."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import MemberId, OfferId, ProductId, SaleId
from protocol.messages.base import (
    MADE_ID,
    ROW_ID,
    Answer,
    Command,
    Fact,
    Minor,
    Model,
    Name,
    Query,
    Text,
    Thousandths,
)
from protocol.messages.sales import Basket
from protocol.offer import OfferKind, OfferView
from protocol.permissions import Permission

LineNumber = Annotated[StrictInt, Field(ge=1, le=100_000)]


class OfferState(StrEnum):
    """Where an offer stands now."""

    LIVE = "live"
    """It works within its weekdays and hours."""
    WAITING = "waiting"
    """Its first moment has not come."""
    ENDED = "ended"
    """Its last moment is over."""
    USED_UP = "used_up"
    """Its limit in all or its budget is reached."""
    OFF = "off"
    """Somebody switched it off."""


class OfferRow(Model):
    """An offer with what it has done so far."""

    offer: OfferView
    """What it says."""
    words: Text
    """The offer read back in sentences, in the language of the request."""
    state: OfferState
    """Where it stands now."""
    used: StrictInt = 0
    """How many times it worked in finished sales."""
    given_minor: Minor = 0
    """What it took off in finished sales."""


class OfferFound(Answer):
    """One offer."""

    offer: OfferRow
    """As it is now."""


class Offers(Answer):
    """Offers in the order in which they go: by priority, then by name."""

    offers: tuple[OfferRow, ...]
    """The offers."""
    more: StrictBool = False
    """True: ask on with a higher offset."""


class ListOffers(Query):
    """The shop's offers."""

    answer = Offers
    permission = Permission.SELL
    text: Name = ""
    """Part of the name or of the exclusive group."""
    offer_kind: OfferKind | None = None
    """Only of this kind."""
    state: OfferState | None = None
    """Only those that stand so."""
    product_id: Annotated[ProductId, ROW_ID] | None = None
    """Only those that are about this product."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 100
    """So many rows at most."""
    offset: Annotated[StrictInt, Field(ge=0, le=10_000_000)] = 0
    """So many are passed over."""


class GetOffer(Query):
    """One offer."""

    answer = OfferFound
    permission = Permission.SELL
    offer_id: Annotated[OfferId, ROW_ID]
    """The offer."""


class SaveOffer(Command):
    """Add an offer (no id) or change one; finished sales keep the version by which they were priced.

    Refused with the field that is wrong; with `changed_by_others` where the version is not the present one.
    """

    answer = OfferFound
    permission = Permission.MANAGE_OFFERS
    offer: OfferView
    """The whole offer."""


class SwitchOffer(Command):
    """Make an offer work, or stop it."""

    answer = OfferFound
    permission = Permission.MANAGE_OFFERS
    offer_id: Annotated[OfferId, ROW_ID]
    """The offer."""
    active: StrictBool
    """True: it works from now on; False: it does not."""


class OfferRemoved(Answer):
    """The offer is gone, or has ended."""

    offer: OfferRow | None = None
    """None: it was never used and is gone; else the offer, which has ended now and stays for the books."""


class DeleteOffer(Command):
    """Delete an offer that was never used; one that was is ended instead."""

    answer = OfferRemoved
    permission = Permission.MANAGE_OFFERS
    offer_id: Annotated[OfferId, ROW_ID]
    """The offer."""


class StepKind(StrEnum):
    """What a step of the calculation is."""

    PROMOTION = "promotion"
    """The promotional price in place of the selling price."""
    TIER = "tier"
    """The price of the member's tier."""
    OVERRIDE = "override"
    """A price that a person set."""
    QUOTATION = "quotation"
    """The price of a quotation."""
    OFFER = "offer"
    """An offer on goods."""
    LINE_DISCOUNT = "line_discount"
    """A discount by hand on a line."""
    BASKET_OFFER = "basket_offer"
    """An offer on what was spent: a threshold."""
    COUPON = "coupon"
    """A coupon."""
    SALE_DISCOUNT = "sale_discount"
    """A discount by hand on the sale."""


class StepLine(Model):
    """What a step did to a line."""

    line: LineNumber
    """The line."""
    quantity_thousandths: Thousandths
    """How much of the line took part."""
    before_minor: Minor
    """What was to be paid for the whole line before the step."""
    after_minor: Minor
    """What was to be paid for it after the step."""


class ExplainedStep(Model):
    """One rule that worked, in the order in which the rules work."""

    step: StepKind
    """What it is."""
    offer_id: OfferId | None = None
    """The offer that worked."""
    version: StrictInt = 0
    """The version of the offer by which the sale is priced."""
    reference: Name = ""
    """The code of the coupon; the reason of a discount or price by hand."""
    name: Name
    """What the rule is called."""
    words: Text
    """What it did, as a sentence in the language of the request."""
    times: StrictInt = 1
    """How many times the offer worked."""
    before_minor: Minor
    """What was to be paid for the lines together before it."""
    after_minor: Minor
    """What was to be paid for them after it."""
    points: StrictInt = 0
    """Above zero: points that it gives on top; below zero: points that are paid with the money."""
    points_multiplier_ppm: StrictInt = 0
    """The sale earns so many times its points; 0: it says nothing about points."""
    lines: tuple[StepLine, ...] = ()
    """The lines that it changed or that took part, by number."""


class NearlyReason(StrEnum):
    """Why an offer did not work, or not once more."""

    SPEND_MORE = "spend_more"
    """Money is missing."""
    BUY_MORE = "buy_more"
    """Pieces are missing."""
    TAKE_GIFT = "take_gift"
    """A gift is waiting that is not in the basket."""
    MEMBERS = "members"
    """It is for members, or for others than this one."""
    TIME = "time"
    """It is not its day or hour."""
    LIMIT = "limit"
    """It has been used as often as it may."""
    POINTS = "points"
    """It takes points: to be asked for, or not enough of them."""
    BETTER = "better"
    """Another one of its exclusive group is better for the customer."""
    TAKEN = "taken"
    """Another offer has taken the goods."""
    OUT_OF_SCOPE = "out_of_scope"
    """A coupon for which there is nothing in the basket."""


class NearlyView(Model):
    """An offer that nearly worked, and what is missing for it."""

    offer_id: OfferId | None = None
    """The offer; None: it is a coupon."""
    name: Name
    """What it is called."""
    reason: NearlyReason
    """Why it did not work."""
    words: Text
    """What is missing, as a sentence: `2.10 more for …`."""
    missing_minor: Minor = 0
    """The money that is missing."""
    missing_pieces: StrictInt = 0
    """The pieces that are missing."""
    missing_points: StrictInt = 0
    """The points that are missing."""


class ExplainedLine(Model):
    """A line of the sale, from the price list to what is paid."""

    line: LineNumber
    """Its number in the sale."""
    product_id: ProductId
    """The product."""
    code: Name
    """What was scanned or typed."""
    name: Name
    """The product's name."""
    quantity_thousandths: Thousandths
    """How much of it."""
    normal_minor: Minor
    """Its value by the price list."""
    amount_minor: Minor
    """What is paid for it: `normal_minor` less what its steps took off, to the cent."""


class Explanation(Model):
    """Why a sale costs what it costs."""

    lines: tuple[ExplainedLine, ...]
    """Its lines, by number."""
    steps: tuple[ExplainedStep, ...]
    """What worked, in the order in which it worked."""
    nearly: tuple[NearlyView, ...] = ()
    """What nearly worked, the nearest first; empty for a finished sale."""
    gross_minor: Minor
    """The sum by the price list."""
    total_minor: Minor
    """What is to be paid: `gross_minor` less what the steps took off."""


class TryItem(Model):
    """Goods of a basket that is only tried."""

    code: Annotated[str, Field(min_length=1, max_length=100)]
    """A code or barcode as it would be scanned."""
    quantity_thousandths: Annotated[Thousandths, Field(gt=0)] = 1000
    """How much of it; for weighed goods the weight."""


class TriedBasket(Answer):
    """What the basket would cost, and why."""

    explanation: Explanation
    """With the offer that is tried."""
    total_without_minor: Minor
    """What the basket costs without it."""
    words: Text = ""
    """The offer that is tried, read back in sentences."""


class TryBasket(Query):
    """Price a basket that nobody buys: with the live offers, and with one that is not saved yet."""

    answer = TriedBasket
    permission = Permission.MANAGE_OFFERS
    items: Annotated[tuple[TryItem, ...], Field(max_length=500)] = ()
    """What is in the basket; empty: only the words of the offer are asked for."""
    offer: OfferView | None = None
    """The offer to try; with an id it takes the place of the saved one. None: only the live ones."""
    with_live_offers: StrictBool = True
    """False: the offer to try alone."""
    at: AwareDatetime | None = None
    """When; None: now."""
    member_id: Annotated[MemberId, ROW_ID] | None = None
    """Who buys; None: nobody, or anybody of the tier."""
    tier: Annotated[StrictInt, Field(ge=0, le=99)] | None = None
    """Somebody of the tier of this rank, where no member is named; None: no member."""
    coupons: Annotated[tuple[Name, ...], Field(max_length=20)] = ()
    """Codes of coupons that are shown."""
    spend_points: StrictBool = True
    """True: the customer asks for prices in money and points."""


class SaleExplained(Answer):
    """Why the sale costs what it costs."""

    sale_id: SaleId
    """The sale."""
    finished: StrictBool
    """True: as it was priced when it was finished, from its rows."""
    explanation: Explanation
    """The steps; of one line alone, where one was asked for."""


class ExplainSale(Query):
    """Why does it cost that? An open basket with what nearly worked, a finished sale from its rows."""

    answer = SaleExplained
    permission = Permission.SELL
    sale_id: Annotated[SaleId, MADE_ID]
    """The sale."""
    line: LineNumber | None = None
    """Only this line; None: the whole sale."""


class SpendPoints(Command):
    """Say that the customer asks for prices in money and points, or does not; the basket is repriced at once.

    As many pieces get such a price as there are points of the member for; they are taken when it is finished.
    """

    answer = Basket
    permission = Permission.SELL
    durable = False
    sale_id: Annotated[SaleId, MADE_ID]
    """The open basket, with a member beside it."""
    wanted: StrictBool
    """True: the customer asks for them."""


class OfferChanged(Fact):
    """An offer was added, changed, switched or ended."""

    offer: OfferView
    """As it is now."""


class OfferDeleted(Fact):
    """An offer that was never used was deleted."""

    offer_id: OfferId
    """The offer."""
    name: Name
    """What it was called."""
