"""Sample figures for the preview of each template; a test holds their shape equal to the real ones."""

from typing import Any

from protocol.language import N_, _
from protocol.money import SYMBOLS
from store_server.receipts.tables import Form

_GOODS = N_("Jasmine tea 500 ml")
_FRUIT = N_("Apples")
_CASHIER = N_("Li Mei")
_CASH = N_("Cash")
_CARD = N_("Bank card")
_TAX = N_("VAT 13 %")
_REASON = N_("damaged box")
_OFFER = N_("Three for two")
_COUPON = N_("1.00 off your next visit")


def _line(form: Form, name: str, quantity: str, value: int, off: int) -> dict[str, Any]:
    return {
        "name": name,
        "code": "6901234567892",
        "quantity": quantity,
        "unit": "",
        "price": form.money(450),
        "normal_price": form.money(500),
        "value": form.money(value),
        "discount": form.money(off) if off else "",
        "discount_reason": _(_REASON) if off else "",
        "amount": form.money(value - off),
        "price_reason": _("promotion") if off else "",
        "note": _("gift wrapped") if off else "",
        "offers": [{"name": _(_OFFER), "amount": form.money(off)}] if off else [],
        "off": form.money(off) if off else "",
        "off_words": _(_OFFER) if off else "",
    }


def _receipt(form: Form) -> dict[str, Any]:
    return {
        "store": form.store(),
        "number": "S1-1-20261121-0042",
        "date": "2026-11-21",
        "time": "17:30:05",
        "business_date": "2026-11-21",
        "lane": "1",
        "cashier": _(_CASHIER),
        "symbol": SYMBOLS.get(form.currency, form.currency + " "),
        "lines": [
            _line(form, _(_GOODS), "3", 1350, 150),
            _line(form, _(_FRUIT), "0.455", 905, 0),
        ],
        "items": "4",
        "gross": form.money(2405),
        "subtotal": form.money(2105),
        "sale_discount": form.money(105),
        "sale_discount_reason": _(_REASON),
        "total": form.money(2000),
        "rounding": "",
        "taxes": [_tax(form)],
        "tax_added": "",
        "saved": form.money(405),
        "offers": [{"name": _(_OFFER), "amount": form.money(150)}],
        "tenders": [
            {"name": _(_CARD), "amount": form.money(1000), "reference": "004271"},
            {"name": _(_CASH), "amount": form.money(2000), "reference": ""},
        ],
        "paid": form.money(3000),
        "change": form.money(1000),
        "member": "10000042",
        "member_tier": _("Gold"),
        "points_earned": "20",
        "points_spent": "",
        "points_balance": "1320",
        "coupons": [
            {
                "name": _(_COUPON),
                "code": "7K3MW9QRHT2X",
                "spaced": "7K3M-W9QR-HT2X",
                "ends": "2026-12-31 22:00",
            }
        ],
    }


def _tax(form: Form) -> dict[str, Any]:
    return {
        "name": _(_TAX),
        "net": form.money(1770),
        "tax": form.money(230),
        "gross": form.money(2000),
        "added": "",
    }


def _refund(form: Form) -> dict[str, Any]:
    line = {
        "name": _(_GOODS),
        "code": "6901234567892",
        "quantity": "1",
        "unit": "",
        "price": form.money(400),
        "amount": form.money(400),
        "disposition": _("back on the shelf"),
        "reason": _(_REASON),
    }
    return {
        "store": form.store(),
        "number": "S1-1-20261121-R0007",
        "receipt": "S1-1-20261120-0042",
        "exchange": "",
        "date": "2026-11-21",
        "time": "17:30:05",
        "business_date": "2026-11-21",
        "lane": "1",
        "cashier": _(_CASHIER),
        "approver": "",
        "symbol": SYMBOLS.get(form.currency, form.currency + " "),
        "lines": [line],
        "amount": form.money(400),
        "rounding": "",
        "kept": "",
        "total": form.money(400),
        "tenders": [{"name": _(_CASH), "amount": form.money(400), "reference": ""}],
        "taxes": [_tax(form)],
        "member": "10000042",
        "points_taken": "4",
        "points_returned": "",
    }


