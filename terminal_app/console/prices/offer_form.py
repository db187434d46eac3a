"""The form of an offer without a screen: the fields of each kind, their texts, the offer that is typed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo

from protocol.language import N_, _
from protocol.offer import (
    AmountOff,
    Benefit,
    Bundle,
    BundlePart,
    BuyGet,
    CheapestFree,
    FixedPrice,
    GoodsRange,
    NFor,
    NthItem,
    OfferConditions,
    OfferKind,
    OfferLimits,
    OfferTimes,
    OfferView,
    PercentOff,
    PointsPrice,
    Threshold,
    ThresholdStep,
)
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.members.rule_words import WEEKDAYS, clock_mistake, parse_clock
from terminal_app.console.prices.offer_names import OfferNames
from terminal_app.console.prices.offer_typed import (
    WHOLE_PPM,
    number,
    number_field,
    off_mistake,
    off_typed,
    optional_number,
    parse_off,
    parse_pays,
    parse_until,
    pays_mistake,
    pays_typed,
    until_check,
    until_typed,
)

_MOST = 10**9
_K = OfferKind


def benefit_fields(kind: OfferKind) -> list[Field]:
    """Return the fields of what an offer of a kind gives; goods, steps and parts have rows of their own."""
    count = number_field("count", N_("How many pieces"), 2, 999, required=True, hint="3")
    price = Field("price_minor", N_("Price"), Kind.MONEY, required=True)
    match kind:
        case _K.PERCENT_OFF:
            return [
                Field("rate_ppm", N_("Taken off"), required=True, check=off_mistake, hint=N_("20%, or 8折"))
            ]
        case _K.AMOUNT_OFF:
            return [Field("amount_minor", N_("Taken off"), Kind.MONEY, required=True)]
        case _K.FIXED_PRICE:
            return [price]
        case _K.N_FOR:
            return [count, Field("price_minor", N_("Price of all"), Kind.MONEY, required=True)]
        case _K.BUY_GET:
            return [
                number_field("buy", N_("Buy"), 1, 999, required=True, hint="2"),
                number_field("get", N_("Get"), 1, 999, required=True, hint="1"),
                Field(
                    "off_ppm",
                    N_("Those cost less by"),
                    check=off_mistake,
                    hint=N_("Empty: they are free. 50%, or 5折"),
                ),
            ]
        case _K.CHEAPEST_FREE:
            return [count]
        case _K.NTH_ITEM:
            return [
                number_field("nth", N_("Which piece"), 2, 999, required=True, hint=N_("2: each second one")),
                Field(
                    "pays_ppm",
                    N_("It is paid with"),
                    required=True,
                    check=pays_mistake,
                    hint=N_("50%, half, free"),
                ),
            ]
        case _K.BUNDLE:
            return [
                Field(
                    "price_minor",
                    N_("Price of the whole"),
                    Kind.MONEY,
                    hint=N_("Empty: the sum of its parts"),
                )
            ]
        case _K.THRESHOLD:
            return []
        case _K.POINTS_PRICE:
            return [price, number_field("points", N_("And points"), 1, _MOST, required=True)]


def condition_fields(names: OfferNames, conditions: OfferConditions) -> list[Field]:
    """Return the fields of for whom it is, and for which baskets."""
    tiers = {**{rank: f"#{rank}" for rank in conditions.tiers}, **names.tiers}
    tags = list(dict.fromkeys((*names.tags, *conditions.tags)))
    birthdays = (
        ("", _("whenever")), ("day", _("on the birthday")), ("month", _("in the month of the birthday")),
    )  # fmt: skip
    return [
        Field("members_only", N_("Members only"), Kind.YES_NO),
        Field("tiers", N_("Only tiers"), Kind.SEVERAL, choices=tuple((str(k), v) for k, v in tiers.items())),
        Field("tags", N_("Only with a tag"), Kind.SEVERAL, choices=tuple((tag, tag) for tag in tags)),
        Field("birthday", N_("Birthday"), Kind.CHOICE, choices=birthdays),
        Field("first_purchase", N_("First purchase"), Kind.YES_NO),
        Field("minimum_spend_minor", N_("Basket from"), Kind.MONEY, hint=N_("Empty: any basket")),
        number_field("minimum_pieces", N_("Pieces from"), 0, 9999, hint=N_("Empty: any basket")),
    ]


def time_fields(zone: tzinfo) -> list[Field]:
    """Return the fields of when it works."""
    days = tuple((str(day), _(name)) for day, name in enumerate(WEEKDAYS, 1))
    return [
        Field("valid_from", N_("From"), Kind.MOMENT, hint=N_("Empty: at once. 2026-11-21 08:30")),
        Field(
            "valid_until",
            N_("Until"),
            hint=N_("Empty: without an end. A day is included"),
            check=until_check(zone),
        ),
        Field("weekdays", N_("Days of the week"), Kind.SEVERAL, choices=days),
        Field("from_time", N_("From (time)"), check=clock_mistake, hint="00:00"),
        Field(
            "until_time", N_("Until (time)"), check=clock_mistake,
            hint=N_("24:00; before “from”: over midnight"),
        ),
    ]  # fmt: skip


def limit_fields() -> list[Field]:
    """Return the fields of how often it works."""
    none = N_("Empty: without a limit")
    return [
        number_field("in_all", N_("Times in all"), 0, _MOST, hint=none),
        number_field("per_day", N_("Times per day"), 0, _MOST, hint=none),
        number_field("per_member", N_("Times per member"), 0, _MOST, hint=none),
        number_field("per_sale", N_("Times per sale"), 0, _MOST, hint=none),
        Field("budget_minor", N_("Budget"), Kind.MONEY, hint=none),
    ]


def rank_fields() -> list[Field]:
    """Return the fields of how it stands to other offers."""
    return [
        number_field("priority", N_("Priority"), 0, 999, hint=N_("The highest goes first")),
        Field("exclusive_group", N_("Exclusive group"), hint=N_("Of a group the best one works")),
        Field("active", N_("Works"), Kind.YES_NO),
    ]


# --- from an offer into the form --------------------------------------------------------------------------


def offer_values(offer: OfferView, zone: tzinfo) -> dict[str, Value]:
    """Return what stands in the fields."""
    when, limits, who = offer.times, offer.limits, offer.conditions
    return {
        "name": offer.name,
        **benefit_values(offer.benefit),
        "members_only": who.members_only,
        "tiers": "\n".join(str(rank) for rank in who.tiers),
        "tags": "\n".join(who.tags),
        "birthday": who.birthday,
        "first_purchase": who.first_purchase,
        "minimum_spend_minor": who.minimum_spend_minor or None,
        "minimum_pieces": optional_number(who.minimum_pieces),
        "valid_from": when.valid_from,
        "valid_until": until_typed(when.valid_until, zone),
        "weekdays": "\n".join(str(day) for day in when.weekdays),
        "from_time": "" if when.from_time == "00:00" else when.from_time,
        "until_time": "" if when.until_time == "24:00" else when.until_time,
        "in_all": optional_number(limits.in_all),
        "per_day": optional_number(limits.per_day),
        "per_member": optional_number(limits.per_member),
        "per_sale": optional_number(limits.per_sale),
        "budget_minor": limits.budget_minor or None,
        "priority": optional_number(offer.priority),
        "exclusive_group": offer.exclusive_group,
        "active": offer.active,
    }


def benefit_values(benefit: Benefit) -> dict[str, Value]:
    """Return what stands in the fields of what it gives."""
    match benefit:
        case PercentOff(rate_ppm=rate):
            return {"rate_ppm": off_typed(rate)}
        case AmountOff(amount_minor=amount):
            return {"amount_minor": amount}
        case FixedPrice(price_minor=price):
            return {"price_minor": price}
        case NFor(count=count, price_minor=price):
            return {"count": str(count), "price_minor": price}
        case BuyGet(buy=buy, get=get, off_ppm=off):
            typed = "" if off == WHOLE_PPM else off_typed(off)
            return {"buy": str(buy), "get": str(get), "off_ppm": typed}
        case CheapestFree(count=count):
            return {"count": str(count)}
        case NthItem(nth=nth, pays_ppm=pays):
            return {"nth": str(nth), "pays_ppm": pays_typed(pays)}
        case Bundle(price_minor=whole):
            return {"price_minor": whole}
        case PointsPrice(price_minor=price, points=points):
            return {"price_minor": price, "points": f"{points:,}"}
        case Threshold():
            return {}


# --- from the form to an offer ----------------------------------------------------------------------------


def typed_benefit(
    kind: OfferKind,
    values: Mapping[str, Value],
    steps: Sequence[ThresholdStep],
    parts: Sequence[BundlePart],
    get_range: GoodsRange | None,
) -> Benefit:
    """Return what the offer gives. Raises pydantic's ValidationError for what cannot be."""
    v = values
    price = v.get("price_minor")
    builders: Mapping[OfferKind, Callable[[], Benefit]] = {
        _K.PERCENT_OFF: lambda: PercentOff(rate_ppm=parse_off(str(v["rate_ppm"])) or 0),
        _K.AMOUNT_OFF: lambda: AmountOff(amount_minor=_minor(v["amount_minor"])),
        _K.FIXED_PRICE: lambda: FixedPrice(price_minor=_minor(price)),
        _K.N_FOR: lambda: NFor(count=number(v["count"]), price_minor=_minor(price)),
        _K.BUY_GET: lambda: BuyGet(
            buy=number(v["buy"]),
            get=number(v["get"]),
            off_ppm=(parse_off(str(v["off_ppm"])) if v["off_ppm"] else None) or WHOLE_PPM,
            get_range=get_range,
        ),
        _K.CHEAPEST_FREE: lambda: CheapestFree(count=number(v["count"])),
        _K.NTH_ITEM: lambda: NthItem(nth=number(v["nth"]), pays_ppm=parse_pays(str(v["pays_ppm"])) or 0),
        _K.BUNDLE: lambda: Bundle(parts=tuple(parts), price_minor=None if price is None else _minor(price)),
        _K.THRESHOLD: lambda: Threshold(steps=tuple(steps)),
        _K.POINTS_PRICE: lambda: PointsPrice(price_minor=_minor(price), points=number(v["points"])),
    }
    return builders[kind]()


