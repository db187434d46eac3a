"""Words for the tests of refunds: bring goods back, look at what would go back, exchange."""

from typing import Any

from shop_counter import Shop

from protocol.identifiers import ApprovalId, LaneCode, MemberId, RefundId, SaleId, TenderId
from protocol.messages.catalogue import GetProduct, ProductFound, SaveProduct
from protocol.messages.members import MemberFound, RegisterMember
from protocol.messages.points import (
    AdjustPoints,
    GetPointsStatement,
    PointsRuleKind,
    PointsRules,
    PointsRuleView,
    PointsStatement,
    SavePointsRule,
)
from protocol.messages.refunds import (
    Disposition,
    ExchangeSale,
    FindSaleForRefund,
    PreviewRefund,
    RefundableSale,
    RefundDone,
    RefundPreview,
    RefundSale,
    ReturnLine,
    TenderReference,
)
from protocol.messages.sales import AttachMember, Basket, BasketView, SaleDone
from protocol.messages.taxes import SaveTaxRate, TaxRates, TaxRateView

LANE = LaneCode("1")


def back(
    line: int = 1, pieces: int | None = None, *, quantity: int = 1000, waste: bool = False
) -> ReturnLine:
    """Goods of one line that come back: so many pieces, or a quantity in thousandths."""
    return ReturnLine(
        line=line,
        quantity_thousandths=quantity if pieces is None else pieces * 1000,
        disposition=Disposition.WASTE if waste else Disposition.RESTOCK,
        reason="broken" if waste else "",
    )


def wanted(
    sale: str, *lines: ReturnLine, id_: str = "refund-1", lane: str = "1", cards: str = "", **more: Any
) -> RefundSale:
    """The command; `cards` is what the card machine shows for each card payment of the tests."""
    references = tuple(
        TenderReference(tender_id=TenderId(each), reference="R-77") for each in cards.split(",") if each
    )
    return RefundSale(
        refund_id=RefundId(id_),
        lane=LaneCode(lane),
        sale_id=SaleId(sale),
        lines=lines,
        references=references,
        **more,
    )


def give_back(
    shop: Shop,
    sale: str,
    *lines: ReturnLine,
    who: str = "boss",
    approval: ApprovalId | None = None,
    **more: Any,
) -> RefundDone:
    """Take goods back."""
    request = wanted(sale, *lines, **{"id_": shop.make_id(), **more})
    return shop.do(RefundDone, request, who, approval=approval)


def preview(shop: Shop, sale: str, *lines: ReturnLine, **more: Any) -> RefundPreview:
    """Look at what would go back."""
    request = PreviewRefund(lane=LANE, sale_id=SaleId(sale), lines=lines, **more)
    return shop.do(RefundPreview, request)


def look(shop: Shop, number: str = "", sale: str = "") -> RefundableSale:
    """Find a sale by its receipt, or by its id."""
    query = FindSaleForRefund(receipt_number=number, sale_id=SaleId(sale) if sale else None)
    return shop.do(RefundableSale, query)


def exchange(
    shop: Shop, new_sale: str, sale: str, *lines: ReturnLine, who: str = "boss", id_: str = "", **more: Any
) -> BasketView:
    """Let goods pay for those of an open basket."""
    request = ExchangeSale(
        refund_id=RefundId(id_ or shop.make_id()),
        sale_id=SaleId(new_sale),
        lane=LANE,
        returned_sale_id=SaleId(sale),
        lines=lines,
        **more,
    )
    return shop.do(Basket, request, who).basket


def went_back(done: RefundDone) -> list[tuple[str, int]]:
    """Return (tender, amount) of a refund."""
    return [(tender.tender, tender.amount_minor) for tender in done.refund.tenders]


def tax(shop: Shop, code: str, ppm: int, *, inclusive: bool = True, default: bool = False) -> None:
    """Add a tax rate."""
    view = TaxRateView(
        tax=code,
        name=f"{code.upper()} {ppm / 10_000:g} %",
        rate_ppm=ppm,
        inclusive=inclusive,
        shop_default=default,
    )
    shop.do(TaxRates, SaveTaxRate(rate=view), "boss")


def change_product(shop: Shop, product: int, **changes: Any) -> None:
    """Change a product, everything else as it is."""
    now = shop.do(ProductFound, GetProduct(product_id=product), "boss").product
    kept = now.model_dump(include=set(SaveProduct.model_fields) - {"version"})
    request = SaveProduct.model_validate({**kept, "barcodes": now.barcodes, "extras": (), **changes})
    shop.do(ProductFound, request, "boss")


# Members and points


def register(shop: Shop, name: str = "王芳") -> MemberId:
    """Register a member."""
    return shop.do(MemberFound, RegisterMember(name=name)).member.member_id


def give_points(shop: Shop, member: MemberId, count: int) -> None:
    """Give points by hand; below zero: take them."""
    shop.ask_ok(AdjustPoints(member_id=member, points=count, reason="opening balance"), "boss")


def points(shop: Shop, member: MemberId) -> int:
    """Return the balance."""
    return shop.do(PointsStatement, GetPointsStatement(member_id=member)).balance


def rule(shop: Shop, kind: PointsRuleKind, **values: Any) -> None:
    """Add a rule of points."""
    view = PointsRuleView(kind=kind, name=kind.value, **values)
    shop.do(PointsRules, SavePointsRule(rule=view), "boss")


def sell_to(shop: Shop, sale: str, member: MemberId, *codes: str, by_points: int = 0) -> SaleDone:
    """Sell to a member, a part for points, the rest for cash."""
    attach = AttachMember(sale_id=SaleId(sale), lane=LANE, member_id=member)
    shop.ask_ok(attach)
    for code in codes:
        basket = shop.scan(sale, code)
    if by_points:
        basket = shop.pay(sale, by_points, "points")
    if basket.due_minor:
        shop.pay(sale, basket.due_minor)
    return shop.finish(sale)
