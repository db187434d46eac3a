"""A member's points: balance and worth, what ends when as bars, and the rows of the ledger."""

from datetime import tzinfo

from protocol.language import _, ngettext
from protocol.messages.points import PointsLotView, PointsRowView
from protocol.money import format_minor
from terminal_app.members.member_screen_flows import OneMember
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.panel import Line, Panel

_LOTS = 4
"""So many ends are drawn; the rest is one line."""


class PointsBoard(Panel):
    """Fixed lines for the balance, the rest for the ledger."""

    def __init__(self, flows: OneMember) -> None:
        """Show what the screen knows."""
        super().__init__(id="points")
        self._flows = flows
        self._first = 0
        self.current = False

    def scroll_lines(self, by: int) -> bool:
        """Show older or newer rows; True: the oldest of those that came are in sight."""
        rows = self._flows.ledger
        room = self._ledger_room()
        self._first = max(0, min(self._first + by, len(rows) - room))
        self.redraw()
        return self._first + room >= len(rows)

    def to_latest(self) -> None:
        """Show the latest rows again."""
        self._first = 0

    def build(self, width: int, height: int) -> list[Line]:
        """Balance, ends, ledger."""
        points = self._flows.points
        sign = " ▸ " if self.current else "   "
        if points is None:
            return [((sign + _("Points"), "heading"),)]
        lines = [self._balance(sign), *_lots(points.lots, width)]
        rows = self._flows.ledger
        room = max(0, height - len(lines) - 1)
        self._first = max(0, min(self._first, len(rows) - room))
        lines.append(_heading(width, self._first, len(rows), self._flows.older))
        zone = self._flows.shell.store.zone
        lines += [_row(row, width, zone) for row in rows[self._first : self._first + room]]
        if not rows:
            lines.append((("   " + _("No points were earned or spent yet."), "quiet"),))
        return lines[:height]

    def _ledger_room(self) -> int:
        points = self._flows.points
        used = 2 + (len(_lots(points.lots, self.size.width)) if points is not None else 0)
        return max(1, self.size.height - used)

    def _balance(self, sign: str) -> Line:
        points = self._flows.points
        assert points is not None
        tone = "error" if points.balance < 0 else "total"
        pieces: list[Piece] = [(sign + _("Points") + " ", "heading"), (f"{points.balance:,}", tone)]
        if points.balance < 0:
            pieces.append(("  " + _("won back from the next earnings"), "quiet"))
        elif points.worth_minor:
            worth = format_minor(points.worth_minor, self._flows.till.currency, symbol=True, grouped=True)
            pieces.append(("  " + _("worth {amount} at the till").format(amount=worth), ""))
        return tuple(pieces)


def _lots(lots: tuple[PointsLotView, ...], width: int) -> list[Line]:
    """Return a bar for each end, the soonest first."""
    if not lots:
        return []
    most = max(lot.points for lot in lots)
    room = max(4, min(30, width - 40))
    lines: list[Line] = []
    for lot in lots[:_LOTS]:
        until = _("never end") if lot.expires_on is None else _("until {date}").format(date=lot.expires_on)
        bar = "█" * max(1, lot.points * room // max(1, most))
        lines.append(
            (
                ("   " + fit(until, 20), "quiet"),
                (right(f"{lot.points:,}", 12) + "  ", "strong"),
                (bar, "good" if lot.expires_on is None else "warning"),
            )
        )
    rest = lots[_LOTS:]
    if rest:
        words = ngettext(
            "{points} more with {count} later end", "{points} more with {count} later ends", len(rest)
        )
        total = f"{sum(lot.points for lot in rest):,}"
        lines.append((("   " + words.format(points=total, count=len(rest)), "quiet"),))
    return lines


def _heading(width: int, first: int, count: int, older: bool) -> Line:
    there = ""
    if count:
        there = _("rows from {first} of {count}").format(
            first=first + 1, count=f"{count}+" if older else count
        )
    return (
        ("   " + fit(_("Ledger"), 12), "heading"),
        (right(there + " ", max(0, width - 15)), "quiet"),
    )


def _row(row: PointsRowView, width: int, zone: tzinfo | None) -> Line:
    at = (
        row.at.astimezone(zone).strftime("%m-%d %H:%M")
        if width < 70
        else row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    )
    words = row.words + (f" · {row.reference}" if row.reference else "")
    if row.operator:
        words += f" · {row.operator}"
    return (
        ("   " + at + "  ", "quiet"),
        (fit(words, max(8, width - len(at) - 29)), ""),
        (right(f"{row.points:+,}", 11), "good" if row.points > 0 else "warning"),
        (right(f"{row.balance:,}", 12) + " ", "quiet"),
    )
