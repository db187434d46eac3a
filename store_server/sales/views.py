"""Baskets as the screens show them."""

import sqlite3
from datetime import datetime

from protocol.identifiers import LaneCode, OperatorId, ProductId, SaleId, TenderId
from protocol.language import N_, _
from protocol.messages.sales import (
    Basket as BasketAnswer,
)
from protocol.messages.sales import (
    BasketCoupon,
    BasketView,
    LineView,
    OfferSaving,
    SaleState,
    TenderKinds,
    TenderKindView,
    TenderView,
)
from protocol.messages.taxes import TaxLineView
from store_server.database.unit_of_work import Work, read_time
from store_server.pricing.tax import TaxLine
from store_server.sales import tables
from store_server.sales.rows import EXCHANGE, Basket, Line, Tender

NAMES = (N_("Cash"), N_("Bank card"), N_("Mobile pay"), N_("Points"), N_("Exchange"))
"""The names of the first ways to pay; a shop's own names stay as they were typed."""


def price_reason(line: Line) -> str:
    """Return why the unit price differs, in words."""
    match line.price_kind:
        case "promotion":
            return _("promotion")
        case "tier":
            return _("member price")
        case "printed":
            return _("price in barcode")
        case "typed":
            return _("price typed")
        case "quotation":
            return _("quotation {number}").format(number=line.override_reason)[:200]
        case "override":
            return _("price changed: {reason}").format(reason=line.override_reason)[:200]
        case _:
            return ""


def line_view(line: Line, sale_reason: str = "") -> LineView:
    """Return a line as it is shown."""
    reason = line.discount_reason or (sale_reason if line.share_minor else "")
    return LineView(
        line=line.line,
        product_id=ProductId(line.product_id),
        code=line.code,
        name=line.name,
        unit=line.unit,
        quantity_thousandths=line.quantity_thousandths,
        by_weight=bool(line.by_weight),
        normal_price_minor=line.normal_price_minor,
        unit_price_minor=line.unit_price_minor,
        discount_minor=line.line_discount_minor + line.share_minor + line.offers_minor,
        amount_minor=line.amount_minor,
        price_reason=price_reason(line) if line.price_kind else "",
        discount_reason=reason,
        note=line.note,
        voided=bool(line.voided),
        tax=line.tax,
        tax_minor=line.tax_minor,
        offers=tuple(OfferSaving(name=name, amount_minor=minor) for name, minor in line.savings),
    )


def tender_view(tender: Tender) -> TenderView:
    """Return a payment as it is shown."""
    return TenderView(
        tender_id=TenderId(tender.tender_id),
        tender=tender.tender,
        name=_(tender.name),
        amount_minor=tender.amount_minor,
        reference=tender.reference,
    )


def tax_view(line: TaxLine) -> TaxLineView:
    """Return the tax of one rate as it is shown."""
    return TaxLineView(
        tax=line.rate.tax,
        name=line.rate.name,
        rate_ppm=line.rate.rate_ppm,
        inclusive=line.rate.inclusive,
        net_minor=line.net_minor,
        tax_minor=line.tax_minor,
        gross_minor=line.gross_minor,
    )


def _time(text: str | None) -> datetime | None:
    return read_time(text) if text else None


def basket_view(basket: Basket, training: bool) -> BasketView:
    """Return the whole sale as it is shown."""
    sale = basket.sale
    return BasketView(
        sale_id=SaleId(sale.sale_id),
        state=SaleState(sale.state),
        lane=LaneCode(sale.lane),
        operator_id=OperatorId(sale.operator_id),
        operator=sale.operator_name,
        currency=sale.currency,
        lines=tuple(line_view(line, sale.discount_reason) for line in basket.lines),
        tenders=tuple(tender_view(tender) for tender in basket.tenders),
        item_count_thousandths=sale.item_count_thousandths,
        gross_minor=sale.gross_minor,
        discount_minor=sale.gross_minor + sale.tax_added_minor - sale.total_minor,
        sale_discount_minor=sale.sale_discount_minor,
        sale_discount_reason=sale.discount_reason,
        total_minor=sale.total_minor,
        rounding_minor=sale.rounding_minor,
        paid_minor=sale.paid_minor,
        due_minor=basket.due_minor,
        cash_due_minor=basket.cash_due_minor,
        tax_added_minor=sale.tax_added_minor,
        taxes=tuple(tax_view(each) for each in basket.taxes),
        credit_minor=sale.credit_minor,
        pay_out_minor=max(sale.credit_minor - sale.total_minor, 0),
        credit_receipt=sale.credit_receipt,
        change_minor=sale.change_minor,
        version=sale.version,
        started_at=_time(sale.started_at),
        parked_at=_time(sale.parked_at),
        park_note=sale.park_note,
        recalled=bool(sale.recalled),
        receipt_number=sale.receipt_number or "",
        training=training,
        member_id=sale.member_id,
        member_number=basket.member.number if basket.member else "",
        member_name=basket.member.name if basket.member else "",
        member_tier=sale.member_tier,
        member_tier_name=sale.member_tier_name,
        member_discount_ppm=sale.member_discount_ppm,
        spend_points=bool(sale.spend_points),
        price_points=sale.price_points,
        coupons=tuple(
            BasketCoupon(code=code, name=name, saved_minor=saved, problem=problem)
            for code, name, saved, problem in sale.shown_coupons
        ),
    )


def answer(work: Work, basket: Basket, line: int | None = None) -> BasketAnswer:
    """Return the answer of every command that changes a basket."""
    return BasketAnswer(basket=basket_view(basket, work.training), line=line)


def tender_name(row: sqlite3.Row) -> str:
    """Return the name of a way to pay in the language that is being spoken."""
    name: str = row["name"]
    return _(name)


def kind_view(row: sqlite3.Row) -> TenderKindView:
    """Return a way to pay as it is shown."""
    return TenderKindView(
        tender=row["tender"],
        name=tender_name(row),
        gives_change=bool(row["gives_change"]),
        needs_reference=bool(row["needs_reference"]),
        opens_drawer=bool(row["opens_drawer"]),
        counts_in_drawer=bool(row["counts_in_drawer"]),
        minimum_minor=row["minimum_minor"],
        maximum_minor=row["maximum_minor"],
        active=bool(row["active"]),
        position=row["position"],
        earns_points=bool(row["earns_points"]),
    )


def kinds(db: sqlite3.Connection) -> TenderKinds:
    """Return the ways to pay, in their order; an exchange is none that anybody could choose."""
    rows = tables.tender_kinds(db)
    return TenderKinds(kinds=tuple(kind_view(row) for row in rows if row["tender"] != EXCHANGE))
