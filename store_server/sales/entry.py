"""How every command of the counter begins and ends: find the basket and its shift, write what changed."""

import sqlite3
from dataclasses import dataclass, replace

from protocol.identifiers import LaneCode, SaleId, ShiftId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.money import format_minor
from store_server.coupons import tables as coupons
from store_server.database.unit_of_work import Work
from store_server.offers.book import shop_offers
from store_server.sales import tables, views
from store_server.sales.quoted import is_fixed, let_go
from store_server.sales.rows import Basket, Line, Sale
from store_server.sales.rules import overpaid_by_card, priced
from store_server.sales.surroundings import surroundings
from store_server.shifts import tables as shifts

SALE_LIMIT_MINOR = 10**12
"""No sale comes to more: ten billion yuan. A tenth of what a field of a message holds."""


@dataclass(frozen=True, slots=True)
class Counter:
    """An open basket at a lane with an open shift."""

    basket: Basket
    shift_id: ShiftId
    business_date: str


def cash_step(setting: str) -> int:
    """Return the step of cash rounding that a setting names; 1 for none."""
    return 1 if setting == "none" else int(setting)


def money(work: Work, amount_minor: int) -> str:
    """Return an amount for a sentence."""
    return format_minor(amount_minor, work.settings.currency, symbol=True)


def shift_at(work: Work, lane: LaneCode) -> sqlite3.Row | Refused:
    """Return the lane's open shift, or why nothing can be sold there."""
    shift = shifts.open_shift_of(work.db, lane)
    if shift is None:
        text = _("No shift is open at lane {lane}. Count the drawer and open a shift first.")
        return Refused(code="no_shift", explanation=text.format(lane=lane))
    return shift


def _not_open(sale: Sale) -> Refused:
    match sale.state:
        case "parked":
            text = _("This sale is parked. Recall it first.")
        case "finished":
            text = _("This sale is finished: receipt {number}. It cannot change any more.").format(
                number=sale.receipt_number
            )
        case _:
            text = _("This sale was cancelled.")
    return Refused(code=f"sale_{sale.state}", explanation=text)


def open_counter(work: Work, sale_id: SaleId, lane: LaneCode | None = None) -> Counter | Refused:
    """Return the open basket with the shift that it is in, or why it cannot change."""
    basket = tables.read_basket(work.db, sale_id)
    if basket is None:
        return Refused(code="no_such_sale", explanation=_("This sale does not exist."))
    return _counter(work, basket, lane)


def _counter(work: Work, basket: Basket, lane: LaneCode | None) -> Counter | Refused:
    sale = basket.sale
    if sale.state != "open":
        return _not_open(sale)
    if lane is not None and sale.lane != lane:
        text = _("This sale is open at lane {lane}. Park it there, then recall it here.")
        return Refused(code="other_lane", explanation=text.format(lane=sale.lane))
    shift = shift_at(work, LaneCode(sale.lane))
    if isinstance(shift, Refused):
        return shift
    return Counter(basket, shift["shift_id"], shift["business_date"])


def find_or_begin(work: Work, sale_id: SaleId, lane: LaneCode) -> Counter | Refused:
    """Return the open basket; a sale id that is new begins a sale at the lane."""
    there = tables.read_basket(work.db, sale_id)
    if there is not None:
        return _counter(work, there, lane)
    shift = shift_at(work, lane)
    if isinstance(shift, Refused):
        return shift
    busy = clear_lane(work, lane, shift["shift_id"], shift["business_date"])
    if busy is not None:
        return busy
    assert work.session is not None
    sale = Sale(
        sale_id=sale_id,
        state="open",
        lane=lane,
        operator_id=work.session.operator_id,
        operator_name=work.session.name,
        currency=work.settings.currency,
        started_at=work.at,
        cash_step_minor=cash_step(work.settings.cash_rounding),
        cash_mode=work.settings.cash_rounding_mode,
    )
    tables.insert_sale(work, sale)
    return Counter(Basket(sale), shift["shift_id"], shift["business_date"])


def clear_lane(work: Work, lane: LaneCode, shift_id: ShiftId, business_date: str) -> Refused | None:
    """Make room for a basket at the lane: an empty one is given up, one with goods refuses."""
    there = tables.open_sale_at(work.db, lane)
    if there is None:
        return None
    basket = tables.read_basket(work.db, there)
    assert basket is not None
    if not basket.is_empty:
        text = _("Another sale is open at lane {lane}. Finish it or park it first.")
        return Refused(code="lane_busy", explanation=text.format(lane=lane))
    end_cancelled(work, basket, shift_id, business_date)
    return None


def end_cancelled(work: Work, basket: Basket, shift_id: ShiftId, business_date: str) -> Basket:
    """Give a basket up."""
    let_go(work, basket, for_good=True)
    sale = replace(
        basket.sale,
        state="cancelled",
        ended_at=work.at,
        shift_id=shift_id,
        business_date=business_date,
        version=basket.sale.version + 1,
    )
    after = replace(basket, sale=sale)
    tables.write_changes(work, basket, after)
    if sale.coupons:
        coupons.release(work, sale.sale_id)
    return after


def save(work: Work, before: Basket, changed: Basket, line: int | None = None) -> Answer:
    """Calculate the changed basket, write what differs, answer with the whole of it.

    Refused when less would be to pay than was already paid by what gives no change, and when it is more
    than messages can carry. A payment leaves the moment whose offers hold: what was shown is what is paid.
    """
    if changed.tenders == before.tenders and (shop_offers(work).book.offers or changed.sale.coupons):
        changed = replace(changed, sale=replace(changed.sale, priced_at=work.at))
    after, _made = priced(changed, surroundings(work, changed))
    if max(after.sale.gross_minor, after.sale.total_minor) > SALE_LIMIT_MINOR:
        text = _("This sale comes to {amount}. Was a barcode typed as a price or a quantity?")
        return Refused(code="too_much", explanation=text.format(amount=money(work, after.sale.total_minor)))
    over = overpaid_by_card(after)
    if over > overpaid_by_card(before):
        text = _("{amount} more than that was already paid. Take a payment back first.")
        return Refused(code="paid_more", explanation=text.format(amount=money(work, over)))
    after = replace(after, sale=replace(after.sale, version=before.sale.version + 1))
    tables.write_changes(work, before, after)
    return views.answer(work, after, line)


def find_line(basket: Basket, number: int) -> Line | Refused:
    """Return a line that is not voided, or why there is none."""
    line = basket.line(number)
    if line is None:
        text = _("This sale has no line {line}.").format(line=number)
        return Refused(code="no_such_line", field="line", explanation=text)
    if line.voided:
        text = _("Line {line} was voided.").format(line=number)
        return Refused(code="line_voided", field="line", explanation=text)
    return line


def find_line_to_change(basket: Basket, number: int) -> Line | Refused:
    """Return a line whose goods and price are not fixed by a quotation, or why there is none."""
    line = find_line(basket, number)
    return line if isinstance(line, Refused) else is_fixed(line) or line
