"""What an offer would have cost day by day, as columns of block characters."""

from collections.abc import Mapping
from datetime import date, timedelta

_EIGHTHS = " ▁▂▃▄▅▆▇█"


def by_columns(costs: Mapping[date, int], first: date, last: date, width: int) -> list[tuple[date, int]]:
    """Return the cost of each column with the day on which it begins; many days share columns evenly."""
    days = max(1, (last - first).days + 1)
    each = -(-days // max(1, width))
    columns = []
    for start in range(0, days, each):
        begin = first + timedelta(days=start)
        sums = (costs.get(begin + timedelta(days=i), 0) for i in range(min(each, days - start)))
        columns.append((begin, sum(sums)))
    return columns


def day_chart(costs: Mapping[date, int], first: date, last: date, width: int, height: int) -> list[str]:
    """Return lines of text: columns over the days, the first and the last day below; empty without a cost."""
    columns = by_columns(costs, first, last, width)
    top = max((cost for _day, cost in columns), default=0)
    if top <= 0:
        return []
    cell = max(1, min(6, width // len(columns)))
    bar = max(1, cell - 1)
    lines = []
    for level in reversed(range(height)):
        line = ""
        for _day, cost in columns:
            eighths = max(0, cost) * height * 8 // top
            if cost > 0:
                eighths = max(1, eighths)
            line += _EIGHTHS[max(0, min(8, eighths - level * 8))] * bar + " " * (cell - bar)
        lines.append(line.rstrip())
    ends = (first.isoformat(), last.isoformat())
    gap = max(1, cell * len(columns) - sum(map(len, ends)))
    return [*lines, ends[0] + " " * gap + ends[1] if first != last else ends[0]]
