"""Rules of the ready-made classes: RFM against the averages of all who bought, A/B/C by spending (pure)."""

from dataclasses import dataclass
from datetime import date

from protocol.messages.members import AbcClass, RfmClass

A_SHARE, B_SHARE = 70, 90
"""A brings the first 70 % of the spending, A and B together 90 %."""

_CLASSES = {
    (True, True, True): RfmClass.IMPORTANT_VALUE,
    (True, False, True): RfmClass.IMPORTANT_DEVELOP,
    (False, True, True): RfmClass.IMPORTANT_KEEP,
    (False, False, True): RfmClass.IMPORTANT_WIN_BACK,
    (True, True, False): RfmClass.GENERAL_VALUE,
    (True, False, False): RfmClass.GENERAL_DEVELOP,
    (False, True, False): RfmClass.GENERAL_KEEP,
    (False, False, False): RfmClass.GENERAL_WIN_BACK,
}
"""(lately, often, much) to the class."""


@dataclass(frozen=True, slots=True)
class Buying:
    """What a member has bought, in three numbers."""

    last_on: date
    visits: int
    spent_minor: int


@dataclass(frozen=True, slots=True)
class Measures:
    """Sums over all active members who bought, as of a day; and the least spending of A and of B."""

    measured_on: date
    members: int
    away_days: int
    """Days since the last sale, summed."""
    visits: int
    spent_minor: int
    a_least_minor: int
    b_least_minor: int


def rfm_class(measures: Measures, buying: Buying) -> RfmClass:
    """Return the class: at least as good as the average is good."""
    away = (measures.measured_on - buying.last_on).days
    return _CLASSES[
        away * measures.members <= measures.away_days,
        buying.visits * measures.members >= measures.visits,
        buying.spent_minor * measures.members >= measures.spent_minor,
    ]


def abc_class(measures: Measures, spent_minor: int) -> AbcClass:
    """Return the class of one who spent so much."""
    if spent_minor >= measures.a_least_minor:
        return AbcClass.A
    return AbcClass.B if spent_minor >= measures.b_least_minor else AbcClass.C


def belongs(before_minor: int, whole_minor: int, share: int) -> bool:
    """Return whether one belongs to those who bring a share (per cent), by what the better ones did."""
    return before_minor * 100 < whole_minor * share
