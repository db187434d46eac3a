"""Products' own prices for single tiers: a price list per tier, in place of the tier's discount."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Protocol

from protocol.messages.prices import TierPrice
from store_server.database.unit_of_work import Work

KEPT = "tier_prices"
"""The word under which is kept whether the shop has any."""
_ANY = "SELECT EXISTS (SELECT 1 FROM tier_prices)"
OWN = (
    "SELECT product_id, price_minor FROM tier_prices "
    "WHERE tier = ?1 AND product_id IN (SELECT value FROM json_each(?2))"
)


class Goods(Protocol):
    """A line of a sale, as far as its price is looked for."""

    @property
    def product_id(self) -> int:
        """The product."""


def own_prices(work: Work, tier: int, lines: Iterable[Goods]) -> dict[int, int]:
    """Return what goods cost members of a tier where they have a price of their own for it."""
    if KEPT in work.stale or KEPT not in work.kept:
        there = bool(work.db.execute(_ANY).fetchone()[0])
        if KEPT not in work.stale:
            work.kept[KEPT] = there
    else:
        there = work.kept[KEPT]
    if not there:
        return {}
    products = json.dumps(sorted({line.product_id for line in lines}))
    return {row[0]: row[1] for row in work.db.execute(OWN, (tier, products))}


def tier_prices_of(db: sqlite3.Connection, products: Iterable[int]) -> dict[int, tuple[TierPrice, ...]]:
    """Return the own prices of products, by rank of the tier."""
    found: dict[int, tuple[TierPrice, ...]] = {}
    query = (
        "SELECT product_id, tier, price_minor FROM tier_prices "
        "WHERE product_id IN (SELECT value FROM json_each(?)) ORDER BY product_id, tier"
    )
    for product_id, tier, price in db.execute(query, (json.dumps(list(products)),)):
        found[product_id] = (*found.get(product_id, ()), TierPrice(tier=tier, price_minor=price))
    return found


def save_prices(work: Work, product_id: int, prices: Iterable[TierPrice]) -> None:
    """Replace a product's own prices for tiers."""
    work.db.execute("DELETE FROM tier_prices WHERE product_id = ?", (product_id,))
    work.db.executemany(
        "INSERT INTO tier_prices VALUES (?,?,?)",
        [(product_id, each.tier, each.price_minor) for each in prices],
    )
    work.stale.add(KEPT)
