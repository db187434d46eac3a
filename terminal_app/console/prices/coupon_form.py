"""The form of coupons without a screen: its fields, what stands in them, and the batch that was typed."""

from collections.abc import Mapping
from datetime import tzinfo

from textual.widget import Widget

from protocol.coupon import (
    CouponAmount,
    CouponBatchView,
    CouponBenefit,
    CouponCodes,
    CouponGift,
    CouponIssue,
    CouponPercent,
)
from protocol.identifiers import ProductId
from protocol.language import N_, _
from protocol.offer import GoodsRange, OfferView, PercentOff
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_view import Heading
from terminal_app.console.prices.coupon_words import ISSUES
from terminal_app.console.prices.offer_form import condition_fields, offer_values, time_fields, typed_offer
from terminal_app.console.prices.offer_names import OfferNames
from terminal_app.console.prices.offer_typed import (
    number,
    number_field,
    off_mistake,
    off_typed,
    optional_number,
    parse_off,
)

_NO_LIMIT = N_("Empty: without a limit")
_SAME = (
    "members_only", "tiers", "tags", "birthday", "first_purchase", "minimum_spend_minor", "minimum_pieces",
    "valid_from", "valid_until", "weekdays", "from_time", "until_time",
)  # fmt: skip
"""Fields that mean the same to an offer."""


def like_an_offer(batch: CouponBatchView) -> OfferView:
    """Return an offer with the goods, conditions and times of a batch: they are typed in the same fields."""
    return OfferView(
        name=batch.name,
        goods=batch.goods,
        benefit=PercentOff(rate_ppm=1),
        conditions=batch.conditions,
        times=batch.times,
    )


def new_batch(kind: str) -> CouponBatchView:
    """Return coupons to begin with; the form shows their numbers empty."""
    benefits: Mapping[str, CouponBenefit] = {
        "percent": CouponPercent(rate_ppm=1),
        "amount": CouponAmount(amount_minor=1),
        "gift": CouponGift(product_id=ProductId(0)),
    }
    return CouponBatchView(name="–", benefit=benefits[kind])


def _benefit_fields(batch: CouponBatchView, names: OfferNames) -> list[Field]:
    match batch.benefit:
        case CouponPercent():
            return [
                Field("rate_ppm", N_("Taken off"), required=True, check=off_mistake, hint=N_("20%, or 8折")),
                Field("most_minor", N_("But at most"), Kind.MONEY, hint=_NO_LIMIT),
            ]
        case CouponAmount():
            return [Field("amount_minor", N_("Taken off"), Kind.MONEY, required=True)]
        case CouponGift(product_id=gift):
            present = ((str(gift), names.product(gift)),) if gift else ()
            return [
                Field("product_id", N_("Free goods"), Kind.PRODUCT, required=True, choices=present),
                number_field("count", N_("How many pieces"), 1, 999, required=True, hint="1"),
            ]


def coupon_parts(
    batch: CouponBatchView, names: OfferNames, goods: Widget, zone: tzinfo
) -> list[Field | Heading | Widget]:
    """Return the fields from top to bottom; `goods`: the row with the range of goods."""
    codes = (
        (CouponCodes.UNIQUE.value, _("each coupon its own, used once")),
        (CouponCodes.SHARED.value, _("one code for everybody")),
    )
    issues = tuple((issue.value, _(words)) for issue, words in ISSUES.items())
    return [
        Field("name", N_("Name"), required=True, hint=N_("As the receipt calls it: 10 off from 100")),
        *_benefit_fields(batch, names),
        goods,
        Field("active", N_("Works"), Kind.YES_NO),
        Heading(N_("For whom, in which baskets")),
        *condition_fields(names, batch.conditions),
        Heading(N_("When it is taken")),
        *time_fields(zone),
        number_field("valid_days", N_("Days after issue"), 0, 3660, hint=N_("Empty: until the end above")),
        Heading(N_("Codes and limits")),
        Field("codes", N_("Codes"), Kind.CHOICE, choices=codes),
        Field("shared_code", N_("The code for all"), hint=N_("Capital letters, digits: AUTUMN10"), most=30),
        number_field("uses_in_all", N_("Uses in all"), 0, 10**9, hint=_NO_LIMIT),
        number_field("uses_per_member", N_("Uses per member"), 0, 10**6, hint=_NO_LIMIT),
        number_field("per_sale", N_("In one sale"), 1, 20, hint="1"),
        Field("alone", N_("No other beside it"), Kind.YES_NO),
        Heading(N_("How members get one")),
        Field("issue_on", N_("By itself"), Kind.SEVERAL, choices=issues),
        number_field("points", N_("For points"), 0, 10**9, hint=N_("Empty: not for points")),
    ]


