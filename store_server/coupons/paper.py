"""A coupon as paper: what it gives, until when, and its code to be scanned."""

from protocol.language import _, speaking
from protocol.messages.base import Answer, Refused
from protocol.messages.coupons import CouponPaper, PrintCoupon
from protocol.receipt import Align, Barcode, Document, Element, Feed, Rule, Symbology, TextLine
from store_server.coupons import codes, tables
from store_server.coupons.tables import Batch, CouponRow
from store_server.coupons.words import coupon_words, names_for
from store_server.database.unit_of_work import Work


def coupon_elements(work: Work, batch: Batch, row: CouponRow) -> list[Element]:
    """Return a coupon as elements of a paper."""
    view = batch.view
    elements: list[Element] = [
        TextLine(text=view.name, align=Align.CENTRE, bold=True, width=2, height=2),
        TextLine(text=coupon_words(view, names_for(work, [view]))[:2000]),
    ]
    if row.end is not None:
        local = row.end.astimezone(work.settings.zone)
        elements.append(TextLine(text=_("Until {day}.").format(day=f"{local:%Y-%m-%d %H:%M}")))
    elements.append(Barcode(symbology=Symbology.CODE128, data=row.code))
    elements.append(TextLine(text=codes.spaced(row.code), align=Align.CENTRE))
    return elements


def print_coupon(work: Work, query: PrintCoupon) -> Answer:
    """Return a coupon as paper, in the language of the store's receipts."""
    row = tables.coupon(work.db, query.coupon_id)
    batch = tables.batch(work.db, row.batch_id) if row is not None else None
    if row is None or batch is None:
        return Refused(code="no_such_coupon", explanation=_("This coupon does not exist."))
    if row.state != tables.LIVE:
        text = _("This coupon was used or taken back already.")
        return Refused(code="coupon_used", field="coupon_id", explanation=text)
    with speaking(work.settings.language):
        elements: list[Element] = [
            TextLine(text=work.settings.store_name, align=Align.CENTRE),
            Rule(),
            *coupon_elements(work, batch, row),
            Feed(),
        ]
        if work.training:
            elements.insert(0, TextLine(text=_("TRAINING - not a receipt"), align=Align.CENTRE, bold=True))
        title = _("Coupon {code}").format(code=codes.spaced(row.code))
        return CouponPaper(paper=Document(title=title, elements=tuple(elements)))
