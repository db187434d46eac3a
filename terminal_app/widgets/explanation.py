"""Why a sale costs what it costs, drawn as a calculation that adds up: goods, rules in order, the sum."""

from dataclasses import dataclass

from protocol.language import _, ngettext
from protocol.messages.offers import ExplainedLine, ExplainedStep, Explanation
from protocol.money import format_minor
from protocol.quantity import format_thousandths
from terminal_app.widgets.cells import cell_len, fit, right, wrap
from terminal_app.widgets.panel import Line
from terminal_app.widgets.scroll_board import ScrollBoard

_AMOUNT, _QUANTITY = 13, 9
_MOST_WIDE = 96
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation with what comes to the goods at the end of the whole sale."""

    explanation: Explanation
    currency: str
    finished: bool
    """True: it was paid; False: it is to be paid."""
    tax_added_minor: int = 0
    rounding_minor: int = 0


class ExplanationBoard(ScrollBoard):
    """Draws an explanation, in the middle of a wide window; None: it is not known yet."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        super().__init__(id="explanation")
        self.explained: Explained | None = None

    def build(self, width: int, height: int) -> list[Line]:
        """The calculation, with a margin."""
        if self.explained is None:
            return []
        room = min(width - 4, _MOST_WIDE)
        margin = " " * ((width - room) // 2)
        return [((margin, ""), *line) for line in explanation_lines(self.explained, room)]


def explanation_lines(explained: Explained, width: int) -> list[Line]:
    """Return the whole calculation in lines of `width` cells, what nearly worked at the end."""
    made, currency = explained.explanation, explained.currency
    lines: list[Line] = [_goods(line, currency, width) for line in made.lines]
    rule: Line = (("─" * width, "quiet"),)
    gross = format_minor(made.gross_minor, currency)
    lines += [rule, _sum(_("Normal prices"), gross, width, "strong"), _BLANK]
    if not made.steps:
        lines += [((fit(_("No rule changed a price."), width), "quiet"),), _BLANK]
    for number, step in enumerate(made.steps, 1):
        lines += _step(number, step, made, currency, width)
    lines += [rule, *_end(explained, width)]
    if made.nearly:
        lines += [_BLANK, ((fit(_("Nearly"), width), "heading"),)]
        for nearly in made.nearly:
            words = nearly.words if nearly.name in nearly.words else f"{nearly.name}: {nearly.words}"
            lines += _paragraph("○ ", words, width, "")
    return lines


_BLANK: Line = (("", ""),)


def _paragraph(sign: str, words: str, width: int, tone: str) -> list[Line]:
    parts = wrap(words, width - cell_len(sign))
    return [((sign if i == 0 else " " * cell_len(sign), tone), (part, tone)) for i, part in enumerate(parts)]


def _goods(line: ExplainedLine, currency: str, width: int) -> Line:
    number = right(str(line.line), 3) + " "
    name = fit(line.name, width - cell_len(number) - _QUANTITY - _AMOUNT)
    quantity = format_thousandths(line.quantity_thousandths) + " ×"
    return (
        (number, "quiet"),
        (name, ""),
        (right(quantity, _QUANTITY), "quiet"),
        (right(format_minor(line.normal_minor, currency), _AMOUNT), ""),
    )


def _step(number: int, step: ExplainedStep, made: Explanation, currency: str, width: int) -> list[Line]:
    less = step.before_minor - step.after_minor
    amount = ("−" if less > 0 else "+") + format_minor(abs(less), currency) if less else ""
    head = fit(f"{number}. {step.name}" + (f" × {step.times}" if step.times > 1 else ""), width - _AMOUNT)
    lines: list[Line] = [((head, "strong"), (right(amount, _AMOUNT), "good"))]
    if step.words != step.name:
        lines += _paragraph(_INDENT, step.words, width - _AMOUNT, "")
    touched = [part for part in step.lines if part.before_minor != part.after_minor] or list(step.lines)
    if len(made.lines) > 1 and 0 < len(touched) < len(made.lines):
        numbers = ", ".join(str(part.line) for part in touched)
        words = ngettext("line {numbers}", "lines {numbers}", len(touched)).format(numbers=numbers) + ": "
    else:
        words = ""
    if less:
        words += f"{format_minor(step.before_minor, currency)} → {format_minor(step.after_minor, currency)}"
        lines += _paragraph(_INDENT, words, width - _AMOUNT, "quiet")
    return [*lines, _BLANK]


def _end(explained: Explained, width: int) -> list[Line]:
    made, currency = explained.explanation, explained.currency
    lines: list[Line] = []
    total = made.total_minor
    if explained.tax_added_minor or explained.rounding_minor:
        lines.append(_sum(_("All goods together"), format_minor(total, currency), width, ""))
    for words, minor in (
        (_("Tax on top"), explained.tax_added_minor),
        (_("Rounding"), explained.rounding_minor),
    ):
        if minor:
            total += minor
            sign = "+" if minor > 0 else "−"
            lines.append(_sum(words, sign + format_minor(abs(minor), currency), width, ""))
    last = _("Paid") if explained.finished else _("To pay")
    return [*lines, _sum(last, format_minor(total, currency, symbol=True), width, "total")]


def _sum(words: str, amount: str, width: int, tone: str) -> Line:
    return ((fit(words, width - _AMOUNT), tone), (right(amount, _AMOUNT), tone))
