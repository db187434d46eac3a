"""The offers of a shop, compiled once for many baskets: which of them are about these goods?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from protocol.messages.offers import NearlyReason
from protocol.offer import (
    AmountOff,
    Bundle,
    BuyGet,
    CheapestFree,
    FixedPrice,
    NFor,
    NthItem,
    OfferLimits,
    OfferView,
    PercentOff,
    Threshold,
)
from store_server.pricing.conditions import (
    FREELY,
    Missing,
    Terms,
    Whole,
    Window,
    terms_of,
    wants_a_member,
    what_is_missing,
    who_is_missing,
)
from store_server.pricing.groups import size_of
from store_server.pricing.occasion import NEVER_USED, Occasion
from store_server.pricing.scope import Scope

_NO_LIMITS = OfferLimits()
_REMEMBERED_PRODUCTS = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """An offer, ready to be asked."""

    key: int
    """Its place in the book: decides between equals."""
    view: OfferView
    roles: tuple[Scope, ...]
    """The ranges whose goods it looks at: its own, and what is given for it; or the parts of a bundle."""
    window: Window
    priority: int
    """The highest of its exclusive group, so that the group has one place in the order."""
    needs_member: bool
    has_limits: bool
    asks_basket: bool
    """True: the basket must hold some money or pieces."""
    least_units: int
    """With fewer units in each of its ranges it cannot work."""
    slot: int
    """The number of its first range; the others follow. Of all ranges of the book."""

    is_threshold: bool
    """True: it works on what was spent, after the offers on goods."""
    takes_weighed: bool
    """True: a price per unit is a price per kilogram too."""

    def is_live(self, occasion: Occasion) -> bool:
        """Return whether it is switched on and has begun and not ended."""
        return self.view.active and self.window.has_begun_and_not_ended(occasion.at)

    def terms(self, occasion: Occasion, whole: Whole) -> Terms | Missing | None:
        """Return how often it may work now, or what is missing; None: it is not there at all."""
        if not self.is_live(occasion):
            return None
        if not self.window.always and not self.window.is_hour(occasion.local):
            return Missing(NearlyReason.TIME)
        missing = who_is_missing(self.view.conditions, occasion, needs_member=self.needs_member)
        if missing is not None:
            return Missing(missing)
        terms: Terms | None = FREELY
        if self.has_limits:
            terms = terms_of(self.view.limits, occasion.used.get(self.view.offer_id or 0, NEVER_USED))
            if terms is None:
                return Missing(NearlyReason.LIMIT)
        return (what_is_missing(self.view.conditions, whole) if self.asks_basket else None) or terms


class Hits(NamedTuple):
    """The ranges of offers that a product is in, by slot."""

    spend: tuple[int, ...]
    """Of thresholds."""
    pieces: tuple[int, ...]
    """Of offers on goods."""
    weighed: tuple[int, ...]
    """Of those, the ones that take a weighed line."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One range of one offer."""

    key: int
    """The offer's place in the book."""
    scope: Scope
    is_threshold: bool
    takes_weighed: bool


