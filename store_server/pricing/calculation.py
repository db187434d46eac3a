"""What a basket costs: pure rules, in one documented order.

The order in which a sale is calculated (docs/pricing.md says it to shopkeepers):

1. Unit price: the promotional price if one is active, else the tier's price, else the selling price
   (`unit_price`); a price that a person was allowed to set takes its place. Weight × price is rounded once
   per line, half up. A price printed in an in-store barcode is the line's value as it is.
2. Offers on goods, by priority, each unit taken once (`choosing`). A line with a price by hand or a printed
   price takes none.
3. Discounts by hand on single lines, on what is left.
4. Offers on what was spent (`thresholds`), then coupons (`coupons`).
5. The discount by hand on the sale. A fixed amount never exceeds what is left.
6. Whatever is given on several lines is shared out over them by largest remainder, never below zero on a
   line, and stays on the line, so that a refund gives back what was paid (`share_out`).
7. Tax per rate on what is left.
8. Tenders; cash rounding on the cash part alone.

Any change calculates everything again from the first step, over the lines in one order of their own, so the
order of scanning cannot matter.
"""

from collections.abc import Sequence

from protocol.messages.offers import StepKind
from store_server.pricing.allocation import share_out
from store_server.pricing.choosing import Candidate, Chooser
from store_server.pricing.conditions import Terms, Whole
from store_server.pricing.coupons import Coupon, apply_coupons
from store_server.pricing.joining import Joined
from store_server.pricing.lines import (
    NO_DISCOUNT,
    Discount,
    Line,
    PricedLine,
    PricedSale,
    Step,
    quantity_for,
    value_of,
)
from store_server.pricing.occasion import Occasion
from store_server.pricing.offers import NO_OFFERS, OfferBook
from store_server.pricing.sheet import Reach, Sheet
from store_server.pricing.thresholds import Rewards, Spending

__all__ = [
    "NO_DISCOUNT",
    "Discount",
    "Line",
    "PricedLine",
    "PricedSale",
    "price_sale",
    "quantity_for",
    "value_of",
]

NOWHERE = Occasion()


def price_sale(
    lines: Sequence[Line],
    discount: Discount = NO_DISCOUNT,
    offers: OfferBook = NO_OFFERS,
    occasion: Occasion = NOWHERE,
    coupons: Sequence[Coupon] = (),
) -> PricedSale:
    """Return what the lines cost, calculated from the first step, and every step that worked.

    `offers` are the shop's, `occasion` says who buys and when, `coupons` were shown, and `discount` was given
    by hand on the sale. The answer's lines are in the order of `lines`.
    """
    joined = Joined(lines)
    sheet = _after_offers(joined.lines, offers, occasion)
    results = apply_coupons(sheet, coupons, occasion) if coupons else []
    _discount_sale(sheet, discount)
    priced, steps, taken = joined.split(sheet.steps)
    return PricedSale(priced, steps, taken, tuple(results))


def _after_offers(lines: Sequence[Line], book: OfferBook, occasion: Occasion) -> Sheet:
    """Return the sheet after offers and the discounts by hand on lines.

    An exclusive group may hold offers on goods and thresholds. They work at different steps, so they are
    compared by what the sale comes to with the one or the other.
    """
    if not book.offers:
        sheet = Sheet(lines)
        sheet.discount_lines()
        return sheet
    trial = _Trial(lines, book, occasion)
    barred: frozenset[str] = frozenset()
    best = trial.run(barred)
    for group in trial.mixed_groups():
        other = trial.run(barred | {group})
        if sum(other.amounts) < sum(best.amounts):
            best, barred = other, barred | {group}
    return best


class _Trial:
    """Lets offers work on the same lines, with some groups barred from the goods."""

    def __init__(self, lines: Sequence[Line], book: OfferBook, occasion: Occasion) -> None:
        self._lines = lines
        self._points = occasion.shopper.points if occasion.shopper and occasion.spend_points else 0
        first = Sheet(lines)
        self._first: Sheet | None = first
        reach = Reach(first, book)
        whole = Whole.of(lines, first.value)
        self._candidates: list[Candidate] = []
        self._spendings: list[Spending] = []
        for key in reach.keys:
            offer = book.offers[key]
            roles = [] if offer.is_threshold else reach.units(offer)
            if not reach.is_enough(offer, roles):
                continue
            terms = offer.terms(occasion, whole)
            if not isinstance(terms, Terms):
                continue
            if offer.is_threshold:
                self._spendings.append(Spending(offer, terms, reach.lines[key]))
            else:
                self._candidates.append(Candidate(offer, terms, roles))

    def mixed_groups(self) -> list[str]:
        """Return the exclusive groups that have both an offer on goods and a threshold here."""
        on_goods = {candidate.offer.view.exclusive_group for candidate in self._candidates}
        on_money = {spending.offer.view.exclusive_group for spending in self._spendings}
        return sorted((on_goods & on_money) - {""})

    def run(self, barred: frozenset[str]) -> Sheet:
        """Return the sheet after the offers; groups that are barred do not work on goods."""
        sheet, self._first = self._first or Sheet(self._lines), None
        chooser = Chooser(sheet, self._points)
        chooser.run([each for each in self._candidates if each.offer.view.exclusive_group not in barred])
        sheet.discount_lines()
        Rewards(sheet, dict(chooser.groups_used)).run(self._spendings)
        return sheet


def _discount_sale(sheet: Sheet, discount: Discount) -> None:
    off = discount.on(sum(sheet.amounts))
    if off:
        step = Step(StepKind.SALE_DISCOUNT, reference=discount.reason)
        shares = enumerate(share_out(off, sheet.amounts))
        sheet.take_off(step, [(place, share) for place, share in shares if share])
