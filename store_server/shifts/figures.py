"""Figures of a shift or a day, read from the rows of sales and events; writes nothing."""

import sqlite3
from collections import Counter
from dataclasses import dataclass

from protocol.language import _
from protocol.messages.shifts import DayFigures, TenderTotal
from store_server.database.unit_of_work import Work, read_time
from store_server.shifts import tables
from store_server.shifts.rules import Event

# Each query is asked of a shift or of a day. The tables of sales and refunds are read here and never written:
# they know the shifts, and not the other way round.
_TOTALS = """
SELECT count(*) AS sales, coalesce(sum(item_count_thousandths), 0) AS items,
    coalesce(sum(gross_minor), 0) AS gross, coalesce(sum(total_minor), 0) AS net,
    coalesce(sum(tax_added_minor), 0) AS added,
    coalesce(sum(rounding_minor), 0) AS rounding, coalesce(sum(rounding_minor <> 0), 0) AS roundings
FROM sales WHERE state = 'finished' AND """
_REFUNDS = """
SELECT count(*) AS refunds, coalesce(sum(amount_minor), 0) AS amount,
    coalesce(sum(rounding_minor), 0) AS rounding, coalesce(sum(rounding_minor <> 0), 0) AS roundings
FROM refunds WHERE """
_CASHIERS = """
SELECT operator_id, operator_name, sum(n) AS sales, sum(net) AS net FROM (
    SELECT operator_id, operator_name, 1 AS n, total_minor AS net FROM sales WHERE state = 'finished' AND {on}
    UNION ALL SELECT operator_id, operator_name, 0, -amount_minor FROM refunds WHERE {on}
) GROUP BY operator_id ORDER BY operator_name
"""
# An exchange is no money: what it took in one row, it gave in another.
_TENDERS = """
SELECT tender, name, counts_in_drawer, count(*) AS n, sum(amount) AS amount FROM (
    SELECT t.tender, t.name, t.counts_in_drawer, t.amount_minor AS amount
    FROM sales s JOIN sale_tenders t USING (sale_id) WHERE s.state = 'finished' AND s.{on}
    UNION ALL SELECT t.tender, t.name, t.counts_in_drawer, -t.amount_minor
    FROM refunds r JOIN refund_tenders t USING (refund_id) WHERE r.{on} AND t.amount_minor > 0
) WHERE tender <> 'exchange' GROUP BY tender ORDER BY min(counts_in_drawer) DESC, tender
"""
_CHANGE = "SELECT coalesce(sum(change_minor), 0) FROM sales WHERE state = 'finished' AND "
_EVENTS = """
SELECT e.kind, e.operator_id, e.operator_name, count(*) AS n, sum(e.amount_minor) AS amount
FROM shift_events e JOIN shifts h USING (shift_id) WHERE """


@dataclass(frozen=True, slots=True)
class Scope:
    """A shift, or a business day."""

    column: str
    """`shift_id` or `business_date`."""
    value: str


