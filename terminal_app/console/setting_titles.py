"""What the settings of a store are called; a test says which one is missing."""

from protocol.language import N_, _

TITLES = {
    "store_code": N_("Store code"),
    "store_name": N_("Store name"),
    "store_address": N_("Address"),
    "receipt_footer": N_("Last line of receipts"),
    "currency": N_("Currency"),
    "time_zone": N_("Time zone"),
    "language": N_("Language of receipts"),
    "day_rollover": N_("New day begins at"),
    "park_warning_minutes": N_("Parked too long (minutes)"),
    "difference_limit_minor": N_("Large cash difference"),
    "quantity_limit_thousandths": N_("Largest quantity"),
    "line_limit": N_("Most lines of a sale"),
    "cash_rounding": N_("Cash is rounded to"),
    "cash_rounding_mode": N_("How cash is rounded"),
    "refund_in_cash": N_("Card money back in cash"),
    "refund_second_person_minor": N_("Large refund"),
    "quotation_second_person": N_("Quotations by two people"),
    "wrong_pin_limit": N_("Wrong PINs allowed"),
    "pin_lock_minutes": N_("PIN lock (minutes)"),
    "pin_length": N_("Shortest PIN (digits)"),
    "member_number_first": N_("First member number"),
    "member_number_last": N_("Last member number"),
    "member_price": N_("Member price on promotion"),
    "confirm_member_card": N_("Ask before a card attaches"),
    "points_expiry": N_("Points end"),
    "points_expiry_days": N_("Points end after (days)"),
    "points_grace_days": N_("Returned points (days)"),
    "points_refund_shortfall": N_("Points missing at a refund"),
}
"""By the name of the setting."""


def setting_title(setting: str) -> str:
    """Return the title in the present language; a setting of a newer server is called by its name."""
    return _(TITLES[setting]) if setting in TITLES else setting
