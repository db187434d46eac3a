"""The end of a sale: into the books in one transaction, and its receipt, as often as it is asked for."""

from dataclasses import replace

from protocol.identifiers import LaneCode, ProductId, SaleId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.sales import (
    FinishSale,
    IssuedCoupon,
    ReceiptCopy,
    ReceiptReprinted,
    ReprintReceipt,
    SaleDone,
)
from store_server.coupons.codes import spaced
from store_server.coupons.selling import issued_by
from store_server.database.unit_of_work import Work
from store_server.ledger.rules import Account, Posting
from store_server.ledger.tables import post
from store_server.points.tables import SalePoints, of_sale
from store_server.receipts.tables import keep_form, present_form
from store_server.sales import steps, tables, views, with_offers, with_points
from store_server.sales.entry import Counter, money, open_counter
from store_server.sales.facts import finished_fact
from store_server.sales.membership import member_gone, note_purchase
from store_server.sales.quoted import cannot_finish
from store_server.sales.receipt import receipt_of
from store_server.sales.rows import EXCHANGE, OVERRIDE, Basket, Tender
from store_server.sales.rules import (
    Surroundings,
    drawer_amount,
    overpaid_by_card,
    priced,
    products_sold,
    receipt_number,
    repriced,
)
from store_server.sales.surroundings import surroundings
from store_server.shifts import tables as shifts
from store_server.shifts.rules import Event
from store_server.stock import tables as stock

SALE = "sale"
"""The reason of a sale's ledger entry; its reference is the sale's id."""
STORE = "store"
"""The owner of the accounts that the store has once."""


def finish_sale(work: Work, command: FinishSale) -> Answer:
    """Close a fully paid sale."""
    counter = open_counter(work, command.sale_id, command.lane)
    if isinstance(counter, Refused):
        return counter
    if not counter.basket.live:
        return _nothing()
    quoted = cannot_finish(work, counter.basket, counter.business_date)
    if quoted is not None:
        return quoted
    around = surroundings(work, counter.basket)
    again, made = priced(counter.basket, around)
    problem = _not_ready(work, counter.basket, again, around)
    if problem is not None:
        return problem
    basket = _finished(work, counter)
    if len(basket.tenders) > len(counter.basket.tenders):
        tables.insert_tender(work, basket.sale.sale_id, basket.tenders[-1])
    tables.write_changes(work, counter.basket, basket)
    _post(work, basket)
    number = basket.sale.receipt_number
    assert number is not None
    for product_id, quantity in products_sold(basket.live).items():
        stock.move(work, ProductId(product_id), -quantity, SALE, number)
    _note_events(work, counter, basket)
    steps.write(work, basket.sale.sale_id, basket.live, made.steps)
    refused = with_offers.book(work, basket, made, around) or with_points.book(work, basket, made)
    if refused is not None:
        return refused
    note_purchase(work, basket)
    work.record(finished_fact(basket))
    return _done(work, basket)


def _nothing() -> Refused:
    return Refused(code="no_lines", explanation=_("There is nothing in this sale."))


def price_changed(work: Work, basket: Basket) -> Refused | None:
    """Return that the price is another one than was shown, because an offer ended, changed or is used up.

    The basket is written as it costs now, so that the next look at it shows the price; nothing is booked.
    """
    around = surroundings(work, basket)
    return _changed(work, basket, repriced(basket, around), around, keep=True)


def _changed(
    work: Work, basket: Basket, again: Basket, around: Surroundings, *, keep: bool
) -> Refused | None:
    may_change = around.has_offers or bool(basket.sale.coupons) or any(line.offers for line in basket.live)
    if again == basket or not may_change:
        return None
    before, now = basket.sale, again.sale
    if keep:
        work.refusal_is_kept = True
        sale = replace(now, version=before.version + 1)
        tables.write_changes(work, basket, replace(again, sale=sale))
    if now.price_points < before.price_points:
        text = _("The points are not there any more. Without them the sale costs {now} and not {before}.")
        code = "not_enough_points"
    else:
        text = _("The price has changed: {now} and not {before}. Look at the basket, then finish the sale.")
        code = "price_changed"
    words = text.format(now=money(work, now.total_minor), before=money(work, before.total_minor))
    return Refused(code=code, explanation=words)


def _not_ready(work: Work, basket: Basket, again: Basket, around: Surroundings) -> Refused | None:
    """Return why the sale cannot be closed; `again` is it calculated once more from its rows."""
    # With an exchange something is written already; it has looked at the price before that.
    changed = _changed(work, basket, again, around, keep=not basket.sale.credit_minor)
    if changed is not None:
        return changed
    over = overpaid_by_card(again)
    if again == basket and over and around.has_offers:
        text = _("{amount} more than that was already paid. Take a payment back first.")
        return Refused(code="paid_more", explanation=text.format(amount=money(work, over)))
    if again != basket or over:
        # Cannot be while the rooms are right; money is not booked on it if it ever is.
        text = _("The lines and payments of this sale do not add up. Cancel it and ring it up again.")
        return Refused(code="does_not_add_up", explanation=text)
    gone = member_gone(work, basket)
    if gone is not None:
        return gone
    due = basket.due_minor
    if due and basket.cash_due_minor:
        text = _("Still {amount} to pay.").format(amount=money(work, due))
        return Refused(code="not_paid", explanation=text)
    return None


