"""Commands on payments: take one, take it back, and the ways to pay, which are data."""

import re
import sqlite3
from dataclasses import replace

from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.sales import (
    AddTender,
    ListTenderKinds,
    RemoveTender,
    SaveTenderKind,
    TenderKindChanged,
    TenderRemoved,
)
from store_server.database.unit_of_work import Work
from store_server.points.selling import POINTS
from store_server.sales import tables, views, with_points
from store_server.sales.entry import money, open_counter, save
from store_server.sales.rows import EXCHANGE, Basket, Tender
from store_server.sales.rules import safe_reference
from store_server.shifts import tables as shifts
from store_server.shifts.rules import Event, denominations

_CHANGE_NOTES = 10
"""Nobody gets more change than ten of the largest note: the amount was a slip of the finger."""


def _limits(work: Work, kind: sqlite3.Row, amount_minor: int) -> Refused | None:
    if amount_minor < kind["minimum_minor"]:
        text = _("{tender} takes at least {amount}.")
        words = text.format(tender=views.tender_name(kind), amount=money(work, kind["minimum_minor"]))
        return Refused(code="too_little", field="amount_minor", explanation=words)
    if kind["maximum_minor"] is not None and amount_minor > kind["maximum_minor"]:
        text = _("{tender} takes at most {amount}.")
        words = text.format(tender=views.tender_name(kind), amount=money(work, kind["maximum_minor"]))
        return Refused(code="too_much", field="amount_minor", explanation=words)
    return None


def _amount_problem(work: Work, basket: Basket, kind: sqlite3.Row, amount_minor: int) -> Refused | None:
    """Return why this payment cannot be taken for what is due."""
    due = basket.due_minor
    if not basket.live:
        return Refused(code="no_lines", explanation=_("There is nothing in this sale to pay for."))
    if due == 0:
        return Refused(code="nothing_due", explanation=_("Nothing is left to pay. Finish the sale."))
    if amount_minor <= due:
        return _limits(work, kind, amount_minor)
    if not kind["gives_change"]:
        text = _("{tender} gives no change: {amount} is more than the {due} still to pay.")
        words = text.format(
            tender=views.tender_name(kind), amount=money(work, amount_minor), due=money(work, due)
        )
        return Refused(code="too_much", field="amount_minor", explanation=words)
    if amount_minor - due > _CHANGE_NOTES * denominations(work.settings.currency)[0]:
        text = _("{amount} for {due} cannot be right. Was a barcode typed as an amount?")
        words = text.format(amount=money(work, amount_minor), due=money(work, due))
        return Refused(code="too_much", field="amount_minor", explanation=words)
    return _limits(work, kind, amount_minor)


