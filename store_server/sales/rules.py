"""Rules of baskets and payments: what a change makes of the whole basket, what may be kept (pure)."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from protocol.messages.offers import StepKind
from protocol.quantity import ONE
from store_server.pricing.calculation import NOWHERE, PricedLine, PricedSale, price_sale
from store_server.pricing.coupons import Coupon
from store_server.pricing.lines import Line as PricingLine
from store_server.pricing.lines import Step, values_of
from store_server.pricing.occasion import Occasion
from store_server.pricing.offers import NO_OFFERS, OfferBook
from store_server.pricing.tax import tax_lines
from store_server.pricing.unit_price import PROMOTION, unit_price
from store_server.sales.rows import OVERRIDE, Basket, Line, Sale

_PAY_CODE = re.compile("(1[0-5]|2[5-9]|30)[0-9]{14,22}")
"""WeChat's codes begin with 10 to 15 (18 digits), Alipay's with 25 to 30 (16 to 24)."""
_BANK_CARD = re.compile("[3-6][0-9]{12,18}")
_CARD_AMONG_WORDS = re.compile("(?<![0-9])[3-6](?:[ -]?[0-9]){14,18}(?![0-9])")
"""As a cashier writes it: `Visa 4111 1111 1111 1111`."""


_SAVING_STEPS = (StepKind.OFFER, StepKind.BASKET_OFFER, StepKind.COUPON)


def _nothing_above(category_id: int | None) -> tuple[int, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a basket is priced with beside its own rows."""

    book: OfferBook = NO_OFFERS
    occasion: Occasion = NOWHERE
    coupons: Sequence[Coupon] = ()
    chain: Callable[[int | None], tuple[int, ...]] = _nothing_above
    """Makes of a category the category and those above it."""
    own_prices: Mapping[int, int] = field(default_factory=dict)
    """By product, its own price for the tier of the member."""

    @property
    def has_offers(self) -> bool:
        """True: the price may depend on more than the basket's rows."""
        return bool(self.book.offers or self.coupons)


PLAIN = Surroundings()
"""A shop without offers, and a basket without coupons."""


def lines_to_price(basket: Basket, around: Surroundings) -> list[PricingLine]:
    """Return the lines that are sold as the pricing rules need them."""
    return [line.to_price(around.chain(line.category_id)) for line in basket.live]


def repriced(basket: Basket, around: Surroundings = PLAIN) -> Basket:
    """Return the basket calculated from the first step; lines that come out the same are the same objects."""
    return priced(basket, around)[0]


def priced(basket: Basket, around: Surroundings = PLAIN) -> tuple[Basket, PricedSale]:
    """Return the basket calculated from the first step, and every step of the calculation."""
    sale, own = basket.sale, around.own_prices
    basket = replace(basket, lines=tuple(_with_unit_price(line, sale, own) for line in basket.lines))
    made = price_sale(
        lines_to_price(basket, around), sale.discount, around.book, around.occasion, around.coupons
    )
    return _with_prices(basket, made, around), made


def _with_prices(basket: Basket, priced: PricedSale, around: Surroundings) -> Basket:
    live = basket.live
    savings = _savings(priced.steps, len(live)) if around.has_offers else [""] * len(live)
    taxed = tax_lines(
        [(line.rate, price.amount_minor) for line, price in zip(live, priced.lines, strict=True)]
    )
    by_number = {
        line.line: (price, tax, saving)
        for line, price, tax, saving in zip(live, priced.lines, taxed.shares, savings, strict=True)
    }
    lines = tuple(line if line.voided else _with_price(line, *by_number[line.line]) for line in basket.lines)
    sale = replace(
        basket.sale,
        item_count_thousandths=sum(ONE if line.by_weight else line.quantity_thousandths for line in live),
        gross_minor=priced.gross_minor,
        sale_discount_minor=priced.sale_discount_minor,
        total_minor=priced.total_minor + taxed.added_minor,
        tax_added_minor=taxed.added_minor,
        price_points=priced.points_spent,
        coupons=_coupons(priced, around.coupons),
    )
    return _paid(replace(basket, sale=sale, lines=lines))


def _savings(steps: Sequence[Step], count: int) -> list[str]:
    """Return for each line what offers and coupons took off it, as its row keeps it."""
    found: list[list[tuple[str, int]]] = [[] for _line in range(count)]
    for step in steps:
        if step.kind in _SAVING_STEPS:
            for part in step.parts:
                if part.before_minor != part.after_minor:
                    name = step.name or step.reference
                    found[part.line].append((name, part.before_minor - part.after_minor))
    return [json.dumps(each, ensure_ascii=False) if each else "" for each in found]


