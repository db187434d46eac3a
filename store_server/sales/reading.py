"""Queries of the counter: a sale, the lane's basket, parked sales, finished sales."""

import json
import sqlite3
from datetime import timedelta

from protocol.identifiers import LaneCode, SaleId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.sales import (
    BasketState,
    GetOpenBasket,
    GetSale,
    ListParkedSales,
    ListSales,
    ParkedSale,
    ParkedSales,
    SaleRow,
    SaleRows,
)
from protocol.money import parse_minor
from store_server.database.unit_of_work import Work, read_time
from store_server.members import tables as members
from store_server.sales import tables, views
from store_server.shifts.reading import reported_date


def _state(work: Work, sale_id: SaleId | None) -> BasketState:
    basket = tables.read_basket(work.db, sale_id) if sale_id else None
    return BasketState(basket=views.basket_view(basket, work.training) if basket else None)


def get_sale(work: Work, query: GetSale) -> Answer:
    """A sale by its id or its receipt number."""
    if query.sale_id is not None:
        return _state(work, query.sale_id)
    return _state(work, tables.sale_with_number(work.db, query.receipt_number))


def get_open_basket(work: Work, query: GetOpenBasket) -> Answer:
    """The open basket of a lane."""
    return _state(work, tables.open_sale_at(work.db, query.lane))


PARKED = (
    "SELECT s.*, (SELECT count(*) FROM sale_lines l WHERE l.sale_id = s.sale_id AND NOT l.voided) AS lines, "
    "(SELECT group_concat(name, '、') FROM (SELECT name FROM sale_lines l WHERE l.sale_id = s.sale_id "
    "AND NOT l.voided ORDER BY line LIMIT 3)) AS first_lines "
    "FROM sales s WHERE s.state = 'parked' ORDER BY s.parked_at DESC"
)


def list_parked_sales(work: Work, query: ListParkedSales) -> Answer:
    """The parked sales, latest first; those over the store's limit are old."""
    limit = work.now - timedelta(minutes=work.settings.park_warning_minutes)
    return ParkedSales(
        sales=tuple(
            ParkedSale(
                sale_id=row["sale_id"],
                lane=LaneCode(row["lane"]),
                operator=row["operator_name"],
                parked_at=read_time(row["parked_at"]),
                note=row["park_note"],
                line_count=row["lines"],
                total_minor=row["total_minor"],
                first_lines=(row["first_lines"] or "")[:4000],
                old=read_time(row["parked_at"]) < limit,
            )
            for row in work.db.execute(PARKED)
        )
    )


FINISHED = (
    "SELECT s.*, (SELECT count(*) FROM sale_lines l WHERE l.sale_id = s.sale_id AND NOT l.voided) AS lines "
    "FROM sales s WHERE s.state = 'finished' AND s.business_date = ?1 AND (?2 IS NULL OR s.lane = ?2) "
    "AND (?3 = '' OR instr(upper(s.receipt_number), ?3) > 0 OR s.total_minor = ?4) "
    "ORDER BY s.ended_at DESC, s.receipt_seq DESC LIMIT ?5 OFFSET ?6"
)

OF_MEMBERS = (
    "SELECT s.*, (SELECT count(*) FROM sale_lines l WHERE l.sale_id = s.sale_id AND NOT l.voided) AS lines "
    "FROM sales s WHERE s.sale_id IN (SELECT f.sale_id FROM sales f WHERE f.member_id IN "
    "(SELECT value FROM json_each(?7)) AND f.state = 'finished' AND (?1 = '' OR f.business_date = ?1) "
    "AND (?2 IS NULL OR f.lane = ?2) "
    "AND (?3 = '' OR instr(upper(f.receipt_number), ?3) > 0 OR f.total_minor = ?4) "
    "ORDER BY f.ended_at DESC, f.receipt_seq DESC LIMIT ?5 OFFSET ?6) "
    "ORDER BY s.ended_at DESC, s.receipt_seq DESC"
)
"""The sales of a member and of those who were merged into them: finished rows keep whom they were sold to."""


def _tender_names(db: sqlite3.Connection, sale_id: str) -> str:
    rows = db.execute("SELECT name FROM sale_tenders WHERE sale_id = ? ORDER BY position", (sale_id,))
    return " + ".join(dict.fromkeys(_(row[0]) for row in rows))[:200]


def _finished(work: Work, query: ListSales) -> list[sqlite3.Row]:
    text = query.text.strip()
    try:
        total = parse_minor(text, work.settings.currency) if text else None
    except ValueError:
        total = None
    page = (query.lane, text.upper(), total, query.limit + 1, query.offset)
    if query.member_id is None:
        found = work.db.execute(FINISHED, (reported_date(work, query.business_date), *page))
    else:
        people = json.dumps((query.member_id, *members.merged_ids(work.db, query.member_id)))
        found = work.db.execute(OF_MEMBERS, (query.business_date, *page, people))
    return found.fetchall()


def list_sales(work: Work, query: ListSales) -> Answer:
    """Finished sales of a business date or of a member, latest first."""
    found = _finished(work, query)
    rows = tuple(
        SaleRow(
            sale_id=row["sale_id"],
            receipt_number=row["receipt_number"],
            lane=LaneCode(row["lane"]),
            operator=row["operator_name"],
            finished_at=read_time(row["ended_at"]),
            line_count=row["lines"],
            total_minor=row["total_minor"],
            tenders=_tender_names(work.db, row["sale_id"]),
        )
        for row in found[: query.limit]
    )
    return SaleRows(sales=rows, more=len(found) > query.limit)


def basket_again(work: Work, key: str) -> Answer:
    """Return the basket of a command that was carried out before, as it stands now."""
    sale_id, line = key.split("/")
    basket = tables.read_basket(work.db, SaleId(sale_id))
    if basket is None:
        return Refused(code="no_such_sale", explanation=_("This sale does not exist."))
    return views.answer(work, basket, int(line) if line else None)
