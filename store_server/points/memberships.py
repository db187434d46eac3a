"""What happens to points when somebody becomes a member, two become one, or a membership ends."""

from collections.abc import Callable
from typing import Any

from protocol.messages.base import Fact
from protocol.messages.members import MemberRegistered, MemberState, MemberStateChanged
from store_server.database.unit_of_work import Work
from store_server.points import movements, tables
from store_server.points.earning import RuleKind, gift_of
from store_server.points.people import person
from store_server.points.rule_list import active_rules, occasion_of
from store_server.points.statement import today
from store_server.points.tables import Reason


def welcome(work: Work, fact: MemberRegistered) -> None:
    """Points for a new member, and for the one who brought them; once each."""
    member = person(work.db, fact.member_id)
    if member is None:
        return
    day, rules = today(work), active_rules(work.db)
    ends = movements.usual_expiry(work, day)
    gifts = [(RuleKind.REGISTRATION, member)]
    referrer = person(work.db, fact.referrer_id) if fact.referrer_id is not None else None
    if referrer is not None and referrer.is_active and referrer.member_id != member.member_id:
        gifts.append((RuleKind.REFERRAL, referrer))
    for kind, who in gifts:
        points = gift_of(rules, kind, occasion_of(work, who, day))
        if points and not tables.given_once(work.db, who.member_id, kind, member.number):
            movements.credit(work, who.member_id, points, Reason(kind.value, day, member.number), ends)


def follow(work: Work, fact: MemberStateChanged) -> None:
    """Move the points of a merged member; write those of an ended membership off."""
    day = today(work)
    number = work.db.execute("SELECT number FROM members WHERE member_id = ?", (fact.member_id,)).fetchone()[
        0
    ]
    if fact.state is MemberState.MERGED and fact.merged_into is not None:
        kept = person(work.db, fact.merged_into)
        assert kept is not None, "who was merged was merged into somebody"
        movements.hand_over(work, fact.member_id, kept.member_id, day, number, kept.number)
    elif fact.state in (MemberState.CLOSED, MemberState.ERASED):
        movements.write_off(work, fact.member_id, day, number)


REACTIONS: dict[type[Fact], Callable[[Work, Any], None]] = {
    MemberRegistered: welcome,
    MemberStateChanged: follow,
}
"""What this room does in the transaction of a command of a lower room that records such a fact."""
