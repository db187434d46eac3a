"""One trial: it goes through the sales in small steps, adds up, and keeps the baskets that changed most."""

import heapq
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter

from protocol.identifiers import SaleId, TrialId
from protocol.messages.trials import TrialBasket, TrialState
from protocol.offer import OfferView
from store_server.database.unit_of_work import read_time
from store_server.pricing.occasion import Used
from store_server.trials import past_sales
from store_server.trials.past_sales import PastSale
from store_server.trials.two_worlds import Compared, TwoWorlds, points_more, times_of

BASKETS_KEPT = 5000
"""So many of the baskets that changed most can be read; more would only fill the memory."""


@dataclass(slots=True)
class Figures:
    """What was found so far."""

    looked_at: int = 0
    of: int = 0
    changed: int = 0
    before_minor: int = 0
    after_minor: int = 0
    times: int = 0
    points: int = 0
    not_priced: int = 0


UsedBefore = tuple[Mapping[int, Used], Mapping[int, Used]]
"""What the limited offers had given before a sale, in each world."""
_Kept = tuple[int, int, str, str, str, int, int, int, int, UsedBefore | None]
"""A changed basket: difference, order, sale, receipt, end, lines, before, after, times, what was used before.

A plain tuple of plain values: thousands of objects that the collector of garbage has to look through would
hold a scan up for tens of milliseconds.
"""


@dataclass(slots=True)
class TrialRun:
    """A trial in memory."""

    trial_id: TrialId
    offer: OfferView
    """As it was given, to be read back."""
    first_day: date
    last_day: date
    until: str
    """Only sales that were finished when the trial began."""
    worlds: TwoWorlds
    state: TrialState = TrialState.RUNNING
    figures: Figures = field(default_factory=Figures)
    _heap: list[_Kept] = field(default_factory=list)
    _by_sale: dict[str, _Kept] = field(default_factory=dict)
    _steps: Iterator[None] | None = None

    def step(self, db: sqlite3.Connection) -> None:
        """Do a little of it."""
        if self._steps is None:
            self._steps = self._run(db)
        try:
            over = next(self._steps, self) is self
        except BaseException:
            self.cancel()
            raise
        if over:
            self.state = TrialState.DONE

    def cancel(self) -> None:
        """Stop at once; what was found stays."""
        if self.state is TrialState.RUNNING:
            self.state = TrialState.CANCELLED
        self._steps = None

    def _run(self, db: sqlite3.Connection) -> Iterator[None]:
        days = past_sales.days(db, self.first_day.isoformat(), self.last_day.isoformat())
        for day in days:
            self.figures.of += past_sales.count(db, day, self.until)
            yield
        yield from self.worlds.offers.read(db)
        for day in days:
            with closing(past_sales.sales_of(db, day, self.until)) as sales:
                for sale_id in sales:
                    past = past_sales.read_sale(db, sale_id)
                    if past is not None:
                        yield from self._compile(past)
                        yield from self._look_at(db, past)
                    yield

    def _compile(self, past: PastSale) -> Iterator[None]:
        """Compile the offers of the sale where they are not ready, a step for each world."""
        for world in self.worlds.worlds(past):
            if not self.worlds.offers.is_compiled(past.finished, world):
                self.worlds.offers.at(past.finished, world)
                yield

    def _look_at(self, db: sqlite3.Connection, past: PastSale) -> Iterator[None]:
        """Price the sale, a step for each world: one of a hundred lines takes some milliseconds."""
        then = self.worlds.count(db, past, tried=False)
        yield
        self._add(db, Compared(past, then, self.worlds.count(db, past, tried=True)))

    def _add(self, db: sqlite3.Connection, found: Compared) -> None:
        figures, past = self.figures, found.past
        figures.looked_at += 1
        if self.worlds.offers.with_others and found.then.total_minor != past.paid_minor:
            # Categories were moved, or a coupon's rules have changed since: no ground to compare on.
            figures.not_priced += 1
            return
        figures.before_minor += found.then.total_minor
        figures.after_minor += found.tried.total_minor
        times = times_of(found.tried.made, self.worlds.offers.tried)
        figures.times += times
        if found.is_changed:
            figures.changed += 1
            figures.points += points_more(db, found)
            self._keep(_kept(found, times, figures.changed))

    def _keep(self, kept: _Kept) -> None:
        self._by_sale[kept[2]] = kept
        if len(self._heap) < BASKETS_KEPT:
            heapq.heappush(self._heap, kept)
        else:
            del self._by_sale[heapq.heappushpop(self._heap, kept)[2]]

    def baskets(self, offset: int, limit: int) -> tuple[list[TrialBasket], bool]:
        """Return changed baskets, the greatest difference first, and whether there are more."""
        most = heapq.nlargest(offset + limit + 1, self._heap, key=itemgetter(0, 1))
        return [_view(kept) for kept in most[offset : offset + limit]], len(most) > offset + limit

    def used_before(self, sale_id: SaleId) -> UsedBefore | None:
        """Return what was used before a changed basket; None: it is not among those that are kept."""
        kept = self._by_sale.get(sale_id)
        return None if kept is None else kept[9] or ({}, {})


def _kept(found: Compared, times: int, order: int) -> _Kept:
    sale = found.past.basket.sale
    before, after = found.then.total_minor, found.tried.total_minor
    used = (found.then.used, found.tried.used) if found.then.used or found.tried.used else None
    return (
        abs(before - after),
        -order,
        sale.sale_id,
        sale.receipt_number or "",
        found.past.ended_at,
        len(found.past.basket.live),
        before,
        after,
        times,
        used,
    )


def _view(kept: _Kept) -> TrialBasket:
    _difference, _order, sale_id, receipt_number, ended_at, lines, before, after, times, _used = kept
    return TrialBasket(
        sale_id=SaleId(sale_id),
        receipt_number=receipt_number,
        finished_at=read_time(ended_at),
        line_count=lines,
        before_minor=before,
        after_minor=after,
        times=times,
    )


class Trials:
    """The latest trials of a set of books."""

    KEPT = 5

    def __init__(self) -> None:
        self._runs: dict[TrialId, TrialRun] = {}

    def find(self, trial_id: TrialId) -> TrialRun | None:
        """Return a trial that is still known."""
        return self._runs.get(trial_id)

    def add(self, run: TrialRun) -> None:
        """Keep a new trial; the oldest makes room for it."""
        while len(self._runs) >= self.KEPT:
            oldest = next((r for r in self._runs.values() if r.state is not TrialState.RUNNING), None)
            oldest = oldest or next(iter(self._runs.values()))
            oldest.cancel()
            del self._runs[oldest.trial_id]
        self._runs[run.trial_id] = run

    def running(self) -> TrialRun | None:
        """Return the trial whose turn it is: the one that is behind the others; None when all are over."""
        waiting = [run for run in self._runs.values() if run.state is TrialState.RUNNING]
        return min(waiting, key=lambda run: run.figures.looked_at, default=None)
