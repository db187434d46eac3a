"""The check of the members: growth is the sum of its rows, a tier the last change's, spending the sales'."""

import sqlite3
from collections.abc import Iterator

from protocol.language import _

_GROWTH = """
SELECT member_id, sum(kept) AS growth, sum(moved) AS total FROM (
    SELECT member_id, growth AS kept, 0 AS moved FROM member_standings UNION ALL
    SELECT member_id, 0, growth FROM growth_rows
) GROUP BY member_id HAVING growth <> total
"""
_TIERS = """
SELECT s.member_id, s.tier, coalesce((SELECT c.to_tier FROM tier_changes c WHERE c.member_id = s.member_id
    ORDER BY c.change_id DESC LIMIT 1), 0) AS last FROM member_standings s WHERE s.tier <> last
"""
_VISITS = """
WITH RECURSIVE gone (member_id, kept) AS (
    SELECT member_id, merged_into FROM members WHERE merged_into IS NOT NULL
    UNION SELECT g.member_id, m.merged_into FROM gone g JOIN members m ON m.member_id = g.kept
    WHERE m.merged_into IS NOT NULL
), sold AS (
    SELECT coalesce((SELECT g.kept FROM gone g JOIN members m ON m.member_id = g.kept
        WHERE g.member_id = s.member_id AND m.merged_into IS NULL), s.member_id) AS member_id,
        1 - coalesce((SELECT sum(visits) FROM member_returns r WHERE r.sale_id = s.sale_id), 0) AS visits,
        s.total_minor - coalesce((SELECT sum(spent_minor) FROM member_returns r
            WHERE r.sale_id = s.sale_id), 0) AS spent
    FROM member_sales s
)
SELECT member_id, sum(v) AS visits, sum(s) AS spent, sum(n) AS sales, sum(p) AS paid FROM (
    SELECT member_id, visits AS v, spent_minor AS s, 0 AS n, 0 AS p FROM member_visits UNION ALL
    SELECT member_id, 0, 0, visits, spent FROM sold
) GROUP BY member_id HAVING sum(v) <> sum(n) OR sum(s) <> sum(p)
"""
_RETURNS = """
SELECT s.sale_id FROM member_sales s JOIN member_returns r USING (sale_id) GROUP BY s.sale_id
HAVING sum(r.growth) > s.growth OR sum(r.visits) > 1 OR sum(r.spent_minor) > s.total_minor
"""
_WITHOUT = """
SELECT m.number FROM members m LEFT JOIN member_standings s USING (member_id) WHERE s.member_id IS NULL
"""


def wrong_members(db: sqlite3.Connection) -> Iterator[tuple[object, str]]:
    """Yield (member, what is wrong)."""
    for row in db.execute(_GROWTH):
        text = _("the growth value is {growth}, its rows sum to {sum}")
        yield row["member_id"], text.format(growth=row["growth"], sum=row["total"])
    for row in db.execute(_TIERS):
        text = _("the tier is {tier}, the last change says {last}")
        yield row["member_id"], text.format(tier=row["tier"], last=row["last"])
    for row in db.execute(_VISITS):
        text = _("{visits} sales and {spent} are noted, the sales themselves say {sales} and {paid}")
        yield (
            row["member_id"],
            text.format(visits=row["visits"], spent=row["spent"], sales=row["sales"], paid=row["paid"]),
        )
    for row in db.execute(_RETURNS):
        yield row["sale_id"], _("more of the sale was taken back than it gave")
    for row in db.execute(_WITHOUT):
        yield row["number"], _("the member has no tier")
