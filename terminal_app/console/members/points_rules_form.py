"""The forms of rules of points without a screen: for each kind the fields that mean something to it."""

from collections.abc import Mapping
from datetime import date

from protocol.identifiers import CategoryId, ProductId
from protocol.language import N_, _
from protocol.messages.points import PointsRuleKind, PointsRuleView
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.members.rule_words import (
    RuleNames,
    clock_mistake,
    factor_words,
    parse_clock,
    parse_factor,
    parse_weekdays,
    weekdays_mistake,
    weekdays_typed,
)
from terminal_app.console.members.tiers_form import whole_mistake, whole_number

_K = PointsRuleKind
_DATES = ("first_day", "last_day")
SHOWN: Mapping[PointsRuleKind, tuple[str, ...]] = {
    _K.BASE: ("points", "per_minor", "tier", *_DATES),
    _K.PRODUCT: ("product_id", "points", "per_minor", "tier", *_DATES),
    _K.CATEGORY: ("category_id", "points", "per_minor", "tier", *_DATES),
    _K.TIER: ("tier", "multiplier_ppm", *_DATES),
    _K.CAMPAIGN: (
        "multiplier_ppm", "tier", "weekdays", "from_time", "until_time", *_DATES, "birthday",
    ),
    _K.REGISTRATION: ("points", *_DATES),
    _K.BIRTHDAY: ("points", "tier", *_DATES),
    _K.REFERRAL: ("points", *_DATES),
    _K.REFERRAL_SHARE: ("points", "per_minor", *_DATES),
    _K.CHECK_IN: ("points", "tier", "weekdays", *_DATES),
    _K.SPEND: ("points", "per_minor", "tier", *_DATES),
    _K.CASH_OUT: ("points", "per_minor", "tier", *_DATES),
}  # fmt: skip
"""The fields of a kind, in their order; name and switch are around them."""
_ALWAYS = {"weekdays": (), "from_time": "00:00", "until_time": "24:00", "birthday": "", "tier": None}
"""What says nothing; a rule that says something else shows the field whatever its kind."""


def _points_mistake(text: str) -> str:
    if sentence := whole_mistake(text):
        return sentence
    most = 10**9
    return (
        _("At most {most} is possible here.").format(most=f"{most:,}")
        if (whole_number(text) or 0) > most
        else ""
    )


def _factor_mistake(text: str) -> str:
    if parse_factor(text) is None:
        return _("“{text}” is no multiplier up to 100. Write for example 2 or 1.5.").format(text=text)
    return ""


def shown_fields(rule: PointsRuleView) -> tuple[str, ...]:
    """Return the fields of a rule: those of its kind, and any other that would act unseen."""
    own = SHOWN[rule.kind]
    return own + tuple(k for k, none in _ALWAYS.items() if k not in own and getattr(rule, k) != none)


def rule_fields(rule: PointsRuleView, names: RuleNames) -> list[Field]:
    """Return the fields of the form."""
    every = {field.key: field for field in _fields(rule, names)}
    return [
        Field("name", N_("Name"), required=True, hint=N_("What people call it: Double Fridays")),
        *(every[key] for key in shown_fields(rule)),
        Field("active", N_("In force"), Kind.YES_NO),
    ]


def _fields(rule: PointsRuleView, names: RuleNames) -> list[Field]:
    exchange = rule.kind in (_K.SPEND, _K.CASH_OUT)
    present = "" if rule.product_id is None else names.products.get(rule.product_id, f"#{rule.product_id}")
    birthdays = (
        ("", _("whenever")), ("day", _("on the birthday")), ("month", _("in the month of the birthday")),
    )  # fmt: skip
    return [
        Field(
            "product_id", N_("Product"), Kind.PRODUCT, required=True,
            choices=((str(rule.product_id), present),) if present else (),
        ),
        Field(
            "category_id", N_("Category"), Kind.CHOICE, required=True,
            choices=tuple((str(number), path) for number, path in names.categories.items()),
        ),
        Field("points", N_("Points"), required=True, check=_points_mistake),
        Field(
            "per_minor", N_("Are worth") if exchange else N_("For each"), Kind.MONEY, required=True,
            hint=N_("An amount of money, for example 1.00"),
        ),
        Field(
            "multiplier_ppm", N_("Times"), required=True, check=_factor_mistake,
            hint=N_("2 doubles, 1.5 gives half as much again"),
        ),
        Field(
            "tier", N_("Only for"), Kind.CHOICE,
            choices=(("", _("all members")), *((str(rank), name) for rank, name in names.tiers.items())),
        ),
        Field(
            "weekdays", N_("Days of the week"), check=weekdays_mistake,
            hint=N_("Empty: every day. Fri, Sat or 1-5"),
        ),
        Field("from_time", N_("From (time)"), check=clock_mistake, hint="00:00"),
        Field(
            "until_time", N_("Until (time)"), check=clock_mistake,
            hint=N_("24:00; before “from”: over midnight"),
        ),
        Field("first_day", N_("First day of it"), Kind.DATE, hint=N_("Empty: since ever")),
        Field("last_day", N_("Last day of it"), Kind.DATE, hint=N_("Empty: without an end")),
        Field("birthday", N_("Birthday"), Kind.CHOICE, choices=birthdays),
    ]  # fmt: skip


def rule_values(rule: PointsRuleView) -> dict[str, Value]:
    """Return what stands in the form for a rule; amounts of a new one are left empty."""
    new = rule.rule_id is None
    return {
        "name": rule.name if not new else "",
        "active": rule.active,
        "product_id": "" if rule.product_id is None else str(rule.product_id),
        "category_id": "" if rule.category_id is None else str(rule.category_id),
        "points": "" if new else str(rule.points),
        "per_minor": None if new else rule.per_minor,
        "multiplier_ppm": "" if new else factor_words(rule.multiplier_ppm),
        "tier": "" if rule.tier is None else str(rule.tier),
        "weekdays": weekdays_typed(rule.weekdays),
        "from_time": "" if rule.from_time == "00:00" else rule.from_time,
        "until_time": "" if rule.until_time == "24:00" else rule.until_time,
        "first_day": rule.first_day.isoformat() if rule.first_day else "",
        "last_day": rule.last_day.isoformat() if rule.last_day else "",
        "birthday": rule.birthday,
    }


def typed_rule(rule: PointsRuleView, values: Mapping[str, Value]) -> PointsRuleView:
    """Return the rule that was typed; what the form does not show stays as it was."""
    changed: dict[str, object] = {}
    for key, value in values.items():
        text = "" if value is None else str(value)
        match key:
            case "tier":
                changed[key] = int(text) if text else None
            case "product_id":
                changed[key] = ProductId(int(text)) if text else None
            case "category_id":
                changed[key] = CategoryId(int(text)) if text else None
            case "points":
                changed[key] = whole_number(text) or 0
            case "per_minor":
                changed[key] = value or 0
            case "multiplier_ppm":
                changed[key] = parse_factor(text) or 0
            case "weekdays":
                changed[key] = parse_weekdays(text) or ()
            case "from_time":
                changed[key] = parse_clock(text) or "00:00"
            case "until_time":
                changed[key] = parse_clock(text) or "24:00"
            case "first_day" | "last_day":
                changed[key] = date.fromisoformat(text) if text else None
            case _:
                changed[key] = value
    return PointsRuleView.model_validate({**rule.model_dump(), **changed})
