"""How points come and go: every change of a balance is one of these, inside the caller's transaction.

What a member has is kept in lots; a balance below zero has none, and whatever comes in then pays it first.
"""

from collections.abc import Sequence
from datetime import date

from store_server.database.unit_of_work import Work
from store_server.points import tables
from store_server.points.lots import Expiry, Part, after_debt, expiry_of, soonest_first, take
from store_server.points.tables import NewLot, Reason


def usual_expiry(work: Work, day: date) -> date | None:
    """Return the last day of points that come in on the day, as the store has set it."""
    return expiry_of(Expiry(work.settings.points_expiry), work.settings.points_expiry_days, day)


def credit(work: Work, member_id: int, points: int, reason: Reason, expires_on: date | None) -> int:
    """Give points as one lot, less what a balance below zero swallows; return the row's number."""
    return credit_lots(work, member_id, [NewLot(points, expires_on)], reason)


def credit_lots(work: Work, member_id: int, new: Sequence[NewLot], reason: Reason) -> int:
    """Give points as several lots; the first ones pay a balance below zero."""
    debt = max(0, -tables.balance(work.db, member_id))
    points = sum(lot.points for lot in new)
    tables.change_balance(work, member_id, points, below_zero=False)
    row_id = tables.insert_row(work, member_id, points, reason)
    left = after_debt([Part(at, lot.points) for at, lot in enumerate(new)], debt)
    lots = [NewLot(part.points, new[part.lot_id].expires_on) for part in left]
    tables.insert_lots(work, row_id, member_id, lots)
    return row_id


def debit(work: Work, member_id: int, points: int, reason: Reason) -> int | None:
    """Take points, the soonest-ending first; return the row's number, None when there are not so many.

    What has ended by then is written off before.
    """
    expire(work, member_id, reason.day)
    if not tables.change_balance(work, member_id, -points, below_zero=False):
        return None
    row_id = tables.insert_row(work, member_id, -points, reason)
    tables.take_from_lots(work, row_id, take(tables.lots(work.db, member_id), points))
    return row_id


def claw_back(work: Work, member_id: int, points: int, reason: Reason, first: int | None = None) -> int:
    """Take points whether they are there or not: from the lot `first`, the others, then below zero."""
    expire(work, member_id, reason.day)
    tables.change_balance(work, member_id, -points, below_zero=True)
    row_id = tables.insert_row(work, member_id, -points, reason)
    tables.take_from_lots(work, row_id, take(tables.lots(work.db, member_id), points, first))
    return row_id


def expire(work: Work, member_id: int, day: date) -> int:
    """Write off what ended before the day; return how many points."""
    ended = [
        Part(lot.lot_id, lot.remaining)
        for lot in tables.lots(work.db, member_id)
        if lot.expires_on is not None and lot.expires_on < day
    ]
    points = sum(part.points for part in ended)
    if points:
        there = tables.change_balance(work, member_id, -points, below_zero=False)
        assert there, "lots hold no more than the balance"
        row_id = tables.insert_row(work, member_id, -points, Reason("expire", day))
        tables.take_from_lots(work, row_id, ended)
    return points


def restore(work: Work, member_id: int, parts: Sequence[Part], reason: Reason) -> int:
    """Give points of a payment back to the lots that they came from.

    A balance below zero swallows the first of them. A lot that has ended meanwhile gets the grace period,
    one that another member's merged books held becomes a lot of the present member.
    """
    db, grace = work.db, work.settings.points_grace_days
    debt = max(0, -tables.balance(db, member_id))
    points = sum(part.points for part in parts)
    tables.change_balance(work, member_id, points, below_zero=False)
    row_id = tables.insert_row(work, member_id, points, reason)
    back, new = [], []
    for part in after_debt(parts, debt):
        owner, expires_on = tables.lot_home(db, part.lot_id)
        if expires_on is not None and expires_on < reason.day:
            new.append(NewLot(part.points, expiry_of(Expiry.DAYS, grace, reason.day)))
        elif owner != member_id:
            new.append(NewLot(part.points, expires_on))
        else:
            back.append(part)
    tables.move_lots(work, row_id, back)
    tables.insert_lots(work, row_id, member_id, new)
    return row_id


def hand_over(work: Work, from_id: int, to_id: int, day: date, from_name: str, to_name: str) -> None:
    """Move all points of a merged member to the one who is kept: a row on each side, lots with their days."""
    expire(work, from_id, day)
    expire(work, to_id, day)
    points = tables.balance(work.db, from_id)
    there, here = Reason("merge", day, to_name), Reason("merge", day, from_name)
    if points > 0:
        lots = soonest_first(tables.lots(work.db, from_id))
        debit(work, from_id, points, there)
        credit_lots(work, to_id, [NewLot(lot.remaining, lot.expires_on) for lot in lots], here)
    elif points < 0:
        credit(work, from_id, -points, there, None)
        claw_back(work, to_id, -points, here)


def write_off(work: Work, member_id: int, day: date, reference: str) -> None:
    """Bring the balance of a membership that ends to zero, from either side."""
    expire(work, member_id, day)
    points = tables.balance(work.db, member_id)
    reason = Reason("close", day, reference)
    if points > 0:
        debit(work, member_id, points, reason)
    elif points < 0:
        credit(work, member_id, -points, reason, None)
