"""What is asked about tiers and growth."""

from dataclasses import fields

from protocol.identifiers import CategoryId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.members import (
    GiveTier,
    GrowthRules,
    GrowthRuleView,
    ListGrowthRules,
    ListTierChanges,
    ListTiers,
    SaveGrowthRules,
    SaveTiers,
    TierChanges,
    TierChangeView,
    Tiers,
    TiersChanged,
    TierView,
)
from store_server.catalogue.shelves import ancestors, no_such_category
from store_server.database.unit_of_work import Work, read_time
from store_server.members import standing, views
from store_server.members.reading import served
from store_server.members.tier_rules import GrowthRule, Tier, displaced, tier_problem

CHANGES = "SELECT * FROM tier_changes WHERE member_id = ? ORDER BY change_id DESC"


def _tier_views(work: Work) -> tuple[TierView, ...]:
    return tuple(
        TierView(**{each.name: getattr(tier, each.name) for each in fields(Tier)})
        for tier in standing.tiers(work.db)
    )


def _rule_views(work: Work) -> tuple[GrowthRuleView, ...]:
    return tuple(
        GrowthRuleView(
            basis=rule.basis,
            growth_thousandths=rule.growth_thousandths,
            category_id=CategoryId(rule.category_id) if rule.category_id is not None else None,
        )
        for rule in standing.growth_rules(work.db)
    )


def list_tiers(work: Work, query: ListTiers) -> Answer:
    """All tiers."""
    return Tiers(tiers=_tier_views(work))


def save_tiers(work: Work, command: SaveTiers) -> Answer:
    """Replace the table of tiers."""
    table = [Tier(**{each.name: getattr(view, each.name) for each in fields(Tier)}) for view in command.tiers]
    wrong = tier_problem(table)
    if wrong is not None:
        words = _tier_words(wrong[0]).format(tier=table[wrong[1]].name)
        return Refused(code=f"bad_{wrong[0]}", field="tiers", explanation=words)
    if standing.highest_tier_held(work.db) >= len(table):
        text = _("Members have a tier that would be taken away. Give them another one first.")
        return Refused(code="tier_in_use", field="tiers", explanation=text)
    moved = displaced(standing.tiers(work.db), table, standing.tiers_held(work.db))
    if moved is not None:
        text = _("Members have {tier}: it keeps its rank. Put new tiers above the highest that members have.")
        return Refused(code="tier_moved", field="tiers", explanation=text.format(tier=moved.name))
    standing.replace_tiers(work.db, table)
    work.record(TiersChanged(tiers=_tier_views(work), rules=_rule_views(work)))
    return Tiers(tiers=_tier_views(work))


def _tier_words(problem: str) -> str:
    match problem:
        case "ranks":
            return _("Ranks of tiers count from 0 without a gap: look at {tier}.")
        case "first":
            return _("The first tier, and it alone, needs no growth value: look at {tier}.")
        case "order":
            return _("Each tier needs more growth value than the one before it: look at {tier}.")
        case "keep":
            return _("To keep {tier} cannot take more growth value than to reach it.")
        case "discount":
            return _("The discount of {tier} would give goods away.")
        case _:
            return _("Each tier needs a name of its own: look at {tier}.")


def list_growth_rules(work: Work, query: ListGrowthRules) -> Answer:
    """How growth value is earned."""
    return GrowthRules(rules=_rule_views(work))


def save_growth_rules(work: Work, command: SaveGrowthRules) -> Answer:
    """Replace the rules of growth."""
    for rule in command.rules:
        if rule.category_id is None:
            continue
        if rule.basis != "spend":
            text = _("Only growth by spending can be for one category of goods.")
            return Refused(code="no_category_here", field="rules", explanation=text)
        if not ancestors(work.db, rule.category_id):
            return Refused(code="no_such_category", field="rules", explanation=no_such_category())
    rules = [GrowthRule(rule.basis, rule.growth_thousandths, rule.category_id) for rule in command.rules]
    standing.replace_growth_rules(work.db, rules)
    work.record(TiersChanged(tiers=_tier_views(work), rules=_rule_views(work)))
    return GrowthRules(rules=_rule_views(work))


def give_tier(work: Work, command: GiveTier) -> Answer:
    """Give a tier by hand, with a reason."""
    member = served(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    if command.tier >= len(standing.tiers(work.db)):
        return Refused(code="no_such_tier", field="tier", explanation=_("There is no such tier."))
    reason = command.reason.strip()
    if not reason:
        text = _("Please say why; it is kept with the member.")
        return Refused(code="reason_needed", field="reason", explanation=text)
    standing.give_tier(work, member.member_id, command.tier, reason, views.local_date(work))
    return views.found(work, member.member_id)


def list_tier_changes(work: Work, query: ListTierChanges) -> Answer:
    """Why a member has the tier that they have."""
    return TierChanges(
        changes=tuple(
            TierChangeView(
                at=read_time(row["at"]),
                from_tier=row["from_tier"],
                to_tier=row["to_tier"],
                change=row["change"],
                reason=row["reason"],
                reference=row["reference"],
            )
            for row in work.db.execute(CHANGES, (query.member_id,))
        )
    )


HANDLERS = {
    ListTiers: list_tiers,
    SaveTiers: save_tiers,
    ListGrowthRules: list_growth_rules,
    SaveGrowthRules: save_growth_rules,
    GiveTier: give_tier,
    ListTierChanges: list_tier_changes,
}
