"""Rules of points in words: days, hours, rates, and a sentence that reads a rule back to its author."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from protocol.language import N_, _, ngettext
from protocol.messages.points import PointsRuleKind, PointsRuleView
from protocol.money import format_minor
from terminal_app.console.members.tiers_words import decimal_words, listed, sentences

KINDS = {
    PointsRuleKind.BASE: N_("Points for shopping"),
    PointsRuleKind.PRODUCT: N_("One product"),
    PointsRuleKind.CATEGORY: N_("A category of goods"),
    PointsRuleKind.TIER: N_("More for a tier"),
    PointsRuleKind.CAMPAIGN: N_("More on some days"),
    PointsRuleKind.REGISTRATION: N_("Becoming a member"),
    PointsRuleKind.BIRTHDAY: N_("Birthday points"),
    PointsRuleKind.REFERRAL: N_("Bringing a new member"),
    PointsRuleKind.REFERRAL_SHARE: N_("Share of who brought one"),
    PointsRuleKind.CHECK_IN: N_("Checking in"),
    PointsRuleKind.SPEND: N_("Paying with points"),
    PointsRuleKind.CASH_OUT: N_("Cash for points"),
}
"""What a rule can be about."""
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_PLURAL_DAYS = (
    N_("Mondays"), N_("Tuesdays"), N_("Wednesdays"), N_("Thursdays"), N_("Fridays"), N_("Saturdays"),
    N_("Sundays"),
)  # fmt: skip
_TYPED_DAYS = {
    **{name: day for day, name in enumerate(("mo", "tu", "we", "th", "fr", "sa", "su"), 1)},
    **{name: day for day, name in enumerate("一二三四五六日", 1)},
    "天": 7,
}
_WHOLE = 1_000_000


@dataclass(frozen=True, slots=True)
class RuleNames:
    """What the rules point at, by name."""

    currency: str
    tiers: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    products: Mapping[int, str] = field(default_factory=dict)


def points_words(points: int) -> str:
    """Return `1 point`, `100 points`."""
    return ngettext("{points} point", "{points} points", points).format(points=f"{points:,}")


def exchange_words(rule: PointsRuleView, currency: str) -> str:
    """Return the rate of a rule in a few words."""
    amount = format_minor(rule.per_minor, currency, grouped=True)
    points = points_words(rule.points)
    if rule.kind in (PointsRuleKind.SPEND, PointsRuleKind.CASH_OUT):
        return _("{points} are worth {amount}").format(points=points, amount=amount)
    return _("{points} for each {amount}").format(points=points, amount=amount)


def factor_words(multiplier_ppm: int) -> str:
    """Return a multiplier as people write it: `1.5`."""
    return decimal_words(multiplier_ppm, _WHOLE)


def parse_factor(text: str) -> int | None:
    """Return a multiplier that was typed (`2`, `1.5`, `2倍`), in parts per million; None: no number."""
    found = re.fullmatch(r"(\d{1,3})(?:[.．](\d{1,6}))?\s*[x×倍]?", text.strip().lower())
    if found is None:
        return None
    value = int(found[1]) * _WHOLE + int((found[2] or "").ljust(6, "0"))
    return value if value <= 100 * _WHOLE else None


# --- days and hours -----------------------------------------------------------------------------------


def parse_weekdays(text: str) -> tuple[int, ...] | None:
    """Return weekdays that were typed: `Fri, Sat`, `1-5`, `周五、周六`; None: not understood."""
    text = text.lower().replace("至", "-").replace("到", "-").replace("–", "-")
    text = re.sub(r"(weekends?|周末)", " 6-7 ", text).replace("weekdays", " 1-5 ").replace("工作日", " 1-5 ")
    text = re.sub(r"(星期|礼拜|周|每)", "", re.sub(r"\s*-\s*", "-", text))
    days: set[int] = set()
    for part in re.split(r"[\s,，、;；]+", text):
        found = _run_of_days(part) if "-" in part else _single_days(part)
        if found is None:
            return None
        days |= found
    return () if len(days) == 7 else tuple(sorted(days))


def _run_of_days(text: str) -> set[int] | None:
    """Return the days of `1-5` or `fri-mon`."""
    ends = [_weekday(end) for end in text.split("-")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    begin, end = ends[0], ends[1]
    return {(begin + step - 1) % 7 + 1 for step in range((end - begin) % 7 + 1)}


def _single_days(text: str) -> set[int] | None:
    """Return one day, or days with nothing between them: `五六日`, `567`."""
    one = _weekday(text)
    days = {one} if one else {_weekday(letter) for letter in text}
    return None if None in days else {day for day in days if day}


def _weekday(text: str) -> int | None:
    if text in set("1234567"):
        return int(text)
    return _TYPED_DAYS.get(text[:2] if text.isascii() else text)


def weekdays_typed(days: Sequence[int]) -> str:
    """Return weekdays as they stand in the field."""
    return listed([_(WEEKDAYS[day - 1]) for day in days])


def weekdays_mistake(text: str) -> str:
    """Return a sentence for weekdays that are not understood, or nothing."""
    if parse_weekdays(text) is None:
        return _("“{text}” is no day of the week. Write for example Fri, Sat or 1-5.").format(text=text)
    return ""


def parse_clock(text: str) -> str | None:
    """Return a time of day that was typed (`18`, `9:30`, `18：00`) as `18:00`; None: not understood."""
    found = re.fullmatch(r"(\d{1,2})(?:[:：.](\d{2}))?", text.strip())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    good = (hour < 24 and minute < 60) or (hour, minute) == (24, 0)
    return f"{hour:02d}:{minute:02d}" if good else None


def clock_mistake(text: str) -> str:
    """Return a sentence for a time of day that is not understood, or nothing."""
    if parse_clock(text) is None:
        return _("“{text}” is no time of day. Write for example 18:00.").format(text=text)
    return ""


def _days_words(days: Sequence[int]) -> str:
    if tuple(days) == (1, 2, 3, 4, 5):
        return _("from Monday to Friday")
    if tuple(days) == (6, 7):
        return _("at weekends")
    return _("on {days}").format(days=listed([_(_PLURAL_DAYS[day - 1]) for day in days]))


def when_words(rule: PointsRuleView) -> str:
    """Return when a rule applies, empty for always: `on Fridays from 18:00 to 24:00`."""
    parts = []
    if rule.weekdays:
        parts.append(_days_words(sorted(rule.weekdays)))
    if (rule.from_time, rule.until_time) != ("00:00", "24:00"):
        parts.append(_("from {begin} to {end}").format(begin=rule.from_time, end=rule.until_time))
    if rule.first_day and rule.last_day == rule.first_day:
        parts.append(_("on {day}").format(day=rule.first_day))
    elif rule.first_day and rule.last_day:
        parts.append(_("from {begin} to {end}").format(begin=rule.first_day, end=rule.last_day))
    elif rule.first_day:
        parts.append(_("since {day}").format(day=rule.first_day))
    elif rule.last_day:
        parts.append(_("until {day}").format(day=rule.last_day))
    if rule.birthday == "day":
        parts.append(_("on their birthday"))
    elif rule.birthday == "month":
        parts.append(_("in the month of their birthday"))
    return " ".join(parts)


# --- sentences ----------------------------------------------------------------------------------------


def rule_sentence(rule: PointsRuleView, names: RuleNames) -> str:
    """Read a rule back: `On Fridays from 18:00 to 24:00, members of Gold earn 2 × points.`"""
    tier = None if rule.tier is None else names.tiers.get(rule.tier, str(rule.tier))
    who = _("all members") if tier is None else _("members of {tier}").format(tier=tier)
    sentence = _what(rule, names, who)
    when = when_words(rule)
    if when:
        sentence = _("{when}, {sentence}").format(when=when, sentence=sentence)
    sentence = sentence[:1].upper() + sentence[1:]
    if tier is not None and rule.kind in _ABOUT_OTHERS:
        sentence = sentences([sentence, _("Only for members of {tier}.").format(tier=tier)])
    return sentence


_ABOUT_OTHERS = (PointsRuleKind.REGISTRATION, PointsRuleKind.REFERRAL, PointsRuleKind.REFERRAL_SHARE)
_SENTENCES = {
    PointsRuleKind.BASE: N_("{who} earn {points} for each {amount} spent."),
    PointsRuleKind.PRODUCT: N_("{who} earn {points} for each {amount} spent on {goods}."),
    PointsRuleKind.CATEGORY: N_("{who} earn {points} for each {amount} spent on {goods}."),
    PointsRuleKind.TIER: N_("{who} earn {factor} × points."),
    PointsRuleKind.CAMPAIGN: N_("{who} earn {factor} × points."),
    PointsRuleKind.REGISTRATION: N_("who becomes a member gets {points}."),
    PointsRuleKind.BIRTHDAY: N_("{who} get {points} on their birthday, once a year."),
    PointsRuleKind.REFERRAL: N_("who brings a new member gets {points}."),
    PointsRuleKind.REFERRAL_SHARE: N_(
        "who brought a member gets {points} for each {amount} that the member spends."
    ),
    PointsRuleKind.CHECK_IN: N_("{who} get {points} for checking in, once a day."),
    PointsRuleKind.SPEND: N_("{who} can pay {amount} with {points}."),
    PointsRuleKind.CASH_OUT: N_("{who} get {amount} in cash for {points}."),
}


def _what(rule: PointsRuleView, names: RuleNames, who: str) -> str:
    goods = ""
    if rule.product_id is not None:
        goods = names.products.get(rule.product_id, f"#{rule.product_id}")
    elif rule.category_id is not None:
        goods = names.categories.get(rule.category_id, f"#{rule.category_id}")
    if goods and not rule.points:
        return _("{who} earn nothing on {goods}.").format(who=who, goods=goods)
    return _(_SENTENCES[rule.kind]).format(
        who=who,
        points=points_words(rule.points),
        amount=format_minor(rule.per_minor, names.currency, grouped=True),
        factor=factor_words(rule.multiplier_ppm),
        goods=goods or "–",
    )
