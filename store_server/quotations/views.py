"""Quotations as the screens show them, with the present selling prices beside the quoted ones."""

import json
import sqlite3
from datetime import date

from protocol.identifiers import MemberId, ProductId, QuotationId, SaleId
from protocol.messages.quotations import (
    QuotationFound,
    QuotationRow,
    QuotationState,
    QuotationView,
    QuotedLine,
)
from store_server.database.unit_of_work import Work, read_time
from store_server.pricing.lines import value_of
from store_server.quotations import tables
from store_server.quotations.rules import OPEN_STATES, Line, Quotation
from store_server.shifts.reading import present_date

_PRICES = (
    "SELECT product_id, price_minor, open_price FROM products "
    "WHERE product_id IN (SELECT value FROM json_each(?))"
)
_NUMBER = "SELECT number FROM members WHERE member_id = ?"


def normal_prices(db: sqlite3.Connection, lines: tuple[Line, ...]) -> dict[int, int]:
    """Return the present selling price of what has one."""
    products = json.dumps(sorted({line.product_id for line in lines}))
    return {row[0]: row[1] for row in db.execute(_PRICES, (products,)) if not row[2]}


def _line(line: Line, normal: dict[int, int]) -> QuotedLine:
    return QuotedLine(
        product_id=ProductId(line.product_id),
        code=line.code,
        name=line.name,
        unit=line.unit,
        quantity_thousandths=line.quantity_thousandths,
        normal_price_minor=normal.get(line.product_id, line.unit_price_minor),
        unit_price_minor=line.unit_price_minor,
        amount_minor=line.amount_minor,
        note=line.note,
    )


def customer_of(db: sqlite3.Connection, customer: str, member_id: int | None) -> str:
    """Return for whom it is; of an erased member the number is left."""
    if customer or member_id is None:
        return customer or "-"
    return str(db.execute(_NUMBER, (member_id,)).fetchone()[0])


def view(work: Work, quotation: Quotation) -> QuotationView:
    """Return a quotation as it is shown."""
    normal = normal_prices(work.db, quotation.lines)
    state = quotation.state_on(present_date(work))
    return QuotationView(
        quotation_id=QuotationId(quotation.quotation_id),
        version=quotation.version,
        number=quotation.number,
        state=state,
        customer=customer_of(work.db, quotation.customer, quotation.member_id),
        member_id=None if quotation.member_id is None else MemberId(quotation.member_id),
        lines=tuple(_line(line, normal) for line in quotation.lines),
        total_minor=quotation.total_minor,
        normal_total_minor=sum(
            value_of(line.quantity_thousandths, normal.get(line.product_id, line.unit_price_minor))
            for line in quotation.lines
        ),
        valid_until=date.fromisoformat(quotation.valid_until),
        note=quotation.note,
        author=quotation.author,
        approver=quotation.approver,
        approved_at=read_time(quotation.approved_at) if quotation.approved_at else None,
        sale_id=SaleId(quotation.sale_id) if quotation.sale_id else None,
        receipt_number=quotation.receipt_number,
    )


def found(work: Work, quotation_id: int) -> QuotationFound:
    """Return the answer of every command that writes a quotation."""
    there = tables.by_id(work.db, quotation_id)
    assert there is not None
    return QuotationFound(quotation=view(work, there))


def row_view(work: Work, row: sqlite3.Row, business_date: str) -> QuotationRow:
    """Return a quotation in a list."""
    state = QuotationState(row["state"])
    if state in OPEN_STATES and row["valid_until"] < business_date:
        state = QuotationState.EXPIRED
    return QuotationRow(
        quotation_id=QuotationId(row["quotation_id"]),
        number=row["number"],
        state=state,
        customer=customer_of(work.db, row["customer"], row["member_id"]),
        line_count=row["line_count"],
        total_minor=row["total_minor"],
        valid_until=date.fromisoformat(row["valid_until"]),
        author=row["author_name"],
    )


def key_of(answer: QuotationFound) -> str:
    """Return what is remembered of an answer: a name does not stay in the memory of commands."""
    return str(answer.quotation.quotation_id)


def again(work: Work, key: str) -> QuotationFound:
    """Return the quotation of a command that was carried out before, as it stands now."""
    return found(work, int(key))
