"""What a refund does to growth, tier, visits and spending: by the fraction of the value that came back."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import date

from protocol.language import _, speaking
from store_server.database.unit_of_work import Work
from store_server.members import standing, tables
from store_server.members.return_rules import REFUND, Past, began_with, tier_left
from store_server.members.tier_rules import Change, Standing, Tier, last_day
from store_server.pricing.returned import VALUE_ALONE, GoodsBack, still_to_undo

SALE = "SELECT member_id, total_minor, growth FROM member_sales WHERE sale_id = ?"
UNDONE = (
    "SELECT coalesce(sum(growth), 0), coalesce(sum(visits), 0), coalesce(sum(spent_minor), 0) "
    "FROM member_returns WHERE sale_id = ?"
)
LAST_VISIT = (
    "SELECT s.at, s.business_date FROM member_sales s WHERE s.member_id = ? AND NOT EXISTS "
    "(SELECT 1 FROM member_returns r WHERE r.sale_id = s.sale_id AND r.visits = 1) ORDER BY s.at DESC LIMIT 1"
)
PAST = (
    "SELECT business_date, from_tier, to_tier, change, after_growth FROM tier_changes "
    "WHERE member_id = ? ORDER BY change_id DESC"
)


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a refund took back."""

    growth: int = 0
    visits: int = 0
    """1 when all of the sale has come back."""
    spent_minor: int = 0


def reverse_for_refund(
    work: Work, sale_id: str, returned_value_minor: int, day: date, goods: GoodsBack = VALUE_ALONE
) -> Reversal:
    """Undo what a sale gave, for goods worth `returned_value_minor` in all, earlier refunds included.

    Called again with the same value it does nothing, so that all partial refunds together are one full one.
    A sale without a member is left as it is.
    """
    sale = work.db.execute(SALE, (sale_id,)).fetchone()
    if sale is None:
        return Reversal()
    total = sale["total_minor"]
    growth, visits, spent = work.db.execute(UNDONE, (sale_id,)).fetchone()
    rest = Reversal(
        still_to_undo(sale["growth"], returned_value_minor, total, growth, goods),
        still_to_undo(1, returned_value_minor, total, visits, goods),
        still_to_undo(total, returned_value_minor, total, spent, goods),
    )
    if rest == Reversal():
        return rest
    work.db.execute(
        "INSERT INTO member_returns (sale_id, at, business_date, growth, visits, spent_minor) "
        "VALUES (?,?,?,?,?,?)",
        (sale_id, work.at, day.isoformat(), rest.growth, rest.visits, rest.spent_minor),
    )
    member_id = tables.kept_member(work.db, sale["member_id"])
    if rest.growth:
        _take_growth(work, member_id, rest.growth, day, sale_id)
    _take_visit(work.db, member_id, rest)
    return rest


def _take_growth(work: Work, member_id: int, growth: int, day: date, sale_id: str) -> None:
    """Take growth, and the tier that is not reached without it; a lost tier may have taken some before."""
    table = standing.tiers(work.db)
    before = standing.review_member(work, member_id, day, table)
    taken = min(growth, before.growth)
    after = replace(before, growth=before.growth - taken, grown_since=before.grown_since - taken)
    if taken:
        standing.add_row(work, member_id, day.isoformat(), -taken, REFUND, sale_id)
    past = [Past(date.fromisoformat(row[0]), *tuple(row)[1:]) for row in work.db.execute(PAST, (member_id,))]
    tier = tier_left(table, before.tier, after.growth, past)
    if tier == before.tier:
        standing.write(work, member_id, after)
        return
    after = _again(work.db, member_id, table[tier], after.growth, began_with(tier, past))
    standing.write(work, member_id, after)
    with speaking(work.settings.language):
        text = _("Goods came back: the growth value is {growth}, {tier} needs {needed}.")
        lost = table[before.tier]
        words = text.format(growth=after.growth, tier=lost.name, needed=lost.growth_needed)
    change = Change(day, before.tier, tier, REFUND, 0, before.grown_since)
    standing.note_change(work, member_id, change, words, sale_id)
    standing.review_member(work, member_id, day, table)


def _again(db: sqlite3.Connection, member_id: int, tier: Tier, growth: int, began: Past | None) -> Standing:
    """Return the standing in a tier that goes on as if no higher one had come between."""
    if began is not None:
        since, first = began.on, began.after_growth
    else:
        row = db.execute("SELECT joined_on FROM members WHERE member_id = ?", (member_id,)).fetchone()
        since, first = date.fromisoformat(row[0]), 0
    query = "SELECT coalesce(sum(growth), 0) FROM growth_rows WHERE member_id = ? AND growth_id > ?"
    grown = int(db.execute(query, (member_id, first)).fetchone()[0])
    return Standing(tier.tier, since, last_day(tier, since), None, growth, grown)


def _take_visit(db: sqlite3.Connection, member_id: int, rest: Reversal) -> None:
    """Take spending, and the visit when all has come back; who has no visit left has never bought."""
    db.execute(
        "UPDATE member_visits SET visits = visits - ?, spent_minor = spent_minor - ? WHERE member_id = ?",
        (rest.visits, rest.spent_minor, member_id),
    )
    if not rest.visits:
        return
    ids = (member_id, *tables.merged_ids(db, member_id))
    found = [row for row in (db.execute(LAST_VISIT, (each,)).fetchone() for each in ids) if row is not None]
    if found:
        last = max(found, key=lambda row: str(row["at"]))
        db.execute(
            "UPDATE member_visits SET last_at = ?, last_date = ? WHERE member_id = ?",
            (last["at"], last["business_date"], member_id),
        )
    db.execute("DELETE FROM member_visits WHERE member_id = ? AND visits <= 0", (member_id,))
