"""Net sales per hour as columns of block characters."""

from collections.abc import Sequence

from protocol.language import _

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def hour_chart(amounts: dict[int, int], height: int, width: int, label: str) -> list[str]:
    """Return lines of text: columns over the hours that had sales, the hours below, the largest at the top.

    `amounts` is by hour, in minor units; `label` is the largest amount as people write it.
    """
    if not any(amount > 0 for amount in amounts.values()):
        return [_("No sales yet.")]
    first, last = min(amounts), max(amounts)
    hours = range(min(first, 8), max(last, 20) + 1)
    cell = max(2, min(6, (width - 2) // len(hours)))
    bar = max(1, cell - 1)
    top = max(amounts.values())
    lines = []
    for level in reversed(range(height)):
        line = ""
        for hour in hours:
            eighths = max(0, amounts.get(hour, 0)) * height * 8 // top
            if amounts.get(hour, 0) > 0:
                eighths = max(1, eighths)
            line += _EIGHTHS[max(0, min(8, eighths - level * 8))] * bar + " " * (cell - bar)
        lines.append(line.rstrip())
    lines[0] = lines[0].ljust(cell * len(hours)) + f"  ‾ {label}"
    every = 1 if cell >= 3 else 2
    marks = "".join((f"{hour:02d}" if i % every == 0 else "").ljust(cell) for i, hour in enumerate(hours))
    return [*lines, marks.rstrip()]


def share_bar(part: int, whole: int, width: int) -> str:
    """Return a horizontal bar of at most `width` cells for part / whole."""
    if whole <= 0 or part <= 0:
        return ""
    eighths = max(1, part * width * 8 // whole)
    full, rest = divmod(eighths, 8)
    return "█" * full + ("▏▎▍▌▋▊▉"[rest - 1] if rest else "")


def as_hours(pairs: Sequence[tuple[str, int]]) -> dict[int, int]:
    """Return amounts by hour from pairs of `00`…`23` and an amount."""
    return {int(hour): amount for hour, amount in pairs}
