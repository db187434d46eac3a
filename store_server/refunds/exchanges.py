"""Exchanges: a refund waits beside an open basket and is booked with it; one payment for the difference."""

import json
from dataclasses import replace

from protocol.identifiers import LaneCode, RefundId, SaleId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.refunds import ExchangeSale, RemoveExchange, ReturnLine, TenderReference
from protocol.messages.sales import FinishSale, SaleDone
from protocol.permissions import Permission
from store_server.database.unit_of_work import Work
from store_server.operators.tables import name_of
from store_server.refunds import tables, views
from store_server.refunds.booking import Counter, book, draft
from store_server.refunds.permits import second_person
from store_server.refunds.planning import Plan, only_try, plan_refund, references_of
from store_server.refunds.rows import Whole
from store_server.refunds.slip import slip_of
from store_server.refunds.tables import Exchange
from store_server.sales import finishing
from store_server.sales.entry import Counter as OpenBasket
from store_server.sales.entry import find_or_begin, money, open_counter, save


def exchange_sale(work: Work, command: ExchangeSale) -> Answer:
    """Let goods of a finished sale pay for those of an open basket; nothing is booked yet."""
    if tables.read(work.db, command.refund_id) is not None:
        text = _("This refund was already made, for another sale.")
        return Refused(code="id_used", field="refund_id", explanation=text)
    counter = find_or_begin(work, command.sale_id, command.lane)
    if isinstance(counter, Refused):
        return counter
    assert work.session is not None
    wanted = Exchange(
        sale_id=command.sale_id,
        refund_id=command.refund_id,
        returned_sale_id=command.returned_sale_id,
        lines=json.dumps([each.model_dump(mode="json") for each in command.lines], ensure_ascii=False),
        in_cash=command.in_cash,
        tender_references=json.dumps([each.model_dump() for each in command.references]),
        operator_id=work.session.operator_id,
        operator_name=work.session.name,
        approver_id=None,
    )
    plan = only_try(work, lambda: _plan(work, counter, wanted))
    if isinstance(plan, Refused):
        return plan
    assert plan.basket is not None
    if not plan.credit_minor:
        text = _("No money was paid for these goods. Give them back as a refund, without an exchange.")
        return Refused(code="nothing_to_credit", field="lines", explanation=text)
    before = tables.paid_back_alone(work.db, command.returned_sale_id)
    alone = second_person(work, plan.settled.paid_back_minor, Permission.REFUND, before)
    if alone is not None:
        return alone
    tables.keep_exchange(work, replace(wanted, approver_id=work.approver_id))
    sale = replace(
        counter.basket.sale,
        credit_minor=plan.credit_minor,
        credit_receipt=plan.basket.sale.receipt_number or "",
    )
    return save(work, counter.basket, replace(counter.basket, sale=sale))


def remove_exchange(work: Work, command: RemoveExchange) -> Answer:
    """The customer keeps the goods."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    tables.drop_exchange(work, command.sale_id)
    sale = replace(counter.basket.sale, credit_minor=0, credit_receipt="")
    return save(work, counter.basket, replace(counter.basket, sale=sale))


def finish_sale(work: Work, command: FinishSale) -> Answer:
    """Close a paid sale; where goods came back for it, the refund is booked in the same transaction."""
    waiting = tables.exchange(work.db, command.sale_id)
    if waiting is None:
        return finishing.finish_sale(work, command)
    counter = open_counter(work, command.sale_id, command.lane)
    if isinstance(counter, Refused):
        return counter
    if tables.read(work.db, waiting.refund_id) is not None:
        text = _("This refund was already made, for another sale.")
        return Refused(code="id_used", explanation=text)
    changed = finishing.price_changed(work, counter.basket)
    if changed is not None:
        return changed
    # First the goods come back: what they do to the member's points is what the basket has shown.
    plan = _plan(work, counter, waiting)
    if isinstance(plan, Refused):
        return plan
    if plan.credit_minor != counter.basket.sale.credit_minor:
        return _changed(work, counter, plan)
    given = [TenderReference.model_validate(each) for each in json.loads(waiting.tender_references)]
    references = references_of(work, plan, given)
    if isinstance(references, Refused):
        return references
    done = finishing.finish_sale(work, command)
    if isinstance(done, Refused):
        return done
    assert isinstance(done, SaleDone)
    return _with_refund(work, done, _book(work, counter, waiting, plan, references))


def _plan(work: Work, counter: OpenBasket, wanted: Exchange) -> Plan | Refused:
    at = _counter(counter, wanted)
    # JSON has texts where the messages have enumerations, so it is read as JSON.
    asked = [ReturnLine.model_validate_json(json.dumps(each)) for each in json.loads(wanted.lines)]
    return plan_refund(
        work,
        SaleId(wanted.returned_sale_id),
        asked,
        at.day,
        in_cash=bool(wanted.in_cash),
        new_goods_minor=counter.basket.sale.total_minor,
    )


def _counter(counter: OpenBasket, wanted: Exchange) -> Counter:
    lane = LaneCode(counter.basket.sale.lane)
    return Counter(RefundId(wanted.refund_id), lane, counter.shift_id, counter.business_date)


def _changed(work: Work, counter: OpenBasket, plan: Plan) -> Refused:
    text = _("The goods that came back are worth {now}, not {before} any more. Add the exchange once again.")
    words = text.format(
        now=money(work, plan.credit_minor), before=money(work, counter.basket.sale.credit_minor)
    )
    return Refused(code="exchange_changed", explanation=words)


def _book(
    work: Work, counter: OpenBasket, waiting: Exchange, plan: Plan, references: dict[str, str]
) -> Whole:
    """Book the refund with the names of the ones who asked for it and approved it."""
    at = _counter(counter, waiting)
    whole = draft(work, at, plan, references, waiting.sale_id)
    asked = replace(
        whole.refund,
        operator_id=waiting.operator_id,
        operator_name=waiting.operator_name,
        approver_id=waiting.approver_id,
        approver_name=name_of(work.db, waiting.approver_id),
    )
    whole = book(work, at, plan, replace(whole, refund=asked))
    tables.drop_exchange(work, waiting.sale_id)
    return whole


def _with_refund(work: Work, done: SaleDone, whole: Whole) -> SaleDone:
    paid_out = views.cash_out(whole)
    return done.model_copy(
        update={
            "refund_number": whole.refund.refund_number,
            "refund_slip": slip_of(work.db, whole, work.training),
            "paid_out_minor": paid_out,
            "open_drawer": done.open_drawer or paid_out > 0,
        }
    )


def done_again(work: Work, sale_id: str) -> Answer:
    """Return the answer of a sale that was finished, with its refund where it was an exchange."""
    done = finishing.done_again(work, sale_id)
    refund_id = tables.of_exchange(work.db, sale_id)
    whole = tables.read(work.db, refund_id) if refund_id is not None else None
    if whole is None or not isinstance(done, SaleDone):
        return done
    return _with_refund(work, done, whole)
