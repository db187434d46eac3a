"""Coupons in words: what they give, where one stands, why it was issued."""

from protocol.coupon import CouponBatchView, CouponCodes, CouponIssue
from protocol.language import N_, _, ngettext
from protocol.messages.coupons import CouponBatchRow, CouponState

BENEFITS = {
    "amount": (N_("An amount off"), N_("So much money off the goods, for example 10 off from 100.")),
    "percent": (N_("A percentage off"), N_("A part of the price off the goods, for example 10% off.")),
    "gift": (N_("Free goods"), N_("Goods that cost nothing when they are in the basket.")),
}
"""What a coupon can give: a few words, and a sentence."""
STATES = {
    CouponState.LIVE: N_("can be used"),
    CouponState.HELD: N_("on a basket"),
    CouponState.USED: N_("used"),
    CouponState.EXPIRED: N_("has ended"),
    CouponState.CANCELLED: N_("cancelled"),
}
ISSUES = {
    CouponIssue.BIRTHDAY: N_("on the member's birthday"),
    CouponIssue.TIER: N_("when a member comes up to one of the tiers"),
    CouponIssue.REGISTRATION: N_("when somebody becomes a member"),
}
_REASONS = {
    "hand": N_("by hand"),
    "offer": N_("by an offer"),
    "birthday": N_("birthday"),
    "tier": N_("new tier"),
    "registration": N_("new member"),
    "points": N_("for points"),
    "batch": N_("handed out"),
}


def issued_for_words(reason: str) -> str:
    """Return why a coupon was issued; a reason of a newer server is said as it is."""
    return _(_REASONS[reason]) if reason in _REASONS else reason


def way_words(batch: CouponBatchView) -> str:
    """Return how people get one, in a few words."""
    if batch.codes is CouponCodes.SHARED:
        return _("code {code}").format(code=batch.shared_code)
    parts = [_(_SHORT[issue]) for issue in batch.issue_on]
    if batch.points:
        words = ngettext("{points} point", "{points} points", batch.points)
        parts.append(words.format(points=f"{batch.points:,}"))
    return " + ".join(parts) or _("by hand")


_SHORT = {
    CouponIssue.BIRTHDAY: N_("birthday"),
    CouponIssue.TIER: N_("new tier"),
    CouponIssue.REGISTRATION: N_("new member"),
}


def used_words(row: CouponBatchRow) -> str:
    """Return `3 of 20`; without a number of their own, how often it was used."""
    if row.batch.codes is CouponCodes.SHARED:
        limit = row.batch.uses_in_all
        return _("{used} of {all}").format(used=row.used, all=limit) if limit else str(row.used)
    return _("{used} of {all}").format(used=row.used, all=row.issued)