def _coupons(priced: PricedSale, coupons: Sequence[Coupon]) -> str:
    """Return the coupons on a basket as its row keeps them."""
    rows = [
        (coupon.code, coupon.name, result.saved_minor, result.problem.value if result.problem else "")
        for coupon, result in zip(coupons, priced.coupons, strict=True)
    ]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def _paid(basket: Basket) -> Basket:
    """Return the basket with what was paid, what cash rounding makes of it, and the change."""
    sale = basket.sale
    paid = sum(tender.amount_minor for tender in basket.tenders)
    rounding = basket.cash.rounding_minor
    change = max(paid + sale.credit_used_minor - sale.total_minor - rounding, 0)
    if (sale.paid_minor, sale.rounding_minor, sale.change_minor) == (paid, rounding, change):
        return basket  # as at every scan: copying a sale takes longer than its sums
    sale = replace(sale, paid_minor=paid, rounding_minor=rounding, change_minor=change)
    return replace(basket, sale=sale)


def _with_unit_price(line: Line, sale: Sale, own_prices: Mapping[int, int]) -> Line:
    """Return the line at the price that the member beside the sale pays; a price by hand or label stays."""
    if line.voided or line.price_kind == OVERRIDE or line.list_kind not in ("", PROMOTION):
        return line
    price, kind = unit_price(
        line.normal_price_minor,
        line.list_price_minor,
        line.list_kind,
        sale.member_discount_ppm,
        bool(sale.member_lower_price),
        own_prices.get(line.product_id),
    )
    if (price, kind) == (line.unit_price_minor, line.price_kind):
        return line
    return replace(line, unit_price_minor=price, price_kind=kind)


def _with_price(line: Line, price: PricedLine, tax_minor: int, savings: str) -> Line:
    amount = price.amount_minor
    if (
        line.amount_minor == amount
        and line.offers == savings
        and line.tax_minor == tax_minor
        and line.share_minor == price.share_minor
        and line.line_discount_minor == price.discount_minor
    ):
        return line
    return replace(
        line,
        line_discount_minor=price.discount_minor,
        share_minor=price.share_minor,
        amount_minor=amount,
        tax_minor=tax_minor,
        offers_minor=price.offer_minor + price.basket_minor + price.coupon_minor,
        offers=savings,
    )


def with_line(basket: Basket, line: Line) -> Basket:
    """Return the basket with the line added, or in the place of the one with its number."""
    if basket.line(line.line) is None:
        return replace(basket, lines=(*basket.lines, line))
    return replace(basket, lines=tuple(line if each.line == line.line else each for each in basket.lines))


def joins(last: Line | None, new: Line) -> bool:
    """Return whether the new line is more of the last one: the same goods at the same price, both plain."""
    return (
        last is not None
        and last.is_plain
        and new.is_plain
        and last.product_id == new.product_id
        and last.list_price_minor == new.list_price_minor
        and last.normal_price_minor == new.normal_price_minor
        and last.list_kind == new.list_kind
        and last.rate == new.rate
    )


def overpaid_by_card(basket: Basket) -> int:
    """Return by how much the payments that give no change exceed what is to be paid; 0 when they do not."""
    fixed = sum(tender.amount_minor for tender in basket.tenders if not tender.gives_change)
    fixed += basket.sale.credit_used_minor
    return max(fixed - basket.sale.total_minor - basket.sale.rounding_minor, 0)


def value_before_discounts(line: Line) -> int:
    """Return what the line is worth before any discount."""
    return values_of(line.to_price())[1]


def drawer_amount(basket: Basket) -> int:
    """Return what stays in the drawer: the cash that was handed over, less the change."""
    cash = sum(tender.amount_minor for tender in basket.tenders if tender.counts_in_drawer)
    return cash - basket.sale.change_minor


def receipt_number(store: str, lane: str, business_date: str, seq: int) -> str:
    """Return `S1-2-20261121-0042`; more than 9,999 sales a day take more digits."""
    return f"{store}-{lane}-{business_date.replace('-', '')}-{seq:04d}"


def passes_luhn(digits: str) -> bool:
    """Return whether the digits carry a right check digit by Luhn."""
    doubled = (int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def safe_reference(reference: str) -> str:
    """Return the reference as it may be stored: pay codes and bank card numbers keep only their ends."""
    reference = reference.strip()
    digits = re.sub("[ -]", "", reference)
    if _PAY_CODE.fullmatch(digits):
        return f"{digits[:2]}…{digits[-4:]}"
    if _BANK_CARD.fullmatch(digits) and passes_luhn(digits):
        return _masked(digits)
    return _CARD_AMONG_WORDS.sub(lambda found: _masked(found[0]), reference)


def _masked(card: str) -> str:
    """Return the ends of a bank card's number; anything else as it is."""
    digits = re.sub("[ -]", "", card)
    return f"{digits[:6]}…{digits[-4:]}" if passes_luhn(digits) else card


def products_sold(lines: Iterable[Line]) -> dict[int, int]:
    """Return the quantity of each product in thousandths."""
    sold: dict[int, int] = {}
    for line in lines:
        sold[line.product_id] = sold.get(line.product_id, 0) + line.quantity_thousandths
    return sold
