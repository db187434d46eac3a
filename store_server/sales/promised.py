"""What becomes of coupons that a sale gave when its goods come back: those not reached any more are ended."""

from collections.abc import Callable, Mapping
from typing import Any

from protocol.identifiers import CouponId, SaleId
from protocol.language import _
from protocol.messages.base import Fact
from protocol.messages.coupons import CouponCancelled
from protocol.messages.offers import StepKind
from protocol.messages.refunds import SaleRefunded
from protocol.offer import GoodsRange, Threshold, ThresholdStep
from store_server.catalogue.category_tree import category_tree
from store_server.coupons import tables as coupons
from store_server.database.unit_of_work import Work
from store_server.offers import tables as offers
from store_server.pricing.lines import Step, values_of
from store_server.pricing.scope import Scope
from store_server.sales import steps, tables
from store_server.sales.rows import Line

_AFTER = (StepKind.BASKET_OFFER, StepKind.COUPON, StepKind.SALE_DISCOUNT)
"""What works after a threshold has looked at the money."""
# The tables of the refunds are read here and never written: refunds know sales, not the other way round.
_BACK = "SELECT line, sum(quantity_thousandths) FROM refund_lines WHERE sale_id = ? GROUP BY line"


def take_back(work: Work, fact: SaleRefunded) -> None:
    """End unused coupons of the sale for which too little is left of it; used ones are not asked back."""
    if fact.sale_id is None:
        return
    issued = coupons.coupons_of_sale(work.db, fact.sale_id)
    if not any(each.state == coupons.LIVE for each in issued):
        return
    kept = _kept_of(work, fact.sale_id)
    reason = _("goods of receipt {number} came back").format(number=fact.receipt_number)
    for batch_id in sorted({each.batch_id for each in issued}):
        left = [each for each in issued if each.batch_id == batch_id and each.state != coupons.CANCELLED]
        too_many = max(len(left) - kept.get(batch_id, 0), 0)
        for each in [each for each in left if each.state == coupons.LIVE][:too_many]:
            coupons.cancel(work, each.coupon_id, reason)
            work.record(CouponCancelled(coupon_id=CouponId(each.coupon_id), reason=reason[:200]))


def _kept_of(work: Work, sale_id: SaleId) -> dict[int, int]:
    """Return how many coupons of each batch what is left of the sale would still give."""
    basket = tables.read_basket(work.db, sale_id)
    assert basket is not None
    back = dict(work.db.execute(_BACK, (sale_id,)).fetchall())
    found = steps.read(work.db, sale_id, basket.live)
    worth = _worth(basket.live, found, back)
    kept: dict[int, int] = {}
    for step in found:
        if step.coupon_batch_id is None or step.offer_id is None:
            continue
        view = offers.version(work.db, step.offer_id, step.version)
        assert view is not None, "versions of offers that were used are kept"
        assert isinstance(view.benefit, Threshold)
        inside = _inside(work, view.goods, basket.live)
        value = sum(worth[line.line][0] for line in inside)
        pieces = sum(worth[line.line][1] for line in inside)
        reached = [
            _times(each, value, pieces)
            for each in view.benefit.steps
            if each.coupon_batch_id == step.coupon_batch_id
        ]
        times = min(max(reached, default=0), step.times)
        kept[step.coupon_batch_id] = kept.get(step.coupon_batch_id, 0) + times
    return kept


def _times(step: ThresholdStep, value_minor: int, pieces: int) -> int:
    times = value_minor // step.spend_minor if step.spend_minor else pieces // max(step.pieces, 1)
    return times if step.every else min(times, 1)


def _inside(work: Work, goods: GoodsRange, lines: list[Line]) -> list[Line]:
    scope, tree = Scope.of(goods), category_tree(work)
    return [line for line in lines if scope.holds(line.product_id, tree.chain(line.category_id))]


def _worth(lines: list[Line], found: list[Step], back: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Return for each line what the thresholds saw of what is left: money, and pieces."""
    seen = [values_of(line.to_price())[0] for line in lines]
    for step in found:
        if step.kind not in _AFTER:
            for part in step.parts:
                seen[part.line] = part.after_minor
    worth = {}
    for line, minor in zip(lines, seen, strict=True):
        left = line.quantity_thousandths - back.get(line.line, 0)
        pieces = line.to_price().pieces if line.to_price().is_whole else left // 1000
        worth[line.line] = (minor * left // line.quantity_thousandths, pieces if left else 0)
    return worth


REACTIONS: dict[type[Fact], Callable[[Work, Any], None]] = {SaleRefunded: take_back}
"""What this room does in the transaction of a refund."""
