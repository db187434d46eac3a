"""Counting a drawer: how many of each coin and note, or one amount."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.shifts import DenominationCount
from protocol.money import format_minor, parse_minor
from terminal_app.place import Dialog
from terminal_app.widgets.cells import right
from terminal_app.widgets.choice_list import ChoiceList
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.words import Words

_AMOUNT_ROW = 0
_COUNT_MAX = 100_000


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted: by denomination, or as one amount."""

    counts: tuple[DenominationCount, ...] = ()
    amount_minor: int | None = None


class CountDialog(Dialog[Counted]):
    """The first row takes one amount; the others a count each. Digits go to the chosen row."""

    KEY_WORDS = N_("↑ ↓: choose   digits: how many   Enter: next, at the end done   F10: done   Esc: back")
    AUTO_FOCUS = ""
    CSS_PATH = "count.tcss"
    BINDINGS = [
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("backspace", "rub_out", show=False, priority=True),
        Binding("f10", "done", show=False, priority=True),
    ]

    def __init__(
        self, title: str, words: str, denominations: tuple[int, ...], currency: str, suggested: str = ""
    ) -> None:
        """Count these denominations; `suggested` stands in the amount's row."""
        super().__init__()
        self.TITLE_WORDS = title  # type: ignore[misc]
        self._words = words
        self._values = denominations
        self._currency = currency
        self._typed = [suggested if suggested != format_minor(0, currency) else ""] + [""] * len(
            denominations
        )
        self._fresh = True
        """True: the first digit typed replaces what stands in the row."""

    def body(self) -> Iterable[Widget]:
        """The rows and their sum."""
        yield Words(lambda: self._words, classes="paragraph quiet")
        yield ChoiceList[tuple[int, str]](self._draw, id="counts")
        yield Words(self._sum_words, id="count-sum")

    def on_mount(self) -> None:
        """Begin at the notes, or at the amount when there is one."""
        self.query_one(ChoiceList).styles.height = min(14, len(self._typed))
        self._offer(0 if self._typed[0] or not self._values else 1)

    def on_key(self, event: events.Key) -> None:
        """Digits go to the chosen row."""
        character = event.character or ""
        row = self._row
        if (character.isdigit() and character.isascii()) or (character in ".。" and row == _AMOUNT_ROW):
            event.stop()
            before = "" if self._fresh else self._typed[row]
            if len(before) < (12 if row == _AMOUNT_ROW else 6):
                self._put(row, before + character.replace("。", "."))

    def action_rub_out(self) -> None:
        """Take the last digit back."""
        self._put(self._row, self._typed[self._row][:-1])

    def action_move(self, by: int) -> None:
        """Choose another row."""
        self._fresh = True
        self.query_one(ChoiceList).move(by)

    def accept(self) -> None:
        """Go to the next row; after the last, or with an amount given, done."""
        if (self._row == _AMOUNT_ROW and self._typed[_AMOUNT_ROW]) or self._row == len(self._typed) - 1:
            self.action_done()
        else:
            self.action_move(1)

    def action_done(self) -> None:
        """Close with what was counted."""
        counted = self._counted()
        if counted is None:
            words = _("“{text}” is no amount. Write it like 12.50.").format(text=self._typed[_AMOUNT_ROW])
            self.say(words, "error", bell=True)
        elif self._typed[_AMOUNT_ROW] and any(self._typed[1:]):
            self.say(_("Give either one amount or the counts, not both."), "error", bell=True)
        else:
            self.dismiss(counted)

    @property
    def _row(self) -> int:
        return self.query_one(ChoiceList).picked or 0

    def _put(self, row: int, text: str) -> None:
        self._fresh = False
        self._typed[row] = text
        if row != _AMOUNT_ROW and text:
            self._typed[_AMOUNT_ROW] = ""
        elif row == _AMOUNT_ROW and text:
            self._typed[1:] = [""] * len(self._values)
        self._offer(row)
        self.query_one("#count-sum", Words).refresh()

    def _offer(self, row: int) -> None:
        self.query_one(ChoiceList).offer(list(enumerate(self._typed)), row)

    def _counted(self) -> Counted | None:
        if self._typed[_AMOUNT_ROW]:
            try:
                return Counted(amount_minor=parse_minor(self._typed[_AMOUNT_ROW], self._currency))
            except ValueError:
                return None
        if not self._values:
            return Counted(amount_minor=0)
        return Counted(
            tuple(
                DenominationCount(value_minor=value, count=min(int(text or "0"), _COUNT_MAX))
                for value, text in zip(self._values, self._typed[1:], strict=True)
            )
        )

    def _sum_words(self) -> str:
        counted = self._counted()
        if counted is None:
            return ""
        total = counted.amount_minor
        if total is None:
            total = sum(count.value_minor * count.count for count in counted.counts)
        return _("Together {amount}").format(amount=format_minor(total, self._currency, symbol=True))

    def _draw(self, row: tuple[int, str], width: int) -> list[Piece]:
        number, text = row
        if number == _AMOUNT_ROW:
            return [(right(_("One amount"), 14), ""), (right(text or "·", 14), "strong")]
        value = self._values[number - 1]
        amount = format_minor(value * int(text), self._currency) if text else ""
        return [
            (right(format_minor(value, self._currency, symbol=True), 14), ""),
            (right(f"× {text}" if text else "·", 14), "strong"),
            (right(amount, 16), "quiet"),
        ]
