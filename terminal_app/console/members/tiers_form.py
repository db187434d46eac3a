"""The form of a tier without a screen: its fields, and the way between them and the messages."""

from collections.abc import Mapping

from protocol.language import N_, _
from protocol.messages.members import TierView
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.members.tiers_words import discount_mistake, discount_typed, parse_discount

_LIMITS = {"growth_needed": 10**12, "growth_to_keep": 10**12, "valid_months": 120, "grace_days": 366}


def whole_number(text: str) -> int | None:
    """Return a whole number that was typed, with or without commas between its thousands."""
    plain = text.strip().replace(",", "").replace("，", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 12 else None


def whole_mistake(text: str) -> str:
    """Return a sentence for what is no whole number, or nothing."""
    return "" if whole_number(text) is not None else _("Write a whole number.")


def _within(key: str) -> Field:
    """Return the field of a number with its limit."""
    most = _LIMITS[key]

    def check(text: str) -> str:
        if sentence := whole_mistake(text):
            return sentence
        if (whole_number(text) or 0) > most:
            return _("At most {most} is possible here.").format(most=f"{most:,}")
        return ""

    label, hint = _WORDS[key]
    return Field(key, label, hint=hint, check=check)


_WORDS = {
    "growth_needed": (N_("Growth value needed"), N_("To come up to it, for example 1000")),
    "valid_months": (N_("Holds for (months)"), N_("Empty: without an end")),
    "growth_to_keep": (N_("Growth to keep it"), N_("Within these months; empty: kept without growth")),
    "grace_days": (N_("Days of grace"), N_("After the end, still to be kept")),
}


def tier_fields(rank: int) -> list[Field]:
    """Return the fields of the tier of a rank; the first one is everybody's."""
    name = Field("name", N_("Name"), required=True, most=30)
    discount = Field("discount", N_("Discount"), hint=N_("5% or 9.5折; empty: none"), check=discount_mistake)
    note = Field("note", N_("Other benefits"), hint=N_("In words: birthday gift, free delivery …"), most=2000)
    if rank == 0:
        return [name, discount, note]
    return [
        name,
        _within("growth_needed"),
        discount,
        _within("valid_months"),
        _within("growth_to_keep"),
        _within("grace_days"),
        note,
    ]


def tier_values(tier: TierView) -> dict[str, Value]:
    """Return what stands in the form for a tier."""
    values: dict[str, Value] = {key: str(getattr(tier, key)) if getattr(tier, key) else "" for key in _LIMITS}
    values["name"] = tier.name
    values["discount"] = discount_typed(tier.discount_ppm) if tier.discount_ppm else ""
    values["note"] = tier.note
    return values


def typed_tier(rank: int, values: Mapping[str, Value], known: TierView | None = None) -> TierView:
    """Return the tier that was typed; what the form does not show stays as it was."""
    shown = {key: whole_number(str(values[key] or "0")) or 0 for key in _LIMITS if key in values}
    discount = parse_discount(str(values["discount"] or "0")) or 0
    kept = known.model_dump() if known else {}
    changed = {
        "tier": rank,
        "name": str(values["name"]),
        "discount_ppm": discount,
        "note": values["note"] or "",
    }
    return TierView.model_validate({**kept, **shown, **changed})
