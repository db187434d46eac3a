"""The fraction rule of refunds: what a sale did is undone by the share of its value that came back (pure)."""

from protocol.money import Rounding, divide


def still_to_undo(whole: int, returned_minor: int, total_minor: int, undone: int) -> int:
    """Return what to undo of `whole` when `returned_minor` of `total_minor` have come back in all.

    Earlier refunds are in both `returned_minor` and `undone`. Rounded down each time and never less than
    before, so that the last refund undoes exactly the rest, in however many parts the goods come.
    """
    if total_minor <= 0:
        return 0
    returned = max(0, min(returned_minor, total_minor))
    return max(0, divide(whole * returned, total_minor, Rounding.DOWN) - undone)