@dataclass(frozen=True, slots=True)
class EventTotal:
    """How often one cashier did one kind of thing, and for how much."""

    kind: str
    operator: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CashierTotal:
    """What one cashier sold."""

    operator: str
    count: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A shift or a day in figures."""

    sale_count: int
    item_count_thousandths: int
    refund_count: int
    refund_minor: int
    """What came back, at what was paid for it."""
    gross_minor: int
    discount_minor: int
    net_minor: int
    """What was sold less what came back, tax on top included."""
    rounding_minor: int
    rounding_count: int
    tenders: tuple[TenderTotal, ...]
    drawer_tenders: frozenset[str]
    """The tenders whose money lies in the drawer."""
    cashiers: tuple[CashierTotal, ...]
    events: tuple[EventTotal, ...]

    def count(self, kind: Event) -> int:
        """Return how often it was done."""
        return sum(event.count for event in self.events if event.kind == kind)

    def amount(self, kind: Event) -> int:
        """Return for how much in all."""
        return sum(event.amount_minor for event in self.events if event.kind == kind)


def shift_scope(shift_id: str) -> Scope:
    """Return the scope of one shift."""
    return Scope("shift_id", shift_id)


def day_scope(business_date: str) -> Scope:
    """Return the scope of one business day."""
    return Scope("business_date", business_date)


def sale_count(db: sqlite3.Connection, shift_id: str) -> int:
    """Return how many sales were finished in the shift."""
    query = "SELECT count(*) FROM sales WHERE shift_id = ? AND state = 'finished'"
    return int(db.execute(query, (shift_id,)).fetchone()[0])


def figures_of(db: sqlite3.Connection, scope: Scope) -> Figures:
    """Return the figures of a shift or a day."""
    on, key = f"{scope.column} = ?", (scope.value,)
    totals = db.execute(_TOTALS + on, key).fetchone()
    back = db.execute(_REFUNDS + on, key).fetchone()
    tenders = db.execute(_TENDERS.format(on=on), key * 2).fetchall()
    change = int(db.execute(_CHANGE + on, key).fetchone()[0])
    cashiers = db.execute(_CASHIERS.format(on=on), key * 2).fetchall()
    events = db.execute(
        f"{_EVENTS} h.{on} GROUP BY e.kind, e.operator_id ORDER BY e.kind, e.operator_name", key
    ).fetchall()
    return Figures(
        sale_count=totals["sales"],
        item_count_thousandths=totals["items"],
        refund_count=back["refunds"],
        refund_minor=back["amount"],
        gross_minor=totals["gross"],
        discount_minor=totals["gross"] + totals["added"] - totals["net"],
        net_minor=totals["net"] - back["amount"],
        rounding_minor=totals["rounding"] + back["rounding"],
        rounding_count=totals["roundings"] + back["roundings"],
        tenders=_tender_totals(tenders, change),
        drawer_tenders=frozenset(row["tender"] for row in tenders if row["counts_in_drawer"]),
        cashiers=tuple(CashierTotal(r["operator_name"], r["sales"], r["net"]) for r in cashiers),
        events=tuple(EventTotal(r["kind"], r["operator_name"], r["n"], r["amount"]) for r in events),
    )


def _tender_totals(rows: list[sqlite3.Row], change_minor: int) -> tuple[TenderTotal, ...]:
    """Change is cash: it leaves by the first tender that lies in the drawer."""
    totals = []
    for row in rows:
        amount, name = row["amount"], row["name"]
        if row["counts_in_drawer"]:
            amount, change_minor = amount - change_minor, 0
        totals.append(TenderTotal(tender=row["tender"], name=_(name), count=row["n"], amount_minor=amount))
    return tuple(totals)


def _by_hour(work: Work, business_date: str) -> tuple[TenderTotal, ...]:
    """Grouped by the minute first, because some zones are off by half an hour."""
    counts: Counter[str] = Counter()
    amounts: Counter[str] = Counter()
    rows = work.db.execute(
        "SELECT min(ended_at) AS at, count(*) AS n, sum(total_minor) AS net FROM sales "
        "WHERE state = 'finished' AND business_date = ? GROUP BY substr(ended_at, 1, 16)",
        (business_date,),
    )
    for row in rows:
        hour = f"{read_time(row['at']).astimezone(work.settings.zone):%H}"
        counts[hour] += row["n"]
        amounts[hour] += row["net"]
    return tuple(
        TenderTotal(tender=hour, name=f"{hour}:00", count=counts[hour], amount_minor=amounts[hour])
        for hour in sorted(counts)
    )


def day_figures(work: Work, business_date: str) -> DayFigures:
    """Return a business day in figures."""
    found = figures_of(work.db, day_scope(business_date))
    difference = work.db.execute(
        "SELECT coalesce(sum(counted_minor - expected_minor), 0) FROM shifts "
        "WHERE business_date = ? AND closed_at IS NOT NULL",
        (business_date,),
    ).fetchone()[0]
    return DayFigures(
        business_date=business_date,
        closed=tables.day_is_closed(work.db, business_date),
        sale_count=found.sale_count,
        item_count_thousandths=found.item_count_thousandths,
        refund_count=found.refund_count,
        refund_minor=found.refund_minor,
        gross_minor=found.gross_minor,
        discount_minor=found.discount_minor,
        net_minor=found.net_minor,
        tenders=found.tenders,
        by_hour=_by_hour(work, business_date),
        void_count=found.count(Event.VOID),
        void_minor=found.amount(Event.VOID),
        cancelled_count=found.count(Event.CANCEL),
        no_sale_count=found.count(Event.NO_SALE),
        override_count=found.count(Event.OVERRIDE),
        reprint_count=found.count(Event.REPRINT),
        difference_minor=difference,
    )
