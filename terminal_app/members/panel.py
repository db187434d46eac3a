"""The member beside the sale as the cashier sees them: in the side panel, or in one line."""

from collections.abc import Callable
from datetime import date, tzinfo

from protocol.language import _, ngettext
from protocol.messages.profiles import MemberPanel
from protocol.messages.sales import BasketView
from protocol.money import format_minor
from terminal_app.checkout.till import Till
from terminal_app.widgets.cells import cell_len, fit, right, wrap
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.panel import Line, Panel

_SOON_DAYS = 7
"""A birthday so near is said aloud."""
_ENDS_SOON_DAYS = 30
"""Points that end so soon are worth a word to the customer."""


def points_words(points: int) -> str:
    """Return `1,230 points`."""
    return ngettext("{points} point", "{points} points", abs(points)).format(points=f"{points:,}")


def birthday_words(days: int | None) -> tuple[str, str]:
    """Return the birthday in words with their tone; empty where it is not known."""
    if days is None:
        return "", ""
    if days == 0:
        return "★ " + _("Birthday today!"), "warning"
    words = _("Birthday tomorrow") if days == 1 else _("Birthday in {days} days").format(days=days)
    return words, "strong" if days <= _SOON_DAYS else "quiet"


def panel_lines(
    basket: BasketView, panel: MemberPanel | None, width: int, today: date, zone: tzinfo | None
) -> list[Line]:
    """Return all that is known, what the cashier needs first at the top; the window cuts it off below."""
    number = basket.member_number
    name = fit(basket.member_name, width - cell_len(number) - 1)
    lines: list[Line] = [((name, "heading"), (" ", ""), (number, "quiet"))]
    if panel is None:
        return [*lines, ((fit(basket.member_tier_name, width), "strong"),)]
    words, tone = birthday_words(panel.birthday_in_days)
    near = panel.birthday_in_days is not None and panel.birthday_in_days <= _SOON_DAYS
    birthday = [_line(words, width, tone)] if words else []
    lines.append(_line(_tier(panel), width, "strong"))
    lines += [
        _line(("✎ " if number == 0 else "  ") + part, width, "warning")
        for number, part in enumerate(wrap(panel.member.note, width - 2)[:2])
        if panel.member.note
    ]
    lines += birthday if near else []
    lines += _points(panel, basket.currency, width, today)
    lines += _keeping(panel, width)
    lines += _visits(panel, basket.currency, width, zone)
    lines += [] if near else birthday
    if panel.member.tags:
        lines.append(_line("# " + ", ".join(panel.member.tags), width, ""))
    if panel.favourites:
        lines.append(_line(_("Buys most often"), width, "quiet"))
        for favourite in panel.favourites:
            times = f" {favourite.times}×"
            lines.append(((fit("· " + favourite.name, width - cell_len(times)), ""), (times, "quiet")))
    return lines


def _line(words: str, width: int, tone: str) -> Line:
    return ((fit(words, width), tone),)


def _tier(panel: MemberPanel) -> str:
    if not panel.next_tier_name:
        return panel.member.tier_name
    return _("{tier} · {missing} to {next}").format(
        tier=panel.member.tier_name, missing=f"{panel.growth_missing:,}", next=panel.next_tier_name
    )


def _keeping(panel: MemberPanel, width: int) -> list[Line]:
    if not panel.growth_to_keep_missing:
        return []
    words = _("{missing} to keep {tier} until {day}").format(
        missing=f"{panel.growth_to_keep_missing:,}", tier=panel.member.tier_name, day=panel.member.tier_until
    )
    return [_line(words, width, "")]


def _points(panel: MemberPanel, currency: str, width: int, today: date) -> list[Line]:
    words = points_words(panel.points)
    if panel.points < 0:
        words = _("{points}: won back from the next ones").format(points=words)
        return [_line(words, width, "warning")]
    if panel.points_worth_minor:
        words += " = " + format_minor(panel.points_worth_minor, currency, symbol=True)
    lines = [_line(words, width, "strong")]
    if panel.points_ending and panel.points_end_on:
        ends = _("{points} end on {day}").format(points=f"{panel.points_ending:,}", day=panel.points_end_on)
        soon = (date.fromisoformat(panel.points_end_on) - today).days <= _ENDS_SOON_DAYS
        lines.append(_line("! " + ends if soon else ends, width, "warning" if soon else "quiet"))
    return lines


def _visits(panel: MemberPanel, currency: str, width: int, zone: tzinfo | None) -> list[Line]:
    if panel.last_visit is None:
        return [_line(_("First visit"), width, "good")]
    day = panel.last_visit.astimezone(zone).date().isoformat()
    days = panel.days_since_visit or 0
    ago = ngettext("{days} day ago", "{days} days ago", days).format(days=days) if days else _("today")
    basket = format_minor(panel.average_basket_minor, currency, symbol=True)
    visits = ngettext("{count} visit", "{count} visits", panel.visits).format(count=f"{panel.visits:,}")
    return [
        _line(_("Last visit {day}, {ago}").format(day=day, ago=ago), width, ""),
        (
            (fit(_("Average basket {amount}").format(amount=basket), width - 12), ""),
            (right(visits, 12), "quiet"),
        ),
    ]


class MemberLine(Panel):
    """In narrow windows: who is beside the sale, in one line that is always there."""

    DEFAULT_CSS = "MemberLine { height: 1; background: $surface; }"

    def __init__(self, till: Till, key: Callable[[], str]) -> None:
        """Show the till's member; `key` says which key finds one."""
        super().__init__(id="member")
        self._till = till
        self._key = key

    def build(self, width: int, height: int) -> list[Line]:
        """Name, tier, points; a birthday that is near, a note: these stand out."""
        basket, panel = self._till.basket, self._till.member_panel
        if basket is None or basket.member_id is None:
            words = _("No member ({key}, or present the card)").format(key=self._key())
            return [_line(" " + words, width, "quiet")]
        pieces: list[Piece] = [(" ☺ " + fit_at_most(basket.member_name, 20), "heading")]
        pieces.append((" · " + (basket.member_tier_name or "–"), "strong"))
        if panel is not None:
            words = points_words(panel.points)
            if panel.points_worth_minor:
                words += " = " + format_minor(panel.points_worth_minor, basket.currency, symbol=True)
            pieces.append((" · " + words, "warning" if panel.points < 0 else ""))
            days = panel.birthday_in_days
            if days is not None and days <= _SOON_DAYS:
                pieces.append((" · " + birthday_words(days)[0], "warning"))
            if panel.member.note:
                pieces.append((" · ✎ " + panel.member.note.replace("\n", " "), "warning"))
        *others, (last, tone) = pieces
        room = width - sum(cell_len(text) for text, _tone in others)
        return [(*others, (fit(last, max(0, room)), tone))]


def fit_at_most(text: str, width: int) -> str:
    """Return the text, cut off with an ellipsis where it is longer than `width` cells."""
    return text if cell_len(text) <= width else fit(text, width)
