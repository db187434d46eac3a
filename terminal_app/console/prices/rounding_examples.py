"""Cash rounding shown on examples: what each way to round makes of a few totals."""

from collections.abc import Sequence

from protocol.language import _
from protocol.money import Rounding, divide, format_minor

TOTALS = (1234, 1235, 1236, 1250, 1299)
"""Sums that show the difference between the ways, in the smallest unit of money."""


def rounded(total_minor: int, step: str, mode: str) -> int:
    """Return what cash pays for a total; `step` and `mode` as the settings have them."""
    if not step.isdigit() or mode not in set(Rounding):
        return total_minor
    return divide(total_minor, int(step), Rounding(mode)) * int(step)


def example(total_minor: int, step: str, mode: str, currency: str) -> str:
    """Return `12.34 → 12.30`."""
    before, after = (format_minor(n, currency) for n in (total_minor, rounded(total_minor, step, mode)))
    return f"{before} → {after}"


def examples(step: str, mode: str, currency: str, totals: Sequence[int] = TOTALS) -> str:
    """Return the examples in one sentence; empty for a choice that is not known."""
    if step == "none":
        return _("Cash pays to the cent: {examples}.").format(
            examples=example(totals[0], step, mode, currency)
        )
    if not step.isdigit() or mode not in set(Rounding):
        return ""
    worked = "   ".join(example(total, step, mode, currency) for total in totals)
    return _("In cash: {examples}").format(examples=worked)
