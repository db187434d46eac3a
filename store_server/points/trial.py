"""Trying the rules of points: what a sale would earn, by the same rules that sales use."""

from datetime import datetime, time

from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.points import PointsTried, TryPointsRules
from store_server.database.unit_of_work import Work
from store_server.points.earning import (
    Occasion,
    RuleKind,
    earned,
    exchange_rule,
    points_for,
    share_of_referrer,
)
from store_server.points.rule_list import view
from store_server.points.selling import SoldLine, rules_and_lines
from store_server.stock import tables as stock

_ANY_GOODS = 0
"""No product has this number: only rules for all goods apply."""


def _occasion(work: Work, query: TryPointsRules) -> Occasion:
    day = query.business_date
    local = datetime.combine(day, time.fromisoformat(query.time), work.settings.zone)
    birthday = None
    if query.birthday:
        other = 1 if day.day != 1 else 2
        birthday = (day.month, day.day if query.birthday == "day" else other)
    return Occasion(local, day, query.tier, birthday)


def try_points_rules(work: Work, query: TryPointsRules) -> Answer:
    """Say what an amount would earn, by which rules, and what it would take to pay it with points."""
    if query.product_id is not None and not stock.product_exists(work.db, query.product_id):
        text = _("There is no such product.")
        return Refused(code="no_such_product", field="product_id", explanation=text)
    amount, occasion = query.amount_minor, _occasion(work, query)
    product = _ANY_GOODS if query.product_id is None else query.product_id
    rules, lines = rules_and_lines(work.db, [SoldLine(product, amount)])
    got = earned(rules, lines, amount, occasion)
    by_number = {rule.rule_id: rule for rule in rules}
    exchange = exchange_rule(rules, RuleKind.SPEND, occasion)
    return PointsTried(
        points=got.points,
        base_points=got.base_points,
        rules=tuple(view(by_number[rule_id]) for rule_id in got.rules),
        shared_points=share_of_referrer(rules, amount, occasion),
        needed_points=None if exchange is None else points_for(amount, exchange),
    )
