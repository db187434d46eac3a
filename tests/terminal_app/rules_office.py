"""The rules of membership of the store in memory: tiers, growth, points, gifts, extra fields of members."""

# ruff: noqa: N802  # the methods are named after the messages that they answer

from console_store import ConsoleStore

from protocol.identifiers import GiftId
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import ExtraFields, ExtraFieldView
from protocol.messages.members import (
    GrowthRules,
    GrowthRuleView,
    ListGrowthRules,
    ListMemberFields,
    ListTiers,
    SaveGrowthRules,
    SaveMemberField,
    SaveTiers,
    Tiers,
    TierView,
)
from protocol.messages.points import (
    Gifts,
    GiftView,
    ListGifts,
    ListPointsRules,
    PointsRuleKind,
    PointsRules,
    PointsRuleView,
    PointsTried,
    SaveGift,
    SavePointsRule,
    TryPointsRules,
)

BASIC = TierView(tier=0, name="Basic")
SILVER = TierView(tier=1, name="Silver", growth_needed=1000, discount_ppm=20_000)
GOLD = TierView(
    tier=2, name="金卡", growth_needed=5000, discount_ppm=50_000, valid_months=12, growth_to_keep=3000,
    grace_days=30, note="Birthday cake",
)  # fmt: skip
BASE = PointsRuleView(
    rule_id=1, kind=PointsRuleKind.BASE, name="Points for shopping", points=1, per_minor=100
)
FRIDAYS = PointsRuleView(
    rule_id=2, kind=PointsRuleKind.CAMPAIGN, name="Double Fridays", tier=2, multiplier_ppm=2_000_000,
    weekdays=(5,), from_time="18:00",
)  # fmt: skip
SPEND = PointsRuleView(
    rule_id=3, kind=PointsRuleKind.SPEND, name="Paying with points", points=100, per_minor=100
)


class RulesOffice(ConsoleStore):
    """A store with rules of membership."""

    def __init__(self) -> None:
        super().__init__()
        self.tiers: tuple[TierView, ...] = (BASIC, SILVER, GOLD)
        self.highest_held = 2
        self.growth: tuple[GrowthRuleView, ...] = (GrowthRuleView(basis="spend", growth_thousandths=1000),)
        self.rules: tuple[PointsRuleView, ...] = (BASE, FRIDAYS, SPEND)
        self.gifts: tuple[GiftView, ...] = (
            GiftView(gift_id=GiftId(1), name="Tote bag", points=500),
            GiftView(gift_id=GiftId(2), name="Old mug", points=800, active=False),
        )
        self.member_fields: tuple[ExtraFieldView, ...] = (ExtraFieldView(field="Allergies"),)

    def ListTiers(self, r: ListTiers) -> Answer:
        return Tiers(tiers=self.tiers)

    def SaveTiers(self, r: SaveTiers) -> Answer:
        names = [tier.name for tier in r.tiers]
        if len(set(names)) < len(names):
            return Refused(code="bad_name", field="tiers", explanation="Each tier needs a name of its own.")
        if self.highest_held >= len(r.tiers):
            words = "Members have a tier that would be taken away."
            return Refused(code="tier_in_use", field="tiers", explanation=words)
        self.tiers = r.tiers
        return Tiers(tiers=self.tiers)

    def ListGrowthRules(self, r: ListGrowthRules) -> Answer:
        return GrowthRules(rules=self.growth)

    def SaveGrowthRules(self, r: SaveGrowthRules) -> Answer:
        if any(rule.category_id and rule.basis != "spend" for rule in r.rules):
            words = "Only growth by spending can be for one category of goods."
            return Refused(code="no_category_here", field="rules", explanation=words)
        self.growth = r.rules
        return GrowthRules(rules=self.growth)

    def ListPointsRules(self, r: ListPointsRules) -> Answer:
        order = list(PointsRuleKind)
        return PointsRules(rules=tuple(sorted(self.rules, key=lambda rule: order.index(rule.kind))))

    def SavePointsRule(self, r: SavePointsRule) -> Answer:
        if r.rule.first_day and r.rule.last_day and r.rule.last_day < r.rule.first_day:
            words = "The rule would end before it begins."
            return Refused(code="bad_days", field="last_day", explanation=words)
        rule = r.rule
        if rule.rule_id is None:
            rule = rule.model_copy(update={"rule_id": len(self.rules) + 1})
        self.rules = (*(each for each in self.rules if each.rule_id != rule.rule_id), rule)
        return self.ListPointsRules(ListPointsRules())

    def TryPointsRules(self, r: TryPointsRules) -> Answer:
        """Answer as told: the calculation is the server's."""
        friday = r.business_date.isoweekday() == 5 and r.tier == 2 and r.time >= "18:00"
        base = r.amount_minor // 100
        rules = (BASE, FRIDAYS) if friday else (BASE,)
        return PointsTried(
            points=base * 2 if friday else base, base_points=base, rules=rules, shared_points=0,
            needed_points=r.amount_minor,
        )  # fmt: skip

    def ListGifts(self, r: ListGifts) -> Answer:
        return Gifts(gifts=tuple(gift for gift in self.gifts if gift.active or not r.active_only))

    def SaveGift(self, r: SaveGift) -> Answer:
        gift = r.gift
        if gift.gift_id is None:
            gift = gift.model_copy(update={"gift_id": GiftId(len(self.gifts) + 1)})
        self.gifts = (*(each for each in self.gifts if each.gift_id != gift.gift_id), gift)
        return Gifts(gifts=self.gifts)

    def ListMemberFields(self, r: ListMemberFields) -> Answer:
        return ExtraFields(fields=self.member_fields)

    def SaveMemberField(self, r: SaveMemberField) -> Answer:
        kept = (each for each in self.member_fields if each.field != r.extra.field)
        self.member_fields = (*kept, r.extra)
        return ExtraFields(fields=self.member_fields)
