"""The check of the offers: every counter is what the uses add up to."""

import sqlite3
from collections.abc import Iterator

from protocol.language import _

_TOTALS = """
SELECT o.offer_id, o.used, o.given_minor, coalesce(sum(u.times), 0) AS found,
    coalesce(sum(u.given_minor), 0) AS taken
FROM offers o LEFT JOIN offer_uses u USING (offer_id) GROUP BY o.offer_id
HAVING found <> o.used OR taken <> o.given_minor
"""
_DAYS = """
SELECT offer_id, business_date, sum(counted) AS kept, sum(given) AS found FROM (
    SELECT offer_id, business_date, times AS counted, 0 AS given FROM offer_days UNION ALL
    SELECT offer_id, business_date, 0, times FROM offer_uses
) GROUP BY offer_id, business_date HAVING kept <> found
"""
_MEMBERS = """
SELECT offer_id, member_id, sum(counted) AS kept, sum(given) AS found FROM (
    SELECT offer_id, member_id, times AS counted, 0 AS given FROM offer_members UNION ALL
    SELECT offer_id, member_id, 0, times FROM offer_uses WHERE member_id IS NOT NULL
) GROUP BY offer_id, member_id HAVING kept <> found
"""
_VERSIONS = """
SELECT o.offer_id FROM offers o LEFT JOIN offer_versions v
    ON v.offer_id = o.offer_id AND v.version = o.version WHERE v.version IS NULL
"""


def wrong_offers(db: sqlite3.Connection) -> Iterator[tuple[object, str]]:
    """Yield (offer, what is wrong)."""
    counted = _("it was counted {kept} times, its sales have it {found} times")
    for row in db.execute(_TOTALS):
        text = _("it was counted {used} times for {given}, its sales have it {times} times for {sum}")
        yield (
            row["offer_id"],
            text.format(used=row["used"], given=row["given_minor"], times=row["found"], sum=row["taken"]),
        )
    for query, column in ((_DAYS, "business_date"), (_MEMBERS, "member_id")):
        for row in db.execute(query):
            yield f"{row['offer_id']} {row[column]}", counted.format(kept=row["kept"], found=row["found"])
    for row in db.execute(_VERSIONS):
        yield row["offer_id"], _("its present version is not kept")
