"""Reads and works the examples in tests/examples/prices/*.txt; a mistake is a sentence with file and line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from price_sentences import TIERS, ExampleError, Goods, money, offer, rate, zhe

from protocol.language import speaking
from protocol.money import format_minor
from protocol.offer import GoodsRange, OfferConditions, OfferTimes, OfferView
from protocol.quantity import parse_thousandths
from store_server.pricing.calculation import PricedSale, price_sale
from store_server.pricing.conditions import Window
from store_server.pricing.coupons import Coupon, CouponKind
from store_server.pricing.explain import coupon_nearly, nearly_view, step_name
from store_server.pricing.lines import NO_DISCOUNT, Discount, Line
from store_server.pricing.nearly import nearly
from store_server.pricing.occasion import Shopper, Used, occasion_at
from store_server.pricing.offers import OfferBook
from store_server.pricing.scope import Scope
from store_server.pricing.unit_price import unit_price
from store_server.pricing.wording import Names

FOLDER = Path(__file__).resolve().parent.parent / "examples" / "prices"
ZONE = timezone(timedelta(hours=8))
KEYWORDS = {
    "例子": "example",
    "商品": "goods",
    "价格": "price",
    "等级": "tier",
    "设置": "setting",
    "促销": "offer",
    "优惠券": "coupon",
    "会员": "member",
    "时间": "when",
    "已用": "used",
    "扫描": "scan",
    "折扣": "discount",
    "结果": "expect",
    "步骤": "step",
    "赠送": "gives",
    "差一点": "nearly",
}
"""What a line may begin with; the second word is the same in English."""


def local_time(text: str) -> datetime:
    """Return a moment by the clock in the store."""
    form = "%Y-%m-%d %H:%M" if " " in text.strip() else "%Y-%m-%d"
    try:
        return datetime.strptime(text.strip(), form).replace(tzinfo=ZONE)
    except ValueError:
        raise ExampleError(f"a time is written `2026-11-21 17:30`, not {text!r}") from None


@dataclass
class Product:
    """Goods as an example names them."""

    price_minor: int
    by_weight: bool
    category: int
    promotion_minor: int | None = None
    tier_minor: dict[int, int] = field(default_factory=dict)


@dataclass
class Example:
    """One worked example: what is in the shop, what is scanned, what must come out."""

    title: str
    path: Path
    line: int
    language: str = "en"
    goods: Goods = field(default_factory=Goods)
    products: dict[int, Product] = field(default_factory=dict)
    parents: dict[int, int] = field(default_factory=dict)
    offers: list[OfferView] = field(default_factory=list)
    coupons: list[Coupon] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)
    shopper: Shopper | None = None
    at: datetime = datetime(2026, 11, 21, 17, 30, tzinfo=ZONE)
    used: dict[int, Used] = field(default_factory=dict)
    spend_points: bool = False
    discount: Discount = NO_DISCOUNT
    tier_discounts: dict[int, int] = field(default_factory=dict)
    lower_wins: bool = False
    expected: list[tuple[int, str, str]] = field(default_factory=list)
    """Line of the file, keyword, text."""

    def where(self, line: int | None = None) -> str:
        """Return the place for a sentence about a mistake."""
        return f"{self.path.name}, line {line or self.line}"


def read_examples(path: Path) -> list[Example]:
    """Return the examples of a file. Raises ExampleError with a sentence that says where and what."""
    examples: list[Example] = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = raw.partition("#")[0].strip()
        if not text:
            continue
        word, _space, rest = text.partition(" ")
        keyword = KEYWORDS.get(word, word)
        try:
            if keyword == "example":
                language = "zh_CN" if word in KEYWORDS else "en"
                examples.append(Example(rest.strip(), path, number, language))
                continue
            if keyword not in KEYWORDS.values():
                raise ExampleError(f"a line does not begin with {word!r}; try {', '.join(KEYWORDS.values())}")
            if not examples:
                raise ExampleError("the first line must be `example` and a title")
            _READ[keyword](examples[-1], rest.strip(), number)
        except ExampleError as error:
            raise ExampleError(f"{path.name}, line {number}: {error}") from None
    for example in examples:
        if not example.scans or not example.expected:
            raise ExampleError(f"{example.where()}: an example needs a `scan` and an `expect`")
    return examples


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r",|，|、", text) if part.strip()]


def _goods(example: Example, text: str, _line: int) -> None:
    head, _colon, items = text.replace("：", ":").partition(":")
    category = example.goods.categories.setdefault(head.strip(), len(example.goods.categories) + 1)
    for item in _split(items):
        found = re.fullmatch(r"(.+?) (\d+(?:\.\d+)?)(/kg|/公斤)?", item)
        if found is None:
            child = example.goods.categories.setdefault(item, len(example.goods.categories) + 1)
            example.parents[child] = category
            continue
        product = example.goods.products.setdefault(found[1], len(example.goods.products) + 1)
        example.products[product] = Product(money(found[2]), bool(found[3]), category)


def _price(example: Example, text: str, _line: int) -> None:
    found = re.fullmatch(r"(.+) (\S+) (\d+(?:\.\d+)?)", text)
    if found is None or found[2] not in ("promotion", "促销价", *TIERS):
        raise ExampleError("a price is written `price cola promotion 2.50` or `price cola gold 2.80`")
    product = example.products[example.goods.product(found[1])]
    if found[2] in TIERS:
        product.tier_minor[TIERS[found[2]]] = money(found[3])
    else:
        product.promotion_minor = money(found[3])


def _tier(example: Example, text: str, _line: int) -> None:
    found = re.fullmatch(r"(\S+) (?:(\d+(?:\.\d+)?) % off|(\d+(?:\.\d+)?)折)", text)
    if found is None or found[1] not in TIERS:
        raise ExampleError("a tier's discount is written `tier gold 10 % off`")
    example.tier_discounts[TIERS[found[1]]] = rate(found[2]) if found[2] else 1_000_000 - zhe(found[3])


def _setting(example: Example, text: str, _line: int) -> None:
    if text not in ("the lower price wins", "取较低价"):
        raise ExampleError("the only setting is `the lower price wins`")
    example.lower_wins = True


def _offer(example: Example, text: str, _line: int) -> None:
    example.offers.append(offer(example.goods, text, len(example.offers) + 1, local_time))


def _coupon(example: Example, text: str, _line: int) -> None:
    code, _is, rest = text.partition(" = ")
    what, *options = re.split(r";|；", rest)
    what = what.strip()
    plain = Coupon(code.strip(), code.strip(), CouponKind.FIXED)
    goods = GoodsRange()
    if found := re.fullmatch(r"(\d+(?:\.\d+)?) % off (.+)", what):
        plain = replace(plain, kind=CouponKind.PERCENTAGE, rate_ppm=rate(found[1]))
        goods = example.goods.range(found[2])
    elif found := re.fullmatch(r"(.+?)打(\d+(?:\.\d+)?)折", what):
        plain = replace(plain, kind=CouponKind.PERCENTAGE, rate_ppm=1_000_000 - zhe(found[2]))
        goods = example.goods.range(found[1])
    elif found := re.fullmatch(r"(\d+) × (.+) free|送(\d+)件(.+)", what):
        gift = example.goods.product(found[2] or found[4])
        plain = replace(
            plain, kind=CouponKind.GIFT, gift_product_id=gift, gift_count=int(found[1] or found[3])
        )
        goods = GoodsRange(all_goods=True)
    elif found := re.fullmatch(r"(\d+(?:\.\d+)?) off (.+)", what):
        plain = replace(plain, amount_minor=money(found[1]))
        goods = example.goods.range(found[2])
    elif found := re.fullmatch(r"(.+?)减(\d+(?:\.\d+)?)", what):
        plain = replace(plain, amount_minor=money(found[2]))
        goods = example.goods.range(found[1])
    else:
        raise ExampleError(f"a coupon is written `SAVE10 = 10 % off crisps`, not {what!r}")
    at_most = [found[1] or found[2] for each in options if (found := re.fullmatch(_AT_MOST, each.strip()))]
    rest_options = [each for each in options if not re.fullmatch(_AT_MOST, each.strip())]
    terms = offer(Goods(), "; ".join(["x = 1 % off everything", *rest_options]), 1, local_time)
    example.coupons.append(
        replace(
            plain,
            at_most_minor=money(at_most[0]) if at_most else 0,
            scope=Scope.of(goods),
            conditions=OfferConditions.model_validate(terms.conditions),
            window=None if terms.times == OfferTimes() else Window.of(terms.times),
        )
    )


_AT_MOST = r"at most (\d+\.\d+)|最多减(\d+\.\d+)"


def _member(example: Example, text: str, _line: int) -> None:
    shopper = Shopper(finished_sales=3)
    for part in _split(text):
        if part in TIERS:
            shopper = replace(shopper, tier=TIERS[part])
        elif found := re.fullmatch(r"(?:points|积分) ?(\d+)", part):
            shopper = replace(shopper, points=int(found[1]))
        elif found := re.fullmatch(r"(?:tag|标签) ?(.+)", part):
            shopper = replace(shopper, tags=shopper.tags | {found[1]})
        elif found := re.fullmatch(r"(?:birthday|生日) ?((?:\d{4}-)?\d\d-\d\d)", part):
            shopper = replace(shopper, birthday=found[1])
        elif part in ("first purchase", "首单"):
            shopper = replace(shopper, finished_sales=0)
        elif part in ("asks for points prices", "要用积分"):
            example.spend_points = True
        else:
            raise ExampleError(f"nothing is known of members like {part!r}")
    example.shopper = shopper


def _when(example: Example, text: str, _line: int) -> None:
    example.at = local_time(text)


def _used(example: Example, text: str, _line: int) -> None:
    name, _colon, rest = text.replace("：", ":").partition(":")
    found = [view for view in example.offers if view.name == name.strip()]
    if not found:
        raise ExampleError(f"there is no offer called {name.strip()!r} above")
    used = Used()
    for part in _split(rest):
        for pattern, column in _USES:
            if match := re.fullmatch(pattern, part):
                value = next(group for group in match.groups() if group)
                used = replace(used, **{column: money(value) if column == "given_minor" else int(value)})
                break
        else:
            raise ExampleError(
                f"uses are written `3 in all, 2 today, 1 by the member, 40.00 given`: {part!r}"
            )
    example.used[found[0].offer_id or 0] = used


_USES = [
    (r"(\d+) in all|总共(\d+)次", "in_all"),
    (r"(\d+) today|今天(\d+)次", "today"),
    (r"(\d+) by the member|本会员(\d+)次", "by_member"),
    (r"(\d+\.\d+) given|已减(\d+\.\d+)", "given_minor"),
]


def _scan(example: Example, text: str, _line: int) -> None:
    for item in _split(text):
        _line_of(example, item)
        example.scans.append(item)


def _discount(example: Example, text: str, _line: int) -> None:
    if found := re.fullmatch(r"(\d+(?:\.\d+)?) % on the sale", text):
        example.discount = Discount(rate_ppm=rate(found[1]))
    elif found := re.fullmatch(r"整单(\d+(?:\.\d+)?)折", text):
        example.discount = Discount(rate_ppm=1_000_000 - zhe(found[1]))
    elif found := re.fullmatch(r"(\d+(?:\.\d+)?) on the sale|整单减(\d+(?:\.\d+)?)", text):
        example.discount = Discount(amount_minor=money(found[1] or found[2]))
    else:
        raise ExampleError("a discount by hand is written `5 % on the sale` or `5.00 on the sale`")


def _expect(keyword: str) -> Callable[[Example, str, int], None]:
    def keep(example: Example, text: str, line: int) -> None:
        example.expected.append((line, keyword, text))

    return keep


_READ: dict[str, Callable[[Example, str, int], None]] = {
    "goods": _goods,
    "price": _price,
    "tier": _tier,
    "setting": _setting,
    "offer": _offer,
    "coupon": _coupon,
    "member": _member,
    "when": _when,
    "used": _used,
    "scan": _scan,
    "discount": _discount,
    **{keyword: _expect(keyword) for keyword in ("expect", "step", "gives", "nearly")},
}

_ITEM = re.compile(
    r"(\d+(?:\.\d+)?)(?: × | kg |件|公斤)(.+?)"
    r"(?: at (\d+\.\d+)| by hand (\d+\.\d+)| printed (\d+\.\d+)|（手工价(\d+\.\d+)）|（标签价(\d+\.\d+)）)?"
    r"(?: less (\d+(?:\.\d+)?) %| less (\d+\.\d+)|再打(\d+)折|再减(\d+\.\d+))?"
)


def _line_of(example: Example, text: str) -> Line:
    """Return a line as the till would make it."""
    found = _ITEM.fullmatch(text)
    if found is None:
        raise ExampleError(f"goods are scanned as `2 × cola` or `0.455 kg apples`, not {text!r}")
    quantity, name, at, hand, printed, hand_zh, printed_zh, rate_off, off, paid_zh, off_zh = found.groups()
    number = example.goods.product(name)
    product = example.products[number]
    normal = money(at) if at else product.price_minor
    unit, kind = _unit_price(example, product, normal)
    if hand or hand_zh:
        unit, kind = money(hand or hand_zh), "override"
    discount = NO_DISCOUNT
    if rate_off or paid_zh:
        discount = Discount(rate_ppm=rate(rate_off) if rate_off else 1_000_000 - zhe(paid_zh))
    elif off or off_zh:
        discount = Discount(amount_minor=money(off or off_zh))
    return Line(
        quantity_thousandths=parse_thousandths(quantity),
        normal_price_minor=normal,
        unit_price_minor=unit,
        printed_amount_minor=money(printed or printed_zh) if printed or printed_zh else None,
        discount=discount,
        product_id=number,
        categories=tuple(_chain(example, product.category)),
        by_weight=product.by_weight,
        price_kind=kind,
    )


def _unit_price(example: Example, product: Product, normal: int) -> tuple[int, str]:
    listed, kind = (normal, "") if product.promotion_minor is None else (product.promotion_minor, "promotion")
    if example.shopper is None:
        return listed, kind
    tier = example.shopper.tier
    off = example.tier_discounts.get(tier, 0)
    return unit_price(normal, listed, kind, off, example.lower_wins, product.tier_minor.get(tier))


def _chain(example: Example, category: int) -> Iterator[int]:
    seen: int | None = category
    while seen is not None:
        yield seen
        seen = example.parents.get(seen)


def differences(example: Example) -> list[str]:
    """Work an example and return a sentence for everything that comes out otherwise than it says."""
    with speaking(example.language):
        return list(_differences(example))


def _differences(example: Example) -> Iterator[str]:
    lines = [_line_of(example, text) for text in example.scans]
    book = OfferBook.of(example.offers)
    occasion = occasion_at(example.at, ZONE, example.shopper, example.used, spend_points=example.spend_points)
    sale = price_sale(lines, example.discount, book, occasion, example.coupons)
    names = _names(example)
    sentences = [nearly_view(near, names).words for near in nearly(lines, sale, book, occasion)]
    for coupon, result in zip(example.coupons, sale.coupons, strict=True):
        why = coupon_nearly(coupon, result, names)
        if why is not None:
            sentences.append(why.words)
    steps = [f"{step_name(step)} {format_minor(step.saved_minor, 'CNY')}" for step in sale.steps]
    gives = list(_promised(example, sale))
    wanted_steps = [(line, text) for line, keyword, text in example.expected if keyword == "step"]
    for line, keyword, text in example.expected:
        where = example.where(line)
        if keyword == "expect":
            yield from (f"{where}: {problem}" for problem in _amounts(example, lines, sale, text))
        elif keyword == "gives" and text not in gives:
            yield f"{where}: it does not give {text!r}, but {gives}"
        elif keyword == "nearly":
            nothing = text in ("nothing", "没有")
            if (nothing and sentences) or (not nothing and text not in sentences):
                yield f"{where}: what nearly worked is not {text!r}, but {sentences}"
    if wanted_steps and [text for _line, text in wanted_steps] != steps:
        yield f"{example.where(wanted_steps[0][0])}: the steps are {steps}"


def _names(example: Example) -> Names:
    return Names(
        currency="CNY",
        zone=ZONE,
        products={number: name for name, number in example.goods.products.items()},
        categories={number: name for name, number in example.goods.categories.items()},
        tiers={rank: name for name, rank in TIERS.items() if name.isascii() == (example.language == "en")},
    )


def _promised(example: Example, sale: PricedSale) -> Iterator[str]:
    english = example.language == "en"
    for step in sale.steps:
        if step.points > 0:
            yield f"{step.points} points" if english else f"{step.points}积分"
        if step.points_multiplier_ppm:
            times = step.points_multiplier_ppm // 1_000_000
            yield f"points × {times}" if english else f"{times}倍积分"
        if step.coupon_batch_id is not None:
            text = "{times} × coupon {batch}" if english else "{times}张{batch}号优惠券"
            yield text.format(times=step.times, batch=step.coupon_batch_id)


def _amounts(example: Example, lines: list[Line], sale: PricedSale, text: str) -> Iterator[str]:
    for item in _split(text):
        name, _space, amount = item.rpartition(" ")
        if name in ("total", "合计"):
            found = format_minor(sale.total_minor, "CNY")
        elif name in ("discount", "优惠"):
            found = format_minor(sale.gross_minor - sale.total_minor, "CNY")
        elif name in ("points", "积分"):
            found = str(sale.points_spent)
        else:
            number = example.goods.product(name)
            paid = (
                priced.amount_minor
                for line, priced in zip(lines, sale.lines, strict=True)
                if line.product_id == number
            )
            found = format_minor(sum(paid), "CNY")
        if found != amount:
            yield f"{name} is {found}, not {amount}"
