"""What the keys of tax, price list, coupons, quotations and refunds do: a part of the registry of actions."""

from protocol.language import N_
from protocol.permissions import Permission
from terminal_app.action import Action

_HERE = N_("On this page")

_PARTS = (
    Action(
        "prices.price_list",
        "f9",
        N_("Price list"),
        N_("Selling, promotional and tier prices of all goods; promotions for many goods at once."),
        _HERE,
        footer=True,
    ),
    Action(
        "prices.coupons",
        "f10",
        N_("Coupons"),
        N_("What they give, who gets one by itself, and what became of each."),
        _HERE,
        footer=True,
    ),
    Action(
        "prices.quotations",
        "ctrl+o",
        N_("Quotations"),
        N_("A price for many units: written, approved, sold once."),
        _HERE,
        footer=True,
    ),
    Action(
        "prices.taxes",
        "ctrl+t",
        N_("Tax rates"),
        N_("The rates of the shop, in the price or on top of it."),
        _HERE,
        footer=True,
    ),
    Action(
        "prices.rounding",
        "ctrl+e",
        N_("Cash rounding"),
        N_("What coins make of a total, with examples for each way to round."),
        _HERE,
        footer=True,
    ),
)
_REFUNDS = (
    Action(
        "day.refunds",
        "f6",
        N_("Refunds"),
        N_("The goods that came back on the day, and how the money went back."),
        _HERE,
        Permission.SEE_SALES,
        footer=True,
    ),
    Action(
        "refund.slip",
        "f8",
        N_("Slip copy"),
        N_("Make a copy of the refund slip, marked and counted."),
        _HERE,
        Permission.REPRINT,
        footer=True,
    ),
    Action(
        "refund.sale", "f9", N_("The sale"), N_("Show the sale that the goods were of."), _HERE, footer=True
    ),
)
_PRICE_LIST = (
    Action(
        "price_list.show",
        "f8",
        N_("Goods shown"),
        N_("All goods, or only those on promotion now, later, or ending soon."),
        _HERE,
        footer=True,
    ),
    Action(
        "price_list.category",
        "f9",
        N_("Category"),
        N_("Show only goods of one category and those below it."),
        _HERE,
        footer=True,
    ),
    Action(
        "price_list.choose",
        "insert,ctrl+b",
        N_("Choose"),
        N_("Choose the goods under the cursor for a promotion together, or drop them."),
        _HERE,
        footer=True,
    ),
    Action(
        "price_list.choose_all",
        "ctrl+e",
        N_("Choose all"),
        N_("Choose all goods that are listed; once more drops them."),
        _HERE,
        footer=True,
    ),
    Action(
        "price_list.promote",
        "f10",
        N_("Promotion"),
        N_("Set or end a promotion for all chosen goods, after a look at old and new prices."),
        _HERE,
        Permission.EDIT_PRODUCTS,
        footer=True,
    ),
    Action(
        "promotion.apply",
        "ctrl+s",
        N_("Change prices"),
        N_("Give all goods of the list their new prices."),
        _HERE,
        Permission.EDIT_PRODUCTS,
        footer=True,
    ),
)
_COUPONS = (
    Action(
        "coupons.new",
        "ctrl+n",
        N_("New"),
        N_("Add coupons: what one gives, on which goods, for whom, until when."),
        _HERE,
        Permission.MANAGE_COUPONS,
        footer=True,
    ),
    Action(
        "coupons.copy",
        "ctrl+d",
        N_("Copy"),
        N_("Begin new coupons with all that the chosen ones say."),
        _HERE,
        Permission.MANAGE_COUPONS,
        footer=True,
    ),
    Action(
        "coupons.issued",
        "f8",
        N_("Coupons out"),
        N_("The coupons of the kind under the cursor: whose, where they stand, cancel, print."),
        _HERE,
        footer=True,
    ),
    Action(
        "coupons.issue",
        "f9",
        N_("Give out"),
        N_("Issue one to a member, or many without a name to be handed out."),
        _HERE,
        Permission.ISSUE_COUPONS,
        footer=True,
    ),
    Action(
        "coupons.over",
        "f10",
        N_("Over too"),
        N_("Show coupons that are over or switched off too, or leave them out."),
        _HERE,
        footer=True,
    ),
    Action(
        "coupon.state",
        "f8",
        N_("State"),
        N_("List only those that can be used, are used, over or cancelled."),
        _HERE,
        footer=True,
    ),
    Action(
        "coupon.paper",
        "f9",
        N_("On paper"),
        N_("Show the coupon as the printer prints it."),
        _HERE,
        footer=True,
    ),
    Action(
        "coupon.sale",
        "f10",
        N_("The sale"),
        N_("Show the sale that used the coupon."),
        _HERE,
        footer=True,
    ),
    Action(
        "coupon.export",
        "ctrl+e",
        N_("Export"),
        N_("Write the listed coupons with their codes to a CSV or Excel file."),
        _HERE,
        Permission.ISSUE_COUPONS,
        footer=True,
    ),
    Action(
        "coupon.cancel",
        "delete",
        N_("Cancel"),
        N_("Take a coupon back that was not used, with a reason."),
        _HERE,
        Permission.ISSUE_COUPONS,
        footer=True,
    ),
)
_QUOTATIONS = (
    Action(
        "quotations.new",
        "ctrl+n",
        N_("New"),
        N_("Write a quotation."),
        _HERE,
        Permission.WRITE_QUOTATIONS,
        footer=True,
    ),
    Action(
        "quotations.state",
        "f8",
        N_("State"),
        N_("List only drafts, approved, sold, cancelled or expired ones."),
        _HERE,
        footer=True,
    ),
    Action(
        "quotation.save",
        "ctrl+s",
        N_("Save"),
        N_("Store the quotation; an approved one becomes a draft again."),
        _HERE,
        Permission.WRITE_QUOTATIONS,
        footer=True,
    ),
    Action(
        "quotation.head",
        "f6",
        N_("Customer & terms"),
        N_("For whom it is, the member, until when it is valid, and the note."),
        _HERE,
        footer=True,
    ),
    Action(
        "quotation.add", "ctrl+n", N_("Add goods"), N_("Search for goods and add a line."), _HERE, footer=True
    ),
    Action("quotation.remove", "delete", N_("Take out"), N_("Take the chosen line out."), _HERE, footer=True),
    Action(
        "quotation.off_all",
        "f8",
        N_("% off all"),
        N_("Quote all goods at their normal price less a percentage."),
        _HERE,
        footer=True,
    ),
    Action(
        "quotation.approve",
        "f9",
        N_("Approve"),
        N_("Let it be sold at these prices; whoever wrote it may need a second person."),
        _HERE,
        Permission.APPROVE_QUOTATIONS,
        footer=True,
    ),
    Action(
        "quotation.paper",
        "f10",
        N_("On paper"),
        N_("Show the quotation as it is printed."),
        _HERE,
        footer=True,
    ),
    Action(
        "quotation.give_up",
        "ctrl+d",
        N_("Give up"),
        N_("Cancel the quotation, with a reason."),
        _HERE,
        Permission.WRITE_QUOTATIONS,
        footer=True,
    ),
    Action(
        "quotation.sale", "ctrl+t", N_("The sale"), N_("Show the sale that it became."), _HERE, footer=True
    ),
)
_PATTERNS = (
    Action(
        "patterns.try_it", "f8", N_("Try one"), N_("Go to the line for a barcode to try."), _HERE, footer=True
    ),
)
PRICE_ACTIONS: tuple[Action, ...] = (
    *_PARTS,
    *_REFUNDS,
    *_PRICE_LIST,
    *_COUPONS,
    *_QUOTATIONS,
    *_PATTERNS,
)
