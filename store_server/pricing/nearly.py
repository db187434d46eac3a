"""Which offers nearly worked, and what is missing for them (pure; `wording` makes sentences of it)."""

from collections.abc import Sequence
from dataclasses import dataclass

from protocol.identifiers import OfferId
from protocol.messages.offers import NearlyReason
from protocol.offer import (
    Bundle,
    BuyGet,
    CheapestFree,
    GoodsRange,
    NFor,
    NthItem,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from store_server.pricing.conditions import Missing, Terms, Whole
from store_server.pricing.groups import Counting, size_of
from store_server.pricing.lines import Line, PricedSale, Step
from store_server.pricing.occasion import Occasion
from store_server.pricing.offers import Offer, OfferBook
from store_server.pricing.sheet import Reach, Sheet

MOST = 12
"""More than so many help nobody at a till."""

_RANK = {
    NearlyReason.TAKE_GIFT: 0,
    NearlyReason.SPEND_MORE: 1,
    NearlyReason.BUY_MORE: 1,
    NearlyReason.POINTS: 2,
    NearlyReason.MEMBERS: 3,
    NearlyReason.TIME: 4,
    NearlyReason.BETTER: 5,
    NearlyReason.TAKEN: 6,
    NearlyReason.LIMIT: 7,
    NearlyReason.OUT_OF_SCOPE: 8,
}
"""What a customer can change at once comes first."""


@dataclass(frozen=True, slots=True)
class Near:
    """An offer that nearly worked."""

    offer: Offer
    reason: NearlyReason
    minor: int = 0
    points: int = 0
    goods: tuple[tuple[int, GoodsRange], ...] = ()
    """How many more pieces, and of which goods."""
    step: ThresholdStep | None = None
    other: str = ""
    """The name of the offer that worked in its place."""
    distance_ppm: int = 1_000_000
    """Which part of what is asked for is missing."""

    @property
    def pieces(self) -> int:
        """How many pieces are missing."""
        return sum(count for count, _goods in self.goods)


def nearly(
    lines: Sequence[Line], sale: PricedSale, book: OfferBook, occasion: Occasion, most: int = MOST
) -> list[Near]:
    """Return what nearly worked, the nearest first; the sale was priced with the same book and occasion."""
    found = _Look(lines, sale, book, occasion).all()
    found.sort(key=lambda near: (_RANK[near.reason], near.distance_ppm, -near.offer.priority, near.offer.key))
    return found[:most]


class _Look:
    """Looks at every offer that is about goods of the sale."""

    def __init__(self, lines: Sequence[Line], sale: PricedSale, book: OfferBook, occasion: Occasion) -> None:
        self.lines = lines
        self.sale = sale
        self.book = book
        self.occasion = occasion
        sheet = Sheet(lines)
        self.reach = Reach(sheet, book)
        self.pools = sheet.pools
        self.left = [pool.count - sale.taken[pool.line] for pool in sheet.pools]
        self.whole = Whole.of(lines, sheet.value)
        self.worked: dict[OfferId | None, Step] = {step.offer_id: step for step in sale.offer_steps}
        by_id = {offer.view.offer_id: offer for offer in book.offers}
        self.groups: dict[str, str] = {
            by_id[key].view.exclusive_group: step.name for key, step in self.worked.items() if key in by_id
        }

    def all(self) -> list[Near]:
        """Return what nearly worked, in no order."""
        found: list[Near] = []
        for key in self.reach.keys:
            offer = self.book.offers[key]
            terms = offer.terms(self.occasion, self.whole)
            if isinstance(terms, Missing):
                found.append(self._missing(offer, terms))
            elif terms is not None:
                found.extend(self._close(offer, terms))
        return found

    def _missing(self, offer: Offer, missing: Missing) -> Near:
        goods = ((missing.pieces, GoodsRange(all_goods=True)),) if missing.pieces else ()
        distance = 1_000_000
        if missing.minor:
            distance = _distance(missing.minor, offer.view.conditions.minimum_spend_minor)
        elif missing.pieces:
            distance = _distance(missing.pieces, offer.view.conditions.minimum_pieces)
        return Near(offer, missing.reason, missing.minor, goods=goods, distance_ppm=distance)

    def _close(self, offer: Offer, terms: Terms) -> list[Near]:
        step = self.worked.get(offer.view.offer_id)
        group = offer.view.exclusive_group
        if step is None and group and group in self.groups:
            return [Near(offer, NearlyReason.BETTER, other=self.groups[group])]
        if step is not None and step.times >= terms.times:
            return []
        if offer.is_threshold:
            return self._threshold(offer, terms)
        roles = self.reach.units(offer)
        if not any(roles):
            return []
        if step is None and not any(self.left[place] for role in roles for place in role):
            return [Near(offer, NearlyReason.TAKEN)]
        match offer.view.benefit:
            case BuyGet() as benefit if len(roles) > 1:
                return self._other_range(offer, benefit, roles)
            case NFor() | BuyGet() | CheapestFree() | NthItem() as benefit:
                return self._group(offer, benefit, roles[0])
            case Bundle() as benefit:
                return self._bundle(offer, benefit, roles)
            case PointsPrice() as benefit:
                return self._points(offer, benefit, roles[0])
            case _:
                return []

    def _rest(self, places: Sequence[int]) -> int:
        return sum(self.left[place] for place in places)

    def _group(self, offer: Offer, benefit: Counting, places: Sequence[int]) -> list[Near]:
        size, rest = size_of(benefit), self._rest(places)
        if not 0 < rest < size:
            return []
        dearest = max(self.pools[place].price_minor for place in places if self.left[place])
        if isinstance(benefit, NFor) and dearest * size <= benefit.price_minor:
            return []
        is_gift = isinstance(benefit, BuyGet) and rest >= benefit.buy
        reason = NearlyReason.TAKE_GIFT if is_gift else NearlyReason.BUY_MORE
        goods = ((size - rest, offer.view.goods),)
        return [Near(offer, reason, goods=goods, distance_ppm=_distance(size - rest, size))]

    def _other_range(self, offer: Offer, benefit: BuyGet, roles: Sequence[Sequence[int]]) -> list[Near]:
        have, gifts = self._rest(roles[0]), self._rest(roles[1])
        size = benefit.buy + benefit.get
        if have >= benefit.buy and gifts < benefit.get:
            missing = benefit.get - gifts
            goods = ((missing, benefit.get_range or offer.view.goods),)
            return [Near(offer, NearlyReason.TAKE_GIFT, goods=goods, distance_ppm=_distance(missing, size))]
        if 0 < have < benefit.buy:
            missing = benefit.buy - have
            goods = ((missing, offer.view.goods),)
            return [Near(offer, NearlyReason.BUY_MORE, goods=goods, distance_ppm=_distance(missing, size))]
        return []

    def _bundle(self, offer: Offer, bundle: Bundle, roles: Sequence[Sequence[int]]) -> list[Near]:
        goods = []
        for part, places in zip(bundle.parts, roles, strict=True):
            missing = part.count - min(part.count, self._rest(places))
            if missing:
                goods.append((missing, part.goods))
        wanted, lacking = sum(part.count for part in bundle.parts), sum(count for count, _goods in goods)
        if not 0 < lacking < wanted:
            return []
        distance = _distance(lacking, wanted)
        return [Near(offer, NearlyReason.BUY_MORE, goods=tuple(goods), distance_ppm=distance)]

    def _points(self, offer: Offer, benefit: PointsPrice, places: Sequence[int]) -> list[Near]:
        shopper = self.occasion.shopper
        if not any(self.pools[p].price_minor > benefit.price_minor and self.left[p] for p in places):
            return []
        if shopper is None:
            return [Near(offer, NearlyReason.MEMBERS)]
        there = shopper.points - (self.sale.points_spent if self.occasion.spend_points else 0)
        missing = max(benefit.points - there, 0)
        return [Near(offer, NearlyReason.POINTS, points=missing)]

    def _threshold(self, offer: Offer, terms: Terms) -> list[Near]:
        benefit = offer.view.benefit
        assert isinstance(benefit, Threshold)
        places = self.reach.lines[offer.key]
        value = sum(self._before_baskets(place) for place in places)
        pieces = sum(self.lines[place].pieces for place in places)
        more = self._next_step(offer, benefit, value, pieces, terms)
        gift = self._gift(offer, benefit, value, pieces)
        return [near for near in (gift, more) if near is not None]

    def _before_baskets(self, place: int) -> int:
        line = self.sale.lines[place]
        return line.amount_minor + line.basket_minor + line.coupon_minor + line.share_minor

    def _next_step(
        self, offer: Offer, benefit: Threshold, value: int, pieces: int, terms: Terms
    ) -> Near | None:
        ways = []
        for step in benefit.steps:
            has, asks = (value, step.spend_minor) if step.spend_minor else (pieces, step.pieces)
            if not asks or not has:
                continue
            times = has // asks + 1
            if times > 1 and (not step.every or times > terms.times or step is not benefit.steps[-1]):
                continue
            missing = times * asks - has
            near = Near(
                offer, NearlyReason.BUY_MORE, step=step, distance_ppm=_distance(missing, times * asks)
            )
            ways.append((missing, bool(step.spend_minor), near))
        if not ways:
            return None
        missing, is_money, near = min(ways, key=lambda way: way[2].distance_ppm)
        if is_money:
            return _replaced(near, NearlyReason.SPEND_MORE, missing, ())
        return _replaced(near, NearlyReason.BUY_MORE, 0, ((missing, offer.view.goods),))

    def _gift(self, offer: Offer, benefit: Threshold, value: int, pieces: int) -> Near | None:
        reached = [
            step
            for step in benefit.steps
            if (value >= step.spend_minor if step.spend_minor else pieces >= step.pieces)
        ]
        if not reached or reached[-1].gift_product_id is None:
            return None
        step = reached[-1]
        assert step.gift_product_id is not None
        goods = ((step.gift_count, GoodsRange(products=(step.gift_product_id,))),)
        if any(line.product_id == step.gift_product_id for line in self.lines):
            return None
        return Near(offer, NearlyReason.TAKE_GIFT, goods=goods, step=step, distance_ppm=0)


def _replaced(
    near: Near, reason: NearlyReason, minor: int, goods: tuple[tuple[int, GoodsRange], ...]
) -> Near:
    return Near(near.offer, reason, minor, 0, goods, near.step, "", near.distance_ppm)


def _distance(missing: int, asked: int) -> int:
    return missing * 1_000_000 // asked if asked else 1_000_000
