"""A past sale in two worlds: by the rules of its time, and with the tried offer in its place."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from protocol.offer import OfferKind, OfferView
from store_server.offers.book import ShopOffers
from store_server.pricing.coupons import Coupon
from store_server.pricing.lines import MILLION, PricedSale, Step
from store_server.pricing.occasion import Used, occasion_at
from store_server.sales.rows import Basket
from store_server.sales.rules import Surroundings, priced
from store_server.trials.past_coupons import used_in
from store_server.trials.past_offers import PastOffers, World
from store_server.trials.past_sales import PastSale, points_earned, shopper_then
from store_server.trials.past_uses import PastUses


@dataclass(frozen=True, slots=True)
class Priced:
    """A sale in one world."""

    basket: Basket
    made: PricedSale
    offers: ShopOffers
    used: Mapping[int, Used]
    """What the limited offers had given before it."""

    @property
    def total_minor(self) -> int:
        """What it costs, tax on top included."""
        return self.basket.sale.total_minor

    @property
    def marks(self) -> list[tuple[object, ...]]:
        """Return what the steps did; equal marks are an equal sale, whatever the rules are called."""
        return [
            (s.kind, s.offer_id, s.times, s.parts, s.points, s.points_multiplier_ppm, s.coupon_batch_id)
            for s in self.made.steps
        ]


@dataclass(frozen=True, slots=True)
class Compared:
    """A sale in both worlds."""

    past: PastSale
    then: Priced
    tried: Priced

    @property
    def is_changed(self) -> bool:
        """True: something worked otherwise."""
        return self.then.total_minor != self.tried.total_minor or self.then.marks != self.tried.marks


@dataclass(slots=True)
class TwoWorlds:
    """Prices past sales in the order in which they were made, and counts what the offers give."""

    offers: PastOffers
    first_day: str
    zone: tzinfo
    chain: Callable[[int | None], tuple[int, ...]]
    _uses: dict[bool, PastUses] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tried = self.offers.tried.offer_id or 0
        self._uses = {False: PastUses(self.first_day, None), True: PastUses(self.first_day, tried)}

    def worlds(self, past: PastSale) -> tuple[World, World]:
        """Return by which offers the sale is priced."""
        asked = past.basket.sale.spend_points
        for_points = self.offers.tried.kind is OfferKind.POINTS_PRICE and not asked
        return World.THEN, World.TRIED_FOR_POINTS if for_points else World.TRIED

    def count(self, db: sqlite3.Connection, past: PastSale, *, tried: bool) -> Priced:
        """Price the sale in one world, and count what the offers give there."""
        uses, world = self._uses[tried], self.worlds(past)[tried]
        coupons = used_in(db, past.basket.sale.sale_id) if past.basket.sale.coupons else []
        offers = self.offers.at(past.finished, world)
        used = uses.used(db, offers, past.day, past.customer)
        result = self.price(db, past, world, used, coupons)
        uses.note(result.made.offer_steps, offers, past.day, past.customer)
        return result

    def again(self, db: sqlite3.Connection, past: PastSale, used: Sequence[Mapping[int, Used]]) -> Compared:
        """Price the sale in both worlds as it was compared before; nothing is counted."""
        coupons = used_in(db, past.basket.sale.sale_id) if past.basket.sale.coupons else []
        then, tried = (
            self.price(db, past, world, each, coupons)
            for world, each in zip(self.worlds(past), used, strict=True)
        )
        return Compared(past, then, tried)

    def price(
        self,
        db: sqlite3.Connection,
        past: PastSale,
        world: World,
        used: Mapping[int, Used],
        coupons: Sequence[Coupon],
    ) -> Priced:
        """Price the sale in one world."""
        offers = self.offers.at(past.finished, world)
        occasion = occasion_at(
            past.moment,
            self.zone,
            shopper_then(db, past, offers, coupons),
            used,
            spend_points=bool(past.basket.sale.spend_points) or world is World.TRIED_FOR_POINTS,
        )
        around = Surroundings(offers.book, occasion, coupons, self.chain)
        return Priced(*priced(past.basket, around), offers, used)


def times_of(made: PricedSale, offer: OfferView) -> int:
    """Return how many times the tried offer worked."""
    return sum(step.times for step in made.offer_steps if step.offer_id == offer.offer_id)


def _multiplier(steps: Sequence[Step]) -> int:
    return max((step.points_multiplier_ppm for step in steps), default=0) or MILLION


def points_more(db: sqlite3.Connection, found: Compared) -> int:
    """Return the points that the sale would have given on top, less those that it would have taken.

    What it earned by its money is taken as it was, times the other multiplier.
    """
    then, tried = found.then.made, found.tried.made
    more = sum(step.points for step in tried.steps) - sum(step.points for step in then.steps)
    before, after = _multiplier(then.steps), _multiplier(tried.steps)
    if before == after or found.past.customer is None:
        return more
    on_top = sum(step.points for step in then.steps if step.points > 0)
    earned = points_earned(db, found.past.basket.sale.sale_id) - on_top
    return more + earned * (after - before) // before
