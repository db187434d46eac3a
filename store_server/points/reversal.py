"""What a refund does to the points of its sale: by the fraction of the value that came back (pure)."""

from dataclasses import dataclass

from store_server.pricing.returned import VALUE_ALONE, GoodsBack, points_to_return, still_to_undo


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


def undo(sold: Sold, returned_minor: int, goods: GoodsBack = VALUE_ALONE) -> Undo:
    """Return what to undo when goods worth `returned_minor` have come back, earlier refunds included.

    `goods` says what came back where the value does not say it: of a sale that cost points alone, and of
    goods with points in their price.
    """

    def still(points: int, undone: int) -> int:
        return still_to_undo(points, returned_minor, sold.total_minor, undone, goods)

    return Undo(
        still(sold.earned, sold.earned_undone),
        points_to_return(sold.spent, returned_minor, sold.total_minor, sold.spent_undone, goods),
        still(sold.shared, sold.shared_undone),
    )
