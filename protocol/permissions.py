"""The permissions of the store, each with its sentence: what one who has it may do."""

from enum import StrEnum

from protocol.language import N_


class Permission(StrEnum):
    """What an operator, or the person who approves one action, may do."""

    SELL = "sell"
    VOID_LINE = "void_line"
    CANCEL_SALE = "cancel_sale"
    OVERRIDE_PRICE = "override_price"
    DISCOUNT = "discount"
    REFUND = "refund"
    REFUND_WITHOUT_RECEIPT = "refund_without_receipt"
    NO_SALE = "no_sale"
    REPRINT = "reprint"
    CASH_IN_OUT = "cash_in_out"
    SHIFT = "shift"
    TAKE_OVER_SHIFT = "take_over_shift"
    CLOSE_DAY = "close_day"
    SEE_SALES = "see_sales"
    SEE_DEVICES = "see_devices"
    EDIT_PRODUCTS = "edit_products"
    IMPORT_EXPORT = "import_export"
    ADJUST_STOCK = "adjust_stock"
    MANAGE_OPERATORS = "manage_operators"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_TERMINALS = "manage_terminals"
    BACK_UP = "back_up"
    VERIFY = "verify"
    TRAINING = "training"
    SEE_MEMBERS = "see_members"
    REGISTER_MEMBERS = "register_members"
    EDIT_MEMBERS = "edit_members"
    SEE_FULL_PROFILE = "see_full_profile"
    MANAGE_CARDS = "manage_cards"
    MANAGE_TIERS = "manage_tiers"
    MERGE_MEMBERS = "merge_members"
    ERASE_MEMBERS = "erase_members"
    ADJUST_POINTS = "adjust_points"
    CASH_OUT_POINTS = "cash_out_points"
    MANAGE_POINTS = "manage_points"
    MANAGE_OFFERS = "manage_offers"
    MANAGE_COUPONS = "manage_coupons"
    ISSUE_COUPONS = "issue_coupons"
    WRITE_QUOTATIONS = "write_quotations"
    APPROVE_QUOTATIONS = "approve_quotations"


PERMISSION_BY_NAME: dict[str, Permission] = {permission.value: permission for permission in Permission}

PERMISSION_SENTENCES: dict[Permission, str] = {
    Permission.SELL: N_("Sell: build a basket, take payment, finish the sale."),
    Permission.VOID_LINE: N_("Void a line of a basket."),
    Permission.CANCEL_SALE: N_("Cancel a whole basket."),
    Permission.OVERRIDE_PRICE: N_("Sell at another price than the normal one, with a reason."),
    Permission.DISCOUNT: N_("Give a discount on a line or on the whole sale."),
    Permission.REFUND: N_("Give money back for goods of a receipt, and exchange them."),
    Permission.REFUND_WITHOUT_RECEIPT: N_("Give money back for goods without a receipt."),
    Permission.NO_SALE: N_("Open the drawer without a sale."),
    Permission.REPRINT: N_("Print a copy of a receipt."),
    Permission.CASH_IN_OUT: N_("Put cash into the drawer or take it out, with a reason."),
    Permission.SHIFT: N_("Open and close the own shift."),
    Permission.TAKE_OVER_SHIFT: N_("Count and close the shift of another cashier."),
    Permission.CLOSE_DAY: N_("Close the business day."),
    Permission.SEE_SALES: N_("See sales, shifts and slips of everybody."),
    Permission.SEE_DEVICES: N_("See the devices of all lanes."),
    Permission.EDIT_PRODUCTS: N_("Change products, barcodes, categories and prices."),
    Permission.IMPORT_EXPORT: N_("Import and export lists."),
    Permission.ADJUST_STOCK: N_("Correct the stock of a product, with a reason."),
    Permission.MANAGE_OPERATORS: N_("Add and change operators, roles and PINs."),
    Permission.MANAGE_SETTINGS: N_("Change the store's settings and templates."),
    Permission.MANAGE_TERMINALS: N_("Pair and revoke terminals."),
    Permission.BACK_UP: N_("Make a backup of the store."),
    Permission.VERIFY: N_("Have the books checked."),
    Permission.TRAINING: N_("Practise in the training books."),
    Permission.SEE_MEMBERS: N_("Find members and see their panel beside the sale, with the phone masked."),
    Permission.REGISTER_MEMBERS: N_("Register new members and issue their first card."),
    Permission.EDIT_MEMBERS: N_("Change what is known of a member, tags and notes included."),
    Permission.SEE_FULL_PROFILE: N_(
        "See whole phones and the full profile of a member; each look is recorded."
    ),
    Permission.MANAGE_CARDS: N_("Freeze, replace and take back member cards."),
    Permission.MANAGE_TIERS: N_("Change tiers and growth rules, and give a tier by hand, with a reason."),
    Permission.MERGE_MEMBERS: N_("Merge two members, close a member and open one again."),
    Permission.ERASE_MEMBERS: N_("Erase a member's personal data, and export all that is held on one."),
    Permission.ADJUST_POINTS: N_("Give a member points by hand or take them, with a reason."),
    Permission.CASH_OUT_POINTS: N_("Pay cash out of the drawer for a member's points."),
    Permission.MANAGE_POINTS: N_("Change the rules of points and the gifts that members get for them."),
    Permission.MANAGE_OFFERS: N_("Add, change and end offers, and try them on a basket."),
    Permission.MANAGE_COUPONS: N_("Add and change coupons."),
    Permission.ISSUE_COUPONS: N_("Issue coupons by hand and take them back, with a reason."),
    Permission.WRITE_QUOTATIONS: N_("Write quotations and give them up."),
    Permission.APPROVE_QUOTATIONS: N_("Approve quotations, so that they can be sold."),
}

ROLES: dict[str, frozenset[Permission]] = {
    "cashier": frozenset(
        {
            Permission.SELL,
            Permission.VOID_LINE,
            Permission.CANCEL_SALE,
            Permission.REPRINT,
            Permission.SHIFT,
            Permission.TRAINING,
            Permission.SEE_MEMBERS,
            Permission.REGISTER_MEMBERS,
        }
    ),
    "supervisor": frozenset(Permission)
    - {
        Permission.MANAGE_OPERATORS,
        Permission.MANAGE_SETTINGS,
        Permission.MANAGE_TERMINALS,
        Permission.MANAGE_TIERS,
        Permission.ERASE_MEMBERS,
        Permission.MANAGE_POINTS,
        Permission.MANAGE_OFFERS,
        Permission.MANAGE_COUPONS,
    },
    "manager": frozenset(Permission),
}
"""The roles that a new store begins with; the store may change them and add its own."""
