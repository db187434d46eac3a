"""The check of the points: every balance and every lot is what its rows add up to."""

import sqlite3
from collections.abc import Iterator

from protocol.language import _

_BALANCES = """
SELECT member_id, sum(kept) AS balance, sum(moved) AS total FROM (
    SELECT member_id, balance AS kept, 0 AS moved FROM points_accounts UNION ALL
    SELECT member_id, 0, points FROM points_rows
) GROUP BY member_id HAVING balance <> total
"""
_LOTS = """
SELECT a.member_id, a.balance, coalesce((SELECT sum(l.remaining) FROM points_lots l
    WHERE l.member_id = a.member_id AND l.remaining > 0), 0) AS lots
FROM points_accounts a WHERE lots <> max(a.balance, 0)
"""
_LOT_MOVES = """
SELECT lot_id, sum(kept) AS remaining, sum(moved) AS total FROM (
    SELECT lot_id, remaining AS kept, 0 AS moved FROM points_lots UNION ALL
    SELECT lot_id, 0, points FROM points_lot_moves
) GROUP BY lot_id HAVING remaining <> total
"""
_UNDONE = """
SELECT s.receipt_number, s.earned, s.spent, s.shared,
    coalesce(sum(r.points) FILTER (WHERE r.kind = 'earn'), 0) AS in_earned,
    coalesce(-sum(r.points) FILTER (WHERE r.kind = 'spend'), 0) AS in_spent,
    coalesce(sum(r.points) FILTER (WHERE r.kind = 'referral_share'), 0) AS in_shared,
    coalesce(-sum(r.points) FILTER (WHERE r.kind = 'refund_earned'), 0) AS undone_earned,
    coalesce(sum(r.points) FILTER (WHERE r.kind = 'refund_spent'), 0) AS undone_spent,
    coalesce(-sum(r.points) FILTER (WHERE r.kind = 'refund_shared'), 0) AS undone_shared
FROM points_sales s LEFT JOIN points_rows r USING (sale_id) GROUP BY s.sale_id
HAVING in_earned <> s.earned OR in_spent <> s.spent OR in_shared <> s.shared
    OR undone_earned > s.earned OR undone_spent > s.spent OR undone_shared > s.shared
"""
# The tables of the sales are read here and never written: the sales know the points, not the other way round.
_PAYMENTS = """
SELECT s.receipt_number, s.price_points + coalesce((SELECT sum(CAST(t.reference AS INTEGER))
    FROM sale_tenders t WHERE t.sale_id = s.sale_id AND t.tender = 'points'), 0) AS paid,
    coalesce(p.spent, 0) AS spent
FROM sales s LEFT JOIN points_sales p USING (sale_id)
WHERE s.state = 'finished' AND s.member_id IS NOT NULL AND paid <> spent
"""
_STRAY = """
SELECT r.row_id FROM points_rows r LEFT JOIN points_sales s USING (sale_id)
WHERE r.sale_id IS NOT NULL AND s.sale_id IS NULL
"""


def wrong_points(db: sqlite3.Connection) -> Iterator[tuple[object, str]]:
    """Yield (member, lot or receipt, what is wrong)."""
    for row in db.execute(_BALANCES):
        text = _("the balance is {balance} points, the rows sum to {sum}")
        yield row["member_id"], text.format(balance=row["balance"], sum=row["total"])
    for row in db.execute(_LOTS):
        text = _("the balance is {balance} points, the lots hold {lots}")
        yield row["member_id"], text.format(balance=row["balance"], lots=row["lots"])
    for row in db.execute(_LOT_MOVES):
        text = _("the lot has {remaining} points left, its moves sum to {sum}")
        yield row["lot_id"], text.format(remaining=row["remaining"], sum=row["total"])
    for row in db.execute(_UNDONE):
        yield row["receipt_number"], _("the points of the sale are not what its rows say")
    for row in db.execute(_PAYMENTS):
        text = _("{paid} points paid the sale, {spent} were taken for it")
        yield row["receipt_number"], text.format(paid=row["paid"], spent=row["spent"])
    for row in db.execute(_STRAY):
        yield row["row_id"], _("the points are of a sale that is not there")
