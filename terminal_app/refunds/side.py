"""Beside the goods that come back: what goes back and how, live from the store."""

from protocol.language import _
from protocol.messages.refunds import RefundPreview, RefundTenderView
from protocol.money import format_minor
from terminal_app.refunds.wanted import Return
from terminal_app.widgets.big_digits import big
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.panel import Line, Panel

_MONEY = 13
_LARGE = 20
"""From so many lines on, the sum stands in large digits too."""


class ReturnSide(Panel):
    """Amounts in the order in which they make the sum; in narrow windows as many as have room."""

    def __init__(self, goods: Return, currency: str) -> None:
        """Show what the store says of these goods."""
        super().__init__(id="return-side")
        self._goods = goods
        self._currency = currency
        self.preview: RefundPreview | None = None
        """What the store said last; None: nothing comes back, or it has not answered."""
        self.trouble = ""
        """Why there is no preview."""
        self.asking = False

    def build(self, width: int, height: int) -> list[Line]:
        """The sum first, then what it is made of."""
        room = width - 2
        if room < 70 or height >= 12:
            return [((" ", ""), *line) for line in self._lines(room, large=height > _LARGE)][:height]
        lines = self._lines(room // 2 - 2)  # two columns in a low, broad place
        left, rest = lines[:height], lines[height : 2 * height]
        rest += [()] * (len(left) - len(rest))
        return [((" ", ""), *first, ("    ", ""), *second) for first, second in zip(left, rest, strict=True)]

    def _lines(self, width: int, *, large: bool = False) -> list[Line]:
        chosen = self._goods.chosen
        reason: list[Line] = []
        if chosen is not None and chosen.reason:
            reason = [((fit(_("Reason: {reason}").format(reason=chosen.reason), width), "quiet"),)]
        if self.preview is None:
            words = self.trouble or (_("One moment…") if self.asking else _("Nothing comes back yet."))
            return [((fit(words, width), "warning" if self.trouble else "quiet"),), *reason]
        refund = self.preview.refund
        lines: list[Line] = [self._sum(_("GOES BACK"), refund.paid_back_minor, width, "total")]
        if large:
            lines += self._large(refund.paid_back_minor, width)
        lines += [self._tender(each, width) for each in refund.tenders]
        paid = _("Paid for the goods") if refund.sale_id is not None else _("Given for the goods")
        lines += [self._sum(paid, refund.amount_minor, width)]
        if refund.rounding_minor:
            lines.append(self._sum(_("Cash rounding"), refund.rounding_minor, width))
        if refund.kept_minor:
            lines.append(self._sum(_("Kept for spent points"), -refund.kept_minor, width, "warning"))
        for tax in refund.taxes:
            lines.append(self._sum(_("of it {tax}").format(tax=tax.name), tax.tax_minor, width, "quiet"))
        if refund.points_taken:
            lines.append(_points(_("Points taken back"), f"-{refund.points_taken:,}", width))
        if refund.points_returned:
            lines.append(_points(_("Points given back"), f"+{refund.points_returned:,}", width))
        if self.preview.second_person:
            lines.append(((fit(_("A second person has to approve it."), width), "warning"),))
        return lines + reason

    def _large(self, amount_minor: int, width: int) -> list[Line]:
        """Return the sum in large digits, where they have room."""
        digits = big(format_minor(amount_minor, self._currency))
        if len(digits[0]) > width:
            return []
        return [*(((right(row, width), "total"),) for row in digits), (("", ""),)]

    def _sum(self, words: str, amount_minor: int, width: int, tone: str = "") -> Line:
        amount = format_minor(amount_minor, self._currency)
        return ((fit(words, width - _MONEY), tone), (right(amount, _MONEY), tone))

    def _tender(self, tender: RefundTenderView, width: int) -> Line:
        amount = format_minor(tender.amount_minor, self._currency)
        return (("  " + fit(tender.name, width - _MONEY - 2), "strong"), (right(amount, _MONEY), "strong"))


def _points(words: str, points: str, width: int) -> Line:
    return ((fit(words, width - _MONEY), ""), (right(points, _MONEY), ""))
