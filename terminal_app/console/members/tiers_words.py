"""Tiers and growth in words: what people type for a discount, and sentences that read a rule back."""

import re
from collections.abc import Mapping, Sequence

from protocol.language import N_, _, current_language, ngettext
from protocol.messages.members import GrowthRuleView, TierView

_WHOLE = 1_000_000
_NUMBER = r"(\d{1,3})(?:\.(\d{1,4}))?"
_PERCENT = re.compile(_NUMBER + r"\s*[%％]?")
_ZHE = re.compile(_NUMBER + r"\s*折")
BASES = {
    "spend": N_("Money spent"),
    "visit": N_("Visits"),
    "points": N_("Points that are earned"),
}
"""What growth value comes from, in words."""


def decimal_words(ppm: int, one: int) -> str:
    """Return `ppm` in units of `one` without needless zeros: 1,500,000 in units of a million is `1.5`."""
    whole, rest = divmod(ppm, one)
    digits = f"{rest:0{len(str(one)) - 1}d}".rstrip("0")
    return f"{whole:,}" + (f".{digits}" if digits else "")


def discount_typed(ppm: int) -> str:
    """Return a discount as people write it: `5%` is taken off; in Chinese what is left, `9.5折`."""
    if ppm and current_language() == "zh_CN":
        return decimal_words(_WHOLE - ppm, 100_000) + "折"
    return decimal_words(ppm, 10_000) + "%"


def discount_words(ppm: int) -> str:
    """Return a discount for reading."""
    return _("{discount} off").format(discount=discount_typed(ppm)) if ppm else "–"


def _ppm(found: re.Match[str], one: int) -> int:
    """Return a number that was typed, in units of `one` parts per million."""
    digits = (found[2] or "").ljust(4, "0")
    return int(found[1]) * one + int(digits) * one // 10_000


def parse_discount(text: str) -> int | None:
    """Return what `5%`, `5` or `9.5折` (also `95折`) take off, in parts per million; None: not understood."""
    text = text.strip().replace("．", ".")
    found = _ZHE.fullmatch(text)
    if found:
        left = _ppm(found, 100_000 if int(found[1]) < 10 else 10_000)
        return _WHOLE - left if 0 < left < _WHOLE and found[1] != "10" else None
    found = _PERCENT.fullmatch(text)
    if found is None:
        return None
    bare = not text.endswith(("%", "％"))
    off = _ppm(found, 10_000)
    if off >= _WHOLE or (bare and 0 < off < 10_000):
        return None  # 0.95 may be meant as a share of the price, or as a percentage
    return off


def discount_mistake(text: str) -> str:
    """Return a sentence for a discount that is not understood, or nothing."""
    if parse_discount(text) is None:
        return _("Write what is taken off, for example 5%, or what is left, for example 9.5折.")
    return ""


def _number(count: int) -> str:
    return f"{count:,}"


def tier_sentence(tier: TierView, above: TierView | None) -> str:
    """Read a tier back to the one who wrote it; `above`: the tier that follows, if there is one."""
    parts = []
    if tier.tier == 0:
        parts.append(_("Everybody begins as {tier}.").format(tier=tier.name))
    else:
        words = _("With a growth value of {growth}, a member comes up to {tier}.")
        parts.append(words.format(growth=_number(tier.growth_needed), tier=tier.name))
    if tier.discount_ppm:
        words = _("It takes {discount} off the selling price.")
        parts.append(words.format(discount=discount_typed(tier.discount_ppm)))
    parts.append(_holds(tier))
    if above is not None:
        words = _("The next is {tier} from {growth}.")
        parts.append(words.format(tier=above.name, growth=_number(above.growth_needed)))
    return sentences(parts)


def _holds(tier: TierView) -> str:
    if not tier.valid_months:
        return _("It holds without an end.")
    months = months_words(tier.valid_months)
    if not tier.growth_to_keep:
        return _("It holds for {months} and then again.").format(months=months)
    words = _("It holds for {months}; {growth} more in that time keep it.")
    text = words.format(months=months, growth=_number(tier.growth_to_keep))
    if tier.tier == 0:
        return text
    if tier.grace_days:
        days = ngettext("{count} day", "{count} days", tier.grace_days).format(count=tier.grace_days)
        words = _("Who has less keeps it for {days} of grace, then goes one down.")
        return sentences([text, words.format(days=days)])
    return sentences([text, _("Who has less goes one down.")])


def months_words(months: int) -> str:
    """Return how long a tier holds."""
    if not months:
        return _("without an end")
    return ngettext("{count} month", "{count} months", months).format(count=months)


def tiers_summary(tiers: Sequence[TierView]) -> str:
    """Return all tiers in one line: `3 tiers: Basic, Silver from 1,000, Gold from 5,000`."""
    count = len(tiers)
    parts = [
        _("{tier} from {growth}").format(tier=t.name, growth=_number(t.growth_needed)) if t.tier else t.name
        for t in tiers
    ]
    head = ngettext("{count} tier: {tiers}", "{count} tiers: {tiers}", count)
    return head.format(count=count, tiers=listed(parts))


def listed(parts: Sequence[str]) -> str:
    """Return the parts as a list in the present language."""
    text = parts[0] if parts else ""
    for part in parts[1:]:
        text = _("{earlier}, {next}").format(earlier=text, next=part)
    return text


def sentences(parts: Sequence[str]) -> str:
    """Return sentences after each other, as the present language sets them."""
    text = parts[0] if parts else ""
    for part in parts[1:]:
        text = _("{earlier} {next}").format(earlier=text, next=part)
    return text


def growth_words(thousandths: int) -> str:
    """Return an amount of growth: `1.5`."""
    return decimal_words(thousandths, 1000)


def growth_sentence(rule: GrowthRuleView, categories: Mapping[int, str]) -> str:
    """Read a rule of growth back."""
    growth = growth_words(rule.growth_thousandths)
    match rule.basis:
        case "visit":
            return _("Each day with a purchase adds {growth} to the growth value.").format(growth=growth)
        case "points":
            return _("Each point that is earned adds {growth} to the growth value.").format(growth=growth)
        case _ if rule.category_id is not None:
            name = categories.get(rule.category_id, str(rule.category_id))
            words = _("Each whole 1.00 spent on {category} adds {growth} to the growth value.")
            return words.format(category=name, growth=growth)
        case _:
            return _("Each whole 1.00 spent adds {growth} to the growth value.").format(growth=growth)


def growth_summary(rules: Sequence[GrowthRuleView]) -> str:
    """Return the rules of growth in one line."""
    if not rules:
        return _("No rule: nobody grows, and nobody comes up.")
    names: Mapping[int, str] = {}
    plain = [rule for rule in rules if rule.category_id is None]
    parts = [growth_sentence(rule, names) for rule in plain]
    count = len(rules) - len(plain)
    if count:
        words = ngettext("{count} rule for a category", "{count} rules for a category", count)
        parts.append(words.format(count=count))
    return sentences(parts)
