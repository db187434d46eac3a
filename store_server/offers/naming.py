"""What goods, categories, tiers and coupons are called that offers speak of."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from protocol.offer import Bundle, BuyGet, GoodsRange, OfferConditions, OfferView, Threshold
from store_server.database.unit_of_work import Work
from store_server.pricing.wording import Names

_TABLES = {
    "products": "SELECT product_id, name FROM products WHERE product_id IN (SELECT value FROM json_each(?))",
    "categories": (
        "SELECT category_id, name FROM categories WHERE category_id IN (SELECT value FROM json_each(?))"
    ),
    "tiers": "SELECT tier, name FROM tiers WHERE tier IN (SELECT value FROM json_each(?))",
    "coupon_batches": (
        "SELECT batch_id, name FROM coupon_batches WHERE batch_id IN (SELECT value FROM json_each(?))"
    ),
}


@dataclass(slots=True)
class Spoken:
    """The numbers of what is spoken of."""

    products: set[int] = field(default_factory=set)
    categories: set[int] = field(default_factory=set)
    tiers: set[int] = field(default_factory=set)
    coupon_batches: set[int] = field(default_factory=set)

    def add_range(self, goods: GoodsRange | None) -> None:
        """Note the goods of a range and its exceptions."""
        if goods is not None:
            self.products.update(goods.products, goods.except_products)
            self.categories.update(goods.categories, goods.except_categories)

    def add_conditions(self, conditions: OfferConditions) -> None:
        """Note the tiers of conditions."""
        self.tiers.update(conditions.tiers)

    def add_offer(self, view: OfferView) -> None:
        """Note all that an offer speaks of."""
        self.add_range(view.goods)
        self.add_conditions(view.conditions)
        match view.benefit:
            case BuyGet(get_range=other):
                self.add_range(other)
            case Bundle(parts=parts):
                for part in parts:
                    self.add_range(part.goods)
            case Threshold(steps=steps):
                self.products.update(s.gift_product_id for s in steps if s.gift_product_id is not None)
                self.coupon_batches.update(s.coupon_batch_id for s in steps if s.coupon_batch_id is not None)
            case _:
                pass

    def missing(self, db: sqlite3.Connection) -> dict[str, list[int]]:
        """Return what is not there, by table."""
        found = {table: _names(db, table, getattr(self, table)) for table in _TABLES}
        gone = {table: sorted(getattr(self, table) - names.keys()) for table, names in found.items()}
        return {table: numbers for table, numbers in gone.items() if numbers}


def _names(db: sqlite3.Connection, table: str, numbers: Iterable[int]) -> dict[int, str]:
    wanted = sorted(numbers)
    if not wanted:
        return {}
    return {row[0]: row[1] for row in db.execute(_TABLES[table], (json.dumps(wanted),))}


def names_of(work: Work, spoken: Spoken) -> Names:
    """Return the names of all that is spoken of, with the store's money and clock."""
    found = {table: _names(work.db, table, getattr(spoken, table)) for table in _TABLES}
    return Names(currency=work.settings.currency, zone=work.settings.zone, **found)


def names_for(work: Work, offers: Iterable[OfferView]) -> Names:
    """Return the names that the sentences about offers need."""
    spoken = Spoken()
    for view in offers:
        spoken.add_offer(view)
    return names_of(work, spoken)
