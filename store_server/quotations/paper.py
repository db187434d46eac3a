"""A quotation as paper, in the language of the store's receipts."""

from datetime import date

from protocol.language import _, speaking
from protocol.money import SYMBOLS
from protocol.quantity import format_thousandths
from protocol.receipt import Align, Barcode, Cell, Document, Element, Feed, Row, Rule, Symbology, TextLine
from store_server.database.unit_of_work import Work
from store_server.pricing.lines import value_of
from store_server.quotations.rules import Quotation
from store_server.quotations.views import customer_of, normal_prices
from store_server.receipts.tables import Form, present_form
from store_server.shifts.reading import present_date


def paper_of(work: Work, quotation: Quotation) -> Document:
    """Return the paper of a quotation; one that nobody has approved says so."""
    form = present_form(work, "receipt")
    with speaking(form.language):
        elements = [
            *_head(work, form, quotation),
            Rule(),
            *(element for line in _lines(form, quotation) for element in line),
            Rule(),
            *_sums(work, form, quotation),
            *_end(form, quotation),
        ]
        return Document(
            title=_("Quotation {number}").format(number=quotation.number), elements=tuple(elements)
        )


def _pair(left: str, right: str, *, bold: bool = False) -> Row:
    return Row(cells=(Cell(text=left[:500], share=1), Cell(text=right[:500], align=Align.RIGHT)), bold=bold)


def _head(work: Work, form: Form, quotation: Quotation) -> list[Element]:
    found: list[Element] = [TextLine(text=form.store_name, align=Align.CENTRE, bold=True)]
    if form.store_address:
        found.append(TextLine(text=form.store_address, align=Align.CENTRE))
    found.append(TextLine(text=_("Quotation"), align=Align.CENTRE, bold=True, width=2, height=2))
    if work.training:
        found.append(TextLine(text=_("TRAINING - not a receipt"), align=Align.CENTRE, bold=True))
    state = quotation.state_on(present_date(work)).value
    if state in _MARKS:
        found.append(TextLine(text=_marked(state), align=Align.CENTRE, bold=True))
    customer = customer_of(work.db, quotation.customer, quotation.member_id)
    found += [
        _pair(_("Quotation number"), quotation.number),
        _pair(_("Quoted for"), customer),
        _pair(_("Date"), f"{form.local(work.now):%Y-%m-%d}"),
        _pair(_("Valid until"), str(date.fromisoformat(quotation.valid_until))),
    ]
    return found


_MARKS = ("draft", "cancelled", "expired", "sold")


def _marked(state: str) -> str:
    match state:
        case "draft":
            return _("DRAFT - not approved")
        case "cancelled":
            return _("GIVEN UP")
        case "expired":
            return _("EXPIRED")
        case _:
            return _("SOLD")


def _lines(form: Form, quotation: Quotation) -> list[list[Element]]:
    found: list[list[Element]] = []
    for line in quotation.lines:
        quantity = f"{format_thousandths(line.quantity_thousandths)}{line.unit}"
        elements: list[Element] = [
            TextLine(text=line.name),
            _pair(f"  {quantity} × {form.money(line.unit_price_minor)}", form.money(line.amount_minor)),
        ]
        if line.note:
            elements.append(TextLine(text=f"  {line.note}"))
        found.append(elements)
    return found


def _sums(work: Work, form: Form, quotation: Quotation) -> list[Element]:
    normal = normal_prices(work.db, quotation.lines)
    usual = sum(
        value_of(line.quantity_thousandths, normal.get(line.product_id, line.unit_price_minor))
        for line in quotation.lines
    )
    found: list[Element] = []
    if usual > quotation.total_minor:
        found.append(_pair(_("At normal prices"), form.money(usual)))
        found.append(_pair(_("Saved by the quotation"), form.money(usual - quotation.total_minor)))
    symbol = SYMBOLS.get(form.currency, form.currency + " ")
    found.append(_pair(_("Total"), f"{symbol}{form.money(quotation.total_minor)}", bold=True))
    return found


def _end(form: Form, quotation: Quotation) -> list[Element]:
    found: list[Element] = []
    if quotation.note:
        found += [Rule(), *(TextLine(text=text[:2000]) for text in quotation.note.splitlines() if text)]
    found += [Rule(), _pair(_("Written by"), quotation.author)]
    if quotation.approver:
        found.append(_pair(_("Approved by"), quotation.approver))
    found += [
        Barcode(symbology=Symbology.CODE128, data=quotation.number),
        Feed(lines=2),
        TextLine(text=_("Signature")),
        Feed(lines=2),
    ]
    return found
