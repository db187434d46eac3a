"""The check of the coupons: what was used is what its uses say, and no code was used twice."""

import sqlite3
from collections.abc import Iterator

from protocol.language import _

_BATCHES = """
SELECT b.batch_id, b.issued, b.used, b.given_minor,
    (SELECT count(*) FROM coupons c WHERE c.batch_id = b.batch_id) AS coupons,
    (SELECT count(*) FROM coupon_uses u WHERE u.batch_id = b.batch_id) AS uses,
    (SELECT coalesce(sum(u.given_minor), 0) FROM coupon_uses u WHERE u.batch_id = b.batch_id) AS given
FROM coupon_batches b WHERE coupons <> b.issued OR uses <> b.used OR given <> b.given_minor
"""
_MEMBERS = """
SELECT batch_id, member_id, sum(counted) AS kept, sum(given) AS found FROM (
    SELECT batch_id, member_id, times AS counted, 0 AS given FROM coupon_members UNION ALL
    SELECT batch_id, member_id, 0, 1 FROM coupon_uses WHERE member_id IS NOT NULL
) GROUP BY batch_id, member_id HAVING kept <> found
"""
_COUPONS = """
SELECT c.code, c.used_sale, u.sale_id FROM coupons c LEFT JOIN coupon_uses u USING (coupon_id)
WHERE c.used_sale IS NOT u.sale_id
"""
_TWICE = """
SELECT u.code FROM coupon_uses u JOIN coupon_batches b USING (batch_id)
WHERE u.coupon_id IS NOT NULL GROUP BY u.code HAVING count(*) > 1
"""
_SALES = """
SELECT code, sale_id, sum(by_use) AS used, sum(by_step) AS stepped FROM (
    SELECT code, sale_id, given_minor AS by_use, 0 AS by_step FROM coupon_uses UNION ALL
    SELECT s.reference, s.sale_id, 0, l.before_minor - l.after_minor
    FROM sale_steps s JOIN sale_step_lines l USING (sale_id, step) WHERE s.kind = 'coupon'
) GROUP BY code, sale_id HAVING used <> stepped
"""
# The tables of the sales are read here and never written: sales know coupons, not the other way round.


def wrong_coupons(db: sqlite3.Connection) -> Iterator[tuple[object, str]]:
    """Yield (batch or code, what is wrong)."""
    for row in db.execute(_BATCHES):
        text = _("{issued} are counted as issued and {used} as used; there are {coupons} and {uses}")
        words = text.format(issued=row["issued"], used=row["used"], coupons=row["coupons"], uses=row["uses"])
        yield row["batch_id"], words
    for row in db.execute(_MEMBERS):
        text = _("it was counted {kept} times, its sales have it {found} times")
        words = text.format(kept=row["kept"], found=row["found"])
        yield f"{row['batch_id']} {row['member_id']}", words
    for row in db.execute(_COUPONS):
        yield row["code"], _("the coupon and its use do not say the same")
    for row in db.execute(_TWICE):
        yield row["code"], _("the code was used twice")
    for row in db.execute(_SALES):
        text = _("it took {used} off by its use, {stepped} by the steps of its sale")
        yield row["code"], text.format(used=row["used"], stepped=row["stepped"])
