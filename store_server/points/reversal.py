"""What a refund does to the points of its sale: by the fraction of the value that came back (pure)."""

from dataclasses import dataclass

from store_server.pricing.returned import still_to_undo


@dataclass(frozen=True, slots=True)
class Sold:
    """What a sale did to its member's points, and what earlier refunds undid of it."""

    total_minor: int
    earned: int
    spent: int
    shared: int = 0
    """What the one who brought the member got."""
    earned_undone: int = 0
    spent_undone: int = 0
    shared_undone: int = 0


@dataclass(frozen=True, slots=True)
class Undo:
    """What is still to be undone."""

    earned: int
    spent: int
    shared: int


def undo(sold: Sold, returned_minor: int) -> Undo:
    """Return what to undo when goods worth `returned_minor` have come back, earlier refunds included."""

    def still(points: int, undone: int) -> int:
        return still_to_undo(points, returned_minor, sold.total_minor, undone)

    return Undo(
        still(sold.earned, sold.earned_undone),
        still(sold.spent, sold.spent_undone),
        still(sold.shared, sold.shared_undone),
    )
