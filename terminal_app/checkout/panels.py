"""The fixed regions of the checkout: head, total, typed line, side panel, status."""

from collections.abc import Callable
from datetime import datetime

from protocol.language import _, ngettext
from protocol.money import format_minor
from protocol.quantity import format_thousandths
from terminal_app.actions import at_place, key_words
from terminal_app.checkout.till import Till
from terminal_app.members.panel import panel_lines
from terminal_app.pricing.totals import added_words, sum_rows
from terminal_app.refunds.totals import credit_words, exchange_content, refund_content
from terminal_app.widgets.big_digits import HEIGHT_LARGE, big, large
from terminal_app.widgets.cells import cell_len, fit, right, wrap
from terminal_app.widgets.line_board import Piece
from terminal_app.widgets.links import links_parts
from terminal_app.widgets.panel import Line, Panel


class HeadLine(Panel):
    """Who sells what for whom: store, lane, operator, shift, time; training in its own colour and word."""

    DEFAULT_CSS = "HeadLine { height: 1; background: $panel; }"

    def __init__(self, till: Till, operator: str, now: datetime) -> None:
        """Show what the till knows."""
        super().__init__(id="head")
        self._till = till
        self._operator = operator
        self.now = now

    def build(self, width: int, height: int) -> list[Line]:
        """One line."""
        till = self._till
        shift = till.shift.shift
        words = [
            (till.greeting.store_name if till.greeting else "") or "Guitai 柜台",
            _("Lane {lane}").format(lane=till.lane),
            self._operator,
            _("Shift {number}").format(number=shift.number) if shift else _("No shift open"),
        ]
        clock = self.now.astimezone(till.store.zone).strftime("%H:%M") + " "
        training = till.store.training  # then the whole line is in the colour of training
        left: list[Piece] = [(" " + words[0], "" if training else "heading")]
        left += [(" │ " + word, "") for word in words[1:]]
        if training:
            room = width - sum(cell_len(text) for text, _tone in left) - cell_len(clock) - 7
            word = _("TRAINING: nothing counts")
            left.append(("  ▓ " + (word if cell_len(word) <= room else _("TRAINING")) + " ▓", ""))
        elif till.shift.day_overdue:
            left.append(("  ! " + _("yesterday is not closed"), "warning"))
        used = sum(cell_len(text) for text, _tone in left)
        if used + 1 + cell_len(clock) > width and len(left[0][0]) > 1:  # a long name of the shop gives way
            over = used + 1 + cell_len(clock) - width
            name = fit(left[0][0], max(8, cell_len(left[0][0]) - over))
            used, left[0] = used - cell_len(left[0][0]) + cell_len(name), (name, left[0][1])
        return [
            (*left, (" " * max(1, width - used - cell_len(clock)), ""), (clock, "" if training else "quiet"))
        ]


