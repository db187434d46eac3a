"""The points catalogue at the counter: gifts and coupons, what they cost, whether the points are enough."""

from collections.abc import Awaitable, Callable, Iterable

from textual import on
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from protocol.coupon import CouponBatchView
from protocol.language import N_, _, ngettext
from protocol.messages.base import Refused
from protocol.messages.points import GiftView
from terminal_app.place import Dialog
from terminal_app.widgets.cells import fit, right
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.words import Words

_MOST = 999

ForPoints = GiftView | CouponBatchView
"""Goods, or a coupon."""
Redeem = Callable[[ForPoints, int], Awaitable[int | Refused]]
"""Gives so many pieces; returns the points that are left."""


class GiftsDialog(Dialog[str]):
    """Gives the sentence about what was given; stays open with the refusal where the store says no."""

    TITLE_WORDS = N_("Gifts for points")
    KEY_WORDS = N_("↑ ↓: choose   Enter: give it   Esc: back")
    CSS_PATH = "gifts_dialog.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
    ]

    def __init__(self, gifts: tuple[ForPoints, ...], name: str, balance: int, redeem: Redeem) -> None:
        """Offer the gifts to this member."""
        super().__init__()
        self._gifts = gifts
        self._name = name
        self._balance = balance
        self._redeem = redeem

    def body(self) -> Iterable[Widget]:
        """Whose points, the gifts, how many."""
        yield Words(self._whose, classes="quiet")
        yield ChoiceList[ForPoints](
            self._draw, empty=lambda: _("There are no gifts for points."), heading=_heading, id="gifts"
        )
        yield Field(N_("Pieces"), id="pieces", value="1", max_length=3)
        yield Words(self._sum_words, id="gift-sum")

    def on_mount(self) -> None:
        """Offer."""
        self.query_one(ChoiceList).offer(self._gifts)
        self.query_one("#pieces", Entry).ask_again()
        self.query_one("#gift-sum").refresh()

    def action_move(self, by: int) -> None:
        """Choose another one."""
        self.query_one(ChoiceList).move(by)
        self.query_one("#gift-sum").refresh()

    @on(Input.Changed, "#pieces")
    def pieces_typed(self) -> None:
        """Reckon again."""
        self.query_one("#gift-sum").refresh()

    async def accept(self) -> None:
        """Give it."""
        gift, pieces = self.query_one(ChoiceList).choice, self._pieces()
        if not isinstance(gift, ForPoints):
            self.app.bell()
            return
        entry = self.query_one("#pieces", Entry)
        if pieces is None:
            entry.ask_again()
            words = _("“{text}” is no number of pieces. Write it like 1.").format(text=entry.value)
            self.say(words, "error", bell=True)
            return
        if isinstance(gift, CouponBatchView) and pieces > 1:
            entry.ask_again()
            self.say(_("Coupons are given one at a time."), "error", bell=True)
            return
        self.say(_("One moment…"))
        answer = await self._redeem(gift, pieces)
        if isinstance(answer, Refused):
            if answer.field == "pieces":
                entry.ask_again()
            self.say(answer.explanation, "error", bell=True)
            return
        text = _("{name} gets {pieces} × {gift} for {points} points; {left} are left.")
        words = text.format(
            name=self._name,
            pieces=pieces,
            gift=gift.name,
            points=f"{gift.points * pieces:,}",
            left=f"{answer:,}",
        )
        self.dismiss(words)

    def _pieces(self) -> int | None:
        text = self.query_one("#pieces", Entry).value.strip()
        return int(text) if text.isdecimal() and 1 <= int(text) <= _MOST else None

    def _whose(self) -> str:
        return _("{name} has {points} points.").format(name=self._name, points=f"{self._balance:,}")

    def _sum_words(self) -> str:
        gift, pieces = self.query_one(ChoiceList).choice, self._pieces()
        if not isinstance(gift, ForPoints) or pieces is None:
            return " "
        total = gift.points * pieces
        text = _("{pieces} × {gift}: {points} points")
        return text.format(pieces=pieces, gift=gift.name, points=f"{total:,}")

    def _draw(self, gift: ForPoints, width: int) -> list[Piece]:
        enough = self._balance // gift.points
        if enough >= 1:
            words = _("enough")
            tone = "good"
        else:
            missing = gift.points - max(0, self._balance)
            words = ngettext("{count} point short", "{count} points short", missing).format(
                count=f"{missing:,}"
            )
            tone = "warning"
        coupon = isinstance(gift, CouponBatchView)
        most = gift.uses_per_member if isinstance(gift, CouponBatchView) else gift.per_member
        limit = _("{count} each").format(count=most) if most else ""
        name = _("Coupon") + " · " + gift.name if coupon else gift.name
        return [
            (fit(name, max(8, width - 47)) + " ", ""),
            (right(f"{gift.points:,}", 12) + "  ", "strong"),
            (fit(words, 20), tone),
            (fit(limit, 12), "quiet"),
        ]


def _heading(width: int) -> list[Piece]:
    return [
        (fit(_("Gifts"), max(8, width - 47)) + " ", "quiet"),
        (right(_("Points"), 12) + "  ", "quiet"),
        (fit("", 20), "quiet"),
        (fit(_("Per member"), 12), "quiet"),
    ]
