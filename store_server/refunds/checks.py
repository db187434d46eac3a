"""The check of the refunds: no more came back than was sold, no more went back than each tender paid."""

import sqlite3
from collections.abc import Iterator

from protocol.identifiers import SaleId
from protocol.language import _
from store_server.refunds import tables
from store_server.refunds.sources import sources_of
from store_server.sales.tables import read_basket

_SUMS = """
SELECT r.refund_number, r.amount_minor, r.paid_back_minor,
    (SELECT coalesce(sum(l.amount_minor), 0) FROM refund_lines l WHERE l.refund_id = r.refund_id) AS lines,
    (SELECT coalesce(sum(t.amount_minor), 0) FROM refund_tenders t WHERE t.refund_id = r.refund_id) AS paid,
    (SELECT coalesce(sum(t.value_minor), 0) FROM refund_tenders t WHERE t.refund_id = r.refund_id) AS settled
FROM refunds r WHERE lines <> r.amount_minor OR paid <> r.paid_back_minor OR settled <> r.amount_minor
"""
_LINES = """
SELECT number, line, amount, paid FROM (
    SELECT s.receipt_number AS number, l.line, sum(r.quantity_thousandths) AS quantity,
        sum(r.amount_minor) AS amount, sum(r.tax_minor) AS back_tax, l.quantity_thousandths AS sold,
        l.tax_minor AS sold_tax, l.voided OR s.state <> 'finished' AS never,
        l.amount_minor + CASE WHEN l.tax_inclusive THEN 0 ELSE l.tax_minor END AS paid
    FROM refund_lines r JOIN sale_lines l USING (sale_id, line) JOIN sales s USING (sale_id)
    GROUP BY r.sale_id, r.line
) WHERE quantity > sold OR amount > paid OR back_tax > sold_tax OR never
    OR (quantity = sold AND (amount <> paid OR back_tax <> sold_tax))
"""
_POSTINGS = """
SELECT r.refund_number, r.amount_minor, coalesce(sum(p.amount), 0) AS posted, count(DISTINCT e.entry_id) AS n
FROM refunds r
LEFT JOIN ledger_entries e ON e.reference = r.refund_id AND e.reason = 'refund'
LEFT JOIN ledger_postings p ON p.entry_id = e.entry_id
    AND p.account_id IN (SELECT account_id FROM ledger_accounts WHERE kind IN ('sales', 'tax'))
GROUP BY r.refund_id HAVING posted <> r.amount_minor OR n <> 1
"""
_STRAY = """
SELECT e.reference FROM ledger_entries e LEFT JOIN refunds r ON r.refund_id = e.reference
WHERE e.reason = 'refund' AND r.refund_id IS NULL
"""
_NUMBERS = """
SELECT c.lane, c.business_date, c.last, count(r.refund_id) AS used, coalesce(max(r.refund_seq), 0) AS top
FROM refund_counters c LEFT JOIN refunds r ON r.lane = c.lane AND r.business_date = c.business_date
GROUP BY c.lane, c.business_date HAVING used <> c.last OR top <> c.last
"""
_EXCHANGES = """
SELECT number, sum(paid) AS paid, sum(given) AS given FROM (
    SELECT s.receipt_number AS number, t.amount_minor AS paid, 0 AS given
    FROM sales s JOIN sale_tenders t USING (sale_id) WHERE s.state = 'finished' AND t.tender = 'exchange'
    UNION ALL SELECT s.receipt_number, 0, t.amount_minor
    FROM refunds r JOIN refund_tenders t USING (refund_id)
    LEFT JOIN sales s ON s.sale_id = r.exchange_sale_id WHERE t.tender = 'exchange'
) GROUP BY number HAVING sum(paid) <> sum(given)
"""
_JOURNAL = """
WITH told AS MATERIALIZED (
    SELECT json_extract(body, '$.refund_id') AS refund_id, json_extract(body, '$.amount_minor') AS amount,
        json_extract(body, '$.paid_back_minor') AS paid, (SELECT group_concat(
            coalesce(json_extract(value, '$.line'), '') || ':' || json_extract(value, '$.product_id')
            || ':' || json_extract(value, '$.quantity_thousandths')
            || ':' || json_extract(value, '$.amount_minor'))
            FROM json_each(body, '$.lines')) AS lines,
        (SELECT group_concat(coalesce(json_extract(value, '$.tender_id'), '') || ':' ||
            json_extract(value, '$.tender') || ':' || json_extract(value, '$.amount_minor'))
            FROM json_each(body, '$.tenders')) AS tenders
    FROM journal WHERE name = 'refunds.SaleRefunded'
)
SELECT r.refund_number FROM refunds r LEFT JOIN told USING (refund_id)
WHERE told.amount IS NOT r.amount_minor OR told.paid IS NOT r.paid_back_minor
    OR told.lines IS NOT (SELECT group_concat(coalesce(line, '') || ':' || product_id || ':' ||
        quantity_thousandths || ':' || amount_minor)
        FROM (SELECT * FROM refund_lines l WHERE l.refund_id = r.refund_id ORDER BY position))
    OR told.tenders IS NOT (SELECT group_concat(
        coalesce(source_id, '') || ':' || tender || ':' || amount_minor)
        FROM (SELECT * FROM refund_tenders t WHERE t.refund_id = r.refund_id ORDER BY position))
"""


