"""The fields of the filter form: from a filter to what stands in them, and back."""

from collections.abc import Iterable, Mapping, Sequence

from protocol.identifiers import CategoryId, ProductId
from protocol.language import N_, _
from protocol.messages.members import AbcClass, MemberState, RfmClass
from protocol.messages.profiles import MemberFilter
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_view import Heading
from terminal_app.console.members.filter_rows import RFM_NAMES
from terminal_app.console.members.filter_words import GENDERS, MONTHS, STATES, Names

GOODS = "goods"
"""The key of the field in which goods are typed; the form finds out which ones are meant."""
_RANGES = (
    ("joined_from", "joined_until"),
    ("visits_least", "visits_most"),
    ("away_least_days", "away_most_days"),
    ("spent_least_minor", "spent_most_minor"),
)
_COUNTS = ("visits_least", "visits_most", "away_least_days", "away_most_days", "points_least")


def whole(text: str) -> str:
    """Return a sentence for what is no whole number, or nothing."""
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return ""
    return _("“{text}” is not a whole number. Write for example 30.").format(text=text)


def _count(key: str, label: str, hint: str) -> Field:
    return Field(key, label, hint=hint, check=whole)


def parts(names: Names, tags: Sequence[tuple[str, int]]) -> list[Field | Heading]:
    """Return the form; `tags`: all tags with how many members have them."""
    any_month = (("", _("any month")), *((str(i), _(name)) for i, name in enumerate(MONTHS, start=1)))
    categories = (("", _("any goods")), *((str(i), name) for i, name in names.categories.items()))
    return [
        Heading(N_("Who they are")),
        _several("tiers", N_("Tier"), ((str(tier), name) for tier, name in names.tiers.items())),
        Field("state", N_("Membership"), Kind.CHOICE, choices=_choices(STATES)),
        _several("tags", N_("All of the tags"), ((tag, f"{tag} ({count:,})") for tag, count in tags)),
        Field("gender", N_("Gender"), Kind.CHOICE, choices=_choices(GENDERS)),
        Field("birthday_month", N_("Birthday in"), Kind.CHOICE, choices=any_month),
        Field("region", N_("Address contains"), hint=N_("For example a street or a part of town")),
        Field("joined_from", N_("Joined from"), Kind.DATE, hint=N_("2026-11-21")),
        Field("joined_until", N_("Joined until"), Kind.DATE, hint=N_("2026-11-21")),
        Heading(N_("How often they come and what they spend")),
        _count("visits_least", N_("Visits, at least"), N_("A number")),
        _count("visits_most", N_("Visits, at most"), N_("A number; 0: never bought anything")),
        _count("away_least_days", N_("Not here for days"), N_("Last visit so many days ago, or longer")),
        _count("away_most_days", N_("Here within days"), N_("Last visit within so many days")),
        Field("spent_least_minor", N_("Spent, at least"), Kind.MONEY, hint=N_("Altogether")),
        Field("spent_most_minor", N_("Spent, at most"), Kind.MONEY, hint=N_("Altogether")),
        _count("points_least", N_("Points, at least"), N_("A number")),
        Heading(N_("What they bought")),
        Field(GOODS, N_("Bought goods"), hint=N_("Code, barcode or name; or scan them")),
        Field("bought_category", N_("Bought of category"), Kind.CHOICE, choices=categories),
        Heading(N_("Classes of the last daily calculation")),
        _several("rfm", N_("RFM, one of"), ((each.value, _(name)) for each, name in RFM_NAMES.items())),
        _several("abc", N_("ABC, one of"), ((each.value, each.value) for each in AbcClass)),
    ]


def _several(key: str, label: str, choices: Iterable[tuple[str, str]]) -> Field:
    return Field(key, label, Kind.SEVERAL, choices=tuple(choices))


def _choices(words: Mapping[MemberState, str] | Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), _(text)) for value, text in words.items())


def values_of(wanted: MemberFilter, names: Names) -> dict[str, Value]:
    """Return what stands in the fields for a filter."""
    values: dict[str, Value] = {
        "tiers": "\n".join(map(str, wanted.tiers)),
        "state": wanted.state.value,
        "tags": "\n".join(wanted.tags),
        "gender": wanted.gender,
        "birthday_month": str(wanted.birthday_month or ""),
        "region": wanted.region,
        "joined_from": wanted.joined_from,
        "joined_until": wanted.joined_until,
        "spent_least_minor": wanted.spent_least_minor,
        "spent_most_minor": wanted.spent_most_minor,
        "bought_category": str(wanted.bought_category or ""),
        "rfm": "\n".join(wanted.rfm),
        "abc": "\n".join(wanted.abc),
    }
    for key in _COUNTS:
        number = getattr(wanted, key)
        values[key] = "" if number is None else str(number)
    if wanted.bought_product is not None:
        values[GOODS] = names.products.get(wanted.bought_product, str(wanted.bought_product))
    return values


def filter_of(values: Mapping[str, Value], product: ProductId | None) -> MemberFilter:
    """Return the filter for what was typed."""

    def several(key: str) -> list[str]:
        return [each for each in str(values.get(key) or "").split("\n") if each]

    def number(key: str) -> int | None:
        text = values.get(key)
        return int(str(text)) if text not in (None, "") else None

    def money(key: str) -> int | None:
        amount = values.get(key)
        return amount if isinstance(amount, int) else None

    category = number("bought_category")
    return MemberFilter(
        state=MemberState(str(values.get("state") or MemberState.ACTIVE)),
        tiers=tuple(map(int, several("tiers"))),
        tags=tuple(several("tags")[:20]),
        gender=str(values.get("gender") or "any"),
        birthday_month=number("birthday_month"),
        region=str(values.get("region") or ""),
        joined_from=str(values.get("joined_from") or ""),
        joined_until=str(values.get("joined_until") or ""),
        visits_least=number("visits_least"),
        visits_most=number("visits_most"),
        spent_least_minor=money("spent_least_minor"),
        spent_most_minor=money("spent_most_minor"),
        away_least_days=number("away_least_days"),
        away_most_days=number("away_most_days"),
        bought_product=product,
        bought_category=CategoryId(category) if category is not None else None,
        points_least=number("points_least"),
        rfm=tuple(map(RfmClass, several("rfm"))),
        abc=tuple(map(AbcClass, several("abc"))),
    )


def upside_down(wanted: MemberFilter) -> str:
    """Return the field of an end that lies before its beginning, so that nobody could fit; or nothing."""
    for first, last in _RANGES:
        least, most = getattr(wanted, first), getattr(wanted, last)
        if least not in (None, "") and most not in (None, "") and least > most:
            return last
    return ""
