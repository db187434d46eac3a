"""The check of the sales: each finished one adds up, is paid and posted, and no receipt number is missing."""

import sqlite3
from collections.abc import Iterator

from protocol.language import _

_LINES = """
SELECT s.receipt_number, s.total_minor,
    coalesce(sum(l.amount_minor + CASE WHEN l.tax_inclusive THEN 0 ELSE l.tax_minor END), 0) AS lines
FROM sales s
LEFT JOIN sale_lines l ON l.sale_id = s.sale_id AND NOT l.voided
WHERE s.state = 'finished' GROUP BY s.sale_id HAVING lines <> s.total_minor
"""
_TENDERS = """
SELECT s.receipt_number, s.total_minor + s.rounding_minor + s.change_minor AS owed,
    coalesce(sum(t.amount_minor), 0) AS paid FROM sales s
LEFT JOIN sale_tenders t ON t.sale_id = s.sale_id
WHERE s.state = 'finished' GROUP BY s.sale_id HAVING paid <> owed OR paid <> s.paid_minor
"""
# Half up in whole numbers: (2 × tax + whole) / (2 × whole).
_TAXES = """
SELECT number, tax, found, (2 * amount * ppm + whole) / (2 * whole) AS due FROM (
    SELECT s.receipt_number AS number, l.tax, l.tax_rate_ppm AS ppm, sum(l.amount_minor) AS amount,
        sum(l.tax_minor) AS found, 1000000 + CASE WHEN l.tax_inclusive THEN l.tax_rate_ppm ELSE 0 END AS whole
    FROM sales s JOIN sale_lines l USING (sale_id) WHERE s.state = 'finished' AND NOT l.voided
    GROUP BY s.sale_id, l.tax, l.tax_name, l.tax_rate_ppm, l.tax_inclusive
) WHERE found <> due
"""
_ADDED = """
SELECT s.receipt_number, s.tax_added_minor AS kept,
    coalesce(sum(CASE WHEN l.tax_inclusive THEN 0 ELSE l.tax_minor END), 0) AS lines FROM sales s
LEFT JOIN sale_lines l ON l.sale_id = s.sale_id AND NOT l.voided
WHERE s.state = 'finished' GROUP BY s.sale_id HAVING lines <> s.tax_added_minor
"""
_POSTINGS = """
SELECT s.receipt_number, s.total_minor, coalesce(-sum(p.amount), 0) AS posted, count(DISTINCT e.entry_id) AS n
FROM sales s
LEFT JOIN ledger_entries e ON e.reference = s.sale_id AND e.reason = 'sale'
LEFT JOIN ledger_postings p ON p.entry_id = e.entry_id
    AND p.account_id IN (SELECT account_id FROM ledger_accounts WHERE kind IN ('sales', 'tax'))
WHERE s.state = 'finished' GROUP BY s.sale_id HAVING posted <> s.total_minor OR n <> 1
"""
_STRAY = """
SELECT e.reference FROM ledger_entries e
LEFT JOIN sales s ON s.sale_id = e.reference AND s.state = 'finished'
WHERE e.reason = 'sale' AND s.sale_id IS NULL
"""
_NUMBERS = """
SELECT c.lane, c.business_date, c.last, count(s.sale_id) AS used, coalesce(max(s.receipt_seq), 0) AS top
FROM receipt_counters c LEFT JOIN sales s
ON s.lane = c.lane AND s.business_date = c.business_date AND s.state = 'finished'
GROUP BY c.lane, c.business_date HAVING used <> c.last OR top <> c.last
"""
_JOURNAL_LINES = """
SELECT json_extract(j.body, '$.receipt_number') AS number, json_extract(v.value, '$.line') AS line
FROM journal j, json_each(j.body, '$.lines') v
LEFT JOIN sale_lines l ON l.sale_id = json_extract(j.body, '$.sale_id')
    AND l.line = json_extract(v.value, '$.line') AND NOT l.voided
WHERE j.name = 'sales.SaleFinished' AND (
    l.product_id IS NOT json_extract(v.value, '$.product_id')
    OR l.quantity_thousandths IS NOT json_extract(v.value, '$.quantity_thousandths')
    OR l.unit_price_minor IS NOT json_extract(v.value, '$.unit_price_minor')
    OR l.amount_minor IS NOT json_extract(v.value, '$.amount_minor')
    OR l.tax_minor IS NOT coalesce(json_extract(v.value, '$.tax_minor'), 0))
"""
_JOURNAL_TENDERS = """
SELECT json_extract(j.body, '$.receipt_number') AS number, json_extract(v.value, '$.tender') AS tender
FROM journal j, json_each(j.body, '$.tenders') v
LEFT JOIN sale_tenders t ON t.tender_id = json_extract(v.value, '$.tender_id')
    AND t.sale_id = json_extract(j.body, '$.sale_id')
WHERE j.name = 'sales.SaleFinished' AND (t.tender IS NOT json_extract(v.value, '$.tender')
    OR t.amount_minor IS NOT json_extract(v.value, '$.amount_minor')
    OR t.reference IS NOT json_extract(v.value, '$.reference'))
"""
_JOURNAL_SALES = """
WITH told AS MATERIALIZED (
    SELECT json_extract(body, '$.sale_id') AS sale_id, json_extract(body, '$.total_minor') AS total,
        json_array_length(body, '$.lines') AS lines FROM journal WHERE name = 'sales.SaleFinished'
)
SELECT s.receipt_number FROM sales s LEFT JOIN told ON told.sale_id = s.sale_id
WHERE s.state = 'finished' AND (told.total IS NOT s.total_minor OR told.lines IS NOT
    (SELECT count(*) FROM sale_lines l WHERE l.sale_id = s.sale_id AND NOT l.voided))
"""
_STEPS = """
SELECT s.receipt_number, l.line, l.amount_minor AS paid, coalesce(l.printed_amount_minor,
    (2 * l.quantity_thousandths * l.normal_price_minor + 1000) / 2000)
    - coalesce(sum(p.before_minor - p.after_minor), 0) AS explained
FROM sales s JOIN sale_lines l USING (sale_id)
LEFT JOIN sale_step_lines p ON p.sale_id = l.sale_id AND p.line = l.line
WHERE s.state = 'finished' AND NOT l.voided GROUP BY l.sale_id, l.line HAVING explained <> paid
"""


