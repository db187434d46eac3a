"""Why a basket costs what it costs, as rows of a table: goods, rules in their order, what nearly worked."""

from collections.abc import Callable, Sequence

from protocol.language import N_, _
from protocol.messages.offers import ExplainedStep, Explanation, StepKind
from protocol.quantity import format_thousandths
from terminal_app.console.table import Column, TableRow

Money = Callable[[int], str]
STEPS = {
    StepKind.PROMOTION: N_("promotional price"),
    StepKind.TIER: N_("tier price"),
    StepKind.OVERRIDE: N_("price by hand"),
    StepKind.QUOTATION: N_("quoted price"),
    StepKind.OFFER: N_("offer"),
    StepKind.LINE_DISCOUNT: N_("discount by hand"),
    StepKind.BASKET_OFFER: N_("offer on the basket"),
    StepKind.COUPON: N_("coupon"),
    StepKind.SALE_DISCOUNT: N_("discount on the sale"),
}
"""What a step of the calculation is, in words."""
BASKET_COLUMNS: Sequence[Column] = (
    Column(N_("What"), least=24, share=3),
    Column(N_("How much"), 9, right=True),
    Column(N_("Before it"), 11, right=True),
    Column(N_("After it"), 11, right=True),
    Column(N_("Less by"), 10, right=True),
)
LINE = "line:"


def _less(before: int, after: int, money: Money) -> str:
    return "" if before == after else money(after - before).replace("-", "−", 1)


def basket_rows(explanation: Explanation, money: Money) -> list[TableRow]:
    """Return the lines, each rule that worked, and what nearly did; keys of lines have their number."""
    rows = []
    for line in explanation.lines:
        amounts = (money(line.normal_minor), money(line.amount_minor))
        less = _less(line.normal_minor, line.amount_minor, money)
        quantity = format_thousandths(line.quantity_thousandths)
        rows.append(TableRow(f"{LINE}{line.line}", (f"{line.code}  {line.name}", quantity, *amounts, less)))
    for i, step in enumerate(explanation.steps, 1):
        times = f"{step.times} ×" if step.times > 1 else ""
        amounts = (money(step.before_minor), money(step.after_minor))
        words = f"{i}. {step.name}" + points_of(step)
        less = _less(step.before_minor, step.after_minor, money)
        rows.append(TableRow(f"step:{i - 1}", (words, times, *amounts, less), "good"))
    for i, nearly in enumerate(explanation.nearly):
        rows.append(TableRow(f"nearly:{i}", (f"○ {nearly.words}",), "quiet"))
    return rows


def points_of(step: ExplainedStep) -> str:
    """Return what a step says about points."""
    if not step.points:
        return ""
    sign = "+" if step.points > 0 else "−"
    return f"  {sign}{abs(step.points):,} " + _("points")


def row_words(explanation: Explanation, key: str, money: Money) -> str:
    """Return the sentence of a row: of goods, which rules took something off them, and by how much."""
    kind, _colon, number = key.partition(":")
    if kind == "step":
        step = explanation.steps[int(number)]
        return _("{kind}: {words}").format(kind=_(STEPS[step.step]), words=step.words)
    if kind == "nearly":
        return explanation.nearly[int(number)].words
    return " · ".join(
        f"{step.name}: {money(line.before_minor)} → {money(line.after_minor)}"
        for step in explanation.steps
        for line in step.lines
        if str(line.line) == number and line.before_minor != line.after_minor
    )


# --- side by side -----------------------------------------------------------------------------------------

COMPARED_COLUMNS: Sequence[Column] = (
    Column("", 2),
    Column(N_("What"), least=24, share=3),
    Column(N_("How much"), 9, right=True),
    Column(N_("As it was"), 12, right=True),
    Column(N_("With the offer"), 14, right=True),
)


def _same_rule(step: ExplainedStep) -> tuple[str, object, str]:
    name = "" if step.offer_id is not None else step.reference or step.name
    return step.step.value, step.offer_id, name


def compared_rows(before: Explanation, after: Explanation, money: Money) -> list[TableRow]:
    """Return both explanations side by side: what is paid per line, what each rule took off, the total."""
    rows = []
    was = {line.line: line for line in before.lines}
    now = {line.line: line for line in after.lines}
    for number in sorted(was.keys() | now.keys()):
        line = now.get(number) or was[number]
        amounts = tuple(money(each[number].amount_minor) if number in each else "–" for each in (was, now))
        quantity = format_thousandths(line.quantity_thousandths)
        rows.append(_compared(f"{LINE}{number}", f"{line.code}  {line.name}", quantity, *amounts))
    steps = {_same_rule(step): step.name for step in (*before.steps, *after.steps)}
    for i, (rule, name) in enumerate(steps.items()):
        taken = [_taken(explanation, rule, money) for explanation in (before, after)]
        rows.append(_compared(f"rule:{i}", "· " + name, "", *taken))
    rows.append(_compared("total", _("Total"), "", money(before.total_minor), money(after.total_minor)))
    return rows


def _compared(key: str, words: str, quantity: str, before: str, after: str) -> TableRow:
    differs = before != after
    return TableRow(key, ("≠" if differs else "", words, quantity, before, after), "warn" if differs else "")


def _taken(explanation: Explanation, rule: tuple[str, object, str], money: Money) -> str:
    found = [step for step in explanation.steps if _same_rule(step) == rule]
    if not found:
        return "–"
    return _less(sum(s.before_minor for s in found), sum(s.after_minor for s in found), money) or money(0)


def rule_words(before: Explanation, after: Explanation, key: str) -> list[str]:
    """Return what the rule of a row did, before and after."""
    if not key.startswith("rule:"):
        return []
    rules = list(dict.fromkeys(_same_rule(step) for step in (*before.steps, *after.steps)))
    rule = rules[int(key.partition(":")[2])]
    sides = ((_("As it was"), before), (_("With the offer"), after))
    return [
        _("{kind}: {words}").format(kind=side, words=step.words)
        for side, explanation in sides
        for step in explanation.steps
        if _same_rule(step) == rule
    ]
