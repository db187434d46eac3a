"""A shop that gives out coupons: batches, and coupons on baskets."""

from typing import Any

from shop_counter import Shop

from protocol.coupon import CouponAmount, CouponBatchView, CouponBenefit
from protocol.identifiers import CouponBatchId, LaneCode, MemberId, ProductId, SaleId
from protocol.messages.coupons import (
    CouponBatchFound,
    Coupons,
    CouponView,
    IssueCoupons,
    SaveCouponBatch,
    UseCoupon,
)
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.sales import AttachMember, Basket, BasketState, BasketView, GetSale


def product(shop: Shop, code: str) -> ProductId:
    """Return the id of goods."""
    return ProductId(shop.db.execute("SELECT product_id FROM products WHERE code = ?", (code,)).fetchone()[0])


def batch(
    shop: Shop, name: str = "1 off", benefit: CouponBenefit | None = None, **more: Any
) -> CouponBatchView:
    """Save a batch: 1.00 off anything, if nothing else is said."""
    view = CouponBatchView(name=name, benefit=benefit or CouponAmount(amount_minor=100), **more)
    return shop.do(CouponBatchFound, SaveCouponBatch(batch=view), "boss").batch.batch


def issued(
    shop: Shop, of: CouponBatchView, member: MemberId | None = None, count: int = 1
) -> list[CouponView]:
    """Issue coupons by hand."""
    request = IssueCoupons(
        batch_id=CouponBatchId(of.batch_id or 0), member_id=member, count=count, reason="test"
    )
    return list(shop.do(Coupons, request, "boss").coupons)


def show(shop: Shop, sale: str, code: str, who: str = "li") -> BasketView:
    """Put a coupon on a basket."""
    return shop.do(Basket, UseCoupon(sale_id=SaleId(sale), code=code), who).basket


def member(shop: Shop, name: str = "王芳", **more: Any) -> MemberId:
    """Register a member."""
    return shop.do(MemberFound, RegisterMember(name=name, **more)).member.member_id


def attach(shop: Shop, sale: str, who: MemberId, lane: str = "1") -> BasketView:
    """Put a member beside a sale."""
    request = AttachMember(sale_id=SaleId(sale), lane=LaneCode(lane), member_id=who)
    return shop.do(Basket, request).basket


def basket(shop: Shop, sale: str) -> BasketView:
    """Return the basket as its rows say."""
    found = shop.do(BasketState, GetSale(sale_id=SaleId(sale))).basket
    assert found is not None
    return found