def add_tender(work: Work, command: AddTender) -> Answer:
    """Take a payment; asked again with the same tender id it is taken once."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    basket = counter.basket
    if tables.tender_is_known(work.db, command.tender_id):
        return _known(work, basket, command)
    kind = tables.tender_kind(work.db, command.tender)
    if kind is None or not kind["active"]:
        text = _("There is no way to pay called {tender}.").format(tender=command.tender)
        return Refused(code="no_such_tender", field="tender", explanation=text)
    problem = _amount_problem(work, basket, kind, command.amount_minor)
    if problem is not None:
        return problem
    reference = safe_reference(command.reference)
    if kind["needs_reference"] and not reference:
        text = _("{tender} needs the reference that its machine or app shows.")
        words = text.format(tender=views.tender_name(kind))
        return Refused(code="reference_needed", field="reference", explanation=words)
    if command.tender == POINTS:
        needed = with_points.points_for_payment(work, counter, command.amount_minor)
        if isinstance(needed, Refused):
            return needed
        reference = str(needed)
    tender = Tender(
        position=basket.tenders[-1].position + 1 if basket.tenders else 1,
        tender_id=command.tender_id,
        tender=command.tender,
        name=kind["name"],
        gives_change=kind["gives_change"],
        opens_drawer=kind["opens_drawer"],
        counts_in_drawer=kind["counts_in_drawer"],
        amount_minor=command.amount_minor,
        reference=reference,
        taken_at=work.at,
    )
    tables.insert_tender(work, command.sale_id, tender)
    return save(work, basket, replace(basket, tenders=(*basket.tenders, tender)))


def _known(work: Work, basket: Basket, command: AddTender) -> Answer:
    for tender in basket.tenders:
        same = (tender.tender_id, tender.tender, tender.amount_minor)
        if same == (command.tender_id, command.tender, command.amount_minor):
            return views.answer(work, basket)
    text = _("This payment was already taken, for another amount or another sale.")
    return Refused(code="tender_id_used", field="tender_id", explanation=text)


def remove_tender(work: Work, command: RemoveTender) -> Answer:
    """Take a payment back; it is on the shift's slip."""
    counter = open_counter(work, command.sale_id)
    if isinstance(counter, Refused):
        return counter
    basket = counter.basket
    taken = next((each for each in basket.tenders if each.tender_id == command.tender_id), None)
    if taken is None:
        text = _("This sale has no such payment.")
        return Refused(code="no_such_tender", field="tender_id", explanation=text)
    tables.remove_tender(work, command.sale_id, command.tender_id)
    shifts.note_event(
        work, counter.shift_id, Event.TENDER_REMOVED, taken.amount_minor, command.sale_id, taken.tender
    )
    work.record(
        TenderRemoved(
            sale_id=command.sale_id,
            tender_id=command.tender_id,
            tender=taken.tender,
            amount_minor=taken.amount_minor,
            reference=taken.reference,
        )
    )
    rest = tuple(each for each in basket.tenders if each is not taken)
    return save(work, basket, replace(basket, tenders=rest))


def list_tender_kinds(work: Work, query: ListTenderKinds) -> Answer:
    """The ways to pay."""
    return views.kinds(work.db)


def save_tender_kind(work: Work, command: SaveTenderKind) -> Answer:
    """Add a way to pay or change its rules; one way that gives change and lies in the drawer must stay."""
    kind = command.kind_view
    if kind.tender == EXCHANGE:
        text = _("An exchange is booked with the goods that come back; it cannot be changed.")
        return Refused(code="bad_tender", field="tender", explanation=text)
    if not re.fullmatch("[a-z][a-z0-9_]{0,19}", kind.tender) or not kind.name.strip():
        text = _("A way to pay needs a code (small letters and digits) and a name.")
        return Refused(code="bad_tender", field="tender", explanation=text)
    most = kind.maximum_minor
    if kind.minimum_minor < 0 or (most is not None and (most <= 0 or most < kind.minimum_minor)):
        text = _("The least amount must not be above the largest, and neither below zero.")
        return Refused(code="bad_limits", field="maximum_minor", explanation=text)
    before = tables.tender_kind(work.db, kind.tender)
    if kind.earns_points is None and before is not None:
        kind = kind.model_copy(update={"earns_points": bool(before["earns_points"])})
    if kind.tender == POINTS and (
        kind.gives_change or kind.counts_in_drawer or kind.needs_reference or kind.earns_points is not False
    ):
        text = _("Points give no change, lie in no drawer, need no reference and earn no points.")
        return Refused(code="bad_tender", field="tender", explanation=text)
    if before is not None and views.tender_name(before) == kind.name.strip():
        kind = kind.model_copy(update={"name": before["name"]})  # the translated name was only shown
    kind = kind.model_copy(update={"name": kind.name.strip()})
    tables.save_tender_kind(work, kind)
    if not any(k["active"] and k["counts_in_drawer"] for k in tables.tender_kinds(work.db)):
        text = _("One way to pay must be left whose money lies in the drawer.")
        return Refused(code="no_cash", field="active", explanation=text)
    work.record(TenderKindChanged(tender=kind.tender, active=kind.active, kind_view=kind))
    return views.kinds(work.db)
