"""The offers as they were: which versions were there at a moment, compiled with and without the tried one."""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from protocol.offer import OfferKind, OfferView
from store_server.database.unit_of_work import read_time
from store_server.offers.book import ShopOffers, compiled

_VERSIONS_PER_STEP = 10
"""So many descriptions of offers are read in less than a millisecond."""
_COMPILED_KEPT = 6


class World(Enum):
    """The offers by which a past sale is priced."""

    THEN = "then"
    """Those that were there."""
    TRIED = "tried"
    """Those, with the tried one in its place."""
    TRIED_FOR_POINTS = "tried_for_points"
    """The same where only the tried one is asked for by who did not ask for prices in points."""


def as_if_active(offer: OfferView) -> OfferView:
    """Return the offer as it is tried: switched on, without a first and a last moment."""
    times = offer.times.model_copy(update={"valid_from": None, "valid_until": None})
    return offer.model_copy(update={"active": True, "times": times})


@dataclass(frozen=True, slots=True)
class _Version:
    offer_id: int
    saved_at: datetime
    view: OfferView


@dataclass(slots=True)
class PastOffers:
    """Every version of every offer, and the books of the moments that were asked for."""

    tried: OfferView
    with_others: bool
    _versions: list[_Version] = field(default_factory=list)
    _moments: list[datetime] = field(default_factory=list)
    """When a version was saved, in order."""
    _books: dict[tuple[int, World], ShopOffers] = field(default_factory=dict)

    def read(self, db: sqlite3.Connection) -> Iterator[None]:
        """Read the versions, a few per step."""
        if not self.with_others:
            return
        keys = db.execute("SELECT offer_id, version FROM offer_versions ORDER BY saved_at, offer_id, version")
        for count, (offer_id, version) in enumerate(keys.fetchall()):
            if count % _VERSIONS_PER_STEP == 0:
                yield
            self._read(db, offer_id, version)

    def _read(self, db: sqlite3.Connection, offer_id: int, version: int) -> None:
        row = db.execute(
            "SELECT saved_at, body FROM offer_versions WHERE offer_id = ? AND version = ?",
            (offer_id, version),
        ).fetchone()
        if row is None:  # deleted since the trial began: nobody ever used it
            return
        saved_at = read_time(row[0])
        self._versions.append(_Version(offer_id, saved_at, OfferView.model_validate_json(row[1])))
        self._moments.append(saved_at)

    def is_compiled(self, at: datetime, world: World) -> bool:
        """Return whether the book of the moment is ready; compiling many offers takes some milliseconds."""
        return (bisect_right(self._moments, at), world) in self._books

    def at(self, at: datetime, world: World) -> ShopOffers:
        """Return the offers of a moment."""
        there = bisect_right(self._moments, at)
        known = self._books.get((there, world))
        if known is not None:
            return known
        while len(self._books) >= _COMPILED_KEPT:
            del self._books[next(iter(self._books))]
        made = self._compiled(there, world)
        self._books[there, world] = made
        return made

    def _compiled(self, there: int, world: World) -> ShopOffers:
        latest = {version.offer_id: version.view for version in self._versions[:there]}
        begin = self._moments[there - 1] if there else None
        end = self._moments[there] if there < len(self._moments) else None
        views = [view for view in latest.values() if view.active and _is_between(view, begin, end)]
        if world is not World.THEN:
            own = self.tried.offer_id
            views = [view for view in views if own is None or view.offer_id != own]
            if world is World.TRIED_FOR_POINTS:
                views = [view for view in views if view.kind is not OfferKind.POINTS_PRICE]
            views.append(self.tried)
        return compiled((), views)


def _is_between(view: OfferView, begin: datetime | None, end: datetime | None) -> bool:
    """Return whether the offer may work in a span of time."""
    first, last = view.times.valid_from, view.times.valid_until
    return not ((end and first and first >= end) or (begin and last and last <= begin))
