"""The words that the templates may use, as `words.total`; said in the language of the store's receipts."""

from functools import cache
from types import SimpleNamespace

from protocol.language import N_, _, current_language

WORDS = {
    "approved_by": N_("Approved by"),
    "address": N_("Address"),
    "amount": N_("Amount"),
    "business_day": N_("Business day"),
    "cancelled": N_("Cancelled baskets"),
    "cash_difference": N_("Cash difference"),
    "cash_in": N_("Cash in"),
    "cash_out": N_("Cash out"),
    "cashier": N_("Cashier"),
    "change": N_("Change"),
    "closed": N_("Closed"),
    "coupon": N_("Coupon"),
    "counted": N_("Counted"),
    "counts": N_("Times counted"),
    "day_slip": N_("Day report"),
    "discount": N_("Discount"),
    "discounts": N_("Discounts"),
    "expected": N_("Expected"),
    "float": N_("Float"),
    "float_difference": N_("Difference of the float"),
    "gross": N_("Gross"),
    "handed_to": N_("Handed to"),
    "items": N_("Items"),
    "lane": N_("Lane"),
    "left_in_drawer": N_("Left in the drawer"),
    "member": N_("Member"),
    "net": N_("Net sales"),
    "no_sales": N_("Drawer opened without a sale"),
    "normal_price": N_("Normal price"),
    "note": N_("Note"),
    "opened": N_("Opened"),
    "overrides": N_("Price changes"),
    "paid": N_("Paid"),
    "points_balance": N_("Points now"),
    "points_earned": N_("Points earned"),
    "points_ends": N_("Last day"),
    "points_spent": N_("Points used"),
    "points_statement": N_("Points statement"),
    "points_worth": N_("Worth"),
    "printed": N_("Printed"),
    "reason": N_("Reason"),
    "points_returned": N_("Points given back"),
    "points_taken": N_("Points taken back"),
    "receipt": N_("Receipt"),
    "kept_for_points": N_("Kept for points"),
    "new_receipt": N_("New receipt"),
    "refund_slip": N_("Refund"),
    "refunded": N_("Given back"),
    "received": N_("Received"),
    "refunds": N_("Refunds"),
    "reprints": N_("Copies of receipts"),
    "roundings": N_("Roundings"),
    "sales": N_("Sales"),
    "saved": N_("You saved"),
    "shift": N_("Shift"),
    "signature": N_("Signature"),
    "subtotal": N_("Subtotal"),
    "tax": N_("Tax"),
    "tax_amount": N_("Tax amount"),
    "tax_net": N_("Without tax"),
    "tender_removals": N_("Payments taken back"),
    "time": N_("Time"),
    "to_safe": N_("To the safe"),
    "total": N_("Total"),
    "until": N_("Until"),
    "voids": N_("Voided lines"),
    "x_slip": N_("X slip: shift so far"),
    "z_slip": N_("Z slip: shift closed"),
}


def words() -> SimpleNamespace:
    """Return all words in the language that is being spoken, as attributes."""
    return _words_in(current_language())


@cache
def _words_in(_language: str) -> SimpleNamespace:
    return SimpleNamespace(**{name: _(text) for name, text in WORDS.items()})
