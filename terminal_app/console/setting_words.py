"""Values of settings as people say and type them: amounts, quantities and choices in words, in groups."""

from collections.abc import Iterable, Mapping

from protocol.language import LANGUAGES, N_, _
from protocol.messages.store import SettingView
from protocol.money import format_minor
from protocol.quantity import format_thousandths
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.setting_titles import setting_title

_YES_NO = {"yes": N_("yes"), "no": N_("no")}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "language": LANGUAGES,
    "member_price": {
        "promotion": N_("the promotional price"),
        "lower": N_("the lower of promotion and tier"),
    },
    "confirm_member_card": _YES_NO,
    "refund_in_cash": _YES_NO,
    "cash_rounding": {"none": N_("not rounded"), "5": "", "10": "", "50": "", "100": ""},
    "cash_rounding_mode": {
        "down": N_("down, for the customer"),
        "up": N_("up"),
        "half_up": N_("to the nearest, the middle up"),
        "half_down": N_("to the nearest, the middle down"),
        "half_even": N_("to the nearest, the middle even"),
    },
    "points_expiry": {
        "days": N_("after a number of days"),
        "next_year": N_("at the end of the next year"),
        "never": N_("they never end"),
    },
    "points_refund_shortfall": {
        "below_zero": N_("go below zero, won back later"),
        "deduct": N_("are kept of the refund"),
    },
}
"""Settings with few values; one without words is an amount in the smallest unit of money."""
GROUPS: Mapping[str, tuple[str, ...]] = {
    N_("Store"): ("store_", "currency", "time_zone", "day_rollover"),
    N_("Receipts"): ("language", "receipt_"),
    N_("At the till"): ("park_", "difference_", "quantity_", "line_", "cash_"),
    N_("Refunds"): ("refund_",),
    N_("Members"): ("member_", "confirm_member"),
    N_("Points"): ("points_",),
    N_("PINs"): ("wrong_pin", "pin_"),
}
"""Groups in their order, with how the names of their settings begin."""


def _choices(setting: str, currency: str) -> dict[str, str]:
    return {
        value: _(words) if words else format_minor(int(value), currency)
        for value, words in CHOICES.get(setting, {}).items()
    }


def choice_words(setting: str, currency: str) -> tuple[tuple[str, str], ...]:
    """Return the values of a setting with few of them, each with its words, as a field has them."""
    return tuple(_choices(setting, currency).items())


def value_words(setting: str, value: str, currency: str) -> str:
    """Return a value for reading; one that is not understood as it is in the books."""
    choices = _choices(setting, currency)
    if value in choices:
        return choices[value]
    if value.isascii() and value.isdigit():
        if setting.endswith("_minor"):
            return format_minor(int(value), currency, grouped=True)
        if setting.endswith("_thousandths"):
            return format_thousandths(int(value))
    return value or "–"


def group_of(setting: str) -> str:
    """Return the group of a setting, an English text; empty for one that belongs to none."""
    return next((group for group, names in GROUPS.items() if setting.startswith(names)), "")


def grouped(settings: Iterable[SettingView]) -> list[SettingView]:
    """Return the settings group by group, in each as the server lists them; the others last."""
    order = [*GROUPS, ""]
    return sorted(settings, key=lambda each: order.index(group_of(each.setting)))


def value_field(setting: SettingView, currency: str) -> tuple[Field, Value]:
    """Return the field in which a value is chosen or typed, and what stands in it."""
    name, title = setting.setting, setting_title(setting.setting)
    hint = _("As delivered: {value}").format(value=value_words(name, setting.default, currency))
    choices = _choices(name, currency)
    if setting.value in choices:
        field = Field("value", title, Kind.CHOICE, choices=tuple(choices.items()), own_words=True)
        return field, setting.value
    if setting.value.isascii() and setting.value.isdigit():
        for ending, kind in (("_minor", Kind.MONEY), ("_thousandths", Kind.QUANTITY)):
            if name.endswith(ending):
                amount = Field("value", title, kind, required=True, hint=hint, own_words=True)
                return amount, int(setting.value)
    return Field("value", title, hint=hint, own_words=True, most=4000), setting.value


def typed_value(value: Value) -> str:
    """Return what was chosen or typed as the books have it."""
    return "" if value is None else str(value)
