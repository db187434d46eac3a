"""The fraction rule of refunds: what a sale did is undone by the share of its value that came back (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from protocol.money import Rounding, divide


@dataclass(frozen=True, slots=True)
class GoodsBack:
    """What came back of a sale beside its value, earlier refunds included."""

    quantity_thousandths: int = 0
    of_thousandths: int = 0
    """All that was sold; 0: not asked for."""
    price_points: int = 0
    """The points that went with the money in the prices of the goods."""
    price_points_back: int = 0
    """Those of the goods that came back."""


VALUE_ALONE = GoodsBack()


@dataclass(frozen=True, slots=True)
class LineBack:
    """A line that was sold, and what came back of it so far."""

    quantity_thousandths: int
    returned_thousandths: int
    price_points: int = 0
    """The points in its price."""


def goods_back(lines: Iterable[LineBack]) -> GoodsBack:
    """Return what came back of all lines; the points of a line go by the quantity, rounded down."""
    back = sold = points = points_back = 0
    for line in lines:
        back += line.returned_thousandths
        sold += line.quantity_thousandths
        points += line.price_points
        points_back += line.price_points * line.returned_thousandths // line.quantity_thousandths
    return GoodsBack(back, sold, points, points_back)


def still_to_undo(
    whole: int, returned_minor: int, total_minor: int, undone: int, goods: GoodsBack = VALUE_ALONE
) -> int:
    """Return what to undo of `whole` when `returned_minor` of `total_minor` have come back in all.

    Earlier refunds are in both `returned_minor` and `undone`. Rounded down each time and never less than
    before, so that the last refund undoes exactly the rest, in however many parts the goods come. A sale that
    cost no money has no share of it: there the quantity counts.
    """
    return max(0, _share(whole, returned_minor, total_minor, goods) - undone)


def points_to_return(
    spent: int, returned_minor: int, total_minor: int, undone: int, goods: GoodsBack = VALUE_ALONE
) -> int:
    """Return what to give back of the points that were spent: those in a price come back with its goods."""
    paid = spent - goods.price_points
    found = _share(paid, returned_minor, total_minor, goods) + goods.price_points_back
    return max(0, found - undone)


def _share(whole: int, returned_minor: int, total_minor: int, goods: GoodsBack) -> int:
    returned, total = returned_minor, total_minor
    if total <= 0:
        returned, total = goods.quantity_thousandths, goods.of_thousandths
    if total <= 0:
        return 0
    return divide(whole * max(0, min(returned, total)), total, Rounding.DOWN)
