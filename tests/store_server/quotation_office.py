"""Quotations in the tests' shop: written by the boss, approved by a supervisor, sold at the counter."""

from datetime import date
from typing import Any

from shop_counter import BASKET, COLA, PINS, Shop

from protocol.identifiers import LaneCode, ProductId, QuotationId, SaleId
from protocol.messages.operators import SaveOperator
from protocol.messages.quotations import (
    ApproveQuotation,
    GetQuotation,
    QuotationFound,
    QuotationView,
    QuotedLine,
    SaveQuotation,
    SellQuotation,
)
from protocol.messages.sales import Basket, BasketView

TODAY = date(2026, 11, 21)
LAST_DAY = date(2026, 11, 30)


def hire(shop: Shop) -> None:
    """Let Zhao be a second person in the office."""
    PINS["zhao"] = "6628"
    shop.ask_ok(SaveOperator(code="zhao", name="Zhao", role="supervisor", pin=PINS["zhao"]), "boss")
    shop.sign_on("zhao")


def line(product: int = COLA, quantity: int = 100, price: int = 300, **more: Any) -> QuotedLine:
    """Return goods at a quoted price."""
    return QuotedLine(
        product_id=ProductId(product),
        quantity_thousandths=quantity * 1000,
        unit_price_minor=price,
        **more,
    )


def quotation(*lines: QuotedLine, **more: Any) -> QuotationView:
    """Return a quotation for the school: a hundred colas and ten fruit baskets."""
    lines = lines or (line(), line(BASKET, 10, 9000))
    return QuotationView(**{"customer": "School No. 5", "lines": lines, "valid_until": LAST_DAY} | more)


def write(shop: Shop, view: QuotationView | None = None, who: str = "boss") -> QuotationView:
    """Save a quotation."""
    return shop.do(QuotationFound, SaveQuotation(quotation=view or quotation()), who).quotation


def approve(shop: Shop, view: QuotationView, who: str = "zhao", **how: Any) -> QuotationView:
    """Approve a quotation."""
    assert view.quotation_id is not None
    request = ApproveQuotation(quotation_id=view.quotation_id, version=view.version)
    return shop.do(QuotationFound, request, who, **how).quotation


def approved(shop: Shop, *lines: QuotedLine, **more: Any) -> QuotationView:
    """Write a quotation and have it approved."""
    return approve(shop, write(shop, quotation(*lines, **more)))


def selling(view: QuotationView, sale: str = "q", lane: str = "1") -> SellQuotation:
    """Return the request that puts it into a basket."""
    assert view.quotation_id is not None
    return SellQuotation(quotation_id=view.quotation_id, sale_id=SaleId(sale), lane=LaneCode(lane))


def take(shop: Shop, view: QuotationView, sale: str = "q", lane: str = "1", who: str = "li") -> BasketView:
    """Put it into a basket."""
    return shop.do(Basket, selling(view, sale, lane), who).basket


def look(shop: Shop, quotation_id: QuotationId | None) -> QuotationView:
    """Read a quotation."""
    return shop.do(QuotationFound, GetQuotation(quotation_id=quotation_id), "boss").quotation
