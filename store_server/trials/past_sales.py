"""Past sales as they were scanned: read from their rows, at the unit prices that were charged."""

import json
import sqlite3
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from protocol.identifiers import SaleId
from protocol.offer import OfferConditions
from store_server.database.unit_of_work import read_time
from store_server.members.tables import merged_ids
from store_server.offers.book import ShopOffers
from store_server.pricing.coupons import Coupon
from store_server.pricing.occasion import Shopper
from store_server.sales.rows import Basket
from store_server.sales.tables import read_basket
from store_server.trials.past_uses import Customer, family_of

SALES_PER_PAGE = 50
AS_IT_WAS = "as it was"
"""The kind of a list price that nothing replaces: the unit price of a past line stays what was charged."""

DAYS = "SELECT business_date FROM business_days WHERE business_date BETWEEN ? AND ? ORDER BY business_date"
COUNT = "SELECT count(*) FROM sales WHERE state = 'finished' AND business_date = ?1 AND ended_at <= ?2"
PAGE = (
    "SELECT sale_id, ended_at FROM sales WHERE state = 'finished' AND business_date = ?1 "
    "AND (ended_at, sale_id) > (?2, ?3) AND ended_at <= ?4 ORDER BY ended_at, sale_id LIMIT ?5"
)
BOUGHT_BEFORE = (
    "SELECT EXISTS (SELECT 1 FROM sales WHERE member_id IN (SELECT value FROM json_each(?1)) "
    "AND state = 'finished' AND ended_at < ?2)"
)
POINTS_BEFORE = "SELECT balance FROM points_rows WHERE member_id = ? AND at < ? ORDER BY row_id DESC LIMIT 1"
PERSON = "SELECT birthday FROM members WHERE member_id = ?"
TAGS = "SELECT tag FROM member_tags WHERE member_id = ?"
EARNED = "SELECT coalesce(sum(points), 0) FROM points_rows WHERE sale_id = ? AND kind = 'earn'"


@dataclass(frozen=True, slots=True)
class PastSale:
    """A finished sale, ready to be priced anew."""

    basket: Basket
    moment: datetime
    """The moment whose clock holds for it: its last change before the payments."""
    finished: datetime
    """When it was finished: the offers that were there then have priced it, whatever was shown before."""
    day: str
    """Its business date."""
    ended_at: str
    customer: Customer | None
    paid_minor: int
    """What it cost, by its row."""


def days(db: sqlite3.Connection, first: str, last: str) -> list[str]:
    """Return the business dates of the shop in a span."""
    return [row[0] for row in db.execute(DAYS, (first, last))]


def count(db: sqlite3.Connection, day: str, until: str) -> int:
    """Return how many sales of the day were finished until a moment."""
    return int(db.execute(COUNT, (day, until)).fetchone()[0])


def sales_of(db: sqlite3.Connection, day: str, until: str) -> Generator[SaleId, None, None]:
    """Yield the sales of a day in the order in which they were finished; no question stays open meanwhile."""
    ended_at, sale_id = "", ""
    while True:
        page = db.execute(PAGE, (day, ended_at, sale_id, until, SALES_PER_PAGE)).fetchall()
        for row in page:
            yield SaleId(row[0])
        if len(page) < SALES_PER_PAGE:
            return
        sale_id, ended_at = page[-1]


def read_sale(db: sqlite3.Connection, sale_id: SaleId) -> PastSale | None:
    """Return a finished sale."""
    basket = read_basket(db, sale_id)
    if basket is None or basket.sale.state != "finished":
        return None
    sale = basket.sale
    assert sale.ended_at is not None
    assert sale.business_date is not None
    lines = tuple(replace(line, list_kind=AS_IT_WAS) for line in basket.lines)
    member = sale.member_id
    return PastSale(
        basket=replace(basket, lines=lines, tenders=()),
        moment=read_time(sale.priced_at or sale.ended_at),
        finished=read_time(sale.ended_at),
        day=sale.business_date,
        ended_at=sale.ended_at,
        customer=None if member is None else family_of(member, merged_ids(db, member)),
        paid_minor=sale.total_minor,
    )


def shopper_then(
    db: sqlite3.Connection, past: PastSale, offers: ShopOffers, coupons: Iterable[Coupon]
) -> Shopper | None:
    """Return the member as at the sale, as far as offers and coupons ask; tags are those of today."""
    customer = past.customer
    if customer is None:
        return None
    asked: list[OfferConditions] = [coupon.conditions for coupon in coupons]
    member = (customer.member_id,)
    tags: frozenset[str] = frozenset()
    if offers.asks_tags or any(conditions.tags for conditions in asked):
        tags = frozenset(row[0] for row in db.execute(TAGS, member))
    birthday = ""
    if offers.asks_birthday or any(conditions.birthday for conditions in asked):
        birthday = db.execute(PERSON, member).fetchone()[0]
    bought = 0
    if offers.asks_first_purchase or any(conditions.first_purchase for conditions in asked):
        bought = db.execute(BOUGHT_BEFORE, (json.dumps(customer.family), past.ended_at)).fetchone()[0]
    points = 0
    if offers.asks_points:
        row = db.execute(POINTS_BEFORE, (*member, past.ended_at)).fetchone()
        points = 0 if row is None else max(row[0], 0)
    return Shopper(past.basket.sale.member_tier, tags, birthday, bought, points)


def points_earned(db: sqlite3.Connection, sale_id: str) -> int:
    """Return the points that a sale earned."""
    return int(db.execute(EARNED, (sale_id,)).fetchone()[0])
