"""Shares a whole out by weights, to the last unit: the largest remainder method."""

from collections.abc import Sequence


def share_out(whole: int, weights: Sequence[int]) -> list[int]:
    """Return one share per weight; they sum to `whole` and none is above its weight or below zero.

    Each gets the whole part of `whole * weight / sum(weights)`; the units that are left go to the largest
    remainders, the earlier one at a tie. Raises ValueError unless 0 <= whole <= sum(weights) and no weight
    is negative.
    """
    total = sum(weights)
    if any(weight < 0 for weight in weights) or not 0 <= whole <= total:
        raise ValueError(f"cannot share {whole} over {list(weights)}")
    if whole == 0:
        return [0] * len(weights)
    shares = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(whole * weights[i] % total), i))
    for i in by_remainder[: whole - sum(shares)]:
        shares[i] += 1
    return shares