def _finished(work: Work, counter: Counter) -> Basket:
    sale = counter.basket.sale
    seq = tables.next_receipt_seq(work, sale.lane, counter.business_date)
    assert work.session is not None
    credit = _exchanged(work, counter.basket)
    used = sum(tender.amount_minor for tender in credit)
    ended = replace(
        sale,
        state="finished",
        paid_minor=sale.paid_minor + used,
        # What is still due now is less than cash could pay: it is rounded away.
        rounding_minor=sale.rounding_minor - counter.basket.due_minor,
        operator_id=work.session.operator_id,
        operator_name=work.session.name,
        ended_at=work.at,
        shift_id=counter.shift_id,
        business_date=counter.business_date,
        receipt_seq=seq,
        receipt_number=receipt_number(work.settings.store_code, sale.lane, counter.business_date, seq),
        form_id=keep_form(work, present_form(work, "receipt")),
        version=sale.version + 1,
    )
    return replace(counter.basket, sale=ended, tenders=(*counter.basket.tenders, *credit))


def _exchanged(work: Work, basket: Basket) -> tuple[Tender, ...]:
    """Return the payment that the goods are which came back, where there are any."""
    sale = basket.sale
    if not sale.credit_used_minor:
        return ()
    kind = tables.tender_kind(work.db, EXCHANGE)
    assert kind is not None
    return (
        Tender(
            position=basket.tenders[-1].position + 1 if basket.tenders else 1,
            tender_id=f"{sale.sale_id}/{EXCHANGE}",  # no client can make an id with a slash
            tender=EXCHANGE,
            name=kind["name"],
            gives_change=False,
            opens_drawer=False,
            counts_in_drawer=False,
            amount_minor=sale.credit_used_minor,
            reference=sale.credit_receipt,
            taken_at=work.at,
        ),
    )


def _post(work: Work, basket: Basket) -> None:
    """Drawer and tenders against what was sold: lines + rounding = tenders - change."""
    sale = basket.sale
    unit = sale.currency
    taken: dict[str, int] = {}
    for tender in basket.tenders:
        if not tender.counts_in_drawer:
            taken[tender.tender] = taken.get(tender.tender, 0) + tender.amount_minor
    taxes: dict[str, int] = {}
    for line in basket.taxes:
        taxes[line.rate.tax] = taxes.get(line.rate.tax, 0) + line.tax_minor
    postings = [
        Posting(Account("drawer", sale.lane, unit), drawer_amount(basket)),
        *(Posting(Account("tender", tender, unit), amount) for tender, amount in taken.items()),
        Posting(Account("sales", STORE, unit), sum(taxes.values()) - sale.total_minor),
        *(Posting(Account("tax", tax, unit), -amount) for tax, amount in taxes.items()),
        Posting(Account("rounding", STORE, unit), -sale.rounding_minor),
    ]
    post(work, SALE, sale.sale_id, postings, sale.shift_id)


def _note_events(work: Work, counter: Counter, basket: Basket) -> None:
    """What the slip lists of a sale that was really made: price changes and discounts by hand."""
    number = basket.sale.receipt_number or ""
    for line in basket.live:
        if line.price_kind == OVERRIDE:
            price = line.to_price()
            off = (price.normal_price_minor - price.unit_price_minor) * price.quantity_thousandths // 1000
            shifts.note_event(work, counter.shift_id, Event.OVERRIDE, off, number, line.override_reason)
        if line.line_discount_minor:
            amount = line.line_discount_minor
            shifts.note_event(work, counter.shift_id, Event.DISCOUNT, amount, number, line.discount_reason)
    off = basket.sale.sale_discount_minor
    if off:
        shifts.note_event(work, counter.shift_id, Event.DISCOUNT, off, number, basket.sale.discount_reason)


def _done(work: Work, basket: Basket) -> SaleDone:
    sale = basket.sale
    assert sale.receipt_number is not None
    points = of_sale(work.db, sale.sale_id) if sale.member_id is not None else SalePoints()
    issued = issued_by(work.db, sale.sale_id)
    return SaleDone(
        basket=views.basket_view(basket, work.training),
        receipt_number=sale.receipt_number,
        receipt=receipt_of(work.db, basket, work.training, issued=issued),
        open_drawer=sale.change_minor > 0 or any(tender.opens_drawer for tender in basket.tenders),
        change_minor=sale.change_minor,
        points_earned=points.earned,
        points_spent=points.spent,
        points_balance=points.balance,
        coupons=tuple(
            IssuedCoupon(name=name, code=spaced(row.code), ends_at=row.end) for name, row in issued
        ),
    )


def done_again(work: Work, sale_id: str) -> Answer:
    """Return the answer of a sale that was finished: made from its rows, which never change."""
    basket = tables.read_basket(work.db, SaleId(sale_id))
    assert basket is not None
    return _done(work, basket)


def reprint_receipt(work: Work, command: ReprintReceipt) -> Answer:
    """A copy of a receipt, marked, counted and recorded."""
    number = command.receipt_number.strip()
    sale_id = (
        tables.sale_with_number(work.db, number) if number else tables.last_sale_at(work.db, command.lane)
    )
    if sale_id is None:
        text = _("There is no receipt {number}.").format(number=number)
        if not number:
            text = _("Nothing was sold at lane {lane} yet.").format(lane=command.lane)
        return Refused(code="no_such_receipt", field="receipt_number", explanation=text)
    basket = tables.read_basket(work.db, sale_id)
    assert basket is not None
    assert basket.sale.receipt_number is not None
    copies = tables.note_copy(work, sale_id)
    shift = shifts.open_shift_of(work.db, LaneCode(command.lane))
    if shift is not None:
        total = basket.sale.total_minor
        shifts.note_event(work, shift["shift_id"], Event.REPRINT, total, basket.sale.receipt_number)
    work.record(ReceiptReprinted(sale_id=sale_id, receipt_number=basket.sale.receipt_number, copies=copies))
    return ReceiptCopy(
        receipt=receipt_of(work.db, basket, work.training, copies),
        receipt_number=basket.sale.receipt_number,
        copies=copies,
    )