@dataclass(frozen=True, slots=True, eq=False)
class OfferBook:
    """All offers of a shop by the goods that they are about; it never changes."""

    offers: tuple[Offer, ...] = ()
    slots: tuple[Slot, ...] = ()
    """All ranges of all offers."""
    everywhere: tuple[int, ...] = ()
    """The ranges of all goods without an exception: asked once for a basket and not for each line."""
    _with_exceptions: tuple[int, ...] = ()
    """The ranges of all goods but some."""
    _by_category: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _by_product: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _answers: dict[tuple[int, tuple[int, ...]], Hits] = field(default_factory=dict)
    """What was found before, by product: the same goods are asked for at every scan."""

    @classmethod
    def of(cls, views: Iterable[OfferView]) -> "OfferBook":
        """Compile offers. Those that do not work now may be among them: each sale looks at its moment."""
        ordered = sorted(views, key=lambda view: (view.offer_id is None, view.offer_id or 0, view.name))
        highest: dict[str, int] = {}
        for view in ordered:
            highest[view.exclusive_group] = max(highest.get(view.exclusive_group, 0), view.priority)
        offers: list[Offer] = []
        slots: list[Slot] = []
        for key, view in enumerate(ordered):
            offer = _compiled(key, view, highest, len(slots))
            offers.append(offer)
            for scope in offer.roles:
                weighed = scope.weighed_counts or offer.takes_weighed
                slots.append(Slot(key, scope, offer.is_threshold, weighed))
        everywhere = [number for number, slot in enumerate(slots) if slot.scope.all_goods]
        exceptions = [number for number in everywhere if slots[number].scope.has_exceptions]
        plain = tuple(number for number in everywhere if number not in set(exceptions))
        by_category, by_product = _indexed(slots)
        return cls(tuple(offers), tuple(slots), plain, tuple(exceptions), by_category, by_product)

    def hits(self, product_id: int, categories: tuple[int, ...]) -> Hits:
        """Return the ranges of offers that a product is in; `categories` are its own and those above it."""
        named = self.hits_by_name(product_id, categories)
        if not self.everywhere:
            return named
        return self._sorted({*named.spend, *named.pieces, *self.everywhere})

    def hits_by_name(self, product_id: int, categories: tuple[int, ...]) -> Hits:
        """Return the ranges that a product is in without those of `everywhere`, which hold every product."""
        known = self._answers.get((product_id, categories))
        if known is not None:
            return known
        found = set(self._with_exceptions)
        for category in categories:
            found.update(self._by_category.get(category, ()))
        found.update(self._by_product.get(product_id, ()))
        slots = self.slots
        hits = self._sorted({slot for slot in found if slots[slot].scope.allows(product_id, categories)})
        if len(self._answers) >= _REMEMBERED_PRODUCTS:
            self._answers.clear()
        self._answers[product_id, categories] = hits
        return hits

    def _sorted(self, found: set[int]) -> Hits:
        slots = self.slots
        inside = sorted(found)
        return Hits(
            tuple(slot for slot in inside if slots[slot].is_threshold),
            tuple(slot for slot in inside if not slots[slot].is_threshold),
            tuple(slot for slot in inside if not slots[slot].is_threshold and slots[slot].takes_weighed),
        )


_Index = dict[int, tuple[int, ...]]


def _indexed(slots: Sequence[Slot]) -> tuple[_Index, _Index]:
    """Return which ranges name a category, and which a product."""
    by_category: dict[int, list[int]] = {}
    by_product: dict[int, list[int]] = {}
    for number, slot in enumerate(slots):
        for category in slot.scope.categories:
            by_category.setdefault(category, []).append(number)
        for product in slot.scope.products:
            by_product.setdefault(product, []).append(number)
    return (
        {category: tuple(numbers) for category, numbers in by_category.items()},
        {product: tuple(numbers) for product, numbers in by_product.items()},
    )


NO_OFFERS = OfferBook()


def _least_units(view: OfferView) -> int:
    match view.benefit:
        case BuyGet(get_range=other) if other is not None:
            return 1
        case NFor() | BuyGet() | CheapestFree() | NthItem() as benefit:
            return size_of(benefit)
        case _:
            return 1


def _compiled(key: int, view: OfferView, highest: dict[str, int], slot: int) -> Offer:
    own = Scope.of(view.goods)
    roles: tuple[Scope, ...]
    match view.benefit:
        case Bundle(parts=parts):
            roles = tuple(Scope.of(part.goods) for part in parts)
        case BuyGet(get_range=other) if other is not None:
            roles = (own, Scope.of(other))
        case _:
            roles = (own,)
    return Offer(
        key=key,
        view=view,
        roles=roles,
        window=Window.of(view.times),
        priority=highest[view.exclusive_group] if view.exclusive_group else view.priority,
        needs_member=wants_a_member(view.conditions, view.limits),
        has_limits=view.limits != _NO_LIMITS,
        asks_basket=bool(view.conditions.minimum_spend_minor or view.conditions.minimum_pieces),
        least_units=_least_units(view),
        slot=slot,
        is_threshold=isinstance(view.benefit, Threshold),
        takes_weighed=isinstance(view.benefit, PercentOff | AmountOff | FixedPrice),
    )
