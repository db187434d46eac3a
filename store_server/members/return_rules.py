"""Rules of tiers when goods come back: a tier to which they had lifted the member falls with them (pure).

* The growth value falls by the share of the sale that came back, and so does what grew to keep the tier; the
  latter goes below zero where it has to, and is grown anew.
* Who came to the tier by growth, and has no longer enough of it, falls at once to the tier that is reached.
  That tier goes on as it was: it lasts no longer because a higher one came between.
* A tier that was given by hand or came with a merged member stays, and so does one that is left of a higher
  one: whether it is kept is decided when its time is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from store_server.members.tier_rules import GRACE, KEEP, UPGRADE, Tier, tier_for

REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Past:
    """A change of a member's tier, as it was written."""

    on: date
    from_tier: int
    to_tier: int
    change: str
    after_growth: int
    """The last growth row before it; 0: none."""


def _led_to(each: Past, tier: int) -> bool:
    """Return whether a change led to a tier, or up and past it."""
    return each.to_tier == tier or each.from_tier < tier < each.to_tier


def tier_left(tiers: Sequence[Tier], tier: int, growth: int, past: Sequence[Past]) -> int:
    """Return the tier of one whose growth has fallen; `past` has the latest change first."""
    for each in past:
        if each.change in (GRACE, KEEP, REFUND) or not _led_to(each, tier):
            continue
        if each.change != UPGRADE or growth >= tiers[tier].growth_needed:
            break
        tier = max(each.from_tier, tier_for(tiers, growth))
        if tier > each.from_tier:
            break
    return tier


def began_with(tier: int, past: Sequence[Past]) -> Past | None:
    """Return the change with which the time of a tier began, or was begun anew; None: with the membership."""
    return next((each for each in past if each.change not in (GRACE, REFUND) and _led_to(each, tier)), None)