def wrong_refunds(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Yield (refund or receipt number, what is wrong)."""
    for row in db.execute(_SUMS):
        text = _("{amount} came back, its lines sum to {lines}; {back} went back, its tenders sum to {paid}")
        lines, back = row["lines"], row["paid_back_minor"]
        yield row[0], text.format(amount=row["amount_minor"], lines=lines, back=back, paid=row["paid"])
    for row in db.execute(_LINES):
        text = _("line {line}: {amount} was given back of the {paid} that were paid, or more than was sold")
        yield row[0], text.format(line=row["line"], amount=row["amount"], paid=row["paid"])
    yield from _wrong_tenders(db)
    for row in db.execute(_POSTINGS):
        text = _("{amount} came back, the ledger has {posted} in {count} entries")
        yield row[0], text.format(amount=row["amount_minor"], posted=row["posted"], count=row["n"])
    for row in db.execute(_STRAY):
        yield row[0], _("the ledger has a refund that is not there")
    for row in db.execute(_NUMBERS):
        text = _("refund numbers run to {last}, there are {used} refunds, the highest has {top}")
        words = text.format(last=row["last"], used=row["used"], top=row["top"])
        yield f"{row['lane']} {row['business_date']}", words
    for row in db.execute(_EXCHANGES):
        text = _("an exchange paid {paid}, the goods that came back gave {given}")
        yield row["number"] or "", text.format(paid=row["paid"], given=row["given"])
    for row in db.execute(_JOURNAL):
        yield row[0], _("the refund is not as the journal has it")


def _wrong_tenders(db: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Compare what went back to each payment with what it brought in; all of it when all goods came back."""
    for row in db.execute("SELECT DISTINCT sale_id FROM refunds WHERE sale_id IS NOT NULL").fetchall():
        basket = read_basket(db, SaleId(row[0]))
        if basket is None:
            continue
        back = tables.returned(db, row[0])
        none = tables.Returned()
        whole = all(
            back.get(line.line, none).quantity_thousandths == line.quantity_thousandths
            for line in basket.live
        )
        for source in sources_of(db, basket):
            too_much = source.given_minor > source.paid_minor or source.given_value_minor > source.value_minor
            if too_much or (whole and source.given_minor != source.paid_minor):
                text = _("{given} went back to the payment {tender}, which brought in {paid}")
                words = text.format(given=source.given_minor, tender=source.tender, paid=source.paid_minor)
                yield basket.sale.receipt_number or "", words
