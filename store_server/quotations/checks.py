"""The check of the quotations: sums, approvals, the sale that each became, numbers, and the journal."""

import sqlite3
from collections.abc import Iterator

from protocol.language import _

# Half up in whole numbers: (2 × quantity × price + 1000) / 2000.
_SUMS = """
SELECT q.number, v.version, v.total_minor, v.line_count, count(l.line) AS lines,
    coalesce(sum(l.amount_minor), 0) AS total,
    coalesce(sum((2 * l.quantity_thousandths * l.unit_price_minor + 1000) / 2000), 0) AS due
FROM quotations q JOIN quotation_versions v USING (quotation_id)
LEFT JOIN quotation_lines l ON l.quotation_id = v.quotation_id AND l.version = v.version
GROUP BY v.quotation_id, v.version HAVING total <> v.total_minor OR due <> total OR lines <> v.line_count
"""
_APPROVALS = """
SELECT q.number FROM quotations q
LEFT JOIN quotation_versions v ON v.quotation_id = q.quotation_id AND v.version = q.version
LEFT JOIN quotation_approvals a ON a.quotation_id = q.quotation_id AND a.version = q.version
WHERE v.version IS NULL OR (q.state IN ('approved', 'sold') AND a.version IS NULL)
"""
_SALES = """
SELECT number FROM (
    SELECT q.number, q.sale_id AS sale, h.sale_id AS holder
    FROM quotations q LEFT JOIN sale_quotations h ON h.sale_id = q.sale_id
        AND h.quotation_id = q.quotation_id AND h.version = q.version AND h.state = 'held'
    LEFT JOIN sales s ON s.sale_id = h.sale_id AND s.state = 'finished'
    WHERE q.state = 'sold' AND s.sale_id IS NULL
    UNION ALL SELECT h.number, h.sale_id, q.sale_id FROM sale_quotations h JOIN sales s USING (sale_id)
    LEFT JOIN quotations q ON q.quotation_id = h.quotation_id AND q.sale_id = h.sale_id
    WHERE h.state = 'held' AND s.state = 'finished' AND q.sale_id IS NULL
)
"""
_GOODS = """
SELECT q.number FROM quotations q WHERE q.state = 'sold' AND (
    SELECT group_concat(product_id || ':' || quantity_thousandths || ':' || unit_price_minor) FROM (
        SELECT * FROM quotation_lines l WHERE l.quotation_id = q.quotation_id AND l.version = q.version
        ORDER BY line)
) IS NOT (
    SELECT group_concat(product_id || ':' || quantity_thousandths || ':' || unit_price_minor) FROM (
        SELECT * FROM sale_lines s WHERE s.sale_id = q.sale_id AND NOT s.voided
        AND s.price_kind = 'quotation' ORDER BY line)
)
"""
_NUMBERS = "SELECT count(*), coalesce(max(quotation_id), 0) FROM quotations"
_JOURNAL = """
WITH told AS MATERIALIZED (
    SELECT json_extract(body, '$.quotation.quotation_id') AS quotation_id, max(seq) AS seq
    FROM journal WHERE name = 'quotations.QuotationChanged' GROUP BY 1
)
SELECT q.number FROM quotations q JOIN quotation_versions v USING (quotation_id, version)
LEFT JOIN told USING (quotation_id) LEFT JOIN journal j ON j.seq = told.seq
WHERE json_extract(j.body, '$.quotation.version') IS NOT q.version
    OR json_extract(j.body, '$.quotation.total_minor') IS NOT v.total_minor
    OR json_extract(j.body, '$.quotation.sale_id') IS NOT q.sale_id
    OR (json_extract(j.body, '$.quotation.state') IS NOT q.state
        AND json_extract(j.body, '$.quotation.state') IS NOT 'expired')
"""


def wrong_quotations(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield (number, what is wrong)."""
    for row in db.execute(_SUMS):
        text = _("its total is {total}, its lines sum to {lines}")
        yield row["number"], text.format(total=row["total_minor"], lines=row["total"])
    for row in db.execute(_APPROVALS):
        yield row[0], _("nobody has approved what can be sold")
    for row in db.execute(_SALES):
        yield row[0], _("the sale that it became is not there, or is another one")
    for row in db.execute(_GOODS):
        yield row[0], _("other goods or prices were sold than were approved")
    count, highest = db.execute(_NUMBERS).fetchone()
    if count != highest:
        text = _("quotation numbers run to {last}, there are {count} quotations")
        yield "", text.format(last=highest, count=count)
    for row in db.execute(_JOURNAL):
        yield row[0], _("the quotation is not as the journal has it")
