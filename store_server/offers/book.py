"""The offers of the shop compiled for the counter, once for many requests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from protocol.offer import OfferLimits, OfferView
from store_server.database.unit_of_work import Work
from store_server.offers import tables
from store_server.pricing.offers import NO_OFFERS, OfferBook

_LONG_OVER = timedelta(days=2)
"""An offer that ended before that cannot be in any basket that is still open at its price."""


@dataclass(frozen=True, slots=True, eq=False)
class ShopOffers:
    """All offers of the shop, and the ones that can work compiled, with what must be known to price."""

    views: tuple[OfferView, ...] = ()
    """All, in the order in which they go: by priority, then by name."""
    book: OfferBook = NO_OFFERS
    counted: frozenset[int] = frozenset()
    """The ids of those whose limits count what was given before."""
    per_member: frozenset[int] = frozenset()
    asks_tags: bool = False
    asks_birthday: bool = False
    asks_first_purchase: bool = False
    asks_points: bool = False


def compiled(all_views: Iterable[OfferView], working: Iterable[OfferView]) -> ShopOffers:
    """Return offers compiled; `working` are those that may work now."""
    live = list(working)
    if not live:
        return ShopOffers(tuple(all_views))
    return ShopOffers(
        views=tuple(all_views),
        book=OfferBook.of(live),
        counted=frozenset(view.offer_id or 0 for view in live if _is_counted(view.limits)),
        per_member=frozenset(view.offer_id or 0 for view in live if view.limits.per_member),
        asks_tags=any(view.conditions.tags for view in live),
        asks_birthday=any(view.conditions.birthday for view in live),
        asks_first_purchase=any(view.conditions.first_purchase for view in live),
        asks_points=any(view.benefit.kind == "points_price" for view in live),
    )


def _is_counted(limits: OfferLimits) -> bool:
    return bool(limits.in_all or limits.per_day or limits.per_member or limits.budget_minor)


def shop_offers(work: Work) -> ShopOffers:
    """Return the shop's offers; compiled again only when one of them has changed."""
    kept = work.kept.get(tables.BOOK)
    if isinstance(kept, ShopOffers) and tables.BOOK not in work.stale:
        return kept
    views = sorted(tables.all_present(work.db), key=lambda view: (-view.priority, view.name, view.offer_id))
    over = work.now - _LONG_OVER
    working = [
        view
        for view in views
        if view.active and (view.times.valid_until is None or view.times.valid_until > over)
    ]
    made = compiled(views, working)
    if tables.BOOK not in work.stale:
        work.kept[tables.BOOK] = made
    return made
