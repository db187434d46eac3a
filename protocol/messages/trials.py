"""Trials: what an offer would have done to past sales, before it goes live."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import SaleId, TrialId
from protocol.messages.base import MADE_ID, Answer, Minor, Model, Name, Query, Text
from protocol.messages.offers import Explanation
from protocol.offer import OfferView
from protocol.permissions import Permission


class TrialState(StrEnum):
    """How far a trial is."""

    RUNNING = "running"
    """Sales are still looked at."""
    DONE = "done"
    """All sales of the days were looked at."""
    CANCELLED = "cancelled"
    """Somebody stopped it; what was found so far stays to be read."""


class TrialView(Model):
    """What a trial has found so far."""

    trial_id: TrialId
    """The trial."""
    state: TrialState
    """How far it is."""
    words: Text
    """The offer that is tried, read back in sentences."""
    first_day: date
    """The first business date."""
    last_day: date
    """The last business date."""
    looked_at: StrictInt
    """So many sales have been looked at."""
    of: StrictInt
    """So many sales there are."""
    changed: StrictInt
    """So many would have been others, by their price, their points or the offers that worked. A changed offer
    that does in a sale what the saved one did changes nothing there."""
    before_minor: Minor
    """What all the sales looked at cost by the rules of their time."""
    after_minor: Minor
    """What they would have cost with the offer."""
    cost_minor: Minor
    """What the offer would have cost: before less after. People might have bought more; nobody knows."""
    times: StrictInt
    """How many times it would have worked."""
    points: StrictInt = 0
    """Points that it would have given on top, less those that it would have taken."""
    not_priced: StrictInt = 0
    """Sales that could not be priced anew, such as those of goods that are gone."""


class Trial(Answer):
    """A trial."""

    trial: TrialView
    """What it has found so far."""


class StartTrial(Query):
    """Begin to look at past sales; the books stay as they are. The server keeps the latest trials only."""

    answer = Trial
    permission = Permission.MANAGE_OFFERS
    trial_id: Annotated[TrialId, MADE_ID]
    """Made by the one who asks; the same one again answers with that trial."""
    offer: OfferView
    """The offer; with an id it takes the place of the saved one. It is tried as if active, on the clock of
    each sale; its first and last moment do not count."""
    first_day: date
    """The first business date."""
    last_day: date
    """The last business date."""
    with_other_offers: StrictBool = True
    """True: beside the offers that were live at each sale; False: alone."""


class GetTrial(Query):
    """How far a trial is: ask again for the progress."""

    answer = Trial
    permission = Permission.MANAGE_OFFERS
    trial_id: Annotated[TrialId, MADE_ID]
    """The trial."""


class CancelTrial(Query):
    """Stop a trial; what was found so far can still be read."""

    answer = Trial
    permission = Permission.MANAGE_OFFERS
    trial_id: Annotated[TrialId, MADE_ID]
    """The trial."""


class TrialBasket(Model):
    """A sale that would have been another."""

    sale_id: SaleId
    """The sale."""
    receipt_number: Name
    """Its receipt."""
    finished_at: AwareDatetime
    """When it was finished."""
    line_count: StrictInt
    """How many lines it has."""
    before_minor: Minor
    """What it cost by the rules of its time."""
    after_minor: Minor
    """What it would have cost."""
    times: StrictInt
    """How many times the offer would have worked."""


class TrialBaskets(Answer):
    """The sales that would have been others, the greatest difference first."""

    baskets: tuple[TrialBasket, ...]
    """The sales."""
    more: StrictBool = False
    """True: ask on with a higher offset."""


class ListTrialBaskets(Query):
    """The sales that a trial found so far."""

    answer = TrialBaskets
    permission = Permission.MANAGE_OFFERS
    trial_id: Annotated[TrialId, MADE_ID]
    """The trial."""
    limit: Annotated[StrictInt, Field(ge=1, le=500)] = 50
    """So many rows at most."""
    offset: Annotated[StrictInt, Field(ge=0, le=1_000_000)] = 0
    """So many are passed over."""


class TrialCompared(Answer):
    """One sale side by side."""

    before: Explanation
    """By the rules of its time."""
    after: Explanation
    """With the offer."""


class CompareTrialBasket(Query):
    """Why would this sale have cost something else?"""

    answer = TrialCompared
    permission = Permission.MANAGE_OFFERS
    trial_id: Annotated[TrialId, MADE_ID]
    """The trial."""
    sale_id: Annotated[SaleId, MADE_ID]
    """A sale that it found."""
