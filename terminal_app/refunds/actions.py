"""What the keys for goods that come back do: their part of the one registry of actions."""

from protocol.language import N_
from protocol.permissions import Permission
from terminal_app.action import Action

_REFUND = N_("Refund")

REFUNDS = (
    Action(
        "checkout.refund",
        "f21,shift+f9",
        N_("Refund"),
        N_("Take goods back by their receipt, exchange them, or take them back without a receipt."),
        N_("Payment"),
        Permission.REFUND,
    ),
    Action(
        "loose.search",
        "f2",
        N_("Search"),
        N_("Find the goods that come back by name, pinyin, initials or part of a code."),
        _REFUND,
        footer=True,
    ),
    Action(
        "loose.price",
        "f3",
        N_("Price given"),
        N_("Give another price for the chosen goods; more than they cost now has to be approved."),
        _REFUND,
        footer=True,
    ),
    Action(
        "receipt.all",
        "f3",
        N_("All of it"),
        N_("Everything that is left of the receipt comes back; again: nothing."),
        _REFUND,
        footer=True,
    ),
    Action(
        "return.waste",
        "f4",
        N_("Shelf / bin"),
        N_("Say whether the goods of the chosen line go back on the shelf or into the bin."),
        _REFUND,
        footer=True,
    ),
    Action(
        "return.reason",
        "f5",
        N_("Reason"),
        N_("Say why goods come back: one line, or all of them."),
        _REFUND,
        footer=True,
    ),
    Action(
        "receipt.in_cash",
        "f6",
        N_("In cash"),
        N_("Give back in cash what was paid by card or pay app, where the shop allows it; again: as paid."),
        _REFUND,
        footer=True,
    ),
    Action(
        "receipt.slip",
        "f7",
        N_("Slip again"),
        N_("Print the slip of an earlier refund of this receipt again, marked as a copy."),
        _REFUND,
        Permission.REPRINT,
        footer=True,
    ),
    Action(
        "receipt.exchange",
        "f8",
        N_("Exchange"),
        N_("Let the goods that come back pay for new goods; the customer pays or gets the difference."),
        _REFUND,
        Permission.REFUND,
        footer=True,
    ),
    Action(
        "loose.remove",
        "delete",
        N_("Remove"),
        N_("The chosen goods do not come back after all."),
        _REFUND,
        footer=True,
    ),
    Action(
        "return.book",
        "f10,ctrl+s",
        N_("Give back"),
        N_("Take the goods back and give the money back; the slip prints, the drawer opens for cash."),
        _REFUND,
        footer=True,
    ),
)
