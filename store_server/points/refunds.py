"""What a refund does to points: by the fraction of the value that came back, once, however often asked."""

from dataclasses import dataclass
from datetime import date

from store_server.database.unit_of_work import Work
from store_server.points import movements, tables
from store_server.points.earning import RuleKind, exchange_rule, money_for
from store_server.points.lots import give_back
from store_server.points.people import Person, person
from store_server.points.reversal import undo
from store_server.points.rule_list import active_rules, occasion_of
from store_server.points.tables import Reason
from store_server.pricing.returned import VALUE_ALONE, GoodsBack

BELOW_ZERO, DEDUCT = "below_zero", "deduct"


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a refund did to points."""

    earned: int = 0
    """Taken back from the member."""
    spent: int = 0
    """Given back to the member."""
    shared: int = 0
    """Taken back from the one who brought the member."""
    deduct_minor: int = 0
    """What is to be kept of the refund, because the points are no longer there (a setting)."""


def reverse_for_refund(
    work: Work, sale_id: str, returned_value_minor: int, day: date, goods: GoodsBack = VALUE_ALONE
) -> Reversal:
    """Undo a sale's points for goods worth `returned_value_minor` in all, earlier refunds included.

    Called again with the same value it does nothing, so that all partial refunds together are one full one.
    A sale without a member is left as it is.
    """
    row = tables.sale(work.db, sale_id)
    member = person(work.db, row.member_id) if row is not None else None
    if row is None or member is None:
        return Reversal()
    sold = tables.sold(work.db, row)
    rest = undo(sold, returned_value_minor, goods)
    number = row.receipt_number
    movements.expire(work, member.member_id, day)
    if rest.spent:
        parts = give_back(tables.spent_parts(work.db, sale_id), sold.spent_undone, rest.spent)
        movements.restore(work, member.member_id, parts, Reason("refund_spent", day, number, sale_id))
    deduct = 0
    if rest.earned:
        before = tables.balance(work.db, member.member_id)
        lot = tables.lot_of_sale(work.db, sale_id)
        movements.claw_back(
            work, member.member_id, rest.earned, Reason("refund_earned", day, number, sale_id), lot
        )
        missing = rest.earned - max(0, min(before, rest.earned))
        deduct = _paid_in_money(work, member, missing, Reason("refund_paid", day, number, sale_id))
    _end_again(work, member, day, number)
    if rest.shared and row.referrer_id is not None:
        _take_share(work, row.referrer_id, rest.shared, Reason("refund_shared", day, number, sale_id))
    return Reversal(rest.earned, rest.spent, rest.shared, deduct)


def _paid_in_money(work: Work, member: Person, missing: int, reason: Reason) -> int:
    """Where the shop wants no balance below zero, let the refund pay for the points that are gone."""
    if not missing or work.settings.points_refund_shortfall != DEDUCT or not member.is_active:
        return 0
    rule = exchange_rule(active_rules(work.db), RuleKind.SPEND, occasion_of(work, member, reason.day))
    worth = 0 if rule is None else money_for(missing, rule)
    if worth:
        movements.credit(work, member.member_id, missing, reason, None)
    return worth


def _take_share(work: Work, referrer_id: int, points: int, reason: Reason) -> None:
    referrer = person(work.db, referrer_id)
    if referrer is not None:
        movements.claw_back(work, referrer.member_id, points, reason)
        _end_again(work, referrer, reason.day, reason.reference)


def _end_again(work: Work, member: Person, day: date, reference: str) -> None:
    """A membership that has ended keeps nothing of what a late refund brings or takes."""
    if not member.is_active:
        movements.write_off(work, member.member_id, day, reference)
