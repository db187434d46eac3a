"""The basket on the screen: one line per item, its discounts and notes below it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

from protocol.language import _
from protocol.messages.sales import BasketView, LineView
from protocol.money import format_minor
from protocol.quantity import format_thousandths
from terminal_app.widgets.cells import cell_len, centre, fit, right
from terminal_app.widgets.line_board import LineBoard, Piece

_NUMBER, _QUANTITY, _PRICE, _AMOUNT = 4, 10, 10, 11


@dataclass(frozen=True, slots=True)
class BasketRow:
    """A line of the screen."""

    line: LineView
    remark: str = ""
    """What stands below the item instead of the item itself."""
    remark_minor: int | None = None


class BasketBoard(LineBoard):
    """Shows a basket; the chosen line is kept in sight."""

    currency = "CNY"

    def __init__(self, invitation: Callable[[], tuple[str, str]], *, id: str | None = None) -> None:  # noqa: A002
        """Begin empty; `invitation` gives the two lines that an empty basket says."""
        super().__init__(id=id)
        self._invitation = invitation
        self._invited = ("", "")

    def show_basket(self, basket: BasketView | None, line: int | None) -> None:
        """Show the basket with the chosen line."""
        rows: list[BasketRow] = []
        picked = None
        if basket is not None:
            self.currency = basket.currency
            for view in basket.lines:
                if view.line == line:
                    picked = len(rows)
                rows.append(BasketRow(view))
                rows += _remarks(view, basket.currency)
        self.show(rows, picked)
        if not rows and self._invitation() != self._invited:
            self.refresh()

    def heading(self, width: int) -> list[Piece] | None:
        """Name the columns."""
        return [
            (" " + right("#", _NUMBER - 2) + " ", "quiet"),
            (fit(_("Item"), self._name_width(width)), "quiet"),
            (right(_("Qty"), _QUANTITY), "quiet"),
            (right(_("Price"), _PRICE), "quiet"),
            (right(_("Amount"), _AMOUNT) + " ", "quiet"),
        ]

    def empty_lines(self, width: int) -> list[list[Piece]]:
        """Say how to begin."""
        self._invited = what, more = self._invitation()
        return [[], [], [(centre(what, width), "strong")], [(centre(more, width), "quiet")]]

    def pieces(self, row: Hashable, width: int, picked: bool) -> list[Piece]:
        """Draw an item or a remark."""
        assert isinstance(row, BasketRow)
        if row.remark:
            return self._remark(row, width)
        line = row.line
        tone = "voided" if line.voided else ""
        name_width = self._name_width(width)
        name, name_tone = line.name, tone
        pieces: list[Piece] = [
            ("▶" if picked else " ", "heading"),
            (right(str(line.line), _NUMBER - 2) + " ", "quiet"),
        ]
        if line.voided:
            word = " " + _("VOID") + " "
            pieces += [(fit(name, name_width - cell_len(word)), name_tone), (word, "warning")]
        else:
            pieces.append((fit(name, name_width), name_tone))
        quantity = format_thousandths(line.quantity_thousandths) + (line.unit and f" {line.unit}")
        return [
            *pieces,
            (right(quantity, _QUANTITY), tone or ("strong" if line.quantity_thousandths != 1000 else "")),
            (right(format_minor(line.unit_price_minor, self.currency), _PRICE), tone),
            (right(format_minor(line.amount_minor, self.currency), _AMOUNT), tone or "strong"),
            (" ", ""),
        ]

    def _remark(self, row: BasketRow, width: int) -> list[Piece]:
        amount = "" if row.remark_minor is None else format_minor(row.remark_minor, self.currency)
        room = width - _NUMBER - _AMOUNT - 1
        return [
            (" " * _NUMBER + fit("└ " + row.remark, room), "quiet"),
            (right(amount, _AMOUNT) + " ", "good"),
        ]

    @staticmethod
    def _name_width(width: int) -> int:
        return max(8, width - _NUMBER - _QUANTITY - _PRICE - _AMOUNT - 1)


def _remarks(line: LineView, currency: str) -> list[BasketRow]:
    """Return what stands below a line: another price, the offers that worked, a discount, a note."""
    if line.voided:
        return []
    rows = []
    if line.unit_price_minor != line.normal_price_minor or line.price_reason:
        was = format_minor(line.normal_price_minor, currency)
        words = (
            _("normally {price}").format(price=was)
            if line.unit_price_minor != line.normal_price_minor
            else ""
        )
        rows.append(BasketRow(line, " · ".join(part for part in (words, line.price_reason) if part)))
    rows += [BasketRow(line, offer.name, -offer.amount_minor) for offer in line.offers if offer.amount_minor]
    by_hand = line.discount_minor - sum(offer.amount_minor for offer in line.offers)
    if by_hand:
        words = " · ".join(part for part in (_("Discount"), line.discount_reason) if part)
        rows.append(BasketRow(line, words, -by_hand))
    if line.note:
        rows.append(BasketRow(line, "✎ " + line.note))
    return rows
