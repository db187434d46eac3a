"""Which offers on goods work, and in which order: by priority, then the one that takes the greatest part off.

Inside an exclusive group the offer wins by which the customer pays least. What has been taken cannot be
taken again; an offer is measured when its priority's turn comes, and once more before it works if goods that
it wants were taken meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from store_server.pricing import bundles, groups, singles
from store_server.pricing.conditions import Terms
from store_server.pricing.offers import Offer
from store_server.pricing.sheet import Sheet
from store_server.pricing.units import Proposal

_FINENESS = 10**9


@dataclass(slots=True)
class Candidate:
    """An offer on goods that may work in this sale."""

    offer: Offer
    terms: Terms
    roles: Sequence[Sequence[int]]
    """Pools by role, the dearest first."""
    savings: list[singles.Saving] | None = None
    """Of an offer on single pieces: what comes off each, which does not change while a sale is calculated."""


@dataclass(slots=True)
class _Entry:
    """One place in the order: an offer, or an exclusive group of them."""

    members: list[Candidate]
    best: Candidate | None = None
    proposal: Proposal | None = None
    measured_at: int = 0
    """How many offers had worked when it was measured."""

    @property
    def part_off(self) -> int:
        """Return which part of the price of its goods it takes off."""
        if self.proposal is None or not self.proposal.value_minor:
            return 0
        return self.proposal.saved_minor * _FINENESS // self.proposal.value_minor


class Chooser:
    """Lets the offers on goods work on a sheet."""

    def __init__(self, sheet: Sheet, points: int) -> None:
        """Work on the sheet; `points` are what the customer wants to spend at most."""
        self.sheet = sheet
        self.points = points
        self.groups_used: dict[str, int] = {}
        """By exclusive group, the offer of it that worked."""
        self._now = 0
        """How many offers have worked."""
        self._taken_at = [0] * len(sheet.pools)
        """By pool, when units of it were taken last."""
        self._points_at = 0
        self._by_hand = any(line.discount.amount_minor or line.discount.rate_ppm for line in sheet.lines)

    def run(self, candidates: Sequence[Candidate]) -> None:
        """Let them work, the highest priority first."""
        levels: dict[int, list[Candidate]] = {}
        for candidate in candidates:
            levels.setdefault(candidate.offer.priority, []).append(candidate)
        for priority in sorted(levels, reverse=True):
            self._level(_entries(levels[priority]))

    def propose(self, candidate: Candidate) -> Proposal:
        """Return what an offer would do as the sheet stands."""
        pools, left, terms, roles = self.sheet.pools, self.sheet.left, candidate.terms, candidate.roles
        benefit = candidate.offer.view.benefit
        # By the word and not by the class, as in `singles`.
        if benefit.kind == "bundle":
            return bundles.propose(benefit, roles, pools, left, terms)
        if benefit.kind == "buy_get" and len(roles) > 1:
            return groups.propose_other_range(benefit, roles[0], roles[1], pools, left, terms)
        if (
            benefit.kind == "n_for"
            or benefit.kind == "buy_get"
            or benefit.kind == "cheapest_free"
            or benefit.kind == "nth_item"
        ):
            return groups.propose(benefit, roles[0], pools, left, terms)
        if benefit.kind == "threshold":
            raise TypeError("a threshold is no offer on goods")
        if candidate.savings is None:
            candidate.savings = singles.savings(benefit, roles[0], pools)
        if benefit.kind != "points_price":
            return singles.propose(candidate.savings, pools, left, terms)
        affordable = Terms(min(terms.times, self.points // benefit.points), terms.budget_minor)
        proposal = singles.propose(candidate.savings, pools, left, affordable)
        proposal.points = proposal.times * benefit.points
        return proposal

    def really_saved(self, proposal: Proposal) -> int:
        """Return by how much less is paid after the discounts by hand on the lines, which come afterwards."""
        if not self._by_hand:
            return proposal.saved_minor
        proposal.share(self.sheet.pools)
        offs: dict[int, int] = {}
        for place, off in proposal.off_minor.items():
            line = self.sheet.pools[place].line
            offs[line] = offs.get(line, 0) + off
        saved = 0
        for line, off in offs.items():
            before, hand = self.sheet.amounts[line], self.sheet.lines[line].discount
            saved += off - hand.on(before) + hand.on(before - off)
        return saved

    def _measure(self, entry: _Entry) -> bool:
        """Find the entry's best offer; return whether there is one that saves anything."""
        most = 0
        entry.best = entry.proposal = None
        entry.measured_at = self._now
        for candidate in entry.members:
            proposal = self.propose(candidate)
            if not proposal.saved_minor:
                continue
            saved = self.really_saved(proposal)
            if saved > most:
                most, entry.best, entry.proposal = saved, candidate, proposal
        return entry.best is not None

    def _level(self, entries: list[_Entry]) -> None:
        queue = [(-entry.part_off, place) for place, entry in enumerate(entries) if self._measure(entry)]
        heapify(queue)
        while queue:
            _part, place = heappop(queue)
            entry = entries[place]
            assert entry.best is not None
            assert entry.proposal is not None
            if self._is_old(entry):
                if self._measure(entry):
                    heappush(queue, (-entry.part_off, place))
                continue
            self._work(entry.best, entry.proposal)

    def _is_old(self, entry: _Entry) -> bool:
        """Return whether goods or points that it wants were taken since it was measured."""
        taken_at, measured_at = self._taken_at, entry.measured_at
        return self._points_at > measured_at or any(
            taken_at[place] > measured_at for each in entry.members for role in each.roles for place in role
        )

    def _work(self, candidate: Candidate, proposal: Proposal) -> None:
        offer = candidate.offer
        proposal.share(self.sheet.pools)
        self.sheet.apply(offer, proposal, is_bundle=offer.view.benefit.kind == "bundle")
        self._now += 1
        for place in proposal.taken:
            self._taken_at[place] = self._now
        if proposal.points:
            self.points -= proposal.points
            self._points_at = self._now
        if offer.view.exclusive_group:
            self.groups_used[offer.view.exclusive_group] = offer.key


def _entries(candidates: Sequence[Candidate]) -> list[_Entry]:
    """Return one entry per offer, and one per exclusive group."""
    entries: list[_Entry] = []
    by_group: dict[str, _Entry] = {}
    for candidate in candidates:
        group = candidate.offer.view.exclusive_group
        if group and group in by_group:
            by_group[group].members.append(candidate)
            continue
        entry = _Entry([candidate])
        entries.append(entry)
        if group:
            by_group[group] = entry
    return entries
