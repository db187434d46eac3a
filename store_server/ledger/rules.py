"""What an entry of the ledger must be: postings that sum to zero in each unit."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """An account by its name: `drawer` of lane `1` in `CNY`.

    Kinds: `drawer` (cash in a lane's drawer), `tender` (claims from cards and pay apps, by tender),
    `sales` (what was sold without its tax, negative as income is), `tax` (owed, by rate), `rounding`,
    `points_kept` (kept of refunds for points that were spent), `safe` (cash outside the drawers),
    `cash_difference` (counted less than expected, or more).
    """

    kind: str
    owner: str
    unit: str


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount on one account; positive for what comes in to it."""

    account: Account
    amount: int


def residual(postings: Iterable[Posting]) -> dict[str, int]:
    """Return what the postings leave over per unit; empty when they sum to zero."""
    sums: Counter[str] = Counter()
    for posting in postings:
        sums[posting.account.unit] += posting.amount
    return {unit: amount for unit, amount in sums.items() if amount}
