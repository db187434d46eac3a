"""How often offers had worked when a past sale was made: counted along the sales, in each of two worlds."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from store_server.offers.book import ShopOffers
from store_server.pricing.lines import Step
from store_server.pricing.occasion import Used

BEFORE_DAY = "SELECT coalesce(sum(times), 0) FROM offer_days WHERE offer_id = ? AND business_date < ?"
GIVEN_SINCE = "SELECT coalesce(sum(given_minor), 0) FROM offer_uses WHERE offer_id = ? AND business_date >= ?"
BY_MEMBER = (
    "SELECT u.offer_id, sum(u.times) FROM sales s JOIN offer_uses u ON u.sale_id = s.sale_id "
    "WHERE s.member_id IN (SELECT value FROM json_each(?1)) AND s.business_date < ?2 GROUP BY u.offer_id"
)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who bought, as the counters know the member: with those who were merged into this one."""

    member_id: int
    family: tuple[int, ...]


@dataclass(slots=True)
class PastUses:
    """What the limited offers had given, in one world."""

    first_day: str
    tried: int | None
    """The offer that begins anew with the trial; 0: one that is not saved; None: in this world none does."""
    _in_all: dict[int, int] = field(default_factory=dict)
    _given: dict[int, int] = field(default_factory=dict)
    _day: str = ""
    _today: dict[int, int] = field(default_factory=dict)
    _by_member: dict[int, dict[int, int]] = field(default_factory=dict)

    def used(
        self, db: sqlite3.Connection, offers: ShopOffers, day: str, customer: Customer | None
    ) -> dict[int, Used]:
        """Return what the limited offers of a moment had given before a sale of the day."""
        if not offers.counted:
            return {}
        self._begin(day)
        mine: Mapping[int, int] = {}
        if customer is not None and offers.per_member:
            mine = self._of_member(db, customer)
        found = {}
        for offer in offers.counted:
            if offer not in self._in_all:
                self._look_up(db, offer, offers)
            found[offer] = Used(
                self._in_all[offer], self._today.get(offer, 0), mine.get(offer, 0), self._given[offer]
            )
        return found

    def _begin(self, day: str) -> None:
        if day != self._day:
            self._day, self._today = day, {}

    def _look_up(self, db: sqlite3.Connection, offer: int, offers: ShopOffers) -> None:
        """Find what an offer had given before the first day."""
        self._in_all[offer] = self._given[offer] = 0
        row = db.execute("SELECT given_minor FROM offers WHERE offer_id = ?", (offer,)).fetchone()
        if offer == self.tried or row is None:
            return
        self._in_all[offer] = db.execute(BEFORE_DAY, (offer, self.first_day)).fetchone()[0]
        if any(each.view.offer_id == offer and each.view.limits.budget_minor for each in offers.book.offers):
            self._given[offer] = row[0] - db.execute(GIVEN_SINCE, (offer, self.first_day)).fetchone()[0]

    def _of_member(self, db: sqlite3.Connection, customer: Customer) -> dict[int, int]:
        known = self._by_member.get(customer.member_id)
        if known is None:
            rows = db.execute(BY_MEMBER, (json.dumps(customer.family), self.first_day))
            known = {row[0]: row[1] for row in rows if row[0] != self.tried}
            self._by_member[customer.member_id] = known
        return known

    def note(self, steps: Iterable[Step], offers: ShopOffers, day: str, customer: Customer | None) -> None:
        """Count what the limited offers gave in a sale; `used` was asked for the same one before."""
        if not offers.counted:
            return
        self._begin(day)
        for step in steps:
            offer = step.offer_id or 0
            if offer not in offers.counted:
                continue
            self._in_all[offer] += step.times
            self._given[offer] += step.saved_minor
            self._today[offer] = self._today.get(offer, 0) + step.times
            if customer is not None and offers.per_member:
                mine = self._by_member.setdefault(customer.member_id, {})
                mine[offer] = mine.get(offer, 0) + step.times


def family_of(member_id: int, merged: Sequence[int]) -> Customer:
    """Return a member with those who were merged into this one."""
    return Customer(member_id, (member_id, *merged))