def wrong_sales(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield (receipt number, what is wrong)."""
    for row in db.execute(_LINES):
        text = _("its total is {total}, its lines sum to {lines}")
        yield row[0], text.format(total=row["total_minor"], lines=row["lines"])
    for row in db.execute(_TAXES):
        text = _("the tax {tax} of its lines is {found}, it should be {due}")
        yield row[0], text.format(tax=row["tax"], found=row["found"], due=row["due"])
    for row in db.execute(_ADDED):
        text = _("its tax on top is {tax}, that of its lines is {lines}")
        yield row[0], text.format(tax=row["kept"], lines=row["lines"])
    for row in db.execute(_TENDERS):
        text = _("{owed} was to be handed over, its payments sum to {paid}")
        yield row[0], text.format(owed=row["owed"], paid=row["paid"])
    for row in db.execute(_POSTINGS):
        text = _("its total is {total}, the ledger has {posted} in {count} entries")
        yield row[0], text.format(total=row["total_minor"], posted=row["posted"], count=row["n"])
    for row in db.execute(_STEPS):
        text = _("line {line} costs {paid}, the steps of its price come to {explained}")
        yield row[0], text.format(line=row["line"], paid=row["paid"], explained=row["explained"])
    for row in db.execute(_STRAY):
        yield row[0], _("the ledger has a sale that is not there")
    for row in db.execute(_NUMBERS):
        text = _("receipt numbers run to {last}, there are {used} sales, the highest has {top}")
        words = text.format(last=row["last"], used=row["used"], top=row["top"])
        yield f"{row['lane']} {row['business_date']}", words
    for row in db.execute(_JOURNAL_LINES):
        yield row[0], _("line {line} is not as the journal has it").format(line=row["line"])
    for row in db.execute(_JOURNAL_TENDERS):
        yield row[0], _("the payment {tender} is not as the journal has it").format(tender=row["tender"])
    for row in db.execute(_JOURNAL_SALES):
        yield row[0], _("the sale is not as the journal has it")
