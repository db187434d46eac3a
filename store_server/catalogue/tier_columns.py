"""The columns of a list of products that hold prices for single tiers: `tier_price:Gold`."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping

from protocol.language import N_, _
from protocol.messages.prices import TierPrice
from store_server.catalogue import cells
from store_server.catalogue.tier_prices import save_prices, tier_prices_of
from store_server.database.unit_of_work import Work
from store_server.lists import CellError, Column

PREFIX = "tier_price:"


def _tiers(db: sqlite3.Connection) -> dict[str, int]:
    """Return the tiers by column; of two with one name the lower has the column."""
    rows = db.execute("SELECT name, tier FROM tiers ORDER BY tier DESC")
    return {PREFIX + row[0]: row[1] for row in rows}


def columns(db: sqlite3.Connection) -> tuple[Column, ...]:
    """Return one column for each tier."""
    explanation = N_("What it costs members of this tier; empty: the tier's discount holds.")
    return tuple(Column(name, name, explanation) for name in sorted(_tiers(db), key=_tiers(db).__getitem__))


def read(
    work: Work, row: Mapping[str, str], product_id: int | None
) -> tuple[dict[int, int], dict[int, int], list[CellError]]:
    """Return a product's prices for tiers as they are and as the row wants them, and what is wrong with it.

    Columns that are not in the file keep their values.
    """
    old: dict[int, int] = {}
    if product_id is not None:
        there = tier_prices_of(work.db, [product_id]).get(product_id, ())
        old = {each.tier: each.price_minor for each in there}
    new, errors = dict(old), []
    for column, tier in _tiers(work.db).items():
        if column not in row:
            continue
        text = row[column]
        if not text:
            new.pop(tier, None)
            continue
        try:
            new[tier] = cells.amount(text, work.settings.currency)
        except cells.BadCell as bad:
            errors.append(CellError(column, text[:4000], str(bad)))
            continue
        if new[tier] <= 0:
            words = _("A price for a tier is above zero; leave the cell empty for none.")
            errors.append(CellError(column, text[:4000], words))
    return old, new, errors


def differences(work: Work, old: Mapping[int, int], new: Mapping[int, int]) -> Iterator[str]:
    """Yield what the row would change, in words."""
    currency = work.settings.currency
    for column, tier in _tiers(work.db).items():
        if old.get(tier) != new.get(tier):
            there, here = (cells.write_amount(prices.get(tier), currency) or "–" for prices in (old, new))
            yield f"{column} {there} → {here}"


def apply(work: Work, product_id: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """Give a product these prices, by tier as text; return those that it had."""
    there = tier_prices_of(work.db, [product_id]).get(product_id, ())
    old = {str(each.tier): each.price_minor for each in there}
    if old != dict(wanted):
        prices = [TierPrice(tier=int(tier), price_minor=price) for tier, price in wanted.items()]
        save_prices(work, product_id, prices)
    return old


def written(work: Work, product_id: int, names: Collection[str]) -> dict[str, str]:
    """Return the cells of a product, in the form in which `read` reads them."""
    by_tier = _tiers(work.db)
    if by_tier.keys().isdisjoint(names):
        return {}
    there = {
        each.tier: each.price_minor for each in tier_prices_of(work.db, [product_id]).get(product_id, ())
    }
    currency = work.settings.currency
    return {name: cells.write_amount(there.get(tier), currency) for name, tier in by_tier.items()}
