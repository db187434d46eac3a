"""The price list: all prices of goods side by side, and goods' own prices for single tiers."""

import json
import sqlite3
from collections.abc import Iterable

from protocol.identifiers import ProductId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.prices import (
    ListTierPrices,
    PriceFound,
    PriceRow,
    PriceRows,
    SaveTierPrices,
    TierPrice,
    TierPricesChanged,
)
from store_server.catalogue import tables
from store_server.catalogue.prices import PROMOTION, Prices, price_now
from store_server.catalogue.shelf_commands import import_running
from store_server.catalogue.tier_prices import save_prices, tier_prices_of
from store_server.database.unit_of_work import Work, read_time

_ROW = (
    "SELECT p.product_id, p.version, p.code, p.name, p.unit, coalesce(c.name, '') AS category, p.open_price, "
    "p.price_minor, p.market_price_minor, p.promotional_price_minor, p.promotion_from, p.promotion_until "
    "FROM products p LEFT JOIN categories c USING (category_id) WHERE p.pending = 0"
)
_BELOW = (
    "WITH RECURSIVE below (category_id) AS (SELECT :category UNION "
    "SELECT c.category_id FROM categories c JOIN below b ON c.parent_id = b.category_id) "
)
LISTED = (
    f"{_BELOW}{_ROW} AND (:text = '' OR instr(lower(p.code), :text) OR instr(lower(p.name), :text)) "  # noqa: S608  # fixed pieces
    "AND (:category IS NULL OR p.category_id IN (SELECT category_id FROM below)) "
    "AND (NOT :tiers OR p.product_id IN (SELECT product_id FROM tier_prices)) "
    "AND (NOT :promotion OR p.promotional_price_minor IS NOT NULL) "
    "ORDER BY p.code LIMIT :limit OFFSET :offset"
)


def _rows(work: Work, found: Iterable[sqlite3.Row]) -> tuple[PriceRow, ...]:
    rows = list(found)
    own = tier_prices_of(work.db, [row["product_id"] for row in rows])
    return tuple(_row(work, row, own.get(row["product_id"], ())) for row in rows)


def _row(work: Work, row: sqlite3.Row, own: tuple[TierPrice, ...]) -> PriceRow:
    begin = read_time(row["promotion_from"]) if row["promotion_from"] else None
    end = read_time(row["promotion_until"]) if row["promotion_until"] else None
    prices = Prices(row["price_minor"], row["promotional_price_minor"], begin, end)
    return PriceRow(
        product_id=ProductId(row["product_id"]),
        version=row["version"],
        code=row["code"],
        name=row["name"],
        unit=row["unit"],
        category=row["category"],
        open_price=bool(row["open_price"]),
        selling_minor=row["price_minor"],
        market_minor=row["market_price_minor"],
        promotional_minor=row["promotional_price_minor"],
        promotion_from=begin,
        promotion_until=end,
        promotion_active=price_now(prices, work.now)[1] == PROMOTION,
        tier_prices=own,
    )


def list_tier_prices(work: Work, query: ListTierPrices) -> Answer:
    """Products with their prices, by code."""
    values = {
        "text": query.text.strip().lower(),
        "category": query.category_id,
        "tiers": query.with_tier_price,
        "promotion": query.in_promotion,
        "limit": query.limit + 1,
        "offset": query.offset,
    }
    found = work.db.execute(LISTED, values).fetchall()
    return PriceRows(rows=_rows(work, found[: query.limit]), more=len(found) > query.limit)


def _problem(work: Work, command: SaveTierPrices, row: sqlite3.Row | None) -> Refused | None:
    if row is None:
        return Refused(code="no_such_product", explanation=_("This product does not exist."))
    if (running := import_running(work)) is not None:
        return running
    if row["version"] != command.version:
        text = _("Somebody changed {name} in the meantime. Open it again, then make your change.")
        return Refused(code="changed_by_others", explanation=text.format(name=row["name"]))
    named = [each.tier for each in command.prices]
    if len(set(named)) < len(named):
        text = _("A tier has two prices. Please leave one of them.")
        return Refused(code="tier_twice", field="prices", explanation=text)
    query = "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT tier FROM tiers)"
    gone = work.db.execute(query, (json.dumps(named),)).fetchone()
    if gone is not None:
        text = _("The tier {number} does not exist.").format(number=gone[0])
        return Refused(code="unknown", field="prices", explanation=text)
    return None


def save_tier_prices(work: Work, command: SaveTierPrices) -> Answer:
    """Set a product's own prices for single tiers."""
    one = f"{_ROW} AND p.product_id = ?"
    row = work.db.execute(one, (command.product_id,)).fetchone()
    problem = _problem(work, command, row)
    if problem is not None:
        return problem
    old = tier_prices_of(work.db, [command.product_id]).get(command.product_id, ())
    new = tuple(sorted(command.prices, key=lambda each: each.tier))
    if new != old:
        save_prices(work, command.product_id, new)
        work.db.execute(
            "UPDATE products SET version = version + 1 WHERE product_id = ?", (command.product_id,)
        )
        tables.count_change(work.db)
        work.record(
            TierPricesChanged(product_id=command.product_id, code=row["code"], prices=new, old_prices=old)
        )
    return PriceFound(row=_rows(work, work.db.execute(one, (command.product_id,)))[0])


HANDLERS = {
    ListTierPrices: list_tier_prices,
    SaveTierPrices: save_tier_prices,
}
