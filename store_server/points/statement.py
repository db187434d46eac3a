"""A member's points as people see them: balance, what ends when, the rows with their words."""

import sqlite3
from datetime import date
from itertools import groupby

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.points import GetPointsStatement, PointsLotView, PointsRowView, PointsStatement
from store_server.database.unit_of_work import Work, read_time
from store_server.points import tables
from store_server.points.earning import RuleKind, exchange_rule, money_for
from store_server.points.people import Person, person
from store_server.points.rule_list import active_rules, occasion_of
from store_server.points.selling import points_there
from store_server.shifts.reading import present_date

WORDS = {
    "earn": N_("Shopping"),
    "spend": N_("Paid with points"),
    "expire": N_("Expired"),
    "adjust": N_("Adjusted by hand"),
    "gift": N_("Gift"),
    "cash_out": N_("Paid out in cash"),
    "registration": N_("Welcome"),
    "birthday": N_("Birthday gift"),
    "referral": N_("Brought a new member"),
    "referral_share": N_("Shopping of a brought member"),
    "check_in": N_("Check-in"),
    "refund_earned": N_("Returned goods: earned points taken back"),
    "refund_spent": N_("Returned goods: spent points given back"),
    "refund_shared": N_("Returned goods of a brought member"),
    "refund_paid": N_("Missing points paid out of the refund"),
    "merge": N_("Two members became one"),
    "close": N_("End of the membership"),
}
"""Every kind of row in words."""

ROWS = (
    "SELECT r.*, coalesce(o.name, '') AS operator FROM points_rows r "
    "LEFT JOIN operators o USING (operator_id) "
    "WHERE r.member_id = ?1 AND r.row_id < ?2 ORDER BY r.row_id DESC LIMIT ?3"
)
_LATEST = 2**62


def today(work: Work) -> date:
    """Return the business date that is open, or that the next shift would open."""
    return date.fromisoformat(present_date(work))


def statement(work: Work, member: Person, limit: int = 20, before_row: int | None = None) -> PointsStatement:
    """Return the member's points as they stand on the present business day."""
    day = today(work)
    there = points_there(work, member.member_id, day)
    rule = exchange_rule(active_rules(work.db), RuleKind.SPEND, occasion_of(work, member, day))
    rows = work.db.execute(ROWS, (member.member_id, before_row or _LATEST, limit + 1)).fetchall()
    return PointsStatement(
        member_id=MemberId(member.member_id),
        balance=there,
        worth_minor=0 if rule is None else money_for(max(there, 0), rule),
        lots=_lots(work, member.member_id, day),
        rows=tuple(_row(row) for row in rows[:limit]),
        more=len(rows) > limit,
    )


def _row(row: sqlite3.Row) -> PointsRowView:
    words = WORDS[row["kind"]]
    return PointsRowView(
        row_id=row["row_id"],
        at=read_time(row["at"]),
        business_date=date.fromisoformat(row["business_date"]),
        kind=row["kind"],
        words=_(words),
        points=row["points"],
        balance=row["balance"],
        reference=row["reference"][:200],
        operator=row["operator"],
    )


def _lots(work: Work, member_id: int, day: date) -> tuple[PointsLotView, ...]:
    lots = [lot for lot in tables.lots(work.db, member_id) if lot.expires_on is None or lot.expires_on >= day]
    return tuple(
        PointsLotView(points=sum(lot.remaining for lot in group), expires_on=ends)
        for ends, group in groupby(lots, key=lambda lot: lot.expires_on)
    )


def get_points_statement(work: Work, query: GetPointsStatement) -> Answer:
    """A member's points."""
    member = person(work.db, query.member_id)
    if member is None:
        return Refused(code="no_such_member", field="member_id", explanation=_("There is no such member."))
    return statement(work, member, query.limit, query.before_row)
