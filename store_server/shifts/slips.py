"""Slips of shifts and days: figures in, paper out."""

import sqlite3
from typing import Any

from protocol.language import _, speaking
from protocol.messages.shifts import CashDirection, DayFigures
from protocol.quantity import format_thousandths
from protocol.receipt import Document
from store_server.database.unit_of_work import Work, read_time
from store_server.receipts.tables import Form, present_form, read_form
from store_server.receipts.templates import make_document
from store_server.receipts.words import words
from store_server.shifts import figures, tables
from store_server.shifts.figures import Figures
from store_server.shifts.rules import Event

_LISTED: tuple[tuple[Event, str], ...] = (
    (Event.VOID, "voids"),
    (Event.CANCEL, "cancelled"),
    (Event.NO_SALE, "no_sales"),
    (Event.OVERRIDE, "overrides"),
    (Event.DISCOUNT, "discounts"),
    (Event.REFUND, "refunds"),
    (Event.REPRINT, "reprints"),
    (Event.TENDER_REMOVED, "tender_removals"),
)
"""What every slip lists per cashier, with its word (CSH-2)."""


def _stamp(form: Form, text: str | None) -> str:
    return f"{form.local(read_time(text)):%Y-%m-%d %H:%M}" if text else ""


def _events(form: Form, found: Figures) -> list[dict[str, Any]]:
    said = words()
    listed = []
    for kind, word in _LISTED:
        cashiers = [
            {"name": event.operator, "count": event.count, "amount": form.money(event.amount_minor)}
            for event in found.events
            if event.kind == kind
        ]
        listed.append(
            {
                "name": getattr(said, word),
                "count": found.count(kind),
                "amount": form.money(found.amount(kind)),
                "cashiers": cashiers,
            }
        )
    listed.append(
        {
            "name": said.roundings,
            "count": found.rounding_count,
            "amount": form.money(found.rounding_minor),
            "cashiers": [],
        }
    )
    return listed


def _tenders(form: Form, found: Figures, *, blind: bool) -> list[dict[str, Any]]:
    return [
        {"name": total.name, "count": total.count, "amount": form.money(total.amount_minor)}
        for total in found.tenders
        if not (blind and total.tender in found.drawer_tenders)
    ]


def _common(work: Work, form: Form, found: Figures) -> dict[str, Any]:
    return {
        "store": form.store(),
        "printed": f"{form.local(work.now):%Y-%m-%d %H:%M:%S}",
        "sales": found.sale_count,
        "items": format_thousandths(found.item_count_thousandths),
        "refunds": {"count": found.refund_count, "amount": form.money(found.refund_minor)},
        "cash_in": {
            "count": found.count(Event.CASH_IN),
            "amount": form.money(found.amount(Event.CASH_IN)),
        },
        "cash_out": {
            "count": found.count(Event.CASH_OUT),
            "amount": form.money(found.amount(Event.CASH_OUT)),
        },
        "events": _events(form, found),
    }


def _sums(form: Form, found: Figures) -> dict[str, Any]:
    """What would give the cash away before the count, and so is not on an X slip."""
    return {
        "gross": form.money(found.gross_minor),
        "discount": form.money(found.discount_minor),
        "net": form.money(found.net_minor),
        "cashiers": [
            {"name": each.operator, "count": each.count, "amount": form.money(each.net_minor)}
            for each in found.cashiers
        ],
    }


def _shift(form: Form, row: sqlite3.Row) -> dict[str, Any]:
    return {
        "number": row["number"],
        "lane": row["lane"],
        "cashier": row["operator_name"],
        "business_date": row["business_date"],
        "opened": _stamp(form, row["opened_at"]),
        "float": form.money(row["float_minor"]),
    }


def _closing(work: Work, form: Form, row: sqlite3.Row) -> dict[str, Any]:
    counted, expected, left = row["counted_minor"], row["expected_minor"], row["left_minor"]
    return {
        "closed": _stamp(form, row["closed_at"]),
        "closed_by": row["closed_by_name"],
        "handed_to": row["handed_to"],
        "counted": form.money(counted),
        "expected": form.money(expected),
        "difference": form.money(counted - expected),
        "reason": row["difference_reason"],
        "left": form.money(left),
        "to_safe": form.money(counted - left),
        "float_difference": form.money(row["float_difference_minor"]),
        "counts": tables.count_of_counts(work.db, row["shift_id"]),
    }


def _document(
    work: Work, form: Form, values: dict[str, Any], title: str, more_marks: tuple[str, ...] = ()
) -> Document:
    marks = (_("TRAINING - not a receipt"), *more_marks) if work.training else more_marks
    return make_document(form.template, form.text, values, title, marks)


def x_slip(work: Work, shift: sqlite3.Row) -> Document:
    """Return the figures of the shift so far; nothing on it tells how much cash should be there."""
    form = present_form(work, "x_slip")
    with speaking(form.language):
        found = figures.figures_of(work.db, figures.shift_scope(shift["shift_id"]))
        values = {
            **_common(work, form, found),
            "shift": _shift(form, shift),
            "tenders": _tenders(form, found, blind=True),
        }
        title = _("X slip, lane {lane}").format(lane=shift["lane"])
        return _document(work, form, values, title)


def z_slip(work: Work, shift: sqlite3.Row, copy: int = 0) -> Document:
    """Return the slip of a closed shift in the form of its day; `copy` above 0 marks it so."""
    form = read_form(work.db, shift["form_id"])
    with speaking(form.language):
        found = figures.figures_of(work.db, figures.shift_scope(shift["shift_id"]))
        values = {
            **_common(work, form, found),
            **_sums(form, found),
            "shift": _shift(form, shift),
            "closing": _closing(work, form, shift),
            "tenders": _tenders(form, found, blind=False),
        }
        title = _("Z slip, lane {lane}, shift {number}").format(lane=shift["lane"], number=shift["number"])
        marks = (_("COPY {count}").format(count=copy),) if copy else ()
        return _document(work, form, values, title, marks)


def cash_slip(
    work: Work, shift: sqlite3.Row, direction: CashDirection, amount_minor: int, reason: str
) -> Document:
    """Return the slip of a cash movement, to be signed."""
    form = present_form(work, "cash_slip")
    assert work.session is not None
    with speaking(form.language):
        said = words()
        title = said.cash_in if direction is CashDirection.IN else said.cash_out
        values = {
            "store": form.store(),
            "printed": f"{form.local(work.now):%Y-%m-%d %H:%M:%S}",
            "title": title,
            "shift": _shift(form, shift),
            "cashier": work.session.name,
            "amount": form.money(amount_minor),
            "reason": reason,
        }
        return _document(work, form, values, title)


def day_slip(work: Work, day: DayFigures) -> Document:
    """Return the slip of a business day."""
    form = present_form(work, "day_slip")
    with speaking(form.language):
        found = figures.figures_of(work.db, figures.day_scope(day.business_date))
        shifts = [
            {
                **_shift(form, row),
                "closed": _stamp(form, row["closed_at"]),
                "difference": form.money((row["counted_minor"] or 0) - (row["expected_minor"] or 0)),
            }
            for row in tables.shifts_of(work.db, day.business_date)
        ]
        values = {
            **_common(work, form, found),
            **_sums(form, found),
            "business_date": day.business_date,
            "tenders": _tenders(form, found, blind=False),
            "shifts": list(reversed(shifts)),
            "difference": form.money(day.difference_minor),
        }
        title = _("Day report {date}").format(date=day.business_date)
        return _document(work, form, values, title)
