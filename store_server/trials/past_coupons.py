"""The coupons that were used in a past sale, as the pricing rules need them."""

import sqlite3
from dataclasses import replace

from store_server.coupons import tables
from store_server.coupons.selling import to_price
from store_server.coupons.tables import Held
from store_server.pricing.coupons import Coupon

USED = "SELECT code, batch_id, coupon_id FROM coupon_uses WHERE sale_id = ? ORDER BY code"


def used_in(db: sqlite3.Connection, sale_id: str) -> list[Coupon]:
    """Return the coupons that a finished sale used; they were in time, whatever their batch says today."""
    found = []
    for code, batch_id, coupon_id in db.execute(USED, (sale_id,)).fetchall():
        batch = tables.batch(db, batch_id)
        coupon = tables.coupon(db, coupon_id) if coupon_id is not None else None
        if batch is not None:
            found.append(replace(to_price(Held(batch, code, coupon)), window=None))
    return found
