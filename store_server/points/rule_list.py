"""The rules of points as the shop keeps them: the list, a change, and the occasion that they look at."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from protocol.identifiers import CategoryId, ProductId
from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.points import (
    ListPointsRules,
    PointsRuleChanged,
    PointsRuleKind,
    PointsRules,
    PointsRuleView,
    SavePointsRule,
)
from store_server.database.unit_of_work import Work
from store_server.points.earning import (
    DAY_MINUTES,
    GIFTS,
    MULTIPLIERS,
    RATES,
    WHOLE_PPM,
    Birthday,
    Occasion,
    Rule,
    RuleKind,
)
from store_server.points.people import Person

FIRST_NAMES = (N_("Points for shopping"), N_("Paying with points"))
"""The names of the first rules; a shop's own names stay as they were typed."""
_ALL_DAY = (RuleKind.REGISTRATION, RuleKind.REFERRAL, RuleKind.BIRTHDAY)
"""Given once, at an hour that nobody chooses: birthdays come with the daily job."""
_WHICH = {
    RuleKind.PRODUCT: ("product_id", "products"),
    RuleKind.CATEGORY: ("category_id", "categories"),
}


def occasion_of(work: Work, member: Person, day: date, tier: int | None = None) -> Occasion:
    """Return who it is and when, for the rules to look at."""
    local = work.now.astimezone(work.settings.zone)
    return Occasion(local, day, member.tier if tier is None else tier, member.birthday)


def _rule(row: sqlite3.Row) -> Rule:
    return Rule(
        rule_id=row["rule_id"],
        kind=RuleKind(row["kind"]),
        name=row["name"],
        active=bool(row["active"]),
        tier=row["tier"],
        product_id=row["product_id"],
        category_id=row["category_id"],
        points=row["points"],
        per_minor=row["per_minor"],
        multiplier_ppm=row["multiplier_ppm"],
        weekdays=frozenset(int(digit) for digit in row["weekdays"]),
        from_minute=row["from_minute"],
        to_minute=row["to_minute"],
        first_day=date.fromisoformat(row["first_day"]) if row["first_day"] else None,
        last_day=date.fromisoformat(row["last_day"]) if row["last_day"] else None,
        birthday=Birthday(row["birthday"]),
    )


_GENERAL = "SELECT * FROM points_rules WHERE active = 1 AND product_id IS NULL ORDER BY rule_id"
OF_PRODUCTS = (
    "SELECT r.* FROM json_each(?) p CROSS JOIN points_rules r ON r.product_id = p.value "
    "WHERE r.product_id IS NOT NULL AND r.active = 1"
)


