"""The check of the members: growth is the sum of its rows, a tier the last one of its changes."""

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
    for row in db.execute(_WITHOUT):
        yield row["number"], _("the member has no tier")
