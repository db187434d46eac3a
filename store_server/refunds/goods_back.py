"""What came back of a sale beside its value: quantities, and the points in the prices of its goods."""

import sqlite3
from collections.abc import Mapping

from store_server.pricing.returned import GoodsBack, LineBack, goods_back
from store_server.sales import steps
from store_server.sales.rows import Basket


def came_back(db: sqlite3.Connection, basket: Basket, returned: Mapping[int, int]) -> GoodsBack:
    """Return what came back of a finished sale; `returned` are thousandths by line, earlier ones included."""
    points = price_points(db, basket)
    return goods_back(
        LineBack(line.quantity_thousandths, returned.get(line.line, 0), points.get(line.line, 0))
        for line in basket.live
    )


def price_points(db: sqlite3.Connection, basket: Basket) -> dict[int, int]:
    """Return the points that went with the money, by the line whose goods they paid."""
    if not basket.sale.price_points:
        return {}
    lines, found = basket.live, dict[int, int]()
    for step in steps.read(db, basket.sale.sale_id, lines):
        if step.points >= 0:
            continue
        # Equal goods on several lines share the money to the cent, so a part may be money without a piece.
        parts = [part for part in step.parts if part.quantity_thousandths]
        left, quantity = -step.points, sum(part.quantity_thousandths for part in parts)
        for part in parts:
            share = left * part.quantity_thousandths // quantity
            left, quantity = left - share, quantity - part.quantity_thousandths
            number = lines[part.line].line
            found[number] = found.get(number, 0) + share
    return found
