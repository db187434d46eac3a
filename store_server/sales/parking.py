"""Commands on whole baskets: cancel, park (挂单), recall (取单)."""

from dataclasses import replace

from protocol.identifiers import LaneCode
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.sales import (
    CancelSale,
    ParkSale,
    RecallSale,
    SaleCancelled,
    SaleParked,
    SaleRecalled,
)
from store_server.database.unit_of_work import Work
from store_server.sales import tables, views
from store_server.sales.entry import clear_lane, end_cancelled, open_counter, save, shift_at
from store_server.sales.quoted import let_go, take_up
from store_server.sales.rows import Basket
from store_server.shifts import tables as shifts
from store_server.shifts.rules import Event


def _has_payments(basket: Basket) -> Refused | None:
    if basket.sale.credit_minor:
        text = _("Goods came back for this sale. Take the exchange off first.")
        return Refused(code="has_exchange", explanation=text)
    if not basket.tenders:
        return None
    text = _("This sale holds payments. Take them back first.")
    return Refused(code="has_payments", explanation=text)


def cancel_sale(work: Work, command: CancelSale) -> Answer:
    """Give up an open basket."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    basket = counter.basket
    held = _has_payments(basket)
    if held is not None:
        return held
    after = end_cancelled(work, basket, counter.shift_id, counter.business_date)
    total = basket.sale.total_minor
    shifts.note_event(work, counter.shift_id, Event.CANCEL, total, command.sale_id)
    work.record(SaleCancelled(sale_id=command.sale_id, lane=LaneCode(basket.sale.lane), total_minor=total))
    return views.answer(work, after)


def park_sale(work: Work, command: ParkSale) -> Answer:
    """Put a basket aside; nothing is taken for it."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    basket = counter.basket
    held = _has_payments(basket)
    if held is not None:
        return held
    if not basket.live:
        return Refused(code="no_lines", explanation=_("There is nothing in this sale to park."))
    let_go(work, basket, for_good=False)
    sale = replace(
        basket.sale,
        state="parked",
        parked_at=work.at,
        park_note=command.note.strip(),
        version=basket.sale.version + 1,
    )
    after = replace(basket, sale=sale)
    tables.write_changes(work, basket, after)
    work.record(SaleParked(sale_id=command.sale_id, lane=LaneCode(sale.lane)))
    return views.answer(work, after)


def recall_sale(work: Work, command: RecallSale) -> Answer:
    """Take a parked basket to a lane; it belongs to the cashier who recalls it."""
    basket = tables.read_basket(work.db, command.sale_id)
    if basket is None:
        return Refused(code="no_such_sale", explanation=_("This sale does not exist."))
    if basket.sale.state != "parked":
        text = _("This sale is not parked any more; another lane may have it.")
        return Refused(code="not_parked", explanation=text)
    shift = shift_at(work, command.lane)
    if isinstance(shift, Refused):
        return shift
    busy = clear_lane(work, command.lane, shift["shift_id"], shift["business_date"])
    if busy is not None:
        return busy
    assert work.session is not None
    sale = replace(
        basket.sale,
        state="open",
        lane=command.lane,
        operator_id=work.session.operator_id,
        operator_name=work.session.name,
        recalled=True,
    )
    work.record(SaleRecalled(sale_id=command.sale_id, lane=command.lane))
    # What holds now is what it costs: it may have been aside for hours.
    taken_up = take_up(work, replace(basket, sale=sale), shift["business_date"])
    return save(work, basket, taken_up)
