"""Reads an offer as a shopkeeper writes it, in English or Chinese, for the worked examples."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from protocol.identifiers import CategoryId, CouponBatchId, ProductId
from protocol.money import parse_minor
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
    OfferLimits,
    OfferTimes,
    OfferView,
    PercentOff,
    PointsPrice,
    Threshold,
    ThresholdStep,
)


class ExampleError(Exception):
    """A sentence that cannot be read; the reader of the file adds where it stands."""


WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "Monday 周一",
            "Tuesday 周二",
            "Wednesday 周三",
            "Thursday 周四",
            "Friday 周五",
            "Saturday 周六",
            "Sunday 周日",
        ),
        1,
    )
    for name in names.lower().split()
}
TIERS = {"basic": 0, "普通": 0, "silver": 1, "银卡": 1, "gold": 2, "金卡": 2}
ORDINALS = {"second": 2, "第二件": 2, "third": 3, "第三件": 3, "fourth": 4, "第四件": 4}
EVERYTHING = ("everything", "all goods", "全部", "全场")


@dataclass
class Goods:
    """The goods of an example: names to numbers."""

    products: dict[str, int] = field(default_factory=dict)
    categories: dict[str, int] = field(default_factory=dict)

    def range(self, text: str) -> GoodsRange:
        """Return the range that a text names: `crisps, nuts except salted`."""
        inside, _word, outside = text.replace("除外", " except ").partition(" except ")
        if not outside and "（不含" in inside:
            inside, _word, outside = inside.rstrip("）").partition("（不含")
        if inside.strip() in EVERYTHING:
            categories, products = self._named("")
        else:
            categories, products = self._named(inside)
        no_categories, no_products = self._named(outside)
        return GoodsRange(
            all_goods=inside.strip() in EVERYTHING,
            categories=tuple(CategoryId(c) for c in categories),
            products=tuple(ProductId(p) for p in products),
            except_categories=tuple(CategoryId(c) for c in no_categories),
            except_products=tuple(ProductId(p) for p in no_products),
        )

    def product(self, name: str) -> int:
        """Return the number of a product."""
        if name.strip() not in self.products:
            raise ExampleError(f"there are no goods called {name.strip()!r}; a `goods` line must name them")
        return self.products[name.strip()]

    def _named(self, text: str) -> tuple[list[int], list[int]]:
        categories: list[int] = []
        products: list[int] = []
        for name in re.split(r",|，|、|/| and |和", text) if text else ():
            if name.strip() in self.categories:
                categories.append(self.categories[name.strip()])
            else:
                products.append(self.product(name))
        return categories, products


def money(text: str) -> int:
    """Return an amount in minor units."""
    try:
        return parse_minor(text.strip().removesuffix("元"), "CNY")
    except ValueError as error:
        raise ExampleError(str(error)) from None


def rate(text: str) -> int:
    """Return a percentage in parts per million."""
    return parse_minor(text.strip(), "CNY") * 100


def zhe(text: str) -> int:
    """Return what is paid at so many 折: 8折 is 80 %, 85折 and 8.5折 are 85 %."""
    tenths = parse_minor(text.strip(), "CNY")
    return tenths * 1000 if tenths < 1000 else tenths * 100


A, N, R = r"(\d+(?:\.\d+)?)元?", r"(\d+)", r"(.+?)"
_Build = Callable[[Goods, "re.Match[str]"], tuple[GoodsRange | None, Benefit]]


def _nth(goods: Goods, found: "re.Match[str]") -> tuple[GoodsRange, Benefit]:
    return goods.range(found[2]), NthItem(nth=ORDINALS[found[1]], pays_ppm=500_000)


def _cheapest_of(goods: Goods, found: "re.Match[str]") -> tuple[GoodsRange, Benefit]:
    return goods.range(found[2]), CheapestFree(count=int(found[1]))


def _other(goods: Goods, found: "re.Match[str]") -> tuple[GoodsRange, Benefit]:
    off = rate(found[5]) if found.lastindex == 5 and found[5] else 1_000_000
    benefit = BuyGet(buy=int(found[1]), get=int(found[3]), get_range=goods.range(found[4]), off_ppm=off)
    return goods.range(found[2]), benefit


def _threshold(goods: Goods, found: "re.Match[str]") -> tuple[GoodsRange, Benefit]:
    return goods.range(found[1]), Threshold(steps=tuple(_steps(goods, found[2])))


def _bundle(goods: Goods, found: "re.Match[str]") -> tuple[None, Benefit]:
    parts = tuple(_part(goods, text) for text in found[1].split("+"))
    return None, Bundle(parts=parts, price_minor=money(found[2]) if found[2] else None)


SENTENCES: list[tuple[str, _Build]] = [
    (rf"bundle: (.+?)(?: together for {A})?", _bundle),
    (rf"礼包[:：](.+?)(?:合计{A})?", _bundle),
    (
        rf"buy {N} get the cheapest free on {R}",
        lambda g, m: (g.range(m[2]), CheapestFree(count=int(m[1]) + 1)),
    ),
    (rf"of each {N} of {R} the cheapest is free", _cheapest_of),
    (rf"{R}每{N}件免最低价一件", lambda g, m: (g.range(m[1]), CheapestFree(count=int(m[2])))),
    (rf"buy {N} get {N} free on {R}", lambda g, m: (g.range(m[3]), BuyGet(buy=int(m[1]), get=int(m[2])))),
    (
        rf"buy {N} get {N} at {A} % off on {R}",
        lambda g, m: (g.range(m[4]), BuyGet(buy=int(m[1]), get=int(m[2]), off_ppm=rate(m[3]))),
    ),
    (rf"{R}买{N}送{N}", lambda g, m: (g.range(m[1]), BuyGet(buy=int(m[2]), get=int(m[3])))),
    (rf"buy {N} of {R}, get {N} of {R} free", _other),
    (rf"buy {N} of {R}, get {N} of {R} at {A} % off", _other),
    (rf"买{N}件{R}送{N}件{R}", _other),
    (r"(second|third|fourth) at half price on (.+)", _nth),
    (
        rf"(second|third|fourth) at {A} % on (.+)",
        lambda g, m: (g.range(m[3]), NthItem(nth=ORDINALS[m[1]], pays_ppm=rate(m[2]))),
    ),
    (
        r"(.+?)(第二件|第三件|第四件)半价",
        lambda g, m: (g.range(m[1]), NthItem(nth=ORDINALS[m[2]], pays_ppm=500_000)),
    ),
    (
        rf"(.+?)(第二件|第三件|第四件){A}折",
        lambda g, m: (g.range(m[1]), NthItem(nth=ORDINALS[m[2]], pays_ppm=zhe(m[3]))),
    ),
    (
        rf"any {N} of {R} for {A}",
        lambda g, m: (g.range(m[2]), NFor(count=int(m[1]), price_minor=money(m[3]))),
    ),
    (rf"{R}任选{N}件{A}", lambda g, m: (g.range(m[1]), NFor(count=int(m[2]), price_minor=money(m[3])))),
    (
        rf"{R} at {A} and {N} points each",
        lambda g, m: (g.range(m[1]), PointsPrice(price_minor=money(m[2]), points=int(m[3]))),
    ),
    (
        rf"{R}每件{A}加{N}积分",
        lambda g, m: (g.range(m[1]), PointsPrice(price_minor=money(m[2]), points=int(m[3]))),
    ),
    (rf"on {R}: (.+)", _threshold),
    (rf"{R}((?:每?满).+)", _threshold),
    (rf"{A} % off {R}", lambda g, m: (g.range(m[2]), PercentOff(rate_ppm=rate(m[1])))),
    (rf"{R}打{A}折", lambda g, m: (g.range(m[1]), PercentOff(rate_ppm=1_000_000 - zhe(m[2])))),
    (rf"{A} off each of {R}", lambda g, m: (g.range(m[2]), AmountOff(amount_minor=money(m[1])))),
    (rf"{R}每件减{A}", lambda g, m: (g.range(m[1]), AmountOff(amount_minor=money(m[2])))),
    (rf"{R} at {A} each", lambda g, m: (g.range(m[1]), FixedPrice(price_minor=money(m[2])))),
    (rf"{R}特价{A}", lambda g, m: (g.range(m[1]), FixedPrice(price_minor=money(m[2])))),
]
"""What a shopkeeper may write, tried from the first to the last."""

_STEPS = [
    (rf"for every {A}: (.+)", True, "spend_minor"),
    (rf"for every {N} pieces: (.+)", True, "pieces"),
    (rf"from {N} pieces: (.+)", False, "pieces"),
    (rf"from {A}: (.+)", False, "spend_minor"),
    (r"每满(\d+)件(.+)", True, "pieces"),
    (r"满(\d+)件(.+)", False, "pieces"),
    (rf"每满{A}(.+)", True, "spend_minor"),
    (rf"满{A}(.+)", False, "spend_minor"),
]


def _steps(goods: Goods, text: str) -> Iterable[ThresholdStep]:
    for part in re.split(r" / |，", text):
        for pattern, every, name in _STEPS:
            found = re.fullmatch(pattern, part.strip())
            if found:
                asked = money(found[1]) if name == "spend_minor" else int(found[1])
                said: dict[str, Any] = {"every": every, name: asked} | _reward(goods, found[2])
                yield ThresholdStep(**said)
                break
        else:
            raise ExampleError(f"a step is written `from 100.00: 10.00 off`, not {part.strip()!r}")


def _reward(goods: Goods, text: str) -> dict[str, Any]:
    reward: dict[str, Any] = {}
    for part in re.split(r" and |并", text):
        if found := re.fullmatch(rf"{A} off|减{A}", part.strip()):
            reward["amount_minor"] = money(found[1] or found[2])
        elif found := re.fullmatch(rf"{A} % off", part.strip()):
            reward["off_ppm"] = rate(found[1])
        elif found := re.fullmatch(rf"打{A}折", part.strip()):
            reward["off_ppm"] = 1_000_000 - zhe(found[1])
        elif found := re.fullmatch(r"points × (\d+)|(\d+)倍积分", part.strip()):
            reward["points_multiplier_ppm"] = int(found[1] or found[2]) * 1_000_000
        elif found := re.fullmatch(r"(\d+) points|送(\d+)积分", part.strip()):
            reward["points"] = int(found[1] or found[2])
        elif found := re.fullmatch(r"coupon (\d+)|送(\d+)号优惠券", part.strip()):
            reward["coupon_batch_id"] = CouponBatchId(int(found[1] or found[2]))
        elif found := re.fullmatch(r"(\d+) × (.+) free|送(\d+)件(.+)", part.strip()):
            reward["gift_count"] = int(found[1] or found[3])
            reward["gift_product_id"] = ProductId(goods.product(found[2] or found[4]))
        else:
            raise ExampleError(
                f"what is given is written `10.00 off` or `1 × mug free`, not {part.strip()!r}"
            )
    return reward


def _part(goods: Goods, text: str) -> BundlePart:
    found = re.fullmatch(
        rf"(\d+)(?: × |件)(.+?)(?: at {A}| less {A} %|( free)|（{A}）|（{A}折）|(（送）))?", text.strip()
    )
    if found is None:
        raise ExampleError(f"a part of a bundle is written `1 × pan at 50.00`, not {text.strip()!r}")
    count, name, price, off, free, price_zh, paid_zh, free_zh = found.groups()
    more: dict[str, Any] = {}
    if free or free_zh:
        more["price_minor"] = 0
    elif price or price_zh:
        more["price_minor"] = money(price or price_zh)
    elif off:
        more["off_ppm"] = rate(off)
    elif paid_zh:
        more["off_ppm"] = 1_000_000 - zhe(paid_zh)
    return BundlePart(goods=goods.range(name), count=int(count), **more)


def offer(goods: Goods, text: str, number: int, local: Callable[[str], datetime]) -> OfferView:
    """Return the offer that a line says: `Name = sentence; option; option`."""
    name, _is, rest = text.partition(" = ")
    if not rest:
        name, rest = text.partition(";")[0].strip(), text
    sentence, *options = re.split(r";|；", rest)
    for pattern, build in SENTENCES:
        found = re.fullmatch(pattern, sentence.strip())
        if found:
            scope, benefit = build(goods, found)
            break
    else:
        raise ExampleError(f"no kind of offer is written like {sentence.strip()!r}")
    about: dict[str, dict[str, Any]] = {"goods": {}, "conditions": {}, "times": {}, "limits": {}, "offer": {}}
    for option in options:
        _option(option.strip(), about, local)
    scope = (scope or GoodsRange()).model_copy(update=about["goods"])
    return OfferView(
        offer_id=number,  # type: ignore[arg-type]  # the plain number of the line
        version=1,
        name=name.strip(),
        goods=scope,
        benefit=_weighed(benefit) if about["goods"] else benefit,
        conditions=OfferConditions(**about["conditions"]),
        times=OfferTimes(**about["times"]),
        limits=OfferLimits(**about["limits"]),
        **about["offer"],
    )


def _weighed(benefit: Benefit) -> Benefit:
    if not isinstance(benefit, Bundle):
        return benefit
    weighed = {"weighed_counts": True}
    parts = tuple(
        part.model_copy(update={"goods": part.goods.model_copy(update=weighed)}) for part in benefit.parts
    )
    return benefit.model_copy(update={"parts": parts})


_OPTIONS: list[tuple[str, str, str, Callable[[Any], Any]]] = [
    (r"weighed counts|称重算一件()", "goods", "weighed_counts", lambda _text: True),
    (r"members only|仅限会员()", "conditions", "members_only", lambda _text: True),
    (r"first purchase|首单()", "conditions", "first_purchase", lambda _text: True),
    (r"birthday month|生日当月()", "conditions", "birthday", lambda _text: "month"),
    (r"birthday|生日当天()", "conditions", "birthday", lambda _text: "day"),
    (r"minimum spend (.+)|整单满(.+)", "conditions", "minimum_spend_minor", money),
    (r"minimum (\d+) pieces|整单满(\d+)件", "conditions", "minimum_pieces", int),
    (r"at most (\d+) in all|总共限(\d+)次", "limits", "in_all", int),
    (r"at most (\d+) per day|每天限(\d+)次", "limits", "per_day", int),
    (r"at most (\d+) per member|每人限(\d+)次", "limits", "per_member", int),
    (r"at most (\d+) per sale|每单限(\d+)次", "limits", "per_sale", int),
    (r"budget (.+)|预算(.+)", "limits", "budget_minor", money),
    (r"priority (\d+)|优先级(\d+)", "offer", "priority", int),
    (r"group (.+)|互斥组(.+)", "offer", "exclusive_group", str),
]


def _option(text: str, about: dict[str, dict[str, Any]], local: Callable[[str], datetime]) -> None:
    if found := re.fullmatch(r"(?:tiers?|等级) ?(.+)", text):
        names = [name.strip() for name in re.split(r",|、", found[1])]
        if unknown := [name for name in names if name not in TIERS]:
            raise ExampleError(f"there is no tier {unknown[0]!r}; there are {', '.join(TIERS)}")
        about["conditions"]["tiers"] = tuple(TIERS[name] for name in names)
    elif found := re.fullmatch(r"(?:tags?|标签) ?(.+)", text):
        about["conditions"]["tags"] = tuple(name.strip() for name in re.split(r",|、", found[1]))
    elif found := re.fullmatch(r"(?:on|每逢) ?(.+)", text):
        days = [name.strip().lower() for name in re.split(r",|、", found[1])]
        if unknown := [day for day in days if day not in WEEKDAYS]:
            raise ExampleError(f"there is no day {unknown[0]!r}")
        about["times"]["weekdays"] = tuple(WEEKDAYS[day] for day in days)
    elif found := re.fullmatch(r"(\d\d:\d\d) ?(?:to|至) ?(\d\d:\d\d)", text):
        about["times"] |= {"from_time": found[1], "until_time": found[2]}
    elif found := re.fullmatch(r"(?:from|起) ?(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)", text):
        about["times"]["valid_from"] = local(found[1])
    elif found := re.fullmatch(r"(?:until|止) ?(\d{4}-\d\d-\d\d(?: \d\d:\d\d)?)", text):
        about["times"]["valid_until"] = local(found[1])
    elif re.fullmatch(r"switched off|停用", text):
        about["offer"]["active"] = False
    else:
        for pattern, where, name, read in _OPTIONS:
            if found := re.fullmatch(pattern, text):
                about[where][name] = read(next((g for g in found.groups() if g), ""))
                return
        raise ExampleError(f"an offer has no option {text!r}")
