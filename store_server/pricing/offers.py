"""The offers of a shop, compiled once for many baskets: which of them are about these goods?"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from protocol.messages.offers import NearlyReason
from protocol.offer import (
    AmountOff,
    Bundle,
    BuyGet,
    FixedPrice,
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
        if self.view.limits == _NO_LIMITS:
            terms: Terms | None = FREELY
        else:
            terms = terms_of(self.view.limits, occasion.used.get(self.view.offer_id or 0, NEVER_USED))
        if terms is None:
            return Missing(NearlyReason.LIMIT)
        return what_is_missing(self.view.conditions, whole) or terms


class Hit(NamedTuple):
    """A product is in one of the ranges of an offer."""

    key: int
    """The offer's place in the book."""
    role: int
    """Which of its ranges."""
    weighed_counts: bool


@dataclass(frozen=True, slots=True, eq=False)
class OfferBook:
    """All offers of a shop by the goods that they are about; it never changes."""

    offers: tuple[Offer, ...] = ()
    _everywhere: tuple[Hit, ...] = ()
    _by_category: dict[int, tuple[Hit, ...]] = field(default_factory=dict)
    _by_product: dict[int, tuple[Hit, ...]] = field(default_factory=dict)
    _answers: dict[tuple[int, tuple[int, ...]], tuple[Hit, ...]] = field(default_factory=dict)
    """What was found before, by product: the same goods are asked for at every scan."""

    @classmethod
    def of(cls, views: Iterable[OfferView]) -> "OfferBook":
        """Compile offers. Those that do not work now may be among them: each sale looks at its moment."""
        ordered = sorted(views, key=lambda view: (view.offer_id is None, view.offer_id or 0, view.name))
        highest: dict[str, int] = {}
        for view in ordered:
            highest[view.exclusive_group] = max(highest.get(view.exclusive_group, 0), view.priority)
        offers = tuple(_compiled(key, view, highest) for key, view in enumerate(ordered))
        everywhere: list[Hit] = []
        by_category: dict[int, list[Hit]] = {}
        by_product: dict[int, list[Hit]] = {}
        for offer in offers:
            for role, scope in enumerate(offer.roles):
                hit = Hit(offer.key, role, scope.weighed_counts)
                if scope.all_goods:
                    everywhere.append(hit)
                for category in scope.categories:
                    by_category.setdefault(category, []).append(hit)
                for product in scope.products:
                    by_product.setdefault(product, []).append(hit)
        return cls(
            offers,
            tuple(everywhere),
            {category: tuple(hits) for category, hits in by_category.items()},
            {product: tuple(hits) for product, hits in by_product.items()},
        )

    def hits(self, product_id: int, categories: tuple[int, ...]) -> tuple[Hit, ...]:
        """Return the ranges of offers that a product is in; `categories` are its own and those above it."""
        known = self._answers.get((product_id, categories))
        if known is not None:
            return known
        found = list(self._everywhere)
        for category in categories:
            found.extend(self._by_category.get(category, ()))
        found.extend(self._by_product.get(product_id, ()))
        allowed = tuple(
            sorted(
                hit
                for hit in set(found)
                if self.offers[hit.key].roles[hit.role].allows(product_id, categories)
            )
        )
        if len(self._answers) >= _REMEMBERED_PRODUCTS:
            self._answers.clear()
        self._answers[product_id, categories] = allowed
        return allowed


NO_OFFERS = OfferBook()


def _compiled(key: int, view: OfferView, highest: dict[str, int]) -> Offer:
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
        is_threshold=isinstance(view.benefit, Threshold),
        takes_weighed=isinstance(view.benefit, PercentOff | AmountOff | FixedPrice),
    )