def typed_offer(
    offer: OfferView, values: Mapping[str, Value], goods: GoodsRange, benefit: Benefit, zone: tzinfo
) -> OfferView:
    """Return the offer that was typed. Raises pydantic's ValidationError for what cannot be."""
    v = values
    begin = v["valid_from"]
    return OfferView(
        offer_id=offer.offer_id,
        version=offer.version,
        name=str(v["name"]).strip(),
        active=bool(v["active"]),
        priority=number(v["priority"]),
        exclusive_group=str(v["exclusive_group"]).strip(),
        goods=goods,
        benefit=benefit,
        conditions=OfferConditions(
            members_only=bool(v["members_only"]),
            tiers=tuple(sorted(int(rank) for rank in _several(v["tiers"]))),
            tags=_several(v["tags"]),
            birthday=str(v["birthday"]),
            first_purchase=bool(v["first_purchase"]),
            minimum_spend_minor=_minor(v["minimum_spend_minor"]),
            minimum_pieces=number(v["minimum_pieces"]),
        ),
        times=OfferTimes(
            valid_from=begin if isinstance(begin, datetime) else None,
            valid_until=parse_until(str(v["valid_until"] or ""), zone),
            weekdays=tuple(sorted(int(day) for day in _several(v["weekdays"]))),
            from_time=parse_clock(str(v["from_time"])) or "00:00",
            until_time=parse_clock(str(v["until_time"])) or "24:00",
        ),
        limits=OfferLimits(
            in_all=number(v["in_all"]),
            per_day=number(v["per_day"]),
            per_member=number(v["per_member"]),
            per_sale=number(v["per_sale"]),
            budget_minor=_minor(v["budget_minor"]),
        ),
    )


