"""The requests of the counter, each with its function. The end of a sale is answered by the refunds."""

from typing import Any

from protocol.messages import coupons as coupon_messages
from protocol.messages import offers, sales
from store_server.dispatcher import Remembered
from store_server.sales import (
    coupons,
    discounts,
    explaining,
    finishing,
    lines,
    membership,
    parking,
    reading,
    tendering,
    trying,
)
from store_server.sales.promised import REACTIONS

__all__ = ["HANDLERS", "REACTIONS", "REMEMBERED"]

HANDLERS: dict[type[Any], Any] = {
    sales.AttachMember: membership.attach_member,
    sales.DetachMember: membership.detach_member,
    sales.AddItem: lines.add_item,
    sales.AddProduct: lines.add_product,
    sales.ChangeQuantity: lines.change_quantity,
    sales.VoidLine: lines.void_line,
    sales.NoteLine: lines.note_line,
    sales.OverridePrice: discounts.override_price,
    sales.DiscountLine: discounts.discount_line,
    sales.DiscountSale: discounts.discount_sale,
    sales.CancelSale: parking.cancel_sale,
    sales.ParkSale: parking.park_sale,
    sales.RecallSale: parking.recall_sale,
    sales.ListParkedSales: reading.list_parked_sales,
    sales.ListTenderKinds: tendering.list_tender_kinds,
    sales.SaveTenderKind: tendering.save_tender_kind,
    sales.AddTender: tendering.add_tender,
    sales.RemoveTender: tendering.remove_tender,
    sales.GetSale: reading.get_sale,
    sales.GetOpenBasket: reading.get_open_basket,
    sales.ListSales: reading.list_sales,
    sales.ReprintReceipt: finishing.reprint_receipt,
    coupon_messages.UseCoupon: coupons.use_coupon,
    coupon_messages.RemoveCoupon: coupons.remove_coupon,
    offers.SpendPoints: membership.spend_points,
    offers.ExplainSale: explaining.explain_sale,
    offers.TryBasket: trying.try_basket,
}


def _basket_key(answer: sales.Basket) -> str:
    return f"{answer.basket.sale_id}/{answer.line or ''}"


REMEMBERED: dict[type[Any], Remembered] = {
    sales.Basket: Remembered(_basket_key, reading.basket_again),
}
"""Baskets are views of rows; the rows are the memory."""