def active_rules(db: sqlite3.Connection, products: Collection[int] = ()) -> list[Rule]:
    """Return the rules that are in force; of those for one product only the products' that are named."""
    rules = [_rule(row) for row in db.execute(_GENERAL)]
    if products:
        rules += [_rule(row) for row in db.execute(OF_PRODUCTS, (json.dumps(sorted(set(products))),))]
    return rules


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _minute(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def view(rule: Rule) -> PointsRuleView:
    """Return a rule as the shop sees it."""
    return PointsRuleView(
        rule_id=rule.rule_id,
        kind=PointsRuleKind(rule.kind),
        name=_(rule.name),
        active=rule.active,
        tier=rule.tier,
        product_id=None if rule.product_id is None else ProductId(rule.product_id),
        category_id=None if rule.category_id is None else CategoryId(rule.category_id),
        points=rule.points,
        per_minor=rule.per_minor,
        multiplier_ppm=rule.multiplier_ppm,
        weekdays=tuple(sorted(rule.weekdays)),
        from_time=_clock(rule.from_minute),
        until_time=_clock(rule.to_minute),
        first_day=rule.first_day,
        last_day=rule.last_day,
        birthday=rule.birthday.value,
    )


def _all(db: sqlite3.Connection) -> Iterator[PointsRuleView]:
    order = {kind.value: place for place, kind in enumerate(RuleKind)}
    rows = db.execute("SELECT * FROM points_rules ORDER BY rule_id").fetchall()
    for row in sorted(rows, key=lambda each: order[each["kind"]]):
        yield view(_rule(row))


def list_points_rules(work: Work, query: ListPointsRules) -> Answer:
    """How points are earned and spent."""
    return PointsRules(rules=tuple(_all(work.db)))


def _problem(work: Work, rule: PointsRuleView) -> Refused | None:
    kind = RuleKind(rule.kind)
    if not rule.name.strip():
        return Refused(code="name_needed", field="name", explanation=_("The rule needs a name."))
    if kind in _WHICH:
        column, table = _WHICH[kind]
        which = getattr(rule, column)
        query = f"SELECT 1 FROM {table} WHERE {column} = ?"  # noqa: S608 - both from the table above
        if which is None or work.db.execute(query, (which,)).fetchone() is None:
            text = _("Please choose the goods that the rule is for.")
            return Refused(code="goods_needed", field=column, explanation=text)
    if kind in RATES and rule.per_minor == 0:
        text = _("Please say for how much money the points are.")
        return Refused(code="amount_needed", field="per_minor", explanation=text)
    exchange = kind in (RuleKind.SPEND, RuleKind.CASH_OUT)
    if (exchange or kind in GIFTS) and rule.points == 0:
        text = _("Please say how many points. To stop the rule, switch it off.")
        return Refused(code="points_needed", field="points", explanation=text)
    if rule.first_day and rule.last_day and rule.last_day < rule.first_day:
        text = _("The rule would end before it begins.")
        return Refused(code="bad_days", field="last_day", explanation=text)
    if rule.from_time == rule.until_time or rule.from_time == "24:00":
        text = _("The hours of the rule must begin before they end, or go over midnight.")
        return Refused(code="bad_hours", field="until_time", explanation=text)
    return None


def _values(rule: PointsRuleView, name: str) -> dict[str, Any]:
    """What the kind has no use for is not kept."""
    kind = RuleKind(rule.kind)
    all_day = kind in _ALL_DAY
    return {
        "kind": kind.value,
        "name": name,
        "active": rule.active,
        "tier": rule.tier,
        "product_id": rule.product_id if kind is RuleKind.PRODUCT else None,
        "category_id": rule.category_id if kind is RuleKind.CATEGORY else None,
        "points": 0 if kind in MULTIPLIERS else rule.points,
        "per_minor": rule.per_minor if kind in RATES else 0,
        "multiplier_ppm": rule.multiplier_ppm if kind in MULTIPLIERS else WHOLE_PPM,
        "weekdays": "".join(str(day) for day in sorted(set(rule.weekdays))),
        "from_minute": 0 if all_day else _minute(rule.from_time),
        "to_minute": DAY_MINUTES if all_day else _minute(rule.until_time),
        "first_day": rule.first_day.isoformat() if rule.first_day else None,
        "last_day": rule.last_day.isoformat() if rule.last_day else None,
        "birthday": rule.birthday,
    }


def save_points_rule(work: Work, command: SavePointsRule) -> Answer:
    """Add a rule or change one."""
    rule = command.rule
    problem = _problem(work, rule)
    if problem is not None:
        return problem
    before = work.db.execute("SELECT * FROM points_rules WHERE rule_id = ?", (rule.rule_id,)).fetchone()
    name = rule.name.strip()
    if rule.rule_id is not None:
        if before is None or before["kind"] != rule.kind:
            text = _("There is no such rule of this kind.")
            return Refused(code="no_such_rule", field="rule_id", explanation=text)
        old: str = before["name"]
        if _(old) == name:
            name = old  # the translated name was only shown
    values = {"rule_id": rule.rule_id, **_values(rule, name)}
    columns = ", ".join(values)
    marks = ", ".join(f":{column}" for column in values)
    changes = ", ".join(f"{column} = excluded.{column}" for column in values)
    made = work.db.execute(
        f"INSERT INTO points_rules ({columns}) VALUES ({marks}) "  # noqa: S608 - names from the table above
        f"ON CONFLICT (rule_id) DO UPDATE SET {changes} RETURNING rule_id",
        values,
    ).fetchone()
    work.record(PointsRuleChanged(rule=rule.model_copy(update={"rule_id": made[0], "name": name})))
    return list_points_rules(work, ListPointsRules())
