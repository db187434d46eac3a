"""The payments of a finished sale as what can still go back to each of them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from store_server.points.selling import POINTS
from store_server.refunds import tables
from store_server.refunds.rules import Source
from store_server.sales.rows import EXCHANGE, Basket, Tender


def sources_of(db: sqlite3.Connection, basket: Basket) -> tuple[Source, ...]:
    """Return the payments: cash as one, less the change; what an exchange paid is what stood behind it."""
    so_far = tables.given(db, basket.sale.sale_id)
    found = []
    for source in _all(db, basket):
        given = so_far.get(source.source_id, tables.Given())
        found.append(replace(source, given_value_minor=given.value_minor, given_minor=given.settled_minor))
    return tuple(found)


def _all(db: sqlite3.Connection, basket: Basket) -> Iterator[Source]:
    paid = _without_change(basket)
    cash = [tender for tender in basket.tenders if tender.is_cash]
    for tender in basket.tenders:
        if tender.tender == EXCHANGE:
            yield from _behind_exchange(db, basket.sale.sale_id)
        elif not tender.is_cash:
            yield _source(tender, paid[tender.position], 0)
    if cash:
        # Last, so that a cent that is left over at a tie goes to what needs no coins.
        amount = sum(paid[tender.position] for tender in cash)
        yield _source(cash[0], amount, basket.sale.rounding_minor)
    elif basket.sale.rounding_minor:
        kind = tables.cash_kind(db)
        yield Source(None, kind.tender, kind.name, 0, -basket.sale.rounding_minor, True, True)


def _source(tender: Tender, paid_minor: int, rounding_minor: int) -> Source:
    return Source(
        source_id=tender.tender_id,
        tender=tender.tender,
        name=tender.name,
        paid_minor=paid_minor,
        value_minor=paid_minor - rounding_minor,
        is_cash=tender.is_cash,
        counts_in_drawer=bool(tender.counts_in_drawer),
        reference=tender.reference,
        stays_itself=tender.tender == POINTS,
    )


def _without_change(basket: Basket) -> dict[int, int]:
    """Return what each payment brought in, by its position; change is taken off cash first."""
    change = basket.sale.change_minor
    paid = {tender.position: tender.amount_minor for tender in basket.tenders}
    for tender in sorted(basket.tenders, key=lambda each: (not each.is_cash, not each.gives_change)):
        off = min(change, paid[tender.position]) if tender.gives_change else 0
        paid[tender.position] -= off
        change -= off
    return paid


def _behind_exchange(db: sqlite3.Connection, sale_id: str) -> Iterator[Source]:
    for row in tables.behind_exchange(db, sale_id):
        yield Source(
            source_id=row["tender_id"],
            tender=row["tender"],
            name=row["name"],
            paid_minor=row["amount"],
            value_minor=row["amount"],
            is_cash=bool(row["gives_change"] and row["counts_in_drawer"]),
            counts_in_drawer=bool(row["counts_in_drawer"]),
            reference=row["reference"],
        )
