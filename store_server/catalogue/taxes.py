"""The shop's tax rates, and which one holds for a product: its own, its nearest category's, or the shop's."""

import re
import sqlite3

from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.taxes import ListTaxRates, SaveTaxRate, TaxRateChanged, TaxRates, TaxRateView
from store_server.database.unit_of_work import Work
from store_server.pricing.tax import NO_TAX, Rate

RATE = """
WITH RECURSIVE up(category_id, tax, depth) AS (
    SELECT category_id, tax, 0 FROM products WHERE product_id = ?
    UNION ALL SELECT c.parent_id, c.tax, depth + 1 FROM up JOIN categories c USING (category_id)
    WHERE up.tax IS NULL AND depth < 21
) SELECT tax, name, rate_ppm, inclusive FROM tax_rates WHERE active AND tax = coalesce(
    (SELECT tax FROM up WHERE tax IS NOT NULL), (SELECT tax FROM tax_rates WHERE shop_default)
)
"""


def rate_of(db: sqlite3.Connection, product_id: int) -> Rate:
    """Return the rate that holds for a product now."""
    row = db.execute(RATE, (product_id,)).fetchone()
    return NO_TAX if row is None else Rate(row[0], row[1], row[2], bool(row[3]))


def unknown_rate(db: sqlite3.Connection, tax: str | None) -> Refused | None:
    """Return why goods cannot name this rate; None stands for none of their own."""
    if tax is None or db.execute("SELECT 1 FROM tax_rates WHERE tax = ?", (tax,)).fetchone() is not None:
        return None
    text = _("There is no tax rate {tax}. Add it first.").format(tax=tax)
    return Refused(code="no_such_tax", field="tax", explanation=text)


def _rates(db: sqlite3.Connection) -> TaxRates:
    return TaxRates(
        rates=tuple(
            TaxRateView(
                tax=row["tax"],
                name=row["name"],
                rate_ppm=row["rate_ppm"],
                inclusive=bool(row["inclusive"]),
                active=bool(row["active"]),
                shop_default=bool(row["shop_default"]),
            )
            for row in db.execute("SELECT * FROM tax_rates ORDER BY tax")
        )
    )


def list_tax_rates(work: Work, query: ListTaxRates) -> Answer:
    """The tax rates."""
    return _rates(work.db)


def _bad_rate(rate: TaxRateView) -> Refused | None:
    if not re.fullmatch("[a-z][a-z0-9_]{0,19}", rate.tax):
        text = _("A tax rate has a code of small letters and digits, such as vat13.")
        return Refused(code="bad_code", field="tax", explanation=text)
    if not rate.name.strip() or len(rate.name.strip()) > 40 or not rate.name.isprintable():
        text = _("A tax rate has a name of 1 to 40 characters; the receipt shows it.")
        return Refused(code="bad_name", field="name", explanation=text)
    if rate.shop_default and not rate.active:
        text = _("The rate that holds for the whole shop cannot be out of use.")
        return Refused(code="default_in_use", field="active", explanation=text)
    return None


def save_tax_rate(work: Work, command: SaveTaxRate) -> Answer:
    """Add a rate or change one; baskets keep the rate with which their goods were scanned."""
    refused = _bad_rate(command.rate)
    if refused is not None:
        return refused
    rate = command.rate.model_copy(update={"name": command.rate.name.strip()})
    if rate.shop_default:
        work.db.execute("UPDATE tax_rates SET shop_default = 0 WHERE shop_default")
    work.db.execute(
        "INSERT INTO tax_rates VALUES (?,?,?,?,?,?) ON CONFLICT (tax) DO UPDATE SET name = excluded.name, "
        "rate_ppm = excluded.rate_ppm, inclusive = excluded.inclusive, active = excluded.active, "
        "shop_default = excluded.shop_default",
        (rate.tax, rate.name, rate.rate_ppm, rate.inclusive, rate.active, rate.shop_default),
    )
    work.record(TaxRateChanged(rate=rate))
    return _rates(work.db)


HANDLERS = {
    ListTaxRates: list_tax_rates,
    SaveTaxRate: save_tax_rate,
}
