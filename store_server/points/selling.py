"""What sales ask of points: may this be paid with them, and what does the finished sale do."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from protocol.language import _
from protocol.messages.base import Refused
from store_server.database.unit_of_work import Work
from store_server.members.standing import note_points
from store_server.points import movements, tables
from store_server.points.earning import (
    Earned,
    Line,
    Rule,
    RuleKind,
    earned,
    exchange_rule,
    points_for,
    share_of_referrer,
    with_offer,
)
from store_server.points.people import Person, active, person
from store_server.points.rule_list import active_rules, occasion_of
from store_server.points.tables import Reason, SaleRow

POINTS = "points"
"""The code of the tender."""


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line that was sold."""

    product_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class FinishedSale:
    """A paid sale of a member, as the sales hand it over."""

    sale_id: str
    receipt_number: str
    member_id: int
    tier: int
    """The tier that is on the sale."""
    day: date
    lines: Sequence[SoldLine]
    earning_minor: int
    """What was paid by tenders that earn, change and rounding taken off."""
    points_paid: int = 0
    """What the payments with points said that they take, and what goes with the money in offers."""
    extra_points: int = 0
    """What offers give on top."""
    multiplier_ppm: int = 0
    """The sale earns so many times its points by an offer; 0: no offer says anything about that."""


def points_there(work: Work, member_id: int, day: date) -> int:
    """Return what the member can spend on the day: the balance without what has ended."""
    ended = sum(
        lot.remaining
        for lot in tables.lots(work.db, member_id)
        if lot.expires_on is not None and lot.expires_on < day
    )
    return tables.balance(work.db, member_id) - ended


def points_of_payment(
    work: Work, member_id: int | None, tier: int, amounts_minor: Sequence[int], day: date, besides: int = 0
) -> int | Refused:
    """Return how many points the payments take together, or why they cannot be made with points.

    `besides` are points that go with the money in an offer of the same sale.
    """
    if member_id is None:
        text = _("Only a member can pay with points. Attach the member first.")
        return Refused(code="member_needed", field="tender", explanation=text)
    member = active(work.db, member_id)
    if isinstance(member, Refused):
        return member
    rule = exchange_rule(active_rules(work.db), RuleKind.SPEND, occasion_of(work, member, day, tier))
    if rule is None:
        text = _("Nothing can be paid with points here: no rule says what they are worth.")
        return Refused(code="no_rate", field="tender", explanation=text)
    needed = sum(points_for(amount, rule) for amount in amounts_minor)
    there = max(points_there(work, member.member_id, day) - besides, 0)
    if needed > there:
        return not_enough(needed, there)
    return needed


def not_enough(needed: int, there: int) -> Refused:
    """Return the refusal of those who have too few points."""
    text = _("{needed} points are needed and {there} are there.")
    return Refused(
        code="not_enough_points", field="amount_minor", explanation=text.format(needed=needed, there=there)
    )


def book_sale(work: Work, sale: FinishedSale) -> Refused | None:
    """Take the points that were paid and give those that were earned; None when it is done."""
    member = active(work.db, sale.member_id)
    if isinstance(member, Refused):
        # A sale is never held up by a membership that ended meanwhile, unless points were to pay it.
        return member if sale.points_paid else None
    if sale.points_paid:
        reason = Reason("spend", sale.day, sale.receipt_number, sale.sale_id)
        if movements.debit(work, member.member_id, sale.points_paid, reason) is None:
            return _gone_meanwhile(sale.points_paid, points_there(work, member.member_id, sale.day))
    occasion = occasion_of(work, member, sale.day, sale.tier)
    rules, lines = rules_and_lines(work.db, sale.lines)
    total = sum(line.amount_minor for line in lines)
    eligible = max(0, min(sale.earning_minor, total))
    got = with_offer(earned(rules, lines, eligible, occasion, sale.multiplier_ppm), sale.extra_points)
    if got.points:
        reason = Reason("earn", sale.day, sale.receipt_number, sale.sale_id)
        note_points(work, member.member_id, got.points, sale.day.isoformat(), sale.sale_id)
        movements.credit(work, member.member_id, got.points, reason, movements.usual_expiry(work, sale.day))
    referrer = _referrer(work, member)
    shared = 0 if referrer is None else share_of_referrer(rules, eligible, occasion)
    if referrer is not None and shared:
        reason = Reason("referral_share", sale.day, sale.receipt_number, sale.sale_id)
        movements.credit(work, referrer.member_id, shared, reason, movements.usual_expiry(work, sale.day))
    tables.insert_sale(work, _row(sale, member, total, eligible, got, referrer, shared))
    return None


def _gone_meanwhile(needed: int, there: int) -> Refused:
    text = _(
        "{needed} points were to pay this, and {there} are left: some were used elsewhere meanwhile. "
        "Take the payment with points back; what it paid is then due in another way."
    )
    return Refused(code="not_enough_points", explanation=text.format(needed=needed, there=there))


def rules_and_lines(db: sqlite3.Connection, sold: Sequence[SoldLine]) -> tuple[list[Rule], list[Line]]:
    """Return the rules in force for these goods, and the goods as the rules look at them."""
    products = {line.product_id for line in sold}
    rules = active_rules(db, products)
    above: dict[int, tuple[int, ...]] = {}
    if any(rule.kind is RuleKind.CATEGORY for rule in rules):
        above = {product: _categories(db, product) for product in products}
    return rules, [Line(line.amount_minor, line.product_id, above.get(line.product_id, ())) for line in sold]


def _referrer(work: Work, member: Person) -> Person | None:
    found = None if member.referrer_id is None else person(work.db, member.referrer_id)
    same = found is not None and found.member_id == member.member_id
    return found if found is not None and found.is_active and not same else None


def _row(
    sale: FinishedSale,
    member: Person,
    total: int,
    eligible: int,
    got: Earned,
    referrer: Person | None,
    shared: int,
) -> SaleRow:
    return SaleRow(
        sale_id=sale.sale_id,
        member_id=member.member_id,
        business_date=sale.day.isoformat(),
        receipt_number=sale.receipt_number,
        tier=sale.tier,
        total_minor=total,
        eligible_minor=eligible,
        base_points=got.base_points,
        earned=got.points,
        spent=sale.points_paid,
        referrer_id=referrer.member_id if referrer is not None and shared else None,
        shared=shared,
        rules=json.dumps(got.rules),
    )


_CATEGORIES = """
WITH RECURSIVE up(category_id, depth) AS (
    SELECT category_id, 0 FROM products WHERE product_id = ? AND category_id IS NOT NULL
    UNION ALL SELECT c.parent_id, depth + 1 FROM up JOIN categories c USING (category_id)
    WHERE c.parent_id IS NOT NULL AND depth < 20
) SELECT category_id FROM up ORDER BY depth
"""


def _categories(db: sqlite3.Connection, product_id: int) -> tuple[int, ...]:
    return tuple(int(row[0]) for row in db.execute(_CATEGORIES, (product_id,)))
