"""A refund in words: what a person reads on the screen of it."""

from collections.abc import Callable
from datetime import tzinfo

from protocol.language import N_, _
from protocol.messages.refunds import Disposition, RefundLineView, RefundView
from protocol.quantity import format_thousandths
from terminal_app.console.prices.tax_words import percent_words
from terminal_app.widgets.cells import fit, right

Money = Callable[[int], str]
DISPOSITIONS = {Disposition.RESTOCK: N_("back on the shelf"), Disposition.WASTE: N_("thrown away")}


def refund_text(refund: RefundView, money: Money, zone: tzinfo, width: int) -> str:
    """Return the refund, line by line, down to how the money went back."""
    at = refund.refunded_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if refund.refunded_at else ""
    head = _("Lane {lane}, {operator}").format(lane=refund.lane, operator=refund.operator)
    lines = [f"{head}, {at}"]
    if refund.approver:
        lines.append(_("Approved by {name}").format(name=refund.approver))
    number = refund.receipt_number
    lines.append(_("Of the receipt {number}").format(number=number) if number else _("Without a receipt"))
    if refund.exchange_sale_id is not None:
        lines.append(_("An exchange: the value paid new goods."))
    lines.append("")
    for line in refund.lines:
        lines += _line(line, money, width)
    lines.append("─" * width)
    lines += _sums(refund, money, width)
    return "\n".join(lines)


def _line(line: RefundLineView, money: Money, width: int) -> list[str]:
    calc = f"{format_thousandths(line.quantity_thousandths)} × {money(line.unit_paid_minor)}"
    first = fit("  " + line.name, width - 36) + right(calc, 22) + right(money(line.amount_minor), 14)
    what = _(DISPOSITIONS[line.disposition])
    reason = _("{what}: {reason}").format(what=what, reason=line.reason) if line.reason else what
    return [first, f"      {reason}"]


def _sums(refund: RefundView, money: Money, width: int) -> list[str]:
    def pair(label: str, amount_minor: int) -> str:
        return fit("  " + label, width - 14) + right(money(amount_minor), 14)

    lines = [pair(_("Value of the goods"), refund.amount_minor)]
    if refund.rounding_minor:
        lines.append(pair(_("Rounding"), refund.rounding_minor))
    if refund.kept_minor:
        lines.append(pair(_("Kept for spent points"), -refund.kept_minor))
    lines += [pair(_("Paid back"), refund.paid_back_minor), ""]
    for tender in refund.tenders:
        name = tender.name + (f" ({tender.reference})" if tender.reference else "")
        lines.append(pair(name, tender.amount_minor))
    if refund.taxes:
        lines.append("")
    for tax in refund.taxes:
        rate = _("{name} {rate} in it").format(name=tax.name, rate=percent_words(tax.rate_ppm))
        lines.append(pair(rate, tax.tax_minor))
    if refund.points_taken or refund.points_returned:
        words = _("Points: {taken} taken back, {returned} given back")
        text = words.format(taken=f"{refund.points_taken:,}", returned=f"{refund.points_returned:,}")
        lines += ["", "  " + text]
    return lines