class TotalPanel(Panel):
    """What is to be paid, or the change, as large as the window allows."""

    DEFAULT_CSS = "TotalPanel { height: 5; background: $surface; }"

    def __init__(self, till: Till, *, paying: bool = False, hint: Callable[[], str] = str) -> None:
        """Show the till's sale; while it is paid, nothing of a refund that was made beside it.

        `hint` says what nearly worked; it stands in the lines that are left.
        """
        super().__init__(id="total")
        self._till = till
        self._paying = paying
        self._hint = hint

    def build(self, width: int, height: int) -> list[Line]:
        """Words at the left, the amount at the right."""
        label, amount, words = self._content()
        text = format_minor(amount, self._till.currency, symbol=True)
        digits = big(text)
        if height > HEIGHT_LARGE and len(large(text)[0]) + 24 <= width:
            digits = large(text)
        digits = [""] * ((height - len(digits) + 1) // 2) + digits
        size = max(len(row) for row in digits)
        if size + 18 > width:
            digits, size = ["", "", text], len(text)
        room = width - size - 3
        texts: list[Piece] = [(label, "heading"), *((word, "quiet") for word in words)]
        hint = self._hint()
        if hint:
            rows = min(3, height - len(texts))
            parts = wrap("→ " + hint, room - 1)
            parts = [*parts[: rows - 1], " ".join(parts[rows - 1 :])]  # what has no room ends in an ellipsis
            texts += [(part, "good") for part in parts[:rows]]
        if len(texts) < height:
            texts.insert(0, ("", ""))
        lines: list[Line] = []
        for y in range(height):
            word, tone = texts[y] if y < len(texts) else ("", "")
            digit = digits[y] if y < len(digits) else ""
            lines.append(
                ((" " + fit(word, room), tone), (" " * (size - len(digit)), ""), (digit + "  ", "total"))
            )
        return lines

    def _content(self) -> tuple[str, int, list[str]]:
        till = self._till
        basket, currency = till.basket, till.currency
        if till.refunded is not None and not self._paying:
            return refund_content(till.refunded, till.kinds)
        if basket is None and till.done is not None:
            done = till.done
            total = format_minor(done.basket.total_minor, currency)
            words = [
                _("Total {total}").format(total=total),
                *added_words(done.basket),
                *credit_words(done.basket),
                _("Paid {paid}").format(paid=format_minor(done.basket.paid_minor, currency)),
                done.receipt_number,
            ]
            if done.refund_number:
                return exchange_content(done, words)
            if done.points_balance is not None:
                moves = f"+{done.points_earned:,}" if done.points_earned else ""
                moves += f" -{done.points_spent:,}" if done.points_spent else ""
                text = _("Points {moves}, now {balance}")
                words.append(text.format(moves=moves.strip() or "0", balance=f"{done.points_balance:,}"))
            return _("CHANGE"), done.change_minor, words
        if basket is None:
            return _("TOTAL"), 0, []
        pieces = format_thousandths(basket.item_count_thousandths)
        words = [
            ngettext("{count} piece", "{count} pieces", basket.item_count_thousandths // 1000).format(
                count=pieces
            )
        ]
        words += credit_words(basket)
        words += added_words(basket)
        if basket.pay_out_minor:
            words.append(_("Total {total}").format(total=format_minor(basket.total_minor, currency)))
            return _("TO GIVE BACK"), basket.pay_out_minor, words
        if basket.discount_minor:
            words.append(_("Saved {amount}").format(amount=format_minor(basket.discount_minor, currency)))
        if basket.paid_minor:
            words.append(_("Paid {paid}").format(paid=format_minor(basket.paid_minor, currency)))
        if basket.paid_minor or basket.credit_minor:
            return _("STILL TO PAY"), basket.due_minor, words
        return _("TOTAL"), basket.total_minor, words


class TypedLine(Panel):
    """What is being typed, and the quantity that the next item gets."""

    DEFAULT_CSS = "TypedLine { height: 1; background: $background; }"

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__(id="typed")
        self.text = ""
        self.quantity = ""

    def build(self, width: int, height: int) -> list[Line]:
        """One line with a cursor that does not blink."""
        before: list[Piece] = [(" › ", "heading")]
        if self.quantity:
            before.append((self.quantity + " × ", "strong"))
        after: list[Piece] = [(self.text, "strong"), ("▏", "heading")]
        if not self.text and not self.quantity:
            after.append((_("code, or quantity and *"), "quiet"))
        return [(*before, *after)]


class SidePanel(Panel):
    """In wide windows: the latest item, the sums, the member; or the keys that have no room at the foot."""

    DEFAULT_CSS = "SidePanel { width: 38; height: 1fr; background: $surface; }"

    def __init__(self, till: Till, keymap: dict[str, str], clock: Callable[[], datetime]) -> None:
        """Show the till's latest item, and its member as of the clock's day."""
        super().__init__(id="side")
        self._till = till
        self._keymap = keymap
        self._clock = clock

    def build(self, width: int, height: int) -> list[Line]:
        """Item, sums, keys, with a free cell at both sides."""
        return [((" ", ""), *line) for line in self._lines(width - 2, height)]

    def _lines(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = [(("", ""),), *self._item(width), (("─" * width, "quiet"),), *self._sums(width)]
        lines.append((("─" * width, "quiet"),))
        till = self._till
        if till.basket is not None and till.basket.member_id is not None:
            zone = till.store.zone
            today = self._clock().astimezone(zone).date()
            return [*lines, *panel_lines(till.basket, till.member_panel, width, today, zone)][:height]
        for action in at_place("checkout"):
            if len(lines) >= height:
                break
            if not action.footer:
                key = key_words(self._keymap.get(action.name, action.key))
                lines.append(((fit(key, 8), "strong"), (fit(_(action.label), width - 8), "quiet")))
        return lines

    def _item(self, width: int) -> list[Line]:
        last, currency = self._till.last or self._till.chosen, self._till.currency
        if last is None:
            return [((_("No item yet"), "quiet"),), (("", ""),), (("", ""),), (("", ""),)]
        name = [*wrap(last.name, width), ""][:2]
        count = format_thousandths(last.quantity_thousandths)
        price = format_minor(last.unit_price_minor, currency)
        each = f"{count}{last.unit and ' ' + last.unit} × {price}"
        amount = format_minor(last.amount_minor, currency, symbol=True)
        return [
            *(((part, "strong"),) for part in name),
            ((fit(each, width - 12), ""), (right(amount, 12), "strong")),
            ((fit(last.code, width), "quiet"),),
        ]

    def _sums(self, width: int) -> list[Line]:
        basket, currency = self._till.basket, self._till.currency
        rows = [(_("Normal prices"), 0), (_("Saved"), 0), (_("Total"), 0), (_("Paid"), 0)]
        if basket is not None:
            figures = (basket.gross_minor, -basket.discount_minor, basket.total_minor, basket.paid_minor)
            rows = [(words, figure) for (words, _zero), figure in zip(rows, figures, strict=True)]
            if basket.credit_minor:
                rows.insert(3, (_("Returned goods"), -basket.credit_minor))
            rows[2:3] = sum_rows(basket)
        return [
            ((fit(words, width - 14), ""), (right(format_minor(figure, currency), 14), ""))
            for words, figure in rows
        ]


class StatusLine(Panel):
    """Links and devices in words, and how many scans wait."""

    DEFAULT_CSS = "StatusLine { height: 1; background: $panel; color: $quiet; }"

    def __init__(self, till: Till) -> None:
        """Show the till's links."""
        super().__init__(id="status", classes="links")
        self._till = till

    def build(self, width: int, height: int) -> list[Line]:
        """What is wrong comes first."""
        till = self._till
        pieces: list[Piece] = [(" ", "")]
        waiting = len(till.queue)
        if waiting:
            words = ngettext("{count} scan waiting", "{count} scans waiting", waiting).format(count=waiting)
            pieces.append((f"⧗ {words}  ", "warning"))
        if till.spool.waiting() and not till.store.link.up:
            pieces.append((_("a payment waits for the store") + "  ", "warning"))
        used = sum(cell_len(text) for text, _tone in pieces)
        wrong, right_ones = links_parts(till.store, till.devices)
        if wrong:
            pieces.append((fit(wrong, min(cell_len(wrong), width - used)) + "  ", "warning"))
            used += cell_len(wrong) + 2
        pieces.append((fit(right_ones, max(0, width - used)), ""))
        return [tuple(pieces)]
