"""The words for what the books say of a member in codes: states, classes, genders, cards, changes of tier."""

from protocol.language import N_, _
from protocol.messages.cards import CardKind, CardState
from protocol.messages.members import AbcClass, MemberState, MemberView, RfmClass

STATES = {
    MemberState.ACTIVE: N_("Active"),
    MemberState.CLOSED: N_("Has left"),
    MemberState.MERGED: N_("Merged"),
    MemberState.ERASED: N_("Erased"),
}

GENDERS = {"unknown": N_("Not told"), "female": N_("Female"), "male": N_("Male"), "other": N_("Another one")}

RFM = {
    RfmClass.IMPORTANT_VALUE: N_("Best customer: here lately, often, and spends much"),
    RfmClass.IMPORTANT_DEVELOP: N_("Promising: here lately and spends much, but comes seldom"),
    RfmClass.IMPORTANT_KEEP: N_("Slipping away: came often and spent much, but not lately"),
    RfmClass.IMPORTANT_WIN_BACK: N_("To be won back: spent much, but seldom and long ago"),
    RfmClass.GENERAL_VALUE: N_("Faithful: here lately and often, spends little"),
    RfmClass.GENERAL_DEVELOP: N_("New or occasional: here lately, seldom, spends little"),
    RfmClass.GENERAL_KEEP: N_("Cooling off: came often and spent little, not lately"),
    RfmClass.GENERAL_WIN_BACK: N_("Almost gone: seldom, long ago, spent little"),
}
"""The eight classes, as a shopkeeper would say them."""

ABC = {
    AbcClass.A: N_("A: among those who bring the first 70 % of the members' sales"),
    AbcClass.B: N_("B: among those who bring the next 20 % of the members' sales"),
    AbcClass.C: N_("C: among those who bring the last 10 % of the members' sales"),
}

CARD_KINDS = {
    CardKind.CONTACTLESS: N_("Contactless card"),
    CardKind.MAGSTRIPE: N_("Magnetic stripe"),
    CardKind.EM: N_("EM card"),
    CardKind.BARCODE: N_("Printed barcode"),
    CardKind.QR: N_("QR code"),
}

CARD_STATES = {
    CardState.ACTIVE: N_("Card in use"),
    CardState.FROZEN: N_("Frozen"),
    CardState.LOST: N_("Reported lost"),
    CardState.REPLACED: N_("Replaced"),
    CardState.RETURNED: N_("Returned"),
}

CARD_EVENTS = {
    "issued": N_("Issued"),
    "lost": N_("Reported lost"),
    "found": N_("Found again"),
    "frozen": N_("Frozen"),
    "unfrozen": N_("Unfrozen"),
    "replaced": N_("Replaced"),
    "returned": N_("Returned"),
    "moved": N_("Moved to this member"),
}

TIER_CHANGES = {
    "upgrade": N_("Upgraded"),
    "keep": N_("Kept"),
    "grace": N_("Grace began"),
    "downgrade": N_("Downgraded"),
    "by_hand": N_("Given by hand"),
    "merge": N_("Taken over in a merge"),
    "refund": N_("Returned goods"),
}


def ended_words(member: MemberView) -> str:
    """Return a sentence where nothing of a member can be changed any more, or an empty one."""
    if member.state is MemberState.ACTIVE:
        return ""
    return _("This membership has ended; nothing of it can be changed.")


def gender_words(gender: str) -> str:
    """Return the gender in the present language."""
    return _(GENDERS.get(gender, gender))
