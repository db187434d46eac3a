"""The dialogs of a quotation: one line, the head, a percentage off everything, why it is given up."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from protocol.language import N_, _
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.quotations import CancelQuotation, QuotationFound, QuotationView, QuotedLine
from protocol.money import format_minor
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.frame import SubPage
from terminal_app.console.members.tiers_words import discount_mistake, parse_discount
from terminal_app.console.prices.coupon_member import find_member
from terminal_app.console.prices.quotation_draft import Draft, changed, typed_price

Save = Callable[[dict[str, Value]], Awaitable[Answer]]


def line_dialog(line: QuotedLine, currency: str, take: Callable[[QuotedLine], None]) -> FormDialog:
    """Return the dialog of one line: quantity, price, a word to it."""

    def check(text: str) -> str:
        if typed_price(text, line.normal_price_minor, currency) is None:
            words = _("“{text}” is no price. Write for example 8.50, or 10% to take that off.")
            return words.format(text=text)
        return ""

    async def save(values: dict[str, Value]) -> Answer:
        quantity = values["quantity"]
        if not isinstance(quantity, int) or quantity <= 0:
            words = _("Write how many; to leave the goods out, take the line out.")
            return Refused(code="bad", field="quantity", explanation=words)
        price = typed_price(str(values["price"]), line.normal_price_minor, currency)
        fields = {"quantity_thousandths": quantity, "unit_price_minor": price, "note": values["note"] or ""}
        take(changed(line, **fields))
        return Done()

    fields = [
        Field("quantity", N_("Quantity"), Kind.QUANTITY, required=True),
        Field("price", N_("Quoted price"), required=True, check=check, hint=N_("8.50, or 10% off")),
        Field("note", N_("A word to it")),
    ]
    normal = format_minor(line.normal_price_minor, currency, grouped=True)
    note = _("Normal price: {price}. A percentage is taken off it.").format(price=normal)
    start: dict[str, Value] = {
        "quantity": line.quantity_thousandths,
        "price": format_minor(line.unit_price_minor, currency),
        "note": line.note,
    }
    return FormDialog(line.name, fields, start, save, currency, note)


def head_dialog(screen: SubPage[Any], draft: Draft, today: date, take: Callable[[Draft], None]) -> FormDialog:
    """Return the dialog of what stands above and below the lines."""

    async def save(values: dict[str, Value]) -> Answer:
        day = date.fromisoformat(str(values["valid_until"]))
        if day < today:
            words = _("This day is over; nobody could buy at these prices.")
            return Refused(code="bad", field="valid_until", explanation=words)
        member = str(values["member"] or "")
        member_id, customer = draft.member_id, str(values["customer"] or "")
        if not member:
            member_id = None
        elif member != draft.member or member_id is None:
            hit = await find_member(screen, member, "member")
            if isinstance(hit, Refused):
                return hit
            member_id, member, customer = hit.member_id, hit.number, customer or hit.name
        if not customer:
            return Refused(code="bad", field="customer", explanation=_("Please fill this in."))
        head = replace(draft, customer=customer, valid_until=day, note=str(values["note"] or ""))
        take(replace(head, member_id=member_id, member=member))
        return Done()

    fields = [
        Field("customer", N_("Made out to"), hint=N_("A firm, a class, a person")),
        Field("member", N_("Member"), hint=N_("Number, phone or name; empty: nobody")),
        Field("valid_until", N_("Valid until"), Kind.DATE, required=True, hint=N_("The last day")),
        Field("note", N_("Note"), hint=N_("Words at the end of the paper"), most=4000),
    ]
    start: dict[str, Value] = {
        "customer": draft.customer,
        "member": draft.member,
        "valid_until": (draft.valid_until or today + timedelta(days=14)).isoformat(),
        "note": draft.note,
    }
    return FormDialog(_("Customer and terms"), fields, start, save)


def off_dialog(take: Callable[[int], None]) -> FormDialog:
    """Return the dialog that asks for a percentage."""

    async def save(values: dict[str, Value]) -> Answer:
        take(parse_discount(str(values["off"])) or 0)
        return Done()

    fields = [Field("off", N_("Off all goods"), required=True, hint=N_("10% or 9折"), check=discount_mistake)]
    note = _("All lines are quoted at their normal price less this; 0% is the normal price.")
    return FormDialog(_("Off all goods"), fields, {}, save, note=note)


def give_up_dialog(screen: SubPage[Any], quotation: QuotationView) -> FormDialog:
    """Return the dialog that asks why."""
    quotation_id = quotation.quotation_id
    assert quotation_id is not None

    async def save(values: dict[str, Value]) -> Answer:
        request = CancelQuotation(quotation_id=quotation_id, reason=str(values["reason"]))
        return await screen.ask(request, QuotationFound)

    title = _("Give up {number}").format(number=quotation.number)
    fields = [Field("reason", N_("Reason"), required=True, hint=N_("Kept with the quotation"))]
    return FormDialog(title, fields, {}, save, note=_("It stays in the list and cannot be sold any more."))
