"""A finished sale as the journal keeps it: whole, so that its hash holds every line and payment."""

from protocol.identifiers import LaneCode, OperatorId, ProductId, SaleId, ShiftId, TenderId
from protocol.messages.sales import SaleFinished, SoldLine, TakenTender
from store_server.sales.rows import Basket, Line, Tender


def finished_fact(basket: Basket) -> SaleFinished:
    """Return the fact of a sale that has its receipt number."""
    sale = basket.sale
    assert sale.receipt_number is not None
    assert sale.shift_id is not None
    assert sale.business_date is not None
    return SaleFinished(
        sale_id=SaleId(sale.sale_id),
        receipt_number=sale.receipt_number,
        lane=LaneCode(sale.lane),
        operator_id=OperatorId(sale.operator_id),
        shift_id=ShiftId(sale.shift_id),
        business_date=sale.business_date,
        currency=sale.currency,
        total_minor=sale.total_minor,
        rounding_minor=sale.rounding_minor,
        change_minor=sale.change_minor,
        line_count=len(basket.live),
        tax_added_minor=sale.tax_added_minor,
        member_id=sale.member_id,
        member_tier=sale.member_tier,
        lines=tuple(_sold(line) for line in basket.live),
        tenders=tuple(_taken(tender) for tender in basket.tenders),
    )


def _sold(line: Line) -> SoldLine:
    return SoldLine(
        line=line.line,
        product_id=ProductId(line.product_id),
        code=line.code,
        name=line.name,
        quantity_thousandths=line.quantity_thousandths,
        normal_price_minor=line.normal_price_minor,
        unit_price_minor=line.unit_price_minor,
        discount_minor=line.line_discount_minor + line.share_minor + line.offers_minor,
        amount_minor=line.amount_minor,
        tax=line.tax,
        tax_rate_ppm=line.tax_rate_ppm,
        tax_inclusive=bool(line.tax_inclusive),
        tax_minor=line.tax_minor,
    )


def _taken(tender: Tender) -> TakenTender:
    return TakenTender(
        tender_id=TenderId(tender.tender_id),
        tender=tender.tender,
        amount_minor=tender.amount_minor,
        reference=tender.reference,
    )
