"""The goods of a refund, line by line: what was sold, what is left, what comes back now."""

from collections.abc import Hashable

from protocol.language import _
from protocol.messages.refunds import Disposition
from protocol.money import format_minor
from protocol.quantity import format_thousandths
from terminal_app.refunds.wanted import Return, Wanted
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.line_board import LineBoard, Piece

_SIGN, _COUNT, _MONEY, _NOW, _WHERE = 2, 8, 10, 9, 9


class ReturnBoard(LineBoard):
    """One row per line; what is typed stands in the chosen row until Enter takes it."""

    def __init__(self, goods: Return, currency: str, *, receipt: bool) -> None:
        """Show these goods; without a receipt nothing was sold and nothing is left."""
        super().__init__(id="return-board")
        self._goods = goods
        self._currency = currency
        self._receipt = receipt
        self.typed = ""

    def redraw(self) -> None:
        """Show the goods as they are now."""
        self.show(self._goods.rows, self._goods.picked if self._goods.rows else None)

    def show_typed(self, text: str) -> None:
        """Show what is being typed in the chosen row."""
        self.typed = text
        self.refresh()

    def heading(self, width: int) -> list[Piece]:
        """Name the columns."""
        counts = [_("Sold"), _("Earlier"), _("Left")] if self._receipt else []
        return [
            (fit("", _SIGN) + fit(_("Item"), self._name_width(width)), "quiet"),
            *((right(words, _COUNT), "quiet") for words in counts),
            (right(_("For one"), _MONEY), "quiet"),
            (right(_("Now"), _NOW), "quiet"),
            ("  " + fit(_("Goes to"), _WHERE), "quiet"),
        ]

    def empty_lines(self, width: int) -> list[list[Piece]]:
        """Say how to begin."""
        return [
            [],
            [("  " + fit(_("Scan the goods that come back, or search them by name."), width), "strong")],
        ]

    def pieces(self, row: Hashable, width: int, picked: bool) -> list[Piece]:
        """Draw a line."""
        assert isinstance(row, Wanted)
        gone = self._receipt and not row.left_thousandths
        counts = (row.sold_thousandths, row.returned_thousandths, row.left_thousandths)
        now: Piece = (
            right(format_thousandths(row.back_thousandths) if row.back_thousandths else "–", _NOW),
            "",
        )
        if row.back_thousandths:
            now = (now[0], "total")
        if picked and self.typed:
            now = (right(self.typed + "▏", _NOW), "strong")
        return [
            ("▶ " if picked else "  ", "heading"),
            (fit(row.name, self._name_width(width) - 1) + " ", "quiet" if gone else ""),
            *((right(_count(each), _COUNT), "quiet") for each in (counts if self._receipt else ())),
            (right(format_minor(row.each_minor, self._currency), _MONEY), "quiet" if gone else ""),
            now,
            *_where(row),
        ]

    def _name_width(self, width: int) -> int:
        counts = 3 * _COUNT if self._receipt else 0
        return max(8, width - _SIGN - counts - _MONEY - _NOW - _WHERE - 2)


def _count(thousandths: int) -> str:
    return format_thousandths(thousandths) if thousandths else "–"


def _where(row: Wanted) -> list[Piece]:
    if not row.back_thousandths:
        return [(fit("", _WHERE + 2), "")]
    waste = row.disposition is Disposition.WASTE
    words = _("bin") if waste else _("shelf")
    sign = " ✎" if row.reason else ""
    return [("  " + fit(words + sign, _WHERE), "warning" if waste else "good")]
