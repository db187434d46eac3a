"""What the keys for prices do, at the counter and on a finished sale: their part of the one registry."""

from protocol.language import N_
from terminal_app.action import Action

_PRICES = N_("Prices and coupons")
_EXPLAIN = N_("See each rule that made the price, in its order, and what nearly worked.")

PRICING = (
    Action("checkout.explain", "ctrl+v", N_("Why?"), _EXPLAIN, _PRICES, footer=True),
    # A terminal sends Shift+F5 as F17, and where it speaks the newer protocol, as what it is.
    Action(
        "checkout.coupons",
        "f17,shift+f5",
        N_("Coupons"),
        N_("Type or scan a coupon, choose one of the member's, see what each gives, take one off."),
        _PRICES,
    ),
    Action(
        "checkout.points_price",
        "f16,shift+f4",
        N_("Money + points"),
        N_("Sell at prices in money and points where an offer has them; again: at prices in money."),
        _PRICES,
    ),
    Action(
        "checkout.quotation",
        "f20,shift+f8",
        N_("Quotation"),
        N_("Take an approved quotation into the basket at its prices."),
        _PRICES,
    ),
    Action("sale.explain", "ctrl+v", N_("Why?"), _EXPLAIN, _PRICES, footer=True),
)
