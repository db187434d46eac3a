"""What other rooms read of members: who is attached to a sale, and who may be served."""

import sqlite3
from dataclasses import dataclass

from protocol.identifiers import MemberId
from protocol.language import _
from protocol.messages.base import Refused
from store_server.members import tables

__all__ = ["Attached", "attached", "served"]

ATTACHED = (
    "SELECT m.member_id, m.number, m.name, m.state, s.tier, t.name AS tier_name, t.discount_ppm "
    "FROM members m JOIN member_standings s USING (member_id) JOIN tiers t USING (tier) "
    "WHERE m.member_id = ? AND m.pending = 0"
)


@dataclass(frozen=True, slots=True)
class Attached:
    """A member beside a sale."""

    member_id: MemberId
    number: str
    name: str
    state: str
    tier: int
    tier_name: str
    discount_ppm: int
    """What the tier takes off selling prices."""


def attached(db: sqlite3.Connection, member_id: int) -> Attached | None:
    """Return a member as a sale needs one, in whatever state; None: there is none."""
    row = db.execute(ATTACHED, (member_id,)).fetchone()
    if row is None:
        return None
    return Attached(
        MemberId(row["member_id"]),
        row["number"],
        row["name"],
        row["state"],
        row["tier"],
        row["tier_name"],
        row["discount_ppm"],
    )


def served(db: sqlite3.Connection, member_id: int) -> Attached | Refused:
    """Return an active member, or why this one cannot be served: `no_such_member`, `member_<state>`.

    One who was merged is answered with the member who has the books now.
    """
    found = attached(db, tables.kept_member(db, member_id))
    if found is None:
        return Refused(code="no_such_member", explanation=_("This member does not exist."))
    match found.state:
        case "active":
            return found
        case "erased":
            text = _("The data of member {number} was erased at the member's wish.")
        case _:
            text = _("Member {number} {name} has left. The membership can be opened again in the console.")
    words = text.format(number=found.number, name=found.name)
    return Refused(code=f"member_{found.state}", explanation=words)