def _minor(value: Value) -> int:
    return value if isinstance(value, int) else 0


def _several(value: Value) -> tuple[str, ...]:
    return tuple(part for part in str(value or "").split("\n") if part)


def new_offer(kind: OfferKind) -> OfferView:
    """Return an offer to begin with; the form shows its numbers empty."""
    benefits: Mapping[OfferKind, Benefit] = {
        _K.PERCENT_OFF: PercentOff(rate_ppm=1),
        _K.AMOUNT_OFF: AmountOff(amount_minor=1),
        _K.FIXED_PRICE: FixedPrice(price_minor=0),
        _K.N_FOR: NFor(count=2, price_minor=0),
        _K.BUY_GET: BuyGet(buy=1, get=1),
        _K.CHEAPEST_FREE: CheapestFree(count=2),
        _K.NTH_ITEM: NthItem(nth=2, pays_ppm=0),
        _K.BUNDLE: Bundle(parts=(BundlePart(goods=GoodsRange()),)),
        _K.THRESHOLD: Threshold(steps=(ThresholdStep(),)),
        _K.POINTS_PRICE: PointsPrice(price_minor=0, points=1),
    }
    every = kind is OfferKind.THRESHOLD
    return OfferView(name="–", goods=GoodsRange(all_goods=every), benefit=benefits[kind])