def coupon_values(batch: CouponBatchView, zone: tzinfo, *, blank: bool = False) -> dict[str, Value]:
    """Return what stands in the fields; `blank`: name and benefit of new ones are left empty."""
    like = offer_values(like_an_offer(batch), zone)
    values: dict[str, Value] = {key: like[key] for key in _SAME}
    values |= {
        "name": "" if blank else batch.name,
        "active": batch.active,
        "valid_days": optional_number(batch.valid_days),
        "codes": batch.codes.value,
        "shared_code": batch.shared_code,
        "uses_in_all": optional_number(batch.uses_in_all),
        "uses_per_member": optional_number(batch.uses_per_member),
        "per_sale": str(batch.per_sale),
        "alone": batch.alone,
        "issue_on": "\n".join(issue.value for issue in batch.issue_on),
        "points": optional_number(batch.points),
    }
    if blank:
        return values | {"count": "1"}
    match batch.benefit:
        case CouponPercent(rate_ppm=rate, most_minor=most):
            return values | {"rate_ppm": off_typed(rate), "most_minor": most or None}
        case CouponAmount(amount_minor=amount):
            return values | {"amount_minor": amount}
        case CouponGift(product_id=gift, count=count):
            return values | {"product_id": str(gift), "count": str(count)}


def _typed_benefit(batch: CouponBatchView, values: Mapping[str, Value]) -> CouponBenefit:
    match batch.benefit:
        case CouponPercent():
            off = parse_off(str(values["rate_ppm"])) or 0
            return CouponPercent(rate_ppm=off, most_minor=_minor(values["most_minor"]))
        case CouponAmount():
            return CouponAmount(amount_minor=_minor(values["amount_minor"]))
        case CouponGift():
            gift = ProductId(int(str(values["product_id"])))
            return CouponGift(product_id=gift, count=number(values["count"], 1))


def _minor(value: Value) -> int:
    return value if isinstance(value, int) else 0


def typed_batch(
    batch: CouponBatchView, values: Mapping[str, Value], goods: GoodsRange, zone: tzinfo
) -> CouponBatchView:
    """Return the coupons that were typed. Raises pydantic's ValidationError for what cannot be."""
    others = offer_values(like_an_offer(batch), zone)
    same = {key: values[key] for key in _SAME}
    start = like_an_offer(batch)
    like = typed_offer(start, {**others, "name": "–", **same}, goods, PercentOff(rate_ppm=1), zone)
    shared = values["codes"] == CouponCodes.SHARED
    chosen = str(values["issue_on"] or "").split("\n")
    return CouponBatchView(
        batch_id=batch.batch_id,
        version=batch.version,
        name=str(values["name"]).strip(),
        active=bool(values["active"]),
        benefit=_typed_benefit(batch, values),
        goods=goods,
        conditions=like.conditions,
        times=like.times,
        valid_days=number(values["valid_days"]),
        codes=CouponCodes.SHARED if shared else CouponCodes.UNIQUE,
        shared_code=str(values["shared_code"] or "").strip().upper() if shared else "",
        uses_in_all=number(values["uses_in_all"]),
        uses_per_member=number(values["uses_per_member"]),
        per_sale=number(values["per_sale"], 1),
        alone=bool(values["alone"]),
        issue_on=tuple(issue for issue in CouponIssue if issue.value in chosen),
        points=number(values["points"]),
    )


def coupon_mistakes(values: Mapping[str, Value]) -> dict[str, str]:
    """Return sentences for what does not fit together."""
    mistakes = {}
    shared = values["codes"] == CouponCodes.SHARED
    if shared and not values["shared_code"]:
        mistakes["shared_code"] = _("Which code is it? Customers show or say it.")
    if shared and values["issue_on"]:
        mistakes["issue_on"] = _("A code for everybody is not issued; only coupons with their own code are.")
    if shared and number(values["points"]):
        mistakes["points"] = _("A code for everybody cannot be bought for points.")
    if not shared and values["shared_code"]:
        words = _("Each coupon has its own code; leave this empty, or choose one code for everybody.")
        mistakes["shared_code"] = words
    return mistakes
