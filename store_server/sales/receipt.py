"""A finished sale as its receipt: the same rows in the same form give the same paper."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from protocol.language import _, speaking
from protocol.money import SYMBOLS
from protocol.quantity import format_thousandths
from protocol.receipt import Document
from store_server.coupons.codes import spaced
from store_server.coupons.selling import issued_by
from store_server.coupons.tables import CouponRow
from store_server.database.unit_of_work import read_time
from store_server.points.tables import of_sale
from store_server.pricing.tax import TaxLine
from store_server.receipts.tables import Form, read_form
from store_server.receipts.templates import make_document
from store_server.sales.rows import Basket, Line, Sale
from store_server.sales.rules import value_before_discounts
from store_server.sales.views import price_reason


def _line(form: Form, line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "code": line.code,
        "quantity": format_thousandths(line.quantity_thousandths),
        "unit": line.unit,
        "price": form.money(line.unit_price_minor),
        "normal_price": form.money(line.normal_price_minor),
        "value": form.money(value_before_discounts(line)),
        "discount": form.money(line.line_discount_minor) if line.line_discount_minor else "",
        "discount_reason": line.discount_reason,
        "amount": form.money(line.amount_minor),
        "price_reason": price_reason(line),
        "note": line.note,
        "offers": [{"name": name, "amount": form.money(minor)} for name, minor in line.savings],
        **_off(form, line),
    }


def _off(form: Form, line: Line) -> dict[str, str]:
    """Return all that was taken off a line as one row of paper: a sale of 1,000 lines has to fit."""
    minor = line.offers_minor + line.line_discount_minor
    words = [name for name, _minor in line.savings]
    if line.line_discount_minor:
        words.append(" ".join((_("Discount"), line.discount_reason)).strip())
    return {"off": form.money(minor) if minor else "", "off_words": _(", ").join(words)}


def _by_offer(lines: Iterable[Line]) -> dict[str, int]:
    """Return what each offer or coupon took off the whole sale, by its name."""
    found: dict[str, int] = {}
    for line in lines:
        for name, minor in line.savings:
            found[name] = found.get(name, 0) + minor
    return found


def tax_values(form: Form, line: TaxLine) -> dict[str, Any]:
    """Return the tax of one rate as templates see it; `added` is empty where prices include it."""
    return {
        "name": line.rate.name,
        "net": form.money(line.net_minor),
        "tax": form.money(line.tax_minor),
        "gross": form.money(line.gross_minor),
        "added": "" if line.rate.inclusive else form.money(line.tax_minor),
    }


NOBODY: dict[str, Any] = {
    "member": "",
    "member_tier": "",
    "points_earned": "",
    "points_spent": "",
    "points_balance": "",
}
"""What stands on the receipt of a sale without a member."""


def member_values(db: sqlite3.Connection, sale: Sale) -> dict[str, Any]:
    """Return the member beside the sale and what it did to the points; empty texts for nobody."""
    if sale.member_id is None:
        return dict(NOBODY)
    found = db.execute("SELECT number FROM members WHERE member_id = ?", (sale.member_id,)).fetchone()
    points = of_sale(db, sale.sale_id)
    return {
        "member": "" if found is None else found[0],
        "member_tier": sale.member_tier_name,
        "points_earned": str(points.earned or ""),
        "points_spent": str(points.spent or ""),
        "points_balance": "" if points.balance is None else str(points.balance),
    }


def coupon_values(form: Form, issued: Iterable[tuple[str, CouponRow]]) -> list[dict[str, Any]]:
    """Return the coupons that the sale gives for the next time."""
    return [
        {
            "name": name,
            "code": row.code,
            "spaced": spaced(row.code),
            "ends": f"{form.local(row.end):%Y-%m-%d %H:%M}" if row.end else "",
        }
        for name, row in issued
    ]


def sale_values(form: Form, basket: Basket, member: dict[str, Any]) -> dict[str, Any]:
    """Return what the receipt's template may use; every amount as it is printed, empty for none."""
    sale = basket.sale
    assert sale.ended_at is not None
    local = form.local(read_time(sale.ended_at))
    saved = sale.gross_minor + sale.tax_added_minor - sale.total_minor
    off = sale.sale_discount_minor
    return {
        "store": form.store(),
        "number": sale.receipt_number,
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M:%S}",
        "business_date": sale.business_date,
        "lane": sale.lane,
        "cashier": sale.operator_name,
        "symbol": SYMBOLS.get(form.currency, form.currency + " "),
        "lines": [_line(form, line) for line in basket.live],
        "items": format_thousandths(sale.item_count_thousandths),
        "gross": form.money(sale.gross_minor),
        "subtotal": form.money(sale.total_minor - sale.tax_added_minor + off),
        "sale_discount": form.money(off) if off else "",
        "sale_discount_reason": sale.discount_reason,
        "total": form.money(sale.total_minor + sale.rounding_minor),
        "rounding": form.money(sale.rounding_minor) if sale.rounding_minor else "",
        "taxes": [tax_values(form, line) for line in basket.taxes],
        "tax_added": form.money(sale.tax_added_minor) if sale.tax_added_minor else "",
        "saved": form.money(saved) if saved > 0 else "",
        "offers": [
            {"name": name, "amount": form.money(minor)} for name, minor in _by_offer(basket.live).items()
        ],
        "tenders": [
            {
                "name": _(tender.name),
                "amount": form.money(tender.amount_minor),
                "reference": tender.reference,
            }
            for tender in basket.tenders
        ],
        "paid": form.money(sale.paid_minor),
        "change": form.money(sale.change_minor) if sale.change_minor else "",
        **member,
    }


def receipt_of(
    db: sqlite3.Connection,
    basket: Basket,
    training: bool,
    copy: int = 0,
    issued: Sequence[tuple[str, CouponRow]] | None = None,
) -> Document:
    """Return the receipt of a finished sale in the form that it was first printed in.

    `copy` counts the copies; above 0 the paper says so. `issued` are the coupons of the sale, where they have
    been read already.
    """
    assert basket.sale.form_id is not None
    form = read_form(db, basket.sale.form_id)
    coupons = issued_by(db, basket.sale.sale_id) if issued is None else issued
    with speaking(form.language):
        marks = [_("TRAINING - not a receipt")] if training else []
        title = _("Receipt {number}").format(number=basket.sale.receipt_number)
        if copy:
            marks.append(_("COPY {count}").format(count=copy))
            title = _("Receipt {number}, copy {count}").format(number=basket.sale.receipt_number, count=copy)
        about = {**member_values(db, basket.sale), "coupons": coupon_values(form, coupons)}
        values = sale_values(form, basket, about)
        return make_document("receipt", form.text, values, title, tuple(marks))
