"""What a basket is priced with beside its rows: offers, who buys, when, and what was given before."""

from collections.abc import Iterable
from datetime import date

from store_server.catalogue.category_tree import CategoryTree, category_tree
from store_server.catalogue.tier_prices import own_prices
from store_server.coupons.selling import held_coupons
from store_server.database.unit_of_work import Work, read_time
from store_server.members.tables import merged_ids
from store_server.offers import tables as offers
from store_server.offers.book import ShopOffers, shop_offers
from store_server.points.selling import POINTS, points_there
from store_server.pricing.coupons import Coupon
from store_server.pricing.occasion import Shopper, Used, occasion_at
from store_server.sales.rows import Basket
from store_server.sales.rules import PLAIN, Surroundings
from store_server.shifts.reading import present_date

_PERSON = "SELECT birthday FROM members WHERE member_id = ?"
_TAGS = "SELECT tag FROM member_tags WHERE member_id = ?"
_BOUGHT = "SELECT 1 FROM sales WHERE member_id = ? AND state = 'finished' LIMIT 1"


def surroundings(work: Work, basket: Basket, shop: ShopOffers | None = None) -> Surroundings:
    """Return what the basket is priced with; a shop without offers is asked nothing.

    `shop` takes the place of the offers that are live, to try others.
    """
    sale = basket.sale
    shop = shop or shop_offers(work)
    own = own_prices(work, sale.member_tier, basket.live) if sale.member_id is not None else {}
    coupons = held_coupons(work, sale.sale_id) if sale.coupons else []
    if not shop.book.offers and not coupons:
        return Surroundings(own_prices=own) if own else PLAIN
    tree = category_tree(work)
    occasion = occasion_at(
        read_time(sale.priced_at) if sale.priced_at else work.now,
        work.settings.zone,
        member_as_shopper(work, basket, shop, coupons),
        used_before(work, basket, shop, tree),
        spend_points=bool(sale.spend_points),
    )
    return Surroundings(shop.book, occasion, coupons, tree.chain, own)


def used_before(work: Work, basket: Basket, shop: ShopOffers, tree: CategoryTree) -> dict[int, Used]:
    """Return what those offers have given before that are limited and about goods of the basket."""
    if not shop.counted:
        return {}
    book = shop.book
    about = set()
    for line in basket.live:
        hits = book.hits(line.product_id, tree.chain(line.category_id))
        for slot in (*hits.pieces, *hits.spend):
            about.add(book.offers[book.slots[slot].key].view.offer_id or 0)
    wanted = about & shop.counted
    if not wanted:
        return {}
    member = basket.sale.member_id
    people: list[int] = []
    if member is not None and wanted & shop.per_member:
        people = [member, *merged_ids(work.db, member)]
    return offers.used(work.db, wanted, present_date(work), people)


def member_as_shopper(
    work: Work, basket: Basket, shop: ShopOffers, coupons: Iterable[Coupon]
) -> Shopper | None:
    """Return the member beside the sale, as far as offers and coupons ask."""
    sale = basket.sale
    if sale.member_id is None:
        return None
    db, asked = work.db, [coupon.conditions for coupon in coupons]
    tags: frozenset[str] = frozenset()
    if shop.asks_tags or any(conditions.tags for conditions in asked):
        tags = frozenset(row[0] for row in db.execute(_TAGS, (sale.member_id,)))
    birthday = ""
    if shop.asks_birthday or any(conditions.birthday for conditions in asked):
        birthday = db.execute(_PERSON, (sale.member_id,)).fetchone()[0]
    bought = 0
    if shop.asks_first_purchase or any(conditions.first_purchase for conditions in asked):
        people = (sale.member_id, *merged_ids(db, sale.member_id))
        bought = sum(db.execute(_BOUGHT, (each,)).fetchone() is not None for each in people)
    points = _points(work, basket) if shop.asks_points else 0
    return Shopper(sale.member_tier, tags, birthday, bought, points)


def _points(work: Work, basket: Basket) -> int:
    """Return what the member can spend beside the payments with points that were taken."""
    assert basket.sale.member_id is not None
    there = points_there(work, basket.sale.member_id, date.fromisoformat(present_date(work)))
    taken = sum(int(each.reference) for each in basket.tenders if each.tender == POINTS)
    return max(there - taken, 0)