def _points(form: Form) -> dict[str, Any]:
    return {
        "store": form.store(),
        "printed": "2026-11-21 12:00:00",
        "member": "10000042",
        "balance": "1320",
        "worth": form.money(1320),
        "lots": [{"points": "1320", "ends": "2027-12-31"}],
        "rows": [
            {
                "date": "2026-11-21",
                "what": _("Shopping"),
                "points": "+20",
                "balance": "1320",
                "reference": "S1-1-20261121-0042",
            }
        ],
    }


def _cashiers(form: Form) -> list[dict[str, Any]]:
    return [{"name": _(_CASHIER), "count": 2, "amount": form.money(4200)}]


def _common(form: Form) -> dict[str, Any]:
    event = {"name": _("Voided lines"), "count": 2, "amount": form.money(4200), "cashiers": _cashiers(form)}
    return {
        "store": form.store(),
        "printed": "2026-11-21 22:05:00",
        "sales": 42,
        "refunds": {"count": 1, "amount": form.money(400)},
        "items": "137",
        "cash_in": {"count": 1, "amount": form.money(10000)},
        "cash_out": {"count": 0, "amount": form.money(0)},
        "events": [event],
        "tenders": [{"name": _(_CARD), "count": 17, "amount": form.money(123450)}],
    }


def _sums(form: Form) -> dict[str, Any]:
    return {
        "gross": form.money(250000),
        "discount": form.money(10000),
        "net": form.money(240000),
        "cashiers": _cashiers(form),
    }


def _shift(form: Form) -> dict[str, Any]:
    return {
        "number": 7,
        "lane": "1",
        "cashier": _(_CASHIER),
        "business_date": "2026-11-21",
        "opened": "2026-11-21 08:00",
        "float": form.money(20000),
    }


def _closing(form: Form) -> dict[str, Any]:
    return {
        "closed": "2026-11-21 22:05",
        "closed_by": _(_CASHIER),
        "handed_to": _(_CASHIER),
        "counted": form.money(136500),
        "expected": form.money(136550),
        "difference": form.money(-50),
        "reason": _("miscounted"),
        "left": form.money(20000),
        "to_safe": form.money(116500),
        "float_difference": form.money(0),
        "counts": 1,
    }


def _cash(form: Form) -> dict[str, Any]:
    return {
        "store": form.store(),
        "printed": "2026-11-21 12:00:00",
        "title": _("Cash out"),
        "shift": _shift(form),
        "cashier": _(_CASHIER),
        "amount": form.money(10000),
        "reason": _("stamps"),
    }


def _day(form: Form) -> dict[str, Any]:
    shift = {**_shift(form), "closed": "2026-11-21 22:05", "difference": form.money(-50)}
    return {
        **_common(form),
        **_sums(form),
        "business_date": "2026-11-21",
        "shifts": [shift],
        "difference": form.money(-50),
    }


def sample(form: Form) -> dict[str, Any]:
    """Return the sample values of the form's template, in the language that is being spoken."""
    match form.template:
        case "receipt":
            return _receipt(form)
        case "x_slip":
            return {**_common(form), "shift": _shift(form)}
        case "z_slip":
            return {**_common(form), **_sums(form), "shift": _shift(form), "closing": _closing(form)}
        case "day_slip":
            return _day(form)
        case "refund_slip":
            return _refund(form)
        case "points_slip":
            return _points(form)
        case _:
            return _cash(form)


def bare(values: Any) -> Any:
    """Return the same values with every text empty and every list without rows: what `if` leaves out.

    Numbers that are always there stay: a receipt always has its number.
    """
    if isinstance(values, dict):
        return {key: value if key == "number" else bare(value) for key, value in values.items()}
    if isinstance(values, list):
        return []
    return "" if isinstance(values, str) else values
