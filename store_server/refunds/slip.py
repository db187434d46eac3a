"""A refund as its slip: the same rows in the same form give the same paper."""

import sqlite3
from typing import Any

from protocol.language import N_, _, speaking
from protocol.money import SYMBOLS
from protocol.quantity import format_thousandths
from protocol.receipt import Document
from store_server.database.unit_of_work import read_time
from store_server.receipts.tables import Form, read_form
from store_server.receipts.templates import make_document
from store_server.refunds.rows import RefundLine, Whole
from store_server.sales.receipt import tax_values

DISPOSITIONS = {"restock": N_("back on the shelf"), "waste": N_("thrown away")}


def _line(form: Form, line: RefundLine) -> dict[str, Any]:
    return {
        "name": line.name,
        "code": line.code,
        "quantity": format_thousandths(line.quantity_thousandths),
        "unit": line.unit,
        "price": form.money(line.unit_paid_minor),
        "amount": form.money(line.amount_minor),
        "disposition": _(DISPOSITIONS[line.disposition]),
        "reason": line.reason,
    }


def _number_of(db: sqlite3.Connection, table: str, member_id: object) -> str:
    row = db.execute(table, (member_id,)).fetchone()
    return "" if row is None or row[0] is None else str(row[0])


def slip_values(db: sqlite3.Connection, form: Form, whole: Whole) -> dict[str, Any]:
    """Return what the slip's template may use; every amount as it is printed, empty for none."""
    refund = whole.refund
    local = form.local(read_time(refund.refunded_at))
    return {
        "store": form.store(),
        "number": refund.refund_number,
        "receipt": refund.receipt_number,
        "exchange": _number_of(
            db, "SELECT receipt_number FROM sales WHERE sale_id = ?", refund.exchange_sale_id
        ),
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H:%M:%S}",
        "business_date": refund.business_date,
        "lane": refund.lane,
        "cashier": refund.operator_name,
        "approver": refund.approver_name,
        "symbol": SYMBOLS.get(form.currency, form.currency + " "),
        "lines": [_line(form, line) for line in whole.lines],
        "amount": form.money(refund.amount_minor),
        "rounding": form.money(refund.rounding_minor) if refund.rounding_minor else "",
        "kept": form.money(refund.kept_minor) if refund.kept_minor else "",
        "total": form.money(refund.paid_back_minor),
        "tenders": [
            {"name": _(each.name), "amount": form.money(each.amount_minor), "reference": each.reference}
            for each in whole.tenders
            if each.amount_minor
        ],
        "taxes": [tax_values(form, line) for line in whole.taxes],
        "member": _number_of(db, "SELECT number FROM members WHERE member_id = ?", refund.member_id),
        "points_taken": str(refund.points_taken or ""),
        "points_returned": str(refund.points_returned or ""),
    }


def slip_of(db: sqlite3.Connection, whole: Whole, training: bool, copy: int = 0) -> Document:
    """Return the slip of a refund in the form that it was first printed in; `copy` above 0 marks it so."""
    form = read_form(db, whole.refund.form_id)
    number = whole.refund.refund_number
    with speaking(form.language):
        marks = [_("TRAINING - not a receipt")] if training else []
        title = _("Refund {number}").format(number=number)
        if copy:
            marks.append(_("COPY {count}").format(count=copy))
            title = _("Refund {number}, copy {count}").format(number=number, count=copy)
        values = slip_values(db, form, whole)
        return make_document("refund_slip", form.text, values, title, tuple(marks))
