"""A member's points on paper."""

from typing import Any

from protocol.language import _, speaking
from protocol.messages.base import Answer, Refused
from protocol.messages.points import PointsSlip, PointsStatement, PrintPointsStatement
from store_server.database.unit_of_work import Work
from store_server.points.people import person
from store_server.points.statement import statement
from store_server.receipts.tables import Form, present_form
from store_server.receipts.templates import make_document

ROWS = 20
"""So many of the latest rows are printed."""


def _values(work: Work, form: Form, number: str, points: PointsStatement) -> dict[str, Any]:
    return {
        "store": form.store(),
        "printed": f"{form.local(work.now):%Y-%m-%d %H:%M:%S}",
        "member": number,
        "balance": str(points.balance),
        "worth": form.money(points.worth_minor) if points.worth_minor else "",
        "lots": [
            {
                "points": str(lot.points),
                "ends": lot.expires_on.isoformat() if lot.expires_on else _("no last day"),
            }
            for lot in points.lots
        ],
        "rows": [
            {
                "date": row.business_date.isoformat(),
                "what": row.words,
                "points": f"{row.points:+}",
                "balance": str(row.balance),
                "reference": row.reference,
            }
            for row in points.rows
        ],
    }


def print_points_statement(work: Work, query: PrintPointsStatement) -> Answer:
    """Return the statement as paper, in the language of the store's receipts."""
    member = person(work.db, query.member_id)
    if member is None:
        return Refused(code="no_such_member", field="member_id", explanation=_("There is no such member."))
    form = present_form(work, "points_slip")
    with speaking(form.language):
        values = _values(work, form, member.number, statement(work, member, ROWS))
        title = _("Points of member {number}").format(number=member.number)
        marks = (_("TRAINING - not a receipt"),) if work.training else ()
        return PointsSlip(slip=make_document("points_slip", form.text, values, title, marks))
