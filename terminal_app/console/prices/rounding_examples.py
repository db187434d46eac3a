"""Cash rounding shown on examples: what each way to round makes of a few totals."""

from protocol.money import Rounding, divide, format_minor

_TOTALS = {
    "none": (1234,),
    "5": (1232, 1233, 1234),
    "10": (1234, 1235, 1245),
    "50": (1220, 1225, 1275),
    "100": (1240, 1250, 1350),
}


def totals(step: str) -> tuple[int, ...]:
    """Return sums that show the difference between the ways, in the smallest unit of money."""
    return _TOTALS.get(step, _TOTALS["10"])


def rounded(total_minor: int, step: str, mode: str) -> int:
    """Return what cash pays for a total; `step` and `mode` as the settings have them."""
    if not step.isdigit() or mode not in set(Rounding):
        return total_minor
    return divide(total_minor, int(step), Rounding(mode)) * int(step)


def example(total_minor: int, step: str, mode: str, currency: str) -> str:
    """Return `12.34 → 12.30`."""
    before, after = (format_minor(n, currency) for n in (total_minor, rounded(total_minor, step, mode)))
    return f"{before} → {after}"
